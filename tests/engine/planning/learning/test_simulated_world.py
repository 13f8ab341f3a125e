"""In worlds whose odds and durations are hidden, predictions are good once a kind was seen twenty times.

The worlds are those of the benchmark; its judged seeds are none of those that anything was chosen on.
"""

import statistics

import pytest

from benchmarks.hidden_world import GOALS, lives
from benchmarks.learning import JUDGED, RUNS, TUNED, Outcome, outcome_of
from engine.planning.learning.experience import History
from engine.planning.learning.replay import replayed

WORLDS = [seed if number < 1 else pytest.param(seed, marks=pytest.mark.long) for number, seed in enumerate(JUDGED)]
"""A second each: the others are for the long tests, and for the benchmark."""


@pytest.fixture(scope="module", params=WORLDS)
def outcome(request: pytest.FixtureRequest) -> Outcome:
    return outcome_of(lives(request.param))


def test_worlds_are_not_judged_that_anything_was_chosen_on() -> None:
    assert not set(JUDGED) & set(TUNED)


@pytest.mark.sample(0, in_ci=3)  # a second
def test_the_odds_beat_the_base_rate_and_the_plans_own(outcome: Outcome) -> None:
    found = outcome.calibration
    assert found.cases > 500
    assert found.brier is not None
    assert found.base_brier is not None
    assert outcome.plan.brier is not None
    assert found.brier < found.base_brier
    assert found.brier < outcome.plan.brier
    assert outcome.truth < found.brier, "nobody can know more than the truth: something would have been told"


@pytest.mark.sample(0, in_ci=3)  # all of a world
def test_half_of_the_estimates_are_off_by_less_than_forty_percent(outcome: Outcome) -> None:
    found, plan = outcome.calibration.median_error, outcome.plan.median_error
    assert found is not None
    assert plan is not None
    assert found < 0.4 < plan, "what the plan says is worse: there was something to learn"


@pytest.mark.sample(0, in_ci=3)  # all of a world
def test_the_range_of_eighty_percent_holds_seventy_to_ninety(outcome: Outcome) -> None:
    assert outcome.calibration.coverage is not None
    assert 0.7 <= outcome.calibration.coverage <= 0.9


@pytest.mark.sample(0, in_ci=3)  # all of a world
def test_the_ends_of_goals_are_off_by_less_than_forty_percent_at_the_median(outcome: Outcome) -> None:
    arrivals = outcome.arrivals
    assert len(arrivals) > 50
    assert statistics.median(abs(one.median - one.hours) / one.hours for one in arrivals) < 0.4


@pytest.mark.long  # all of a world
def test_a_world_has_two_hundred_goals_of_many_kinds_that_fail_and_drag_on() -> None:
    world = lives(TUNED[0])
    runs = [run for life in world for run in life.runs]
    assert len(world) == GOALS == 200
    assert world == lives(TUNED[0]), "the same seed is the same world"
    assert 0.5 < statistics.fmean(run.case.worked for run in runs) < 0.9
    assert len({run.case.doing.kind for run in runs}) == 9
    late = [one for one in replayed(History(experiences=tuple(run.case for run in runs))) if one.runs >= RUNS]
    assert len(late) < len(runs) - 9 * RUNS + 9 * 30, "the first runs of each kind are not judged"
