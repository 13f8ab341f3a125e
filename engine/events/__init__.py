"""Facts about a goal, past tense, written once. `engine/folding.py` makes a goal and an event into a goal."""

import datetime as dt
import re
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


@cache
def event_name(kind: type[Event]) -> str:
    """The name of an event as the log writes it: `TaskCompleted` is `task_completed`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def event_task(event: Event) -> TaskNumber | None:
    """The task an event is about; None for events about the goal as a whole."""
    number = getattr(event, "task", None)
    if number is None:
        return event.blockage.task if isinstance(event, BlockageRaised) else None
    return event.task.number if isinstance(event, TaskAdded) else number


class Recorded(Struct, frozen=True, kw_only=True, gc=False):
    """An event as it goes into the log: when, from what, and which attempt it ended."""

    event: Event
    at: dt.datetime
    cause: Cause
    closed: Lease | None = None
    """The lease that this event ended; None when it ended none."""
