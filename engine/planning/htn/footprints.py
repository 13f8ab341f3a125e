"""What steps read and change, and what all that a task may come to reads and changes, as patterns of facts.

Two steps whose footprints don't touch may change places. Facts that no step ever changes leave no footprint.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from engine.planning.language.derivations import last_first
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
from engine.planning.orders import all_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Stands for a task's argument, counted from 0."""

    number: int


class _Anything:
    """Stands for every value."""


ANYTHING: Final = _Anything()
Entry: TypeAlias = Value | Place | _Anything
Pattern: TypeAlias = tuple[Entry, ...]
Patterns: TypeAlias = frozenset[Pattern]
Touched: TypeAlias = Mapping[str, Patterns]
"""By relation or quantity (its name after a `#`)."""
_NONE: Patterns = frozenset()
MOST_KNOWN = 100_000
MOST_PATTERNS = 6
"""Of one relation in one footprint; more are widened to one that covers them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What is read, added and removed. Increases of a quantity are additions, setting it is both."""

    reads: Touched = field(default_factory=dict)
    adds: Touched = field(default_factory=dict)
    removes: Touched = field(default_factory=dict)
    changed: frozenset[str] = field(init=False, compare=False, repr=False)
    """The names of what is added or removed."""
    named: frozenset[str] = field(init=False, compare=False, repr=False)
    """All names."""

    def __post_init__(self) -> None:
        changed = frozenset(self.adds).union(self.removes)
        object.__setattr__(self, "changed", changed)
        object.__setattr__(self, "named", changed.union(self.reads))

    @property
    def size(self) -> int:
        """How many relations and quantities are in it."""
        return len(self.reads) + len(self.adds) + len(self.removes)

    def at(self, name: str) -> tuple[Patterns, Patterns, Patterns]:
        """What is read, added and removed of a relation or quantity."""
        return self.reads.get(name, _NONE), self.adds.get(name, _NONE), self.removes.get(name, _NONE)


NOTHING = Footprint()


def merged(own: Iterable[Footprint]) -> Footprint:
    """All that is in any of them."""
    parts = [one for one in own if one.named]
    if len(parts) < 2:
        return parts[0] if parts else NOTHING
    return Footprint(
        reads=_union([one.reads for one in parts]),
        adds=_union([one.adds for one in parts]),
        removes=_union([one.removes for one in parts]),
    )


def touch(one: Footprint, other: Footprint) -> bool:
    """Whether the order of two steps may matter."""
    for name in one.named & other.named:  # plain loops: nothing else is asked as often where much goes on side by side
        if name not in one.changed and name not in other.changed:
            continue
        reads, adds, removes = one.at(name)
        other_reads, other_adds, other_removes = other.at(name)
        if (
            (other_adds and (_meet(reads, other_adds) or _meet(removes, other_adds)))
            or (other_removes and (_meet(reads, other_removes) or _meet(adds, other_removes)))
            or (other_reads and (_meet(adds, other_reads) or _meet(removes, other_reads)))
        ):
            return True
    return False


class Touching:
    """Whether the order of two steps may matter, asked of the same footprints again and again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[bool, Footprint, Footprint]] = {}
        """With the footprints themselves, which so stay the only ones that their numbers stand for."""

    def touch(self, one: Footprint, other: Footprint) -> bool:
        """Whether it may."""
        key = id(one), id(other)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = touch(one, other), one, other
        return known[0]


def applied(own: Footprint, arguments: Sequence[Entry]) -> Footprint:
    """The footprint with a task's arguments filled in."""
    if all(isinstance(one, Place) and one.number == number for number, one in enumerate(arguments)):
        return own
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
    ordered = sorted((part for part in parts if part), key=len, reverse=True)
    if len(ordered) < 2:
        return ordered[0] if ordered else {}
    found = dict(ordered[0])
    for part in ordered[1:]:
        for name, patterns in part.items():
            known = found.get(name)
            if known is None:
                found[name] = patterns
            elif not patterns <= known:
                found[name] = _widened(known | patterns)
    return found


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


def _meet(own: Iterable[Pattern], others: Iterable[Pattern]) -> bool:
    for one in own:
        for other in others:
            if _fit(one, other):
                return True
    return False


def _fit(one: Pattern, other: Pattern) -> bool:
    for a, b in zip(one, other, strict=True):
        if a != b and not (a is ANYTHING or b is ANYTHING or isinstance(a, Place) or isinstance(b, Place)):
            return False
    return True


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
        own: dict[str, list[Footprint]] = {name: [] for name in compounds}
        for method in domain.methods:
            self.methods[method.name] = self._of_method(method, heads[method.name])
            own[method.task].append(self.methods[method.name])
        for name, parts in own.items():
            self.steps[name] = self.futures[name] = merged(parts)
        self._close(domain.methods, heads)

    def are_tangled(self, subtasks: Sequence[Subtask], direct: Sequence[tuple[int, ...]]) -> bool:
        """Whether the order among subtasks that may be done in any order could matter. `direct` has, for each place,
        those that come directly before it."""
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
        futures, before = [self._future_of(one) for one in subtasks], all_before(direct)
        return any(
            touch(futures[place], futures[other])
            for place in range(len(futures))
            for other in range(place)
            if not (before[place] >> other & 1 or before[other] >> place & 1)
        )

    def _future_of(self, subtask: Subtask) -> Footprint:
        """Whatever its variables stand for."""
        own = self.futures[subtask.task]
        if all(isinstance(term, Variable) for term in subtask.arguments):
            return own  # a place touches whatever anything would
        return applied(own, [_entry(term, {}) for term in subtask.arguments])

    def of_conditions(self, conditions: Iterable[Condition]) -> Footprint:
        """What conditions read, whatever their variables stand for."""
        return self._reading(list(conditions), {})

    def _close(self, methods: Sequence[Method], heads: Mapping[str, Mapping[str, Place]]) -> None:
        """Let all that follows from a task be in its future: those that lead to others after these, again and again
        where they lead to each other."""
        uses: dict[str, list[tuple[Method, Subtask]]] = {}
        for method in methods:
            uses.setdefault(method.task, []).extend((method, subtask) for subtask in method.subtasks)
        order = last_first({task: [subtask.task for _, subtask in own] for task, own in uses.items()})
        changed = True
        while changed:
            changed = False
            for task in order:
                before = self.futures[task]
                parts = [
                    applied(self.futures[sub.task], [_entry(term, heads[method.name]) for term in sub.arguments])
                    for method, sub in uses[task]
                ]
                self.futures[task] = merged([before, *parts])
                changed |= self.futures[task] != before

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
    together: dict[str, set[Pattern]] = {}
    for name, pattern in found:
        together.setdefault(name, set()).add(pattern)
    return {name: _widened(frozenset(patterns)) for name, patterns in together.items()}


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
