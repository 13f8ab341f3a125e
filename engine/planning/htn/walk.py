"""The walk of the search through what could be done: the agenda's cells, the way taken so far, and the way back.

The agenda is a list of linked cells that share their ends, so that nothing is copied when the walk goes on or back.
Each cell keeps the hash of all that begins with it, and the walk the least rank of a plan that goes on from where it
stands; neither is ever worked out over a whole agenda.
"""

from collections.abc import Generator
from dataclasses import dataclass
from itertools import islice

from msgspec import Struct

from engine.planning.htn.footprints import NOTHING, Footprint
from engine.planning.htn.ranking import WORST
from engine.planning.htn.state import CHANGES_A_SLICE, Row, State
from engine.planning.slices import ENTRIES_A_SLICE, emptied, portions, shortened


class Task:
    """What a cell stands for; `index` tells tasks apart, `bound` is the least rank that doing it can have."""

    __slots__ = ("bound", "index", "name")

    def __init__(self, name: str, index: int) -> None:
        self.name = name
        self.index = index
        self.bound = 0

    def advance(self, walk: "Walk", cell: "Cell") -> "Cell | None":
        """Take the next step of an agenda that begins with this task: the agenda after it, or None at a dead end."""
        raise NotImplementedError

    def step(self, arguments: Row) -> Footprint:
        """The footprint of its next step."""
        return NOTHING

    def future(self, arguments: Row) -> Footprint:
        """The footprint of all that it may come to."""
        return NOTHING


class Instance(Struct, eq=False, gc=False):
    """A method chosen for a task, with the values of its variables; the owner of the cells that it brings."""

    cell: "Cell"
    shape: object
    row: Row
    number: int = -1
    """Of its node in the plan that is being assembled; -1 before."""


class Cell(Struct, eq=False):
    """A task to do and what follows it."""

    task: Task
    arguments: Row
    next: "Cell | None"
    """None for the end and for nothing else."""
    hash: int
    """Of the task, its arguments, and the hash of what follows."""
    owner: Instance | None
    """The instance that brought it; None for the root."""
    place: int
    """Which subtask of the owner it is."""
    future: Footprint | None = None
    """Of all from here on; None until it is asked for."""


def cell_of(task: Task, arguments: Row, rest: Cell, owner: Instance | None = None, place: int = 0) -> Cell:
    """A cell in front of the rest."""
    return Cell(task, arguments, rest, hash((task.index, arguments, rest.hash)), owner, place)


class _Arriving(Task):
    __slots__ = ()

    def advance(self, walk: "Walk", cell: Cell) -> Cell | None:
        walk.arrive()
        return None


END = Cell(_Arriving("", -1), (), None, 1, None, 0, NOTHING)
"""Nothing more to do."""


_APART = 17
"""Dicts instead of one for hundreds of thousands of things, which would be copied as a whole each time it grows."""
LOOKS_AT_ONCE = 256
"""Things that are looked at before control may be given up."""


class Unfolding(Cell, eq=False):
    """Stands for an agenda that takes more than one slice to make."""

    slices: Generator[None, None, Cell | None] | None = None
    """Come to it; to None at a dead end. Always there."""


class _Unfolding(Task):
    __slots__ = ()

    def advance(self, walk: "Walk", cell: Cell) -> Cell | None:
        assert isinstance(cell, Unfolding)
        assert cell.slices is not None
        return unfolded(walk, cell.slices)


_UNFOLD = _Unfolding("", -3)


def unfolded(walk: "Walk", slices: Generator[None, None, Cell | None]) -> Cell | None:
    """The agenda that slices come to, of `LOOKS_AT_ONCE` things each; after the first one, what stands for it."""
    try:
        next(slices)
    except StopIteration as end:
        agenda: Cell | None = end.value
        return agenda
    walk.looked += LOOKS_AT_ONCE
    return Unfolding(_UNFOLD, (), END, 0, None, 0, None, slices)


class Choice(Struct, eq=False, gc=False):
    """A place on the way from which there are others, and where the walk stood there."""

    rank: int
    mark: int
    length: int
    """Of the path."""
    trail: int
    """The length of the state's."""
    hash: int
    """The state's."""

    def proceed(self, walk: "Walk") -> Cell | None:
        """The agenda of the next way, or None where it ends at once. Leaves the walk's choices with its last way."""
        raise NotImplementedError

    def bound(self) -> int:
        """The least rank of a plan on the ways that are left."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A plan that was found: its rank, and the cells done and instances chosen on the way, in order."""

    rank: int
    mark: int = 0
    """Names its steps; the same for all plans where but one is wanted."""
    path: list[Cell | Instance]


