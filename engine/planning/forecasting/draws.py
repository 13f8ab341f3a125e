"""What chance decides in each case: how long tasks take, how often they fail, which options are chosen.

Needs numpy. All dice are thrown here and none depends on capacities or deadlines, so that forecasts of the same tasks
with other places or another deadline are compared on the same cases. Durations, failures and choices have dice of
their own: giving a task other odds moves no duration.
"""

import datetime as dt
import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.planning.forecasting.curves import OUTLIVED, Curve, Floats, curve_of, in_waking_hours, later_of
from engine.planning.forecasting.durations import Duration
from engine.planning.forecasting.layout import Layout, Step, hours_from, passed
from engine.planning.forecasting.model import ForecastTask, Holder
from engine.planning.forecasting.waking import Waking

Ints = NDArray[np.int64]

_A_SLICE = 64
"""Tasks that are drawn before somebody else has a turn."""
_NEVER = 1e-9
"""Odds of an attempt below this are drawn as this: the cases in which it does succeed have to look like something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """One row a task, one column a case."""

    left: Floats
    """Hours each task still takes, failed attempts included: waking hours where a person does it."""
    lags: Mapping[int, Floats]
    """Waking hours until what blocks a task is lifted, of those that are blocked."""
    ends: Mapping[int, Floats]
    """Hours from now to the end, of tasks whose end itself is known."""
    chosen: Mapping[int, Ints]
    """Which option is chosen, by its place among the task's, of those that have options."""
    overdue: Mapping[int, float]
    """The median of a task's kind, in the same hours as `left`, of those that have gone on for longer than nearly all
    of their kind."""
    middle: tuple[float, ...]
    """What each task still takes at the median, failed attempts at their mean, in the same hours as `left`."""


class _Curves:
    """Curves by what they are of: many tasks share one. Rows are a curve at all the shares of the cases."""

    def __init__(self, shares: Floats) -> None:
        self.shares = shares
        self._curves: dict[tuple[Duration, Duration | None, int], Curve] = {}
        self._rows: dict[int, Floats] = {}

    def curve(self, duration: Duration, answer: Duration | None, person: Waking | None) -> Curve:
        """The curve of a duration, at least as long as an answer, in the waking hours of a person if one does it."""
        key = (duration, answer, id(person))  # the layout keeps the people, so that their ids stay theirs
        found = self._curves.get(key)
        if found is None:
            found = curve_of(duration)
            if answer is not None:
                found = later_of(found, self.curve(answer, None, None))
            if person is not None:
                found = in_waking_hours(found, person)
            self._curves[key] = found
        return found

    def row(self, curve: Curve) -> Floats:
        """The whole duration in each case, ascending."""
        found = self._rows.get(id(curve))
        if found is None:
            found = self._rows[id(curve)] = curve.at(self.shares)
        return found

    def row_left(self, step: Step, curve: Curve) -> Floats:
        """What is left of the duration in each case, ascending."""
        done = step.task.done_share
        if done > 0:
            return curve.paced(min(done, 1.0), step.passed, self.shares)
        return curve.left(step.passed, self.shares) if step.task.begun_at is not None else self.row(curve)


def draw(layout: Layout, now: dt.datetime, seed: int, samples: int) -> Generator[None, None, Draws]:
    """Throw all dice of a forecast, in slices; the same seed throws the same."""
    shares = (np.arange(samples) + 0.5) / samples
    durations, lags, failures, choices = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4))
    curves = _Curves(shares)
    rows = np.empty((len(layout.steps), samples))
    overdue: dict[int, float] = {}
    own: list[Curve] = []
    for step in layout.steps:
        task = step.task
        person = step.person if task.holds is Holder.PERSON else None
        curve = curves.curve(task.duration, task.answer, person)
        rows[step.index] = curves.row_left(step, curve)
        if task.begun_at is not None and task.done_share == 0 and curve.below(step.passed) > OUTLIVED:
            overdue[step.index] = curve.median
        own.append(curve)
        if not len(own) % _A_SLICE:
            yield
    middle = rows[:, samples // 2].tolist()  # they ascend still
    for first in range(0, len(rows), _A_SLICE):  # the same throws as for all rows at once
        yield
        left = rows[first : first + _A_SLICE]
        durations.permuted(left, axis=1, out=left)
    for step, curve in zip(layout.steps, own, strict=True):
        if step.task.attempts > 1 and step.task.odds < 1:
            failed = _failed_hours(step.task, curve, shares, failures)
            rows[step.index] += failed
            middle[step.index] += float(failed.sum()) / samples
    return Draws(
        left=rows,
        lags={step.index: lags.permuted(_lag(step, curves, now)) for step in layout.steps if step.task.lag is not None},
        ends={step.index: durations.permuted(_end(step, now, shares)) for step in layout.steps if step.task.ends},
        chosen={s.index: choices.permuted(_choices(s.task, shares)) for s in layout.steps if s.task.options},
        overdue=overdue,
        middle=tuple(middle),
    )


def _failed_hours(task: ForecastTask, curve: Curve, shares: Floats, dice: np.random.Generator) -> Floats:
    """Hours of failed attempts in each case, given that one of those left succeeds."""
    fails = 1 - max(task.odds, _NEVER)
    some = 1 - shares * (1 - fails**task.attempts)
    count = np.minimum(np.log(some) / math.log(fails) if fails > 0 else 0 * shares, task.attempts - 1).astype(np.int64)
    count = dice.permuted(count)
    hours = np.zeros(len(shares))
    for number in range(1, int(count.max()) + 1):
        cases = np.flatnonzero(count >= number)
        hours[cases] += curve.at(dice.random(len(cases)))
    return hours


def _lag(step: Step, curves: _Curves, now: dt.datetime) -> Floats:
    """Waking hours until what blocks the task is lifted, ascending; the time they were asked already is passed."""
    task = step.task
    if task.lag is None:
        return np.zeros(len(curves.shares))
    curve = curves.curve(task.lag, None, step.person)
    if task.lag_since is None:
        return curves.row(curve)
    return curve.left(passed(now, task.lag_since, step.person), curves.shares)


def _end(step: Step, now: dt.datetime, shares: Floats) -> Floats:
    """Hours from now to the end, ascending."""
    moments = np.array([hours_from(now, moment) for moment in step.task.ends])
    return Curve(shares=np.linspace(0.0, 1.0, len(moments)), hours=moments).at(shares)


def _choices(task: ForecastTask, shares: Floats) -> Ints:
    """Places of the options chosen, ascending."""
    heights = np.cumsum(np.maximum(np.array(list(task.options.values())), 0.0))
    if heights[-1] <= 0:
        heights = np.arange(1.0, len(heights) + 1)
    return np.minimum(np.searchsorted(heights / heights[-1], shares, "right"), len(heights) - 1)
