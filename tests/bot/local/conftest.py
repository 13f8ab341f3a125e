"""A simulator with clocks that only move when a test says so, and people to talk to it."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.local.messages import Person
from bot.local.refusals import Refusal
from bot.local.simulator import Simulator


class StillClock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.moment += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    """The clock that dates messages."""
    return StillClock()


@pytest.fixture
def real() -> StillClock:
    """Steady real time: flood control, windows of taps, ages of updates."""
    return StillClock()


@pytest.fixture
def ann() -> Person:
    return Person(id=7, first_name="Ann", username="ann")


@pytest.fixture
def simulator(clock: StillClock, real: StillClock) -> Simulator:
    return Simulator(token="42:TEST", clock=clock, journal=None, real=real)


@pytest.fixture
def chat(simulator: Simulator, ann: Person) -> int:
    """Ann's private chat, in which she has written /start."""
    simulator.say(ann, "/start")
    return ann.id


Calls = Callable[..., Awaitable[Any]]


@pytest.fixture
def call(simulator: Simulator) -> Calls:
    """Call a method with keyword parameters."""

    async def carry_out(method: str, **params: Any) -> Any:
        return await simulator.call(method, params)

    return carry_out


@pytest.fixture
def refused(simulator: Simulator) -> Calls:
    """Call a method that must be refused; gives the code and the words."""

    async def carry_out(method: str, **params: Any) -> tuple[int, str]:
        with pytest.raises(Refusal) as caught:
            await simulator.call(method, params)
        return caught.value.error_code, caught.value.description

    return carry_out
