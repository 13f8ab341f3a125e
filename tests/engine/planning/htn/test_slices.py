"""No slice is long, whatever the search is at: counted in calls, not in seconds, and it grows little with the plan."""

import sys
from types import FrameType

import pytest

from benchmarks.planning import SAMPLES
from engine.planning.htn.search import Phase, Search, Wanted

MOST_CALLS = 30_000
"""About three milliseconds."""


def calls_of_slices(name: str, steps: int) -> dict[Phase, int]:
    """The most calls in a slice of each phase."""
    sample, count = SAMPLES[name](steps), 0
    search = Search(sample.domain, sample.problem, Wanted(plans=2, polish=500))

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
    assert len(search.outcome.plans[0].steps) >= steps * 0.8
    return most


@pytest.mark.parametrize("name", SAMPLES)
def test_a_slice_is_short_in_every_phase_of_a_long_plan(name: str) -> None:
    short, long = calls_of_slices(name, 200), calls_of_slices(name, 1_000)
    assert long.keys() == {Phase.PREPARING, Phase.SEARCHING, Phase.ASSEMBLING}
    assert max(long.values()) < MOST_CALLS
    for phase in (Phase.SEARCHING, Phase.ASSEMBLING):  # five times the steps
        assert long[phase] <= 2.5 * short[phase]
