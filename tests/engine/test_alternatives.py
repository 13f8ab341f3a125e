"""Several plans for one goal: one is proposed, the others can be picked instead until it starts."""

import pytest

from engine.errors import RefusedError
from engine.goals import GoalStatus
from engine.plans import Plan, Prospect
from engine.tasks import Estimate
from tests.engine.lives import planned
from tests.engine.stage import IN_CHAT, Stage

QUICK = Plan(
    tasks=(planned("b"), planned("c", after=("b",))),
    source="test",
    prospect=Prospect(probability=0.6, cost=20.0, hours=Estimate(low=1, likely=2, high=3)),
    difference="quicker",
)


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.planner.plans = {"": (planned("a"),)}
    stage.planner.alternatives = (QUICK,)
    return stage


async def test_the_best_plan_is_proposed_and_the_others_are_kept_with_it(stage: Stage) -> None:
    async with stage.open() as executor:
        goal_id = await executor.set_goal("Anything", origin=IN_CHAT)
        await executor.decompose_goal(goal_id)
        goal = await executor.goal(goal_id)
        assert [task.title for task in goal.live_tasks] == ["A"]
        assert [(one.probability, one.difference) for one in goal.options] == [(0.8, ""), (0.6, "quicker")]
    async with stage.open() as executor:
        assert (await executor.goal(goal_id)).options == goal.options


async def test_an_alternative_that_is_picked_becomes_the_plan_and_the_first_one_an_alternative(stage: Stage) -> None:
    async with stage.open() as executor:
        goal_id = await executor.set_goal("Anything", origin=IN_CHAT)
        await executor.decompose_goal(goal_id)
        goal = await executor.pick_alternative(goal_id, 1, 1)
        assert goal.status is GoalStatus.PROPOSED
        assert goal.plan_version == 2
        assert [(task.number, task.title) for task in goal.live_tasks] == [(1, "B"), (2, "C")]
        assert [one.probability for one in goal.options] == [0.6, 0.8]
        stored = await executor.queries.plan(goal_id, 2)
        assert isinstance(stored, dict)
        assert stored["reason"] == "you picked it"
        back = await executor.pick_alternative(goal_id, 2, 1)
        assert [task.title for task in back.live_tasks] == ["A"]
        assert list(back.tasks) == [1], "nothing had begun, so the numbers begin anew"
        assert [task.revision for task in back.tasks.values()] == [2], "a button of an older plan means none of them"
    async with stage.open() as executor:
        stored_goal = await executor.goal(goal_id)
        assert stored_goal.tasks == back.tasks
        added = await executor.add_task(goal_id, "One more")
        assert sorted(added.tasks) == [1, 2]


async def test_a_goal_that_has_begun_never_gives_a_number_twice(stage: Stage) -> None:
    async with stage.open() as executor:
        goal_id = await executor.set_goal("Anything", origin=IN_CHAT)
        await executor.decompose_goal(goal_id)
        await executor.start_goal(goal_id)
        await executor.add_task(goal_id, "Stay")
        goal = await executor.add_task(goal_id, "Go")
        await executor.drop_task(goal_id, max(goal.tasks))
        goal = await executor.add_task(goal_id, "Come")
        assert sorted(goal.tasks) == [1, 2, 3, 4]


async def test_what_is_outdated_started_or_not_there_cannot_be_picked(stage: Stage) -> None:
    async with stage.open() as executor:
        goal_id = await executor.set_goal("Anything", origin=IN_CHAT)
        await executor.decompose_goal(goal_id)
        for version, place in ((1, 2), (1, 0), (7, 1)):
            with pytest.raises(RefusedError):
                await executor.pick_alternative(goal_id, version, place)
        await executor.pick_alternative(goal_id, 1, 1)
        with pytest.raises(RefusedError):
            await executor.pick_alternative(goal_id, 1, 1)
        started = await executor.start_goal(goal_id)
        assert started.options == ()
        with pytest.raises(RefusedError):
            await executor.pick_alternative(goal_id, 2, 1)


async def test_the_same_press_twice_picks_once(stage: Stage) -> None:
    async with stage.open() as executor:
        goal_id = await executor.set_goal("Anything", origin=IN_CHAT)
        await executor.decompose_goal(goal_id)
        first = await executor.pick_alternative(goal_id, 1, 1, cause="update:9:0")  # type: ignore[arg-type]  # a plain text will do
        again = await executor.pick_alternative(goal_id, 1, 1, cause="update:9:0")  # type: ignore[arg-type]  # a plain text will do
        assert (first.plan_version, again.plan_version) == (2, 2)
