"""A forecast's problem laid out for playing: tasks by index, the pools they draw on, the people's waking hours.

Needs numpy, for the waking hours.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import numpy as np
from msgspec import Struct

from engine.errors import InvalidInputError
from engine.planning.forecasting.durations import mean_of
from engine.planning.forecasting.model import ForecastProblem, ForecastTask, Holder, Resource
from engine.planning.forecasting.waking import Waking, waking

_HOUR = dt.timedelta(hours=1)
_LONGEST_PAST = dt.timedelta(days=800)
"""What began before is taken to have begun then."""


class Pool(Struct, frozen=True, kw_only=True, gc=False):
    """Places that tasks hold while they go on: worker slots, a person's attention, a resource."""

    kind: Holder
    """NOTHING for a resource."""
    name: str
    """Of the person or resource; empty for the worker slots."""
    places: int
    free_from: float = 0.0
    """Hours from now before which none is to be had."""


class Step(Struct, frozen=True, kw_only=True, gc=False):
    """A task with its place in the layout."""

    index: int
    task: ForecastTask
    after: tuple[int, ...]
    """Indexes of all that must have ended before, the choice it hangs on included."""
    decider: int | None
    """Index of the choice that it hangs on; None for none."""
    pools: tuple[int, ...]
    """Indexes of the pools that it holds a place in, those left out that there is always enough of."""
    person: Waking
    """Whose it is, and who lifts what blocks it."""
    floor: float
    """Hours from now before which it can't begin."""
    passed: float
    """Hours that it has gone on, of them the waking ones where a person does it; 0 before it has begun."""
    hold: float
    """Waking hours for which it holds the person's attention from now or its begin on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All steps, by number, and all pools that there may be a shortage of."""

    steps: tuple[Step, ...]
    pools: tuple[Pool, ...]


def hours_from(now: dt.datetime, moment: dt.datetime) -> float:
    """Hours from now to a moment, negative for the past."""
    return (moment - now) / _HOUR


def lay_out(problem: ForecastProblem) -> Layout:
    """Index tasks, keep the pools that can run short. Raises `InvalidInputError` for tasks that are not there."""
    tasks = sorted(problem.tasks, key=lambda task: task.number)
    index_of = {task.number: index for index, task in enumerate(tasks)}
    needs = {task.number: _needs(problem, task) for task in tasks}
    users = Counter(need for found in needs.values() for need in found)
    pools = [pool for pool, count in users.items() if count > pool.places or pool.free_from > 0]
    place_of = {pool: index for index, pool in enumerate(pools)}
    people = _people(problem)
    holds = np.array([task.hold for task in tasks])
    held = {name: person.stretched(holds) for name, person in people.items()}
    steps = []
    for index, task in enumerate(tasks):
        begun = task.begun_at is not None  # whatever it was behind, it has begun
        decider = task.only_if[0] if task.only_if is not None and not begun else None
        behind = {*(() if begun else task.after), *(() if decider is None else (decider,))}
        if not behind <= index_of.keys():
            raise InvalidInputError("forecast", f"task {task.number} is behind one that is not there", "leave it out")
        name = task.person if task.person in people else ""
        person = people[name]
        gone = passed(problem.now, task.begun_at, person if task.holds is Holder.PERSON else None)
        steps.append(
            Step(
                index=index,
                task=task,
                after=tuple(sorted(index_of[number] for number in behind)),
                decider=None if decider is None else index_of[decider],
                pools=tuple(place_of[need] for need in needs[task.number] if need in place_of),
                person=person,
                floor=max(0.0, hours_from(problem.now, task.not_before)) if task.not_before is not None else 0.0,
                passed=gone,
                hold=max(0.0, float(held[name][index]) - gone),
            )
        )
    return Layout(steps=tuple(steps), pools=tuple(pools))


def passed(now: dt.datetime, since: dt.datetime | None, person: Waking | None) -> float:
    """Hours from a moment to now, of them the waking ones where a person is meant; 0 without a moment."""
    if since is None:
        return 0.0
    hours = max(0.0, -hours_from(now, since))
    if person is None:
        return hours
    then, here = person.awake(np.array([-hours, 0.0]))
    return float(here - then)


def _needs(problem: ForecastProblem, task: ForecastTask) -> list[Pool]:
    """What a task holds while it goes on."""
    capacities = problem.capacities
    found: list[Pool] = []
    if task.holds is Holder.SLOT:
        found.append(Pool(kind=Holder.SLOT, name="", places=capacities.slots))
    elif task.holds is Holder.PERSON:
        name = task.person if task.person in capacities.people else ""
        found.append(Pool(kind=Holder.PERSON, name=name, places=capacities.person(name).attention))
    for name in dict.fromkeys(task.resources):
        resource = capacities.resources.get(name)
        if resource is not None:
            found.append(_stock(problem, name, resource))
    return found


def _stock(problem: ForecastProblem, name: str, resource: Resource) -> Pool:
    """A resource's places; one that is away is taken to come back when it is said to, else to be back now."""
    back = resource.back_at if resource.is_away else None
    free_from = max(0.0, hours_from(problem.now, back)) if back is not None else 0.0
    return Pool(kind=Holder.NOTHING, name=name, places=max(resource.capacity, 1), free_from=free_from)


def _people(problem: ForecastProblem) -> dict[str, Waking]:
    """Everybody's waking hours, as far back and ahead as the tasks reach; the owner's under the empty name."""
    now = problem.now
    since = min((m for task in problem.tasks for m in (task.begun_at, task.lag_since) if m is not None), default=now)
    since = max(min(since, now), now - _LONGEST_PAST)
    moments = [m for task in problem.tasks for m in (task.not_before, *task.ends[-1:]) if m is not None]
    known = hours_from(now, max(moments, default=now))
    days = 30.0 + max(known, 0.0) / 24 + sum(mean_of(task.duration) for task in problem.tasks) / 12
    names = {"", *(task.person for task in problem.tasks if task.person in problem.capacities.people)}
    return {
        name: waking(problem.capacities.person(name).calendar, now, since=since, days=days) for name in sorted(names)
    }
