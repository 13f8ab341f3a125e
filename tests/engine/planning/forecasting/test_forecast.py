"""The forecast: what holds for every problem, and what small ones come to by hand."""

import datetime as dt
import random
import statistics
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInputError
from engine.planning.forecasting.draws import draw
from engine.planning.forecasting.durations import LONGEST, Fixed, ThreePoint
from engine.planning.forecasting.forecast import SAMPLES, forecast
from engine.planning.forecasting.layout import lay_out
from engine.planning.forecasting.model import Capacities, ForecastProblem, Holder, Person, Prospect, Resource
from engine.planning.forecasting.playing import play
from engine.planning.forecasting.starting import behind_all
from engine.planning.slices import run_through
from engine.values import TaskNumber
from tests.engine.planning.forecasting.problems import (
    BY,
    NIGHTS,
    NOW,
    hours,
    longest_path,
    median,
    of,
    problem,
    run_by_events,
    some_tasks,
    task,
)
from tests.examples import examples

seeds = st.integers(0, 2**32)


def a_problem(seed: int, count: int) -> ForecastProblem:
    dice = random.Random(seed)
    tasks = some_tasks(dice, count, (Holder.SLOT, Holder.PERSON, Holder.NOTHING))
    capacities = Capacities(
        slots=dice.randint(1, 4),
        people={"": Person(calendar=NIGHTS.calendar, attention=dice.randint(1, 3))},
        resources={"gpu": Resource(capacity=1)},
    )
    tasks = tuple(
        replace(each, resources=("gpu",), odds=0.8, attempts=3) if each.holds is Holder.SLOT else each for each in tasks
    )
    return problem(*tasks, capacities=capacities, deadline=NOW + hours(dice.uniform(1, 300)))


@given(seeds, st.integers(1, 12))
def test_the_range_is_in_order_and_nothing_ends_before_now(seed: int, count: int) -> None:
    found = forecast(a_problem(seed, count), seed=seed, samples=50)
    assert found.end is not None
    assert found.made_at <= found.end.p10 <= found.end.p50 <= found.end.p90
    assert list(found.ends) == sorted(found.ends)
    assert all(moment.tzinfo is dt.UTC for moment in found.ends)
    for each in found.tasks.values():
        assert each.start is not None
        assert each.end is not None
        assert NOW <= each.start <= each.end.p50
        assert each.end.p10 <= each.end.p50 <= each.end.p90 <= found.ends[-1]
        assert 0 <= each.criticality <= 1
    assert found.deadline_odds is not None
    assert found.on_time_odds is not None
    assert found.success_odds is not None
    assert 0 <= found.deadline_odds <= found.on_time_odds <= 1
    assert found.deadline_odds <= found.success_odds <= 1


@given(seeds, st.integers(1, 12))
def test_the_same_seed_gives_the_same_forecast(seed: int, count: int) -> None:
    posed = a_problem(seed, count)
    assert forecast(posed, seed=seed, samples=50) == forecast(posed, seed=seed, samples=50)


@pytest.mark.long
def test_another_seed_gives_another_but_nearly_the_same_forecast() -> None:
    posed = a_problem(3, 30)
    found = [forecast(posed, seed=seed) for seed in range(20)]
    middles = [median(each) / hours(1) for each in found]
    ends = [each.end for each in found if each.end is not None]
    width = statistics.mean((end.p90 - end.p10) / hours(1) for end in ends)
    assert len(set(middles)) > 1
    assert statistics.stdev(middles) < width / 30


@given(seeds, st.integers(1, 12), st.floats(0, 1_000), st.floats(0, 1_000))
def test_a_later_deadline_is_never_less_likely(seed: int, count: int, sooner: float, more: float) -> None:
    posed = a_problem(seed, count)
    odds = [
        forecast(replace(posed, deadline=NOW + hours(until)), seed=seed, samples=50).deadline_odds
        for until in (sooner, sooner + more)
    ]
    assert odds[0] is not None
    assert odds[1] is not None
    assert odds[0] <= odds[1]


@given(seeds, st.integers(2, 25), st.integers(1, 4))
def test_more_slots_never_make_it_much_later(seed: int, count: int, slots: int) -> None:
    tasks = some_tasks(random.Random(seed), count)
    few, more = (
        median(forecast(problem(*tasks, capacities=Capacities(slots=many)), seed=seed, samples=100))
        for many in (slots, slots + 1)
    )
    # whoever gives free places to the most urgent can lose a little by having more of them; all other noise is the same
    assert more <= few * 1.15


@pytest.mark.long
def test_on_the_whole_more_slots_make_it_earlier_until_there_are_enough() -> None:
    graphs = [some_tasks(random.Random(seed), 40) for seed in range(10)]
    middles = [
        sum(median(of(*tasks, capacities=Capacities(slots=slots))) / hours(1) for tasks in graphs)
        for slots in (1, 2, 4, 8, 40, 80)
    ]
    assert middles[:5] == sorted(middles[:5], reverse=True)
    assert middles[0] > 2 * middles[4]
    assert middles[4] == middles[5]


