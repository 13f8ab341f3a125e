"""Where the ledger writes: a batch in one transaction and one hop, and goals read back as they were."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Mapping

from engine.coordination.agents import Hierarchy
from engine.coordination.merging import Merged
from engine.errors import ConflictError
from engine.records import Batch, Loaded
from engine.values import Cause, GoalId
from storage import coordination
from storage.changes import INSERT_CAUSE, ORDER, script_of
from storage.connections import Reader
from storage.encoding import time_text
from storage.goal_rows import read_goals
from storage.script import run_many
from storage.writer import Writer

_CHUNK = 500
"""Names a statement: SQLite bounds the placeholders of one."""


class SqlLedger:
    """The `LedgerStore` over SQLite."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def load(self, goals: Collection[GoalId], causes: Collection[Cause]) -> Loaded:
        """Goals and causes of these names, of one moment and in one hop."""
        return await self._reader.snapshot(
            lambda connection: Loaded(goals=read_goals(connection, goals), causes=_read_causes(connection, causes))
        )

    async def commit(self, batch: Batch) -> None:
        """Write a batch in one transaction and one hop, or nothing of it.

        Raises `ConflictError` when a goal's stored revision is not that of `before` or a cause has acted already,
        `StoreError` when the database can't be written, `InvalidInputError` for numbers that no column holds.
        """
        await self._writer.run(lambda connection: _write(connection, batch))

    async def highest_goal(self) -> GoalId:
        """The highest goal id ever given; 0 when there was none."""
        row = await self._reader.first("SELECT COALESCE(MAX(id), 0) FROM executor_goals")
        return GoalId(row[0] if row else 0)

    async def save_hierarchy(self, hierarchy: Hierarchy, now: dt.datetime) -> None:
        """Keep a hierarchy, in place of the one of the same name."""
        await self._writer.run(lambda connection: coordination.save_hierarchy(connection, hierarchy, now))

    async def drop_hierarchy(self, name: str) -> bool:
        """Keep it no longer; False where there was none. What its agents have done stays known."""
        return await self._writer.run(lambda connection: coordination.drop_hierarchy(connection, name))

    async def save_merged(self, goal: GoalId, digest: str, merged: Merged, now: dt.datetime) -> None:
        """Keep what results came to, by the digest of those results."""
        await self._writer.run(lambda connection: coordination.save_merged(connection, goal, digest, (merged, now)))


def _write(connection: sqlite3.Connection, batch: Batch) -> None:
    _compare(connection, batch)
    script_of(batch).run(connection, ORDER)


def _compare(connection: sqlite3.Connection, batch: Batch) -> None:
    expected = {c.after.id: None if c.before is None else c.before.revision for c in batch.changes}
    ids = list(expected)
    stored: dict[GoalId, int] = {}
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        sql = f"SELECT id, revision FROM executor_goals WHERE id IN ({','.join('?' * len(some))})"  # noqa: S608 - placeholders only
        stored.update(connection.execute(sql, some).fetchall())
    differing = tuple(goal for goal in ids if stored.get(goal) != expected[goal])
    if differing:
        raise ConflictError(differing)
    if not batch.causes:
        return
    repeated = _read_causes(connection, batch.causes)
    if repeated:
        raise ConflictError(tuple(sorted(set(repeated.values()))))
    at = time_text(batch.at)
    run_many(connection, INSERT_CAUSE, [(cause, goal, at) for cause, goal in batch.causes.items()])


def _read_causes(connection: sqlite3.Connection, causes: Collection[Cause]) -> Mapping[Cause, GoalId]:
    found: dict[Cause, GoalId] = {}
    every = list(causes)
    for start in range(0, len(every), _CHUNK):
        some = every[start : start + _CHUNK]
        sql = f"SELECT cause, goal FROM causes WHERE cause IN ({','.join('?' * len(some))})"  # noqa: S608 - placeholders only
        found.update(connection.execute(sql, some).fetchall())
    return found
