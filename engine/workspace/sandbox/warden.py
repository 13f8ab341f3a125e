"""The process between Milepost and a sandbox: starts it, watches over its bounds, and sees to it that nothing is left.

It is the guard of `engine/workspace/guard.py` with more to do. Standard input brings the order, one line, and is then
the lifeline: an end of line there lets a command begin that was to wait; when it closes, because Milepost was killed or
wants an end, all is ended. Standard output gets frames: `s` the last lines so far, now and then; at the end `f` one for
each file that was brought back, `o` the last output and `r` the report; or `e` when nothing could be started.
"""

import json
import math
import os
import select
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict

from engine.workspace.guard import Command, Start, catch_signals, read_order
from engine.workspace.sandbox.commands import Ending
from engine.workspace.sandbox.counting import made_group
from engine.workspace.sandbox.order import AT_ONCE, Order, Report, frame
from engine.workspace.sandbox.telling import Recorder, Told
from engine.workspace.sandbox.watchdog import (
    Usage,
    available_memory,
    has_too_many_files,
    killed_for_memory,
    machine_is_short_of_memory,
)

LOST, STOPPED, LATE, SHORT = "lost", "stopped", "late", "short"
_LIFELINE, _REPORT, _CONTROL, _GATE = 0, 1, 3, 9
_CHUNK = 65_536
_LOOK_EVERY, _COUNT_FILES_EVERY, _SAY_EVERY = 0.05, 0.5, 0.5
_SAID = 2_000
"""Bytes of last lines; a socket takes so little whole or, when it is full, not at all."""
_OF_THE_SCRIPT = 8
"""Processes around the command: bubblewrap, the shell, tar."""
_SIGNALLED = 128


