"""Makes what agents work with. Imports pydantic-ai: it is itself imported when an agent is to work, in a thread."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from importlib.util import find_spec

from bot.models.making import models_of
from bot.models.on_demand import ModelsOnDemand
from bot.models.tools import ToolsOnDemand
from engine.agents.mcp_servers import read_servers
from engine.agents.roles import ModelSize
from engine.agents.runs.running import Means
from engine.agents.tools.marking import RULE
from engine.agents.tools.notes import GoalNotes
from engine.agents.tools.options import ToolOptions
from engine.agents.tools.toolbox import Toolbox, Tools, no_servers, toolsets_for
from engine.agents.working.talking import Outfit, TalkMeans
from engine.errors import InvalidInputError
from engine.executor import AutonomousGoalExecutor
from engine.work.addresses import nothing_refused, why_refused
from engine.work.web_requests import Fetching

logger = logging.getLogger(__name__)

Servers = Callable[[Collection[str] | None], Sequence[Tools]]


async def outfit_of(wanted: ToolsOnDemand, name: str, among: Collection[str] | None = None) -> Outfit:
    """What the role of that name brings along; of its tools only those `among` (None: all). Raises `InvalidInputError`
    where there is no such role."""
    role = wanted.roles.known.get(name)
    if role is None:
        raise InvalidInputError("role", f"«{name}» is none", f"one of {', '.join(wanted.roles.known)}")
    kept = role if among is None else replace(role, tools=tuple(one for one in role.tools if one in among))
    return Outfit(
        instructions=f"{role.instructions}\n\n{RULE}",
        tools=toolsets_for(kept, await toolbox_of(wanted)),
        small=role.model is ModelSize.SMALL,
        steps=role.limits.steps,
        tokens=role.limits.tokens,
    )


async def talk_means_of(executor: AutonomousGoalExecutor, models: ModelsOnDemand) -> TalkMeans:
    """What the talks of tasks with a model take."""
    return TalkMeans(
        models=await models_of(models),
        accounts=executor.accounts,
        means=Means(runs=executor.approvals.runs, clock=executor.clock, boot=executor.boot),
        queries=executor.queries,
    )


async def toolbox_of(wanted: ToolsOnDemand) -> Toolbox:
    """The process's toolbox."""
    async with wanted.making:
        if not isinstance(wanted.made, Toolbox):
            executor, options = wanted.executor, wanted.options
            servers, wanted.closing = await asyncio.to_thread(_servers, options)
            wanted.made = Toolbox(
                notes=GoalNotes(of=executor.queries.progress, add=wanted.note),
                files=executor.files,
                fetching=Fetching(refusal=nothing_refused if options.allow_private_addresses else why_refused),
                servers=servers,
            )
        return wanted.made


def _servers(options: ToolOptions) -> tuple[Servers, Callable[[], Awaitable[None]] | None]:
    """The tools of the operator's servers, and what ends them (None: there are none). Faults are logged."""
    found = read_servers(options.mcp, options.environment)
    for fault in found.faults:
        logger.warning("an MCP server can't be used: %s", fault)
    if not found.servers:
        return no_servers, None
    if find_spec("fastmcp") is None:
        logger.warning("MCP servers can't be used: pip install 'milepost[mcp]'")
        return no_servers, None
    from engine.agents.tools.mcp import McpTools  # noqa: PLC0415 - a second, only where there are servers

    tools = McpTools(found.servers, options.mcp_safe)
    return tools.tools, tools.close
