"""Resources that are counted: never more in use than there are, nobody waits for what is free, what is away is told."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine import events as e
from engine.absences import AWAY, Absence, absences
from engine.blockages import BlockageKind, Strategy
from engine.decisions import Moment
from engine.errors import RefusedError
from engine.execution.adaptation import repaired, request
from engine.execution.blocking import resolve
from engine.execution.goal_decisions import cancel
from engine.execution.lost_resources import away, back, lacking, needing, short_of
from engine.execution.ranking import ReadyQueue
from engine.execution.resources import Capacity, Stock
from engine.execution.task_decisions import came_due, retried
from engine.goals import GoalStatus
from engine.options import Options
from engine.plans import AdaptationNeed, Repair, Trigger
from engine.tasks import TaskStatus
from engine.values import Cause, JsonValue, TaskNumber
from tests.engine.execution.test_ranking import goal
from tests.engine.lives import Life, new_goal, planned
from tests.engine.stage import AT_ONCE, Stage, quiet, statuses, until
from tests.fakes import START

ONE_GPU = {"gpu": Capacity(count=1)}


def with_resources(stage: Stage, resources: dict[str, Capacity]) -> Stage:
    stage.options = Options(retry=AT_ONCE, resources=resources)
    return stage


async def test_a_resource_is_never_held_by_more_tasks_than_there_are_of_it(stage: Stage) -> None:
    with_resources(stage, ONE_GPU)
    first = stage.hands.hold("Gpu 0")
    tasks = [planned(f"gpu {n}", resources=("gpu", "a reviewer")) for n in range(3)]
    async with stage.open() as executor:
        goal_id = await stage.started(executor, *tasks, planned("other"))
        await until(executor, goal_id, lambda one: one.task(4).status is TaskStatus.COMPLETED)
        running = [t.title for t in (await executor.goal(goal_id)).tasks.values() if t.status is TaskStatus.RUNNING]
        assert running == ["Gpu 0"]
        assert stage.hands.calls == ["Gpu 0", "Other"]
        first.set()
        await until(executor, goal_id, lambda one: one.status is GoalStatus.COMPLETED)
    assert sorted(stage.hands.calls) == ["Gpu 0", "Gpu 1", "Gpu 2", "Other"]


async def test_people_are_not_asked_to_use_what_others_use_already(stage: Stage) -> None:
    with_resources(stage, ONE_GPU)
    async with stage.open() as executor:
        tasks = [planned(name, work="person", resources=("gpu",)) for name in ("train", "tune")]
        goal_id = await stage.started(executor, *tasks, planned("other"))
        await quiet(executor)
        assert statuses(await executor.goal(goal_id)) == ["waiting", "pending", "completed"]
        second = await stage.started(executor, planned("render", resources=("gpu",)), name="Make the film")
        await quiet(executor)
        assert stage.hands.calls == ["Other"], "it is in use"
    async with stage.open() as executor:  # a restart gives it to nobody else
        await quiet(executor)
        assert statuses(await executor.goal(goal_id)) == ["waiting", "pending", "completed"]
        assert statuses(await executor.goal(second)) == ["pending"]
        await executor.complete_task(goal_id, 1)
        await until(executor, goal_id, lambda one: one.task(2).status is TaskStatus.WAITING)
        await executor.postpone_task(goal_id, 2, stage.clock.now() + dt.timedelta(days=1))
        await until(executor, second, lambda one: one.status is GoalStatus.COMPLETED)


async def test_after_a_restart_people_still_hold_what_they_were_asked_to_use(stage: Stage) -> None:
    with_resources(stage, ONE_GPU)
    told = stage.hands.hold("Tell")
    async with stage.open() as executor:
        await stage.started(executor, planned("train", work="person", resources=("gpu",)))
        tasks = planned("tell"), planned("render", resources=("gpu",))
        second = await stage.started(executor, *tasks, name="Make the film")
        await until(executor, second, lambda one: one.task(1).status is TaskStatus.RUNNING)
    told.set()
    async with stage.open() as executor:
        await until(executor, second, lambda one: one.task(1).status is TaskStatus.COMPLETED)
        await quiet(executor)
        assert statuses(await executor.goal(second)) == ["completed", "pending"]


async def test_nobody_is_asked_to_use_what_is_away(stage: Stage) -> None:
    with_resources(stage, {"gpu": Capacity(count=0)})
    async with stage.open() as executor:
        goal_id = await stage.started(executor, planned("train", work="person", resources=("gpu",)))
        await quiet(executor)
        (blockage,) = (await executor.goal(goal_id)).blockages.values()
        assert blockage.kind is BlockageKind.RESOURCE


async def test_one_that_is_away_blocks_its_task_until_it_is_expected_back(stage: Stage) -> None:
    back = START + dt.timedelta(hours=5)
    with_resources(stage, {"gpu": Capacity(count=0, back=back)})
    async with stage.open() as executor:
        goal_id = await stage.started(executor, planned("train", resources=("gpu",)), planned("other"))
        await quiet(executor)
        blocked = await executor.goal(goal_id)
        (blockage,) = blocked.blockages.values()
        assert blockage.kind is BlockageKind.RESOURCE
        assert "expected back at" in blockage.description
        assert blocked.task(1).due_at == back
        assert stage.hands.calls == ["Other"]
    with_resources(stage, ONE_GPU)  # it is back, and the operator says so
    stage.clock.advance(hours=6)
    async with stage.open() as executor:
        await until(executor, goal_id, lambda one: one.status is GoalStatus.COMPLETED)
    assert stage.hands.calls == ["Other", "Train"]


@given(st.lists(st.lists(st.sampled_from(["gpu", "licence"]), max_size=3), max_size=8), st.integers(1, 3))
def test_what_is_taken_together_fits_together_and_nothing_that_fits_is_passed_over(
    wanted: list[list[str]], count: int
) -> None:
    stock = Stock(capacities={"gpu": Capacity(count=count), "licence": Capacity(count=1)})
    queue = ReadyQueue(stock)
    one = goal(1, tasks=len(wanted) or 1)
    numbers = sorted(one.tasks)
    tasks = {n: replace(one.tasks[n], resources=tuple(needs)) for n, needs in zip(numbers, wanted, strict=False)}
    queue.look_at(replace(one, tasks={**one.tasks, **tasks}), START)
    held: Counter[str] = Counter()
    taken = set()
    while (ready := queue.take(held)) is not None:
        taken.add(ready.task)
    possible = [n for n in tasks if stock.missing(tasks[n].resources) is None]
    used = Counter(name for n in taken if n in possible for name in tasks[n].resources)
    assert all(used[name] <= stock.capacities[name].count for name in used)
    for number in possible:
        if number not in taken:
            assert not stock.fit(tasks[number].resources, used)


FRIDAY = START + dt.timedelta(days=3)


def lab() -> Life:
    """One task runs with the gpu, one waits for it, one needs it later, and one does not."""
    gpu = ("gpu",)
    life = Life.started(
        planned("train", resources=gpu), planned("tune", resources=gpu), planned("test", "train", resources=gpu),
        planned("write"),
    )  # fmt: skip
    life.begin(1)
    return life


def test_what_is_said_to_be_away_holds_up_what_has_not_begun_until_it_is_back() -> None:
    life = lab()
    life.do(away("gpu", Absence(until=FRIDAY)))
    assert [life.task(n).status.value for n in (1, 2, 3, 4)] == ["running", "blocked", "blocked", "pending"]
    assert [task.number for task in lacking(life.goal, "gpu")] == [2, 3]
    assert {life.task(n).due_at for n in (2, 3)} == {FRIDAY}
    assert len({one.number for one in life.goal.blockages.values()}) == 2
    assert {one.strategy for one in life.goal.blockages.values()} == {Strategy.WAIT}
    assert life.do(away("gpu", Absence(until=FRIDAY))) == [], "once is enough"
    later = FRIDAY + dt.timedelta(days=1)
    life.do(away("gpu", Absence(until=later)))
    assert {life.task(n).due_at for n in (2, 3)} == {later}
    assert len(life.goal.blockages) == 2
    life.do(back("gpu"))
    assert [life.task(n).status.value for n in (1, 2, 3, 4)] == ["running", "pending", "pending", "pending"]
    assert not life.goal.blockages
    assert life.do(back("gpu")) == []


def test_where_nobody_knows_when_the_one_who_said_so_is_asked() -> None:
    life = lab()
    life.do(away("gpu", Absence()))
    assert {one.strategy for one in life.goal.blockages.values()} == {Strategy.ASK}
    assert {one.from_whom for one in life.goal.blockages.values()} == {"you"}
    assert {life.task(n).due_at for n in (2, 3)} == {None}
    (kept,) = life.do(away("disk", Absence()))
    assert isinstance(kept, e.ResourceMissed), "nothing needs it yet; another plan may"
    assert life.do(away("disk", Absence())) == []


def test_a_goal_that_has_ended_misses_nothing_and_one_without_a_plan_needs_nothing() -> None:
    unplanned = Life(new_goal())
    unplanned.do(away("gpu", Absence(until=FRIDAY)))
    assert not unplanned.goal.blockages
    life = lab()
    life.do(cancel("no more"))
    with pytest.raises(RefusedError) as raised:
        life.do(away("gpu", Absence(until=FRIDAY)))
    assert raised.value.code == "goal_ended"


def test_what_joins_the_plan_while_its_resource_is_away_is_held_up_too() -> None:
    life = lab()
    life.do(away("gpu", Absence(until=FRIDAY)))
    new = planned("draw", resources=("gpu",))
    need = AdaptationNeed(reason="asked for", trigger=Trigger.REQUESTED, since=START)
    life.do(request(need))
    life.do(repaired(Repair(add=(new,)), need, life.goal.plan_version))
    assert (life.task(5).status, life.task(5).due_at) == (TaskStatus.BLOCKED, FRIDAY)
    life.now = FRIDAY
    life.do(came_due(TaskNumber(5)))
    assert life.task(5).status is TaskStatus.PENDING
    assert needing(life.goal, "gpu") == tuple(life.task(n) for n in (2, 3, 5))


def test_who_says_of_one_task_that_it_is_resolved_says_that_the_resource_is_there() -> None:
    life = lab()
    life.do(away("gpu", Absence()))
    one, other = life.goal.blockages
    life.do(resolve(one, ""))
    assert life.task(2).status is TaskStatus.PENDING
    assert absences(life.goal, life.now) == {}
    life.do(resolve(other, ""))
    assert life.task(3).status is TaskStatus.PENDING
    life.do(away("gpu", Absence()))
    life.do(retried(2))
    assert life.task(2).status is TaskStatus.PENDING


@pytest.mark.parametrize(
    "told", [None, 3, {"gpu": "gone"}, {"gpu": {"until": "Friday"}}, {"gpu": {"until": "2026-01-01"}}]
)
def test_what_else_metadata_says_under_that_name_is_no_absence(told: JsonValue) -> None:
    assert absences(new_goal(metadata={AWAY: told}), START) == {}


def test_an_operators_resource_that_is_back_too_late_is_done_without_once_and_then_waited_for() -> None:
    life = Life.started(planned("train", resources=("gpu",)), deadline=START + dt.timedelta(days=2))
    stock = Stock(capacities={"gpu": Capacity(count=0, back=FRIDAY)})
    moment = Moment(now=START, cause=Cause("slot"))
    life.do(lambda goal, _: short_of((stock, "gpu"), goal, goal.task(1), moment, 300.0))
    assert life.goal.adapting is not None
    assert life.goal.adapting.trigger is Trigger.RESOURCE_LOST
    life.do(repaired(Repair(), life.goal.adapting, life.goal.plan_version))
    assert {one.strategy for one in life.goal.blockages.values()} == {Strategy.WAIT}
    life.now = FRIDAY
    life.do(came_due(TaskNumber(1)))
    life.do(lambda goal, _: short_of((stock, "gpu"), goal, goal.task(1), moment, 300.0))
    assert life.goal.adapting is None, "another way was looked for already"
