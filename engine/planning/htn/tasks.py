"""Primitive tasks made ready for the walk: when a step can be taken, and how it changes the state."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import TypeAlias, cast

from engine.planning.htn.accesses import Accesses, Changes, accesses_of
from engine.planning.htn.expressions import Layout, Scheme, said, values_of
from engine.planning.htn.footprints import NOTHING, Footprint, applied
from engine.planning.htn.generated import LOOKS_A_FUNCTION, Text, Written, indented, row_of
from engine.planning.htn.identity import Identity, inputs_read, title_read
from engine.planning.htn.joins import buckets_of, rows_of, tests_of
from engine.planning.htn.state import Ground, Picker, Row, Table
from engine.planning.htn.walk import Cell, Task, Walk
from engine.planning.language.domain import Primitive
from engine.planning.language.templates import mentions_within
from engine.planning.language.terms import Add, Effect, Increase, Remove, SetTo, Value, Variable
from engine.planning.language.variables import constants_in

Weigh: TypeAlias = Callable[[Row], int]
"""The rank of one part of a plan, from its row of values."""
Take: TypeAlias = Callable[[Walk, Cell], Cell | None]


class Described(Task):
    """A task with its footprints, which are filled in for each row of arguments once."""

    __slots__ = ("_future", "_futures", "_step", "_steps")

    def __init__(self, name: str, index: int) -> None:
        super().__init__(name, index)
        self._step = self._future = NOTHING
        self._steps: dict[Row, Footprint] = {}
        self._futures: dict[Row, Footprint] = {}

    def describe(self, step: Footprint, future: Footprint) -> None:
        """The footprints, with places for the arguments."""
        self._step, self._future = step, future

    def step(self, arguments: Row) -> Footprint:
        found = self._steps.get(arguments)
        if found is None:
            found = self._steps[arguments] = applied(self._step, arguments)
        return found

    def future(self, arguments: Row) -> Footprint:
        found = self._futures.get(arguments)
        if found is None:
            found = self._futures[arguments] = applied(self._future, arguments)
        return found


class StepTask(Described):
    """A primitive task. Its row is its constants, then its arguments."""

    __slots__ = ("_named", "codes", "ground", "primitive", "sketch", "take", "weigh")

    def __init__(self, primitive: Primitive, index: int, sketch: "StepSketch", ground: Ground) -> None:
        super().__init__(primitive.name, index)
        self.primitive = primitive
        self.sketch = sketch
        self.ground = ground
        self.weigh: Weigh | None = None
        """None where the rank is the same for all arguments: the bound."""
        self.codes: dict[Row, int] = {}
        """What steps are called, by their identity; shared with tasks that can't be told from this one."""
        self._named: dict[Row, int] = {}
        """The same, by the row."""
        self.take: Take = self._take_first
        """Takes the step: the agenda after it, or None where it can't be taken."""

    @property
    def accesses(self) -> Accesses:
        """What it looks at."""
        return self.sketch.accesses

    def values(self, row: Row) -> dict[str, Value]:
        """The values of its parameters, by their names."""
        return {name: row[slot] for name, slot in self.sketch.names.items()}

    def advance(self, walk: Walk, cell: Cell) -> Cell | None:
        return self.take(walk, cell)

    def _take_first(self, walk: Walk, cell: Cell) -> Cell | None:
        """Put the function that takes the step on this ground, now that it is come to, and call it."""
        tables = self.ground.state.tables
        self.take = cast(Take, self.sketch.taking(tables).on(self.ground, self))
        for relation in self.sketch.changed:
            tables[relation].users.append(self.forget)
        walk.looked += LOOKS_A_FUNCTION
        return self.take(walk, cell)

    def forget(self) -> None:
        """Choose that function anew when the step is come to next: something else is to be done now."""
        self.take = self._take_first

    def name_step(self, walk: Walk, row: Row) -> None:
        """Tell the walk what the step is called."""
        code = self._named.get(row)
        if code is None:
            pick = self.sketch.identity
            own = self._reads(row) if pick is None else pick(row)
            code = self.codes.get(own)
            if code is None:
                code = self.codes[own] = walk.state.code()
            self._named[row] = code
        walk.mark += code

    def _reads(self, row: Row) -> Row:
        values = {**self.ground.context, **self.values(row)}
        inputs = self.sketch.inputs
        return title_read(self.primitive, values), inputs_read(self.primitive, values) if inputs is None else inputs


