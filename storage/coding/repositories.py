"""Repositories and the workspaces of goals. A change names the revision it was made from; of two, one is kept."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from engine.coding.repositories import CommandKind, NewRepository, Repository, RepositoryId, Terms, WantedTrial
from engine.coding.workspaces import IN_USE, Workspace, WorkspaceStatus
from engine.errors import NotFoundError, RefusedError
from engine.reporting.notices import Notice
from engine.values import Cause, ChatId, GoalId, UserId
from storage.connections import Reader, SqlRow, SqlValue
from storage.encoding import parse_time, parse_time_or_null, time_or_null, time_text, to_json
from storage.outbox import put
from storage.script import run_many
from storage.writer import Writer

MOST_REPOSITORIES = 50
"""Of one person: a list of them fits one message."""
_SELECT = "SELECT id, owner, chat, name, path, terms, revision, registered_at, removed_at FROM repositories"
_THEIRS = f"{_SELECT} WHERE removed_at IS NULL AND (owner = ? OR owner IS NULL)"
_ORDER = "ORDER BY name COLLATE NOCASE, id"
_BY_CAUSE = f"{_SELECT} WHERE cause = ?"
_OF_OPERATOR = f"{_SELECT} WHERE owner IS NULL AND path = ? ORDER BY removed_at IS NOT NULL, id DESC"
_INSERT = (
    "INSERT INTO repositories (owner, chat, name, path, terms, revision, cause, registered_at, changed_at)"
    " VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)"
)
_CHANGE = (
    "UPDATE repositories SET name = ?, terms = ?, revision = revision + 1, cause = ?, changed_at = ?"
    " WHERE id = ? AND revision = ? AND removed_at IS NULL"
)
_ADOPT = "UPDATE repositories SET name = ?, removed_at = NULL, revision = revision + 1, changed_at = ? WHERE id = ?"
_DROP = (
    "UPDATE repositories SET removed_at = ?, revision = revision + 1, cause = ?, changed_at = ?"
    " WHERE id = ? AND removed_at IS NULL"
)
_USED = f"SELECT 1 FROM workspaces WHERE repository = ? AND status IN ({', '.join('?' * len(IN_USE))})"  # noqa: S608 - marks
_TRIALS = "SELECT repository, kind, revision, chat FROM trials ORDER BY repository, kind DESC"  # the tests first
_WANT_TRIAL = "INSERT INTO trials (repository, kind, revision, chat) VALUES (?, ?, ?, ?)"
_END_TRIAL = "DELETE FROM trials WHERE repository = ? AND kind = ?"
_WORKSPACE = (
    "SELECT goal, repository, branch, base, base_commit, tip, path, status, undo_until, revision FROM workspaces"
)
_MAKE = (
    "INSERT INTO workspaces (repository, branch, base, base_commit, tip, path, status, undo_until, changed_at, goal,"
    " made_at, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING"
)
_KEEP = (
    "UPDATE workspaces SET repository = ?, branch = ?, base = ?, base_commit = ?, tip = ?, path = ?, status = ?,"
    " undo_until = ?, revision = revision + 1, changed_at = ? WHERE goal = ? AND revision = ?"
)


@lru_cache(maxsize=1)  # made at the first need: no start is to wait for it
def _terms() -> TypeAdapter[Terms]:
    return TypeAdapter(Terms)


class SqlWorkspaces:
    """The `Workspaces` over SQLite."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def repositories(self, user: UserId | None) -> Sequence[Repository]:
        """See `Workspaces.repositories`."""
        return [_repository(row) for row in await self._reader.rows(f"{_THEIRS} {_ORDER}", (user,))]

    async def repository(self, repository: RepositoryId) -> Repository | None:
        """See `Workspaces.repository`."""
        row = await self._reader.first(f"{_SELECT} WHERE id = ?", (repository,))
        return None if row is None else _repository(row)

    async def register(self, new: NewRepository, cause: Cause, now: dt.datetime) -> Repository:
        """See `Workspaces.register`."""

        def work(connection: sqlite3.Connection) -> Repository:
            made = connection.execute(_BY_CAUSE, (cause,)).fetchone()
            if made is not None:
                return _repository(made)
            theirs = [_repository(row) for row in connection.execute(_THEIRS, (new.owner,)).fetchall()]
            if any(one.path == new.path for one in theirs):
                raise RefusedError("repository_known", f"{new.path} is registered")
            _check_name(new.name, theirs)
            if len([one for one in theirs if one.owner == new.owner]) >= MOST_REPOSITORIES:
                raise RefusedError("too_many_repositories", f"a person has at most {MOST_REPOSITORIES} repositories")
            return _inserted(connection, new, cause, now)

        return await self._writer.run(work)

    async def adopt(self, listed: Sequence[NewRepository], now: dt.datetime) -> None:
        """See `Workspaces.adopt`."""

        def work(connection: sqlite3.Connection) -> None:
            kept = set()
            for one in listed:
                row = connection.execute(_OF_OPERATOR, (str(one.path),)).fetchone()
                found = _inserted(connection, one, None, now) if row is None else _repository(row)
                if found.is_removed or found.name != one.name:
                    connection.execute(_ADOPT, (one.name, time_text(now), found.id))
                kept.add(found.id)
            for row in connection.execute(f"{_SELECT} WHERE owner IS NULL AND removed_at IS NULL").fetchall():
                if (gone := _repository(row).id) not in kept:
                    connection.execute(_DROP, (time_text(now), None, time_text(now), gone))

        await self._writer.run(work)

    async def change(self, changed: Repository, cause: Cause, now: dt.datetime) -> Repository:
        """See `Workspaces.change`."""

        def work(connection: sqlite3.Connection) -> Repository:
            made = connection.execute(_BY_CAUSE, (cause,)).fetchone()
            if made is not None:
                return _repository(made)
            if changed.name != _by_id(connection, changed.id).name:  # the operator may have listed the same name since
                theirs = [_repository(row) for row in connection.execute(_THEIRS, (changed.owner,)).fetchall()]
                _check_name(changed.name, [one for one in theirs if one.id != changed.id])
            values = (changed.name, to_json(changed.terms), cause, time_text(now), changed.id, changed.revision)
            if connection.execute(_CHANGE, values).rowcount == 0:
                raise RefusedError("outdated", f"repository {changed.id} has changed since")
            return _by_id(connection, changed.id)

        return await self._writer.run(work)

    async def remove(self, repository: RepositoryId, cause: Cause, now: dt.datetime) -> Repository:
        """See `Workspaces.remove`."""

        def work(connection: sqlite3.Connection) -> Repository:
            made = connection.execute(_BY_CAUSE, (cause,)).fetchone()
            if made is not None:
                return _repository(made)
            if connection.execute(_USED, (repository, *sorted(IN_USE))).fetchone() is not None:
                raise RefusedError("repository_in_use", f"a goal works in repository {repository}")
            if connection.execute(_DROP, (time_text(now), cause, time_text(now), repository)).rowcount == 0:
                raise NotFoundError("repository", repository)
            return _by_id(connection, repository)

        return await self._writer.run(work)

    async def want_trials(self, seen: Repository, kinds: Collection[CommandKind], chat: ChatId) -> bool:
        """See `Workspaces.want_trials`."""
        there = [kind for kind in kinds if seen.terms.command(kind) is not None]

        def work(connection: sqlite3.Connection) -> None:
            run_many(connection, _END_TRIAL, [(seen.id, kind.value) for kind in kinds])
            run_many(connection, _WANT_TRIAL, [(seen.id, kind.value, seen.revision, chat) for kind in there])

        if kinds:
            await self._writer.run(work)
        return bool(there)

    async def trials(self) -> Sequence[WantedTrial]:
        """See `Workspaces.trials`."""
        return [
            WantedTrial(repository=RepositoryId(of), kind=CommandKind(kind), revision=revision, chat=ChatId(chat))
            for of, kind, revision, chat in await self._reader.rows(_TRIALS, ())
        ]

    async def end_trial(self, trial: WantedTrial, told: Sequence[Notice], now: dt.datetime) -> bool:
        """See `Workspaces.end_trial`."""
        row = (trial.repository, trial.kind.value, trial.revision)

        def work(connection: sqlite3.Connection) -> bool:
            is_wanted = connection.execute(f"{_END_TRIAL} AND revision = ?", row).rowcount > 0
            if is_wanted:
                put(connection, told, now)
            return is_wanted

        return await self._writer.run(work)

    async def workspace(self, goal: GoalId) -> Workspace | None:
        """See `Workspaces.workspace`."""
        row = await self._reader.first(f"{_WORKSPACE} WHERE goal = ?", (goal,))
        return None if row is None else _workspace(row)

    async def workspaces(self, statuses: Collection[WorkspaceStatus]) -> Sequence[Workspace]:
        """See `Workspaces.workspaces`."""
        wanted = sorted(statuses)
        sql = f"{_WORKSPACE} WHERE status IN ({', '.join('?' * len(wanted))}) ORDER BY goal"
        return [_workspace(row) for row in await self._reader.rows(sql, wanted)]

    async def keep(self, workspace: Workspace, now: dt.datetime) -> Workspace | None:
        """See `Workspaces.keep`."""

        def work(connection: sqlite3.Connection) -> Workspace | None:
            first = workspace.revision == 0
            if first and _by_id(connection, workspace.repository).is_removed:
                raise RefusedError("repository_removed", f"repository {workspace.repository} was removed")
            last: tuple[SqlValue, ...] = (workspace.goal, time_text(now) if first else workspace.revision)
            if connection.execute(_MAKE if first else _KEEP, (*_values(workspace, now), *last)).rowcount == 0:
                return None
            return _workspace(connection.execute(f"{_WORKSPACE} WHERE goal = ?", (workspace.goal,)).fetchone())

        return await self._writer.run(work)


