"""How much is tried: in the default suite few examples of a property and some cases of a table, in the long one all.

Each promise keeps a witness in the default suite, the cheapest that can fail. Marked `long` is what else shows the same
and takes time: whole lives, processes, rarer ways. The mark's comment names the witness; without one it is in the same
file. A test of over half a second of CPU time is long unless nothing cheaper would notice.
"""

import os
from collections import defaultdict
from collections.abc import Iterable

import pytest
from hypothesis import settings

ROUNDS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "0"))
"""How hard the long suite tries; 0 in the default one."""

USUAL = 25
"""How many examples a property is tried with that says nothing else."""


def tries(count: int) -> int:
    """Twice so many in each round of the long suite, which CI runs too; a quarter, at least two, in the default one."""
    return 2 * count * ROUNDS or max(count // 4, 2)


def examples(count: int) -> settings:
    """A decorator for properties that are costly to try, or that show little in a few tries."""
    return settings(max_examples=tries(count))


def leave_samples(items: Iterable[pytest.Item]) -> None:
    """Of each table that is marked `sample(n)`, make all cases long but n: the first, and others evenly spread."""
    tables: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sample") and not item.get_closest_marker("long"):
            tables[item.nodeid.partition("[")[0]].append(item)
    for cases in tables.values():
        (count,) = next(cases[0].iter_markers("sample")).args
        tried = {number * len(cases) // count for number in range(count)}
        for number, case in enumerate(cases):
            if number not in tried:
                case.add_marker("long")
