"""What a repair costs beside planning from nothing: one failure in the middle of a plan of thousands of steps.

Both are timed from the problem to the plan with its tree, graph and figures, and both begin with an analysed domain.
"""

from collections.abc import Callable
from time import perf_counter

from benchmarks.figures import Figure, Wanted, beside, quantile
from benchmarks.repair_domain import PROJECT, project
from benchmarks.sizes import Sizes
from engine.planning.htn.analysis import Analysis, analysed
from engine.planning.htn.outcome import FoundPlan
from engine.planning.htn.repair import Broken, Mended, Repairing
from engine.planning.htn.repair_resuming import doing_of
from engine.planning.htn.search import Search
from engine.planning.htn.search import Wanted as Looked
from engine.planning.language.domain import Problem

_MOST = 0.6


def measure(sizes: Sizes) -> list[Figure]:
    """For each size the time of a repair beside that of planning, its slices, and the finished steps repeated."""
    analysis = analysed(PROJECT)
    return [figure for steps in sizes.repaired for figure in _of_size(analysis, steps, sizes.rounds)]


def _of_size(analysis: Analysis, steps: int, rounds: int) -> list[Figure]:
    problem = project(steps)
    pairs: list[tuple[float, float]] = []
    slices: list[float] = []
    repeated = 0
    for _ in range(rounds):
        plan, planning = _planned(analysis, problem)
        broken = broken_in_the_middle(plan)
        mended, repairing, own = _repaired(analysis, problem, broken)
        pairs.append((repairing, planning))
        slices += own
        repeated += steps_repeated(broken, mended)
    name = f"repair of a plan of {steps:,} steps"
    against = "planning from nothing"
    time = beside(f"{name}, one failure in the middle", "ms", pairs, against=against)
    return [
        Figure(
            name=time.name,
            unit=time.unit,
            value=time.value,
            peer=time.peer,
            ratio=time.ratio,
            against=against,
            wanted=Wanted(bound=_MOST, of_ratio=True),
        ),
        Figure(name=f"{name}, longest hold of the event loop, p99", unit="ms", value=quantile(slices, 0.99)),
        Figure(name=f"{name}, finished steps repeated", unit="steps", value=repeated, wanted=Wanted(bound=0)),
    ]


def broken_in_the_middle(plan: FoundPlan) -> Broken:
    """The first half of a plan is done when the next building step fails."""
    half = len(plan.steps) // 2
    place = next(n for n, step in enumerate(plan.steps) if n >= half and step.primitive.name.startswith("build"))
    return Broken(plan=plan, done=plan.steps[:place], node=plan.steps[place].number)


def steps_repeated(broken: Broken, mended: Mended) -> int:
    """How many steps that were finished are to be done once more."""
    done = {doing_of(step) for step in broken.done}
    return sum(doing_of(step) in done for step in mended.plan.steps if step.number in mended.added)


def _planned(analysis: Analysis, problem: Problem) -> tuple[FoundPlan, float]:
    begin = perf_counter()
    search = Search(analysis, problem, Looked(plans=1, nodes=10_000_000))
    while not search.run():
        pass
    return search.outcome.plans[0], (perf_counter() - begin) * 1000


def _repaired(analysis: Analysis, problem: Problem, broken: Broken) -> tuple[Mended, float, list[float]]:
    begin = perf_counter()
    repairing = Repairing(analysis, problem, broken)
    slices = _timed(repairing.run)
    took = (perf_counter() - begin) * 1000
    assert repairing.outcome is not None
    return repairing.outcome, took, slices


def _timed(run: Callable[[], bool]) -> list[float]:
    slices: list[float] = []
    is_done = False
    while not is_done:
        begin = perf_counter()
        is_done = run()
        slices.append((perf_counter() - begin) * 1000)
    return slices
