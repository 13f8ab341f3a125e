"""From the way that the search took to a plan: its tree, its partial order, its figures."""

import math
from collections.abc import Generator, Mapping
from typing import NamedTuple, TypeAlias

from engine.planning.htn.accesses import chosen
from engine.planning.htn.choosing import Shape
from engine.planning.htn.compiling import Program
from engine.planning.htn.dependencies import Dependencies
from engine.planning.htn.figures import PartFigures
from engine.planning.htn.hierarchy import Hierarchy
from engine.planning.htn.outcome import FoundPlan, Node, Reached, Step
from engine.planning.htn.partial_order import PartialOrder
from engine.planning.htn.tasks import StepTask
from engine.planning.htn.timing import SLICE, timed
from engine.planning.htn.walk import Arrival, Cell, Instance, Walk
from engine.planning.language.domain import Primitive, Subtask
from engine.planning.language.templates import render
from engine.planning.language.terms import Value, Variable
from engine.tasks import Estimate

Slices: TypeAlias = Generator[None, None, None]


def assembled(program: Program, arrival: Arrival) -> Generator[None, None, FoundPlan]:
    """The plan that was arrived at, in slices. The state is as before the first step, and is so again afterwards."""
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
        self.rank = arrival.rank
        self.hierarchy = Hierarchy(len(arrival.path))
        self.partial = PartialOrder()
        self.fronts: dict[int, list[int]] = {}
        self.nodes: dict[int, Node] = {}
        self.steps: list[Step] = []
        self.reached: list[Reached] = []
        self.has_choices = False
        """Whether conditions may hold in several ways, so that the state must tell what they look at."""

    def read(self) -> Slices:
        """Parents, children, and the order of the methods."""
        number_of: dict[int, int] = {}
        for number, event in enumerate(self.path):
            if not number % SLICE:
                yield
            cell = event if isinstance(event, Cell) else event.cell
            number_of[id(event)] = number
            parent = -1 if cell.owner is None else number_of[id(cell.owner)]
            self.hierarchy.add(parent, cell.place, cell is event)
            self.has_choices |= bool(_teller(event).tell_accesses().choices)
        for number, event in enumerate(self.path):
            if not number % SLICE:
                yield
            if isinstance(event, Instance):
                self.hierarchy.close(number, _shape(event))

    def depend(self) -> Slices:
        """What comes after what because of the facts and numbers that they look at and change."""
        state = self.program.state
        walk, hashed, dependencies = Walk(state, 1), state.hash, Dependencies(self.hierarchy)
        for number, event in enumerate(self.path):
            if not number % SLICE:
                yield
            before = self.hierarchy.before[number]
            if isinstance(event, Instance):
                for accesses, row in chosen(_shape(event).tell_accesses(), event.row):
                    before.extend(dependencies.look(number, accesses, row))
                continue
            task = _step_task(event)
            row = task.constants + event.arguments
            for accesses, longer in chosen(task.tell_accesses(), row):
                before.extend(dependencies.look(number, accesses, longer))
            before.extend(dependencies.change(number, task.changes, row))
            if self.has_choices:
                task.advance(walk, event)
        state.rewind(0, hashed)

    def order(self) -> Slices:
        """The direct edges between steps."""
        for number, is_step in enumerate(self.hierarchy.is_step):
            if not number % SLICE:
                yield
            if is_step:
                before = (one for one in self.hierarchy.before[number] if one != number)
                self.partial.add(number, [step for one in before for step in self._front(one)])

    def _front(self, number: int) -> list[int]:
        """The last steps of all that an event, an end or a joint comes after."""
        fronts, hierarchy = self.fronts, self.hierarchy
        if number < hierarchy.count and hierarchy.is_step[number]:
            return [number]
        waiting = [number]
        while waiting:
            one = waiting[-1]
            if one not in fronts:
                own = [other for other in hierarchy.behind(one) if other != one]
                missing = [other for other in own if other not in fronts and not self._is_step(other)]
                if missing:
                    waiting.extend(missing)
                    continue
                fronts[one] = self.partial.last_of(step for other in own for step in fronts.get(other, (other,)))
            waiting.pop()
        return fronts[number]

    def _is_step(self, number: int) -> bool:
        return number < self.hierarchy.count and self.hierarchy.is_step[number]

    def name(self) -> Slices:
        """The nodes of the tree, and the steps."""
        inherited: list[Inherited] = []
        for number, event in enumerate(self.path):
            if not number % SLICE:
                yield
            parent = self.hierarchy.parents[number]
            cell = event if isinstance(event, Cell) else event.cell
            label, handed_down = "", Inherited(None, None)
            if parent >= 0:
                subtasks = _shape(self.path[parent]).way.method.subtasks
                label = subtasks[cell.place].label
                handed_down = self._handed_down(parent, subtasks[cell.place], inherited[parent])
            inherited.append(handed_down)
            self.nodes[number] = node = self._node(number, event, label)
            if isinstance(event, Cell):
                self._add_step(node, _step_task(event).primitive, handed_down)
            else:
                self._note_checkpoints(number, event, node.values)
        yield
        del self.hierarchy  # now, and not with all else at the end, which would take long at once

    def _node(self, number: int, event: Cell | Instance, label: str) -> Node:
        parent = self.hierarchy.parents[number]
        own = self.hierarchy.children[number]
        if isinstance(event, Instance):
            shape, row, cell = _shape(event), event.row, event.cell
            values: dict[str, Value] = {name: row[slot] for name, slot in shape.names.items()}
            method = shape.way.name
        else:
            values, method, cell = dict(zip(_step_task(event).parameters, event.arguments, strict=True)), "", event
        return Node(
            number=number,
            parent=None if parent < 0 else parent,
            label=label,
            task=cell.task.name,
            arguments=cell.arguments,
            method=method,
            values=values,
            children=tuple(child for place in sorted(own) for child in own[place]) if own else (),
        )

    def _handed_down(self, parent: int, subtask: Subtask, above: Inherited) -> Inherited:
        """What all below a subtask serves and hangs on: by the subtask itself, or else as its parent does."""
        serves, only_if = above
        if subtask.serves is not None:
            own = subtask.serves
            serves = int(self.nodes[parent].values[own.name] if isinstance(own, Variable) else own)
        if subtask.only_if is not None:
            labels = [one.label for one in _shape(self.path[parent]).way.method.subtasks]
            place = labels.index(subtask.only_if.label)
            only_if = (self.hierarchy.children[parent][place][0], subtask.only_if.option)
        return Inherited(serves, only_if)

    def _add_step(self, node: Node, primitive: Primitive, handed_down: Inherited) -> None:
        self.steps.append(
            Step(
                number=node.number,
                primitive=primitive,
                values=node.values,
                context=self.program.context,
                after=self.partial.after[node.number],
                serves=handed_down.serves,
                only_if=handed_down.only_if,
            )
        )

    def _note_checkpoints(self, number: int, event: Instance, values: Mapping[str, Value]) -> None:
        method = _shape(event).way.method
        for checkpoint in method.checkpoints:
            place = next(n for n, one in enumerate(method.subtasks) if one.label == checkpoint.after)
            own = self.hierarchy.children[number].get(place, [])
            last = self.partial.last_of(step for child in own for step in self._front(self.hierarchy.end_of(child)))
            name = render(checkpoint.name, {**self.program.context, **values})
            self.reached.append(Reached(name=name, steps=tuple(last)))

    def plan(self) -> Generator[None, None, FoundPlan]:
        """The plan, with its figures."""
        odds, costs, hours = [], [], []
        estimates: dict[int, Estimate] = {}
        for number, event in enumerate(self.path):
            if not number % SLICE:
                yield
            own = self._figures_of(event, self.nodes[number].values)
            odds.append(own.odds)
            costs.append(own.cost)
            if own.estimate is not None:
                estimates[number] = own.estimate
                hours.append(own.estimate.mean)
        return FoundPlan(
            rank=self.rank,
            probability=math.prod(odds),
            cost=math.fsum(costs),
            hours=math.fsum(hours),
            steps=tuple(self.steps),
            tree=self.nodes,
            graph=(yield from timed(self.partial.after, estimates)),
            checkpoints=tuple(self.reached),
        )

    def _figures_of(self, event: Cell | Instance, values: Mapping[str, Value]) -> PartFigures:
        teller = _teller(event)
        part = teller.primitive if isinstance(teller, StepTask) else teller.way.method
        figures = self.program.figures
        return figures.fixed(part) if teller.weigh is None else figures.of_part(part, values)


def _teller(event: Cell | Instance) -> Shape | StepTask:
    """What tells what an event looked at, and its figures."""
    return _shape(event) if isinstance(event, Instance) else _step_task(event)


def _shape(event: Cell | Instance) -> Shape:
    assert isinstance(event, Instance)
    assert isinstance(event.shape, Shape)
    return event.shape


def _step_task(cell: Cell) -> StepTask:
    assert isinstance(cell.task, StepTask)
    return cell.task
