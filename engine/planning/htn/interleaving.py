"""Which of the tasks side by side has to take the next step.

Any order of steps is allowed, but most orders come to the same. So only a *persistent set* of strands is tried: strands
whose next step nothing outside of the set will ever touch. Every plan can be re-ordered so that one of these comes
first, with the same steps and the same outcome, so that no plan is lost. In most cases a single strand will do.
"""

from collections.abc import Generator
from dataclasses import dataclass

from engine.planning.htn.agenda import Focus, Fork, future_of
from engine.planning.htn.choosing import CompoundTask
from engine.planning.htn.footprints import Footprint, Touching
from engine.planning.htn.walk import LOOKS_AT_ONCE, Cell, Choice, Task, Walk, unfolded

MOST_SEEDS, MOST_CHOSEN, MOST_COMPARED = 8, 32, 2_000
"""How many sets are looked at, up to what size, and until how many footprints were compared; beyond that all strands
are tried, which is never wrong."""
STRANDS_A_NODE = 8
"""So many strands are looked at in the time that a step takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """A task that may take the next step, where it is, and the footprint of all that it and its followers may do."""

    cell: Cell
    focus: Focus
    future: Footprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What can't begin before some strands are done: the numbers of these strands, from and up to."""

    future: Footprint
    behind: tuple[tuple[int, int], ...]

    def waits_for(self, number: int) -> bool:
        """Whether it is behind this strand."""
        return any(first <= number < end for first, end in self.behind)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    fork: Fork
    path: tuple[tuple[Fork, int], ...]
    spans: list[tuple[int, int]]
    """The strands of each branch seen so far, from and up to; empty for a branch that waits."""


