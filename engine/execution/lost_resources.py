"""Resources that are told to be away, and what that means for a goal: wait for them, or do without. Pure.

That one is away is kept with the goal. What needs it and has not begun is blocked as a consequence, so that what joins
the plan later is held up too. Where the goal has to do without, the blockage asks for another plan; where there is none
without it, the task waits all the same.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from engine import events as e
from engine.absences import AWAY, Absence, absences
from engine.blockages import Blockage, BlockageKind, Strategy
from engine.decisions import Decision, Moment
from engine.execution.blocking import freed, is_lost, raised, tried
from engine.execution.ranking import ways_to_the_end
from engine.execution.resources import Stock
from engine.goals import Goal, GoalStatus, refuse_ended
from engine.plans import Trigger
from engine.tasks import Task, TaskStatus, WaitingFor
from engine.values import BlockageNumber, TaskNumber


def away(name: str, absence: Absence) -> Decision:
    """Somebody says that a resource is away: what needs it and has not begun waits until it is expected back.

    A goal that needs it nowhere yet keeps it in mind: another plan may.

    The goal is to do without one that is said to be gone for good, or comes back too late for the deadline. Where
    nobody knows when it is back, whoever said so is asked. Raises `RefusedError` for a goal that has ended.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        touched = needing(goal, name)
        without = absence.without or any(is_too_late(goal, task.number, absence.until) for task in touched)
        found = Absence(until=absence.until, without=without)
        if absences(goal, moment.now).get(name) == found:
            return []
        missed = e.ResourceMissed(name=name, absence=found)
        if goal.status is GoalStatus.PROPOSED and touched:
            return [missed, e.PlanningStarted()] if without else [missed]
        return [missed, *_all_freed(goal, name, "another date was said")]

    return decide


def back(name: str) -> Decision:
    """Somebody says that a resource is back: what was blocked for it may go on, and no way without is looked for."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        events = _all_freed(goal, name, f"«{name}» is back")
        if name in absences(goal, moment.now):
            events = [e.ResourceRegained(name=name), *events]
        if goal.adapting is not None and goal.adapting.trigger is Trigger.RESOURCE_LOST and events:
            events.append(e.AdaptationDropped(why=f"«{name}» is back"))
        return events

    return decide


def needing(goal: Goal, name: str) -> tuple[Task, ...]:
    """The tasks that a resource is still to be there for: those that have not begun, or were only asked of somebody."""
    return tuple(
        task for task in goal.live_tasks if name in task.resources and (_is_ahead(task) or _lacking(goal, task, name))
    )


def _is_ahead(task: Task) -> bool:
    is_asked = task.waiting is not None and task.waiting.what is WaitingFor.PERSON
    return task.status is TaskStatus.PENDING or is_asked


def lacking(goal: Goal, name: str) -> tuple[Task, ...]:
    """The tasks that are blocked because a resource is away."""
    return tuple(task for task in goal.live_tasks if _lacking(goal, task, name))


def is_too_late(goal: Goal, number: TaskNumber, until: dt.datetime | None) -> bool:
    """Whether a resource that is back then leaves too little time for the task and all behind it, at the usual pace."""
    way = ways_to_the_end(goal).get(number)
    if goal.deadline is None or until is None or way is None:
        return False
    return goal.deadline - until < dt.timedelta(hours=min(way, 1_000_000.0))


def held_up(goal: Goal, moment: Moment) -> list[e.Event]:
    """Blocks what has not begun and needs something that somebody said is away."""
    if AWAY not in goal.metadata:  # asked after every event
        return []
    gone = {name: one for name, one in absences(goal, moment.now).items() if not one.counted}
    events: list[e.Event] = []
    number = goal.last_blockage
    for task in goal.live_tasks:
        name = next((one for one in task.resources if one in gone), None)
        if name is not None and _is_ahead(task):
            number += 1
            until = gone[name].until
            absence = Absence(until=until, without=gone[name].without or is_too_late(goal, task.number, until))
            blockage = _blockage(replace(goal, last_blockage=number - 1), task, name, absence, moment)
            events += _blocked(blockage, task, until, moment)
    return events


def short_of(missing: tuple[Stock, str], goal: Goal, task: Task, moment: Moment, wait: float) -> list[e.Event]:
    """What comes of a task that is to begin while too little of a counted resource is there: of the stock, by its name.

    Where nobody knows when it is back, it is looked for again after `wait` seconds.
    """
    stock, name = missing
    events = stock.block(goal, task, name, moment, wait)
    capacity = stock.capacities[name]
    absence = Absence(until=capacity.back, without=True, counted=True)
    known = absences(goal, moment.now).get(name) == absence  # a way without was looked for already
    if capacity.count or known or not is_too_late(goal, task.number, capacity.back):
        return events
    return [e.ResourceMissed(name=name, absence=absence), *map(_without, events)]


def _without(event: e.Event) -> e.Event:
    if isinstance(event, e.BlockageRaised) and event.blockage.strategy is Strategy.WAIT:
        return e.BlockageRaised(blockage=replace(event.blockage, strategy=Strategy.ADAPT))
    return event


def waiting_instead(goal: Goal, superseded: Collection[TaskNumber], moment: Moment) -> list[e.Event]:
    """What is to do without a resource and can't waits for it after all."""
    events: list[e.Event] = []
    number = goal.last_blockage
    for blockage in goal.blockages.values():
        task = goal.tasks[blockage.task] if blockage.task is not None else None
        if task is None or task.number in superseded or not is_lost(blockage, task):
            continue
        number += 1
        absence = Absence(until=task.due_at)
        instead = _blockage(replace(goal, last_blockage=number - 1), task, blockage.needed, absence, moment)
        told = f"{blockage.description}. No other way is known without it"
        how = f"Leave the task out, or change the goal; should it come back, say «{blockage.needed} is back»."
        events += [
            e.BlockageResolved(number=blockage.number, resolution=f"no way without «{blockage.needed}» is known"),
            e.BlockageRaised(blockage=replace(instead, description=told, how=how if instead.how else "")),
        ]
    return events


