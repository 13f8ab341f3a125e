"""Whole plans, good and careless: what a thoughtful person would say of them, and nothing else."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from engine.goals import Goal
from engine.planning.quality import Circumstances, Quality, Rule, Severity, quality_of
from engine.planning.requests import PlanRequest
from engine.plans import Plan, PlannedTask
from engine.values import GoalId
from tests.engine.planning.planners import planner
from tests.engine.planning.quality.drafts import AT_NOW, NOW, goal_of, hours, plan_of, task

EXPECTED = sorted((Path(__file__).parents[1] / "expected").glob("*.txt"))
MOMENTUM = (
    "Complete market research",
    "Develop strategy logic",
    "Backtest on 2 years of data",
    "Optimize parameters",
    "Deploy to paper trading",
    "Monitor for 1 week",
    "Deploy to live if profitable",
)
DASHBOARD = (
    "Design UI mockups",
    "Develop MVP",
    "User testing with 20 beta users",
    "Implement feedback",
    "Launch on Product Hunt",
    "Achieve 500 signups",
)
LEARNING = (
    "Complete Andrew Ng's course",
    "Read Goodfellow's book",
    "Implement CNN from scratch",
    "Implement RNN/LSTM",
    "Complete 5 Kaggle competitions",
    "Build production ML system",
)


WHOLE = (Rule.UNCOVERED, Rule.UNREACHABLE, Rule.ORPHANED, Rule.ASKED_TWICE, Rule.SERIAL)
"""What no plan of ours may be told."""


def asked(goal: Goal) -> PlanRequest:
    return PlanRequest(goal=goal, now=NOW, zone="Europe/Berlin", commands=("deploy",))


def remarks(quality: Quality, plan: Plan) -> list[tuple[Rule, list[str]]]:
    titles = {one.key: one.title for one in plan.tasks}
    return [(one.rule, [titles[key] for key in one.tasks]) for one in quality.at_least(Severity.REMARK)]


@pytest.mark.long  # half a second; the plans found good by eye are tried below
@pytest.mark.parametrize(("criteria", "days"), [(MOMENTUM, 14), (DASHBOARD, 30), (LEARNING, 180)])
def test_our_plans_for_the_three_goals_stand_the_check(criteria: tuple[str, ...], days: float) -> None:
    goal = goal_of(*criteria, days=days)
    plan = planner().plan(asked(goal))
    for one in (plan, *plan.alternatives):
        quality = quality_of(goal, one, AT_NOW)
        assert [finding for rule in WHOLE for finding in quality.of(rule)] == []
        assert quality.of(Rule.RISK)
        assert all(quality.coverage)
        assert quality.width > 1


@pytest.mark.sample(3)
@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_a_plan_that_was_found_good_by_eye_is_found_good(path: Path) -> None:
    name, *lines = path.read_text(encoding="utf-8").partition("\n---\n")[0].splitlines()
    criteria = tuple(line.removeprefix("* ") for line in lines)
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, created_at=NOW, updated_at=NOW)
    quality = quality_of(goal, planner().plan(asked(goal)), AT_NOW)
    assert all(finding.severity < Severity.PROBLEM for finding in quality.findings)
    assert quality.score >= 95
    assert not quality.of(Rule.ORPHANED)
    assert all(quality.coverage)


def careless_dashboard() -> tuple[PlannedTask, ...]:
    """As somebody in a hurry would have it."""
    return (
        task("a", "Design UI mockups", took=hours(16)),
        task("b", "Develop MVP", "a", criterion=1, took=hours(400)),
        task("c", "Fetch coffee", criterion=None),
        task("d", "Launch on Product Hunt", "b", criterion=4),
        task("e", "Choose a name", criterion=4),
        task("f", "Pick the name", criterion=4),
        replace(task("g", "Achieve 500 signups", "d", criterion=5, took=hours(336)), work="measure"),
        task("h", "Implement the feedback", "b", criterion=3, took=hours(24)),
    )


def test_a_careless_plan_hears_all_that_is_wrong_with_it() -> None:
    goal = goal_of(*DASHBOARD, days=45)
    plan = plan_of(*careless_dashboard())
    quality = quality_of(goal, plan, AT_NOW)
    assert remarks(quality, plan) == [
        (Rule.UNCOVERED, []),
        (Rule.ORPHANED, ["Fetch coffee"]),
        (Rule.UNVERIFIED, ["Design UI mockups"]),
        (Rule.UNVERIFIED, ["Develop MVP"]),
        (Rule.UNVERIFIED, ["Implement the feedback"]),
        (Rule.TOO_LARGE, ["Develop MVP"]),
        (Rule.ASKED_TWICE, ["Choose a name", "Pick the name"]),
    ]
    assert [finding.criterion for finding in quality.of(Rule.UNCOVERED)] == [2]
    assert quality.score == round(100 - 100 / 6 - 4 - 3 * 6 - 5 - 5)
    assert quality_of(goal_of(*DASHBOARD, days=20), plan, AT_NOW).of(Rule.DEADLINE)


def test_a_mended_plan_scores_more() -> None:
    goal = goal_of(*DASHBOARD, days=45)
    kept = [one for one in careless_dashboard() if one.key not in {"c", "f"}]
    mended = [
        replace(one, estimate=hours(60)) if one.key == "b" else replace(one, after=("t",)) if one.key == "h" else one
        for one in kept
    ]
    more = (
        task("r", "Have Ann review the mockups", "a"),
        task("t", "User testing with 20 beta users", "b", criterion=2),
        task("s", "Show the changes to those users", "h", criterion=3),
    )
    plan = plan_of(*mended, *more)
    quality = quality_of(goal, plan, AT_NOW)
    assert remarks(quality, plan) == []
    assert quality.score == 100


def test_a_learner_s_plan_in_one_line_is_told_what_can_go_side_by_side() -> None:
    goal = goal_of(*LEARNING, days=180)
    works = [task(f"t{n}", text, criterion=n, took=hours(40)) for n, text in enumerate(LEARNING)]
    line = [replace(one, after=(f"t{n - 1}",) if n else ()) for n, one in enumerate(works)]
    quality = quality_of(goal, plan_of(*line), AT_NOW)
    (serial,) = quality.of(Rule.SERIAL)
    assert 1 in (serial.criterion, serial.beside), "the book can be read beside the rest"
    assert [finding.tasks for finding in quality.of(Rule.UNVERIFIED)] == [("t2",), ("t3",), ("t5",)]
    assert quality.width == 1


def test_a_trading_plan_in_one_line_is_as_it_must_be() -> None:
    goal = goal_of(*MOMENTUM, days=14)
    line = [
        task(f"t{n}", text, *((f"t{n - 1}",) if n else ()), criterion=n, took=hours(9))
        for n, text in enumerate(MOMENTUM)
    ]
    plan = plan_of(*line)
    assert remarks(quality_of(goal, plan, AT_NOW), plan) == [
        (Rule.UNVERIFIED, ["Optimize parameters"]),
        (Rule.UNVERIFIED, ["Deploy to live if profitable"]),
    ]


def test_the_moment_is_part_of_the_question() -> None:
    goal = goal_of("Cook", days=2)
    plan = plan_of(task("a", "Cook", took=hours(30)))
    assert not quality_of(goal, plan, AT_NOW).findings
    assert quality_of(goal, plan, Circumstances(now=NOW + dt.timedelta(days=1))).of(Rule.DEADLINE)


@pytest.mark.parametrize(
    ("criterion", "plausible"),
    [
        ("Hire 30 engineers in 2 weeks", False),
        ("Hire 3 engineers in 3 months", True),
        ("Hire 2 engineers by the end of March", True),
        ("Read 30 books in 3 days", False),
        ("Interview 12 customers in 2 weeks", True),
        ("Recruit 20 beta users in 3 weeks", True),
    ],
)
def test_a_pace_that_nobody_can_keep_is_remarked(criterion: str, plausible: bool) -> None:
    goal = goal_of(criterion)
    quality = quality_of(goal, planner().plan(asked(goal)), AT_NOW)
    assert bool(quality.of(Rule.PACE)) is not plausible
