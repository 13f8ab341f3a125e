"""Whether the plan does what the goal asks, no less and no more: criteria without tasks, tasks without a use."""

import re
from collections.abc import Iterator

from engine.planning.quality.case import Case
from engine.planning.quality.findings import Finding, Rule, Severity
from engine.tasks import BY_HAND

_CONDITIONAL = re.compile(
    r"\b(?:if|unless|when|once|only|otherwise|else|case|provided|depending|should|or|either|whether)\b", re.I
)
"""Words of a criterion that is itself meant to hold only sometimes."""


def coverage_of(case: Case) -> tuple[tuple[str, ...], ...]:
    """For each criterion the keys of the tasks that serve it and can run, in the order of the plan."""
    found: list[list[str]] = [[] for _ in case.goal.criteria]
    for place, task in enumerate(case.tasks):
        criterion = case.serves(place)
        if criterion is not None and place not in case.shut:
            found[criterion].append(task.key)
    return tuple(map(tuple, found))


def empty(case: Case) -> Iterator[Finding]:
    """A plan without tasks."""
    if not case.tasks:
        yield Finding(rule=Rule.EMPTY, severity=Severity.PROBLEM)


def uncovered(case: Case) -> Iterator[Finding]:
    """Criteria that no task serves. Where there are no tasks at all, `empty` has said it."""
    if not case.tasks:
        return
    for criterion, keys in enumerate(coverage_of(case)):
        if not keys:
            yield Finding(rule=Rule.UNCOVERED, severity=Severity.PROBLEM, criterion=criterion)
    yield from _left_to_chance(case)


def _left_to_chance(case: Case) -> Iterator[Finding]:
    """Criteria that are served on one road only, though they say nothing of a condition."""
    roads: dict[int, set[tuple[str, str] | None]] = {}
    for place, task in enumerate(case.tasks):
        criterion = case.serves(place)
        if criterion is not None and place not in case.shut:
            roads.setdefault(criterion, set()).add(task.only_if)
    for criterion, taken in sorted(roads.items()):
        road = next(iter(taken))
        if len(taken) == 1 and road is not None and not _CONDITIONAL.search(case.goal.criteria[criterion]):
            yield Finding(rule=Rule.UNCOVERED, tasks=road[:1], criterion=criterion, option=road[1])


def unreachable(case: Case) -> Iterator[Finding]:
    """Tasks that hang on an answer which nobody can give."""
    for place, option in case.shut.items():
        condition = case.tasks[place].only_if
        decider = condition[:1] if condition is not None else ()
        yield Finding(
            rule=Rule.UNREACHABLE, severity=Severity.PROBLEM, tasks=(*case.keys(place), *decider), option=option
        )


def orphaned(case: Case) -> Iterator[Finding]:
    """Tasks that serve no criterion and that nothing needs which does; each end with all that leads only to it.

    What comes after tasks of every criterion closes the whole, and a check of something that serves guards it: both
    serve the goal without a criterion of their own. So does every task of a goal without criteria. The check of an
    orphan is no fault beside it.
    """
    if not case.goal.criteria:
        return
    lost = _useless(case)
    lost -= {
        place
        for place in lost
        if case.doings[place].checks and any(case.graph.comes_before(one, place) for one in lost)
    }
    told: set[int] = set()
    for place in reversed(case.graph.order):
        if place in lost and not any(case.graph.comes_before(place, later) for later in lost):
            leading = [one for one in sorted(lost - told) if case.graph.comes_before(one, place)]
            told.update(leading)
            claimed = case.tasks[place].criterion
            yield Finding(rule=Rule.ORPHANED, tasks=case.keys(place, *leading), criterion=claimed)


def _useless(case: Case) -> set[int]:
    places = range(len(case.tasks))
    serving = {place for place in places if case.serves(place) is not None}
    every = frozenset(case.serves(place) for place in serving)
    wanted = serving | {place for place in places if case.tasks[place].method == BY_HAND}  # by whoever added it
    useful = _bits(wanted)
    for place in wanted:
        useful |= case.graph.ancestors[place]
    for place in places:
        if not useful >> place & 1:
            behind = {case.serves(one) for one in serving if case.graph.comes_before(one, place)}
            if behind and (behind == every or case.doings[place].checks):
                useful |= case.graph.ancestors[place] | 1 << place
    return {place for place in places if not useful >> place & 1}


def _bits(places: set[int]) -> int:
    found = 0
    for place in places:
        found |= 1 << place
    return found
