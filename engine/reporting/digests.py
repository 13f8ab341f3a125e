"""The digest of a chat as values: finished since the last, running, waiting for you, at risk, next."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from engine.execution.timing import warn_at
from engine.execution.watching import DOUBTFUL
from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.model import Forecast
from engine.proactive.findings import KeptFinding
from engine.tasks import Task, TaskStatus, WaitingFor
from engine.values import ChatId, GoalId

PASSED = "its deadline passed"
LATE = "the goal above needs it by now"
"""Of a sub-goal: nobody gave it a deadline, and none has passed; its date is what the goal above can spare."""
_ASKED = (WaitingFor.PERSON, WaitingFor.DECISION, WaitingFor.MEASURE, WaitingFor.APPROVAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTask:
    """A task with the goal it belongs to."""

    goal: Goal
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """A goal that may not make it, and why: in words, by its forecast, or both."""

    goal: Goal
    why: str
    """Empty where only the forecast speaks against it."""
    forecast: Forecast | None = None
    """Where the deadline is in doubt; None where it is not, or nobody knows."""


Told = TypeVar("Told", Goal, DigestTask, AtRisk)
"""What a digest lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a chat is told once a day."""

    chat: ChatId
    since: dt.datetime
    now: dt.datetime
    finished_goals: tuple[Goal, ...]
    finished_tasks: tuple[DigestTask, ...]
    running: tuple[DigestTask, ...]
    waiting_for_you: tuple[DigestTask, ...]
    plans_for_you: tuple[Goal, ...]
    """Goals whose plan, or a larger one, waits for a yes."""
    blocked: tuple[DigestTask, ...]
    at_risk: tuple[AtRisk, ...]
    next: tuple[DigestTask, ...]
    goals: tuple[Goal, ...]
    """All that are alive, without those that serve another; those at risk first."""
    alive: tuple[Goal, ...] = ()
    """The same with those that serve another."""
    forecasts: Mapping[GoalId, Forecast] = field(default_factory=dict)
    """When they will be done, of those of which that is known."""
    findings: tuple[KeptFinding, ...] = ()
    """What nobody asked about and is worth a look, the gravest first."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.goals or self.finished_goals or self.finished_tasks)


def digest_of(
    chat: ChatId,
    goals: Iterable[Goal],
    since: dt.datetime,
    now: dt.datetime,
    forecasts: Mapping[GoalId, Forecast] | None = None,
) -> Digest:
    """The digest of these goals: those alive, and those that ended after `since`."""
    found = list(goals)
    foreseen = forecasts or {}
    alive = [goal for goal in found if not goal.has_ended]

    def pick(status: TaskStatus) -> list[DigestTask]:
        return [DigestTask(goal=g, task=t) for g in alive for t in g.live_tasks if t.status is status]

    waiting = pick(TaskStatus.WAITING)
    completed = [DigestTask(goal=g, task=t) for g in found for t in g.live_tasks if t.status is TaskStatus.COMPLETED]
    risks = sorted(_risks(alive, foreseen, now), key=_gravity)
    places = {risk.goal.id: place for place, risk in enumerate(risks)}
    own = sorted((goal for goal in alive if goal.parent is None), key=lambda goal: places.get(goal.id, len(places)))
    timed = [w for w in waiting if w.task.waiting is not None and w.task.waiting.what is WaitingFor.TIME]
    return Digest(
        chat=chat,
        since=since,
        now=now,
        finished_goals=tuple(g for g in found if g.ended_at is not None and g.ended_at > since),
        finished_tasks=tuple(d for d in completed if d.task.ended_at is not None and d.task.ended_at > since),
        running=(*pick(TaskStatus.RUNNING), *timed),
        waiting_for_you=tuple(w for w in waiting if w.task.waiting is not None and w.task.waiting.what in _ASKED),
        plans_for_you=tuple(g for g in alive if g.status is GoalStatus.PROPOSED or g.proposed_version is not None),
        blocked=(*pick(TaskStatus.BLOCKED), *pick(TaskStatus.FAILED)),
        at_risk=tuple(risks),
        next=tuple(DigestTask(goal=goal, task=task) for goal in alive if (task := _next_of(goal)) is not None),
        goals=tuple(own),
        alive=tuple(alive),
        forecasts=foreseen,
    )


def by_topic(digest: Digest) -> list[tuple[int | None, Digest]]:
    """The same for each topic of the chat with goals of its own; None for those outside topics, which come first."""
    topics = sorted({goal.thread or 0 for goal in (*digest.alive, *digest.finished_goals)}) or [0]
    return [(topic or None, _of_topic(digest, topic or None)) for topic in topics]


def _of_topic(digest: Digest, topic: int | None) -> Digest:
    def here(found: Iterable[Told]) -> tuple[Told, ...]:
        return tuple(one for one in found if (one if isinstance(one, Goal) else one.goal).thread == topic)

    return replace(
        digest,
        finished_goals=here(digest.finished_goals),
        finished_tasks=here(digest.finished_tasks),
        running=here(digest.running),
        waiting_for_you=here(digest.waiting_for_you),
        plans_for_you=here(digest.plans_for_you),
        blocked=here(digest.blocked),
        at_risk=here(digest.at_risk),
        next=here(digest.next),
        goals=here(digest.goals),
        alive=here(digest.alive),
    )


def _risks(alive: Iterable[Goal], forecasts: Mapping[GoalId, Forecast], now: dt.datetime) -> Iterator[AtRisk]:
    for goal in alive:
        why, found = risk_of(goal, now), forecasts.get(goal.id)
        on_time = found.on_time_odds if found is not None else None
        is_doubtful = on_time is not None and on_time < DOUBTFUL and why not in (PASSED, LATE)
        if why or is_doubtful:
            yield AtRisk(goal=goal, why=why, forecast=found if is_doubtful else None)


def _gravity(risk: AtRisk) -> tuple[bool, float]:
    """What passed its deadline first, then what is the least likely to keep it, then all else."""
    on_time = risk.forecast.on_time_odds if risk.forecast is not None else None
    return risk.why not in (PASSED, LATE), 1.0 if on_time is None else on_time


def risk_of(goal: Goal, now: dt.datetime) -> str:
    """Why a goal may not make it, in a few words; empty when nothing speaks against it."""
    if goal.deadline is not None and goal.deadline <= now:
        return PASSED if goal.parent is None else LATE
    held = [goal.tasks[blockage.task].title for blockage in goal.blockages.values() if blockage.task is not None]
    if held:
        others = f" and {len(held) - 1} more" if len(held) > 1 else ""
        return f"«{held[0]}»{others} can't go on"
    if goal.deadline is not None and goal.started_at is not None:
        if now >= warn_at(goal.started_at, goal.deadline):
            return "its deadline is near" if goal.parent is None else "the goal above needs it soon"
        gone = (now - goal.started_at) / (goal.deadline - goal.started_at)
        if gone > goal.progress + 0.25:
            return f"{gone:.0%} of the time is gone, {goal.progress:.0%} of the work is done"
    if any(task.status is TaskStatus.FAILED for task in goal.live_tasks):
        return "a task failed"
    return ""


def _next_of(goal: Goal) -> Task | None:
    """The first task that starts when those under way are done; None when none does, or the plan waits for a yes."""
    if goal.status is GoalStatus.PROPOSED:
        return None
    held = {t.number for t in goal.live_tasks if t.status in (TaskStatus.BLOCKED, TaskStatus.FAILED)}
    for task in goal.live_tasks:
        if task.status is not TaskStatus.PENDING:
            continue
        if not held.intersection(task.depends_on):
            return task
        held.add(task.number)
    return None
