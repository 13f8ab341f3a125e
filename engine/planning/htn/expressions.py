"""Expressions made ready to be worked out, again and again, from a row of values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from engine.planning.htn.generated import Text, row_of
from engine.planning.htn.state import Ground, Picker, Row, picker
from engine.planning.language.numbers import DIGITS, LARGEST, combined
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What expressions and conditions refer to in every problem of a domain."""

    defaults: Mapping[str, float | None]
    """What quantities stand at where nothing was set."""
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


def said(value: Expression, layout: Layout, scheme: Scheme, text: Text) -> str:
    """The line that works an expression out from a row of this layout; it comes to None where there is no value: for an
    unknown key, where nothing was set, where something is divided by nothing, or where a number grows too large."""
    match value:
        case Given():
            return text.found(value, partial(_given, value.key))
        case Amount():
            key = text.row(layout.slots(value.arguments))
            return f"{values_of(value.quantity, text)}.get({key}, {text.name(scheme.defaults[value.quantity])})"
        case Arithmetic():
            return _plain_pair(value, layout, text) or _combination(value, layout, scheme, text)
        case _:
            return text.value(layout.slot(value))


def _given(key: str, ground: Ground) -> object:
    return ground.context.get(key)


def values_of(quantity: str, text: Text) -> str:
    """What stands for the numbers of a quantity."""
    return text.found(("values", quantity), lambda ground: ground.state.columns[quantity].values)


def _plain_pair(value: Arithmetic, layout: Layout, text: Text) -> str | None:
    """For two slots, which are known to hold numbers; None for all else."""
    slots = [layout.slot_of(one) for one in value.operands]
    sign = _SIGNS.get(value.operator)
    if len(slots) != 2 or sign is None or slots[0] is None or slots[1] is None:
        return None
    total = f"{text.value(slots[0])} {sign} {text.value(slots[1])}"
    return f"(None if not -{LARGEST} < (t := {total}) < {LARGEST} else t if t.__class__ is int else round(t, {DIGITS}))"


def _combination(value: Arithmetic, layout: Layout, scheme: Scheme, text: Text) -> str:
    operands = [said(one, layout, scheme, text) for one in value.operands]
    return f"{text.name(combined)}({text.name(value.operator)}, {row_of(operands)})"


_SIGNS = {Operator.PLUS: "+", Operator.MINUS: "-", Operator.TIMES: "*"}


def _is_always_there(value: Expression, scheme: Scheme) -> bool:
    """Whether an expression always comes to a value."""
    match value:
        case Given() | Arithmetic():
            return False
        case Amount():
            return scheme.defaults[value.quantity] is not None
        case _:
            return True


_COMPARE = {
    Comparison.IS: "==",
    Comparison.IS_NOT: "!=",
    Comparison.UNDER: "<",
    Comparison.AT_MOST: "<=",
    Comparison.OVER: ">",
    Comparison.AT_LEAST: ">=",
}


def compared(condition: Compare, layout: Layout, scheme: Scheme, text: Text) -> str:
    """The line that tells whether two values compare as said. What is compared by size is known to be a number, if
    anything."""
    sign = _COMPARE[condition.comparison]
    left, right = (said(one, layout, scheme, text) for one in (condition.left, condition.right))
    if _is_always_there(condition.left, scheme) and _is_always_there(condition.right, scheme):
        return f"{left} {sign} {right}"
    return f"(a := {left}) is not None and (b := {right}) is not None and a {sign} b"
