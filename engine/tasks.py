"""One step of a plan: its statuses, what was expected of it and what came out."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct, field

from engine.errors import IllegalMoveError
from engine.values import BootId, GoalId, JsonObject, JsonValue, TaskNumber


class TaskStatus(StrEnum):
    """Where a task stands; `TASK_MOVES` says where it may go."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"


_S = TaskStatus
TASK_MOVES: dict[TaskStatus, frozenset[TaskStatus]] = {
    _S.PENDING: frozenset({_S.RUNNING, _S.WAITING, _S.BLOCKED, _S.COMPLETED, _S.SKIPPED, _S.SUPERSEDED}),
    _S.RUNNING: frozenset({_S.COMPLETED, _S.WAITING, _S.PENDING, _S.FAILED, _S.BLOCKED, _S.SKIPPED, _S.SUPERSEDED}),
    _S.WAITING: frozenset({_S.RUNNING, _S.PENDING, _S.COMPLETED, _S.FAILED, _S.BLOCKED, _S.SKIPPED, _S.SUPERSEDED}),
    _S.BLOCKED: frozenset({_S.PENDING, _S.COMPLETED, _S.SKIPPED, _S.SUPERSEDED}),
    _S.FAILED: frozenset({_S.PENDING, _S.COMPLETED, _S.SKIPPED, _S.SUPERSEDED}),
    _S.SKIPPED: frozenset({_S.PENDING, _S.SUPERSEDED}),
    _S.COMPLETED: frozenset(),
    _S.SUPERSEDED: frozenset(),
}

UNKNOWN_ODDS = 0.9
"""The odds of a task that no library knows: added by hand, or planned by a program. Most of what people list gets done;
what came of such tasks moves it as soon as there is something to go by, as it does a library's own figure."""

LEFT_OUT_TASKS = frozenset({TaskStatus.SKIPPED, TaskStatus.SUPERSEDED})
ENDED_TASKS = frozenset({_S.COMPLETED, _S.SKIPPED, _S.SUPERSEDED})
"""Statuses that nothing more is to happen in; a task behind such a one may run."""


def check_task_move(old: TaskStatus, new: TaskStatus) -> None:
    """Raise `IllegalMoveError` unless a task may go from `old` to `new`."""
    if new not in TASK_MOVES[old]:
        raise IllegalMoveError("a task", old, new)


class WaitingFor(StrEnum):
    """What a waiting task waits for; it holds no slot, lease or timeout meanwhile."""

    PERSON = "person"
    TIME = "time"
    SUBGOAL = "subgoal"
    DECISION = "decision"
    MEASURE = "measure"
    JUDGEMENT = "judgement"
    """What came out is words; a judge is to say whether it is what was expected."""
    APPROVAL = "approval"
    """The run behind it asks before it does something; the answer starts a new attempt on that run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How long a task takes, in hours of elapsed time, as three points."""

    low: float
    likely: float
    high: float

    @property
    def mean(self) -> float:
        """The PERT mean, in hours."""
        return (self.low + 4 * self.likely + self.high) / 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What should come out of a task: words for people, and a target where a number can tell."""

    summary: str
    target: float | None = None
    """The number to reach; None where only words can check."""
    unit: str = ""
    at_most: bool = False
    """True when the number must stay at or under the target, such as a cost or a weight."""


class Judgement(Struct, frozen=True, kw_only=True, gc=False):
    """What a judge says of an outcome that only words can check."""

    deviation: float
    """How far it is from what was expected: 0 as hoped, 1 not at all."""
    confidence: float
    """How sure the judge is, from 0 to 1; 0 where it could not tell at all."""
    reason: str
    awaited: bool = False
    """Whether nobody has judged yet, for want of money or of a model that answers: once there is, it is judged."""


class Outcome(Struct, frozen=True, kw_only=True, gc=False):
    """What came out of an attempt, beside what was expected."""

    summary: str
    value: JsonValue = None
    deviation: float = 0.0
    """How far it is from what was expected: 0 as hoped, 1 not at all."""
    artefacts: tuple[str, ...] = ()
    """Paths or addresses of what was made."""
    by_person: bool = False
    judgement: Judgement | None = None
    """What a judge said of it; None where none was asked."""


class Waiting(Struct, frozen=True, kw_only=True, gc=False):
    """Why a task waits: for whom or what, since when, and until when at the longest."""

    what: WaitingFor
    since: dt.datetime
    until: dt.datetime | None = None
    """When it comes due by itself; None waits for as long as it takes."""
    child: GoalId | None = None
    """The sub-goal it waits for; None for all other kinds, and until the sub-goal exists."""
    reminders: int = 0
    """How often the person has been reminded of it."""
    postponed: bool = False
    """Whether the person said «later», so that `until` is a moment of their choosing and not a reminder's."""
    claim: bool = False
    """Whether its work is done, and the person is to say whether what came out is what was expected."""


