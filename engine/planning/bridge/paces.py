"""How long a plan usually takes with the hands that there are, reckoned quickly, to compare many plans.

What is shown comes of `prospects.py`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from engine.planning.forecasting.from_goal import A_DAY, QUESTION_HOURS, holder_of
from engine.planning.forecasting.model import Capacities, Holder
from engine.planning.forecasting.starting import Outline, lasting
from engine.plans import PlannedTask

HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a plan takes when each task takes as long as it does at the mean."""

    mean: float
    """Hours; whoever does the tasks has only so many in hand at a time."""
    path: tuple[str, ...] = ()
    """Keys of the tasks along the longest way, the last one first."""


def pace_of(tasks: Sequence[PlannedTask], now: dt.datetime, capacities: Capacities) -> Pace:
    """The pace of a plan; its tasks come in an order in which they can be carried out."""
    place = {task.key: number for number, task in enumerate(tasks)}
    places = [capacities.person("").attention, capacities.slots]
    pools = {Holder.PERSON: (0,), Holder.SLOT: (1,), Holder.NOTHING: ()}
    stock = {name: len(places) + number for number, name in enumerate(capacities.resources)}
    places += [max(one.capacity, 1) for one in capacities.resources.values()]
    outlines: list[Outline] = []
    for number, task in enumerate(tasks):
        until, holder = task.until, holder_of(task)
        hours = task.estimate.mean if until is None else 0.0
        hold = A_DAY if task.work == "person" else QUESTION_HOURS
        outlines.append(
            Outline(
                after=tuple(sorted({place[key] for key in task.behind})),
                pools=(*pools[holder], *(stock[name] for name in dict.fromkeys(task.resources) if name in stock)),
                hours=hours,
                held=min(hours, hold) if holder is Holder.PERSON else hours,
                floor=0.0,
                lag=0.0,
                until=0.0 if until is None else max(0.0, (until - now).total_seconds() / HOUR),
                begun=False,
                position=number,
            )
        )
    return Pace(mean=lasting(outlines, places), path=_path(tasks, outlines))


def _path(tasks: Sequence[PlannedTask], outlines: Sequence[Outline]) -> tuple[str, ...]:
    """The longest way through what waits for what, the last task first."""
    ends: list[float] = []
    for outline in outlines:
        start = max((ends[before] for before in outline.after), default=0.0)
        ends.append(max(start + outline.hours, outline.until))
    here = max(range(len(tasks)), key=ends.__getitem__, default=None)
    path: list[str] = []
    while here is not None:
        path.append(tasks[here].key)
        here = max(outlines[here].after, key=ends.__getitem__, default=None)
    return tuple(path)
