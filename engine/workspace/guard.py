"""A small program that runs one command and sees to it that nothing of the command outlives it.

`processes.py` starts it as `python guard.py GRACE LIMIT OUTPUT LARGEST PROGRAM [ARGUMENT…]`, with a pipe on standard
input and one on standard output. OUTPUT is the descriptor that takes the command's standard output, LARGEST the bytes
that a file of the command may have; -1 stands for none. Milepost may be killed at any moment, and then can't clean up:
the pipe on standard input closes with it, and this program ends the command. So it must stand on its own and imports
nothing of ours.

When the command has ended, standard output gets one report: a line `exit CODE CUT` (the code is negative for a
signal, CUT is 1 when output was dropped) or `error ERRNO TEXT`, and after the line the last LIMIT bytes the command
wrote.
"""

import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

_LIFELINE, _REPORT = 0, 1
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_CHUNK = 65_536
_MOST_LEFTOVER_READS = 64
_ORPHANS_SECONDS = 5.0
_IS_LINUX = sys.platform == "linux"


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
    """What a command starts with, beside its words."""

    stdin: int = subprocess.DEVNULL
    stdout: int = -1
    """The descriptor that takes its standard output; -1: it goes the way of its errors."""
    inherited: tuple[int, ...] = ()
    environment: dict[str, str] | None = None  # None: the guard's own, which is clean
    largest: int = -1
    """Bytes that a file of its making may have; -1: any number."""


class Command:
    """The command under guard, from its start to the end of its last descendant."""

    def __init__(self, arguments: list[str], tail: Tail, start: Start) -> None:
        self._tail = tail
        self._output, end = os.pipe()
        libc = ctypes.CDLL(None) if _IS_LINUX else None
        if libc is not None:
            libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # whoever of it daemonises becomes our child

        def die_with_guard() -> None:
            if libc is not None:
                libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if start.largest >= 0:
                resource.setrlimit(resource.RLIMIT_FSIZE, (start.largest, start.largest))

        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command line is the operator's own, and no shell reads it
                arguments,
                stdin=start.stdin,
                stdout=end if start.stdout < 0 else start.stdout,
                stderr=end,
                env=start.environment,
                pass_fds=start.inherited,
                start_new_session=True,
                preexec_fn=die_with_guard,  # noqa: PLW1509 - this program has no threads
            )
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
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return self._process.poll() is not None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole process group."""
        with suppress(ProcessLookupError, PermissionError):  # macOS refuses where only zombies are left
            os.killpg(self._process.pid, number)

    def finish(self) -> int:
        """Kill what is left, take the last output. Returns the exit code."""
        self.signal(signal.SIGKILL)
        code = self._process.wait()
        _end_orphans()
        for _ in range(_MOST_LEFTOVER_READS):
            if not select.select([self._output], [], [], 0)[0] or not self.read():
                break
        return code


def _end_orphans() -> None:
    """Kill and reap all that has become our child, until none is left; bounded, as one may hang in the kernel."""
    until = time.monotonic() + _ORPHANS_SECONDS
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            for child in _children():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(child, signal.SIGKILL)
            select.select([], [], [], 0.005)


def _children() -> list[int]:
    """The processes whose parent this one is."""
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


def watch(command: Command, alarm: int, grace: float) -> int:
    """Wait until the command ends, or end it when standard input closes or SIGTERM comes. Returns the exit code."""
    kill_at: float | None = None  # None until it is told to stop
    watched = {_LIFELINE, alarm, command.output}
    while not command.has_ended():
        left = None if kill_at is None else max(0.0, kill_at - time.monotonic())
        ready = set(select.select(list(watched), [], [], left)[0])
        if command.output in ready and not command.read():
            watched.discard(command.output)
        told = alarm in ready and signal.SIGTERM in os.read(alarm, _CHUNK)
        if _LIFELINE in ready:
            watched.discard(_LIFELINE)
            told = True
        if told and kill_at is None:
            command.signal(signal.SIGTERM)
            kill_at = time.monotonic() + grace
        elif kill_at is not None and time.monotonic() >= kill_at:
            break
    return command.finish()


def main(grace: float, limit: int, start: Start, arguments: list[str]) -> None:
    """Run the command and report."""
    alarm = catch_signals()
    tail = Tail(limit)
    try:
        code = watch(Command(arguments, tail, start), alarm, grace)
        report = f"exit {code} {int(tail.cut)}\n"
    except OSError as error:
        report = f"error {error.errno or 0} {error.strerror or error}\n"
    with suppress(BrokenPipeError), open(_REPORT, "wb", closefd=False) as out:
        out.write(report.encode() + tail.value())


if __name__ == "__main__":
    asked = Start()
    asked.stdout, asked.largest = int(sys.argv[3]), int(sys.argv[4])
    main(float(sys.argv[1]), int(sys.argv[2]), asked, sys.argv[5:])
