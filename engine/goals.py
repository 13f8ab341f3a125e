"""The aggregate: a goal with its tasks, milestones and open blockages, as one frozen value."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum, StrEnum

from msgspec import Struct, field

from engine.blockages import DEFAULT_STRATEGIES, Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.errors import IllegalMoveError, NotFoundError, RefusedError
from engine.money import UNBOUNDED, Cap
from engine.plans import AdaptationNeed, PlanOption
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import BlockageNumber, ChatId, GoalId, JsonObject, TaskNumber, UserId

MAX_DEPTH = 5
"""How deep goals may nest; a goal without a parent is at depth 1."""


class Priority(IntEnum):
    """How urgent a goal is; higher goes first."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


class GoalStatus(StrEnum):
    """Where a goal stands; `GOAL_MOVES` says where it may go."""

    DRAFT = "draft"
    PLANNING = "planning"
    PROPOSED = "proposed"
    ACTIVE = "active"
    PAUSED = "paused"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


_G = GoalStatus
GOAL_MOVES: dict[GoalStatus, frozenset[GoalStatus]] = {
    _G.DRAFT: frozenset({_G.PLANNING, _G.CANCELLED, _G.FAILED}),
    _G.PLANNING: frozenset({_G.PROPOSED, _G.ACTIVE, _G.BLOCKED, _G.FAILED, _G.CANCELLED}),
    _G.PROPOSED: frozenset({_G.ACTIVE, _G.PLANNING, _G.CANCELLED, _G.FAILED}),
    _G.ACTIVE: frozenset({_G.PAUSED, _G.BLOCKED, _G.COMPLETED, _G.FAILED, _G.CANCELLED}),
    _G.BLOCKED: frozenset({_G.ACTIVE, _G.PLANNING, _G.PAUSED, _G.COMPLETED, _G.FAILED, _G.CANCELLED}),
    _G.PAUSED: frozenset({_G.ACTIVE, _G.COMPLETED, _G.FAILED, _G.CANCELLED}),
    _G.COMPLETED: frozenset({_G.ACTIVE}),
    _G.FAILED: frozenset({_G.ACTIVE}),
    _G.CANCELLED: frozenset({_G.ACTIVE}),
}
ENDED_GOALS = frozenset({_G.COMPLETED, _G.FAILED, _G.CANCELLED})


def check_goal_move(old: GoalStatus, new: GoalStatus) -> None:
    """Raise `IllegalMoveError` unless a goal may go from `old` to `new`."""
    if new not in GOAL_MOVES[old]:
        raise IllegalMoveError("a goal", old, new)


class Milestone(Struct, frozen=True, kw_only=True, gc=False):
    """A mark on the way, reached once. `percent` is 10, 25, 50, 75 or 100; 0 for a checkpoint of the plan's own."""

    percent: int
    name: str
    kind: str
    """planning, checkpoint or completion"""
    task: TaskNumber | None = None
    """The task whose completion reaches a checkpoint of the plan's own; None for the five."""
    reached_at: dt.datetime | None = None
    """When it was reached; None before."""


MILESTONES: tuple[Milestone, ...] = (
    Milestone(percent=10, name="Planning Complete", kind="planning"),
    Milestone(percent=25, name="Quarter Complete", kind="checkpoint"),
    Milestone(percent=50, name="Half Complete", kind="checkpoint"),
    Milestone(percent=75, name="Three Quarters Complete", kind="checkpoint"),
    Milestone(percent=100, name="Goal Complete", kind="completion"),
)


class ParentTask(Struct, frozen=True, kw_only=True, gc=False):
    """The task of another goal that a sub-goal serves."""

    goal: GoalId
    task: TaskNumber


