"""A guard goes from one command to the next, and takes nothing of the one along to the other."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import PermanentError, TemporaryError
from engine.workspace import processes
from engine.workspace.processes import CommandLine, run_command
from tests.engine.workspace.test_processes import is_alive, linux_only, shell, until

TELLING = shell("echo $PPID")
LATE = """
import select, signal
from engine.workspace import guard
watch, read_order, orders = guard.watch, guard.read_order, []
def looks_late(command, alarm, grace):
    while not command.has_ended():
        pass
    return watch(command, alarm, grace)
def reads_late(alarm):
    if orders:
        select.select([0], [], [])
    orders.append(alarm)
    return read_order(alarm)
guard.watch, guard.read_order = looks_late, reads_late
guard.main()
signal.pause()
"""
"""A guard that finds its command ended whenever it looks, the next order there, and takes its time to go."""


async def guard_now() -> int:
    """The process number of the guard that has the next command."""
    return int((await run_command(TELLING)).output)


async def test_a_guard_goes_on_to_the_next_command_unless_it_was_to_make_an_end() -> None:
    guard = await guard_now()
    assert await guard_now() == guard
    with pytest.raises(PermanentError):
        await run_command(CommandLine(arguments=("no-such-program-anywhere",)))
    assert await guard_now() == guard
    assert (await run_command(shell("sleep 60", timeout=0.05, grace=0.1))).timed_out
    assert await guard_now() != guard


async def test_a_guard_that_was_told_to_end_with_its_command_has_no_other() -> None:
    guard = await guard_now()
    assert (await run_command(shell("kill -TERM $PPID; exec sleep 60"))).exit_code == -signal.SIGTERM
    assert await guard_now() != guard


@linux_only
def test_a_guard_that_a_command_told_to_end_refuses_the_next_order_at_once() -> None:
    order = {"directory": "/", "environment": {}, "lent": [], "grace": 1.0, "limit": 100, "largest": None}
    ours, theirs = socket.socketpair()
    with ours, subprocess.Popen((sys.executable, "-c", LATE), stdin=theirs, stdout=theirs) as process:
        theirs.close()
        arguments = ["/bin/sh", "-c", f"kill -TERM {process.pid}"]
        try:
            ours.sendall(json.dumps({**order, "arguments": arguments}).encode() + b"\n")
            assert b"exit 0 0\n" in ours.recv(1000)
            with pytest.raises(BrokenPipeError):
                ours.sendall(b"{")
        finally:
            process.kill()


async def test_a_guard_that_was_ended_while_it_waited_costs_no_command() -> None:
    for number in (signal.SIGKILL, signal.SIGTERM):
        guard = await guard_now()
        os.kill(guard, number)
        await until(lambda guard=guard: not is_alive(guard))  # type: ignore[misc] # bound here
        assert await guard_now() != guard


@linux_only
async def test_nothing_of_one_command_is_there_in_the_next(tmp_path: Path) -> None:
    with (tmp_path / "lent").open("w+b") as file:
        lent = shell("echo to the file; sleep 60 &", standard_output=file.fileno(), largest_file=4096)
        assert (await run_command(lent)).output == ""
    seen = await run_command(shell("ls -l /proc/$PPID/fd; ulimit -f; cat /proc/$PPID/task/$PPID/children; echo $$"))
    assert str(tmp_path) not in seen.output
    *_, limit, children = seen.output.splitlines()
    assert limit == "unlimited"
    assert len(set(children.split())) == 1, "no child of the guard's but this command"


@linux_only
async def test_a_guard_that_waits_holds_no_more_after_each_command() -> None:
    held = []
    for _ in range(3):
        held.append(len(os.listdir(f"/proc/{await guard_now()}/fd")))
        for failing in ("no-such-program-anywhere", "a\0b"):
            with pytest.raises(PermanentError):
                await run_command(CommandLine(arguments=(failing,)))
    assert len(set(held)) == 1


@linux_only
async def test_a_report_that_is_cut_off_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_GUARD", "tests.engine.workspace.guard_cut_off")
    with pytest.raises(TemporaryError, match="was lost"):
        await run_command(shell("true"))


@linux_only
async def test_a_cancellation_that_comes_as_the_guard_hangs_up_is_heard_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hang_up = processes._Talk.hang_up
    cancellations = 0

    async def cancelled_meanwhile(talk: processes._Talk) -> None:
        nonlocal cancellations
        cancellations += 1
        assert cancellations < 5, "it is cancelled again and again"
        if cancellations == 1:
            asyncio.get_running_loop().call_soon(running.cancel)
        await hang_up(talk)

    monkeypatch.setattr(processes._Talk, "hang_up", cancelled_meanwhile)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_command(shell("true")))
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert running.cancelled()
