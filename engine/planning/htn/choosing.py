"""How a method is chosen for a compound task: one way after the other, likeliest first, made only when wanted."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from engine.planning.htn.accesses import Accesses
from engine.planning.htn.agenda import Branch, Focus, side_by_side
from engine.planning.htn.generated import LOOKS_A_FUNCTION, indented, row_of
from engine.planning.htn.joins import First, Join
from engine.planning.htn.ranking import WORST, parts_of
from engine.planning.htn.state import Picker, Row
from engine.planning.htn.tasks import Described, Weigh
from engine.planning.htn.walk import END, Cell, Choice, Instance, Task, Walk, cell_of
from engine.planning.language.domain import Method
from engine.planning.slices import run_through

ROWS_A_NODE = 16
"""So many rows or cells are made in the time that a step takes."""


Choose: TypeAlias = Callable[[Walk, Cell], Cell | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A subtask of a way: its task, and where its arguments come from."""

    task: Task
    place: int
    pick: Picker = tuple
    slots: Sequence[int] = ()
    """What that takes out of a row."""
    fixed: Row | None = None
    """Its arguments where they are constants, and it stands once; None where they are picked."""
    each: Join | None = None
    """The join whose solutions it stands for; None where it stands once."""
    is_fan: bool = False
    """Whether what it stands for stands side by side."""
    is_tangled: bool = False
    """Whether the order among those may matter."""

    def arguments(self, row: Row) -> Row:
        """Its arguments, from the values of the method's variables."""
        return self.pick(row) if self.fixed is None else self.fixed


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
        self.body = Counter(one.task for one in method.subtasks if not one.each)
        """What must be done for it in any case, and how often."""
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
        "children",
        "choose",
        "constants",
        "excess",
        "first",
        "fork",
        "is_alone",
        "is_plain",
        "join",
        "names",
        "tell_accesses",
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
        self.first: First = self._find_first
        """The first instance for a task, from its arguments: None when there is none; and whether there may be more."""
        self.is_alone = False
        """Whether none of the shapes after it fits where it fits."""
        self.is_plain = (
            way.is_sequence
            and len(self.children) < ROWS_A_NODE
            and not any(child.is_fan and child.is_tangled for child in self.children)
        )
        """Whether its subtasks, few as they are, are done one after the other where it stands in front."""
        self.choose: Choose
        """Chooses it for a cell that stands in front, where it fits; there once it is known in what order shapes are
        tried."""

    def _find_first(self, arguments: Row, looks_on: bool) -> tuple[Row | None, bool]:
        self.first = self.join.first()
        return self.first(arguments, looks_on)

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
                    rest = cell_of(child.task, child.arguments(owner.row), rest, owner, child.place)
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
            return cell_of(child.task, child.arguments(owner.row), rest, owner, child.place)
        rows = list(child.each.solutions(owner.row))
        walk.spend(len(rows), ROWS_A_NODE)
        walk.rank += len(rows) * child.task.bound
        if len(rows) > 1 and child.is_fan and (child.is_tangled or inside):
            cells = [cell_of(child.task, child.pick(row), END, owner, child.place) for row in rows]
            return side_by_side(self.fork, (Branch(n, frozenset(), cell) for n, cell in enumerate(cells)), rest)
        for row in reversed(rows):
            rest = cell_of(child.task, child.pick(row), rest, owner, child.place)
        return rest


class ShapeText:
    """The function that chooses a shape, line by line: what must hold, what is left for later, and the subtasks."""

    def __init__(self, shape: Shape, number: int, is_last: bool) -> None:
        """`number` shapes of the task have been tried with this one."""
        self._shape = shape
        self._number = number
        self._is_last = is_last
        self._text = shape.join.text

    def choose(self, walk: Walk, cell: Cell) -> Cell | None:
        """Write the function, now that the shape is tried, and call it: many shapes never are."""
        self._shape.choose = self._written()
        walk.looked += LOOKS_A_FUNCTION
        return self._shape.choose(walk, cell)

    def _written(self) -> Choose:
        join = self._shape.join
        if self._is_last and join.may_look_on:
            inner = ["if row is not None:", "    more = True", "    break", f"row = {join.row}"]
            lines = ["row, more = None, False"]
            lines += join.lines("cell.arguments", inner, "return None", "if more: break")
            lines += ["if row is None: return None", f"{join.targets} = row", *self._chosen("more")]
        else:
            inner = [f"row = {join.row}", *self._chosen(join.many)]
            lines = [*join.lines("cell.arguments", inner, "return None"), "return None"]
        return cast(Choose, self._text.function("walk, cell", lines))

    def _chosen(self, more: str) -> list[str]:
        shape, name = self._shape, self._text.name
        stands = "walk.rank, walk.mark, len(walk.path), len(walk.state.trail), walk.state.hash"
        kept = f"{stands}, cell, None, {self._number}, {'None' if more == 'False' else f'row if {more} else None'}"
        lines = [f"walk.choices.append({name(Choosing)}({kept}))"]
        if self._is_last or shape.is_alone:
            lines = [] if more == "False" else [f"if {more}:", *indented(lines)]
        if not shape.is_plain:
            return [*lines, f"return {name(shape)}.enter(walk, cell, row, None)"]
        lines.append(f"owner = {name(Instance)}(cell, {name(shape)}, row)")
        lines.append("walk.path.append(owner)")
        if shape.weigh is not None:
            lines.append(f"walk.rank += {name(shape.excess - shape.weight)} + {name(shape.weigh)}(row)")
        elif shape.excess:
            lines.append(f"walk.rank += {name(shape.excess)}")
        lines += ["rest = cell.next", "h = rest.hash"]
        for child in reversed(shape.children):
            lines += self._put(child, self._text.value) if child.each is None else self._put_each(child, child.each)
        return [*lines, "return rest"]

    def _put(self, child: Child, value: Callable[[int], str]) -> list[str]:
        """Puts a subtask in front of the rest."""
        name = self._text.name
        own = row_of(map(value, child.slots)) if child.fixed is None else name(child.fixed)
        return [
            f"a = {own}",
            f"h = hash(({child.task.index}, a, h))",
            f"rest = {name(Cell)}({name(child.task)}, a, rest, h, owner, {child.place})",
        ]

    def _put_each(self, child: Child, each: Join) -> list[str]:
        name = self._text.name
        return [
            f"rows = list({name(each.solutions)}(row))",
            f"walk.rank += len(rows) * {name(child.task)}.bound",
            f"if len(rows) >= {ROWS_A_NODE}: walk.spend(len(rows), {ROWS_A_NODE})",
            "for one in reversed(rows):",
            *indented(self._put(child, "one[{}]".format)),
        ]


