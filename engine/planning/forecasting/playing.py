"""Plays all cases of a forecast at once: one task after the other in the order of their begins, each for all cases.

Needs numpy. A task begins when all it is after has ended, its moment has come and every pool that it needs has a place
free; of the free places it takes the one that was free the latest, so that the others stay for what could begin
earlier. For each task and case the cause of its begin is kept (the task behind it, or the one that held its place), so
that the end can be followed back to what it hung on.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.planning.forecasting.curves import Floats
from engine.planning.forecasting.draws import Draws, Ints
from engine.planning.forecasting.layout import Layout, Step
from engine.planning.forecasting.model import Holder

Bools = NDArray[np.bool_]
A_SLICE = 20
"""Tasks that are played before somebody else has a turn: a millisecond or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Which pool a task stood in line for the longest, and for how many hours at the mean."""

    pool: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of all cases: one row a task, one column a case; hours from now."""

    ready: Floats
    """When each task could have begun, had nothing blocked it and been a place free."""
    start: Floats
    end: Floats
    critical: Bools
    """Whether the goal's end hung on the task."""
    live: dict[int, Bools] = field(default_factory=dict)
    """Whether a task runs at all, of those behind a choice; the others always do."""
    queues: dict[int, Queue] = field(default_factory=dict)
    """Of the tasks that stood in line."""

    def of_cases(self, cases: Ints) -> "Played":
        """The same with other columns: those of these cases."""
        return Played(
            ready=self.ready[:, cases],
            start=self.start[:, cases],
            end=self.end[:, cases],
            critical=self.critical[:, cases],
            live={index: live[cases] for index, live in self.live.items()},
            queues=self.queues,
        )


class _Places:
    """The places of one pool: until when each is taken in each case, and by which task it last was.

    A spot is a place of one case, numbered place by place: one number finds it faster than two.
    """

    def __init__(self, count: int, free_from: float, columns: Ints) -> None:
        self.columns = columns
        self.until = np.full((count, len(columns)), free_from)
        self.taken_by = np.full(count * len(columns), -1, dtype=np.int64)
        self.spots = self.until.reshape(-1)  # the same memory

    def free(self) -> Floats:
        """When the first place is free, in each case."""
        found: Floats = self.until.min(axis=0)
        return found

    def best(self, start: Floats) -> Ints:
        """The spot that is free by the start and was free the latest, in each case."""
        latest, found = np.where(self.until[0] <= start, self.until[0], -1.0), self.columns
        for place, until in enumerate(self.until[1:], 1):
            is_later = (until <= start) & (until > latest)
            latest = np.where(is_later, until, latest)
            found = np.where(is_later, self.columns + place * len(self.columns), found)
        return found

    def first(self) -> Ints:
        """The spot that is free first, in each case."""
        found: Ints = self.until.argmin(axis=0) * len(self.columns) + self.columns
        return found

    def take(self, spots: Ints, until: Floats, index: int | None, cases: Bools | None) -> None:
        """Hold a spot in all cases, or in some; by which task, where that matters."""
        if cases is not None:
            spots, until = spots[cases], until[cases]
        self.spots[spots] = until
        if index is not None:
            self.taken_by[spots] = index


