"""The work `agent` of a process with a model. Nothing of it is imported before a task needs it."""

import logging
from collections.abc import Sequence
from functools import partial

from bot.models.on_demand import ModelsOnDemand, WorkMadeOnce
from bot.models.tools import ToolsOnDemand
from engine.agents.tools.file_lines import file_lines
from engine.agents.working.outcomes import MOST_ARTEFACTS, Artefact, HandedIn, KeptText
from engine.agents.working.work import agent_work
from engine.errors import RefusedError, StoreError
from engine.executor import AutonomousGoalExecutor
from engine.files import FileSource, GoalFile, NewFile
from engine.goals import Goal
from engine.tasks import Task
from engine.values import well_formed
from engine.work.registry import Work, WorkFunction

logger = logging.getLogger(__name__)

_LOADED_LATE = ("bot.models.making_tools", "engine.agents.working.agent")
"""What takes seconds to import."""


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
        self.run = WorkMadeOnce(_LOADED_LATE, self._make).run

    def work(self) -> Work:
        """To be registered."""
        return agent_work(self.run, tuple(self._tools.roles.known))

    async def _make(self) -> WorkFunction:
        from bot.models.making_tools import outfit_of, talk_means_of  # noqa: PLC0415 - no start is to wait for it
        from engine.agents.working.agent import AgentWork, Workshop  # noqa: PLC0415 - the same

        executor = self._executor
        shop = Workshop(
            talk=await talk_means_of(executor, self._models),
            equip=lambda name: outfit_of(self._tools, name),
            keep=self._keep,
            files=partial(file_lines, executor.files),
        )
        return AgentWork(shop).run

    async def _keep(self, about: tuple[Goal, Task], said: HandedIn) -> tuple[Sequence[KeptText], Sequence[Artefact]]:
        """What was handed in, as files of the goal; all that the task wrote, and what the goal has no room for."""
        goal, task = about
        files, now = self._executor.files, self._executor.clock.now()
        left: list[Artefact] = []
        for one in said.artefacts[:MOST_ARTEFACTS]:
            content = well_formed(one.text).encode()
            new = NewFile(goal=goal.id, name=one.name, content=content, source=FileSource.AGENT, task=task.number)
            try:
                await files.keep(new, now)
            except RefusedError as refusal:  # it is paid for, and stays in the outcome
                logger.warning("«%s» is not kept as a file: %s", one.name, refusal, extra={"goal": goal.id})
                left.append(one)
        written = [one for one in await files.of(goal.id) if (one.source, one.task) == (FileSource.AGENT, task.number)]
        return [await self._kept(one) for one in written[-MOST_ARTEFACTS:]], left

    async def _kept(self, file: GoalFile) -> KeptText:
        try:
            text = (await self._executor.files.read(file)).decode()
        except (StoreError, UnicodeDecodeError):  # whoever needs it is told when they open it
            text = ""
        return KeptText(name=file.name, begins=text)
