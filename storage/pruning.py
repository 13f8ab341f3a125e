"""Takes away what is settled for long: handled updates, the causes that came of them, messages that have gone.

Goals and their log are kept for good; these three only guard against repeats, which come within a day or never.
"""

import datetime as dt
import sqlite3

from storage.encoding import time_text
from storage.writer import Writer

MOST = 1_000
"""Rows of a table that one transaction takes away: goals' commits wait for no longer."""
KEPT_UPDATES = 1_000
"""Newest update ids that stay at any age: a clock that runs faster must not forget what Telegram may send again."""

_UPDATES = """
DELETE FROM inbox WHERE (bot, update_id) IN (
    SELECT i.bot, i.update_id FROM inbox AS i
    WHERE i.status IN ('done', 'parked') AND i.settled_at < ?
        AND i.update_id <= (SELECT MAX(n.update_id) FROM inbox AS n WHERE n.bot = i.bot) - ?
    LIMIT ?)
"""
# An update that still waits may be a repeat: all that came of its first handling must be known.
_CAUSES = """
DELETE FROM causes WHERE cause IN (
    SELECT cause FROM causes
    WHERE at < ? AND at < (SELECT COALESCE(MIN(received_at), '~') FROM inbox WHERE status = 'waiting')
    LIMIT ?)
"""
_MESSAGES = """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE status IN ('sent', 'dropped') AND COALESCE(settled_at, created_at) < ? LIMIT ?)
"""


class SqlPruning:
    """The `Pruning` over SQLite."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def prune(self, before: dt.datetime) -> int:
        """Take away what was settled before a moment, in short transactions; returns how many rows."""
        moment, taken = time_text(before), 0

        def work(connection: sqlite3.Connection) -> tuple[int, ...]:
            return (
                connection.execute(_UPDATES, (moment, KEPT_UPDATES, MOST)).rowcount,
                connection.execute(_CAUSES, (moment, MOST)).rowcount,
                connection.execute(_MESSAGES, (moment, MOST)).rowcount,
            )

        while True:
            counts = await self._writer.run(work)
            taken += sum(counts)
            if max(counts) < MOST:
                return taken