class _Game:
    def __init__(self, layout: Layout, draws: Draws, *, causes: bool) -> None:
        shape = draws.left.shape
        self.layout = layout
        self.draws = draws
        self.causes = causes
        self.columns = np.arange(shape[1])
        self.ready, self.start, self.end = np.empty((3, *shape))  # each row is filled in when its task is played
        self.cause = np.empty(shape, dtype=np.int64)
        self.live: dict[int, Bools] = {}
        self.queues: dict[int, Queue] = {}
        self.places = [_Places(pool.places, pool.free_from, self.columns) for pool in layout.pools]

    def play(self, step: Step) -> None:
        index = step.index
        turn, cause = self.turn(step)
        ready = self.lifted(step, turn)
        start = ready
        frees = [self.places[pool].free() for pool in step.pools] if step.task.begun_at is None else []
        for free in frees:
            start = np.maximum(start, free)
        live = self.alive(step)
        end, held = self.ended(step, start)
        for pool, free in zip(step.pools, frees, strict=False):
            spots = self.places[pool].best(start)
            if self.causes:
                late = (free > ready) & (free >= start)
                cause = np.where(late, self.places[pool].taken_by[spots], cause)
                self.line_up(index, pool, np.maximum(free - ready, 0.0), live)
            self.places[pool].take(spots, self.until(pool, end, held), index if self.causes else None, live)
        for pool in step.pools if step.task.begun_at is not None else ():
            places = self.places[pool]
            spots = places.first()  # where more go on than there are places for, one is taken that is not free
            places.take(spots, np.maximum(places.spots[spots], self.until(pool, end, held)), index, live)
        if live is not None and step.decider is not None:  # left out: over when the choice is made
            out = self.end[step.decider]
            turn, start, end = np.where(live, (turn, start, end), out)
            cause = np.where(live, cause, step.decider)
            self.live[index] = live
        self.end[index] = end
        if self.causes:
            self.ready[index], self.start[index], self.cause[index] = turn, start, cause

    def turn(self, step: Step) -> tuple[Floats, "Ints | int"]:
        """When all it is after has ended, and the task that was waited for the longest (-1: none), for all or each."""
        if not step.after:
            return np.full(len(self.columns), step.floor), -1
        if not self.causes:
            ready = self.end[step.after[0]]
            for before in step.after[1:]:
                ready = np.maximum(ready, self.end[before])
            return np.maximum(ready, step.floor) if step.floor > 0 else ready, -1
        ready, cause = self.end[step.after[0]], np.full(len(self.columns), step.after[0], dtype=np.int64)
        for before in step.after[1:]:
            end = self.end[before]
            cause[end > ready] = before
            ready = np.maximum(ready, end)
        if step.floor > 0:
            cause[ready < step.floor] = -1
            ready = np.maximum(ready, step.floor)
        return ready, cause

    def lifted(self, step: Step, turn: Floats) -> Floats:
        """When nothing blocks the task any more, and all is there but a place."""
        lag = self.draws.lags.get(step.index)
        return turn if lag is None else step.person.after(turn, lag)

    def alive(self, step: Step) -> Bools | None:
        """In which cases the task runs; None for all."""
        if step.decider is None or step.task.only_if is None:
            return None
        decider = self.layout.steps[step.decider]
        names = list(decider.task.options)
        option = step.task.only_if[1]
        chosen = self.draws.chosen.get(step.decider)
        if chosen is None:
            live = np.ones(len(self.columns), dtype=np.bool_)
        else:
            live = chosen == (names.index(option) if option in names else -1)
        above = self.live.get(step.decider)
        return live if above is None else live & above

    def ended(self, step: Step, start: Floats) -> tuple[Floats, Floats]:
        """When the task ends, and until when it holds the person's attention."""
        ends = self.draws.ends.get(step.index)
        if ends is not None:
            end = np.maximum(start, ends)
            return end, end
        left = self.draws.left[step.index]
        if step.task.holds is not Holder.PERSON:
            return start + left, start + left
        begin = step.person.awake(start)
        end = step.person.when(start, begin + left)
        if left.max() <= step.hold:
            return end, end
        return end, step.person.when(start, begin + np.minimum(left, step.hold))

    def until(self, pool: int, end: Floats, held: Floats) -> Floats:
        """Until when a place of the pool is held."""
        return held if self.layout.pools[pool].kind is Holder.PERSON else end

    def line_up(self, index: int, pool: int, waits: Floats, live: Bools | None) -> None:
        """Remember the longest line that a task stands in."""
        cases = waits if live is None else waits[live]
        hours = float(cases.sum()) / max(len(cases), 1)
        if hours > 0 and (index not in self.queues or self.queues[index].hours < hours):
            self.queues[index] = Queue(pool=pool, hours=hours)

    def critical(self) -> Bools:
        """Follow the end of each case back through the causes."""
        found = np.zeros(self.end.shape, dtype=np.bool_)
        tasks, cases = self.end.argmax(axis=0), self.columns
        while len(cases):
            found[tasks, cases] = True
            causes = self.cause[tasks, cases]
            known = causes >= 0
            tasks, cases = causes[known], cases[known]
        for index, live in self.live.items():
            found[index] &= live
        return found


def play(layout: Layout, draws: Draws, order: Sequence[int], *, causes: bool = True) -> Generator[None, None, Played]:
    """Play all cases in that order of begins, a few tasks at a time.

    `causes`: whether it matters when tasks begin and what ends hang on; else only the ends are told.
    """
    game = _Game(layout, draws, causes=causes)
    for place, index in enumerate(order, 1):
        game.play(layout.steps[index])
        if not place % A_SLICE:
            yield
    told = slice(None) if causes else slice(0)
    return Played(
        ready=game.ready[told],
        start=game.start[told],
        end=game.end,
        critical=game.critical() if causes else np.zeros((0, draws.left.shape[1]), dtype=np.bool_),
        live=game.live,
        queues=game.queues,
    )
