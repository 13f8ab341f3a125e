"""What is said to be carried out: read, checked, kept with the goal and known again."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.errands import ERRAND, LONGEST_MS, checked_timeout, is_adopted, read_errand
from engine.errors import InvalidInputError
from engine.goals import Priority
from engine.intake import MOST_NAME
from engine.values import JsonObject, UserId
from tests.engine.lives import new_goal
from tests.fakes import START


def test_one_line_is_the_name_and_more_lines_are_the_rest() -> None:
    errand = read_errand(
        "Publish the site\nfor the club\n- https://club.example answers 200\ndeadline: in 3 days\npriority: high",
        None,
        START,
        "UTC",
    )
    assert errand.said.name == "Publish the site"
    assert errand.said.description == "for the club"
    assert errand.said.criteria == ("https://club.example answers 200",)
    assert errand.deadline is not None
    assert dt.timedelta(days=2) < errand.deadline - START < dt.timedelta(days=4)
    assert errand.priority is Priority.HIGH


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("implement_feature", "implement feature"),
        ("fix_bug", "fix bug"),
        ("fix_bug: totals are wrong\n- it is quick", "Fix the bug: totals are wrong"),
        ("add_tests for sums.py", "Add tests for sums.py"),
        ("implement_feature {x}", "Implement {x}"),
        ("refactor_code:sums.py", "Refactor sums.py"),
        ("refactor_code: sums.py is too long", "Refactor sums.py"),
        ("fix_bugs are my hobby", "fix_bugs are my hobby"),
        ("Run word_count with path=/tmp/a_b", "Run word_count with path=/tmp/a_b"),
        ("I want to learn chess", "Learn chess"),
    ],
)
def test_a_goal_may_be_named_like_a_function(written: str, name: str) -> None:
    assert read_errand(written, None, START, "UTC").said.name == name


def test_a_long_sentence_is_cut_as_the_name_and_whole_as_the_description() -> None:
    text = "carry " * 80
    errand = read_errand(text, None, START, "UTC")
    assert len(errand.said.name) <= MOST_NAME
    assert errand.said.name.endswith("carry…")
    assert errand.said.description == text.strip()


@pytest.mark.parametrize("text", ["", "  \n ", "deadline: tomorrow", 7, None, "x" * 9_000])
def test_a_text_that_names_no_goal_is_refused(text: object) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_errand(text, None, START, "UTC")  # type: ignore[arg-type]  # programs don't all check their types
    assert caught.value.field == "goal_text"


def test_a_deadline_that_is_no_date_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_errand("Run\ndeadline: when pigs fly", None, START, "UTC")
    assert caught.value.field == "deadline"


@pytest.mark.parametrize("context", [["has_codebase"], "x", {"now": START}, {"odds": float("nan")}, {ERRAND: {}}])
def test_a_context_that_is_no_object_of_json_is_refused(context: object) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_errand("Run", context, START, "UTC")  # type: ignore[arg-type]  # programs don't all check their types
    assert caught.value.field == "context"


@pytest.mark.parametrize("timeout", [0, -1, True, float("nan"), float("inf"), LONGEST_MS + 1, "60000", None])
def test_a_timeout_that_is_none_is_refused(timeout: object) -> None:
    with pytest.raises(InvalidInputError):
        checked_timeout(timeout)  # type: ignore[arg-type]  # programs don't all check their types


def test_a_timeout_is_told_in_milliseconds() -> None:
    assert checked_timeout(1_500) == 1.5


def test_the_same_words_mean_the_same_goal_of_the_same_person() -> None:
    context: JsonObject = {"language": "python", "deep": {"a": [1, 2]}}
    errand = read_errand("Run", context, START, "UTC")
    goal = new_goal(metadata=errand.metadata(asks=False))
    assert goal.metadata["language"] == "python"
    assert errand.is_that_of(goal, UserId(7))
    assert not errand.is_that_of(goal, UserId(8))
    assert not errand.is_that_of(replace(goal, metadata={}), UserId(7))
    assert not read_errand("Run", {}, START, "UTC").is_that_of(goal, UserId(7))
    assert not read_errand("Run on", context, START, "UTC").is_that_of(goal, UserId(7))


def test_asking_adopts_the_plan_except_for_what_can_not_be_taken_back() -> None:
    errand = read_errand("Run", None, START, "UTC")
    trusting, careful = (new_goal(metadata=errand.metadata(asks=asks)) for asks in (False, True))
    assert is_adopted(trusting, ["run", "command"], ["command"])
    assert is_adopted(careful, ["run"], ["command"])
    assert not is_adopted(careful, ["run", "command"], ["command"])
    assert not is_adopted(new_goal(), ["run"], [])
    assert not is_adopted(new_goal(metadata={ERRAND: {}}), ["command"], ["command"])


@given(st.text(max_size=500))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        errand = read_errand(text, None, START, "UTC")
    except InvalidInputError:
        return
    assert 0 < len(errand.said.name) <= MOST_NAME
