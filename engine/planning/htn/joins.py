"""Lists of conditions made ready to be matched: every way in which all of them hold, one after the other.

Tests come as soon as their variables have values, so that hopeless ways are left early; facts are looked up by what is
known of them already.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from operator import add
from typing import TypeAlias

from engine.planning.htn.expressions import Ground, Layout, Test, Worked, compared, worked
from engine.planning.htn.pulling import flat
from engine.planning.htn.state import Picker, Row, Rows, bucket_of, is_in, is_not_in, picker
from engine.planning.language.terms import Absent, AnyOf, Bind, Compare, Condition, Holds, Term, Variable
from engine.planning.language.variables import bound_by, mentioned, needed_bound, variables_in, variables_of

Matches: TypeAlias = Callable[[Row], Iterator[Row]]
"""Every way in which a condition holds: the values that it adds to the row."""
Buckets: TypeAlias = Callable[[Row], Rows]
"""The facts that agree with what is known of a condition."""
Single: TypeAlias = tuple[Test | None, Worked | None]
"""A test that must hold, or a value that is added to the row; one of the two is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A condition that may hold in several ways, and what is tested and worked out for each of them."""

    matches: Matches
    then: tuple[Single, ...]
    tests: tuple[Test, ...] | None = None
    """What is in `then`, when it is nothing but tests; else None."""
    buckets: Buckets | None = None
    """For a condition that looks facts up, these facts; None for others."""
    pick: Picker = tuple
    """What such a fact adds to the row."""


class Join:
    """Conditions over rows of one layout. A solution is the row with the values of all further variables added."""

    __slots__ = ("_lookups", "_stages", "_start", "is_narrow", "is_single", "tests")

    def __init__(self, start: Sequence[Single], stages: Sequence[Stage], is_narrow: bool) -> None:
        self._start = tuple(start)
        self._stages = tuple(stages)
        self._lookups = tuple((one.buckets, one.pick, one.then, one.tests) for one in stages)
        self.is_single = not stages
        """Whether there is one solution at the most."""
        self.is_narrow = is_narrow
        """Whether all facts are looked up by something known, so that to look for a second solution is cheap."""
        tests = tuple(test for test, _ in self._start if test is not None)
        self.tests = tests if self.is_single and len(tests) == len(self._start) else None
        """What must hold of the row, when nothing is bound by it; else None."""

    def first(self, row: Row, looks_on: bool) -> tuple[Row | None, bool]:
        """The first solution, None when there is none; and whether there may be more of them, for which it looks
        when that is wanted and cheap."""
        begun: Row | None = _narrowed(self._start, row) if self._start else row
        if begun is None:
            return None, False
        number, begun = self._straight_on(0, begun)
        if begun is None or number == len(self._stages):
            return begun, False
        found: list[Row] = []
        is_looking_on = looks_on and self.is_narrow
        self._gather(number, begun, 2 if is_looking_on else 1, found)
        return (found[0], not is_looking_on or len(found) == 2) if found else (None, False)

    def _gather(self, number: int, row: Row, most: int, found: list[Row]) -> None:
        """Put solutions that begin with this one of the first stages among those found, until there are so many."""
        stage = self._stages[number]
        for values in stage.matches(row):
            longer = _narrowed(stage.then, row + values)
            if longer is None:
                continue
            following, further = self._straight_on(number + 1, longer)
            if further is None:
                continue
            if following == len(self._stages):
                found.append(further)
            else:
                self._gather(following, further, most, found)
            if len(found) == most:
                return

    def solutions(self, row: Row) -> Iterator[Row]:
        """All solutions. The state must not change while one is looked for."""
        begun = _narrowed(self._start, row)
        if begun is None:
            return iter(())
        return self._from(0, begun)

    def holds(self, row: Row) -> bool:
        """Whether there is a solution."""
        return next(self.solutions(row), None) is not None

    def _straight_on(self, number: int, row: Row) -> tuple[int, Row | None]:
        """On through the stages from this one, for as long as one fact agrees with what is known: the number of the
        next stage, and the row, None when it came to nothing."""
        for buckets, pick, then, tests in self._lookups[number:] if number else self._lookups:
            if buckets is None:
                break
            rows = buckets(row)
            if len(rows) != 1:
                return number, row if rows else None
            for only in rows:
                row += pick(only)
            if tests is None:
                narrowed = _narrowed(then, row)
                if narrowed is None:
                    return number, None
                row = narrowed
            else:
                for test in tests:
                    if not test(row):
                        return number, None
            number += 1
        return number, row

    def _from(self, number: int, row: Row) -> Iterator[Row]:
        """All solutions that begin with this one of the first stages."""
        number, begun = self._straight_on(number, row)
        if begun is None:
            return iter(())
        return iter((begun,)) if number == len(self._stages) else self._branching(number, begun)

    def _branching(self, number: int, row: Row) -> Iterator[Row]:
        """The same where the next stage may hold in several ways. What can be left to built-in iterators is."""
        stage = self._stages[number]
        rows: Iterator[Row] = map(partial(add, row), stage.matches(row))
        if stage.tests is None:
            rows = (one for one in map(partial(_narrowed, stage.then), rows) if one is not None)
        else:
            for test in stage.tests:
                rows = filter(test, rows)
        if number + 1 == len(self._stages):
            return rows
        return chain.from_iterable(map(partial(self._from, number + 1), rows))


def _narrowed(singles: Sequence[Single], row: Row) -> Row | None:
    for test, work in singles:
        if test is not None:
            if not test(row):
                return None
        elif work is not None:
            value = work(row)
            if value is None:
                return None
            row += (value,)
    return row


def prepared(conditions: Iterable[Condition], layout: Layout, ground: Ground, first: Sequence[Test] = ()) -> Join:
    """The conditions over rows of this layout, which grows by the variables that they bind. `first` are tests of the
    row itself."""
    preparation = _Preparation(conditions, layout, ground)
    preparation.first.extend((test, None) for test in first)
    return preparation.join()


class _Preparation:
    def __init__(self, conditions: Iterable[Condition], layout: Layout, ground: Ground) -> None:
        self.waiting = list(dict.fromkeys(flat(conditions)))
        self.first: list[Single] = []
        self.layout = layout
        self.ground = ground
        self.known = frozenset(layout.names())
        self.final = bound_by(self.waiting, self.known)

    def join(self) -> Join:
        start = self._singles()
        stages: list[Stage] = []
        is_narrow = True
        while self.waiting:
            condition = self._next_match()
            is_narrow &= isinstance(condition, Holds) and any(map(self.layout.knows, condition.arguments))
            stage = self._stage(condition)
            singles = self._singles()
            tests = tuple(test for test, _ in singles if test is not None)
            only_tests = tests if len(tests) == len(singles) else None
            stages.append(replace(stage, then=tuple(singles), tests=only_tests))
        return Join([*self.first, *start], stages, is_narrow)

    def _singles(self) -> list[Single]:
        """All that can be tested or worked out with what is known."""
        found: list[Single] = []
        changed = True
        while changed:
            changed = False
            for condition in list(self.waiting):
                if self._is_test(condition):
                    found.append((_test(condition, self.layout, self.ground), None))
                elif isinstance(condition, Bind) and variables_in(condition.value) <= self.known:
                    found.append((None, worked(condition.value, self.layout, self.ground)))
                    self._give(condition.variable.name)
                else:
                    continue
                self.waiting.remove(condition)
                changed = True
        return found

    def _is_test(self, condition: Condition) -> bool:
        match condition:
            case Holds() | Compare():
                return mentioned(condition) <= self.known
            case Absent():
                return mentioned(condition) & self.final <= self.known
            case AnyOf():
                return mentioned(condition) & self.final <= self.known
            case _:
                return False

    def _next_match(self) -> Condition:
        """The first fact something is known of, else the first choice whose variables can be bound, else any fact."""
        facts = [one for one in self.waiting if isinstance(one, Holds)]
        for fact in facts:
            if any(map(self.layout.knows, fact.arguments)):
                return fact
        for one in self.waiting:
            if isinstance(one, AnyOf):
                own = bound_by((one,), self.known)
                if not needed_bound(one, self.known) and mentioned(one) & self.final <= own:
                    return one
        return facts[0]

    def _stage(self, condition: Condition) -> Stage:
        self.waiting.remove(condition)
        if isinstance(condition, Holds):
            return self._lookup(condition.relation, condition.arguments)
        assert isinstance(condition, AnyOf)
        new = tuple(sorted(bound_by((condition,), self.known) & self.final - self.known))
        matches = _choice(condition, new, self.layout, self.ground)
        for name in new:
            self._give(name)
        return Stage(matches=matches, then=())

    def _lookup(self, relation: str, arguments: Sequence[Term]) -> Stage:
        buckets = _buckets(relation, arguments, self.layout, self.ground)
        first: dict[str, int] = {}
        same: list[tuple[int, int]] = []
        for place, term in enumerate(arguments):
            if isinstance(term, Variable) and not self.layout.knows(term):
                if term.name in first:
                    same.append((first[term.name], place))
                else:
                    first[term.name] = place
        for name in first:
            self._give(name)
        pick = picker(first.values())
        if same:
            return Stage(
                matches=lambda row: (pick(one) for one in buckets(row) if all(one[a] == one[b] for a, b in same)),
                then=(),
            )
        return Stage(matches=lambda row: map(pick, buckets(row)), then=(), buckets=buckets, pick=pick)

    def _give(self, name: str) -> None:
        self.layout.give(name)
        self.known |= {name}


def _buckets(relation: str, arguments: Sequence[Term], layout: Layout, ground: Ground) -> Buckets:
    """The rows of a relation that agree with what is known of its arguments."""
    table = ground.state.tables[relation]
    places = tuple(place for place, term in enumerate(arguments) if layout.knows(term))
    if not places:
        rows = table.rows
        return lambda row: rows
    return bucket_of(layout.slots(arguments[place] for place in places), table.index(places))


def _test(condition: Condition, layout: Layout, ground: Ground) -> Test:
    match condition:
        case Holds():
            return is_in(layout.slots(condition.arguments), ground.state.tables[condition.relation].rows)
        case Absent() if all(map(layout.knows, condition.arguments)):
            return is_not_in(layout.slots(condition.arguments), ground.state.tables[condition.relation].rows)
        case Absent():
            return _none(condition, layout, ground)
        case Compare():
            return compared(condition, layout, ground)
        case _:
            assert isinstance(condition, AnyOf)
            ways = [prepared((one,), layout.copy(), ground) for one in condition.conditions]
            return lambda row: any(way.holds(row) for way in ways)


def _none(condition: Absent, layout: Layout, ground: Ground) -> Test:
    """A test that nothing agrees with what is known of the arguments."""
    buckets = _buckets(condition.relation, condition.arguments, layout, ground)
    open_names = variables_of(one for one in condition.arguments if not layout.knows(one))
    places = {
        name: [n for n, one in enumerate(condition.arguments) if isinstance(one, Variable) and one.name == name]
        for name in open_names
    }
    same = [own for own in places.values() if len(own) > 1]
    if not same:
        return lambda row: not buckets(row)
    return lambda row: not any(all(len({one[n] for n in own}) == 1 for own in same) for one in buckets(row))


def _choice(condition: AnyOf, new: Sequence[str], layout: Layout, ground: Ground) -> Matches:
    """The values of the new variables in every way, each once."""
    ways: list[tuple[Join, Callable[[Row], Row]]] = []
    for one in condition.conditions:
        own = layout.copy()
        join = prepared((one,), own, ground)
        ways.append((join, own.picker(Variable(name=name) for name in new)))

    def matches(row: Row) -> Iterator[Row]:
        seen: set[Row] = set()
        for join, pick in ways:
            for longer in join.solutions(row):
                values = pick(longer)
                if values not in seen:
                    seen.add(values)
                    yield values

    return matches
