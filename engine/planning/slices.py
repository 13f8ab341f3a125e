"""Work that comes in slices, so that whoever runs an event loop can go on with it in between."""

import asyncio
import gc
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

_Result = TypeVar("_Result")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
ENTRIES_A_SLICE = 2_000
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


def listed(things: Iterator[_Value], at_once: int = ENTRIES_A_SLICE) -> Generator[None, None, list[_Value]]:
    """All of them, so many in a slice."""
    found: list[_Value] = []
    while True:
        portion = list(islice(things, at_once))
        found += portion
        if len(portion) < at_once:
            return found
        yield


def portions(things: Iterable[_Value], at_once: int = ENTRIES_A_SLICE) -> Iterator[list[_Value]]:
    """All of them, so many at a time."""
    rest = iter(things)
    return iter(lambda: list(islice(rest, at_once)), [])


def emptied(entries: dict[_Key, _Value]) -> Generator[None, None, None]:
    """Take all entries out: to free tens of thousands of things at once would take as long as to make them."""
    while len(entries) > ENTRIES_A_SLICE:
        for key in list(islice(entries, ENTRIES_A_SLICE)):
            del entries[key]
        yield
    entries.clear()


def shortened(things: list[_Value]) -> Generator[None, None, None]:
    """The same for a list."""
    while len(things) > ENTRIES_A_SLICE:
        del things[-ENTRIES_A_SLICE:]
        yield
    things.clear()


LONG = 5_000
"""Things that are many for the garbage collector to look through again and again."""


def grown_old(things: int) -> Generator[None, None, None]:
    """Before so many things are put where there are few yet, if they are many: what is old while it is empty is not
    looked through again and again when it is long."""
    if things >= LONG:
        gc.collect(1)
        yield


_PUT_OFF = 1_000_000


@contextmanager
def full_collections_put_off() -> Iterator[None]:
    """Have the garbage collector leave alone what is old. A search keeps hundreds of thousands of things that it needs
    all, and to look through them again and again is what would hold the event loop for longest: 20 ms at 10,000 steps.

    Several may be at it at once: each takes back what it added.
    """
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, old + _PUT_OFF)
    try:
        yield
    finally:
        young, middle, old = gc.get_threshold()
        gc.set_threshold(young, middle, old - _PUT_OFF)


async def run_in_turns(slices: Generator[None, None, _Result], clock: Callable[[], float] | None = None) -> _Result:
    """Run the slices on the event loop, by whose clock others get their turn every few of them; what they come to."""
    clock = clock or asyncio.get_running_loop().time
    until = clock() + A_TURN
    with full_collections_put_off():
        while True:
            try:
                next(slices)
            except StopIteration as end:
                result: _Result = end.value
                return result
            if clock() >= until:
                await asyncio.sleep(0)
                until = clock() + A_TURN
