"""Which facts and numbers one part of a plan looked at and changed, so that its order to others can be told.

A relation goes by its name, and a quantity by its name after a `#`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.planning.htn.expressions import Layout, Scheme
from engine.planning.htn.generated import Text
from engine.planning.htn.joins import Join, prepared
from engine.planning.htn.state import Ground, Picker, Row
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
    Holds,
    Increase,
    SetTo,
    Term,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """All facts of a relation (or numbers of a quantity) that hold these values at these places were looked at."""

    where: str
    places: tuple[int, ...]
    pick: Picker


@dataclass(frozen=True, slots=True, kw_only=True)
class Accesses:
    """What is looked at, as pickers from a row: facts that are there or not, numbers, and whole sets of them."""

    present: tuple[tuple[str, Picker], ...] = ()
    missing: tuple[tuple[str, Picker], ...] = ()
    numbers: tuple[tuple[str, Picker], ...] = ()
    glances: tuple[Glance, ...] = ()
    choices: tuple[tuple["Way", ...], ...] = ()
    """For each condition that can hold in several ways, these ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way for a choice of conditions to hold, and what is looked at then, as pickers from its solutions."""

    join: Join
    accesses: Accesses


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a step changes, as pickers from its row."""

    adds: Sequence[tuple[str, Picker]] = ()
    removes: Sequence[tuple[str, Picker]] = ()
    sets: Sequence[tuple[str, Picker]] = ()
    grows: Sequence[tuple[str, Picker]] = ()


def accesses_of(
    conditions: Iterable[Condition], layout: Layout, scheme: Scheme, effects: Iterable[Effect] = ()
) -> Accesses:
    """What conditions look at that were found to hold, and effects to work out the numbers that they set; the layout
    has all variables that the conditions bound."""
    found = _Gathering(layout, scheme, is_whole=False)
    found.conditions(conditions)
    for effect in effects:
        match effect:
            case SetTo():
                found.amounts(effect.value)
            case Increase():
                found.amounts(effect.by)
    return found.accesses()


def glances_of(conditions: Iterable[Condition], layout: Layout, scheme: Scheme) -> Accesses:
    """What conditions look at of which all solutions were wanted."""
    found = _Gathering(layout, scheme, is_whole=True)
    found.conditions(conditions)
    return found.accesses()


def together(parts: Sequence[Accesses]) -> Accesses:
    """All of them."""
    return Accesses(
        present=tuple(one for part in parts for one in part.present),
        missing=tuple(one for part in parts for one in part.missing),
        numbers=tuple(one for part in parts for one in part.numbers),
        glances=tuple(one for part in parts for one in part.glances),
        choices=tuple(one for part in parts for one in part.choices),
    )


def chosen(accesses: Accesses, row: Row, ground: Ground) -> Iterator[tuple[Accesses, Row]]:
    """The accesses with their row, then those of the ways in which its choices hold in the state as it is now."""
    waiting = [(accesses, row)]
    while waiting:
        own, values = waiting.pop()
        yield own, values
        for ways in own.choices:
            found = ((way, next(way.join.solutions(ground)(values), None)) for way in ways)
            waiting.append(next((way.accesses, longer) for way, longer in found if longer is not None))


class _Gathering:
    def __init__(self, layout: Layout, scheme: Scheme, *, is_whole: bool) -> None:
        self.layout = layout
        self.scheme = scheme
        self.is_whole = is_whole
        self.present: list[tuple[str, Picker]] = []
        self.missing: list[tuple[str, Picker]] = []
        self.numbers: list[tuple[str, Picker]] = []
        self.glances: list[Glance] = []
        self.choices: list[tuple[Way, ...]] = []

    def accesses(self) -> Accesses:
        return Accesses(
            present=tuple(self.present),
            missing=tuple(self.missing),
            numbers=tuple(self.numbers),
            glances=tuple(self.glances),
            choices=tuple(self.choices),
        )

    def conditions(self, own: Iterable[Condition]) -> None:
        for condition in own:
            match condition:
                case Holds() | Absent() if condition.relation in self.scheme.changing:
                    if self.is_whole or not all(map(self.layout.knows, condition.arguments)):
                        self._glance(condition.relation, condition.arguments)
                    else:
                        pick = self.layout.picker(condition.arguments)
                        (self.present if isinstance(condition, Holds) else self.missing).append(
                            (condition.relation, pick)
                        )
                case Compare():
                    self.amounts(condition.left)
                    self.amounts(condition.right)
                case Bind():
                    self.amounts(condition.value)
                case AnyOf() if not self.is_whole:
                    self.choices.append(tuple(self._way(one) for one in condition.conditions))
                case AllOf() | AnyOf():
                    self.conditions(condition.conditions)
                case _:
                    pass  # what no step changes puts nothing in any order

    def amounts(self, value: Expression) -> None:
        match value:
            case Amount() if f"#{value.quantity}" in self.scheme.changing:
                if all(map(self.layout.knows, value.arguments)):
                    self.numbers.append((f"#{value.quantity}", self.layout.picker(value.arguments)))
                else:
                    self._glance(f"#{value.quantity}", value.arguments)
            case Arithmetic():
                for one in value.operands:
                    self.amounts(one)
            case _:
                pass

    def _glance(self, where: str, arguments: Sequence[Term]) -> None:
        places = tuple(place for place, term in enumerate(arguments) if self.layout.knows(term))
        pick = self.layout.picker(arguments[place] for place in places)
        self.glances.append(Glance(where=where, places=places, pick=pick))

    def _way(self, condition: Condition) -> Way:
        layout = self.layout.copy()
        join = prepared((condition,), layout, self.scheme, Text(layout.constants))
        return Way(join=join, accesses=accesses_of((condition,), layout, self.scheme))
