"""From the way that the search took to a plan: its tree, its partial order, its figures."""

import math
from array import array
from collections.abc import Generator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from engine.planning.htn.accesses import chosen
from engine.planning.htn.choosing import Shape
from engine.planning.htn.compiling import Program
from engine.planning.htn.dependencies import Dependencies
from engine.planning.htn.figures import PartFigures
from engine.planning.htn.hierarchy import Hierarchy
from engine.planning.htn.outcome import FoundPlan, Node, Reached, Step, Tree
from engine.planning.htn.partial_order import PartialOrder
from engine.planning.htn.state import Row
from engine.planning.htn.tasks import StepTask
from engine.planning.htn.timing import SLICE
from engine.planning.htn.walk import END, Arrival, Cell, Instance, Walk, cell_of
from engine.planning.language.domain import Method, Primitive, Subtask
from engine.planning.language.templates import render
from engine.planning.language.terms import Value, Variable
from engine.planning.slices import ENTRIES_A_SLICE, grown_old, portions, shortened

Slices: TypeAlias = Generator[None, None, None]


def assembled(program: Program, arrival: Arrival) -> Generator[None, None, FoundPlan]:
    """The plan that was arrived at, in slices. The state is as before the first step, and is so again afterwards; the
    path is used up."""
    assembly = _Assembly(program, arrival)
    yield from assembly.read()
    yield from assembly.depend()
    yield from assembly.order()
    yield from assembly.name()
    return (yield from assembly.plan())


class Inherited(NamedTuple):
    """What a task of the tree has from above: the index of a criterion, and (deciding step, option)."""

    serves: int | None
    only_if: tuple[int, str] | None


