"""Opens the database file and hands out the stores: `open_database`. All of Milepost's data is in that one file."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.clock import Clock
from engine.errors import StoreError
from engine.files import GoalFiles
from engine.ports import Conversations, Findings, Inbox, LedgerStore, Outbox, Queries, Runs, Spending, Workspaces
from storage.coding.repositories import SqlWorkspaces
from storage.connections import Reader, connect, translated
from storage.conversations import SqlConversations
from storage.encoding import time_text
from storage.files import SqlFiles, folder_beside
from storage.findings import SqlFindings
from storage.inbox import SqlInbox
from storage.ledger import SqlLedger
from storage.migrations import migrate, shipped
from storage.outbox import SqlOutbox
from storage.process_lock import ProcessLock, refusal
from storage.pruning import SqlPruning
from storage.queries import SqlQueries
from storage.runs import SqlRuns
from storage.spending import SqlSpending
from storage.writer import Writer

THOROUGH_CHECK = 32 * 1024 * 1024
"""Bytes up to which the whole file is checked at a start; above, only the goals: a start should not take seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """The stores over one open file."""

    ledger: LedgerStore
    queries: Queries
    inbox: Inbox
    outbox: Outbox
    conversations: Conversations
    pruning: SqlPruning
    spending: Spending
    findings: Findings
    runs: Runs
    files: GoalFiles
    workspaces: Workspaces


@asynccontextmanager
async def open_database(path: Path, *, clock: Clock, bot: int = 0) -> AsyncIterator[Database]:
    """The database at `path`, made or migrated where needed; locked against other processes until the block ends.

    `bot` is Telegram's id of the bot whose updates the inbox keeps; their numbers are only unique for one bot.
    Raises `StoreError`: missing (no folder there and none can be made), locked (another Milepost, or another program
    that writes), readonly, corrupt, newer (written by a newer Milepost), full, io.
    """
    async with AsyncExitStack() as stack:
        _make_folder(path)
        lock = ProcessLock(_lock_file(path))
        lock.take()
        stack.callback(lock.release)
        writer = Writer(_open_for_writing(path, clock), path)
        stack.push_async_callback(writer.close)
        reader = Reader(path)
        stack.push_async_callback(reader.close)
        await reader.open()
        files = SqlFiles(writer, reader, folder_beside(path))
        yield Database(
            ledger=SqlLedger(writer, reader),
            queries=SqlQueries(reader),
            inbox=SqlInbox(writer, reader, clock, bot),
            outbox=SqlOutbox(writer, reader),
            conversations=SqlConversations(writer, reader),
            pruning=SqlPruning(writer, files),
            spending=SqlSpending(writer, reader),
            findings=SqlFindings(writer, reader),
            runs=SqlRuns(writer, reader),
            files=files.faces,
            workspaces=SqlWorkspaces(writer, reader),
        )


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = refusal(error, path.parent)
        code = "missing" if problem.code == "readonly" else problem.code
        raise StoreError(code, str(path.parent), f"the folder can't be made: {problem.reason}") from error


def _lock_file(path: Path) -> Path:
    """Beside the file itself, so that two names of one database (a link) are one lock."""
    real = path.resolve()
    return real.with_name(f"{real.name}.lock")


def _open_for_writing(path: Path, clock: Clock) -> sqlite3.Connection:
    with translated(path):
        connection = connect(path)
        try:
            _check(connection, path)
            now = clock.now()
            migrate(connection, path, shipped(), now)
            # A write at every start finds a read-only or full disk now, and not at the first goal.
            connection.execute(
                "INSERT INTO meta (name, value) VALUES ('opened_at', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (time_text(now),),
            )
        except BaseException:
            connection.close()
            raise
        return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    tables = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'executor_goals'").fetchone()
    thorough = path.stat().st_size <= THOROUGH_CHECK or not tables
    (found,) = connection.execute(f"PRAGMA quick_check({1 if thorough else 'executor_goals'})").fetchone()
    if found != "ok":
        raise StoreError("corrupt", str(path), f"the database is damaged ({found.splitlines()[-1]})")
