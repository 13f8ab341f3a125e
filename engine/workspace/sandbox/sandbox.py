"""Runs commands that nobody vouches for: of the machine they see little, can change nothing, and leave nothing behind.

Before the first run the sandbox is tried with canaries, and again when it has failed. Without one that holds nothing
runs, and what wanted to waits for the resource «sandbox»; so no attempts are burnt, and no breaker is needed. Only the
operator's own setting lets code run without one, with the bounds that can be had then, and every result says so.
"""

import asyncio
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from engine.errors import ResourceBlocked
from engine.workspace.sandbox.commands import Limits, SandboxCommand, SandboxResult
from engine.workspace.sandbox.fitness import Fitness, NoSandbox, prove_sandbox
from engine.workspace.sandbox.running import RESOURCE, Said, SandboxLost, Seat, run_once
from engine.workspace.sandbox.watchdog import available_memory

SIDE_BY_SIDE = 64
"""Runs at one time at most; each has a user number of its own when we are root."""
_FIRST_USER = 1_879_048_192
"""Beyond all numbers that systems give to users and containers. With 64 for each process there are just enough below
2**31, for Linux knows 2**22 processes: so no two runs of a machine share one, and nobody has to keep count."""
_TRY_AGAIN = 60.0
"""Seconds until a sandbox that did not hold is tried again: somebody may have installed it meanwhile."""


class Sandbox:
    """The sandbox of this process."""

    def __init__(
        self,
        *,
        unsandboxed: bool = False,
        known: Fitness | None = None,  # None: it is tried before the first run
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`unsandboxed` is the operator's leave to run without one; `now` gives seconds that only go forward."""
        self._unsandboxed = unsandboxed
        self._now = now
        self._known = known
        self._tried_at = now()
        self._trying = asyncio.Lock()
        self._free = list(reversed(range(SIDE_BY_SIDE)))

    async def fitness(self) -> Fitness:
        """What is known of it; tried once in this process when it holds, and now and then when it does not."""
        async with self._trying:
            known = self._known
            if known is None or (not known.holds and self._now() - self._tried_at >= _TRY_AGAIN):
                with self._seat(fenced=True) as seat:
                    known = await prove_sandbox(seat)
                known = replace(known, unsandboxed=self._unsandboxed and sys.platform == "linux")
                self._known, self._tried_at = known, self._now()
            return known

    def has_room_ahead(self, limits: Limits) -> bool:
        """Whether a run may wait with its files laid out: no code of another can get at them, there are seats enough
        for others, and the machine could hold one more such run."""
        is_fenced = self._known is not None and self._known.holds
        return is_fenced and len(self._free) > SIDE_BY_SIDE // 2 and available_memory() > limits.memory + limits.disk

    async def run(
        self, command: SandboxCommand, *, said: Said | None = None, may_go: asyncio.Event | None = None
    ) -> SandboxResult:
        """Run a command to its end, or to that of its bounds. `said` is handed the last lines now and then. With
        `may_go` the command waits for that, its files laid out.

        When this is cancelled, all processes of the run have ended before. Raises `NoSandbox` when there is none that
        holds, `SandboxLost` when it does not start for once, `PermanentError` for a tree, a folder or a mount that is
        not there, `TemporaryError` when the machine has no room for it now, `MachineShort` when its memory or disk
        ends.
        """
        fitness = await self.fitness()
        if not fitness.can_run:
            raise NoSandbox(fitness, max(1.0, _TRY_AGAIN - (self._now() - self._tried_at)))
        with self._seat(fenced=fitness.holds) as seat:
            try:
                return await run_once(command, seat, said, may_go)
            except SandboxLost:
                self._known = None
                raise

    @contextmanager
    def _seat(self, *, fenced: bool) -> Iterator[Seat]:
        if not self._free:
            raise ResourceBlocked(RESOURCE, f"{SIDE_BY_SIDE} runs are under way already", retry_after=5.0)
        slot = self._free.pop()
        user = _FIRST_USER + os.getpid() * SIDE_BY_SIDE + slot if fenced and os.getuid() == 0 else None
        try:
            yield Seat(fenced=fenced, user=user, machine=platform.machine())
        finally:
            self._free.append(slot)
