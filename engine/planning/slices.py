"""Work that comes in slices, so that whoever runs an event loop can go on with it in between."""

import asyncio
from collections.abc import Callable, Generator
from typing import TypeVar

_Result = TypeVar("_Result")
A_TURN = 0.003
"""Seconds after which others get their turn on the event loop; a slice that was begun is done first."""


def run_through(slices: Generator[None, None, _Result]) -> _Result:
    """Run all slices without a break; what they come to."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            result: _Result = end.value
            return result


async def run_in_turns(slices: Generator[None, None, _Result], clock: Callable[[], float] | None = None) -> _Result:
    """Run the slices on the event loop, by whose clock others get their turn every few of them; what they come to."""
    clock = clock or asyncio.get_running_loop().time
    until = clock() + A_TURN
    while True:
        try:
            next(slices)
        except StopIteration as end:
            result: _Result = end.value
            return result
        if clock() >= until:
            await asyncio.sleep(0)
            until = clock() + A_TURN
