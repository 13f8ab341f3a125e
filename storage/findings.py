"""What the proactive agent found, what was told of it and said to it. The same finding of a goal is one row."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Sequence

from pydantic import TypeAdapter

from engine.proactive.findings import (
    LIVE,
    Finding,
    FindingId,
    FindingKind,
    FindingStatus,
    KeptFinding,
    moved,
    weighed,
)
from engine.reporting.notices import Notice
from engine.values import ChatId, GoalId
from storage import outbox
from storage.connections import Reader, SqlRow
from storage.encoding import parse_time, parse_time_or_null, time_or_null, time_text, to_json
from storage.script import run_many
from storage.writer import Writer

_SELECT = "SELECT id, goal, root, finding, status, revision, found_at, told_at, changed_at FROM findings"
_INSERT = (
    "INSERT INTO findings (goal, root, kind, about, finding, status, revision, found_at, told_at, changed_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 1, ?, NULL, ?)"
)
_UPDATE = (
    "UPDATE findings SET finding = ?, status = ?, revision = ?, found_at = ?, told_at = ?, changed_at = ? WHERE id = ?"
)
_ALIVE = "goal IN (SELECT id FROM executor_goals WHERE status NOT IN ('completed', 'failed', 'cancelled'))"
_LIVE = f"{_SELECT} WHERE status IN ('open', 'told') AND {_ALIVE}"
_AT_ONCE = 500
"""Goals that one query names."""
_TOLD_SINCE = "SELECT 1 FROM findings WHERE root = ? AND told_at > ?"
_MUTE = "INSERT INTO muted_findings (chat, kind, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_LIVE_OF_CHAT = (
    f"{_SELECT} WHERE kind = ? AND status IN ('open', 'told')"  # noqa: S608 - our own names
    " AND goal IN (SELECT id FROM executor_goals WHERE chat = ?)"
)
_FINDING = TypeAdapter(Finding)


class SqlFindings:
    """The `Findings` over SQLite."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def saw(
        self, goal: GoalId, root: GoalId, found: Sequence[Finding], now: dt.datetime
    ) -> Sequence[KeptFinding]:
        """Keep what a look found; returns the live ones. Where nothing has changed, nothing is written."""
        of_goal = f"{_SELECT} WHERE goal = ? ORDER BY id"
        kept = [_read(row) for row in await self._reader.rows(of_goal, (goal,))]
        changed, new = weighed(kept, found, now)
        if not changed and not new:
            return [one for one in kept if one.status in LIVE]

        def work(connection: sqlite3.Connection) -> list[KeptFinding]:
            before = [_read(row) for row in connection.execute(of_goal, (goal,)).fetchall()]
            changed, new = weighed(before, found, now)  # somebody may have answered meanwhile
            run_many(connection, _UPDATE, [_changed(one) for one in changed])
            run_many(connection, _INSERT, [_new(one, goal, root, now) for one in new])
            return [_read(row) for row in connection.execute(of_goal, (goal,)).fetchall()]

        return [one for one in await self._writer.run(work) if one.status in LIVE]

    async def live(self, goals: Collection[GoalId] | None = None) -> Sequence[KeptFinding]:
        """Findings of living goals (None: of all) that are open or told, by id."""
        if goals is None:
            return [_read(row) for row in await self._reader.rows(f"{_LIVE} ORDER BY id")]
        found: list[KeptFinding] = []
        wanted = sorted(set(goals))
        for begin in range(0, len(wanted), _AT_ONCE):
            some = wanted[begin : begin + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            found += map(_read, await self._reader.rows(f"{_LIVE} AND goal IN ({marks})", tuple(some)))
        return sorted(found, key=lambda one: one.id)

    async def find(self, finding: FindingId) -> KeptFinding | None:
        """One finding; None when there is none of that id."""
        row = await self._reader.first(f"{_SELECT} WHERE id = ?", (finding,))
        return None if row is None else _read(row)

    async def tell(self, told: KeptFinding, notice: Notice, since: dt.datetime, now: dt.datetime) -> bool:
        """Queue the notice and mark the finding as told, in one transaction; False where that is not to be."""

        def work(connection: sqlite3.Connection) -> bool:
            kept = _as_it_was(connection, told)
            recent = connection.execute(_TOLD_SINCE, (told.root, time_text(since))).fetchone()
            if kept is None or kept.status is not FindingStatus.OPEN or recent is not None:
                return False
            run_many(connection, _UPDATE, [_changed(moved(kept, FindingStatus.TOLD, now))])
            outbox.put(connection, [notice], now)
            return True

        return await self._writer.run(work)

    async def answer(self, finding: KeptFinding, status: FindingStatus, now: dt.datetime) -> bool:
        """Keep what was said to a finding; False where it is not live in that revision any more."""

        def work(connection: sqlite3.Connection) -> bool:
            kept = _as_it_was(connection, finding)
            if kept is None or kept.status not in LIVE:
                return False
            run_many(connection, _UPDATE, [_changed(moved(kept, status, now))])
            return True

        return await self._writer.run(work)

    async def mute(self, chat: ChatId, kind: FindingKind, now: dt.datetime) -> None:
        """Never tell this chat of a kind again; what is live of it counts as «not now»."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_MUTE, (chat, kind.value, time_text(now)))
            live = [_read(row) for row in connection.execute(_LIVE_OF_CHAT, (kind.value, chat)).fetchall()]
            run_many(connection, _UPDATE, [_changed(moved(one, FindingStatus.DISMISSED, now)) for one in live])

        await self._writer.run(work)

    async def muted(self, chat: ChatId) -> Collection[FindingKind]:
        """Kinds that a chat does not want to hear of."""
        rows = await self._reader.rows("SELECT kind FROM muted_findings WHERE chat = ?", (chat,))
        known = {kind.value for kind in FindingKind}  # a kind that a later version has dropped says nothing
        return {FindingKind(kind) for (kind,) in rows if kind in known}


def _as_it_was(connection: sqlite3.Connection, seen: KeptFinding) -> KeptFinding | None:
    """The newest of it, unless its revision is another."""
    row = connection.execute(f"{_SELECT} WHERE id = ? AND revision = ?", (seen.id, seen.revision)).fetchone()
    return None if row is None else _read(row)


def _new(finding: Finding, goal: GoalId, root: GoalId, now: dt.datetime) -> SqlRow:
    at = time_text(now)
    opened = FindingStatus.OPEN.value
    return (goal, root, finding.kind.value, finding.about, to_json(finding), opened, at, at)


def _changed(one: KeptFinding) -> SqlRow:
    return (
        to_json(one.finding), one.status.value, one.revision, time_text(one.found_at), time_or_null(one.told_at),
        time_text(one.changed_at), one.id,
    )  # fmt: skip


def _read(row: sqlite3.Row) -> KeptFinding:
    number, goal, root, finding, status, revision, found_at, told_at, changed_at = row
    return KeptFinding(
        id=FindingId(number),
        goal=GoalId(goal),
        root=GoalId(root),
        finding=_FINDING.validate_json(finding),
        status=FindingStatus(status),
        revision=revision,
        found_at=parse_time(found_at),
        told_at=parse_time_or_null(told_at),
        changed_at=parse_time(changed_at),
    )
