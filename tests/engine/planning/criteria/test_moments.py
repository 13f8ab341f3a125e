"""Deadlines and durations as people write them."""

import datetime as dt
import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInputError
from engine.planning.criteria.moments import parse_deadline, parse_duration

BERLIN = "Europe/Berlin"
WEDNESDAY_NOON = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)


def local(text: str, *, now: dt.datetime = WEDNESDAY_NOON, zone: str = BERLIN) -> str:
    found = parse_deadline(text, now=now, zone=zone)
    assert found is not None
    assert found.tzinfo is dt.UTC
    return f"{found.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by Friday", "2026-01-16 23:59"),
        ("friday", "2026-01-16 23:59"),
        ("Wednesday", "2026-01-21 23:59"),
        ("next Friday", "2026-01-23 23:59"),
        ("Friday week", "2026-01-23 23:59"),
        ("a week on Friday", "2026-01-23 23:59"),
        ("monday 9am", "2026-01-19 09:00"),
        ("6pm on Friday", "2026-01-16 18:00"),
        ("in 2 weeks", "2026-01-28 23:59"),
        ("2 weeks", "2026-01-28 23:59"),
        ("in two weeks", "2026-01-28 23:59"),
        ("in a month", "2026-02-14 23:59"),
        ("3 months from now", "2026-04-14 23:59"),
        ("in 90 minutes", "2026-01-14 13:30"),
        ("tomorrow 18:00", "2026-01-15 18:00"),
        ("tomorrow at 6pm", "2026-01-15 18:00"),
        ("18:00", "2026-01-14 18:00"),
        ("10:00", "2026-01-15 10:00"),
        ("Friday midnight", "2026-01-17 00:00"),
        ("today", "2026-01-14 23:59"),
        ("tonight", "2026-01-14 23:59"),
        ("the day after tomorrow", "2026-01-16 23:59"),
        ("1 March", "2026-03-01 23:59"),
        ("1st of March", "2026-03-01 23:59"),
        ("March 1st 2027", "2027-03-01 23:59"),
        ("3 January", "2027-01-03 23:59"),
        ("29 feb", "2028-02-29 23:59"),
        ("2026-12-24", "2026-12-24 23:59"),
        ("2026-03-01 10:00", "2026-03-01 10:00"),
        ("2026-03-01T10:00:00Z", "2026-03-01 11:00"),
        ("24.12.2026", "2026-12-24 23:59"),
        ("1.3.", "2026-03-01 23:59"),
        ("12/24/2026", "2026-12-24 23:59"),
        ("end of month", "2026-01-31 23:59"),
        ("end of next month", "2026-02-28 23:59"),
        ("next week", "2026-01-25 23:59"),
        ("end of 2026", "2026-12-31 23:59"),
        ("Q3", "2026-09-30 23:59"),
        ("March", "2026-03-31 23:59"),
        ("by may", "2026-05-31 23:59"),
        ("christmas", "2026-12-25 23:59"),
        ("deadline: Friday", "2026-01-16 23:59"),
        ("in 2 Wochen", "2026-01-28 23:59"),
        ("übermorgen", "2026-01-16 23:59"),
        ("через 2 недели", "2026-01-28 23:59"),
    ],
)
def test_a_deadline_is_read_in_the_persons_zone(text: str, expected: str) -> None:
    assert local(text) == expected


@pytest.mark.parametrize("text", ["none", "None.", "no deadline", "-", "never", "skip"])
def test_no_deadline_is_none(text: str) -> None:
    assert parse_deadline(text, now=WEDNESDAY_NOON, zone=BERLIN) is None


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "12",
        "may",
        "a",
        "do",
        "1e9",
        "24/7",
        "3/4",
        "3/4/2026",
        "2027",
        "asdf",
        "Version 2",
        "10 users",
        "31 april",
        "2026-02-30",
        "",
        "x" * 500,
        "week",
        "chapter 5",
        "in 200 years",
        "9999999 days",
        "\u202e\u0000",
        "1 " * 200,
        "tomorrow 25:00",
    ],
)
def test_what_is_no_date_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        parse_deadline(text, now=WEDNESDAY_NOON, zone=BERLIN)
    assert refusal.value.field == "deadline"
    assert "in 2 weeks" in refusal.value.accepts


