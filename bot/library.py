"""Milepost as a Python library: `async with open_executor(database=…) as executor`. Imports no aiogram."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.models.reasoning import with_models
from bot.planning import PlannerOnDemand
from engine.clock import Clock, SystemClock
from engine.errors import EngineError
from engine.executor import AutonomousGoalExecutor
from engine.options import Options, Stores
from engine.planning.learning.school import School
from engine.ports import Planner
from engine.reporting.forecasts import Means, capacities_of
from engine.work.builtin import WorkOptions, builtin_registry
from engine.work.registry import WorkRegistry
from storage.database import Database, open_database

logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_executor(
    database: str | Path = "milepost.db",
    *,
    options: Options | None = None,
    registry: WorkRegistry | None = None,
    clock: Clock | None = None,
    planner: Planner | None = None,
) -> AsyncIterator[AutonomousGoalExecutor]:
    """An executor on a database file, made if it is not there; it runs until the block ends.

    `registry` holds the work functions (default: the built-in ones and those of installed packages). The bot and a
    program may use the same file one after the other, not at once. Raises `StoreError` when the file can't be used.
    """
    clock = clock or SystemClock()
    if registry is None:
        registry = builtin_registry(WorkOptions())
        registry.load_entry_points()
    async with open_database(Path(database), clock=clock) as store:
        school = School(store.queries, clock)
        stores = _stores(store, school)
        options = options or Options()
        planner = planner or _planner(stores, school, registry, options)
        executor = AutonomousGoalExecutor(stores, clock, registry, planner, options)
        async with with_models(executor), running(executor, clock):
            yield executor


@asynccontextmanager
async def running(executor: AutonomousGoalExecutor, clock: Clock) -> AsyncIterator[None]:
    """The executor's loops and its monitor, until the block ends; what the block raises comes out as it is."""
    failure: Exception | None = None  # None unless the caller's block raised
    async with asyncio.TaskGroup() as group:
        group.create_task(executor.run(), name="executor")
        monitor = group.create_task(_monitor(executor, clock), name="monitor")
        try:
            yield
        except Exception as error:
            failure = error
        finally:
            monitor.cancel()
            await executor.stop()
    if failure is not None:
        raise failure


def _stores(store: Database, school: School) -> Stores:
    return Stores(
        ledger=store.ledger,
        queries=store.queries,
        outbox=store.outbox,
        conversations=store.conversations,
        spending=store.spending,
        findings=store.findings,
        runs=store.runs,
        files=store.files,
        workspaces=store.workspaces,
        school=school,
    )


async def _monitor(executor: AutonomousGoalExecutor, clock: Clock) -> None:
    while True:
        await clock.sleep(executor.monitoring_interval)
        try:
            await executor.look_after_goals()
        except EngineError as error:  # a read that failed now is done again in the next round
            logger.error("a round of the monitor failed: %s", error)


def _planner(stores: Stores, school: School, registry: WorkRegistry, options: Options) -> Planner:
    means = Means(workers=options.workers, resources=options.resources)
    capacities = partial(capacities_of, conversations=stores.conversations, means=means)
    return PlannerOnDemand(works=registry.names, folders=options.methods, school=school, capacities=capacities)
