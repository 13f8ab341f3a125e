"""Criteria without tasks, tasks without a use, and roads that no answer opens."""

from dataclasses import replace

import pytest

from engine.errors import InvalidInputError
from engine.planning.quality import Rule, Severity, quality_of
from engine.tasks import BY_HAND
from tests.engine.planning.quality.drafts import AT_NOW, checked, decision, found, goal_of, plan_of, task


def test_each_criterion_is_told_with_the_tasks_that_serve_it() -> None:
    quality = checked(
        goal_of("Paint the wall", "Buy a lamp"),
        task("a", "Buy paint"),
        task("b", "Paint the wall", "a"),
        task("c", "Buy a lamp", criterion=1),
    )
    assert quality.coverage == (("a", "b"), ("c",))
    assert quality.score == 100
    assert quality.findings == ()


def test_a_plan_without_tasks_is_worth_nothing() -> None:
    quality = checked(goal_of("Paint the wall"))
    assert [finding.rule for finding in quality.findings] == [Rule.EMPTY]
    assert (quality.score, quality.coverage, quality.width) == (0, ((),), 0)


def test_a_criterion_that_no_task_serves_costs_its_share() -> None:
    goal = goal_of("Paint the wall", "Buy a lamp", "Sell the sofa", "Call Ann")
    quality = checked(goal, *(task(f"t{index}", goal.criteria[index], criterion=index) for index in (0, 1, 3)))
    (finding,) = quality.of(Rule.UNCOVERED)
    assert (finding.criterion, finding.severity) == (2, Severity.PROBLEM)
    assert quality.score == 75


def test_nothing_covered_scores_nothing() -> None:
    quality = checked(goal_of("Paint the wall", "Buy a lamp"), task("a", "Sing", criterion=None))
    assert len(quality.of(Rule.UNCOVERED)) == 2
    assert quality.score == 0


def test_a_task_that_serves_nothing_is_told_with_all_that_leads_only_to_it() -> None:
    findings = found(
        Rule.ORPHANED,
        goal_of("Paint the wall"),
        task("a", "Paint the wall"),
        task("b", "Buy paint for the shed", criterion=None),
        task("c", "Paint the shed", "b", criterion=None),
    )
    assert [finding.tasks for finding in findings] == [("c", "b")]


def test_what_a_person_added_is_of_use_to_them_with_what_it_needs() -> None:
    added = replace(task("b", "Call Ann", "a", criterion=None), method=BY_HAND)
    tasks = (task("w", "Paint the wall"), task("a", "Find her number", criterion=None), added)
    assert found(Rule.ORPHANED, goal_of("Paint the wall"), *tasks) == ()


def test_what_a_serving_task_needs_is_no_orphan() -> None:
    tasks = (task("a", "Buy paint", criterion=None), task("b", "Paint the wall", "a"))
    assert found(Rule.ORPHANED, goal_of("Paint the wall"), *tasks) == ()


def test_a_criterion_that_is_not_there_is_not_served() -> None:
    (finding,) = found(
        Rule.ORPHANED, goal_of("Paint the wall"), task("a", "Paint the wall"), task("b", "Buy a lamp", criterion=7)
    )
    assert (finding.tasks, finding.criterion) == (("b",), 7)
    assert checked(goal_of("Paint the wall"), task("b", "Buy a lamp", criterion=-1)).of(Rule.ORPHANED)


@pytest.mark.parametrize("title", ["Celebrate with the neighbours", "Check that the wall is dry"])
def test_what_closes_or_guards_the_whole_is_no_orphan(title: str) -> None:
    tasks = (
        task("a", "Paint the wall"),
        task("b", "Buy a lamp", criterion=1),
        task("c", title, "a", "b", criterion=None),
    )
    assert found(Rule.ORPHANED, goal_of("Paint the wall", "Buy a lamp"), *tasks) == ()


def test_what_follows_only_one_of_two_criteria_closes_nothing() -> None:
    tasks = (
        task("a", "Paint the wall"),
        task("b", "Buy a lamp", criterion=1),
        task("c", "Celebrate with the neighbours", "a", criterion=None),
    )
    (finding,) = found(Rule.ORPHANED, goal_of("Paint the wall", "Buy a lamp"), *tasks)
    assert finding.tasks == ("c",)


def test_the_check_of_an_orphan_is_no_second_fault() -> None:
    tasks = (
        task("a", "Paint the wall"),
        task("b", "Paint the shed", criterion=None),
        task("c", "Check the shed", "b", criterion=None),
        task("d", "Sell the shed", "c", criterion=None),
    )
    (finding,) = found(Rule.ORPHANED, goal_of("Paint the wall"), *tasks)
    assert finding.tasks == ("d", "b")
    (finding,) = found(Rule.ORPHANED, goal_of("Paint the wall"), *tasks[:3])
    assert finding.tasks == ("b",)


def test_without_criteria_every_task_serves_the_goal() -> None:
    quality = checked(goal_of(), task("a", "Sing", criterion=None))
    assert (quality.score, quality.findings, quality.coverage) == (100, (), ())


def test_a_road_that_no_answer_opens_is_told_with_what_hangs_on_it() -> None:
    quality = checked(
        goal_of("Paint the wall if it pays", "Buy a lamp if it pays"),
        decision("d", "Does it pay?"),
        replace(task("a", "Paint the wall"), only_if=("d", "Maybe")),
        replace(decision("e", "Which lamp?", options=("Red", "Blue")), only_if=("d", "Maybe"), criterion=1),
        replace(task("b", "Buy a red lamp", criterion=1), only_if=("e", "Red")),
    )
    assert [finding.tasks for finding in quality.of(Rule.UNREACHABLE)] == [("a", "d"), ("e", "d"), ("b", "e")]
    assert [finding.option for finding in quality.of(Rule.UNREACHABLE)] == ["Maybe", "Maybe", "Red"]
    assert quality.coverage == (("d",), ())
    assert [finding.criterion for finding in quality.of(Rule.UNCOVERED)] == [1]


def test_a_decider_without_answers_closes_no_road() -> None:
    decider = replace(decision("d", "Does it pay?"), inputs={})
    tasks = (decider, replace(task("a", "Paint the wall"), only_if=("d", "Maybe")))
    assert found(Rule.UNREACHABLE, goal_of("Paint the wall"), *tasks) == ()


def test_a_criterion_served_on_one_road_only_is_left_to_chance() -> None:
    goal = goal_of("Choose a colour", "Paint the wall")
    decider = decision("d", "Paint or paper?", options=("Paint", "Paper"))
    road = replace(task("a", "Paint the wall", criterion=1), only_if=("d", "Paint"))
    (finding,) = found(Rule.UNCOVERED, goal, decider, road)
    assert (finding.severity, finding.criterion, finding.tasks, finding.option) == (Severity.REMARK, 1, ("d",), "Paint")
    other = replace(task("b", "Paper the wall", criterion=1), only_if=("d", "Paper"))
    assert found(Rule.UNCOVERED, goal, decider, road, other) == ()
    conditional = goal_of("Choose a colour", "Paint the wall if there is time")
    assert found(Rule.UNCOVERED, conditional, decider, road) == ()


def test_a_plan_that_cannot_be_carried_out_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        quality_of(goal_of("x"), plan_of(task("a", "Sing", "b"), task("b", "Dance", "a")), AT_NOW)
    with pytest.raises(InvalidInputError):
        quality_of(goal_of("x"), plan_of(task("a", "Sing", "#3")), AT_NOW)
