"""Files of goals: kept whole or not at all, never overwritten by somebody else, never outside their folder."""

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import files
from engine.errors import NotFoundError, RefusedError, StoreError
from engine.files import LONGEST_NAME, FileSource, GoalFile, NewFile, file_name, names_like
from engine.values import GoalId, TaskNumber
from storage import files as stored
from storage.database import Database, open_database
from storage.files import folder_beside
from tests.storage.conftest import StillClock
from tests.storage.made_goals import NOW, created, plain_goal

ONE, TWO = GoalId(1), GoalId(2)
SENT = NewFile(goal=ONE, name="offer.txt", content=b"two tons", source=FileSource.PERSON, note="from Anna")
WRITTEN = NewFile(goal=ONE, name="report.md", content=b"# One", source=FileSource.AGENT, task=TaskNumber(3))


@pytest.fixture
async def database(database: Database) -> Database:
    await database.ledger.commit(created(plain_goal(1), plain_goal(2)))
    return database


async def keep(database: Database, new: NewFile, now: dt.datetime = NOW) -> GoalFile:
    return await database.files.keep(new, now)


def contents(path: Path) -> list[Path]:
    return [one for one in folder_beside(path).rglob("*") if one.is_file()]


async def test_a_file_comes_back_as_it_was_sent(database: Database) -> None:
    kept = await keep(database, SENT)
    assert (kept.name, kept.size, kept.note, kept.source, kept.task) == ("offer.txt", 8, "from Anna", "person", None)
    assert kept.kind == "text/plain"
    assert await database.files.read(kept) == b"two tons"
    assert await database.files.of(ONE) == [kept]
    assert await database.files.of(TWO) == []
    assert await database.files.find(kept.id) == kept


async def test_a_file_is_there_after_a_restart(path: Path, clock: StillClock) -> None:
    async with open_database(path, clock=clock) as database:
        await database.ledger.commit(created(plain_goal(1)))
        kept = await keep(database, SENT)
    async with open_database(path, clock=clock) as database:
        assert await database.files.of(ONE) == [kept]
        assert await database.files.read(kept) == b"two tons"


async def test_the_same_file_sent_twice_is_kept_once(database: Database) -> None:
    first = await keep(database, SENT)
    assert await keep(database, SENT, NOW + dt.timedelta(days=1)) == first
    assert await database.files.of(ONE) == [first]


async def test_another_file_of_the_same_name_gets_a_name_of_its_own(database: Database) -> None:
    await keep(database, SENT)
    second = await keep(database, replace(SENT, name="OFFER.txt", content=b"three"))
    again = await keep(database, replace(SENT, name="OFFER.txt", content=b"three"))
    assert second.name == "OFFER (2).txt"
    assert again == second  # after a crash the update is handled once more
    assert [file.name for file in await database.files.of(ONE)] == ["offer.txt", "OFFER (2).txt"]


async def test_what_a_task_wrote_is_replaced_by_that_task_alone(database: Database) -> None:
    first = await keep(database, WRITTEN)
    mended = await keep(database, replace(WRITTEN, content=b"# Two"))
    other = await keep(database, replace(WRITTEN, content=b"# Mine", task=TaskNumber(4)))
    assert (mended.id, mended.name) == (first.id, "report.md")
    assert other.name == "report (2).md"
    assert await database.files.read(mended) == b"# Two"
    assert await database.files.read(other) == b"# Mine"


async def test_no_agent_replaces_what_a_person_sent(database: Database) -> None:
    sent = await keep(database, SENT)
    written = await keep(database, replace(WRITTEN, name="offer.txt", task=None))
    assert written.name == "offer (2).txt"
    assert await database.files.read(sent) == b"two tons"


async def test_a_file_of_a_goal_that_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(NotFoundError):
        await keep(database, replace(SENT, goal=GoalId(9)))


