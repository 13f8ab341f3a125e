"""Which events people are told of, and with which facts. Pure."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from engine import events as e
from engine.blockages import Blockage, BlockageKind, Strategy
from engine.coding.works.names import HAND_IN
from engine.execution.blocking import PLAN_STRATEGIES
from engine.execution.hand_ins import handed_by, left_by_model, to_try, why_handed_back
from engine.goals import Goal, GoalStatus
from engine.plans import Trigger
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import Task, TaskStatus, WaitingFor
from engine.values import BlockageNumber, JsonObject, JsonValue, TaskNumber

_ASKED = (WaitingFor.PERSON, WaitingFor.DECISION, WaitingFor.MEASURE)
E = TypeVar("E")
ASKED_AT_ONCE = 5
"""Tasks that get a message of their own when many begin to wait for the person in one breath."""
_TELLERS: dict[type, Callable[["_Telling", e.Event], None]] = {}


def notices_of(before: Goal | None, after: Goal, events: Sequence[e.Event]) -> list[Notice]:
    """What to tell of events that took a goal from `before` to `after`. A program's goal has nobody to tell."""
    if after.chat is None:
        return []
    telling = _Telling(before, after)
    telling.missed = frozenset(event.name for event in events if isinstance(event, e.ResourceMissed))
    for event in events:
        teller = _TELLERS.get(type(event))
        if teller is not None:
            teller(telling, event)
    return telling.finish()


class _Telling:
    """Collects the notices of one decision; milestones crossed at once become one."""

    def __init__(self, before: Goal | None, after: Goal) -> None:
        self.before = before
        self.goal = after
        self.missed: frozenset[str] = frozenset()
        """Resources that somebody has just said are away."""
        self.marks: list[JsonValue] = []
        self.notices: list[Notice] = []
        self.ending: Notice | None = None

    def tell(
        self,
        kind: NoticeKind,
        facts: JsonObject,
        *,
        task: TaskNumber | None = None,
        blockage: BlockageNumber | None = None,
        silent: bool = False,
    ) -> None:
        """One more notice."""
        self.notices.append(self.make(kind, facts, task=task, blockage=blockage, silent=silent))

    def make(
        self,
        kind: NoticeKind,
        facts: JsonObject,
        *,
        task: TaskNumber | None = None,
        blockage: BlockageNumber | None = None,
        silent: bool = False,
    ) -> Notice:
        """A notice to the goal's chat."""
        assert self.goal.chat is not None
        return Notice(
            kind=kind,
            chat=self.goal.chat,
            goal=self.goal.id,
            task=task,
            blockage=blockage,
            facts={"name": self.goal.name, **facts},
            silent=silent,
        )

    def task_before(self, number: TaskNumber) -> Task | None:
        """A task as it was before all that is told of; None where it was not there."""
        return self.before.tasks.get(number) if self.before is not None else None

    def finish(self) -> list[Notice]:
        """Milestones before the end they led to; of very many tasks at once, the first few and one for the rest."""
        asked = [one for one in self.notices if one.kind is NoticeKind.TASK_FOR_PERSON]
        if len(asked) > ASKED_AT_ONCE + 1:
            kept, rest = asked[:ASKED_AT_ONCE], asked[ASKED_AT_ONCE:]
            self.notices = [one for one in self.notices if one not in rest]
            shown: list[JsonValue] = [one.task for one in kept]
            self.tell(NoticeKind.TASK_FOR_PERSON, {"shown": shown})
        if any(one.kind is NoticeKind.BLOCKAGE for one in self.notices):  # it asks what is to change
            self.notices = [one for one in self.notices if not one.facts.get("to_ask")]
        if self.marks:
            self.tell(NoticeKind.MILESTONES, {"marks": self.marks, "progress": self.goal.progress})
        if self.ending is not None:
            self.notices.append(self.ending)
        return self.notices


def _on(kind: type[E]) -> Callable[[Callable[[_Telling, E], None]], Callable[[_Telling, E], None]]:
    def register(function: Callable[[_Telling, E], None]) -> Callable[[_Telling, E], None]:
        _TELLERS[kind] = function  # type: ignore[assignment]  # the key is the type that the function takes
        return function

    return register


@_on(e.GoalCreated)
def _created(telling: _Telling, event: e.GoalCreated) -> None:
    if event.goal.parent is not None:
        telling.tell(NoticeKind.GOAL_CREATED, {"parent": event.goal.parent.goal}, silent=True)


@_on(e.PlanMade)
def _plan(telling: _Telling, event: e.PlanMade) -> None:
    if telling.goal.parent is None and telling.goal.started_at is None:  # otherwise asking for it was the yes
        advice: list[JsonValue] = list(event.plan.advice)
        telling.tell(NoticeKind.PLAN_READY, {"version": event.version, "advice": advice})