@given(seeds, st.integers(1, 20))
def test_where_nothing_is_short_each_case_ends_with_its_longest_path(seed: int, count: int) -> None:
    tasks = some_tasks(random.Random(seed), count)
    layout = lay_out(problem(*tasks))
    assert not layout.pools
    draws = run_through(draw(layout, NOW, seed, 20))
    played = run_through(play(layout, draws, behind_all([step.after for step in layout.steps])))
    for case in range(20):
        takes = [float(draws.left[index, case]) for index in range(count)]
        assert played.end[:, case].max() == pytest.approx(longest_path(tasks, takes))
        on_path = [takes[index] for index in range(count) if played.critical[index, case]]
        assert sum(on_path) == pytest.approx(longest_path(tasks, takes))  # what is critical is one unbroken path


@given(seeds, st.integers(1, 20), st.integers(1, 4))
def test_when_nothing_varies_slots_are_given_as_the_executor_would(seed: int, count: int, slots: int) -> None:
    dice = random.Random(seed)
    tasks = tuple(
        replace(each, duration=Fixed(hours=dice.randint(1, 9) + dice.random())) for each in some_tasks(dice, count)
    )
    takes = [each.duration.hours for each in tasks if isinstance(each.duration, Fixed)]
    found = forecast(problem(*tasks, capacities=Capacities(slots=slots)), seed=1, samples=3)
    expected = run_by_events(tasks, takes, slots)
    assert median(found) / hours(1) == pytest.approx(expected, abs=0.001)
    assert found.end is not None
    assert found.end.p10 == found.end.p90


@pytest.mark.sample(1)
@pytest.mark.parametrize("slots", [1, 2, 4])
def test_one_order_for_all_cases_is_at_most_a_few_per_cent_late(slots: int) -> None:
    errors = []
    for seed in range(6):
        tasks = some_tasks(random.Random(seed), 60)
        layout = lay_out(problem(*tasks, capacities=Capacities(slots=slots)))
        draws = run_through(draw(layout, NOW, seed, 100))
        by_events = statistics.median(
            run_by_events(tasks, [float(value) for value in draws.left[:, case]], slots) for case in range(100)
        )
        found = forecast(problem(*tasks, capacities=Capacities(slots=slots)), seed=seed, samples=100)
        errors.append(median(found) / hours(1) / by_events - 1)
    assert -0.01 < statistics.mean(errors) < 0.05
    assert max(map(abs, errors)) < 0.15


def test_a_plan_without_chance_ends_with_its_critical_path() -> None:
    #  1 (2) ── 2 (3) ── 4 (1.5)      2 + 5 + 1.5 = 8.5
    #      └─── 3 (5) ──┘ 5 (7) alone
    found = of(task(1, takes=2), task(2, 1, takes=3), task(3, 1, takes=5), task(4, 2, 3, takes=1.5), task(5, takes=7))
    assert found.end is not None
    assert found.end.p10 == found.end.p50 == found.end.p90 == NOW + hours(8.5)
    assert {number: each.criticality for number, each in found.tasks.items()} == {1: 1, 2: 0, 3: 1, 4: 1, 5: 0}
    assert [each.task for each in found.matters] == [1, 3, 4]
    assert found.tasks[TaskNumber(4)].start == NOW + hours(7)
    assert found.success_odds == 1.0
    assert (found.deadline_odds, found.on_time_odds) == (None, None)
    assert found.samples == SAMPLES


def test_the_odds_of_a_deadline_count_what_fails_as_missing_it() -> None:
    tasks = (task(1, takes=2, odds=0.5), task(2, 1, takes=2, odds=0.5))
    in_time = of(*tasks, deadline=NOW + hours(4))
    assert (in_time.on_time_odds, in_time.success_odds, in_time.deadline_odds) == (1.0, 0.25, 0.25)
    late = of(*tasks, deadline=NOW + hours(3.9))
    assert (late.on_time_odds, late.success_odds, late.deadline_odds) == (0.0, 0.25, 0.0)


def test_what_has_begun_is_behind_nothing_any_more() -> None:
    found = of(task(1, takes=5), task(2, 1, takes=4, begun_at=NOW - hours(1)))
    end = found.tasks[TaskNumber(2)].end
    assert end is not None
    assert end.p50 == NOW + hours(3)


def test_a_counted_task_has_the_share_before_it_that_is_not_done() -> None:
    assert median(of(task(1, takes=10, done_share=0.8))) == hours(2)
    slow = of(task(1, takes=10, done_share=0.5, begun_at=NOW - hours(20)))
    assert median(slow) == hours(10)


