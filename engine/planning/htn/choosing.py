"""How a method is chosen for a compound task: one way after the other, likeliest first, made only when wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from engine.planning.htn.accesses import Accesses
from engine.planning.htn.agenda import Branch, Focus, side_by_side
from engine.planning.htn.joins import Join
from engine.planning.htn.ranking import WORST, parts_of
from engine.planning.htn.state import Picker, Row
from engine.planning.htn.tasks import Described, Weigh
from engine.planning.htn.walk import END, Cell, Choice, Instance, Task, Walk
from engine.planning.language.domain import Method

ROWS_A_NODE = 16
"""So many rows or cells are made in the time that a step takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A subtask of a way: its task, and where its arguments come from."""

    task: Task
    place: int
    pick: Picker
    each: Join | None = None
    """The join whose solutions it stands for; None where it stands once."""
    is_fan: bool = False
    """Whether what it stands for stands side by side."""
    is_tangled: bool = False
    """Whether the order among those may matter."""


class Way:
    """A method for a task: what it comes to at the least, and how its subtasks are ordered."""

    __slots__ = (
        "body", "bound", "direct", "excess", "index", "is_sequence", "method", "name", "needs", "sinks", "weight",
    )  # fmt: skip

    def __init__(self, method: Method, index: int, weight: int) -> None:
        self.method = method
        self.name = method.name
        self.index = index
        self.weight = weight
        """The least rank of choosing it, its subtasks aside."""
        self.bound = weight
        """The least rank of all that follows from it."""
        self.excess = 0
        """How much more that is than the least rank of its task."""
        self.body = tuple(one.task for one in method.subtasks if not one.each)
        """What must be done for it in any case."""
        self.direct: list[tuple[int, ...]] = []
        """For each place, those directly before it."""
        self.sinks: tuple[int, ...] = ()
        """The places that nothing comes after."""
        self.is_sequence = True
        """Whether nothing is lost when its subtasks are done one after the other as listed."""
        self.needs: dict[int, frozenset[int]] = {}
        """For each place, those that come before it; empty for a sequence."""


class Shape:
    """A way as laid out for one join, with all that is looked up in its solutions."""

    __slots__ = (
        "backwards",
        "children",
        "constants",
        "excess",
        "fork",
        "is_alone",
        "is_plain",
        "join",
        "names",
        "tell_accesses",
        "tests",
        "way",
        "weigh",
        "weight",
    )

    def __init__(self, way: Way, constants: Row, join: Join, children: Sequence[Child], fork: Task) -> None:
        self.way = way
        self.constants = constants
        self.join = join
        self.children = tuple(children)
        """In an order that keeps to what comes before what."""
        self.fork = fork
        self.excess = way.excess
        self.weight = way.weight
        self.weigh: Weigh | None = None
        """None where the rank is the same for all rows: the weight."""
        self.names: dict[str, int] = {}
        """The slots of the variables in a solution."""
        self.tell_accesses: Callable[[], Accesses] = Accesses
        """What choosing it looks at, the conditions of its subtasks aside."""
        self.backwards = tuple((child.task, child.pick, child.place) for child in reversed(self.children))
        self.tests = join.tests
        self.is_alone = False
        """Whether none of the shapes after it fits where it fits."""
        self.is_plain = (
            way.is_sequence and all(child.each is None for child in self.children) and len(self.children) < ROWS_A_NODE
        )

    def first(self, arguments: Row, is_last: bool) -> tuple[Row | None, bool]:
        """The first instance for a task with these arguments, None when there is none; whether there may be more, which
        matters most when no other shape is left."""
        row = self.constants + arguments
        if self.tests is None:
            return self.join.first(row, is_last)
        for test in self.tests:
            if not test(row):
                return None, False
        return row, False

    def enter(self, walk: Walk, cell: Cell, row: Row, focus: Focus | None) -> Cell:
        """The agenda after choosing it for the cell's task. `focus` tells where the cell is, None for in front."""
        owner = Instance(cell, self, row)
        walk.path.append(owner)
        if self.weigh is not None:
            walk.rank += self.excess + self.weigh(row) - self.weight
        elif self.excess:
            walk.rank += self.excess
        rest = cell.next
        assert rest is not None
        if self.is_plain and focus is None:
            for task, pick, place in self.backwards:
                rest = Cell(task, pick(row), rest, owner, place)
            return rest
        walk.spend(len(self.children), ROWS_A_NODE)
        if focus is None:
            return self._woven(walk, owner, rest, False)
        return focus.plug(self._woven(walk, owner, rest, True))

    def _woven(self, walk: Walk, owner: Instance, rest: Cell, inside: bool) -> Cell:
        """`inside`: other tasks go on at the same time, so that nothing may be taken for a sequence."""
        needs = self.way.needs
        if not needs or (self.way.is_sequence and not inside):
            for child in reversed(self.children):
                if child.each is None:
                    rest = Cell(child.task, child.pick(owner.row), rest, owner, child.place)
                else:
                    rest = self._each(child, walk, owner, rest, inside)
            return rest
        branches = [
            Branch(child.place, needs[child.place], self._each(child, walk, owner, END, inside))
            for child in self.children
        ]
        return side_by_side(self.fork, branches, rest)

    def _each(self, child: Child, walk: Walk, owner: Instance, rest: Cell, inside: bool) -> Cell:
        """All that a child stands for, then the rest."""
        if child.each is None:
            return Cell(child.task, child.pick(owner.row), rest, owner, child.place)
        rows = list(child.each.solutions(owner.row))
        walk.rank += len(rows) * child.task.bound
        if len(rows) > 1 and child.is_fan and (child.is_tangled or inside):
            cells = [Cell(child.task, child.pick(row), END, owner, child.place) for row in rows]
            return side_by_side(self.fork, (Branch(n, frozenset(), cell) for n, cell in enumerate(cells)), rest)
        for row in reversed(rows):
            rest = Cell(child.task, child.pick(row), rest, owner, child.place)
        return rest