class Warden:
    """One run, from its start to the end of its last process."""

    def __init__(self, order: Order, alarm: int, control: int) -> None:
        self._order = order
        self._bounds = order.bounds
        self._alarm = alarm
        self._control = control
        self._recorder = Recorder(order.bounds.kept, order.bounds.output, order.output)
        self._told = Told(order.bounds.collected)
        self._usage = Usage()
        self._started = math.inf if order.waits else time.monotonic()
        self._said_at = self._looked_at = self._counted_at = 0.0
        self._left_to_machine = 0  # bytes, when there was too little for the run to go on
        self._killed_before = killed_for_memory()
        self._group = made_group()
        self._packer = _pack(order)
        assert self._packer.stdout is not None
        gate, self._gate = os.pipe()
        os.dup2(gate, _GATE)
        os.close(gate)
        inherited = (_CONTROL, _GATE, *_fill(order.data))
        try:
            start = Start()
            start.stdin, start.inherited = self._packer.stdout.fileno(), inherited
            start.environment = order.environment
            start.door = None if self._group is None else self._group.door
            self._command = Command(order.arguments, self._recorder, start)
        finally:
            self._packer.stdout.close()
            for descriptor in inherited:
                os.close(descriptor)
        if not order.waits:
            self._let_begin()

    def _let_begin(self) -> None:
        with suppress(BrokenPipeError):  # it has given up
            os.write(self._gate, b"\n")
        self._started = min(self._started, time.monotonic())

    def run(self) -> Report:
        """Wait until the run ends, or end it."""
        ending: str | None = None  # None while it may go on
        watched = {_LIFELINE, self._alarm, self._control, self._command.output}
        while ending is None and not self._command.has_ended():
            ready = select.select(list(watched), [], [], _LOOK_EVERY)[0]
            if self._command.output in ready and not self._command.read():
                watched.discard(self._command.output)
            if self._control in ready and not self._listen():
                watched.discard(self._control)
            if _LIFELINE in ready and _is_spoken_to():
                self._let_begin()
            elif _LIFELINE in ready or (self._alarm in ready and signal.SIGTERM in os.read(self._alarm, _CHUNK)):
                ending = STOPPED
            else:
                ending = self._excess()
            self._say()
        now = time.monotonic()
        code = self._command.finish()
        while self._listen():
            pass
        self._told.understand()
        if ending == SHORT and available_memory() - self._left_to_machine > self._bounds.held:
            ending = Ending.MEMORY  # it was the run itself, in ways that no process shows
        report = self._report(ending, code, now)
        if self._group is not None:
            self._group.close()
        return report

    def _listen(self) -> bool:
        """Take what the script tells. False when there is nothing more, or no more is taken."""
        try:
            chunk = os.read(self._control, _CHUNK)
        except BlockingIOError:
            return False
        return bool(chunk) and self._told.take(chunk)

    def _say(self) -> None:
        """Tell the last lines, when there are new ones and the last telling is a while ago."""
        now = time.monotonic()
        if self._recorder.has_news and now - self._said_at >= _SAY_EVERY:
            self._said_at, self._recorder.has_news = now, False
            with suppress(BlockingIOError, ConnectionError):
                os.write(_REPORT, frame("s", self._recorder.value()[-_SAID:]))

    def _excess(self) -> str | None:
        """What the run has too much of; None when it is within its bounds."""
        now = time.monotonic()
        if self._recorder.is_over:
            return Ending.OUTPUT
        if self._told.ready_at is None:
            return LATE if now - self._started > self._bounds.setup or self._packing_failed() else None
        if now - self._told.ready_at > self._bounds.wall:
            return Ending.WALL
        if now - self._looked_at < _LOOK_EVERY:
            return None
        self._looked_at = now
        return self._used_too_much(now)

    def _packing_failed(self) -> bool:
        """Whether the tree could not be read; 1 is tar's word for a file that changed; and not all need be taken."""
        return self._packer.poll() not in (None, 0, 1, -signal.SIGPIPE)

    def _used_too_much(self, now: float) -> str | None:
        family = self._usage.look(self._bounds.memory)
        if self._usage.memory > self._bounds.memory:
            return Ending.MEMORY
        if machine_is_short_of_memory():
            self._left_to_machine = available_memory()
            return SHORT
        if max(self._usage.cpu, self._counted()) > self._bounds.cpu:
            return Ending.CPU
        if self._order.scratch is not None:
            return Ending.PROCESSES if self._usage.threads > self._bounds.processes + _OF_THE_SCRIPT else None
        if now - self._counted_at >= _COUNT_FILES_EVERY:
            self._counted_at = now
            return Ending.DISK if _has_too_many_files_inside(family) else None
        return None

    def _counted(self) -> float:
        """Seconds that the kernel counted for all of it; 0 where there is no group."""
        return 0.0 if self._group is None else self._group.seconds()

    def _report(self, ending: str | None, code: int, now: float) -> Report:
        computed, counted = sum(os.times()[2:4]), self._counted()
        if ending is None:
            code = _SIGNALLED - code if _SIGNALLED < code <= _SIGNALLED + signal.NSIG else code
            ending = self._own_ending(code, computed)
        ready_at = self._told.ready_at
        trouble = ""
        if ready_at is None and ending != STOPPED:
            trouble, ending = self._why_lost(ending), LOST
        return Report(
            ending=ending,
            exit_code=code,
            cut=self._recorder.cut or self._recorder.is_over,
            seconds=0.0 if ready_at is None else now - ready_at,
            cpu=max(self._usage.cpu, computed, counted),
            memory=self._usage.most_memory,
            is_counted=counted > 0,
            is_kept=not self._recorder.is_lost,
            trouble=trouble,
            files=tuple(index for index, _ in self._told.files),
        )

    def _why_lost(self, ending: str | None) -> str:
        """What was in the way of its start, as `Report.trouble` has it."""
        if self._packing_failed():
            return "copy"
        if self._told.trouble == "unpack" and self._told.free == 0:
            return "full"
        return LATE if ending == LATE else self._told.trouble

    def _own_ending(self, code: int, computed: float) -> str:
        """How it ended, when nobody ended it."""
        if self._recorder.is_over:
            return Ending.OUTPUT
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and computed >= self._bounds.cpu):
            return Ending.CPU
        if code == -signal.SIGKILL and killed_for_memory() > self._killed_before:
            return SHORT
        if code < 0:
            return Ending.SIGNALLED
        return Ending.DISK if code != 0 and self._told.free == 0 and self._order.scratch is None else Ending.EXITED

    def contents(self) -> list[tuple[str, bytes]]:
        """The frames that go before the report."""
        return [*(("f", content) for _, content in self._told.files), ("o", self._recorder.value())]


