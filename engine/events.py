"""Facts about a goal, past tense, written once. `engine/folding.py` makes a goal and an event into a goal."""

import datetime as dt
import re
from functools import cache
from typing import TypeAlias

from msgspec import Struct

from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.goals import Goal, Milestone, Priority
from engine.money import Cap
from engine.plans import AdaptationNeed, Plan, Repair
from engine.tasks import Lease, Outcome, Task, Waiting
from engine.values import BlockageNumber, Cause, GoalId, JsonObject, TaskNumber


class GoalCreated(Struct, frozen=True, kw_only=True, gc=False):
    """A goal came to be, as `goal`."""

    goal: Goal


class GoalEdited(Struct, frozen=True, kw_only=True, gc=False):
    """The wording, criteria, priority, deadline or metadata of a goal changed; all are the new values."""

    name: str
    description: str
    criteria: tuple[str, ...]
    priority: Priority
    deadline: dt.datetime | None  # None for no deadline
    metadata: JsonObject | None = None
    """What is known of the goal besides, all of it; None where that stays as it is."""


class PlanningStarted(Struct, frozen=True, kw_only=True, gc=False):
    """The goal said enough to be planned (again)."""


class PlanMade(Struct, frozen=True, kw_only=True, gc=False):
    """A plan is there and waits for approval; `tasks` replace all that has not completed."""

    version: int
    plan: Plan
    tasks: tuple[Task, ...]


class PlanAdopted(Struct, frozen=True, kw_only=True, gc=False):
    """A person (or the parent goal) said go."""


class TaskAdded(Struct, frozen=True, kw_only=True, gc=False):
    """A task joined the plan."""

    task: Task


class TaskReworded(Struct, frozen=True, kw_only=True, gc=False):
    """A task got another title or description."""

    task: TaskNumber
    title: str
    description: str


class TaskRewired(Struct, frozen=True, kw_only=True, gc=False):
    """A task depends on other tasks than before."""

    task: TaskNumber
    depends_on: tuple[TaskNumber, ...]


class TasksReordered(Struct, frozen=True, kw_only=True, gc=False):
    """The live tasks are shown and preferred in this order."""

    order: tuple[TaskNumber, ...]


class TaskStarted(Struct, frozen=True, kw_only=True, gc=False):
    """An attempt began and holds the lease."""

    task: TaskNumber
    lease: Lease


class TaskWaiting(Struct, frozen=True, kw_only=True, gc=False):
    """The task waits for a person, a time or a sub-goal, and holds no slot."""

    task: TaskNumber
    waiting: Waiting


class TaskReminded(Struct, frozen=True, kw_only=True, gc=False):
    """The person was reminded of a waiting task; the next reminder is due at `until`."""

    task: TaskNumber
    until: dt.datetime | None  # None: no further one


class TaskCounted(Struct, frozen=True, kw_only=True, gc=False):
    """So many of a counted task's steps are done now."""

    task: TaskNumber
    count: int


class TaskCompleted(Struct, frozen=True, kw_only=True, gc=False):
    """The task is done."""

    task: TaskNumber
    outcome: Outcome


class TaskRetryScheduled(Struct, frozen=True, kw_only=True, gc=False):
    """The attempt failed and another one is due at `due_at`."""

    task: TaskNumber
    error: str
    due_at: dt.datetime


class TaskCameDue(Struct, frozen=True, kw_only=True, gc=False):
    """The moment that a pending task was held back for has come."""

    task: TaskNumber


class AttemptLost(Struct, frozen=True, kw_only=True, gc=False):
    """The attempt's process died, or its lease ran out; it does not count as a try."""

    task: TaskNumber
    in_order: bool = False  # True when the program was stopped on purpose: no sign that the task kills it


class TaskFailed(Struct, frozen=True, kw_only=True, gc=False):
    """The task has no tries left, or trying again would not help. `outcome` is there when it fell short."""

    task: TaskNumber
    error: str
    outcome: Outcome | None = None  # None when nothing came out


class TaskBlocked(Struct, frozen=True, kw_only=True, gc=False):
    """The task can't go on; its blockage says why. `due_at` is when to look again by itself.

    `doubtful`: its last attempt was cut off, and only a person can tell how far it came.
    """

    task: TaskNumber
    due_at: dt.datetime | None = None  # None: only a resolution lifts it
    doubtful: bool = False


class TaskOverran(Struct, frozen=True, kw_only=True, gc=False):
    """The task has gone on for `hours`; nine of ten of its kind are done within `usual`."""

    task: TaskNumber
    hours: float
    usual: float


class MeasureReported(Struct, frozen=True, kw_only=True, gc=False):
    """A number was reported that does not reach the target yet."""

    task: TaskNumber
    value: float


class MeasureStrayed(Struct, frozen=True, kw_only=True, gc=False):
    """The number is off the way to its target: it should have been at `expected` by now."""

    task: TaskNumber
    value: float
    expected: float


class CheckFlipped(Struct, frozen=True, kw_only=True, gc=False):
    """What a completed check had found no longer holds; `summary` says what is found now."""

    task: TaskNumber
    summary: str


