"""The work `agent` of a process with a model. Nothing of it is imported before a task needs it."""

import asyncio
import importlib
import inspect

from bot.models.on_demand import ModelsOnDemand
from engine.agents.working.work import ROLES, agent_work
from engine.errors import PermanentError
from engine.executor import AutonomousGoalExecutor
from engine.work.registry import Work, WorkContext, WorkFunction, WorkResult

_LOADED_LATE = ("bot.models.making", "engine.agents.working.agent")
"""What takes seconds to import: in a thread, for no tap is to wait for it."""


def add_work(executor: AutonomousGoalExecutor, work: Work) -> None:
    """Have the executor know the work, unless a program or package brings one of that name."""
    if work.name not in executor.registry.names():
        executor.registry.add(work)


class WorkOnDemand:
    """Does tasks with the configured models, made at the first task."""

    def __init__(self, executor: AutonomousGoalExecutor, models: ModelsOnDemand) -> None:
        """Nothing is made or imported yet."""
        self._executor = executor
        self._models = models
        self._made: WorkFunction | None = None  # None until it is needed
        self._making = asyncio.Lock()

    def work(self) -> Work:
        """To be registered."""
        return agent_work(self.run, ROLES)

    async def run(self, context: WorkContext) -> WorkResult:
        """One attempt at a task."""
        work = await self._ready()
        came = work(context)
        return await came if inspect.isawaitable(came) else came

    async def _ready(self) -> WorkFunction:
        async with self._making:
            if self._made is None:
                try:
                    await asyncio.to_thread(lambda: [importlib.import_module(name) for name in _LOADED_LATE])
                    self._made = await self._make()
                except (ImportError, OSError) as error:
                    raise PermanentError(f"the language model can't be used here: {error}") from error
            return self._made

    async def _make(self) -> WorkFunction:
        from bot.models.making import models_of  # noqa: PLC0415 - no start is to wait for it
        from engine.agents.runs.running import Means  # noqa: PLC0415 - the same
        from engine.agents.working.agent import AgentWork, Outfit, Workshop  # noqa: PLC0415 - the same

        executor = self._executor

        async def equip(role: str) -> Outfit:
            return Outfit(instructions=f"You work as a {role}.")

        shop = Workshop(
            models=await models_of(self._models),
            accounts=executor.accounts,
            means=Means(runs=executor.approvals.runs, clock=executor.clock, boot=executor.boot),
            queries=executor.queries,
            equip=equip,
        )
        return AgentWork(shop).run
