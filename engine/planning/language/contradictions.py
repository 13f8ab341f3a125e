"""Conditions that can't hold at the same time, whatever the state, such as `n > 3` and `n < 2`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.planning.language.terms import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Comparison,
    Condition,
    Expression,
    Holds,
    Variable,
)
from engine.planning.language.variables import bound_by

_FLIPPED = {
    Comparison.UNDER: Comparison.OVER,
    Comparison.OVER: Comparison.UNDER,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.AT_LEAST: Comparison.AT_MOST,
}
"""The same comparison, read from the right; those that are not here read alike both ways."""
_ORDERS: dict[Comparison, str] = {
    Comparison.IS: "=",
    Comparison.IS_NOT: "<>",
    Comparison.UNDER: "<",
    Comparison.OVER: ">",
    Comparison.AT_MOST: "<=",
    Comparison.AT_LEAST: ">=",
}
"""How two values may stand to each other: less, equal, more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two conditions that never hold together; the same one twice where it never holds by itself."""

    place: int
    """Where the later of them stands, itself or as a part."""
    one: Condition
    other: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class _Atom:
    place: int
    own: Condition


def contradiction_in(conditions: Sequence[Condition], given: frozenset[str]) -> Contradiction | None:
    """The first contradiction of conditions that must all hold; `given` are the variables that have a value before.

    Of a choice every way must contradict itself or what is certain. None where no contradiction was found.
    """
    atoms = [atom for place, one in enumerate(conditions) for atom in _atoms(one, place)]
    bound = bound_by(conditions, given)
    certain = _Known(bound)
    for atom in atoms:
        found = certain.clash_with(atom)
        if found is not None:
            return found
        certain.add(atom)
    for choice in atoms:
        if isinstance(choice.own, AnyOf):
            ways = [_clash_of_way(way, choice.place, certain) for way in choice.own.conditions]
            clashes = [one for one in ways if one is not None]
            if clashes and len(clashes) == len(ways):
                return clashes[0]
    return None


def _clash_of_way(way: Condition, place: int, certain: "_Known") -> Contradiction | None:
    own = _Known(certain.bound | bound_by((way,), certain.bound))
    for atom in _atoms(way, place):
        found = certain.clash_with(atom) or own.clash_with(atom)
        if found is not None:
            return found
        own.add(atom)
    return None


def _atoms(condition: Condition, place: int) -> Iterator[_Atom]:
    if isinstance(condition, AllOf):
        for one in condition.conditions:
            yield from _atoms(one, place)
    else:
        yield _Atom(place=place, own=condition)


class _Known:
    """Conditions that hold together, by what they are about."""

    def __init__(self, bound: frozenset[str]) -> None:
        self.bound = bound
        self._facts: dict[str, list[_Atom]] = {}
        self._orders: dict[tuple[Expression, Expression], list[_Atom]] = {}
        self._limits: dict[Expression, list[_Limit]] = {}

    def add(self, atom: _Atom) -> None:
        """One more, which clashes with none of them."""
        match atom.own:
            case Holds() | Absent():
                self._facts.setdefault(atom.own.relation, []).append(atom)
            case Compare():
                for left, sign, right in both_ways(atom.own):
                    self._orders.setdefault((left, right), []).append(atom)
                    if is_constant(right):
                        self._limits.setdefault(left, []).append(_Limit(sign=sign, value=right, atom=atom))

    def clash_with(self, atom: _Atom) -> Contradiction | None:
        """The first of them that does not hold together with another condition; that one itself if it never holds."""
        match atom.own:
            case Holds() | Absent():
                others = self._facts.get(atom.own.relation, ())
                return next((_clash(other, atom) for other in others if self._exclude(atom.own, other.own)), None)
            case Compare():
                return self._comparison(atom, atom.own)
            case _:
                return None

    def _exclude(self, one: Condition, other: Condition) -> bool:
        match one, other:
            case (Holds(), Absent()):
                return _covers(other, one, self.bound)
            case (Absent(), Holds()):
                return _covers(one, other, self.bound)
            case _:
                return False

    def _comparison(self, atom: _Atom, own: Compare) -> Contradiction | None:
        if _never(own):
            return _clash(atom, atom)
        for other in self._orders.get((own.left, own.right), ()):
            assert isinstance(other.own, Compare)
            (_, sign, _), (_, turned, _) = both_ways(other.own)
            same = sign if other.own.left == own.left else turned
            if not set(_ORDERS[same]) & set(_ORDERS[own.comparison]):
                return _clash(other, atom)
        for left, sign, right in both_ways(own):
            if is_constant(right):
                found = _Limit(sign=sign, value=right, atom=atom)
                for limit in self._limits.get(left, ()):
                    if not _agree(limit, found):
                        return _clash(limit.atom, atom)
        return None


def _never(own: Compare) -> bool:
    """Whether a comparison fails whatever the state: of a value with itself, or of two constants."""
    if own.left == own.right:
        return "=" not in _ORDERS[own.comparison]
    return is_constant(own.left) and is_constant(own.right) and not _compares(own.left, own.comparison, own.right)


def _covers(absent: Absent, there: Holds, bound: frozenset[str]) -> bool:
    """Whether the fact is one of those that must not be there: a variable without a value stands for anything."""
    stands_for: dict[str, object] = {}
    for wanted, own in zip(absent.arguments, there.arguments, strict=True):
        if isinstance(wanted, Variable) and wanted.name not in bound:
            if stands_for.setdefault(wanted.name, own) != own:
                return False
        elif wanted != own:
            return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """How a value must compare with a constant."""

    sign: Comparison
    value: Expression
    atom: _Atom


def _agree(one: _Limit, other: _Limit) -> bool:
    """Whether some value satisfies both."""
    if one.sign is Comparison.IS:
        return _compares(one.value, other.sign, other.value)
    if other.sign is Comparison.IS:
        return _compares(other.value, one.sign, one.value)
    if one.sign is other.sign is Comparison.IS_NOT:
        return not isinstance(one.value, bool) or one.value is other.value
    if Comparison.IS_NOT in {one.sign, other.sign}:
        return True
    upper, lower = (one, other) if "<" in _ORDERS[one.sign] else (other, one)
    if "<" in _ORDERS[lower.sign] or ">" in _ORDERS[upper.sign]:
        return True  # both bound the same side
    return _compares(lower.value, Comparison.UNDER, upper.value) or (
        "=" in _ORDERS[upper.sign] and "=" in _ORDERS[lower.sign] and lower.value == upper.value
    )


def _compares(left: Expression, sign: Comparison, right: Expression) -> bool:
    """Whether two constants compare so; those that can't be compared by size do, for want of an answer."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        how = "<" if left < right else ">" if left > right else "="
    elif left == right:
        how = "="
    elif sign in {Comparison.IS, Comparison.IS_NOT}:
        how = "<"
    else:
        return True
    return how in _ORDERS[sign]


def both_ways(condition: Compare) -> Iterator[tuple[Expression, Comparison, Expression]]:
    """A comparison as it is read from the left and from the right."""
    yield condition.left, condition.comparison, condition.right
    yield condition.right, _FLIPPED.get(condition.comparison, condition.comparison), condition.left


def is_constant(value: Expression) -> bool:
    """Whether it is a plain value, neither looked up nor worked out."""
    return isinstance(value, str | int | float)


def _clash(one: _Atom, other: _Atom) -> Contradiction:
    return Contradiction(place=max(one.place, other.place), one=one.own, other=other.own)
