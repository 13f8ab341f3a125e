"""The words of a person in the titles of a subject's steps: with the articles that English wants, and none lost."""

import datetime as dt

import pytest

from engine.goals import Goal
from engine.planning.methods.sources import load_libraries
from engine.planning.requests import PlanRequest
from engine.values import GoalId
from tests.engine.planning.planners import planner

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)


def titles(*criteria: str, name: str) -> list[str]:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, created_at=NOW, updated_at=NOW)
    return [task.title for task in planner().plan(PlanRequest(goal=goal, now=NOW)).tasks]


@pytest.mark.parametrize(
    ("name", "criterion", "words"),
    [
        ("Launch the app", "Develop MVP", "Build the core of the MVP"),
        ("Launch the app", "Develop a mobile app", "Build the core of the mobile app"),
        ("Launch the app", "Develop our shop", "Build the core of our shop"),
        ("Launch the app", "Design UI mockups", "Design the UI mockups"),
        ("Launch the app", "Launch on Product Hunt", "Launch on Product Hunt"),
        ("Master deep learning", "Build production ML system", "Build the dullest version of the ML system"),
        ("Master deep learning", "Implement CNN from scratch", "Implement the CNN from scratch"),
        ("Our wedding", "Hire a photographer", "Get three offers for the photographer"),
        ("Our wedding", "Hold the wedding", "Hold the wedding"),
        ("Move the shop", "Upgrade Django to 5.0", "Django"),
        ("Get fit", "Run 3 times a week for 10 weeks", "First two weeks: run 3 times a week"),
    ],
)
def test_a_title_reads_like_english(name: str, criterion: str, words: str) -> None:
    found = titles(criterion, name=name)
    assert any(words in title for title in found), found
    assert not any("the the " in title or "the a " in title or "the Django" in title for title in found), found


@pytest.mark.parametrize("things", ["Kaggle competitions", "competitions", "hackathons", "challenges"])
def test_what_is_competed_in_keeps_its_name(things: str) -> None:
    found = titles(f"Complete 5 {things}", name="Master deep learning")
    assert any(title.startswith(f"Choose 5 {things}:") for title in found), found
    assert any(title.startswith(f"Complete 5 {things},") for title in found)
    assert any(f"the 5 {things} " in title for title in found)


def test_no_sentence_of_a_library_was_cut_in_two_at_a_comma() -> None:
    """In a YAML list in brackets a comma ends the item: «[It is kept up, and works on phones]» are two."""
    checks = [check for step in load_libraries(entry_points=False).domain.primitives for check in step.expected.checks]
    assert len(checks) > 100
    assert [one for one in map(str, checks) if not one[:1].isupper() and not one.startswith(("?", "{"))] == []


@pytest.mark.parametrize(
    ("criterion", "title"),
    [
        ("Measure: 500 signups", "Measure: 500 signups"),
        ("measure: churn under 5 %", "Measure: churn under 5 %"),
        ("Measure 500 signups", "Measure 500 signups"),
        ("Churn under 5 %", "Measure: churn under 5 %"),
    ],
)
def test_what_says_itself_that_it_is_measured_is_not_said_to_be_so_twice(criterion: str, title: str) -> None:
    found = titles(criterion, name="Grow the shop")
    assert title in found, found
    assert not any("measure: m" in one.lower() or one.lower().count("measure") > 1 for one in found), found
