"""What a plan promises: its odds, its cost, how long it takes, and whether it is done in time."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.plans import PlannedTask, Prospect
from engine.tasks import Estimate

HOUR = 3600.0
_SHARED = 0.2
"""How far a whole plan may be off, as a share of its length: what makes one task late makes others late too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a plan takes at its usual pace, and how far that may be off. Hours."""

    mean: float
    deviation: float
    path: tuple[str, ...] = ()
    """Keys of the tasks along the longest way, the last one first."""

    def odds_within(self, hours: float | None) -> float:
        """The odds that it takes no longer; 1 without a limit."""
        if hours is None:
            return 1.0
        spread = max(self.deviation, _SHARED * self.mean, 0.01)
        return 0.5 * (1.0 + math.erf((hours - self.mean) / (spread * math.sqrt(2.0))))


def prospect_of(tasks: Sequence[PlannedTask], probability: float, cost: float, now: dt.datetime) -> Prospect:
    """The prospect of a plan; its tasks come in an order in which they can be carried out."""
    low, likely, high = (
        max(_ends(tasks, now, read), default=0.0)
        for read in (lambda one: one.low, lambda one: one.likely, lambda one: one.high)
    )
    return Prospect(probability=probability, cost=cost, hours=Estimate(low=low, likely=likely, high=high))


def pace_of(tasks: Sequence[PlannedTask], now: dt.datetime) -> Pace:
    """The pace of a plan along its longest way."""
    ends = _ends(tasks, now, lambda one: one.mean)
    place = {task.key: number for number, task in enumerate(tasks)}
    variance, here = 0.0, max(range(len(tasks)), key=ends.__getitem__, default=None)
    path: list[str] = []
    while here is not None:
        task = tasks[here]
        path.append(task.key)
        if _until(task, now) is None:
            variance += ((task.estimate.high - task.estimate.low) / 6) ** 2
        here = max((place[key] for key in task.after), key=ends.__getitem__, default=None)
    return Pace(mean=max(ends, default=0.0), deviation=math.sqrt(variance), path=tuple(path))


def _ends(tasks: Sequence[PlannedTask], now: dt.datetime, hours: Callable[[Estimate], float]) -> list[float]:
    place = {task.key: number for number, task in enumerate(tasks)}
    ends: list[float] = []
    for task in tasks:
        start = max((ends[place[key]] for key in task.after), default=0.0)
        until = _until(task, now)
        ends.append(start + hours(task.estimate) if until is None else max(start, until))
    return ends


def _until(task: PlannedTask, now: dt.datetime) -> float | None:
    """Hours until the day that a task waits for; None for all other tasks."""
    until = task.inputs.get("until")
    if task.work != "wait" or not isinstance(until, str):
        return None
    return max(0.0, (dt.datetime.fromisoformat(until) - now).total_seconds() / HOUR)
