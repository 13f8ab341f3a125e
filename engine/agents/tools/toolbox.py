"""The tools of a role, ready for a run: `toolsets_for`. Imports pydantic-ai, and `mcp` only where there are servers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic_ai import RunContext
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.toolsets import AbstractToolset

from engine.agents.roles import MCP, Role
from engine.agents.runs.facts import Manner, RunFacts
from engine.agents.tools.files import files_manners, files_toolset
from engine.agents.tools.notes import GoalNotes, notes_manners, notes_toolset
from engine.agents.tools.web import web_manners, web_toolset
from engine.files import GoalFiles
from engine.work.web_requests import Fetching

Tools: TypeAlias = tuple[AbstractToolset[RunFacts], Mapping[str, Manner]]
"""A toolset, and how its tools may be used."""


def no_servers(names: Collection[str] | None) -> Sequence[Tools]:
    """In place of `McpTools.tools` where the operator lists no servers."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """What tools work on."""

    notes: GoalNotes
    files: GoalFiles
    fetching: Fetching = field(default_factory=Fetching)
    """The bounds of what is read from the web."""
    servers: Callable[[Collection[str] | None], Sequence[Tools]] = no_servers
    """The tools of servers of these names; of all for None."""


def toolsets_for(role: Role, box: Toolbox) -> list[Tools]:
    """The toolsets that a role may use, each with its manners; none holds a tool that the role doesn't name."""
    own: Sequence[Tools] = (
        (web_toolset(box.fetching), web_manners()),
        (notes_toolset(box.notes), notes_manners()),
        (files_toolset(box.files), files_manners()),
    )
    allowed = frozenset(role.tools)

    def is_allowed(ctx: RunContext[RunFacts], tool: ToolDefinition) -> bool:
        return tool.name in allowed

    found: list[Tools] = [
        (tools if manners.keys() <= allowed else tools.filtered(is_allowed), manners)
        for tools, manners in own
        if manners.keys() & allowed
    ]
    if MCP in allowed:
        return [*found, *box.servers(None)]
    named = {name.removeprefix(f"{MCP}.") for name in allowed if name.startswith(f"{MCP}.")}
    return [*found, *box.servers(named)] if named else found
