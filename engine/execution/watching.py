"""What the monitor's look at a goal leads to: tasks that lag, deadlines in doubt, checks that turned. Pure.

Each thing is said once (of a task or plan version), which the goal itself remembers, so that a restart or a second
look does nothing. None of them fails a task. They ask for another plan while that still brings something, and never
beside a change of the plan that is due already.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine import events as e
from engine.blockages import Blockage, BlockageKind, Strategy
from engine.decisions import Decision, Moment
from engine.execution.blocking import FRUITLESS_ADAPTATIONS
from engine.execution.resources import Stock
from engine.goals import Goal, GoalStatus
from engine.plans import AdaptationNeed, Trigger
from engine.tasks import Outcome, Reading, Task, TaskStatus, WaitingFor
from engine.values import TaskNumber

DOUBTFUL = 0.5
"""A deadline that holds in fewer of the cases played through is in doubt."""
PATIENCE = dt.timedelta(days=1)
"""A person has a day at least, whatever the estimate: they sleep, and they are reminded then."""
CHECK = "http_check"
"""The work that only looks, so that it may look again."""
_MOVING = frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED})
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A forecast of a goal as it was: what it was made of, and what it says of the deadline."""

    version: int
    deadline: dt.datetime
    odds: float
    """How likely the deadline is to hold if nothing fails for good, 0 to 1."""
    likely: dt.datetime
    """The median of the end."""


def lagging(goal: Goal, now: dt.datetime) -> Iterator[Task]:
    """Tasks that have gone on for so long that it is worth asking how long such things take."""
    if goal.status is GoalStatus.ACTIVE and may_change(goal):
        for task in goal.tasks.values():
            since = began(goal, task, now)
            if since is None or task.history.behind == goal.plan_version:
                continue
            if now - since > (PATIENCE if task.status is TaskStatus.WAITING else dt.timedelta()):
                yield task


def began(goal: Goal, task: Task, now: dt.datetime) -> dt.datetime | None:
    """Since when a task goes on without a break; None for those that don't, and for those whose pace is shown.

    What a person put off themselves does not count, nor what only waits for a moment, a number or what others do.
    """
    if task.count or task.work == CHECK:
        return None
    since = None
    if task.status is TaskStatus.RUNNING:
        since = task.started_at
    elif task.waiting is not None and task.waiting.what is WaitingFor.PERSON and not task.waiting.postponed:
        since = task.waiting.since
    if since is None or since > now:
        return None
    return max(since, goal.resumed_at) if goal.resumed_at is not None else since


def overran(number: TaskNumber, *, likely: float, most: float) -> Decision:
    """The task takes longer than `most` hours, which nine of ten of its kind stay under; half stay under `likely`."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = next((one for one in lagging(goal, moment.now) if one.number == number), None)
        since = began(goal, task, moment.now) if task is not None else None
        if task is None or since is None:
            return []
        hours = (moment.now - since) / _HOUR
        if hours <= most:
            return []
        need = AdaptationNeed(
            reason=f"«{task.title}» goes on for longer than nearly all of its kind",
            trigger=Trigger.OVERRUN,
            deviation=round(1 - min(likely / hours, 1.0), 3),
            task=task.number,
            since=moment.now,
        )
        return [e.TaskOverran(task=number, hours=round(hours, 2), usual=round(most, 2)), *_asked_for(goal, need)]

    return decide


def is_in_question(goal: Goal, now: dt.datetime) -> bool:
    """Whether a forecast of its deadline could still tell something new: once a plan version and date."""
    ahead = goal.deadline is not None and goal.deadline > now and goal.deadline_grace is None
    is_told = goal.doubted == goal.plan_version or goal.has_foreseen_proposal
    return ahead and goal.status in _MOVING and goal.parent is None and not is_told


def deadline_doubtful(doubt: Doubt) -> Decision:
    """The deadline is likely to be missed. A forecast of another plan or date says nothing."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        stale = goal.plan_version != doubt.version or goal.deadline != doubt.deadline or goal.adapting is not None
        if stale or doubt.odds >= DOUBTFUL or not is_in_question(goal, moment.now):
            return []
        told = e.DeadlineDoubtful(version=doubt.version, odds=round(doubt.odds, 3), likely=doubt.likely)
        if not may_change(goal):
            return [told]  # a larger plan waits for a yes already
        need = AdaptationNeed(
            reason=f"the deadline holds in {doubt.odds:.0%} of the cases played through",
            trigger=Trigger.FORECAST,
            deviation=round(1 - doubt.odds, 3),
            since=moment.now,
        )
        return [told, *_asked_for(goal, need)]

    return decide


def to_look_at_again(goal: Goal) -> Iterator[Task]:
    """Completed checks of a goal under way that have held so far."""
    if goal.status in _MOVING and may_change(goal):
        for task in goal.tasks.values():
            done = task.status is TaskStatus.COMPLETED and task.work == CHECK
            if done and task.history.flipped_at is None and task.outcome is not None and not task.outcome.by_person:
                yield task


