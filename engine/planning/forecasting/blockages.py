"""Predicted blockages: which tasks are likely to stall or fail, and why, before they do. Needs numpy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.planning.forecasting.curves import OUTLIVED, Floats
from engine.planning.forecasting.draws import Draws
from engine.planning.forecasting.layout import Layout, Step, hours_from
from engine.planning.forecasting.model import (
    ForecastProblem,
    Holder,
    PredictedBlockage,
    PredictedKind,
    TaskForecast,
)
from engine.planning.forecasting.playing import Played

LIKELY = 0.5
"""A task that comes too late in so many cases is told of."""
LIKELY_TO_FAIL = 0.25
"""A task that fails for good with these odds is told of."""
LARGE = 0.2
"""What takes a smaller share of all the time there is until the deadline is not what makes it late."""
LONG_LINE = 1.0
"""Hours in line, at the mean, from which it is told of …"""
LINE_SHARE = 0.5
"""… if they are also this share of what the task itself takes …"""
MATTERS = 0.2
"""… and the goal's end hangs on it in this share of the cases."""
MOST_TOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a forecast has found out."""

    problem: ForecastProblem
    layout: Layout
    draws: Draws
    played: Played
    tasks: Sequence[TaskForecast]
    """In the layout's order."""
    order: tuple[int, ...]
    """Indexes of the tasks, each behind all it is after."""
    on_time: float
    """In which share of the cases the deadline is kept; 1 without one."""

    def row(self, step: Step, values: Floats) -> Floats:
        """A task's row, of the cases in which it runs."""
        live = self.played.live.get(step.index)
        row: Floats = values[step.index]
        return row if live is None else row[live]

    def took(self, step: Step, since: Floats) -> Floats:
        """Hours from a moment of a task (its row in `since`) to its end, of the cases in which it runs."""
        hours: Floats = self.row(step, self.played.end) - self.row(step, since)
        return hours


def predicted(seen: Seen) -> tuple[PredictedBlockage, ...]:
    """What is likely to get in the way, the gravest first, ten at most; a task may be in it for several reasons."""
    steps = [step for step in seen.layout.steps if seen.tasks[step.index].live > 0]
    found = [*_late(seen, steps), *_overdue(seen, steps), *_failing(seen, steps), *_in_line(seen, steps)]
    found += _lacking(seen, steps)
    found.sort(key=lambda one: (-max(one.criticality, MATTERS) * one.odds, one.task, one.kind))
    return tuple(found[:MOST_TOLD])


def _late(seen: Seen, steps: Sequence[Step]) -> Iterator[PredictedBlockage]:
    """Tasks that take longer than there is time for between their begin and what has to come behind them.

    A deadline that is likely to be kept presses nobody. Where nothing is left even before a task begins, the cause
    lies elsewhere, and it is not told of.
    """
    if seen.problem.deadline is None or seen.on_time > 1 - LIKELY:
        return
    deadline = hours_from(seen.problem.now, seen.problem.deadline)
    takes = {step.index: _middle(seen.took(step, _turns(seen, step))) for step in steps}
    behind = _hours_behind(seen, takes)
    for step in steps:
        must_end = deadline - behind[step.index]
        if must_end <= 0 or takes[step.index] < LARGE * deadline:
            continue
        left = must_end - _middle(seen.row(step, _turns(seen, step)))
        if not 0 < left < takes[step.index]:
            continue
        odds = float((seen.row(step, seen.played.end) > must_end).mean())
        if odds >= LIKELY:
            kind = PredictedKind.PERSON if step.task.lag is not None else _KINDS[step.task.holds]
            told = _of(seen, step, kind, odds)
            yield replace(told, takes=takes[step.index], left=left, name=step.task.person)


_KINDS = {
    Holder.PERSON: PredictedKind.PERSON,
    Holder.SLOT: PredictedKind.WORK,
    Holder.NOTHING: PredictedKind.WAIT,
}


