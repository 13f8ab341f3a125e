"""Which units of a problem have to do with each other: what one looks at or changes, another changes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.units import Unit
from engine.planning.language.domain import Method, Primitive
from engine.planning.language.terms import (
    Absent,
    AllOf,
    Amount,
    AnyOf,
    Arithmetic,
    Bind,
    Compare,
    Condition,
    Expression,
    Holds,
    Increase,
    SetTo,
)

_SPENT = frozenset({"budget"})
"""Numbers that only shrink: what is affordable in one order is so in any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Names of the facts and numbers that something looks at, and of those that it changes."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


def untied(units: Sequence[Unit], known: KnownMethods) -> frozenset[int]:
    """The units that have nothing to do with any other one, by their numbers: in which order makes no difference.

    Those that hang on one question go together.
    """
    touches = [_touch_of(unit, known) for unit in units]
    touching = Counter(name for one in touches for name in one.reads | one.writes)
    writing = Counter(name for one in touches for name in one.writes)
    found = set()
    for number, own in enumerate(touches):
        shared = any(touching[name] > 1 for name in own.writes)
        if not shared and not any(writing[name] > (name in own.writes) for name in own.reads):
            found.add(number)
    tied = {units[number].question for number in range(len(units)) if number not in found} - {""}
    return frozenset(number for number in found if units[number].question not in tied)


def _touch_of(unit: Unit, known: KnownMethods) -> Touch:
    if unit.is_general:
        return Touch()
    methods, primitives = known.below(part.task for part in unit.parts)
    return Touch(
        reads=frozenset(_read(methods, primitives)) - _SPENT,
        writes=frozenset(_written(primitives)) - _SPENT,
    )


def _read(methods: Iterable[Method], primitives: Iterable[Primitive]) -> Iterator[str]:
    for method in methods:
        yield from _names(method.preconditions)
        for subtask in method.subtasks:
            yield from _names(subtask.each)
    for primitive in primitives:
        yield from _names(primitive.preconditions)


def _written(primitives: Iterable[Primitive]) -> Iterator[str]:
    for primitive in primitives:
        for effect in primitive.effects:
            yield effect.quantity if isinstance(effect, SetTo | Increase) else effect.relation


def _names(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        match condition:
            case Holds() | Absent():
                yield condition.relation
            case Compare():
                yield from _numbers(condition.left)
                yield from _numbers(condition.right)
            case Bind():
                yield from _numbers(condition.value)
            case AllOf() | AnyOf():
                yield from _names(condition.conditions)


def _numbers(value: Expression) -> Iterator[str]:
    match value:
        case Amount():
            yield value.quantity
        case Arithmetic():
            for operand in value.operands:
                yield from _numbers(operand)
        case _:
            return