def _lacking(goal: Goal, task: Task, name: str) -> tuple[Blockage, ...]:
    if task.status is not TaskStatus.BLOCKED:
        return ()
    found = goal.blockages_of(task.number)
    return tuple(one for one in found if one.kind is BlockageKind.RESOURCE and one.needed == name)


def _all_freed(goal: Goal, name: str, why: str) -> list[e.Event]:
    return [event for task in lacking(goal, name) for event in _freed(goal, task, _lacking(goal, task, name), why)]


def _freed(goal: Goal, task: Task, blockages: Iterable[Blockage], why: str) -> list[e.Event]:
    gone = [one.number for one in blockages]
    others = replace(goal, blockages={number: one for number, one in goal.blockages.items() if number not in gone})
    resolved: list[e.Event] = [e.BlockageResolved(number=number, resolution=why) for number in gone]
    return [*resolved, *freed(others, task.number, besides=None, why=why)]


def _blocked(blockage: Blockage, task: Task, until: dt.datetime | None, moment: Moment) -> list[e.Event]:
    events: list[e.Event] = [e.TaskBlocked(task=task.number, due_at=until), e.BlockageRaised(blockage=blockage)]
    if blockage.strategy is Strategy.WAIT and until is not None:
        events.append(tried(blockage, moment, "wait", f"until {until:%Y-%m-%d %H:%M} UTC"))
    return events


def _blockage(goal: Goal, task: Task, name: str, absence: Absence, moment: Moment) -> Blockage:
    until = absence.until
    if until is not None:
        told = f"«{name}» is away; it is expected back at {until:%Y-%m-%d %H:%M} UTC"
    else:
        told = f"«{name}» is gone for good" if absence.without else f"«{name}» is away; nobody knows until when"
    how = (
        f"Say «{name} is back», or press «It is resolved», once it is; if it never will be, «{name} is gone for good»."
    )
    blockage = raised(
        goal,
        task,
        BlockageKind.RESOURCE,
        moment,
        description=told,
        needed=name,
        from_whom="you" if until is None else "",
        how=how if until is None else "",
    )
    strategy = Strategy.ADAPT if absence.without else Strategy.ASK if until is None else Strategy.WAIT
    return replace(blockage, number=BlockageNumber(goal.last_blockage + 1), strategy=strategy)
