"""The method planner behind the engine's port: planning never holds the event loop."""

import asyncio
import datetime as dt
import functools
import importlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import StoreError
from engine.goals import Goal
from engine.planning.forecasting.model import Capacities
from engine.planning.knowables import Knowable, KnowsFacts
from engine.planning.learning.beliefs import Beliefs
from engine.planning.learning.school import FOR_A_PLAN, School
from engine.planning.method_planner import MethodPlanner
from engine.planning.methods.libraries import Libraries
from engine.planning.methods.sources import load_libraries
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest
from engine.planning.slices import run_in_turns
from engine.plans import AdaptationNeed, KeptPlan, Plan, Repair

logger = logging.getLogger(__name__)

_LOADED_LATE = "engine.planning.forecasting.simulation"
"""What plans are timed by. It loads numpy, for which no event loop should wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSources:
    """Where it comes from what plans go by besides the libraries."""

    school: School | None = None
    """What it teaches; None for the libraries' own figures."""
    capacities: Callable[[Goal], Awaitable[Capacities]] | None = None
    """What there is to do a goal with, by which plans are timed (raises `StoreError`); None for what is usual."""

    async def request(self, goal: Goal, now: dt.datetime, zone: str) -> PlanRequest:
        """What a planner is asked, by all that is known."""
        return PlanRequest(
            goal=goal, now=now, zone=zone, capacities=await self._hands(goal), beliefs=await self._beliefs()
        )

    async def _beliefs(self) -> Beliefs | None:
        """What was learned; None where nobody keeps it or it can't be read just now: a plan need not wait for that."""
        if self.school is None:
            return None
        try:
            return (await self.school.lessons(FOR_A_PLAN)).beliefs
        except StoreError as error:
            logger.warning("planned without what was learned: %s", error)
            return None

    async def _hands(self, goal: Goal) -> Capacities:
        """What there is to do a goal with; what is usual where nobody says, or can say it just now."""
        try:
            return await self.capacities(goal) if self.capacities is not None else Capacities()
        except StoreError as error:
            logger.warning("planned without knowing the hands that there are: %s", error)
            return Capacities()


class GoalPlanner(KnowsFacts):
    """Plans in slices on the event loop, with method libraries that are read when the first goal is planned."""

    def __init__(
        self,
        *,
        works: frozenset[str] = BUILT_IN_WORKS,
        commands: Iterable[str] = (),
        folders: Iterable[Path] = (),
        planner: MethodPlanner | None = None,
        sources: PlanSources | None = None,
    ) -> None:
        """`works` and `commands` are the names of what can be used; `folders` hold method files of the operator.

        With `planner` no libraries are read.
        """
        self._sources = sources or PlanSources()
        self._works = works
        self._commands = tuple(commands)
        self._folders = tuple(folders)
        self._planner = planner
        self._reading = asyncio.Lock()
        self._warm = False

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """A plan for the goal's criteria, with alternatives."""
        planner = await self._ready()
        request = await self._request(goal, now, zone)
        return await run_in_turns(planner.planning(request))

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached; an empty repair when nothing would help."""
        planner = await self._ready()
        request = await self._request(goal, now, zone)
        return await run_in_turns(planner.repairing(request, need, kept))

    async def load(self) -> Libraries:
        """Read the libraries now, unless they have been read. What is broken is in their `faults`."""
        return (await self._ready()).libraries

    async def knowables(self) -> tuple[Knowable, ...]:
        """What may be known of a goal, by the libraries."""
        return (await self._ready()).libraries.knowables()

    async def _request(self, goal: Goal, now: dt.datetime, zone: str) -> PlanRequest:
        request = await self._sources.request(goal, now, zone)
        return replace(request, works=self._works, commands=self._commands)

    async def _ready(self) -> MethodPlanner:
        async with self._reading:
            if self._planner is None:  # some tenths of a second: in a thread, this once
                self._planner = await asyncio.to_thread(_read, self._folders)
            if not self._warm:
                await asyncio.to_thread(importlib.import_module, _LOADED_LATE)
                self._warm = True
            return self._planner


def _read(folders: tuple[Path, ...]) -> MethodPlanner:
    return MethodPlanner(load_libraries(folders)) if folders else _with_what_comes_along()


@functools.lru_cache(maxsize=1)
def _with_what_comes_along() -> MethodPlanner:
    """The files of installed packages don't change while a process runs, and the planner keeps nothing."""
    return MethodPlanner(load_libraries())