LayOut: TypeAlias = Callable[[str, bool], Generator[None, None, tuple["Shape", ...]]]
"""Lays the ways of a compound out, in slices, by its name; whether with the conditions of subtasks pulled up."""


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

    def prepare(self) -> Generator[None, None, tuple[Shape, ...]]:
        """Lay the ways out, in slices."""
        if self._shapes is None:
            shapes = yield from self._lay_out(self.name, True)
            for number, shape in enumerate(shapes, 1):
                shape.choose = ShapeText(shape, number, number == len(shapes)).choose
            self.only = len(shapes) == 1 and shapes[0].join.is_single
            self._shapes = shapes
        return self._shapes

    def prepare_bare(self) -> Generator[None, None, tuple[Shape, ...]]:
        """The same for where other tasks go on beside it."""
        if self._bare is None:
            self._bare = yield from self._lay_out(self.name, False)
        return self._bare

    def shapes(self, cell: Cell, focus: Focus | None) -> tuple[Shape, ...]:
        """The ways for a cell."""
        if focus is None:
            shapes = self._shapes or run_through(self.prepare())
        else:
            shapes = self._bare or run_through(self.prepare_bare())
        if self.banned and cell.arguments in self.banned:
            banned = self.banned[cell.arguments]
            return tuple(shape for shape in shapes if shape.way.name not in banned)
        return shapes

    def advance(self, walk: Walk, cell: Cell) -> Cell | None:
        if not self.only and walk.seen(cell.hash):
            return None
        if walk.most_parts is not WORST and parts_of(walk.rank) > walk.most_parts:
            walk.is_cut = True
            return None
        shapes = self._shapes
        if shapes is None or self.banned:
            return self._first_of(self.shapes(cell, None), walk, cell, None)
        limit = walk.limit
        for shape in shapes:
            if limit is not WORST and walk.rank + shape.excess >= limit:
                return None
            agenda = shape.choose(walk, cell)
            if agenda is not None:
                return agenda
        return None

    def advance_beside(self, walk: Walk, cell: Cell, focus: Focus) -> Cell | None:
        """The same in a fork, where it has been looked at whether this is new."""
        if walk.most_parts is not WORST and parts_of(walk.rank) > walk.most_parts:
            walk.is_cut = True
            return None
        return self._first_of(self.shapes(cell, focus), walk, cell, focus)

    def _first_of(self, shapes: tuple[Shape, ...], walk: Walk, cell: Cell, focus: Focus | None) -> Cell | None:
        """Take the first way for this cell, and keep those that are left for later."""
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
                walk.choices.append(Choosing(*walk.place(), cell, focus, number, row if has_more else None))
            return shape.enter(walk, cell, row, focus)
        return None


class Choosing(Choice, eq=False, gc=False):
    """What is left to choose from for a cell: its shapes from a number on, and more instances of the one before."""

    cell: Cell
    focus: Focus | None
    number: int
    first: Row | None
    """The first instance of the shape before, when there may be more of it."""
    rows: list[Row] | None = None
    """These, the next one last."""

    def proceed(self, walk: Walk) -> Cell | None:
        shapes = self._shapes()
        row = self._next_row(walk, shapes)
        if row is None:
            walk.choices.pop()
            return None
        if self.first is None and not self.rows and self.number == len(shapes):
            walk.choices.pop()
        return shapes[self.number - 1].enter(walk, self.cell, row, self.focus)

    def bound(self) -> int:
        is_begun = self.first is not None or bool(self.rows)
        return self.rank + self._shapes()[self.number - is_begun].excess

    def _shapes(self) -> tuple[Shape, ...]:
        task = self.cell.task
        assert isinstance(task, CompoundTask)
        return task.shapes(self.cell, self.focus)

    def _next_row(self, walk: Walk, shapes: tuple[Shape, ...]) -> Row | None:
        """The next instance; None when there is none that could come to one of the best plans."""
        rank, limit = self.rank, walk.limit
        if self.first is not None:
            self._list_rows(walk, shapes[self.number - 1])
        if self.rows:
            return self.rows.pop() if rank + shapes[self.number - 1].excess < limit else None
        while self.number < len(shapes):
            shape = shapes[self.number]
            if rank + shape.excess >= limit:
                return None
            self.number += 1
            row, has_more = shape.first(self.cell.arguments, self.number == len(shapes))
            if row is not None:
                self.first = row if has_more else None
                return row
        return None

    def _list_rows(self, walk: Walk, shape: Shape) -> None:
        rows = [row for row in shape.join.solutions(shape.constants + self.cell.arguments) if row != self.first]
        rows.reverse()
        walk.spend(len(rows), ROWS_A_NODE)
        self.rows, self.first = rows, None
