"""One person's talk with the bot in the local chat: what the screen and the script both work on."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.local.messages import Person
from bot.local.simulator import Simulator
from engine.clock import Clock

PATIENCE = dt.timedelta(seconds=30)  # how long the bot may be busy with one step, in real time
_PULSE = 0.02  # seconds between two looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A running bot behind its simulated Telegram, and the person in front of it.

    `clock` is the bot's time, which may run faster; `real` is the time of whoever waits for the bot. `is_quiet` says
    whether the bot has nothing left to do at this moment.
    """

    simulator: Simulator
    person: Person
    clock: Clock
    real: Clock
    is_quiet: Callable[[], Awaitable[bool]]
    speed: float = 1.0

    async def settle(self) -> bool:
        """Wait until the bot is quiet; False when it is still busy after `PATIENCE`."""
        end = self.real.now() + PATIENCE
        calm = 0
        while calm < 2:  # twice, because an answer may be between two queues at the one moment of a look
            calm = calm + 1 if self.simulator.pending_updates() == 0 and await self.is_quiet() else 0
            if self.real.now() >= end:
                return False
            await self.real.sleep(_PULSE)
        return True
