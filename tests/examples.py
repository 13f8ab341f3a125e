"""How often properties are tried: some examples in the default suite, and a hundred times as many in the long one."""

import os

from hypothesis import settings

ROUNDS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "0"))
"""How hard the long suite tries; 0 in the default one."""

USUAL = 25
"""How many examples a property gets in the default suite that says nothing else."""


def tries(count: int) -> int:
    """So many in the default suite; in the long one as many twice a round."""
    return count * max(2 * ROUNDS, 1)


def examples(count: int) -> settings:
    """A decorator for properties that are costly to try, or that show little in a few tries."""
    return settings(max_examples=tries(count))
