"""What is handed in is checked before it becomes a goal."""

import datetime as dt
import functools
from collections.abc import Callable

import pytest

from engine import intake
from engine.errors import InvalidInputError
from tests.fakes import START


def test_a_name_is_one_line_of_some_length() -> None:
    assert intake.checked_name("  grow \n a  garden ") == "grow a garden"
    assert len(intake.checked_name("x" * 200)) == 200
    for bad in ("", " \n\t", "x" * 201):
        with pytest.raises(InvalidInputError) as raised:
            intake.checked_name(bad)
        assert raised.value.field == "name"


def test_criteria_are_trimmed_and_told_once() -> None:
    assert intake.checked_criteria([" a  b ", "", "a b", "c"]) == ("a b", "c")
    assert len(intake.checked_criteria(str(n) for n in range(200))) == 200
    for bad in ([str(n) for n in range(201)], ["x" * 1001], "one text"):
        with pytest.raises(InvalidInputError):
            intake.checked_criteria(bad)


def test_what_is_said_twice_in_the_same_words_is_kept_once_as_it_was_said_first() -> None:
    said = ["Call mum", "1. call  mum.", "CALL MUM!", "Call dad", "(2) Call dad"]
    assert intake.checked_criteria(said) == ("Call mum", "Call dad")
    assert intake.said_again(said) == ("Call mum", "Call dad")
    other = ["Call mum", "Call mum twice", "Use C", "Use C++", "1. 5 k", "2. 10 k", "…", "!", "."]
    assert intake.checked_criteria(other) == tuple(other)
    assert intake.said_again(other) == ()


def test_what_nobody_can_see_is_no_name_and_no_criterion() -> None:
    unseen = "\u200b\u202e \u2066\u3164\u2800\u115f\ufe0f\u0301"
    assert intake.checked_criteria(["Dig", unseen, "", "🎉", "שלום"]) == ("Dig", "🎉", "שלום")
    with pytest.raises(InvalidInputError):
        intake.checked_name(unseen)


def test_text_that_no_database_could_keep_is_made_fit() -> None:
    for checked in (intake.checked_name("half \ud800"), *intake.checked_criteria(["half \ud800"])):
        checked.encode("utf-8")
    intake.checked_text("note", "half \udfff").encode("utf-8")
    assert intake.checked_text("note", "🎯 مرحبا") == "🎯 مرحبا"


NESTED = functools.reduce(lambda inner, _: {"x": inner}, range(5_000), dict[str, object]())


@pytest.mark.parametrize("metadata", [{"x": {1, 2}}, {"x": float("nan")}, {"x": object()}, ["no mapping"], NESTED])
def test_metadata_is_what_json_can_hold(metadata: object) -> None:
    with pytest.raises(InvalidInputError):
        intake.checked_metadata(metadata)  # type: ignore[arg-type]  # what a careless caller hands in


def test_metadata_is_kept_as_it_is() -> None:
    assert intake.checked_metadata({"a": [1, None, {"b": "ü"}]}) == {"a": [1, None, {"b": "ü"}]}
    assert intake.checked_metadata(None) == {}


@pytest.mark.parametrize(
    "deadline",
    [
        START,
        START - dt.timedelta(seconds=1),
        dt.datetime.min,  # noqa: DTZ901 - the edge of the calendar is the point
        dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=14))),
        dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-12))),
    ],
)
def test_a_deadline_must_be_to_come_and_on_the_calendar(deadline: dt.datetime) -> None:
    with pytest.raises(InvalidInputError) as raised:
        intake.checked_deadline(deadline, START)
    assert raised.value.field == "deadline"


def test_a_deadline_is_kept_in_utc_and_a_naive_one_is_local() -> None:
    east = dt.timezone(dt.timedelta(hours=9))
    kept = intake.checked_deadline(dt.datetime(2026, 3, 3, 9, 0, tzinfo=east), START)
    assert kept == dt.datetime(2026, 3, 3, 0, 0, tzinfo=dt.UTC)
    local = dt.datetime(2030, 1, 1)  # noqa: DTZ001 - naive on purpose
    assert intake.checked_deadline(local, START) == local.astimezone(dt.UTC)
    assert intake.checked_deadline(None, START) is None


@pytest.mark.parametrize("priority", [0, 5, -1, "high", 2.5])
def test_a_priority_is_one_of_four(priority: int) -> None:
    with pytest.raises(InvalidInputError):
        intake.checked_priority(priority)


@pytest.mark.parametrize(
    ("field", "check"),
    [
        ("name", lambda: intake.checked_name(None)),  # type: ignore[arg-type]  # what programs do
        ("description", lambda: intake.checked_text("description", 7)),  # type: ignore[arg-type]  # what programs do
        ("criteria", lambda: intake.checked_criteria(7)),  # type: ignore[arg-type]  # what programs do
        ("criteria", lambda: intake.checked_criteria(["a", None])),  # type: ignore[list-item]  # what programs do
        ("criteria", lambda: intake.checked_criteria({"b", "a"})),
        ("criteria", lambda: intake.checked_criteria({"a": "b"})),
        ("priority", lambda: intake.checked_priority(True)),
        ("deadline", lambda: intake.checked_deadline(START.date(), START)),  # type: ignore[arg-type]  # what programs do
        ("deadline", lambda: intake.checked_deadline("tomorrow", START)),  # type: ignore[arg-type]  # what programs do
    ],
)
def test_what_is_of_another_kind_altogether_is_refused_by_its_name(field: str, check: Callable[[], object]) -> None:
    with pytest.raises(InvalidInputError) as raised:
        check()
    assert raised.value.field == field


def test_a_program_may_say_none_for_what_it_leaves_out() -> None:
    assert intake.checked_text("description", None) == ""
    assert intake.checked_criteria(None) == ()
