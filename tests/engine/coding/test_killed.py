"""A code goal whose program is killed again and again ends as it would have: one commit, no worktree, nothing runs.

MILEPOST_TEST_ROUNDS says at how many random points it is killed.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from engine.coding.works.names import Part
from tests.engine.coding.killed_fixer import KEPT
from tests.engine.coding.shop import RED_TEST, git, make_shop, state_of
from tests.scenarios.code.authors import Author, edits, writes
from tests.scripted_models import scripted_openai

ROOT = Path(__file__).parents[3]
POINTS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "2"))
MOST_IN_A_LIFE = 3
LONGEST = 120.0
PATIENCE = 20.0  # s until what a killed program had begun is gone


async def run(folder: Path, way: str, seconds: float = LONGEST) -> str:
    """Let it go on for so many seconds, then kill it; what it said."""
    command = [sys.executable, "-m", "tests.engine.coding.killed_fixer", str(folder), *([way] if way else [])]
    program = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert program.stdout is not None
    async with asyncio.TaskGroup() as group:
        told = group.create_task(program.stdout.read())
        with suppress(TimeoutError):
            await asyncio.wait_for(program.wait(), seconds)
        if program.returncode is None:
            program.kill()
    await program.wait()
    return told.result().decode()


def left_running(folder: Path) -> list[str]:
    """Processes that have the folder on their command line."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdecimal() and int(process.name) != os.getpid():
                words = (process / "cmdline").read_bytes().decode(errors="replace")
                found += [words] if str(folder) in words else []
    return found


def left_for_good(folder: Path) -> list[str]:
    """Processes of the folder that do not end by themselves."""
    until = time.monotonic() + PATIENCE
    while (found := left_running(folder)) and time.monotonic() < until:
        os.sched_yield()
    return found


def committed_once(shop: Path) -> None:
    """One branch with one commit that holds the cure, and no worktree."""
    (branch,) = [one.strip("* ") for one in git(shop, "branch").splitlines() if "milepost/" in one]
    assert len(git(shop, "log", "--format=%h", branch).split()) == 2
    assert git(shop, "worktree", "list").count("\n") == 1
    assert "for p in prices:" in git(shop, "show", f"{branch}:shop.py")
    git(shop, "fsck", "--strict", "--no-dangling")


async def live(folder: Path, way: str, kills: int, moment: Callable[[], float]) -> int:
    """A goal's life with so many kills at most; how many there were."""
    shop = make_shop(folder / "shop")
    before = state_of(shop)
    done = 0
    while done < kills and "completed" not in await run(folder, way, moment()):
        assert left_for_good(folder) == []
        assert state_of(shop) == before
        done += 1
    assert "completed" in await run(folder, way), "what has ended is told again, what has not is carried on"
    committed_once(shop)
    assert state_of(shop) == before
    assert left_for_good(folder) == []
    return done


async def lives(folder: Path, way: str, points: int) -> None:
    """As many lives as it takes to be killed at so many random points."""
    began = time.monotonic()
    assert await live(folder / "undisturbed", way, 0, lambda: 0.0) == 0
    lasts = time.monotonic() - began
    dice = random.Random(f"code {points}")
    killed = lived = 0
    while killed < points:
        kills = dice.randint(1, min(MOST_IN_A_LIFE, points - killed))
        killed += await live(folder / str(lived), way, kills, lambda: dice.uniform(0.3, lasts))
        lived += 1
        assert lived <= 4 * points, "most of the kills came too late"


@pytest.mark.long
async def test_whenever_it_is_killed_it_is_gone_on_with_and_committed_once(tmp_path: Path) -> None:
    await lives(tmp_path, "", POINTS)


@pytest.mark.long
@pytest.mark.longest
async def test_what_was_kept_to_be_tried_is_tried_once_whenever_the_program_is_killed(tmp_path: Path) -> None:
    await lives(tmp_path, KEPT, POINTS)
    assert list(tmp_path.glob("*/home/handed/*")) == []


@pytest.mark.long
async def test_a_model_that_is_killed_while_it_writes_code_goes_on_and_it_is_committed_once(tmp_path: Path) -> None:
    wrong, right = "    for p in prices[1:]:", "    for p in prices:"
    (path, text), *_ = RED_TEST.items()
    author = Author({Part.TEST.value: writes(path, text.decode()), Part.CHANGE.value: edits("shop.py", wrong, right)})
    async with scripted_openai(author) as server:
        await lives(tmp_path, server.url, POINTS)
