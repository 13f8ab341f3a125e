"""How a method is chosen for a compound task: one way after the other, likeliest first, made only when wanted."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from itertools import islice
from typing import TypeAlias, cast

from engine.planning.htn.accesses import Accesses
from engine.planning.htn.agenda import Branch, Focus, side_by_side
from engine.planning.htn.generated import LOOKS_A_FUNCTION, Written, indented, row_of
from engine.planning.htn.joins import First, Solutions
from engine.planning.htn.ranking import WORST, parts_of
from engine.planning.htn.sketches import ROWS_A_NODE, Child, Sketch
from engine.planning.htn.state import Ground, Row
from engine.planning.htn.tasks import Described, Weigh
from engine.planning.htn.walk import END, LOOKS_AT_ONCE, Cell, Choice, Instance, Task, Walk, cell_of, unfolded
from engine.planning.language.domain import Method
from engine.planning.language.terms import Value
from engine.planning.slices import listed, run_through

Choose: TypeAlias = Callable[[Walk, Cell], Cell | None]


class Way:
    """A method for a task, and what it comes to at the least."""

    __slots__ = ("body", "bound", "excess", "index", "method", "name", "weight")

    def __init__(self, method: Method, index: int, weight: int, body: Counter[str]) -> None:
        self.method = method
        self.name = method.name
        self.index = index
        self.weight = weight
        """The least rank of choosing it, its subtasks aside."""
        self.bound = weight
        """The least rank of all that follows from it."""
        self.excess = 0
        """How much more that is than the least rank of its task."""
        self.body = body
        """What must be done for it in any case, and how often."""


class Shape:
    """A way as laid out for one join in one problem."""

    __slots__ = ("_rows", "choose", "excess", "first", "fork", "ground", "is_alone", "sketch", "tasks", "way", "weigh")

    def __init__(self, way: Way, sketch: Sketch, tasks: Sequence[Task], ground: Ground, fork: Task) -> None:
        self.way = way
        self.sketch = sketch
        self.tasks = tasks
        """Of the sketch's children."""
        self.ground = ground
        self.fork = fork
        self.excess = way.excess
        self.weigh: Weigh | None = None
        """None where the rank is the same for all rows: the weight."""
        self._rows: dict[int, Solutions] = {}
        self.first: First = self._find_first
        """The first instance for a task, from its arguments: None when there is none; and whether there may be more."""
        self.is_alone = False
        """Whether none of the shapes after it fits where it fits."""
        self.choose: Choose
        """Chooses it for a cell that stands in front, where it fits; there once it is known in what order shapes are
        tried."""

    @property
    def accesses(self) -> Accesses:
        """What choosing it looks at, the conditions of its subtasks aside."""
        return self.sketch.accesses

    @property
    def constants(self) -> Row:
        """What each row begins with."""
        return self.sketch.constants

    def values(self, row: Row) -> dict[str, Value]:
        """The values of its variables, by their names."""
        return {name: row[slot] for name, slot in self.sketch.names.items()}

    def rows(self, place: int) -> Solutions:
        """Finds all rows that the child at a place stands for."""
        found = self._rows.get(place)
        if found is None:
            each = self.sketch.children[place].each
            assert each is not None
            found = self._rows[place] = each.solutions(self.ground)
        return found

    def _find_first(self, arguments: Row, looks_on: bool) -> tuple[Row | None, bool]:
        self.first = self.sketch.join.first(self.ground)
        return self.first(arguments, looks_on)

    def enter(self, walk: Walk, cell: Cell, row: Row, focus: Focus | None) -> Cell | None:
        """The agenda after choosing it for the cell's task. `focus` tells where the cell is, None for in front."""
        owner = Instance(cell, self, row)
        walk.path.append(owner)
        if self.weigh is not None:
            walk.rank += self.excess + self.weigh(row) - self.way.weight
        elif self.excess:
            walk.rank += self.excess
        walk.spend(len(self.tasks), ROWS_A_NODE)
        return unfolded(walk, self._entered(walk, owner, focus))

    def _entered(self, walk: Walk, owner: Instance, focus: Focus | None) -> Generator[None, None, Cell]:
        rest = owner.cell.next
        assert rest is not None
        if focus is None:
            return (yield from self._woven(walk, owner, rest, False))
        return focus.plug((yield from self._woven(walk, owner, rest, True)))

    def _woven(self, walk: Walk, owner: Instance, rest: Cell, inside: bool) -> Generator[None, None, Cell]:
        """`inside`: other tasks go on at the same time, so that nothing may be taken for a sequence."""
        needs, children = self.sketch.needs, self.sketch.children
        if not needs or (self.sketch.is_sequence and not inside):
            for number in range(len(children) - 1, -1, -1):
                child = children[number]
                if child.each is None:
                    rest = cell_of(self.tasks[number], child.arguments(owner.row), rest, owner, child.place)
                else:
                    rest = yield from self._each(number, walk, owner, rest, inside)
                if number and not number % LOOKS_AT_ONCE:
                    yield
            return rest
        branches: list[Branch] = []
        for number, child in enumerate(children):
            agenda = yield from self._each(number, walk, owner, END, inside)
            branches.append(Branch(child.place, needs[child.place], agenda))
            if not len(branches) % LOOKS_AT_ONCE:
                yield
        walk.looked += len(branches)
        return side_by_side(self.fork, branches, rest)

    def _each(self, number: int, walk: Walk, owner: Instance, rest: Cell, inside: bool) -> Generator[None, None, Cell]:
        """All that a child stands for, then the rest."""
        child, task = self.sketch.children[number], self.tasks[number]
        if child.each is None:
            return cell_of(task, child.arguments(owner.row), rest, owner, child.place)
        rows = yield from listed(self.rows(number)(owner.row), LOOKS_AT_ONCE)
        walk.spend(len(rows), ROWS_A_NODE)
        walk.rank += len(rows) * task.bound
        if len(rows) > 1 and child.is_fan and (child.is_tangled or inside):
            cells = [cell_of(task, child.pick(row), END, owner, child.place) for row in rows]
            return side_by_side(self.fork, (Branch(n, frozenset(), cell) for n, cell in enumerate(cells)), rest)
        for count, row in enumerate(reversed(rows), 1):
            rest = cell_of(task, child.pick(row), rest, owner, child.place)
            if not count % LOOKS_AT_ONCE:
                yield
        return rest


