"""The work `agent` of a process with a model. Nothing of it is imported before a task needs it."""

import asyncio
import importlib
import inspect
from collections.abc import Sequence

from bot.models.on_demand import ModelsOnDemand
from bot.models.tools import ToolsOnDemand
from engine.agents.roles import ModelSize
from engine.agents.working.outcomes import HandedIn
from engine.agents.working.work import agent_work
from engine.errors import InvalidInputError, PermanentError
from engine.executor import AutonomousGoalExecutor
from engine.files import FileSource, NewFile
from engine.goals import Goal
from engine.tasks import Task
from engine.values import GoalId
from engine.work.registry import Work, WorkContext, WorkFunction, WorkResult

_LOADED_LATE = ("bot.models.making", "bot.models.making_tools", "engine.agents.working.agent")
"""What takes seconds to import: in a thread, for no tap is to wait for it."""


def add_work(executor: AutonomousGoalExecutor, work: Work) -> None:
    """Have the executor know the work, unless a program or package brings one of that name."""
    if work.name not in executor.registry.names():
        executor.registry.add(work)


class WorkOnDemand:
    """Does tasks with the configured models, made at the first task."""

    def __init__(self, executor: AutonomousGoalExecutor, models: ModelsOnDemand, tools: ToolsOnDemand) -> None:
        """Nothing is made or imported yet."""
        self._executor = executor
        self._models = models
        self._tools = tools
        self._made: WorkFunction | None = None  # None until it is needed
        self._making = asyncio.Lock()

    def work(self) -> Work:
        """To be registered."""
        return agent_work(self.run, tuple(self._tools.roles.known))

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
        from bot.models.making_tools import toolbox_of  # noqa: PLC0415 - the same
        from engine.agents.runs.running import Means  # noqa: PLC0415 - the same
        from engine.agents.tools.marking import RULE  # noqa: PLC0415 - the same
        from engine.agents.tools.toolbox import toolsets_for  # noqa: PLC0415 - the same
        from engine.agents.working.agent import AgentWork, Outfit, Workshop  # noqa: PLC0415 - the same

        executor = self._executor

        async def equip(name: str) -> Outfit:
            role = self._tools.roles.known.get(name)
            if role is None:
                raise InvalidInputError("role", f"«{name}» is none", f"one of {', '.join(self._tools.roles.known)}")
            return Outfit(
                instructions=f"{role.instructions}\n\n{RULE}",
                tools=toolsets_for(role, await toolbox_of(self._tools)),
                small=role.model is ModelSize.SMALL,
                steps=role.limits.steps,
                tokens=role.limits.tokens,
            )

        shop = Workshop(
            models=await models_of(self._models),
            accounts=executor.accounts,
            means=Means(runs=executor.approvals.runs, clock=executor.clock, boot=executor.boot),
            queries=executor.queries,
            equip=equip,
            keep=self._keep,
            files=self._files,
        )
        return AgentWork(shop).run

    async def _keep(self, about: tuple[Goal, Task], said: HandedIn) -> tuple[str, ...]:
        """What was made, as files of the goal."""
        goal, task = about
        made = [
            NewFile(goal=goal.id, name=one.name, content=one.text.encode(), source=FileSource.AGENT, task=task.number)
            for one in said.artefacts
            if one.text
        ]
        now = self._executor.clock.now()
        return tuple([(await self._executor.files.keep(one, now)).name for one in made])

    async def _files(self, goal: GoalId) -> Sequence[str]:
        return [f"{one.name} ({one.kind}, {one.size} bytes)" for one in await self._executor.files.of(goal)]
