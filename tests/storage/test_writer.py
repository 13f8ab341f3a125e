"""The one writer: whatever waits is one transaction, a bad piece fails alone, and a full file leaves nothing behind."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from engine.errors import RefusedError, StoreError
from storage.connections import connect
from storage.writer import Writer


class Watched:
    """A writer over a table of words, with what its connection was told."""

    def __init__(self, path: Path) -> None:
        self.connection = connect(path)
        self.connection.execute("CREATE TABLE words (word TEXT)")
        self.told: list[str] = []
        self.connection.set_trace_callback(self.told.append)
        self.writer = Writer(self.connection, path)

    async def words(self) -> list[str]:
        sql = "SELECT word FROM words ORDER BY word"
        return await self.writer.run(lambda c: [word for (word,) in c.execute(sql)])


@pytest.fixture
async def watched(path: Path) -> AsyncIterator[Watched]:
    made = Watched(path)
    yield made
    await made.writer.close()


def keep(word: str) -> Callable[[sqlite3.Connection], None]:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO words VALUES (?)", (word,))

    return work


async def test_pieces_that_wait_are_committed_together(watched: Watched) -> None:
    await asyncio.gather(*(watched.writer.run(keep(str(n))) for n in range(50)))
    commits = watched.told.count("COMMIT")
    assert len(await watched.words()) == 50
    assert commits < 10  # one for the piece that the thread found first, one for those that came meanwhile


async def test_a_piece_that_fails_does_so_alone_and_leaves_nothing(watched: Watched) -> None:
    def bad(connection: sqlite3.Connection) -> None:
        keep("half")(connection)
        raise RefusedError("bad", "on purpose")

    pieces = [keep("a"), bad, keep("b")]
    results = await asyncio.gather(*(watched.writer.run(piece) for piece in pieces), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), RefusedError, type(None)]
    assert await watched.words() == ["a", "b"]


async def test_a_full_file_fails_the_piece_that_does_not_fit_and_serves_the_next(watched: Watched) -> None:
    (pages,) = watched.connection.execute("PRAGMA page_count").fetchone()
    watched.connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    def large(connection: sqlite3.Connection) -> None:
        keep("first")(connection)
        keep("x" * 100_000)(connection)

    results = await asyncio.gather(
        watched.writer.run(keep("a")), watched.writer.run(large), watched.writer.run(keep("b")), return_exceptions=True
    )
    assert results[0] is None
    assert isinstance(results[1], StoreError)
    assert results[1].code == "full"
    assert results[2] is None
    assert await watched.words() == ["a", "b"]


async def test_a_timeout_during_a_commit_ends_as_a_timeout_after_the_outcome_is_known(watched: Watched) -> None:
    known: list[str] = []

    async def caller() -> None:
        async with asyncio.timeout(0):
            await watched.writer.run(keep("a"))
            known.append("committed")
            await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await caller()
    assert known == ["committed"]
    assert await watched.words() == ["a"]


async def test_a_cancelled_caller_hears_of_a_failure_too(watched: Watched) -> None:
    def bad(connection: sqlite3.Connection) -> None:
        raise RefusedError("bad", "on purpose")

    heard: list[str] = []

    async def caller() -> None:
        try:
            await watched.writer.run(bad)
        except RefusedError:
            heard.append("refused")
        await asyncio.sleep(0)
        heard.append("went on")

    task = asyncio.ensure_future(caller())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard == ["refused"]