class Lease(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The right of one attempt to report a task's result; compared on every later write."""

    attempt: int
    boot: BootId
    until: dt.datetime
    """After this moment the attempt counts as lost."""
    agent: str = ""
    """Who does it; empty where nobody in particular does."""


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """A number that was reported for a task."""

    at: dt.datetime
    value: float


class TaskHistory(Struct, frozen=True, kw_only=True, gc=False):
    """What is remembered of a task whatever becomes of its attempts."""

    failures: int = 0
    """How often it failed for good in the same way: nothing came out, or the very same as the time before."""
    behind: int = 0
    """The plan version in which it was last seen to lag: longer under way than nearly all of its kind, or off the way
    to its target; 0 for never."""
    flipped_at: dt.datetime | None = None
    """When a check that had held was seen to hold no longer; None for never."""
    readings: tuple[Reading, ...] = ()
    """Numbers reported so far, oldest first: the first and the newest ones."""
    waited_for: str = ""
    """The resource that it was last paused for until it is back by itself; empty for none."""
    waits: int = 0
    """How often in a row it was paused for that one."""
    fell_short: dt.datetime | None = None
    """When something last came out of it that was not what was expected; None for never."""
    called_off: GoalId | None = None
    """The sub-goal that was called off when it stopped waiting for it, to be taken up again; None for none."""


NO_HISTORY = TaskHistory()


GONE = 1_000_000
"""Added to the index of a criterion that is no more."""


PERSONS_WORKS = frozenset({"person", "decide", "measure"})
"""Works that wait for a person's word; a number may be fetched, too."""
BY_HAND = "by hand"
"""The `method` of a task that a person added: no plan made anew leaves it out."""


class Task(Struct, frozen=True, kw_only=True, gc=False):
    """One step of a goal's plan, done by one work. Numbered within its goal."""

    number: TaskNumber
    title: str
    description: str = ""
    work: str = "person"
    """The name of the work function that performs it."""
    inputs: JsonObject = field(default_factory=dict)
    depends_on: tuple[TaskNumber, ...] = ()
    only_if: tuple[TaskNumber, str] | None = None
    """The choice that keeps this task alive: (the deciding task, its option); None for tasks that always run."""
    criterion: int | None = None
    """Index of the success criterion it serves, from `GONE` on one that was dropped or reworded; None where it serves
    the goal as a whole."""
    position: int = 0
    """Where it stands in the plan as shown; of ready tasks with the same slack the executor starts the first."""
    weight: float = 1.0
    critical: bool = False
    estimate: Estimate = Estimate(low=0.5, likely=1.0, high=2.0)
    resources: tuple[str, ...] = ()
    expected: Expectation = Expectation(summary="")
    checkpoint: str = ""
    """The name of a checkpoint of the plan's own that its completion reaches; empty for none."""
    success: float = UNKNOWN_ODDS
    """The odds that it succeeds, as the method library says. What was learned is laid over it, never written here."""
    cost: float = 0.0
    """What it is expected to cost, in the money of the goal's budget."""
    method: str = ""
    """The method of a library that called for it, or `BY_HAND`; empty for none."""
    status: TaskStatus = TaskStatus.PENDING
    target_count: int = 1
    """How many steps a counted task has; 1 for all others."""
    count: int = 0
    attempts: int = 0
    """Attempts started in this plan version that count; those lost to a crash don't."""
    attempt_serial: int = 0
    """Number of the newest attempt ever made, lost ones included: with the boot id it is the lease."""
    lost: int = 0
    """Attempts lost in a row to crashes."""
    revivals: int = 0
    """How often an adaptation gave it fresh attempts."""
    lease: Lease | None = None
    """Held while running; None otherwise."""
    waiting: Waiting | None = None
    """Set while waiting; None otherwise."""
    due_at: dt.datetime | None = None
    """Not to be started before this moment (a retry, a postponement, a resource's return); None for at once."""
    outcome: Outcome | None = None
    """What came out; None until there is something."""
    last_error: str = ""
    history: TaskHistory = NO_HISTORY
    plan_version: int = 1
    """The plan version that brought it in."""
    started_at: dt.datetime | None = None
    """First start; None before it."""
    ended_at: dt.datetime | None = None
    """When it completed, failed or was skipped; None before that."""
    revision: int = 1
    """Goes up with every change; buttons carry it."""

    @property
    def awaits_judge(self) -> bool:
        """Whether what came out is kept, to be judged once somebody can."""
        return self.outcome is not None and self.outcome.judgement is not None and self.outcome.judgement.awaited

    @property
    def is_live(self) -> bool:
        """Whether it counts: neither skipped nor superseded."""
        return self.status not in LEFT_OUT_TASKS

    @property
    def fraction(self) -> float:
        """How much of it is done, from 0 to 1."""
        if self.status is TaskStatus.COMPLETED:
            return 1.0
        return min(self.count / self.target_count, 1.0) if self.target_count > 1 else 0.0
