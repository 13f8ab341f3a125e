"""Findings for tests, made by hand."""

import datetime as dt
from dataclasses import replace

from engine.proactive.findings import Deed, Finding, FindingId, FindingKind, FindingStatus, KeptFinding, Remedy
from engine.values import GoalId, TaskNumber
from tests.fakes import START

REPLAN = Remedy(deed=Deed.REPLAN, text="try another way")


def finding(
    kind: FindingKind = FindingKind.STALLED, about: str = "tasks", remedy: Remedy | None = REPLAN, **facts: object
) -> Finding:
    """A finding about task 1."""
    made = Finding(kind=kind, about=about, tasks=(TaskNumber(1),), remedy=remedy)
    return replace(made, **facts)  # type: ignore[arg-type]  # the facts are fields


def kept_finding(of: Finding, at: dt.datetime = START, **facts: object) -> KeptFinding:
    """A finding that was kept at a moment and not told yet."""
    kept = KeptFinding(
        id=FindingId(1),
        goal=GoalId(1),
        root=GoalId(1),
        finding=of,
        status=FindingStatus.OPEN,
        revision=1,
        found_at=at,
        told_at=None,
        changed_at=at,
    )
    return replace(kept, **facts)  # type: ignore[arg-type]  # the facts are fields
