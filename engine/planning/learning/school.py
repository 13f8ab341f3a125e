"""The one memory of a running engine: what was learned so far, weighed anew every now and then, for all who ask."""

import asyncio
import datetime as dt
from dataclasses import dataclass, replace

from engine.clock import Clock, at_least
from engine.planning.learning.beliefs import Beliefs
from engine.planning.learning.experience import History
from engine.planning.learning.memory import learned
from engine.planning.learning.record import LOOK_BACK
from engine.ports import Queries

LEARNED_ANEW, SHORTEST_LEARNED = dt.timedelta(minutes=10), 10.0
"""How old (but so many real seconds at least) what was learned may be for those who pass by: what seasons have taught
does not change within minutes, and to weigh it all takes up to a second."""
FOR_A_PLAN = dt.timedelta(minutes=1)
"""How old it may be for a plan, which is made once and stays."""
_FADED = dt.timedelta(days=1)
"""After so long the same cases are weighed again: they have grown older, and count less."""
_UNTAUGHT = frozenset({"wait", "subgoal", "decide"})
"""Works whose time is no matter of skill: a moment, another goal, somebody's answer."""


def is_learned(work: str) -> bool:
    """Whether experience tells how tasks of this work go."""
    return work not in _UNTAUGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What was learned, from how many finished tasks, and when it was looked up."""

    beliefs: Beliefs
    """The very same object as long as nothing was added, so that what follows from it can be kept."""
    cases: int
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """What the beliefs were made of."""

    history: int  # its hash: the cases themselves are thousands
    at: dt.datetime


class School:
    """Reads what has been lived through and keeps what it teaches. One for all of an engine: planner and forecasts."""

    def __init__(self, queries: Queries, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock
        self._lessons: Lessons | None = None  # None until somebody asks
        self._weighed: _Weighed | None = None  # None as long as that
        self._one_by_one = asyncio.Lock()

    async def lessons(self, within: dt.timedelta = LEARNED_ANEW) -> Lessons:
        """What was learned, looked up at most so long ago (some real seconds are always fine). Raises `StoreError`."""
        async with self._one_by_one:
            now, old = self._clock.now(), self._lessons
            if old is None or not dt.timedelta() <= now - old.at < at_least(self._clock, within, SHORTEST_LEARNED):
                history = await self._queries.history(now - LOOK_BACK)
                self._lessons = old = await asyncio.to_thread(self._weigh, history, now)
            return old

    def _weigh(self, history: History, now: dt.datetime) -> Lessons:
        old, before, same = self._lessons, self._weighed, hash(history)
        if old is not None and before is not None and before.history == same and now - before.at < _FADED:
            return replace(old, at=now)
        self._weighed = _Weighed(history=same, at=now)
        beliefs = learned(history, now)
        beliefs.get_to_know()
        return Lessons(beliefs=beliefs, cases=len(history.experiences), at=now)
