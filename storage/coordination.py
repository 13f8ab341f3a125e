"""Hierarchies of agents, what their tries came to, and merged results, as the tables hold them."""

import datetime as dt
import json
import sqlite3
from collections.abc import Collection, Sequence
from functools import lru_cache

from pydantic import TypeAdapter

from engine.coordination.agents import AGENT, Agent, Hierarchy, check_names
from engine.coordination.assignment import Record, Track
from engine.coordination.merging import Merged
from engine.values import GoalId
from storage.connections import Reader
from storage.encoding import time_text, to_json
from storage.script import run_many

_SELECT = "SELECT name, lead, workers FROM hierarchies ORDER BY name"
_SAVE = (
    "INSERT INTO hierarchies (name, lead, workers, created_at, changed_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET lead = excluded.lead, workers = excluded.workers,"
    " changed_at = excluded.changed_at"
)
_DROP = "DELETE FROM hierarchies WHERE name = ?"
_TRACK = (
    "SELECT a.agent, COALESCE(CASE WHEN t.work = ? THEN json_extract(t.inputs, '$.role') END, t.work),"
    " SUM(a.result = 'task_completed'), SUM(a.result IN ('task_failed', 'task_retry_scheduled'))"
    " FROM attempts AS a JOIN goal_tasks AS t ON t.goal = a.goal AND t.number = a.task"
    " WHERE a.agent IN ({}) AND a.agent <> '' GROUP BY 1, 2"
)
_SAVE_MERGED = (
    "INSERT INTO merges (goal, digest, merged, at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (goal, digest) DO UPDATE SET merged = excluded.merged, at = excluded.at"
)
_MERGED = "SELECT merged FROM merges WHERE goal = ? AND digest = ?"


@lru_cache(maxsize=1)  # made at the first need: no start is to wait for it
def _as_kept() -> TypeAdapter[Merged]:
    return TypeAdapter(Merged)


def save_hierarchy(connection: sqlite3.Connection, hierarchy: Hierarchy, now: dt.datetime) -> None:
    """Keep it in place of the one of the same name. Raises `InvalidInputError` where an agent's name is taken."""
    check_names(hierarchy, [_hierarchy(row) for row in connection.execute(_SELECT).fetchall()])
    workers = to_json([(one.name, sorted(one.capabilities), one.slots) for one in hierarchy.workers])
    at = time_text(now)
    run_many(connection, _SAVE, [(hierarchy.name, hierarchy.lead, workers, at, at)])


def drop_hierarchy(connection: sqlite3.Connection, name: str) -> bool:
    """Keep it no longer; False where there was none."""
    return connection.execute(_DROP, (name,)).rowcount > 0


def save_merged(connection: sqlite3.Connection, goal: GoalId, digest: str, row: tuple[Merged, dt.datetime]) -> None:
    """Keep what results came to, and when."""
    merged, at = row
    run_many(connection, _SAVE_MERGED, [(goal, digest, to_json(merged), time_text(at))])


async def read_hierarchies(reader: Reader) -> Sequence[Hierarchy]:
    """All of them, by name."""
    return [_hierarchy(row) for row in await reader.rows(_SELECT)]


async def read_track(reader: Reader, agents: Collection[str]) -> Track:
    """What these agents' tries came to, by agent and skill."""
    names = sorted(set(agents))
    found = await reader.rows(_TRACK.format(", ".join("?" * len(names))), (AGENT, *names)) if names else []
    return {(agent, str(skill)): Record(worked=worked, failed=failed) for agent, skill, worked, failed in found}


async def read_merged(reader: Reader, goal: GoalId, digest: str) -> Merged | None:
    """What results of that digest came to; None where they were not merged yet."""
    row = await reader.first(_MERGED, (goal, digest))
    return None if row is None else _as_kept().validate_json(row[0])


def _hierarchy(row: sqlite3.Row) -> Hierarchy:
    name, lead, workers = row
    return Hierarchy(
        name=name,
        lead=lead,
        workers=tuple(
            Agent(name=worker, capabilities=frozenset(capabilities), slots=slots)
            for worker, capabilities, slots in json.loads(workers)
        ),
    )