async def test_limits_are_kept_to_a_byte(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "LARGEST_FILE", 8)
    monkeypatch.setattr(stored, "LARGEST_GOAL", 20)
    monkeypatch.setattr(stored, "MOST_FILES", 4)
    for new, code in (
        (replace(SENT, content=b""), "file_empty"),
        (replace(SENT, content=b"123456789"), "file_too_big"),
    ):
        with pytest.raises(RefusedError) as refused:
            await keep(database, new)
        assert refused.value.code == code
    await keep(database, SENT)
    await keep(database, replace(WRITTEN, content=b"12345678"))
    with pytest.raises(RefusedError, match="20 bytes"):
        await keep(database, replace(SENT, name="third", content=b"12345"))
    assert (await keep(database, replace(WRITTEN, content=b"1234"))).size == 4  # what is replaced makes room
    await keep(database, replace(SENT, name="third", content=b"1234"))
    await keep(database, replace(SENT, name="fourth", content=b"4"))
    with pytest.raises(RefusedError, match="at most 4 files"):
        await keep(database, replace(SENT, name="fifth", content=b"5"))


async def test_equal_contents_lie_on_the_disk_once_and_go_with_the_last_that_names_them(
    database: Database, path: Path
) -> None:
    here = await keep(database, SENT)
    there = await keep(database, replace(SENT, goal=TWO))
    assert len(contents(path)) == 1
    assert await database.files.remove(here.id)
    assert not await database.files.remove(here.id)
    await database.pruning.prune(NOW)
    assert await database.files.read(there) == b"two tons"
    await database.files.remove(there.id)
    await database.pruning.prune(NOW)
    assert contents(path) == []


async def test_what_a_crash_left_unfinished_is_taken_away(database: Database, path: Path) -> None:
    kept = await keep(database, SENT)
    left = folder_beside(path) / "aa"
    left.mkdir()
    (left / "tmp123.part").write_bytes(b"half")
    (left / ("aa" * 32)).write_bytes(b"whole, yet no row")
    await database.pruning.prune(NOW)
    assert [one.name for one in contents(path)] == [kept.digest]


async def test_a_file_that_can_t_be_written_leaves_no_row(database: Database, path: Path) -> None:
    folder_beside(path).write_text("in the way")
    with pytest.raises(StoreError):
        await keep(database, SENT)
    assert await database.files.of(ONE) == []


async def test_a_damaged_or_lost_content_is_said_and_never_handed_out(database: Database, path: Path) -> None:
    kept = await keep(database, SENT)
    (place,) = contents(path)
    place.write_bytes(b"two tens")
    with pytest.raises(StoreError, match="damaged"):
        await database.files.read(kept)
    place.unlink()
    with pytest.raises(StoreError) as missing:
        await database.files.read(kept)
    assert missing.value.code == "missing"


async def test_many_at_once_lose_nothing(database: Database) -> None:
    new = [replace(SENT, name="page.txt", content=f"{number}".encode()) for number in range(30)]
    kept = await asyncio.gather(*(keep(database, one) for one in new), database.pruning.prune(NOW))
    found = await database.files.of(ONE)
    assert len({file.name for file in found}) == 30
    assert {await database.files.read(file) for file in found} == {one.content for one in new}
    assert kept


async def test_the_export_names_the_files(database: Database) -> None:
    await keep(database, SENT)
    exported = await database.queries.export(plain_goal(1).chat)
    assert isinstance(exported, dict)
    (goal, _) = exported["goals"]  # type: ignore[misc]  # a list of objects
    assert goal["files"][0]["name"] == "offer.txt"  # type: ignore[index, call-overload]  # the same


@given(
    st.text()
    | st.sampled_from(["../../etc/passwd", "C:\\a\\con.txt", "..", ".env", "a/b\0c", "\u202efdp.exe", "x" * 300])
)
def test_a_name_never_leaves_its_folder_and_stays_as_it_is_when_cleaned_again(written: str) -> None:
    name = file_name(written)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('/\\\0\n\r"<>:|?*\u202e')
    assert len(name) <= LONGEST_NAME
    assert file_name(name) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Angebot März 2026.pdf", "Angebot März 2026.pdf"),
        ("/home/anna/notes.txt", "notes.txt"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("  ", "file"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("x" * 100 + ".pdf", "x" * 76 + ".pdf"),
        ("предложение.docx", "предложение.docx"),
    ],
)
def test_a_name_stays_as_near_to_what_was_written_as_can_be(written: str, name: str) -> None:
    assert file_name(written) == name


def test_there_are_names_enough_and_all_are_short_enough() -> None:
    names = list(names_like("x" * 76 + ".pdf"))
    assert len(set(names)) == len(names) > files.MOST_FILES
    assert max(map(len, names)) <= LONGEST_NAME
