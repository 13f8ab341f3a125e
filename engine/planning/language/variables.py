"""Which variables conditions mention, and which of them they bind."""

from collections.abc import Iterable, Iterator

from engine.planning.language.terms import (
    Absent,
    AllOf,
    Amount,
    AnyOf,
    Arithmetic,
    Bind,
    Compare,
    Condition,
    Effect,
    Expression,
    Given,
    Holds,
    Increase,
    SetTo,
    Term,
    Variable,
)


def variables_of(terms: Iterable[Term]) -> frozenset[str]:
    """The names of the variables among terms."""
    return frozenset(one.name for one in terms if isinstance(one, Variable))


def variables_in(value: Expression) -> frozenset[str]:
    """The names of the variables that an expression needs."""
    match value:
        case Variable():
            return frozenset({value.name})
        case Amount():
            return variables_of(value.arguments)
        case Arithmetic():
            return frozenset[str]().union(*map(variables_in, value.operands))
        case Given() | str() | int() | float():
            return frozenset()


def mentioned(condition: Condition) -> frozenset[str]:
    """All variables that a condition mentions."""
    match condition:
        case Holds() | Absent():
            return variables_of(condition.arguments)
        case Compare():
            return variables_in(condition.left) | variables_in(condition.right)
        case Bind():
            return variables_in(condition.value) | {condition.variable.name}
        case AllOf() | AnyOf():
            return frozenset[str]().union(*map(mentioned, condition.conditions))


def given_in(condition: Condition) -> frozenset[str]:
    """The keys of the context that a condition looks at."""
    match condition:
        case Holds() | Absent():
            return frozenset()
        case Compare():
            return _keys_of(condition.left) | _keys_of(condition.right)
        case Bind():
            return _keys_of(condition.value)
        case AllOf() | AnyOf():
            return frozenset[str]().union(*map(given_in, condition.conditions))


def _keys_of(value: Expression) -> frozenset[str]:
    match value:
        case Given():
            return frozenset({value.key})
        case Arithmetic():
            return frozenset[str]().union(*map(_keys_of, value.operands))
        case Variable() | Amount() | str() | int() | float():
            return frozenset()


def bound_by(conditions: Iterable[Condition], given: frozenset[str] = frozenset()) -> frozenset[str]:
    """The variables that have a value once all the conditions hold; `given` had one before."""
    waiting, bound = list(conditions), given
    while True:
        still: list[Condition] = []
        before = bound
        for condition in waiting:
            match condition:
                case Holds():
                    bound |= variables_of(condition.arguments)
                case Bind() if variables_in(condition.value) <= bound:
                    bound |= {condition.variable.name}
                case AllOf():
                    bound |= bound_by(condition.conditions, bound)
                    still.append(condition)
                case AnyOf() if condition.conditions:
                    ways = [bound_by((one,), bound) for one in condition.conditions]
                    bound |= ways[0].intersection(*ways[1:])
                    still.append(condition)
                case _:
                    still.append(condition)
        if bound == before:
            return bound
        waiting = still


def needed_bound(condition: Condition, bound: frozenset[str]) -> frozenset[str]:
    """The variables that a condition needs and that neither it nor `bound` gives a value."""
    match condition:
        case Holds() | Absent():
            return frozenset()
        case Compare():
            return mentioned(condition) - bound
        case Bind():
            return variables_in(condition.value) - bound
        case AllOf():
            inner = bound_by(condition.conditions, bound)
            return frozenset[str]().union(*(needed_bound(one, inner) for one in condition.conditions))
        case AnyOf():
            return frozenset[str]().union(*(needed_bound(one, bound_by((one,), bound)) for one in condition.conditions))


def reads_state(value: Expression) -> bool:
    """Whether an expression depends on what the state stands at."""
    match value:
        case Amount():
            return True
        case Arithmetic():
            return any(map(reads_state, value.operands))
        case _:
            return False


def constants_in(conditions: Iterable[Condition], effects: Iterable[Effect]) -> list[Term]:
    """The constants among the arguments and in expressions, at any depth."""
    found: list[Term] = []
    for condition in conditions:
        found.extend(_constants_of(condition))
    for effect in effects:
        found.extend(effect.arguments)
        match effect:
            case SetTo():
                found.extend(_arguments_in(effect.value))
            case Increase():
                found.extend(_arguments_in(effect.by))
    return [one for one in found if not isinstance(one, Variable)]


def _constants_of(condition: Condition) -> Iterator[Term]:
    match condition:
        case Holds() | Absent():
            yield from condition.arguments
        case Compare():
            yield from _arguments_in(condition.left)
            yield from _arguments_in(condition.right)
        case Bind():
            yield from _arguments_in(condition.value)
        case AllOf() | AnyOf():
            for inner in condition.conditions:
                yield from _constants_of(inner)


def _arguments_in(value: Expression) -> Iterator[Term]:
    match value:
        case Amount():
            yield from value.arguments
        case Arithmetic():
            for one in value.operands:
                yield from _arguments_in(one)
        case Given():
            pass
        case _:
            yield value
