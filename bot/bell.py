"""What wakes a loop: whoever has work for it rings."""

import asyncio


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
