"""People who talk to a bot with a model: a strict Telegram, the real app, a scripted model over HTTP."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import App, Wiring, open_app
from bot.lanes import LaneLimits
from bot.local.events import DraftShown, SimEvent
from bot.local.limits import FloodLimits
from bot.local.messages import Person, SimMessage
from bot.local.session import SimulatorSession
from bot.local.simulator import Simulator
from bot.settings import Settings
from engine.clock import SystemClock
from engine.values import UserId
from tests.fresh_database import fresh_database
from tests.scripted_models import Json, Script, ScriptedServer, Turn, scripted_openai
from tests.waiting import others_at_work

TOKEN = "42:TEST"
ANN = Person(id=7, first_name="Ann")
BEN = Person(id=8, first_name="Ben")


def a_telegram() -> Simulator:
    return Simulator(token=TOKEN, clock=SystemClock(), journal=None, flood=FloodLimits.off())


class Chat:
    """Ann, who writes to the bot and presses buttons."""

    def __init__(self, simulator: Simulator, app: App) -> None:
        self.simulator = simulator
        self.app = app
        self.drafts: list[str] = []
        simulator.listen(self._hear)

    def _hear(self, event: SimEvent) -> None:
        if isinstance(event, DraftShown):
            self.drafts.append(event.text)

    async def say(self, text: str, person: Person = ANN) -> str:
        before = len(self.messages(person.id))
        self.simulator.say(person, text)
        await self.settle()
        return "\n".join(one.text for one in self.messages(person.id)[before:])

    async def press(self, label: str) -> str:
        before = len(self.messages())
        for message in reversed(self.messages()):
            for row in message.buttons:
                for button in row:
                    if label in button.text:
                        self.simulator.press(ANN, ANN.id, message.id, button.data or "")
                        await self.settle()
                        return "\n".join(one.text for one in self.messages()[before:])
        raise AssertionError(f"no button «{label}»")

    async def settle(self) -> None:
        while self.simulator.pending_updates() or not await self.app.is_quiet():
            await others_at_work()

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await others_at_work()

    def messages(self, chat: int = ANN.id) -> list[SimMessage]:
        return [message for message in self.simulator.chat(chat) if message.from_bot]

    def texts(self, chat: int = ANN.id) -> list[str]:
        return [message.text for message in self.messages(chat)]


def wiring_of(simulator: Simulator) -> Wiring:
    return Wiring(
        token=TOKEN,
        session=SimulatorSession(simulator),
        owner_ids=(UserId(ANN.id), UserId(BEN.id)),
        limits=LaneLimits.off(),
        dice=random.Random(1),
    )


def settings_of(folder: Path, server: ScriptedServer, **more: object) -> Settings:
    values = {
        "database": fresh_database(folder / "milepost.db"),
        "model": "openai:scripted",
        "model_url": server.url,
        "model_prices": "openai:scripted=1/10",
        **more,
    }
    return Settings.model_validate(values)


@asynccontextmanager
async def app_of(simulator: Simulator, settings: Settings) -> AsyncIterator[Chat]:
    """The bot, running within."""
    async with open_app(settings, wiring_of(simulator)) as app, asyncio.TaskGroup() as group:
        group.create_task(app.run())
        try:
            yield Chat(simulator, app)
        finally:
            await app.stop()


@asynccontextmanager
async def talking(folder: Path, script: Script, **more: object) -> AsyncIterator[tuple[Chat, ScriptedServer]]:
    """A chat with a bot whose model says what the script tells."""
    simulator = a_telegram()
    async with (
        asyncio.timeout(60),
        scripted_openai(script) as server,
        app_of(simulator, settings_of(folder, server, **more)) as chat,
    ):
        yield chat, server
    simulator.close()


def in_turn(*turns: Turn) -> Callable[[Json], Turn]:
    """Answers of the conversation, one after the other, the last one again and again; planners and judges get none."""
    left = list(turns)

    def answer(asked: Json) -> Turn:
        if not is_talk(asked):
            return Turn(status=400)
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def is_talk(asked: Json) -> bool:
    """Whether a request is one of the conversation's."""
    return "execute_goal" in json.dumps(asked.get("tools", []))


def said_to(asked: Json) -> list[str]:
    """What a model was told by people in a request, the oldest first."""
    messages = asked["messages"]
    assert isinstance(messages, list)
    return [str(one["content"]) for one in messages if one["role"] == "user"]


def returned_to(asked: Json) -> list[str]:
    """What its tools have returned to a model, in a request."""
    messages = asked["messages"]
    assert isinstance(messages, list)
    return [str(one["content"]) for one in messages if one["role"] == "tool"]
