"""Runs, their calls of tools and their approvals. Every write of a run is compared with the claim of its writer."""

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.agents.runs.facts import (
    LASTS,
    Approval,
    ApprovalId,
    ApprovalKind,
    ApprovalStatus,
    Call,
    CallStatus,
    NewlySaid,
    NewRun,
    Question,
    Run,
    RunId,
    RunKind,
    RunStatus,
    RunTakenError,
)
from engine.records import Delivery
from engine.reporting.notices import Notice, NoticeKind
from engine.values import BootId, ChatId, GoalId, JsonObject, TaskNumber, UserId
from storage import outbox
from storage.connections import Reader
from storage.encoding import object_from_json, parse_notice, parse_time, parse_time_or_null, time_text, to_json
from storage.script import run_many
from storage.writer import Writer

_RUN = (
    "SELECT id, key, kind, goal, task, chat, thread, user, status, revision, boot, usage, output, error,"
    " created_at, changed_at FROM agent_runs"
)
_BEGIN = (
    "INSERT INTO agent_runs (key, kind, goal, task, chat, thread, user, status, revision, usage, error,"
    " created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'ready', 1, '', '', ?, ?) ON CONFLICT DO NOTHING"
)
_TAKE = (
    "UPDATE agent_runs SET status = 'running', revision = revision + 1, boot = ?, changed_at = ?"
    " WHERE id = ? AND revision = ? AND status NOT IN ('failed', 'cancelled')"
)
_CLAIMED = "id = ? AND revision = ? AND boot = ? AND status = 'running'"
_SAVE = (
    "UPDATE agent_runs SET status = ?, boot = ?, usage = ?, output = ?, error = ?, changed_at = ?"  # noqa: S608 - our own names
    f" WHERE {_CLAIMED}"
)
_SUSPEND = f"UPDATE agent_runs SET status = 'suspended', boot = NULL, changed_at = ? WHERE {_CLAIMED}"  # noqa: S608 - our own names
_HELD = f"SELECT 1 FROM agent_runs WHERE {_CLAIMED}"  # noqa: S608 - our own names
_SAID = "SELECT message FROM agent_messages WHERE run = ? ORDER BY place"
_UNSAY = "DELETE FROM agent_messages WHERE run = ? AND place >= ?"
_SAY = "INSERT INTO agent_messages (run, place, message) VALUES (?, ?, ?)"
_ANSWERED = (
    "UPDATE agent_runs SET status = 'ready', revision = revision + 1, changed_at = ?"
    " WHERE id = ? AND status = 'suspended'"
    " AND NOT EXISTS (SELECT 1 FROM approvals WHERE approvals.run = agent_runs.id AND approvals.status = 'open')"
)
_CALL_OFF = (
    "UPDATE agent_runs SET status = 'cancelled', revision = revision + 1, boot = NULL, changed_at = ?"
    " WHERE id = ? AND status NOT IN ('done', 'failed', 'cancelled')"
)
_KEEP_CALL = (
    "INSERT INTO agent_calls (run, call, tool, arguments, status, tries, result, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (run, call) DO UPDATE SET tool = excluded.tool, arguments = excluded.arguments,"
    " status = excluded.status, tries = excluded.tries, result = excluded.result, at = excluded.at"
)
_CALLS = "SELECT call, tool, arguments, status, tries, result FROM agent_calls WHERE run = ?"
_APPROVAL = (
    "SELECT a.id, a.run, a.call, a.kind, a.tool, a.arguments, a.digest, a.words, r.goal, r.task, r.chat, r.thread,"
    " r.user, a.status, a.asked_at, a.expires_at, a.decided_at, a.note"
    " FROM approvals AS a JOIN agent_runs AS r ON r.id = a.run"
)
_ASK = (
    "INSERT INTO approvals (run, call, kind, tool, arguments, digest, words, status, asked_at, expires_at, note)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, '') ON CONFLICT DO NOTHING"
)
_DECIDE = "UPDATE approvals SET status = ?, decided_at = ?, note = ? WHERE id = ? AND digest = ? AND status = 'open'"
_PUT = (
    "SELECT id, status, message, content FROM outbox WHERE kind = ? AND status <> 'dropped'"
    " AND json_extract(content, '$.facts.approval') = ? AND json_extract(content, '$.facts.message') IS NULL"
)
_PUT_NO_MORE = "UPDATE outbox SET content = ?, silent = 1 WHERE id = ?"
_CLOSE = "UPDATE approvals SET status = ?, decided_at = ? WHERE id = ? AND status = 'open'"


