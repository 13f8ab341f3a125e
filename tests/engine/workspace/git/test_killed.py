"""Killed at any moment, a worktree is resumed or cleanly made anew, and no commit is made twice."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, commit
from engine.workspace.git.putting_away import take_up
from engine.workspace.git.reading import changes, log
from tests.engine.workspace.git.repositories import BRANCH, of_the_person
from tests.engine.workspace.git.repositories import git as person
from tests.examples import ROUNDS

ROOT = Path(__file__).parents[4]
TASKS = 4
KILLS = max(ROUNDS, 12) if ROUNDS else 4
LONGEST = 0.6
"""Seconds in which all of the work is usually done."""

# What a goal does, again and again from the beginning, as after a restart.
GOAL = f"""
import asyncio, sys
from pathlib import Path
from engine.clock import SystemClock
from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, commit
from engine.workspace.git.putting_away import put_away, take_up
from engine.workspace.git.laying_out import export, lay_spare

async def goal(home, repository):
    git = Git(home, SystemClock())
    made = await take_up(git, repository, "{BRANCH}", "main")
    await export(git, made.worktree, made.worktree.base)
    for number in range({TASKS}):
        name = f"{{number}}.txt"
        (made.worktree.path / name).write_text(f"{{number}}\\n")
        order = CommitOrder(paths=(name,), message="Work", goal=GoalId(7), task=f"7.{{number}}")
        await commit(git, made.worktree, order)
    (made.worktree.path / "left.txt").write_text("not committed\\n")
    await put_away(git, repository, "{BRANCH}")
    await lay_spare(git, made.worktree.repository, made.worktree.base)

print("ready", flush=True)
while True:
    asyncio.run(goal(Path(sys.argv[1]), Path(sys.argv[2])))
"""


def of_home(home: Path) -> list[int]:
    """The processes that work on something of ours."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                words, state = (entry / "cmdline").read_bytes(), (entry / "stat").read_text("utf-8", "replace")
                if os.fsencode(home) in words + (entry / "environ").read_bytes() and ") Z " not in state:
                    found.append(int(entry.name))
    return found


def run_and_kill(home: Path, repository: Path, seconds: float) -> None:
    """Let the goal run for a while, kill it as a machine does, and see that nothing of it is left running."""
    command = [sys.executable, "-c", GOAL, str(home), str(repository)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while of_home(home):
        assert time.monotonic() < until, "something of it goes on"


@pytest.mark.long  # many processes; test_committing.py goes on after a kill that it lays out itself
@pytest.mark.skipif(sys.platform != "linux", reason="looks through /proc")
async def test_killed_at_random_moments_every_task_is_committed_once(git: Git, repository: Path) -> None:
    before, dice = of_the_person(repository), random.Random(ROUNDS)
    has_left = False
    for _ in range(KILLS):
        run_and_kill(git.home, repository, dice.uniform(0.0, LONGEST))
        git = Git(git.home, git.clock)  # as after a restart: the other may have been killed while it made its room
        made = await take_up(git, repository, BRANCH, "main")
        left = {change.path for change in await changes(git, made.worktree)}
        assert left <= {"left.txt", *(f"{number}.txt" for number in range(TASKS))}
        assert has_left <= ("left.txt" in left), "what was not committed is lost"
        has_left = "left.txt" in left
        tasks = [entry.task for entry in reversed(await log(git, made.worktree))]
        assert tasks == [f"7.{number}" for number in range(len(tasks))]
        assert of_the_person(repository) == before
    for number in range(TASKS):
        (made.worktree.path / f"{number}.txt").write_text(f"{number}\n", "utf-8")
        order = CommitOrder(paths=(f"{number}.txt",), message="Work", goal=GoalId(7), task=f"7.{number}")
        assert await commit(git, made.worktree, order) is not None
    assert len(await log(git, made.worktree)) == TASKS
    (made.worktree.path / "left.txt").unlink(missing_ok=True)
    assert await changes(git, made.worktree) == ()
    person(repository, "fsck", "--strict")
    assert not list((repository / ".git").rglob("*.lock"))
