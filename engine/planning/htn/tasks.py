"""Primitive tasks made ready for the walk: when a step can be taken, and how it changes the state."""

from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from engine.planning.htn.accesses import Accesses, Changes
from engine.planning.htn.expressions import Ground, Layout, said
from engine.planning.htn.footprints import Footprint, applied
from engine.planning.htn.generated import LOOKS_A_FUNCTION, Text, indented, row_of
from engine.planning.htn.joins import tests_of
from engine.planning.htn.state import Index, Picker, Row, Table
from engine.planning.htn.walk import Cell, Task, Walk
from engine.planning.language.domain import Primitive
from engine.planning.language.terms import Add, Condition, Effect, Increase, Remove, SetTo

Weigh: TypeAlias = Callable[[Row], int]
"""The rank of one part of a plan, from its row of values."""
Take: TypeAlias = Callable[[Walk, Cell], Cell | None]


class Described(Task):
    """A task with its footprints, which are filled in for each row of arguments once."""

    __slots__ = ("_future", "_futures", "_step", "_steps")

    def __init__(self, name: str, index: int) -> None:
        super().__init__(name, index)
        self._step = self._future = Footprint()
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

    __slots__ = (
        "changes",
        "codes",
        "conditions",
        "constants",
        "effects",
        "ground",
        "identity",
        "layout",
        "parameters",
        "primitive",
        "take",
        "tell_accesses",
        "weigh",
    )

    ground: Ground
    layout: Layout

    def __init__(self, primitive: Primitive, index: int) -> None:
        super().__init__(primitive.name, index)
        self.primitive = primitive
        self.parameters = tuple(one.name for one in primitive.parameters)
        self.tell_accesses: Callable[[], Accesses] = Accesses
        """What it looks at."""
        self.changes = Changes()
        self.constants: Row = ()
        self.conditions: Sequence[Condition] = primitive.preconditions
        self.effects: Sequence[Effect] = primitive.effects
        self.weigh: Weigh | None = None
        """None where the rank is the same for all arguments: the bound."""
        self.codes: dict[Row, int] = {}
        """What steps are called, by their identity; shared with tasks that can't be told from this one."""
        self.identity: Picker = tuple
        self.take: Take = self._take_first
        """Takes the step: the agenda after it, or None where it can't be taken."""

    def advance(self, walk: Walk, cell: Cell) -> Cell | None:
        return self.take(walk, cell)

    def _take_first(self, walk: Walk, cell: Cell) -> Cell | None:
        """Write the function that takes the step, now that it is come to, and call it."""
        self.take = StepText(self).take()
        for table in {effect.relation: 0 for effect in self.effects if isinstance(effect, Add | Remove)}:
            self.ground.state.tables[table].users.append(self.forget)
        walk.looked += LOOKS_A_FUNCTION
        return self.take(walk, cell)

    def forget(self) -> None:
        """Write that function anew when the step is come to next: something else is to be done now."""
        self.take = self._take_first

    def name_step(self, walk: Walk, row: Row) -> None:
        """Tell the walk what the step is called."""
        own = self.identity(row)
        code = self.codes.get(own)
        if code is None:
            code = self.codes[own] = walk.state.code()
        walk.mark += code


class StepText:
    """The function that takes a step, line by line: conditions, numbers, facts, and where the walk stands then."""

    def __init__(self, task: StepTask) -> None:
        self._task = task
        self._state = task.ground.state
        self._text = Text(task.constants)

    def take(self) -> Take:
        """The function."""
        task, text = self._task, self._text
        inner = [f"if not ({test}): return None" for test in tests_of(task.conditions, task.layout, task.ground, text)]
        inner += self._numbers()
        inner += self._facts()
        whole = text.whole(task.layout.size)
        inner.append(f"if walk.most > 1: {text.name(task.name_step)}(walk, {whole})")
        if task.weigh is not None:
            inner.append(f"walk.rank += {text.name(task.weigh)}({whole}) - {text.name(task)}.bound")
        arguments = text.arguments(task.layout.size)
        lines = [f"{arguments} = cell.arguments"] if arguments else []
        return cast(Take, text.function("walk, cell", [*lines, *inner, "walk.path.append(cell)", "return cell.next"]))

    def _numbers(self) -> list[str]:
        """All are worked out before the first one changes."""
        task, text = self._task, self._text
        found, done = list[str](), list[str]()
        for number, effect in enumerate(one for one in task.effects if isinstance(one, SetTo | Increase)):
            value, key = f"n{number}", f"key{number}"
            column = self._state.columns[effect.quantity]
            told = effect.value if isinstance(effect, SetTo) else effect.by
            found.append(f"{value} = {said(told, task.layout, task.ground, text)}")
            found.append(f"if {value}.__class__ is not float and {value}.__class__ is not int: return None")
            found.append(f"{key} = {text.row(task.layout.slots(effect.arguments))}")
            if isinstance(effect, Increase):
                old = f"{text.name(column.values)}.get({key}, {text.name(column.default)})"
                found.append(f"if {old} is None: return None")
                value = f"{value} + ({old} or 0.0)"
            done.append(f"{text.name(self._state.put)}({text.name(column)}, {key}, {value})")
        return found + done

    def _facts(self) -> list[str]:
        task, text = self._task, self._text
        own = [one for kind in (Remove, Add) for one in task.effects if isinstance(one, kind)]
        if not own:
            return []
        lines = [f"hashed = {text.name(self._state)}.hash"]
        for effect in own:
            table = self._state.tables[effect.relation]
            slots = task.layout.slots(effect.arguments)
            lines.append(f"fact = {text.row(slots)}")
            lines += self._removed(table, slots) if isinstance(effect, Remove) else self._added(table, slots)
        return [*lines, f"{text.name(self._state)}.hash = hashed"]

    def _removed(self, table: Table, slots: Sequence[int]) -> list[str]:
        name = self._text.name
        lines = [f"del {name(one.buckets)}[{self._key(one, slots)}][fact]" for one in table.indexes]
        return [
            f"code = {name(table.rows)}.pop(fact, 0)",
            "if code:",
            *indented([*self._noted(table), *lines]),
        ]

    def _added(self, table: Table, slots: Sequence[int]) -> list[str]:
        name = self._text.name
        lines = [f"{name(table.rows)}[fact] = code"]
        for one in table.indexes:
            key = self._key(one, slots)
            lines.append(f"bucket = {name(one.buckets)}.get({key})")
            lines.append(f"if bucket is None: {name(one.buckets)}[{key}] = {{fact: code}}")
            lines.append("else: bucket[fact] = code")
        return [
            f"code = {name(table.codes)}.get(fact)",
            f"if code is None: code = {name(table.codes)}[fact] = {name(self._state.code)}()",
            f"elif fact in {name(table.rows)}: code = 0",
            "if code:",
            *indented([*self._noted(table), *lines]),
        ]

    def _noted(self, table: Table) -> list[str]:
        """What makes that the change can be taken back."""
        name, state = self._text.name, self._state
        return [
            "hashed ^= code",
            f"{name(state.trail)}.append({name(table)})",
            f"{name(state.changed)}.append(fact)",
        ]

    def _key(self, index: Index, slots: Sequence[int]) -> str:
        own = [self._text.value(slots[place]) for place in index.places]
        return own[0] if len(own) == 1 else row_of(own)
