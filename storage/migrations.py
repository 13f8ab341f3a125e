"""Brings a database to this program's schema: numbered SQL files, forward only, each in one transaction.

Why no library: yoyo splits and runs the same files but brings its own lock table and connection handling beside ours,
and Alembic brings SQLAlchemy; what is left of them after that is the loop below.
"""

import datetime as dt
import functools
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from engine.errors import StoreError
from storage.encoding import time_text

_Part: TypeAlias = tuple[str, str, str]  # a kind of thing, its name, and one of its columns where it is a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the schema: its number, from 1 without gaps, and its statements."""

    number: int
    sql: str


def shipped() -> Sequence[Migration]:
    """The migrations that come with the program, in order."""
    files = (file for file in Path(__file__).with_name("migrations").iterdir() if file.name[:4].isdecimal())
    found = sorted((int(file.name[:4]), file.read_text("utf-8")) for file in files)
    assert [number for number, _ in found] == list(range(1, len(found) + 1)), "migrations are numbered without gaps"
    return [Migration(number=number, sql=sql) for number, sql in found]


def schema_version(connection: sqlite3.Connection, path: Path) -> int:
    """The version a database has; 0 for an empty one. Raises `StoreError` for a database of something else."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables:
        return 0
    row = "meta" in tables and connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
    if not row and "executor_goals" not in tables:
        raise StoreError("corrupt", str(path), "this is a database of another program")
    if not row or not str(row[0]).isdecimal():
        raise StoreError("corrupt", str(path), "the database is damaged (it does not tell its schema's version)")
    return int(row[0])


def require_whole(connection: sqlite3.Connection, path: Path, applied: Sequence[Migration]) -> None:
    """Raise `StoreError` where a table, a column or an index is missing that the applied migrations made."""
    missing = _parts_made_by(tuple(applied)) - _parts(connection)
    if missing:
        kind, name, _ = max(missing)  # tables come after their indexes
        raise StoreError("corrupt", str(path), f"the database is damaged (the {kind} {name} is missing or not whole)")


@functools.cache
def _parts_made_by(migrations: tuple[Migration, ...]) -> frozenset[_Part]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript("".join(f"{migration.sql};\n" for migration in migrations))
        return _parts(connection)


def _parts(connection: sqlite3.Connection) -> frozenset[_Part]:
    """Every table by its columns, and all else by its name."""
    return frozenset(
        connection.execute(
            "SELECT thing.type, thing.name, coalesce(part.name, '') FROM sqlite_schema AS thing"
            " LEFT JOIN pragma_table_info(thing.name) AS part ON thing.type = 'table'"
        )
    )


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration], now: dt.datetime) -> None:
    """Apply what is missing, after a back-up copy where there is data. Raises `StoreError`: newer, corrupt."""
    version = schema_version(connection, path)
    if version > len(migrations):
        reason = f"a newer Milepost wrote it (schema {version}, this one knows {len(migrations)}); upgrade Milepost"
        raise StoreError("newer", str(path), reason)
    require_whole(connection, path, migrations[:version])
    missing = migrations[version:]
    if missing and version:
        back_up(connection, path.with_name(f"{path.name}.before-{missing[0].number:04}"))
    for migration in missing:
        _apply(connection, migration, now)


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database to `target`, which is there in whole or not at all."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)  # what an interrupted copy left
    copy = sqlite3.connect(partial)
    try:
        connection.backup(copy)
    finally:
        copy.close()
    partial.replace(target)


def _apply(connection: sqlite3.Connection, migration: Migration, now: dt.datetime) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(migration.sql):
            connection.execute(statement)
        save = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        connection.execute(save, ("schema_version", str(migration.number)))
        connection.execute(save, (f"migrated_{migration.number:04}", time_text(now)))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _statements(sql: str) -> Iterator[str]:
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement  # the last one's semicolon may be missing; a comment at the end does nothing
