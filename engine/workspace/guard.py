"""Runs one command and sees to it that nothing of the command outlives it.

It is a process of its own, sent out by `guardhouse.py`. Standard input brings the order, a line of JSON, with the
descriptors that are lent to the command, and is then the lifeline: Milepost may be killed at any moment, and then can't
clean up; the lifeline closes with it, and the guard ends the command. So it must stand on its own and imports nothing
of ours.

When the command has ended, with all its descendants, standard output gets one report: its size in a line, then a line
`exit CODE CUT` (the code is negative for a signal, CUT is 1 when output was dropped) or `error ERRNO TEXT`, and after
that the last bytes the command wrote. Then the next order may come: a guard's own start takes longer than most commands
do. It ends when its standard input closes, and when it was told to make an end.
"""

import ctypes
import errno
import json
import os
import resource
import select
import signal
import socket
import sys
import time
import warnings  # noqa: F401 - what starts a command asks for it, and would load it anew in each guard
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

_LIFELINE, _REPORT = 0, 1
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_CHUNK = 65_536
_MOST_LEFTOVER_READS = 64
_MOST_DESCRIPTORS = 8
"""That may be lent to a command."""
_ORPHANS_SECONDS = 5.0
_IS_LINUX = sys.platform == "linux"
_LIBC = ctypes.CDLL(None) if _IS_LINUX else None


class Tail:
    """Keeps the last bytes of a stream that may be endless."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = bytearray()
        self.cut = False

    def add(self, chunk: bytes) -> None:
        """Take what was read."""
        self._kept += chunk
        if len(self._kept) > self._limit:
            self.cut = True
            del self._kept[: len(self._kept) - self._limit]

    def value(self) -> bytes:
        """The last bytes."""
        return bytes(self._kept)


class Start:
    """What a command starts with, beside its words. Descriptors are none of the first three."""

    stdin: int | None = None  # None: there is nothing to read
    stdout: int | None = None  # None: it goes the way of its errors
    inherited: tuple[int, ...] = ()
    environment: Mapping[str, str] = MappingProxyType({})
    directory: str | None = None  # None: the guard's own
    largest: int | None = None
    """Bytes that a file of its making may have; None for any number."""
    door: int | None = None
    """Of a group of processes that it is to be in; None for the guard's own."""


class Command:
    """The command under guard, from its start to the end of its last descendant."""

    def __init__(self, arguments: list[str], tail: Tail, start: Start) -> None:
        self._tail = tail
        self._code: int | None = None  # None until its end was taken note of
        self.is_last = False
        """Whether its guard is to run no other: it was told to make an end, or could not put one to all."""
        self._output, end = os.pipe()
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # whoever of it daemonises becomes our child
        try:
            self._pid = _begin(arguments, start, end)
        except BaseException:
            os.close(self._output)
            raise
        finally:
            os.close(end)
        os.set_blocking(self._output, False)

    @property
    def output(self) -> int:
        """The descriptor to wait on for output."""
        return self._output

    def read(self) -> bool:
        """Take the output that is there. False when there will be no more."""
        try:
            chunk = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return True
        self._tail.add(chunk)
        return bool(chunk)

    def has_ended(self) -> bool:
        """Whether the first process is done. On Linux it stays a zombie, so that its group's number stays taken."""
        if _IS_LINUX:
            return os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        if self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code is not None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole process group."""
        with suppress(ProcessLookupError, PermissionError):  # macOS refuses where only zombies are left
            os.killpg(self._pid, number)

    def finish(self) -> int:
        """Kill what is left, take the last output. Returns the exit code."""
        self.signal(signal.SIGKILL)
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        self.is_last = not _end_orphans() or self.is_last
        for _ in range(_MOST_LEFTOVER_READS):
            if not select.select([self._output], [], [], 0)[0] or not self.read():
                break
        os.close(self._output)
        return self._code


def _begin(arguments: list[str], start: Start, end: int) -> int:
    """Start a command that writes to `end`, and return its number. Raises `OSError`, and `ValueError` for zero bytes.

    What this does is a part of what the module `subprocess` does, which takes twice as long for all the rest.
    """
    trouble, tell = os.pipe()  # it closes as the command begins
    guard = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            if _LIBC is not None:
                _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != guard:  # it died before this could die with it
                os._exit(127)
            _become(arguments, start, end)
        except (OSError, ValueError) as error:
            reason = error.errno if isinstance(error, OSError) else errno.EINVAL
            os.write(tell, f"{reason} {getattr(error, 'strerror', None) or error}".encode())
        finally:
            os._exit(127)
    os.close(tell)
    with open(trouble, encoding="utf-8", errors="replace") as file:
        told = file.read()
    if told:
        os.waitpid(pid, 0)
        number, _, text = told.partition(" ")
        raise OSError(int(number), text)
    return pid


def _become(arguments: list[str], start: Start, end: int) -> None:
    """Make this process the command. All descriptors close that are not given to it: Python makes them so."""
    os.setsid()
    if start.door is not None:
        with suppress(OSError):  # then it is counted in the old way
            os.write(start.door, b"0")
    os.dup2(os.open(os.devnull, os.O_RDONLY) if start.stdin is None else start.stdin, 0)
    os.dup2(end if start.stdout is None else start.stdout, 1)
    os.dup2(end, 2)
    for descriptor in start.inherited:
        os.set_inheritable(descriptor, True)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, a command need not
        signal.signal(number, signal.SIG_DFL)
    if start.largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (start.largest, start.largest))
    if start.directory is not None:
        os.chdir(start.directory)
    os.execvpe(arguments[0], arguments, start.environment)  # noqa: S606 - the command line is the operator's own


def _end_orphans() -> bool:
    """Kill and reap all that has become our child. False where some are left: one may hang in the kernel."""
    until = time.monotonic() + _ORPHANS_SECONDS
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid == 0:
            for child in _children():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(child, signal.SIGKILL)
            select.select([], [], [], 0.001)
    return False


def _children() -> list[int]:
    """The processes whose parent this one is; all of the machine are gone through where no list is kept of them."""
    with suppress(OSError), open("/proc/thread-self/children", "rb") as file:
        return [*map(int, file.read().split())]
    mine, found = str(os.getpid()).encode(), []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with suppress(OSError):
                with open(f"/proc/{name}/stat", "rb") as file:
                    _, _, rest = file.read().rpartition(b")")  # the name before it may hold blanks and brackets
                if rest.split()[1] == mine:
                    found.append(int(name))
    return found


def catch_signals() -> int:
    """A descriptor to read the coming signals' numbers from. Called before the command starts, so none is missed."""
    alarm, wake = os.pipe()
    for descriptor in (alarm, wake):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return alarm


