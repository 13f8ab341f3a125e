"""One run: the order for the warden, and what its frames come to."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from engine.errors import PermanentError, ResourceBlocked, TemporaryError
from engine.workspace.processes import CLEAN_ENVIRONMENT, Guard, start_error, under_guard
from engine.workspace.sandbox.bubblewrap import ARGUMENTS, OWN_ENVIRONMENT, arguments, data
from engine.workspace.sandbox.commands import Ending, SandboxCommand, SandboxResult
from engine.workspace.sandbox.inner import TREE, mounted_at, script, started
from engine.workspace.sandbox.order import Bounds, Frames, Order, Report
from engine.workspace.sandbox.seccomp import system_call_filter

RESOURCE = "sandbox"
"""The name of what is away when a command has nowhere to run."""
MEMORY, DISK = "memory", "disk"
"""The names of what is away when the machine itself has too little of it."""
_WARDEN = "engine.workspace.sandbox.warden"
_SETUP = 60.0
"""Seconds until the command must have started; copying 3,000 files takes a tenth of one."""
_LEEWAY = 15.0
"""Seconds beyond all bounds that the warden keeps by itself, until it counts as hanging."""
_KEPT = 65_536
_TOLD_LINES = 3

Said = Callable[[str], None]


class SandboxLost(ResourceBlocked):
    """The command did not come to start, for reasons that are not the command's."""

    def __init__(self, reason: str) -> None:
        super().__init__(RESOURCE, f"the sandbox does not start: {reason}", retry_after=60.0)