def check_flipped(number: TaskNumber, found: Outcome) -> Decision:
    """What a completed check had found no longer holds. Said once of each check: what replaces it is looked at too."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = next((one for one in to_look_at_again(goal) if one.number == number), None)
        if task is None or found.deviation <= 0:
            return []
        need = AdaptationNeed(
            reason=f"«{task.title}» held and no longer does: {found.summary}",
            trigger=Trigger.WORLD_CHANGED,
            deviation=min(found.deviation, 1.0),
            task=number,
            since=moment.now,
        )
        return [e.CheckFlipped(task=number, summary=found.summary), *_asked_for(goal, need)]

    return decide


def strayed(goal: Goal, task: Task, reading: Reading, moment: Moment, threshold: float) -> list[e.Event]:
    """What a number means that has not reached its target while the deadline is ahead: on its way, or off it."""
    way = way_to_target(goal, task, reading)
    if way is None or way[1] <= threshold or task.history.behind == goal.plan_version or not may_change(goal):
        return []
    expected, off = way
    need = AdaptationNeed(
        reason=(
            f"«{task.title}» is at {reading.value:,.10g};"
            f" on the way to its target it should be at {_plain(expected)} by now"
        ),
        trigger=Trigger.DEVIATION,
        deviation=round(off, 3),
        task=task.number,
        since=moment.now,
    )
    told = e.MeasureStrayed(task=task.number, value=reading.value, expected=round(expected, 6))
    return [told, *_asked_for(goal, need)]


SOONEST = 0.05
"""Before this share of the time has gone, a number says nothing of the way to its target."""


def _plain(number: float) -> str:
    return f"{float(f'{number:.3g}'):,.10g}"


def way_to_target(goal: Goal, task: Task, reading: Reading) -> tuple[float, float] | None:
    """Where a number should be by now on the straight way to its target, and how far it is off, as a share of the way.

    The way ends at the deadline. It begins with the first number reported; before there is one, with nothing at the
    moment when it was asked for, where the number is to grow. None where there is no such way.
    """
    target, deadline, waiting = task.expected.target, goal.deadline, task.waiting
    if target is None or deadline is None:
        return None
    start = task.history.readings[0] if task.history.readings else None
    if start is None and waiting is not None and not task.expected.at_most and target > 0:
        start = Reading(at=waiting.since, value=0.0)
    if start is None or not start.at < reading.at < deadline or start.value == target:
        return None
    gone = (reading.at - start.at) / (deadline - start.at)
    if gone < SOONEST:
        return None
    expected = start.value + gone * (target - start.value)
    missing = reading.value - expected if task.expected.at_most else expected - reading.value
    return expected, min(max(missing / abs(target - start.value), 0.0), 1.0)


def resources_changed(stock: Stock, wait: float) -> Decision:
    """The operator has other resources than before: what waits for one that is there, or whose return was moved, is
    looked at again. `wait` in seconds is how often one is looked for whose return nobody knows."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        events: list[e.Event] = []
        for blockage in goal.blockages.values():
            task = goal.tasks[blockage.task] if blockage.task is not None else None
            if task is None or not _is_counted(blockage, task) or len(goal.blockages_of(task.number)) > 1:
                continue
            missing = stock.missing(task.resources)
            if missing == blockage.needed and not _moved(stock, missing, task, moment.now, wait):
                continue
            why = "it is there again" if missing is None else "its return was moved"
            events.append(e.BlockageResolved(number=blockage.number, resolution=f"«{blockage.needed}»: {why}"))
            events.append(e.TaskReset(task=task.number, why=f"the resource «{blockage.needed}» has changed"))
        return events

    return decide


def _is_counted(blockage: Blockage, task: Task) -> bool:
    """Whether it is for want of a resource that the operator counts, or counted when it was raised."""
    waits = blockage.kind is BlockageKind.RESOURCE and blockage.strategy is Strategy.WAIT
    return waits and task.status is TaskStatus.BLOCKED and blockage.needed in task.resources


def _moved(stock: Stock, name: str, task: Task, now: dt.datetime, wait: float) -> bool:
    """Whether the task would come due at another moment if it were blocked now."""
    if task.due_at is None:
        return False
    back = stock.capacities[name].back
    soonest = now + dt.timedelta(seconds=wait)
    return abs(max(back or soonest, soonest) - max(task.due_at, soonest)) > dt.timedelta(seconds=wait)


def may_change(goal: Goal) -> bool:
    """Whether no other change of the plan is due or waits for a yes."""
    return goal.adapting is None and goal.proposed_version is None


def _asked_for(goal: Goal, need: AdaptationNeed) -> list[e.Event]:
    """The wish for another plan; none after too many that brought nothing: what was seen is told all the same."""
    return [e.AdaptationNeeded(need=need)] if goal.fruitless < FRUITLESS_ADAPTATIONS else []
