"""Whether the operator's roles and servers can be used, for `milepost doctor`: each server is started and asked."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

from engine.agents.checking import Checked
from engine.agents.mcp_servers import McpServer, read_servers
from engine.agents.roles import BUILT_IN, read_roles
from engine.agents.tools.marking import one_line
from engine.agents.tools.options import ToolOptions


def checked_roles(options: ToolOptions) -> list[Checked]:
    """What is wrong with the operator's roles, or which there are; nothing where there is no file of them."""
    if options.roles is None:
        return []
    roles = read_roles(options.roles)
    faults = [Checked(text=f"{one.file}:{one.line}: {one.problem}", remedy=one.accepts) for one in roles.faults]
    own = [name for name in roles.known if roles.known[name] != BUILT_IN.get(name)]
    return faults or [Checked(text=f"{len(roles.known)} roles; from {options.roles}: {', '.join(own) or 'none'}")]


async def checked_servers(options: ToolOptions) -> list[Checked]:
    """What is wrong with mcp.json and its servers, or what each brings; nothing where there is no such file."""
    if options.mcp is None:
        return []
    found = read_servers(options.mcp, options.environment)
    checked = [Checked(text=f"{one.file}:{one.line}: {one.problem}", remedy=one.accepts) for one in found.faults]
    checked += _unknown(options, found.servers)
    if find_spec("fastmcp") is None:
        return [*checked, Checked(text="the package for MCP is not installed", remedy="pip install 'milepost[mcp]'")]
    return [*checked, *[one for server in found.servers for one in await _asked(server, options)]]


def _unknown(options: ToolOptions, servers: Sequence[McpServer]) -> Iterator[Checked]:
    names = {server.name for server in servers}
    for safe in options.mcp_safe:
        server = safe.partition(".")[0]
        if server not in names:
            told = f"MILEPOST_MCP_SAFE names «{safe}», and there is no server «{server}»"
            yield Checked(text=told, remedy=f"known are {', '.join(sorted(names)) or 'none'}")


async def _asked(server: McpServer, options: ToolOptions) -> list[Checked]:
    from engine.agents.tools.mcp import McpTools  # noqa: PLC0415 - seconds, only where there are servers

    tools = McpTools([server])
    try:
        names = await tools.look(server.name)
    except Exception as error:  # the border of one attempt: a stranger's program may fail in any way
        told = one_line(str(error) or type(error).__name__, 200)
        how = f"start «{server.command}» by hand and see what it says" if server.command else f"look at {server.url}"
        return [Checked(text=f"{server.name} can't be used: {told}", remedy=how)]
    finally:
        await tools.close()
    safe = {one.partition(".")[2] for one in options.mcp_safe if one.startswith(f"{server.name}.")}
    unknown = safe - {"*", *names}
    asked = 0 if "*" in safe else len(set(names) - safe)
    wrong = [
        Checked(text=f"MILEPOST_MCP_SAFE names «{server.name}.{name}»", remedy=f"it has {', '.join(names) or 'none'}")
        for name in sorted(unknown)
    ]
    return [*wrong, Checked(text=f"{server.name} has {len(names)} tools, {asked} of them asked about at each call")]
