"""The plan under check, read once: what all rules look at."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.goals import Goal
from engine.planning.quality.circumstances import Circumstances
from engine.planning.quality.doings import Doing, doing_of
from engine.planning.quality.graph import PlanGraph, Times
from engine.plans import PlannedTask

CENTURY = 876_600.0
"""Hours. No task counts for more: an estimate that is beyond all sense must not make sums without an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A plan with its goal, its graph and what its titles say. Rules name tasks by their places in the plan."""

    goal: Goal
    tasks: tuple[PlannedTask, ...]
    given: Circumstances
    doings: tuple[Doing, ...]
    graph: PlanGraph
    times: Times
    """At the usual pace: with the means of the estimates."""
    shut: Mapping[int, str]
    """Tasks that can never run, with the answer that they wait for and nobody can give."""

    def keys(self, *places: int) -> tuple[str, ...]:
        """The keys of tasks by their places."""
        return tuple(self.tasks[place].key for place in places)

    def serves(self, place: int) -> int | None:
        """Index of the criterion that a task serves; None where it serves none that is there."""
        criterion = self.tasks[place].criterion
        return criterion if criterion is not None and 0 <= criterion < len(self.goal.criteria) else None

    def odds(self, place: int) -> float:
        """The odds that a task succeeds, from 0 to 1."""
        task = self.tasks[place]
        return self.given.odds.get(task.key, task.success)

    def costs(self) -> list[float]:
        """What each task costs."""
        return [self.given.costs.get(task.key, task.cost) for task in self.tasks]

    def at_best(self) -> Times:
        """When each task begins and ends if all goes as fast as it can."""
        gates = _gates(self.tasks, self.given.now)
        return self.graph.times(_hours([task.estimate.low for task in self.tasks], gates), gates)

    def left(self) -> float | None:
        """Hours until the deadline, below 0 when it has passed; None without one."""
        deadline = self.goal.deadline
        return (deadline - self.given.now).total_seconds() / 3600 if deadline is not None else None


def read_case(goal: Goal, tasks: tuple[PlannedTask, ...], given: Circumstances) -> Case:
    """The case of a plan that has passed `check_plan`."""
    graph = PlanGraph(tasks)
    gates = _gates(tasks, given.now)
    return Case(
        goal=goal,
        tasks=tasks,
        given=given,
        doings=tuple(doing_of(task) for task in tasks),
        graph=graph,
        times=graph.times(_hours([task.estimate.mean for task in tasks], gates), gates),
        shut=_shut(tasks, graph),
    )


def _hours(estimates: Sequence[float], gates: Mapping[int, float]) -> list[float]:
    """How long each takes; a wait for a day takes what is left until then, and nothing of its own."""
    return [0.0 if place in gates else min(hours, CENTURY) for place, hours in enumerate(estimates)]


def _gates(tasks: tuple[PlannedTask, ...], now: dt.datetime) -> dict[int, float]:
    """Waits for a day, with the hours until it comes: they end then, whatever their estimates say."""
    found = {}
    for place, task in enumerate(tasks):
        if task.until is not None:
            found[place] = max(0.0, (task.until - now).total_seconds() / 3600)
    return found


def _shut(tasks: tuple[PlannedTask, ...], graph: PlanGraph) -> dict[int, str]:
    """Tasks on a road that no answer opens. Where a decider offers no answers, the road is never closed."""
    place = {task.key: number for number, task in enumerate(tasks)}
    found: dict[int, str] = {}
    for here in graph.order:
        condition = tasks[here].only_if
        decider = place.get(condition[0]) if condition is not None else None
        if condition is None or decider is None:
            continue
        options = tasks[decider].inputs.get("options")
        if decider in found or (isinstance(options, list) and options and condition[1] not in options):
            found[here] = condition[1]
    return found
