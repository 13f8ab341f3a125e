"""All read models over SQLite: what could run, what is due, lists, and what happened to a goal."""

import datetime as dt
import json
import sqlite3
from collections.abc import Collection, Sequence

from engine.absences import AWAY, Told
from engine.agents.sessions import ReasoningSession
from engine.coordination.agents import Hierarchy
from engine.coordination.assignment import Track
from engine.coordination.merging import Merged
from engine.goals import ENDED_GOALS, GoalStatus, Priority
from engine.planning.learning.experience import History
from engine.records import (
    AdaptationRow,
    AttemptRow,
    BlockageRow,
    GoalRow,
    LogRow,
    ProgressRow,
    ReadyTask,
    Wakeup,
)
from engine.tasks import ENDED_TASKS
from engine.values import BootId, ChatId, GoalId, JsonValue, TaskNumber, UserId
from storage.connections import Reader
from storage.coordination import read_hierarchies, read_merged, read_track
from storage.encoding import (
    from_json,
    numbers_from_json,
    object_from_json,
    parse_time,
    parse_time_or_null,
    time_text,
)
from storage.experience import read_history
from storage.exporting import export_chat
from storage.reasoning import read_sessions

_ENDED_TASKS = ", ".join(f"'{status.value}'" for status in sorted(ENDED_TASKS))
_ENDED = ", ".join(f"'{status.value}'" for status in sorted(ENDED_GOALS))

# The goals are walked in the order of their index (goals_by_rank), so that only as many are looked at as are needed.
_READY = f"""
SELECT t.goal, t.number
FROM executor_goals AS g
JOIN goal_tasks AS t ON t.goal = g.id
WHERE g.status = 'active' AND t.status = 'pending' AND (t.due_at IS NULL OR t.due_at <= ?)
    AND NOT EXISTS (
        SELECT 1 FROM task_dependencies AS d JOIN goal_tasks AS b ON b.goal = d.goal AND b.number = d.depends_on
        WHERE d.goal = t.goal AND d.task = t.number AND b.status NOT IN ({_ENDED_TASKS})
    )
ORDER BY g.priority DESC, COALESCE(g.deadline, '~'), g.id, t.position, t.number
LIMIT ?
"""  # noqa: S608 - our own names
_WITH_JOBS = """
SELECT id FROM executor_goals WHERE status = 'planning'
UNION
SELECT id FROM executor_goals WHERE adapting IS NOT NULL AND status IN ('active', 'blocked', 'proposed', 'paused')
UNION
SELECT g.id FROM executor_goals AS g JOIN goal_tasks AS t ON t.goal = g.id
WHERE g.status IN ('active', 'blocked') AND t.status = 'waiting' AND t.waiting LIKE '%"judgement"%'
ORDER BY id
"""
_SHORT = """
SELECT DISTINCT b.goal FROM goal_blockages AS b JOIN executor_goals AS g ON g.id = b.goal
WHERE b.resolved_at IS NULL AND b.blockage_type = 'resource' AND g.status IN ('active', 'blocked', 'paused')
ORDER BY b.goal
"""
_SHORT_OF_MONEY = """
SELECT DISTINCT b.goal FROM goal_blockages AS b JOIN executor_goals AS g ON g.id = b.goal
WHERE b.resolved_at IS NULL AND b.shortage IS NOT NULL AND g.status IN ('active', 'blocked', 'paused')
ORDER BY b.goal
"""
_TOLD_AWAY = """
SELECT status, metadata FROM executor_goals
WHERE chat = ? AND owner IS ? AND metadata LIKE ? ORDER BY updated_at DESC, id DESC LIMIT 200
"""
_ALIVE = """
SELECT id FROM executor_goals WHERE id > ? AND status IN ('planning', 'proposed', 'active', 'blocked')
ORDER BY id LIMIT ?
"""
_GOALS_OF = """
SELECT id, name, status, progress, priority, deadline, updated_at,
    (WITH RECURSIVE family (member) AS (
        SELECT g.id UNION SELECT c.id FROM executor_goals AS c JOIN family ON c.parent_goal = member)
     SELECT COUNT(*) FROM goal_blockages AS b JOIN family ON b.goal = member WHERE b.resolved_at IS NULL)
FROM executor_goals AS g
WHERE {where}
ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?
"""
_LOG_COLUMNS = "l.sequence, l.goal, l.task, l.event, l.at, l.cause, l.details"


