"""How fast plans are found: beside GTPyhop on the same problems, with the same plans, in the same minutes.

Timed is the search, from a problem that is ready (the state in tables, the methods laid out) to a plan with all its
steps in order, which is what the peer gives, from a state and methods that are ready too. «All told» is from the
problem as it is handed in to a plan with its tree, its partial order, odds, hours and costs, which the peer doesn't
give; slack and the critical path are worked out only when they are asked for, and are in none of these. The peer gets
each problem once a round, in a process of its own, and times itself. All times are of the CPU: both compute in one
thread and wait for nothing, and what else goes on beside them disturbs that least.

The growth exponent is the slope of a straight line through the logarithms of steps and seconds (least squares).
Nothing touches Python's recursion limit. Ours is the search that plans goals, through its own front door.
"""

import gc
import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import process_time

from benchmarks.figures import Figure, Wanted, beside
from benchmarks.htn_domains import Sample, blocks, chain, logistics
from benchmarks.planning_peer import LONGEST, PEER, PeerPlan, PlanningPeer
from benchmarks.planning_project import project
from benchmarks.sizes import Sizes
from engine.planning.htn.analysis import Analysis, analysed
from engine.planning.htn.outcome import FoundPlan
from engine.planning.htn.search import Phase, Search
from engine.planning.htn.search import Wanted as WantedPlans
from engine.planning.slices import full_collections_put_off

SAMPLES: dict[str, Callable[[int], Sample]] = {
    "chain": chain,
    "blocks": blocks,
    "logistics": logistics,
    "project": project,
}
FASTER = {"chain": 10.0, "blocks": 10.0, "logistics": 100.0, "project": 100.0}
"""How many times the peer's speed is wanted, at the judged size."""
JUDGED = 1_000
WITH_FIXED = ("logistics", "project")
"""The domains in which much is known that never changes."""
REPEATS = 25
"""Searches of ours in each round, of which the median counts: one takes milliseconds only."""
RUNS = 3
"""Runs of ours to the end, of which the median counts."""
EVERYTHING = 10**8
MOST_GROWTH = 1.25
LONGEST_SLICE = 10.0
"""Milliseconds that whoever waits for the event loop may be held up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of ours."""

    search: float
    """Seconds from a problem that is ready to a plan."""
    whole: float
    """Seconds from the problem as it is handed in to the plan with its tree and order."""
    slice: float
    """Seconds of the longest slice; that in which the search is made counts as one."""
    own: float
    """The same without what the garbage collector took in it."""
    plan: FoundPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A problem of so many steps, with its domain analysed: that is done once for all problems."""

    name: str
    steps: int
    sample: Sample
    analysis: Analysis

    @property
    def title(self) -> str:
        """What its figures begin with."""
        return f"planning: {self.name}, {self.steps:,} steps"

    def run(self) -> Run:
        """Plan it to the end."""
        gc.collect()
        slices: list[_Slice] = []
        with full_collections_put_off(), _collections() as collected:  # as on the event loop
            slices.append(_Slice(Phase.PREPARING, collected))
            search = self._begun()
            slices[-1].end()
            while search.phase is not Phase.DONE:
                slices.append(_Slice(search.phase, collected))
                search.run()
                slices[-1].end()
        return Run(
            search=sum(one.seconds for one in slices if one.phase is Phase.SEARCHING),
            whole=sum(one.seconds for one in slices),
            slice=max(one.seconds for one in slices),
            own=max(one.seconds - one.collecting for one in slices),
            plan=search.outcome.plans[0],
        )

    def seconds(self) -> float:
        """Of the search alone, the median of many."""
        gc.collect()
        return statistics.median(self._searched() for _ in range(REPEATS))

    def _searched(self) -> float:
        search = self._begun()
        while search.phase is Phase.PREPARING:
            search.run()
        begin = process_time()
        while search.phase is Phase.SEARCHING:
            search.run()
        return process_time() - begin

    def _begun(self) -> Search:
        return Search(self.analysis, self.sample.problem, WantedPlans(plans=1, polish=0, nodes=EVERYTHING))


class _Slice:
    """One slice, and how long it took."""

    def __init__(self, phase: Phase, collected: list[float]) -> None:
        self.phase = phase
        self.seconds = self.collecting = 0.0
        """All of them, and those that the garbage collector took."""
        self._collected = collected
        self._begin, self._before = process_time(), collected[0]

    def end(self) -> None:
        """It is over."""
        self.seconds = process_time() - self._begin
        self.collecting = self._collected[0] - self._before


@contextmanager
def _collections() -> Iterator[list[float]]:
    """The seconds that the garbage collector takes meanwhile, as the only one in a list."""
    seconds, begin = [0.0], 0.0

    def note(phase: str, _: dict[str, int]) -> None:
        nonlocal begin
        if phase == "start":
            begin = process_time()
        else:
            seconds[0] += process_time() - begin

    gc.callbacks.append(note)
    try:
        yield seconds
    finally:
        gc.callbacks.remove(note)


def bench(name: str, steps: int) -> Bench:
    """The problem of so many steps in one of the domains."""
    sample = SAMPLES[name](steps)
    return Bench(name=name, steps=steps, sample=sample, analysis=analysed(sample.domain))


def measure(sizes: Sizes, peer: PlanningPeer | None) -> list[Figure]:
    """All figures about planning; without a peer, those that need it lack their ratio."""
    gc.collect()
    gc.freeze()  # what was read and made before is not looked through again and again while plans are found
    try:
        figures = [one for name in SAMPLES for n in sizes.planned for one in _beside(bench(name, n), sizes, peer)]
        for name in SAMPLES:
            figures += _alone(name, min(JUDGED, max(sizes.planned)), sizes.long_plans)
    finally:
        gc.unfreeze()
    return figures


def _beside(own: Bench, sizes: Sizes, peer: PlanningPeer | None) -> list[Figure]:
    """Steps a second, ours and the peer's; in more ways at the judged size."""
    done, rounds = own.run(), sizes.rounds if own.steps <= JUDGED else 1
    rates = [_rates(own, peer, done.plan) for _ in range(rounds)]
    figure = _figure(own.title, rates, peer)
    if own.steps != JUDGED:
        return [figure]
    figures = [replace(figure, wanted=Wanted(bound=FASTER[own.name], at_least=True, of_ratio=True))]
    if peer is not None and own.name in WITH_FIXED:
        fixed = [_rates(own, peer, done.plan, keeps_fixed_beside=True)]
        figures.append(_figure(f"{own.title}, the peer copies no fixed facts", fixed, peer))
    all_told = [(len(done.plan.steps) / done.whole, theirs) for _, theirs in rates]
    return [*figures, _figure(f"{own.title}, all told", all_told, peer)]


