"""A goal's standing as a typed mapping, for programs and for JSON."""

import datetime as dt
from typing import TypedDict

from engine.blockages import Blockage
from engine.goals import Goal, Milestone
from engine.planning.forecasting.model import Forecast
from engine.tasks import TaskStatus
from engine.values import GoalId, task_id

MOST_NAMED = 5
"""Tasks that are named as those that matter most."""


class TaskCounts(TypedDict):
    """How many tasks stand where; `total` leaves out what was superseded."""

    total: int
    pending: int
    running: int
    waiting: int
    blocked: int
    completed: int
    failed: int
    skipped: int
    superseded: int


class MilestoneStatus(TypedDict):
    """A mark and when it was reached; `id` is what `report_milestone` takes."""

    id: str
    percent: int
    name: str
    kind: str
    reached_at: dt.datetime | None


class BlockageStatus(TypedDict):
    """An open blockage; `id` is what `resolve_blockage` takes."""

    id: str
    kind: str
    task: str | None
    description: str
    needed: str
    strategy: str
    tried: list[str]


class PredictedStanding(TypedDict):
    """Something that is likely to get in the way: `kind` says what; odds from 0 to 1."""

    kind: str
    task: str
    odds: float
    takes_hours: float | None
    left_hours: float | None


class ForecastStanding(TypedDict):
    """When it will be done: in 10, 50 and 90 % of the cases before `p10`, `p50` and `p90`. Odds are 0 to 1.

    `on_time_odds` are those of the deadline if nothing fails for good, `deadline_odds` count failing as missing it;
    both are None without a deadline. `matters` are the tasks that the end hangs on most often.
    """

    made_at: dt.datetime
    p10: dt.datetime | None
    p50: dt.datetime | None
    p90: dt.datetime | None
    success_odds: float | None
    deadline_odds: float | None
    on_time_odds: float | None
    assumes: list[str]
    matters: list[str]
    predicted: list[PredictedStanding]


class GoalStanding(TypedDict):
    """All that is known of a goal's progress. Times are aware, UTC; `progress` is 0 to 1.

    `forecast` is the newest of the present plan; None where nobody has looked ahead yet, or nothing is to come.
    """

    id: GoalId
    name: str
    status: str
    progress: float
    plan_version: int
    tasks: TaskCounts
    milestones: list[MilestoneStatus]
    blockages: list[BlockageStatus]
    adaptations: int
    deadline: dt.datetime | None
    forecast: ForecastStanding | None
    reason: str


def milestone_id(goal: GoalId, mark: Milestone) -> str:
    """The id of a mark: `7:25` for a quarter of goal 7, `7:t12` for the checkpoint of its task 12."""
    return f"{goal}:{mark.percent}" if mark.percent else f"{goal}:t{mark.task}"


def standing(goal: Goal, forecast: Forecast | None = None) -> GoalStanding:
    """The status of a goal with its forecast, None where there is none."""
    return GoalStanding(
        id=goal.id,
        name=goal.name,
        status=goal.status.value,
        progress=goal.progress,
        plan_version=goal.plan_version,
        tasks=task_counts(goal),
        milestones=[_milestone(goal.id, mark) for mark in goal.milestones],
        blockages=[_blockage(goal.id, blockage) for blockage in goal.blockages.values()],
        adaptations=goal.adaptations,
        deadline=goal.deadline,
        forecast=foreseen(goal.id, forecast) if forecast is not None else None,
        reason=goal.reason,
    )


def task_counts(goal: Goal) -> TaskCounts:
    """How many of the goal's tasks stand where."""
    by_status = dict.fromkeys(TaskStatus, 0)
    for task in goal.tasks.values():
        by_status[task.status] += 1
    return TaskCounts(
        total=len(goal.tasks) - by_status[TaskStatus.SUPERSEDED],
        pending=by_status[TaskStatus.PENDING],
        running=by_status[TaskStatus.RUNNING],
        waiting=by_status[TaskStatus.WAITING],
        blocked=by_status[TaskStatus.BLOCKED],
        completed=by_status[TaskStatus.COMPLETED],
        failed=by_status[TaskStatus.FAILED],
        skipped=by_status[TaskStatus.SKIPPED],
        superseded=by_status[TaskStatus.SUPERSEDED],
    )


def foreseen(goal: GoalId, forecast: Forecast) -> ForecastStanding:
    """A forecast as a typed mapping."""
    end = forecast.end
    return ForecastStanding(
        made_at=forecast.made_at,
        p10=end.p10 if end is not None else None,
        p50=end.p50 if end is not None else None,
        p90=end.p90 if end is not None else None,
        success_odds=forecast.success_odds,
        deadline_odds=forecast.deadline_odds,
        on_time_odds=forecast.on_time_odds,
        assumes=sorted(one.value for one in forecast.assumes),
        matters=[task_id(goal, one.task) for one in forecast.matters[:MOST_NAMED]],
        predicted=[
            PredictedStanding(
                kind=one.kind.value,
                task=task_id(goal, one.task),
                odds=one.odds,
                takes_hours=one.takes,
                left_hours=one.left,
            )
            for one in forecast.predicted
        ],
    )


def _milestone(goal: GoalId, mark: Milestone) -> MilestoneStatus:
    return MilestoneStatus(
        id=milestone_id(goal, mark),
        percent=mark.percent,
        name=mark.name,
        kind=mark.kind,
        reached_at=mark.reached_at,
    )


def _blockage(goal: GoalId, blockage: Blockage) -> BlockageStatus:
    return BlockageStatus(
        id=f"{goal}:{blockage.number}",
        kind=blockage.kind.value,
        task=f"{goal}.{blockage.task}" if blockage.task is not None else None,
        description=blockage.description,
        needed=blockage.needed,
        strategy=blockage.strategy.value,
        tried=[f"{attempt.what}: {attempt.result}" for attempt in blockage.tried],
    )