class MachineShort(ResourceBlocked):
    """A run came to nothing because the machine itself had no room left, though it took no more than it may."""

    def __init__(self, resource: str, told: str) -> None:
        super().__init__(resource, f"this machine has {told}; it is run again", retry_after=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What a run gets of this machine."""

    fenced: bool = True
    """False to run without a sandbox."""
    user: int | None = None
    """The number of the user that it becomes, of its own among all runs; None when we are no root and can't choose."""
    machine: str
    """The kind of this machine, by the kernel's name for it."""
    environment: Mapping[str, str] | None = None  # None: a clean one
    """The warden's own; nothing of it reaches a sandbox."""


async def run_once(
    command: SandboxCommand, seat: Seat, said: Said | None = None, may_go: asyncio.Event | None = None
) -> SandboxResult:
    """Run a command to its end, or to that of its bounds. `said` is handed the last lines now and then. With `may_go`
    the command waits for that, its files laid out.

    Raises `PermanentError` for a tree, a folder or a mount that is not there, `TemporaryError` when the machine has no
    room for it now, `MachineShort` when its memory or disk ends meanwhile, `SandboxLost` when the sandbox does not
    start.
    """
    _check(command)
    heard = _Heard(said)
    order = replace(_order(command, seat), waits=may_go is not None)
    guard = Guard(
        name=command.arguments[0],
        module=_WARDEN,
        environment=seat.environment,
        order=order.packed(),
        may_go=may_go,
        timeout=order.bounds.setup + order.bounds.wall + _LEEWAY,
        grace=1.0,
    )
    await under_guard(guard, heard.take)
    return heard.result(command, seat)


def _check(command: SandboxCommand) -> None:
    """Raises `PermanentError` for what can't be run as it is."""
    words = (*command.arguments, *command.environment, *command.environment.values(), *command.mounts)
    if any("\0" in word for word in (*words, str(command.tree), *map(str, command.mounts.values()))):
        raise PermanentError(
            "a command, its variables and its mounts have no zero bytes"
        )  # bwrap parts its words by them
    if not command.arguments:
        raise PermanentError("there is no command")
    if "=" in command.arguments[0]:
        raise PermanentError(f"«{command.arguments[0]}» can't be run: a «=» would make it a variable")
    if names := [name for name in command.environment if not name or "=" in name]:
        raise PermanentError(f"«{names[0]}» is no name for a variable")
    over = () if command.over is None else (command.over,)
    for folder in (command.tree, *over, *command.mounts.values()):
        if not folder.exists():
            raise PermanentError(f"there is no {folder}")
    if not command.tree.is_dir():
        raise PermanentError(f"{command.tree} is no folder")


def _order(command: SandboxCommand, seat: Seat) -> Order:
    limits = command.limits
    outside = os.readlink("/proc/self/ns/pid") if seat.fenced else ""
    inner = ["/bin/sh", "-c", script(command, fenced=seat.fenced, user=seat.user), "sh", *started(command)]
    if seat.fenced:
        texts = data(command, seat.user, system_call_filter(seat.machine))
        texts[ARGUMENTS] = b"".join(os.fsencode(word) + b"\0" for word in arguments(command, seat.user, outside))
        words = [_bwrap(), "--args", str(ARGUMENTS), "--", *inner]
    else:
        texts, words = {}, inner
    return Order(
        arguments=words,
        environment={} if seat.fenced else {**OWN_ENVIRONMENT, "SANDBOX_OUTSIDE": outside},
        tree=str(command.tree.absolute()),
        over=None if command.over is None else str(command.over.absolute()),
        exclude=[str(at.relative_to(TREE)) for at in map(mounted_at, command.mounts) if at.is_relative_to(TREE)],
        data={str(descriptor): content.decode("latin-1") for descriptor, content in texts.items()},
        output=None if command.output is None else str(command.output.absolute()),
        scratch=None if seat.fenced else tempfile.gettempdir(),
        bounds=Bounds(
            setup=_SETUP,
            wall=limits.wall,
            cpu=limits.cpu,
            memory=limits.memory,
            held=limits.memory + limits.disk + limits.shared,
            processes=limits.processes,
            output=limits.output,
            kept=_KEPT,
            collected=limits.collected,
        ),
    )


def _bwrap() -> str:
    found = shutil.which("bwrap", path=CLEAN_ENVIRONMENT["PATH"])
    if found is None:
        raise SandboxLost("bubblewrap is not installed")
    return found


class _Heard:
    """What the warden tells."""

    def __init__(self, said: Said | None) -> None:
        self._said = said
        self._frames = Frames()
        self._files: list[bytes] = []
        self._output = b""
        self._report: Report | None = None  # None until the end
        self._error: dict[str, object] | None = None  # None when it came to a start

    def take(self, chunk: bytes) -> None:
        """Take a piece of it."""
        for kind, content in self._frames.take(chunk):
            match kind:
                case "s" if self._said is not None:
                    said, self._said = self._said, None  # if it raises, it is not asked again
                    said(_text(content))
                    self._said = said
                case "f":
                    self._files.append(content)
                case "o":
                    self._output = content
                case "r":
                    fields = json.loads(content)
                    self._report = Report(**{**fields, "files": tuple(fields["files"])})
                case "e":
                    self._error = json.loads(content)

    def result(self, command: SandboxCommand, seat: Seat) -> SandboxResult:
        """What it comes to."""
        if self._error is not None:
            name = str(self._error["what"] or command.arguments[0])
            raise start_error(name, int(str(self._error["errno"])), str(self._error["text"]))
        report = self._report
        if report is None or report.ending == "stopped":
            raise TemporaryError(f"the process of «{command.arguments[0]}» was lost")
        if report.ending == "short":
            told = f"next to no memory left, so «{command.arguments[0]}» was ended, within its own bounds"
            raise MachineShort(MEMORY, told)
        if not report.is_kept:  # what is there of it may look like all of it, tests above all
            raise MachineShort(DISK, f"no room on its disk, so what «{command.arguments[0]}» said is not whole")
        ending = self._why_lost(command, report) if report.ending == "lost" else Ending(report.ending)
        return SandboxResult(
            exit_code=report.exit_code,
            ending=ending,
            output=_text(self._output),
            cut=report.cut,
            seconds=report.seconds,
            cpu=report.cpu,
            memory=report.memory,
            is_counted=report.is_counted,
            collected=dict(self._collected(command, report)),
            sandboxed=seat.fenced,
        )

    def _why_lost(self, command: SandboxCommand, report: Report) -> Ending:
        """Raises, unless it is the tree that has no room on its disk: that is a run's end like others."""
        words = "; ".join(_text(self._output).strip().splitlines()[-_TOLD_LINES:])
        match report.trouble:
            case "full":
                return Ending.DISK
            case "copy" | "unpack":
                raise PermanentError(f"the tree {command.tree} can't be copied: {words or 'it can not be read'}")
            case "folder":
                raise PermanentError(f"there is no folder «{command.directory}» in {command.tree}")
            case "late":
                raise TemporaryError(f"the tree {command.tree} takes too long to be copied")
            case _:
                raise SandboxLost(words or f"exit code {report.exit_code}")

    def _collected(self, command: SandboxCommand, report: Report) -> Iterator[tuple[str, bytes]]:
        left = command.limits.collected
        for index, content in zip(report.files, self._files, strict=False):
            left -= len(content)
            if index < len(command.collect) and left >= 0:
                yield command.collect[index], content


def _text(content: bytes) -> str:
    """As text; what is none of UTF-8 is marked, but for the rest of a letter at the very beginning."""
    start = next((place for place, byte in enumerate(content[:4]) if byte & 0xC0 != 0x80), 0)
    return content[start if start < 4 else 0 :].decode(errors="replace")
