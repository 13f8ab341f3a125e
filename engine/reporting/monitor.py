"""Looks at goals under way for what nobody reports: tasks that lag, deadlines in doubt, checks that turned.

What it sees becomes decisions (`engine/execution/watching.py`), which say each thing once. What it keeps itself is
only how recently it looked: after a restart it looks again, and nothing is said twice.
"""

import asyncio
import datetime as dt
import inspect
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.clock import Clock, at_least
from engine.errors import EngineError, NotFoundError
from engine.execution.attempts import outcome_of
from engine.execution.watching import (
    CHECK,
    DOUBTFUL,
    Doubt,
    began,
    check_flipped,
    deadline_doubtful,
    is_in_question,
    lagging,
    overran,
    to_look_at_again,
)
from engine.goals import Goal
from engine.ledger import Ledger
from engine.reporting.forecasts import Forecaster
from engine.tasks import Outcome, Task
from engine.values import Cause, GoalId, TaskNumber
from engine.work.registry import WorkContext, WorkRegistry

logger = logging.getLogger(__name__)

TIMED_EVERY, SHORTEST_TIMED = dt.timedelta(minutes=15), 5.0
"""How long the slow tasks of a goal may take is asked after this (but so many real seconds at least)."""
FORECAST_EVERY, SHORTEST_FORECAST = dt.timedelta(hours=1), 5.0
"""A deadline that was not in doubt is looked at again after this, unless plan or date have changed."""
MOST_FORECASTS = 50
"""Forecasts made in one round; the other goals come in the next."""
LOOK_AGAIN, SHORTEST_LOOK = dt.timedelta(hours=6), 30.0
"""A check that held is made again after this."""
MOST_LOOKS = 5
"""Checks made again in one round, side by side."""
LONGEST_LOOK = 60.0
"""Real seconds, for a check that sets itself no bound."""
_HOUR = dt.timedelta(hours=1)
_Key: TypeAlias = tuple[GoalId, TaskNumber]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Foreseen:
    """When a goal's deadline was looked at, and which one of which plan."""

    version: int
    deadline: dt.datetime | None
    at: dt.datetime

    def is_of(self, goal: Goal) -> bool:
        """Whether the goal has the same plan and date still."""
        return (self.version, self.deadline) == (goal.plan_version, goal.deadline)


