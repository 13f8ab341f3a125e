"""The small words of the method language: values, variables, numbers to work out, conditions and effects.

All are plain values that a data file maps onto one by one. Short forms such as `holds("at", "?x", "home")` read better
in Python; a text that begins with `?` is a variable there, as it is in the files.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool
"""What facts, numbers and context hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A name that stands for a value: a parameter, or bound by matching a condition. Named without the `?`."""

    name: str


Term: TypeAlias = Value | Variable
"""A constant or a variable."""


class Operator(StrEnum):
    """How numbers are combined; `-` and `/` take two operands, the others two or more."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    DIVIDED = "/"
    LEAST = "min"
    MOST = "max"


class Comparison(StrEnum):
    """How two values are compared; the last four take numbers only."""

    IS = "="
    IS_NOT = "!="
    UNDER = "<"
    AT_MOST = "<="
    OVER = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The value of a key of the context, which no step changes."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What a quantity of the state stands at: `Amount(quantity="budget", arguments=("marketing",))`."""

    quantity: str
    arguments: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """Numbers combined. Dividing by nothing fails the condition or method that it stands in."""

    operator: Operator
    operands: tuple["Expression", ...]


Expression: TypeAlias = Value | Variable | Given | Amount | Arithmetic
"""A value, or how to work one out."""
Figure: TypeAlias = Value | Variable | Given | Arithmetic
"""An expression for estimates, odds and costs: it must not read the state, which depends on the order of steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """The fact is in the state. Unbound variables are bound, one way after the other, to what makes it true."""

    relation: str
    arguments: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """No such fact is in the state. A variable that nothing else binds stands for anything."""

    relation: str
    arguments: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """Two values compare as said; all variables must be bound by other conditions or parameters."""

    left: Expression
    comparison: Comparison
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """Gives a variable, bound nowhere else, a value that is worked out."""

    variable: Variable
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every one of the conditions holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one of the conditions holds. Variables used elsewhere must be bound by every one of them."""

    conditions: tuple["Condition", ...]


Condition: TypeAlias = Holds | Absent | Compare | Bind | AllOf | AnyOf
"""What must hold. A list of conditions means all of them, in whatever order they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """The fact holds from now on. Where one step adds and removes the same fact, it holds afterwards."""

    relation: str
    arguments: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """The fact no longer holds."""

    relation: str
    arguments: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTo:
    """A quantity gets a value, worked out from the state before the step."""

    quantity: str
    arguments: tuple[Term, ...] = ()
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Increase:
    """A quantity grows by an amount (or shrinks by a negative one), worked out from the state before the step."""

    quantity: str
    arguments: tuple[Term, ...] = ()
    by: Expression


Effect: TypeAlias = Add | Remove | SetTo | Increase


def term(value: Term) -> Term:
    """The variable that a text beginning with `?` names; anything else is itself."""
    return Variable(name=value[1:]) if isinstance(value, str) and value.startswith("?") else value


def terms(*values: Term) -> tuple[Term, ...]:
    """`term` of each."""
    return tuple(map(term, values))


def holds(relation: str, *arguments: Term) -> Holds:
    """`Holds`, in short."""
    return Holds(relation=relation, arguments=terms(*arguments))


def absent(relation: str, *arguments: Term) -> Absent:
    """`Absent`, in short."""
    return Absent(relation=relation, arguments=terms(*arguments))


def compare(left: Expression, comparison: str, right: Expression) -> Compare:
    """`Compare`, in short: `compare(Given(key="deadline_days"), ">=", 30)`."""
    return Compare(left=expression(left), comparison=Comparison(comparison), right=expression(right))


def amount(quantity: str, *arguments: Term) -> Amount:
    """`Amount`, in short."""
    return Amount(quantity=quantity, arguments=terms(*arguments))


def add(relation: str, *arguments: Term) -> Add:
    """`Add`, in short."""
    return Add(relation=relation, arguments=terms(*arguments))


def remove(relation: str, *arguments: Term) -> Remove:
    """`Remove`, in short."""
    return Remove(relation=relation, arguments=terms(*arguments))


def expression(value: Expression) -> Expression:
    """The variable that a text beginning with `?` names; anything else is itself."""
    return term(value) if isinstance(value, str) else value
