"""Costly work outside tasks: planning, repairing, judging. Found by a query after a crash; doing it twice is harmless,
because what it proposes names the state it was made from."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from engine import events as e
from engine.clock import Clock
from engine.coding.options import REPOSITORY
from engine.decisions import Moment
from engine.errands import is_adopted
from engine.errors import EngineError, ResourceBlocked
from engine.execution.adaptation import ADAPTABLE, no_repair, repaired
from engine.execution.attempts import Spawn
from engine.execution.carrying_over import carrying_over
from engine.execution.claims import Judge, first_claim, judged, put_off
from engine.execution.failures import classify
from engine.execution.goal_decisions import plan_made
from engine.execution.task_decisions import Judging
from engine.goals import Goal, GoalStatus
from engine.kept_plan import drafted, kept_plan
from engine.ledger import Ledger
from engine.plans import PlannedTask, check_plan
from engine.ports import Conversations, Planner, Queries
from engine.tasks import Task
from engine.values import Cause, GoalId
from engine.work.registry import WorkRegistry
from engine.work.subgoals import plan_under

logger = logging.getLogger(__name__)

SIDE_BY_SIDE = 2
SESSIONS = 8
"""Plans that are made side by side with a model's help: it takes minutes at worst, and is waited for."""
MOST_TRIES = 3
PAUSE = 2.0
"""Real seconds before a job that failed is tried again, doubled each time."""


def wants_job(goal: Goal) -> bool:
    """Whether a plan or a repair is to be worked out, or an outcome to be judged."""
    return goal.status is GoalStatus.PLANNING or _wants_repair(goal) or first_claim(goal) is not None


def _wants_repair(goal: Goal) -> bool:
    return goal.adapting is not None and goal.status in ADAPTABLE


async def as_it_is(goal: Goal) -> Goal:
    """In place of what is known of the world around a goal: nothing is."""
    return goal


