"""What a person said of number, day and length, put on the task that does what was asked for."""

import datetime as dt
from dataclasses import replace

from engine.planning.bridge.parts import Place, day_in_words
from engine.planning.criteria.moments import moment_of, zone_of
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import word_set
from engine.plans import PlannedTask
from engine.tasks import Estimate

_PER_UNIT = {"pages": 2.0, "page": 2.0, "lines": 0.2, "papers": 2.0, "policies": 6.0, "posts": 4.0}
"""Hours for one of what is written or read by the piece."""
_SPANS = frozenset({Kind.TRAVEL, Kind.DEPLOY, Kind.LAUNCH, Kind.MOVE, Kind.BUY, Kind.CHORE})
"""Kinds that are done once, however long they last."""
_LONG = frozenset({Kind.LEARN, Kind.COURSE, Kind.RESEARCH})
_LONG_UNITS = word_set("courses languages subjects programmes programs degrees bootcamps")
"""Units that each take as long as one of their kind does; others of these kinds («songs», «lessons») are small."""


def dated(task: PlannedTask, reading: Reading, place: Place) -> PlannedTask:
    """The task with the day it is to be done by; waits, measures and the like have inputs of their own."""
    if reading.by is None or task.work != "person":
        return task
    by = moment_of(reading.by, zone_of(place.zone), end=True)
    told = f"To be done by {day_in_words(reading.by, 0)}."
    return replace(
        task,
        description=f"{task.description} {told}".strip(),
        inputs={**task.inputs, "by": by.astimezone(dt.UTC).isoformat()},
    )


def timed(task: PlannedTask, reading: Reading) -> PlannedTask:
    """The task with its count, and with the time it takes where that is said; long stretches count by week or day."""
    number = reading.count.number if reading.count is not None else 1
    if number > 1:
        noun = reading.count.noun.split(" ")[-1].lower() if reading.count is not None else ""
        each = _PER_UNIT.get(noun)
        if reading.kind in _LONG and noun not in _LONG_UNITS:
            task = replace(task, estimate=Estimate(low=0.5, likely=2, high=8))
        if each is not None:
            task = replace(task, estimate=Estimate(low=each / 3, likely=each, high=each * 3))
        task = _counted(task, number)
    if reading.seconds is None:
        return _in_rhythm(task, reading)
    hours, days = reading.seconds / 3600, reading.seconds / 86_400
    task = replace(task, estimate=Estimate(low=hours, likely=hours, high=hours * 1.5))
    if number > 1 or days < 2 or reading.kind in _SPANS:
        return task
    unit, steps = ("day", round(days)) if days <= 31 else ("week", min(520, round(days / 7)))
    return replace(task, target_count=steps, description=f"{task.description} Counted by the {unit}.".strip())


def _counted(task: PlannedTask, number: int) -> PlannedTask:
    each = task.estimate
    scaled = Estimate(low=each.low * number, likely=each.likely * number, high=each.high * number)
    return replace(task, target_count=number, estimate=scaled)


def _in_rhythm(task: PlannedTask, reading: Reading) -> PlannedTask:
    """What has a rhythm lasts as long as that goes on; without an end of its own, almost till the deadline."""
    if reading.count is None or reading.count.days is None:
        return task
    hours = reading.count.days * 24 * 0.9
    return replace(task, estimate=Estimate(low=hours, likely=hours, high=hours))
