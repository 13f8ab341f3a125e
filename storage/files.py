"""Files of goals: rows in the database, contents in a folder beside it, each under its digest.

A content is whole on the disk before its row is committed, and goes only when no row names it: a crash leaves at most
a content that nobody knows, which the next pruning takes away. No name that came from outside is part of a path.
"""

import asyncio
import datetime as dt
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import NotFoundError, RefusedError, StoreError
from engine.files import (
    LARGEST_FILE,
    LARGEST_GOAL,
    MOST_FILES,
    FileId,
    FileSource,
    GoalFile,
    GoalFiles,
    NewFile,
    file_name,
    names_like,
)
from engine.values import GoalId, TaskNumber, well_formed
from storage.connections import Reader
from storage.encoding import parse_time, time_text
from storage.writer import Writer

_SELECT = "SELECT id, goal, name, size, digest, source, task, note, album, kept_at FROM goal_files"
_INSERT = (
    "INSERT INTO goal_files (goal, name, size, digest, source, task, note, album, kept_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_REPLACE = "UPDATE goal_files SET size = ?, digest = ?, note = ?, kept_at = ? WHERE id = ?"
_NAMED = "SELECT DISTINCT digest FROM goal_files"
_UNFINISHED = ".part"


def folder_beside(database: Path) -> Path:
    """Where the contents of a database's files lie."""
    real = database.resolve()
    return real.with_name(f"{real.name}-files")


class SqlFiles:
    """The files of one open database; `faces` is what the engine gets of it."""

    def __init__(self, writer: Writer, reader: Reader, folder: Path) -> None:
        self._writer = writer
        self._reader = reader
        self._folder = folder
        self._changing = asyncio.Lock()
        self.faces = GoalFiles(keep=self.keep, of=self.of, find=self.find, read=self.read, remove=self.remove)

    async def keep(self, new: NewFile, now: dt.datetime) -> GoalFile:
        """See `GoalFiles.keep`."""
        if not new.content:
            raise RefusedError("file_empty", "there is nothing in the file")
        if len(new.content) > LARGEST_FILE:
            raise RefusedError("file_too_big", f"a file has at most {LARGEST_FILE} bytes")
        digest = await asyncio.to_thread(lambda: hashlib.sha256(new.content).hexdigest())

        def work(connection: sqlite3.Connection) -> GoalFile:
            return _kept(connection, new, digest, now)

        async with self._changing:  # a content that is written is not swept before its row is there
            await asyncio.to_thread(self._write, digest, new.content)
            return await self._writer.run(work)

    async def of(self, goal: GoalId) -> list[GoalFile]:
        """See `GoalFiles.of`."""
        return [_read(row) for row in await self._reader.rows(f"{_SELECT} WHERE goal = ? ORDER BY id", (goal,))]

    async def find(self, file: FileId) -> GoalFile | None:
        """See `GoalFiles.find`."""
        row = await self._reader.first(f"{_SELECT} WHERE id = ?", (file,))
        return None if row is None else _read(row)

    async def read(self, file: GoalFile) -> bytes:
        """See `GoalFiles.read`."""
        return await asyncio.to_thread(self._content, file)

    async def remove(self, file: FileId) -> bool:
        """See `GoalFiles.remove`. The content goes with the next sweep."""

        def work(connection: sqlite3.Connection) -> bool:
            return connection.execute("DELETE FROM goal_files WHERE id = ?", (file,)).rowcount > 0

        return await self._writer.run(work)

    async def sweep(self) -> int:
        """Take away contents that no row names; how many."""
        async with self._changing:
            named = {str(digest) for (digest,) in await self._reader.rows(_NAMED)}
            return await asyncio.to_thread(self._sweep, named)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, digest: str, content: bytes) -> None:
        """Whole or not at all, also through a power cut. What is there already stays, unless it is damaged."""
        path = self._path(digest)
        with self._translated():
            if path.exists() and path.stat().st_size == len(content):
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(suffix=_UNFINISHED, dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            _to_disk(path.parent, self._folder, self._folder.parent)

    def _content(self, file: GoalFile) -> bytes:
        path = self._path(file.digest)
        with self._translated():
            content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != file.digest:
            raise StoreError("corrupt", str(path), f"the file «{file.name}» of goal {file.goal} is damaged")
        return content

    def _sweep(self, named: set[str]) -> int:
        gone = 0
        with self._translated():
            for path in [*self._folder.glob("[0-9a-f][0-9a-f]/*")]:
                if path.name not in named:
                    path.unlink(missing_ok=True)
                    gone += path.suffix != _UNFINISHED
        return gone

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(_code(error), str(self._folder), (error.strerror or str(error)).lower()) from error


def _code(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "missing"
        case PermissionError():
            return "readonly"
        case _:
            return "full" if error.errno in (28, 122) else "io"  # no space, no quota


def _to_disk(*folders: Path) -> None:
    """The names in these folders, written through where the system can do that."""
    for folder in folders:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _kept(connection: sqlite3.Connection, new: NewFile, digest: str, now: dt.datetime) -> GoalFile:
    """The row of a file whose content is there: a new one, one that is replaced, or the same that is there already."""
    if not connection.execute("SELECT 1 FROM executor_goals WHERE id = ?", (new.goal,)).fetchone():
        raise NotFoundError("goal", new.goal)
    rows = connection.execute(f"{_SELECT} WHERE goal = ? ORDER BY id", (new.goal,)).fetchall()
    there = {file.name.casefold(): file for file in map(_read, rows)}
    wanted = file_name(new.name)
    for name in names_like(wanted):
        taken = there.get(name.casefold())
        if taken is None:
            break
        if taken.digest == digest and taken.source is new.source:
            return taken
        if _is_own(taken, new):
            _check_room(there, new, taken)
            note = well_formed(new.note)
            connection.execute(_REPLACE, (len(new.content), digest, note, time_text(now), taken.id))
            return _by_id(connection, taken.id)
    else:
        raise RefusedError("goal_full", f"goal {new.goal} has too many files of that name")
    _check_room(there, new, None)
    cursor = connection.execute(
        _INSERT,
        (
            new.goal, name, len(new.content), digest, new.source.value, new.task, well_formed(new.note),
            well_formed(new.album), time_text(now),
        ),
    )  # fmt: skip
    assert cursor.lastrowid is not None
    return _by_id(connection, cursor.lastrowid)


def _is_own(taken: GoalFile, new: NewFile) -> bool:
    """Whether the one that writes wrote the file: only then may it be replaced."""
    return taken.source is FileSource.AGENT and new.source is FileSource.AGENT and taken.task == new.task


def _check_room(there: dict[str, GoalFile], new: NewFile, instead: GoalFile | None) -> None:
    """Raise `RefusedError` where the goal has no room. A file that is replaced (None: none is) makes room."""
    others = [file for file in there.values() if instead is None or file.id != instead.id]
    if len(others) >= MOST_FILES:
        raise RefusedError("goal_full", f"a goal has at most {MOST_FILES} files")
    if sum(file.size for file in others) + len(new.content) > LARGEST_GOAL:
        raise RefusedError("goal_full", f"the files of a goal have at most {LARGEST_GOAL} bytes")


def _by_id(connection: sqlite3.Connection, number: int) -> GoalFile:
    return _read(connection.execute(f"{_SELECT} WHERE id = ?", (number,)).fetchone())


def _read(row: sqlite3.Row) -> GoalFile:
    number, goal, name, size, digest, source, task, note, album, kept_at = row
    return GoalFile(
        id=FileId(number),
        goal=GoalId(goal),
        name=name,
        size=size,
        digest=digest,
        source=FileSource(source),
        task=None if task is None else TaskNumber(task),
        note=note,
        album=album,
        kept_at=parse_time(kept_at),
    )
