"""The small model that is asked about findings: through the real provider code, charged, and harmless when useless."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.library import open_executor
from engine.agents.calls import Purpose
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.agents.prices import Price
from engine.executor import AutonomousGoalExecutor, Options
from engine.money import Cap
from engine.values import GoalId
from tests.engine.agents.reasoning.plans_of_a_model import asked_texts
from tests.engine.proactive.test_agent import CRITERIA, DIG, STUDY
from tests.engine.stage import PlanOf
from tests.fresh_database import fresh_database
from tests.scripted_models import Script, ScriptedServer, Turn, scripted_openai

PRICE = Price(tokens_in=1_000_000, tokens_out=10_000_000)
BIG, SMALL = "openai:big", "openai:small"


def weighing(*, worth: float = 0.9, words: str = "Chess  can\nbegin today") -> Turn:
    said = {
        "findings": [{"finding": 1, "worth": worth, "words": words}],
        "suggestions": [
            {"kind": "skip", "tasks": [1], "words": "nobody needs trees"},
            {"kind": "replan", "tasks": [2], "words": "Study with a partner"},
        ],
    }
    return Turn(calls={"weigh_findings": said}, tokens=(1_000, 50))


@asynccontextmanager
async def opened(path: Path, script: Script) -> AsyncIterator[tuple[AutonomousGoalExecutor, ScriptedServer, GoalId]]:
    async with asyncio.timeout(20), scripted_openai(script) as server:
        models = ModelOptions(
            main=parse_model(BIG),
            small=parse_model(SMALL),
            url=server.url,
            timeout=5.0,
            most_tokens=500,
            prices={BIG: PRICE, SMALL: PRICE},
            a_goal=Cap(micros=1_000_000),
        )
        planner = PlanOf({"": (DIG, STUDY)})
        async with open_executor(
            fresh_database(path / "x.db"), options=Options(models=models), planner=planner
        ) as executor:
            goal = await executor.set_goal("Mine", success_criteria=CRITERIA)
            await executor.decompose_goal(goal, use_reasoning=False)
            await executor.start_goal(goal)
            executor.proactive.stir([goal])
            await executor.proactive.look()
            yield executor, server, goal


async def test_the_small_model_says_what_a_finding_means_and_its_sound_suggestions_are_kept(tmp_path: Path) -> None:
    async with opened(tmp_path, [weighing()]) as (executor, server, goal):
        assert [request["model"] for request in server.requests] == ["small"]
        assert "Win the chess tournament" in asked_texts(server.requests[0])
        (found,) = await executor.proactive.get_opportunities(goal)
        assert (found["facts"]["words"], found["facts"]["worth"]) == ("Chess can begin today", 0.9)
        advised = await executor.proactive.get_suggestions(goal)
        assert [(one["kind"], one["tasks"], one["facts"]["words"]) for one in advised] == [
            ("advised", ["1.2"], "Study with a partner")
        ]
        (row,) = (await executor.costs_of(goal)).rows
        assert (row.purpose, row.calls) == (Purpose.IMPROVE, 1)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "turn", [Turn(status=400), Turn(garbage=True), Turn(text="no"), weighing(worth=7.0), weighing(words="  ")]
)
async def test_a_model_of_no_use_changes_nothing_of_what_was_found(tmp_path: Path, turn: Turn) -> None:
    async with opened(tmp_path, [turn]) as (executor, server, goal):
        assert 1 <= len(server.requests) <= 4
        (found,) = await executor.proactive.get_opportunities(goal)
        assert "words" not in found["facts"]
