"""Facts about a goal, past tense, written once. `engine/folding.py` makes a goal and an event into a goal."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.goals import Goal, Milestone, Priority
from engine.plans import AdaptationNeed, Plan, Repair
from engine.tasks import Lease, Outcome, Task, Waiting
from engine.values import BlockageNumber, Cause, GoalId, TaskNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalCreated:
    """A goal came to be, as `goal`."""

    goal: Goal


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalEdited:
    """The wording, criteria, priority or deadline of a goal changed; all five are the new values."""

    name: str
    description: str
    criteria: tuple[str, ...]
    priority: Priority
    deadline: dt.datetime | None  # None for no deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningStarted:
    """The goal said enough to be planned (again)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    """A plan is there and waits for approval; `tasks` replace all that has not completed."""

    version: int
    plan: Plan
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAdopted:
    """A person (or the parent goal) said go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAdded:
    """A task joined the plan."""

    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReworded:
    """A task got another title or description."""

    task: TaskNumber
    title: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRewired:
    """A task depends on other tasks than before."""

    task: TaskNumber
    depends_on: tuple[TaskNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksReordered:
    """The live tasks are shown and preferred in this order."""

    order: tuple[TaskNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStarted:
    """An attempt began and holds the lease."""

    task: TaskNumber
    lease: Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWaiting:
    """The task waits for a person, a time or a sub-goal, and holds no slot."""

    task: TaskNumber
    waiting: Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReminded:
    """The person was reminded of a waiting task; the next reminder is due at `until`."""

    task: TaskNumber
    until: dt.datetime | None  # None: no further one


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounted:
    """So many of a counted task's steps are done now."""

    task: TaskNumber
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted:
    """The task is done."""

    task: TaskNumber
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRetryScheduled:
    """The attempt failed and another one is due at `due_at`."""

    task: TaskNumber
    error: str
    due_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCameDue:
    """The moment that a pending task was held back for has come."""

    task: TaskNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLost:
    """The attempt's process died, or its lease ran out; it does not count as a try."""

    task: TaskNumber
    in_order: bool = False  # True when the program was stopped on purpose: no sign that the task kills it


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFailed:
    """The task has no tries left, or trying again would not help. `outcome` is there when it fell short."""

    task: TaskNumber
    error: str
    outcome: Outcome | None = None  # None when nothing came out


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskBlocked:
    """The task can't go on; its blockage says why. `due_at` is when to look again by itself."""

    task: TaskNumber
    due_at: dt.datetime | None = None  # None: only a resolution lifts it


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReset:
    """The task may be tried afresh. `revived` when an adaptation did it."""

    task: TaskNumber
    why: str
    revived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSkipped:
    """The task is left out."""

    task: TaskNumber
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSuperseded:
    """A newer plan does without the task."""

    task: TaskNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgoalLinked:
    """The task waits for this goal."""

    task: TaskNumber
    child: GoalId


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockageRaised:
    """Something holds a task up."""

    blockage: Blockage


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionTried:
    """Something was tried against a blockage."""

    number: BlockageNumber
    attempt: ResolutionAttempt


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockageResolved:
    """A blockage is gone."""

    number: BlockageNumber
    resolution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressMade:
    """The done weight over the live weight changed (it may fall when a plan grows)."""

    progress: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded:
    """An observation kept with the progress."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReached:
    """A mark was reached, for the first and only time."""

    milestone: Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationNeeded:
    """The plan no longer fits; a repair is to be worked out."""

    need: AdaptationNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationDropped:
    """The adaptation that was due is not going to be made."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairProposed:
    """A repair that makes the goal larger waits for approval as plan `version`."""

    version: int
    need: AdaptationNeed
    repair: Repair


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRejected:
    """The person keeps the plan as it is."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAdapted:
    """The plan went from one version to the next; `kept` had completed and stays. The task events follow it."""

    number: int
    old_version: int
    new_version: int
    need: AdaptationNeed
    repair: Repair
    kept: tuple[TaskNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalBlocked:
    """Nothing can go on before a blockage is resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalUnblocked:
    """Something can go on again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalPaused:
    """A person paused it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalResumed:
    """A person let it go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalCompleted:
    """Every live task is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFailed:
    """It can't be reached as planned; `reason` says why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalCancelled:
    """A person (or the parent goal) called it off."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalReopened:
    """A person took it up again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineNear:
    """The deadline is close and the goal is not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePassed:
    """The deadline passed; the owner may name another until `grace_until`."""

    grace_until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategySet:
    """From now on blockages of this kind are met in this way."""

    kind: BlockageKind
    strategy: Strategy


Event: TypeAlias = (
    GoalCreated | GoalEdited | PlanningStarted | PlanMade | PlanAdopted
    | TaskAdded | TaskReworded | TaskRewired | TasksReordered
    | TaskStarted | TaskWaiting | TaskReminded | TaskCounted | TaskCompleted | TaskRetryScheduled
    | AttemptLost | TaskCameDue
    | TaskFailed | TaskBlocked | TaskReset | TaskSkipped | TaskSuperseded | SubgoalLinked
    | BlockageRaised | ResolutionTried | BlockageResolved | ProgressMade | NoteAdded | MilestoneReached
    | AdaptationNeeded | AdaptationDropped | RepairProposed | RepairRejected | PlanAdapted
    | GoalBlocked | GoalUnblocked | GoalPaused | GoalResumed | GoalCompleted | GoalFailed | GoalCancelled
    | GoalReopened | DeadlineNear | DeadlinePassed | StrategySet
)  # fmt: skip


@cache
def event_name(kind: type[Event]) -> str:
    """The name of an event as the log writes it: `TaskCompleted` is `task_completed`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def event_task(event: Event) -> TaskNumber | None:
    """The task an event is about; None for events about the goal as a whole."""
    match event:
        case TaskAdded(task=task):
            return task.number
        case BlockageRaised(blockage=blockage):
            return blockage.task
        case _:
            number: TaskNumber | None = getattr(event, "task", None)
            return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as it goes into the log: when, from what, and which attempt it ended."""

    event: Event
    at: dt.datetime
    cause: Cause
    closed: Lease | None = None
    """The lease that this event ended; None when it ended none."""
