"""Resources that the operator has named, such as one GPU: an attempt holds what its task needs while it runs.

Only named ones are counted. Any other need of a task («a reviewer») is words for people.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine import events as e
from engine.decisions import Moment
from engine.execution.blocking import on_resource
from engine.execution.failures import Failure, FailureKind
from engine.goals import Goal
from engine.tasks import Task


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
        return tuple(name for name in needs if name in self.capacities) if self.capacities else ()

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
