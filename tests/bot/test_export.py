"""`milepost export`: JSON of a chat's goals, beside a running bot too, and clear refusals."""

import asyncio
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot import export
from bot.settings import Settings
from engine.clock import SystemClock
from storage.database import open_database
from tests.fresh_database import fresh_database
from tests.storage.made_goals import CHAT, created, plain_goal


async def make(path: Path) -> None:
    async with open_database(fresh_database(path), clock=SystemClock()) as database:
        await database.ledger.commit(created(plain_goal(1), plain_goal(2)))


@contextmanager
def running_bot(path: Path) -> Iterator[None]:
    """The database held open in another thread, as a bot would in another process."""
    opened, end = threading.Event(), threading.Event()

    async def hold() -> None:
        async with open_database(path, clock=SystemClock()):
            opened.set()
            await asyncio.to_thread(end.wait)

    thread = threading.Thread(target=lambda: asyncio.run(hold()))
    thread.start()
    assert opened.wait(10)
    try:
        yield
    finally:
        end.set()
        thread.join()


def test_the_goals_of_the_chat_come_as_json_on_standard_output(
    settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    asyncio.run(make(settings.database))
    assert export.main(settings, CHAT, None) == 0
    out, err = capfdbinary.readouterr()
    assert err == b""
    told = json.loads(out)
    assert told["chat"] == CHAT
    assert [goal["id"] for goal in told["goals"]] == [1, 2]


def test_a_chat_without_goals_is_empty_and_no_error(
    settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    asyncio.run(make(settings.database))
    assert export.main(settings, 4711, None) == 0
    assert json.loads(capfdbinary.readouterr().out)["goals"] == []


def test_it_goes_to_a_file_also_while_the_bot_runs(settings: Settings, tmp_path: Path) -> None:
    asyncio.run(make(settings.database))
    with running_bot(settings.database):
        assert export.main(settings, CHAT, tmp_path / "goals.json") == 0
    assert len(json.loads((tmp_path / "goals.json").read_text("utf-8"))["goals"]) == 2


def test_a_database_that_is_not_there_is_refused_and_not_made(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export.main(settings, CHAT, None) == 1
    assert capsys.readouterr().err == f"milepost: {settings.database}: there is no such file\n"
    assert not settings.database.exists()


@pytest.mark.parametrize(("version", "words"), [(999, "newer Milepost"), (0, "older Milepost")])
def test_another_version_of_the_database_is_refused(
    settings: Settings, capsys: pytest.CaptureFixture[str], version: int, words: str
) -> None:
    asyncio.run(make(settings.database))
    with closing(sqlite3.connect(settings.database)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'schema_version'", (str(version),))
    assert export.main(settings, CHAT, None) == 1
    assert words in capsys.readouterr().err


def test_a_place_that_can_not_be_written_is_named(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(make(settings.database))
    assert export.main(settings, CHAT, tmp_path / "none" / "goals.json") == 1
    assert "goals.json can't be written (no such file or directory)" in capsys.readouterr().err
