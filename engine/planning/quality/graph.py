"""The tasks of a plan as a graph: what must come before what, when each can begin, and which hold up the end."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.plans import PlannedTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When each task begins and ends when all begin as soon as they can. Hours from now; in the order of the plan."""

    start: tuple[float, ...]
    end: tuple[float, ...]
    slack: tuple[float, ...]
    """How much later each could end without holding up the last one."""
    length: float
    """When the last one ends."""

    def holding_up(self) -> tuple[int, ...]:
        """The tasks without slack, by their places in the plan: what delays one of them delays the end."""
        least = 1e-9 * max(1.0, self.length)
        return tuple(place for place, slack in enumerate(self.slack) if slack <= least)


class PlanGraph:
    """Who waits for whom, by places in the plan. Names of tasks outside the plan count as done.

    The tasks must have passed `check_plan`: in a circle there is no order.
    """

    def __init__(self, tasks: Sequence[PlannedTask]) -> None:
        place = {task.key: number for number, task in enumerate(tasks)}
        self.before = tuple(tuple(sorted({place[name] for name in task.behind if name in place})) for task in tasks)
        after: list[list[int]] = [[] for _ in tasks]
        for number, earlier in enumerate(self.before):
            for one in earlier:
                after[one].append(number)
        self.after = tuple(map(tuple, after))
        self.order = self._ordered()
        self.ancestors = self._closed()

    def _ordered(self) -> tuple[int, ...]:
        """An order that can be carried out; among what could come next, the plan's own order."""
        missing = [len(earlier) for earlier in self.before]
        free = [number for number, count in enumerate(missing) if not count]
        found = []
        while free:
            here = heapq.heappop(free)
            found.append(here)
            for later in self.after[here]:
                missing[later] -= 1
                if not missing[later]:
                    heapq.heappush(free, later)
        return tuple(found)

    def _closed(self) -> tuple[int, ...]:
        """For each task a set of bits: all that must have ended before it."""
        closed = [0] * len(self.before)
        for number in self.order:
            for one in self.before[number]:
                closed[number] |= closed[one] | 1 << one
        return tuple(closed)

    def comes_before(self, first: int, then: int) -> bool:
        """Whether `then` can't begin before `first` has ended."""
        return bool(self.ancestors[then] >> first & 1)

    def times(self, hours: Sequence[float], not_before: Mapping[int, float]) -> Times:
        """When each begins and ends. `hours` is how long each takes; `not_before` the moment, in hours from now, before
        which a task can't end however early it begins."""
        start, end = [0.0] * len(hours), [0.0] * len(hours)
        for here in self.order:
            start[here] = max((end[one] for one in self.before[here]), default=0.0)
            end[here] = max(start[here] + hours[here], not_before.get(here, 0.0))
        length = max(end, default=0.0)
        latest = [length] * len(hours)
        for here in reversed(self.order):
            for one in self.before[here]:
                latest[one] = min(latest[one], latest[here] - hours[here])
        slack = tuple(max(0.0, last - own) for last, own in zip(latest, end, strict=True))
        return Times(start=tuple(start), end=tuple(end), slack=slack, length=length)


def most_at_once(times: Times) -> int:
    """How many tasks go on at once at most; what takes no time counts at its moment."""
    if not times.start:
        return 0
    moves = sorted(
        [(begin, 1, 1) for begin in times.start]
        + [
            (max(finish, begin), 0 if finish > begin else 2, -1)
            for begin, finish in zip(times.start, times.end, strict=True)
        ]
    )
    running = most = 0
    for _, _, change in moves:
        running += change
        most = max(most, running)
    return max(1, most)