def was_told(alarm: int) -> bool:
    """Whether SIGTERM is among the signals that came since this was last asked."""
    with suppress(BlockingIOError):
        return signal.SIGTERM in os.read(alarm, _CHUNK)
    return False


def watch(command: Command, alarm: int, grace: float) -> int:
    """Wait until the command ends, or end it when standard input closes or SIGTERM comes. Returns the exit code."""
    kill_at: float | None = None  # None until it is told to stop
    watched = {_LIFELINE, alarm, command.output}
    while not command.has_ended():
        left = None if kill_at is None else max(0.0, kill_at - time.monotonic())
        ready = set(select.select(list(watched), [], [], left)[0])
        if command.output in ready and not command.read():
            watched.discard(command.output)
        told = was_told(alarm)
        if _LIFELINE in ready:
            watched.discard(_LIFELINE)
            told = True
        if told and kill_at is None:
            command.is_last = True
            command.signal(signal.SIGTERM)
            kill_at = time.monotonic() + grace
        elif kill_at is not None and time.monotonic() >= kill_at:
            break
    return command.finish()


def read_order(alarm: int) -> tuple[bytes, list[int]]:
    """The next line that Milepost writes, and what came with it. The process ends here when Milepost is gone before
    the line was whole, and when it is told to end while it waits."""
    ready: list[int] = []
    while _LIFELINE not in ready:
        ready = select.select([_LIFELINE, alarm], [], [])[0]
        if was_told(alarm):
            raise SystemExit
    with socket.socket(fileno=os.dup(_LIFELINE)) as talk:
        line, lent, _, _ = socket.recv_fds(talk, _CHUNK, _MOST_DESCRIPTORS)
    for descriptor in lent:
        os.set_inheritable(descriptor, False)
    while not line.endswith(b"\n"):
        chunk = os.read(_LIFELINE, _CHUNK)
        if not chunk:
            raise SystemExit
        line += chunk
    return line, lent


def _carried_out(line: bytes, lent: list[int], alarm: int) -> tuple[bytes, bool]:
    """Run the command of an order, which says what of it each lent descriptor is. Returns the report, and whether it
    is the last."""
    order = json.loads(line)
    start, tail, is_last = Start(), Tail(order["limit"]), False
    start.environment, start.directory, start.largest = order["environment"], order["directory"], order["largest"]
    for name, descriptor in zip(order["lent"], lent, strict=True):
        setattr(start, name, descriptor)
    try:
        command = Command(order["arguments"], tail, start)
        code = watch(command, alarm, order["grace"])
        is_last = command.is_last
        report = f"exit {code} {int(tail.cut)}\n"
    except OSError as error:
        report = f"error {error.errno or 0} {error.strerror or error}\n"
    for descriptor in lent:
        os.close(descriptor)
    return report.encode() + tail.value(), is_last


def _take_no_more() -> None:
    """Have the next order refused at once: one that is only left unread would be lost."""
    with suppress(OSError), socket.socket(fileno=os.dup(_LIFELINE)) as talk:
        talk.shutdown(socket.SHUT_RD)


def main() -> None:
    """Run one command after the other as ordered, and report."""
    alarm, is_last = catch_signals(), False
    while not is_last:
        report, is_last = _carried_out(*read_order(alarm), alarm)
        is_last = was_told(alarm) or is_last  # what was meant for one command must not meet the next
        if is_last:
            _take_no_more()
        with suppress(ConnectionError), open(_REPORT, "wb", closefd=False) as out:
            out.write(b"%d\n" % len(report) + report)
