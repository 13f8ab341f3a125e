"""Waking hours: nights, zones, clock changes, and how an estimate stretches over them."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInputError
from engine.planning.forecasting.model import Calendar
from engine.planning.forecasting.waking import Waking, waking
from engine.records import ChatSettings
from engine.reporting.quiet import is_quiet_hour
from engine.values import ChatId

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
)
MINUTE = dt.timedelta(minutes=1)
starts = st.integers(0, 4 * 365 * 86_400).map(
    lambda seconds: dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
)
calendars = st.builds(Calendar, zone=st.sampled_from(ZONES), quiet_from=st.integers(0, 23), quiet_to=st.integers(0, 23))


def person(calendar: Calendar, now: dt.datetime, days: float = 40) -> Waking:
    return waking(calendar, now, since=now - dt.timedelta(days=3), days=days)


def after(calendar: Calendar, now: dt.datetime, hours: float) -> dt.datetime:
    """The moment at which somebody has been awake for so many hours."""
    passed = person(calendar, now).after(np.zeros(1), np.array([hours]))[0]
    return now + dt.timedelta(seconds=round(passed * 3600))


def is_quiet(calendar: Calendar, moment: dt.datetime) -> bool:
    """What the bot itself takes for a quiet hour."""
    settings = ChatSettings(
        chat=ChatId(1), zone=calendar.zone, quiet_from=calendar.quiet_from, quiet_to=calendar.quiet_to
    )
    return is_quiet_hour(settings, moment)


@given(calendars, starts, st.integers(-48 * 60, 30 * 24 * 60))
def test_waking_hours_are_those_in_which_the_bot_is_not_quiet(
    calendar: Calendar, start: dt.datetime, minutes: int
) -> None:
    begin = start.replace(second=0, microsecond=0) + minutes * MINUTE
    origin = start.replace(second=0, microsecond=0)
    hours = (begin - origin) / dt.timedelta(hours=1)
    known = person(calendar, origin)
    passed = known.awake(np.array([hours, hours + 1 / 60]))
    assert passed[1] - passed[0] == pytest.approx(0.0 if is_quiet(calendar, begin) else 1 / 60, abs=1e-9)


@given(calendars, starts, st.floats(0.01, 200))
def test_what_a_person_does_ends_in_a_waking_hour_and_takes_exactly_so_many(
    calendar: Calendar, start: dt.datetime, hours: float
) -> None:
    known = person(calendar, start)
    end = known.after(np.zeros(1), np.array([hours]))
    if end[0] > 40 * 24:  # beyond what is reckoned night by night
        return
    assert known.awake(end)[0] - known.awake(np.zeros(1))[0] == pytest.approx(hours, abs=1e-6)
    assert not is_quiet(calendar, start + dt.timedelta(hours=float(end[0])) - dt.timedelta(milliseconds=1))


@given(calendars, starts, st.lists(st.floats(0, 3_000), min_size=2, max_size=2).map(sorted))
def test_a_longer_estimate_never_ends_sooner(calendar: Calendar, start: dt.datetime, pair: list[float]) -> None:
    known = person(calendar, start)
    stretched = known.stretched(np.array(pair))
    assert stretched[0] <= stretched[1]
    ends = known.after(np.zeros(2), stretched)
    assert 0 <= ends[0] <= ends[1] + 1e-9


def test_quiet_hours_over_midnight_put_the_rest_off_to_the_morning() -> None:
    calendar = Calendar(zone="Europe/Berlin", quiet_from=22, quiet_to=7)
    evening = dt.datetime(2026, 3, 2, 20, 0, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(dt.UTC)
    assert after(calendar, evening, 2) == evening + dt.timedelta(hours=2)
    assert after(calendar, evening, 5) == evening + dt.timedelta(hours=14)  # two today, three from seven on


def test_quiet_hours_within_a_day_are_those_of_someone_who_works_at_night() -> None:
    calendar = Calendar(quiet_from=8, quiet_to=16)
    morning = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)
    assert after(calendar, morning, 3) == dt.datetime(2026, 3, 2, 18, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("hours", [(None, None), (8, 8), (0, 0), (None, 7), (22, None)])
def test_equal_or_absent_quiet_hours_are_none(hours: tuple[int | None, int | None]) -> None:
    calendar = Calendar(quiet_from=hours[0], quiet_to=hours[1])
    midnight = dt.datetime(2026, 3, 2, 0, 0, tzinfo=dt.UTC)
    assert calendar.waking_hours == 24
    assert after(calendar, midnight, 77.5) == midnight + dt.timedelta(hours=77.5)


def test_the_night_of_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    calendar = Calendar(zone="Europe/Berlin", quiet_from=22, quiet_to=7)
    spring = dt.datetime(2026, 3, 28, 21, 0, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(dt.UTC)
    autumn = dt.datetime(2026, 10, 24, 21, 0, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(dt.UTC)
    assert after(calendar, spring, 2) - spring == dt.timedelta(hours=1 + 8 + 1)
    assert after(calendar, autumn, 2) - autumn == dt.timedelta(hours=1 + 10 + 1)


def test_up_to_a_day_an_estimate_means_waking_hours_and_beyond_it_contains_its_nights() -> None:
    known = person(Calendar(quiet_from=22, quiet_to=7), dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))
    assert known.stretched(np.array([8.0, 15.0, 20.0, 24.0, 48.0])).tolist() == [8.0, 15.0, 15.0, 15.0, 30.0]
    three_days = known.after(np.zeros(1), known.stretched(np.array([72.0])))
    assert three_days[0] == pytest.approx(72.0)
    assert known.elapsed(8.0) == 8.0
    assert known.elapsed(30.0) == pytest.approx(48.0)


def test_years_ahead_time_passes_at_the_average_share_of_waking_hours() -> None:
    start = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
    known = person(Calendar(quiet_from=22, quiet_to=7), start, days=30)
    ends = known.after(np.zeros(3), known.stretched(np.array([29 * 24.0, 60 * 24.0, 3_650 * 24.0])))
    assert ends[0] == pytest.approx(29 * 24)
    assert ends[1] == pytest.approx(60 * 24, rel=0.02)
    assert ends[2] == pytest.approx(3_650 * 24, rel=0.001)


def test_a_zone_that_does_not_exist_counts_as_utc() -> None:
    night = dt.datetime(2026, 3, 2, 23, 0, tzinfo=dt.UTC)
    assert after(Calendar(zone="Mars/Base", quiet_from=22, quiet_to=7), night, 1) == night + dt.timedelta(hours=9)


@pytest.mark.parametrize("hour", [-1, 24])
def test_an_hour_that_no_day_has_is_refused(hour: int) -> None:
    with pytest.raises(InvalidInputError):
        Calendar(quiet_from=hour, quiet_to=7)


def test_a_day_that_a_zone_left_out_breaks_nothing() -> None:
    before = dt.datetime(2011, 12, 29, 12, 0, tzinfo=dt.UTC)
    known = person(Calendar(zone="Pacific/Apia", quiet_from=22, quiet_to=7), before)
    assert np.all(np.diff(known.begins) >= 0)
    assert np.all(known.ends >= known.begins)
    assert np.all(known.begins[1:] >= known.ends[:-1])
