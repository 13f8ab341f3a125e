"""What the proactive agent finds: opportunities, issues and suggestions, with the figures that speak for each."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NewType

from engine.errors import IllegalMoveError
from engine.values import GoalId, JsonObject, TaskNumber

FindingId = NewType("FindingId", int)


class Area(StrEnum):
    """What a finding is to the person."""

    OPPORTUNITY = "opportunity"
    ISSUE = "issue"
    SUGGESTION = "suggestion"


class FindingKind(StrEnum):
    """What was found, with its facts; those that are told first stand first."""

    BUDGET = "budget"
    """The budget does not reach for the rest: spent_micros, expected_micros, cap_micros."""
    REPEATED = "repeated"
    """A task failed twice in the same way: error, attempts."""
    UNCOVERED = "uncovered"
    """No task that can run serves a criterion: criterion (its index)."""
    CONTRADICTED = "contradicted"
    """What tasks brought contradicts each other, as a merge names it: about (what in)."""
    SLIPPING = "slipping"
    """The end is later than the plan said: likely, promised (ISO)."""
    STALLED = "stalled"
    """Nothing has come further: since (ISO); with `version`, it is the plan that waits for a yes."""
    UNNEEDED = "unneeded"
    """What came out makes a task unnecessary: `by` (the number of the task that brought it), `is_twin`."""
    SHARED = "shared"
    """What a task asks for was done for another goal: other (goal id), task (its number there), result."""
    EARLIER = "earlier"
    """A task waits for others only because the plan has them in that order."""
    ASK_EARLIER = "ask_earlier"
    """The same of a task for a person who mostly takes longer than was thought: late, answered (how many)."""
    RE_ESTIMATE = "re_estimate"
    """A part takes far longer or shorter than it was planned with: criterion, planned and learned (hours)."""
    ADVISED = "advised"
    """What a model suggests besides, in its words: words, version (of the plan)."""


_K = FindingKind
AREAS: Mapping[FindingKind, Area] = {
    _K.BUDGET: Area.ISSUE, _K.REPEATED: Area.ISSUE, _K.UNCOVERED: Area.ISSUE, _K.SLIPPING: Area.ISSUE,
    _K.STALLED: Area.ISSUE, _K.CONTRADICTED: Area.ISSUE,
    _K.UNNEEDED: Area.OPPORTUNITY, _K.SHARED: Area.OPPORTUNITY, _K.EARLIER: Area.OPPORTUNITY,
    _K.ASK_EARLIER: Area.SUGGESTION, _K.RE_ESTIMATE: Area.SUGGESTION,
    _K.ADVISED: Area.SUGGESTION,
}  # fmt: skip
_AREAS = {area: place for place, area in enumerate((Area.ISSUE, Area.OPPORTUNITY, Area.SUGGESTION))}
_ORDER = {kind: place for place, kind in enumerate(FindingKind)}


class FindingStatus(StrEnum):
    """Where a finding stands; `FINDING_MOVES` says where it may go."""

    OPEN = "open"
    TOLD = "told"
    DONE = "done"
    """The person said «Do it»."""
    DISMISSED = "dismissed"
    """The person said «Not now»."""
    GONE = "gone"
    """It is no longer so."""


_S = FindingStatus
FINDING_MOVES: Mapping[FindingStatus, frozenset[FindingStatus]] = {
    _S.OPEN: frozenset({_S.TOLD, _S.DONE, _S.DISMISSED, _S.GONE}),
    _S.TOLD: frozenset({_S.DONE, _S.DISMISSED, _S.GONE}),
    _S.DONE: frozenset({_S.OPEN}),
    _S.DISMISSED: frozenset({_S.OPEN}),
    _S.GONE: frozenset({_S.OPEN, _S.TOLD}),
}
LIVE = frozenset({_S.OPEN, _S.TOLD})
"""Statuses in which something can be done about it."""
REST = dt.timedelta(days=7)
"""What was answered is let rest for so long, even where it is still so; what was told is not told again sooner."""


def check_finding_move(old: FindingStatus, new: FindingStatus) -> None:
    """Raise `IllegalMoveError` unless a finding may go from `old` to `new`."""
    if new not in FINDING_MOVES[old]:
        raise IllegalMoveError("a finding", old, new)


class Deed(StrEnum):
    """What «Do it» does, through the engine's own commands."""

    LOOSEN = "loosen"
    """`task` waits for `depends_on` alone, and no longer for all of `was`."""
    SKIP = "skip"
    RESTORE = "restore"
    """`tasks` that were skipped are taken up again."""
    COMPLETE = "complete"
    START = "start"
    """The plan of `version` begins."""
    PAUSE = "pause"
    ASK = "ask"
    """`task` is tried no more by itself, and the person is asked what to do about it."""
    REPLAN = "replan"
    """What is missing is planned, and what is stuck gets fresh attempts."""
    FASTER = "faster"
    """A way that takes less time for what has not begun, where there is one."""
    RAISE = "raise"
    """The goal's budget becomes `micros`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What can be done about a finding."""

    deed: Deed
    task: TaskNumber | None = None
    """Set where it is done to one task."""
    tasks: tuple[TaskNumber, ...] = ()
    """Set for `RESTORE`."""
    depends_on: tuple[TaskNumber, ...] = ()
    was: tuple[TaskNumber, ...] = ()
    version: int | None = None
    """Set for `START`."""
    micros: int | None = None
    """Set for `RAISE`."""
    text: str = ""
    """The reason or note that is kept with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found. `kind` and `about` are its key within the goal: the same finding has the same."""

    kind: FindingKind
    about: str
    tasks: tuple[TaskNumber, ...] = ()
    """The tasks that it is about, the one to be acted on first."""
    facts: JsonObject = field(default_factory=dict)
    remedy: Remedy | None = None
    """None where only the person knows what to do."""
    is_heard: bool = False
    """Whether the chat is told of it in another way already, so that no message of its own is sent."""

    @property
    def key(self) -> tuple[FindingKind, str]:
        """What makes it the same as one found before."""
        return self.kind, self.about


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFinding:
    """A finding as it is kept."""

    id: FindingId
    goal: GoalId
    root: GoalId
    """The goal of its own that `goal` serves in the end; the same where it serves none."""
    finding: Finding
    status: FindingStatus
    revision: int
    """Goes up when something else would be done, and when it is open again; buttons carry it."""
    found_at: dt.datetime
    """When it was first so, or so again."""
    told_at: dt.datetime | None
    """When the chat was last told; None before."""
    changed_at: dt.datetime
    """When its status last changed."""

    @property
    def gravity(self) -> tuple[int, float, int, FindingId]:
        """What is told first comes first: within its area, what a model finds worth the most."""
        worth = self.finding.facts.get("worth")
        weight = float(worth) if isinstance(worth, int | float) else 0.5
        return _AREAS[AREAS[self.finding.kind]], -weight, _ORDER[self.finding.kind], self.id

    @property
    def is_worth_telling(self) -> bool:
        """Whether a message or the digest may speak of it."""
        return self.status in LIVE and not self.finding.is_heard

    @property
    def may_be_told(self) -> bool:
        """Whether a message of its own may tell of it: it was not told, and there is something to say yes to."""
        return self.status is FindingStatus.OPEN and self.is_worth_telling and self.finding.remedy is not None


