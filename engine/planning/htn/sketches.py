"""What of a domain's steps and methods is the same in all problems: each is laid out once, when it is first come to."""

from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence

from msgspec import Struct

from engine.planning.htn.accesses import Accesses, accesses_of, glances_of, together
from engine.planning.htn.exclusion import are_apart
from engine.planning.htn.expressions import Layout, Scheme
from engine.planning.htn.figures import PartFigures
from engine.planning.htn.footprints import Footprints, touch
from engine.planning.htn.generated import Text, Written
from engine.planning.htn.identity import Identity
from engine.planning.htn.joins import Join, prepared
from engine.planning.htn.state import Picker, Row, picker
from engine.planning.htn.tasks import StepSketch
from engine.planning.language.domain import Domain, Method, Order, Primitive, Subtask
from engine.planning.language.ordering import direct_predecessors
from engine.planning.language.terms import Condition, Term, Variable
from engine.planning.language.variables import constants_in
from engine.planning.orders import in_order
from engine.planning.slices import listed

SUBTASKS_A_SLICE = 1_000
ROWS_A_NODE = 16
"""So many rows or cells are made in the time that a step takes."""


class Child(Struct, frozen=True, kw_only=True, gc=False):
    """A subtask of a way: its task, and where its arguments come from."""

    task: str
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


class Sketch:
    """A method as laid out for one join, with all that is looked up in its solutions."""

    __slots__ = (
        "_accesses", "_layout", "_scheme", "children", "constants", "direct", "is_plain", "is_sequence", "join",
        "lookups", "method", "names", "needs", "sinks", "written",
    )  # fmt: skip

    def __init__(self, method: Method, scheme: Scheme, layout: Layout, join: Join) -> None:
        self._scheme = scheme
        self._layout = layout
        self._accesses: Accesses | None = None  # None until it is asked for
        self.method = method
        """But for its figures, which may have been learned since."""
        self.join = join
        self.constants = layout.constants
        self.names = layout.names()
        """The slots of the variables in a solution."""
        self.children: tuple[Child, ...] = ()
        """In an order that keeps to what comes before what."""
        self.lookups: tuple[tuple[str, tuple[int, ...]], ...] = ()
        """The indexes that facts are looked up by."""
        self.direct: list[tuple[int, ...]] = []
        """For each place, those directly before it."""
        self.sinks: tuple[int, ...] = ()
        """The places that nothing comes after."""
        self.is_sequence = True
        """Whether nothing is lost when its subtasks are done one after the other as listed."""
        self.needs: dict[int, frozenset[int]] = {}
        """For each place, those that come before it; empty for a sequence."""
        self.is_plain = True
        """Whether its subtasks, few as they are, are done one after the other where it stands in front."""
        self.written: dict[tuple[bool, bool], Written] = {}
        """The functions that choose it: for the last one that is tried or not, and where others are left or not."""

    @property
    def accesses(self) -> Accesses:
        """What choosing it looks at, the conditions of its subtasks aside."""
        if self._accesses is None:
            own = accesses_of(self.method.preconditions, self._layout, self._scheme)
            each = [glances_of(one.each, self._layout, self._scheme) for one in self.method.subtasks if one.each]
            self._accesses = together([own, *each]) if each else own
        return self._accesses


