"""What the operator says about code work: its repositories, where worktrees go, and how much it may take."""

from dataclasses import dataclass, field
from pathlib import Path

MEGABYTE = 1024 * 1024


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