class Goal(Struct, frozen=True, kw_only=True, gc=False):
    """What a person wants, with all that is needed to decide about it. Changed only by events (`engine/events/`)."""

    id: GoalId
    name: str
    description: str = ""
    criteria: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    deadline: dt.datetime | None = None
    """None for no deadline."""
    budget: Cap | None = None
    """What it may cost with all goals that serve it; None for what the operator allows each goal."""
    metadata: JsonObject = field(default_factory=dict)
    chat: ChatId | None = None
    """Where it is reported; None for goals of a program."""
    thread: int | None = None
    """The topic of the chat where it is reported; None outside topics."""
    owner: UserId | None = None
    """Who may press its buttons; None for goals of a program."""
    parent: ParentTask | None = None
    """The task it serves; None for a goal of its own."""
    depth: int = 1
    status: GoalStatus = GoalStatus.DRAFT
    progress: float = 0.0
    """Done weight over live weight, from 0 to 1."""
    plan_version: int = 0
    """0 before there is a plan."""
    plan_source: str = ""
    options: tuple[PlanOption, ...] = ()
    """While the plan waits for approval: it and the alternatives to it, in short; empty where there is no choice."""
    proposed_version: int | None = None
    """The version of a repair that waits for approval; None when none does."""
    adapting: AdaptationNeed | None = None
    """An adaptation that is due and not yet made; None when none is."""
    fruitless: int = 0
    """Adaptations in a row without progress."""
    in_vain: tuple[ResolutionAttempt, ...] = ()
    """The newest of these: why the plan was changed each time, and how."""
    adaptations: int = 0
    tasks: Mapping[TaskNumber, Task] = field(default_factory=dict)
    milestones: tuple[Milestone, ...] = MILESTONES
    blockages: Mapping[BlockageNumber, Blockage] = field(default_factory=dict)
    """The open ones."""
    last_blockage: int = 0
    """The highest blockage number given so far."""
    last_task: int = 0
    """The highest task number given so far."""
    strategies: Mapping[BlockageKind, Strategy] = field(default_factory=dict)
    """Where the person set another strategy than the default."""
    deadline_grace: dt.datetime | None = None
    """After a passed deadline: until when the owner may name another date; None otherwise."""
    deadline_warned: bool = False
    doubted: int = 0
    """The plan version of which it was told that the deadline is likely to be missed, and while a repair for that waits
    for a yes, the version of that; 0 for none."""
    reason: str = ""
    """Why it failed, was cancelled or paused; empty otherwise."""
    reasoning_session: str | None = None
    """The reasoning session that made the plan; None without one."""
    created_at: dt.datetime
    updated_at: dt.datetime
    started_at: dt.datetime | None = None
    """When its plan was adopted; None before."""
    resumed_at: dt.datetime | None = None
    """When it last went on after a pause or an end; None if it never stopped."""
    ended_at: dt.datetime | None = None
    """When it completed, failed or was cancelled; None while it lives."""
    revision: int = 0
    """Goes up with every commit that changes it; compared by the store."""

    @property
    def figures(self) -> PlanOption | None:
        """What its plan promises as it stands; None where it came without figures, or was changed by hand since."""
        return self.options[0] if self.options and not self.options[0].changed else None

    @property
    def has_foreseen_proposal(self) -> bool:
        """Whether a repair waits for a yes that is only for what a forecast says."""
        return self.proposed_version is not None and self.doubted == self.proposed_version

    @property
    def wanted(self) -> tuple[object, ...]:
        """What a plan is made from, to be compared: a note, or another budget for the models, is none of it."""
        asked = (self.name, self.description, self.criteria, self.priority, self.deadline, self.metadata)
        return (*asked, self.parent, self.owner, self.plan_version)

    @property
    def has_ended(self) -> bool:
        """Whether it is completed, failed or cancelled."""
        return self.status in ENDED_GOALS

    @property
    def live_tasks(self) -> Iterator[Task]:
        """Tasks that count, in the order of the plan."""
        return iter(sorted((t for t in self.tasks.values() if t.is_live), key=lambda t: (t.position, t.number)))

    def cap(self, allowed: Cap) -> Cap:
        """What bounds its cost; `allowed` is for goals of their own. One that serves another is bounded by that."""
        if self.budget is not None:
            return self.budget
        return allowed if self.parent is None else UNBOUNDED

    def task(self, number: int) -> Task:
        """The task of that number. Raises `NotFoundError`."""
        found = self.tasks.get(TaskNumber(number))
        if found is None:
            raise NotFoundError("task", f"{self.id}.{number}")
        return found

    def blockage(self, number: int) -> Blockage:
        """The open blockage of that number. Raises `NotFoundError`."""
        found = self.blockages.get(BlockageNumber(number))
        if found is None:
            raise NotFoundError("open blockage", f"{number} in goal {self.id}")
        return found

    def blockages_of(self, task: TaskNumber) -> tuple[Blockage, ...]:
        """The open blockages that hold up one task."""
        return tuple(b for b in self.blockages.values() if b.task == task)

    def strategy(self, kind: BlockageKind) -> Strategy:
        """How blockages of a kind are met in this goal."""
        return self.strategies.get(kind, DEFAULT_STRATEGIES[kind])

    def can_start(self, task: Task, now: dt.datetime) -> bool:
        """Whether a task could run now: pending, due, and all that it depends on has ended."""
        if task.status is not TaskStatus.PENDING or (task.due_at is not None and task.due_at > now):
            return False
        return self.has_ended_all(task.depends_on)

    def startable(self, now: dt.datetime) -> list[Task]:
        """All tasks that could run now: `can_start` of each, in one loop because it is asked after every event."""
        found, tasks, pending = [], self.tasks, TaskStatus.PENDING  # a member of an enum is slow to look up
        for task in tasks.values():
            if task.status is pending:
                for number in task.depends_on:
                    status = tasks[number].status
                    if status is pending or status not in ENDED_TASKS:
                        break
                else:
                    if task.due_at is None or task.due_at <= now:
                        found.append(task)
        return found

    def has_ended_all(self, numbers: Iterable[TaskNumber]) -> bool:
        """Whether nothing more is to happen in any of these tasks."""
        for number in numbers:  # noqa: SIM110 - a plain loop: asked of every pending task after every event
            if self.tasks[number].status not in ENDED_TASKS:
                return False
        return True


def refuse_ended(goal: Goal) -> None:
    """Raise `RefusedError` when the goal has ended."""
    if goal.has_ended:
        raise RefusedError("goal_ended", f"«{goal.name}» is {goal.status} already")
