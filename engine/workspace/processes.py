"""Runs a command as a process of its own, of which nothing is left afterwards, however it ends.

Between Milepost and the command stands `guard.py`. It ends the command with all its descendants at a timeout, at a
cancellation, and when Milepost itself is killed. No shell, no standard input but what is handed in, a clean
environment, bounded output.
"""

import asyncio
import atexit
import errno
import functools
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from engine.errors import PermanentError, TemporaryError

CLEAN_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
    }
)
"""All that a command sees of the environment. Milepost's own holds the bot's token."""

_GUARD = "engine.workspace.guard"
_SERVE = (
    "import sys; sys.path.insert(0, sys.argv[1]); from engine.workspace.guardhouse import serve; serve(sys.argv[2])"
)
_ROOT = Path(__file__).parents[2]
_CHUNK = 65_536
_MOST_IDLE = 4
"""Guards that wait for the next command, of each kind."""
_GUARD_SECONDS = 6.0
"""How long the guard may take beyond the grace to put an end to everything."""
_Closing = TypeVar("_Closing", socket.socket, "_Talk")
_ONE_DAY_BETTER = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ETXTBSY, errno.ETOOMANYREFS})
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
    standard_input: int | None = None
    """A descriptor that it reads from; None where there is nothing to read."""
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
    report = bytearray()
    guard = Guard(
        name=line.arguments[0],
        module=_GUARD,
        order=_order(line),
        timeout=line.timeout,
        grace=line.grace,
        lent=tuple(_lent(line).values()),
        goes_on=True,
    )
    timed_out = await under_guard(guard, report.extend)
    return _finished(line, bytes(report), timed_out)


def _lent(line: CommandLine) -> dict[str, int]:
    """The descriptors that it gets, by what they are to be."""
    both = {"stdin": line.standard_input, "stdout": line.standard_output}
    return {name: descriptor for name, descriptor in both.items() if descriptor is not None}


def _order(line: CommandLine) -> bytes:
    try:
        directory = str((line.directory or Path.cwd()).absolute())
    except OSError as error:
        raise start_error(line.arguments[0], error.errno or 0, "the folder that Milepost runs in is gone") from error
    order = {
        "arguments": line.arguments,
        "directory": directory,
        "environment": dict(line.environment),
        "grace": line.grace,
        "limit": line.output_limit,
        "largest": line.largest_file,
        "lent": [*_lent(line)],
    }
    return json.dumps(order).encode() + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A program of ours that runs a command, and ends it when its standard input closes."""

    name: str
    """The command's, for messages."""
    module: str
    """The module whose `main` is to run."""
    environment: Mapping[str, str] | None = None
    """Its own, and that of a guardhouse for it alone; None for a clean one, and the guardhouse that others share."""
    lent: tuple[int, ...] = ()
    """Descriptors of ours that it gets."""
    goes_on: bool = False
    """Whether it may have the next order after its report, whose size it tells in a line."""
    order: bytes
    """What it is told on its standard input: one line."""
    may_go: asyncio.Event | None = None
    """Set when the line ends with which it may go on from where its order has it wait; None where it has not."""
    timeout: float
    """Seconds until its standard input is closed, from when it may go on."""
    grace: float
    """Seconds that it may then take, and some more."""


async def under_guard(guard: Guard, take: Callable[[bytes], object]) -> bool:
    """Send out a guard and hand on what it tells, piece by piece. Returns whether it took too long.

    However this ends, the guard and all it started have ended before. Raises as `run_command` does.
    """
    if guard.environment is None:
        return await _under_guard(guard, _guardhouse(guard.module), take)
    with closing(_Guardhouse(guard.module, guard.environment)) as guardhouse:
        return await _under_guard(guard, guardhouse, take)


async def _under_guard(guard: Guard, guardhouse: "_Guardhouse", take: Callable[[bytes], object]) -> bool:
    talk, timed_out, rest = await _sent_out(guard, guardhouse), False, guard.order[1:]
    try:
        if guard.may_go is not None:
            await talk.tell(rest)
            await guard.may_go.wait()
            rest = b"\n"
        async with asyncio.timeout(guard.timeout):
            await talk.tell(rest)
            await talk.listen(take)
    except TimeoutError:
        timed_out = True
    finally:
        try:
            await _end(talk, take, guard.grace)
        finally:
            guardhouse.keep(talk)
    if talk.is_cut_off:  # what has come of it may well look like a whole one
        raise _lost(guard.name)
    return timed_out


@contextmanager
def _closed_unless_taken(ours: _Closing) -> Iterator[_Closing]:
    try:
        yield ours
    except BaseException:
        ours.close()
        raise


