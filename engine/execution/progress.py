"""Progress by weight, and the milestones that it reaches."""

from engine.goals import Goal, Milestone
from engine.tasks import LEFT_OUT_TASKS, TaskStatus

EXACT = 1e-9
"""Weights are sums of fractions: 0.1 + 0.2 must still reach 0.3."""


def progress_of(goal: Goal) -> float:
    """Done weight over live weight, from 0 to 1; 0 while there is nothing to do. Exactly 1 only when all is done."""
    live = done = 0.0
    some_done = some_left = False
    completed, pending = TaskStatus.COMPLETED, TaskStatus.PENDING
    for task in goal.tasks.values():
        status = task.status
        if status is completed:
            weight = task.weight
            some_done = True
            live += weight
            done += weight
        elif status is pending or status not in LEFT_OUT_TASKS:  # `is_live`, without the call
            some_left = True
            live += task.weight
            if task.count:
                done += task.weight * task.fraction
    if some_done and not some_left:
        return 1.0  # whatever the tasks weigh, even nothing
    return min(done / live, 0.999) if live > 0 else 0.0


def milestones_due(goal: Goal, progress: float) -> list[Milestone]:
    """Marks that this progress reaches and that were never reached, in order."""
    due = []
    for mark in goal.milestones:
        if mark.reached_at is not None:
            continue
        if mark.percent:
            if progress + EXACT >= mark.percent / 100:
                due.append(mark)
        elif mark.task is not None and goal.tasks[mark.task].status is TaskStatus.COMPLETED:
            due.append(mark)
    return due
