"""A server that leaves the protocol to the library, as those of people do: it takes a second to start."""

import os

from mcp.server import MCPServer

server = MCPServer("tests")


@server.tool()
def environment() -> dict[str, str]:
    """All that this program was given."""
    return dict(os.environ)


@server.tool()
def add(one: int, two: int) -> int:
    """Add two numbers."""
    return one + two


if __name__ == "__main__":
    server.run("stdio")
