"""A goal's standing as a typed mapping, for programs and for JSON."""

import datetime as dt
from typing import TypedDict

from engine.blockages import Blockage
from engine.goals import Goal, Milestone
from engine.tasks import TaskStatus
from engine.values import GoalId


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


class GoalStanding(TypedDict):
    """All that is known of a goal's progress. Times are aware, UTC; `progress` is 0 to 1."""

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
    forecast: dt.datetime | None
    reason: str


def milestone_id(goal: GoalId, mark: Milestone) -> str:
    """The id of a mark: `7:25` for a quarter of goal 7, `7:t12` for the checkpoint of its task 12."""
    return f"{goal}:{mark.percent}" if mark.percent else f"{goal}:t{mark.task}"


def standing(goal: Goal, forecast: dt.datetime | None = None) -> GoalStanding:
    """The status of a goal. `forecast` is when it may be done, None where nobody knows."""
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
        forecast=forecast,
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
