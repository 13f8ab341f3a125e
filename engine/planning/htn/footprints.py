"""What steps read and change, and what all that a task may come to reads and changes, as patterns of facts.

Two steps whose footprints don't touch may change places. Facts that no step ever changes leave no footprint.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from engine.planning.language.domain import Compound, Domain, Method, Parameter, Primitive, Subtask
from engine.planning.language.terms import (
    Absent,
    Add,
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
    Remove,
    SetTo,
    Term,
    Value,
    Variable,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Stands for a task's argument, counted from 0."""

    number: int


class _Anything:
    """Stands for every value."""


ANYTHING: Final = _Anything()
Entry: TypeAlias = Value | Place | _Anything
Pattern: TypeAlias = tuple[Entry, ...]
Touched: TypeAlias = Mapping[str, frozenset[Pattern]]
"""By relation or quantity (its name after a `#`)."""
MOST_PATTERNS = 6
"""Of one relation in one footprint; more are widened to one that covers them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What is read, added and removed. Increases of a quantity are additions, setting it is both."""

    reads: Touched = field(default_factory=dict)
    adds: Touched = field(default_factory=dict)
    removes: Touched = field(default_factory=dict)

    @property
    def changes_nothing(self) -> bool:
        """Whether it only reads."""
        return not self.adds and not self.removes


NOTHING = Footprint()


def merged(own: Iterable[Footprint]) -> Footprint:
    """All that is in any of them."""
    parts = list(own)
    return Footprint(
        reads=_union([one.reads for one in parts]),
        adds=_union([one.adds for one in parts]),
        removes=_union([one.removes for one in parts]),
    )


def touch(one: Footprint, other: Footprint) -> bool:
    """Whether the order of two steps may matter."""
    return (
        _meet(one.adds, other.reads)
        or _meet(one.adds, other.removes)
        or _meet(one.removes, other.reads)
        or _meet(one.removes, other.adds)
        or _meet(one.reads, other.adds)
        or _meet(one.reads, other.removes)
    )


def applied(own: Footprint, arguments: Sequence[Entry]) -> Footprint:
    """The footprint with a task's arguments filled in."""
    return Footprint(
        reads=_filled(own.reads, arguments),
        adds=_filled(own.adds, arguments),
        removes=_filled(own.removes, arguments),
    )


def _filled(own: Touched, arguments: Sequence[Entry]) -> Touched:
    return {
        name: frozenset(
            tuple(arguments[entry.number] if isinstance(entry, Place) else entry for entry in pattern)
            for pattern in patterns
        )
        for name, patterns in own.items()
    }


def _union(parts: Iterable[Touched]) -> Touched:
    found: dict[str, frozenset[Pattern]] = {}
    for part in parts:
        for name, patterns in part.items():
            found[name] = found.get(name, frozenset()) | patterns
    return {name: _widened(patterns) for name, patterns in found.items()}


def _widened(patterns: frozenset[Pattern]) -> frozenset[Pattern]:
    """The same or more, in few patterns; what another pattern covers goes, so that growing comes to an end."""
    if len(patterns) > 1 and any(ANYTHING in pattern for pattern in patterns):
        patterns = frozenset(one for one in patterns if not any(_covers(other, one) for other in patterns - {one}))
    if len(patterns) <= MOST_PATTERNS:
        return patterns
    columns = zip(*patterns, strict=True)
    return frozenset({tuple(next(iter(own)) if len(own) == 1 else ANYTHING for own in map(set, columns))})


def _covers(one: Pattern, other: Pattern) -> bool:
    return all(a is ANYTHING or a == b for a, b in zip(one, other, strict=True))


def _meet(own: Touched, other: Touched) -> bool:
    if not own or not other:
        return False
    return any(
        _fit(one, another)
        for name, patterns in own.items()
        if name in other
        for one in patterns
        for another in other[name]
    )


def _fit(one: Pattern, other: Pattern) -> bool:
    return all(
        a is ANYTHING or b is ANYTHING or isinstance(a, Place) or isinstance(b, Place) or a == b
        for a, b in zip(one, other, strict=True)
    )


MOST_COMPARED = 40
"""Subtasks that are compared with each other one by one."""


