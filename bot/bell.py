"""What wakes a loop: whoever has work for it rings."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.insisting import PAUSE
from engine.clock import Clock
from engine.errors import StoreError

logger = logging.getLogger(__name__)


class Bell:
    """One loop waits, anyone rings. A ring while nobody waits is kept for the next wait; several are one."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the loop, now or at its next wait."""
        self._rung.set()

    async def wait(self) -> None:
        """Wait for a ring."""
        await self._rung.wait()
        self._rung.clear()

    async def serve(self, look: Callable[[], Awaitable[None]], what: str, real: Clock) -> None:
        """Look once, and again at every ring, until cancelled; `what` is looked at, for the log."""
        while True:
            try:
                await look()
            except StoreError as error:
                logger.warning("the %s can't be read: %s", what, error)
                await real.sleep(PAUSE)
                continue
            await self.wait()
