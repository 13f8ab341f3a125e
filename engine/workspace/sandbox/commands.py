"""What is run in a sandbox, within which bounds, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})
NO_MOUNTS: Mapping[str, Path] = MappingProxyType({})
MIB = 2**20


class Ending(StrEnum):
    """Why a run came to its end."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    WALL = "wall"
    """It took too long."""
    CPU = "cpu"
    """All its processes together computed too long."""
    MEMORY = "memory"
    """All its processes together, or one of them, took too much memory. That of a machine which has none left is no
    such ending (`MachineShort`)."""
    DISK = "disk"
    """It failed with its disk full, or made too many files."""
    OUTPUT = "output"
    """It wrote more than it may."""
    PROCESSES = "processes"
    """Only without a sandbox: in one, a process too many is just not made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of a run. Each ends it, but for the number of processes and the disk, where the next one fails."""

    wall: float = 300.0
    """Seconds from the start of the command; a copy of the tree comes before."""
    cpu: float = 600.0
    """Seconds of computing, of all processes together. Held in full where the kernel can count a run as a whole (cgroup
    v2, as root or delegated). Elsewhere processes that nobody waits for are missed for what they compute between two
    looks; each process alone, their number and the time of it all are bounded everywhere."""
    memory: int = 2048 * MIB
    """Bytes for all processes together. The disk's are not among them."""
    processes: int = 256
    """Processes and threads at one time."""
    disk: int = 1024 * MIB
    """Bytes for the copy of the tree, the home and the temporary folder together; they lie in memory."""
    shared: int = 64 * MIB
    """Bytes of /dev/shm."""
    output: int = 8 * MIB
    """Bytes that it may write on standard output and error."""
    collected: int = 8 * MIB
    """Bytes of all collected files together; one that does not fit any more is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxCommand:
    """A command line, and what it gets to see."""

    arguments: tuple[str, ...]
    """The program, by path or by a name found in the environment's PATH, and its arguments; no shell reads them."""
    tree: Path
    """A folder of which the command gets a copy of its own, without anything named .git; it itself can't change."""
    over: Path | None = None
    """A folder whose files the copy has instead of the tree's, or beside them; None for none."""
    directory: str = "."
    """Where in the tree the command runs."""
    environment: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Added to a clean one."""
    mounts: Mapping[str, Path] = field(default_factory=lambda: NO_MOUNTS)
    """Read-only extras: from the place inside, absolute or within the tree, to the file or folder of this machine."""
    network: bool = False
    """Whether it may use this machine's network, with all that listens on it."""
    limits: Limits = field(default_factory=Limits)
    output: Path | None = None
    """A file for all of its output, to be read while it grows; None for none."""
    collect: tuple[str, ...] = ()
    """Files within the tree that are to be brought back when the command has ended by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxResult:
    """How a run ended."""

    exit_code: int
    """Negative when a signal ended it. The command chooses it, so alone it proves nothing."""
    ending: Ending
    output: str
    """The last of what it wrote, standard output and error as they came."""
    cut: bool
    """Whether there was more output before that."""
    seconds: float
    """From the start of the command to its end."""
    cpu: float
    """Seconds that all its processes together computed; as far as was seen, where that is not counted."""
    memory: int
    """Bytes that its processes took together at most, as far as was seen."""
    is_counted: bool
    """Whether the kernel counted the computing of the run as a whole."""
    collected: Mapping[str, bytes]
    """Of the files to collect those that were there, were plain files in the tree, and fitted."""
    sandboxed: bool
    """False when it ran without a sandbox, because the operator allows that."""

    @property
    def passed(self) -> bool:
        """Whether it ended by itself, with exit code 0."""
        return self.ending is Ending.EXITED and self.exit_code == 0
