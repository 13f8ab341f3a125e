"""A problem made ready for the walk: tables filled, bounds worked out, methods laid out when they are come to."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from engine.planning.htn.analysis import Analysis
from engine.planning.htn.choosing import CompoundTask, Shape, Way
from engine.planning.htn.figures import Figures, Tilt, varies
from engine.planning.htn.impossible import Impossible
from engine.planning.htn.interleaving import ForkTask
from engine.planning.htn.sketches import body_of
from engine.planning.htn.state import Column, Ground, Row, State, Table
from engine.planning.htn.tasks import StepTask
from engine.planning.htn.walk import END, Cell, cell_of
from engine.planning.language.derivations import Rule, cheapest, reachable
from engine.planning.language.domain import Domain, Method, Primitive, Problem
from engine.planning.language.terms import Value
from engine.planning.slices import listed, portions

SLICE = 32
"""Steps that are prepared before control is given up."""
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

    ground: Ground
    figures: Figures
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
    yield from state.forget_trail()
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
        self.figures = Figures(self.context, analysis.sketches.figures)
        self.fork = ForkTask()
        self.root = Method(name=ROOT, task=ROOT, subtasks=problem.tasks, order=problem.order, pairs=problem.pairs)
        first, compounds = len(domain.primitives), (*(one.name for one in domain.compounds), ROOT)
        self.compounds = {name: CompoundTask(name, first + n, self.lay_out) for n, name in enumerate(compounds)}
        self.tasks: dict[str, StepTask | CompoundTask] = dict(self.compounds)
        self.possible: list[Way] = []
        self.ways: dict[str, list[Way]] = {name: [] for name in compounds}
        self.shapes: dict[tuple[str, bool], Shape] = {}

    def program(self, bans: Iterable[Ban], tilt: Tilt | None) -> Generator[None, None, Program]:
        yield
        yield from self._list_ways()
        codes: dict[str, dict[Row, int]] = {}
        for number, primitive in enumerate(self.analysis.domain.primitives):
            self._prepare_step(primitive, number, codes)
            if not (number + 1) % SLICE:
                yield
        footprints = self.analysis.footprints
        for name, task in self.tasks.items():
            if name != ROOT:
                task.describe(footprints.steps[name], footprints.futures[name])
        for ban in bans:
            self.compounds[ban.task].banned.setdefault(ban.arguments, set()).add(ban.method)
        return (yield from self.ranked(tilt))

    def ranked(self, tilt: Tilt | None) -> Generator[None, None, Program]:
        """The program with ranks by this tilt. The one before is of no use from now on."""
        self.figures.tilt = tilt
        rules = [Rule(head=one.name, weight=self.figures.least_rank(one)) for one in self.analysis.domain.primitives]
        yield
        rules += [Rule(head=way.method.task, weight=way.weight, body=way.body) for way in self.possible]
        bounds = cheapest(rules)
        for name, task in self.tasks.items():
            task.bound = bounds.get(name, 0)
        yield
        self._rank_ways(bounds)
        for compound in self.compounds.values():
            compound.forget()
        return Program(
            ground=self.ground,
            figures=self.figures,
            start=self.state.hash,
            root=cell_of(self.compounds[ROOT], (), END) if ROOT in bounds else None,
            bound=self.compounds[ROOT].bound,
            lay_out=self.lay_out_all,
            tasks=self.tasks,
            ranked=self.ranked,
        )

    def _list_ways(self) -> Generator[None, None, None]:
        """The methods that are not hopeless, as ways."""
        impossible, pulled = Impossible(self.ground), self.analysis.pulled
        methods = [
            one for one in self.analysis.domain.methods if not impossible.any((*one.preconditions, *pulled[one.name]))
        ]
        methods.append(self.root)
        order = list(range(len(methods)))
        if self.seed:
            Random(self.seed).shuffle(order)  # noqa: S311 - no secret hangs on it
        yield
        body = Counter[str]()
        for subtasks in portions(self.root.subtasks):
            body.update(body_of(subtasks))
            yield
        sketches, least = self.analysis.sketches, self.figures.least_rank
        self.possible = [
            Way(one, place, least(one), body if one is self.root else sketches.body(one))
            for place, one in zip(order, methods, strict=True)
        ]
        yield

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
        leads: dict[str, set[str]] = {name: set() for name in self.ways}
        for way in (one for ways in self.ways.values() for one in ways):
            for subtasks in portions(way.method.subtasks):
                leads[way.method.task].update(one.task for one in subtasks)
                if way.method is self.root:
                    yield
        reached = reachable([ROOT], leads)
        for name, compound in self.compounds.items():
            if name in reached:
                yield from compound.prepare()
                yield

    def _prepare_step(self, one: Primitive, number: int, codes: dict[str, dict[Row, int]]) -> None:
        sketch = self.analysis.sketches.step(one)
        task = self.tasks[one.name] = StepTask(one, number, sketch, self.ground)
        task.codes = codes.setdefault(sketch.kind, {})
        if varies(one):
            task.weigh = lambda row: self.figures.rank(one, task.values(row))

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
        are_apart = self.analysis.sketches.are_apart
        for number, shape in enumerate(shapes, 1):
            shape.is_alone = all(are_apart(shape.way.method, other.way.method) for other in shapes[number:])
        return tuple(shapes)

    def _laid_out(self, way: Way, with_pulled: bool) -> Generator[None, None, Shape]:
        method, sketches = way.method, self.analysis.sketches
        pulled = self.analysis.pulled.get(method.name, ()) if with_pulled else ()
        sketch = yield from (sketches.drawn if method is self.root else sketches.method)(method, pulled)
        for relation, places in sketch.lookups:
            yield from self.state.tables[relation].indexed(places)
        tasks = yield from listed(self.tasks[one.task] for one in sketch.children)
        shape = Shape(way, sketch, tasks, self.ground, self.fork)
        if varies(method):
            shape.weigh = lambda row: self.figures.rank(method, shape.values(row))
        return shape
