"""What a group is to expect before its own cases speak: learned from everything above and beside it.

Each group differs from the one above it by chance, by so much as `Spreads` says. The cases of its relatives (all
cases of the group above without its own) tell where that one lies; few cases, or few relatives, tell little. So a new
method begins where its kind is, a new kind where its work is, and all of them where the plan was, and each comes to
stand on its own cases as it gathers them.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.planning.learning.tallies import Path, Tallies

LEAST = 1e-6
"""Cases; fewer are what rounding left of a difference."""
STALE = 1.1
"""How a person differs is looked at anew when a tenth more of their cases are there: it moves slowly, and to look takes
a while where somebody does a hundred different things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Where something lies, and how far off that may be, as the variance of a normal curve."""

    mean: float
    variance: float

    def learning(self, seen: "Guess") -> "Guess":
        """The guess after something was seen of it."""
        gain = self.variance / (self.variance + seen.variance)
        return Guess(mean=self.mean + gain * (seen.mean - self.mean), variance=self.variance * (1.0 - gain))

    def shifted(self, by: "Guess") -> "Guess":
        """The guess moved by another one, with the doubts of both."""
        return Guess(mean=self.mean + by.mean, variance=self.variance + by.variance)


Reading: TypeAlias = Callable[[float, float, float], Guess]
"""What the sums of a group say by themselves; always of more than `LEAST` cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """How far groups lie apart: variances, in the unit of the reading."""

    by_depth: tuple[float, ...]
    """Of a group from the one above it; the first is that of everything from the plan."""
    people: float
    """Of a person in all that they do from everybody."""

    def unlearned(self, depth: int, *, person: bool) -> float:
        """The variance of a group at this depth when nothing was seen yet."""
        return sum(self.by_depth[: depth + 1]) + (self.people if person else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the groups of a person tell of how they differ: of each how surely and by how much, and the sums of both."""

    apart: Mapping[Path, tuple[float, float]]
    sureness: float
    pull: float

    def without(self, path: Path) -> tuple[float, float]:
        """The sums without one group."""
        surely, by = self.apart.get(path, (0.0, 0.0))
        return max(self.sureness - surely, 0.0), self.pull - surely * by


class People:
    """The groups of each person, and what these last told of how the person differs."""

    __slots__ = ("_changes", "_groups", "_told")

    def __init__(self) -> None:
        self._groups: dict[str, dict[Path, None]] = {}  # a dict for its order: sums must not depend on a set's
        self._told: dict[str, tuple[int, Told]] = {}
        self._changes: dict[str, int] = {}

    def add(self, path: Path) -> None:
        """A case came into a group, whose last name is the person's."""
        person = path[-1]
        self._groups.setdefault(person, {})[path] = None
        self._changes[person] = self._changes.get(person, 0) + 1

    def groups(self, person: str) -> Iterable[Path]:
        """The groups of a person, in the order in which they came."""
        return self._groups.get(person, ())

    @property
    def names(self) -> tuple[str, ...]:
        """All people."""
        return tuple(self._groups)

    def told(self, person: str) -> Told | None:
        """What `keep` kept; None when there is nothing, or too much has happened since."""
        kept = self._told.get(person)
        return kept[1] if kept is not None and self._changes.get(person, 0) <= kept[0] * STALE else None

    def keep(self, person: str, apart: Mapping[Path, tuple[float, float]]) -> Told:
        """Keep how far each group says the person is off, with how surely it says so."""
        told = Told(
            apart=apart,
            sureness=math.fsum(surely for surely, _ in apart.values()),
            pull=math.fsum(surely * by for surely, by in apart.values()),
        )
        self._told[person] = (self._changes.get(person, 0), told)
        return told

    def forget(self) -> None:
        """Let go of what was kept."""
        self._told.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Tallies as they are seen from one moment."""

    tallies: Tallies
    people: People
    spreads: Spreads
    reading: Reading
    fading: float
    """What the sums are multiplied with, so that they are those of the moment."""

    def own(self, path: Path) -> tuple[float, float, float]:
        """The sums of a group at this moment."""
        cases, first, second = self.tallies.of(path)
        return (cases * self.fading, first * self.fading, second * self.fading)

    def rest(self, path: Path) -> tuple[float, float, float]:
        """The sums of the group above at this moment, without this one's own."""
        cases, first, second = self.tallies.besides(path)
        return (cases * self.fading, first * self.fading, second * self.fading)

    def inherited(self, path: Path) -> Guess:
        """What a group is to expect from all others."""
        spreads, tallies = self.spreads.by_depth, self.tallies
        guess = Guess(mean=0.0, variance=spreads[0])
        for depth in range(1, len(path) + 1):
            group = path[:depth]
            cases, first, second = self.rest(group)
            if cases > LEAST:
                read = self.reading(cases, first, second)
                # relatives that are few may all lie on one side
                apart = spreads[depth] / max(1.0, min(float(tallies.groups_besides(group)), cases))
                guess = guess.learning(Guess(mean=read.mean, variance=read.variance + apart))
            guess = Guess(mean=guess.mean, variance=guess.variance + spreads[depth])
        return guess

    def person(self, path: Path) -> Guess:
        """How the person that the path ends with differs from everybody, by all that they do but this."""
        told = self.people.told(path[-1])
        if told is None:
            groups = self.people.groups(path[-1])
            told = self.people.keep(path[-1], {group: self._apart(group) for group in groups})
        surely, pull = told.without(path)
        sureness = 1.0 / self.spreads.people + surely
        return Guess(mean=pull / sureness, variance=1.0 / sureness)

    def get_to_know(self) -> None:
        """Look now at how everybody differs: the first who is asked about somebody waits for that otherwise."""
        for person in self.people.names:
            self.person((person,))

    def _apart(self, path: Path) -> tuple[float, float]:
        """How surely a group lies apart from what was to expect of it (the inverse of a variance), and by how much."""
        cases, first, second = self.own(path)
        if cases <= LEAST:
            return 0.0, 0.0
        read, expected = self.reading(cases, first, second), self.inherited(path)
        return 1.0 / (read.variance + expected.variance), read.mean - expected.mean
