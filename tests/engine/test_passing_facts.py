"""Facts that hold until a day: kept with their end, turned when it has come, and read from anybody's metadata."""

import datetime as dt

import pytest

from engine.passing_facts import UNTIL, next_end, over, passing, told
from engine.values import JsonObject, JsonValue
from tests.fakes import START

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "known", "after"),
    [
        ({}, {"has_kiln": False}, {"has_kiln": True}),
        ({"has_kiln": False}, {"has_kiln": False}, {"has_kiln": True}),
        ({"season": "summer"}, {"season": "winter"}, {"season": "summer"}),
        ({"season": "winter"}, {"season": "winter"}, {}),
        ({"rooms": 3, "note": "x"}, {"rooms": 2}, {"rooms": 3, "note": "x"}),
    ],
)
def test_when_it_is_over_a_flag_turns_and_all_else_is_as_it_was(
    before: JsonObject, known: JsonObject, after: JsonObject
) -> None:
    (name,) = known
    during = told(before, known, {name: START + DAY})
    assert during[name] == known[name]
    assert next_end(during) == START + DAY
    assert over(during, START) == during
    assert over(during, START + DAY) == after


def test_another_day_keeps_what_was_before_and_no_day_forgets_the_end() -> None:
    during = told({"season": "summer"}, {"season": "winter"}, {"season": START + DAY})
    later = told(during, {"season": "winter"}, {"season": START + 3 * DAY})
    assert over(later, START + 2 * DAY) == later
    assert over(later, START + 3 * DAY) == {"season": "summer"}
    assert told(later, {"season": "winter"}, {}) == {"season": "winter"}


@pytest.mark.parametrize(
    "written", [None, 7, {"has_kiln": 1}, {"has_kiln": {"until": "soon"}}, {"has_kiln": {"until": "2026-01-01T00:00"}}]
)
def test_what_is_no_such_thing_is_passed_by(written: JsonValue) -> None:
    assert passing({"has_kiln": True, UNTIL: written}) == {}
