"""What a plan says of its time, and what its forecast says of it, through the database: one and the same."""

import datetime as dt
from pathlib import Path

import pytest

from bot.library import open_executor
from engine.executor import AutonomousGoalExecutor, Options
from engine.goals import Goal
from tests.fakes import FakeClock

CHAPTERS = [f"Write chapter {n} about topic {n} and have it reviewed by 3 people" for n in range(6)]
HOUR = dt.timedelta(hours=1)


async def proposed(executor: AutonomousGoalExecutor, clock: FakeClock, criteria: list[str]) -> Goal:
    until = clock.now() + dt.timedelta(days=5)
    goal_id = await executor.set_goal("Write the book", success_criteria=criteria, deadline=until)
    await executor.decompose_goal(goal_id)
    return await executor.goal(goal_id)


@pytest.mark.sample(2)
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("criteria", [CHAPTERS, ["Wait 3 days", "Develop MVP", "Launch on Product Hunt"]])
async def test_a_plan_and_its_forecast_say_the_same(tmp_path: Path, workers: int, criteria: list[str]) -> None:
    clock = FakeClock()
    async with open_executor(tmp_path / "m.db", options=Options(workers=workers), clock=clock) as executor:
        goal = await proposed(executor, clock, criteria)
        shown = goal.options[0]
        foreseen = await executor.forecaster.forecast(goal, newest=True)
        assert foreseen is not None
        assert foreseen.end is not None
        ends = [(end - foreseen.made_at) / HOUR for end in (foreseen.end.p10, foreseen.end.p50, foreseen.end.p90)]
        assert [shown.low, shown.likely, shown.high] == pytest.approx(ends, abs=0.01)
        stored = (await executor.goal(goal.id)).options
        assert stored == goal.options
