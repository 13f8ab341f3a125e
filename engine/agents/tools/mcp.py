"""Servers of the operator's mcp.json as tools (Model Context Protocol). Imports pydantic-ai and the package `mcp`.

Each server is started when an agent first needs it and kept until the end. It gets HOME, PATH and the like, and what
mcp.json says; nothing of Milepost's own. One that doesn't start takes its tools away and nothing else. Every call
needs a person's yes unless the operator listed the tool as safe, and what comes back is marked as data.
"""

import asyncio
import json
import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fastmcp.client.transports import StdioTransport
from pydantic_ai import RunContext
from pydantic_ai.exceptions import ModelRetry, ToolFailed
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.messages import BinaryContent
from pydantic_ai.toolsets import AbstractToolset, ToolsetTool, WrapperToolset
from pydantic_core import to_json

from engine.agents.mcp_servers import McpServer
from engine.agents.runs.facts import Manner, RunFacts
from engine.agents.tools.marking import marked, one_line, part_of
from engine.values import JsonObject

logger = logging.getLogger(__name__)

START, ANSWER = 20.0, 120.0
"""Real seconds for a server to start, and for a call of a tool."""
MOST = 30_000
"""Characters of an answer that a model gets."""
_LONGEST_NAME = 64
_LONGEST_DESCRIPTION = 1_500
_LONGEST_SCHEMA = 20_000
"""Characters of what a tool takes: a model is told all of it at each step, and each step is paid for."""
_MOST_TOOLS = 100
"""Of one server."""
_SHOWN = 450


class McpTools:
    """The servers of a process, with the tools that need no yes: `server.tool`, or `server.*` for all of one."""

    def __init__(self, servers: Sequence[McpServer], safe: Collection[str] = (), errors: Path | None = None) -> None:
        """`errors` is where what the programs complain about goes; None for nowhere."""
        self._servers = {server.name: server for server in servers}
        self._safe = frozenset(safe)
        self._errors = errors or Path(os.devnull)
        self._made: dict[str, tuple[MCPToolset[RunFacts], StdioTransport | None]] = {}

    def tools(self, names: Collection[str] | None) -> list[tuple[AbstractToolset[RunFacts], Mapping[str, Manner]]]:
        """The tools of these servers (of all for None) for one run; names that no server has are left out."""
        return [
            (Reached(self._toolset(server).prefixed(server.prefix), server), McpManners(server, self._safe))
            for server in self._servers.values()
            if names is None or server.name in names
        ]

    async def look(self, name: str) -> list[str]:
        """The names of a server's tools as it tells them. Raises whatever keeps it from being used."""
        toolset = self._toolset(self._servers[name])
        async with asyncio.timeout(START), toolset:
            return [tool.name for tool in await toolset.list_tools()]

    async def close(self) -> None:
        """Stop the programs that were started."""
        made, self._made = list(self._made.values()), {}
        for _, transport in made:
            if transport is not None:
                await transport.close()  # type: ignore[no-untyped-call]  # fastmcp leaves it without types

    def _toolset(self, server: McpServer) -> MCPToolset[RunFacts]:
        if server.name not in self._made:
            if server.command:
                transport = StdioTransport(
                    command=server.command,
                    args=list(server.args),
                    env=dict(server.env),
                    cwd=server.cwd,
                    log_file=self._errors,
                )
                made = MCPToolset[RunFacts](
                    transport, id=server.name, tool_error_behavior="failed", init_timeout=START, read_timeout=ANSWER
                )
                self._made[server.name] = made, transport
            else:
                made = MCPToolset[RunFacts](
                    server.url,
                    id=server.name,
                    headers=dict(server.headers),
                    tool_error_behavior="failed",
                    init_timeout=START,
                    read_timeout=ANSWER,
                )
                self._made[server.name] = made, None
        return self._made[server.name][0]


