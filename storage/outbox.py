"""Messages on their way out: queued → sending (committed before the call) → sent or dropped; some are set aside."""

import datetime as dt
import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import replace

from engine.records import Delivery, OutboxRow, Outgoing
from engine.reporting.notices import Notice, NoticeKind
from engine.values import Cause, ChatId, GoalId
from storage.connections import Reader, SqlRow
from storage.encoding import parse_notice, parse_outgoing, parse_time, parse_time_or_null, time_text, to_json
from storage.script import run_many
from storage.writer import Writer

INSERT_NOTICE = "INSERT INTO outbox (chat, goal, kind, content, silent, created_at) VALUES (?, ?, ?, ?, ?, ?)"
"""For notices and rendered messages alike."""
RENDERED = "rendered"
"""The kind of messages that are worded already."""

_SELECT = "SELECT id, chat, kind, content, status, tries, perhaps_sent, not_before, created_at FROM outbox"
_FIRST_TIME = "INSERT INTO causes (cause, goal, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_TOLD = "UPDATE goal_milestones SET notified = 1, notified_at = ? WHERE goal = ? AND percent = ? AND name = ?"


def notice_row(notice: Notice, at: str) -> SqlRow:
    """A notice as a row of the outbox; `at` is when it was queued."""
    return (notice.chat, notice.goal, notice.kind.value, to_json(notice), int(notice.silent), at)


def message_row(message: Outgoing, at: str) -> SqlRow:
    """A rendered message as a row of the outbox."""
    return (message.chat, message.goal, RENDERED, to_json(message), int(message.silent), at)


def message_at(connection: sqlite3.Connection, row: int) -> tuple[ChatId, int] | None:
    """Where the message of a rendered row is at Telegram: its chat and id. None when it is not there (yet)."""
    sql = "SELECT chat, message, content FROM outbox WHERE id = ? AND kind = ? AND status = 'sent'"
    found = connection.execute(sql, (row, RENDERED)).fetchone()
    if found is None:
        return None
    chat, message, content = found
    there = message if message is not None else parse_outgoing(content).payload.get("edit")
    return (ChatId(chat), there) if isinstance(there, int) else None


def put(connection: sqlite3.Connection, messages: Sequence[Outgoing | Notice], now: dt.datetime) -> None:
    """Queue messages within the caller's transaction."""
    at = time_text(now)
    rows = [notice_row(m, at) if isinstance(m, Notice) else message_row(m, at) for m in messages]
    run_many(connection, INSERT_NOTICE, rows)


def is_first(connection: sqlite3.Connection, once: tuple[Cause, GoalId], now: dt.datetime) -> bool:
    """Whether nothing has been told of this cause before; it counts as told from now on."""
    return connection.execute(_FIRST_TIME, (*once, time_text(now))).rowcount > 0


class SqlOutbox:
    """The `Outbox` over SQLite."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def put(
        self, messages: Sequence[Outgoing | Notice], now: dt.datetime, once: tuple[Cause, GoalId] | None = None
    ) -> None:
        """See `Outbox.put`."""

        def work(connection: sqlite3.Connection) -> None:
            if once is None or is_first(connection, once, now):
                put(connection, messages, now)

        if messages:
            await self._writer.run(work)

    async def queued(
        self, limit: int, without: Collection[ChatId | None] = (), due: dt.datetime | None = None
    ) -> Sequence[OutboxRow]:
        """Messages that are queued, oldest first, some chats' left out; `not_before` is the caller's to respect.

        With `due`, also those that were set aside until then, each at its old place.
        """
        chats = [chat for chat in without if chat is not None]  # every message has a chat, and NULL would leave out all
        others = f"chat NOT IN ({','.join('?' * len(chats))})"
        sql = f"{_SELECT} WHERE status = 'queued' AND {others}"
        values: list[int | str] = [*chats]
        if due is not None:
            sql = f"{sql} UNION ALL {_SELECT} WHERE status = 'aside' AND not_before <= ? AND {others}"
            values = [*chats, time_text(due), *chats]
        return [_row(row) for row in await self._reader.rows(f"{sql} ORDER BY id LIMIT ?", (*values, limit))]

    async def recipients(self) -> Collection[ChatId]:
        """Chats that messages are queued for."""
        rows = await self._reader.rows("SELECT DISTINCT chat FROM outbox WHERE status = 'queued'")
        return {ChatId(chat) for (chat,) in rows}

    async def sending(self, row: int) -> None:
        """Committed before the call to Telegram."""
        await self._set("status = 'sending', tries = tries + 1", (), row)

    async def sent(self, row: int, message: int | None, now: dt.datetime) -> None:
        """Telegram has it; a milestone's notice marks its milestones as told, in the same transaction."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE outbox SET status = 'sent', message = ?, settled_at = ?, error = '' WHERE id = ?",
                (message, time_text(now), row),
            )
            _mark_milestones(connection, row, time_text(now))

        await self._writer.run(work)

    async def again(self, row: int, *, not_before: dt.datetime, perhaps_sent: bool, error: str) -> None:
        """Back into the queue. Once perhaps sent, it stays so: a later refusal says nothing of the earlier try."""
        values = (time_text(not_before), int(perhaps_sent), error)
        changes = (
            "status = 'queued', not_before = ?, perhaps_sent = CASE WHEN ? = 1 THEN 1 ELSE perhaps_sent END, error = ?"
        )
        await self._set(changes, values, row)

    async def set_aside(self, row: int, until: dt.datetime, error: str) -> None:
        """Out of the queue until then: the chat's other messages go before it."""
        await self._set("status = 'aside', not_before = ?, error = ?", (time_text(until), error), row)

    async def drop(self, row: int, error: str) -> None:
        """Telegram will never take it."""
        await self._set("status = 'dropped', error = ?", (error,), row)

    async def recover(self) -> int:
        """At start: whatever was `sending` goes back into the queue as perhaps sent. Returns how many."""
        sql = "UPDATE outbox SET status = 'queued', perhaps_sent = 1 WHERE status = 'sending'"
        return await self._writer.run(lambda connection: connection.execute(sql).rowcount)

    async def _set(self, changes: str, values: SqlRow, row: int) -> None:
        sql = f"UPDATE outbox SET {changes} WHERE id = ?"  # noqa: S608 - our own names
        await self._writer.run(lambda connection: run_many(connection, sql, [(*values, row)]))


def _mark_milestones(connection: sqlite3.Connection, row: int, at: str) -> None:
    sql = "SELECT goal, content FROM outbox WHERE id = ? AND kind = ? AND goal IS NOT NULL"
    found = connection.execute(sql, (row, NoticeKind.MILESTONES.value)).fetchone()
    if found:
        goal, content = found
        marks = json.loads(content)["facts"].get("marks", [])
        connection.executemany(_TOLD, [(at, goal, mark["percent"], mark["name"]) for mark in marks])


def _row(row: sqlite3.Row) -> OutboxRow:
    number, chat, kind, content, status, tries, perhaps_sent, not_before, created_at = row
    return OutboxRow(
        id=number,
        chat=ChatId(chat),
        notice=None if kind == RENDERED else parse_notice(content),
        outgoing=replace(parse_outgoing(content), chat=ChatId(chat)) if kind == RENDERED else None,
        status=Delivery(status),
        tries=tries,
        perhaps_sent=bool(perhaps_sent),
        not_before=parse_time_or_null(not_before),
        created_at=parse_time(created_at),
    )
