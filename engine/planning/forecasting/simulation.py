"""The forecast itself: lay out, draw, play, weigh, sum up. Needs numpy; `forecast.py` imports it when it is needed."""

import datetime as dt
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.planning.forecasting.blockages import Seen, predicted
from engine.planning.forecasting.curves import Floats
from engine.planning.forecasting.draws import Draws, draw
from engine.planning.forecasting.durations import LONGEST
from engine.planning.forecasting.layout import Layout, Step, hours_from, lay_out
from engine.planning.forecasting.model import (
    Forecast,
    ForecastProblem,
    ForecastTask,
    Holder,
    Range,
    TaskForecast,
)
from engine.planning.forecasting.playing import Played, play
from engine.planning.forecasting.starting import Outline, start_order
from engine.planning.slices import run_through

MOST_CELLS = 2_000_000
"""Tasks times cases: a goal of thousands of tasks gets fewer cases, so that memory and time stay bounded …"""
FEWEST_SAMPLES = 200
"""… but not fewer than this."""
_MOST_HOURS = 10 * LONGEST
_KNOWN_SHARES = tuple(number / 20 for number in range(21))
"""Of the end's quantiles that a parent's forecast is handed."""
_PLAN_SHARES = tuple(number / 50 for number in range(51))
"""Of those that a plan is kept with: between them, the odds of any deadline are right to a hundredth."""


def simulate(problem: ForecastProblem, seed: int, samples: int) -> Forecast:
    """Play the problem's tasks, of which there is at least one.

    Raises `InvalidInputError` for tasks that are not there and for circles.
    """
    samples = _fitting(problem, samples)
    cases = run_through(_cases(problem, seed, samples, causes=True))
    layout, draws, played, ends = cases.layout, cases.draws, cases.played, cases.ends
    on_time = None
    if problem.deadline is not None:
        on_time = float(np.searchsorted(ends, hours_from(problem.now, problem.deadline), "right")) / len(ends)
    tasks = _task_forecasts(problem, layout, played)
    seen = Seen(
        problem=problem,
        layout=layout,
        draws=draws,
        played=played,
        tasks=tasks,
        order=cases.order,
        on_time=1.0 if on_time is None else on_time,
    )
    return Forecast(
        made_at=problem.now,
        prospect=problem.prospect,
        end=_range(problem.now, ends),
        ends=tuple(_moment(problem.now, hours) for hours in _quantiles(ends, _KNOWN_SHARES)),
        success_odds=cases.success,
        deadline_odds=None if on_time is None else on_time * cases.success,
        on_time_odds=on_time,
        tasks={task.task: task for task in tasks},
        predicted=predicted(seen),
        assumes=problem.assumes,
        samples=samples,
    )


def ends_of(problem: ForecastProblem, seed: int, samples: int) -> Generator[None, None, tuple[float, ...]]:
    """The end's quantiles that `simulate` comes to, at even shares from 0 to 1, in hours from now; in slices."""
    cases = yield from _cases(problem, seed, _fitting(problem, samples), causes=False)
    return tuple(min(hours, _MOST_HOURS) for hours in _quantiles(cases.ends, _PLAN_SHARES))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cases:
    """All cases of a problem, played, as they are when nothing fails for good."""

    layout: Layout
    draws: Draws
    order: tuple[int, ...]
    played: Played
    success: float
    ends: Floats
    """The goal's end in each, ascending."""


