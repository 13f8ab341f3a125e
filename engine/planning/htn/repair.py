"""A plan under way mended where it broke: the nearest task above that has another way gets one, all else stays.

Where a step has failed, its ancestors are re-opened from the nearest one up. One that is re-opened is decomposed once
more, in the state that the finished steps have led to, without the methods that failed for it and without the steps
that did; steps of the new part that are finished already, below that ancestor, are not done again. What was to be done
before the old part is done before the new one, what was to be done after it after it, and all that stays must still be
possible then, or the next ancestor is tried. For what stands beside it there are two places, tried in this order: all
of it after the new part, and all of it before.

It comes in slices, as the search does, is the same for the same question, and plans nothing but the part that it
re-opens: what stays is only carried out once more, in thought.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from engine.planning.htn.analysis import Analysis, analysed
from engine.planning.htn.assembly import assembled
from engine.planning.htn.compiling import Ban, context_of, initial_state
from engine.planning.htn.impossible import Impossible
from engine.planning.htn.outcome import FoundPlan, Step
from engine.planning.htn.ranking import WORST, parts_of
from engine.planning.htn.repair_joining import Gap, Joined, Joining
from engine.planning.htn.repair_resuming import SLICE, Doing, Resumption, doing_of, resumed
from engine.planning.htn.search import LOOKS_A_SLICE, NODES_A_SLICE
from engine.planning.htn.state import Ground
from engine.planning.htn.walk import END, Arrival, Cell, Walk, cell_of
from engine.planning.language.domain import Domain, Problem
from engine.planning.slices import portions, run_through

_FEWEST_PARTS = 4
_POLISH = 10
"""Once there is a way, a better one is looked for over this share of the steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A plan under way that can't go on as it is."""

    plan: FoundPlan
    done: tuple[Step, ...] = ()
    """The steps that were carried out, in that order: of this plan, and of those that it was mended from."""
    node: int
    """What no longer works: a step that failed, or a task whose way is no good any more."""
    tried: tuple[Ban, ...] = ()
    """Ways that were given up before."""
    failed: tuple[Doing, ...] = ()
    """Steps that failed before, and are not tried again."""
    whole: bool = True
    """Whether everything may be planned anew when nothing smaller helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """The plan after the repair."""

    plan: FoundPlan
    """Nodes and steps that stay keep their numbers. Its order is that of the steps that are left to do."""
    reopened: int
    """The task that has another way now."""
    added: tuple[int, ...]
    """New steps."""
    dropped: tuple[int, ...]
    """Steps that are no longer to be done; none of them was finished."""
    tried: tuple[Ban, ...]
    """Ways that are given up by now."""
    failed: tuple[Doing, ...]


class Repairing:
    """One repair. Call `run` until it says that it is done; then `outcome` tells.

    For many of them in one domain hand in its `Analysis`. `run` raises `KeyError` when the domain lacks a task of the
    plan.
    """

    def __init__(self, domain: Domain | Analysis, problem: Problem, broken: Broken, *, nodes: int = 20_000) -> None:
        """`nodes` bounds the steps of the search for each task that is re-opened."""
        self._analysis = analysed(domain) if isinstance(domain, Domain) else domain
        self._problem = problem
        self._broken = broken
        self._nodes = nodes
        self._resumption: Resumption  # comes with the first slices
        self._tried = dict.fromkeys(broken.tried)
        self._failed = dict.fromkeys(broken.failed)
        self._outcome: Mended | None = None  # None when nothing was found, and before
        self._slices = self._work()

    def run(self, slices: int = 1) -> bool:
        """Go on for so many slices, of a millisecond or so each; whether it is done."""
        return any(next(self._slices, self) is self for _ in range(slices))

    @property
    def outcome(self) -> Mended | None:
        """The plan after the repair; None when there is no other way."""
        return self._outcome

    def _work(self) -> Iterator[None]:
        broken, plan = self._broken, self._broken.plan
        self._resumption = yield from resumed(self._analysis, self._problem)
        at: int | None = broken.node
        if not plan.tree[broken.node].method:
            self._failed[doing_of(plan.tree[broken.node])] = None
            at = plan.tree[broken.node].parent
        yield from self._resumption.begin(broken.done, self._failed)
        for ban in self._tried:
            self._resumption.ban(ban)
        done = set[int]()
        for steps in portions(broken.done):
            done.update(step.number for step in steps)
            yield
        gap = Gap(plan, done)
        while at is not None and (at or broken.whole):
            self._ban(at)
            yield from gap.widen(at)
            yield from self._resumption.finish(gap.newly_finished)
            if (yield from self._has_ways(at)) and (joined := (yield from self._put_somewhere(gap))) is not None:
                self._outcome = self._mended(at, joined)
                return
            at = plan.tree[at].parent

    def _put_somewhere(self, gap: Gap) -> Generator[None, None, Joined | None]:
        """The plan with a new part in the gap: as soon as that can be done, else as late."""
        least = yield from gap.before(as_much_as_may_be=False)
        joined = yield from self._reopened(gap, least)
        if joined is not None:
            return joined
        most = yield from gap.before(as_much_as_may_be=True)
        return (yield from self._reopened(gap, most)) if len(most) > len(least) else None

    def _ban(self, number: int) -> None:
        """The way of this task has failed; the root has but one, which is no way at all."""
        node = self._broken.plan.tree[number]
        if number:
            ban = Ban(task=node.task, arguments=node.arguments, method=node.method)
            self._tried[ban] = None
            self._resumption.ban(ban)

    def _has_ways(self, number: int) -> Generator[None, None, bool]:
        task = self._resumption.compound(self._broken.plan.tree[number].task)
        yield from task.prepare()
        return bool(task.shapes(self._cell(number), None))

    def _cell(self, number: int) -> Cell:
        node = self._broken.plan.tree[number]
        return cell_of(self._resumption.compound(node.task), node.arguments, END)

    def _mended(self, number: int, joined: Joined) -> Mended:
        return Mended(
            plan=joined.plan,
            reopened=number,
            added=joined.added,
            dropped=joined.dropped,
            tried=tuple(self._tried),
            failed=tuple(self._failed),
        )

    def _reopened(self, gap: Gap, before: Sequence[Step]) -> Generator[None, None, Joined | None]:
        """The plan with a new part in the gap, `before` being what stays and is done before it; None without one."""
        state, start = self._resumption.state, self._resumption.state.hash
        after = yield from gap.without(before)
        arrival = None
        if (yield from self._takes(before)):
            arrival = yield from self._likeliest(gap, after)
        if arrival is None:
            yield from state.rewound(0, start)
            return None
        yield from state.forget_trail()  # what is done before the new part is behind us now
        part = yield from assembled(self._resumption.program, arrival)
        joining = Joining(self._analysis.domain, self._problem, gap, part)
        return (yield from joining.joined(before, after, self._resumption))

    def _takes(self, steps: Sequence[Step]) -> Generator[None, None, bool]:
        """Carry these steps out, as far as that is possible; whether it was."""
        for number, step in enumerate(steps):
            if not number % SLICE:
                yield
            if not self._resumption.takes(step):
                return False
        return True

    def _likeliest(self, gap: Gap, after: Sequence[Step]) -> Generator[None, None, Arrival | None]:
        """The likeliest way to do the re-opened task after which these steps are possible; None where none is found.

        The state is left as it is now.
        """
        first = self._cell(gap.number) if gap.number else self._resumption.program.root
        bound = 0 if first is None else first.task.bound
        walk = _Reopened(self._resumption, bound)
        agenda: Cell | None = first
        best: Arrival | None = None
        nodes, most = 0, self._nodes
        while (agenda is not None or walk.choices) and nodes < most:
            yield
            for _ in range(NODES_A_SLICE):
                agenda = agenda.task.advance(walk, agenda) if agenda is not None else walk.retreat()
                nodes += 1 + walk.effort
                walk.effort = 0
                is_over = walk.arrived is not None or (agenda is None and not walk.choices)
                if is_over or walk.looked > LOOKS_A_SLICE:
                    break
            walk.looked = 0
            if walk.arrived is not None:
                arrival, walk.arrived = walk.arrived, None
                nodes += len(after) // NODES_A_SLICE
                if (yield from self._goes_on(after)):
                    best, walk.limit = arrival, arrival.rank
                    most = min(most, nodes + self._nodes // _POLISH)
            if first is not None and best is None and walk.is_lost(agenda, is_late=nodes * 4 > self._nodes):
                yield from walk.begin_again(
                    _FEWEST_PARTS + 2 * parts_of(bound) if walk.most_parts is WORST else 2 * walk.most_parts
                )
                agenda = first
        yield from walk.begin_again(WORST)
        return best

    def _goes_on(self, after: Sequence[Step]) -> Generator[None, None, bool]:
        """Whether these steps are possible from here. The state is left as it is now."""
        state = self._resumption.state
        mark, hashed = len(state.trail), state.hash
        possible = yield from self._takes(after)
        yield from state.rewound(mark, hashed)
        return possible


class _Reopened(Walk):
    """A walk that begins in the middle, and tells of every plan it comes to."""

    __slots__ = ("arrived",)

    def __init__(self, resumption: Resumption, bound: int) -> None:
        super().__init__(resumption.state, 1, bound)
        self.arrived: Arrival | None = None
        """A plan that it has just come to; None when that was looked at."""

    def arrive(self) -> None:
        if self.rank < self.limit:
            self.arrived = Arrival(rank=self.rank, path=list(self.path))

    def is_lost(self, agenda: Cell | None, *, is_late: bool) -> bool:
        """Whether to begin again with smaller plans first, or now with larger ones."""
        is_exhausted = agenda is None and not self.choices
        if self.most_parts is WORST:
            return is_late and not is_exhausted
        return self.is_cut and is_exhausted


def steps_below(plan: FoundPlan, number: int) -> list[int]:
    """The steps that a task of the tree has come to; a step itself."""
    found: list[int] = []
    waiting = [number]
    while waiting:
        one = waiting.pop()
        if plan.tree[one].method:
            waiting.extend(plan.tree[one].children)
        else:
            found.append(one)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Hopeless:
    """What plainly can't be any more: by what is known of the goal, and by facts that no step changes."""

    methods: frozenset[str]
    steps: frozenset[str]


def hopeless_in(analysis: Analysis, problem: Problem) -> Hopeless:
    """The methods that can't be chosen and the steps that can't be taken, by their names."""
    domain = analysis.domain
    ground = Ground(
        state=run_through(initial_state(domain, problem)),
        context=context_of(domain, problem),
        changing=analysis.footprints.changing,
    )
    impossible = Impossible(ground)
    return Hopeless(methods=impossible.among(domain.methods), steps=impossible.among(domain.primitives))