@dataclass(slots=True, kw_only=True)
class JobRunner:
    """All jobs of this process, one a goal at a time."""

    ledger: Ledger
    planner: Planner
    queries: Queries
    registry: WorkRegistry
    clock: Clock
    conversations: Conversations | None  # None where there are no chats: times are UTC then
    zone: str
    spawn: Spawn
    judging: Judging
    serves: Callable[[Goal], bool] = lambda _: True
    """Whether a goal's jobs are this process's to do."""
    informed: Callable[[Goal], Awaitable[Goal]] = as_it_is
    """The goal with what a planner is to know of the world around it."""
    reasoned: Planner | None = None
    """Plans with a model's help; None where there is no model."""
    judge: Judge | None = None
    """Judges what only words can check; None where there is no model: then a person does."""
    unreasoned: set[GoalId] = field(default_factory=set)
    """Goals that are planned without a model just now, because a program said so."""
    active: dict[GoalId, "asyncio.Task[None]"] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SIDE_BY_SIDE))
    _sessions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SESSIONS))
    _stopped: bool = False

    def take_up(self, goal: Goal) -> None:
        """Begin the goal's job if it has one that is not under way."""
        if not self._stopped and goal.id not in self.active and wants_job(goal) and self.serves(goal):
            self.active[goal.id] = self.spawn(self._run(goal.id), name=f"job of goal {goal.id}")

    async def stop(self) -> None:
        """Begin none and cancel those under way: the next start finds them by query."""
        self._stopped = True
        jobs = list(self.active.values())
        for job in jobs:
            job.cancel()
        if jobs:
            await asyncio.wait(jobs, timeout=1.0)

    async def _run(self, goal_id: GoalId) -> None:
        tries = 0
        try:
            while True:
                goal = await self.ledger.goal(goal_id)
                if not wants_job(goal):
                    return
                try:
                    async with self._sessions if self._asks(goal) else self._slots:
                        await self._do(goal)
                except Exception as error:  # the border of one pass: a fault must end in words
                    tries += 1
                    logger.warning("a job failed (%d): %s", tries, error, exc_info=True, extra={"goal": goal_id})
                    if tries < MOST_TRIES:
                        await asyncio.sleep(PAUSE * 2 ** (tries - 1))
                        continue
                    await self._give_up(goal, error)
                    tries = 0  # giving up one need may bring the next to light
        except EngineError as error:
            logger.error("a job ended: %s", error, extra={"goal": goal_id})
        finally:
            self.active.pop(goal_id, None)

    async def _do(self, goal: Goal) -> None:
        now = self.clock.now()
        if goal.status is GoalStatus.PLANNING:
            plan = await self._planner(goal).plan(await self.informed(goal), now, await self._zone(goal))
            self._check(plan.tasks)
            cause = Cause(f"job:plan:{goal.id}@{goal.revision}")
            decision = plan_made(plan, goal, adopted=self._is_adopted(goal, plan.tasks))
            await self.ledger.change(goal.id, carrying_over(decision, await drafted(self.queries, goal)), cause)
        elif goal.adapting is not None and _wants_repair(goal):
            kept = await kept_plan(self.queries, goal)
            known = await self.informed(goal)
            repair = await self._planner(goal).repair(known, goal.adapting, kept, now, await self._zone(goal))
            self._check(repair.add)
            cause = Cause(f"job:repair:{goal.id}@{goal.revision}")
            await self.ledger.change(goal.id, repaired(repair, goal.adapting, goal.plan_version), cause)
        elif (claim := first_claim(goal)) is not None:
            await self._judge(goal, claim)

    async def _judge(self, goal: Goal, claim: Task) -> None:
        """Have what came out of a task judged; without a judge, a person is asked."""
        try:
            judgement = await self.judge(goal, claim) if self.judge is not None else None
            decision = judged(claim, judgement, self.judging)
        except ResourceBlocked as error:
            decision = put_off(claim, classify(error), self.judging)
        cause = Cause(f"job:judge:{goal.id}.{claim.number}#{claim.attempt_serial}@{claim.revision}")
        await self.ledger.change(goal.id, decision, cause)

    def _asks(self, goal: Goal) -> bool:
        """Whether a model is asked: nobody else's plan or repair is to wait for that."""
        by_methods = goal.id in self.unreasoned or REPOSITORY in goal.metadata  # what proves code is no model's plan
        return self.reasoned is not None and not by_methods

    def _planner(self, goal: Goal) -> Planner:
        return self.reasoned if self.reasoned is not None and self._asks(goal) else self.planner

    def _check(self, tasks: Sequence[PlannedTask]) -> None:
        """Raise unless every work is known and can do something with its inputs, those of sub-goals that were planned
        along with it too: a plan is a proposal."""
        for task in tasks:
            self.registry.get(task.work).check_inputs(task.inputs)
            under = plan_under(task.inputs) if task.work == "subgoal" else None
            if under is not None:
                check_plan(under.tasks)
                self._check(under.tasks)

    def _is_adopted(self, goal: Goal, tasks: Sequence[PlannedTask]) -> bool:
        """Whether the plan is adopted by having been asked for."""
        works = {task.work for task in tasks}
        return is_adopted(goal, works, {name for name in works if not self.registry.is_repeatable(name)})

    async def _zone(self, goal: Goal) -> str:
        if self.conversations is None or goal.chat is None:
            return self.zone
        settings = await self.conversations.settings(goal.chat)
        return settings.zone if settings is not None else self.zone

    async def _give_up(self, goal: Goal, error: Exception) -> None:
        reason = f"no plan could be made: {error}"

        def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
            if goal.status is GoalStatus.PLANNING:
                return [e.GoalFailed(reason=reason)]
            if goal.adapting is not None and _wants_repair(goal):
                return no_repair(goal, goal.adapting, moment, reason)
            claim = first_claim(goal)
            return judged(claim, None, self.judging)(goal, moment) if claim is not None else []

        await self.ledger.change(goal.id, decide, Cause(f"job:{goal.id}@{goal.revision}"))
