"""A goal in one message without any bullets: several short lines are its criteria, sentences describe it."""

import pytest

from engine.planning.criteria.goal_text import read_goal


def test_short_lines_under_the_name_are_its_criteria() -> None:
    found = read_goal(
        "Launch Momentum Strategy\nComplete market research\nBacktest on 2 years of data\ndeadline: 14 days"
    )
    assert found.criteria == ("Complete market research", "Backtest on 2 years of data")
    assert (found.description, found.deadline) == ("", "14 days")


@pytest.mark.parametrize(
    "said",
    [
        "It is for my mother.",
        "It is for my mother.\nShe likes green.",
        "for my mother",
        "What matters:\nthat she likes it",
    ],
)
def test_a_single_line_and_sentences_describe_it(said: str) -> None:
    found = read_goal(f"Knit a jumper\n{said}")
    assert (found.criteria, found.description) == ((), said)


def test_beside_bullets_plain_lines_describe_it() -> None:
    found = read_goal("Knit a jumper\nfor my mother\nin green\n- It fits")
    assert (found.criteria, found.description) == (("It fits",), "for my mother\nin green")


@pytest.mark.parametrize(
    ("said", "name", "criteria"),
    [
        ("Shop; criteria: build it; test it; ship it", "Shop", ("build it", "test it", "ship it")),
        ("Shop; due: Friday; criteria: build it; test it", "Shop", ("build it", "test it")),
        ("criteria: build it; test it; ship it", "", ("build it", "test it", "ship it")),
        ("Fix the &#39;x&#39; key; test it; ship it", "Fix the &#39;x&#39; key", ("test it", "ship it")),
        ("My day: 11:00 lunch; 12:00 run; 1.5 km to swim", "My day", ("11:00 lunch", "12:00 run", "1.5 km to swim")),
    ],
)
def test_on_one_line_the_points_stay_in_their_order_and_whole(said: str, name: str, criteria: tuple[str, ...]) -> None:
    goal = read_goal(said)
    assert (goal.name, goal.criteria) == (name, criteria)
