"""Attempts that fail and choices that are open: what they do to the odds and to the end."""

from dataclasses import replace

import numpy as np
import pytest

from engine.planning.forecasting.durations import LogNormal
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.model import Capacities, ForecastTask
from engine.values import TaskNumber
from tests.engine.planning.forecasting.problems import BY, NOW, hours, median, of, problem, task


def choice(number: int, takes: float = 1.0, **options: float) -> ForecastTask:
    return task(number, takes=takes, holds=BY, options=options)


def test_failed_attempts_take_time_and_the_end_is_that_of_the_cases_that_succeed() -> None:
    one = task(1, takes=1, odds=0.5, attempts=3)
    found = forecast(problem(one), seed=1, samples=7_000)
    assert found.success_odds == pytest.approx(1 - 0.5**3)
    # of 7 successes 4 come at the first attempt, 2 at the second, 1 at the third
    lengths = np.array([(moment - NOW) / hours(1) for moment in found.ends])
    assert sorted(set(lengths)) == [1, 2, 3]
    assert found.end is not None
    assert (found.end.p10 - NOW, found.end.p50 - NOW, found.end.p90 - NOW) == (hours(1), hours(1), hours(3))
    assert found.tasks[TaskNumber(1)].odds == pytest.approx(0.875)
    on_time = forecast(replace(problem(one), deadline=NOW + hours(1)), seed=1, samples=7_000)
    assert on_time.on_time_odds == pytest.approx(4 / 7, abs=0.001)
    assert on_time.deadline_odds == pytest.approx(0.5, abs=0.001)


def test_the_failures_of_different_tasks_come_in_different_cases() -> None:
    chain = [task(number, *([number - 1] if number > 1 else []), odds=0.5, attempts=2) for number in range(1, 21)]
    found = of(*chain)
    assert found.end is not None
    assert median(found) == pytest.approx(hours(20 * 4 / 3), abs=hours(1))
    assert found.end.p90 - found.end.p10 < hours(8)


@pytest.mark.parametrize("odds", [0.0, 1e-12, 0.3, 0.999, 1.0])
def test_any_odds_can_be_forecast(odds: float) -> None:
    found = of(task(1, takes=LogNormal(median=2, sigma=0.4), odds=odds, attempts=5))
    assert found.success_odds == pytest.approx(1 - (1 - odds) ** 5)
    assert found.end is not None
    assert found.end.p10 > NOW


def test_other_odds_move_no_duration_of_another_task() -> None:
    tasks = (task(1, takes=LogNormal(median=2, sigma=0.4), attempts=3), task(2, takes=LogNormal(median=3, sigma=0.4)))
    plain, doubtful = of(*tasks), of(replace(tasks[0], odds=0.6), tasks[1])
    assert plain.tasks[TaskNumber(2)].end == doubtful.tasks[TaskNumber(2)].end


def test_a_road_is_taken_as_often_as_its_option_is_chosen() -> None:
    tasks = (
        choice(1, yes=0.75, no=0.25),
        task(2, 1, takes=10, only_if=(TaskNumber(1), "yes")),
        task(3, 1, takes=2, only_if=(TaskNumber(1), "no")),
        task(4, 2, 3, takes=1),
    )
    found = forecast(problem(*tasks), seed=1)
    assert found.tasks[TaskNumber(2)].live == pytest.approx(0.75, abs=0.002)
    assert found.tasks[TaskNumber(3)].live == pytest.approx(0.25, abs=0.002)
    assert found.end is not None
    assert (found.end.p10 - NOW, found.end.p50 - NOW) == (hours(4), hours(12))
    assert found.tasks[TaskNumber(2)].criticality == pytest.approx(0.75, abs=0.002)
    assert found.tasks[TaskNumber(4)].criticality == 1
    assert found.tasks[TaskNumber(3)].start == NOW + hours(1)


def test_what_is_behind_a_road_that_is_not_taken_hangs_on_the_choice() -> None:
    left_out = task(3, 1, 2, takes=50, only_if=(TaskNumber(1), "no"))
    found = of(choice(1, takes=4, yes=1.0, no=0.0), task(2, takes=30), left_out, task(4, 3, takes=60))
    assert [each.criticality for each in found.tasks.values()] == [1, 0, 0, 1]


def test_a_choice_behind_a_choice_is_made_only_where_the_first_leads() -> None:
    second = task(2, 1, takes=1, holds=BY, options={"a": 0.5, "b": 0.5}, only_if=(TaskNumber(1), "yes"))
    found = of(choice(1, yes=0.5, no=0.5), second, task(3, 2, takes=1, only_if=(TaskNumber(2), "a")))
    assert found.tasks[TaskNumber(3)].live == pytest.approx(0.25, abs=0.03)


def test_of_two_roads_the_one_that_fails_less_is_found_more_often_among_the_successes() -> None:
    tasks = (
        choice(1, bold=0.5, safe=0.5),
        task(2, 1, takes=2, odds=0.2, only_if=(TaskNumber(1), "bold")),
        task(3, 1, takes=20, odds=0.8, only_if=(TaskNumber(1), "safe")),
    )
    found = of(*tasks, deadline=NOW + hours(5))
    assert found.success_odds == pytest.approx(0.5, abs=0.002)
    assert found.tasks[TaskNumber(3)].live == pytest.approx(0.8, abs=0.002)
    assert found.deadline_odds == pytest.approx(0.1, abs=0.002)


def test_an_option_that_nobody_offers_is_never_chosen_and_a_choice_without_options_closes_no_road() -> None:
    found = of(choice(1, yes=1.0), task(2, 1, only_if=(TaskNumber(1), "maybe")))
    assert found.tasks[TaskNumber(2)].live == 0
    open_road = of(task(1), task(2, 1, only_if=(TaskNumber(1), "maybe")))
    assert open_road.tasks[TaskNumber(2)].live == 1


def test_a_road_that_is_never_taken_holds_nobody_up_and_takes_no_place() -> None:
    tasks = (
        choice(1, yes=1.0, no=0.0),
        task(2, takes=30),
        task(3, 1, 2, takes=50, only_if=(TaskNumber(1), "no")),
        task(4, 3, takes=1),
    )
    found = of(*tasks, capacities=Capacities(slots=2))
    assert found.tasks[TaskNumber(4)].start == NOW + hours(1)  # left out when the choice is made, not when 2 is done
    never = found.tasks[TaskNumber(3)]
    assert (never.live, never.start, never.end, never.criticality) == (0, None, None, 0)
