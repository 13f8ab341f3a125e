"""The searches for the plans of a problem, a slice at a time: the likeliest ones, and some that save time and money."""

import math
from collections.abc import Generator
from dataclasses import dataclass, replace

from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.taught import Taught
from engine.planning.htn.analysis import Analysis
from engine.planning.htn.figures import Figures
from engine.planning.htn.outcome import FoundPlan, Outcome
from engine.planning.htn.search import Search, Wanted
from engine.planning.language.domain import Domain, Primitive, Problem
from engine.planning.language.terms import Arithmetic, Figure, Operator

LIKELIEST, LEAN = 6, 3
"""So many plans are looked for; what a person is offered is chosen among them."""
_NODES, _NODES_A_CLAUSE, _MOST_NODES = 4_000, 600, 60_000
_MANY, _FEW = 9, 3
"""Above so many clauses so few plans are looked for: each costs as much as ten criteria take to read."""
_LARGE = 40
"""Above so many clauses only the best plan is looked for: nobody compares a hundred steps with a hundred others."""
_WORTH = 3.0
"""How dear time is in the search for lean plans: with 1, one that takes no time would be worth half of the odds."""
_BESIDE = 0.25
"""What an hour counts that does not hold up the end, beside one that does: it is work all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What holds up the end of the best plan, and what that plan takes."""

    tasks: frozenset[str]
    """The tasks of the problem on its longest way."""
    hours: float
    cost: float


def likeliest(layout: Layout, known: KnownMethods, lessons: Taught | None = None) -> Generator[None, None, Outcome]:
    """The likeliest plans of a problem, by what was learned too. Bounded, and the same for the same problem.

    Their figures are those that the libraries give them.
    """
    analysis = yield from _analysis(layout, known, lessons)
    outcome = yield from _search(analysis, layout, _plans(layout))
    if lessons is None:
        return outcome
    return replace(outcome, plans=tuple(_true(plan, layout.problem, known) for plan in outcome.plans))


def _plans(layout: Layout) -> int:
    """How many of the likeliest plans are looked for."""
    clauses = len(layout.units)
    return LIKELIEST if clauses <= _MANY else _FEW if clauses <= _LARGE else 1


def lean(
    layout: Layout, known: KnownMethods, holding_up: Holding, lessons: Taught | None = None
) -> Generator[None, None, tuple[FoundPlan, ...]]:
    """Plans that save time where it holds up the end, and money; with the odds that the libraries give them."""
    if len(layout.units) > _LARGE:
        return ()
    analysis = yield from _analysis(layout, known, lessons)
    slow = frozenset(one.name for one in known.below(holding_up.tasks)[1])
    yield
    tilted = replace(analysis, domain=_tilted(analysis.domain, slow, holding_up))
    yield
    found = yield from _search(tilted, layout, LEAN)
    return tuple(_true(plan, layout.problem, known) for plan in found.plans)


def _analysis(layout: Layout, known: KnownMethods, lessons: Taught | None) -> Generator[None, None, Analysis]:
    """What the tasks of a problem can lead to, with learned odds where something was learned."""
    analysis = known.reachable(subtask.task for subtask in layout.problem.tasks)
    yield
    if lessons is None:
        return analysis
    domain = yield from lessons.laid_over(analysis.domain)
    return replace(analysis, domain=domain)


def _search(analysis: Analysis, layout: Layout, plans: int) -> Generator[None, None, Outcome]:
    nodes = min(_NODES + _NODES_A_CLAUSE * len(layout.units), _MOST_NODES)
    search = Search(analysis, layout.problem, Wanted(plans=plans, nodes=nodes))
    yield
    while not search.run():
        yield
    return search.outcome


def _tilted(domain: Domain, slow: frozenset[str], holding_up: Holding) -> Domain:
    """The domain with lower odds for all that takes long or is dear, so that the search looks for what is neither."""
    hour = _WORTH / max(holding_up.hours, 1.0)
    money = _WORTH / holding_up.cost if holding_up.cost >= 1.0 else 0.0
    return replace(
        domain,
        primitives=tuple(
            _dearer(one, hour if one.name in slow else hour * _BESIDE, money) for one in domain.primitives
        ),
    )


def _dearer(one: Primitive, hour: float, money: float) -> Primitive:
    points = (one.estimate.low, one.estimate.likely, one.estimate.high)
    told = (*points, one.cost, one.probability)
    if all(isinstance(figure, int | float) for figure in told):
        low, likely, high, cost, odds = (float(figure) for figure in told if isinstance(figure, int | float))
        return replace(one, probability=odds / (1.0 + hour * (low + 4 * likely + high) / 6 + money * cost))
    mean = _combined(Operator.DIVIDED, _combined(Operator.PLUS, *points[::2], *[points[1]] * 4), 6.0)
    price = _combined(
        Operator.PLUS, 1.0, _combined(Operator.TIMES, hour, mean), _combined(Operator.TIMES, money, one.cost)
    )
    return replace(one, probability=_combined(Operator.DIVIDED, one.probability, price))


def _combined(operator: Operator, *operands: Figure) -> Arithmetic:
    return Arithmetic(operator=operator, operands=operands)


def _true(plan: FoundPlan, problem: Problem, known: KnownMethods) -> FoundPlan:
    """The plan with the odds that its methods and steps really have."""
    figures = Figures(problem.context)
    odds = math.prod(figures.odds(known.odds(node.method or node.task), node.values) for node in plan.tree.values())
    steps = tuple(replace(step, primitive=known.primitive(step.primitive.name)) for step in plan.steps)
    return replace(plan, probability=odds, steps=steps)