class Walk:
    """Where the search stands, and what it has found."""

    __slots__ = (
        "_base",
        "_bound",
        "_closed",
        "_is_kept",
        "_least",
        "_left",
        "_start",
        "choices",
        "effort",
        "found",
        "is_cut",
        "limit",
        "looked",
        "mark",
        "most",
        "most_parts",
        "path",
        "rank",
        "state",
    )

    def __init__(self, state: State, most: int, bound: int = 0) -> None:
        """`bound` is the least rank of all that is to be done."""
        self.state = state
        self._start, self._base = state.hash, len(state.trail)
        self._bound = bound
        self.rank = bound
        """The least rank that a plan can have which begins with the path and goes on with what is to be done."""
        self.mark = 0
        """Names the steps done so far, in whatever order: the sum of their codes."""
        self.path: list[Cell | Instance] = []
        self._is_kept = False
        """Whether a plan that was found has this very path: a long one is copied only where the walk goes on."""
        self.choices: list[Choice] = []
        self._left: list[Choice] = []
        """Choices that are of no use any more, until they are freed in slices."""
        self.limit = WORST
        """Plans from this rank on are of no use."""
        self.found: dict[int, Arrival] = {}
        """The best plans, by what their steps are called together."""
        self.effort = 0
        """What steps cost beyond what a step is thought to cost, in such steps; whoever counts steps sets it back."""
        self.looked = 0
        """How many things were looked at for that; whoever goes in slices sets it back with each."""
        self.most_parts = WORST
        """Plans of more parts than this are left for later."""
        self.is_cut = False
        """Whether any were."""
        self._closed: tuple[dict[int, tuple[int, ...]], ...] = tuple({} for _ in range(_APART))
        """For each state and agenda, the ranks with which the walk came there, each with what the steps are called."""
        self._least: tuple[dict[int, int], ...] = tuple({} for _ in range(_APART))
        """The least rank only, which is all that counts when one plan is wanted."""
        self.most = most
        """How many plans are wanted."""

    def begin_again(self, most_parts: int) -> Generator[None, None, None]:
        """Go back to the start and forget where the walk has been, but not what it has found; in slices."""
        yield from self.leave()
        yield from self.state.rewound(self._base, self._start)
        self.rank, self.mark = self._bound, 0
        self.path, self._is_kept = [], False
        self.is_cut = False
        self.most_parts = most_parts

    def leave(self) -> Generator[None, None, None]:
        """Be done with all but what was found, in slices."""
        yield from shortened(self._left)
        yield from shortened(self.choices)
        if not self._is_kept:
            yield from shortened(self.path)
        for closed in self._closed:
            yield from emptied(closed)
        for least in self._least:
            yield from emptied(least)

    def give_up(self) -> None:
        """Leave all that could still be chosen: nothing can be better than what was found."""
        self._left, self.choices = self.choices, []

    def place(self) -> tuple[int, int, int, int, int]:
        """Where it stands, as a choice keeps it."""
        state = self.state
        return self.rank, self.mark, len(self.path), len(state.trail), state.hash

    def spend(self, things: int, a_step: int) -> None:
        """Count things that were looked at; so many of them take as long as a step."""
        self.effort += things // a_step
        self.looked += things

    def retreat(self) -> Cell | None:
        """Go back to the last place with another way, and take it; None when that one ends at once."""
        top = self.choices[-1]
        self.rank = top.rank
        self.mark = top.mark
        if len(self.path) - top.length > CHANGES_A_SLICE:
            return unfolded(self, self._far_back(top))
        if self._is_kept:
            self.path, self._is_kept = self.path[: top.length], False
        else:
            del self.path[top.length :]
        self.state.rewind(top.trail, top.hash)
        return top.proceed(self)

    def _far_back(self, top: Choice) -> Generator[None, None, Cell | None]:
        """The same in slices."""
        yield from self.state.rewound(top.trail, top.hash)
        if self._is_kept:
            kept, self.path, self._is_kept = self.path, [], False
            for part in portions(islice(kept, top.length)):
                self.path += part
                yield
        else:
            while len(self.path) > top.length:
                del self.path[max(len(self.path) - ENTRIES_A_SLICE, top.length) :]
                yield
        return top.proceed(self)

    def seen(self, hashed: int) -> bool:
        """Whether to go on from here with this agenda can bring nothing new.

        So it is when the same steps, or as many other sets of steps as plans are wanted, have led to the same state and
        agenda at no worse a rank.
        """
        key = self.state.hash ^ hashed
        rank = self.rank
        if self.most == 1:
            least = self._least[key % _APART]
            if least.get(key, WORST) <= rank:
                return True
            least[key] = rank
            return False
        mark, closed = self.mark, self._closed[key % _APART]
        known = closed.get(key)
        if known is None:
            closed[key] = (rank, mark)
            return False
        better = 0
        kept: tuple[int, ...] = ()
        for place in range(0, len(known), 2):
            if known[place] <= rank:
                if known[place + 1] == mark:
                    return True
                better += 1
            if known[place + 1] != mark:
                kept += known[place : place + 2]
        if better >= self.most:
            return True
        closed[key] = (*kept, rank, mark)
        return False

    def arrive(self) -> None:
        """All is done: keep the plan if it is among the best."""
        if self.rank >= self.limit:
            return
        known = self.found.get(self.mark)
        if known is not None and known.rank <= self.rank:
            return
        self.found[self.mark] = Arrival(rank=self.rank, mark=self.mark, path=self.path)
        self._is_kept = True
        if len(self.found) > self.most:
            del self.found[max(self.found, key=lambda mark: self.found[mark].rank)]
        if len(self.found) == self.most:
            self.limit = max(one.rank for one in self.found.values())