LayOut: TypeAlias = Callable[[str, bool], tuple["Shape", ...]]
"""Lays the ways of a compound out, by its name; whether with the conditions of subtasks pulled up."""


class CompoundTask(Described):
    """A compound task with its ways, the one with the least bound first; they are laid out when it is first come to."""

    __slots__ = ("_bare", "_lay_out", "_shapes", "banned", "only")

    def __init__(self, name: str, index: int, lay_out: LayOut) -> None:
        super().__init__(name, index)
        self.banned: dict[Row, set[str]] = {}
        """Names of methods that must not be taken, by arguments."""
        self.only = False
        """Whether it is known that there is but one way, with one instance at the most."""
        self._lay_out = lay_out
        self._shapes: tuple[Shape, ...] | None = None
        """With the conditions of subtasks pulled up. None before they are laid out."""
        self._bare: tuple[Shape, ...] | None = None
        """With the methods' own conditions only, for where a subtask's may come about beside it; None as above."""

    def forget(self) -> None:
        """Lay the ways out anew when they are come to next: their order has changed."""
        self._shapes = self._bare = None
        self.only = False

    def prepare(self) -> tuple[Shape, ...]:
        """Lay the ways out."""
        if self._shapes is None:
            self._shapes = self._lay_out(self.name, True)
            self.only = len(self._shapes) == 1 and self._shapes[0].join.is_single
        return self._shapes

    def shapes(self, cell: Cell, focus: Focus | None) -> tuple[Shape, ...]:
        """The ways for a cell."""
        if focus is None:
            shapes = self.prepare()
        else:
            if self._bare is None:
                self._bare = self._lay_out(self.name, False)
            shapes = self._bare
        if self.banned and cell.arguments in self.banned:
            banned = self.banned[cell.arguments]
            return tuple(shape for shape in shapes if shape.way.name not in banned)
        return shapes

    def advance(self, walk: Walk, cell: Cell, focus: Focus | None = None) -> Cell | None:
        """Take the first way for this cell, and keep those that are left for later. `focus` tells where it is, None for
        in front; in a fork it has been looked at whether this is new."""
        if focus is None and not self.only and walk.seen(cell.hash):
            return None
        if walk.most_parts is not WORST and parts_of(walk.rank) > walk.most_parts:
            walk.is_cut = True
            return None
        shapes = self._shapes
        if shapes is None or focus is not None or self.banned:
            shapes = self.shapes(cell, focus)
        limit, last, arguments = walk.limit, len(shapes), cell.arguments
        number = 0
        for shape in shapes:
            number += 1
            if limit is not WORST and walk.rank + shape.excess >= limit:
                return None
            row, has_more = shape.first(arguments, number == last)
            if row is None:
                continue
            if has_more or not (number == last or shape.is_alone):
                walk.choices.append(Choosing(walk, cell, focus, number, row if has_more else None))
            return shape.enter(walk, cell, row, focus)
        return None


class Choosing(Choice):
    """What is left to choose from for a cell: its shapes from a number on, and more instances of the one before."""

    __slots__ = ("_cell", "_first", "_focus", "_number", "_rows")

    def __init__(self, walk: Walk, cell: Cell, focus: Focus | None, number: int, first: Row | None) -> None:
        Choice.__init__(self, walk)
        self._cell = cell
        self._focus = focus
        self._number = number
        self._first = first
        """The first instance of the shape before, when there may be more of it."""
        self._rows: list[Row] | None = None
        """These, the next one last."""

    def proceed(self, walk: Walk) -> Cell | None:
        shapes = self._shapes()
        row = self._next_row(walk, shapes)
        if row is None:
            walk.choices.pop()
            return None
        if self._first is None and not self._rows and self._number == len(shapes):
            walk.choices.pop()
        return shapes[self._number - 1].enter(walk, self._cell, row, self._focus)

    def bound(self) -> int:
        is_begun = self._first is not None or bool(self._rows)
        return self.rank + self._shapes()[self._number - is_begun].excess

    def _shapes(self) -> tuple[Shape, ...]:
        task = self._cell.task
        assert isinstance(task, CompoundTask)
        return task.shapes(self._cell, self._focus)

    def _next_row(self, walk: Walk, shapes: tuple[Shape, ...]) -> Row | None:
        """The next instance; None when there is none that could come to one of the best plans."""
        rank, limit = self.rank, walk.limit
        if self._first is not None:
            self._list_rows(walk, shapes[self._number - 1])
        if self._rows:
            return self._rows.pop() if rank + shapes[self._number - 1].excess < limit else None
        while self._number < len(shapes):
            shape = shapes[self._number]
            if rank + shape.excess >= limit:
                return None
            self._number += 1
            row, has_more = shape.first(self._cell.arguments, self._number == len(shapes))
            if row is not None:
                self._first = row if has_more else None
                return row
        return None

    def _list_rows(self, walk: Walk, shape: Shape) -> None:
        rows = [row for row in shape.join.solutions(shape.constants + self._cell.arguments) if row != self._first]
        rows.reverse()
        walk.spend(len(rows), ROWS_A_NODE)
        self._rows, self._first = rows, None
