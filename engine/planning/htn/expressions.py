"""Expressions made ready to be worked out, again and again, from a row of values."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.planning.htn.state import DIGITS, Column, Picker, Row, State, picker
from engine.planning.language.terms import (
    Amount,
    Arithmetic,
    Compare,
    Comparison,
    Expression,
    Given,
    Operator,
    Term,
    Value,
    Variable,
)

Worked: TypeAlias = Callable[[Row], Value | None]
"""Works a value out; None where it can't be: an unknown key, nothing set, or a division by nothing."""
Test: TypeAlias = Callable[[Row], bool]
_Pair: TypeAlias = Callable[[float, float], float | None]
_NUMBERS = frozenset({int, float})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What expressions and conditions refer to besides their variables."""

    state: State
    context: Mapping[str, Value]
    """With defaults filled in."""
    changing: frozenset[str]
    """The relations and quantities (their names after a `#`) that any step changes."""


class Layout:
    """Where the values of variables and constants stand in a row: constants first, then variables as they come."""

    def __init__(self, constants: Iterable[Term]) -> None:
        found: dict[tuple[type, Value], Value] = {}
        for one in constants:
            if not isinstance(one, Variable):
                found.setdefault((type(one), one), one)
        self.constants: Row = tuple(found.values())
        self._constant_slots = {key: slot for slot, key in enumerate(found)}
        self._slots: dict[str, int] = {}
        self.size = len(self.constants)

    def copy(self) -> "Layout":
        """One that goes on by itself from here."""
        other = Layout(())
        other.constants, other._constant_slots = self.constants, self._constant_slots
        other._slots, other.size = dict(self._slots), self.size
        return other

    def give(self, name: str) -> int:
        """The next slot, for a variable."""
        self._slots[name] = self.size
        self.size += 1
        return self.size - 1

    def skip(self) -> None:
        """The next slot holds what no variable stands for."""
        self.size += 1

    def knows(self, term: Term) -> bool:
        """Whether the term has a slot."""
        return not isinstance(term, Variable) or term.name in self._slots

    def slot(self, term: Term) -> int:
        """The slot of a term."""
        if isinstance(term, Variable):
            return self._slots[term.name]
        return self._constant_slots[type(term), term]

    def slot_of(self, value: Expression) -> int | None:
        """The slot of an expression that is a known term; None for others."""
        if isinstance(value, Given | Amount | Arithmetic) or not self.knows(value):
            return None
        return self.slot(value)

    def slots(self, terms: Iterable[Term]) -> list[int]:
        """The slots of these terms."""
        return list(map(self.slot, terms))

    def picker(self, terms: Iterable[Term]) -> Picker:
        """Takes the values of these terms out of a row."""
        return picker(map(self.slot, terms))

    def names(self) -> dict[str, int]:
        """The slots of the variables, by name."""
        return dict(self._slots)


def worked(value: Expression, layout: Layout, ground: Ground) -> Worked:
    """How to work an expression out from a row of this layout."""
    match value:
        case Given():
            known = ground.context.get(value.key)
            return lambda row: known
        case Amount():
            return _amount(ground.state.columns[value.quantity], layout.slots(value.arguments))
        case Arithmetic(operands=(one, other)):
            return _pair(value.operator, layout.slot_of(one), layout.slot_of(other)) or _combined_pair(
                value.operator, worked(one, layout, ground), worked(other, layout, ground)
            )
        case Arithmetic():
            operands = [worked(one, layout, ground) for one in value.operands]
            return lambda row: combined(value.operator, [operand(row) for operand in operands])
        case _:
            return operator.itemgetter(layout.slot(value))


def _amount(column: Column, slots: list[int]) -> Worked:
    find, default = column.values.get, column.default
    if len(slots) == 1:
        only = slots[0]
        return lambda row: find((row[only],), default)
    pick = picker(slots)
    return lambda row: find(pick(row), default)


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
_RAW_PAIRS: dict[Operator, Callable[[Value, Value], float]] = {
    Operator.PLUS: operator.add,
    Operator.MINUS: operator.sub,
    Operator.TIMES: operator.mul,
}


def _pair(sign: Operator, one: int | None, other: int | None) -> Worked | None:
    """For two slots, which are known to hold numbers; None for all else."""
    pair = _RAW_PAIRS.get(sign)
    if pair is None or one is None or other is None:
        return None
    left, right = one, other

    def work_out(row: Row) -> Value:
        total = pair(row[left], row[right])
        return total if total.__class__ is int else round(total, DIGITS)

    return work_out


def _combined_pair(sign: Operator, left: Worked, right: Worked) -> Worked:
    return lambda row: combined(sign, (left(row), right(row)))


def combined(sign: Operator, values: Iterable[Value | None]) -> float | None:
    """Numbers taken together; None when one of the values is none, or something is divided by nothing."""
    pair = _PAIRS[sign]
    total: float | None = None
    for value in values:
        number = as_number(value)
        if number is None:
            return None
        total = number if total is None else pair(total, number)
        if total is None:
            return None
    return round(total, DIGITS) if isinstance(total, float) else total


def as_number(value: Value | None) -> float | None:
    """The value, if it is a number."""
    return value if value.__class__ in _NUMBERS else None  # type: ignore[return-value]  # the class says it


def _compared_always(left: Worked, compare: Callable[[Value, Value], bool], right: Worked) -> Test:
    return lambda row: compare(left(row), right(row))  # type: ignore[arg-type]  # neither is ever None


def _is_always_there(value: Expression, ground: Ground) -> bool:
    """Whether an expression always comes to a value."""
    match value:
        case Given():
            return value.key in ground.context
        case Amount():
            return ground.state.columns[value.quantity].default is not None
        case Arithmetic():
            return False
        case _:
            return True


_COMPARE: dict[Comparison, Callable[[Value, Value], bool]] = {
    Comparison.IS: operator.eq,
    Comparison.IS_NOT: operator.ne,
    Comparison.UNDER: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.OVER: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


def compared(condition: Compare, layout: Layout, ground: Ground) -> Test:
    """A test that two values compare as said. What is compared by size is known to be a number, if anything."""
    compare = _COMPARE[condition.comparison]
    one, other = layout.slot_of(condition.left), layout.slot_of(condition.right)
    if one is not None and other is not None:
        first, second = one, other
        return lambda row: compare(row[first], row[second])
    left, right = worked(condition.left, layout, ground), worked(condition.right, layout, ground)
    if _is_always_there(condition.left, ground) and _is_always_there(condition.right, ground):
        return _compared_always(left, compare, right)
    return lambda row: (a := left(row)) is not None and (b := right(row)) is not None and compare(a, b)
