"""Reckoning with the numbers of method files: what they come to, within what can be reckoned with."""

import operator
from collections.abc import Callable, Iterable
from typing import TypeAlias

from engine.planning.language.terms import Arithmetic, Expression, Operator, Value

_Pair: TypeAlias = Callable[[float, float], float | None]
_NUMBERS = frozenset({int, float})
DIGITS = 9
"""Decimals that numbers are kept with: sums don't depend on the order of their terms."""
LARGEST = 10**15
"""Numbers stay under this: beyond it not all whole ones are told apart, and far beyond it there are none at all."""
MOST = 10**12
"""The highest cost of one part of a plan: ranks hold the sum of many of them."""
LONGEST_HOURS = 100_000
"""Eleven years; what takes longer is a mistake."""


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


_PAIRS: dict[Operator, _Pair] = {
    Operator.PLUS: operator.add,
    Operator.MINUS: operator.sub,
    Operator.TIMES: operator.mul,
    Operator.DIVIDED: _divide,
    Operator.LEAST: min,
    Operator.MOST: max,
}


def combined(sign: Operator, values: Iterable[Value | None]) -> float | None:
    """Numbers taken together; None when one of the values is none, something is divided by nothing, or it grows too
    large."""
    pair = _PAIRS[sign]
    total: float | None = None
    for value in values:
        number = as_number(value)
        if number is None:
            return None
        total = number if total is None else pair(total, number)
        if total is None or not -LARGEST < total < LARGEST:
            return None
    return round(total, DIGITS) if isinstance(total, float) else total


def as_number(value: Expression | None) -> float | None:
    """The value, if it is a number."""
    return value if value.__class__ in _NUMBERS else None  # type: ignore[return-value]  # the class says it


def constant(value: Expression) -> float | None:
    """What an expression of plain numbers comes to; None for what hangs on anything, and for what comes to nothing."""
    match value:
        case Arithmetic():
            return combined(value.operator, map(constant, value.operands))
        case str() | int() | float():
            return as_number(value)
        case _:
            return None
