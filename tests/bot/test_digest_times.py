"""Digests come at the chat's own hour, once a local date, also where the clocks change."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest_times import digest_moment, due_date, latest_date
from engine.records import ChatSettings
from engine.values import ChatId, UserId
from tests.examples import examples

BERLIN = "Europe/Berlin"
ZONES = [BERLIN, "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
CHAT = ChatSettings(chat=ChatId(7), owner=UserId(7), zone=BERLIN, digest_hour=8)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type, misc] # five ints


def test_the_hour_is_the_chats_own_in_summer_and_winter() -> None:
    assert digest_moment(dt.date(2026, 1, 15), 8, BERLIN) == utc(2026, 1, 15, 7)
    assert digest_moment(dt.date(2026, 7, 15), 8, BERLIN) == utc(2026, 7, 15, 6)


def test_an_hour_that_is_skipped_becomes_the_first_moment_after_it() -> None:
    moment = digest_moment(dt.date(2026, 3, 29), 2, BERLIN)
    assert moment == utc(2026, 3, 29, 1)
    assert moment.astimezone(ZoneInfo(BERLIN)).hour == 3


def test_an_hour_that_is_skipped_by_half_ends_at_the_half() -> None:
    moment = digest_moment(dt.date(2026, 10, 4), 2, "Australia/Lord_Howe")
    assert moment.astimezone(ZoneInfo("Australia/Lord_Howe")).time() == dt.time(2, 30)


def test_an_hour_that_comes_twice_is_served_once() -> None:
    twice = replace(CHAT, digest_hour=2, last_digest="2026-10-24")
    first, second = utc(2026, 10, 25, 0), utc(2026, 10, 25, 1)
    assert digest_moment(dt.date(2026, 10, 25), 2, BERLIN) == first
    assert due_date(twice, first - dt.timedelta(seconds=1)) is None
    assert due_date(twice, first) == dt.date(2026, 10, 25)
    assert due_date(replace(twice, last_digest="2026-10-25"), second) is None


def test_what_was_missed_in_a_downtime_is_caught_up_once() -> None:
    away = replace(CHAT, last_digest="2026-03-01")
    now = utc(2026, 3, 10, 15)
    assert due_date(away, now) == dt.date(2026, 3, 10)
    assert due_date(replace(away, last_digest="2026-03-10"), now) is None
    assert due_date(replace(away, last_digest="2026-03-10"), utc(2026, 3, 11, 7)) == dt.date(2026, 3, 11)


def test_only_chosen_days_are_served() -> None:
    mondays = replace(CHAT, digest_days=(0,), last_digest="2026-03-02")
    assert due_date(mondays, utc(2026, 3, 8, 23)) is None
    assert due_date(mondays, utc(2026, 3, 9, 7)) == dt.date(2026, 3, 9)


@pytest.mark.parametrize(
    "nobody",
    [
        replace(CHAT, digest_hour=None),
        replace(CHAT, digest_days=()),
        replace(CHAT, blocked=True),
        replace(CHAT, owner=None),
    ],
)
def test_nobody_gets_a_digest_who_does_not_want_or_can_not_have_one(nobody: ChatSettings) -> None:
    assert due_date(nobody, utc(2026, 3, 9, 12)) is None


@examples(10)
@given(
    minute=st.integers(0, 330 * 24 * 60),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
)
def test_ticking_through_two_weeks_serves_each_day_exactly_once(minute: int, zone: str, hour: int) -> None:
    start = utc(2026, 1, 1) + dt.timedelta(minutes=minute)
    chat = replace(CHAT, zone=zone, digest_hour=hour)
    begin = latest_date(chat, start)
    assert begin is not None
    chat = replace(chat, last_digest=begin.isoformat())
    served: list[dt.date] = []
    for minutes in range(0, 14 * 24 * 60, 20):
        date = due_date(chat, start + dt.timedelta(minutes=minutes))
        if date is not None:
            served.append(date)
            chat = replace(chat, last_digest=date.isoformat())
    assert served == [begin + dt.timedelta(days=n + 1) for n in range(len(served))]
    assert 13 <= len(served) <= 14
