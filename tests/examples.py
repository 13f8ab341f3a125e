"""How often a costly property is tried: some examples in the default suite, and again many in the long one."""

import os
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

_Test = TypeVar("_Test", bound=Callable[..., object])
ROUNDS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "0"))
"""How hard the long suite tries; 0 in the default one."""


def examples(count: int, *suppressed: HealthCheck) -> Callable[[_Test], _Test]:
    """So many in the default suite, in the long one as many every other round; without the `suppressed` checks."""

    def tried(test: _Test) -> _Test:
        return tried_again(settings(max_examples=tries(count), suppress_health_check=suppressed)(test))

    return tried


def tries(count: int) -> int:
    """The number for this suite."""
    return count * max(ROUNDS // 2, 1)


def tried_again(test: _Test) -> _Test:
    """Marked for the long suite where that runs; in the default one it is a test like any other."""
    return pytest.mark.long(test) if ROUNDS else test
