"""Words of method files that place and name tasks: checkpoints that several tasks reach, and what may go ahead."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.goals import Goal
from engine.planning.bridge.milestones import Reached, with_milestones
from engine.planning.method_planner import MethodPlanner
from engine.planning.methods.libraries import Source, assemble
from engine.planning.methods.sources import builtin_sources
from engine.planning.requests import PlanRequest
from engine.plans import Plan, PlannedTask, check_plan
from engine.values import GoalId
from tests.engine.planning.planners import planner

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
PICNIC = """
name: picnic
summary: Picnics
signs: [picnic]
facts:
  basket_there: There is a basket
compounds:
  hold_picnic:
    summary: Hold a picnic
    phrases: [hold a picnic]
    methods:
      picnic_in_the_park:
        do:
          ahead: borrow_basket
          food:
            task: make_food
          choose: choose_meadow
          pack: pack_basket
          go: go_to_the_park
        checkpoints:
          food: The food is ready
          go: The picnic is over
  make_food:
    summary: Make the food
    methods:
      food_at_once:
        order: parallel
        do:
          salad: make_salad
          cake: bake_cake
steps:
  borrow_basket:
    title: Borrow a basket
    effects: [basket_there]
    odds: 0.99
  make_salad:
    title: Make a salad
    odds: 0.99
  bake_cake:
    title: Bake a cake
    odds: 0.99
  choose_meadow:
    title: Choose a meadow
    odds: 0.99
  pack_basket:
    title: Pack the basket
    when: basket_there
    odds: 0.99
  go_to_the_park:
    title: Go to the park
    odds: 0.99
    critical: true
"""


@pytest.fixture(scope="module")
def picnics() -> MethodPlanner:
    sources = [source for source in builtin_sources() if source.file in ("goal.yaml", "general.yaml")]
    libraries = assemble([*sources, Source(file="picnic.yaml", data=PICNIC.encode())])
    assert not libraries.faults
    return MethodPlanner(libraries)


def plan_of(planner: MethodPlanner, *criteria: str, name: str = "A picnic") -> Plan:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, created_at=NOW, updated_at=NOW)
    plan = planner.plan(PlanRequest(goal=goal, now=NOW))
    check_plan(plan.tasks)
    return plan


def before(plan: Plan, title: str) -> set[str]:
    titles = {task.key: task.title for task in plan.tasks}
    return {titles[key] for key in next(task for task in plan.tasks if task.title == title).after}


def test_a_checkpoint_that_two_tasks_reach_side_by_side_stands_on_the_task_that_waits_for_both(
    picnics: MethodPlanner,
) -> None:
    plan = plan_of(picnics, "Hold a picnic")
    assert before(plan, "Choose a meadow") == {"Make a salad", "Bake a cake"}
    assert {task.checkpoint: task.title for task in plan.tasks if task.checkpoint} == {
        "The food is ready": "Choose a meadow",
        "The picnic is over": "Go to the park",
    }


def test_what_goes_ahead_comes_before_all_that_need_what_it_brings(picnics: MethodPlanner) -> None:
    plan = plan_of(picnics, "Write a list of guests", "Hold a picnic")
    assert before(plan, "Borrow a basket") == set()
    assert before(plan, "Pack the basket") == {"Choose a meadow", "Borrow a basket"}
    assert before(plan, "Make a salad") == {"Write a list of guests"}


def task(key: str, *after: str, only_if: tuple[str, str] | None = None, checkpoint: str = "") -> PlannedTask:
    return PlannedTask(key=key, title=key, after=after, only_if=only_if, checkpoint=checkpoint)


def named(*tasks: PlannedTask, keys: tuple[str, ...] = ("a", "b")) -> dict[str, str]:
    found = with_milestones(tasks, [Reached(name="all of it", keys=keys)], {})
    return {one.key: one.checkpoint for one in found if one.checkpoint}


def test_a_checkpoint_stands_on_the_last_of_its_tasks_where_that_one_follows_the_others() -> None:
    assert named(task("a"), task("b", "a"), task("c", "b")) == {"b": "All of it"}


def test_without_a_task_that_waits_for_all_of_them_nothing_is_told_too_early() -> None:
    assert named(task("a"), task("b"), task("c", "b")) == {}


def test_a_task_of_a_road_that_may_not_be_taken_is_no_place_for_a_checkpoint() -> None:
    assert named(task("a"), task("b"), task("c", "a", "b", only_if=("a", "Go")), task("d", "a", "b")) == {
        "d": "All of it"
    }


def test_a_task_that_has_a_checkpoint_of_its_own_keeps_it() -> None:
    assert named(task("a"), task("b"), task("c", "a", "b", checkpoint="Mine")) == {"c": "Mine"}


def test_a_task_that_another_one_stands_in_for_counts_as_that_one() -> None:
    tasks = (task("a"), task("c", "a"))
    found = with_milestones(tasks, [Reached(name="done", keys=("a", "b"))], {"b": "a"})
    assert [one.checkpoint for one in found] == ["Done", ""]


@given(st.lists(st.sets(st.integers(0, 9)), min_size=2, max_size=10), st.data())
def test_a_checkpoint_is_never_reached_before_all_of_its_tasks(edges: list[set[int]], data: st.DataObject) -> None:
    tasks = tuple(
        task(str(number), *(str(other) for other in sorted(before) if other < number))
        for number, before in enumerate(edges)
    )
    keys = data.draw(st.sets(st.integers(0, len(tasks) - 1), min_size=2))
    found = with_milestones(tasks, [Reached(name="x", keys=tuple(map(str, sorted(keys))))], {})
    for one in found:
        if one.checkpoint:
            done, waiting = set[str](), [one.key]
            while waiting:
                key = waiting.pop()
                done.add(key)
                waiting += tasks[int(key)].after
            assert {str(key) for key in keys} <= done


AHEAD = {
    "Launch the shop": (("Develop the shop", "Test with 20 beta users"), "20"),
    "Trading strategy": (("Develop the strategy", "Backtest on 2 years of data"), "Get and clean the market data"),
    "Move the database to PostgreSQL": (
        ("Migrate the database to PostgreSQL", "Monitor for 1 week"), "Write down what to watch",
    ),
    "Master thesis": (("Review the literature", "Interview 12 experts"), "Win 12 people for an interview"),
}  # fmt: skip


@pytest.mark.parametrize("name", AHEAD)
def test_what_the_built_in_libraries_let_go_ahead_does_not_wait_for_the_criterion_before(name: str) -> None:
    criteria, words = AHEAD[name]
    plan = plan_of(planner(), *criteria, name=name)
    sooner = next(task for task in plan.tasks if task.criterion == 1 and words in task.title)
    assert all(task.criterion != 0 for task in plan.tasks if task.key in sooner.after), sooner


def test_the_label_ahead_is_only_given_where_it_has_a_meaning() -> None:
    domain = planner().libraries.domain
    steps = {one.name: one for one in domain.primitives}
    for method in domain.methods:
        for place, subtask in enumerate(method.subtasks):
            if subtask.label == "ahead":
                assert place == 0, f"{method.name}: not the first"
                assert subtask.task in steps, f"{method.name}: a whole compound"
                assert not steps[subtask.task].preconditions, f"{method.name}: waits for something"
            if subtask.label == "once":
                assert method.name.startswith("any_"), f"{method.name}: means nothing in a subject's library"
