"""Resources that are counted: never more in use than there are, nobody waits for what is free, what is away is told."""

import datetime as dt
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.blockages import BlockageKind
from engine.execution.ranking import ReadyQueue
from engine.execution.resources import Capacity, Stock
from engine.goal_engine import Options
from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from tests.engine.execution.test_ranking import goal
from tests.engine.lives import planned
from tests.engine.stage import AT_ONCE, Stage, quiet, until
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
