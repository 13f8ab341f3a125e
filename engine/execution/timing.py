"""Moments that are due: which wake-ups a goal has, and what its deadline does when it comes. Pure."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from engine import events as e
from engine.blockages import BlockageKind
from engine.decisions import Moment
from engine.execution.blocking import raised
from engine.execution.closed_ways import facts_over
from engine.execution.goal_decisions import UNDER_WAY
from engine.goals import Goal, GoalStatus
from engine.passing_facts import next_end
from engine.tasks import Task
from engine.values import GoalId, TaskNumber

GRACE = dt.timedelta(days=1)
"""How long the owner has to name another date."""
WARN_SHARE = 0.1
"""The deadline is near when this share of the whole time is left …"""
WARN_AT_MOST = dt.timedelta(days=3)
"""… but not sooner than this before it."""


def task_moment(task: Task) -> dt.datetime | None:
    """When something is due for a task by itself; None for never."""
    if task.due_at is not None:
        return task.due_at
    if task.waiting is not None:
        return task.waiting.until
    return None


def goal_moment(goal: Goal) -> dt.datetime | None:
    """When something is due for the goal as a whole: its deadline asks for something, or what was said to hold until
    then is over. None for never."""
    due = deadline_moment(goal)
    ends = next_end(goal.metadata) if goal.metadata and not goal.has_ended else None  # asked at every change of a goal
    return ends if due is None or (ends is not None and ends < due) else due


def deadline_moment(goal: Goal) -> dt.datetime | None:
    """When the deadline next asks for something: to warn, to pass, to end the grace. None for never.

    A sub-goal's deadline ranks its tasks and no more: what happens when it passes is decided once, by the goal above.
    """
    if goal.has_ended or goal.status is GoalStatus.DRAFT or goal.parent is not None:
        return None
    if goal.deadline_grace is not None:
        return goal.deadline_grace
    if goal.deadline is None:
        return None
    if not goal.deadline_warned and goal.started_at is not None:
        return min(goal.deadline, warn_at(goal.started_at, goal.deadline))
    return goal.deadline


def warn_at(start: dt.datetime, deadline: dt.datetime) -> dt.datetime:
    """The moment from which a deadline counts as near."""
    return deadline - min((deadline - start) * WARN_SHARE, WARN_AT_MOST)


def moved_wakeups(before: Goal | None, after: Goal, tasks: Collection[TaskNumber]) -> Mapping[str, dt.datetime | None]:
    """Wake-ups that appear, move (with their new moment) or go (None); no other tasks than these have changed.

    An ended goal has none.
    """
    moved: dict[str, dt.datetime | None] = {}
    was_alive = before is not None and not before.has_ended
    alive = not after.has_ended
    if not alive and not was_alive:
        return moved
    old_tasks = before.tasks if before is not None and was_alive else {}
    for number in tasks if was_alive == alive else after.tasks:
        old, task = old_tasks.get(number), after.tasks.get(number)
        old_at = task_moment(old) if old is not None else None
        new_at = task_moment(task) if task is not None and alive else None
        if old_at != new_at:
            moved[f"task:{after.id}.{number}"] = new_at
    old_goal_at = goal_moment(before) if before is not None else None
    new_goal_at = goal_moment(after)
    if old_goal_at != new_goal_at:
        moved[f"goal:{after.id}"] = new_goal_at
    return moved


def parse_subject(subject: str) -> tuple[GoalId, TaskNumber | None]:
    """Goal, and task where there is one, behind a wake-up's subject. Raises `ValueError` for anything else."""
    kind, _, name = subject.partition(":")
    goal, _, number = name.partition(".")
    if kind not in ("goal", "task") or not goal.isdecimal() or (kind == "task" and not number.isdecimal()):
        raise ValueError(f"«{subject}» is no subject of a wake-up")
    return GoalId(int(goal)), TaskNumber(int(number)) if kind == "task" else None


def goal_due(goal: Goal, moment: Moment) -> Sequence[e.Event]:
    """What is due for the goal as a whole now; the one thing first, so that the other follows from it."""
    return facts_over(goal, moment) or deadline_due(goal, moment)


def deadline_due(goal: Goal, moment: Moment) -> Sequence[e.Event]:
    """What the deadline asks for now: a warning, another date within a day, or the end."""
    due = deadline_moment(goal)
    if due is None or due > moment.now or goal.deadline is None:
        return []
    if goal.deadline_grace is not None:
        return [e.GoalFailed(reason="its deadline passed and no other date was set")]
    if goal.deadline > moment.now:
        return [e.DeadlineNear()]
    if goal.chat is None or goal.owner is None:
        return [e.GoalFailed(reason="its deadline passed")]
    until = moment.now + GRACE
    if goal.status not in UNDER_WAY:
        return [e.DeadlinePassed(grace_until=until)]
    blockage = raised(
        goal,
        None,
        BlockageKind.EXTERNAL,
        moment,
        description="the deadline passed",
        needed="another date",
        from_whom="you",
        how=f"Set another date within a day, or the goal fails at {until:%Y-%m-%d %H:%M} UTC.",
    )
    return [e.DeadlinePassed(grace_until=until), e.BlockageRaised(blockage=blockage)]
