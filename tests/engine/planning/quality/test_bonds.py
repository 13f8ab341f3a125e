"""What a plan owes to what ties its criteria: the doing itself, its days, its farewells, its order."""

from dataclasses import replace

import pytest

from engine.planning.quality import Rule, Severity
from engine.plans import PlannedTask
from tests.engine.planning.quality.drafts import checked, found, goal_of, task

IMPORTER = goal_of("Develop the importer")


def wait(key: str, *after: str, criterion: int = 0) -> PlannedTask:
    return replace(
        task(key, "Wait until 3 March", *after, criterion=criterion), work="wait", inputs={"until": "2026-03-03"}
    )


def test_what_is_only_written_down_and_tested_is_not_done() -> None:
    beside = (
        task("a", "Write down what the importer must do"),
        task("c", "Test the importer against that list", "a"),
    )
    (finding,) = found(Rule.UNDONE, IMPORTER, *beside)
    assert (finding.severity, finding.criterion, finding.tasks) == (Severity.PROBLEM, 0, ("a", "c"))
    assert checked(IMPORTER, *beside).score == 0
    assert found(Rule.UNDONE, IMPORTER, *beside, task("b", "Develop the importer", "a")) == ()
    assert found(Rule.UNDONE, IMPORTER, replace(task("b", "List it"), work="subgoal")) == ()


@pytest.mark.parametrize("text", ["Write down the rules", "List all rooms", "Test the importer", "Research the market"])
def test_a_criterion_that_asks_for_words_or_a_check_is_done_by_them(text: str) -> None:
    assert found(Rule.UNDONE, goal_of(text), task("a", text)) == ()


@pytest.mark.parametrize(
    ("criterion", "ready"),
    [
        ("Pass the maths exam on 3 March", "Study for the maths exam"),
        ("Pass the maths exam on 3 March", "Take a second trial of the maths exam"),
        ("Prepare for the interview on 3 March", "Prepare for the interview on 3 March"),
        ("Party on 3 March", "Invite 20 guests"),
    ],
)
def test_what_gets_one_ready_for_a_day_is_no_good_after_it(criterion: str, ready: str) -> None:
    goal = goal_of(criterion)
    behind = (wait("w"), task("s", ready, "w"), task("p", "Pass the maths exam on 3 March", "s"))
    (finding,) = found(Rule.LATE, goal, *behind)
    assert (finding.severity, finding.tasks) == (Severity.PROBLEM, ("s", "w"))
    before = (task("s", ready), wait("w", "s"), task("p", "Pass the maths exam on 3 March", "w"))
    assert found(Rule.LATE, goal, *before) == ()


@pytest.mark.parametrize(
    "criterion", ["Study maths from 3 March", "Start to study on 3 March", "Study maths on 3 March"]
)
def test_what_begins_or_happens_on_a_day_waits_for_it(criterion: str) -> None:
    assert found(Rule.LATE, goal_of(criterion), wait("w"), task("s", "Study maths", "w")) == ()


def test_a_farewell_that_waits_for_nothing_is_a_problem_and_no_remark() -> None:
    goal = goal_of("Set up the new server", "Move 120 mailboxes", "Switch off the old server")
    tasks = (
        task("a", "Set up the new server"),
        task("b", "Back up all mailboxes", criterion=1),
        task("c", "Switch off the old server", criterion=2),
    )
    (finding,) = found(Rule.EARLY, goal, *tasks)
    assert (finding.severity, finding.tasks) == (Severity.PROBLEM, ("c", "a", "b"))
    assert found(Rule.EARLY, goal, *tasks[:2], replace(tasks[2], after=("a", "b"))) == ()
    (half,) = found(Rule.EARLY, goal, *tasks[:2], replace(tasks[2], after=("a",)))
    assert half.tasks == ("c", "b")


def test_an_address_can_not_answer_before_it_is_put_there() -> None:
    goal = goal_of("Deploy to production", "https://kites.example answers 200")
    check = PlannedTask(key="c", title="https://kites.example answers 200", work="http_check", criterion=1)
    deploy = task("d", "Deploy to production", "c")
    (finding,) = found(Rule.EARLY, goal, check, deploy)
    assert (finding.severity, finding.tasks) == (Severity.PROBLEM, ("c", "d"))
    assert found(Rule.EARLY, goal, replace(deploy, after=()), replace(check, after=("d",))) == ()


@pytest.mark.parametrize("title", ["Party on 20 December", "Have the wedding on 12 June", "Hold the party"])
def test_an_occasion_that_does_not_wait_for_its_guests_is_a_problem(title: str) -> None:
    goal = goal_of(title, "Send the invitations")
    tasks = (task("a", "Send the invitations", criterion=1), task("p", title))
    (finding,) = found(Rule.EARLY, goal, *tasks)
    assert (finding.severity, finding.tasks) == (Severity.PROBLEM, ("p", "a"))
    assert found(Rule.EARLY, goal, task("p", title), task("a", "Send the invitations", "p", criterion=1))
    assert found(Rule.EARLY, goal, tasks[0], replace(tasks[1], after=("a",))) == ()


@pytest.mark.parametrize(
    "criteria",
    [
        ("Bake the cake", "Decorate it"),
        ("Design the poster", "Print it after the poster is designed"),
        ("Sell the house", "Then celebrate"),
    ],
)
def test_what_belongs_behind_something_else_waits_for_it(criteria: tuple[str, str]) -> None:
    goal = goal_of(*criteria)
    tasks = (task("a", criteria[0]), task("b", criteria[1], criterion=1))
    (finding,) = found(Rule.UNLINKED, goal, *tasks)
    assert (finding.tasks, finding.criterion, finding.beside) == (("b", "a"), 1, 0)
    assert found(Rule.UNLINKED, goal, tasks[0], replace(tasks[1], after=("a",))) == ()