def _is_spoken_to() -> bool:
    """Whether Milepost says something, which is that the command may begin; else it wants an end, or is gone."""
    with suppress(ConnectionError):
        return bool(os.read(_LIFELINE, 1))
    return False


def _pack(order: Order) -> subprocess.Popen[bytes]:
    """Read the tree as an archive. It is only read: what runs gets a copy, and nothing of git's is ever in it."""
    exclude = [f"--exclude=./{place}" for place in order.exclude]
    words = ["tar", "--create", *AT_ONCE.split(), "--directory", order.tree]
    over = [] if order.over is None else ["--directory", order.over, "."]  # what comes later takes its place
    words += ["--exclude=.git", "--anchored", "--no-wildcards", *exclude, ".", *over]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - no shell, and the tree is behind --directory


def _fill(data: dict[str, str]) -> list[int]:
    """Files in memory behind the descriptors that bubblewrap is told to read."""
    for descriptor, text in data.items():
        file = os.memfd_create(descriptor)
        os.write(file, text.encode("latin-1"))
        os.lseek(file, 0, os.SEEK_SET)
        os.dup2(file, int(descriptor))
        os.close(file)
    return [int(descriptor) for descriptor in data]


def _has_too_many_files_inside(family: list[int]) -> bool:
    """Looked at through a process inside: its root is not ours."""
    ours = os.stat("/").st_dev
    for pid in family:
        with suppress(OSError):
            if os.stat(f"/proc/{pid}/root").st_dev != ours:
                return any(has_too_many_files(f"/proc/{pid}/root{place}") for place in ("/work", "/dev/shm"))  # noqa: S108 - inside
    return False


def _keep_low_descriptors() -> None:
    """Take those that are to be given away by number, so that nothing else gets them."""
    empty = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    for descriptor in range(_CONTROL, 10):
        if descriptor != empty:
            os.dup2(empty, descriptor, inheritable=False)


def _with_scratch(order: Order) -> tuple[Order, str | None]:
    """The order, and the folder that was made for the run when there is no sandbox."""
    if order.scratch is None:
        return order, None
    place = f"{order.scratch}/milepost-run-{os.getpid()}"
    os.mkdir(place, 0o700)
    return order.with_work(place), place


def main() -> None:
    """Do as ordered, and report. Nothing is lent."""
    _keep_low_descriptors()
    alarm = catch_signals()
    order = Order.unpacked(read_order(alarm)[0])
    scratch: str | None = None  # None where there is no folder to remove
    try:
        order, scratch = _with_scratch(order)
        control, end = os.pipe()
        os.set_blocking(control, False)
        os.dup2(end, _CONTROL)
        os.close(end)
        os.set_blocking(_REPORT, False)
        warden = Warden(order, alarm, control)
        report = warden.run()
        frames = [*warden.contents(), ("r", json.dumps(asdict(report)).encode())]
    except OSError as error:
        told = {"errno": error.errno or 0, "text": error.strerror or str(error), "what": str(error.filename or "")}
        frames = [("e", json.dumps(told).encode())]
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)
    os.set_blocking(_REPORT, True)
    with suppress(ConnectionError), open(_REPORT, "wb", closefd=False) as out:
        for kind, content in frames:
            out.write(frame(kind, content))
