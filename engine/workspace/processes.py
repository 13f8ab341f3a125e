"""Runs a command as a process of its own, of which nothing is left afterwards, however it ends.

Between Milepost and the command stands `guard.py`. It ends the command with all its descendants at a timeout, at a
cancellation, and when Milepost itself is killed. No shell, no standard input, a clean environment, bounded output.
"""

import asyncio
import errno
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
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
    output = -1 if line.standard_output is None else line.standard_output
    largest = -1 if line.largest_file is None else line.largest_file
    bounds = map(str, (line.grace, line.output_limit, output, largest))
    words = (sys.executable, "-I", "-S", str(_GUARD), *bounds, *line.arguments)
    report = bytearray()
    guard = Guard(
        name=line.arguments[0],
        words=words,
        directory=line.directory,
        environment=line.environment,
        timeout=line.timeout,
        grace=line.grace,
        lent=() if line.standard_output is None else (output,),
    )
    timed_out = await under_guard(guard, report.extend)
    return _finished(line, bytes(report), timed_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A program of ours that runs a command, and ends it when its standard input closes."""

    name: str
    """The command's, for messages."""
    words: tuple[str, ...]
    directory: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: CLEAN_ENVIRONMENT)
    lent: tuple[int, ...] = ()
    """Descriptors of ours that it gets."""
    order: bytes = b""
    """What it is told first on its standard input."""
    timeout: float
    """Seconds until its standard input is closed."""
    grace: float
    """Seconds that it may then take, and some more."""


async def under_guard(guard: Guard, take: Callable[[bytes], object]) -> bool:
    """Start a guard and hand on what it tells, piece by piece. Returns whether it took too long.

    However this ends, the guard and all it started have ended before. Raises as `run_command` does.
    """
    process = await _start(guard)
    try:
        async with asyncio.timeout(guard.timeout):
            await _tell(process, guard.order)
            await _read(process, take)
    except TimeoutError:
        return True
    finally:
        await _end(process, take, guard.grace)
    return False


async def _start(guard: Guard) -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            *guard.words,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=dict(guard.environment),
            cwd=guard.directory,
            start_new_session=True,
            pass_fds=guard.lent,
        )
    except OSError as error:
        raise start_error(guard.name, error.errno or 0, error.strerror or "") from error
    except ValueError as error:
        raise PermanentError(f"«{guard.name}» can't be run: {error}") from error


def start_error(name: str, number: int, reason: str) -> PermanentError | TemporaryError:
    """What to raise when a command could not be started, by the number that the system gave."""
    words = f"«{name}» can't be run: {reason}"
    return TemporaryError(words) if number in _ONE_DAY_BETTER else PermanentError(words)


async def _tell(process: Process, order: bytes) -> None:
    assert process.stdin is not None
    with suppress(ConnectionError):  # it has ended already; its report tells why, or that there is none
        process.stdin.write(order)
        await process.stdin.drain()


async def _read(process: Process, take: Callable[[bytes], object]) -> None:
    """Take the guard's report piece by piece, so that a timeout between two pieces loses none."""
    assert process.stdout is not None
    while chunk := await process.stdout.read(65_536):
        take(chunk)


async def _end(process: Process, take: Callable[[bytes], object], grace: float) -> None:
    """Tell the guard to make an end, and wait for it: bounded, so a further cancellation may wait that long too."""
    assert process.stdin is not None
    process.stdin.close()
    cancelled: asyncio.CancelledError | None = None  # None until one comes meanwhile
    while True:
        try:
            await _reap(process, take, grace)
            break
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def _reap(process: Process, take: Callable[[bytes], object], grace: float) -> None:
    try:
        async with asyncio.timeout(grace + _GUARD_SECONDS):
            await _read(process, take)
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
            raise start_error(line.arguments[0], int(number), reason)
        case _:
            raise TemporaryError(f"the process of «{line.arguments[0]}» was lost")
