"""In which order the planner takes the units of a problem: as few choices as possible, and none that matters lost.

Units that have nothing to do with any other one come first, in a row; the others keep to what must come before what,
and are left free beside that, since what one of them finds done already may depend on who was first. The order of the
plan is another matter: it is drawn later from what each unit comes after.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.planning.bridge.units import Unit
from engine.planning.orders import all_before, in_order

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The units as they stand in the problem."""

    units: tuple[Unit, ...]
    pairs: Pairs | None
    """Labels that come before labels; None where all stand one after the other."""


def row_of(units: Sequence[Unit], free: frozenset[int]) -> Row:
    """The units in the order of the problem. `free` are the numbers of those that nothing ties to others."""
    behind = _behind(units)
    order = in_order(behind)
    first = [number for number in order if number in free]
    then = [number for number in order if number not in free]
    before = all_before(behind)
    listed = tuple(units[number] for number in (*first, *then))
    if all(before[later] >> sooner & 1 for sooner, later in itertools.pairwise(then)):
        return Row(units=listed, pairs=None)
    pairs = [pair for unit in listed for pair in itertools.pairwise(unit.labels)]
    pairs += [(units[a].labels[-1], units[b].labels[0]) for a, b in itertools.pairwise(first)]
    if first:
        pairs += [(units[first[-1]].labels[-1], units[number].labels[0]) for number in then]
    pairs += [(units[a].labels[-1], units[b].labels[0]) for a, b in _nearest(then, before)]
    return Row(units=listed, pairs=tuple(dict.fromkeys(pairs)))


def _behind(units: Sequence[Unit]) -> list[tuple[int, ...]]:
    """For each unit those right before it, and the one that asks the question it hangs on."""
    asking = {unit.question: number for number, unit in enumerate(units) if unit.asks}
    return [(*unit.before, asking[unit.question]) if unit.question and not unit.asks else unit.before for unit in units]


def _nearest(order: Sequence[int], before: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(sooner, later) among these units, without what follows from other pairs."""
    for later in order:
        implied = 0
        for sooner in (one for one in reversed(order) if before[later] >> one & 1):
            if not implied >> sooner & 1:
                yield sooner, later
            implied |= before[sooner]
