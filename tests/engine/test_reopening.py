"""A goal that is taken up again runs nothing a second time that must not run twice, unless a person says so."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from engine.errors import PermanentError
from engine.executor import AutonomousGoalExecutor
from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from engine.values import GoalId
from tests.engine.lives import planned
from tests.engine.stage import Stage, quiet, until
from tests.engine.test_goal_engine import crashed, running

Ending = Callable[[AutonomousGoalExecutor, GoalId], Awaitable[object]]


async def asked(executor: AutonomousGoalExecutor, goal: GoalId) -> bool:
    """Whether the first task waits for somebody to say how far it came."""
    now = await until(executor, goal, lambda one: one.task(1).status is not TaskStatus.RUNNING)
    await quiet(executor)
    asks = [one.needed for one in now.blockages.values()]
    return now.task(1).status is TaskStatus.BLOCKED and "nobody knows how far it came" in "".join(asks)


@pytest.mark.parametrize(
    "end",
    [
        lambda executor, goal: executor.cancel_goal(goal),
        lambda executor, goal: executor.fail_goal(goal, "no more money"),
    ],
    ids=["cancelled", "failed"],
)
async def test_what_the_end_of_a_goal_cut_off_is_asked_about_before_it_runs_again(stage: Stage, end: Ending) -> None:
    gate = stage.hands.hold("Pay")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("pay", work="once"), planned("other", work="person"))
        await running(stage, executor, goal)
        await end(executor, goal)
        await quiet(executor)
        assert stage.hands.cut == ["Pay"]
        gate.set()
        assert (await executor.reopen_goal(goal)).status is GoalStatus.ACTIVE
        assert await asked(executor, goal)
        await executor.request_adaptation(goal, "perhaps another way")
        await until(executor, goal, lambda one: one.plan_version == 2)
        assert await asked(executor, goal), "no plan knows the answer"
        assert stage.hands.calls == ["Pay"]
        (anew,) = (await executor.goal(goal)).blockages
        await executor.resolve_blockage(f"{goal}:{anew}")
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.COMPLETED)
        assert stage.hands.calls == ["Pay", "Pay"]


async def test_what_may_run_twice_just_runs_again(stage: Stage) -> None:
    gate = stage.hands.hold("Look")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("look"))
        await running(stage, executor, goal)
        await executor.cancel_goal(goal)
        gate.set()
        await executor.reopen_goal(goal)
        assert (await until(executor, goal, lambda one: one.has_ended)).status is GoalStatus.COMPLETED


async def test_what_failed_by_itself_says_how_far_it_came_and_gets_fresh_attempts(stage: Stage) -> None:
    stage.hands.errors["Pay"] = [PermanentError("declined")]
    gate = stage.hands.hold("Pay")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("pay", work="once"))
        stage.planner.gate = asyncio.Event()
        gate.set()
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.FAILED)
        await executor.cancel_goal(goal)
        await executor.reopen_goal(goal)
        assert (await until(executor, goal, lambda one: one.has_ended)).status is GoalStatus.COMPLETED


async def test_a_question_that_was_open_at_the_end_is_open_again(stage: Stage) -> None:
    stage.hands.hold("Pay")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("pay", work="once"), planned("other", work="person"))
        await running(stage, executor, goal)
        copy = await crashed(stage, executor)
    async with copy.open() as executor:
        assert await asked(executor, goal)
        await executor.cancel_goal(goal)
        await executor.reopen_goal(goal)
        assert await asked(executor, goal)
        await executor.skip_task(goal, 1)
        await executor.restore_task(goal, 1)
        assert await asked(executor, goal), "taking a skip back answers nothing"
        assert copy.hands.calls == []
