"""What is built and never looked at, and what does not wait its turn."""

from dataclasses import replace

import pytest

from engine.planning.quality import Rule
from engine.plans import PlannedTask
from tests.engine.planning.quality.drafts import checked, decision, found, goal_of, hours, task

GOAL = goal_of("Develop the shop", "Launch the shop")


@pytest.mark.parametrize(
    "title",
    [
        "Develop the shop",
        "Build a raised bed",
        "MVP development",
        "Migrate the database to PostgreSQL",
        "Backend: implement the login",
        "Deploy to production",
        "Write the thesis",
        "Repair the roof",
        "Make a website for the club",
    ],
)
def test_what_is_built_needs_a_check_behind_it(title: str) -> None:
    quality = checked(goal_of("Do it"), task("a", title))
    assert [finding.tasks for finding in quality.of(Rule.UNVERIFIED)] == [("a",)]
    assert quality.score == 94
    for check in (
        "Test it with five people",
        "Have Ann review it",
        "Go through it with fresh eyes",
        "QA",
        "Try it out",
    ):
        assert found(Rule.UNVERIFIED, goal_of("Do it"), task("a", title), task("b", check, "a")) == ()


@pytest.mark.parametrize(
    "title",
    [
        "Build an emergency fund",
        "Set up a standing order",
        "Fix a date with Maria",
        "Improve my sleep",
        "Plan the migration",
        "Write down what the shop must do",
        "Write an email to Ann",
        "Add Maria to the guest list",
        "Choose a design",
        "Collect needs for the website",
        "Buy milk",
        "Überweise das Geld",
        "🎉",
    ],
)
def test_what_makes_no_thing_needs_no_check(title: str) -> None:
    assert found(Rule.UNVERIFIED, goal_of("Do it"), task("a", title)) == ()


def test_what_is_seen_at_a_glance_needs_no_check() -> None:
    assert found(Rule.UNVERIFIED, goal_of("Fix the typo"), task("a", "Fix the bug", took=hours(0.5))) == ()
    twenty = replace(task("a", "Fix the bug", took=hours(10)), target_count=20)
    assert found(Rule.UNVERIFIED, goal_of("Fix 20 typos"), twenty) == ()


@pytest.mark.parametrize("work", ["measure", "http_check", "run_tests", "approval"])
def test_works_that_check_by_themselves_count_whatever_their_titles(work: str) -> None:
    proof = PlannedTask(key="b", title="Zzz", work=work, after=("a",), criterion=1)
    assert found(Rule.UNVERIFIED, GOAL, task("a", "Develop the shop"), proof) == ()


def test_a_check_before_the_building_or_beside_it_is_none() -> None:
    before = (task("a", "Check the market"), task("b", "Develop the shop", "a"))
    beside = (task("a", "Test the door", criterion=1), task("b", "Develop the shop"))
    assert found(Rule.UNVERIFIED, GOAL, *before)
    assert found(Rule.UNVERIFIED, GOAL, *beside)


@pytest.mark.parametrize("title", ["Write the test plan", "Set up the test machine", "Find testers for the beta"])
def test_what_a_check_needs_is_none_itself(title: str) -> None:
    assert found(Rule.UNVERIFIED, goal_of("Do it"), task("a", "Develop the shop"), task("b", title, "a"))


def test_what_only_the_public_tests_was_not_tested() -> None:
    built, launched = task("a", "Develop the shop"), task("b", "Launch it", "a", criterion=1)
    grown = task("c", "Measure: 500 visitors", "b", criterion=1)
    (finding,) = found(Rule.UNVERIFIED, GOAL, built, launched, grown)
    assert finding.tasks == ("a",)
    late = task("c", "Check that the shop answers", "b", criterion=1)
    assert found(Rule.UNVERIFIED, GOAL, built, launched, late) == ()


def test_a_check_of_the_next_thing_is_none_of_the_first() -> None:
    goal = goal_of("Build the engine", "Build the cabin")
    tasks = (
        task("a", "Build the engine"),
        task("b", "Build the cabin", "a", criterion=1),
        task("c", "Test the cabin", "b", criterion=1),
    )
    (finding,) = found(Rule.UNVERIFIED, goal, *tasks)
    assert finding.tasks == ("a",)
    assert finding.criterion == 0
    engine = task("d", "Test the engine", "c", criterion=1)
    assert found(Rule.UNVERIFIED, goal, *tasks, engine) == ()


