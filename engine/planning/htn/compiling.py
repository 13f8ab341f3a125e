"""A problem made ready for the walk: tables filled, bounds worked out, methods laid out when they are come to."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from engine.planning.htn.accesses import Accesses, Changes, Telling, accesses_of, glances_of, together
from engine.planning.htn.analysis import Analysis
from engine.planning.htn.choosing import Child, CompoundTask, Shape, Way
from engine.planning.htn.exclusion import stands_alone
from engine.planning.htn.expressions import Ground, Layout
from engine.planning.htn.figures import Figures, Tilt, method_varies, step_varies
from engine.planning.htn.footprints import touch
from engine.planning.htn.identity import reads
from engine.planning.htn.impossible import Impossible
from engine.planning.htn.interleaving import ForkTask
from engine.planning.htn.joins import prepared
from engine.planning.htn.state import Column, Row, State, Table, picker
from engine.planning.htn.tasks import StepTask
from engine.planning.htn.walk import END, Cell, cell_of
from engine.planning.language.derivations import Rule, cheapest, reachable
from engine.planning.language.domain import Compound, Domain, Method, Order, Primitive, Problem, Subtask
from engine.planning.language.ordering import all_predecessors, direct_predecessors, listed_order
from engine.planning.language.terms import Add, Condition, Increase, Remove, SetTo, Term, Value, Variable
from engine.planning.language.variables import constants_in

SLICE = 32
"""Steps that are prepared before control is given up."""
SUBTASKS_A_SLICE = 1_000
FACTS_A_SLICE = 1_000
ROOT = "(root)"
"""The name of the task, and of its method, that stands for the whole problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """A method that must not be chosen for a task with these arguments."""

    task: str
    arguments: Row
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """All that a walk needs."""

    context: Mapping[str, Value]
    figures: Figures
    state: State
    start: int
    """The hash of the state before the first step."""
    root: Cell | None
    """What is to be done; None when it is plain at once that it can't be."""
    bound: int
    """The least rank that doing it can have."""
    lay_out: Callable[[], Iterator[None]]
    """Lays the ways out of all tasks that can be come to, one after the other; else each is when it is come to."""
    tasks: dict[str, StepTask | CompoundTask]
    """By name. Ways are laid out with what stands here when they are come to."""
    ranked: Callable[[Tilt | None], Generator[None, None, "Program"]]
    """Makes the same, in slices, for another search by another tilt; steps are called the same in both.

    The state must be as it was at the beginning, and the program before is of no use any more."""


def context_of(domain: Domain, problem: Problem) -> dict[str, Value]:
    """What is known about the goal, defaults filled in."""
    defaults = {one.name: one.default for one in domain.context if one.default is not None}
    return {**defaults, **problem.context}


def initial_state(domain: Domain, problem: Problem, seed: int = 0) -> Generator[None, None, State]:
    """Where things stand before the first step, in slices."""
    tables = {one.name: Table(one.name) for one in domain.relations}
    columns = {one.name: Column(one.name, one.default) for one in domain.quantities}
    state = State(tables, columns, seed)
    for number, fact in enumerate(problem.facts, 1):
        if not number % FACTS_A_SLICE:
            yield
        state.begin_with(tables[fact.relation], fact.arguments)
    for number, reading in enumerate(problem.readings, 1):
        if not number % FACTS_A_SLICE:
            yield
        state.put(columns[reading.quantity], reading.arguments, reading.value)
    state.forget_trail()
    return state


def compiling(
    analysis: Analysis, problem: Problem, seed: int = 0, bans: Iterable[Ban] = (), tilt: Tilt | None = None
) -> Generator[None, None, Program]:
    """The program of a sound problem, in slices. A seed other than 0 shuffles methods that are equally good."""
    state = yield from initial_state(analysis.domain, problem, seed)
    yield
    return (yield from _Compiling(analysis, problem, state, seed).program(bans, tilt))


