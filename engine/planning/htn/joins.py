"""Lists of conditions made ready to be matched: every way in which all of them hold, one after the other.

Tests come as soon as their variables have values, so that hopeless ways are left early; facts are looked up by what is
known of them already.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, cast

from engine.planning.htn.expressions import Layout, Scheme, compared, said
from engine.planning.htn.generated import Find, Text, Written, indented
from engine.planning.htn.pulling import flat
from engine.planning.htn.state import Ground, Picker, Row, Rows
from engine.planning.language.terms import Absent, AnyOf, Bind, Compare, Condition, Holds, Term, Variable
from engine.planning.language.variables import bound_by, mentioned, needed_bound, variables_in, variables_of

First: TypeAlias = Callable[[Row, bool], tuple[Row | None, bool]]
"""From the values after the constants to the first solution, None when there is none; and whether there may be more of
them, for which it looks when that is wanted and cheap."""
Solutions: TypeAlias = Callable[[Row], Iterator[Row]]
NOTHING: Rows = {}
MOST_NESTED = 15
"""Stages in one function; Python allows for no more than 20 loops in each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """A test that must hold, or a value that is added to the row."""

    line: str
    slot: int | None = None
    """Of the value; None for a test."""

    def lines(self, otherwise: str) -> list[str]:
        """What to do, and what where it comes to nothing."""
        if self.slot is None:
            return [f"if not ({self.line}): {otherwise}"]
        return [f"v{self.slot} = {self.line}", f"if v{self.slot} is None: {otherwise}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A condition that may hold in several ways, and what is tested and worked out for each of them."""

    found: str
    """Comes to these ways, from the row so far."""
    taken: Sequence[str]
    """Puts the values of one of them, `f`, in their slots, or goes on to the next."""
    is_lookup: bool
    """Whether the ways are facts that are looked up, so that it is known how many they are."""
    is_narrow: bool
    """Whether these are facts that are looked up by something known."""
    then: Sequence[Single]
    size: int
    """Of the row afterwards."""


class Join:
    """Conditions over rows of one layout. A solution is the row with the values of all further variables added."""

    __slots__ = ("_first", "_head", "_size", "_solve", "_stages", "_start", "is_narrow", "is_single", "text")

    def __init__(self, text: Text, head: int, start: Sequence[Single], stages: Sequence[Stage], size: int) -> None:
        """`head` is the size of the row before, `size` after the start."""
        self.text = text
        self._head = head
        self._start = start
        self._size = size
        self._stages = stages
        self._first: Written | None = None  # None until it is asked for; so is the next
        self._solve: Written | None = None
        self.is_single = not stages
        """Whether there is one solution at the most."""
        self.is_narrow = all(stage.is_narrow for stage in stages)
        """Whether all facts are looked up by something known."""

    def first(self, ground: Ground) -> First:
        """What finds the first solution in a problem."""
        if self._first is None:
            self._first = self._made_first()
        return cast(First, self._first.on(ground))

    def _made_first(self) -> Written:
        inner, end = [f"return {self.row}, {self.many}"], "return None, False"
        if self.may_look_on:
            inner = [
                "if found is not None: return found, True",
                f"if not looks_on: return {self.row}, {self.many}",
                f"found = {self.row}",
            ]
            end = "return found, False"
        lines = ["found = None", *self.lines("arguments", inner, "return None, False"), end]
        return self.text.function("arguments, looks_on", lines)

    @property
    def may_look_on(self) -> bool:
        """Whether to look for a second solution is cheap."""
        return self.is_narrow and not self.is_single

    @property
    def row(self) -> str:
        """A solution, where all of it is known."""
        return self.text.whole(self._stages[-1].size if self._stages else self._size)

    @property
    def targets(self) -> str:
        """What its values are assigned to."""
        return self.text.targets(self._stages[-1].size if self._stages else self._size)

    @property
    def many(self) -> str:
        """Whether there may be more than the first one, there."""
        stages = self._stages
        if len(stages) > MOST_NESTED or not all(stage.is_lookup for stage in stages):
            return "True"
        return " or ".join(f"len(b{number}) > 1" for number in range(len(stages))) or "False"

    def lines(self, arguments: str, inner: Sequence[str], otherwise: str, after: str = "") -> list[str]:
        """From the values after the constants to all solutions, with these lines at each of them, and one after each
        loop that is within another. Where there is no solution, it may do what is said or come to its end."""
        lines = [f"{self.text.arguments(self._head)} = {arguments}"] if self._head > len(self.text.constants) else []
        return [*lines, *self._begun(otherwise), *self._loops(inner, after)]

    def solutions(self, ground: Ground) -> Solutions:
        """What finds all solutions in a problem. The state must not change while one is looked for."""
        if self._solve is None:
            self._solve = self._made_solutions()
        return cast(Solutions, self._solve.on(ground))

    def whenever(self, ground: Ground) -> Solutions:
        """The same, found when it is called: for a function of the same text, which would find itself for ever."""

        def found(row: Row) -> Iterator[Row]:
            return self.solutions(ground)(row)

        return found

    def holds(self, ground: Ground) -> Callable[[Row], bool]:
        """What tells whether there is a solution in a problem."""
        solutions = self.solutions(ground)
        return lambda row: next(solutions(row), None) is not None

    def _made_solutions(self) -> Written:
        head = [f"{self.text.targets(self._head)} = row"] if self._head else []
        lines = [*head, *self._begun("return"), *self._loops([f"yield {self.row}"])]
        return self.text.function("row", lines)

    def _begun(self, otherwise: str) -> list[str]:
        return [line for single in self._start for line in single.lines(otherwise)]

    def _loops(self, inner: Sequence[str], after: str = "") -> list[str]:
        """The stages one within the other, with these lines in the innermost."""
        text, here = self.text, self._stages[:MOST_NESTED]
        lines = list(inner)
        if rest := self._stages[MOST_NESTED:]:
            others = Join(text, here[-1].size, (), rest, here[-1].size)
            found = f"{text.found(('further', len(rest)), others.whenever)}({text.whole(here[-1].size)})"
            lines = [f"for longer in {found}:", *indented([f"{text.targets(rest[-1].size)} = longer", *lines])]
            lines += [after] if after else []
        for number, stage in reversed(list(enumerate(here))):
            block = list(stage.taken)
            for single in stage.then:
                block += single.lines("continue")
            lines = [f"b{number} = {stage.found}", f"for f in b{number}:", *indented([*block, *lines])]
            if number and after:
                lines.append(after)
        return lines


def prepared(
    conditions: Iterable[Condition], layout: Layout, scheme: Scheme, text: Text, same: Iterable[tuple[int, int]] = ()
) -> Join:
    """The conditions over rows of this layout, which grows by the variables that they bind. `same` are slots that must
    hold the same."""
    first = [Single(line=f"{text.value(one)} == {text.value(other)}") for one, other in same]
    return _Preparation(conditions, layout, scheme, text).join(first)


def prepared_within(text: Text, condition: Condition, layout: Layout, scheme: Scheme) -> Join:
    """One condition over such rows, for a function of its own that another text's functions call."""
    return prepared((condition,), layout, scheme, Text(layout.constants, text))


def tests_of(conditions: Iterable[Condition], layout: Layout, scheme: Scheme, text: Text) -> list[str]:
    """Conditions that bind nothing, as lines which tell whether they hold."""
    return [single.line for single in _Preparation(conditions, layout.copy(), scheme, text).singles()]


class _Preparation:
    """Conditions that wait to be put in order."""

    def __init__(self, conditions: Iterable[Condition], layout: Layout, scheme: Scheme, text: Text) -> None:
        self.waiting = list(dict.fromkeys(flat(conditions)))
        self.layout = layout
        self.scheme = scheme
        self.text = text
        self.known = frozenset(layout.names())
        self.final = bound_by(self.waiting, self.known)

    def join(self, first: Sequence[Single]) -> Join:
        """All of them, after these."""
        head = self.layout.size
        start = [*first, *self.singles()]
        size = self.layout.size
        stages: list[Stage] = []
        while self.waiting:
            stages.append(self._stage(self._next_match()))
        return Join(self.text, head, start, stages, size)

    def singles(self) -> list[Single]:
        """All that can be tested or worked out with what is known."""
        found: list[Single] = []
        changed = True
        while changed:
            changed = False
            for condition in list(self.waiting):
                if self._is_test(condition):
                    found.append(Single(line=_test(condition, self.layout, self.scheme, self.text)))
                elif isinstance(condition, Bind) and variables_in(condition.value) <= self.known:
                    line = said(condition.value, self.layout, self.scheme, self.text)
                    found.append(Single(line=line, slot=self._give(condition.variable.name)))
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
        is_narrow = isinstance(condition, Holds) and any(map(self.layout.knows, condition.arguments))
        if isinstance(condition, Holds):
            found = _facts(condition.relation, condition.arguments, self.layout, self.scheme, self.text)
            taken, is_lookup = self._taken(condition.arguments)
        else:
            assert isinstance(condition, AnyOf)
            new = tuple(sorted(bound_by((condition,), self.known) & self.final - self.known))
            choice = _choice(condition, new, self.layout, self.scheme, self.text)
            found = f"{self.text.found(condition, choice)}({self.text.whole(self.layout.size)})"
            taken, is_lookup = [f"v{self._give(name)} = f[{place}]" for place, name in enumerate(new)], False
        then = self.singles()
        return Stage(
            found=found, taken=taken, is_lookup=is_lookup, is_narrow=is_narrow, then=then, size=self.layout.size
        )

    def _taken(self, arguments: Sequence[Term]) -> tuple[list[str], bool]:
        """Gives the new variables of a fact their slots: the lines, and whether every fact looked up will do."""
        first: dict[str, int] = {}
        same: list[tuple[int, int]] = []
        for place, term in enumerate(arguments):
            if isinstance(term, Variable) and not self.layout.knows(term):
                if term.name in first:
                    same.append((first[term.name], place))
                else:
                    first[term.name] = place
        lines = [f"if f[{one}] != f[{other}]: continue" for one, other in same]
        return [*lines, *(f"v{self._give(name)} = f[{place}]" for name, place in first.items())], not same

    def _give(self, name: str) -> int:
        self.known |= {name}
        return self.layout.give(name)


def _facts(relation: str, arguments: Sequence[Term], layout: Layout, scheme: Scheme, text: Text) -> str:
    """Comes to the rows of a relation that agree with what is known of its arguments."""
    places = tuple(place for place, term in enumerate(arguments) if layout.knows(term))
    if not places:
        return rows_of(relation, text)
    slots = layout.slots(arguments[place] for place in places)
    key = text.value(slots[0]) if len(slots) == 1 else text.row(slots)
    return f"{buckets_of(relation, places, text)}.get({key}, {text.name(NOTHING)})"


def rows_of(relation: str, text: Text) -> str:
    """What stands for the facts of a relation."""
    return text.found(("rows", relation), lambda ground: ground.state.tables[relation].rows)


def buckets_of(relation: str, places: tuple[int, ...], text: Text) -> str:
    """What stands for the facts of a relation by what they hold at these places."""
    text.lookups[relation, places] = None
    return text.found((relation, places), lambda ground: ground.state.tables[relation].index(places).buckets)


def _test(condition: Condition, layout: Layout, scheme: Scheme, text: Text) -> str:
    match condition:
        case Holds() | Absent() if all(map(layout.knows, condition.arguments)):
            sign = "in" if isinstance(condition, Holds) else "not in"
            return f"{text.row(layout.slots(condition.arguments))} {sign} {rows_of(condition.relation, text)}"
        case Absent():
            return _none(condition, layout, scheme, text)
        case Compare():
            return compared(condition, layout, scheme, text)
        case _:
            assert isinstance(condition, AnyOf)
            whole = text.whole(layout.size)
            ways = [prepared_within(text, one, layout.copy(), scheme) for one in condition.conditions]
            return " or ".join(f"{text.found(way, way.holds)}({whole})" for way in ways) or "False"


def _none(condition: Absent, layout: Layout, scheme: Scheme, text: Text) -> str:
    """A test that nothing agrees with what is known of the arguments."""
    facts = _facts(condition.relation, condition.arguments, layout, scheme, text)
    open_names = variables_of(one for one in condition.arguments if not layout.knows(one))
    places = {
        name: [n for n, one in enumerate(condition.arguments) if isinstance(one, Variable) and one.name == name]
        for name in sorted(open_names)
    }
    same = [f"f[{own[0]}] == f[{other}]" for own in places.values() for other in own[1:]]
    if not same:
        return f"not {facts}"
    return f"not [None for f in {facts} if {' and '.join(same)}]"


def _choice(condition: AnyOf, new: Sequence[str], layout: Layout, scheme: Scheme, text: Text) -> Find:
    """The values of the new variables in every way, each once."""
    ways: list[tuple[Join, Picker]] = []
    for one in condition.conditions:
        own = layout.copy()
        join = prepared_within(text, one, own, scheme)
        ways.append((join, own.picker(Variable(name=name) for name in new)))

    def find(ground: Ground) -> Solutions:
        return partial(_matches, [(join.solutions(ground), pick) for join, pick in ways])

    return find


def _matches(ways: Iterable[tuple[Solutions, Picker]], row: Row) -> Iterator[Row]:
    seen: set[Row] = set()
    for solutions, pick in ways:
        for longer in solutions(row):
            values = pick(longer)
            if values not in seen:
                seen.add(values)
                yield values
