"""The whole bot over a strict Telegram: from the first word to an answer, and stopping in order."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot import schedule
from bot.app import App, Wiring, open_app
from bot.inbox import CannotGoOn
from bot.lanes import LaneLimits
from bot.local.faults import Fault, FaultKind
from bot.local.limits import FloodLimits
from bot.local.messages import Person
from bot.local.session import SimulatorSession
from bot.local.simulator import Simulator
from bot.settings import Settings
from engine.clock import SystemClock
from engine.errors import StoreError
from engine.values import ChatId, GoalId, UserId
from tests.fresh_database import fresh_database

TOKEN = "42:TEST"
ANN = Person(id=7, first_name="Ann")


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(token=TOKEN, clock=SystemClock(), journal=None, flood=FloodLimits.off())


@asynccontextmanager
async def opened(simulator: Simulator, folder: Path, *owners: int) -> AsyncIterator[App]:
    wiring = Wiring(
        token=TOKEN,
        session=SimulatorSession(simulator),
        owner_ids=tuple(UserId(owner) for owner in owners),
        limits=LaneLimits.off(),
        dice=random.Random(1),
    )
    async with open_app(Settings(database=fresh_database(folder / "milepost.db")), wiring) as app:
        yield app


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        group.create_task(app.run())
        try:
            yield
        finally:
            await app.stop()


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


async def settle(simulator: Simulator, app: App) -> None:
    async with asyncio.timeout(20):
        while simulator.pending_updates() or not await app.is_quiet():
            await asyncio.sleep(0)


def texts(simulator: Simulator) -> list[str]:
    return [message.text for message in simulator.chat(ANN.id) if message.from_bot]


async def test_a_message_is_answered_and_the_commands_are_set(simulator: Simulator, tmp_path: Path) -> None:
    simulator.say(ANN, "/start")
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        await until(lambda: texts(simulator) and simulator.commands())
    assert "Welcome" in texts(simulator)[0]
    assert "goal" in {command for command, _ in simulator.commands()}


async def test_a_goal_in_one_message_gets_its_plan_and_a_card_after_start(simulator: Simulator, tmp_path: Path) -> None:
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        simulator.say(ANN, "/goal Run a market stall\n- Choose a date\n- Bake 20 cakes\ndeadline: none\npriority: high")
        await settle(simulator, app)
        plan = next(m for m in reversed(simulator.chat(ANN.id)) if m.from_bot and m.buttons)
        start = next(b for row in plan.buttons for b in row if b.text.endswith("Start"))
        simulator.press(ANN, ANN.id, plan.id, start.data or "")
        await settle(simulator, app)
        card = await app.parts.database.conversations.cards()
        assert card == []
    assert any("Run a market stall" in text for text in texts(simulator))
    assert any("Choose a date" in text for text in texts(simulator))


async def test_what_no_change_of_a_goal_caused_goes_out_without_waiting_for_the_sweep(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "SWEEP_TICK", 3_600.0)
    simulator.say(ANN, "/start")
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        await settle(simulator, app)
        await app.engine.notifier.send_message("The oven is hot")
        await until(lambda: "The oven is hot" in texts(simulator)[-1])


async def test_only_the_newest_card_has_buttons(simulator: Simulator, tmp_path: Path) -> None:
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        simulator.say(ANN, "/goal Run a market stall\n- Choose a date\ndeadline: none\npriority: high")
        await settle(simulator, app)
        await app.engine.start_goal(GoalId(1))
        for _ in range(3):
            simulator.say(ANN, "/status")
            await settle(simulator, app)
        cards = [m for m in simulator.chat(ANN.id) if m.from_bot and "Goal 1 · plan 1" in m.text]
        assert [bool(card.buttons) for card in cards] == [False, False, True]
        await app.engine.pause_goal(GoalId(1))
        await settle(simulator, app)
        shown = [m for m in simulator.chat(ANN.id) if m.from_bot and "Goal 1 · plan 1" in m.text]
        assert [("Paused" in card.text, bool(card.buttons)) for card in shown] == [(False, False)] * 2 + [(True, True)]


@pytest.mark.long
async def test_who_is_no_owner_any_more_hears_nothing_of_a_goal_that_stays(
    simulator: Simulator, tmp_path: Path
) -> None:
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        simulator.say(ANN, "/goal Run a market stall\n- Choose a date\ndeadline: none\npriority: high")
        await settle(simulator, app)
        await app.engine.start_goal(GoalId(1))
        simulator.say(ANN, "/status")
        await settle(simulator, app)
    before = [(message.text, message.buttons) for message in simulator.chat(ANN.id)]
    async with opened(simulator, tmp_path, 99) as app, running(app):
        await app.engine.complete_task(GoalId(1), 1)
        simulator.say(ANN, "/status")
        await settle(simulator, app)
        after = [(message.text, message.buttons) for message in simulator.chat(ANN.id)]
        assert after == [*before, ("/status", ())]
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        await settle(simulator, app)
    assert any("Milestone achieved" in text or "milestones achieved" in text for text in texts(simulator)[-3:])


@pytest.mark.long
async def test_a_goal_of_a_group_that_became_a_supergroup_goes_on_there_with_a_card_of_its_own(
    simulator: Simulator, tmp_path: Path
) -> None:
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        old = simulator.open_group(ANN, "Us")
        simulator.say(ANN, "/goal Paint\n- Buy paint\ndeadline: none\npriority: high", chat_id=old)
        await settle(simulator, app)
        plan = next(m for m in reversed(simulator.chat(old)) if m.from_bot and m.buttons)
        start = next(b for row in plan.buttons for b in row if b.text.endswith("Start"))
        simulator.press(ANN, old, plan.id, start.data or "")
        await settle(simulator, app)
        new = simulator.upgrade_group(ANN, old)
        await settle(simulator, app)
        assert (await app.engine.goal(GoalId(1))).chat == new  # the engine's cache knows it too
        await app.engine.fail_goal(GoalId(1), "no paint")
        await settle(simulator, app)
        card = await app.parts.database.conversations.card(GoalId(1))
    told = {message.id: message.text for message in simulator.chat(new) if message.from_bot}
    assert any("No paint" in text for text in told.values())
    assert card is not None
    assert card.message in told


async def test_what_was_said_while_the_bot_was_away_is_answered_at_the_next_start(
    simulator: Simulator, tmp_path: Path
) -> None:
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        simulator.say(ANN, "/help")
        await settle(simulator, app)
    simulator.say(ANN, "/privacy")
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        await settle(simulator, app)
    assert len(texts(simulator)) == 2


async def test_without_an_owner_a_code_is_asked_for_and_pairs(simulator: Simulator, tmp_path: Path) -> None:
    async with opened(simulator, tmp_path) as app, running(app):
        assert app.pairing_code is not None
        simulator.say(ANN, app.pairing_code)
        await settle(simulator, app)
    assert len(texts(simulator)) == 2
    async with opened(simulator, tmp_path) as app:
        assert app.pairing_code is None


async def test_stopping_is_in_order_and_soon_over(simulator: Simulator, tmp_path: Path) -> None:
    steps: list[str] = []
    async with opened(simulator, tmp_path, ANN.id) as app:
        parts = app.parts

        def noted(name: str, work: Any) -> Any:
            async def step(*given: Any) -> Any:
                steps.append(name)
                return await work(*given)

            return step

        for owner, name in (
            (parts.worker, "drain"),
            (parts.engine, "stop"),
            (parts.delivery, "flush"),
            (parts.delivery, "close"),
        ):
            setattr(owner, name, noted(name, getattr(owner, name)))
        began = asyncio.get_running_loop().time()
        async with running(app):
            simulator.say(ANN, "/help")
            await settle(simulator, app)
        assert asyncio.get_running_loop().time() - began < 5
    assert steps == ["drain", "stop", "flush", "close"]


async def test_a_loop_that_ends_brings_the_process_down_in_order(simulator: Simulator, tmp_path: Path) -> None:
    async with opened(simulator, tmp_path, ANN.id) as app:
        simulator._world.token = "43:OTHER"
        with pytest.raises(CannotGoOn, match="MILEPOST_BOT_TOKEN"):
            await app.run()


async def test_a_database_that_fails_at_the_start_is_told_as_what_it_is(simulator: Simulator, tmp_path: Path) -> None:
    async def damaged() -> None:
        raise StoreError("corrupt", "milepost.db", "the database is damaged")

    async with opened(simulator, tmp_path, ANN.id) as app:
        app.engine.recover = damaged  # type: ignore[method-assign] # a fault on order
        with pytest.raises(StoreError, match="damaged"):  # one line for the operator, and no group of errors
            await app.run()


@pytest.mark.long
async def test_stopping_while_telegram_hangs_is_still_over_within_seconds(simulator: Simulator, tmp_path: Path) -> None:
    simulator.faults.add(Fault(kind=FaultKind.HANG, method="sendMessage", times=None))
    async with opened(simulator, tmp_path, ANN.id) as app:
        began = asyncio.get_running_loop().time()
        async with running(app):
            simulator.say(ANN, "/help")
            outbox = app.parts.database.outbox
            async with asyncio.timeout(10):
                while not app.parts.delivery.is_serving(ChatId(ANN.id)) or await outbox.queued(5):
                    await asyncio.sleep(0)
        assert asyncio.get_running_loop().time() - began < 5
    simulator.faults.clear()
    async with opened(simulator, tmp_path, ANN.id) as app, running(app):
        await settle(simulator, app)
    (text,) = texts(simulator)
    assert text.endswith("arrived.)")
