"""How much is tried: in the default suite few examples of a property and some cases of a table, in the long one all.

Each promise keeps a witness in the default suite, the cheapest that can fail. Marked `long` is what else shows the same
and takes time: whole lives, processes, rarer ways. The mark's comment names the witness; without one it is in the same
file. A test of over half a second of CPU time is long unless nothing cheaper would notice. Marked `longest` too is what
CI leaves to `make test-long`: further kinds of a failure that another long test shows.
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
    """Of each table that is marked `sample(n, in_ci=m)`, make all cases long but n, and longest all but m.

    What is tried is the first of them, and others evenly spread. Without `in_ci`, CI's long part tries all.
    """
    tables: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sample"):
            tables[item.nodeid.partition("[")[0]].append(item)
    for cases in tables.values():
        sample = next(cases[0].iter_markers("sample"))
        short = [case for case in cases if not case.get_closest_marker("long")]
        tried = _spread(short, *sample.args)
        for case in short:
            if case not in tried:
                case.add_marker("long")
        tried += _spread(cases, sample.kwargs.get("in_ci", len(cases)))
        for case in cases:
            if case not in tried:
                case.add_marker("longest")


def _spread(cases: list[pytest.Item], count: int) -> list[pytest.Item]:
    places = {number * len(cases) // count for number in range(count)}
    return [case for place, case in enumerate(cases) if place in places]
