"""The code work of a process before there is any: git, sandbox, the reading of tests are loaded at the first need."""

import asyncio
import importlib
from collections.abc import Callable

from msgspec.structs import replace

from engine.coding.options import REPOSITORY
from engine.coding.workbench import CodeSources, Workbench
from engine.coding.workspaces import IN_USE, WorkspaceStatus
from engine.goals import Goal
from engine.values import GoalId

_LATE = "engine.coding.making"


class WorkbenchOnDemand:
    """What a process knows of its code work before there is any."""

    def __init__(self, sources: CodeSources) -> None:
        self.sources = sources
        self.on_news: Callable[[GoalId], None] = lambda goal: None
        """Called when a command of a goal's has said something new."""
        self._says: dict[GoalId, str] = {}
        self.made: Workbench | None = None  # None until it is needed
        self._making = asyncio.Lock()

    def says(self, goal: GoalId) -> str:
        """The last lines of what runs for a goal just now; empty while nothing does."""
        return self._says.get(goal, "")

    def tell(self, goal: GoalId, lines: str) -> None:
        """Have these be the last lines; empty ones when the command has ended."""
        if lines:
            self._says[goal] = lines
        else:
            self._says.pop(goal, None)
        self.on_news(goal)

    async def is_in_use(self) -> bool:
        """Whether there is a workspace that somebody has to look after."""
        return bool(await self.sources.store.workspaces((*IN_USE, WorkspaceStatus.DISCARDED)))

    async def informed(self, goal: Goal) -> Goal:
        """The goal with what is known of its repository among its metadata; what the goal says itself counts more."""
        if REPOSITORY not in goal.metadata:
            return goal
        facts = await (await self.get()).facts(goal)
        return replace(goal, metadata={**facts, **goal.metadata})

    async def get(self) -> Workbench:
        """The workbench itself."""
        async with self._making:
            if self.made is None:
                await asyncio.to_thread(importlib.import_module, _LATE)
                from engine.coding.making import made  # noqa: PLC0415 - no start is to wait for it

                self.made = made(self.sources, self.tell)
            return self.made
