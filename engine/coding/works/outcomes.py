"""What tasks of a code goal have brought: the newest of a work, and what stands in its outcome."""

import datetime as dt
from collections.abc import Callable, Sequence

from engine.coding.reports import Check, FlaggedChange
from engine.coding.works.names import COMMIT, HAND_IN, PROVE, WRITE, Part
from engine.goals import Goal
from engine.tasks import Task, TaskStatus
from engine.values import JsonObject

PROVEN_AGAIN = "proven_again"
"""The goal's metadata under this name hold what a proof brought that was made after the goal, on another base."""
LAID_ON = "laid_on"
"""The goal's metadata under this name hold the files and the base that its branch was given after it, and when."""


def newest(goal: Goal, work: str, counts: Callable[[Task], object]) -> Task | None:
    """The task of that work that ended last, of those that count; None where there is none."""
    found = [task for task in goal.tasks.values() if task.work == work and counts(task)]
    return max(found, key=lambda task: (task.ended_at is not None, task.ended_at, task.number), default=None)


def newest_brought(goal: Goal, work: str) -> JsonObject:
    """What the task of that work brought that brought something last."""
    return brought(newest(goal, work, lambda task: task.outcome is not None))


def brought(task: Task | None) -> JsonObject:
    """What stands in its outcome, by name; empty where it brought nothing."""
    value = task.outcome.value if task is not None and task.outcome is not None else None
    return value if isinstance(value, dict) else {}


def proofs_in(goal: Goal) -> tuple[JsonObject, ...]:
    """What the last proofs of it brought, the newest first: one made after the goal, and that of its newest task."""
    again = goal.metadata.get(PROVEN_AGAIN)
    return tuple(one for one in (again, newest_brought(goal, PROVE)) if isinstance(one, dict) and one)


def proof_on(goal: Goal, state: str, base: str) -> JsonObject:
    """The proof that was made of just these files against just this base; empty where there is none."""
    return next((one for one in proofs_in(goal) if (one.get("state"), one.get("base")) == (state, base)), {})


def checks_in(value: JsonObject) -> tuple[Check, ...]:
    """The checks of an outcome."""
    return tuple(map(Check.told_again, _listed(value, "checks")))


def is_proven(goal: Goal, state: str, base: str) -> bool:
    """Whether a proof of just these files against just this base holds. Everybody who says «proven» goes by it."""
    return holds(proof_on(goal, state, base))


def holds(proof: JsonObject) -> bool:
    """Whether all that a proof looked at is as it should be."""
    checks = checks_in(proof)
    return bool(checks) and all(check.held is not False for check in checks)


def is_turned_down(goal: Goal, task: Task) -> bool:
    """Whether a task wrote or brought code, and the last proof that looked at it found it wanting."""
    if task.status is not TaskStatus.COMPLETED or task.work not in (WRITE, HAND_IN):
        return False
    if task.inputs.get("part") not in (Part.CHANGE, Part.TESTS):
        return False
    looks = [
        (at, one.status is TaskStatus.COMPLETED)
        for one in goal.tasks.values()
        if one.work == PROVE
        if (at := one.ended_at if one.status is TaskStatus.COMPLETED else one.history.fell_short) is not None
    ]
    if not looks or task.ended_at is None:
        return False
    at, held = max(looks)
    return not held and task.ended_at <= at


def left_standing(goal: Goal) -> tuple[str, str]:
    """The files that its branch holds and the base it stands on, as we left it; empty before a commit."""
    committed = newest(goal, COMMIT, lambda task: task.status is TaskStatus.COMPLETED)
    if committed is None or (at := committed.ended_at) is None:
        return "", ""
    told, laid = brought(newest(goal, PROVE, lambda task: _is_done_by(task, at))), goal.metadata.get(LAID_ON)
    if isinstance(laid, dict) and dt.datetime.fromisoformat(str(laid.get("at"))) >= at:
        told = laid  # else just what was proven last was committed
    return str(told.get("state") or ""), str(told.get("base") or "")


def _is_done_by(task: Task, moment: dt.datetime) -> bool:
    return task.status is TaskStatus.COMPLETED and task.ended_at is not None and task.ended_at <= moment


def approved_in(value: JsonObject) -> tuple[FlaggedChange, ...]:
    """Changes that a proof counted only because a person let them through."""
    return tuple(map(FlaggedChange.told_again, _listed(value, "approved")))


def _listed(value: JsonObject, name: str) -> Sequence[JsonObject]:
    listed = value.get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
