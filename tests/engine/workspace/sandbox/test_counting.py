"""What a run computes is counted, however brief its processes are and whether or not anybody waits for them."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from engine.workspace.sandbox.commands import Ending
from engine.workspace.sandbox.counting import Group, made_group
from engine.workspace.sandbox.fitness import Fitness
from engine.workspace.sandbox.sandbox import Sandbox
from engine.workspace.sandbox.watchdog import Usage
from tests.engine.workspace.sandbox.trials import python, shell, small

UNWAITED = """
    import os, signal, sys, time
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel tells nobody what they computed
    for _ in range(int(sys.argv[2])):
        if os.fork() == 0:
            while time.process_time() < float(sys.argv[1]):
                pass
            os._exit(0)
        try:
            os.wait()
        except ChildProcessError:
            pass
    """
"""Has so many children compute for so many seconds each, one after the other, and waits for none."""


@pytest.fixture
def group() -> Group:
    made = made_group()
    if made is None:
        pytest.skip("no cgroup can be made here: it takes root, or a delegated one")
    return made


def folder_of(group: Group) -> Path:
    return Path(os.readlink(f"/proc/self/fd/{group.door}")).parent


async def test_brief_children_that_nobody_waits_for_are_ended_like_others(
    box: Sandbox, tree: Path, group: Group
) -> None:
    group.close()
    result = await box.run(python(tree, UNWAITED, "0.01", "6000", limits=small(cpu=0.5)))
    assert (result.ending, result.is_counted) == (Ending.CPU, True)


async def test_a_run_says_whether_the_kernel_counted_it(box: Sandbox, tree: Path) -> None:
    group = made_group()
    if group is not None:
        group.close()
    assert (await box.run(shell(tree, "true"))).is_counted is (group is not None)


def test_a_sandbox_that_can_not_count_all_says_so() -> None:
    assert Fitness().text == "a sandbox holds all that code under test may try"
    assert "counted in part only" in Fitness(counts_all=False).text
    assert Fitness(counts_all=False).holds


@pytest.mark.long  # over a second of CPU time, which is what is counted
def test_children_that_nobody_waits_for_are_counted_as_far_as_they_were_seen() -> None:
    usage = Usage()
    words = [sys.executable, "-c", textwrap.dedent(UNWAITED), "0.3", "4"]
    with subprocess.Popen(words, process_group=0) as child:
        try:
            end = time.monotonic() + 60
            while child.poll() is None:
                assert time.monotonic() < end
                usage.look(2**40)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    assert usage.cpu >= 0.7, "one after the other is seen, though never two at once"


def test_a_group_counts_who_is_in_it_and_is_gone_afterwards(group: Group) -> None:
    folder = folder_of(group)
    assert group.seconds() == 0.0
    join = f"echo 0 > /proc/{os.getpid()}/fd/{group.door}; i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done"
    subprocess.run(["/bin/sh", "-c", join], check=True)
    assert group.seconds() > 0.0
    group.close()
    assert not folder.exists()


def test_the_group_of_a_warden_that_is_no_more_is_taken_away(group: Group) -> None:
    folder = folder_of(group)
    group.close()
    with subprocess.Popen(["true"]) as dead:
        pass
    left = folder.with_name(f"milepost-run-{dead.pid}")
    left.mkdir()
    again = made_group()
    assert again is not None
    assert not left.exists()
    again.close()
