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
