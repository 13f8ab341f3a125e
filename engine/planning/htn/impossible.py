"""Conditions that no step can ever bring about, so that their methods need not be looked at."""

import operator
from collections.abc import Callable, Iterable

from engine.planning.htn.state import Ground
from engine.planning.language.domain import Method, Primitive
from engine.planning.language.numbers import combined
from engine.planning.language.terms import (
    Absent,
    AllOf,
    Amount,
    AnyOf,
    Arithmetic,
    Bind,
    Compare,
    Comparison,
    Condition,
    Expression,
    Given,
    Holds,
    Value,
    Variable,
)
from engine.planning.language.variables import mentioned, reads_state

_COMPARE: dict[Comparison, Callable[[Value, Value], bool]] = {
    Comparison.IS: operator.eq,
    Comparison.IS_NOT: operator.ne,
    Comparison.UNDER: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.OVER: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


class Impossible:
    """Tells hopeless conditions from what the context says and from facts that no step changes."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._told: dict[Condition, bool] = {}  # many ways ask for the same

    def any(self, conditions: Iterable[Condition]) -> bool:
        """Whether one of the conditions can never hold."""
        return any(map(self._is_known_hopeless, conditions))

    def among(self, things: Iterable[Method | Primitive]) -> frozenset[str]:
        """The names of those that can never be chosen."""
        return frozenset(one.name for one in things if self.any(one.preconditions))

    def _is_known_hopeless(self, condition: Condition) -> bool:
        told = self._told.get(condition)
        if told is None:
            told = self._told[condition] = self._is_hopeless(condition)
        return told

    def _is_hopeless(self, condition: Condition) -> bool:
        match condition:
            case AllOf():
                return self.any(condition.conditions)
            case AnyOf():
                return all(map(self._is_known_hopeless, condition.conditions))
            case Compare():
                return self._never_compares(condition)
            case Holds():
                return condition.relation not in self._ground.changing and not self._is_there(condition)
            case Absent():
                ground = not mentioned(condition)
                return ground and condition.relation not in self._ground.changing and self._is_there(condition)
            case Bind():
                return False

    def _never_compares(self, condition: Compare) -> bool:
        sides = (condition.left, condition.right)
        if mentioned(condition) or any(map(reads_state, sides)):
            return False
        left, right = map(self._value, sides)
        return left is None or right is None or not _COMPARE[condition.comparison](left, right)

    def _value(self, expression: Expression) -> Value | None:
        """What it comes to, whatever the state; None where it comes to nothing."""
        match expression:
            case Given():
                return self._ground.context.get(expression.key)
            case Arithmetic():
                return combined(expression.operator, map(self._value, expression.operands))
            case _:
                assert not isinstance(expression, Variable | Amount)
                return expression

    def _is_there(self, condition: Holds | Absent) -> bool:
        wanted = [(n, one) for n, one in enumerate(condition.arguments) if not isinstance(one, Variable)]
        rows = self._ground.state.tables[condition.relation].rows
        return any(all(row[n] == one for n, one in wanted) for row in rows)
