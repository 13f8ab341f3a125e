"""Which criteria can't be measured, how they could be, and what to suggest for a goal's name."""

import datetime as dt

import pytest

from engine.goals import Goal
from engine.planning.criteria.advice import suggestion_for
from engine.planning.criteria.reading import Moment, read_criterion
from engine.planning.criteria.suggestions import suggest_criteria
from engine.planning.quality import Circumstances, Rule, quality_of
from engine.planning.requests import PlanRequest
from engine.values import GoalId
from tests.engine.planning.planners import general_planner

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)


def advice_for(*criteria: str, deadline: dt.datetime | None = None) -> tuple[str, ...]:
    goal = Goal(id=GoalId(1), name="x", criteria=criteria, deadline=deadline, created_at=NOW, updated_at=NOW)
    return general_planner().plan(PlanRequest(goal=goal, now=NOW)).advice


def suggested_for(text: str) -> str:
    return suggestion_for(read_criterion(text, Moment(local=NOW.replace(tzinfo=None))))


def test_a_day_that_has_passed_is_told_and_waited_for_no_more() -> None:
    told = advice_for("Wait until 1 January 2020", "Then finish the report by 3 May 2021")
    assert (
        "«Wait until 1 January 2020»: 1 January 2020 has passed, so nothing waits for it. If another day is meant, "
        "change it."
    ) in told
    assert any("3 May 2021 has passed, so it is planned without a day" in one for one in told)
    goal = Goal(id=GoalId(1), name="x", criteria=("Wait until 1 January 2020",), created_at=NOW, updated_at=NOW)
    (wait,) = general_planner().plan(PlanRequest(goal=goal, now=NOW)).tasks
    assert (wait.work, wait.inputs["until"]) == ("wait", "2020-01-01T00:00:00+00:00"), "it is over at once"


@pytest.mark.parametrize(
    "text",
    [
        "Delete the mails from before 1 March 2020",
        "Sort the photos of 3 May 2021",
        "Wait until 1 March",
        "Call by Friday",
    ],
)
def test_a_day_that_something_is_of_or_that_is_still_to_come_is_no_day_that_has_passed(text: str) -> None:
    assert not [one for one in advice_for(text) if "has passed" in one]


@pytest.mark.parametrize(
    "text",
    [
        "Achieve 500 signups",
        "Have an energy adviser look at the house",
        "Announce it in the newsletter",
        "Collect all texts",
        "Read 12 books",
        "Monitor for 1 week",
        "https://x.org answers 200",
        "Buy milk",
        "Develop MVP",
        "Deploy to live if profitable",
        "Clean the kitchen",
        "Sign the lease",
        "Pay the rent by Friday",
        "The site is live",
        "Design it, build it and test it",
        "Сделать план",
    ],
)
def test_what_can_be_told_done_is_left_alone(text: str) -> None:
    assert suggested_for(text) == ""


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("Customers are happy", "Customers are happy: at least 8 of 10 people asked say so"),
        ("Be healthier", "Exercise 3 times a week for 8 weeks"),
        ("Make the site fast", "Make the site fast: under 200 ms"),
        ("Optimize parameters", "Optimize parameters until the main figure is at least 10 % better than before"),
        ("Learn Spanish", "Learn Spanish: pass a test with at least 80 %"),
        ("Quit smoking", "Quit smoking for 30 days"),
    ],
)
def test_what_is_vague_gets_a_concrete_suggestion(text: str, suggestion: str) -> None:
    assert suggested_for(text) == suggestion


@pytest.mark.parametrize(
    "text", ["Customers are happy", "Optimize parameters", "Learn Spanish", "Quit smoking", "Practise the piano"]
)
def test_a_suggestion_taken_up_can_be_measured(text: str) -> None:
    suggestion = suggested_for(text)
    assert suggestion
    assert suggested_for(suggestion) == ""


def test_five_to_ten_criteria_are_advised() -> None:
    assert "5 to 10" in advice_for()[0]
    assert advice_for("Buy milk")[0].startswith("1 criterion is few")
    assert advice_for(*[f"Call person {n}" for n in "abcdefghijk"])[0].startswith("11 criteria are many")
    assert advice_for(*[f"Call {n}" for n in ("Ann", "Ben", "Cleo", "Dan", "Eve")]) == ()


def test_of_a_deadline_that_is_too_near_the_check_of_the_plan_tells_and_the_advice_does_not_tell_it_again() -> None:
    near = NOW + dt.timedelta(days=7)
    goal = Goal(
        id=GoalId(1), name="x", criteria=("Monitor for 4 weeks",), deadline=near, created_at=NOW, updated_at=NOW
    )
    plan = general_planner().plan(PlanRequest(goal=goal, now=NOW))
    assert quality_of(goal, plan, Circumstances(now=NOW)).of(Rule.DEADLINE)
    assert advice_for("Monitor for 4 weeks", deadline=near) == advice_for("Monitor for 4 weeks")


def test_suggestions_fit_the_name_of_the_goal() -> None:
    assert "Practise Spanish 4 times a week for 8 weeks" in suggest_criteria("Learn Spanish")
    assert "Record 3 episodes" in suggest_criteria("I want to launch a podcast")
    assert "Write 5 posts" in suggest_criteria("Publish my travel blog")
    assert "Take 2 mock exams" in suggest_criteria("Pass the bar exam")
    assert "Launch my online store" in suggest_criteria("Launch my online store")
    assert "Apply to 10 jobs" in suggest_criteria("Find a new job")
    assert suggest_criteria("Save $5,000")[-1] == "Save $5,000"
    assert suggest_criteria("asdf")[0] == "List the 3 results that make it done"


NAMES = (
    "Publish my travel blog", "I want to launch a podcast", "Get a promotion", "get fit", "Learn Spanish",
    "Buy a house",
    "Find a new job", "Write a novel", "Move to Berlin", "Plan our wedding", "Run a marathon", "Save money",
    "Pay off my debts", "Quit smoking", "lose weight", "Learn to play the guitar", "Renovate the kitchen",
    "Launch my online store", "Build a mobile app", "Start a business", "grow my newsletter", "Hire a developer",
    "Redesign our website", "Migrate to AWS", "Pass the bar exam", "Trip to Japan", "Declutter the house", "Read more",
    "Spend more time with my kids", "be happier", "Organise a charity run", "Improve sales", "Reduce cloud costs",
    "Release version 2.0", "Learn to cook", "Write my thesis", "Adopt a dog", "Taxes", "Sell my car", "sleep better",
    "I want to become a data scientist", "Open a coffee shop", "Photo exhibition", "Meet new people", "asdf",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_is_suggested_can_be_measured_and_repeats_no_words_of_the_asking(name: str) -> None:
    suggested = [text for text in suggest_criteria(name) if text.lower() != name.lower()]
    assert len(suggested) >= 3
    assert list(filter(None, map(suggested_for, suggested))) == []
    assert not [text for text in suggested if "I want" in text or "the I" in text]
