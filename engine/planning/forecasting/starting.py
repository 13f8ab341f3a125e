"""In which order tasks begin: one run of the plan at the median durations, the free places going to the least slack.

Pure Python. The forecast plays all its cases in this one order, all cases of a task at a time; where durations vary
and places are short, single cases would sometimes choose another order, which makes a forecast a few per cent late.
"""

import heapq
from collections.abc import Sequence

from msgspec import Struct

from engine.errors import InvalidInputError

_Rank = tuple[float, int, int]


class Outline(Struct, frozen=True, kw_only=True, gc=False):
    """What of a task says when it begins. All times in hours; tasks and pools by index."""

    after: tuple[int, ...]
    pools: tuple[int, ...]
    hours: float
    held: float
    """For how long it holds its places."""
    floor: float
    """It can't begin before."""
    lag: float
    """From when it could begin to when it may."""
    until: float
    """It ends no sooner, whatever its hours."""
    begun: bool
    """It goes on already, and is behind nothing."""
    position: int


def behind_all(after: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Indexes in an order in which each comes behind all it is after. Raises `InvalidInputError` for a circle."""
    followers: list[list[int]] = [[] for _ in after]
    left = [len(names) for names in after]
    for index, names in enumerate(after):
        for name in names:
            followers[name].append(index)
    order = [index for index, count in enumerate(left) if not count]
    for index in order:  # grows while it is read
        for follower in followers[index]:
            left[follower] -= 1
            if not left[follower]:
                order.append(follower)
    if len(order) < len(after):
        raise InvalidInputError("forecast", "tasks wait for each other", "break the circle")
    return tuple(order)


def tails(outlines: Sequence[Outline], order: Sequence[int]) -> list[float]:
    """Hours from each task's begin to the end of all that is behind it, when nothing is short."""
    found = [0.0] * len(outlines)
    for index in reversed(order):
        found[index] += outlines[index].hours
        for before in outlines[index].after:
            found[before] = max(found[before], found[index])
    return found


class _Run:
    """One run: what is ready by the places it needs, what will happen when, which places are free."""

    def __init__(self, outlines: Sequence[Outline], places: Sequence[int], free_from: Sequence[float]) -> None:
        self.outlines = outlines
        order = behind_all([outline.after for outline in outlines])
        self.tails = tails(outlines, order)
        self.left = [len(outline.after) for outline in outlines]
        self.followers: list[list[int]] = [[] for _ in outlines]
        for index, outline in enumerate(outlines):
            for before in outline.after:
                self.followers[before].append(index)
        self.free = [count if since <= 0 else 0 for count, since in zip(places, free_from, strict=True)]
        self.happens: list[tuple[float, int, str, int]] = []
        for pool, since in enumerate(free_from):
            for _ in range(places[pool] if since > 0 else 0):
                self.at(since, "free", pool)
        self.ready: dict[tuple[int, ...], list[_Rank]] = {}
        self.started: list[int] = []
        self.over = 0.0

    def at(self, time: float, what: str, index: int) -> None:
        heapq.heappush(self.happens, (time, len(self.happens), what, index))

    def begin(self, index: int, now: float) -> None:
        outline = self.outlines[index]
        self.started.append(index)
        for pool in outline.pools:
            self.free[pool] -= 1
            self.at(now + outline.held, "free", pool)
        ends = max(now + outline.hours, outline.until)
        self.over = max(self.over, ends)
        self.at(ends, "end", index)

    def arrive(self, index: int, now: float) -> None:
        """All that it is after has ended: it may begin, at once or when its moment comes."""
        outline = self.outlines[index]
        begins = max(now, outline.floor) + outline.lag
        if begins > now:
            self.at(begins, "ready", index)
        else:
            self.queue(index)

    def queue(self, index: int) -> None:
        outline = self.outlines[index]
        rank = (-self.tails[index], outline.position, index)
        heapq.heappush(self.ready.setdefault(outline.pools, []), rank)

    def begin_all(self, now: float) -> None:
        """Free places go to the longest tail, which is the least slack."""
        while True:
            first: tuple[_Rank, tuple[int, ...]] | None = None  # None where nothing can begin
            for pools, ranks in self.ready.items():
                is_sooner = ranks and (first is None or (ranks[0], pools) < first)
                if is_sooner and min(map(self.free.__getitem__, pools), default=1) > 0:
                    first = ranks[0], pools
            if first is None:
                return
            (_, _, index), pools = first
            heapq.heappop(self.ready[pools])
            self.begin(index, now)

    def happen(self, now: float, what: str, index: int) -> None:
        if what == "free":
            self.free[index] += 1
        elif what == "ready":
            self.queue(index)
        else:
            for follower in self.followers[index]:
                self.left[follower] -= 1
                if not self.left[follower]:
                    self.arrive(follower, now)


def start_order(outlines: Sequence[Outline], places: Sequence[int], free_from: Sequence[float]) -> tuple[int, ...]:
    """Indexes of all tasks in the order in which they begin; each comes behind all it is after.

    `places` and `free_from` (hours) are the pools'. Raises `InvalidInputError` for a circle.
    """
    return tuple(_run(outlines, places, free_from).started)


def lasting(outlines: Sequence[Outline], places: Sequence[int]) -> float:
    """Hours until all has ended in such a run, with places that are free from the start."""
    return _run(outlines, places, [0.0] * len(places)).over


def _run(outlines: Sequence[Outline], places: Sequence[int], free_from: Sequence[float]) -> _Run:
    run = _Run(outlines, places, free_from)
    for index, outline in enumerate(outlines):
        if outline.begun:
            run.begin(index, 0.0)
    for index, outline in enumerate(outlines):
        if not outline.begun and not outline.after:
            run.arrive(index, 0.0)
    run.begin_all(0.0)
    while run.happens:
        now = run.happens[0][0]
        while run.happens and run.happens[0][0] <= now:
            _, _, what, index = heapq.heappop(run.happens)
            run.happen(now, what, index)
        run.begin_all(now)
    return run
