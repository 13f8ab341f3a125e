"""What the operator says about agents and their tools. Imports no pydantic-ai: a start without a model needs none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOptions:
    """Files of the operator's, and what tools may reach."""

    roles: Path | None = None
    """A TOML file with roles; None for the built-in ones alone."""
    mcp: Path | None = None
    """An mcp.json; None for no servers."""
    mcp_safe: tuple[str, ...] = ()
    """Tools of servers that need no person's yes: `server.tool`, or `server.*` for all of one."""
    allow_private_addresses: bool = False
    """Whether `fetch_url` may read from private networks and this machine."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What `${NAME}` in mcp.json may stand for."""
