"""The forecast of a goal for whoever looks: made when it is asked for, in a thread, and good for a minute.

Nothing here is in the path of a change, and nothing is stored: what was learned is laid over the plan's own figures
each time, so that it can't feed on itself.
"""

import asyncio
import datetime as dt
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from engine.absences import AWAY
from engine.clock import Clock, at_least
from engine.errors import EngineError, NotFoundError
from engine.execution.resources import Capacity
from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.from_goal import Known, calendar_of, problem_of
from engine.planning.forecasting.learned import expected_hours, known_of
from engine.planning.forecasting.model import Capacities, Forecast, Person, Resource
from engine.planning.learning.findings import Hours
from engine.planning.learning.school import School
from engine.ports import Conversations, Queries
from engine.reporting.unborn import Unborn, foreseen_unborn
from engine.values import GoalId, TaskNumber

logger = logging.getLogger(__name__)

FRESH, SHORTEST_FRESH = dt.timedelta(minutes=1), 1.0
"""So long (but so many real seconds at least) a forecast is good for those who only pass by: a card, a digest, a
program that polls."""
MOST_KEPT = 200
"""Forecasts that are kept at hand; a large one is a tenth of a megabyte."""
_FORESEEABLE = frozenset({GoalStatus.PROPOSED, GoalStatus.ACTIVE, GoalStatus.BLOCKED, GoalStatus.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastSources:
    """Where forecasts come from. `find_goal` raises `NotFoundError`."""

    queries: Queries
    conversations: Conversations
    find_goal: Callable[[GoalId], Awaitable[Goal]]
    clock: Clock
    school: School | None = None
    """Where the planner learns too; None for one of the forecasts' own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What there is to do tasks with."""

    workers: int = 4
    resources: Mapping[str, Capacity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A forecast with the goal that it was made of."""

    goal: Goal
    forecast: Forecast

    def fits(self, goal: Goal, *, newest: bool) -> bool:
        """Whether it can be shown of the goal as it is now, if it is young enough."""
        return goal.revision == self.goal.revision or (not newest and self.is_of_this_plan(goal))

    def is_of_this_plan(self, goal: Goal) -> bool:
        """Whether the goal has the same plan, date and status still, and the same is away."""
        return _told_of(goal) == _told_of(self.goal)


def _told_of(goal: Goal) -> tuple[object, ...]:
    """What a forecast hangs on that changes by what somebody says or decides, and not by and by."""
    return goal.plan_version, goal.deadline, goal.status, goal.metadata.get(AWAY)


class Forecaster:
    """Makes forecasts, one after the other, so that many who look take one processor at most."""

    def __init__(self, sources: ForecastSources, means: Means | None = None) -> None:
        self._from = sources
        self._means = means or Means()
        self._kept: OrderedDict[GoalId, _Kept] = OrderedDict()
        self._school = sources.school or School(sources.queries, sources.clock)
        self._one_by_one = asyncio.Lock()

    @property
    def school(self) -> School:
        """Where forecasts learn."""
        return self._school

    async def capacities(self, goal: Goal) -> Capacities:
        """What there is to do a goal with. Raises `StoreError`."""
        return await capacities_of(goal, self._from.conversations, self._means)

    async def forecast(self, goal: Goal, *, newest: bool = False) -> Forecast | None:
        """When the goal will be done; None where nothing is to come (it ended, or has no plan) or can be told.

        One that is less than a minute old is shown again, though tasks may have ended since; with `newest` only if
        nothing of the goal has changed.
        """
        if goal.status not in _FORESEEABLE:
            return None
        kept = self._young(goal, newest=newest)
        if kept is not None:
            return kept
        try:
            async with self._one_by_one:
                return await self._of(goal, newest=newest)
        except EngineError as error:
            logger.warning("no forecast could be made: %s", error, extra={"goal": goal.id})
            return None

    def at_hand(self, goal: Goal) -> Forecast | None:
        """The newest forecast that was made of the goal's present plan and date, however old; None for none."""
        kept = self._kept.get(goal.id)
        return kept.forecast if kept is not None and kept.is_of_this_plan(goal) else None

    async def expected(self, goal: Goal) -> Mapping[TaskNumber, Hours]:
        """How long the unfinished tasks of a goal take, by all that was learned. Raises `StoreError`."""
        lessons = await self._school.lessons()
        async with self._one_by_one:
            return await asyncio.to_thread(lambda: dict(expected_hours(goal, lessons.beliefs)))

    async def cases(self) -> int:
        """How many finished tasks the figures of forecasts rest on. Raises `StoreError`."""
        return (await self._school.lessons()).cases

    def _young(self, goal: Goal, *, newest: bool) -> Forecast | None:
        """One that was made so recently that it can be shown of the goal as it is now; None when it can't."""
        kept = self._kept.get(goal.id)
        if kept is None or not kept.fits(goal, newest=newest):
            return None
        return kept.forecast if self._is_young(kept.forecast.made_at, FRESH, SHORTEST_FRESH) else None

    def _is_young(self, made_at: dt.datetime, span: dt.timedelta, real: float) -> bool:
        clock = self._from.clock
        return dt.timedelta() <= clock.now() - made_at < at_least(clock, span, real)

    async def _of(self, goal: Goal, *, newest: bool) -> Forecast:
        """The forecast, made anew unless somebody else had it made while we waited."""
        kept = self._young(goal, newest=newest)
        if kept is not None:
            return kept
        now = self._from.clock.now()
        children = await self._children(goal)
        capacities = await self.capacities(goal)
        beliefs = (await self._school.lessons()).beliefs

        def play(one: Goal, unborn: Unborn) -> Forecast:
            given = Known(run_odds=unborn.odds, durations=unborn.durations, children=children if one is goal else {})
            known = known_of(one, beliefs, given)
            return forecast(problem_of(one, now, known, capacities), seed=goal.id)

        made = await asyncio.to_thread(lambda: play(goal, foreseen_unborn(goal, now, play)))
        self._kept[goal.id] = _Kept(goal=goal, forecast=made)
        self._kept.move_to_end(goal.id)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return made

    async def _children(self, goal: Goal) -> Mapping[TaskNumber, Forecast]:
        """Forecasts of the sub-goals that tasks wait for."""
        found: dict[TaskNumber, Forecast] = {}
        for task in goal.live_tasks:
            if task.waiting is None or task.waiting.child is None:
                continue
            try:
                child = await self._from.find_goal(task.waiting.child)
            except NotFoundError:
                continue
            if child.status in _FORESEEABLE:
                found[task.number] = await self._of(child, newest=False)
        return found


async def capacities_of(goal: Goal, conversations: Conversations, means: Means) -> Capacities:
    """What there is to do a goal with, its person's hours among it. Raises `StoreError`."""
    settings = await conversations.settings(goal.chat) if goal.chat is not None else None
    person = Person(calendar=calendar_of(settings)) if settings is not None else Person()
    resources = {
        name: Resource(capacity=one.count, missing=one.count < 1, back_at=one.back if one.count < 1 else None)
        for name, one in means.resources.items()
    }
    return Capacities(slots=means.workers, resources=resources, people={"": person})
