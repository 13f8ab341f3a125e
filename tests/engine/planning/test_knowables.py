"""What is known of a goal, as people say that it changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.knowables import FactValue, Knowable, Saying, read_fact
from engine.planning.methods.sources import load_libraries

OVEN = Knowable(name="has_oven", kind="flag", summary="There is an oven that works")
ALONE = Knowable(name="works_alone", kind="flag", sayings=(Saying(phrase="on my own", value=True),))
UP = Knowable(name="must_stay_up", kind="flag", sayings=(Saying(phrase="no downtime", value=True),))
SEASON = Knowable(
    name="season", kind="season", members=("winter", "summer"), sayings=(Saying(phrase="in the snow", value="winter"),)
)
HANDS = Knowable(name="free_hands", kind="number")
LANGUAGE = Knowable(name="language", kind="text")
FACTS = (OVEN, ALONE, UP, SEASON, HANDS, LANGUAGE)


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("the oven is broken", "has_oven", False),
        ("Our oven is gone!", "has_oven", False),
        ("we have no oven any more", "has_oven", False),
        ("we don't have an oven", "has_oven", False),
        ("we no longer have the oven", "has_oven", False),
        ("there isn’t an oven", "has_oven", False),
        ("we lost the oven", "has_oven", False),
        ("the oven isn't broken any more", "has_oven", True),
        ("we have an oven now", "has_oven", True),
        ("the oven works again", "has_oven", True),
        ("there's an oven by now", "has_oven", True),
        ("the oven is back", "has_oven", True),
        ("has_oven = false", "has_oven", False),
        ("has oven: yes", "has_oven", True),
        ("I work alone now", "works_alone", True),
        ("I'm no longer on my own", "works_alone", False),
        ("it must stay up", "must_stay_up", True),
        ("there must be no downtime", None, None),
        ("no downtime", "must_stay_up", True),
        ("the season is winter", "season", "winter"),
        ("season: summer", "season", "summer"),
        ("we are in the snow", "season", "winter"),
        ("the season is autumn", None, None),
        ("free hands: 3", "free_hands", 3.0),
        ("free hands: many", None, None),
        ("the language is now rust", "language", "rust"),
        ("the oven is ready for the tiles", None, None),
        ("Ann has painted the oven", None, None),
        ("no", None, None),
        ("", None, None),
        ("the oven and the season", None, None),
    ],
)
def test_short_sentences_about_one_fact_are_read_and_no_others(
    said: str, name: str | None, value: FactValue | None
) -> None:
    found = read_fact(said, FACTS)
    assert (found and found[0].name, found and found[1]) == (name, value)


def test_what_two_facts_may_mean_is_neither() -> None:
    other = Knowable(name="oven", kind="flag")
    assert read_fact("the oven is broken", (OVEN, other)) is None


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("we have no tests any more", "has_tests", False),
        ("we have a test suite now", "has_tests", True),
        ("there is a staging environment now", "has_staging", True),
        ("we lost our beta readers", "has_readers", False),
        ("the venue is gone", "has_venue", False),
        ("it's in our garden now", "has_venue", True),
        ("the language is Python", "language", "python"),
        ("we have a codebase", "has_codebase", True),
        ("the model is gone", "model_available", False),
        ("the change is large", "change", "large"),
    ],
)
def test_all_that_the_libraries_ask_about_a_goal_can_be_told(said: str, name: str, value: FactValue) -> None:
    found = read_fact(said, load_libraries().knowables())
    assert found is not None
    assert (found[0].name, found[1]) == (name, value)
    assert found[0].summary


def test_each_flag_can_be_told_by_its_name() -> None:
    facts = load_libraries().knowables()
    for fact in facts:
        if fact.kind == "flag":
            for word, value in (("yes", True), ("no", False)):
                assert read_fact(f"{fact.name}: {word}", facts) == (fact, value)


@given(st.text(max_size=60))
def test_whatever_is_said_a_value_is_one_that_the_fact_may_have(said: str) -> None:
    found = read_fact(said, FACTS)
    if found is not None:
        fact, value = found
        assert isinstance(value, bool) == (fact.kind == "flag")
        assert not fact.members or value in fact.members