class McpManners(Mapping[str, Manner]):
    """A manner for every tool that a server may have: which ones there are is known only once it runs."""

    def __init__(self, server: McpServer, safe: Collection[str]) -> None:
        self._server = server
        self._safe = frozenset(safe)

    def __getitem__(self, name: str) -> Manner:
        tool = name.removeprefix(f"{self._server.prefix}_")
        if {f"{self._server.name}.{tool}", f"{self._server.name}.*"} & self._safe:
            return Manner(repeatable=True)
        return Manner(asks=_Asking(server=self._server.name, tool=tool))

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """The words of what a person is asked before a tool is used."""

    server: str
    tool: str

    async def __call__(self, facts: RunFacts, arguments: JsonObject) -> str:
        told = json.dumps(arguments, ensure_ascii=False)
        return f"Use «{self.tool}» of «{self.server}» with {one_line(told, _SHOWN)}?"


@dataclass
class Reached(WrapperToolset[RunFacts]):
    """A server's tools as one run has them: none where the server can't be reached, and the model is told why."""

    server: McpServer
    problem: str = field(default="", init=False)
    """Why it can't be used; empty when it can."""
    _entered: bool = field(default=False, init=False)

    async def __aenter__(self) -> "Reached":
        try:
            async with asyncio.timeout(START):
                await self.wrapped.__aenter__()
        except Exception as error:  # the border of one attempt: a stranger's program may fail in any way
            self._failed(error)
        else:
            self._entered, self.problem = True, ""
        return self

    async def __aexit__(self, *args: object) -> bool | None:
        if not self._entered:
            return None
        self._entered = False
        return await self.wrapped.__aexit__(*args)

    async def get_tools(self, ctx: RunContext[RunFacts]) -> dict[str, ToolsetTool[RunFacts]]:
        """Those with names that models take, and bearable in number and length; descriptions are cut."""
        if self.problem:
            return {}
        try:
            async with asyncio.timeout(START):
                found = await super().get_tools(ctx)
        except Exception as error:  # the border of one attempt, as above
            self._failed(error)
            return {}
        kept = [(name, _bounded(tool)) for name, tool in found.items() if _is_bearable(name, tool)][:_MOST_TOOLS]
        if len(kept) < len(found):
            logger.warning("%d tools of the MCP server «%s» are left out", len(found) - len(kept), self.server.name)
        return dict(kept)

    async def get_instructions(self, ctx: RunContext[RunFacts]) -> str | None:
        """A word on a server that can't be used."""
        if not self.problem:
            return None
        return f"The tools of the server «{self.server.name}» can't be used now. Do without them, and say so."

    async def call_tool(
        self, name: str, tool_args: dict[str, object], ctx: RunContext[RunFacts], tool: ToolsetTool[RunFacts]
    ) -> str:
        """What the tool answers, marked as data."""
        source = f"the tool «{name.removeprefix(f'{self.server.prefix}_')}» of «{self.server.name}»"
        try:
            return marked(part_of(_text_of(await super().call_tool(name, tool_args, ctx, tool)), 0, MOST), source)
        except (ModelRetry, ToolFailed) as error:
            raise ToolFailed(f"It failed. {marked(part_of(error.message, 0, MOST), source)}") from error
        except (OSError, RuntimeError, TimeoutError, ExceptionGroup) as error:
            logger.warning("the MCP server «%s» broke off: %s", self.server.name, error)
            raise ToolFailed(f"«{self.server.name}» broke off; whether the call took effect is not known.") from error

    def _failed(self, error: Exception) -> None:
        self.problem = one_line(str(error) or type(error).__name__, 300)
        logger.warning("the MCP server «%s» can't be used: %s", self.server.name, self.problem)


def _is_bearable(name: str, tool: ToolsetTool[RunFacts]) -> bool:
    return len(name) <= _LONGEST_NAME and len(str(tool.tool_def.parameters_json_schema)) <= _LONGEST_SCHEMA


def _bounded(tool: ToolsetTool[RunFacts]) -> ToolsetTool[RunFacts]:
    told = tool.tool_def.description or ""
    if len(told) <= _LONGEST_DESCRIPTION:
        return tool
    return replace(tool, tool_def=replace(tool.tool_def, description=f"{told[: _LONGEST_DESCRIPTION - 1]}…"))


def _text_of(result: object) -> str:
    match result:
        case str():
            return result
        case BinaryContent():
            return f"({result.media_type}, {len(result.data)} bytes: it can't be shown as text.)"
        case list() | tuple():
            return "\n".join(map(_text_of, result))
        case _:
            return to_json(result, indent=1, fallback=str, inf_nan_mode="strings").decode()
