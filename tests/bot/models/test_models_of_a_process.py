"""The models of a process: made when they are needed, in the executor's name, and told of by whoever has them."""

import asyncio
from pathlib import Path

import pytest

from bot.library import open_executor
from bot.models import reasoning
from bot.models.making import models_of
from bot.models.on_demand import ModelsOnDemand
from engine.agents.calls import CallFacts, Purpose
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.agents.prices import FREE
from engine.executor import Options
from engine.money import Cap
from engine.values import ChatId, TaskId

OPTIONS = ModelOptions(
    main=parse_model("openai:scripted"),
    url="http://127.0.0.1:1/v1",
    prices={"openai:scripted": FREE},
    a_goal=Cap(micros=7),
    a_day=Cap(tokens=8),
)


async def test_calls_are_reserved_in_the_name_of_the_executor_that_settles_what_a_crash_cuts_off(
    tmp_path: Path,
) -> None:
    async with open_executor(tmp_path / "x.db", options=Options(models=OPTIONS)) as executor:
        wanted = ModelsOnDemand(OPTIONS, executor)
        first, second = await asyncio.gather(models_of(wanted), models_of(wanted))
        assert first is second
        assert first.meter.boot == executor.boot
        assert first.meter.spending is executor.accounts.spending
        rung: list[str] = []
        wanted.on_notice = lambda: rung.append("rung")
        first.meter.on_nearly(CallFacts(purpose=Purpose.CHAT), ())
        assert rung == ["rung"]
        await wanted.close()


async def test_what_models_may_cost_comes_from_their_options(tmp_path: Path) -> None:
    async with open_executor(tmp_path / "x.db", options=Options(models=OPTIONS)) as executor:
        goal = await executor.set_goal("Talk")
        facts = await executor.accounts.of_call(Purpose.CHAT, goal=goal)
        assert [account.cap for account in facts.accounts] == [Cap(micros=7), Cap(tokens=8)]
        day = await executor.accounts.of_day(ChatId(5))
        assert day.cap == Cap(tokens=8)


async def test_where_a_package_is_missing_everything_goes_on_without_a_model_and_it_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasoning, "_LOADED_LATE", ("no_such_package",))
    async with open_executor(tmp_path / "x.db", options=Options(models=OPTIONS)) as executor:
        goal_id = await executor.set_goal("Grow the garden", success_criteria=["Build a fence"])
        told = []
        for _ in range(2):
            await executor.decompose_goal(goal_id)
            plan = await executor.queries.plan(goal_id, (await executor.goal(goal_id)).plan_version)
            assert isinstance(plan, dict)
            told.append([line for line in plan["advice"] if "The model could not help" in str(line)])  # type: ignore[union-attr]  # a list of texts
        assert [len(lines) for lines in told] == [1, 0]
        assert "No module named 'no_such_package'" in str(told[0])
        await executor.execute_task(TaskId(f"{goal_id}.1"), lambda: None)
        assert await executor.adapt_plan(goal_id, "the soil is hard") == 3
        goal = await executor.goal(goal_id)
        judge = executor._jobs.judge
        assert judge is not None
        assert (await judge(goal, goal.task(1))).confidence == 0


async def test_models_that_nobody_needed_are_closed_without_having_been_made(tmp_path: Path) -> None:
    async with open_executor(tmp_path / "x.db", options=Options(models=OPTIONS)) as executor:
        wanted = ModelsOnDemand(OPTIONS, executor)
        await wanted.close()
        assert wanted.made is None
