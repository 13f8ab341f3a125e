"""What a process knows of its models before it needs them. Imports no pydantic-ai; `making.py` does."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from engine.agents.options import ModelOptions
from engine.executor import AutonomousGoalExecutor


class ModelsOnDemand:
    """Models that are made at the first need, shared by all parts of the process: `bot.models.making.models_of`."""

    def __init__(self, options: ModelOptions, executor: AutonomousGoalExecutor) -> None:
        """Nothing is made or imported yet. Calls are made in the executor's name, by its clock and accounts."""
        self.options = options
        self.accounts = executor.accounts
        self.clock = executor.clock
        self.boot = executor.boot
        self.now: Callable[[], float] = time.monotonic
        """Real seconds that only go forward."""
        self.on_notice: Callable[[], None] = lambda: None
        """Called when a call left a notice for a chat: most of a cap is spent."""
        self.made: object = None
        """The models, as only `models_of` knows them; None until they are needed."""
        self.making = asyncio.Lock()
        self.closing: Callable[[], Awaitable[None]] | None = None
        """Lets go of their connections; None until there are any."""

    async def close(self) -> None:
        """Let go of the connections, if there are any."""
        if self.closing is not None:
            await self.closing()
