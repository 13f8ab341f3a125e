"""Goals that are planned together with the goals under them."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from engine.goals import MAX_DEPTH, Goal
from engine.planning.bridge.prospects import foreseen
from engine.planning.bridge.subgoals import LARGE_PART, LARGE_PLAN, with_large_parts
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest
from engine.planning.slices import run_through
from engine.plans import Plan, PlannedTask, check_plan
from engine.tasks import Estimate
from engine.values import GoalId
from engine.work.subgoals import kept_plan, plan_under, steps_under
from tests.engine.planning.planners import general_planner

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
SHOP = ("Anna's team: build the shop; write the product texts", "Launch on Product Hunt", "@bob designs the logo")


def goal_of(criteria: tuple[str, ...], **facts: object) -> Goal:
    goal = Goal(id=GoalId(1), name="Launch the shop", criteria=criteria, created_at=NOW, updated_at=NOW)
    return changed(goal, **facts)  # type: ignore[arg-type]  # the facts are fields


def planned(goal: Goal, works: frozenset[str] = BUILT_IN_WORKS) -> Plan:
    return general_planner().plan(PlanRequest(goal=goal, now=NOW, works=works))


def test_what_is_somebody_else_s_is_a_goal_of_its_own_with_the_plan_that_it_would_make_itself() -> None:
    plan = planned(goal_of(SHOP))
    (anna,) = (task for task in plan.tasks if task.title.startswith("Anna's team"))
    below = plan_under(anna.inputs)
    assert below is not None
    child = Goal(
        id=GoalId(2),
        name=str(anna.inputs["name"]),
        description=str(anna.inputs["description"]),
        criteria=("Build the shop", "Write the product texts"),
        created_at=NOW,
        updated_at=NOW,
    )
    assert below.tasks == planned(child).tasks
    assert steps_under(anna.inputs) == tuple(task.title for task in below.tasks)
    assert anna.criterion == 0
    assert anna.critical


def test_its_odds_and_hours_are_those_of_its_plan_and_those_of_the_whole_rest_on_them() -> None:
    plan = planned(goal_of(SHOP))
    handed = [task for task in plan.tasks if task.work == "subgoal"]
    assert len(handed) == 2
    for task in handed:
        below = plan_under(task.inputs)
        assert below is not None
        assert below.prospect is not None
        assert task.success == pytest.approx(below.prospect.probability)
        assert task.estimate == below.prospect.hours
    assert plan.prospect is not None
    assert plan.prospect.probability == pytest.approx(math.prod(task.success for task in plan.tasks))


def test_what_somebody_else_does_stands_where_its_doing_belongs() -> None:
    places = {task.title: place for place, task in enumerate(planned(goal_of(SHOP)).tasks)}
    anna = next(place for title, place in places.items() if title.startswith("Anna's team"))
    assert anna < places["Launch on Product Hunt"], "nobody launches what is not built"
    (launch,) = (task for task in planned(goal_of(SHOP)).tasks if task.title == "Launch on Product Hunt")
    before, tasks = set(launch.after), {task.key: task for task in planned(goal_of(SHOP)).tasks}
    while more := {key for one in before for key in tasks[one].after} - before:
        before |= more
    assert any(tasks[key].title.startswith("Anna's team") for key in before)


def test_five_deep_nothing_is_planned_below_and_without_the_work_a_person_is_asked() -> None:
    deep = planned(goal_of(SHOP, depth=MAX_DEPTH))
    assert not any(steps_under(task.inputs) for task in deep.tasks)
    alone = planned(goal_of(SHOP), works=frozenset({"person"}))
    assert {task.work for task in alone.tasks} == {"person"}


def test_a_plan_comes_back_from_the_inputs_as_it_went_in() -> None:
    plan = planned(goal_of(("Build the shop", "Launch it if the budget allows", "Reach 500 signups")))
    back = plan_under({"plan": kept_plan(plan)})
    assert back is not None
    assert (back.tasks, back.prospect, back.tree) == (plan.tasks, plan.prospect, plan.tree)
    assert back.alternatives == ()


@pytest.mark.parametrize("kept", [None, 3, "plan", [], {}, {"tasks": []}, {"tasks": [{"key": 3}], "source": "x"}])
def test_what_is_no_plan_is_none(kept: object) -> None:
    assert plan_under({"plan": kept}) is None  # type: ignore[dict-item]  # anything may stand in a database
    assert plan_under({}) is None


FOUR = ("c0", "c1", "c2", "c3")


def task(key: str, criterion: int, *after: str) -> PlannedTask:
    return PlannedTask(
        key=key, title=key, after=after, criterion=criterion, estimate=Estimate(low=1, likely=2, high=3), success=0.9
    )


def whole(tasks: tuple[PlannedTask, ...]) -> Plan:
    odds = math.prod(one.success for one in tasks)
    nodes = [{"label": one.key, "task": "t", "key": one.key} for one in tasks if one.criterion == 0]
    clause = {"text": "c", "tasks": [node["key"] for node in nodes], "parts": [{"label": "x", "children": nodes}]}
    tree = {"goal": "Launch the shop", "criteria": [{"index": 0, "text": "c0", "clauses": [clause]}]}
    promised = run_through(foreseen(PlanRequest(goal=goal_of(FOUR), now=NOW), tasks, odds, 0.0))
    return Plan(tasks=tasks, source="test", prospect=promised, tree=tree)  # type: ignore[arg-type]  # lists of texts are JSON


def large(count: int = LARGE_PART + 1, rest: int = LARGE_PLAN) -> tuple[PlannedTask, ...]:
    """A chain for the first criterion, and a longer one beside it for the others."""
    first = [task(f"a{n}", 0, *([f"a{n - 1}"] if n else [])) for n in range(count)]
    return (*first, *(task(f"b{n}", 1 + n % 3, *([f"b{n - 1}"] if n else [])) for n in range(rest)))


def parted(tasks: tuple[PlannedTask, ...], criteria: tuple[str, ...] = FOUR, **facts: object) -> Plan:
    return run_through(with_large_parts(PlanRequest(goal=goal_of(criteria, **facts), now=NOW), whole(tasks)))


def test_a_large_part_of_a_large_plan_becomes_a_goal_of_its_own() -> None:
    tasks = (*large(), task("end", 3, f"a{LARGE_PART}"))
    plan = parted(tasks)
    check_plan(plan.tasks)
    (below,) = (one for one in plan.tasks if one.work == "subgoal")
    assert len(steps_under(below.inputs)) == LARGE_PART + 1
    assert below.inputs["criteria"] == ["c0"]
    assert below.success == pytest.approx(0.9 ** (LARGE_PART + 1))
    assert below.weight == LARGE_PART + 1
    before = whole(tasks).prospect
    assert plan.prospect is not None
    assert before is not None
    assert plan.prospect.probability == before.probability
    assert plan.prospect.hours.likely == pytest.approx(before.hours.likely, rel=0.1), "its tasks are the same"
    assert plan.tasks[-1].after == (below.key,)
    inner = plan_under(below.inputs)
    assert inner is not None
    assert {one.criterion for one in inner.tasks} == {0}
    assert str(plan.tree).count(below.key) == LARGE_PART + 2, "/why leads to the task that stands for it"
    assert "'a3'" in str(inner.tree)


def long_way(first: str) -> tuple[PlannedTask, ...]:
    """What takes longest of all, behind one task."""
    return tuple(task(f"e{n}", 3, f"e{n - 1}" if n else first) for n in range(LARGE_PLAN))


@pytest.mark.parametrize(
    "plan",
    [
        parted(large(count=LARGE_PART)),
        parted(large(rest=10)),
        parted(large(), criteria=("c0", "c1", "c2")),
        parted(large(), depth=MAX_DEPTH),
        parted((*large(), task("early", 3, "a0"), *long_way("early"))),
        parted((*large(), task("mid", 3, "a2"), task("again", 0, "mid"))),
    ],
    ids=["small", "few tasks", "few criteria", "too deep", "later by it", "what is behind it comes before some of it"],
)  # fmt: skip
def test_no_part_is_taken_out_that_is_small_or_would_cost_time_or_close_a_circle(plan: Plan) -> None:
    assert not any(one.work == "subgoal" for one in plan.tasks)


@st.composite
def plans(draw: st.DrawFn) -> tuple[PlannedTask, ...]:
    """Plans of four criteria, wired at random."""
    made: list[PlannedTask] = []
    for number in range(draw(st.integers(LARGE_PLAN, LARGE_PLAN + 15))):
        before = draw(st.sets(st.integers(max(0, number - 5), number - 1), max_size=2)) if number else set()
        criterion = draw(st.sampled_from((0, 0, 0, 0, 1, 2, 3)))
        made.append(task(f"t{number}", criterion, *(f"t{one}" for one in sorted(before))))
    return tuple(made)


@given(plans())
def test_whatever_is_taken_out_no_task_is_lost_and_no_order_between_tasks(tasks: tuple[PlannedTask, ...]) -> None:
    plan = parted(tasks)
    check_plan(plan.tasks)
    below = [one for one in plan.tasks if one.work == "subgoal"]
    inner = [under for one in below for under in (plan_under(one.inputs),) if under is not None]
    for one in inner:
        check_plan(one.tasks)
    stands_for = {step.key: top.key for top, under in zip(below, inner, strict=True) for step in under.tasks}
    assert {one.key for one in plan.tasks} - {one.key for one in below} | set(stands_for) == {t.key for t in tasks}
    new = {one.key: set(one.after) for one in (*plan.tasks, *(step for under in inner for step in under.tasks))}
    for one in tasks:
        for key in one.after:
            first, then = stands_for.get(key, key), stands_for.get(one.key, one.key)
            assert (key in new[one.key]) if first == then else (first in new[then])
    assert plan.prospect is not None
    assert plan.prospect.probability == pytest.approx(math.prod(one.success for one in plan.tasks))