class Monitor:
    """The eye of the monitor's rounds."""

    def __init__(self, ledger: Ledger, forecaster: Forecaster, registry: WorkRegistry, clock: Clock) -> None:
        self._ledger = ledger
        self._forecaster = forecaster
        self._registry = registry
        self._clock = clock
        self._timed: dict[GoalId, dt.datetime] = {}
        self._foreseen: dict[GoalId, _Foreseen] = {}
        self._looked: dict[_Key, dt.datetime] = {}
        self._suspected: set[_Key] = set()
        self._looking = asyncio.Lock()

    async def look(self, goals: AsyncIterator[Goal]) -> None:
        """One round over goals of chats: nobody waits for a program's, and its goals go on only while it runs them.

        One round at a time: a second one waits, and then finds most of it done.
        """
        async with self._looking:
            await self._look(goals)

    async def _look(self, goals: AsyncIterator[Goal]) -> None:
        """Keeps no goal from one to the next: there may be more than memory holds."""
        watched: set[GoalId] = set()
        held: dict[_Key, dt.datetime] = {}
        forecasts = MOST_FORECASTS
        async for goal in goals:
            if goal.chat is None:
                continue
            watched.add(goal.id)
            try:
                await self._look_at_tasks(goal)
                if forecasts > 0 and await self._look_at_deadline(goal):
                    forecasts -= 1
            except Exception:  # the border of one pass: one goal's fault must not hide the others
                logger.exception("the monitor could not look at a goal", extra={"goal": goal.id})
            for task in to_look_at_again(goal):
                held[goal.id, task.number] = task.ended_at or goal.updated_at
            await asyncio.sleep(0)  # a tap must not wait for thousands
        self._timed = {goal: at for goal, at in self._timed.items() if goal in watched}
        self._foreseen = {goal: seen for goal, seen in self._foreseen.items() if goal in watched}
        await self._look_at_checks(held)

    def _is_recent(self, at: dt.datetime | None, span: dt.timedelta, real: float) -> bool:
        return at is not None and self._clock.now() - at < at_least(self._clock, span, real)

    async def _look_at_tasks(self, goal: Goal) -> None:
        """Tasks that take longer than nine of ten of their kind."""
        now = self._clock.now()
        slow = list(lagging(goal, now))
        if not slow or self._is_recent(self._timed.get(goal.id), TIMED_EVERY, SHORTEST_TIMED):
            return
        self._timed[goal.id] = now
        expected = await self._forecaster.expected(goal)
        for task in slow:
            hours, since = expected.get(task.number), began(goal, task, now)
            if hours is not None and since is not None and (now - since) / _HOUR > hours.p90:
                decision = overran(task.number, likely=hours.p50, most=hours.p90)
                await self._ledger.change(goal.id, decision, Cause(f"monitor:{goal.id}.{task.number}"))

    async def _look_at_deadline(self, goal: Goal) -> bool:
        """Whether a forecast had to be made."""
        now, seen = self._clock.now(), self._foreseen.get(goal.id)
        if goal.deadline is None or not is_in_question(goal, now):
            return False
        if seen is not None and seen.is_of(goal) and self._is_recent(seen.at, FORECAST_EVERY, SHORTEST_FORECAST):
            return False
        self._foreseen[goal.id] = _Foreseen(version=goal.plan_version, deadline=goal.deadline, at=now)
        found = await self._forecaster.forecast(goal)
        if found is None or found.on_time_odds is None or found.end is None or found.on_time_odds >= DOUBTFUL:
            return True
        doubt = Doubt(version=goal.plan_version, deadline=goal.deadline, odds=found.on_time_odds, likely=found.end.p50)
        await self._ledger.change(goal.id, deadline_doubtful(doubt), Cause(f"monitor:{goal.id}"))
        return True

    async def _look_at_checks(self, held: Mapping[_Key, dt.datetime]) -> None:
        """Make checks that held once more, those first that were not looked at for longest.

        `held` has all of them, each with the moment at which it held.
        """
        self._looked = {key: at for key, at in self._looked.items() if key in held}
        self._suspected &= held.keys()
        seen = {key: self._looked.get(key, at) for key, at in held.items()}
        due = [
            key
            for key, at in seen.items()
            if key in self._suspected or not self._is_recent(at, LOOK_AGAIN, SHORTEST_LOOK)
        ]
        due.sort(key=lambda key: (seen[key], key))
        await asyncio.gather(*(self._look_again(key) for key in due[:MOST_LOOKS]))

    async def _look_again(self, key: _Key) -> None:
        """A check that fails is believed when it fails in two rounds; no answer at all says nothing."""
        goal_id, number = key
        self._looked[key] = self._clock.now()
        goal = await self._ledger.goal(goal_id)
        found = await self._checked(goal, goal.task(number))
        if found is None or found.deviation <= 0:
            self._suspected.discard(key)
        elif key not in self._suspected:
            self._suspected.add(key)
        else:
            self._suspected.discard(key)
            try:
                await self._ledger.change(goal_id, check_flipped(number, found), Cause(f"monitor:{goal_id}.{number}"))
            except EngineError as error:
                logger.error("a check that turned could not be kept: %s", error, extra={"goal": goal_id})

    async def _checked(self, goal: Goal, task: Task) -> Outcome | None:
        """What the check finds now; None when it finds nothing out."""

        async def unheard(_count: int) -> None:
            """Nobody counts what is only looked at."""

        context = WorkContext(
            goal_id=goal.id,
            goal_name=goal.name,
            task=task,
            inputs=task.inputs,
            attempt=1,
            now=self._clock.now,
            report=unheard,
        )
        try:
            work = self._registry.get(CHECK)
            async with asyncio.timeout(work.timeout or LONGEST_LOOK):
                result = work.run(context) if work.run is not None else None
                return outcome_of(await result) if inspect.isawaitable(result) else None
        except NotFoundError:
            return None
        except Exception as error:  # the border of one attempt: whatever it was, nothing is known of the check
            logger.info("a check could not be made again: %s", error, extra={"goal": goal.id})
            return None