class SqlRuns:
    """The `Runs` over SQLite."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    # -- runs ---------------------------------------------------------------------------------------------------

    async def begin(self, new: NewRun, now: dt.datetime) -> Run:
        """Keep a run; of a known key, the run that there is."""
        at = time_text(now)
        row = (new.key, new.kind.value, new.goal, new.task, new.chat, new.thread, new.user, at, at)

        def work(connection: sqlite3.Connection) -> Run:
            connection.execute(_BEGIN, row)
            return _run(connection.execute(f"{_RUN} WHERE key = ?", (new.key,)).fetchone())

        return await self._writer.run(work)

    async def find(self, run: RunId) -> Run | None:
        """A run; None when there is none of that id."""
        row = await self._reader.first(f"{_RUN} WHERE id = ?", (run,))
        return None if row is None else _run(row)

    async def of_key(self, key: str) -> Run | None:
        """The run of a key; None when there is none."""
        row = await self._reader.first(f"{_RUN} WHERE key = ?", (key,))
        return None if row is None else _run(row)

    async def of_task(self, goal: GoalId, task: TaskNumber) -> Run | None:
        """The newest run of a task; None when there is none."""
        row = await self._reader.first(f"{_RUN} WHERE goal = ? AND task = ? ORDER BY id DESC LIMIT 1", (goal, task))
        return None if row is None else _run(row)

    async def ready(self, kind: RunKind) -> Sequence[Run]:
        """Runs of a kind that are to be taken up, or were under way in a run of the program, by id."""
        sql = f"{_RUN} WHERE kind = ? AND status IN ('ready', 'running') ORDER BY id"
        return [_run(row) for row in await self._reader.rows(sql, (kind.value,))]

    async def take(self, run: Run, boot: BootId, now: dt.datetime) -> Run | None:
        """Claim a run as it was read, before anything is done with it; None where it has changed since."""

        def work(connection: sqlite3.Connection) -> Run | None:
            if not connection.execute(_TAKE, (boot, time_text(now), run.id, run.revision)).rowcount:
                return None
            return _run(connection.execute(f"{_RUN} WHERE id = ?", (run.id,)).fetchone())

        return await self._writer.run(work)

    async def save(self, run: Run, now: dt.datetime, said: NewlySaid | None = None) -> None:
        """Keep what a claimed run has come to; any status but running gives the claim back. Raises `RunTakenError`."""
        boot = run.boot if run.status is RunStatus.RUNNING else None
        values = (run.status.value, boot, run.usage, run.output, run.error, time_text(now))

        def work(connection: sqlite3.Connection) -> None:
            _claimed(connection, _SAVE, values, run)
            if said is not None:
                connection.execute(_UNSAY, (run.id, said.since))
                rows = [(run.id, place, message) for place, message in enumerate(said.messages, said.since)]
                run_many(connection, _SAY, rows)

        await self._writer.run(work)

    async def messages(self, run: RunId) -> Sequence[str]:
        """All that was said in a run up to the newest answer of the model, in order."""
        return [message for (message,) in await self._reader.rows(_SAID, (run,))]

    async def call_off(self, run: RunId, now: dt.datetime) -> None:
        """End a run that has not ended, and withdraw what it asks."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_CALL_OFF, (time_text(now), run))
            asked = connection.execute("SELECT id FROM approvals WHERE run = ? AND status = 'open'", (run,)).fetchall()
            _close(connection, [number for (number,) in asked], ApprovalStatus.WITHDRAWN, now)

        await self._writer.run(work)

    # -- calls of tools -----------------------------------------------------------------------------------------

    async def calls(self, run: RunId) -> Mapping[str, Call]:
        """The calls that a run made, by their ids."""
        return {
            call: Call(
                id=call,
                tool=tool,
                arguments=object_from_json(arguments),
                status=CallStatus(status),
                tries=tries,
                result=result,
            )
            for call, tool, arguments, status, tries, result in await self._reader.rows(_CALLS, (run,))
        }

    async def keep_call(self, run: Run, call: Call, now: dt.datetime) -> None:
        """Keep a call of a claimed run as it is now. Raises `RunTakenError`."""
        told = to_json(call.arguments)
        row = (run.id, call.id, call.tool, told, call.status.value, call.tries, call.result, time_text(now))

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute(_HELD, _claim(run)).fetchone() is None:
                raise RunTakenError(run.id)
            run_many(connection, _KEEP_CALL, [row])

        await self._writer.run(work)

    # -- approvals ----------------------------------------------------------------------------------------------

    async def suspend(self, run: Run, asked: Sequence[Question], now: dt.datetime) -> Sequence[Approval]:
        """Give a claimed run back until these questions are answered, and put them to its chat, in one transaction."""

        def work(connection: sqlite3.Connection) -> Sequence[Approval]:
            _claimed(connection, _SUSPEND, (time_text(now),), run)
            for question in asked:
                _ask(connection, run, question, now)
            waiting = f"{_APPROVAL} WHERE a.run = ? AND a.status = 'open' ORDER BY a.id"
            found = [_approval(row) for row in connection.execute(waiting, (run.id,)).fetchall()]
            if not found:  # all was answered meanwhile
                connection.execute(_ANSWERED, (time_text(now), run.id))
            return found

        return await self._writer.run(work)

    async def approvals(self, run: RunId) -> Sequence[Approval]:
        """All that was asked for a run, by id."""
        rows = await self._reader.rows(f"{_APPROVAL} WHERE a.run = ? ORDER BY a.id", (run,))
        return [_approval(row) for row in rows]

    async def approval(self, approval: ApprovalId) -> Approval | None:
        """One question; None when there is none of that id."""
        row = await self._reader.first(f"{_APPROVAL} WHERE a.id = ?", (approval,))
        return None if row is None else _approval(row)

    async def open_approvals(self) -> Sequence[Approval]:
        """All that wait for an answer, by id."""
        return [_approval(row) for row in await self._reader.rows(f"{_APPROVAL} WHERE a.status = 'open' ORDER BY a.id")]

    async def decide(self, approval: Approval, status: ApprovalStatus, note: str, now: dt.datetime) -> bool:
        """Keep an answer; the last one of its run makes that ready. False where it is not open any more."""
        at = time_text(now)

        def work(connection: sqlite3.Connection) -> bool:
            values = (status.value, at, note, approval.id, approval.digest)
            if not connection.execute(_DECIDE, values).rowcount:
                return False
            connection.execute(_ANSWERED, (at, approval.run))
            _settle(connection, approval.id, {"status": status.value, "note": note}, now)
            return True

        return await self._writer.run(work)

    async def expire(self, now: dt.datetime) -> int:
        """Close the questions whose time has passed, as if they were answered; how many."""
        at = time_text(now)
        late = "SELECT id, run FROM approvals WHERE status = 'open' AND expires_at <= ?"
        if await self._reader.first(f"{late} LIMIT 1", (at,)) is None:
            return 0

        def work(connection: sqlite3.Connection) -> int:
            found = connection.execute(late, (at,)).fetchall()
            _close(connection, [number for number, _ in found], ApprovalStatus.EXPIRED, now)
            run_many(connection, _ANSWERED, [(at, run) for run in {run for _, run in found}])
            return len(found)

        return await self._writer.run(work)


