"""What is planned when a resource is gone: the ways that need it are none, all else stays, and back is back."""

import datetime as dt

import pytest
from msgspec import structs

from engine.absences import Absence, with_absence
from engine.blockages import Strategy
from engine.execution.goal_decisions import adopt, plan_made
from engine.execution.lost_resources import away, back
from engine.goals import Goal
from engine.planning.bridge.tree_changes import GIVEN_UP, listed
from engine.planning.forecasting.model import Capacities, Resource
from engine.planning.requests import PlanRequest
from engine.plans import AdaptationNeed, KeptPlan, Repair, Trigger
from engine.tasks import TaskStatus
from engine.values import ChatId, GoalId, TaskNumber
from tests.engine.lives import Life
from tests.engine.planning.lab import FOLD, RENDER, TRAIN, Lab, asked, lab_planner, plan_of
from tests.engine.planning.planners import planner
from tests.fakes import START

GONE = Absence(without=True)


def test_what_is_gone_for_good_is_done_without_and_what_is_done_stays() -> None:
    lab = Lab(TRAIN)
    lab.done("Collect samples for the network")
    before = dict(lab.goal.tasks)
    lab.life.do(away("gpu", GONE))
    assert lab.goal.adapting is not None
    assert lab.goal.adapting.trigger is Trigger.RESOURCE_LOST
    repair = lab.mended()
    assert {task.title for task in repair.add} == {"Fit the network on the cpu"}
    keeping = lab.number("Keep what came of the network")
    assert lab.goal.tasks[keeping].plan_version == 1, "both ways end with it, so it stays"
    assert "«gpu» is not there, so another way for «train the network»: on the cpu" in repair.summary
    done = before[TaskNumber(1)]
    assert lab.goal.tasks[done.number].status is TaskStatus.COMPLETED
    assert lab.open_titles() == {"Fit the network on the cpu", "Keep what came of the network"}
    assert not lab.goal.blockages
    assert lab.goal.plan_version == 2
    assert not repair.grows


def test_one_change_of_the_plan_does_for_all_parts_that_need_it_and_touches_no_other() -> None:
    lab = Lab(TRAIN, RENDER, "Write the report")
    report = [task for task in lab.goal.live_tasks if task.criterion == 2]
    lab.life.do(away("gpu", GONE))
    repair = lab.mended()
    assert {"Fit the network on the cpu", "Draw the film by hand"} <= lab.open_titles()
    assert not {title for title in lab.open_titles() if "gpu" in title}
    assert lab.goal.plan_version == 2, "one change, not one for each part"
    assert len(repair.summary.splitlines()) == 2
    assert [lab.goal.tasks[task.number].status for task in report] == [task.status for task in report]
    assert lab.goal.adapting is None


def test_what_has_no_other_way_waits_for_it_and_the_rest_does_without() -> None:
    lab = Lab(TRAIN, FOLD)
    lab.life.do(away("gpu", GONE))
    lab.mended()
    assert "Fit the network on the cpu" in lab.open_titles()
    fold = lab.goal.task(lab.number("Fold the proteins on the gpu"))
    assert fold.status is TaskStatus.BLOCKED
    (blockage,) = lab.goal.blockages.values()
    assert (blockage.task, blockage.strategy) == (fold.number, Strategy.ASK)
    assert "No other way is known without it" in blockage.description
    assert lab.goal.adapting is None, "it is not looked for again and again"


def test_with_no_other_way_at_all_the_plan_stays_and_waits_until_the_day_that_was_named() -> None:
    lab = Lab(FOLD, days=5)
    later = START + dt.timedelta(days=9)
    lab.life.do(away("gpu", Absence(until=later)))
    assert lab.mended().add == ()
    (blockage,) = lab.goal.blockages.values()
    assert blockage.strategy is Strategy.WAIT
    assert "expected back at" in blockage.description
    assert lab.goal.task(blockage.task or 0).due_at == later
    assert lab.goal.plan_version == 1


def test_a_return_that_the_plan_can_bear_is_waited_for_and_one_after_the_deadline_is_not() -> None:
    soon, late = START + dt.timedelta(days=2), START + dt.timedelta(days=20)
    lab = Lab(TRAIN, days=12)
    lab.life.do(away("gpu", Absence(until=soon)))
    assert lab.goal.adapting is None
    assert {one.strategy for one in lab.goal.blockages.values()} == {Strategy.WAIT}
    lab.life.do(away("gpu", Absence(until=late)))
    assert lab.goal.adapting is not None
    lab.mended()
    assert "Fit the network on the cpu" in lab.open_titles()


def test_without_a_deadline_any_day_can_be_waited_for() -> None:
    lab = Lab(TRAIN)
    lab.life.do(away("gpu", Absence(until=START + dt.timedelta(days=300))))
    assert lab.goal.adapting is None


def test_another_way_that_takes_longer_than_the_wait_is_no_better() -> None:
    lab = Lab(TRAIN, days=1)
    lab.life.do(away("gpu", Absence(until=START + dt.timedelta(hours=26))))
    assert lab.goal.adapting is not None, "it is too late for the deadline"
    assert lab.mended().add == (), "three days on the cpu are later still"
    assert {one.strategy for one in lab.goal.blockages.values()} == {Strategy.WAIT}


def test_back_again_nothing_is_planned_anew_and_what_waited_may_go_on() -> None:
    lab = Lab(TRAIN, FOLD)
    lab.life.do(away("gpu", GONE))
    lab.mended()
    version, titles = lab.goal.plan_version, lab.open_titles()
    lab.life.do(back("gpu"))
    assert (lab.goal.plan_version, lab.open_titles(), lab.goal.adapting) == (version, titles, None)
    assert not lab.goal.blockages
    assert lab.goal.task(lab.number("Fold the proteins on the gpu")).status is not TaskStatus.BLOCKED
    assert "resources_away" not in lab.goal.metadata


