"""The time that a code goal may work is told as it is, however short."""

import pytest

from engine.coding.timing import out_of_time


@pytest.mark.parametrize(
    ("limit", "told"),
    [(1.0, "the 1 s that"), (2.5, "the 2.5 s that"), (60.0, "the 60 s that"), (3_600.0, "the 60 min that")],
)
def test_a_limit_is_told_in_what_it_is_counted_in(limit: float, told: str) -> None:
    assert told in str(out_of_time(limit))
