"""What the operator says about code work: its repositories, where worktrees go, and how much it may take."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEGABYTE = 1024 * 1024
NEEDED_OUTSIDE = frozenset({"HOME", "PATH", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME"})
"""All that pushes and pull requests need to know who the operator is; tokens are passed on where they are listed."""
REPOSITORY = "repository"
"""The goal's metadata under this name say which repository it works in, by id or name."""
CODE = "code"
"""The goal's metadata under this name say which kind of code goal it is: the compound of the library."""
ACCEPTANCE = "acceptance"
"""The goal's metadata under this name hold examples that are to be so once a feature is there."""
APPROVED, DENIED = "approved_tests", "denied_tests"
"""The goal's metadata under these names hold what a person let through, and turned down: digests by path."""
ANSWERED_BY = "answered_by"
"""The goal's metadata under this name hold what such an answer came from last, by path."""


def outside_environment(everything: Mapping[str, str], listed: Collection[str]) -> Mapping[str, str]:
    """What of the operator's environment pushes and pull requests see: what they need, and the names listed."""
    return {name: value for name, value in everything.items() if name in NEEDED_OUTSIDE or name in listed}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRepository:
    """A repository that the operator lists."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLimits:
    """How much code work may take; the settings of the same names say why."""

    goal: float = 3_600.0
    """Seconds of a code goal's work, until it stops and reports what is there."""
    command: float = 600.0
    """Seconds of one command in the sandbox."""
    set_up: float = 1_800.0
    """Seconds of a set-up, which fetches things."""
    memory: int = 2_048 * MEGABYTE
    """Bytes of all processes of a command together."""
    disk: int = 4_096 * MEGABYTE
    """Bytes that a command may write, the copy of the repository included."""
    processes: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOptions:
    """What the operator says about code work."""

    listed: tuple[ListedRepository, ...] = ()
    roots: tuple[Path, ...] = ()
    """Folders whose repositories may be added in a chat; empty: nobody may."""
    worktrees: Path | None = None  # None: nowhere, so there is no code work
    limits: CodeLimits = field(default_factory=CodeLimits)
    unsandboxed: bool = False
    """Whether code may run without a sandbox where none holds; told wherever it did."""
    docker: bool = False
    """Whether `docker build` may be run, which is outside the sandbox."""
    outside: Mapping[str, str] = field(default_factory=dict)
    """What pushes and pull requests see of the operator's environment."""
