"""Which criteria a fact about the goal re-opens: those that would be gone about otherwise now. Pure."""

from collections.abc import Iterable, Mapping

from engine.goals import Goal
from engine.plans import PlannedTask
from engine.tasks import Task, TaskStatus

_UNTOUCHED = frozenset({TaskStatus.PENDING, TaskStatus.WAITING, TaskStatus.BLOCKED})


def gone_about_otherwise(goal: Goal, kept: Mapping[int, int], fresh: Iterable[PlannedTask]) -> frozenset[int]:
    """Criteria of which nothing has been done or tried yet, and whose tasks would be others in a plan made today.

    `kept` tells for each criterion the index that its tasks carry.
    """
    planned: dict[int, set[tuple[str, str]]] = {}
    for task in fresh:
        if task.criterion is not None:
            planned.setdefault(task.criterion, set()).add((task.title, task.work))
    return frozenset(
        index for index, group in kept.items() if index in planned and _differs(goal, group, planned[index])
    )


def is_begun(task: Task) -> bool:
    """Whether something of it was done or tried. What somebody was only asked for is not."""
    return task.status not in _UNTOUCHED or task.count > 0 or task.attempts > 0


def _differs(goal: Goal, group: int, planned: set[tuple[str, str]]) -> bool:
    tasks = [task for task in goal.live_tasks if task.criterion == group]
    return not any(map(is_begun, tasks)) and {(task.title, task.work) for task in tasks} != planned
