"""Facts about a goal as a whole, its plan and what is in its way, past tense, written once."""

import datetime as dt

from msgspec import Struct

from engine.absences import Absence
from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.goals import Goal, Milestone, Priority
from engine.money import Cap
from engine.plans import AdaptationNeed, Plan, Repair
from engine.tasks import Task
from engine.values import BlockageNumber, JsonObject, TaskNumber


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


def unedited(goal: Goal) -> GoalEdited:
    """An edit that leaves all as it is; `msgspec.structs.replace` says what it is to change."""
    return GoalEdited(
        name=goal.name,
        description=goal.description,
        criteria=goal.criteria,
        priority=goal.priority,
        deadline=goal.deadline,
    )


class PlanningStarted(Struct, frozen=True, kw_only=True, gc=False):
    """The goal said enough to be planned (again)."""


class PlanMade(Struct, frozen=True, kw_only=True, gc=False):
    """A plan is there and waits for approval; `tasks` replace all that has not completed."""

    version: int
    plan: Plan
    tasks: tuple[Task, ...]
    session: str | None = None
    """The id of the reasoning session that it came of; None without one."""


class PlanAdopted(Struct, frozen=True, kw_only=True, gc=False):
    """A person (or the parent goal) said go."""


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


class ResourceMissed(Struct, frozen=True, kw_only=True, gc=False):
    """A resource is away from this goal; what needs it and has not begun can't go on."""

    name: str
    absence: Absence


class ResourceRegained(Struct, frozen=True, kw_only=True, gc=False):
    """A resource is there again."""

    name: str


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
    withdrawn: str = ""  # why it was withdrawn; empty when the person said no


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
    by_hand: bool = False
    """Somebody gave it up, though something was left to try."""


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
