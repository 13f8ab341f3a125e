"""The planner as the engine asks it: in slices on the event loop, with libraries that are read once."""

import asyncio
import datetime as dt
import gc
import itertools
from collections.abc import Generator
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.goals import Goal
from engine.planning.learning.experience import History
from engine.planning.learning.school import School
from engine.planning.planner import GoalPlanner, PlanSources
from engine.planning.slices import A_TURN, run_in_turns
from engine.plans import NOTHING_KEPT, AdaptationNeed, Plan, Trigger
from engine.values import GoalId
from tests.engine.planning.planners import planner
from tests.fakes import FakeClock

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
CRITERIA = ("Design UI mockups", "Develop MVP", "Launch on Product Hunt", "Achieve 500 signups")
GARDEN = """
name: garden
summary: A garden
signs: [tomatoes]
compounds:
  grow(thing):
    summary: Grow {thing}
    phrases: ["grow {thing}"]
    methods:
      grow_in_pots:
        do:
          pot: plant_into_pots(?thing)
steps:
  plant_into_pots(thing):
    title: Plant {thing} into pots
"""


def goal_of(*criteria: str) -> Goal:
    return Goal(id=GoalId(1), name="Launch", criteria=criteria, created_at=NOW, updated_at=NOW)


async def beats_during(planning: GoalPlanner, goal: Goal) -> tuple[Plan, int]:
    """The plan, and how often others got their turn on the loop meanwhile."""
    beats, is_done = 0, False

    async def beat() -> None:
        nonlocal beats
        while not is_done:
            beats += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(beat())
        plan = await planning.plan(goal, NOW, "UTC")
        is_done = True
    return plan, beats


@pytest.mark.long  # htn/test_slices.py says how short a slice is
async def test_the_loop_goes_on_while_a_goal_is_planned() -> None:
    planning = GoalPlanner(planner=planner())
    plan, beats = await beats_during(planning, goal_of(*(f"Buy thing {number}" for number in range(100))))
    assert len(plan.tasks) == 100
    assert beats >= 4, "a turn every few milliseconds"


async def test_others_get_their_turn_when_the_time_of_one_is_over_and_not_at_each_slice() -> None:
    clock = itertools.count(0.0, A_TURN / 4).__next__  # asked after each slice, and once at the end of a turn
    turns = 0

    def slices() -> Generator[None, None, int]:
        for _ in range(40):
            yield
        return turns

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(others())
        seen = await run_in_turns(slices(), clock)
        waiting.cancel()
    assert 8 <= seen <= 10, "a turn for four slices"


async def test_libraries_are_read_when_the_first_goal_is_planned_and_only_once() -> None:
    planning = GoalPlanner()
    plans = await asyncio.gather(*(planning.plan(goal_of("Buy milk"), NOW, "UTC") for _ in range(3)))
    assert plans[0] == plans[1] == plans[2]
    assert await planning.load() is await planning.load()


async def test_files_of_the_operator_are_used_and_broken_ones_left_out(tmp_path: Path) -> None:
    (tmp_path / "garden.yaml").write_text(GARDEN, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("name: broken\nstepz: {}\n", encoding="utf-8")
    planning = GoalPlanner(folders=[tmp_path])
    plan = await planning.plan(goal_of("Grow tomatoes"), NOW, "UTC")
    assert [task.title for task in plan.tasks] == ["Plant tomatoes into pots"]
    (fault, *_) = (await planning.load()).faults
    assert fault.file.endswith("broken.yaml")
    assert fault.line == 2


@pytest.mark.long
async def test_a_repair_comes_in_slices_too() -> None:
    planning = GoalPlanner(planner=planner())
    need = AdaptationNeed(reason="customers want X first", trigger=Trigger.REQUESTED, since=NOW)
    repair = await planning.repair(goal_of(*CRITERIA), need, NOTHING_KEPT, NOW, "UTC")
    assert repair.source == "methods"


class Past:
    """A history that can't be read, or is as the test says."""

    def __init__(self, *, broken: bool) -> None:
        self.broken = broken
        self.reads = 0

    async def history(self, since: dt.datetime) -> History:
        self.reads += 1
        if self.broken:
            raise StoreError("io", "x.db", "the disk is gone")
        return History()


@pytest.mark.sample(1)
@pytest.mark.parametrize("broken", [False, True])
async def test_with_nothing_to_learn_from_the_plan_is_that_of_the_libraries(
    broken: bool, caplog: pytest.LogCaptureFixture
) -> None:
    past = Past(broken=broken)
    school = School(past, FakeClock())  # type: ignore[arg-type]  # all that it asks
    taught = await GoalPlanner(planner=planner(), sources=PlanSources(school=school)).plan(
        goal_of(*CRITERIA), NOW, "UTC"
    )
    plain = await GoalPlanner(planner=planner()).plan(goal_of(*CRITERIA), NOW, "UTC")
    assert past.reads == 1
    assert taught == plain
    assert ("planned without what was learned" in caplog.text) is broken


async def test_while_plans_are_looked_for_nothing_old_is_collected_and_afterwards_it_is_again() -> None:
    before = gc.get_threshold()
    during: list[int] = []

    def slices(count: int) -> Generator[None, None, None]:
        for _ in range(count):
            during.append(gc.get_threshold()[2])
            yield
        raise RuntimeError("stopped")

    turns = itertools.count(0.0, A_TURN).__next__
    ended = await asyncio.gather(*(run_in_turns(slices(count), turns) for count in (3, 9)), return_exceptions=True)
    assert [str(one) for one in ended] == ["stopped", "stopped"]
    assert min(during) > 100_000, "so many younger collections come before a full one"
    assert gc.get_threshold() == before
