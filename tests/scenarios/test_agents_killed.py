"""Agents at work are killed with SIGKILL again and again: no approved action twice, none lost, no spend lost.

What was under way outside at a kill can't be known; then the person is asked, who looks.
"""

import asyncio
import itertools
import json
import random
import sqlite3
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.engine.agents.working.office import SURE, handed_in
from tests.examples import ROUNDS
from tests.scenarios.kill.doomed_agents import LETTERS
from tests.scripted_models import Json, Turn, scripted_openai

ROOT = Path(__file__).parents[2]
FIRST, LAST = 4, 70
"""Borders between which a life ends; an undisturbed one passes some hundred."""


def says(asked: Json) -> Turn:
    """Looks around and sends one letter, then another one, then hands in; whatever was said is in the messages."""
    tools, told = json.dumps(asked.get("tools", [])), json.dumps(asked["messages"])
    if "propose" in tools:
        return Turn(status=400)
    if '"judge"' in tools:
        return SURE
    letter = next(one for one in LETTERS if f"Write letter {one}" in told)
    messages = asked["messages"]
    assert isinstance(messages, list)
    results = sum(message["role"] == "tool" for message in messages)
    if results == 0:
        return Turn(calls={"look": {}, "send": {"words": f"{letter}1"}}, tokens=(1_000, 50))
    if results == 2:
        return Turn(calls={"send": {"words": f"{letter}2"}}, tokens=(1_000, 50))
    return handed_in()


class Lives:
    """The process that forks lives."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.orders, self.news = process.stdin, process.stdout

    async def live(self, folder: Path, url: str, border: int) -> int:
        """One life; its exit code, minus nine where it was killed."""
        self.orders.write(json.dumps({"folder": str(folder), "url": url, "border": border}).encode() + b"\n")
        async with asyncio.timeout(120):
            return int(await self.news.readline())


@asynccontextmanager
async def lives() -> AsyncIterator[Lives]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.scenarios.kill.doomed_agents",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    begun = Lives(process)
    assert b"ready" in await begun.news.readline()
    try:
        yield begun
    finally:
        begun.orders.close()
        await process.wait()


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.long
@pytest.mark.parametrize("kills", [ROUNDS or 4])
async def test_killed_agents_do_what_was_approved_once_and_all_they_cost_is_on_the_books(
    kills: int, tmp_path: Path
) -> None:
    chance, left = random.Random(kills), kills
    async with scripted_openai(says) as server, lives() as them:
        for story in itertools.count():
            folder = tmp_path / str(story)
            folder.mkdir()
            ends = await lived(them, folder, server.url, [chance.randint(FIRST, LAST) for _ in range(left)])
            assert set(ends) == {-9, 0}, ends
            check(folder, server.requests, ends.count(-9))
            server.requests.clear()
            left -= ends.count(-9)
            if left <= 0:
                break


async def lived(them: Lives, folder: Path, url: str, borders: Sequence[int]) -> list[int]:
    """The lives of one story, each killed at its border, until one has come to the end of its goal."""
    ends: list[int] = []
    for border in (*borders, 0):
        ends.append(await them.live(folder, url, border))
        if ends[-1] != -9:
            break
    return ends


def check(folder: Path, requests: Sequence[Json], kills: int) -> None:
    """All was done once, and is on the books."""
    done = (folder / "world.txt").read_text().splitlines()
    assert sorted(done) == sorted(f"{letter}{n}" for letter in LETTERS for n in (1, 2))
    database = folder / "milepost.db"
    assert rows(database, "SELECT status FROM executor_goals") == [("completed",)]
    assert rows(database, "SELECT COUNT(*) FROM spend WHERE status = 'reserved'") == [(0,)]
    asked = [one for one in requests if "hand_in" in json.dumps(one.get("tools", []))]
    [(calls, micros)] = rows(database, "SELECT COUNT(*), SUM(micros) FROM spend WHERE purpose = 'work'")
    assert isinstance(calls, int)
    assert isinstance(micros, int)
    assert calls >= len(asked), "every call is on the books, also one that died with its program"
    assert micros >= len(asked) * 1_500
    # nothing was asked for again that had been answered: a life costs at most the answers that it died on
    assert len(asked) <= 3 * len(LETTERS) + len(LETTERS) * kills
