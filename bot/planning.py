"""The planner, loaded when the first goal is to be planned: its imports take as long as all the rest of a start."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from engine.goals import Goal
from engine.planning.forecasting.model import Capacities
from engine.planning.knowables import Knowable, KnowsFacts, knowables_of
from engine.planning.learning.school import School
from engine.plans import AdaptationNeed, KeptPlan, Plan, Repair
from engine.ports import Planner


class PlannerOnDemand(KnowsFacts):
    """`engine.planning.planner.GoalPlanner`, made in a thread at the first need."""

    def __init__(
        self,
        *,
        works: Callable[[], frozenset[str]],
        commands: Iterable[str] = (),
        folders: Iterable[Path] = (),
        school: School,
        capacities: Callable[[Goal], Awaitable[Capacities]],
    ) -> None:
        """As `GoalPlanner`: works and commands that can be used, folders of the operator, what was learned, hands."""
        self._capacities = capacities
        self._school = school
        self._works = works
        self._commands = tuple(commands)
        self._folders = tuple(folders)
        self._planner: Planner | None = None  # None until it is needed
        self._making = asyncio.Lock()

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """A plan for the goal's criteria, with alternatives."""
        return await (await self._ready()).plan(goal, now, zone)

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached; an empty repair when nothing would help."""
        return await (await self._ready()).repair(goal, need, kept, now, zone)

    async def knowables(self) -> tuple[Knowable, ...]:
        """What may be known of a goal, by the libraries."""
        return await knowables_of(await self._ready())

    async def _ready(self) -> Planner:
        async with self._making:
            if self._planner is None:
                self._planner = await asyncio.to_thread(self._made)
            return self._planner

    def _made(self) -> Planner:
        from engine.planning.planner import GoalPlanner, PlanSources  # noqa: PLC0415 - no start is to wait for it

        sources = PlanSources(school=self._school, capacities=self._capacities)
        return GoalPlanner(works=self._works(), commands=self._commands, folders=self._folders, sources=sources)