def _fitting(problem: ForecastProblem, samples: int) -> int:
    return max(min(samples, MOST_CELLS // len(problem.tasks)), min(samples, FEWEST_SAMPLES))


def _cases(problem: ForecastProblem, seed: int, samples: int, *, causes: bool) -> Generator[None, None, _Cases]:
    layout = lay_out(problem)
    yield
    draws = yield from draw(layout, problem.now, seed, samples)
    yield
    free_from = [pool.free_from for pool in layout.pools]
    order = start_order(_outlines(layout, draws), [pool.places for pool in layout.pools], free_from)
    yield
    played = yield from play(layout, draws, order, causes=causes)
    yield
    success, played = _given_success(layout, played)
    yield
    ends = np.sort(played.end.max(axis=0))
    return _Cases(layout=layout, draws=draws, order=order, played=played, success=success, ends=ends)


def _outlines(layout: Layout, draws: Draws) -> list[Outline]:
    return [_outline(step, draws) for step in layout.steps]


def _outline(step: Step, draws: Draws) -> Outline:
    task = step.task
    middle = draws.middle[step.index]  # what is learned from few cases has tails too heavy for a mean
    stretch = 24 / step.person.a_day
    lag, ends = draws.lags.get(step.index), draws.ends.get(step.index)
    by_person = task.holds is Holder.PERSON
    hours = 0.0 if ends is not None else middle * stretch if by_person else middle
    return Outline(
        after=step.after,
        pools=step.pools,
        hours=hours,
        held=min(hours, step.hold * stretch) if by_person else hours,
        floor=step.floor,
        lag=float(np.median(lag)) * stretch if lag is not None else 0.0,
        until=float(np.median(ends)) if ends is not None else 0.0,
        begun=task.begun_at is not None,
        position=task.position,
    )


def odds_for_good(task: ForecastTask) -> float:
    """The chance that one of the attempts left succeeds."""
    return 1 - (1 - min(max(task.odds, 0.0), 1.0)) ** task.attempts


def _given_success(layout: Layout, played: Played) -> tuple[float, Played]:
    """The odds that no task fails for good, and the cases as they are when none does.

    What runs in every case makes no difference between cases. Behind choices it does: a road that fails more often is
    found less often among the successes, so cases are drawn again by their odds.
    """
    success = 1.0
    weights: Floats = np.ones(played.end.shape[1])
    for step in layout.steps:
        odds = odds_for_good(step.task)
        live = played.live.get(step.index)
        if live is None:
            success *= odds
        elif odds < 1:
            weights = np.where(live, weights * odds, weights)
    share = float(weights.mean())
    if share == 0 or weights.min() == weights.max():
        return success * share, played
    # every so much of the weight one case, the light ones first: no road gets more or less than its part
    order = np.argsort(weights, kind="stable")
    heights = np.cumsum(weights[order])
    places = (np.arange(len(weights)) + 0.5) / len(weights) * heights[-1]
    return success * share, played.of_cases(order[np.minimum(np.searchsorted(heights, places), len(weights) - 1)])


def _task_forecasts(problem: ForecastProblem, layout: Layout, played: Played) -> list[TaskForecast]:
    """What is expected of each task, in the layout's order."""
    critical = played.critical.mean(axis=1)
    found = []
    for step in layout.steps:
        index, task = step.index, step.task
        live = played.live.get(index)
        cases = slice(None) if live is None else live
        start, end = np.sort(played.start[index, cases]), np.sort(played.end[index, cases])
        median = _moment(problem.now, *_quantiles(start, (0.5,))) if len(start) else None
        found.append(
            TaskForecast(
                task=task.number,
                start=task.begun_at or median,
                end=_range(problem.now, end) if len(end) else None,
                criticality=float(critical[index]),
                live=float(live.mean()) if live is not None else 1.0,
                odds=odds_for_good(task),
            )
        )
    return found


def _range(now: dt.datetime, ascending: Floats) -> Range:
    p10, p50, p90 = (_moment(now, hours) for hours in _quantiles(ascending, (0.1, 0.5, 0.9)))
    return Range(p10=p10, p50=p50, p90=p90)


def _quantiles(ascending: Floats, shares: Sequence[float]) -> list[float]:
    """Quantiles of sorted cases, straight lines between them."""
    found = []
    for share in shares:
        place = share * (len(ascending) - 1)
        below = int(place)
        above = min(below + 1, len(ascending) - 1)
        found.append(float(ascending[below] + (place - below) * (ascending[above] - ascending[below])))
    return found


def _moment(now: dt.datetime, hours: float) -> dt.datetime:
    """To the second: nobody knows the future better. Within what a calendar has, however long the plan."""
    return now + dt.timedelta(seconds=round(min(hours, _MOST_HOURS) * 3600))
