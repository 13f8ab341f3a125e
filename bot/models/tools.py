"""What the agents of this process work with, made at the first need: their tools, and the roles they may have."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import cached_property

from engine.agents.roles import Roles, read_roles
from engine.agents.tools.options import ToolOptions
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.values import Cause, GoalId

logger = logging.getLogger(__name__)


class ToolsOnDemand:
    """The roles and tools of a process: `toolbox_of` makes the latter at the first need. Imports no pydantic-ai."""

    def __init__(self, executor: AutonomousGoalExecutor, options: ToolOptions) -> None:
        """Nothing is read, imported or started yet."""
        self.executor = executor
        self.options = options
        self.made: object = None
        """The toolbox, as only `toolbox_of` knows it; None until it is needed."""
        self.making = asyncio.Lock()
        self.closing: Callable[[], Awaitable[None]] | None = None
        """Ends the servers that were started; None where there are none."""

    @cached_property
    def roles(self) -> Roles:
        """The roles; what is wrong with others is logged once."""
        roles = read_roles(self.options.roles)
        for fault in roles.faults:
            logger.warning("a role can't be used: %s", fault)
        return roles

    async def note(self, goal: GoalId, text: str, cause: Cause) -> Goal:
        """Keep an agent's note with a goal, once a cause."""
        return await self.executor.add_note(goal, text, cause=cause)

    async def close(self) -> None:
        """End what was started."""
        if self.closing is not None:
            await self.closing()
