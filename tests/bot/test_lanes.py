"""Lanes never let through more than Telegram does, and close when it says so."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from bot.lanes import LaneLimits, Lanes
from bot.local.limits import FloodControl, FloodLimits
from engine.values import ChatId

ANN, BEN, GROUP = ChatId(7), ChatId(8), ChatId(-100)


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("lanes don't sleep")

    def advance(self, seconds: float) -> None:
        self.moment += dt.timedelta(seconds=seconds)


def test_a_rested_private_chat_takes_a_short_burst_and_then_one_a_second() -> None:
    clock = HandClock()
    lanes = Lanes(clock)
    for _ in range(3):
        assert lanes.delay(ANN) == 0
        lanes.take(ANN)
    assert 0.9 < lanes.delay(ANN) <= 1
    clock.advance(1)
    assert lanes.delay(ANN) == 0


def test_what_can_wait_leaves_room_for_what_rings() -> None:
    lanes = Lanes(HandClock())
    lanes.take(ANN)
    lanes.take(ANN)
    assert lanes.delay(ANN) == 0
    assert lanes.delay(ANN, reserve=1) > 0


def test_a_refusal_closes_one_chat_and_a_second_at_once_closes_the_bot() -> None:
    clock = HandClock()
    lanes = Lanes(clock)
    lanes.close(ANN, 30)
    assert lanes.delay(ANN) >= 30
    assert lanes.delay(GROUP) == 0
    lanes.close(BEN, 5)
    assert 5 <= lanes.delay(GROUP) < 6
    clock.advance(31)
    assert lanes.delay(ANN) == lanes.delay(GROUP) == 0


def test_after_a_pause_messages_go_one_at_a_time() -> None:
    clock = HandClock()
    lanes = Lanes(clock)
    lanes.close(ANN, 10)
    clock.advance(10.5)
    assert lanes.delay(ANN) == 0
    lanes.take(ANN)
    assert lanes.delay(ANN) > 0.9


def test_an_outage_closes_every_lane() -> None:
    lanes = Lanes(HandClock())
    lanes.close_all(8)
    assert lanes.delay(ANN) == lanes.delay(GROUP) == 8


def test_without_limits_everything_goes_at_once() -> None:
    lanes = Lanes(HandClock(), LaneLimits.off())
    for _ in range(500):
        assert lanes.delay(GROUP) == lanes.delay(ANN) == 0
        lanes.take(GROUP)
        lanes.take(ANN)


@given(st.lists(st.tuples(st.sampled_from([ANN, BEN, GROUP]), st.floats(0, 20)), max_size=120))
def test_who_keeps_to_the_lanes_never_meets_flood_control(calls: list[tuple[ChatId, float]]) -> None:
    """Whatever is sent when, as long as each message waits for its turn."""
    clock = HandClock()
    lanes, flood = Lanes(clock), FloodControl(FloodLimits())
    for chat, pause in calls:
        clock.advance(pause)
        while (delay := lanes.delay(chat)) > 0:
            clock.advance(delay)
        lanes.take(chat)
        assert flood.admit(chat, clock.now().timestamp(), is_group=chat < 0) is None
