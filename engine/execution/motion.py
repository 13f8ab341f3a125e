"""Whether a goal goes on by itself, and when something next happens in it. Pure."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from engine.coordination.crews import Crew
from engine.execution.jobs import wants_job
from engine.goals import Goal, GoalStatus
from engine.tasks import Task, TaskStatus, WaitingFor
from engine.values import GoalId

_MOVING: Final = frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED})


def children_of(tasks: Iterable[Task]) -> list[GoalId]:
    """The sub-goals that these tasks wait for."""
    return [task.waiting.child for task in tasks if task.waiting is not None and task.waiting.child]


def goes_on(goal: Goal) -> bool:
    """Whether something runs, will run by itself, or is being planned."""
    if goal.has_ended:
        return False
    is_active = goal.status is GoalStatus.ACTIVE
    running, pending = TaskStatus.RUNNING, TaskStatus.PENDING  # a member of an enum is slow to look up
    for task in goal.tasks.values():
        status = task.status
        if status is running or (status is pending and is_active and goal.has_ended_all(task.depends_on)):
            return True
    return wants_job(goal)


def crew_goes_on(goal: Goal, crew: Crew) -> bool:
    """The same of a crew's share of the goal: what nobody of it can do does not go on."""
    if goal.has_ended:
        return False
    if wants_job(goal):
        return True
    is_active = goal.status is GoalStatus.ACTIVE
    for number in crew.share(goal):
        task = goal.tasks[number]
        if task.status is TaskStatus.RUNNING:
            return True
        is_ready = task.status is TaskStatus.PENDING and is_active and goal.has_ended_all(task.depends_on)
        if is_ready and crew.can_do(task):
            return True
    return False


def next_move(goal: Goal, now: dt.datetime) -> dt.datetime | None:
    """When the goal next moves without anybody's help: now, at a retry or the end of a wait; None for never.

    A deadline and a reminder move nothing.
    """
    if goal.has_ended:
        return None
    if wants_job(goal):
        return now
    moves = [move for task in goal.tasks.values() if (move := _task_move(goal, task, now)) is not None]
    return min(moves, default=None)


def _task_move(goal: Goal, task: Task, now: dt.datetime) -> dt.datetime | None:
    match task.status:
        case TaskStatus.RUNNING:
            return now
        case TaskStatus.PENDING if goal.status is GoalStatus.ACTIVE and goal.has_ended_all(task.depends_on):
            return max(task.due_at or now, now)
        case TaskStatus.BLOCKED if task.due_at is not None and goal.status in _MOVING:
            return max(task.due_at, now)
        case TaskStatus.WAITING if task.waiting is not None and goal.status in _MOVING:
            if task.waiting.what is WaitingFor.TIME and task.waiting.until is not None:
                return max(task.waiting.until, now)
    return None