class Sketches:
    """The sketches of a domain. They are the same whoever asks for them first, and for whatever problem."""

    def __init__(self, domain: Domain, footprints: Footprints, identities: Mapping[str, Identity]) -> None:
        self._footprints = footprints
        self._identities = identities
        self._scheme = Scheme(
            defaults={one.name: one.default for one in domain.quantities}, changing=footprints.changing
        )
        self._compounds = {one.name: one for one in domain.compounds}
        self._steps: dict[str, StepSketch] = {}
        self._bodies: dict[str, Counter[str]] = {}
        self._methods: dict[tuple[str, bool], Sketch] = {}
        self._apart: dict[tuple[str, str], bool] = {}
        self.figures: dict[tuple[type, str], PartFigures] = {}
        """Those that depend on nothing."""

    def step(self, one: Primitive) -> StepSketch:
        """The sketch of a primitive."""
        if one.name not in self._steps:
            self._steps[one.name] = StepSketch(one, self._identities[one.name], self._scheme)
        return self._steps[one.name]

    def body(self, method: Method) -> Counter[str]:
        """What must be done for a method in any case, and how often."""
        if method.name not in self._bodies:
            self._bodies[method.name] = body_of(method.subtasks)
        return self._bodies[method.name]

    def are_apart(self, one: Method, other: Method) -> bool:
        """Whether two methods of a task never fit at the same moment."""
        names = (one.name, other.name)
        if names not in self._apart:
            self._apart[names] = are_apart(one, other, self._compounds[one.task])
        return self._apart[names]

    def method(self, one: Method, pulled: Sequence[Condition]) -> Generator[None, None, Sketch]:
        """The sketch of a method, in slices: with the conditions of its subtasks that are pulled up, or without any."""
        name = (one.name, bool(pulled))
        if name not in self._methods:
            self._methods[name] = yield from self.drawn(one, pulled)
        return self._methods[name]

    def drawn(self, method: Method, pulled: Sequence[Condition]) -> Generator[None, None, Sketch]:
        """The same, drawn anew: for a method that is none of the domain."""
        subtasks = method.subtasks
        labels = yield from listed(one.label for one in subtasks)
        direct = yield from direct_predecessors(labels, method.order, method.pairs)
        conditions, within = (*method.preconditions, *pulled), list[Condition]()
        terms: list[Term] = []
        for number, one in enumerate(subtasks, 1):
            if not number % SUBTASKS_A_SLICE:
                yield
            if not _is_fixed(one):
                terms.extend(one.arguments)
                within.extend(one.each)
        terms += constants_in([*conditions, *within], ())
        layout = Layout([*terms, *(method.arguments or ())])
        text = Text(layout.constants)
        join = prepared(conditions, layout, self._scheme, text, self._give_head(method, layout))
        children: list[Child] = []
        for place in in_order(direct) if method.order is Order.PAIRS else range(len(subtasks)):
            children.append(self._child(place, subtasks[place], layout, text))
            if not len(children) % SUBTASKS_A_SLICE:
                yield
        sketch = Sketch(method, self._scheme, layout, join)
        sketch.children, sketch.lookups = tuple(children), tuple(text.lookups)
        yield from self._put_in_order(sketch, direct)
        return sketch

    def _put_in_order(self, sketch: Sketch, direct: list[tuple[int, ...]]) -> Generator[None, None, None]:
        method, passed, sinks = sketch.method, set[int](), list[int]()
        is_free = method.order is not Order.SEQUENTIAL
        for place, own in enumerate(direct, 1):
            if not place % SUBTASKS_A_SLICE:
                yield
            passed.update(own)
            if is_free:
                sketch.needs[place - 1] = frozenset(own)
        for place in range(len(direct)):
            if place not in passed:
                sinks.append(place)
            if place % SUBTASKS_A_SLICE == SUBTASKS_A_SLICE - 1:
                yield
        sketch.direct, sketch.sinks = direct, tuple(sinks)
        sketch.is_sequence = not (is_free and self._footprints.are_tangled(method.subtasks, direct))
        is_short = len(sketch.children) < ROWS_A_NODE
        is_straight = is_short and not any(child.is_fan and child.is_tangled for child in sketch.children)
        sketch.is_plain = sketch.is_sequence and is_straight

    def _give_head(self, method: Method, layout: Layout) -> list[tuple[int, int]]:
        """Slots for the task's arguments; those that must be equal to something, each with its like."""
        same: list[tuple[int, int]] = []
        if method.arguments is None:
            for one in self._compounds[method.task].parameters if method.task in self._compounds else ():
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

    def _child(self, place: int, subtask: Subtask, layout: Layout, text: Text) -> Child:
        if _is_fixed(subtask):
            fixed = tuple(term for term in subtask.arguments if not isinstance(term, Variable))
            return Child(task=subtask.task, place=place, fixed=fixed)
        if not subtask.each:
            slots = layout.slots(subtask.arguments)
            return Child(task=subtask.task, place=place, slots=slots, pick=picker(slots))
        own = layout.copy()
        each = prepared(subtask.each, own, self._scheme, Text(layout.constants, text))
        future = self._footprints.futures[subtask.task]
        return Child(
            task=subtask.task,
            place=place,
            pick=own.picker(subtask.arguments),
            slots=own.slots(subtask.arguments),
            each=each,
            is_fan=subtask.each_order is Order.PARALLEL,
            is_tangled=touch(future, future),
        )


def body_of(subtasks: Iterable[Subtask]) -> Counter[str]:
    """What must be done for a method in any case, and how often."""
    return Counter(one.task for one in subtasks if not one.each)


def _is_fixed(subtask: Subtask) -> bool:
    """Whether a subtask stands once, with constants only."""
    return not subtask.each and not any(isinstance(term, Variable) for term in subtask.arguments)
