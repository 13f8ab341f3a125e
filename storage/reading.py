"""Looks at a database without touching it, also beside the process that writes it: for `doctor` and `export`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from engine.errors import StoreError
from engine.ports import Queries
from storage.connections import Reader, connect, translated
from storage.migrations import require_whole, schema_version, shipped
from storage.process_lock import ProcessLock
from storage.queries import SqlQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """What a look at a sound database file found."""

    schema: int  # its version; 0: an empty file
    newest: int  # the version that this program writes
    goals: int
    size: int  # bytes of the file
    used_by: str | None  # who holds it at the moment, in words; None: nobody


def look_at(path: Path) -> DatabaseState:
    """Check the whole file. Raises `StoreError`: missing, corrupt, newer, readonly, io."""
    _require_file(path)
    with translated(path), closing(connect(path, read_only=True)) as connection:
        schema = _known_schema(path)
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise StoreError("corrupt", str(path), f"the database is damaged ({found.splitlines()[-1]})")
        require_whole(connection, path, shipped()[:schema])
        goals = connection.execute("SELECT count(*) FROM executor_goals").fetchone()[0] if schema else 0
    return DatabaseState(
        schema=schema, newest=len(shipped()), goals=goals, size=path.stat().st_size, used_by=_holder(path)
    )


@asynccontextmanager
async def open_for_reading(path: Path) -> AsyncIterator[Queries]:
    """The read models alone, while another process may write. Raises `StoreError`, also for an older schema."""
    _require_file(path)
    if _known_schema(path) < len(shipped()):
        raise StoreError("io", str(path), "an older Milepost wrote it; start this one once, so that it is upgraded")
    reader = Reader(path)
    try:
        await reader.open()
        yield SqlQueries(reader)
    finally:
        await reader.close()


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise StoreError("missing", str(path), "there is no such file")


def _known_schema(path: Path) -> int:
    """The schema's version, if it is none of the future."""
    with translated(path), closing(connect(path, read_only=True)) as connection:
        schema = schema_version(connection, path)
    if schema > len(shipped()):
        reason = f"a newer Milepost wrote it (schema {schema}, this one knows {len(shipped())}); upgrade Milepost"
        raise StoreError("newer", str(path), reason)
    return schema


def _holder(path: Path) -> str | None:
    real = path.resolve()
    lock_file = real.with_name(f"{real.name}.lock")
    if not lock_file.exists():
        return None
    lock = ProcessLock(lock_file)
    try:
        lock.take()
    except StoreError as error:
        return error.reason if error.code == "locked" else None
    lock.release()
    return None
