"""Opening: a new file, and every reason why one can't be used, each with its own code and nothing of it touched."""

import asyncio
import errno
import os
import resource
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.values import GoalId
from storage.database import open_database
from storage.reading import look_at
from tests.storage.conftest import StillClock
from tests.storage.made_goals import created, plain_goal

NOBODY = 65534


async def refused(path: Path, clock: StillClock) -> StoreError:
    with pytest.raises(StoreError) as caught:
        async with open_database(path, clock=clock):
            pass
    return caught.value


async def fill(path: Path, clock: StillClock, count: int = 3) -> None:
    async with open_database(path, clock=clock) as database:
        await database.ledger.commit(created(*(plain_goal(n, tasks=20) for n in range(1, count + 1))))


@contextmanager
def bound_by_modes() -> Iterator[None]:
    """Root ignores file modes: within the block we are nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that others may reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="milepost-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, where the machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "milepost-test", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here; test_writer covers a full file by its page limit")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


async def test_a_new_file_is_made_with_its_folders_and_kept(path: Path, clock: StillClock) -> None:
    nested = path.parent / "a" / "b" / "milepost.db"
    await fill(nested, clock)
    async with open_database(nested, clock=clock) as database:
        assert await database.ledger.highest_goal() == 3


async def test_a_folder_that_cant_be_made_is_missing(path: Path, clock: StillClock) -> None:
    path.write_text("a file")
    error = await refused(path / "milepost.db", clock)
    assert error.code == "missing"
    assert str(path) in str(error)


async def test_a_folder_in_the_place_of_the_file_is_refused(path: Path, clock: StillClock) -> None:
    path.mkdir()
    assert (await refused(path, clock)).code == "missing"


async def test_a_second_milepost_is_told_who_holds_the_database(path: Path, clock: StillClock) -> None:
    async with open_database(path, clock=clock) as database:
        error = await refused(path, clock)
        assert error.code == "locked"
        assert f"process {os.getpid()}" in error.reason
        assert error.path == str(path)
        await database.ledger.commit(created(plain_goal(1)))
    await fill(path.with_name("other.db"), clock)
    async with open_database(path, clock=clock) as database:
        assert await database.ledger.highest_goal() == 1


async def test_a_disk_that_knows_no_locks_is_refused_in_words(
    path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(file: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    error = await refused(path, clock)
    assert (error.code, error.reason) == ("io", "No locks available")


async def test_a_link_to_the_database_is_the_same_lock(path: Path, clock: StillClock) -> None:
    await fill(path, clock)
    link = path.with_name("link.db")
    link.symlink_to(path)
    async with open_database(path, clock=clock):
        assert (await refused(link, clock)).code == "locked"


async def test_another_program_that_writes_is_named_as_the_reason(
    path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(path, clock)
    monkeypatch.setattr("storage.connections.BUSY_TIMEOUT", 0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        error = await refused(path, clock)
    finally:
        other.close()
    assert (error.code, error.reason) == ("locked", "another program holds the database")
    async with open_database(path, clock=clock):
        pass


async def test_a_read_only_folder_is_named(open_folder: Path, clock: StillClock) -> None:
    await fill(open_folder / "milepost.db", clock)
    (open_folder / "milepost.db.lock").unlink()
    open_folder.chmod(0o555)
    with bound_by_modes():
        assert (await refused(open_folder / "milepost.db", clock)).code == "readonly"


async def test_a_look_at_a_read_only_disk_names_the_reason(small_disk: Path, clock: StillClock) -> None:
    path = small_disk / "milepost.db"
    await fill(path, clock)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError, match="read-only") as caught:
        look_at(path)
    assert caught.value.code == "readonly"


async def test_a_file_that_may_not_grow_is_named(path: Path, clock: StillClock) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        error = await refused(path, clock)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "may not grow" in error.reason
    async with open_database(path, clock=clock):
        pass


async def test_a_read_only_file_is_named_at_the_start_and_not_at_the_first_goal(
    open_folder: Path, clock: StillClock
) -> None:
    path = open_folder / "milepost.db"
    await fill(path, clock)
    (open_folder / "milepost.db.lock").unlink()
    path.chmod(0o444)
    open_folder.chmod(0o777)
    with bound_by_modes():
        assert (await refused(path, clock)).code == "readonly"


def take_all_room(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def garbage(data: bytes) -> bytes:
    return b"this is no database " * 500


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def overwritten(data: bytes) -> bytes:
    middle = len(data) // 8192 * 4096
    return data[:middle] + b"\xff" * 4096 + data[middle + 4096 :]


@pytest.mark.parametrize("damage", [garbage, truncated, overwritten])
async def test_a_damaged_file_is_refused_and_left_as_it_is(
    path: Path, clock: StillClock, damage: Callable[[bytes], bytes]
) -> None:
    await fill(path, clock, count=30)
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    assert (await refused(path, clock)).code == "corrupt"
    assert path.read_bytes() == before


async def test_a_database_of_another_program_is_refused(path: Path, clock: StillClock) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE photos (id INTEGER)")
    other.close()
    error = await refused(path, clock)
    assert (error.code, error.reason) == ("corrupt", "this is a database of another program")


async def test_a_newer_database_is_refused_and_left_as_it_is(path: Path, clock: StillClock) -> None:
    await fill(path, clock)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    other.close()
    error = await refused(path, clock)
    assert error.code == "newer"
    assert "schema 99" in error.reason
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT COUNT(*) FROM executor_goals").fetchone() == (3,)
    other.close()


async def test_a_full_disk_fails_commits_whole_and_room_mends_it(small_disk: Path, clock: StillClock) -> None:
    async with open_database(small_disk / "milepost.db", clock=clock) as database:
        await database.ledger.commit(created(plain_goal(1)))
        filler = small_disk / "filler"
        take_all_room(filler)
        number, error = 2, None
        while error is None:  # the last pages of the files take some more
            try:
                await database.ledger.commit(created(plain_goal(number, tasks=50, name="x" * 5000)))
                number += 1
            except StoreError as refusal:
                error = refusal
        assert error.code == "full"
        kept = (await database.ledger.load([GoalId(n) for n in range(1, number + 1)], [])).goals
        assert set(kept) == set(range(1, number))
        filler.unlink()
        await database.ledger.commit(created(plain_goal(number, tasks=50)))
        assert await database.ledger.highest_goal() == number


async def test_a_disk_that_is_full_from_the_start_is_named(small_disk: Path, clock: StillClock) -> None:
    take_all_room(small_disk / "filler")
    assert (await refused(small_disk / "milepost.db", clock)).code == "full"


async def test_what_waits_for_the_writer_is_done_before_the_file_is_closed(path: Path, clock: StillClock) -> None:
    async with open_database(path, clock=clock) as database:
        late = asyncio.ensure_future(database.ledger.commit(created(plain_goal(1))))
        await asyncio.sleep(0)
    await late
    async with open_database(path, clock=clock) as database:
        assert await database.ledger.highest_goal() == 1
