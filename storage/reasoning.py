"""Reasoning sessions as the tables hold them. They are written with the plan that came of them (`history.py`)."""

from collections.abc import Sequence

import msgspec

from engine.agents.calls import Purpose
from engine.agents.sessions import ReasoningSession, Weighed
from engine.money import Amount
from engine.values import GoalId
from storage.connections import Reader

_SESSIONS = (
    "SELECT id, purpose, weighed, choice, faults, failure, models, calls, micros, tokens, seconds"
    " FROM reasoning_sessions WHERE goal = ? ORDER BY version, id"
)


async def read_sessions(reader: Reader, goal: GoalId) -> Sequence[tuple[str, ReasoningSession]]:
    """A goal's sessions with their ids, oldest first."""
    return [
        (
            name,
            ReasoningSession(
                purpose=Purpose(purpose),
                weighed=msgspec.json.decode(weighed, type=tuple[Weighed, ...]),
                choice=choice,
                faults=msgspec.json.decode(faults, type=tuple[str, ...]),
                failure=failure,
                models=msgspec.json.decode(models, type=tuple[str, ...]),
                calls=calls,
                spent=Amount(micros=micros, tokens=tokens),
                seconds=seconds,
            ),
        )
        for name, purpose, weighed, choice, faults, failure, models, calls, micros, tokens, seconds in (
            await reader.rows(_SESSIONS, (goal,))
        )
    ]
