"""Attempts to take more than is given: time, memory, processes, disk, output. Each comes to an end that is told."""

import asyncio
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from engine.workspace.sandbox.commands import MIB, Ending
from engine.workspace.sandbox.sandbox import Sandbox
from engine.workspace.sandbox.watchdog import Usage, has_too_many_files
from tests.engine.workspace.sandbox.trials import MARK, living, python, shell, small


async def test_a_sleep_past_its_time_is_ended(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "echo before; sleep 600", limits=small(wall=0.3)))
    assert (result.ending, result.output, result.passed) == (Ending.WALL, "before\n", False)
    assert 0.3 <= result.seconds < 10


async def test_who_ignores_every_signal_and_leaves_the_group_is_ended_too(box: Sandbox, tree: Path) -> None:
    program = """
        import os, signal, time
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
        while True:
            time.sleep(60)
    """
    result = await box.run(python(tree, program, MARK, limits=small(wall=0.4)))
    assert result.ending is Ending.WALL
    assert living(MARK) == []


async def test_a_daemon_that_is_left_behind_ends_with_the_run(box: Sandbox, tree: Path) -> None:
    program = """
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 100)
                time.sleep(600)
            os._exit(0)
        os.wait()
        print("left")
    """
    result = await box.run(python(tree, program, MARK))
    assert (result.ending, result.exit_code, result.output) == (Ending.EXITED, 0, "left\n")
    assert result.seconds < 10
    assert living(MARK) == []


async def test_a_daemon_that_holds_the_output_does_not_hold_the_run(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "setsid sleep 600 & echo done"))
    assert (result.ending, result.output) == (Ending.EXITED, "done\n")
    assert result.seconds < 10


async def test_an_endless_loop_is_ended_by_the_time_it_computes(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "while :; do :; done", limits=small(cpu=0.3)))
    assert result.ending is Ending.CPU
    assert result.cpu >= 0.3


async def test_computing_is_counted_for_all_processes_together_ended_ones_included(box: Sandbox, tree: Path) -> None:
    program = """
        import os, time
        while True:
            if os.fork() == 0:
                while time.process_time() < 0.06:
                    pass
                os._exit(0)
            os.wait()
    """
    result = await box.run(python(tree, program, limits=small(cpu=0.5)))
    assert result.ending is Ending.CPU


async def test_a_process_that_wants_three_gigabytes_gets_none(box: Sandbox, tree: Path) -> None:
    program = """
        import mmap
        for attempt in (lambda: bytearray(3 << 30), lambda: mmap.mmap(-1, 3 << 30, flags=mmap.MAP_PRIVATE)):
            try:
                attempt()
                print("got it")
            except (MemoryError, OSError):
                print("refused")
    """
    result = await box.run(python(tree, program))
    assert (result.output, result.ending) == ("refused\nrefused\n", Ending.EXITED)


async def test_many_processes_that_share_a_big_appetite_are_ended(box: Sandbox, tree: Path) -> None:
    program = """
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                hold = []
                while True:
                    hold.append(os.urandom(1 << 20) * 4)
                    time.sleep(0.001)
        time.sleep(600)
    """
    result = await box.run(python(tree, program, MARK, limits=small(memory=64 * MIB)))
    assert result.ending is Ending.MEMORY
    assert result.memory > 64 * MIB
    assert living(MARK) == []


async def test_shared_memory_is_memory_too(box: Sandbox, tree: Path) -> None:
    program = """
        import mmap, os, time
        for _ in range(4):
            if os.fork() == 0:
                area = mmap.mmap(-1, 40 << 20)
                for place in range(0, len(area), 4096):
                    area[place] = 1
                time.sleep(600)
        time.sleep(600)
    """
    result = await box.run(python(tree, program, limits=small(memory=96 * MIB)))
    assert result.ending is Ending.MEMORY


@pytest.mark.long
async def test_pages_that_many_processes_share_count_once(box: Sandbox, tree: Path) -> None:
    program = """
        import os, time
        held = os.urandom(1 << 20) * 40
        children = [os.fork() for _ in range(5)]
        time.sleep(0.3)
    """
    result = await box.run(python(tree, program, limits=small(memory=128 * MIB, processes=64)))
    assert result.passed, result


async def test_a_fork_bomb_comes_to_nothing(box: Sandbox, tree: Path) -> None:
    program = """
        import os
        while True:
            try:
                os.fork()
            except BlockingIOError:
                os.write(1, b"refused\\n")
                os.read(os.pipe()[0], 1)
    """
    result = await box.run(python(tree, program, MARK, limits=small(wall=0.5, processes=20)))
    assert result.ending is Ending.WALL
    assert 10 <= result.output.count("refused") <= 20
    assert living(MARK) == []


