"""What tasks of a code goal have brought: the newest of a work, and what stands in its outcome."""

from collections.abc import Callable

from engine.coding.reports import CodeCheck
from engine.goals import Goal
from engine.tasks import Task
from engine.values import JsonObject


def newest(goal: Goal, work: str, counts: Callable[[Task], object]) -> Task | None:
    """The task of that work that ended last, of those that count; None where there is none."""
    found = [task for task in goal.tasks.values() if task.work == work and counts(task)]
    return max(found, key=lambda task: (task.ended_at is not None, task.ended_at, task.number), default=None)


def brought(task: Task | None) -> JsonObject:
    """What stands in its outcome, by name; empty where it brought nothing."""
    value = task.outcome.value if task is not None and task.outcome is not None else None
    return value if isinstance(value, dict) else {}


def checks_in(value: JsonObject) -> tuple[CodeCheck, ...]:
    """The checks that `Check.told` put into an outcome."""
    listed = value.get("checks")
    return tuple(_check_in(one) for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _check_in(told: JsonObject) -> CodeCheck:
    held = told.get("held")
    return CodeCheck(
        name=str(told.get("name")), held=held if isinstance(held, bool) else None, words=str(told.get("words"))
    )
