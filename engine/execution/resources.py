"""Resources that the operator has named, such as one GPU: an attempt holds what its task needs while it runs.

Only named ones are counted. Any other need of a task («a reviewer») is words for people.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from engine import events as e
from engine.blockages import Blockage, BlockageKind, Strategy
from engine.decisions import Decision, Moment
from engine.errors import RefusedError
from engine.execution.blocking import freed, on_resource, raised, tried
from engine.execution.failures import Failure, FailureKind
from engine.goals import Goal
from engine.tasks import Task, TaskStatus
from engine.values import BlockageNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many tasks at a time can hold a resource; 0 while it is away."""

    count: int
    back: dt.datetime | None = None
    """When it is expected to be back, for one that is away; None where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """All named resources. Needs are texts such as `gpu`; the same one twice takes two of it."""

    capacities: Mapping[str, Capacity] = field(default_factory=dict)

    def counted(self, needs: Iterable[str]) -> tuple[str, ...]:
        """Those of a task's needs that are counted."""
        return tuple(name for name in needs if name in self.capacities)

    def fit(self, needs: Sequence[str], held: Mapping[str, int]) -> bool:
        """Whether counted needs can be met while others hold `held`."""
        return all(held.get(name, 0) + count <= self.capacities[name].count for name, count in Counter(needs).items())

    def missing(self, needs: Iterable[str]) -> str | None:
        """The first counted need that cannot be met even when nothing else runs; None when all can."""
        if not self.capacities:
            return None
        for name, count in Counter(self.counted(needs)).items():
            if count > self.capacities[name].count:
                return name
        return None

    def block(self, goal: Goal, task: Task, name: str, moment: Moment, wait: float) -> list[e.Event]:
        """The task is blocked until the resource is expected back, else looked at again after `wait` seconds."""
        capacity = self.capacities[name]
        seconds = wait if capacity.back is None else (capacity.back - moment.now).total_seconds()
        if capacity.count:
            told = f"it needs more of «{name}» than the {capacity.count} there are"
        elif capacity.back is None or capacity.back <= moment.now:
            told = f"«{name}» is not there now, and nobody has said when it will be back"
        else:
            told = f"«{name}» is not there; it is expected back at {capacity.back:%Y-%m-%d %H:%M} UTC"
        failure = Failure(kind=FailureKind.RESOURCE, message=told, resource=name)
        return on_resource(goal, task, failure, moment, max(seconds, wait))


def away(name: str, until: dt.datetime | None) -> Decision:
    """Somebody says that a resource is away: what needs it and has not begun is blocked until it is expected back.

    Where nobody knows when, whoever said so is asked. Raises `RefusedError` for a goal that is not under way.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if goal.has_ended:
            raise RefusedError("goal_ended", f"«{goal.name}» is {goal.status} already")
        if goal.started_at is None:
            raise RefusedError("goal_not_started", f"«{goal.name}» was not started yet")
        events: list[e.Event] = []
        number = goal.last_blockage
        for task in goal.live_tasks:
            lacking = _lacking(goal, task, name)
            if name not in task.resources or (task.status is not TaskStatus.PENDING and not lacking):
                continue
            if lacking and task.due_at == until:
                continue  # it is known already
            number += 1
            events += _freed(goal, task, lacking, "another date was said")
            events += _missing(replace(goal, last_blockage=number - 1), task, name, until, moment)
        return events

    return decide


def back(name: str) -> Decision:
    """Somebody says that a resource is back: what was blocked for it may go on."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if goal.has_ended:
            raise RefusedError("goal_ended", f"«{goal.name}» is {goal.status} already")
        return [
            event
            for task in goal.live_tasks
            for event in _freed(goal, task, _lacking(goal, task, name), f"«{name}» is back")
        ]

    return decide


def lacking(goal: Goal, name: str) -> tuple[Task, ...]:
    """The tasks that are blocked because a resource is away."""
    return tuple(task for task in goal.live_tasks if _lacking(goal, task, name))


def _lacking(goal: Goal, task: Task, name: str) -> tuple[Blockage, ...]:
    if task.status is not TaskStatus.BLOCKED:
        return ()
    found = goal.blockages_of(task.number)
    return tuple(one for one in found if one.kind is BlockageKind.RESOURCE and one.needed == name)


def _freed(goal: Goal, task: Task, blockages: Sequence[Blockage], why: str) -> list[e.Event]:
    if not blockages:
        return []
    resolved: list[e.Event] = [e.BlockageResolved(number=one.number, resolution=why) for one in blockages]
    others = replace(goal, blockages={number: one for number, one in goal.blockages.items() if one not in blockages})
    return [*resolved, *freed(others, task.number, besides=None, why=why)]


def _missing(goal: Goal, task: Task, name: str, until: dt.datetime | None, moment: Moment) -> list[e.Event]:
    told = "nobody knows until when" if until is None else f"it is expected back at {until:%Y-%m-%d %H:%M} UTC"
    blockage = raised(
        goal,
        task,
        BlockageKind.RESOURCE,
        moment,
        description=f"«{name}» is away; {told}",
        needed=name,
        from_whom="you" if until is None else "",
        how=f"Say «{name} is back», or press «It is resolved», once it is." if until is None else "",
    )
    blockage = replace(
        blockage,
        number=BlockageNumber(goal.last_blockage + 1),
        strategy=Strategy.ASK if until is None else Strategy.WAIT,
    )
    events: list[e.Event] = [e.TaskBlocked(task=task.number, due_at=until), e.BlockageRaised(blockage=blockage)]
    if until is not None:
        events.append(tried(blockage, moment, "wait", f"looks again at {until:%Y-%m-%d %H:%M} UTC"))
    return events