@pytest.mark.long
async def test_a_fork_bomb_of_one_run_does_not_starve_another(box: Sandbox, tree: Path) -> None:
    bomb = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    async with asyncio.TaskGroup() as group:
        group.create_task(box.run(python(tree, bomb, limits=small(wall=0.8, processes=20))))
        other = group.create_task(
            box.run(shell(tree, "for n in 1 2 3; do (echo $n); done", limits=small(processes=20)))
        )
    assert other.result().output == "1\n2\n3\n"


async def test_threads_are_bounded_like_processes(box: Sandbox, tree: Path) -> None:
    program = """
        import threading
        done = threading.Event()
        started = 0
        try:
            for _ in range(100):
                threading.Thread(target=done.wait).start()
                started += 1
        except RuntimeError:
            print(started)
        done.set()
    """
    result = await box.run(python(tree, program, limits=small(processes=20)))
    assert 10 <= int(result.output) < 20


async def test_a_flood_of_output_is_ended_and_its_file_is_bounded(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    result = await box.run(shell(tree, "yes flood", limits=small(output=200_000), output=tmp_path / "output"))
    assert (result.ending, result.cut) == (Ending.OUTPUT, True)
    assert (tmp_path / "output").stat().st_size == 200_000
    assert len(result.output) <= 65_536


async def test_too_much_output_is_told_even_when_the_run_ends_with_it(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "head -c 1001 /dev/zero", limits=small(output=1_000)))
    assert (result.ending, result.cut, len(result.output)) == (Ending.OUTPUT, True, 1_000)


async def test_a_full_disk_fails_whoever_fills_it(box: Sandbox, tree: Path) -> None:
    script = "for place in here $HOME/home /tmp/tmp; do head -c 9000000 /dev/zero > $place || exit 9; done"
    result = await box.run(shell(tree, script, limits=small(disk=16 * MIB)))
    assert (result.ending, result.exit_code) == (Ending.DISK, 9)
    assert "No space left" in result.output


async def test_a_file_with_nothing_in_it_fills_no_disk(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "truncate --size 3G huge", limits=small(disk=16 * MIB)))
    assert result.exit_code != 0


async def test_a_tree_that_does_not_fit_its_disk_is_told_so(box: Sandbox, tree: Path) -> None:
    (tree / "big").write_bytes(bytes(3 * MIB))
    result = await box.run(shell(tree, "echo never", limits=small(disk=2 * MIB)))
    assert (result.ending, "never" in result.output) == (Ending.DISK, False)


async def test_shared_memory_files_are_bounded(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "head -c 9000000 /dev/zero > /dev/shm/fill", limits=small(shared=2 * MIB)))
    assert "No space left" in result.output


@pytest.mark.long  # a second; the other bounds are tried each time
async def test_countless_empty_files_are_ended(box: Sandbox, tree: Path) -> None:
    program = """
        import os
        for folder in range(1000):
            os.mkdir(str(folder))
            for name in range(1000):
                os.mknod(f"{folder}/{name}")
    """
    result = await box.run(python(tree, program))
    assert result.ending is Ending.DISK


def test_a_place_that_is_not_there_has_not_too_many_files(tmp_path: Path) -> None:
    assert not has_too_many_files(str(tmp_path / "missing"))


async def test_paths_deeper_than_any_name_may_be_long_do_no_harm(box: Sandbox, tree: Path) -> None:
    program = """
        import os
        for _ in range(1500):
            os.mkdir("down")
            os.chdir("down")
        open("bottom", "w").close()
    """
    result = await box.run(python(tree, program, collect=("down/" * 1500 + "bottom", "x" * 5000)))
    assert result.passed
    assert result.collected == {}


async def test_no_core_is_dumped(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "ulimit -c; kill -s SEGV $$"))
    assert (result.output.split()[0], result.exit_code, result.ending) == ("0", -11, Ending.SIGNALLED)


@pytest.mark.parametrize("lists_of_children", [True, False])
def test_the_watchdog_sees_the_whole_family_and_what_it_uses(lists_of_children: bool) -> None:
    program = "import os; os.fork(); held = os.urandom(1 << 20) * 16\nwhile held: os.getpid()"
    usage = Usage(has_lists_of_children=lists_of_children)
    with subprocess.Popen(["/bin/sh", "-c", 'python3 -c "$0"; true', program], process_group=0) as child:
        try:
            end = time.monotonic() + 30
            while usage.cpu < 0.05 or usage.most_memory < 32 * MIB:
                assert time.monotonic() < end
                found = usage.look(2**40)
            assert child.pid in found
            assert len(found) >= 3
            assert usage.threads >= 3
        finally:
            os.killpg(child.pid, signal.SIGKILL)
