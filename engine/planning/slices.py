"""Work that comes in slices, so that whoever runs an event loop can go on with it in between."""

from collections.abc import Generator
from typing import TypeVar

_Result = TypeVar("_Result")


def run_through(slices: Generator[None, None, _Result]) -> _Result:
    """Run all slices without a break; what they come to."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            result: _Result = end.value
            return result