def _check_name(name: str, others: Sequence[Repository]) -> None:
    if any(one.name.casefold() == name.casefold() for one in others):
        raise RefusedError("repository_named", f"there is a repository named {name}")


def _inserted(connection: sqlite3.Connection, new: NewRepository, cause: Cause | None, now: dt.datetime) -> Repository:
    at = time_text(now)
    values = (new.owner, new.chat, new.name, str(new.path), to_json(new.terms), cause, at, at)
    cursor = connection.execute(_INSERT, values)
    assert cursor.lastrowid is not None
    return _by_id(connection, RepositoryId(cursor.lastrowid))


def _by_id(connection: sqlite3.Connection, number: RepositoryId) -> Repository:
    row = connection.execute(f"{_SELECT} WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFoundError("repository", number)
    return _repository(row)


def _repository(row: sqlite3.Row) -> Repository:
    number, owner, chat, name, path, terms, revision, registered_at, removed_at = row
    return Repository(
        id=RepositoryId(number),
        owner=None if owner is None else UserId(owner),
        chat=None if chat is None else ChatId(chat),
        name=name,
        path=Path(path),
        terms=_terms().validate_json(terms),
        revision=revision,
        registered_at=parse_time(registered_at),
        is_removed=removed_at is not None,
    )


def _values(workspace: Workspace, now: dt.datetime) -> SqlRow:
    return (
        workspace.repository, workspace.branch, workspace.base, workspace.base_commit, workspace.tip,
        str(workspace.path), workspace.status.value, time_or_null(workspace.undo_until), time_text(now),
    )  # fmt: skip


def _workspace(row: sqlite3.Row) -> Workspace:
    goal, repository, branch, base, base_commit, tip, path, status, undo_until, revision = row
    return Workspace(
        goal=GoalId(goal),
        repository=RepositoryId(repository),
        branch=branch,
        base=base,
        base_commit=base_commit,
        tip=tip,
        path=Path(path),
        status=WorkspaceStatus(status),
        undo_until=parse_time_or_null(undo_until),
        revision=revision,
    )
