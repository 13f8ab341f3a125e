"""No slice is long, whatever the search is at: counted in calls, not in seconds, and it grows little with the plan."""

import sys
from dataclasses import replace
from types import FrameType

import pytest

from benchmarks.planning import SAMPLES
from engine.planning.htn.search import Phase, Search, Wanted
from engine.planning.language.domain import Domain, Problem, Subtask
from tests.engine.planning.htn.small import domain, problem, step, way

MOST_CALLS = 30_000
"""About three milliseconds."""


def calls_of(search: Search) -> dict[Phase, int]:
    """The most calls in a slice of each phase."""
    count = 0

    def count_call(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    most: dict[Phase, int] = {}
    while search.phase is not Phase.DONE:
        phase, count = search.phase, 0
        sys.setprofile(count_call)
        search.run()
        sys.setprofile(None)
        most[phase] = max(most.get(phase, 0), count)
    return most


def calls_of_slices(name: str, steps: int) -> dict[Phase, int]:
    """The same for a plan of so many steps."""
    sample = SAMPLES[name](steps)
    search = Search(sample.domain, sample.problem, Wanted(plans=2, polish=500))
    most = calls_of(search)
    assert len(search.outcome.plans[0].steps) >= steps * 0.8
    return most


@pytest.mark.parametrize("name", SAMPLES)
def test_a_slice_is_short_in_every_phase_of_a_long_plan(name: str) -> None:
    short, long = calls_of_slices(name, 200), calls_of_slices(name, 1_000)
    assert long.keys() == {Phase.PREPARING, Phase.SEARCHING, Phase.ASSEMBLING}
    assert max(long.values()) < MOST_CALLS
    for phase in (Phase.SEARCHING, Phase.ASSEMBLING):  # five times the steps
        assert long[phase] <= 2.5 * short[phase]


def hindered(tasks: int) -> tuple[Domain, Problem]:
    """Tasks side by side that all need one thing, each with another one that only comes about beside it."""
    own = domain(
        [
            step("take ?x", ["free", "ready ?x"], ["not free", "has ?x"]),
            step("give ?x", ["has ?x"], ["free"]),
            step("prepare ?x", does=["ready ?x"]),
        ],
        [way("use", "use", "take ?x", "give ?x"), way("get_ready", "get_ready", "prepare ?x")],
        ["use ?x", "get_ready ?x"],
    )
    calls = tuple(
        Subtask(label=f"{name} {number}", task=name, arguments=(f"n{number}",))
        for number in range(tasks)
        for name in ("use", "get_ready")
    )
    return own, replace(problem(facts=["free"]), tasks=calls)


@pytest.mark.parametrize("tasks", [8, 80])
def test_a_slice_is_short_where_much_goes_on_side_by_side(tasks: int) -> None:
    most = calls_of(Search(*hindered(tasks), Wanted(plans=1, polish=50, nodes=3_000)))
    assert most[Phase.SEARCHING] < MOST_CALLS


def test_a_slice_is_short_while_very_many_facts_are_read() -> None:
    names = [f"n{number}" for number in range(20_000)]
    own = domain([step("use ?x", ["here ?x"])])
    most = calls_of(Search(own, problem("use n7", facts=[f"here {name}" for name in names]), Wanted(plans=1)))
    assert most[Phase.PREPARING] < MOST_CALLS
