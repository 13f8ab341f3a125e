"""The work `write_code` of a process with a model and repositories. It is imported when a task first needs it."""

import inspect
from collections.abc import Sequence

from bot.models.on_demand import MadeOnce, ModelsOnDemand
from bot.models.tools import ToolsOnDemand
from engine.coding.on_demand import WorkbenchOnDemand
from engine.errors import PermanentError
from engine.executor import AutonomousGoalExecutor
from engine.values import GoalId
from engine.work.registry import WorkContext, WorkFunction, WorkResult

_LOADED_LATE = ("bot.models.making", "bot.models.making_tools", "engine.agents.working.coding", "engine.coding.making")
"""What takes seconds to import."""


class CodeOnDemand:
    """Writes code with the configured models, made at the first task."""

    def __init__(
        self,
        executor: AutonomousGoalExecutor,
        workbench: WorkbenchOnDemand,
        models: ModelsOnDemand,
        tools: ToolsOnDemand,
    ) -> None:
        """Nothing is made or imported yet."""
        self._executor, self._workbench = executor, workbench
        self._models, self._tools = models, tools
        self._work = MadeOnce(_LOADED_LATE, self._make)

    async def run(self, context: WorkContext) -> WorkResult:
        """One attempt at a task."""
        try:
            work = await self._work.get()
        except (ImportError, OSError) as error:
            raise PermanentError(f"the language model can't be used here: {error}") from error
        came = work(context)
        return await came if inspect.isawaitable(came) else came

    async def _make(self) -> WorkFunction:
        from bot.models.making import models_of  # noqa: PLC0415 - no start is to wait for it
        from bot.models.making_tools import outfit_of  # noqa: PLC0415 - the same
        from engine.agents.roles import BESIDE_CODE  # noqa: PLC0415 - the same
        from engine.agents.runs.running import Means  # noqa: PLC0415 - the same
        from engine.agents.working.coding import CodeShop, CodeWork  # noqa: PLC0415 - the same
        from engine.agents.working.talking import TalkMeans  # noqa: PLC0415 - the same
        from engine.coding.making import benches_of  # noqa: PLC0415 - the same

        executor = self._executor
        shop = CodeShop(
            talk=TalkMeans(
                models=await models_of(self._models),
                accounts=executor.accounts,
                means=Means(runs=executor.approvals.runs, clock=executor.clock, boot=executor.boot),
                queries=executor.queries,
            ),
            equip=lambda name: outfit_of(self._tools, name, BESIDE_CODE),
            open=benches_of(await self._workbench.get()).open,
            files=self._files,
        )
        return CodeWork(shop).run

    async def _files(self, goal: GoalId) -> Sequence[str]:
        return [f"{one.name} ({one.kind}, {one.size} bytes)" for one in await self._executor.files.of(goal)]
