"""Needless waiting, and what can hold up the end."""

import itertools
from dataclasses import replace

import pytest

from engine.planning.quality import Circumstances, Reason, Rule, Severity
from engine.plans import PlannedTask
from tests.engine.planning.quality.drafts import NOW, checked, found, goal_of, hours, task

ERRANDS = goal_of("Renew the passport", "Repair the bike", "Read the book about bees")


def chain(*tasks: PlannedTask) -> list[PlannedTask]:
    """Each after the one before it."""
    return [tasks[0], *(replace(then, after=(first.key,)) for first, then in itertools.pairwise(tasks))]


def errands() -> list[PlannedTask]:
    return chain(
        task("a", "Renew the passport", took=hours(20)),
        task("b", "Repair the bike", criterion=1, took=hours(10)),
        task("c", "Try out the bike", criterion=1, took=hours(1)),
        task("d", "Read the book about bees", criterion=2, took=hours(30)),
    )


def test_a_line_through_things_that_have_nothing_in_common_is_found() -> None:
    quality = checked(ERRANDS, *errands())
    (finding,) = quality.of(Rule.SERIAL)
    assert (finding.criterion, finding.beside, finding.severity) == (0, 2, Severity.REMARK)
    assert finding.found == 30
    assert quality.width == 1
    assert quality.score == 92


def test_two_tasks_are_no_line() -> None:
    tasks = chain(task("a", "Renew the passport"), task("b", "Repair the bike", criterion=1))
    assert found(Rule.SERIAL, ERRANDS, *tasks) == ()


def test_side_by_side_nothing_is_found() -> None:
    tasks = errands()
    quality = checked(ERRANDS, *tasks[:3], replace(tasks[3], after=()))
    assert quality.of(Rule.SERIAL) == ()
    assert quality.width == 2


def test_checks_may_hang_off_the_line() -> None:
    tasks = errands()
    aside = [*tasks[:3], replace(tasks[3], after=("b",))]
    assert checked(ERRANDS, *aside).of(Rule.SERIAL)


@pytest.mark.parametrize(
    "criteria",
    [
        ("Complete market research", "Develop strategy logic", "Backtest on 2 years of data"),
        ("Complete market research", "Backtest on 2 years of data", "Develop strategy logic"),
        ("Build the app", "Test the app", "Launch the app"),
        ("1. Renew the passport", "2. Repair the bike", "3. Read the book about bees"),
        ("Renew the passport", "Then repair the bike", "Then read the book about bees"),
        ("Сделать макет", "Написать код", "Запустить сайт"),
        ("frob", "blip", "zonk"),
    ],
)
def test_a_line_with_a_reason_is_none_of_our_business(criteria: tuple[str, ...]) -> None:
    tasks = chain(*(task(f"t{index}", text, criterion=index, took=hours(9)) for index, text in enumerate(criteria)))
    assert found(Rule.SERIAL, goal_of(*criteria), *tasks) == ()


def test_what_shares_an_object_is_not_apart() -> None:
    goal = goal_of("Renew the passport", "Repair the bike")
    tasks = chain(
        task("a", "Renew the passport", took=hours(20)),
        task("b", "Ride the bike to the office", took=hours(1)),
        task("c", "Repair the bike", criterion=1, took=hours(20)),
    )
    assert found(Rule.SERIAL, goal, *tasks) == ()


def test_a_small_gain_is_not_worth_a_word() -> None:
    goal = goal_of("Renew the passport", "Repair the bike")
    tasks = chain(
        task("a", "Renew the passport", took=hours(300)),
        task("b", "Get a photo", took=hours(300)),
        task("c", "Repair the bike", criterion=1, took=hours(10)),
    )
    assert found(Rule.SERIAL, goal, *tasks) == ()


def test_risks_on_the_longest_way_are_named_with_their_reasons_the_gravest_first() -> None:
    tasks = (
        task("a", "Hire an engineer", took=hours(50)),
        replace(task("b", "Run deploy", "a", took=hours(5)), work="command", critical=True),
        replace(task("c", "Draw a picture", "b", took=hours(5)), critical=True),
        replace(task("d", "Draw another house", "c", took=hours(9)), critical=True),
        replace(task("e", "Invite everyone", took=hours(1)), critical=True),
    )
    given = Circumstances(now=NOW, odds={"c": 0.5})
    findings = found(Rule.RISK, goal_of("Do it"), *tasks, given=given)
    assert [(finding.tasks[0], finding.reasons) for finding in findings] == [
        ("c", (Reason.LOW_ODDS, Reason.CRITICAL)),
        ("b", (Reason.UNREPEATABLE, Reason.CRITICAL)),
        ("a", (Reason.OUTSIDE,)),
    ]
    assert {finding.severity for finding in findings} == {Severity.NOTE}


def test_of_what_is_only_critical_just_the_longest_is_named() -> None:
    tasks = chain(*(replace(task(f"t{n}", f"Draw house {n}", took=hours(n)), critical=True) for n in range(1, 6)))
    (finding,) = found(Rule.RISK, goal_of("Draw"), *tasks)
    assert (finding.tasks, finding.reasons) == (("t5",), (Reason.CRITICAL,))


def test_what_has_slack_is_no_risk_to_the_end() -> None:
    tasks = (
        task("a", "Draw a castle", took=hours(50)),
        replace(task("b", "Draw a hut", took=hours(5)), critical=True, success=0.2),
    )
    assert found(Rule.RISK, goal_of("Draw"), *tasks) == ()


def test_a_plan_that_leans_on_luck_loses_points() -> None:
    lucky = replace(task("a", "Win the lottery"), success=0.01)
    quality = checked(goal_of("Get rich"), lucky)
    (finding,) = quality.of(Rule.RISK)
    assert (finding.severity, finding.odds, finding.reasons) == (Severity.REMARK, 0.01, (Reason.LOW_ODDS,))
    assert quality.score == 97
    assert checked(goal_of("Get rich"), lucky, given=Circumstances(now=NOW, odds={"a": 0.9})).score == 100


def test_time_can_not_fail() -> None:
    wait = replace(task("a", "Wait a week", took=hours(168)), work="wait", critical=True)
    assert found(Rule.RISK, goal_of("Wait"), wait) == ()


def test_works_that_must_not_run_twice_are_told_by_the_installation() -> None:
    given = Circumstances(now=NOW, unrepeatable=frozenset({"pay"}))
    bill = replace(task("a", "Pay the bill"), work="pay")
    (finding,) = found(Rule.RISK, goal_of("Pay"), bill, given=given)
    assert finding.reasons == (Reason.UNREPEATABLE,)
    assert found(Rule.RISK, goal_of("Pay"), replace(bill, work="command"), given=given) == ()