class Footprints:
    """The footprints of a domain's tasks, with `Place`s for their arguments."""

    def __init__(self, domain: Domain) -> None:
        self.changing = _changing(domain)
        """The relations and quantities (their names after a `#`) that any step changes."""
        self.steps: dict[str, Footprint] = {}
        """Of the next step: carrying a primitive out, or choosing a method for a compound."""
        self.futures: dict[str, Footprint] = {}
        """Of all that a task may come to."""
        self.methods: dict[str, Footprint] = {}
        """Of choosing a method."""
        for primitive in domain.primitives:
            names = _places(primitive.parameters)
            self.steps[primitive.name] = self.futures[primitive.name] = self._of_primitive(primitive, names)
        compounds = {one.name: one for one in domain.compounds}
        heads = {one.name: _head(one, compounds[one.task]) for one in domain.methods}
        for method in domain.methods:
            self.methods[method.name] = self._of_method(method, heads[method.name])
        for name in compounds:
            own = [self.methods[method.name] for method in domain.methods if method.task == name]
            self.steps[name] = self.futures[name] = merged(own)
        self._close(domain.methods, heads)

    def are_tangled(self, subtasks: Sequence[Subtask], before: Sequence[frozenset[int]]) -> bool:
        """Whether the order among subtasks that may be done in any order could matter. `before` has, for each place,
        those that come before it."""
        counts = Counter(one.task for one in subtasks)
        if not any(
            touch(self.futures[one], self.futures[other])
            for one in counts
            for other in counts
            if one != other or counts[one] > 1
        ):
            return False
        if len(subtasks) > MOST_COMPARED:
            return True
        futures = [applied(self.futures[one.task], [_entry(term, {}) for term in one.arguments]) for one in subtasks]
        return any(
            touch(futures[place], futures[other])
            for place in range(len(futures))
            for other in range(place)
            if other not in before[place] and place not in before[other]
        )

    def of_conditions(self, conditions: Iterable[Condition]) -> Footprint:
        """What conditions read, whatever their variables stand for."""
        return self._reading(list(conditions), {})

    def _close(self, methods: Sequence[Method], heads: Mapping[str, Mapping[str, Place]]) -> None:
        users: dict[str, list[tuple[Method, Subtask]]] = {}
        for method in methods:
            for subtask in method.subtasks:
                users.setdefault(subtask.task, []).append((method, subtask))
        waiting = list(self.futures)
        while waiting:
            task = waiting.pop()
            for method, subtask in users.get(task, ()):
                arguments = [_entry(term, heads[method.name]) for term in subtask.arguments]
                wider = merged((self.futures[method.task], applied(self.futures[task], arguments)))
                if wider != self.futures[method.task]:
                    self.futures[method.task] = wider
                    waiting.append(method.task)

    def _of_primitive(self, one: Primitive, names: Mapping[str, Place]) -> Footprint:
        adds: list[tuple[str, Pattern]] = []
        removes: list[tuple[str, Pattern]] = []
        read: list[Condition | Expression] = list(one.preconditions)
        for effect in one.effects:
            pattern = tuple(_entry(term, names) for term in effect.arguments)
            match effect:
                case Add():
                    adds.append((effect.relation, pattern))
                case Remove():
                    removes.append((effect.relation, pattern))
                case SetTo():
                    adds.append((f"#{effect.quantity}", pattern))
                    removes.append((f"#{effect.quantity}", pattern))
                    read.append(effect.value)
                case Increase():
                    adds.append((f"#{effect.quantity}", pattern))
                    read.append(effect.by)
        reading = self._reading(read, names)
        return Footprint(reads=reading.reads, adds=_gathered(adds), removes=_gathered(removes))

    def _of_method(self, one: Method, names: Mapping[str, Place]) -> Footprint:
        return self._reading([*one.preconditions, *(inner for sub in one.subtasks for inner in sub.each)], names)

    def _reading(self, parts: Sequence[Condition | Expression], names: Mapping[str, Place]) -> Footprint:
        found: list[tuple[str, Pattern]] = []
        waiting = list(parts)
        while waiting:
            one = waiting.pop()
            match one:
                case Holds() | Absent() if one.relation in self.changing:
                    found.append((one.relation, tuple(_entry(term, names) for term in one.arguments)))
                case Amount() if f"#{one.quantity}" in self.changing:
                    found.append((f"#{one.quantity}", tuple(_entry(term, names) for term in one.arguments)))
                case AllOf() | AnyOf():
                    waiting.extend(one.conditions)
                case Arithmetic():
                    waiting.extend(one.operands)
                case Compare():
                    waiting.extend((one.left, one.right))
                case Bind():
                    waiting.append(one.value)
                case _:
                    pass
        return Footprint(reads=_gathered(found))


def _changing(domain: Domain) -> frozenset[str]:
    """The relations and quantities that any step changes."""
    effects = [effect for primitive in domain.primitives for effect in primitive.effects]
    return frozenset(
        effect.relation if isinstance(effect, Add | Remove) else f"#{effect.quantity}" for effect in effects
    )


def _gathered(found: Iterable[tuple[str, Pattern]]) -> Touched:
    return _union([{name: frozenset({pattern})} for name, pattern in found])


def _places(parameters: Sequence[Parameter]) -> dict[str, Place]:
    return {one.name: Place(number=number) for number, one in enumerate(parameters)}


def _head(method: Method, compound: Compound) -> dict[str, Place]:
    if method.arguments is None:
        return _places(compound.parameters)
    named = [(n, one.name) for n, one in enumerate(method.arguments) if isinstance(one, Variable)]
    return {name: Place(number=number) for number, name in reversed(named)}


def _entry(term: Term, names: Mapping[str, Place]) -> Entry:
    if isinstance(term, Variable):
        return names.get(term.name, ANYTHING)
    return term
