"""Tasks side by side in an agenda, which may be interleaved in any way that the order of their methods allows."""

from collections.abc import Iterable
from typing import NamedTuple

from engine.planning.htn.footprints import NOTHING, Footprint, merged
from engine.planning.htn.state import CODE_BITS
from engine.planning.htn.walk import END, Cell, Task, cell_of

_MASK = (1 << CODE_BITS) - 1
_SHORT = 16
"""A lone branch of at most so many cells is copied in front of what follows it."""


class Branch(NamedTuple):
    """One of the tasks side by side: its own agenda, and the keys of the branches that must be done before."""

    key: int
    needs: frozenset[int]
    agenda: Cell


class Fork(Cell, eq=False):
    """Branches side by side, and what follows when all of them are done."""

    branches: tuple[Branch, ...] = ()
    needed: frozenset[int] = frozenset()
    """The keys that branches wait for."""
    mixed: int = 0
    """The sum of what the branches are hashed to."""

    def with_branch(self, number: int, agenda: Cell) -> Cell:
        """The same with another agenda in one branch."""
        branches, old = self.branches, self.branches[number]
        new = Branch(old.key, old.needs, agenda)
        own = (*branches[:number], new, *branches[number + 1 :])
        assert self.next is not None
        if agenda is END or len(own) == 1 or _plain_fork(agenda) is not None:
            return side_by_side(self.task, own, self.next)
        mixed = self.mixed - _mixed_in(old, self.needed) + _mixed_in(new, self.needed)
        return _fork(self.task, own, self.next, self.needed, mixed)


class Focus(NamedTuple):
    """A place within forks: the outermost with the number of its branch, then the fork in it, and so on."""

    path: tuple[tuple[Fork, int], ...]

    def plug(self, agenda: Cell) -> Cell:
        """The whole agenda, with this one in the place."""
        for fork, number in reversed(self.path):
            agenda = fork.with_branch(number, agenda)
        return agenda


def side_by_side(task: Task, branches: Iterable[Branch], rest: Cell) -> Cell:
    """The branches, then the rest. What is done already goes, and what needs no fork gets none."""
    own = list(branches)
    while done := {one.key for one in own if one.agenda is END and not one.needs}:
        own = [one._replace(needs=one.needs - done) if one.needs else one for one in own if one.key not in done]
    if not own:
        return rest
    if len(own) == 1:
        only = own[0].agenda
        joined = only if rest is END else _in_front(only, rest)
        if joined is not None:
            return joined
    branches = _flattened(own)
    needed = _needed_of(branches)
    return _fork(task, branches, rest, needed, sum(_mixed_in(one, needed) for one in branches))


def _fork(task: Task, branches: tuple[Branch, ...], rest: Cell, needed: frozenset[int], mixed: int) -> Fork:
    hashed = hash((mixed & _MASK, rest.hash))
    return Fork(task, (), rest, hashed, None, 0, None, branches, needed, mixed)


def _needed_of(branches: Iterable[Branch]) -> frozenset[int]:
    """The keys that any of them waits for."""
    return frozenset[int]().union(*(one.needs for one in branches))


def _mixed_in(branch: Branch, needed: frozenset[int]) -> int:
    """What a branch is hashed to: keys count only where something waits.

    Squared, because Python hashes a tuple almost linearly in its last value: sums of plain hashes would often be the
    same when a task moves from the end of one branch to the end of another.
    """
    key, needs, agenda = branch
    own = hash((agenda.hash, key, needs)) if needs or key in needed else agenda.hash
    return own * own


def _in_front(agenda: Cell, rest: Cell) -> Cell | None:
    """The cells of a short agenda in front of the rest; None when it is long, or forks."""
    cells: list[Cell] = []
    while agenda.next is not None:
        if len(cells) == _SHORT or isinstance(agenda, Fork):
            return None
        cells.append(agenda)
        agenda = agenda.next
    for one in reversed(cells):
        rest = cell_of(one.task, one.arguments, rest, one.owner, one.place)
    return rest


def _flattened(branches: list[Branch]) -> tuple[Branch, ...]:
    """Branches that are nothing but a plain fork become the branches of that fork."""
    needed = _needed_of(branches)
    fresh = 1 + max(needed.union(one.key for one in branches))
    found: list[Branch] = []
    for one in branches:
        inner = _plain_fork(one.agenda)
        if inner is None or one.needs or one.key in needed:
            found.append(one)
        else:
            found.extend(branch._replace(key=fresh + n) for n, branch in enumerate(inner.branches))
            fresh += len(inner.branches)
    return tuple(found)


def _plain_fork(agenda: Cell) -> Fork | None:
    """A fork that nothing follows and whose branches wait for nothing."""
    if isinstance(agenda, Fork) and agenda.next is END and not any(branch.needs for branch in agenda.branches):
        return agenda
    return None


def future_of(agenda: Cell) -> Footprint:
    """The footprint of a whole agenda."""
    waiting = [agenda]
    while waiting:
        one = waiting[-1]
        if one.future is None:
            parts = [branch.agenda for branch in one.branches] if isinstance(one, Fork) else []
            if one.next is not None:
                parts.append(one.next)
            missing = [part for part in parts if part.future is None]
            if missing:
                waiting.extend(missing)
                continue
            own = [part.future for part in parts if part.future is not None]
            one.future = merged([one.task.future(one.arguments), *own])
        waiting.pop()
    return agenda.future or NOTHING
