"""A chat with a model configured: plans that it proposes, chosen from, explained, and done without when it is down."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.agents.reasoning import reasoner
from engine.goals import GoalStatus
from engine.values import GoalId
from tests.engine.agents.reasoning.plans_of_a_model import plan, proposing, step
from tests.scenarios.talking import ANN, Chat, talking
from tests.scripted_models import Script, ScriptedServer, Turn

ROOT = Path(__file__).parents[2]
SHOP = "/goal Launch the shop\n- Develop the shop\n- Achieve 50 orders\ndeadline: none\npriority: normal"
FRIENDS = plan(
    "Friends first",
    step("shop", 1, probability=1.0, title="Develop the shop with a friend"),
    step("test", 1, "shop", probability=1.0, title="Test the shop"),
    step("orders", 2, "test", probability=1.0, title="Ask friends for 50 orders"),
    probability=1.0,
)
SLOW = plan("One by one", step("talk", 2, probability=0.5), step("shop", 1, "talk", probability=0.5), probability=0.2)


@asynccontextmanager
async def chatting(folder: Path, script: Script, **more: object) -> AsyncIterator[tuple[Chat, ScriptedServer]]:
    async with asyncio.timeout(30), talking(folder, script, **more) as chatted:
        yield chatted


async def test_the_plan_of_a_model_is_offered_with_the_methods_beside_it_and_explained(tmp_path: Path) -> None:
    async with chatting(tmp_path, [proposing(FRIENDS, SLOW)]) as (chat, server):
        told = await chat.say(SHOP)
        assert len(server.requests) == 1
        assert "Ask friends for 50 orders" in told
        assert "A · goes as planned 7 times in 10" in told
        assert "B · goes as planned 4 times in 10 · 5–9 weeks · from methods, without a model" in told
        why = await chat.say("/why")
        assert "«Friends first», which the model proposed, scores" in why
        assert "$0.0060" in why
        assert "in the model's words, «without orders nothing grows»" in await chat.say("/why 3")
        await chat.press("Start")
        goal = await chat.app.engine.goal(GoalId(1))
        assert goal.status is GoalStatus.ACTIVE
        assert goal.reasoning_session == "1.1"


@pytest.mark.long
async def test_a_person_may_take_the_methods_plan_instead_and_still_learns_what_the_model_said(tmp_path: Path) -> None:
    async with chatting(tmp_path, [proposing(FRIENDS, SLOW)]) as (chat, _):
        await chat.say(SHOP)
        told = await chat.press("Use plan B")
        assert "a model's way, «Friends first»: Friends first comes first" in told
        picked = await chat.app.engine.goal(GoalId(1))
        assert picked.plan_source == "methods"
        assert picked.reasoning_session == "1.1"
        assert "A: «Friends first», the model's, chosen: 74 of 100" in await chat.say("/why")


CIRCLE = plan("Round", step("a", 1, "b"), step("b", 2, "a"))
USELESS: dict[str, Script] = {
    "garbage": [Turn(garbage=True)],
    "a refusal": [Turn(text="I can't help with that.")],
    "the same circle for ever": [proposing(CIRCLE)],
    "errors": [Turn(status=500)],
    "a wrong key": [Turn(status=401)],
    "silence": [Turn(hangs=True)],
}


# tests/engine/agents/reasoning/test_sessions.py has all of them without a chat
@pytest.mark.sample(1, in_ci=3)
@pytest.mark.parametrize(
    "kind", [kind if kind in ("garbage", "silence") else pytest.param(kind, marks=pytest.mark.long) for kind in USELESS]
)
async def test_with_a_useless_model_the_chat_has_its_plan_is_told_once_and_spends_within_budget(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasoner, "LONGEST", 0.3 if kind == "silence" else 30.0)
    async with chatting(tmp_path, USELESS[kind], goal_budget=0.5) as (chat, server):
        told = await chat.say(SHOP)
        assert told.count("The model could not help") == 1
        assert server.requests
        assert "could not help" not in await chat.say("/status")
        assert "could not help" in await chat.say("/why")
        await chat.press("Start")
        engine = chat.app.engine
        goal = await engine.goal(GoalId(1))
        assert (goal.status, goal.plan_source) == (GoalStatus.ACTIVE, "methods")
        costs = await engine.costs_of(goal.id)
        assert costs.spent.micros <= 500_000
        assert costs.reserved.micros == 0


@pytest.mark.long
async def test_a_model_mends_what_methods_would_hand_to_the_person_who_has_the_last_word(tmp_path: Path) -> None:
    def answer(asked: dict[str, object]) -> Turn:
        if "propose_plans" in json.dumps(asked["tools"]):
            return Turn(status=400)
        told = {"cause": "nobody reads the flyers", "summary": "ask on the market"}
        market = step("market", 2, "#3", title="Sell 50 orders on the market")
        return Turn(calls={"propose_repair": {**told, "add": [market], "wait": []}})

    async with chatting(tmp_path, answer) as (chat, server):
        await chat.say(SHOP)
        await chat.press("Start")
        asked = len(server.requests)
        told = await chat.say("/replan nobody reads flyers, sell on the market instead")
        assert len(server.requests) == asked + 1
        assert "A model suggests: ask on the market" in told
        before = await chat.app.engine.goal(GoalId(1))
        assert before.plan_version == 1
        assert before.proposed_version == 2
        await chat.app.engine.accept_repair(before.id, 2)
        await chat.settle()
        after = await chat.app.engine.goal(GoalId(1))
        assert "Sell 50 orders on the market" in [task.title for task in after.live_tasks]
        assert "The cause, in the model's words: «nobody reads the flyers»" in await chat.say("/why")


@pytest.mark.long
async def test_the_chat_is_told_once_that_most_of_a_goals_budget_is_spent(tmp_path: Path) -> None:
    async with chatting(tmp_path, [proposing(FRIENDS, SLOW, tokens=None)], goal_budget=0.1) as (chat, _):
        told = await chat.say(SHOP)
        assert told.count("Most of the budget is spent") == 1
        costs = await chat.app.engine.costs_of(GoalId(1))
        assert 80_000 <= costs.spent.micros <= 100_000


@pytest.mark.long  # test_conversation.py has the same of a turn
async def test_a_tap_and_a_cancel_do_not_wait_for_a_model_that_thinks(tmp_path: Path) -> None:
    async with chatting(tmp_path, [Turn(hangs=True)]) as (chat, server):
        chat.simulator.say(ANN, SHOP)
        await server.asked.wait()
        engine = chat.app.engine
        chat.simulator.say(ANN, "/help")
        while not any("/goal" in one.text for one in chat.messages()):
            await asyncio.sleep(0)
        assert (await engine.goal(GoalId(1))).status is GoalStatus.PLANNING
        await engine.cancel_goal(GoalId(1))
        assert (await engine.goal(GoalId(1))).status is GoalStatus.CANCELLED
        spent = await chat.app.parts.database.spending.spent("goal:1")
        assert spent.micros > 0  # what is under way is reserved


@pytest.mark.long  # in a process of its own; tests/bot/test_start.py looks at what a bot imports
def test_without_a_model_nothing_of_it_is_imported(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from bot.library import open_executor
async def main():
    async with open_executor({str(tmp_path / "x.db")!r}) as executor:
        goal = await executor.set_goal("Launch the shop", success_criteria=["Develop the shop"])
        await executor.decompose_goal(goal, use_reasoning=True)
asyncio.run(main())
import bot.assembly, bot.execute
print([name for name in ("pydantic_ai", "openai", "httpx2", "genai_prices") if name in sys.modules])
"""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stderr == ""
    assert ended.stdout.strip() == "[]"