class _Talk:
    """Milepost's end of the socket to a guard. It is open at the other end for as long as the guard is there."""

    def __init__(self, ours: socket.socket, guardhouse: "_Guardhouse") -> None:
        self._ours = ours
        self._guardhouse = guardhouse
        self._guard: int | None = None  # its process; None until it has told
        self._goes_on = self._is_ending = False
        self._left: int | None = None  # bytes of its report that are to come; None while it has told no size

    async def begin(self, guard: Guard) -> None:
        """Hand out what is lent, and the first byte of the order with it. Raises `ConnectionError` where no guard is
        there any more; then nothing was begun."""
        self._goes_on, self._left = guard.goes_on, None
        socket.send_fds(self._ours, [guard.order[:1]], guard.lent)
        with _closed_unless_taken(self._ours.dup()) as mine:
            self._reader, self._writer = await asyncio.open_unix_connection(sock=mine)

    async def tell(self, order: bytes) -> None:
        """Hand out the rest of the order."""
        with suppress(ConnectionError):  # it has ended already; its report tells why, or that there is none
            self._writer.write(order)
            await self._writer.drain()

    async def listen(self, take: Callable[[bytes], object]) -> None:
        """Take the guard's report piece by piece, so that a timeout between two pieces loses none."""
        with suppress(ConnectionError):
            if self._guard is None:
                self._guard = int(await self._reader.readline() or 0)
            if self._goes_on and self._left is None and (size := await self._reader.readline()):
                self._left = int(size)
            while chunk := await self._reader.read(_CHUNK if self._left is None else min(self._left, _CHUNK)):
                self._left = None if self._left is None else self._left - len(chunk)
                take(chunk)

    @property
    def is_idle(self) -> bool:
        """Whether the guard has reported, and waits for the next order."""
        return self._left == 0 and not self._is_ending

    @property
    def is_cut_off(self) -> bool:
        """Whether the guard went in the middle of a report whose size it had told."""
        return bool(self._left)

    def close_lifeline(self) -> None:
        """Have the guard make an end."""
        self._is_ending = True
        with suppress(OSError):
            self._writer.write_eof()

    async def hang_up(self) -> None:
        """Stop listening; the socket itself stays open."""
        self._writer.close()
        with suppress(OSError):  # shielded: a cancellation would end for good what tells of the end, and be heard again
            await asyncio.shield(self._writer.wait_closed())

    def close(self) -> None:
        """Close the socket itself, with which an idle guard goes."""
        self._ours.close()

    def kill(self) -> bool:
        """Kill the guard. Only while it is there: later its number may be another's.

        False when it never came: then the guardhouse hangs, and is ended.
        """
        if not self._guard:
            self._guardhouse.close()
            return False
        with suppress(ProcessLookupError):
            os.kill(self._guard, signal.SIGKILL)
        return True


class _Guardhouse:
    """The process that sends out guards which run one module; started at the first need, and anew should it be lost."""

    def __init__(self, module: str, environment: Mapping[str, str] = CLEAN_ENVIRONMENT) -> None:
        self._module = module
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None  # None: there is none now
        self._door: socket.socket | None = None  # None: there is none now
        self._idle: list[_Talk] = []

    def send_out(self) -> _Talk:
        """Send out a guard. Raises `OSError` when there is no room for one."""
        ours, theirs = socket.socketpair()
        with theirs, _closed_unless_taken(ours):
            try:
                socket.send_fds(self._open_door(), [b"g"], (theirs.fileno(),))
            except ConnectionError:
                self.close()
                socket.send_fds(self._open_door(), [b"g"], (theirs.fileno(),))
        return _Talk(ours, self)

    def idle(self) -> _Talk | None:
        """A guard that is out and waits; None where there is none."""
        return self._idle.pop() if self._idle else None

    def keep(self, talk: _Talk) -> None:
        """Have a guard wait for the next order if it can; few are enough."""
        if talk.is_idle and len(self._idle) < _MOST_IDLE:
            self._idle.append(talk)
        else:
            talk.close()

    def _open_door(self) -> socket.socket:
        if self._door is None:
            self._door, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - these words are ours
                    (sys.executable, "-I", "-S", "-c", _SERVE, str(_ROOT), self._module),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=dict(self._environment),
                    cwd="/",
                    start_new_session=True,
                )
        return self._door

    def close(self) -> None:
        """End it, and the guards that wait; those that have something to do go on."""
        while self._idle:
            self._idle.pop().close()
        if self._door is not None:
            self._door.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._door = self._process = None


@functools.cache
def _guardhouse(module: str) -> _Guardhouse:
    """The one of this process: started once, for a start takes longer than most commands do."""
    guardhouse = _Guardhouse(module)
    atexit.register(guardhouse.close)
    return guardhouse


async def _sent_out(guard: Guard, guardhouse: _Guardhouse) -> _Talk:
    """A guard that has the beginning of the order: one that waits, or a new one."""
    try:
        while talk := guardhouse.idle():
            with _closed_unless_taken(talk), suppress(ConnectionError):  # it was killed while it waited
                await talk.begin(guard)
                return talk
            talk.close()
        talk = guardhouse.send_out()
        with _closed_unless_taken(talk):
            await talk.begin(guard)
    except OSError as error:
        raise start_error(guard.name, error.errno or 0, error.strerror or "") from error
    return talk


def start_error(name: str, number: int, reason: str) -> PermanentError | TemporaryError:
    """What to raise when a command could not be started, by the number that the system gave."""
    words = f"«{name}» can't be run: {reason}"
    return TemporaryError(words) if number in _ONE_DAY_BETTER else PermanentError(words)


async def _end(talk: _Talk, take: Callable[[bytes], object], grace: float) -> None:
    """Tell the guard to make an end, unless it has, and wait for it: bounded, so a further cancellation may wait that
    long too."""
    if not talk.is_idle:
        talk.close_lifeline()
    cancelled: asyncio.CancelledError | None = None  # None until one comes meanwhile
    while True:
        try:
            await _gone(talk, take, grace)
            break
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def _gone(talk: _Talk, take: Callable[[bytes], object], grace: float) -> None:
    try:
        async with asyncio.timeout(grace + _GUARD_SECONDS):
            await talk.listen(take)
    except TimeoutError:  # a process that hangs in the kernel; the command itself dies with its guard
        if talk.kill():
            await talk.listen(take)
    await talk.hang_up()


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
            raise _lost(line.arguments[0])


def _lost(name: str) -> TemporaryError:
    return TemporaryError(f"the process of «{name}» was lost")
