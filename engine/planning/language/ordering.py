"""Which subtasks of a method come before which."""

from collections.abc import Generator, Iterator, Sequence

from engine.planning.language.domain import Order
from engine.planning.slices import listed
from engine.plans import find_circle

Pairs = tuple[tuple[str, str], ...]


def circle_in(labels: Sequence[str], pairs: Pairs) -> tuple[str, ...]:
    """The labels along one circle of the pairs, or an empty tuple."""
    after: dict[str, tuple[str, ...]] = dict.fromkeys(labels, ())
    for before, label in pairs:
        after[label] = (*after.get(label, ()), before)
    return find_circle(after)


def direct_predecessors(
    labels: Sequence[str], order: Order, pairs: Pairs
) -> Generator[None, None, list[tuple[int, ...]]]:
    """For each label the places of those directly before it; in slices, as they may be tens of thousands."""
    if order is Order.SEQUENTIAL:
        row: Iterator[tuple[int, ...]] = ((place - 1,) if place else () for place in range(len(labels)))
        return (yield from listed(row))
    if order is Order.PARALLEL:
        return [()] * len(labels)
    place_of = {label: place for place, label in enumerate(labels)}
    found: list[dict[int, None]] = [{} for _ in labels]
    for before, after in pairs:
        found[place_of[after]][place_of[before]] = None
    return (yield from listed(tuple(sorted(one)) for one in found))
