"""A planner that asks a model besides: the methods' plan stands unless a checked proposal is better."""

import datetime as dt
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from engine.agents.calls import Purpose
from engine.agents.reasoning.checking import Ground, Sound, line_of
from engine.agents.reasoning.offering import candidates_of, chosen
from engine.agents.reasoning.precedents import precedents
from engine.agents.reasoning.prompts import question, what_happened
from engine.agents.reasoning.reasoner import Bill, Reasoned, Reasoner, Remedy
from engine.agents.reasoning.scoring import believed, slowed
from engine.agents.reasoning.telling import without_help
from engine.agents.sessions import ReasoningSession
from engine.errors import EngineError
from engine.execution.adaptation import FORESEEN, brought_back
from engine.execution.blocking import FRUITLESS_ADAPTATIONS
from engine.execution.goal_decisions import DEADLINE_MOVED, executable_order
from engine.goals import Goal
from engine.planning.bridge.paces import pace_of
from engine.planning.bridge.prospects import foreseen
from engine.planning.planner import PlanSources
from engine.planning.repairs.by_hand import hands_over
from engine.planning.requests import PlanRequest
from engine.planning.slices import run_in_turns
from engine.plans import AdaptationNeed, KeptPlan, Plan, PlannedTask, Prospect, Repair, Trigger
from engine.ports import Planner, Queries
from engine.work.registry import WorkRegistry

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a model is told of, and what its plans are measured by."""

    queries: Queries
    registry: WorkRegistry
    sources: PlanSources
    commands: tuple[str, ...] = ()
    """Names of the command lines that the operator has listed."""


class ReasonedPlanner:
    """Plans by methods first, then has a model propose others; pure code checks, compares and chooses."""

    def __init__(self, own: Planner, reasoner: Reasoner, around: Surroundings) -> None:
        """`own` plans by methods."""
        self._own = own
        self._reasoner = reasoner
        self._around = around

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """The best plan that methods and model have; that of the methods whenever the model is of no help."""
        own = await self._own.plan(goal, now, zone)
        reasoned: Reasoned | None = None
        try:
            ground = Ground(goal=goal, now=now, registry=self._around.registry)
            before = await precedents(self._around.queries, goal)
            asked = question(ground, own, before, self._around.commands)
            reasoned = await self._reasoner.propose(ground, asked)
            session = _session(Purpose.PLAN, reasoned.bill, reasoned)
            if reasoned.sound:
                request = await self._around.sources.request(goal, now, zone)
                return await _compared(own, reasoned.sound, session, (ground, request))
        except Exception as error:  # the border of what a model may do to a plan: whatever it is, there is one without
            logger.warning("planned without a model's help: %s", error, exc_info=True, extra={"goal": goal.id})
            session = await self._cut_short(Purpose.PLAN, goal, reasoned, error)
        logger.info("no model's help for a plan: %s", session.failure, extra={"goal": goal.id})
        return without_help(own, session, await self._around.queries.reasoning(goal.id))

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached. A model is asked as the last step before a person,
        and where somebody says in words what is to be otherwise."""
        own = await self._own.repair(goal, need, kept, now, zone)
        if not wants_more(own, need, goal):
            return own
        try:
            ground = Ground(goal=goal, now=now, registry=self._around.registry)
            remedy = await self._reasoner.mend(ground, need, what_happened(ground, need, own, self._around.commands))
        except Exception as error:  # the border of what a model may do to a plan: the methods' repair stands
            logger.warning("repaired without a model's help: %s", error, exc_info=True, extra={"goal": goal.id})
            return replace(own, session=await self._cut_short(Purpose.ADAPT, goal, None, error))
        session = replace(_session(Purpose.ADAPT, remedy.bill, remedy), choice=_told(remedy))
        if remedy.mended is None:
            logger.info("no model's help for a repair: %s", remedy.failure, extra={"goal": goal.id})
            return replace(own, session=session)
        return replace(remedy.mended.repair, session=session)

    async def _cut_short(
        self, purpose: Purpose, goal: Goal, came: Reasoned | None, error: Exception
    ) -> ReasoningSession:
        """What is kept of a session that something went wrong with: what was paid was paid."""
        bill = came.bill if came is not None else Bill()
        if came is None:
            with suppress(EngineError):  # the plan counts, not what is told of its making
                bill = await self._reasoner.bill(purpose, goal)
        faults = came.faults if came is not None else ()
        failure = line_of(str(error), 150) or type(error).__name__
        return _session(purpose, bill, Reasoned(sound=(), faults=faults, failure=failure, bill=bill))


async def _compared(
    own: Plan, sound: Sequence[Sound], session: ReasoningSession, where: tuple[Ground, PlanRequest]
) -> Plan:
    """The best of all plans, each measured by the same forecast."""
    ground, request = where
    if own.prospect is None:  # a planner of somebody else's
        own = replace(own, prospect=await _promised(request, own.tasks, math.prod(one.success for one in own.tasks)))
    steps, pace = len(own.tasks), _pace(own, request)
    promised: list[tuple[Sound, Prospect]] = []
    for one in sound:
        tasks = slowed(one.plan.tasks, _pace(one.plan, request), pace)
        odds = believed(tasks, one.proposal.probability, steps)
        promised.append((replace(one, plan=replace(one.plan, tasks=tasks)), await _promised(request, tasks, odds)))
    return chosen(candidates_of(own, promised), session, ground)


def _pace(plan: Plan, request: PlanRequest) -> float:
    """The hours that a plan usually takes by its own estimates."""
    return pace_of(executable_order(plan.tasks), request.now, request.capacities).mean


async def _promised(request: PlanRequest, tasks: Sequence[PlannedTask], odds: float) -> Prospect:
    return await run_in_turns(foreseen(request, tasks, odds, math.fsum(task.cost for task in tasks)))


def wants_more(own: Repair, need: AdaptationNeed, goal: Goal) -> bool:
    """Whether methods have run out (of ways, or of changes that may bring nothing before a person is asked), or
    somebody's words ask for more than they can read."""
    if need.trigger in FORESEEN or need.reason == DEADLINE_MOVED:  # there, nothing to change is a good answer
        return False
    if need.trigger is Trigger.REQUESTED:
        return not (own.add or own.supersede or own.rewire or own.order or own.settled)
    if own.is_empty or hands_over(own) or brought_back(goal, own):
        return True
    return goal.fruitless >= FRUITLESS_ADAPTATIONS - 1


def _told(remedy: Remedy) -> str:
    """The cause, and what else it would hit, in the model's words."""
    mended = remedy.mended
    if mended is None:
        return ""
    hit = ", ".join(f"#{number}" for number in mended.also_hit)
    return f"{mended.cause.rstrip('.')}{f'; it would hit {hit} too' if hit else ''}"


def _session(purpose: Purpose, bill: Bill, came: Reasoned | Remedy) -> ReasoningSession:
    return ReasoningSession(
        purpose=purpose,
        faults=came.faults,
        failure=line_of(came.failure, 300),
        models=bill.models,
        calls=bill.calls,
        spent=bill.spent,
        seconds=bill.seconds,
    )
