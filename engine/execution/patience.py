"""Checks of what others bring about: one that does not hold yet is looked at again, not failed after three tries.

Only in a chat, where a goal may take weeks; a program that executes a check wants its answer now.
"""

import datetime as dt
from typing import Final

from engine import events as e
from engine.decisions import Moment
from engine.execution.blocking import on_external
from engine.execution.failures import Failure, FailureKind
from engine.execution.retries import RetryPolicy, jitter_for, next_attempt
from engine.goals import Goal
from engine.tasks import Task, TaskStatus
from engine.values import TaskNumber

LOOKS: Final = RetryPolicy(
    most_attempts=10**9,  # it is time that bounds it
    first_delay=15.0,  # somebody who has just finished watches
    factor=2.0,
    longest_delay=1_800.0,  # half an hour: no burden for a site, and soon enough for a goal of days
    give_up_after=float("inf"),
)
PATIENCE: Final = dt.timedelta(days=1)
"""How long a check is looked at again that nothing else of the goal goes on beside; then a person is asked."""


def looked_again(goal: Goal, task: Task, failure: Failure, moment: Moment) -> list[e.Event]:
    """The next look at a check that does not hold yet, at growing intervals; after long enough, the question why."""
    if moment.now - _alone_since(goal, task, moment.now) >= PATIENCE and not _others_go_on(goal, task):
        days = (moment.now - (task.started_at or moment.now)).days
        times = f"{task.attempts} times in {days} {'day' if days == 1 else 'days'}"
        asked = Failure(
            kind=FailureKind.EXTERNAL,
            message=failure.message,
            how=f"I looked {times}. Mend it, then press «It is resolved» and I look again; or leave the check out.",
        )
        return on_external(goal, task, asked, moment)
    due = next_attempt(
        LOOKS,
        attempts=task.attempts,
        since_first=0.0,
        asked_delay=failure.delay,
        now=moment.now,
        chance=jitter_for(goal.id, task.number, task.attempt_serial),
    )
    return [e.TaskRetryScheduled(task=task.number, error=failure.message, due_at=due or moment.now)]


def _alone_since(goal: Goal, check: Task, now: dt.datetime) -> dt.datetime:
    """Since when the check could hold, as far as can be told: what was done last may have to take effect first."""
    ended = [task.ended_at for task in goal.tasks.values() if task.ended_at is not None]
    return max([check.started_at or now, *ended])


def _others_go_on(goal: Goal, check: Task) -> bool:
    """Whether something is left to do in the goal that does not itself wait for the check."""
    behind = _behind(goal, check.number)
    return any(task.status is not TaskStatus.COMPLETED and task.number not in behind for task in goal.live_tasks)


def _behind(goal: Goal, number: TaskNumber) -> set[TaskNumber]:
    """The task itself, and all that wait for it, directly or not."""
    found = {number}
    while more := {t.number for t in goal.tasks.values() if t.number not in found and found & {*t.depends_on}}:
        found |= more
    return found
