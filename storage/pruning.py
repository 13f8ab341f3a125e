"""Takes away what is settled for long: handled updates, the causes that came of them, messages that have gone.

Contents of files that no goal has any more go with them, and runs of agents that have ended: what came of them is kept
with the goal. So does what was said to a model; its summary stays. Goals and their log are kept for good; these only
guard against repeats, which come in a day or never.
"""

import datetime as dt
import sqlite3

from storage.encoding import time_text
from storage.files import SqlFiles
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
_TALK = """
DELETE FROM talk_lines WHERE id IN (
    SELECT line.id FROM talk_lines AS line JOIN talk_turns AS turn ON turn.id = line.turn
    WHERE turn.ended_at < ? LIMIT ?)
"""
_TURNS = """
DELETE FROM talk_turns WHERE id IN (
    SELECT id FROM talk_turns AS turn
    WHERE ended_at < ? AND NOT EXISTS (SELECT 1 FROM talk_lines WHERE talk_lines.turn = turn.id) LIMIT ?)
"""
# A run that has ended is of use while what came of it may be sent back, and its answers while somebody may ask again.
_ENDED_RUNS = "SELECT id FROM agent_runs WHERE status IN ('done', 'failed', 'cancelled') AND changed_at < ? LIMIT ?"
_OF_RUNS = ("agent_messages", "agent_calls", "approvals")


class SqlPruning:
    """Keeps the border's tables small."""

    def __init__(self, writer: Writer, files: SqlFiles) -> None:
        self._writer = writer
        self._files = files

    async def prune(self, before: dt.datetime) -> int:
        """Take away what was settled before a moment, and contents of files that are gone; returns how many."""
        moment, taken = time_text(before), await self._files.sweep()

        def work(connection: sqlite3.Connection) -> tuple[int, ...]:
            return (
                connection.execute(_UPDATES, (moment, KEPT_UPDATES, MOST)).rowcount,
                connection.execute(_CAUSES, (moment, MOST)).rowcount,
                connection.execute(_MESSAGES, (moment, MOST)).rowcount,
                _without_ended_runs(connection, moment),
                connection.execute(_TALK, (moment, MOST)).rowcount,
                connection.execute(_TURNS, (moment, MOST)).rowcount,
            )

        while True:
            counts = await self._writer.run(work)
            taken += sum(counts)
            if max(counts) < MOST:
                return taken


def _without_ended_runs(connection: sqlite3.Connection, moment: str) -> int:
    """Take away runs that ended before a moment, with what was said, called and asked in them; how many."""
    ended = connection.execute(_ENDED_RUNS, (moment, MOST)).fetchall()
    for table in _OF_RUNS:
        connection.executemany(f"DELETE FROM {table} WHERE run = ?", ended)  # noqa: S608 - our own names
    connection.executemany("DELETE FROM agent_runs WHERE id = ?", ended)
    return len(ended)
