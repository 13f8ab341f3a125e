"""What a process knows of its models before it needs them. Imports no pydantic-ai; `making.py` does."""

import asyncio
import importlib
import inspect
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from engine.agents.options import ModelOptions
from engine.agents.working.work import ModelUnusable
from engine.errors import EngineError
from engine.executor import AutonomousGoalExecutor
from engine.work.registry import WorkContext, WorkFunction, WorkResult

UNUSABLE = (ImportError, OSError, EngineError)
"""What keeps models from being made: a package that is not installed, certificates that can't be read."""

_T = TypeVar("_T")


class MadeOnce(Generic[_T]):
    """Something that takes seconds to import, made once, at the first need."""

    def __init__(self, late: Sequence[str], make: Callable[[], Awaitable[_T]]) -> None:
        """`late` are the modules to be imported before `make` is called: in a thread, for no tap is to wait for it."""
        self._late = late
        self._make = make
        self.made: _T | None = None
        """None until it was needed."""
        self._making = asyncio.Lock()

    async def get(self) -> _T:
        """It, made where it is not yet. Raises what making it raises, and is made anew the next time."""
        async with self._making:
            if self.made is None:
                await asyncio.to_thread(lambda: [importlib.import_module(name) for name in self._late])
                self.made = await self._make()
            return self.made


class WorkMadeOnce(MadeOnce[WorkFunction]):
    """The function of a work that takes seconds to import, made at the first task."""

    async def run(self, context: WorkContext) -> WorkResult:
        """One attempt at a task. Raises `ModelUnusable` where it can't be made."""
        try:
            work = await self.get()
        except (ImportError, OSError) as error:
            raise ModelUnusable(f"the language model can't be used here: {error}") from error
        came = work(context)
        return await came if inspect.isawaitable(came) else came


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
