"""A problem taken up in the middle: what was done holds, what failed is not tried again, and what a new way has in
common with the finished part of the old one is not done a second time."""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.planning.htn.analysis import Analysis
from engine.planning.htn.choosing import CompoundTask
from engine.planning.htn.compiling import Ban, Program, compiling
from engine.planning.htn.footprints import Footprint
from engine.planning.htn.outcome import Node, Step
from engine.planning.htn.state import Column, Row
from engine.planning.htn.tasks import StepTask
from engine.planning.htn.walk import END, Cell, Walk, cell_of
from engine.planning.language.domain import Problem

Slices: TypeAlias = Generator[None, None, None]
SLICE = 128
"""Steps that are carried out before control is given up: a few tenths of a millisecond."""
_SLOTS = tuple(dict.fromkeys(slot for kind in StepTask.__mro__[:-1] for slot in kind.__dict__.get("__slots__", ())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """A step by what it does: its primitive and the arguments."""

    task: str
    arguments: Row


def doing_of(one: Step | Node) -> Doing:
    """What a step does; told by its node too."""
    if isinstance(one, Node):
        return Doing(task=one.task, arguments=one.arguments)
    return Doing(task=one.primitive.name, arguments=_arguments(one))


def _arguments(step: Step) -> Row:
    return tuple(step.values.values())


class _Copied(StepTask):
    """The same step as another, but for what it does when it is come to."""

    __slots__ = ()

    def __init__(self, plain: StepTask) -> None:
        super().__init__(plain.primitive, plain.index, plain.sketch, plain.ground)
        for slot in _SLOTS:
            setattr(self, slot, getattr(plain, slot))
        self.forget()


class PassedTask(_Copied):
    """A finished step that has a place in the new part: it looks at nothing and changes nothing any more."""

    __slots__ = ("left",)

    def __init__(self, plain: StepTask) -> None:
        super().__init__(plain)
        self.sketch = plain.sketch.idle()
        self.left = Column(f"(finished {plain.name})", 0.0)
        """How many such steps are finished and have no place yet, by their arguments."""

    def advance(self, walk: Walk, cell: Cell) -> Cell | None:
        walk.state.put(self.left, cell.arguments, (self.left.read(cell.arguments) or 0.0) - 1.0)
        return super().advance(walk, cell)


class ResumedTask(_Copied):
    """A step of the new part: one that is finished already is passed by, and one that failed is no step at all."""

    __slots__ = ("failed", "passed")

    def __init__(self, plain: StepTask) -> None:
        super().__init__(plain)
        self.failed: set[Row] = set()
        self.passed = PassedTask(plain)

    def advance(self, walk: Walk, cell: Cell) -> Cell | None:
        if self.passed.left.read(cell.arguments):
            assert cell.next is not None
            return self.passed.advance(walk, cell_of(self.passed, cell.arguments, cell.next, cell.owner, cell.place))
        return None if cell.arguments in self.failed else super().advance(walk, cell)


def resumed(analysis: Analysis, problem: Problem) -> Generator[None, None, "Resumption"]:
    """The resumption of a problem, in slices, in which nothing was done yet."""
    # a step that is passed by need not be possible: its conditions say nothing of the method above it
    bare = replace(analysis, pulled=dict.fromkeys(analysis.pulled, ()))
    return Resumption(analysis, (yield from compiling(bare, problem)))


class Resumption:
    """The program of a problem, in the state that what was done has led to. The trail begins there."""

    def __init__(self, analysis: Analysis, program: Program) -> None:
        self._analysis = analysis
        self.program = program
        self.state = self.program.ground.state
        self._plain = {name: task for name, task in self.program.tasks.items() if isinstance(task, StepTask)}
        self._resumed: dict[str, ResumedTask] = {}
        self._walk = Walk(self.state, 1)

    def compound(self, name: str) -> CompoundTask:
        """A task of the tree, the root among them. Raises `KeyError` for one that the domain does not have."""
        task = self.program.tasks[name]
        assert isinstance(task, CompoundTask)
        return task

    def plain(self, name: str) -> StepTask:
        """A primitive as it is for what stays."""
        return self._plain[name]

    def begin(self, done: Sequence[Step], failed: Iterable[Doing]) -> Slices:
        """Go to where things stand. What was done was done, whether or not it should have been possible."""
        names: dict[str, None] = {}
        for number, step in enumerate(done):
            if not number % SLICE:
                yield
            names[step.primitive.name] = None
            if not self.takes(step):
                sketch = self._plain[step.primitive.name].sketch
                self.state.change(sketch.changes.removes, sketch.changes.adds, sketch.constants + _arguments(step))
        yield from self.state.forget_trail()
        for one in failed:
            if one.task in self._plain:
                self._resumable(one.task).failed.add(one.arguments)
        # whatever is finished may be come to again: its steps must be in place before ways are laid out
        for name in names:
            self._resumable(name)

    def finish(self, steps: Iterable[Step]) -> Slices:
        """Let these finished steps be passed by in the new part."""
        for number, step in enumerate(steps):
            if not number % SLICE:
                yield
            own = doing_of(step)
            values = self._resumed[own.task].passed.left.values
            values[own.arguments] = values.get(own.arguments, 0.0) + 1.0

    def ban(self, ban: Ban) -> None:
        """Take a way out for good. That of a task which the domain does not have is out already."""
        if isinstance(task := self.program.tasks.get(ban.task), CompoundTask):
            task.banned.setdefault(ban.arguments, set()).add(ban.method)

    def takes(self, step: Step) -> bool:
        """Carry a step out; whether that is possible."""
        task = self._plain[step.primitive.name]
        taken = task.advance(self._walk, cell_of(task, _arguments(step), END)) is not None
        self._walk.path.clear()
        return taken

    def footprint(self, step: Step) -> Footprint:
        """What a step reads and changes."""
        return self._plain[step.primitive.name].step(_arguments(step))

    def pattern(self, name: str) -> Footprint:
        """What steps of a primitive read and change, with places for the arguments."""
        return self._analysis.footprints.steps[name]

    def _resumable(self, name: str) -> ResumedTask:
        found = self._resumed.get(name)
        if found is None:
            found = self._resumed[name] = ResumedTask(self._plain[name])
            self.program.tasks[name] = found
            self.state.columns[found.passed.left.name] = found.passed.left
        return found
