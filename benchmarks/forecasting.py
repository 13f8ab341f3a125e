"""How long a forecast takes: a project of hundreds of tasks, from the goal as it is stored to its range of ends."""

import datetime as dt
import random
from time import perf_counter

from benchmarks.figures import Figure, Wanted, quantile
from benchmarks.sizes import Sizes
from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.durations import LogNormal
from engine.planning.forecasting.forecast import SAMPLES, forecast
from engine.planning.forecasting.from_goal import Known, problem_of
from engine.planning.forecasting.model import Calendar, Capacities, Forecast, Person, Resource
from engine.tasks import Estimate, Task
from engine.values import GoalId, TaskNumber

TASKS = 200
WIDTH = 25
"""Tasks go on side by side about so many at a time."""
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
WORKS = ("person", "person", "person", "command", "http_check", "wait", "decide")
CAPACITIES = Capacities(
    slots=4,
    resources={"gpu": Resource(capacity=1)},
    people={"": Person(calendar=Calendar(zone="Europe/Berlin", quiet_from=22, quiet_to=7))},
)


def measure(sizes: Sizes) -> list[Figure]:
    """What somebody waits for who looks at a goal's forecast, numpy loaded already; and a goal five times as large."""
    calls = max(sizes.samples // 10, 2)
    project = sorted(_taken(project_of(TASKS), calls))
    large = sorted(_taken(project_of(5 * TASKS), max(calls // 5, 2)))
    name = f"forecast of {TASKS} tasks, {SAMPLES:,} cases"
    return [
        Figure(name=f"{name}, p50", unit="ms", value=quantile(project, 0.50), wanted=Wanted(bound=100.0)),
        Figure(name=f"{name}, p99", unit="ms", value=quantile(project, 0.99)),
        Figure(name=f"forecast of {5 * TASKS:,} tasks, p50", unit="ms", value=quantile(large, 0.50)),
    ]


def _taken(project: tuple[Goal, Known], calls: int) -> list[float]:
    _look_at(project, 0)  # the first one loads numpy
    taken = []
    for seed in range(calls):
        begin = perf_counter()
        _look_at(project, seed)
        taken.append((perf_counter() - begin) * 1000)
    return taken


def _look_at(project: tuple[Goal, Known], seed: int) -> Forecast:
    goal, known = project
    return forecast(problem_of(goal, NOW, known, CAPACITIES), seed=seed)


def project_of(count: int) -> tuple[Goal, Known]:
    """A goal of so many tasks that has just begun, and what was learned of half of them."""
    dice = random.Random(count)
    tasks = [_task(TaskNumber(number), dice) for number in range(1, count + 1)]
    learned = {
        task.number: LogNormal(median=task.estimate.likely * 1.3, sigma=dice.uniform(0.3, 0.9), freedom=8.0)
        for task in tasks
        if task.work != "wait" and dice.random() < 0.5
    }
    odds = {task.number: dice.choice([0.8, 0.95, 0.99]) for task in tasks if task.work in ("command", "http_check")}
    goal = Goal(
        id=GoalId(1),
        name="Build the observatory",
        deadline=NOW + dt.timedelta(days=count / 10),
        status=GoalStatus.ACTIVE,
        tasks={task.number: task for task in tasks},
        created_at=NOW,
        updated_at=NOW,
        started_at=NOW,
    )
    return goal, Known(odds=odds, durations=learned, answer=LogNormal(median=5.0, sigma=1.0))


def _task(number: TaskNumber, dice: random.Random) -> Task:
    work = dice.choice(WORKS)
    likely = dice.choice([1, 2, 4, 8, 16, 48]) * dice.uniform(0.7, 1.3)
    first = max(1, number - WIDTH)
    before = {TaskNumber(dice.randrange(first, number)) for _ in range(dice.randint(0, 2)) if number > 1}
    return Task(
        number=number,
        title=f"Step {number}",
        work=work,
        inputs={"seconds": round(likely * 3600)} if work == "wait" else {},
        depends_on=tuple(sorted(before)),
        position=number,
        estimate=Estimate(low=likely / 2, likely=likely, high=likely * 3),
        resources=("gpu",) if work == "command" and dice.random() < 0.5 else (),
    )
