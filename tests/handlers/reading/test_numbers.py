"""The number that somebody reports: read only where it is surely meant as one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.numbers import number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("512", 512.0),
        ("1,200 signups", 1200.0),
        ("1 200", 1200.0),
        ("1.234.567", 1_234_567.0),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("$3.5k", 3500.0),
        ("12,5 kg", 12.5),
        ("80kg", 80.0),
        ("0.125", 0.125),
        ("-4.5", -4.5),
        ("about 80%", 80.0),
        ("2 million", 2e6),
        ("I weigh 79 kg now", 79.0),
        ("we're at 512 signups", 512.0),
        ("8 hours", 8.0),
    ],
)
def test_a_report_is_read(text: str, number: float) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "between 3 and 5",
        "none yet",
        "version2",
        "no idea, ask me in 3 days",
        "in 3 days",
        "not before the 5th",
        "I don't know, maybe 5",
        "is 80 enough?",
        "ask Anna about the 3 offers that came in yesterday by mail",
        "1e3",
        "1e999",
        "0x10",
        "1_000",
        "1.000",
        "127.0.0.1",
        "10m",
        "3/4",
        "12:30",
        "2026-11-22",
        "",
    ],
)
def test_what_may_mean_something_else_is_no_report(text: str) -> None:
    assert number_in(text) is None


@given(st.text(max_size=60))
def test_any_text_gives_a_finite_number_or_none(text: str) -> None:
    found = number_in(text)
    assert found is None or math.isfinite(found)


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_a_whole_number_is_read_as_it_is_written_with_or_without_commas(number: int) -> None:
    assert number_in(str(number)) == number
    assert number_in(f"{number:,}") == number