def test_nothing_begins_before_its_moment() -> None:
    found = of(task(1, takes=2, not_before=NOW + hours(30)), task(2, takes=2, not_before=NOW - hours(30)))
    assert found.tasks[TaskNumber(1)].start == NOW + hours(30)
    assert found.tasks[TaskNumber(2)].start == NOW


def test_a_known_end_is_kept_however_early_the_task_begins() -> None:
    until = NOW + hours(50)
    found = of(task(1, takes=0, holds=Holder.NOTHING, ends=(until,)), task(2, 1, takes=1))
    assert median(found) == hours(51)
    too_late = of(task(1, takes=60), task(2, 1, takes=0, holds=Holder.NOTHING, ends=(until,)))
    assert median(too_late) == hours(60)


def test_a_goal_without_tasks_or_one_that_is_done_ends_when_it_did() -> None:
    done_at = NOW - hours(5)
    for posed, end in (
        (problem(), NOW),
        (problem(prospect=Prospect.DONE, done_at=done_at, deadline=NOW - hours(4)), done_at),
    ):
        found = forecast(posed, seed=1)
        assert found.end is not None
        assert found.end.p10 == found.end.p50 == found.end.p90 == end
        assert (found.success_odds, found.tasks, found.predicted, found.samples) == (1.0, {}, (), 0)
        assert found.deadline_odds == (None if posed.deadline is None else 1.0)
    late = forecast(problem(prospect=Prospect.DONE, done_at=done_at, deadline=NOW - hours(6)), seed=1)
    assert late.deadline_odds == 0.0


def test_of_a_goal_that_was_given_up_or_has_no_plan_there_is_no_end() -> None:
    given_up = forecast(problem(prospect=Prospect.ENDED, deadline=NOW + hours(5)), seed=1)
    assert (given_up.end, given_up.success_odds, given_up.deadline_odds) == (None, 0.0, 0.0)
    unplanned = forecast(problem(prospect=Prospect.UNPLANNED, deadline=NOW + hours(5)), seed=1)
    assert (unplanned.end, unplanned.success_odds, unplanned.deadline_odds) == (None, None, None)


def test_tasks_that_wait_for_each_other_or_for_what_is_not_there_are_refused() -> None:
    for tasks in ((task(1, 2), task(2, 1)), (task(1, 1),), (task(1, 9),), (task(1, only_if=(TaskNumber(9), "yes")),)):
        with pytest.raises(InvalidInputError):
            of(*tasks)
    with pytest.raises(InvalidInputError):
        Capacities(slots=0)
    with pytest.raises(InvalidInputError):
        Capacities(people={"": Person(attention=0)})


def test_the_longest_tasks_still_end_on_a_day_that_a_calendar_has() -> None:
    chain = [
        task(number, *([number - 1] if number > 1 else []), takes=LONGEST * 9, holds=BY) for number in range(1, 40)
    ]
    found = of(*chain, capacities=Capacities(people={"": NIGHTS}))
    assert found.end is not None
    assert found.end.p90.year < 9_000


@pytest.mark.long
def test_a_goal_of_thousands_of_tasks_gets_fewer_cases_and_one_of_a_thousand_all() -> None:
    plenty = Capacities(slots=4_000)
    assert of(*(task(number) for number in range(1, 4_001)), capacities=plenty).samples == 500
    assert of(*(task(number) for number in range(1, 1_001)), capacities=plenty).samples == SAMPLES
    few = forecast(problem(task(1)), seed=-7, samples=0)
    assert few.samples == 1


@examples(8)
@given(seeds)
def test_a_long_chain_of_many_ranges_is_as_sharp_as_it_should_be(seed: int) -> None:
    estimate = ThreePoint(low=1, likely=2, high=6)
    chain = [task(number, *([number - 1] if number > 1 else []), takes=estimate) for number in range(1, 31)]
    found = forecast(problem(*chain), seed=seed)
    assert median(found) / hours(1) == pytest.approx(30 * 2.5, rel=0.01)
    assert found.end is not None
    # the spread of one is 0.88 hours; of the sum of thirty independent ones 4.8, and 80 % lie within 2.56 of that
    assert (found.end.p90 - found.end.p10) / hours(1) == pytest.approx(12.3, rel=0.1)


@pytest.mark.long  # a process of its own; tests/bot/test_start.py looks at what a bot has imported
def test_numpy_is_loaded_by_the_first_forecast_and_not_before() -> None:
    program = (
        "import sys; import engine.planning.forecasting.forecast, engine.planning.forecasting.from_goal; "
        "assert 'numpy' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_forecast_of_a_sub_goal_can_be_handed_to_its_parent() -> None:
    child = of(task(1, takes=ThreePoint(low=10, likely=20, high=60)))
    parent = of(task(1, takes=0, holds=Holder.NOTHING, ends=child.ends))
    assert child.end is not None
    assert parent.end is not None
    for theirs, ours in ((child.end.p10, parent.end.p10), (child.end.p50, parent.end.p50)):
        assert abs((ours - theirs) / hours(1)) < 0.3
