"""A code goal whose program is killed again and again ends as it would have: one commit, no worktree, nothing runs.

MILEPOST_TEST_ROUNDS says at how many random points it is killed.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.coding.shop import git, make_shop, state_of

ROOT = Path(__file__).parents[3]
POINTS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "2"))
MOST_IN_A_LIFE = 3
LONGEST = 60.0
PATIENCE = 20.0  # s until what a killed program had begun is gone


def run(folder: Path, seconds: float = LONGEST) -> str:
    """Let it go on for so many seconds, then kill it; what it said."""
    command = [sys.executable, "-m", "tests.engine.coding.killed_fixer", str(folder)]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with suppress(subprocess.TimeoutExpired):
        told, _ = program.communicate(timeout=seconds)
        return told
    program.kill()
    told, _ = program.communicate()
    return told


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


def live(folder: Path, kills: int, moment: Callable[[], float]) -> int:
    """A goal's life with so many kills at most; how many there were."""
    shop = make_shop(folder / "shop")
    before = state_of(shop)
    done = 0
    while done < kills and "completed" not in run(folder, moment()):
        assert left_for_good(folder) == []
        assert state_of(shop) == before
        done += 1
    assert "completed" in run(folder), "what has ended is told again, what has not is carried on"
    committed_once(shop)
    assert state_of(shop) == before
    assert left_for_good(folder) == []
    return done


@pytest.mark.long
def test_whenever_it_is_killed_it_is_gone_on_with_and_committed_once(tmp_path: Path) -> None:
    began = time.monotonic()
    assert live(tmp_path / "undisturbed", 0, lambda: 0.0) == 0
    lasts = time.monotonic() - began
    dice = random.Random(f"code {POINTS}")
    killed = lives = 0
    while killed < POINTS:
        kills = dice.randint(1, min(MOST_IN_A_LIFE, POINTS - killed))
        killed += live(tmp_path / str(lives), kills, lambda: dice.uniform(0.3, lasts))
        lives += 1
        assert lives <= 4 * POINTS, "most of the kills came too late"
