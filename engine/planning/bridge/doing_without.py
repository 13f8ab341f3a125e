"""What a goal has to do without: ways that need a resource which is gone, or comes back too late, are no ways, nor are
those that rest on what does not hold."""

from collections.abc import Mapping
from dataclasses import replace

from engine.absences import absences
from engine.execution.blocking import is_lost
from engine.planning.bridge.known import KnownMethods
from engine.planning.htn.analysis import Analysis
from engine.planning.htn.impossible import Impossible
from engine.planning.htn.state import Ground, State
from engine.planning.language.domain import Domain, Method, Primitive
from engine.planning.language.terms import Compare, Comparison, Value
from engine.planning.requests import PlanRequest

_NEVER = Compare(left=0.0, comparison=Comparison.OVER, right=0.0)


def gone_for(request: PlanRequest) -> frozenset[str]:
    """The resources that a plan is to do without, by what was said of the goal and by what the operator counts."""
    goal, counted = request.goal, request.capacities.resources
    told = {name: one for name, one in absences(goal, request.now).items() if not one.counted}
    back = {name: one.until for name, one in told.items()}
    back |= {name: one.back_at for name, one in counted.items() if one.is_away}
    until = goal.deadline
    too_late = {name for name, at in back.items() if at is not None and until is not None and at > until}
    blocked = ((one, goal.tasks[one.task]) for one in goal.blockages.values() if one.task is not None)
    return frozenset(
        (
            *(name for name, one in told.items() if one.without),
            *too_late,
            *(one.needed for one, task in blocked if is_lost(one, task)),
        )
    )


def doing_without(analysis: Analysis, gone: frozenset[str]) -> Analysis:
    """The analysed domain in which no method can be chosen that needs one of these for a step of its own.

    A need that names somebody by a word of the goal is not looked at: which it is, only the step itself can tell.
    """
    if not gone:
        return analysis
    domain = analysis.domain
    needy = {one.name for one in domain.primitives if any(need.resource in gone for need in one.needs)}
    return replace(analysis, domain=_without(domain, needy)) if needy else analysis


def _without(domain: Domain, needy: set[str]) -> Domain:
    return replace(domain, methods=tuple(_barred(one) if _needs(one, needy) else one for one in domain.methods))


def _needs(method: Method, needy: set[str]) -> bool:
    return any(one.task in needy for one in method.subtasks)


def _barred(method: Method) -> Method:
    return replace(method, preconditions=(*method.preconditions, _NEVER))


def closed_for(context: Mapping[str, Value], known: KnownMethods) -> frozenset[str]:
    """The compounds of which every way is closed by what is known of the goal: something more general has to do."""
    usual = {key.name: key.default for key in known.libraries.domain.context if key.default is not None}
    ground = Ground(state=State({}, {}, 0), context={**usual, **context}, changing=known.relations)
    impossible = Impossible(ground)
    shut = [one for condition, hanging in known.conditional.items() if impossible.any((condition,)) for one in hanging]
    ways = {one.name for one in shut if isinstance(one, Method)}
    closed = {one.name for one in shut if isinstance(one, Primitive)}

    def is_closed(way: Method) -> bool:
        return way.name in ways or any(
            one.task in closed and not one.each and one.only_if is None for one in way.subtasks
        )

    found: set[str] = set()
    touched = {one.task for one in shut if isinstance(one, Method)}.union(*map(known.above, closed))
    while touched:
        name = touched.pop()
        if name not in found and all(map(is_closed, known.ways(name))):
            found.add(name)
            closed.add(name)
            touched |= known.above(name)
    return frozenset(found)
