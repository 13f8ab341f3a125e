"""Sums of cases by group, from «everything» down to one person's way of one method; recent cases weigh more.

Kept as sums, a case is added and a group asked in a few steps, however many cases there were.
"""

import datetime as dt
from collections.abc import Iterator
from typing import TypeAlias

HALF_LIFE = dt.timedelta(days=90)
"""After this time a case counts half. People, tools and teams change with the seasons, not with the weeks: in ninety
days a doing of twice a week still leaves some thirty cases to go by, and last year's weigh a sixteenth."""
_FARTHEST = 500.0
"""Half-lives beyond which all cases are equally forgotten: 2 to a higher power leaves what a float can hold."""

Path: TypeAlias = tuple[str, ...]
"""Names of a group from the widest to the narrowest; the empty one is everything."""
Sums: TypeAlias = tuple[float, float, float]
"""The cases, and the sums of the two numbers that are kept of each."""

NOTHING: Sums = (0.0, 0.0, 0.0)


def weight(earlier: dt.datetime, later: dt.datetime) -> float:
    """How much a case of `earlier` counts at `later`; above 1 when it is the other way round."""
    halvings = (later - earlier) / HALF_LIFE
    return float(2.0 ** -max(-_FARTHEST, min(halvings, _FARTHEST)))


class Tallies:
    """A tree of groups. Each case counts in the group of its path and in all above it."""

    __slots__ = ("_below", "_sums")

    def __init__(self) -> None:
        self._sums: dict[Path, list[float]] = {}
        self._below: dict[Path, int] = {}

    def add(self, path: Path, share: float, first: float, second: float) -> None:
        """Count a case with this share of a whole one; `first` and `second` are the numbers that are summed."""
        for depth in range(len(path) + 1):
            group = path[:depth]
            sums = self._sums.get(group)
            if sums is None:
                sums = self._sums[group] = [0.0, 0.0, 0.0]
                if depth:
                    self._below[group[:-1]] = self._below.get(group[:-1], 0) + 1
            sums[0] += share
            sums[1] += share * first
            sums[2] += share * second

    def of(self, path: Path) -> Sums:
        """The sums of a group."""
        sums = self._sums.get(path)
        return NOTHING if sums is None else (sums[0], sums[1], sums[2])

    def besides(self, path: Path) -> Sums:
        """The sums of the group above, without this one's own."""
        cases, first, second = self.of(path[:-1])
        own = self.of(path)
        return (cases - own[0], first - own[1], second - own[2])

    def groups_besides(self, path: Path) -> int:
        """How many other groups there are beside this one, under the same one above."""
        return self._below.get(path[:-1], 0) - (path in self._sums)

    def groups(self, depth: int) -> Iterator[tuple[Path, float]]:
        """The groups at a depth with their cases, in the order in which they came."""
        return ((path, sums[0]) for path, sums in self._sums.items() if len(path) == depth)
