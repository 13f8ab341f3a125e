"""The examples and the self-test of the mission's own document, with `await`, on the real planner."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.library import open_executor
from engine.errors import TaskUnfinishedError
from engine.execution.retries import RetryPolicy
from engine.executor import AutonomousGoalExecutor, Options


@pytest.fixture
async def executor(tmp_path: Path) -> AsyncIterator[AutonomousGoalExecutor]:
    options = Options(retry=RetryPolicy(first_delay=0.0))
    async with open_executor(tmp_path / "milepost.db", options=options) as opened:
        yield opened


def in_days(days: int) -> dt.datetime:
    return dt.datetime(2050, 1, 1) + dt.timedelta(days=days)  # noqa: DTZ001 - the examples hand in local time


async def test_example_1_a_trading_strategy_is_executed_task_by_task(executor: AutonomousGoalExecutor) -> None:
    goal_id = await executor.set_goal(
        goal_name="Launch Momentum Strategy",
        description="Research, backtest, and deploy momentum trading strategy",
        success_criteria=[
            "Complete market research",
            "Develop strategy logic",
            "Backtest on 2 years of data",
            "Optimize parameters",
            "Deploy to paper trading",
            "Monitor for 1 week",
            "Deploy to live if profitable",
        ],
        priority=3,
        deadline=in_days(14),
    )
    task_ids = await executor.decompose_goal(goal_id, use_reasoning=True)
    assert len(task_ids) >= 7
    done: list[str] = []
    for task_id in task_ids:
        assert await executor.execute_task(task_id, done.append, task_id) is None
    status = await executor.get_goal_status(goal_id)
    assert f"Progress: {status['progress']:.0%}" == "Progress: 100%"
    assert status["status"] == "completed"
    percents = [mark["percent"] for mark in status["milestones"] if mark["reached_at"]]
    assert [percent for percent in percents if percent] == [10, 25, 50, 75, 100]  # beside the plan's own checkpoints
    assert done == task_ids


async def test_example_2_a_product_launch_runs_side_by_side(executor: AutonomousGoalExecutor) -> None:
    goal_id = await executor.set_goal(
        goal_name="Launch Analytics Dashboard",
        description="Build and launch analytics product",
        success_criteria=[
            "Design UI mockups",
            "Develop MVP",
            "User testing with 20 beta users",
            "Implement feedback",
            "Launch on Product Hunt",
            "Achieve 500 signups",
        ],
        priority=3,
        deadline=in_days(30),
    )
    task_ids = await executor.decompose_goal(goal_id, use_reasoning=False)
    assert len(task_ids) >= 6
    status = await executor.run_goal(goal_id)
    assert status["status"] == "active"
    assert status["tasks"]["waiting"] >= 1, "people are asked, and the call returns"
    assert status["tasks"]["running"] == 0


async def test_example_3_a_learning_goal_tracks_progress_with_notes(executor: AutonomousGoalExecutor) -> None:
    goal_id = await executor.set_goal(
        goal_name="Master Deep Learning",
        description="Become proficient in deep learning",
        success_criteria=[
            "Complete Andrew Ng's course",
            "Read Goodfellow's book",
            "Implement CNN from scratch",
            "Implement RNN/LSTM",
            "Complete 5 Kaggle competitions",
            "Build production ML system",
        ],
        priority=2,
        deadline=in_days(180),
    )
    task_ids = await executor.decompose_goal(goal_id, use_reasoning=True)

    async def my_learning_function() -> str:
        return "a lesson"

    seen = 0.0
    for task_id in task_ids[:3]:
        result = await executor.execute_task(task_id, my_learning_function)
        progress = await executor.track_progress(goal_id, f"Completed: {result}")
        assert progress > seen
        seen = progress
    notes = [row.note for row in await executor.queries.progress(goal_id) if row.note]
    assert notes == ["Completed: a lesson"] * 3


async def test_example_4_a_plan_is_adapted_when_conditions_change(executor: AutonomousGoalExecutor) -> None:
    goal_id = await executor.set_goal("Ship the app", success_criteria=["Design the screens", "Develop the app"])
    task_ids = await executor.decompose_goal(goal_id)
    for task_id in task_ids[:2]:
        waiting = await executor.execute_task(task_id)
        assert isinstance(waiting, dict)
        assert waiting["waiting_for"] == "person", "it says what it waits for, and does not hang"
        await executor.execute_task(task_id, lambda: "done")
    done_before = (await executor.get_goal_status(goal_id))["tasks"]["completed"]
    await executor.adapt_plan(goal_id, reason="Customer feedback prioritizes different features", outcome_deviation=0.4)
    status = await executor.get_goal_status(goal_id)
    assert f"New plan version: {status['plan_version']}" == "New plan version: 2"
    assert status["tasks"]["completed"] == done_before == 2


async def test_the_self_test_in_six_steps(executor: AutonomousGoalExecutor) -> None:
    goal_id = await executor.set_goal(
        goal_name="Launch Trading Strategy",
        success_criteria=[
            "Research market conditions",
            "Develop strategy logic",
            "Backtest on historical data",
            "Optimize parameters",
            "Deploy to paper trading",
        ],
    )
    assert goal_id

    task_ids = await executor.decompose_goal(goal_id)
    assert len(task_ids) >= 5

    assert await executor.execute_task(task_ids[0], lambda: {"found": "a market"}) == {"found": "a market"}

    progress = await executor.track_progress(goal_id)
    assert 0 < progress < 1

    status = await executor.get_goal_status(goal_id)
    assert status["progress"] == progress
    assert status["plan_version"] == 1

    assert await executor.adapt_plan(goal_id, "the market has changed", outcome_deviation=0.5) == 2


async def test_the_configuration_of_the_document_takes_effect(executor: AutonomousGoalExecutor) -> None:
    executor.max_retries = 2
    executor.adaptation_threshold = 0.5
    executor.monitoring_interval = 60
    goal_id = await executor.set_goal("Try", success_criteria=["Test the thing"])
    task_ids = await executor.decompose_goal(goal_id)
    calls: list[int] = []

    def fails() -> None:
        calls.append(1)
        raise ConnectionError("no line")

    with pytest.raises(TaskUnfinishedError, match="no line"):
        await executor.execute_task(task_ids[0], fails)
    assert len(calls) == 2
    assert await executor.notifier.send_message("Custom notification", priority="info") == 0, "nobody is known yet"