class _Compiling:
    def __init__(self, analysis: Analysis, problem: Problem, state: State, seed: int) -> None:
        domain = analysis.domain
        self.analysis = analysis
        self.seed = seed
        self.state = state
        self.context = context_of(domain, problem)
        self.ground = Ground(state=self.state, context=self.context, changing=analysis.footprints.changing)
        self.figures = Figures(self.context)
        self.fork = ForkTask()
        self.root = Method(name=ROOT, task=ROOT, subtasks=problem.tasks, order=problem.order, pairs=problem.pairs)
        self.declared = {one.name: one for one in (*domain.compounds, Compound(name=ROOT))}
        self.steps = {one.name: StepTask(one, n) for n, one in enumerate(domain.primitives)}
        first = len(self.steps)
        self.compounds = {name: CompoundTask(name, first + n, self.lay_out) for n, name in enumerate(self.declared)}
        self.tasks: dict[str, StepTask | CompoundTask] = {**self.steps, **self.compounds}
        self.possible: list[Way] = []
        self.ways: dict[str, list[Way]] = {name: [] for name in self.declared}
        self.shapes: dict[tuple[str, bool], Shape] = {}

    def program(self, bans: Iterable[Ban], tilt: Tilt | None) -> Generator[None, None, Program]:
        yield
        self._list_ways()
        yield
        footprints = self.analysis.footprints
        for name, task in self.tasks.items():
            if name != ROOT:
                task.describe(footprints.steps[name], footprints.futures[name])
        codes: dict[str, dict[Row, int]] = {}
        for number, primitive in enumerate(self.analysis.domain.primitives, 1):
            self._prepare_step(primitive, codes)
            if not number % SLICE:
                yield
        for ban in bans:
            self.compounds[ban.task].banned.setdefault(ban.arguments, set()).add(ban.method)
        return (yield from self.ranked(tilt))

    def ranked(self, tilt: Tilt | None) -> Generator[None, None, Program]:
        """The program with ranks by this tilt. The one before is of no use from now on."""
        self.figures.tilt = tilt
        rules = [Rule(head=one.name, weight=self.figures.least_rank(one)) for one in self.analysis.domain.primitives]
        yield
        rules += [
            Rule(head=way.method.task, weight=way.weight, body=tuple(way.body.elements())) for way in self.possible
        ]
        bounds = cheapest(rules)
        for name, task in self.tasks.items():
            task.bound = bounds.get(name, 0)
        yield
        self._rank_ways(bounds)
        for compound in self.compounds.values():
            compound.forget()
        return Program(
            context=self.context,
            figures=self.figures,
            state=self.state,
            start=self.state.hash,
            root=cell_of(self.compounds[ROOT], (), END) if ROOT in bounds else None,
            bound=self.compounds[ROOT].bound,
            lay_out=self.lay_out_all,
            tasks=self.tasks,
            ranked=self.ranked,
        )

    def _list_ways(self) -> None:
        """The methods that are not hopeless, as ways."""
        impossible, pulled = Impossible(self.ground), self.analysis.pulled
        methods = [
            one for one in self.analysis.domain.methods if not impossible.any((*one.preconditions, *pulled[one.name]))
        ]
        methods.append(self.root)
        order = list(range(len(methods)))
        if self.seed:
            Random(self.seed).shuffle(order)  # noqa: S311 - no secret hangs on it
        self.possible = [
            Way(method, place, self.figures.least_rank(method)) for place, method in zip(order, methods, strict=True)
        ]

    def _rank_ways(self, bounds: Mapping[str, int]) -> None:
        """Put the ways of each task in order, the best first, without those that lead nowhere."""
        for ways in self.ways.values():
            ways.clear()
        for way in self.possible:
            if all(name in bounds for name in way.body):
                way.bound = way.weight + sum(bounds[name] * count for name, count in way.body.items())
                way.excess = way.bound - bounds[way.method.task]
                self.ways[way.method.task].append(way)
        for ways in self.ways.values():
            ways.sort(key=lambda way: (way.bound, way.index))

    def lay_out_all(self) -> Iterator[None]:
        """Lay out the ways of all tasks that can be come to: then it is known how facts are found."""
        yield
        leads = {name: [one.task for way in ways for one in way.method.subtasks] for name, ways in self.ways.items()}
        reached = reachable([ROOT], leads)
        for name, compound in self.compounds.items():
            if name in reached:
                yield from compound.prepare()
                yield

    def _prepare_step(self, one: Primitive, codes: dict[str, dict[Row, int]]) -> None:
        task, identity = self.steps[one.name], self.analysis.identities[one.name]
        layout = Layout(constants_in(one.preconditions, one.effects))
        for parameter in one.parameters:
            layout.give(parameter.name)
        task.constants = layout.constants
        task.layout, task.ground = layout, self.ground
        task.changes = self._changes(one, layout)
        task.tell_accesses = Telling(lambda: accesses_of(one.preconditions, layout, self.ground, one.effects))
        names, context = layout.names(), self.context
        task.codes = codes.setdefault(identity.kind, {})
        task.identity = layout.picker(Variable(name=name) for name in identity.parameters)
        if identity.is_text:
            task.identity = cache(lambda row: reads(one, {**context, **{name: row[at] for name, at in names.items()}}))
        if step_varies(one):
            task.weigh = lambda row: self.figures.rank(one, {name: row[slot] for name, slot in names.items()})

    def _changes(self, one: Primitive, layout: Layout) -> Changes:
        tables, columns = self.state.tables, self.state.columns
        own = [(effect, layout.picker(effect.arguments)) for effect in one.effects]
        return Changes(
            adds=[(tables[effect.relation], pick) for effect, pick in own if isinstance(effect, Add)],
            removes=[(tables[effect.relation], pick) for effect, pick in own if isinstance(effect, Remove)],
            sets=[(columns[effect.quantity], pick) for effect, pick in own if isinstance(effect, SetTo)],
            grows=[(columns[effect.quantity], pick) for effect, pick in own if isinstance(effect, Increase)],
        )

    def lay_out(self, name: str, with_pulled: bool) -> Generator[None, None, tuple[Shape, ...]]:
        """The ways of a compound task; with the conditions of their subtasks pulled up, or not."""
        shapes = []
        for way in self.ways[name]:
            shape = self.shapes.get((way.name, with_pulled))
            if shape is None:
                shape = self.shapes[way.name, with_pulled] = yield from self._laid_out(way, with_pulled)
                yield
            shape.excess = way.excess
            shapes.append(shape)
        alone = stands_alone([way.method for way in self.ways[name]], self.declared[name])
        for shape, is_alone in zip(shapes, alone, strict=True):
            shape.is_alone = is_alone
        return tuple(shapes)

    def _laid_out(self, way: Way, with_pulled: bool) -> Generator[None, None, Shape]:
        method = way.method
        labels = [one.label for one in method.subtasks]
        direct = way.direct = direct_predecessors(labels, method.order, method.pairs)
        if len(direct) >= SUBTASKS_A_SLICE:
            yield
        passed = {place for own in direct for place in own}
        way.sinks = tuple(place for place in range(len(direct)) if place not in passed)
        if method.order is not Order.SEQUENTIAL:
            way.needs = {place: frozenset(own) for place, own in enumerate(direct)}
            before = all_predecessors(direct)
            way.is_sequence = not self.analysis.footprints.are_tangled(method.subtasks, before)
        pulled = self.analysis.pulled.get(method.name, ()) if with_pulled else ()
        return (yield from self._shape(way, (*method.preconditions, *pulled)))

    def _shape(self, way: Way, conditions: Sequence[Condition]) -> Generator[None, None, Shape]:
        method = way.method
        subtasks = method.subtasks
        terms: list[Term] = []
        for number, one in enumerate(subtasks, 1):
            if not number % SUBTASKS_A_SLICE:
                yield
            if not _is_fixed(one):
                terms.extend(one.arguments)
        terms += constants_in([*conditions, *(inner for one in subtasks for inner in one.each)], ())
        layout = Layout([*terms, *(method.arguments or ())])
        join = prepared(conditions, layout, self.ground, self._give_head(method, layout))
        children: list[Child] = []
        for place in listed_order(way.direct) if method.order is Order.PAIRS else range(len(subtasks)):
            children.append(self._child(place, subtasks[place], layout))
            if not len(children) % SUBTASKS_A_SLICE:
                yield
        shape = Shape(way, layout.constants, join, children, self.fork)
        names = shape.names = layout.names()
        if method_varies(method):
            shape.weigh = lambda row: self.figures.rank(method, {name: row[slot] for name, slot in names.items()})
        shape.tell_accesses = Telling(lambda: self._accesses(method, layout))
        return shape

    def _accesses(self, method: Method, layout: Layout) -> Accesses:
        own = accesses_of(method.preconditions, layout, self.ground)
        each = [glances_of(one.each, layout, self.ground) for one in method.subtasks if one.each]
        return together([own, *each]) if each else own

    def _give_head(self, method: Method, layout: Layout) -> list[tuple[int, int]]:
        """Slots for the task's arguments; those that must be equal to something, each with its like."""
        same: list[tuple[int, int]] = []
        if method.arguments is None:
            for one in self.declared[method.task].parameters:
                layout.give(one.name)
            return same
        for term in method.arguments:
            slot = layout.size
            if layout.knows(term):
                same.append((layout.slot(term), slot))
                layout.skip()
            elif isinstance(term, Variable):
                layout.give(term.name)
        return same

    def _child(self, place: int, subtask: Subtask, layout: Layout) -> Child:
        task = self.tasks[subtask.task]
        if _is_fixed(subtask):
            fixed = tuple(term for term in subtask.arguments if not isinstance(term, Variable))
            return Child(task=task, place=place, fixed=fixed)
        if not subtask.each:
            slots = layout.slots(subtask.arguments)
            return Child(task=task, place=place, slots=slots, pick=picker(slots))
        own = layout.copy()
        each = prepared(subtask.each, own, self.ground)
        future = self.analysis.footprints.futures[subtask.task]
        return Child(
            task=task,
            place=place,
            pick=own.picker(subtask.arguments),
            slots=own.slots(subtask.arguments),
            each=each,
            is_fan=subtask.each_order is Order.PARALLEL,
            is_tangled=touch(future, future),
        )


def _is_fixed(subtask: Subtask) -> bool:
    """Whether a subtask stands once, with constants only."""
    return not subtask.each and not any(isinstance(term, Variable) for term in subtask.arguments)
