"""What holds for the check of every plan that can be carried out, however odd."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.goals import Goal
from engine.planning.quality import Circumstances, Finding, Quality, Rule, Severity, quality_of
from engine.planning.quality.findings import POINTS, score_of
from engine.plans import Plan, PlannedTask, check_plan
from engine.tasks import Estimate
from engine.values import GoalId, JsonObject
from tests.engine.planning.quality.drafts import AT_NOW, NOW
from tests.examples import examples

WORKS = ("person", "person", "person", "wait", "decide", "measure", "http_check", "command", "subgoal", "agent")
DOINGS = ("Build", "Test", "Launch", "Buy", "Review", "Book", "Hold", "Migrate", "Switch off the old", "Hire", "")
THINGS = ("the shop", "the app", "a lamp", "the party", "20 guests", "the server", "🎉", "сайт", "chapter 3", "<b>")
titles = st.one_of(
    st.tuples(st.sampled_from(DOINGS), st.sampled_from(THINGS)).map(" ".join), st.text(min_size=1, max_size=60)
)
CRITERIA = ("Build the shop", "Launch the app if it works", "Buy a lamp", "Hold the party", "сайт", "🎉")
amounts = st.one_of(st.floats(0, 200), st.floats(0, 1.7e308))


@st.composite
def inputs_of(draw: st.DrawFn) -> JsonObject:
    until = draw(st.sampled_from(("", "2026-02-01", "2026-03-01T10:00:00+00:00", "0001-01-01", "9999-12-31T23:59:59")))
    return draw(
        st.sampled_from(({}, {"until": until}, {"by": until}, {"question": until, "options": ["Yes", "No"]}, {"by": 7}))
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans that `check_plan` takes; they come in an order that can't be carried out as often as not."""
    tasks: list[PlannedTask] = []
    for number in range(draw(st.integers(0, 9))):
        known = [task.key for task in tasks]
        low, likely, high = sorted(draw(st.tuples(amounts, amounts, amounts)))
        tasks.append(
            PlannedTask(
                key=f"k{number}",
                title=draw(titles),
                work=draw(st.sampled_from(WORKS)),
                inputs=draw(inputs_of()),
                after=tuple(draw(st.lists(st.sampled_from(known), max_size=3, unique=True))) if known else (),
                only_if=(draw(st.sampled_from(known)), draw(st.sampled_from(("Yes", "No", "?"))))
                if known and draw(st.integers(0, 4)) == 0
                else None,
                criterion=draw(st.one_of(st.none(), st.integers(0, 3), st.integers(-1, 99))),
                critical=draw(st.booleans()),
                estimate=Estimate(low=low, likely=likely, high=high),
                target_count=draw(st.sampled_from((1, 1, 1, 3, 1000))),
                success=draw(st.sampled_from((1.0, 0.6, 1e-9))),
                cost=draw(amounts),
            )
        )
    random.Random(draw(st.integers(0, 9))).shuffle(tasks)
    return Plan(tasks=tuple(tasks), source="anybody")


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    days = draw(st.one_of(st.none(), st.integers(-30, 400)))
    return Goal(
        id=GoalId(1),
        name="Anything",
        criteria=tuple(draw(st.lists(st.sampled_from(CRITERIA), max_size=4))),
        deadline=NOW + dt.timedelta(days=days) if days is not None else None,
        created_at=NOW,
        updated_at=NOW,
    )


circumstances = st.builds(
    Circumstances,
    now=st.just(NOW),
    odds=st.dictionaries(st.sampled_from(("k0", "k1", "zz")), st.floats(0, 1), max_size=2),
    costs=st.dictionaries(st.sampled_from(("k0", "k1", "zz")), st.floats(0, 1000), max_size=2),
    budget=st.one_of(st.none(), st.floats(0, 2000)),
)
quick = examples(10)


def shape(quality: Quality) -> list[tuple[Rule, Severity]]:
    return sorted((finding.rule, finding.severity) for finding in quality.findings)