def _claim(run: Run) -> tuple[int, int, str | None]:
    return (run.id, run.revision, run.boot)


def _claimed(connection: sqlite3.Connection, sql: str, values: tuple[str | None, ...], run: Run) -> None:
    if not connection.execute(sql, (*values, *_claim(run))).rowcount:
        raise RunTakenError(run.id)


def _ask(connection: sqlite3.Connection, run: Run, question: Question, now: dt.datetime) -> None:
    """Put a question, unless it is open already; a run with a chat asks there."""
    expires = now + LASTS[run.kind]
    row = (
        run.id, question.call_id, question.kind.value, question.tool, to_json(question.arguments), question.digest,
        question.words, time_text(now), time_text(expires),
    )  # fmt: skip
    asked = connection.execute(_ASK, row)
    if asked.rowcount and run.chat is not None and asked.lastrowid is not None:
        outbox.put(connection, [_notice(run, question, ApprovalId(asked.lastrowid), expires)], now)


def _close(connection: sqlite3.Connection, asked: Sequence[int], status: ApprovalStatus, now: dt.datetime) -> None:
    """Close questions that nobody has answered."""
    run_many(connection, _CLOSE, [(status.value, time_text(now), number) for number in asked])
    for number in asked:
        _settle(connection, number, {"status": status.value}, now)