def moved(kept: KeptFinding, status: FindingStatus, now: dt.datetime) -> KeptFinding:
    """The same with another status. Raises `IllegalMoveError`."""
    check_finding_move(kept.status, status)
    return replace(
        kept,
        status=status,
        changed_at=now,
        told_at=now if status is FindingStatus.TOLD else kept.told_at,
    )


def weighed(
    kept: Collection[KeptFinding], found: Sequence[Finding], now: dt.datetime
) -> tuple[tuple[KeptFinding, ...], tuple[Finding, ...]]:
    """What a new look changes: kept findings that are other than before, and findings that are new. Pure.

    What is no longer found is gone; what was answered comes back only after a rest, if it is still so.
    """
    newest = {one.key: one for one in found}
    changed = []
    for one in kept:
        again = newest.pop(one.finding.key, None)
        after = _gone(one, now) if again is None else _again(one, again, now)
        if after != one:
            changed.append(after)
    return tuple(changed), tuple(newest.values())


def _gone(one: KeptFinding, now: dt.datetime) -> KeptFinding:
    return moved(one, FindingStatus.GONE, now) if one.status in LIVE else one


def _again(one: KeptFinding, found: Finding, now: dt.datetime) -> KeptFinding:
    """A kept finding that is (still, or once more) so. Figures may drift without making its buttons stale."""
    rested = now - one.changed_at >= REST
    if one.status in LIVE:
        other = found.remedy != one.finding.remedy
        return replace(one, finding=found, revision=one.revision + other)
    if one.status is FindingStatus.GONE:
        told = one.told_at is not None and now - one.told_at < REST
        back = replace(one, status=FindingStatus.TOLD if told else FindingStatus.OPEN, found_at=now, changed_at=now)
        return replace(back, finding=found, revision=one.revision + 1)
    if rested:
        return replace(moved(one, FindingStatus.OPEN, now), finding=found, revision=one.revision + 1, found_at=now)
    return one


def told_first(kept: Collection[KeptFinding], muted: Collection[FindingKind]) -> Iterator[KeptFinding]:
    """What may be told, the gravest first; of kinds that nobody wants to hear of, nothing."""
    for one in sorted(kept, key=lambda each: each.gravity):
        if one.is_worth_telling and one.finding.kind not in muted:
            yield one
