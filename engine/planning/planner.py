"""The criteria planner behind the engine's port: planning never holds the event loop."""

import asyncio
import datetime as dt
from dataclasses import dataclass, field

from engine.goals import Goal
from engine.planning.criteria_planner import CriteriaPlanner
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest
from engine.plans import AdaptationNeed, Plan, Repair


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadedPlanner:
    """Plans in a thread: a long list of criteria takes a moment, and no tap may queue behind it."""

    works: frozenset[str] = BUILT_IN_WORKS
    """Names of the works that can be used."""
    commands: tuple[str, ...] = ()
    """Names of the command lines that the operator has listed."""
    inner: CriteriaPlanner = field(default_factory=CriteriaPlanner)

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """A plan for the goal's criteria."""
        request = PlanRequest(goal=goal, now=now, zone=zone, works=self.works, commands=self.commands)
        return await asyncio.to_thread(self.inner.plan, request)

    async def repair(self, goal: Goal, need: AdaptationNeed, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached; an empty repair when nothing would help."""
        setting = PlanRequest(goal=goal, now=now, zone=zone, works=self.works, commands=self.commands)
        return await asyncio.to_thread(self.inner.repair, goal, need, now, setting=setting)
