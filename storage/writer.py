"""The one writer: a thread of its own that commits whatever waits in one transaction (group commit)."""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar, cast

from storage.connections import Work, translated

logger = logging.getLogger(__name__)

T = TypeVar("T")


class _Outcome(asyncio.Future[object]):
    """What becomes of a piece of work. Whoever waits for it and is cancelled hears of that when it is there."""

    def cancel(self, msg: object = None) -> bool:
        """Nothing: it is under way, and ends in a result or an error."""
        return False


@dataclass(slots=True)
class _Job:
    work: Work[object]
    outcome: _Outcome


@dataclass(frozen=True, slots=True)
class _Done:
    result: object


_End: TypeAlias = _Done | Exception


class Writer:
    """Takes pieces of work, each a function of the connection that may be run again after a rollback.

    A commit costs an fsync and two thread hops, whatever is in it. So pieces that wait go into one transaction; when
    that fails, all of it is rolled back and each is tried alone, so that a bad one fails alone. No savepoints: a full
    disk inside one rolls back the transaction under it.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="milepost-writer")
        self._waiting: deque[_Job] = deque()

    async def run(self, work: Work[T]) -> T:
        """Do the work in a transaction and return its result once that is committed.

        When the caller is cancelled meanwhile, the outcome is waited for and returned all the same, and the
        cancellation comes at the caller's next wait: nobody is left not knowing whether something was committed.
        Raises `StoreError`, or whatever the work raises; nothing of it is written then.
        """
        loop = asyncio.get_running_loop()
        outcome = _Outcome(loop=loop)
        self._waiting.append(_Job(cast("Work[object]", work), outcome))
        self._thread.submit(self._pass, loop)
        try:
            await outcome
        except asyncio.CancelledError:
            _cancel_later()
        return cast(T, outcome.result())

    async def close(self) -> None:
        """Finish what waits, then let go of the file."""
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        self._connection.close()

    def _pass(self, loop: asyncio.AbstractEventLoop) -> None:
        jobs: list[_Job] = []
        while self._waiting:
            jobs.append(self._waiting.popleft())
        if jobs:
            ends = self._together(jobs)
            loop.call_soon_threadsafe(_settle, jobs, ends)

    def _together(self, jobs: Sequence[_Job]) -> Sequence[_End]:
        if len(jobs) > 1:
            try:
                return [_Done(result) for result in self._transaction(jobs)]
            except Exception as error:  # one pass of a loop: which piece is at fault shows when each is tried alone
                logger.debug("%d pieces failed together and are tried one by one: %s", len(jobs), error)
        return [self._alone(job) for job in jobs]

    def _alone(self, job: _Job) -> _End:
        try:
            return _Done(self._transaction([job])[0])
        except Exception as error:  # one pass of a loop: the error goes to whoever waits for this piece
            return error

    def _transaction(self, jobs: Sequence[_Job]) -> Sequence[object]:
        connection = self._connection
        with translated(self._path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                results = [job.work(connection) for job in jobs]
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:  # SQLite has rolled back by itself after some errors, such as a full disk
                    connection.execute("ROLLBACK")
        return results


def _settle(jobs: Sequence[_Job], ends: Sequence[_End]) -> None:
    for job, end in zip(jobs, ends, strict=True):
        if isinstance(end, _Done):
            job.outcome.set_result(end.result)
        else:
            job.outcome.set_exception(end)


def _cancel_later() -> None:
    """Hand on a cancellation that was caught to the present task's next wait."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()  # so that timeouts, which count cancellations, count this one once
        task.cancel()