class TaskReset(Struct, frozen=True, kw_only=True, gc=False):
    """The task may be tried afresh. `revived` when an adaptation did it."""

    task: TaskNumber
    why: str
    revived: bool = False


class TaskSkipped(Struct, frozen=True, kw_only=True, gc=False):
    """The task is left out."""

    task: TaskNumber
    why: str


class TaskSuperseded(Struct, frozen=True, kw_only=True, gc=False):
    """A newer plan does without the task."""

    task: TaskNumber


class SubgoalLinked(Struct, frozen=True, kw_only=True, gc=False):
    """The task waits for this goal."""

    task: TaskNumber
    child: GoalId


class BlockageRaised(Struct, frozen=True, kw_only=True, gc=False):
    """Something holds a task up."""

    blockage: Blockage


class ResolutionTried(Struct, frozen=True, kw_only=True, gc=False):
    """Something was tried against a blockage."""

    number: BlockageNumber
    attempt: ResolutionAttempt


class BlockageResolved(Struct, frozen=True, kw_only=True, gc=False):
    """A blockage is gone."""

    number: BlockageNumber
    resolution: str


class ProgressMade(Struct, frozen=True, kw_only=True, gc=False):
    """The done weight over the live weight changed (it may fall when a plan grows)."""

    progress: float


class NoteAdded(Struct, frozen=True, kw_only=True, gc=False):
    """An observation kept with the progress."""

    note: str


class MilestoneReached(Struct, frozen=True, kw_only=True, gc=False):
    """A mark was reached, for the first and only time."""

    milestone: Milestone


class AdaptationNeeded(Struct, frozen=True, kw_only=True, gc=False):
    """The plan no longer fits; a repair is to be worked out."""

    need: AdaptationNeed


class AdaptationDropped(Struct, frozen=True, kw_only=True, gc=False):
    """The adaptation that was due is not going to be made."""

    why: str


class RepairProposed(Struct, frozen=True, kw_only=True, gc=False):
    """A repair that makes the goal larger waits for approval as plan `version`."""

    version: int
    need: AdaptationNeed
    repair: Repair


class RepairRejected(Struct, frozen=True, kw_only=True, gc=False):
    """The person keeps the plan as it is; or the proposal was withdrawn, because something has failed since."""

    version: int
    withdrawn: str = ""
    """Why it was withdrawn; empty when the person said no."""


class PlanAdapted(Struct, frozen=True, kw_only=True, gc=False):
    """The plan went from one version to the next; `kept` had completed and stays. The task events follow it."""

    number: int
    old_version: int
    new_version: int
    need: AdaptationNeed
    repair: Repair
    kept: tuple[TaskNumber, ...]


class GoalBlocked(Struct, frozen=True, kw_only=True, gc=False):
    """Nothing can go on before a blockage is resolved."""


class GoalUnblocked(Struct, frozen=True, kw_only=True, gc=False):
    """Something can go on again."""


class GoalPaused(Struct, frozen=True, kw_only=True, gc=False):
    """A person paused it."""

    reason: str


class GoalResumed(Struct, frozen=True, kw_only=True, gc=False):
    """A person let it go on."""

    reason: str = ""


class GoalCompleted(Struct, frozen=True, kw_only=True, gc=False):
    """Every live task is done."""


class GoalFailed(Struct, frozen=True, kw_only=True, gc=False):
    """It can't be reached as planned; `reason` says why."""

    reason: str


class GoalCancelled(Struct, frozen=True, kw_only=True, gc=False):
    """A person (or the parent goal) called it off."""

    reason: str


class GoalReopened(Struct, frozen=True, kw_only=True, gc=False):
    """A person took it up again."""

    reason: str


class DeadlineNear(Struct, frozen=True, kw_only=True, gc=False):
    """The deadline is close and the goal is not done."""


class DeadlineDoubtful(Struct, frozen=True, kw_only=True, gc=False):
    """By the forecast of plan `version` the deadline holds with `odds` only; the end is likely around `likely`."""

    version: int
    odds: float
    likely: dt.datetime


class DeadlinePassed(Struct, frozen=True, kw_only=True, gc=False):
    """The deadline passed; the owner may name another until `grace_until`."""

    grace_until: dt.datetime


class StrategySet(Struct, frozen=True, kw_only=True, gc=False):
    """From now on blockages of this kind are met in this way."""

    kind: BlockageKind
    strategy: Strategy


class BudgetSet(Struct, frozen=True, kw_only=True, gc=False):
    """From now on the goal may cost so much, with all that serve it."""

    budget: Cap | None  # None: what the operator allows each goal


Event: TypeAlias = (
    GoalCreated | GoalEdited | PlanningStarted | PlanMade | PlanAdopted
    | TaskAdded | TaskReworded | TaskRewired | TasksReordered
    | TaskStarted | TaskWaiting | TaskReminded | TaskCounted | TaskCompleted | TaskRetryScheduled
    | AttemptLost | TaskCameDue
    | TaskOverran | MeasureReported | MeasureStrayed | CheckFlipped
    | TaskFailed | TaskBlocked | TaskReset | TaskSkipped | TaskSuperseded | SubgoalLinked
    | BlockageRaised | ResolutionTried | BlockageResolved | ProgressMade | NoteAdded | MilestoneReached
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
