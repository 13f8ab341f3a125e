"""How often properties are tried: a few examples in the default suite, and very many in the long one."""

import os

from hypothesis import settings

ROUNDS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "0"))
"""How hard the long suite tries; 0 in the default one."""

USUAL = 25
"""How many examples a property is tried with that says nothing else."""


def tries(count: int) -> int:
    """Twice so many in each round of the long suite, which CI runs too; half of them, but two, in the default one."""
    return 2 * count * ROUNDS or max(count // 2, 2)


def examples(count: int) -> settings:
    """A decorator for properties that are costly to try, or that show little in a few tries."""
    return settings(max_examples=tries(count))
