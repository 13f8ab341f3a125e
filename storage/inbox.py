"""Updates, written down before they are acknowledged, and what handling one leads to, in one transaction."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Sequence

from engine.clock import Clock
from engine.records import Handled, Outgoing, Speaker, Update
from engine.values import ChatId, GoalId
from storage import cards, outbox, talk
from storage.connections import Reader
from storage.conversations import save_settings
from storage.encoding import time_text
from storage.questions import keep_dialogue
from storage.script import run_many
from storage.writer import Writer

_ACCEPT = (
    "INSERT INTO inbox (bot, update_id, chat, payload, failures, received_at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (bot, update_id) DO NOTHING"
)
# The words of a person are kept as long as they are needed; the row stays, so that the update is known for good.
_DONE = (
    "UPDATE inbox SET status = 'done', payload = '', settled_at = ?"
    " WHERE bot = ? AND update_id = ? AND status = 'waiting'"
)
NO_GOAL = GoalId(0)
"""Stands in the books where a cause is of no goal."""
_FAIL = "UPDATE inbox SET failures = failures + 1, error = ? WHERE bot = ? AND update_id = ?"
_PARK = "UPDATE inbox SET status = 'parked', error = ?, settled_at = ? WHERE bot = ? AND update_id = ?"


class SqlInbox:
    """The `Inbox` over SQLite, for the updates of one bot."""

    def __init__(self, writer: Writer, reader: Reader, clock: Clock, bot: int) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._bot = bot

    async def accept(self, updates: Sequence[Update]) -> int:
        """Keep updates; those that are known already are left as they are. Returns how many were new."""
        at = time_text(self._clock.now())
        # Halves of characters are no UTF-8, but have a form in JSON: nothing of what came is lost.
        rows = [
            (self._bot, u.id, u.chat, u.payload.encode("utf-8", "backslashreplace").decode(), u.failures, at)
            for u in updates
        ]
        return await self._writer.run(lambda connection: connection.executemany(_ACCEPT, rows).rowcount if rows else 0)

    async def waiting(self, limit: int, without: Collection[ChatId | None] = ()) -> Sequence[Update]:
        """Updates not yet handled nor parked, by id; those of some chats (None: of no chat) left out."""
        sql = (
            "SELECT update_id, chat, payload, failures FROM inbox WHERE bot = ? AND status = 'waiting'"  # noqa: S608 - placeholders only
            f" AND COALESCE(chat, 0) NOT IN ({','.join('?' * len(without))}) ORDER BY update_id LIMIT ?"
        )
        values = (self._bot, *(chat or 0 for chat in without), limit)
        return [
            Update(id=number, chat=chat, payload=payload, failures=failures)
            for number, chat, payload, failures in await self._reader.rows(sql, values)
        ]

    async def finish(self, update: int, speaker: Speaker | None, handled: Handled, now: dt.datetime) -> None:
        """Replies into the outbox, dialogue and settings kept, update done: one transaction.

        `speaker` is whose dialogue it is; None leaves dialogues alone. Of an update that is done already nothing is
        kept: a commit whose answer was lost on the way may be tried again.
        """

        def work(connection: sqlite3.Connection) -> None:
            if not connection.execute(_DONE, (time_text(now), self._bot, update)).rowcount:
                return
            if handled.once is None or outbox.is_first(connection, (handled.once, NO_GOAL), now):
                outbox.put(connection, handled.replies, now)
            if speaker is not None:
                keep_dialogue(connection, speaker, handled, now)
            if handled.settings is not None:
                save_settings(connection, handled.settings)
            if handled.card is not None:
                cards.want_anew(connection, handled.card, speaker, now)
            if handled.said is not None:
                talk.hear(connection, handled.said, now)

        await self._writer.run(work)

    async def fail(self, update: int, error: str) -> int:
        """Count a failure; returns how many there are now."""

        def work(connection: sqlite3.Connection) -> int:
            run_many(connection, _FAIL, [(error, self._bot, update)])
            sql = "SELECT failures FROM inbox WHERE bot = ? AND update_id = ?"
            row = connection.execute(sql, (self._bot, update)).fetchone()
            return int(row[0]) if row else 0

        return await self._writer.run(work)

    async def park(self, update: int, error: str, apology: Outgoing | None, now: dt.datetime) -> None:
        """Set an update aside for good, with an apology where there is a chat to send it to."""

        def work(connection: sqlite3.Connection) -> None:
            run_many(connection, _PARK, [(error, time_text(now), self._bot, update)])
            if apology is not None:
                outbox.put(connection, [apology], now)

        await self._writer.run(work)