@_on(e.MilestoneReached)
def _milestone(telling: _Telling, event: e.MilestoneReached) -> None:
    telling.marks.append(
        {"name": event.milestone.name, "percent": event.milestone.percent, "kind": event.milestone.kind}
    )


@_on(e.PlanAdapted)
def _adapted(telling: _Telling, event: e.PlanAdapted) -> None:
    repair = event.repair
    facts: JsonObject = {
        "old_version": event.old_version,
        "new_version": event.new_version,
        "reason": event.need.reason,
        "deviation": event.need.deviation,
        "summary": repair.summary,
        "kept": len(event.kept),
        "added": len(repair.add),
        "superseded": len(repair.supersede),
        "reset": len(repair.reset),
        "rewired": len(repair.rewire),
        "reordered": bool(repair.order),
        "before": [one.result for one in telling.goal.in_vain],
        "to_ask": event.need.trigger is Trigger.REQUESTED and repair.is_empty and not repair.settled,
    }
    # fresh attempts alone change nothing for the person, who did not ask for them either
    same_work = not repair.add and not repair.supersede
    telling.tell(NoticeKind.PLAN_ADAPTED, facts, silent=same_work and event.need.trigger is not Trigger.REQUESTED)


@_on(e.RepairProposed)
def _proposed(telling: _Telling, event: e.RepairProposed) -> None:
    added: list[JsonValue] = [task.title for task in event.repair.add]
    facts: JsonObject = {
        "version": event.version,
        "reason": event.need.reason,
        "summary": event.repair.summary,
        "added": added,
        "grows": event.repair.grows,
    }
    telling.tell(NoticeKind.REPAIR_PROPOSED, facts)


@_on(e.AdaptationDropped)
def _nothing_but_the_proposal(telling: _Telling, event: e.AdaptationDropped) -> None:
    """Who asks for another plan while one waits for their yes is shown that one again."""
    need = telling.before.adapting if telling.before is not None else None
    version = telling.goal.proposed_version
    if need is not None and need.trigger is Trigger.REQUESTED and version is not None:
        facts: JsonObject = {
            "version": version,
            "reason": event.why,
            "grows": not telling.goal.has_foreseen_proposal,
        }
        telling.tell(NoticeKind.REPAIR_PROPOSED, facts)


@_on(e.RepairRejected)
def _withdrawn(telling: _Telling, event: e.RepairRejected) -> None:
    if event.withdrawn:
        facts: JsonObject = {"version": event.version, "withdrawn": event.withdrawn}
        telling.tell(NoticeKind.REPAIR_PROPOSED, facts, silent=True)


@_on(e.BlockageRaised)
def _blockage(telling: _Telling, event: e.BlockageRaised) -> None:
    blockage = event.blockage
    if blockage.number not in telling.goal.blockages and blockage.kind is BlockageKind.DEPENDENCY:
        return  # put in order in the same breath
    if blockage.kind is BlockageKind.RESOURCE and blockage.needed in telling.missed:
        return  # who said so was told at once what it holds up, in all goals that share it
    if blockage.kind is BlockageKind.EXTERNAL and blockage.strategy is Strategy.WAIT:
        return  # who said until when it is in the way knows it
    if blockage.task is None and telling.goal.deadline_grace is not None:
        return  # the passed deadline has a message of its own
    if blockage.shortage is not None and any(
        one.shortage is not None and one.shortage.account == blockage.shortage.account
        for one in telling.goal.blockages.values()
        if one.number < blockage.number
    ):
        return  # what was asked already is an answer to this, too
    if blockage.lifts_itself and _is_known(telling, blockage):
        return  # it was told once; the card shows for as long as it lasts
    if blockage.task is not None and blockage.strategy in PLAN_STRATEGIES:
        return  # what comes of it is told: a changed plan, a larger one, or the question when no plan helps
    facts: JsonObject = {
        "kind": blockage.kind,
        "strategy": blockage.strategy,
        "description": blockage.description,
        "needed": blockage.needed,
        "from_whom": blockage.from_whom,
        "how": blockage.how,
    }
    # what the goal mends by itself need not ring, unless it has not for a day
    silent = blockage.kind is not BlockageKind.EXTERNAL and blockage.strategy is not Strategy.ASK and not blockage.how
    if silent and blockage.number not in telling.goal.blockages:
        return
    telling.tell(NoticeKind.BLOCKAGE, facts, task=blockage.task, blockage=blockage.number, silent=silent)


def _is_known(telling: _Telling, blockage: Blockage) -> bool:
    """Whether the same was told of another task that it holds up, or when this one was tried before, and there is no
    more to say now."""
    if any(
        one.lifts_itself
        and one.needed == blockage.needed
        and one.number < blockage.number
        and (one.how or not blockage.how)
        for one in telling.goal.blockages.values()
    ):
        return True
    before = telling.before.tasks.get(blockage.task) if telling.before is not None and blockage.task else None
    return not blockage.how and before is not None and before.history.waited_for == blockage.needed