class _Assembly:
    """Every cell done and every method chosen is an *event*; its number is that of its node in the tree."""

    def __init__(self, program: Program, arrival: Arrival) -> None:
        self.program = program
        self.path = arrival.path
        self.parts: list[Shape | StepTask] = []
        """Of each event what was chosen or done."""
        self.rows: list[Row] = []
        """The values of its variables."""
        self.arguments: list[Row] = []
        self.rank = arrival.rank
        self.hierarchy = Hierarchy(len(arrival.path))
        self.partial = PartialOrder()
        self.fronts: list[tuple[int, ...] | None] = []
        """The last steps before each event, end or joint, by number; None before they are known."""
        self.nodes: list[Node] = []
        self.inherited: list[Inherited] = []
        self.steps: list[Step] = []
        self.reached: list[Reached] = []
        self.labels: dict[int, dict[str, int]] = {}
        """The places of the subtasks of an event's method, where they are asked for."""
        self.has_choices = False
        """Whether conditions may hold in several ways, so that the state must tell what they look at."""

    def read(self) -> Slices:
        """Parents, children, and the order of the methods."""
        yield from grown_old(len(self.path))
        yield from self.hierarchy.make_room()
        yield from self._read_path()
        yield from shortened(self.path)
        for number, part in enumerate(self.parts):
            if not number % SLICE:
                yield
            if isinstance(part, Shape):
                yield from self.hierarchy.close(number, part)

    def _read_path(self) -> Slices:
        """Each event with its parent. Apart: whatever still held the last cell would hold all before it, too."""
        for number, event in enumerate(self.path):
            if not number % SLICE:
                yield
            if isinstance(event, Instance):
                event.number = number
            cell = event if isinstance(event, Cell) else event.cell
            parent = -1 if cell.owner is None else cell.owner.number
            self.hierarchy.add(number, parent, cell.place, cell is event)
            self._note(event, cell)

    def _note(self, event: Cell | Instance, cell: Cell) -> None:
        part = cell.task if isinstance(event, Cell) else event.shape
        assert isinstance(part, Shape | StepTask)
        self.parts.append(part)
        self.rows.append(part.sketch.constants + cell.arguments if isinstance(event, Cell) else event.row)
        self.arguments.append(cell.arguments)
        self.has_choices |= bool(part.accesses.choices)

    def depend(self) -> Slices:
        """What comes after what because of the facts and numbers that they look at and change."""
        state = self.program.ground.state
        walk, hashed, dependencies = Walk(state, 1), state.hash, Dependencies(self.hierarchy)
        for number, (part, row) in enumerate(zip(self.parts, self.rows, strict=True)):
            if not number % SLICE:
                yield
            for accesses, longer in chosen(part.accesses, row, self.program.ground):
                self.hierarchy.come_after(number, dependencies.look(number, accesses, longer))
            if isinstance(part, StepTask):
                self.hierarchy.come_after(number, dependencies.change(number, part.sketch.changes, row))
                if self.has_choices:
                    part.advance(walk, cell_of(part, self.arguments[number], END))
        yield from state.rewound(0, hashed)
        yield from dependencies.forget()

    def order(self) -> Slices:
        """The direct edges between steps."""
        while len(self.fronts) < self.hierarchy.size:
            self.fronts += [None] * ENTRIES_A_SLICE
            yield
        for number, is_step in enumerate(self.hierarchy.is_step):
            if not number % SLICE:
                yield
            if is_step:
                before = (one for one in self.hierarchy.before[number] if one != number)
                self.partial.add(number, [step for one in before for step in self._front(one)])
                self.fronts[number] = (number,)

    def _front(self, number: int) -> tuple[int, ...]:
        """The last steps of all that an event, an end or a joint comes after; a step itself."""
        fronts = self.fronts
        if (found := fronts[number]) is not None:
            return found
        waiting = [number]
        while waiting:
            one = waiting[-1]
            if fronts[one] is not None:
                waiting.pop()
                continue
            own = [other for other in self.hierarchy.behind(one) if other != one]
            missing = [other for other in own if fronts[other] is None]
            if missing:
                waiting.extend(missing)
                continue
            fronts[one] = tuple(self.partial.last_of(step for other in own for step in fronts[other] or ()))
        return fronts[number] or ()

    def name(self) -> Slices:
        """The nodes of the tree, and the steps."""
        for number, part in enumerate(self.parts):
            if not number % SLICE:
                yield
            parent = self.hierarchy.parents[number]
            label, handed_down = "", Inherited(None, None)
            if parent >= 0:
                subtask = self._method(parent).subtasks[self.hierarchy.places[number]]
                label = subtask.label
                handed_down = self._handed_down(parent, subtask, self.inherited[parent])
            self.inherited.append(handed_down)
            self.nodes.append(node := self._node(number, label))
            if isinstance(part, StepTask):
                self._add_step(node, part.primitive, handed_down)
            else:
                self._note_checkpoints(number, part.way.method, node.values)
        yield from shortened(self.fronts)
        yield from self.hierarchy.forget()
        del self.hierarchy

    def _method(self, number: int) -> Method:
        part = self.parts[number]
        assert isinstance(part, Shape)
        return part.way.method

    def _node(self, number: int, label: str) -> Node:
        parent, part, row = self.hierarchy.parents[number], self.parts[number], self.rows[number]
        return Node(
            number=number,
            parent=None if parent < 0 else parent,
            label=label,
            task=part.name if isinstance(part, StepTask) else part.way.method.task,
            arguments=self.arguments[number],
            method=part.way.name if isinstance(part, Shape) else "",
            values=part.values(row),
            children=self.hierarchy.below[number],
        )

    def _handed_down(self, parent: int, subtask: Subtask, above: Inherited) -> Inherited:
        """What all below a subtask serves and hangs on: by the subtask itself, or else as its parent does."""
        if subtask.serves is None and subtask.only_if is None:
            return above
        serves, only_if = above
        if subtask.serves is not None:
            own = subtask.serves
            serves = int(self.nodes[parent].values[own.name] if isinstance(own, Variable) else own)
        if subtask.only_if is not None:
            only_if = (self._labelled(parent, subtask.only_if.label)[0], subtask.only_if.option)
        return Inherited(serves, only_if)

    def _labelled(self, parent: int, label: str) -> Sequence[int]:
        """The children of an event that this subtask of its method stands for."""
        places = self.labels.get(parent)
        if places is None:
            subtasks = self._method(parent).subtasks
            places = self.labels[parent] = {one.label: place for place, one in enumerate(subtasks)}
        return self.hierarchy.children_at(parent, places[label])

    def _add_step(self, node: Node, primitive: Primitive, handed_down: Inherited) -> None:
        self.steps.append(
            Step(
                number=node.number,
                primitive=primitive,
                values=node.values,
                context=self.program.ground.context,
                after=self.partial.after[node.number],
                serves=handed_down.serves,
                only_if=handed_down.only_if,
            )
        )

    def _note_checkpoints(self, number: int, method: Method, values: Mapping[str, Value]) -> None:
        for checkpoint in method.checkpoints:
            own = self._labelled(number, checkpoint.after)
            last = self.partial.last_of(step for child in own for step in self._front(self.hierarchy.end_of(child)))
            name = render(checkpoint.name, {**self.program.ground.context, **values})
            self.reached.append(Reached(name=name, steps=tuple(last)))

    def plan(self) -> Generator[None, None, FoundPlan]:
        """The plan, with its figures."""
        probability, costs, hours = 1.0, array("d"), array("d")  # arrays are freed at once, however long
        for number, part in enumerate(self.parts):
            if not number % SLICE:
                yield
            own = self._figures_of(part, self.nodes[number].values)
            probability *= own.odds
            costs.append(own.cost)
            if own.estimate is not None:
                hours.append(own.estimate.mean)
        cost = yield from _sum(costs)
        work = yield from _sum(hours)
        steps = tuple(self.steps)
        yield from self._forget()
        return FoundPlan(
            rank=self.rank,
            probability=probability,
            cost=cost,
            hours=work,
            steps=steps,
            tree=Tree(self.nodes),
            checkpoints=tuple(self.reached),
        )

    def _forget(self) -> Slices:
        yield from self.partial.forget()
        yield from shortened(self.steps)
        yield from shortened(self.parts)
        yield from shortened(self.rows)
        yield from shortened(self.inherited)
        yield from shortened(self.arguments)

    def _figures_of(self, part: Shape | StepTask, values: Mapping[str, Value]) -> PartFigures:
        own = part.primitive if isinstance(part, StepTask) else part.way.method
        figures = self.program.figures
        return figures.least(own) if part.weigh is None else figures.of_part(own, values)


def _sum(numbers: Sequence[float]) -> Generator[None, None, float]:
    """All summed up in slices, as exactly as at once: what the sum of a portion is off by is added too."""
    sums: list[float] = []
    for portion in portions(numbers, SLICE):
        whole = math.fsum(portion)
        sums += (whole, math.fsum((*portion, -whole)))
        yield
    return math.fsum(sums)
