"""A goal in one message without any bullets: several short lines are its criteria, sentences describe it."""

import pytest

from engine.planning.criteria.goal_text import read_goal, set_apart


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
    "when", ["by the end of June", "- in 2 weeks", "before 24 December.", "by 31.12.", "due Friday"]
)
def test_a_line_that_says_but_by_when_is_the_deadline_wherever_the_points_stand(when: str) -> None:
    for said in (f"Knit a jumper\n- It fits\n{when}", f"Knit a jumper\ncriteria:\nIt fits\n{when}", f"Knit\n{when}"):
        assert read_goal(said).deadline == when.strip("- ")
        assert read_goal(said).criteria in (("It fits",), ())
    assert set_apart(f"It fits\n{when}")[0] == "It fits"


def test_a_line_that_says_how_fast_is_a_point() -> None:
    for pace in ("in 50 minutes", "within 30 s", "in 1 hour", "in an hour"):
        found = read_goal(f"Run 10 km\n- Train three times a week\n- {pace}")
        assert (found.deadline, found.criteria[1:]) == (None, (pace,))


@pytest.mark.parametrize(
    "line", ["in the park", "by hand", "Wait until Friday", "in 2 weeks, run 10 km", "before noon run"]
)
def test_a_point_with_a_moment_or_a_place_in_it_is_no_deadline(line: str) -> None:
    assert read_goal(f"Knit a jumper\n- It fits\n- {line}").criteria == ("It fits", line)


def test_a_named_deadline_goes_before_a_line_that_says_one() -> None:
    assert read_goal("Knit\ndeadline: Friday\n- by Monday").deadline == "Friday"
    assert read_goal("By Friday").name == "By Friday"


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
