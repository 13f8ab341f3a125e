"""What is benchmarked on: goals of no-op tasks, plans that cost nothing to make, and a database full of goals."""

import asyncio
import datetime as dt
import sqlite3
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from pathlib import Path

from bot.library import open_executor
from engine.commands import Origin
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.options import Options
from engine.plans import AdaptationNeed, KeptPlan, Plan, PlannedTask, Repair
from engine.values import ChatId, UserId
from engine.work.builtin import WorkOptions, builtin_registry
from engine.work.registry import Work, WorkContext, WorkRegistry

OWNER = UserId(1)
"""The person who talks to the bot of the start-up figures; the first chat is theirs."""
GOALS_A_CHAT = 100
TOGETHER = 500
"""Goals prepared side by side: enough for group commits, few enough to stay small."""
CRITERIA = (
    "Research three competing products and write down what they charge",
    "Design the landing page",
    "Develop the sign-up form after the design",
    "Recruit 20 beta users",
    "Run the beta for 2 weeks",
    "Achieve 500 signups",
    "https://example.com answers 200",
    "Decide whether the paid plan is profitable",
    "Deploy to production if profitable",
    "Monitor errors for 1 week, then write a report",
)
"""Ten criteria of different kinds, as people write them."""


async def _nothing(_context: WorkContext) -> None:
    return None


def registry() -> WorkRegistry:
    """The built-in works, and `noop`, which does nothing."""
    works = builtin_registry(WorkOptions())
    works.add(Work(name="noop", summary="Nothing.", run=_nothing))
    return works


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPlanner:
    """The same plan for every goal: so many tasks of one work, each after the one before."""

    tasks: int
    work: str

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """The plan."""
        tasks = tuple(
            PlannedTask(key=f"t{n}", title=f"Step {n}", work=self.work, after=(f"t{n - 1}",) if n else ())
            for n in range(self.tasks)
        )
        return Plan(tasks=tasks, source="benchmark")

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """Nothing: no-op tasks don't fail."""
        return Repair()


def open_chains(
    database: Path, *, tasks: int, work: str = "noop", workers: int = 4
) -> AbstractAsyncContextManager[AutonomousGoalExecutor]:
    """An executor whose goals are all chains of so many tasks."""
    planner = ChainPlanner(tasks=tasks, work=work)
    return open_executor(database, options=Options(workers=workers), registry=registry(), planner=planner)


async def prepare(database: Path, goals: int, tasks: int) -> None:
    """Fill a database with active goals of chats, a hundred a chat; the first task of each waits for its person.

    What was to be told of them counts as told: the bot that opens it has nothing to catch up with.
    """
    async with open_chains(database, tasks=tasks, work="person") as executor:
        for first in range(0, goals, TOGETHER):
            numbers = range(first, min(first + TOGETHER, goals))
            await asyncio.gather(*(_active_goal(executor, number) for number in numbers))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE outbox SET status = 'sent', settled_at = created_at")


async def _active_goal(executor: AutonomousGoalExecutor, number: int) -> None:
    owner = OWNER + number // GOALS_A_CHAT
    goal = await executor.set_goal(
        f"Goal number {number}",
        "Something worth doing, in a sentence or two.",
        [f"Step {n} is done" for n in range(5)],
        origin=Origin(chat=ChatId(owner), owner=UserId(owner)),
    )
    await executor.decompose_goal(goal)
    await executor.start_goal(goal)
