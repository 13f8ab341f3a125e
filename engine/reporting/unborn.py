"""Forecasts of sub-goals that have not begun: of the plans that they will take over, as if they began now.

What that says of the task above is how long it takes and how likely it works out, instead of one estimate. Two things
are left out: at which hour of the day it will begin, and what else its people have in hand then.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.execution.families import unborn
from engine.goals import MAX_DEPTH, Goal
from engine.planning.forecasting.durations import Duration, Quantiles
from engine.planning.forecasting.model import Forecast
from engine.tasks import ENDED_TASKS
from engine.values import TaskNumber

_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unborn:
    """What the plans of sub-goals that have not begun say of the tasks that will wait for them."""

    durations: Mapping[TaskNumber, Duration] = field(default_factory=dict)
    odds: Mapping[TaskNumber, float] = field(default_factory=dict)


NOBODY = Unborn()
Play = Callable[[Goal, Unborn], Forecast]
"""The forecast of a goal, given what is known of the sub-goals under it."""


def foreseen_unborn(goal: Goal, now: dt.datetime, play: Play) -> Unborn:
    """What is to be expected of a goal's sub-goals that have not begun, and of those under them."""
    if goal.depth >= MAX_DEPTH:
        return NOBODY
    durations: dict[TaskNumber, Duration] = {}
    odds: dict[TaskNumber, float] = {}
    for task in goal.live_tasks:
        if task.work != "subgoal" or task.waiting is not None or task.status in ENDED_TASKS:
            continue
        child = unborn(goal, task, now)
        if child is None:
            continue
        found = play(child, foreseen_unborn(child, now, play))
        if found.success_odds is not None:
            odds[task.number] = found.success_odds
        if len(found.ends) > 1:
            durations[task.number] = _hours(found.ends, now)
    return Unborn(durations=durations, odds=odds)


def _hours(ends: tuple[dt.datetime, ...], now: dt.datetime) -> Quantiles:
    steps = len(ends) - 1
    return Quantiles(
        shares=tuple(step / steps for step in range(steps + 1)),
        hours=tuple(max(0.0, (end - now) / _HOUR) for end in ends),
    )