def test_back_before_another_way_was_found_no_other_way_is_taken() -> None:
    lab = Lab(TRAIN)
    lab.life.do(away("gpu", GONE))
    lab.life.do(back("gpu"))
    assert lab.goal.adapting is None
    assert "Fit the network on the gpu" in lab.open_titles()
    assert not lab.goal.blockages


def test_a_way_given_up_for_want_of_a_resource_is_open_again_once_that_is_back() -> None:
    lab = Lab(TRAIN)
    lab.life.do(away("gpu", GONE))
    lab.mended()
    assert {one.get("without") for one in listed(lab.kept.tree, GIVEN_UP)} == {"gpu"}
    number, kept = lab.number("Fit the network on the cpu"), lab.kept

    def after_failing(goal: Goal) -> Repair:
        task = structs.replace(
            goal.tasks[number], status=TaskStatus.FAILED, waiting=None, attempts=3, revivals=1, last_error="too slow"
        )
        goal = structs.replace(goal, tasks={**goal.tasks, number: task})
        need = AdaptationNeed(reason="failed", trigger=Trigger.TASK_FAILED, task=number, since=START)
        return lab_planner().repair(PlanRequest(goal=goal, now=START), need, kept)

    assert "Fit the network on the gpu" not in {task.title for task in after_failing(lab.goal).add}
    lab.life.do(back("gpu"))
    assert "Fit the network on the gpu" in {task.title for task in after_failing(lab.goal).add}


def test_a_plan_that_waits_for_a_yes_is_made_anew_without_what_is_gone() -> None:
    life = Life(asked(TRAIN))
    life.do(plan_made(plan_of(life.goal)))
    life.do(away("gpu", GONE))
    assert life.goal.status.value == "planning"
    plan = plan_of(life.goal)
    assert "Fit the network on the cpu" in {task.title for task in plan.tasks}
    assert not {task.title for one in (plan, *plan.alternatives) for task in one.tasks if "gpu" in task.resources}


def test_a_plan_that_waits_for_a_yes_keeps_in_mind_what_is_away_for_a_while() -> None:
    life = Life(asked(TRAIN))
    life.do(plan_made(plan_of(life.goal)))
    until = START + dt.timedelta(days=2)
    life.do(away("gpu", Absence(until=until)))
    assert life.goal.status.value == "proposed"
    life.do(adopt(None))
    assert [task.due_at for task in life.goal.live_tasks if task.status is TaskStatus.BLOCKED] == [until]


def test_where_nothing_can_be_done_without_it_the_plan_is_made_with_it_all_the_same() -> None:
    life = Life(asked(FOLD))
    life.do(plan_made(plan_of(life.goal)))
    life.do(away("gpu", GONE))
    assert [task.title for task in plan_of(life.goal).tasks] == ["Fold the proteins on the gpu"]


@pytest.mark.parametrize(("days", "title"), [(9, "Fit the network on the cpu"), (3, "Fit the network on the gpu")])
def test_what_the_operator_has_not_before_the_deadline_is_planned_without(days: int, title: str) -> None:
    resource = Resource(capacity=0, back_at=START + dt.timedelta(days=days))
    plan = plan_of(asked(TRAIN, days=8), Capacities(resources={"gpu": resource}))
    assert title in {task.title for task in plan.tasks}


def test_a_plan_whose_tree_is_lost_goes_by_the_alternative_that_does_without() -> None:
    lab = Lab(TRAIN)
    other = plan_of(structs.replace(asked(TRAIN), metadata=with_absence({}, "gpu", GONE)))
    lab.kept = KeptPlan(tree=None, alternatives=(other,))
    lab.life.do(away("gpu", GONE))
    repair = lab.mended()
    assert "is done as an alternative has it. New: " in repair.summary
    assert not {title for title in lab.open_titles() if "gpu" in title}
    assert not lab.goal.blockages


def test_two_parts_mended_in_turn_are_one_sound_change_whatever_else_waits_for_them() -> None:
    lab = Lab(RENDER, TRAIN, f"{FOLD} after {TRAIN.lower()}", "Publish the report after the network is trained")
    lab.life.do(away("gpu", GONE))
    lab.mended()  # checked: known tasks, no circle, nothing finished is lost
    numbers = set(lab.goal.tasks)
    for task in lab.goal.live_tasks:
        assert set(task.depends_on) <= numbers
        assert not any(lab.goal.tasks[one].status is TaskStatus.SUPERSEDED for one in task.depends_on), task.title


@pytest.mark.parametrize(
    ("criterion", "resources"),
    [
        ("Colour the film on the gpu", ("gpu",)),
        ("Render the film with our big printer", ("big-printer",)),
        ("Use the GPU for the last run", ("gpu",)),
        ("Buy a gpu", ()),
        ("Write a page on gpus", ()),
    ],
)
def test_what_a_criterion_says_it_is_done_with_is_needed_where_the_operator_counts_it(
    criterion: str, resources: tuple[str, ...]
) -> None:
    goal = Goal(id=GoalId(1), name="x", criteria=(criterion,), chat=ChatId(7), created_at=START, updated_at=START)
    stock = Capacities(resources={"gpu": Resource(), "big-printer": Resource()})
    plan = planner().plan(PlanRequest(goal=goal, now=START, capacities=stock))
    assert {name for task in plan.tasks for name in task.resources} == set(resources)
    uncounted = planner().plan(PlanRequest(goal=goal, now=START))
    assert not any(task.resources for task in uncounted.tasks), "only what is counted can be short"
