"""Runs a command as a process of its own, of which nothing is left afterwards, however it ends.

Between Milepost and the command stands `guard.py`. It ends the command with all its descendants at a timeout, at a
cancellation, and when Milepost itself is killed. No shell, no standard input, a clean environment, bounded output.
"""

import asyncio
import errno
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from engine.errors import PermanentError, TemporaryError

CLEAN_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
    }
)
"""All that a command sees of the environment. Milepost's own holds the bot's token."""

_GUARD = Path(__file__).with_name("guard.py")
_GUARD_SECONDS = 6.0
"""How long the guard may take beyond the grace to put an end to everything."""
_ONE_DAY_BETTER = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ETXTBSY})
"""Why a start may fail that works later; for all others it won't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """A program with its arguments, and the bounds it runs in."""

    arguments: tuple[str, ...]
    """The program, by path or by a name found in the environment's PATH, and its arguments."""
    directory: Path | None = None
    """Where it runs; None for Milepost's own working directory."""
    environment: Mapping[str, str] = field(default_factory=lambda: CLEAN_ENVIRONMENT)
    timeout: float = 600.0
    """Seconds until it is ended."""
    grace: float = 1.0
    """Seconds between SIGTERM and SIGKILL."""
    output_limit: int = 65_536
    """Bytes of output that are kept, from the end."""
    standard_output: int | None = None
    """A descriptor that takes all of standard output; None where it is kept together with standard error."""
    largest_file: int | None = None
    """Bytes that a file it writes may have, standard output among them; None for no such bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a command ended."""

    exit_code: int
    """Negative when a signal ended it."""
    output: str
    """The last of what it wrote, standard output and error as they came."""
    cut: bool
    """Whether there was more output before that."""
    timed_out: bool


async def run_command(line: CommandLine) -> Finished:
    """Run a command to its end. When this is cancelled, the command with all its descendants is ended first.

    Raises `PermanentError` when there is no such program or it may not be run, `TemporaryError` when the machine has
    no room for it now.
    """
    if os.name != "posix":
        raise PermanentError("commands run on Linux, macOS and other Unix systems only")
    process = await _start(line)
    report = bytearray()
    timed_out = False
    try:
        async with asyncio.timeout(line.timeout):
            await _read(process, report)
    except TimeoutError:
        timed_out = True
    finally:
        await _end(process, report, line.grace)
    return _finished(line, bytes(report), timed_out)


async def _start(line: CommandLine) -> Process:
    output = -1 if line.standard_output is None else line.standard_output
    largest = -1 if line.largest_file is None else line.largest_file
    bounds = map(str, (line.grace, line.output_limit, output, largest))
    words = (sys.executable, "-I", "-S", str(_GUARD), *bounds, *line.arguments)
    try:
        return await asyncio.create_subprocess_exec(
            *words,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=dict(line.environment),
            cwd=line.directory,
            start_new_session=True,
            pass_fds=() if line.standard_output is None else (output,),
        )
    except OSError as error:
        raise _start_error(line, error.errno or 0, error.strerror or "") from error
    except ValueError as error:
        raise PermanentError(f"«{line.arguments[0]}» can't be run: {error}") from error


def _start_error(line: CommandLine, number: int, reason: str) -> PermanentError | TemporaryError:
    words = f"«{line.arguments[0]}» can't be run: {reason}"
    return TemporaryError(words) if number in _ONE_DAY_BETTER else PermanentError(words)


async def _read(process: Process, report: bytearray) -> None:
    """Take the guard's report piece by piece, so that a timeout between two pieces loses none."""
    assert process.stdout is not None
    while chunk := await process.stdout.read(65_536):
        report += chunk


async def _end(process: Process, report: bytearray, grace: float) -> None:
    """Tell the guard to make an end, and wait for it: bounded, so a further cancellation may wait that long too."""
    assert process.stdin is not None
    process.stdin.close()
    cancelled: asyncio.CancelledError | None = None  # None until one comes meanwhile
    while True:
        try:
            await _reap(process, report, grace)
            break
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def _reap(process: Process, report: bytearray, grace: float) -> None:
    try:
        async with asyncio.timeout(grace + _GUARD_SECONDS):
            await _read(process, report)
            await process.wait()
    except TimeoutError:  # a process that hangs in the kernel; the command itself dies with its guard
        process.kill()
        await process.wait()


def _finished(line: CommandLine, report: bytes, timed_out: bool) -> Finished:
    head, _, output = report.partition(b"\n")
    match head.decode(errors="replace").split(" ", 2):
        case ["exit", code, cut]:
            return Finished(
                exit_code=int(code), output=output.decode(errors="replace"), cut=cut == "1", timed_out=timed_out
            )
        case ["error", number, reason]:
            raise _start_error(line, int(number), reason)
        case _:
            raise TemporaryError(f"the process of «{line.arguments[0]}» was lost")
