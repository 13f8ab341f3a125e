"""Facts about a goal, past tense, written once. `engine/folding.py` makes a goal and an event into a goal."""

import datetime as dt
import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import TypeAlias

from msgspec import Struct

from engine.events.about_goals import (
    AdaptationDropped,
    AdaptationNeeded,
    BlockageRaised,
    BlockageResolved,
    BudgetSet,
    DeadlineDoubtful,
    DeadlineNear,
    DeadlinePassed,
    GoalBlocked,
    GoalCancelled,
    GoalCompleted,
    GoalCreated,
    GoalEdited,
    GoalFailed,
    GoalPaused,
    GoalReopened,
    GoalResumed,
    GoalUnblocked,
    MilestoneReached,
    NoteAdded,
    PlanAdapted,
    PlanAdopted,
    PlanMade,
    PlanningStarted,
    ProgressMade,
    RepairProposed,
    RepairRejected,
    ResolutionTried,
    ResourceMissed,
    ResourceRegained,
    StrategySet,
    unedited,
)
from engine.events.about_tasks import (
    AttemptLost,
    CheckFlipped,
    CodeHandedIn,
    CodeWorked,
    MeasureReported,
    MeasureStrayed,
    SubgoalLinked,
    TaskAdded,
    TaskBlocked,
    TaskCameDue,
    TaskCompleted,
    TaskCounted,
    TaskFailed,
    TaskOverran,
    TaskReminded,
    TaskReset,
    TaskRetryScheduled,
    TaskRewired,
    TaskReworded,
    TaskSkipped,
    TasksReordered,
    TaskStarted,
    TaskSuperseded,
    TaskWaiting,
)
from engine.goals import Goal
from engine.tasks import Lease
from engine.values import Cause, TaskNumber

__all__ = [
    "AdaptationDropped",
    "AdaptationNeeded",
    "AttemptLost",
    "BlockageRaised",
    "BlockageResolved",
    "BudgetSet",
    "CheckFlipped",
    "CodeHandedIn",
    "CodeWorked",
    "DeadlineDoubtful",
    "DeadlineNear",
    "DeadlinePassed",
    "Event",
    "GoalBlocked",
    "GoalCancelled",
    "GoalCompleted",
    "GoalCreated",
    "GoalEdited",
    "GoalFailed",
    "GoalPaused",
    "GoalReopened",
    "GoalResumed",
    "GoalUnblocked",
    "MeasureReported",
    "MeasureStrayed",
    "MilestoneReached",
    "NoteAdded",
    "PlanAdapted",
    "PlanAdopted",
    "PlanMade",
    "PlanningStarted",
    "ProgressMade",
    "Recorded",
    "RepairProposed",
    "RepairRejected",
    "ResolutionTried",
    "ResourceMissed",
    "ResourceRegained",
    "StrategySet",
    "SubgoalLinked",
    "TaskAdded",
    "TaskBlocked",
    "TaskCameDue",
    "TaskCompleted",
    "TaskCounted",
    "TaskFailed",
    "TaskOverran",
    "TaskReminded",
    "TaskReset",
    "TaskRetryScheduled",
    "TaskRewired",
    "TaskReworded",
    "TaskSkipped",
    "TaskStarted",
    "TaskSuperseded",
    "TaskWaiting",
    "TasksReordered",
    "event_name",
    "event_task",
    "tasks_of",
    "unedited",
]

Event: TypeAlias = (
    GoalCreated | GoalEdited | PlanningStarted | PlanMade | PlanAdopted | TaskAdded | TaskReworded | TaskRewired
    | TasksReordered | TaskStarted | TaskWaiting | TaskReminded | TaskCounted | TaskCompleted | TaskRetryScheduled
    | AttemptLost | TaskCameDue | TaskOverran | MeasureReported | MeasureStrayed | CheckFlipped
    | TaskFailed | TaskBlocked | TaskReset | TaskSkipped | TaskSuperseded | SubgoalLinked
    | CodeHandedIn | CodeWorked
    | BlockageRaised | ResolutionTried | BlockageResolved | ResourceMissed | ResourceRegained
    | ProgressMade | NoteAdded | MilestoneReached
    | AdaptationNeeded | AdaptationDropped | RepairProposed | RepairRejected | PlanAdapted
    | GoalBlocked | GoalUnblocked | GoalPaused | GoalResumed | GoalCompleted | GoalFailed | GoalCancelled
    | GoalReopened | DeadlineNear | DeadlineDoubtful | DeadlinePassed | StrategySet | BudgetSet
)  # fmt: skip


_OF_ALL_TASKS = frozenset({GoalCreated, GoalEdited, PlanMade, TasksReordered})
"""Events that may change any task. All others change the one that they are about (`event_task`), or none."""


@cache
def event_name(kind: type[Event]) -> str:
    """The name of an event as the log writes it: `TaskCompleted` is `task_completed`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def event_task(event: Event) -> TaskNumber | None:
    """The task an event is about; None for events about the goal as a whole."""
    if type(event) is TaskAdded:  # it is asked of every event, and `isinstance` is slow where the answer is no
        return event.task.number
    if type(event) is BlockageRaised:
        return event.blockage.task
    return getattr(event, "task", None)


def tasks_of(events: Iterable[Event], before: Goal | None, after: Goal) -> Collection[TaskNumber]:
    """The tasks that these events may have changed on the way from `before` to `after`: the others are as they were."""
    numbers: dict[TaskNumber, None] = {}
    for event in events:
        if type(event) in _OF_ALL_TASKS:
            return after.tasks.keys() if before is None else dict.fromkeys([*after.tasks, *before.tasks]).keys()
        number = event_task(event)
        if number is not None:
            numbers[number] = None
    return numbers.keys()


class Recorded(Struct, frozen=True, kw_only=True, gc=False):
    """An event as it goes into the log: when, from what, and which attempt it ended."""

    event: Event
    at: dt.datetime
    cause: Cause
    closed: Lease | None = None
    """The lease that this event ended; None when it ended none."""