class Weave:
    """The strands of a fork, in listed order, and what comes later."""

    def __init__(self, fork: Fork, touching: Touching) -> None:
        self._fork = fork
        self._touch = touching.touch
        self.strands: list[Strand] = []
        self.later: list[Later] = []
        self._looks = 0
        self.compared = 0
        """How often it was looked at whether two footprints touch."""
        self._met: dict[int, tuple[list[int], list[Later]]] = {}

    def to_try(self) -> Generator[None, None, list[Strand]]:
        """The strands to try; in slices, where they are many."""
        yield from self._look()
        return (yield from self._persistent())

    def _look(self) -> Generator[None, None, None]:
        stack = [_Visit(fork=self._fork, path=(), spans=[])]
        begun = [0]
        while stack:
            visit = stack[-1]
            number = len(visit.spans)
            if number < len(visit.fork.branches):
                self._looks += 1
                if not self._looks % LOOKS_AT_ONCE:
                    yield
                inner = self._look_at(visit, number)
                if inner is not None:
                    stack.append(inner)
                    begun.append(len(self.strands))
                continue
            stack.pop()
            first = begun.pop()
            self._close(visit, first)
            if stack:
                stack[-1].spans.append((first, len(self.strands)))

    def _look_at(self, visit: _Visit, number: int) -> _Visit | None:
        """Note the branch of this number; when it begins with a fork, that fork is to be visited first."""
        branch = visit.fork.branches[number]
        here = len(self.strands)
        if branch.needs:
            visit.spans.append((here, here))
            return None
        path = (*visit.path, (visit.fork, number))
        if isinstance(branch.agenda, Fork):
            return _Visit(fork=branch.agenda, path=path, spans=[])
        self.strands.append(Strand(cell=branch.agenda, focus=Focus(path), future=future_of(branch.agenda)))
        visit.spans.append((here, here + 1))
        return None

    def _close(self, visit: _Visit, first: int) -> None:
        """Note what waits within the fork, and what follows it."""
        span_of = {branch.key: span for branch, span in zip(visit.fork.branches, visit.spans, strict=True)}
        needs_of = {branch.key: branch.needs for branch in visit.fork.branches}
        for branch in visit.fork.branches:
            if branch.needs:
                behind = tuple(span_of[key] for key in _all_needed(branch.key, needs_of) if not needs_of[key])
                self.later.append(Later(future=future_of(branch.agenda), behind=behind))
        rest = visit.fork.next
        if visit.path and rest is not None and rest.next is not None:
            self.later.append(Later(future=future_of(rest), behind=((first, len(self.strands)),)))

    @property
    def size(self) -> int:
        """How much there is to look at, in strands of the usual size."""
        futures = [one.future for one in self.strands] + [one.future for one in self.later]
        return sum(1 + future.size // 32 for future in futures)

    def _persistent(self) -> Generator[None, None, list[Strand]]:
        """The strands to try: one when one will do, else the fewest that were found, else all."""
        best = list(range(len(self.strands)))
        for number in range(min(len(self.strands), MOST_SEEDS)):
            chosen = yield from self._closure(number, min(len(best), MOST_CHOSEN))
            if chosen is not None:
                best = sorted(chosen)
            if len(best) == 1:
                break
        return [self.strands[number] for number in best]

    def _closure(self, number: int, fewer_than: int) -> Generator[None, None, list[int] | None]:
        """The strands that must be tried if this one is; None where these are not fewer."""
        chosen, known = [number], {number}
        for member in chosen:  # grows while it is gone through
            met = self._met.get(member)
            strands, later = met or (yield from self._met_by(member))
            more = [*strands, *(one.behind[0][0] for one in later if not any(map(one.waits_for, chosen)))]
            chosen.extend(dict.fromkeys(one for one in more if one not in known))
            known.update(more)
            if len(chosen) >= fewer_than or self.compared > MOST_COMPARED:
                return [number] if len(chosen) == 1 else None
        return chosen

    def _met_by(self, number: int) -> Generator[None, None, tuple[list[int], list[Later]]]:
        """The strands, and what comes later, that the next step of a strand touches."""
        cell, touch = self.strands[number].cell, self._touch
        step = cell.task.step(cell.arguments)
        strands, later = list[int](), list[Later]()
        for first in range(0, len(self.strands), LOOKS_AT_ONCE):
            here = enumerate(self.strands[first : first + LOOKS_AT_ONCE], first)
            strands += [n for n, one in here if n != number and touch(step, one.future)]
            if first + LOOKS_AT_ONCE < len(self.strands):
                yield
        for first in range(0, len(self.later), LOOKS_AT_ONCE):
            later += [one for one in self.later[first : first + LOOKS_AT_ONCE] if touch(step, one.future)]
            if first + LOOKS_AT_ONCE < len(self.later):
                yield
        self.compared += len(self.strands) + len(self.later)
        self._met[number] = strands, later
        return strands, later


def _all_needed(key: int, needs_of: dict[int, frozenset[int]]) -> list[int]:
    found = list(needs_of[key])
    for one in found:  # grows while it is gone through
        found.extend(needed for needed in needs_of[one] if needed not in found)
    return found


class ForkTask(Task):
    """Tasks side by side as a task of the agenda."""

    __slots__ = ("_touching",)

    def __init__(self) -> None:
        super().__init__("side by side", -2)
        self._touching = Touching()

    def advance(self, walk: Walk, cell: Cell) -> Cell | None:
        assert isinstance(cell, Fork)
        return unfolded(walk, self._chosen(walk, cell))

    def _chosen(self, walk: Walk, fork: Fork) -> Generator[None, None, Cell | None]:
        """The agenda after a step of the strand that has to take the next one; in slices where they are many."""
        weave = Weave(fork, self._touching)
        strands = yield from weave.to_try()
        walk.spend(weave.size, STRANDS_A_NODE)
        walk.looked += weave.compared
        if len(strands) > 1:
            if walk.seen(fork.hash):
                return None
            walk.choices.append(Interleaving(*walk.place(), strands[::-1]))
            return walk.choices[-1].proceed(walk)
        task = strands[0].cell.task
        if isinstance(task, CompoundTask) and not task.only and walk.seen(fork.hash):
            return None
        return _taken(walk, strands[0])


def _taken(walk: Walk, strand: Strand) -> Cell | None:
    """The agenda after the strand's next step."""
    task = strand.cell.task
    if isinstance(task, CompoundTask):
        return task.advance_beside(walk, strand.cell, strand.focus)
    agenda = task.advance(walk, strand.cell)
    return None if agenda is None else strand.focus.plug(agenda)


class Interleaving(Choice, eq=False, gc=False):
    """A place where more than one strand may take the next step."""

    strands: list[Strand]
    """Those that are left, the next one last."""

    def proceed(self, walk: Walk) -> Cell | None:
        if self.rank >= walk.limit:
            walk.choices.pop()
            return None
        strand = self.strands.pop()
        if not self.strands:
            walk.choices.pop()
        return _taken(walk, strand)

    def bound(self) -> int:
        return self.rank
