"""A running Milepost: every loop by name in one TaskGroup, and the order in which they are stopped."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

from aiogram import Bot
from aiogram.client.session.base import BaseSession

from bot.access import Access
from bot.cards import Cards
from bot.conversing.drafts import Drafts
from bot.delivery import Delivery
from bot.inbox import InboxWorker, Poller
from bot.introduction import introduce
from bot.lanes import LaneLimits
from bot.schedule import Schedule
from engine.clock import Clock, SystemClock
from engine.executor import AutonomousGoalExecutor
from engine.values import UserId
from handlers.routing import COMMANDS
from storage.database import Database

logger = logging.getLogger(__name__)

Loop = Callable[[], Coroutine[object, object, None]]

DRAIN, GRACE, FLUSH, CALLS = 0.7, 1.0, 0.8, 0.6
"""Real seconds of the steps of stopping; all in all, a SIGTERM is over well within 5 s."""


def steady() -> Clock:
    """Real time that a corrected wall clock can't move."""
    return SystemClock(epoch=SystemClock().now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What differs between Telegram, the local chat and the tests."""

    token: str
    clock: Clock = field(default_factory=SystemClock)
    """Our time: waits, reminders, digests."""
    real: Clock = field(default_factory=steady)
    """Real time: lanes, pauses, network."""
    session: BaseSession | None = None
    """The way to Telegram; None for HTTP."""
    owner_ids: tuple[UserId, ...] = ()
    zone: str = "UTC"
    """The time zone of new chats."""
    limits: LaneLimits = LaneLimits()
    dice: random.Random = field(default_factory=random.Random)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an app consists of."""

    bot: Bot
    database: Database
    engine: AutonomousGoalExecutor
    access: Access
    poller: Poller
    worker: InboxWorker
    delivery: Delivery
    cards: Cards
    drafts: Drafts
    schedule: Schedule
    wiring: Wiring


class LoopEnded(Exception):
    """A loop that should run for ever has ended: a fault of the program."""


class App:
    """A running Milepost. `parts` are open; `pairing_code` is what the owner has to send, None when there is one."""

    def __init__(self, parts: Parts, pairing_code: str | None) -> None:
        self.parts = parts
        self.pairing_code = pairing_code
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending = asyncio.Event()
        self._ended = asyncio.Event()
        self._failure: Exception | None = None  # None: whoever stopped us wanted it

    @property
    def engine(self) -> AutonomousGoalExecutor:
        """The engine, as handlers get it."""
        return self.parts.engine

    def loops(self) -> dict[str, Loop]:
        """Every loop by its name."""
        parts = self.parts
        return {
            "engine": parts.engine.run,
            "delivery": parts.delivery.run,
            "cards": parts.cards.run,
            "drafts": parts.drafts.run,
            "schedule": parts.schedule.run,
            "inbox": parts.worker.run,
            "poller": parts.poller.run,
        }

    async def run(self) -> None:
        """Run until `stop` is called or a loop ends, then stop in order.

        Raises what ended a loop: `CannotGoOn` with a line for the operator, or a fault of the program.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for name, loop in self.loops().items():
                    self._tasks[name] = group.create_task(self._watched(name, loop), name=name)
                wiring = self.parts.wiring
                hello = introduce(self.parts.bot, COMMANDS, wiring.real, wiring.dice)
                self._tasks["introduction"] = group.create_task(hello, name="introduction")
                logger.info("ready")
                await self._ending.wait()
                await self._shut_down()
        finally:
            self._ended.set()
        if self._failure is not None:
            raise self._failure

    async def _watched(self, name: str, loop: Loop) -> None:
        """Run a loop; its end is no accident of the others, which are stopped in order."""
        try:
            await loop()
            if not self._ending.is_set():
                self._failure = self._failure or LoopEnded(f"the loop «{name}» has ended by itself")
        except Exception as error:  # noted here and raised by `run`, once the other loops are stopped
            if not self._ending.is_set():
                self._failure = self._failure or _alone(error)
            logger.debug("the loop %s ended: %s", name, error)
        self._ending.set()

    async def stop(self) -> None:
        """Stop in order, and wait until all is quiet."""
        self._ending.set()
        await self._ended.wait()

    async def _shut_down(self) -> None:
        """The order of stopping. What a step leaves undone is found again at the next start."""
        parts = self.parts
        self._cancel("poller", "introduction")  # intake
        await _within(DRAIN, parts.worker.drain())
        self._cancel("inbox", "schedule")
        await _within(2 * GRACE, parts.engine.stop(GRACE))  # no more claims, grace, cancel, leases back
        await _within(FLUSH, parts.delivery.flush())
        await _within(CALLS, parts.delivery.close())
        self._cancel(*self._tasks)

    def _cancel(self, *names: str) -> None:
        for name in names:
            self._tasks[name].cancel()

    async def is_quiet(self) -> bool:
        """Whether nothing is left to do at this moment: inbox, engine, outbox and cards, in the order of the work."""
        parts = self.parts
        return (
            await parts.worker.is_quiet()
            and await parts.engine.is_idle()
            and await parts.delivery.is_quiet()
            and await parts.cards.is_quiet()
        )


def _alone(error: Exception) -> Exception:
    """The error without the groups that tasks wrap around a single one: who starts the bot tells it by its type."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


async def _within(seconds: float, work: Awaitable[None]) -> None:
    """Wait for a step of stopping, but no longer than this; its fault doesn't keep the next from its turn."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        logger.info("a step of stopping was cut short after %.1f s", seconds)
    except Exception:
        logger.exception("a step of stopping failed")
