"""Primitive tasks made ready for the walk: when a step can be taken, and how it changes the state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from engine.planning.htn.accesses import Accesses, Changes
from engine.planning.htn.expressions import Test, Worked, as_number
from engine.planning.htn.footprints import Footprint, applied
from engine.planning.htn.state import Column, Picker, Row, Table
from engine.planning.htn.walk import Cell, Task, Walk
from engine.planning.language.domain import Primitive

Weigh: TypeAlias = Callable[[Row], int]
"""The rank of one part of a plan, from its row of values."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A number that a step changes."""

    column: Column
    pick: Picker
    value: Worked
    is_growth: bool


class StepTask(Described):
    """A primitive task. Its row is its constants, then its arguments."""

    __slots__ = (
        "adds",
        "changes",
        "codes",
        "constants",
        "identity",
        "parameters",
        "primitive",
        "removes",
        "tell_accesses",
        "tests",
        "weigh",
        "writes",
    )

    def __init__(self, primitive: Primitive, index: int) -> None:
        super().__init__(primitive.name, index)
        self.primitive = primitive
        self.parameters = tuple(one.name for one in primitive.parameters)
        self.tell_accesses: Callable[[], Accesses] = Accesses
        """What it looks at."""
        self.changes = Changes()
        self.constants: Row = ()
        self.tests: tuple[Test, ...] = ()
        self.removes: tuple[tuple[Table, Picker], ...] = ()
        self.adds: tuple[tuple[Table, Picker], ...] = ()
        self.writes: tuple[Writing, ...] = ()
        self.weigh: Weigh | None = None
        """None where the rank is the same for all arguments: the bound."""
        self.codes: dict[Row, int] = {}
        """What steps are called, by their identity; shared with tasks that can't be told from this one."""
        self.identity: Picker = tuple

    def advance(self, walk: Walk, cell: Cell) -> Cell | None:
        row = self.constants + cell.arguments
        for test in self.tests:
            if not test(row):
                return None
        state = walk.state
        if self.writes and not self._write(walk, row):
            return None
        state.change(self.removes, self.adds, row)
        if walk.most > 1:  # else nobody asks what the steps are called
            own = self.identity(row)
            code = self.codes.get(own)
            if code is None:
                code = self.codes[own] = state.code()
            walk.mark += code
        if self.weigh is not None:
            walk.rank += self.weigh(row) - self.bound
        walk.path.append(cell)
        return cell.next

    def _write(self, walk: Walk, row: Row) -> bool:
        """Change the numbers; all are worked out before the first one changes. False when one can't be."""
        found: list[tuple[Column, Row, float]] = []
        for one in self.writes:
            key = one.pick(row)
            value = as_number(one.value(row))
            old = one.column.read(key) if one.is_growth else 0.0
            if value is None or old is None:
                return False
            found.append((one.column, key, value))
        for one, (column, key, value) in zip(self.writes, found, strict=True):
            walk.state.put(column, key, value + (column.read(key) or 0.0) if one.is_growth else value)
        return True
