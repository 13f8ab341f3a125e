"""The works that only wait."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInputError, PermanentError
from engine.tasks import Task, WaitingFor
from engine.values import JsonObject, JsonValue, TaskNumber
from engine.work import WorkOptions, builtin_registry
from engine.work.waits import LONGEST_WAIT, decision_options, option_meant

NOW = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
REGISTRY = builtin_registry(WorkOptions())


def task(inputs: JsonObject) -> Task:
    return Task(number=TaskNumber(1), title="t", inputs=inputs)


@pytest.mark.parametrize(
    ("name", "inputs", "what"),
    [
        ("person", {}, WaitingFor.PERSON),
        ("subgoal", {}, WaitingFor.SUBGOAL),
        ("measure", {}, WaitingFor.MEASURE),
        ("decide", {"options": ["yes", "no"]}, WaitingFor.DECISION),
    ],
)
def test_a_work_that_waits_opens_its_wait_without_an_end(name: str, inputs: JsonObject, what: WaitingFor) -> None:
    work = REGISTRY.get(name)
    work.check_inputs(inputs)
    opened = work.opening(task(inputs), NOW)
    assert opened is not None
    assert (opened.what, opened.since, opened.until, opened.child) == (what, NOW, None, None)


@given(st.floats(min_value=0, max_value=LONGEST_WAIT))
def test_a_wait_of_seconds_ends_that_long_after_it_began(seconds: float) -> None:
    opened = REGISTRY.get("wait").opening(task({"seconds": seconds}), NOW)
    assert opened is not None
    assert opened.what is WaitingFor.TIME
    assert opened.until == NOW + dt.timedelta(seconds=seconds)


def test_a_wait_until_a_moment_ends_at_it_in_utc() -> None:
    opened = REGISTRY.get("wait").opening(task({"until": "2027-03-08T10:00:00+02:00"}), NOW)
    assert opened is not None
    assert opened.until == dt.datetime(2027, 3, 8, 8, 0, tzinfo=dt.UTC)
    assert opened.until.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"seconds": 1, "until": "2027-03-08T10:00:00+00:00"},
        {"seconds": -1},
        {"seconds": True},
        {"seconds": "60"},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": 10**400},
        {"seconds": LONGEST_WAIT + 1},
        {"until": "tomorrow"},
        {"until": ""},
        {"until": 5},
        {"until": "2027-03-08T10:00:00"},
        {"until": "0001-01-01T00:00:00+23:00"},
    ],
)
def test_a_wait_without_one_usable_end_is_refused(inputs: JsonObject) -> None:
    with pytest.raises(InvalidInputError):
        REGISTRY.get("wait").check_inputs(inputs)


def test_a_wait_without_a_usable_end_is_no_wait_and_its_attempt_says_why(make_context) -> None:
    wait = REGISTRY.get("wait")
    context = make_context(until="tomorrow")
    assert wait.opening(context.task, NOW) is None
    assert wait.run is not None
    with pytest.raises(PermanentError, match="«tomorrow» is no moment"):
        wait.run(context)


def test_the_options_of_a_choice_are_kept_as_written() -> None:
    assert decision_options({"options": ["Deploy now", " later"]}) == ("Deploy now", " later")


@pytest.mark.parametrize(("said", "option"), [("Go!", "Go!"), ("Go", "Go"), ("go.", "Go"), (True, None), (3, None)])
def test_what_a_program_answers_is_the_option_in_just_these_words_or_else_in_like_ones(
    said: JsonValue, option: str | None
) -> None:
    assert option_meant({"options": ["Go", "Go!"]}, said) == option


@pytest.mark.parametrize(
    "options",
    [None, "yes", [], ["only"], [str(n) for n in range(9)], ["a", ""], ["a", 1], ["Yes", "yes "], ["a", "b" * 101]],
)
def test_a_choice_needs_two_to_eight_different_options(options: object) -> None:
    with pytest.raises(InvalidInputError):
        REGISTRY.get("decide").check_inputs({"options": options})  # type: ignore[dict-item] # bad on purpose