def _turns(seen: Seen, step: Step) -> Floats:
    """Where its own time begins: with its begin, or where it is blocked, when it could begin but for that."""
    return seen.played.start if step.task.lag is None else seen.played.ready


def _middle(values: Floats) -> float:
    """The median of at least one value; of two in the middle, the later."""
    place = len(values) // 2
    return float(np.partition(values, place)[place])


def _hours_behind(seen: Seen, takes: Mapping[int, float]) -> list[float]:
    """How long what comes behind each task takes at the medians, one after the other."""
    behind = [0.0] * len(seen.layout.steps)
    for index in reversed(seen.order):
        whole = behind[index] + takes.get(index, 0.0)
        for before in seen.layout.steps[index].after:
            behind[before] = max(behind[before], whole)
    return behind


def _overdue(seen: Seen, steps: Sequence[Step]) -> Iterator[PredictedBlockage]:
    """Tasks that have gone on for longer than nearly all of their kind."""
    for step in steps:
        begun = step.task.begun_at
        usual = seen.draws.overdue.get(step.index)
        if usual is not None and begun is not None and not step.task.ends:
            told = _of(seen, step, PredictedKind.OVERDUE, OUTLIVED)
            if step.task.holds is Holder.PERSON:
                usual = step.person.elapsed(usual)
            has_taken = -hours_from(seen.problem.now, begun)
            yield replace(told, takes=usual, has_taken=has_taken, name=step.task.person)


def _failing(seen: Seen, steps: Sequence[Step]) -> Iterator[PredictedBlockage]:
    """Tasks that are likely to fail for good."""
    for step in steps:
        fails = 1 - seen.tasks[step.index].odds
        if fails >= LIKELY_TO_FAIL:
            yield replace(_of(seen, step, PredictedKind.FAILURE, fails), attempts=step.task.attempts)


def _in_line(seen: Seen, steps: Sequence[Step]) -> Iterator[PredictedBlockage]:
    """What there is too little of: each slot, person or resource with the task that its shortage harms the most."""
    worst: dict[int, tuple[float, Step]] = {}
    for step in steps:
        queue = seen.played.queues.get(step.index)
        criticality = seen.tasks[step.index].criticality
        if queue is None or queue.hours < LONG_LINE or criticality < MATTERS:
            continue
        harm = queue.hours * criticality
        if queue.pool not in worst or worst[queue.pool][0] < harm:
            worst[queue.pool] = (harm, step)
    for number, (_, step) in worst.items():
        pool, hours = seen.layout.pools[number], seen.played.queues[step.index].hours
        if pool.free_from > 0 or hours < LINE_SHARE * _middle(seen.took(step, seen.played.start)):
            continue
        kind = PredictedKind.BUSY if pool.kind is Holder.PERSON else PredictedKind.QUEUE
        waits = seen.row(step, seen.played.start) - seen.row(step, seen.played.ready)
        told = _of(seen, step, kind, float((waits >= LONG_LINE).mean()))
        yield replace(told, takes=hours, name=pool.name)


def _lacking(seen: Seen, steps: Sequence[Step]) -> Iterator[PredictedBlockage]:
    """Tasks whose turn is likely to come while a resource that they need is away."""
    for step in steps:
        for name in dict.fromkeys(step.task.resources):
            resource = seen.problem.capacities.resources.get(name)
            if resource is None or not resource.is_away:
                continue
            odds = 1.0
            if resource.back_at is not None:
                back = hours_from(seen.problem.now, resource.back_at)
                odds = float((seen.row(step, seen.played.ready) < back).mean())
            if odds >= LIKELY:
                told = _of(seen, step, PredictedKind.RESOURCE, odds)
                yield replace(told, name=name, back_at=resource.back_at)


def _of(seen: Seen, step: Step, kind: PredictedKind, odds: float) -> PredictedBlockage:
    criticality = seen.tasks[step.index].criticality
    return PredictedBlockage(kind=kind, task=step.task.number, odds=odds, criticality=criticality)
