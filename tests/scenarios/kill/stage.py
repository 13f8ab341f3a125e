"""A strict Telegram, a talker and a bot of its own process, for tests of single situations."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.local.limits import FloodLimits
from bot.local.server import SimulatorServer
from bot.local.simulator import Simulator
from engine.clock import SystemClock
from tests.scenarios.kill.end_state import Remains
from tests.scenarios.kill.fast_time import REAL, FastTime
from tests.scenarios.kill.person import Talker
from tests.scenarios.kill.ward import TOKEN, Home, Life, Ward

PATIENCE = 30.0  # seconds for any one situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a situation plays on."""

    simulator: Simulator
    ann: Talker
    home: Home
    ward: Ward

    async def start(self) -> Life:
        """A bot that is up: it has set its menu."""
        known = len(self.home.log().splitlines())
        life = await self.ward.start(self.home)
        await until(lambda: life.ended.done() or "ready" in "".join(self.home.log().splitlines()[known:]))
        return life

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        remains = Remains(self.home.database)
        try:
            return list(remains.rows(sql))
        finally:
            remains.close()

    async def plan(self, *criteria: str) -> None:
        """Have Ann's goal of these criteria planned."""
        points = "\n".join(f"- {one}" for one in criteria)
        self.ann.say(f"/goal Launch the newsletter\n{points}\ndeadline: none\npriority: high")
        await self.ann.until(lambda: self.ann.button("The plan for", "Start"))

    async def begin(self, *criteria: str) -> None:
        """Have it planned and started."""
        await self.plan(*criteria)
        await self.ann.press("The plan for", "Start")


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what happens in another process and announces itself in no way."""
    while not holds():
        await REAL.sleep(0.01)


@asynccontextmanager
async def stage(ward: Ward, folder: Path, **settings: str) -> AsyncIterator[Stage]:
    """A stage whose bot has these settings beside the usual ones; it lasts half a minute at most."""
    simulator = Simulator(token=TOKEN, clock=SystemClock(), journal=None, flood=FloodLimits.off())
    async with asyncio.timeout(PATIENCE), SimulatorServer(simulator) as server:
        home = Home(folder=folder, telegram=server.base, time=FastTime(speed=1.0), settings=settings)
        talker = Talker(simulator)
        with talker.watching():
            try:
                yield Stage(simulator=simulator, ann=talker, home=home, ward=ward)
            except BaseException as error:
                error.add_note(f"chat: {talker.texts()[-4:]}\nlog: {home.log()[-2000:]}")
                raise
