"""How a code goal stands, by what its tasks have brought: for lists and digests, which look into no repository."""

from dataclasses import dataclass

from engine.coding.options import REPOSITORY
from engine.coding.remembering import pull_request_of
from engine.coding.works.names import COMMIT, HAND_IN, OPEN
from engine.coding.works.outcomes import brought, is_proven, left_standing, newest
from engine.execution.hand_ins import to_try
from engine.goals import Goal
from engine.tasks import Task, TaskStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSummary:
    """A code goal in short."""

    branch: str
    """Empty while it has none."""
    is_proven: bool
    """Whether what is committed is proven on the base that it stands on, as far as that was our own doing."""
    is_committed: bool
    pull_request: str
    """Its address; empty where none was opened."""
    waiting: tuple[Task, ...]
    """Tasks that wait for a person's code."""
    trying: tuple[Task, ...]
    """Tasks for which something was handed in that is being tried."""


def summed_up(goal: Goal) -> CodeSummary | None:
    """The goal in short; None for one that works in no repository."""
    if REPOSITORY not in goal.metadata:
        return None
    opened, committed = (newest(goal, work, _has_ended) for work in (OPEN, COMMIT))
    hand_ins = [task for task in goal.live_tasks if task.work == HAND_IN]
    return CodeSummary(
        branch=str(brought(opened).get("branch") or ""),
        is_proven=is_proven(goal, *left_standing(goal)),
        is_committed=committed is not None and committed.status is TaskStatus.COMPLETED,
        pull_request=pull_request_of(goal),
        waiting=tuple(task for task in hand_ins if task.status is TaskStatus.WAITING),
        trying=tuple(task for task in hand_ins if to_try(task)),
    )


def _has_ended(task: Task) -> bool:
    """Whether it has brought something, or failed."""
    return task.outcome is not None or bool(task.last_error)
