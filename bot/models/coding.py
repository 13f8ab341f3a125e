"""The work `write_code` of a process with a model and repositories. It is imported when a task first needs it."""

from functools import partial

from bot.models.on_demand import ModelsOnDemand, WorkMadeOnce
from bot.models.tools import ToolsOnDemand
from engine.agents.tools.file_lines import file_lines
from engine.coding.on_demand import WorkbenchOnDemand
from engine.executor import AutonomousGoalExecutor
from engine.work.registry import WorkFunction

_LOADED_LATE = ("bot.models.making_tools", "engine.agents.working.coding", "engine.coding.making")
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
        self.run = WorkMadeOnce(_LOADED_LATE, self._make).run

    async def _make(self) -> WorkFunction:
        from bot.models.making_tools import outfit_of, talk_means_of  # noqa: PLC0415 - no start is to wait for it
        from engine.agents.roles import BESIDE_CODE  # noqa: PLC0415 - the same
        from engine.agents.working.coding import CodeShop, CodeWork  # noqa: PLC0415 - the same
        from engine.coding.making import benches_of  # noqa: PLC0415 - the same

        shop = CodeShop(
            talk=await talk_means_of(self._executor, self._models),
            equip=lambda name: outfit_of(self._tools, name, BESIDE_CODE),
            open=benches_of(await self._workbench.get()).open,
            files=partial(file_lines, self._executor.files),
        )
        return CodeWork(shop).run
