"""What code work did to files and which commands it ran, as it is written into the goal's log."""

from msgspec import Struct

MOST_TOUCHES, MOST_RUNS = 200, 50
"""Of one attempt; what is beyond is counted."""
LONGEST_LINE = 200


class FileTouch(Struct, frozen=True, kw_only=True, gc=False):
    """One access to a file, or a listing, or a search."""

    what: str
    """`list`, `search`, `read`, `edit`, `write`, `delete` or `patch`."""
    path: str
    lines: int = 0
    refused: str = ""
    """Why it was not made; empty for one that was."""


class CommandRun(Struct, frozen=True, kw_only=True, gc=False):
    """One command that was run."""

    line: str
    ending: str
    """How it ended, such as «exited 0»."""
    seconds: float
    sandboxed: bool = True
    """False where it ran without a sandbox, because the operator allows that."""
    output: str = ""
    """The name of the file that holds what it wrote, while the goal goes on; empty for none."""
