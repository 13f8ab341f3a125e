"""What is known of the person of a goal: whether they have hands free, and whether their answers mostly come late."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from engine.goals import Goal
from engine.tasks import PERSONS_WORKS, Task, TaskStatus, WaitingFor

HANDS = 3
"""With so many tasks waiting for them at once a person has no hand free."""
FEWEST = 3
"""So many answers there must be before anything is said of how they come."""
MOSTLY = 0.75
"""The share of late ones from which on they mostly come late."""
_ASKED = frozenset({WaitingFor.PERSON, WaitingFor.DECISION, WaitingFor.MEASURE})
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How answers came."""

    answered: int
    late: int
    """Those that took longer than the longest that was thought of."""


def asks_person(task: Task) -> bool:
    """Whether somebody is asked; a number that is fetched asks nobody."""
    return task.work in PERSONS_WORKS and not (task.work == "measure" and task.inputs.get("url"))


def waits_for_person(task: Task) -> bool:
    """Whether somebody has been asked and has not answered."""
    return task.waiting is not None and task.waiting.what in _ASKED


def has_hands_free(goal: Goal, others: Iterable[Goal]) -> bool:
    """Whether the person of a goal waits for more rather than being waited for."""
    asked = sum(waits_for_person(task) for one in (goal, *others) for task in one.live_tasks)
    return asked < HANDS


def answers_late(goal: Goal) -> Answers | None:
    """How often answers came late in this goal; None where they mostly come in time, or too few are known."""
    took = [
        ((task.ended_at - task.started_at) / _HOUR, task.estimate.high)
        for task in goal.live_tasks
        if asks_person(task) and task.status is TaskStatus.COMPLETED and task.started_at and task.ended_at
    ]
    late = sum(hours > most for hours, most in took)
    return Answers(answered=len(took), late=late) if len(took) >= FEWEST and late >= MOSTLY * len(took) else None
