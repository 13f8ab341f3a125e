"""The only home of APScheduler: it ticks, and nothing durable lives in it. What is due is found in our tables.

Five ticks: the wake-ups (the engine's own alarm is exact; this catches what it missed), the monitor, the digests,
a sweep of inbox, outbox and cards, whose loops live on hints, and once a day what is settled for long is taken away.
Intervals follow our clock: at speed 60 a minute's tick comes every second, but never more often than `SHORTEST`.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.bell import Bell
from bot.digest_times import due_date
from engine.clock import Clock
from engine.errors import EngineError
from engine.ports import Conversations
from engine.records import ChatSettings, Outgoing
from storage.pruning import SqlPruning

logger = logging.getLogger(__name__)

SHORTEST = 0.05  # seconds of real time between two ticks, however fast our clock runs
WAKEUP_TICK = 60.0  # seconds of our time
DIGEST_TICK = 60.0
SWEEP_TICK = 30.0
PRUNING_TICK = 86_400.0
KEPT = dt.timedelta(days=30)  # how long what is settled stays
FIRST_DIGEST = dt.timedelta(days=1)  # what a chat's very first digest looks back on

Compose = Callable[[ChatSettings, dt.datetime], Awaitable[Sequence[Outgoing]]]
"""Makes a chat's digest of what happened since a moment; empty when there is nothing to say."""

Serves = Callable[[ChatSettings], Awaitable[bool]]
"""Whether somebody in a chat may use the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """What the schedule makes happen. `sweep` wakes the loops that live on hints."""

    serve_wakeups: Callable[[], Awaitable[object]]
    look_after_goals: Callable[[], Awaitable[None]]
    digests: Callable[[], Awaitable[None]]
    sweep: Callable[[], Awaitable[None]]
    prune: Callable[[], Awaitable[None]]
    monitoring_interval: float  # seconds of our time


class Schedule:
    """Ticks, by APScheduler. A tick that comes too late still counts, once."""

    def __init__(self, rounds: Rounds, *, speed: float = 1.0) -> None:
        self._rounds = rounds
        self._speed = speed
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def interval(self, seconds: float) -> float:
        """The real seconds between ticks that are so many seconds of our time apart."""
        return max(SHORTEST, seconds / self._speed)

    async def run(self) -> None:
        """Tick until cancelled; each round is made once at the start.

        A tick only rings. The rounds are loops of our own: cancelling one is no error, and none runs beside itself.
        """
        rounds = self._rounds
        async with asyncio.TaskGroup() as group:
            for name, seconds, work in (
                ("wake-ups", WAKEUP_TICK, rounds.serve_wakeups),
                ("monitor", rounds.monitoring_interval, rounds.look_after_goals),
                ("digests", DIGEST_TICK, rounds.digests),
                ("sweep", SWEEP_TICK, rounds.sweep),
                ("pruning", PRUNING_TICK, rounds.prune),
            ):
                bell = Bell()
                bell.ring()
                group.create_task(_round(name, bell, work), name=name)
                trigger = IntervalTrigger(seconds=self.interval(seconds), timezone=dt.UTC)
                self._scheduler.add_job(_tick, trigger, args=[bell], id=name)
            self._scheduler.start()
            try:
                await asyncio.Event().wait()
            finally:
                self._scheduler.pause()
                await asyncio.sleep(0)  # ticks under way ring
                self._scheduler.shutdown(wait=False)
                await asyncio.sleep(0)  # the scheduler ends itself at the loop's next turn


async def _tick(bell: Bell) -> None:
    bell.ring()


async def _round(name: str, bell: Bell, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        await bell.wait()
        await _guarded(name, work)


async def _guarded(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """One pass of a loop: an error ends this pass alone."""
    try:
        await work()
    except EngineError as error:
        logger.warning("%s: tried again at the next tick: %s", name, error)
    except Exception:
        logger.exception("%s failed; tried again at the next tick", name)


class Digests:
    """Makes the digests that are due: each chat at its own hour, in its zone, once a local date."""

    def __init__(
        self, conversations: Conversations, compose: Compose, serves: Serves, clock: Clock, made: Callable[[], None]
    ) -> None:
        self._conversations = conversations
        self._compose = compose
        self._serves = serves
        self._clock = clock
        self._made = made

    async def look(self) -> None:
        """One pass over all chats; a chat whose digest fails doesn't keep the others from theirs."""
        for settings in await self._conversations.chats():
            date = due_date(settings, self._clock.now())
            if date is not None and await self._serves(settings):
                await _guarded(f"digest of chat {settings.chat}", partial(self._make, settings, date))

    async def _make(self, settings: ChatSettings, date: dt.date) -> None:
        now = self._clock.now()
        since = settings.last_digest_at or now - FIRST_DIGEST
        messages = [replace(one, silent=True) for one in await self._compose(settings, since)]
        served = replace(settings, last_digest=date.isoformat(), last_digest_at=now)
        if await self._conversations.digest_made(served, messages, now) and messages:
            self._made()


async def prune(pruning: SqlPruning, clock: Clock) -> None:
    """Take away what has been settled for longer than `KEPT`."""
    taken = await pruning.prune(clock.now() - KEPT)
    if taken:
        logger.info("%s rows that were settled for %s days were taken away", taken, KEPT.days)
