"""Facts about one task of a goal, past tense, written once."""

import datetime as dt

from msgspec import Struct

from engine.coding.records import CommandRun, FileTouch
from engine.tasks import Lease, Outcome, Task, Waiting
from engine.values import GoalId, TaskNumber


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
    criterion: int | None = None  # the criterion that it serves from now on; None where that stays as it is


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
    outcome: Outcome | None = None  # what came out, where that is to be looked at; None where nothing did


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
    """The task can't go on; its blockage says why. `due_at` is when to look again by itself."""

    task: TaskNumber
    due_at: dt.datetime | None = None  # None: only a resolution lifts it
    doubtful: bool = False  # True: its last attempt was cut off, and only a person can tell how far it came


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


class CodeHandedIn(Struct, frozen=True, kw_only=True, gc=False):
    """A person handed in code for a task that waited for it; it is kept, and an attempt is to try it."""

    task: TaskNumber
    summary: str
    outcome: Outcome


class CodeWorked(Struct, frozen=True, kw_only=True, gc=False):
    """An attempt touched files of a repository, or ran commands on them; all of it, in order."""

    task: TaskNumber | None  # None for what a person did beside all tasks
    summary: str
    touches: tuple[FileTouch, ...]
    runs: tuple[CommandRun, ...]
    more: int = 0
    """So many more of both, which are not listed."""
