"""SIGKILL in the middle of commits: what was acknowledged is there, and nothing is half there."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from engine.values import Cause, GoalId
from storage.database import Database, open_database
from tests.examples import ROUNDS
from tests.storage.conftest import StillClock
from tests.storage.killed_writer import COUNTER, TASKS
from tests.storage.made_goals import CHAT

ROOT = Path(__file__).parents[2]


def run_and_kill(path: Path, lines: int) -> int:
    """Kill the writer right after so many commits, while the next is under way; returns the last acknowledged."""
    command = [sys.executable, "-m", "tests.storage.killed_writer", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        said.extend(process.stdout.read().splitlines(keepends=True))
    return max(int(line) for line in said if line.endswith("\n"))


async def check(database: Database, acknowledged: int) -> int:
    """Every part of every commit up to the stored one is there; returns that one's step."""
    counter = (await database.ledger.load([COUNTER], [])).goals[COUNTER]
    stored = counter.revision
    assert stored >= acknowledged
    steps = range(2, stored + 1)
    loaded = await database.ledger.load(
        [GoalId(n) for n in range(2, stored + 3)], [Cause(f"step:{n}") for n in range(2, stored + 3)]
    )
    assert set(loaded.goals) == set(steps)
    assert all(len(goal.tasks) == TASKS for goal in loaded.goals.values())
    assert set(loaded.causes.values()) == set(steps)
    notes = [row.note for row in await database.queries.progress(COUNTER) if row.note]
    assert notes == [str(n) for n in steps]
    assert len(await database.outbox.queued(10 * len(steps))) == len(steps)
    assert await database.queries.count_goals(CHAT, ended=False) == stored
    return stored


@pytest.mark.parametrize("kills", [2, pytest.param(ROUNDS or 4, marks=pytest.mark.long)])
async def test_a_killed_writer_leaves_every_acknowledged_commit_and_none_by_half(
    path: Path, clock: StillClock, kills: int
) -> None:
    chance = random.Random(20260301)
    last = 0
    for _ in range(kills):
        acknowledged = run_and_kill(path, chance.randint(1, 40))
        async with open_database(path, clock=clock) as database:
            stored = await check(database, acknowledged)
        assert stored > last
        last = stored
