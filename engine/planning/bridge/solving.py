"""The searches for the plans of a problem, a slice at a time: the likeliest ones, and some that save time and money."""

import math
from collections.abc import Generator
from dataclasses import dataclass, replace

from msgspec.structs import replace as changed

from engine.planning.bridge.doing_without import doing_without
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.taught import Taught
from engine.planning.htn.analysis import Analysis
from engine.planning.htn.figures import Figures, Tilt
from engine.planning.htn.outcome import FoundPlan, Outcome
from engine.planning.htn.ranking import cost_of, hours_of
from engine.planning.htn.search import Search, Wanted
from engine.planning.htn.walk import Arrival

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


class Solving:
    """The searches for the plans of one problem. Bounded, and the same for the same problem.

    Of all ways that are found only those are made plans that may be offered beside the likeliest: an alternative takes
    less time or less money. Where something was learned, hours are not what the libraries say, and all are made plans.
    """

    def __init__(self, layout: Layout, known: KnownMethods, lessons: Taught | None = None) -> None:
        self._layout = layout
        self._known = known
        self._lessons = lessons
        self._search: Search | None = None  # None before the first one
        self._marks: set[int] = set()
        self._likeliest: Arrival | None = None  # None before it was found
        self._knows_all = False

    @property
    def ways(self) -> int:
        """How many ways to do it all were found, and compared by their odds, hours and costs."""
        return len(self._marks)

    def likeliest(self) -> Generator[None, None, Outcome]:
        """The likeliest plans, by what was learned too; with the odds that the libraries give them."""
        layout, known, lessons = self._layout, self._known, self._lessons
        analysis = yield from analysed_for(layout, known, lessons)
        plans = _plans(layout)
        self._search = search = Search(analysis, layout.problem, self._wanted(plans))
        yield
        outcome = yield from self._run(search)
        self._knows_all = outcome.is_proven and outcome.found < plans
        return outcome if lessons is None else replace(outcome, plans=tuple(map(self._true, outcome.plans)))

    def lean(self, holding_up: Holding) -> Generator[None, None, tuple[FoundPlan, ...]]:
        """Further plans that save time where it holds up the end, and money; with the odds of the libraries."""
        if self._search is None or self._knows_all or len(self._layout.units) > _LARGE:
            return ()
        slow = frozenset(one.name for one in self._known.below(holding_up.tasks)[1])
        yield
        self._search.again(self._wanted(LEAN, _tilt(slow, holding_up)))
        yield
        plans = (yield from self._run(self._search)).plans
        return plans if self._lessons is None else tuple(map(self._true, plans))

    def _wanted(self, plans: int, tilt: Tilt | None = None) -> Wanted:
        nodes = min(_NODES + _NODES_A_CLAUSE * len(self._layout.units), _MOST_NODES)
        return Wanted(plans=plans, nodes=nodes, tilt=tilt, worth=self._is_worth_it)

    def _run(self, search: Search) -> Generator[None, None, Outcome]:
        while not search.run():
            yield
        return search.outcome

    def _is_worth_it(self, one: Arrival) -> bool:
        if one.mark in self._marks:
            return False
        self._marks.add(one.mark)
        first = self._likeliest = self._likeliest or one
        saves = cost_of(one.rank) < cost_of(first.rank) or hours_of(one.rank) < hours_of(first.rank)
        return one is first or saves or self._lessons is not None

    def _true(self, plan: FoundPlan) -> FoundPlan:
        """The plan with the odds that its methods and steps have in the libraries."""
        known, figures = self._known, Figures(self._layout.problem.context)
        odds = (figures.odds(known.odds(node.method or node.task), node.values) for node in plan.tree.values())
        steps = tuple(changed(step, primitive=known.primitive(step.primitive.name)) for step in plan.steps)
        return replace(plan, probability=math.prod(odds), steps=steps)


def _plans(layout: Layout) -> int:
    """How many of the likeliest plans are looked for."""
    clauses = len(layout.units)
    return LIKELIEST if clauses <= _MANY else _FEW if clauses <= _LARGE else 1


def analysed_for(layout: Layout, known: KnownMethods, lessons: Taught | None) -> Generator[None, None, Analysis]:
    """What the tasks of a problem can lead to, with learned odds where something was learned, and without the ways that
    need what is gone."""
    analysis = known.reachable(subtask.task for subtask in layout.problem.tasks)
    yield
    if lessons is not None:
        domain = yield from lessons.laid_over(analysis.domain)
        analysis = replace(analysis, domain=domain)
    return doing_without(analysis, layout.gone)


def _tilt(slow: frozenset[str], holding_up: Holding) -> Tilt:
    """What time and money count in the search for plans that take less of them than the best one."""
    hour = _WORTH / max(holding_up.hours, 1.0)
    money = _WORTH / holding_up.cost if holding_up.cost >= 1.0 else 0.0
    return Tilt(hour=hour * _BESIDE, slow=slow, slow_hour=hour, money=money)
