"""The search for the best plans, in slices: whoever runs it decides how long it may go on at a time.

What counts as a plan: the tasks of the problem are decomposed by methods until only primitive tasks are left, and these
can be carried out one after the other from the start state. Conditions of a method hold at the moment it is chosen,
those of a primitive when it is carried out. Tasks that their method leaves unordered may be interleaved in any way.

The best plan is the likeliest; of equally likely ones the cheapest; of these the one with the least hours of work; and
then the one with the fewest parts. Plans are the same when their steps are (work, title and inputs), as many of each;
of the ways to one set of steps the best one counts. A plan that goes in a circle is a plan too, but never a better one.

The search goes in depth, likeliest method first, with a bound that never overestimates: the cheapest derivation of what
is left when no condition is looked at. So it has a plan early, and can tell at any time how much better one could be.
When the first dive finds too little it begins again, with small plans first, so that no endless recursion holds it.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import InvalidInputError
from engine.planning.htn.analysis import Analysis, analysed
from engine.planning.htn.assembly import assembled
from engine.planning.htn.compiling import Ban, Program, compiling
from engine.planning.htn.figures import Tilt
from engine.planning.htn.outcome import Ending, FoundPlan, Outcome
from engine.planning.htn.ranking import WORST, parts_of, probability_of
from engine.planning.htn.walk import Arrival, Cell, Walk
from engine.planning.language.checking import find_problem_flaws
from engine.planning.language.domain import Domain, Problem
from engine.planning.slices import shortened

NODES_A_SLICE = 32
"""About a quarter of a millisecond; where much goes on side by side, a few."""
LOOKS_A_SLICE = 400
"""Rows, strands and footprints that are looked at: a millisecond or two, beyond that of one step."""
CHOICES_A_SLICE = 256
FEWEST_PARTS = 16
"""How large plans may be, beyond the least, when the search begins again with small ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for, and how hard."""

    plans: int = 3
    """How many different plans."""
    nodes: int = 50_000
    """Steps of the search at the most."""
    polish: int | None = None
    """How many steps it may go on for once it has found so many plans, to find better ones; None for no such bound."""
    seconds: float | None = None
    """How long it may take by the clock handed in; None for as long as the nodes last."""
    seed: int = 0
    """0 tries methods that are equally good as they are listed; other numbers shuffle them."""
    bans: tuple[Ban, ...] = ()
    """Methods that must not be chosen for certain tasks."""
    tilt: Tilt | None = None
    """What time and money count beside odds; None where they only settle ties."""
    worth: Callable[[Arrival], bool] = lambda one: True
    """Whether a plan that was found is worth assembling, which takes longest; asked of all of them, best first."""


class Phase(StrEnum):
    """What a search is at."""

    PREPARING = "preparing"
    """The methods that can be come to are laid out for this problem."""
    SEARCHING = "searching"
    ASSEMBLING = "assembling"
    """The plans that were found get their trees, graphs and figures."""
    DONE = "done"


class Search:
    """One search. Call `run` until it says that it is done; then `outcome` tells.

    For many searches in one domain hand in its `Analysis`. Raises `InvalidInputError` for an unsound domain.
    """

    _program: Program
    _walk: Walk

    def __init__(
        self, domain: Domain | Analysis, problem: Problem, wanted: Wanted, clock: Callable[[], float] | None = None
    ) -> None:
        self._analysis = analysed(domain) if isinstance(domain, Domain) else domain
        self._problem = problem
        self._wanted = wanted
        self._clock = clock
        self._program: Program  # both come with the first slices
        self._walk: Walk
        self._begin(self._compiled())

    def again(self, wanted: Wanted) -> None:
        """Search the same problem once more, for other plans, after the first search is done; seed and bans stay.

        Steps are called the same in all searches, so that `worth` knows a plan again.
        """
        self._wanted = wanted
        self._begin(self._program.ranked(wanted.tilt))

    def _begin(self, program: Generator[None, None, Program]) -> None:
        wanted, clock = self._wanted, self._clock
        self._until = None if clock is None or wanted.seconds is None else clock() + wanted.seconds
        self._nodes = 0
        self._enough_at: int | None = None  # how many steps it took to find as many plans as wanted; None before
        self._is_cancelled = False
        self._outcome: Outcome | None = None  # None until it is done
        self._phase = Phase.PREPARING
        self._slices = self._work(program)

    @property
    def phase(self) -> Phase:
        """What it is at."""
        return self._phase

    @property
    def found(self) -> int:
        """How many of the plans it looks for it has found."""
        return 0 if self._phase is Phase.PREPARING else len(self._walk.found)

    def run(self, slices: int = 1) -> bool:
        """Go on for so many slices, of less than a millisecond mostly; whether it is done.

        Raises `InvalidInputError` in one of the first for an unsound problem.
        """
        for _ in range(slices):
            if next(self._slices, self) is self:
                break
        return self._outcome is not None

    def cancel(self) -> None:
        """Come to an end with what has been found so far, at the next slice."""
        self._is_cancelled = True

    @property
    def outcome(self) -> Outcome:
        """What was found. Raises `RuntimeError` before it is done."""
        if self._outcome is None:
            raise RuntimeError("the search goes on")
        return self._outcome

    def _work(self, program: Generator[None, None, Program]) -> Iterator[None]:
        self._program = yield from program
        self._walk = Walk(self._program.ground.state, self._wanted.plans, self._program.bound)
        yield from self._program.lay_out()
        self._phase = Phase.SEARCHING
        agenda, ending = self._program.root, Ending.COMPLETE
        is_open = agenda is not None
        while is_open:
            stop = self._stop()
            if stop is not None:
                ending = stop
                break
            yield
            agenda = self._explored(agenda)
            is_open = agenda is not None or bool(self._walk.choices)
            if self._is_lost() or (self._walk.is_cut and not is_open):
                yield from self._walk.begin_again(self._more_parts())
                agenda, is_open = self._program.root, True
        self._phase = Phase.ASSEMBLING
        yield
        least = (yield from self._least_open(agenda)) if is_open else WORST
        plans = yield from self._assembled()
        self._outcome = Outcome(
            plans=tuple(plans),
            found=len(self._walk.found),
            ending=ending,
            proven=sum(one.rank <= least for one in self._walk.found.values()),
            at_most=probability_of(min(least, self._walk.limit)),
            nodes=self._nodes,
        )
        self._phase = Phase.DONE

    def _compiled(self) -> Generator[None, None, Program]:
        for flaw in (yield from find_problem_flaws(self._analysis.domain, self._problem))[:1]:
            raise InvalidInputError(".".join(map(str, flaw.path)), flaw.problem, flaw.accepts)
        wanted = self._wanted
        return (yield from compiling(self._analysis, self._problem, wanted.seed, wanted.bans, wanted.tilt))

    def _assembled(self) -> Generator[None, None, list[FoundPlan]]:
        """The plans found that are worth it, best first."""
        yield from self._walk.state.rewound(0, self._program.start)
        yield from self._walk.leave()
        plans: list[FoundPlan] = []
        for arrival in sorted(self._walk.found.values(), key=lambda one: one.rank):
            if self._wanted.worth(arrival):
                plan = yield from assembled(self._program, arrival)
                plans.append(plan)
            yield from shortened(arrival.path)
        return plans

    def _stop(self) -> Ending | None:
        """Why to stop now; None to go on."""
        if self._is_cancelled:
            return Ending.CANCELLED
        if self._nodes >= self._wanted.nodes:
            return Ending.NODES
        if self._enough_at is None and len(self._walk.found) >= self._wanted.plans:
            self._enough_at = self._nodes
        polish = self._wanted.polish
        if self._enough_at is not None and polish is not None and self._nodes >= self._enough_at + polish:
            return Ending.ENOUGH
        if self._clock is not None and self._until is not None and self._clock() >= self._until:
            return Ending.TIME
        return None

    def _is_lost(self) -> bool:
        """Whether the first dive has taken long and found little: it may be far down where nothing is."""
        found, wanted = len(self._walk.found), self._wanted
        share = 2 if found else 4
        return self._walk.most_parts == WORST and found < wanted.plans and self._nodes * share > wanted.nodes

    def _more_parts(self) -> int:
        """How large plans may be from now on."""
        if self._walk.most_parts == WORST:
            return FEWEST_PARTS + 2 * parts_of(self._program.bound)
        return 2 * self._walk.most_parts

    def _explored(self, agenda: Cell | None) -> Cell | None:
        """The agenda a few steps on; None at a dead end, and when nothing that is left could be better."""
        walk, bound = self._walk, self._program.bound
        nodes, until = self._nodes, min(self._nodes + NODES_A_SLICE, self._wanted.nodes)
        walk.looked = 0
        while nodes < until:
            nodes += 1
            if agenda is not None:
                agenda = agenda.task.advance(walk, agenda)
            if agenda is None:
                if walk.limit <= bound:
                    walk.give_up()
                if not walk.choices:
                    break
                agenda = walk.retreat()
            if walk.looked:
                nodes += walk.effort
                walk.effort = 0
                if walk.looked > LOOKS_A_SLICE:
                    break
        self._nodes = nodes
        return agenda

    def _least_open(self, agenda: Cell | None) -> Generator[None, None, int]:
        """The least rank that a plan not found yet can have; `agenda` is where the walk stands, None at a dead end."""
        walk = self._walk
        if walk.is_cut:
            return self._program.bound
        least = WORST if agenda is None else walk.rank
        for number, choice in enumerate(walk.choices):
            if not number % CHOICES_A_SLICE:
                yield
            least = min(least, choice.bound())
        return least