class SqlQueries:
    """The `Queries` over SQLite."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def ready(self, now: dt.datetime, limit: int) -> Sequence[ReadyTask]:
        """Tasks of active goals that are pending, due and depend on nothing unfinished; best rank first.

        The rank: priority, then the nearer deadline (none is last), then the older goal, then the plan's order.
        """
        rows = await self._reader.rows(_READY, (time_text(now), limit))
        return [ReadyTask(goal=goal, task=task) for goal, task in rows]

    async def with_jobs(self) -> Sequence[GoalId]:
        """Goals that wait for a plan or a repair, or in which an outcome waits to be judged."""
        return [goal for (goal,) in await self._reader.rows(_WITH_JOBS)]

    async def leased(self) -> Sequence[tuple[GoalId, TaskNumber, BootId]]:
        """Tasks that are marked running, with the boot that runs them."""
        sql = "SELECT goal, number, lease_boot FROM goal_tasks WHERE status = 'running' ORDER BY goal, number"
        return [(goal, number, BootId(boot or "")) for goal, number, boot in await self._reader.rows(sql)]

    async def short_of_resources(self) -> Sequence[GoalId]:
        """Goals under way in which something waits for a resource."""
        return [goal for (goal,) in await self._reader.rows(_SHORT)]

    async def told_away(self, chat: ChatId, owner: UserId | None) -> Sequence[Told]:
        """A person's goals in a chat, sub-goals too, of which something was said to be away; newest change first."""
        rows = await self._reader.rows(_TOLD_AWAY, (chat, owner, f'%"{AWAY}"%'))
        return [
            Told(ended=GoalStatus(status) in ENDED_GOALS, metadata=object_from_json(metadata))
            for status, metadata in rows
        ]

    async def short_of_money(self) -> Sequence[GoalId]:
        """Living goals in which something waits for a larger budget."""
        return [goal for (goal,) in await self._reader.rows(_SHORT_OF_MONEY)]

    async def due(self, now: dt.datetime, limit: int) -> Sequence[Wakeup]:
        """Wake-ups whose moment has come, earliest first."""
        sql = "SELECT subject, at FROM wakeups WHERE at <= ? ORDER BY at, subject LIMIT ?"
        rows = await self._reader.rows(sql, (time_text(now), limit))
        return [Wakeup(subject=subject, at=parse_time(at)) for subject, at in rows]

    async def next_due(self) -> dt.datetime | None:
        """The earliest wake-up; None when there is none."""
        row = await self._reader.first("SELECT MIN(at) FROM wakeups")
        return None if row is None else parse_time_or_null(row[0])

    async def alive(self, after: GoalId, limit: int) -> Sequence[GoalId]:
        """Ids above `after` of goals that are active, blocked, planning or proposed, ascending."""
        return [goal for (goal,) in await self._reader.rows(_ALIVE, (after, limit))]

    async def goals_of(
        self, chat: ChatId | None, *, ended: bool, offset: int, limit: int, owner: UserId | None = None
    ) -> Sequence[GoalRow]:
        """A chat's goals without a parent, newest change first. `chat` None: those of programs, `owner` None: all."""
        where, values = _of_chat(chat, ended, owner)
        rows = await self._reader.rows(_GOALS_OF.format(where=where), (*values, limit, offset))
        return [_goal_row(row) for row in rows]

    async def count_goals(self, chat: ChatId | None, *, ended: bool, owner: UserId | None = None) -> int:
        """How many `goals_of` would list in all."""
        where, values = _of_chat(chat, ended, owner)
        row = await self._reader.first(f"SELECT COUNT(*) FROM executor_goals WHERE {where}", values)  # noqa: S608 - our own conditions
        return int(row[0]) if row else 0

    async def children(self, goal: GoalId) -> Sequence[GoalId]:
        """Ids of the goal's sub-goals."""
        sql = "SELECT id FROM executor_goals WHERE parent_goal = ? ORDER BY id"
        return [child for (child,) in await self._reader.rows(sql, (goal,))]

    async def log(self, goal: GoalId, *, before: int | None, limit: int) -> Sequence[LogRow]:
        """Newest first; `before` is a sequence number to page on from."""
        page, values = ("", (goal, limit)) if before is None else (" AND l.sequence < ?", (goal, before, limit))
        sql = f"SELECT {_LOG_COLUMNS} FROM goal_execution_log AS l WHERE l.goal = ?{page} ORDER BY l.sequence DESC LIMIT ?"  # noqa: S608, E501 - our own names
        return [_log_row(row) for row in await self._reader.rows(sql, values)]

    async def progress(self, goal: GoalId) -> Sequence[ProgressRow]:
        """The progress history, oldest first."""
        sql = "SELECT at, progress, status, note FROM goal_progress WHERE goal = ? ORDER BY id"
        return [
            ProgressRow(at=parse_time(at), progress=progress, status=GoalStatus(status), note=note)
            for at, progress, status, note in await self._reader.rows(sql, (goal,))
        ]

    async def adaptations(self, goal: GoalId) -> Sequence[AdaptationRow]:
        """The plan changes, oldest first."""
        sql = (
            "SELECT number, at, reason, triggered_by, deviation, old_version, new_version, old_plan, new_plan, summary,"
            " kept FROM goal_adaptations WHERE goal = ? ORDER BY number"
        )
        return [_adaptation_row(row) for row in await self._reader.rows(sql, (goal,))]

    async def reasoning(self, goal: GoalId) -> Sequence[tuple[str, ReasoningSession]]:
        """The goal's reasoning sessions with their ids, oldest first."""
        return await read_sessions(self._reader, goal)

    async def blockages(self, goal: GoalId) -> Sequence[BlockageRow]:
        """All blockages ever, oldest first."""
        sql = (
            "SELECT number, task, blockage_type, description, resolution_strategy, raised_at, resolved_at, resolution,"
            " resolution_attempts FROM goal_blockages WHERE goal = ? ORDER BY number"
        )
        return [_blockage_row(row) for row in await self._reader.rows(sql, (goal,))]

    async def attempts(self, goal: GoalId) -> Sequence[AttemptRow]:
        """All tries of all tasks, oldest first."""
        sql = (
            "SELECT task, attempt, boot, started_at, ended_at, result, error, agent FROM attempts WHERE goal = ?"
            " ORDER BY started_at, task, attempt"
        )
        return [
            AttemptRow(
                task=task,
                attempt=attempt,
                boot=boot,
                started_at=parse_time(started_at),
                ended_at=parse_time_or_null(ended_at),
                result=result,
                error=error,
                agent=agent,
            )
            for task, attempt, boot, started_at, ended_at, result, error, agent in await self._reader.rows(sql, (goal,))
        ]

    async def hierarchies(self) -> Sequence[Hierarchy]:
        """All hierarchies, by name."""
        return await read_hierarchies(self._reader)

    async def track(self, agents: Collection[str]) -> Track:
        """What these agents' tries came to, by agent and skill."""
        return await read_track(self._reader, agents)

    async def merged(self, goal: GoalId, digest: str) -> Merged | None:
        """What results of that digest came to; None where they were not merged yet."""
        return await read_merged(self._reader, goal, digest)

    async def plan(self, goal: GoalId, version: int) -> JsonValue:
        """A stored plan or proposed repair as JSON; None when there is none of that version."""
        row = await self._reader.first("SELECT plan FROM plans WHERE goal = ? AND version = ?", (goal, version))
        return None if row is None else from_json(row[0])

    async def history(self, since: dt.datetime) -> History:
        """Tasks that were done or given up after a moment, and questions that were answered, of all chats."""
        return await read_history(self._reader, since)

    async def export(self, chat: ChatId | None) -> JsonValue:
        """All of a chat's goals with all their rows, as JSON, of one moment. None: goals of programs."""
        return await self._reader.snapshot(lambda connection: export_chat(connection, chat))


