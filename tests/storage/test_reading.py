"""A look at a database changes nothing and works beside its writer."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.clock import SystemClock
from engine.errors import StoreError
from engine.values import GoalId
from storage.database import Database, open_database
from storage.reading import look_at, open_for_reading
from tests.fresh_database import fresh_database
from tests.storage.made_goals import CHAT, created, plain_goal


async def test_a_sound_database_is_described_while_it_is_open(database: Database, path: Path) -> None:
    await database.ledger.commit(created(plain_goal(1), plain_goal(2)))
    state = look_at(path)
    assert state.goals == 2
    assert state.schema == state.newest >= 1
    assert state.size > 0
    assert state.used_by is not None
    assert "another Milepost" in state.used_by


async def test_goals_are_read_beside_the_writer_and_new_ones_seen(database: Database, path: Path) -> None:
    async with open_for_reading(path) as queries:
        await database.ledger.commit(created(plain_goal(1)))
        exported = await queries.export(CHAT)
    assert isinstance(exported, dict)
    assert isinstance(exported["goals"], list)
    assert len(exported["goals"]) == 1


def test_an_empty_file_is_a_database_to_come_and_stays_empty(path: Path) -> None:
    path.touch()
    state = look_at(path)
    assert (state.schema, state.goals, state.used_by) == (0, 0, None)
    assert path.stat().st_size == 0
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [None, b"text, not a database" * 60])
async def test_what_is_no_database_is_refused_and_left_alone(path: Path, content: bytes | None) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError) as looked:
        look_at(path)
    with pytest.raises(StoreError) as opened:
        async with open_for_reading(path):
            pass
    assert looked.value.code == opened.value.code == ("missing" if content is None else "corrupt")
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    with pytest.raises(StoreError, match="another program"):
        look_at(path)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DROP TABLE inbox", "table inbox is missing"),
        ("DROP TABLE meta", "does not tell its schema's version"),
        ("DELETE FROM meta", "does not tell its schema's version"),
        ("UPDATE meta SET value = 'x' WHERE name = 'schema_version'", "does not tell its schema's version"),
        ("UPDATE meta SET value = '-1' WHERE name = 'schema_version'", "does not tell its schema's version"),
        ("ALTER TABLE goal_tasks RENAME COLUMN title TO titel", "table goal_tasks is missing or not whole"),
        ("DROP INDEX goals_by_rank", "index goals_by_rank is missing"),
    ],
)
async def test_a_database_that_lacks_a_part_is_never_called_sound_and_never_opened(
    path: Path, damage: str, told: str
) -> None:
    fresh_database(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(damage)
    with pytest.raises(StoreError, match=told) as looked:
        look_at(path)
    with pytest.raises(StoreError, match=told) as opened:
        async with open_database(path, clock=SystemClock()):
            pass
    assert looked.value.code == opened.value.code == "corrupt"


async def test_a_damaged_page_is_found(database: Database, path: Path) -> None:
    await database.ledger.commit(created(*(plain_goal(number) for number in range(1, 200))))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 3)
    with pytest.raises(StoreError) as caught:
        look_at(path)
    assert caught.value.code == "corrupt"


async def test_a_program_that_asks_after_the_end_is_told_so(path: Path) -> None:
    async with open_database(path, clock=SystemClock()) as opened:
        await opened.ledger.commit(created(plain_goal(1)))
    for asked in (opened.queries.goals_of(CHAT, ended=False, offset=0, limit=9), opened.ledger.load([GoalId(1)], [])):
        with pytest.raises(StoreError, match="closed already"):
            await asked
    with pytest.raises(StoreError, match="closed already"):
        await opened.conversations.chats()
