"""Makes the tools of this process. Imports pydantic-ai: it is itself imported when an agent is to work, in a thread."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from importlib.util import find_spec

from bot.models.tools import ToolsOnDemand
from engine.agents.mcp_servers import read_servers
from engine.agents.tools.notes import GoalNotes
from engine.agents.tools.options import ToolOptions
from engine.agents.tools.toolbox import Toolbox, Tools, no_servers
from engine.work.addresses import nothing_refused, why_refused
from engine.work.web_requests import Fetching

logger = logging.getLogger(__name__)

Servers = Callable[[Collection[str] | None], Sequence[Tools]]


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
