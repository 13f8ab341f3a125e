"""Ties that only the plan's order made: what a task waits for although nothing that is known calls for it.

The criteria of both tasks have to be apart in the sense of the plan's quality check: the usual run of things puts
neither before the other, no words of order tie them, and neither they nor their tasks speak of the same thing. Without
the tie the plan must check out no worse than before.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from engine.goals import Goal
from engine.planning.quality import Circumstances, Quality, Rule, Severity, quality_of, standing_plan
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import TaskNumber

MOST_TIES = 3
"""Ties that one look finds at most: the next look finds the others."""
_RESULTS = frozenset({"agent"})
"""Works that are handed the results of the tasks before them."""
_IN_TURN = frozenset({Rule.EARLY, Rule.LATE, Rule.UNLINKED})
"""Rules about what has to come before what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseTie:
    """A task that could start now but for tasks that it has nothing to do with."""

    task: TaskNumber
    held_by: tuple[TaskNumber, ...]
    depends_on: tuple[TaskNumber, ...]
    """What it would wait for without them; all of that has ended."""


def loose_ties(goal: Goal, now: dt.datetime, quality: Quality | None) -> Iterator[LooseTie]:
    """The first few of them, in the order of the plan."""
    held = [task for task in goal.live_tasks if _may_be_held_for_nothing(goal, task, now)]
    if not held or quality is None:
        return
    apart = _apart(goal, now)
    found = 0
    for task in held:
        tie = _tie(goal, task, apart)
        if tie is not None and not _is_worse(goal, tie, quality, now):
            yield tie
            found += 1
            if found == MOST_TIES:
                return


def _may_be_held_for_nothing(goal: Goal, task: Task, now: dt.datetime) -> bool:
    """Whether it waits for a task of another criterion; the cheap question before the dear one."""
    if task.status is not TaskStatus.PENDING or task.criterion is None or task.work in _RESULTS:
        return False
    if task.due_at is not None and task.due_at > now:
        return False
    return any(
        other.criterion is not None and other.criterion != task.criterion and other.status not in ENDED_TASKS
        for other in (goal.tasks[number] for number in task.depends_on)
    )


def _apart(goal: Goal, now: dt.datetime) -> Collection[tuple[int, int]]:
    from engine.planning.quality.case import read_case  # noqa: PLC0415 - no start is to wait for it
    from engine.planning.quality.seams import criteria_apart  # noqa: PLC0415 - the same

    return criteria_apart(read_case(goal, standing_plan(goal).tasks, Circumstances(now=now)))


def _tie(goal: Goal, task: Task, apart: Collection[tuple[int, int]]) -> LooseTie | None:
    """What holds a task for nothing; None where something that it may need is not done either."""
    decider = task.only_if[0] if task.only_if is not None else None
    dropped: set[TaskNumber] = set()
    left = [number for number in task.depends_on if goal.tasks[number].status not in ENDED_TASKS]
    while left:
        number = left.pop()
        other = goal.tasks[number]
        if number in dropped or other.status in ENDED_TASKS:
            continue
        if number == decider or (task.criterion, other.criterion) not in apart:
            return None  # what it waits for through others counts, too
        dropped.add(number)
        left += other.depends_on
    kept = tuple(number for number in task.depends_on if number not in dropped)
    held_by = tuple(number for number in task.depends_on if number in dropped)
    return LooseTie(task=task.number, held_by=held_by, depends_on=kept) if held_by else None


def _is_worse(goal: Goal, tie: LooseTie, quality: Quality, now: dt.datetime) -> bool:
    """Whether the check of the plan would say more against it without the tie."""
    task = replace(goal.tasks[tie.task], depends_on=tie.depends_on)
    loosened = replace(goal, tasks={**goal.tasks, tie.task: task})
    after = quality_of(loosened, standing_plan(loosened), Circumstances(now=now))
    return _faults(after) > _faults(quality)


def _faults(quality: Quality) -> int:
    return sum(one.severity is Severity.PROBLEM or one.rule in _IN_TURN for one in quality.findings)
