"""The variables of one method or primitive with their types, and what is wrong with conditions and effects in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from engine.planning.language.domain import NUMBER, Parameter
from engine.planning.language.numbers import LARGEST, constant
from engine.planning.language.templates import mentions_within
from engine.planning.language.terms import (
    Absent,
    Add,
    AllOf,
    Amount,
    AnyOf,
    Arithmetic,
    Bind,
    Compare,
    Comparison,
    Condition,
    Effect,
    Expression,
    Figure,
    Given,
    Holds,
    Increase,
    Operator,
    Remove,
    SetTo,
    Term,
    Variable,
)
from engine.planning.language.variables import bound_by, needed_bound, reads_state, variables_in, variables_of
from engine.planning.language.vocabulary import Vocabulary, type_of
from engine.values import JsonValue

Path = tuple[str | int, ...]
_TWO_ONLY = frozenset({Operator.MINUS, Operator.DIVIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something wrong with a domain or a problem."""

    path: Path
    """Field names and indices that lead from the domain (or problem) to the place."""
    problem: str
    accepts: str
    """What would do instead."""

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.problem}; {self.accepts}"


class Scope:
    """The variables of one place, with what is known of their types; flaws are gathered in the given list."""

    def __init__(self, words: Vocabulary, flaws: list[Flaw], types: dict[str, str] | None = None) -> None:
        self.words = words
        self.types = dict(types or {})
        self._flaws = flaws

    def inner(self) -> "Scope":
        """A scope of its own that knows what this one knows."""
        return Scope(self.words, self._flaws, self.types)

    def flaw(self, path: Path, problem: str, accepts: str) -> None:
        """Note a flaw."""
        self._flaws.append(Flaw(path=path, problem=problem, accepts=accepts))

    def declare(self, parameters: Sequence[Parameter], path: Path) -> None:
        """Parameters are variables of the scope."""
        for place, one in enumerate(parameters):
            if one.name in self.types:
                self.flaw((*path, place), f"two parameters are named {one.name}", "give each a name of its own")
            if not self.words.knows_type(one.type):
                self.flaw((*path, place), f"there is no type {one.type}", "declare it under types, or use text")
            self.types[one.name] = one.type

    def arguments(self, own: Sequence[Term], parameters: Sequence[Parameter], path: Path) -> None:
        """Terms stand where parameters of these types are wanted."""
        if len(own) != len(parameters):
            names = ", ".join(one.name for one in parameters) or "none"
            self.flaw(path, f"{len(own)} arguments given", f"{len(parameters)} are wanted: {names}")
            return
        for place, (value, wanted) in enumerate(zip(own, parameters, strict=True)):
            self.value(value, wanted.type, (*path, place))

    def value(self, value: Term, wanted: str, path: Path) -> None:
        """A term stands where a type is wanted; a variable of no known type becomes one of this type."""
        if not isinstance(value, Variable):
            if self.words.knows_type(wanted) and not self.words.fits(value, wanted):
                self.flaw(path, f"«{value}» does not fit", self.words.accepts(wanted))
            return
        known = self.types.setdefault(value.name, wanted)
        if self.words.is_of(wanted, known):
            self.types[value.name] = wanted
        elif not self.words.is_of(known, wanted):
            self.flaw(path, f"?{value.name} is a {known} elsewhere", self.words.accepts(wanted))

    def conditions(self, own: Sequence[Condition], path: Path, bound: frozenset[str]) -> frozenset[str]:
        """Conditions that must all hold; `bound` has a value before. The variables that have one afterwards."""
        after = bound_by(own, bound)
        facts_first = sorted(enumerate(own), key=lambda one: isinstance(one[1], Compare | Bind))
        for place, condition in facts_first:
            self._condition(condition, (*path, place), after)
            missing = needed_bound(condition, after)
            for name in sorted(missing):
                self.flaw((*path, place), f"?{name} has no value here", "a condition or parameter that gives it one")
        self._bound_twice(own, path, bound)
        return after

    def _bound_twice(self, own: Sequence[Condition], path: Path, bound: frozenset[str]) -> None:
        for place, condition in enumerate(own):
            if isinstance(condition, Bind):
                others = bound_by((one for one in own if one is not condition), bound)
                if condition.variable.name in others:
                    self.flaw(
                        (*path, place), f"?{condition.variable.name} has a value already", "a new name, or compare"
                    )

    def _condition(self, condition: Condition, path: Path, bound: frozenset[str]) -> None:
        match condition:
            case Holds():
                self.fact(condition.relation, condition.arguments, path)
            case Absent():
                scope = self if variables_of(condition.arguments) <= bound else self.inner()
                scope.fact(condition.relation, condition.arguments, path)
            case Compare():
                self._compare(condition, path)
            case Bind():
                self.value(condition.variable, self.expression(condition.value, (*path, "value")), path)
            case AllOf() | AnyOf():
                if isinstance(condition, AnyOf) and not condition.conditions:
                    self.flaw(path, "nothing to choose from never holds", "one condition at least")
                for place, one in enumerate(condition.conditions):
                    self._condition(one, (*path, "conditions", place), bound)

    def _compare(self, condition: Compare, path: Path) -> None:
        left = self.expression(condition.left, (*path, "left"))
        right = self.expression(condition.right, (*path, "right"))
        if condition.comparison in (Comparison.IS, Comparison.IS_NOT):
            for side, kind, other in (("left", left, right), ("right", right, left)):
                value = condition.left if side == "left" else condition.right
                if isinstance(value, str | int | float) and kind and other and not self.words.fits(value, other):
                    self.flaw((*path, side), f"«{value}» is never a {other}", self.words.accepts(other))
            return
        for side, kind in (("left", left), ("right", right)):
            if kind and kind != NUMBER:
                self.flaw((*path, side), f"a {kind} can't be compared by size", "a number")

    def fact(self, relation: str, own: Sequence[Term], path: Path) -> None:
        """A relation with its arguments."""
        declared = self.words.relations.get(relation)
        if declared is None:
            self.flaw((*path, "relation"), f"there is no relation {relation}", _known(self.words.relations))
        else:
            self.arguments(own, declared.parameters, (*path, "arguments"))

    def expression(self, value: Expression, path: Path) -> str:
        """The type of an expression; empty where it can't be told."""
        match value:
            case Variable():
                return self.types.get(value.name, "")
            case Given():
                key = self.words.context.get(value.key)
                if key is None:
                    self.flaw((*path, "key"), f"the context has no key {value.key}", _known(self.words.context))
                return key.type if key is not None else ""
            case Amount():
                self.quantity(value.quantity, value.arguments, path)
                return NUMBER
            case Arithmetic():
                self._arithmetic(value, path)
                return NUMBER
            case _:
                return type_of(value)

    def number(self, value: Expression, path: Path) -> None:
        """The expression must be a number."""
        kind = self.expression(value, path)
        if kind and kind != NUMBER:
            self.flaw(path, f"a {kind} where a number belongs", "a number, or how to work one out")

    def figure(self, value: Figure, path: Path) -> None:
        """A number that does not depend on the state, with known variables only."""
        self.number(value, path)
        self.known(variables_in(value), path)
        if reads_state(value):
            self.flaw(path, "it would depend on the order of steps", "constants, variables and context keys")

    def _arithmetic(self, value: Arithmetic, path: Path) -> None:
        count = len(value.operands)
        if count < 2 or (value.operator in _TWO_ONLY and count != 2):
            self.flaw(path, f"«{value.operator}» with {count} operands", "two of them")
        for place, one in enumerate(value.operands):
            self.number(one, (*path, "operands", place))
        if value.operator is Operator.DIVIDED and constant(value.operands[-1]) == 0:
            self.flaw(path, "something is divided by 0, which comes to nothing", "a divisor that is not 0")
        elif all(constant(one) is not None for one in value.operands) and constant(value) is None:
            self.flaw(path, "the numbers come to too much", f"less than {LARGEST:,}")

    def quantity(self, name: str, own: Sequence[Term], path: Path) -> None:
        """A quantity with its arguments."""
        declared = self.words.quantities.get(name)
        if declared is None:
            self.flaw((*path, "quantity"), f"there is no quantity {name}", _known(self.words.quantities))
        else:
            self.arguments(own, declared.parameters, (*path, "arguments"))

    def effects(self, own: Sequence[Effect], path: Path) -> None:
        """Effects of a primitive: every variable must be a parameter, or have been given a value by a condition."""
        given = frozenset(self.types)  # the types of others are learned from the effects, their values are not
        for place, effect in enumerate(own):
            here = (*path, place)
            needed = variables_of(effect.arguments)
            match effect:
                case Add() | Remove():
                    self.fact(effect.relation, effect.arguments, here)
                case SetTo():
                    self.quantity(effect.quantity, effect.arguments, here)
                    self.number(effect.value, (*here, "value"))
                    needed |= variables_in(effect.value)
                case Increase():
                    self.quantity(effect.quantity, effect.arguments, here)
                    self.number(effect.by, (*here, "by"))
                    needed |= variables_in(effect.by)
            for name in sorted(needed - given):
                self.flaw(here, f"?{name} has no value here", f"one of {', '.join(sorted(given)) or 'no variables'}")

    def known(self, names: Iterable[str], path: Path) -> None:
        """Every one of these variables must be known here."""
        for name in sorted(set(names) - self.types.keys()):
            self.flaw(path, f"?{name} has no value here", f"one of {', '.join(sorted(self.types)) or 'no variables'}")

    def template(self, text: JsonValue, path: Path) -> None:
        """Every mention in a template, or anywhere in a JSON value, is a known variable or context key."""
        try:
            unknown = set(mentions_within(text)) - self.types.keys() - self.words.context.keys()
        except ValueError as error:
            self.flaw(path, str(error), "write {{ and }} for braces")
            return
        for name in sorted(unknown):
            self.flaw(path, f"{{{name}}} is mentioned and not known", _known(chain(self.types, self.words.context)))


def _known(names: Iterable[str]) -> str:
    listed = sorted(names)
    return f"one of {', '.join(listed)}" if listed else "none is declared"