class StepSketch:
    """What of a primitive is the same in all problems, so that it is worked out once for a domain."""

    def __init__(self, primitive: Primitive, identity: Identity, scheme: Scheme) -> None:
        self._scheme = scheme
        self._effects: Sequence[Effect] = primitive.effects
        self._written: dict[tuple[tuple[tuple[int, ...], ...], ...], Written] = {}
        self.kind = identity.kind
        self.inputs = None if any(mentions_within(dict(primitive.inputs))) else inputs_read(primitive, {})
        """How its inputs read; None where that depends on its arguments."""
        self.parameters = tuple(one.name for one in primitive.parameters)
        self.layout = layout = Layout(constants_in(primitive.preconditions, primitive.effects))
        for name in self.parameters:
            layout.give(name)
        self.constants = layout.constants
        self.names = layout.names()
        """The slots of the parameters."""
        self.identity: Picker | None = None
        """What tells its steps from others of its kind; None where that is how they read."""
        if not identity.is_text:
            self.identity = layout.picker(Variable(name=name) for name in identity.parameters)
        self.changed = tuple(dict.fromkeys(one.relation for one in self._effects if isinstance(one, Add | Remove)))
        """The relations that it changes."""
        own = [(effect, layout.picker(effect.arguments)) for effect in self._effects]
        self.changes = Changes(
            adds=[(effect.relation, pick) for effect, pick in own if isinstance(effect, Add)],
            removes=[(effect.relation, pick) for effect, pick in own if isinstance(effect, Remove)],
            sets=[(f"#{effect.quantity}", pick) for effect, pick in own if isinstance(effect, SetTo)],
            grows=[(f"#{effect.quantity}", pick) for effect, pick in own if isinstance(effect, Increase)],
        )
        self._text = Text(layout.constants)
        self._tests = tests_of(primitive.preconditions, layout, scheme, self._text)
        self._lookups = tuple(self._text.lookups)
        self.accesses = accesses_of(primitive.preconditions, layout, scheme, primitive.effects)
        """What it looks at."""

    def idle(self) -> "StepSketch":
        """The same step, as if it looked at nothing and changed nothing."""
        idle = copy(self)
        idle._effects, idle._tests, idle._lookups, idle._written = (), [], (), {}
        idle.changed, idle.changes, idle.accesses = (), Changes(), Accesses()
        return idle

    def taking(self, tables: Mapping[str, Table]) -> Written:
        """The function that takes the step where tables have such indexes: conditions, numbers, facts, and where the
        walk stands then, line by line."""
        for relation, places in self._lookups:
            tables[relation].index(places)
        indexes = {relation: tuple(one.places for one in tables[relation].indexes) for relation in self.changed}
        key = tuple(indexes.values())
        if key not in self._written:
            self._written[key] = self._write(indexes)
        return self._written[key]

    def _write(self, indexes: Mapping[str, Sequence[tuple[int, ...]]]) -> Written:
        text, size = self._text, self.layout.size
        whole = text.whole(size)
        inner = [f"if not ({test}): return None" for test in self._tests]
        inner += [*self._numbers(), *self._facts(indexes)]
        inner += [
            f"if walk.most > 1: own.name_step(walk, {whole})",
            f"if weigh: walk.rank += weigh({whole}) - own.bound",
        ]
        arguments = text.arguments(size)
        lines = [f"{arguments} = cell.arguments"] if arguments else []
        lines += [*inner, "walk.path.append(cell)", "return cell.next"]
        return text.function("walk, cell", lines, ["weigh = own.weigh"])

    def _numbers(self) -> list[str]:
        """All are worked out before the first one changes."""
        text, layout, scheme = self._text, self.layout, self._scheme
        found, done = list[str](), list[str]()
        for number, effect in enumerate(one for one in self._effects if isinstance(one, SetTo | Increase)):
            value, key, quantity = f"n{number}", f"key{number}", effect.quantity
            told = effect.value if isinstance(effect, SetTo) else effect.by
            found.append(f"{value} = {said(told, layout, scheme, text)}")
            found.append(f"if {value}.__class__ is not float and {value}.__class__ is not int: return None")
            found.append(f"{key} = {text.row(layout.slots(effect.arguments))}")
            if isinstance(effect, Increase):
                old = f"{values_of(quantity, text)}.get({key}, {text.name(scheme.defaults[quantity])})"
                found.append(f"if {old} is None: return None")
                value = f"{value} + ({old} or 0.0)"
            column = text.found(("column", quantity), partial(_column, quantity))
            done.append(f"{self._state()}.put({column}, {key}, {value})")
        return found + done

    def _state(self) -> str:
        return self._text.found("state", lambda ground: ground.state)

    def _facts(self, indexes: Mapping[str, Sequence[tuple[int, ...]]]) -> list[str]:
        own = [one for kind in (Remove, Add) for one in self._effects if isinstance(one, kind)]
        if not own:
            return []
        state = self._state()
        lines = [f"hashed = {state}.hash"]
        for effect in own:
            slots = self.layout.slots(effect.arguments)
            lines.append(f"fact = {self._text.row(slots)}")
            buckets = [
                (buckets_of(effect.relation, places, self._text), self._key(places, slots))
                for places in indexes[effect.relation]
            ]
            done = self._removed if isinstance(effect, Remove) else self._added
            lines += done(effect.relation, buckets)
        return [*lines, f"{state}.hash = hashed"]

    def _removed(self, relation: str, buckets: Iterable[tuple[str, str]]) -> list[str]:
        lines = [f"{self._codes(relation)}[fact] = code", *(f"del {own}[{key}][fact]" for own, key in buckets)]
        return [
            f"code = {rows_of(relation, self._text)}.pop(fact, 0)",
            "if code:",
            *indented([*self._noted(relation), *lines]),
        ]

    def _added(self, relation: str, buckets: Iterable[tuple[str, str]]) -> list[str]:
        rows = rows_of(relation, self._text)
        lines = [f"{rows}[fact] = code"]
        for own, key in buckets:
            lines.append(f"bucket = {own}.get({key})")
            lines.append(f"if bucket is None: {own}[{key}] = {{fact: code}}")
            lines.append("else: bucket[fact] = code")
        return [
            f"if fact not in {rows}:",
            f"    code = {self._codes(relation)}.get(fact) or {self._state()}.code()",
            *indented([*self._noted(relation), *lines]),
        ]

    def _codes(self, relation: str) -> str:
        return self._text.found(("codes", relation), lambda ground: ground.state.tables[relation].codes)

    def _noted(self, relation: str) -> list[str]:
        """What makes that the change can be taken back."""
        table = self._text.found(("table", relation), lambda ground: ground.state.tables[relation])
        trail = self._text.found("trail", lambda ground: ground.state.trail)
        changed = self._text.found("changed", lambda ground: ground.state.changed)
        return ["hashed ^= code", f"{trail}.append({table})", f"{changed}.append(fact)"]

    def _key(self, places: Iterable[int], slots: Sequence[int]) -> str:
        own = [self._text.value(slots[place]) for place in places]
        return own[0] if len(own) == 1 else row_of(own)


def _column(quantity: str, ground: Ground) -> object:
    return ground.state.columns[quantity]