@_on(e.TaskWaiting)
def _waiting(telling: _Telling, event: e.TaskWaiting) -> None:
    if event.waiting.what not in _ASKED or event.waiting.postponed:
        return
    before, after = telling.task_before(event.task), telling.goal.tasks[event.task]
    if before is not None and to_try(before):
        facts: JsonObject = {"why": why_handed_back(after), "by": handed_by(before)}
        telling.tell(NoticeKind.HAND_IN_TRIED, facts, task=event.task)
        return
    told: JsonObject = {"what": event.waiting.what}
    if before is not None and before.work == HAND_IN and before.status is TaskStatus.WAITING:
        news = left_by_model(after)
        if not news or news == left_by_model(before):
            return  # it is asked for already, and there is nothing more to say
        told = {**told, "left": True}
    if after.status is TaskStatus.WAITING:
        telling.tell(NoticeKind.TASK_FOR_PERSON, told, task=event.task)


@_on(e.TaskCompleted)
def _taken(telling: _Telling, event: e.TaskCompleted) -> None:
    before = telling.task_before(event.task)
    if before is not None and to_try(before):
        telling.tell(NoticeKind.HAND_IN_TRIED, {"why": "", "by": handed_by(before)}, task=event.task)


@_on(e.TaskReminded)
def _reminded(telling: _Telling, event: e.TaskReminded) -> None:
    waiting, before = telling.goal.tasks[event.task].waiting, telling.task_before(event.task)
    is_wished = before is not None and before.waiting is not None and before.waiting.postponed
    if telling.goal.status is GoalStatus.PAUSED and not is_wished:
        return  # whoever paused it wants to hear nothing of it for a while
    asked = [t for t in telling.goal.live_tasks if t.waiting is not None and t.waiting.what in _ASKED]
    if len(asked) > ASKED_AT_ONCE + 1 and event.task != asked[0].number:
        return  # one reminder speaks for all; the digest names the others
    if waiting is not None:
        telling.tell(NoticeKind.REMINDER, {"reminders": waiting.reminders}, task=event.task)


@_on(e.DeadlineNear)
def _near(telling: _Telling, event: e.DeadlineNear) -> None:
    telling.tell(NoticeKind.DEADLINE_NEAR, {"deadline": _iso(telling.goal.deadline), "progress": telling.goal.progress})


@_on(e.DeadlineDoubtful)
def _doubtful(telling: _Telling, event: e.DeadlineDoubtful) -> None:
    facts: JsonObject = {
        "version": event.version,
        "odds": event.odds,
        "likely": _iso(event.likely),
        "deadline": _iso(telling.goal.deadline),
    }
    told_before = telling.before is not None and telling.before.doubted > 0  # of this date, for an earlier plan
    telling.tell(NoticeKind.DEADLINE_DOUBTFUL, facts, silent=told_before)


@_on(e.CheckFlipped)
def _flipped(telling: _Telling, event: e.CheckFlipped) -> None:
    telling.tell(NoticeKind.CHECK_FLIPPED, {"summary": event.summary}, task=event.task)


@_on(e.DeadlinePassed)
def _passed(telling: _Telling, event: e.DeadlinePassed) -> None:
    facts: JsonObject = {"deadline": _iso(telling.goal.deadline), "grace_until": _iso(event.grace_until)}
    telling.tell(NoticeKind.DEADLINE_PASSED, facts)


@_on(e.GoalCompleted)
def _completed(telling: _Telling, event: e.GoalCompleted) -> None:
    goal = telling.goal
    ordered = sorted(goal.tasks.values(), key=lambda task: (task.position, task.number))
    done: list[JsonValue] = [t.title for t in ordered if t.status is TaskStatus.COMPLETED]
    skipped: list[JsonValue] = [t.title for t in ordered if t.status is TaskStatus.SKIPPED]
    facts: JsonObject = {
        "done": done,
        "skipped": skipped,
        "adaptations": goal.adaptations,
        "started_at": _iso(goal.started_at),
        "ended_at": _iso(goal.ended_at),
    }
    telling.ending = telling.make(NoticeKind.GOAL_COMPLETED, facts)


@_on(e.GoalFailed)
def _failed(telling: _Telling, event: e.GoalFailed) -> None:
    facts: JsonObject = {"reason": event.reason, "progress": telling.goal.progress}
    telling.ending = telling.make(NoticeKind.GOAL_FAILED, facts)


@_on(e.GoalCancelled)
def _cancelled(telling: _Telling, event: e.GoalCancelled) -> None:
    facts: JsonObject = {"reason": event.reason, "progress": telling.goal.progress}
    silent = telling.goal.parent is not None
    telling.ending = telling.make(NoticeKind.GOAL_CANCELLED, facts, silent=silent)


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
