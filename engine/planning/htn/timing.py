"""When steps can start at the earliest, which of them must not be late, and how many go on at once.

All is done in slices, as everything here: a long plan must not hold up whoever waits for the event loop.
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from engine.planning.slices import emptied
from engine.tasks import Estimate

After = Mapping[int, Sequence[int]]
SLICE = 256
"""Steps that are looked at before control is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGraph:
    """The steps of a plan as a partial order, with what follows from their estimates. Hours of elapsed time."""

    after: Mapping[int, tuple[int, ...]]
    """For each step those directly before it; steps stand in an order in which they can be carried out."""
    duration: Estimate
    """How long it all takes when nothing waits for people or resources: at the low, likely and high estimates."""
    starts: Mapping[int, float]
    """The earliest start of each step, at the likely estimates."""
    slack: Mapping[int, float]
    """How late each step may be without delaying the end."""
    critical_path: tuple[int, ...]
    """The steps of one longest way through the plan, in order; none of them has slack."""
    width: int
    """The most steps under way at once when each starts as early as it can."""


def timed(after: Mapping[int, tuple[int, ...]], estimates: Mapping[int, Estimate]) -> Generator[None, None, TaskGraph]:
    """The graph of steps that stand in an order which can be carried out.

    Raises `ValueError` when a step stands before one that it comes after.
    """
    yield from check_order(after)
    ends = yield from _earliest_ends(after, lambda step: estimates[step].likely)
    low = yield from _earliest_ends(after, lambda step: estimates[step].low)
    high = yield from _earliest_ends(after, lambda step: estimates[step].high)
    total, shortest, longest = (max(one.values(), default=0.0) for one in (ends, low, high))
    yield from emptied(low)
    yield from emptied(high)
    latest = yield from _latest_ends(after, estimates, total)
    path = yield from _critical_path(after, ends)
    starts: dict[int, float] = {}
    slack: dict[int, float] = {}
    for number, (step, end) in enumerate(ends.items()):
        if not number % SLICE:
            yield
        starts[step] = end - estimates[step].likely
        slack[step] = max(latest[step] - end, 0.0)
    for number, step in enumerate(path):
        if not number % SLICE:
            yield
        slack[step] = 0.0
    width = yield from _width(starts.values(), ends.values())
    yield from emptied(latest)
    yield from emptied(ends)
    return TaskGraph(
        after=after,
        duration=Estimate(low=shortest, likely=total, high=longest),
        starts=starts,
        slack=slack,
        critical_path=path,
        width=width,
    )


def check_order(after: After) -> Generator[None, None, None]:
    """Raise `ValueError` unless every step stands behind all that come before it: then there is no circle."""
    seen: set[int] = set()
    for number, (step, before) in enumerate(after.items()):
        if not number % SLICE:
            yield
        if not seen.issuperset(before):
            raise ValueError(f"step {step} stands before one that it comes after")
        seen.add(step)


def _earliest_ends(after: After, hours: Callable[[int], float]) -> Generator[None, None, dict[int, float]]:
    ends: dict[int, float] = {}
    for number, (step, before) in enumerate(after.items()):
        if not number % SLICE:
            yield
        start = 0.0
        for one in before:
            start = max(start, ends[one])
        ends[step] = start + hours(step)
    return ends


def _latest_ends(
    after: After, estimates: Mapping[int, Estimate], total: float
) -> Generator[None, None, dict[int, float]]:
    latest: dict[int, float] = {}
    for number, step in enumerate(reversed(list(after))):
        if not number % SLICE:
            yield
        start = latest.setdefault(step, total) - estimates[step].likely
        for one in after[step]:
            latest[one] = min(latest.get(one, total), start)
    return latest


def _critical_path(after: After, ends: Mapping[int, float]) -> Generator[None, None, tuple[int, ...]]:
    """Back from the step that ends last; of several the one with the highest number."""
    if not ends:
        return ()
    last = next(iter(ends))
    for number, step in enumerate(ends):
        if not number % SLICE:
            yield
        if (ends[step], step) > (ends[last], last):
            last = step
    path = [last]
    while before := after[path[-1]]:
        if not len(path) % SLICE:
            yield
        path.append(max(before, key=lambda step: (ends[step], step)))
    return tuple(reversed(path))


def _width(starts: Iterable[float], ends: Iterable[float]) -> Generator[None, None, int]:
    """A step that ends at a moment makes room for one that starts then."""
    begun = yield from _ascending(starts)
    ended = yield from _ascending(ends)
    over = most = 0
    earliest = next(ended, math.inf)
    for number, moment in enumerate(begun):
        if not number % SLICE:
            yield
        while earliest <= moment and over < number:
            over += 1
            earliest = next(ended, math.inf)
        most = max(most, number + 1 - over)
    return most


def _ascending(moments: Iterable[float]) -> Generator[None, None, Iterator[float]]:
    """All in order; so many at a time are sorted that it takes about a millisecond."""
    rest, runs = iter(moments), list[list[float]]()
    while run := sorted(islice(rest, SLICE * 16)):
        runs.append(run)
        yield
    return merge(*runs)
