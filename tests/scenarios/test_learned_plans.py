"""What came of earlier goals changes the next plan: through the database, the library and an engine's one memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.library import open_executor
from engine.errors import TaskUnfinishedError
from engine.execution.retries import RetryPolicy
from engine.executor import AutonomousGoalExecutor, Options
from engine.goals import Goal
from engine.planning.learning import school
from engine.reasons import why_goal, why_task_of
from engine.values import GoalId
from tests.fakes import FakeClock
from tests.fresh_database import fresh_database

SESSIONS, SURVEY = "any_test_in_sessions", "any_test_by_survey"
CRITERIA = ["Test the app with 20 users"]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def executor(tmp_path: Path, clock: FakeClock) -> AsyncIterator[AutonomousGoalExecutor]:
    options = Options(retry=RetryPolicy(first_delay=0.0), max_retries=1)
    async with open_executor(fresh_database(tmp_path / "milepost.db"), options=options, clock=clock) as opened:
        yield opened


async def planned(executor: AutonomousGoalExecutor) -> Goal:
    goal_id = await executor.set_goal("Try the app", success_criteria=CRITERIA)
    await executor.decompose_goal(goal_id)
    return await executor.goal(goal_id)


async def odds_of(executor: AutonomousGoalExecutor, goal: GoalId) -> float:
    stored = await executor.queries.plan(goal, 1)
    assert isinstance(stored, dict)
    prospect = stored["prospect"]
    assert isinstance(prospect, dict)
    return float(str(prospect["probability"]))


def methods(goal: Goal) -> set[str]:
    return {task.method for task in goal.live_tasks}


async def test_a_way_that_fails_again_and_again_is_not_taken_the_next_time_and_why_tells_so(
    executor: AutonomousGoalExecutor, clock: FakeClock
) -> None:
    first = await planned(executor)
    assert SESSIONS in methods(first)
    before = await odds_of(executor, first.id)
    for goal in [first, *[await planned(executor) for _ in range(2)]]:
        for task in goal.live_tasks:
            if task.method == SESSIONS and not task.depends_on:
                with pytest.raises(TaskUnfinishedError):
                    await executor.execute_task(f"{goal.id}.{task.number}", _fail)
        await executor.cancel_goal(goal.id, "nobody came")
    clock.advance(seconds=school.FOR_A_PLAN.total_seconds())
    last = await planned(executor)
    assert SESSIONS not in methods(last)
    assert SURVEY in methods(last)
    assert await odds_of(executor, last.id) < before
    said = "\n".join(await why_goal(executor.queries, last, clock.now()))
    assert "Experience speaks against another way, in sessions" in said
    assert "cases." in said
    task = next(one for one in last.live_tasks if one.method == SURVEY)
    assert "Experience speaks against" in "\n".join(await why_task_of(executor.queries, last, task))
    assert task.success > 0.9, "the task itself keeps what its library says"


async def test_planner_and_forecasts_share_one_memory_that_is_read_once_a_minute_at_most(
    executor: AutonomousGoalExecutor, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    read = executor.queries.history

    async def counted(since: object) -> object:
        nonlocal reads
        reads += 1
        return await read(since)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(executor.queries, "history", counted)
    goal = await planned(executor)
    await executor.forecast_goal(goal.id)
    await planned(executor)
    assert reads == 1
    clock.advance(seconds=school.FOR_A_PLAN.total_seconds())
    await planned(executor)
    await executor.forecast_goal(goal.id)
    assert reads == 2


def _fail() -> None:
    raise ValueError("nobody came")
