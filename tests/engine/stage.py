"""An executor on a real database, with a planner, works and a clock that the test decides about."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.library import open_executor
from engine.commands import Origin
from engine.errors import StoreError
from engine.execution.retries import RetryPolicy
from engine.executor import AutonomousGoalExecutor, Options
from engine.goals import Goal, GoalStatus
from engine.plans import AdaptationNeed, KeptPlan, Plan, PlannedTask, Prospect, Repair
from engine.records import Batch
from engine.tasks import Estimate, TaskStatus
from engine.values import ChatId, GoalId, JsonValue, TaskNumber, UserId
from engine.work.builtin import WorkOptions, builtin_registry
from engine.work.registry import Work, WorkContext, WorkRegistry, WorkResult
from storage.ledger import SqlLedger
from tests.fakes import FakeClock
from tests.fresh_database import fresh_database

IN_CHAT = Origin(chat=ChatId(100), owner=UserId(7))
AT_ONCE = RetryPolicy(first_delay=0.0)
"""Retries without a pause."""


PROSPECT = Prospect(probability=0.8, cost=0.0, hours=Estimate(low=2, likely=4, high=8))


@dataclass
class PlanOf:
    """A planner that hands out the plans and repairs that the test put in."""

    plans: dict[str, tuple[PlannedTask, ...]] = field(default_factory=dict)
    """Tasks by the goal's name; `""` for all others."""
    repairs: list[Repair] = field(default_factory=list)
    """In order; without one, whatever failed gets fresh attempts."""
    failures: list[Exception] = field(default_factory=list)
    """Raised in order before anything is handed out."""
    needs: list[AdaptationNeed] = field(default_factory=list)
    kept: list[KeptPlan] = field(default_factory=list)
    """What the planner was told of the plan under way, beside each need."""
    alternatives: tuple[Plan, ...] = ()
    """Come with every plan, each with its prospect."""
    tree: JsonValue = None
    """Comes with every plan."""
    gate: asyncio.Event | None = None
    """Closed: planning takes until it is set."""

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        await self._before()
        tasks = self.plans[goal.name if goal.name in self.plans else ""]
        prospect = PROSPECT if self.alternatives else None
        return Plan(tasks=tasks, source="test", prospect=prospect, alternatives=self.alternatives, tree=self.tree)

    async def repair(
        self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str = "UTC"
    ) -> Repair:
        self.needs.append(need)
        self.kept.append(kept)
        await self._before()
        if self.repairs:
            return self.repairs.pop(0)
        failed = tuple(task.number for task in goal.tasks.values() if task.status is TaskStatus.FAILED)
        return Repair(reset=failed, summary="fresh attempts")

    async def _before(self) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)


@dataclass
class Hands:
    """Work functions that tell the test what they do, and do what the test says."""

    calls: list[str] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    """Titles of tasks that wait until the test lets them go on."""
    errors: dict[str, list[BaseException]] = field(default_factory=dict)
    results: dict[str, object] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    """Titles of attempts that were cancelled."""

    async def run(self, context: WorkContext) -> WorkResult:
        title = context.task.title
        self.calls.append(title)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            if title in self.gates:
                await self.gates[title].wait()
            else:
                await asyncio.sleep(0)
            if self.errors.get(title):
                raise self.errors[title].pop(0)
            return self.results.get(title, f"{title} is done")  # type: ignore[return-value]  # tests return odd things on purpose
        except asyncio.CancelledError:
            self.cut.append(title)
            raise
        finally:
            self.busy -= 1

    def hold(self, title: str) -> asyncio.Event:
        """Let no attempt of this task end before the event is set."""
        return self.gates.setdefault(title, asyncio.Event())


@dataclass
class Stage:
    """All that a test of the executor needs."""

    path: Path
    clock: FakeClock = field(default_factory=FakeClock)
    planner: PlanOf = field(default_factory=PlanOf)
    hands: Hands = field(default_factory=Hands)
    options: Options = field(default_factory=lambda: Options(retry=AT_ONCE))

    @asynccontextmanager
    async def open(self, *works: Work, **changed: object) -> AsyncIterator[AutonomousGoalExecutor]:
        """An executor that runs; opened again it goes on where the last one stopped."""
        async with (
            asyncio.timeout(20),
            open_executor(
                fresh_database(self.path),
                options=self.options,
                registry=self.registry(*works),
                clock=self.clock,
                planner=self.planner,
                **changed,  # type: ignore[arg-type]  # tests name what they change
            ) as executor,
        ):
            try:
                yield executor
            finally:
                await executor.stop(grace=0)

    def registry(self, *works: Work) -> WorkRegistry:
        """The built-in works, `run`, and `once`, which is not to be repeated after a crash."""
        registry = builtin_registry(WorkOptions())
        registry.add(Work(name="run", summary="Does it", run=self.hands.run))
        registry.add(Work(name="once", summary="Does it once", run=self.hands.run, repeatable=False))
        for work in works:
            registry.add(work)
        return registry

    async def started(
        self, executor: AutonomousGoalExecutor, *tasks: PlannedTask, name: str = "Grow the garden", chat: bool = True
    ) -> GoalId:
        """A goal with exactly these tasks; one of a chat is started, a program's is only planned."""
        self.planner.plans[name] = tasks
        goal = await executor.set_goal(name, origin=IN_CHAT if chat else None)
        if not chat:
            await executor.decompose_goal(goal)
            return goal
        await until(executor, goal, lambda one: one.status is GoalStatus.PROPOSED)
        await executor.start_goal(goal)
        return goal


async def until(executor: AutonomousGoalExecutor, goal: GoalId, holds: Callable[[Goal], bool]) -> Goal:
    """The goal once this holds of it."""
    with executor.ledger.listening([goal]) as changed:
        while True:
            changed.clear()
            newest = await executor.goal(goal)
            if holds(newest):
                return newest
            await changed.wait()


async def quiet(executor: AutonomousGoalExecutor) -> None:
    """Wait until nothing runs, is queued or is due."""
    while not await executor.is_idle():
        await asyncio.sleep(0)


def statuses(goal: Goal) -> list[str]:
    """The statuses of the tasks by number."""
    return [goal.tasks[TaskNumber(n)].status.value for n in sorted(goal.tasks)]


class BrokenDisk:
    """The real store, which refuses as many commits as the test says."""

    def __init__(self, store: SqlLedger) -> None:
        self.store = store
        self.refusals: list[Exception] = []
        self.commits: list[Batch] = []
        self.before: Callable[[], Awaitable[None]] | None = None

    async def load(self, goals: object, causes: object) -> object:
        return await self.store.load(goals, causes)  # type: ignore[arg-type]  # passed on as it is

    async def highest_goal(self) -> GoalId:
        return await self.store.highest_goal()

    async def commit(self, batch: Batch) -> None:
        if self.before is not None:
            await self.before()
        if self.refusals:
            raise self.refusals.pop(0)
        await self.store.commit(batch)
        self.commits.append(batch)


def full_disk() -> StoreError:
    """What a full disk answers."""
    return StoreError("full", "milepost.db", "the disk is full")
