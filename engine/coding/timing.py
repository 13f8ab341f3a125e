"""How long a code goal has worked, without the time in which it waited for people."""

import datetime as dt

from engine.coding.works.names import CODE_WORKS, HAND_IN
from engine.errors import ExternalBlocked
from engine.goals import Goal
from engine.tasks import Task

_IN_MINUTES = 120
"""Seconds from which on minutes are told."""


def spent_seconds(goal: Goal, since: dt.datetime | None = None) -> float:
    """Seconds that its works took, those that have ended; `since` a moment, None for all of them."""
    return sum(_seconds(task, since) for task in goal.tasks.values())


def _seconds(task: Task, since: dt.datetime | None) -> float:
    if task.work not in CODE_WORKS or task.work == HAND_IN or task.ended_at is None or task.started_at is None:
        return 0.0
    began = task.started_at if since is None else max(task.started_at, since)
    return max(0.0, (task.ended_at - began).total_seconds())


def time_left(goal: Goal, limit: float) -> float:
    """Seconds that it may go on since it was started or resumed last. Raises `ExternalBlocked` when there are none."""
    left = limit - spent_seconds(goal, goal.resumed_at)
    if left > 0:
        return left
    raise out_of_time(limit)


def out_of_time(limit: float) -> ExternalBlocked:
    """What is asked of a person then."""
    told = f"{limit:g} s" if limit < _IN_MINUTES else f"{limit / 60:.0f} min"
    return ExternalBlocked(
        f"more time: the {told} that a code goal may work are over. What is there is kept",
        how="pause and resume the goal to give it as much again, or stop it; MILEPOST_CODE_TIME_LIMIT sets how much",
    )
