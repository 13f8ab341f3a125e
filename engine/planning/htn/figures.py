"""Odds, costs and hours of the parts of a plan, worked out from the values of their variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.planning.htn.ranking import rank_of
from engine.planning.language.domain import Method, Primitive, ThreePoints
from engine.planning.language.numbers import LONGEST_HOURS, MOST, as_number, combined
from engine.planning.language.terms import Arithmetic, Expression, Figure, Given, Value, Variable
from engine.planning.language.variables import variables_in
from engine.tasks import Estimate

Values = Mapping[str, Value]
LEAST_ODDS = 1e-9
"""Odds that are worked out are held to this and 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFigures:
    """The figures of one part of a plan."""

    odds: float
    cost: float
    estimate: Estimate | None
    """None for a method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tilt:
    """What time and money count beside odds: with them steps rank as if their odds were lower than they are."""

    hour: float
    """So many times likelier must be, beyond once, what takes an hour more."""
    slow: frozenset[str]
    slow_hour: float
    """The same for an hour of these steps."""
    money: float
    """The same for what costs one more."""

    def price(self, step: str, hours: float, cost: float) -> float:
        """What the odds of a step are divided by."""
        return 1.0 + (self.slow_hour if step in self.slow else self.hour) * hours + self.money * cost


class Figures:
    """Works figures out for one context. What can't be worked out counts as certain, free or immediate."""

    def __init__(self, context: Mapping[str, Value], plain: dict[tuple[type, str], PartFigures] | None = None) -> None:
        """`plain` is where the figures of methods and steps are kept that depend on nothing, for other contexts."""
        self.context = context
        self._plain = {} if plain is None else plain
        self.tilt: Tilt | None = None
        """What ranks go by; odds are told as they are. None where they go by odds alone."""
        self._least: dict[tuple[type, str], PartFigures] = {}

    def number(self, value: Expression, values: Values) -> float | None:
        """The number that a figure comes to; None where it comes to none."""
        if (plain := as_number(value)) is not None:  # as most are
            return plain
        match value:
            case Variable():
                return as_number(values.get(value.name))
            case Given():
                return as_number(self.context.get(value.key))
            case Arithmetic():
                return combined(value.operator, [self.number(one, values) for one in value.operands])
            case _:
                return None

    def odds(self, value: Figure, values: Values) -> float:
        """Over 0 and up to 1."""
        number = self.number(value, values)
        return 1.0 if number is None else min(max(number, LEAST_ODDS), 1.0)

    def amount(self, value: Figure, values: Values) -> float:
        """From 0 on, and no more than ranks can hold."""
        number = as_number(value) or self.number(value, values) or 0.0
        return min(max(number, 0.0), MOST)

    def estimate(self, points: ThreePoints, values: Values) -> Estimate:
        """Three points that don't fall, none longer than anything takes."""
        low = min(self.amount(points.low, values), LONGEST_HOURS)
        likely = min(self.amount(points.likely, values), LONGEST_HOURS)
        high = min(self.amount(points.high, values), LONGEST_HOURS)
        return Estimate(low=min(low, likely), likely=likely, high=max(likely, high))

    def of_part(self, one: Primitive | Method, values: Values) -> PartFigures:
        """All figures of a step or a method."""
        return PartFigures(
            odds=self.odds(one.probability, values),
            cost=self.amount(one.cost, values),
            estimate=self.estimate(one.estimate, values) if isinstance(one, Primitive) else None,
        )

    def least(self, one: Primitive | Method) -> PartFigures:
        """The best figures that a step or a method may have; where they depend on no value, those that it has. Worked
        out once."""
        name = (type(one), one.name)
        known = self._least.get(name)
        if known is None:
            known = self._least[name] = self._reckoned(name, one)
        return known

    def _reckoned(self, name: tuple[type, str], one: Primitive | Method) -> PartFigures:
        same = self._plain.get(name)
        if same is None:
            same = self.of_part(one, {})
            if all(as_number(value) is not None for value in _priced(one)):
                self._plain[name] = same
        elif same.odds != one.probability:  # what was learned moves them
            return PartFigures(odds=self.odds(one.probability, {}), cost=same.cost, estimate=same.estimate)
        return same

    def rank(self, one: Primitive | Method, values: Values) -> int:
        """The rank of a step, or of choosing a method, its subtasks aside."""
        return self._rank(one, self.of_part(one, values))

    def least_rank(self, one: Primitive | Method) -> int:
        """A rank that no values go below."""
        return self._rank(one, self.least(one))

    def _rank(self, one: Primitive | Method, own: PartFigures) -> int:
        if own.estimate is None:
            return rank_of(probability=own.odds, cost=own.cost, parts=1)
        odds, hours = own.odds, own.estimate.mean
        if self.tilt is not None:
            odds /= self.tilt.price(one.name, hours, own.cost)
        return rank_of(probability=odds, cost=own.cost, hours=hours, parts=1)


def _priced(one: Primitive | Method) -> tuple[Figure, ...]:
    """The figures beside the odds."""
    if isinstance(one, Method):
        return (one.cost,)
    return (one.cost, one.estimate.low, one.estimate.likely, one.estimate.high)


def varies(one: Primitive | Method) -> bool:
    """Whether the rank of a step, or of a method, depends on the values of its variables."""
    return any(variables_in(value) for value in (one.probability, *_priced(one)) if as_number(value) is None)
