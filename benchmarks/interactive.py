"""What a person waits for, one call after the other, on a database that already holds thousands of goals."""

import random
import statistics
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure, Wanted, quantile
from benchmarks.sizes import Sizes
from benchmarks.workload import CRITERIA
from bot.library import open_executor
from engine.clock import SystemClock
from engine.executor import AutonomousGoalExecutor
from engine.planning.method_planner import MethodPlanner
from engine.planning.methods.sources import load_libraries
from engine.planning.requests import PlanRequest
from engine.values import GoalId

PLANS = 20
"""Plans behind each median: one takes milliseconds, not microseconds."""


async def measure(database: Path, sizes: Sizes) -> list[Figure]:
    """Creation, status, progress and decomposition. `database` is a prepared one; goals are added to it."""
    dice = random.Random(1)
    stored = range(1, sizes.stored + 1)
    async with open_executor(database) as executor:

        async def create() -> None:
            await executor.set_goal("One more goal", success_criteria=CRITERIA)

        async def status() -> None:
            await executor.get_goal_status(GoalId(dice.choice(stored)))

        async def progress() -> None:
            await executor.track_progress(GoalId(dice.choice(stored)), "went well today")

        figures = [
            *await _percentiles("goal creation", create, sizes.samples, 20.0),
            *await _percentiles("goal status", status, sizes.samples, 5.0),
            *await _percentiles("progress with a note", progress, sizes.samples, 20.0),
            await _decomposition(executor),
        ]
        return [*figures, await _planner_alone(executor)]


async def _percentiles(name: str, call: Callable[[], Awaitable[None]], samples: int, limit: float) -> list[Figure]:
    await call()  # what is loaded or prepared once is not what a person waits for each time
    taken = []
    for _ in range(samples):
        begin = perf_counter()
        await call()
        taken.append((perf_counter() - begin) * 1000)
    return [
        Figure(name=f"{name}, p50", unit="ms", value=quantile(taken, 0.50)),
        Figure(name=f"{name}, p99", unit="ms", value=quantile(taken, 0.99), wanted=Wanted(bound=limit)),
    ]


async def _decomposition(executor: AutonomousGoalExecutor) -> Figure:
    taken = []
    for number in range(PLANS):
        goal = await executor.set_goal(f"Launch the product, take {number}", success_criteria=CRITERIA)
        begin = perf_counter()
        await executor.decompose_goal(goal)
        taken.append((perf_counter() - begin) * 1000)
    value = statistics.median(taken)
    return Figure(name="decomposition of ten criteria, committed", unit="ms", value=value, wanted=Wanted(bound=50.0))


async def _planner_alone(executor: AutonomousGoalExecutor) -> Figure:
    goal = await executor.goal(await executor.set_goal("Launch the product", success_criteria=CRITERIA))
    request = PlanRequest(goal=goal, now=SystemClock().now())
    planner = MethodPlanner(load_libraries())
    taken = []
    for _ in range(PLANS):
        begin = perf_counter()
        planner.plan(request)
        taken.append((perf_counter() - begin) * 1000)
    value = statistics.median(taken)
    return Figure(
        name="decomposition of ten criteria, planner alone", unit="ms", value=value, wanted=Wanted(bound=50.0)
    )
