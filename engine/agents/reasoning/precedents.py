"""Goals of the same chat that have ended and were alike: what a planner may learn from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.goals import Goal, GoalStatus
from engine.planning.criteria.wording import crop, subjects
from engine.ports import Queries
from engine.records import GoalRow
from engine.values import JsonValue

_LOOKED_AT, _MOST = 60, 3
_ALIKE = 0.2
"""The least share of words that two goals have in common to be alike."""
_STEPS, _CHANGES = 15, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """One goal that has ended."""

    name: str
    status: GoalStatus
    progress: float
    """From 0 to 1."""
    steps: tuple[str, ...]
    """Titles of its first plan."""
    changes: tuple[str, ...]
    """Why its plan had to be changed, and how."""


async def precedents(queries: Queries, goal: Goal) -> tuple[Precedent, ...]:
    """The most alike of its owner's goals in the chat that ended lately, the likest first."""
    rows = await queries.goals_of(goal.chat, ended=True, offset=0, limit=_LOOKED_AT, owner=goal.owner)
    own = subjects(goal.name)
    ranked = sorted((row for row in rows if row.id != goal.id), key=lambda row: -_likeness(own, row))
    return tuple([await _told(queries, row) for row in ranked[:_MOST] if _likeness(own, row) >= _ALIKE])


def _likeness(own: frozenset[str], row: GoalRow) -> float:
    theirs = subjects(row.name)
    return len(own & theirs) / max(len(own | theirs), 1)


async def _told(queries: Queries, row: GoalRow) -> Precedent:
    changes = await queries.adaptations(row.id)
    return Precedent(
        name=crop(row.name, 150),
        status=row.status,
        progress=row.progress,
        steps=_titles(await queries.plan(row.id, 1)),
        changes=tuple(crop(f"{one.reason}: {one.summary}", 200) for one in changes[:_CHANGES]),
    )


def _titles(stored: JsonValue) -> tuple[str, ...]:
    tasks = stored.get("tasks") if isinstance(stored, dict) else None
    listed: Sequence[JsonValue] = tasks if isinstance(tasks, list) else []
    titles = [task.get("title") for task in listed if isinstance(task, dict)]
    return tuple(crop(title, 100) for title in titles[:_STEPS] if isinstance(title, str))
