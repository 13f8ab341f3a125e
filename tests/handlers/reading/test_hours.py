"""Hours and days in somebody's own words."""

import pytest

from engine.errors import InvalidInputError
from handlers.reading.hours import DigestWish, QuietWish, read_digest, read_quiet


@pytest.mark.parametrize(
    ("text", "hour", "days"),
    [
        ("7", 7, ()),
        ("18:00", 18, ()),
        ("6pm", 18, ()),
        ("at 12 am", 0, ()),
        ("7 on weekdays", 7, (0, 1, 2, 3, 4)),
        ("Sundays at 6 pm", 18, (6,)),
        ("Mon, Wed and Friday", None, (0, 2, 4)),
        ("every day at 9", 9, (0, 1, 2, 3, 4, 5, 6)),
        ("weekends 10:00", 10, (5, 6)),
        ("7 am mon-fri", 7, (0, 1, 2, 3, 4)),
        ("Friday to Monday at noon", 12, (0, 4, 5, 6)),
        ("Tues–Thurs, 18:00", 18, (1, 2, 3)),
    ],
)
def test_a_digest_is_wished_for_in_words(text: str, hour: int | None, days: tuple[int, ...]) -> None:
    assert read_digest(text) == DigestWish(hour=hour, days=days)


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("22-7", 22, 7),
        ("22:00–07:00", 22, 7),
        ("from 10pm to 6am", 22, 6),
        ("23 until 6", 23, 6),
        ("0-8", 0, 8),
        ("22-24", 22, 0),
    ],
)
def test_quiet_hours_are_wished_for_in_words(text: str, begin: int, end: int) -> None:
    assert read_quiet(text) == QuietWish(begin=begin, end=end)


def test_off_is_off() -> None:
    assert read_digest("off") == DigestWish(off=True)
    assert read_quiet("none") == QuietWish()


@pytest.mark.parametrize("text", ["Publish my book", "Read on Sundays", "Save 7 whales", "hello", "22"])
def test_words_about_something_else_are_left_alone(text: str) -> None:
    assert read_quiet(text) is None
    assert text == "22" or read_digest(text) is None


@pytest.mark.parametrize("text", ["6:30", "25", "7:15 on weekdays", "13pm"])
def test_a_part_of_an_hour_is_refused_with_what_would_do(text: str) -> None:
    with pytest.raises(InvalidInputError, match="whole hour"):
        read_digest(text)


@pytest.mark.parametrize("text", ["22:30-7", "7-7"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        read_quiet(text)