def test_a_far_check_of_something_else_is_none() -> None:
    tasks = (
        task("a", "Develop the shop", criterion=None),
        task("b", "Launch it", "a", criterion=1),
        task("c", "Review the numbers", "b", criterion=None),
    )
    (finding,) = found(Rule.UNVERIFIED, GOAL, *tasks)
    assert (finding.tasks, finding.criterion) == (("a",), None)


def test_a_check_that_can_never_run_is_none() -> None:
    tasks = (
        task("a", "Develop the shop"),
        decision("d", "Shall it be tested?", "a"),
        replace(task("b", "Test the shop", "d"), only_if=("d", "Perhaps")),
    )
    assert found(Rule.UNVERIFIED, GOAL, *tasks)


def test_what_is_checked_as_it_is_built_needs_no_second_check() -> None:
    assert found(Rule.UNVERIFIED, GOAL, task("a", "Develop the shop, each part tested with a customer")) == ()
    assert found(Rule.UNVERIFIED, GOAL, task("a", "Develop the shop, each part painted by a customer"))


def test_writing_tests_is_checking() -> None:
    assert found(Rule.UNVERIFIED, GOAL, task("a", "Write the unit tests")) == ()
    assert found(Rule.UNVERIFIED, GOAL, task("a", "Develop the shop"), task("b", "Add regression tests", "a")) == ()


@pytest.mark.parametrize("title", ["Launch the shop", "Publish the shop", "Test the shop with ten people"])
def test_what_is_not_built_yet_is_neither_launched_nor_tested(title: str) -> None:
    tasks = (task("a", "Develop the shop"), task("b", title, criterion=1))
    (finding,) = found(Rule.EARLY, GOAL, *tasks)
    assert finding.tasks == ("b", "a")
    assert found(Rule.EARLY, GOAL, tasks[0], replace(tasks[1], after=("a",))) == ()


def test_a_check_of_one_thing_need_not_wait_for_its_namesake() -> None:
    tasks = (task("a", "Develop the shop"), task("b", "Test the shop", "a"), task("c", "Rebuild and build the shop"))
    assert found(Rule.EARLY, GOAL, *tasks) == ()


def test_roads_that_exclude_each_other_need_no_order() -> None:
    tasks = (
        decision("d", "Own shop?"),
        replace(task("a", "Develop the shop"), only_if=("d", "Yes")),
        replace(task("b", "Launch the shop"), only_if=("d", "No")),
    )
    assert found(Rule.EARLY, GOAL, *tasks) == ()


def test_the_old_one_goes_when_the_new_one_stands() -> None:
    goal = goal_of("Migrate the database", "Switch off the old server")
    tasks = (task("a", "Migrate the database"), task("b", "Switch off the old server", criterion=1))
    (finding,) = found(Rule.EARLY, goal, *tasks)
    assert finding.tasks == ("b", "a")
    assert found(Rule.EARLY, goal, tasks[0], replace(tasks[1], after=("a",))) == ()
    assert found(Rule.EARLY, goal_of("Tidy"), task("b", "Cancel the old subscription")) == ()
    aside = (task("c", "Cancel the old contract"), task("b", "Delete the old server", "c"), tasks[0])
    assert [finding.tasks for finding in found(Rule.EARLY, goal, *aside)] == [("c", "a")]
    unrelated = (task("a", "Draw a map"), task("b", "Cancel the old subscription"))
    assert found(Rule.EARLY, goal_of("Tidy"), *unrelated) == ()


def test_a_party_waits_for_all_that_is_arranged_for_it() -> None:
    goal = goal_of("Hold the party")
    tasks = (task("a", "Book the hall"), task("b", "Invite 20 guests"), task("c", "Order the cake", "a"))
    (finding,) = found(Rule.EARLY, goal, *tasks, task("p", "Hold the party", "c"))
    assert finding.tasks == ("p", "b")
    assert found(Rule.EARLY, goal, *tasks, task("p", "Hold the party", "b", "c")) == ()
