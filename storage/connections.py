"""Connections to the SQLite file, and what its refusals mean."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar

import aiosqlite

from engine.errors import StoreError

T = TypeVar("T")
SqlValue: TypeAlias = None | int | float | str
SqlRow: TypeAlias = tuple[SqlValue, ...]
Work: TypeAlias = Callable[[sqlite3.Connection], T]

BUSY_TIMEOUT = 5.0
"""Seconds to wait for somebody else's lock, such as a back-up tool's."""

# The driver asks for an adapter of each NULL it binds, and takes a microsecond to find that there is none.
sqlite3.register_adapter(type(None), lambda _null: None)

_UNWRITTEN = "io", "nothing can be written: the disk fails, or the file may not grow any more (ulimit -f)"
_CODES = {
    sqlite3.SQLITE_IOERR_WRITE: _UNWRITTEN,
    sqlite3.SQLITE_IOERR_SHMSIZE: _UNWRITTEN,
    sqlite3.SQLITE_FULL: ("full", "the disk is full"),
    sqlite3.SQLITE_READONLY: ("readonly", "the database can't be written: the file, folder or disk is read-only"),
    sqlite3.SQLITE_CORRUPT: ("corrupt", "the database is damaged"),
    sqlite3.SQLITE_NOTADB: ("corrupt", "this is no database"),
    sqlite3.SQLITE_BUSY: ("locked", "another program holds the database"),
    sqlite3.SQLITE_LOCKED: ("locked", "another program holds the database"),
    sqlite3.SQLITE_CANTOPEN: ("missing", "the database can't be opened"),
}


def store_error(error: sqlite3.Error, path: Path) -> StoreError:
    """The refusal in the terms of the engine; what has no code of its own is an input or output error."""
    extended = getattr(error, "sqlite_errorcode", 0)
    code, reason = _CODES.get(extended) or _CODES.get(extended & 0xFF) or ("io", f"the database failed: {error}")
    if code == "missing" and path.exists() and not os.access(path.parent, os.W_OK):  # even a look writes beside it
        code, reason = _CODES[sqlite3.SQLITE_READONLY]
    return StoreError(code, str(path), reason)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the driver's errors into `StoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection with our settings that may move between threads. Transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        for pragma in _pragmas(read_only):
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _pragmas(read_only: bool) -> Sequence[str]:
    if read_only:
        return ("PRAGMA query_only = ON",)
    # FULL: what we said is done stays done through a power cut; NORMAL would lose the newest commits.
    return ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON")


class Reader:
    """Two ways to read beside the writer: one statement through aiosqlite, or several on one snapshot in one hop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="milepost-snapshots")
        self._snapshots: sqlite3.Connection | None = None  # None while closed
        self._single: aiosqlite.Connection | None = None  # None while closed

    async def open(self) -> None:
        """Connect both ways. Raises `StoreError`."""
        with translated(self._path):
            self._snapshots = connect(self._path, read_only=True)
            self._single = await aiosqlite.connect(self._path, timeout=BUSY_TIMEOUT, isolation_level=None)
            for pragma in _pragmas(read_only=True):
                await self._single.execute(pragma)

    async def close(self) -> None:
        """Let go of both connections."""
        single, self._single = self._single, None
        if single is not None:
            await single.close()
        self._thread.shutdown()
        snapshots, self._snapshots = self._snapshots, None
        if snapshots is not None:
            snapshots.close()

    async def rows(self, sql: str, values: Sequence[SqlValue] = ()) -> list[sqlite3.Row]:
        """All rows of one statement. Raises `StoreError`."""
        if self._single is None:
            raise self._closed()
        with translated(self._path):
            return list(await self._single.execute_fetchall(sql, values))

    async def first(self, sql: str, values: Sequence[SqlValue] = ()) -> sqlite3.Row | None:
        """The first row of one statement; None when there is none. Raises `StoreError`."""
        found = await self.rows(sql, values)
        return found[0] if found else None

    async def snapshot(self, work: Work[T]) -> T:
        """Run `work` on the reading thread, in one transaction: all it reads is of one moment. Raises `StoreError`."""
        if self._snapshots is None:
            raise self._closed()
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._in_transaction, work)

    def _closed(self) -> StoreError:
        return StoreError("io", str(self._path), "it was closed already")

    def _in_transaction(self, work: Work[T]) -> T:
        assert self._snapshots is not None
        with translated(self._path):
            self._snapshots.execute("BEGIN")
            try:
                return work(self._snapshots)
            finally:
                self._snapshots.execute("COMMIT")