@quick
@given(goals(), plans(), circumstances)
def test_no_plan_breaks_the_check_and_the_score_follows_from_the_findings(
    goal: Goal, plan: Plan, given_: Circumstances
) -> None:
    check_plan(plan.tasks)
    quality = quality_of(goal, plan, given_)
    keys = {task.key for task in plan.tasks}
    assert 0 <= quality.score <= 100
    assert quality.score == score_of(quality.findings, len(goal.criteria))
    assert (quality.score == 100) is not any(finding.severity > Severity.NOTE for finding in quality.findings)
    assert [finding.severity for finding in quality.findings] == sorted(
        (finding.severity for finding in quality.findings), reverse=True
    )
    for finding in quality.findings:
        assert keys.issuperset(finding.tasks)
        assert len(set(finding.tasks)) == len(finding.tasks)
    assert len(quality.coverage) == len(goal.criteria)
    for criterion, served in enumerate(quality.coverage):
        told = [one for one in quality.of(Rule.UNCOVERED) if one.severity is Severity.PROBLEM]
        assert (not served and bool(keys)) is any(one.criterion == criterion for one in told)
    assert 0 <= quality.width <= len(plan.tasks)


@quick
@given(goals(), plans())
def test_the_same_plan_gets_the_same_answer_under_other_keys_and_in_another_order(goal: Goal, plan: Plan) -> None:
    def renamed(key: str) -> str:
        return f"x{key}"

    again = [
        replace(
            task,
            key=renamed(task.key),
            after=tuple(map(renamed, reversed(task.after))),
            only_if=(renamed(task.only_if[0]), task.only_if[1]) if task.only_if else None,
        )
        for task in reversed(plan.tasks)
    ]
    first = quality_of(goal, plan, AT_NOW)
    assert quality_of(goal, plan, AT_NOW) == first
    then = quality_of(goal, replace(plan, tasks=tuple(again)), AT_NOW)
    assert shape(then) == shape(first)
    assert then.score == first.score


@quick
@given(goals(), plans())
def test_a_check_behind_what_is_built_never_lowers_the_score(goal: Goal, plan: Plan) -> None:
    before = quality_of(goal, plan, AT_NOW)
    nothing = Estimate(low=0, likely=0, high=0)
    of = {task.key: task for task in plan.tasks}
    checks = [
        PlannedTask(
            key=f"check-{number}",
            title=f"Review number {number + 1000} by eye",
            after=finding.tasks,
            criterion=of[finding.tasks[0]].criterion,
            estimate=nothing,
        )
        for number, finding in enumerate(before.of(Rule.UNVERIFIED))
    ]
    after = quality_of(goal, replace(plan, tasks=(*plan.tasks, *checks)), AT_NOW)
    assert after.of(Rule.UNVERIFIED) == ()
    assert after.score >= before.score


@quick
@given(goals(), plans())
def test_a_task_for_what_is_uncovered_never_lowers_the_score(goal: Goal, plan: Plan) -> None:
    before = quality_of(goal, plan, AT_NOW)
    nothing = Estimate(low=0, likely=0, high=0)
    missing = [finding.criterion for finding in before.of(Rule.UNCOVERED) if finding.severity is Severity.PROBLEM]
    added = [
        PlannedTask(key=f"new-{criterion}", title=f"Zyx number {criterion}", criterion=criterion, estimate=nothing)
        for criterion in missing
    ]
    after = quality_of(goal, replace(plan, tasks=(*plan.tasks, *added)), AT_NOW)
    assert all(after.coverage) or not plan.tasks
    assert after.score >= before.score


@quick
@given(goals(), plans())
def test_a_copy_of_a_persons_task_is_always_found(goal: Goal, plan: Plan) -> None:
    copies = [
        replace(task, key=f"copy-{task.key}", after=(), only_if=None) for task in plan.tasks if task.work == "person"
    ]
    for copied in copies:
        quality = quality_of(goal, replace(plan, tasks=(*plan.tasks, copied)), AT_NOW)
        assert any(copied.key in finding.tasks for finding in quality.of(Rule.ASKED_TWICE))


def test_every_rule_has_its_price() -> None:
    assert set(POINTS) == set(Rule)
    assert all(0 < points.most <= 100 for points in POINTS.values())
    assert all(max(points.problem, points.remark) <= points.most for points in POINTS.values())


@pytest.mark.parametrize("rule", Rule)
def test_no_rule_takes_more_than_its_most(rule: Rule) -> None:
    severity = Severity.PROBLEM if POINTS[rule].problem else Severity.REMARK
    many = tuple(Finding(rule=rule, severity=severity) for _ in range(50))
    assert score_of(many, 10) == round(100 - POINTS[rule].most)
    assert score_of((replace(many[0], severity=Severity.NOTE),), 10) == 100