@pytest.mark.parametrize("text", ["2020-01-01", "yesterday", "1 March 2025", "2026-01-14 09:00", "an hour ago"])
def test_a_moment_in_the_past_is_refused_as_such(text: str) -> None:
    with pytest.raises(InvalidInputError, match="has passed"):
        parse_deadline(text, now=WEDNESDAY_NOON, zone=BERLIN)


def test_days_that_are_an_hour_shorter_or_longer_end_at_their_own_midnight() -> None:
    before_spring = dt.datetime(2026, 3, 28, 12, 0, tzinfo=dt.UTC)
    assert parse_deadline("tomorrow", now=before_spring, zone=BERLIN) == dt.datetime(2026, 3, 29, 21, 59, tzinfo=dt.UTC)
    before_autumn = dt.datetime(2026, 10, 24, 12, 0, tzinfo=dt.UTC)
    assert parse_deadline("in 1 day", now=before_autumn, zone=BERLIN) == dt.datetime(
        2026, 10, 25, 22, 59, tzinfo=dt.UTC
    )


def test_a_time_that_the_clock_change_skips_comes_after_it() -> None:
    before = dt.datetime(2026, 3, 28, 12, 0, tzinfo=dt.UTC)
    assert local("tomorrow 02:30", now=before) == "2026-03-29 03:30"


def test_of_a_time_that_comes_twice_the_later_is_the_deadline() -> None:
    before = dt.datetime(2026, 10, 24, 12, 0, tzinfo=dt.UTC)
    assert parse_deadline("tomorrow 02:30", now=before, zone=BERLIN) == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


def test_hours_are_counted_on_the_clock_and_not_on_the_calendar() -> None:
    just_before = dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC)
    assert parse_deadline("in 3 hours", now=just_before, zone=BERLIN) == just_before + dt.timedelta(hours=3)


def test_the_day_is_that_of_the_zone_and_not_of_greenwich() -> None:
    late = dt.datetime(2026, 1, 14, 23, 30, tzinfo=dt.UTC)
    assert local("today", now=late, zone="Asia/Tokyo") == "2026-01-15 23:59"
    assert local("today", now=late, zone="America/Los_Angeles") == "2026-01-14 23:59"


def test_an_unknown_zone_counts_as_utc() -> None:
    found = parse_deadline("today", now=WEDNESDAY_NOON, zone="Nowhere/Land")
    assert found == dt.datetime(2026, 1, 14, 23, 59, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("1 week", 168),
        ("90 minutes", 1.5),
        ("1h30m", 1.5),
        ("1h 30m", 1.5),
        ("an hour", 1),
        ("half an hour", 0.5),
        ("two weeks", 336),
        ("a couple of days", 48),
        ("1.5 hours", 1.5),
        ("2 and a half weeks", 420),
        ("3 months", 2160),
        ("1 week and 2 days", 216),
        ("fortnight", None),
        ("a fortnight", 336),
        ("24-hour", 24),
        ("5", None),
        ("", None),
        ("0 days", None),
        ("soon", None),
        ("9999999 years", None),
        ("2 weeks of data", None),
    ],
)
def test_a_duration_is_read_or_is_none(text: str, hours: float | None) -> None:
    assert parse_duration(text) == (dt.timedelta(hours=hours) if hours is not None else None)


def deadline_or_refusal(text: str) -> dt.datetime | InvalidInputError | None:
    try:
        return parse_deadline(text, now=WEDNESDAY_NOON, zone=BERLIN)
    except InvalidInputError as refusal:
        return refusal


@given(st.text(max_size=100))
def test_any_text_is_a_deadline_ahead_or_a_polite_refusal(text: str) -> None:
    match deadline_or_refusal(text):
        case InvalidInputError() as refusal:
            assert refusal.field == "deadline"
        case dt.datetime() as found:
            assert found > WEDNESDAY_NOON
        case None:
            assert text.strip()


@pytest.mark.long  # a process of its own; tests/bot/test_start.py looks at what a bot has imported
def test_the_slow_library_is_not_imported_before_it_is_needed() -> None:
    script = (
        "import sys, datetime as dt\n"
        "from engine.planning.method_planner import MethodPlanner\n"
        "from engine.planning.criteria.moments import parse_deadline\n"
        "parse_deadline('in 2 weeks', now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), zone='UTC')\n"
        "sys.exit('dateparser' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
