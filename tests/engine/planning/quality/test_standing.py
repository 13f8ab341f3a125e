"""The plan that a goal has now, checked like a new one."""

import datetime as dt

from msgspec.structs import replace

from engine.goals import Goal
from engine.planning.quality import Circumstances, Rule, quality_of, standing_plan
from engine.plans import Plan, PlannedTask, check_plan
from engine.tasks import Estimate, Task, TaskStatus, Waiting, WaitingFor
from engine.values import GoalId, TaskNumber
from tests.engine.planning.quality.drafts import NOW

FIVE = Estimate(low=5, likely=5, high=5)
DONE, SKIPPED, PENDING = TaskStatus.COMPLETED, TaskStatus.SKIPPED, TaskStatus.PENDING


def task(number: int, title: str, *after: int, status: TaskStatus = PENDING) -> Task:
    needed = tuple(TaskNumber(one) for one in after)
    return Task(
        number=TaskNumber(number), title=title, depends_on=needed, criterion=0, estimate=FIVE, status=status, cost=10
    )


def goal_with(*tasks: Task, days: float | None = None) -> Goal:
    return Goal(
        id=GoalId(1),
        name="A shop",
        criteria=("Open the shop",),
        deadline=NOW + dt.timedelta(days=days) if days is not None else None,
        tasks={one.number: one for one in tasks},
        created_at=NOW,
        updated_at=NOW,
    )


def test_what_is_done_takes_no_more_time_but_has_cost_its_money() -> None:
    goal = goal_with(task(1, "Rent a room", status=DONE), task(2, "Open the shop", 1), days=0.25)
    plan = standing_plan(goal)
    check_plan(plan.tasks)
    assert [one.key for one in plan.tasks] == ["#1", "#2"]
    quality = quality_of(goal, plan, Circumstances(now=NOW, budget=15))
    assert quality.hours == 5
    assert quality.of(Rule.DEADLINE) == ()
    assert [finding.found for finding in quality.of(Rule.BUDGET)] == [20]
    assert quality.coverage == (("#1", "#2"),)


def test_a_plan_may_wait_for_tasks_that_the_goal_has_already() -> None:
    goal = goal_with(task(3, "Rent a room"))
    more = PlannedTask(key="a", title="Open the shop", after=("#3",), only_if=("#3", "Yes"), criterion=0, estimate=FIVE)
    quality = quality_of(goal, Plan(tasks=(more,), source="x"), Circumstances(now=NOW))
    assert (quality.hours, quality.coverage, quality.of(Rule.UNREACHABLE)) == (5, (("a",),), ())


def test_what_was_left_out_is_no_part_of_it_and_holds_up_nothing() -> None:
    decider = Task(number=TaskNumber(1), title="Own room?", work="decide", status=SKIPPED, criterion=0)
    hanging = Task(number=TaskNumber(3), title="Open the shop", only_if=(TaskNumber(1), "Yes"), criterion=0)
    plan = standing_plan(goal_with(decider, task(2, "Rent", 1, status=SKIPPED), hanging, task(4, "Sweep", 2, 3)))
    check_plan(plan.tasks)
    assert [(one.key, one.after, one.only_if) for one in plan.tasks] == [("#3", (), None), ("#4", ("#3",), None)]


def test_what_hangs_on_a_choice_still_does() -> None:
    decider = Task(
        number=TaskNumber(1), title="Own room?", work="decide", inputs={"options": ["Yes", "No"]}, criterion=0
    )
    hanging = Task(
        number=TaskNumber(2), title="Rent", depends_on=(TaskNumber(1),), only_if=(TaskNumber(1), "Perhaps"), criterion=0
    )
    goal = goal_with(decider, hanging)
    plan = standing_plan(goal)
    assert (plan.tasks[1].only_if, plan.tasks[1].after) == (("#1", "Perhaps"), ())
    assert quality_of(goal, plan, Circumstances(now=NOW)).of(Rule.UNREACHABLE)


def test_a_wait_under_way_ends_when_it_ends() -> None:
    waiting = Waiting(what=WaitingFor.TIME, since=NOW - dt.timedelta(days=6), until=NOW + dt.timedelta(days=1))
    week = Task(
        number=TaskNumber(1),
        title="Monitor for 1 week",
        work="wait",
        inputs={"seconds": 604_800},
        estimate=Estimate(low=168, likely=168, high=168),
        criterion=0,
        status=TaskStatus.WAITING,
        waiting=waiting,
    )
    goal = goal_with(week, task(2, "Open the shop", 1))
    assert quality_of(goal, standing_plan(goal), Circumstances(now=NOW)).hours == 29


def test_what_is_done_needs_no_check_and_is_no_risk() -> None:
    done = replace(task(1, "Build the website", status=DONE), critical=True, success=0.1)
    goal = goal_with(done, task(2, "Open the shop", 1))
    assert standing_plan(goal).tasks[0].success == 1
    assert quality_of(goal, standing_plan(goal), Circumstances(now=NOW)).findings == ()
    before = goal_with(replace(done, status=PENDING), task(2, "Open the shop", 1))
    assert standing_plan(before).tasks[0].success == 0.1
    assert quality_of(before, standing_plan(before), Circumstances(now=NOW)).of(Rule.UNVERIFIED)
