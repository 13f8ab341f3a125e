"""A strict Telegram, a real database in a temporary folder, and clocks that jump instead of sleeping."""

import tests.lean_aiogram  # noqa: F401 - before the others

# isort: split
import asyncio
import datetime as dt
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiogram import Bot

from bot.lanes import Lanes
from bot.local.messages import Person
from bot.local.session import SimulatorSession
from bot.local.simulator import Simulator
from bot.post_office import PostOffice, Tools
from bot.settings import Settings
from engine.records import ChatSettings, Outgoing
from engine.values import ChatId, GoalId
from storage.database import Database, open_database
from tests.fresh_database import fresh_database

TOKEN = "42:TEST"
ANN = Person(id=7, first_name="Ann", username="ann")
BEN = Person(id=8, first_name="Ben")


class JumpingClock:
    """A clock that nobody waits for: whoever sleeps finds the time passed at once."""

    speed = 1.0

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
        self.sleeps: list[float] = []

    def now(self) -> dt.datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.moment += dt.timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self.moment += dt.timedelta(seconds=seconds)


@dataclass
class Stage:
    """What the tests of the edge play on."""

    simulator: Simulator
    bot: Bot
    database: Database
    clock: JumpingClock
    real: JumpingClock
    office: PostOffice
    path: Path
    forgotten: list[GoalId] = field(default_factory=list)
    """Goals that the engine was told to forget."""
    expelled: set[int] = field(default_factory=set)
    """People who may not use the bot any more."""

    def texts(self, chat: int = ANN.id) -> list[str]:
        """What the bot wrote into a chat."""
        return [message.text for message in self.simulator.chat(chat) if message.from_bot]

    async def put(self, *texts: str, chat: int = ANN.id) -> None:
        """Queue messages."""
        messages = [Outgoing(chat=ChatId(chat), payload={"text": text}) for text in texts]
        await self.database.outbox.put(messages, self.clock.now())

    async def serves(self, settings: ChatSettings) -> bool:
        """Whether a chat is still somebody's who may use the bot."""
        return settings.owner not in self.expelled

    def fresh_office(self) -> PostOffice:
        """A post office that remembers nothing, as after a restart."""
        tools = Tools(
            bot=self.bot,
            conversations=self.database.conversations,
            lanes=Lanes(self.real),
            real=self.real,
            dice=random.Random(1),
            forget=self.forgotten.extend,
            serves=self.serves,
        )
        return PostOffice(tools)

    @staticmethod
    @asynccontextmanager
    async def running(*loops: Callable[[], Coroutine[object, object, None]]) -> AsyncIterator[None]:
        """Loops that run inside the block and are cancelled at its end, as by a kill."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(loop()) for loop in loops]
            yield
            for task in tasks:
                task.cancel()

    @staticmethod
    async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
        """Let the others work until the condition holds."""
        async with asyncio.timeout(20):
            while True:
                found = condition()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(0)

    async def turns(self, count: int = 300) -> None:
        """Let the others work for a while."""
        for _ in range(count):
            await asyncio.sleep(0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a process that has its database in a temporary folder."""
    return Settings.model_validate({"database": tmp_path / "milepost.db"})


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock, real = JumpingClock(), JumpingClock()
    simulator = Simulator(token=TOKEN, clock=clock, journal=None, real=real)
    bot = Bot(TOKEN, session=SimulatorSession(simulator))
    path = fresh_database(tmp_path / "milepost.db")
    async with open_database(path, clock=clock, bot=42) as database:
        made = Stage(simulator, bot, database, clock, real, None, path)  # type: ignore[arg-type] # filled in below
        made.office = made.fresh_office()
        yield made
    simulator.close()


@pytest.fixture
def ann(stage: Stage) -> Person:
    """Ann, who has written to the bot."""
    stage.simulator.say(ANN, "hello")
    return ANN


@pytest.fixture
def ben(stage: Stage) -> Person:
    """Ben, who has written too."""
    stage.simulator.say(BEN, "hello")
    return BEN