def _settle(connection: sqlite3.Connection, asked: int, settled: JsonObject, now: dt.datetime) -> None:
    """Let the messages that put a question tell what became of it, so that none has buttons for nothing; one that is
    still under way puts it no more."""
    for row, status, message, content in connection.execute(_PUT, (NoticeKind.APPROVAL.value, asked)).fetchall():
        put = parse_notice(content)
        told = replace(put, facts={**put.facts, **settled, "message": message}, silent=True)
        if status != Delivery.SENT:
            connection.execute(_PUT_NO_MORE, (to_json(told), row))
        elif message is not None:
            outbox.put(connection, [told], now)


def _notice(run: Run, question: Question, approval: ApprovalId, expires: dt.datetime) -> Notice:
    assert run.chat is not None
    facts: JsonObject = {
        "approval": approval,
        "digest": question.digest,
        "kind": question.kind.value,
        "tool": question.tool,
        "words": question.words,
        "arguments": dict(question.arguments),
        "thread": run.thread,
        "expires_at": expires.isoformat(),
    }
    return Notice(kind=NoticeKind.APPROVAL, chat=run.chat, goal=run.goal, task=run.task, facts=facts)


def _run(row: sqlite3.Row) -> Run:
    (
        number, key, kind, goal, task, chat, thread, user, status, revision, boot, usage, output, error,
        created_at, changed_at,
    ) = row  # fmt: skip
    return Run(
        id=RunId(number),
        key=key,
        kind=RunKind(kind),
        goal=None if goal is None else GoalId(goal),
        task=None if task is None else TaskNumber(task),
        chat=None if chat is None else ChatId(chat),
        thread=thread,
        user=None if user is None else UserId(user),
        status=RunStatus(status),
        revision=revision,
        boot=None if boot is None else BootId(boot),
        usage=usage,
        output=output,
        error=error,
        created_at=parse_time(created_at),
        changed_at=parse_time(changed_at),
    )


def _approval(row: sqlite3.Row) -> Approval:
    (
        number, run, call, kind, tool, arguments, digest, words, goal, task, chat, thread, user, status, asked_at,
        expires_at, decided_at, note,
    ) = row  # fmt: skip
    return Approval(
        id=ApprovalId(number),
        run=RunId(run),
        call_id=call,
        kind=ApprovalKind(kind),
        tool=tool,
        arguments=object_from_json(arguments),
        digest=digest,
        words=words,
        goal=None if goal is None else GoalId(goal),
        task=None if task is None else TaskNumber(task),
        chat=None if chat is None else ChatId(chat),
        thread=thread,
        user=None if user is None else UserId(user),
        status=ApprovalStatus(status),
        asked_at=parse_time(asked_at),
        expires_at=parse_time(expires_at),
        decided_at=parse_time_or_null(decided_at),
        note=note,
    )
