"""Conditions that can never hold: no step brings them about, or they contradict each other.

Nothing is planned for it: effects count wherever they stand, as soon as the step that has them can ever be done itself.
So what is named here never holds in any plan; not all that never holds is named.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from engine.planning.language.contradictions import Contradiction, both_ways, contradiction_in, is_constant
from engine.planning.language.domain import Domain, Primitive
from engine.planning.language.scopes import Flaw, Path
from engine.planning.language.terms import (
    Add,
    AllOf,
    Amount,
    AnyOf,
    Compare,
    Comparison,
    Condition,
    Expression,
    Holds,
    Increase,
    SetTo,
    Term,
    Variable,
)
from engine.planning.language.wording import written

_MOST_COMPARED = 100_000
"""How many arguments of facts are compared with those of effects; whatever comes after is taken for possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conditions:
    """Conditions that must hold together, and the variables that have a value before."""

    path: Path
    own: tuple[Condition, ...]
    bound: frozenset[str]


def find_hopeless(domain: Domain, told: Collection[str], sound: Collection[Path] = ()) -> Iterator[Flaw]:
    """A flaw for each list of conditions that can never hold. The relations `told` may hold from the start.

    The domain must have no other flaws (`find_flaws`). Members under `sound`, as («methods», number), are passed by.
    """
    reach = _Reach(domain, frozenset(told))
    for one in _all_conditions(domain):
        if not one.own or one.path[:2] in sound:
            continue
        found = contradiction_in(one.own, one.bound)
        if found is not None:
            yield _against_itself(one, found)
            continue
        for place, condition in enumerate(one.own):
            missing = reach.missing(condition)
            if missing:
                problem = f"nothing ever brings about «{missing}»"
                yield Flaw(path=(*one.path, place), problem=problem, accepts="what a step has among its effects")
                break


def _against_itself(own: _Conditions, found: Contradiction) -> Flaw:
    one_said, other_said = written(found.one), written(found.other)
    both = f"«{one_said}» and «{other_said}» never hold together"
    problem = f"«{one_said}» never holds" if found.one is found.other else both
    return Flaw(path=(*own.path, found.place), problem=problem, accepts="conditions that can hold at the same time")


def _all_conditions(domain: Domain) -> Iterator[_Conditions]:
    for place, step in enumerate(domain.primitives):
        bound = frozenset(one.name for one in step.parameters)
        yield _Conditions(path=("primitives", place, "preconditions"), own=step.preconditions, bound=bound)
    takes = {one.name: frozenset(parameter.name for parameter in one.parameters) for one in domain.compounds}
    for place, method in enumerate(domain.methods):
        own = method.arguments
        bound = takes[method.task] if own is None else frozenset(one.name for one in own if isinstance(one, Variable))
        yield _Conditions(path=("methods", place, "preconditions"), own=method.preconditions, bound=bound)
        for number, subtask in enumerate(method.subtasks):
            path = ("methods", place, "subtasks", number, "each")
            yield _Conditions(path=path, own=(*subtask.each,), bound=bound)


class _Reach:
    """What facts and numbers can ever become, by the effects of the steps that can be done."""

    def __init__(self, domain: Domain, told: frozenset[str]) -> None:
        self._told = told
        self._added: dict[str, list[tuple[Term, ...]]] = {}
        self._compared = 0
        self._ranges = {
            one.name: _Range(one.default) if one.parameters else _Range.of_anything() for one in domain.quantities
        }
        for step in _possible(domain.primitives, told):
            for effect in step.effects:
                match effect:
                    case Add():
                        self._added.setdefault(effect.relation, []).append(effect.arguments)
                    case SetTo():
                        self._ranges[effect.quantity].take_in(_number(effect.value))
                    case Increase():
                        self._ranges[effect.quantity].grow(_number(effect.by))

    def missing(self, condition: Condition) -> str:
        """The part of a condition that nothing brings about; empty where it may come to hold."""
        match condition:
            case Holds() if condition.relation not in self._told:
                return "" if self._is_added(condition) else written(condition)
            case Compare():
                return "" if self._can_be(condition) else written(condition)
            case AllOf():
                return next(filter(None, map(self.missing, condition.conditions)), "")
            case AnyOf():
                ways = [self.missing(one) for one in condition.conditions]
                return ways[0] if all(ways) else ""
            case _:
                return ""

    def _is_added(self, wanted: Holds) -> bool:
        for row in self._added.get(wanted.relation, ()):
            self._compared += 1
            if self._compared > _MOST_COMPARED or all(map(_may_be_one, wanted.arguments, row)):
                return True
        return False

    def _can_be(self, condition: Compare) -> bool:
        for left, sign, right in both_ways(condition):
            number = _number(right)
            if isinstance(left, Amount) and number is not None:
                return self._ranges[left.quantity].may(sign, number)
        return True


class _Range:
    """Between which numbers a quantity may ever stand; nothing at all while it is unknown and nothing sets it."""

    def __init__(self, start: float | None) -> None:
        self._low, self._high = (math.inf, -math.inf) if start is None else (start, start)

    @classmethod
    def of_anything(cls) -> "_Range":
        """A quantity that a goal may tell."""
        found = cls(-math.inf)
        found.take_in(math.inf)
        return found

    def take_in(self, value: float | None) -> None:
        """It is set to a value; None for one that is worked out."""
        low, high = (-math.inf, math.inf) if value is None else (value, value)
        self._low, self._high = min(self._low, low), max(self._high, high)

    def grow(self, by: float | None) -> None:
        """It grows by so much, as often as one likes; None for what is worked out."""
        if by is None or by > 0:
            self._high = math.inf
        if by is None or by < 0:
            self._low = -math.inf

    def may(self, sign: Comparison, number: float) -> bool:
        """Whether it may ever compare so."""
        match sign:
            case Comparison.IS:
                return self._low <= number <= self._high
            case Comparison.IS_NOT:
                return self._low <= self._high and not self._low == self._high == number
            case Comparison.UNDER:
                return self._low < number
            case Comparison.AT_MOST:
                return self._low <= number
            case Comparison.OVER:
                return self._high > number
            case Comparison.AT_LEAST:
                return self._high >= number


def _possible(steps: Sequence[Primitive], told: frozenset[str]) -> Iterator[Primitive]:
    """The steps that can ever be done, as far as the names of the facts that they call for tell."""
    waiting: dict[str, list[int]] = {}
    lacking: list[int] = []
    for number, step in enumerate(steps):
        names = {one.relation for one in step.preconditions if isinstance(one, Holds)} - told
        lacking.append(len(names))
        for name in names:
            waiting.setdefault(name, []).append(number)
    ready = [number for number, count in enumerate(lacking) if not count]
    while ready:
        step = steps[ready.pop()]
        yield step
        added = {effect.relation for effect in step.effects if isinstance(effect, Add)}
        for number in chain.from_iterable(waiting.pop(name, ()) for name in added):
            lacking[number] -= 1
            if not lacking[number]:
                ready.append(number)


def _may_be_one(wanted: Term, own: Term) -> bool:
    """Whether an argument of a condition and one of an effect may stand for the same value."""
    return isinstance(wanted, Variable) or isinstance(own, Variable) or wanted == own


def _number(value: Expression) -> float | None:
    """A number as it stands there; None for what is worked out, and for what is no number."""
    return float(value) if isinstance(value, int | float) and is_constant(value) else None
