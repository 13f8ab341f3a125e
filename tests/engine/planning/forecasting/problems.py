"""Problems that the tests of the forecast share, and a plain event-driven run to compare with."""

import datetime as dt
import heapq
import random
from collections.abc import Sequence
from dataclasses import replace

from engine.planning.forecasting.durations import Duration, Fixed, LogNormal, ThreePoint
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.model import (
    Calendar,
    Capacities,
    Forecast,
    ForecastProblem,
    ForecastTask,
    Holder,
    Person,
)
from engine.values import TaskNumber

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
"""A Monday."""
NIGHTS = Person(calendar=Calendar(zone="Europe/Berlin", quiet_from=22, quiet_to=7))
"""It is ten in the morning where they live."""
BY = Holder.PERSON


def hours(count: float) -> dt.timedelta:
    return dt.timedelta(hours=count)


def task(number: int, *after: int, takes: float | Duration = 1.0, **facts: object) -> ForecastTask:
    """A task; by default one that holds a slot and takes an hour, sure to succeed."""
    duration = Fixed(hours=takes) if isinstance(takes, int | float) else takes
    names = tuple(TaskNumber(name) for name in after)
    plain = ForecastTask(number=TaskNumber(number), after=names, duration=duration, position=number)
    return replace(plain, **facts)  # type: ignore[arg-type]  # the facts are fields


def problem(*tasks: ForecastTask, **facts: object) -> ForecastProblem:
    plain = ForecastProblem(now=NOW, tasks=tasks, capacities=Capacities(slots=1_000))
    return replace(plain, **facts)  # type: ignore[arg-type]  # the facts are fields


def some_duration(dice: random.Random) -> Duration:
    likely = dice.choice([0.5, 1, 2, 4, 8, 24, 72]) * dice.uniform(0.8, 1.2)
    kind = dice.randrange(3)
    if kind == 0:
        return ThreePoint(low=likely / 2, likely=likely, high=likely * 3)
    return LogNormal(median=likely, sigma=dice.uniform(0.2, 0.9)) if kind == 1 else Fixed(hours=likely)


def some_tasks(dice: random.Random, count: int, holders: Sequence[Holder] = (Holder.SLOT,)) -> tuple[ForecastTask, ...]:
    """A graph of that many tasks, about a tenth as wide as it is long."""
    reach = max(3, count // 4)
    return tuple(
        task(
            number,
            *sorted({dice.randrange(max(1, number - reach), number) for _ in range(dice.randint(0, 2)) if number > 1}),
            takes=some_duration(dice),
            holds=dice.choice(holders),
        )
        for number in range(1, count + 1)
    )


def longest_path(tasks: Sequence[ForecastTask], takes: Sequence[float]) -> float:
    """The end when nothing is short: tasks stand behind what they are after."""
    ends: dict[int, float] = {}
    for each, time in zip(tasks, takes, strict=True):
        ends[each.number] = max((ends[before] for before in each.after), default=0.0) + time
    return max(ends.values())


def run_by_events(tasks: Sequence[ForecastTask], takes: Sequence[float], slots: int) -> float:
    """The end of one case as an executor would have it: whenever a slot is free, the longest tail begins."""
    tails = [0.0] * len(tasks)
    for each, time in reversed(list(zip(tasks, takes, strict=True))):
        place = each.number - 1
        tails[place] += time
        for before in each.after:
            tails[before - 1] = max(tails[before - 1], tails[place])
    left = {each.number: len(each.after) for each in tasks}
    ready = [(-tails[n - 1], n) for n, count in left.items() if not count]
    heapq.heapify(ready)
    running: list[tuple[float, int]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < slots:
            _, number = heapq.heappop(ready)
            heapq.heappush(running, (now + takes[number - 1], number))
        now, number = heapq.heappop(running)
        for each in tasks:
            if number in each.after:
                left[each.number] -= 1
                if not left[each.number]:
                    heapq.heappush(ready, (-tails[each.number - 1], each.number))
    return now


def of(*tasks: ForecastTask, **facts: object) -> Forecast:
    """The forecast of a problem, always with the same dice."""
    return forecast(problem(*tasks, **facts), seed=1)


def median(found: Forecast) -> dt.timedelta:
    """From now to the middle of the end's range."""
    assert found.end is not None
    return found.end.p50 - NOW
