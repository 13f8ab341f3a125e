"""People asked twice for one thing, and tasks too large to judge."""

from dataclasses import replace

import pytest

from engine.planning.quality import Rule
from engine.plans import PlannedTask
from tests.engine.planning.quality.drafts import decision, found, goal_of, hours, task

GOAL = goal_of("Do it")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Book the flights", "book flights"),
        ("Choose a venue", "Pick the venue"),
        ("Buy the paint", "Purchase paint."),
        ("Review the contract", "Check the contract"),
        ("Write the draft of the paper on caching", "Draft the paper on caching"),
        ("Send the invitations to all the guests by post", "Send the invitations to the guests by post today"),
        ("Найти площадку", "найти площадку"),
        ("🎉", "🎉"),
    ],
)
def test_the_same_asked_in_other_words_is_found(first: str, then: str) -> None:
    findings = found(Rule.ASKED_TWICE, GOAL, task("a", first), task("b", "Wash the car"), task("c", then))
    assert [finding.tasks for finding in findings] == [("a", "c")]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Read chapter 1", "Read chapter 2"),
        ("Interview customer A", "Interview customer B"),
        ("Ask Ann for photos", "Ask Bob for photos"),
        ("Write the first draft", "Write the final draft"),
        ("Sign in at the gate", "Sign out at the gate"),
        ("Tell Ann the date", "Do not tell Ann the date"),
        ("Test the CNN against that list", "Test the RNN/LSTM against that list"),
        ("Test", "Test the shop"),
        ("Find 20 beta users", "Find 5 beta users"),
        ("Send the newsletter to our customers in Berlin", "Send the newsletter to our customers in Paris"),
        ("🎉", "🎈"),
        ("Позвонить маме", "Позвонить папе"),
    ],
)
def test_what_differs_in_a_telling_word_is_not_the_same(first: str, then: str) -> None:
    assert found(Rule.ASKED_TWICE, GOAL, task("a", first), task("b", then)) == ()


def test_three_of_a_kind_are_one_finding() -> None:
    tasks = [task(key, "Settle the budget") for key in "abc"]
    (finding,) = found(Rule.ASKED_TWICE, GOAL, *tasks)
    assert finding.tasks == ("a", "b", "c")


def test_questions_are_compared_by_what_is_asked() -> None:
    one, other = decision("a", "Is it profitable?"), decision("b", "Is it profitable?")
    assert found(Rule.ASKED_TWICE, GOAL, one, replace(other, title="Deploy?"))
    assert found(Rule.ASKED_TWICE, GOAL, one, decision("b", "Is it legal?")) == ()


def test_what_asks_no_person_may_be_repeated() -> None:
    pings = [PlannedTask(key=key, title="Check the site", work="http_check", criterion=0) for key in "ab"]
    assert found(Rule.ASKED_TWICE, GOAL, *pings) == ()
    by_itself = [
        PlannedTask(key=key, title="Stars", work="measure", criterion=0, inputs={"url": "https://x.org"})
        for key in "ab"
    ]
    assert found(Rule.ASKED_TWICE, GOAL, *by_itself) == ()
    by_hand = [replace(one, inputs={"target": 5.0}) for one in by_itself]
    assert found(Rule.ASKED_TWICE, GOAL, *by_hand)


def test_of_two_roads_only_one_asks() -> None:
    decider = decision("d", "Does it pay?")
    tasks = [replace(task(key, "Tell the team"), only_if=("d", option)) for key, option in (("a", "Yes"), ("b", "No"))]
    assert found(Rule.ASKED_TWICE, GOAL, decider, *tasks) == ()
    assert found(Rule.ASKED_TWICE, GOAL, decider, tasks[0], replace(tasks[1], only_if=("d", "Yes")))


def test_a_check_may_be_made_again_after_something_was_done() -> None:
    again = (task("a", "Measure the speed"), task("b", "Tune the cache", "a"), task("c", "Measure the speed", "b"))
    assert found(Rule.ASKED_TWICE, GOAL, *again) == ()
    assert found(Rule.ASKED_TWICE, GOAL, again[0], replace(again[2], after=("a",)))
    assert found(Rule.ASKED_TWICE, GOAL, *(replace(one, after=()) for one in again))
    aside = replace(again[1], after=("a", "c"))
    assert found(Rule.ASKED_TWICE, GOAL, again[0], replace(again[2], after=("a",)), aside)
    backwards = (again[2], again[1], again[0])
    assert found(Rule.ASKED_TWICE, GOAL, *backwards) == ()


@pytest.mark.parametrize(
    ("title", "bound"),
    [
        ("Develop the shop", 336),
        ("Frobnicate the widget", 336),
        ("Read the book", 672),
        ("Learn Spanish", 672),
        ("Quit smoking", 1008),
        ("Train for the marathon", 1008),
        ("Hire an engineer", 2016),
        ("Find a flat", 2016),
        ("Get the approval of the committee", 2016),
        ("Taste what is cooked for two weeks", 403),
        ("Taste what is cooked for four weeks", 806),
        ("Taste what is cooked for ten weeks", 806.4),
    ],
)
def test_a_task_is_too_large_beyond_the_bound_of_its_kind(title: str, bound: float) -> None:
    assert found(Rule.TOO_LARGE, GOAL, task("a", title, took=hours(bound))) == ()
    (finding,) = found(Rule.TOO_LARGE, GOAL, task("a", title, took=hours(bound + 1)))
    assert (finding.tasks, finding.found) == (("a",), bound + 1)
    assert finding.bound is not None
    assert finding.bound <= bound


def test_counted_tasks_are_judged_by_the_step() -> None:
    many = replace(task("a", "Write 20 chapters of the book", took=hours(4000)), target_count=20)
    assert found(Rule.TOO_LARGE, GOAL, many) == ()
    assert found(Rule.TOO_LARGE, GOAL, replace(many, target_count=10))


@pytest.mark.parametrize("work", ["wait", "measure", "decide", "subgoal", "approval"])
def test_what_only_waits_may_take_as_long_as_it_likes(work: str) -> None:
    assert found(Rule.TOO_LARGE, GOAL, replace(task("a", "Develop the shop", took=hours(5000)), work=work)) == ()