def _of_chat(chat: ChatId | None, ended: bool, owner: UserId | None) -> tuple[str, tuple[int, ...]]:
    where = f"parent_goal IS NULL AND status {'' if ended else 'NOT '}IN ({_ENDED})"
    where = f"{'chat IS NULL' if chat is None else 'chat = ?'} AND {where}{'' if owner is None else ' AND owner = ?'}"
    return where, tuple(value for value in (chat, owner) if value is not None)


def _goal_row(row: sqlite3.Row) -> GoalRow:
    number, name, status, progress, priority, deadline, updated_at, open_blockages = row
    return GoalRow(
        id=number,
        name=name,
        status=GoalStatus(status),
        progress=progress,
        priority=Priority(priority),
        deadline=parse_time_or_null(deadline),
        open_blockages=open_blockages,
        updated_at=parse_time(updated_at),
    )


def _log_row(row: sqlite3.Row) -> LogRow:
    sequence, goal, task, event, at, cause, details = row
    return LogRow(
        sequence=sequence,
        goal=goal,
        task=task,
        event=event,
        at=parse_time(at),
        cause=cause,
        details=object_from_json(details),
    )


def _adaptation_row(row: sqlite3.Row) -> AdaptationRow:
    number, at, reason, trigger, deviation, old_version, new_version, old_plan, new_plan, summary, kept = row
    return AdaptationRow(
        number=number,
        at=parse_time(at),
        reason=reason,
        trigger=trigger,
        deviation=deviation,
        old_version=old_version,
        new_version=new_version,
        old_plan=from_json(old_plan),
        new_plan=from_json(new_plan),
        summary=summary,
        kept=numbers_from_json(kept),
    )


def _blockage_row(row: sqlite3.Row) -> BlockageRow:
    number, task, kind, description, strategy, raised_at, resolved_at, resolution, tried = row
    return BlockageRow(
        number=number,
        task=task,
        kind=kind,
        description=description,
        strategy=strategy,
        raised_at=parse_time(raised_at),
        resolved_at=parse_time_or_null(resolved_at),
        resolution=resolution,
        tried=tuple(json.loads(tried)),
    )