def _rates(
    own: Bench, peer: PlanningPeer | None, plan: FoundPlan, *, keeps_fixed_beside: bool = False
) -> tuple[float, float | None]:
    """Steps a second, ours and the peer's: None without a peer, and when it found no plan in time. Ours is measured
    before the peer and after it, because the speed of a shared machine changes from second to second."""
    seconds, theirs = own.seconds(), None
    if peer is not None:
        theirs = _rate_of(peer.plan(own.name, own.sample.peer, keeps_fixed_beside=keeps_fixed_beside), plan)
        seconds = (seconds + own.seconds()) / 2
    return len(plan.steps) / seconds, theirs


def _rate_of(theirs: PeerPlan | None, ours: FoundPlan) -> float | None:
    """The peer's steps a second, None for no plan. Raises `RuntimeError` when its plan is not ours, step by step."""
    if theirs is None:
        return None
    if theirs.steps != [[step.primitive.name, *step.values.values()] for step in ours.steps]:
        raise RuntimeError("the plans differ; the figures would mean nothing")
    return len(theirs.steps) / theirs.seconds


def _figure(title: str, rates: Sequence[tuple[float, float | None]], peer: PlanningPeer | None) -> Figure:
    pairs = [(ours, theirs) for ours, theirs in rates if theirs is not None]
    if len(pairs) == len(rates):
        return beside(title, "steps/s", pairs, against=PEER)
    against = "" if peer is None else f"{PEER}: no plan in {LONGEST} s"
    return Figure(name=title, unit="steps/s", value=statistics.median(ours for ours, _ in rates), against=against)


def _alone(name: str, judged: int, many: Sequence[int]) -> list[Figure]:
    """How long the event loop is held, how long very long plans take, and how that grows with their steps."""
    short = bench(name, judged)
    runs = [short.run() for _ in range(RUNS)]
    figures = _held(short, runs)
    taken = {len(runs[0].plan.steps): short.seconds()}
    for steps in many:
        own = bench(name, steps)
        done = own.run()
        taken[len(done.plan.steps)] = done.search
        figures.append(Figure(name=own.title, unit="s", value=done.search))
        figures.append(Figure(name=f"{own.title}, all told", unit="s", value=done.whole))
        figures += _held(own, [done])
    title = f"planning: {name}, growth exponent from {judged:,} to {max(many):,} steps"
    return [*figures, Figure(name=title, unit="", value=growth(taken), wanted=Wanted(bound=MOST_GROWTH))]


def _held(own: Bench, runs: Sequence[Run]) -> list[Figure]:
    """How long the event loop is held at a time, with the garbage collector and without."""
    wanted = Wanted(bound=LONGEST_SLICE)
    held = statistics.median(one.slice for one in runs) * 1_000
    alone = statistics.median(one.own for one in runs) * 1_000
    return [
        Figure(name=f"{own.title}, longest slice", unit="ms", value=held, wanted=wanted),
        Figure(name=f"{own.title}, longest slice but for the garbage collector", unit="ms", value=alone, wanted=wanted),
    ]


def growth(taken: dict[int, float]) -> float:
    """The exponent with which seconds grow, from seconds by steps: 1 is linear, 2 is quadratic."""
    steps, seconds = ([math.log(one) for one in own] for own in (taken.keys(), taken.values()))
    return statistics.linear_regression(steps, seconds).slope