class Untried:
    """A shape that was not tried yet in its place: many never are."""

    def __init__(self, shape: Shape, number: int, is_last: bool) -> None:
        """`number` shapes of the task have been tried with this one."""
        self.shape = shape
        self.number = number
        self._is_last = is_last

    def choose(self, walk: Walk, cell: Cell) -> Cell | None:
        """Put the function that chooses the shape on this ground, now that it is tried, and call it."""
        shape, sketch = self.shape, self.shape.sketch
        kind = (self._is_last, self._is_last or shape.is_alone)
        if kind not in sketch.written:
            sketch.written[kind] = ShapeText(sketch, *kind).written()
        shape.choose = cast(Choose, sketch.written[kind].on(shape.ground, self))
        walk.looked += LOOKS_A_FUNCTION
        return shape.choose(walk, cell)


class ShapeText:
    """The function that chooses a shape, line by line: what must hold, what is left for later, and the subtasks."""

    def __init__(self, sketch: Sketch, is_last: bool, leaves_none: bool) -> None:
        self._sketch = sketch
        self._is_last = is_last
        self._leaves_none = leaves_none
        self._text = sketch.join.text

    def written(self) -> Written:
        """The function."""
        join = self._sketch.join
        if self._is_last and join.may_look_on:
            inner = ["if row is not None:", "    more = True", "    break", f"row = {join.row}"]
            lines = ["row, more = None, False"]
            lines += join.lines("cell.arguments", inner, "return None", "if more: break")
            lines += ["if row is None: return None", f"{join.targets} = row", *self._chosen("more")]
        else:
            inner = [f"row = {join.row}", *self._chosen(join.many)]
            lines = [*join.lines("cell.arguments", inner, "return None"), "return None"]
        own = ["number, shape = own.number, own.shape", "weigh, excess = shape.weigh, shape.excess"]
        own.append("lighter = excess - shape.way.weight")
        for place, child in enumerate(self._sketch.children if self._sketch.is_plain else ()):
            own.append(f"task{place} = shape.tasks[{place}]")
            if child.each is not None:
                own.append(f"rows{place} = shape.rows({place})")
        return self._text.function("walk, cell", lines, own)

    def _chosen(self, more: str) -> list[str]:
        sketch, name = self._sketch, self._text.name
        stands = "walk.rank, walk.mark, len(walk.path), len(walk.state.trail), walk.state.hash"
        kept = f"{stands}, cell, None, number, {'None' if more == 'False' else f'row if {more} else None'}"
        lines = [f"walk.choices.append({name(Choosing)}({kept}))"]
        if self._leaves_none:
            lines = [] if more == "False" else [f"if {more}:", *indented(lines)]
        if not sketch.is_plain:
            return [*lines, "return shape.enter(walk, cell, row, None)"]
        for place, child in enumerate(sketch.children):
            if child.each is not None:  # many are for more than one slice
                lines += [
                    f"found{place} = list({name(islice)}(rows{place}(row), {LOOKS_AT_ONCE + 1}))",
                    f"count{place} = len(found{place})",
                    f"if count{place} >= {ROWS_A_NODE}:",
                    f"    if count{place} > {LOOKS_AT_ONCE}: return shape.enter(walk, cell, row, None)",
                    f"    walk.spend(count{place}, {ROWS_A_NODE})",
                ]
        lines.append(f"owner = {name(Instance)}(cell, shape, row)")
        lines += ["walk.path.append(owner)", "walk.rank += lighter + weigh(row) if weigh else excess"]
        lines += ["rest = cell.next", "h = rest.hash"]
        for place, child in reversed(list(enumerate(sketch.children))):
            if child.each is None:
                lines += self._put(place, child, self._text.value)
            else:
                lines += self._put_each(place, child)
        return [*lines, "return rest"]

    def _put(self, place: int, child: Child, value: Callable[[int], str]) -> list[str]:
        """Puts a subtask in front of the rest."""
        name = self._text.name
        own = row_of(map(value, child.slots)) if child.fixed is None else name(child.fixed)
        return [
            f"a = {own}",
            f"h = hash((task{place}.index, a, h))",
            f"rest = {name(Cell)}(task{place}, a, rest, h, owner, {child.place})",
        ]

    def _put_each(self, place: int, child: Child) -> list[str]:
        return [
            f"walk.rank += count{place} * task{place}.bound",
            f"for one in reversed(found{place}):",
            *indented(self._put(place, child, "one[{}]".format)),
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
                shape.choose = Untried(shape, number, number == len(shapes)).choose
            self.only = len(shapes) == 1 and shapes[0].sketch.join.is_single
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
        return self._go_on(walk) if self.first is None else unfolded(walk, self._listing(walk, self.first))

    def _listing(self, walk: Walk, first: Row) -> Generator[None, None, Cell | None]:
        """List the other instances of the shape before, now that one of them is wanted, and go on."""
        shape = self._shapes()[self.number - 1]
        solutions = shape.sketch.join.solutions(shape.ground)(shape.constants + self.cell.arguments)
        rows = yield from listed((row for row in solutions if row != first), LOOKS_AT_ONCE)
        rows.reverse()
        walk.spend(len(rows), ROWS_A_NODE)
        self.rows, self.first = rows, None
        return self._go_on(walk)

    def _go_on(self, walk: Walk) -> Cell | None:
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
