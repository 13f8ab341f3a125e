"""Libraries of a subject: they win where they know better, and the general one stands in where they can't."""

import datetime as dt

import pytest

from engine.goals import Goal
from engine.planning.method_planner import MethodPlanner
from engine.planning.methods.libraries import Source, assemble
from engine.planning.methods.sources import builtin_sources
from engine.planning.requests import PlanRequest
from engine.plans import Plan, PlannedTask, check_plan
from engine.values import GoalId, JsonValue

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
BAKERY = """
name: bakery
summary: Bread
signs: [bread, bakery]
facts:
  dough(thing): The dough for it is ready
  oven_hot: The oven is hot
  stand_is_rented: There is a stand
context:
  flag has_oven = false: There is an oven
compounds:
  bake(thing):
    summary: Bake {thing}
    phrases: ["bake {thing}", "make {thing}"]
    methods:
      bake_at_home:
        summary: at home; the house smells of it
        do:
          ahead: buy_flour
          heat:
            task: heat_oven
            each: not oven_hot
          mix: mix_dough(?thing)
          oven: put_into_oven(?thing)
        checkpoints:
          mix: The dough for {thing} rests
      buy_it_baked:
        summary: from the shop; quick, and it is not the same
        odds: 0.7
        do:
          shop: buy_bread(?thing)
  slice_loaves(number n):
    summary: Slice {n} loaves
    phrases: ["slice {n} loaves"]
    methods:
      slice_by_hand:
        do:
          cut: cut_loaves(?n)
  sell_at_market(thing):
    summary: Sell {thing}
    phrases: ["sell {thing}"]
    methods:
      sell_with_a_stand:
        when: stand_is_rented
        do:
          stand: stand_at_market(?thing)
steps:
  buy_flour:
    title: Buy flour
    estimate: 1-2-4h
    odds: 0.99
  heat_oven:
    title: Heat the oven
    effects: [oven_hot]
    estimate: 20-30-40min
    odds: 0.99
  mix_dough(thing):
    title: Mix the dough for {thing}
    effects: [dough ?thing]
    estimate: 1-2-4h
    odds: 0.97
  put_into_oven(thing):
    title: Bake {thing}
    when:
      - dough ?thing
      - oven_hot
    expected: It smells good
    checks: [It sounds hollow, The crust is brown]
    estimate: 1-1-2h
    odds: 0.95
    weight: 3
    critical: true
  buy_bread(thing):
    title: Buy {thing}
    estimate: 10-30-60min
    odds: 0.95
  cut_loaves(number n):
    title: Cut {n} loaves
    count: ?n
    estimate: 5-10-20min
    odds: 0.99
  stand_at_market(thing):
    title: Sell {thing} at the market
    estimate: 4-6-8h
    odds: 0.9
"""


@pytest.fixture(scope="module")
def planner() -> MethodPlanner:
    sources = [source for source in builtin_sources() if source.file in ("goal.yaml", "general.yaml")]
    libraries = assemble([*sources, Source(file="bakery.yaml", data=BAKERY.encode())])
    assert not libraries.faults
    return MethodPlanner(libraries)


def plan_of(planner: MethodPlanner, *criteria: str, name: str = "Run a bakery", **metadata: JsonValue) -> Plan:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, metadata=metadata, created_at=NOW, updated_at=NOW)
    plan = planner.plan(PlanRequest(goal=goal, now=NOW))
    check_plan(plan.tasks)
    return plan


def task_of(plan: Plan, title: str) -> PlannedTask:
    return next(task for task in plan.tasks if task.title == title)


def before(plan: Plan, title: str) -> set[str]:
    titles = {task.key: task.title for task in plan.tasks}
    return {titles[key] for key in task_of(plan, title).after}


@pytest.mark.long
def test_a_library_that_knows_the_subject_wins_over_the_general_one(planner: MethodPlanner) -> None:
    plan = plan_of(planner, "Bake rye bread")
    assert [task.title for task in plan.tasks] == [
        "Buy flour", "Heat the oven", "Mix the dough for rye bread", "Bake rye bread",
    ]  # fmt: skip
    assert {task.method for task in plan.tasks} == {"bake_at_home"}
    assert plan.alternatives[0].difference.startswith("Bake rye bread: from the shop, instead of at home")


