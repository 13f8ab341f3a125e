"""Runs whose files are laid out ahead: they begin when they are asked for, and end when nobody does."""

import asyncio
import socket
from pathlib import Path

import pytest

from engine.errors import PermanentError
from engine.workspace.sandbox import warden
from engine.workspace.sandbox.ahead import RunsAhead
from engine.workspace.sandbox.commands import MIB
from engine.workspace.sandbox.fitness import Fitness
from engine.workspace.sandbox.sandbox import SIDE_BY_SIDE, Sandbox
from tests.engine.workspace.sandbox.test_ends import until
from tests.engine.workspace.sandbox.trials import MARK, SMALL, living, shell, small


def is_laid(mark: str, tree: Path) -> bool:
    """Whether the run is under way, and nobody reads the tree any more."""
    return bool(living(mark)) and not living(str(tree))


async def test_a_run_that_waits_has_the_files_as_they_were_and_does_nothing_until_it_may(
    box: Sandbox, tree: Path, tmp_path: Path
) -> None:
    mark, output, may_go = f"{MARK}-waits", tmp_path / "output", asyncio.Event()
    command = shell(tree, f"cat hello.txt; cat; ls /proc/self/fd; : {mark}", output=output)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(box.run(command, may_go=may_go))
        await until(lambda: is_laid(mark, tree))
        (tree / "hello.txt").write_text("changed\n")
        other = await box.run(shell(tree, "cat hello.txt"))
        assert other.output == "changed\n"
        assert output.read_bytes() == b""
        assert not running.done()
        may_go.set()
    plain = await box.run(shell(tree, "ls /proc/self/fd"))
    assert running.result().output == f"hello\n{plain.output}"  # it got no descriptor more
    assert running.result().passed


async def test_a_run_that_may_go_at_once_goes(box: Sandbox, tree: Path) -> None:
    may_go = asyncio.Event()
    may_go.set()
    assert (await box.run(shell(tree, "cat hello.txt"), may_go=may_go)).output == "hello\n"


async def test_of_a_run_that_waits_nothing_is_left_when_nobody_asks_for_it(box: Sandbox, tree: Path) -> None:
    mark, ahead = f"{MARK}-dropped", RunsAhead[str, object]()
    async with ahead:
        ahead.lay("it", lambda may_go: box.run(shell(tree, f": {mark}"), may_go=may_go))
        await until(lambda: is_laid(mark, tree))
        assert ahead.taken("another") is None
    assert living(mark) == []


async def test_why_a_run_could_not_be_made_is_told_to_whoever_asks_for_it_alone(box: Sandbox, tmp_path: Path) -> None:
    async def asked() -> None:
        ahead = RunsAhead[int, object]()
        async with ahead:
            for number in range(2):
                ahead.lay(number, lambda may_go: box.run(shell(tmp_path / "gone", "true"), may_go=may_go))
            run = ahead.taken(1)
            assert run is not None
            await run

    with pytest.raises(PermanentError, match="there is no"):
        await asked()


def test_a_lifeline_that_breaks_off_with_something_unread_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        monkeypatch.setattr(warden, "_LIFELINE", ours.fileno())
        theirs.send(b"\n")
        assert warden._is_spoken_to()
        ours.send(b"s")
        theirs.close()
        assert not warden._is_spoken_to()


async def test_nothing_waits_where_others_could_get_at_it_or_would_lack_the_room(box: Sandbox) -> None:
    assert box.has_room_ahead(SMALL)
    assert not box.has_room_ahead(small(memory=2**60))
    assert not box.has_room_ahead(small(disk=2**60 * MIB))
    assert not Sandbox(unsandboxed=True, known=Fitness(faults=("none",), unsandboxed=True)).has_room_ahead(SMALL)
    assert not Sandbox().has_room_ahead(SMALL)  # nobody knows yet whether it holds
    seats = [box._seat(fenced=True) for _ in range(SIDE_BY_SIDE // 2)]
    for seat in seats:
        seat.__enter__()
    assert not box.has_room_ahead(SMALL)
