"""What wakes a loop: whoever has work for it rings, and after a while it rings by itself."""

import asyncio

from engine.clock import Clock


class Bell:
    """One loop waits, anyone rings. A ring while nobody waits is kept for the next wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the loop, now or at its next wait."""
        self._rung.set()

    async def wait(self, seconds: float | None) -> None:
        """Wait for a ring, or for so many seconds of the bell's clock; None waits for a ring alone."""
        if seconds is None:
            await self._rung.wait()
        elif not self._rung.is_set():
            async with asyncio.TaskGroup() as group:
                timer = group.create_task(self._ring_after(seconds))
                await self._rung.wait()
                timer.cancel()
        self._rung.clear()

    async def _ring_after(self, seconds: float) -> None:
        await self._clock.sleep(max(0.0, seconds))
        self._rung.set()