def test_without_the_subject_its_phrases_mean_nothing(planner: MethodPlanner) -> None:
    plan = plan_of(planner, "Bake a cake", name="Birthday")
    assert [task.title for task in plan.tasks] == ["Bake a cake"]


def test_what_carries_a_criterion_says_so_with_what_to_look_at(planner: MethodPlanner) -> None:
    baking = task_of(plan_of(planner, "Bake rye bread"), "Bake rye bread")
    assert baking.expected.summary == "Bake rye bread – It sounds hollow; the crust is brown"
    assert baking.critical
    assert baking.weight == pytest.approx(0.5)


def test_the_milestone_of_a_method_hangs_on_the_step_that_reaches_it(planner: MethodPlanner) -> None:
    plan = plan_of(planner, "Bake rye bread")
    assert {task.title: task.checkpoint for task in plan.tasks if task.checkpoint} == {
        "Mix the dough for rye bread": "The dough for rye bread rests"
    }


def test_what_one_criterion_did_another_need_not_do_again_but_waits_for(planner: MethodPlanner) -> None:
    plan = plan_of(planner, "Bake rye bread", "Bake wheat bread")
    assert [task.title for task in plan.tasks].count("Heat the oven") == 1
    assert task_of(plan, "Heat the oven").criterion == 0
    waits = next(task for task in plan.tasks if task.criterion == 1)
    assert task_of(plan, "Heat the oven").key in waits.after
    assert plan.alternatives[0].difference.startswith("Bake rye bread: ")


def test_a_step_that_may_go_ahead_goes_on_beside_the_criterion_before(planner: MethodPlanner) -> None:
    plan = plan_of(planner, "Clean the kitchen", "Then bake rye bread", "Bake wheat bread after the rye bread")
    assert before(plan, "Buy flour") == {"Clean the kitchen"}, "«then» says that all of it comes after"
    chained = plan_of(planner, "Write a recipe", "Bake rye bread")
    assert before(chained, "Buy flour") == set()


def test_a_number_that_a_phrase_has_no_place_for_is_not_taken_for_words(planner: MethodPlanner) -> None:
    assert task_of(plan_of(planner, "Slice 12 loaves"), "Cut 12 loaves").target_count == 12
    assert task_of(plan_of(planner, "Make 12 loaves of bread"), "Make 12 loaves of bread").target_count == 12


def test_where_no_method_of_the_subject_applies_the_general_library_stands_in(planner: MethodPlanner) -> None:
    plan = plan_of(planner, "Sell 20 loaves", "Sell the bread")
    assert {task.criterion for task in plan.tasks} == {0, 1}
    assert "Set the price and make the offer for the bread" in {task.title for task in plan.tasks}


def test_a_question_stands_before_the_steps_of_a_subject_too(planner: MethodPlanner) -> None:
    plan = plan_of(planner, "Bake rye bread if the oven works")
    asked = task_of(plan, "Is this so: the oven works?")
    assert all(task.only_if == (asked.key, "Yes") for task in plan.tasks if task is not asked)


def test_a_day_that_is_named_holds_up_the_doing_and_not_its_preparation(planner: MethodPlanner) -> None:
    plan = plan_of(planner, "Bake rye bread on Friday")
    assert before(plan, "Bake rye bread") == {"Wait until Friday 16 January"}
    assert before(plan, "Wait until Friday 16 January") == {"Mix the dough for rye bread"}


def test_a_goal_without_criteria_is_planned_by_the_subject_that_its_name_asks_for(planner: MethodPlanner) -> None:
    plan = plan_of(planner, name="Bake rye bread")
    assert [task.title for task in plan.tasks][-1] == "Bake rye bread"
    assert len(plan.tasks) == 4
    assert {task.criterion for task in plan.tasks} == {None}
