"""Predicted blockages: what is likely to stall or fail, and the numbers that say why."""

from dataclasses import replace

import pytest

from engine.planning.forecasting.durations import Fixed, LogNormal, Quantiles, ThreePoint
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.model import (
    Calendar,
    Capacities,
    ForecastTask,
    Holder,
    Person,
    PredictedBlockage,
    PredictedKind,
    Resource,
)
from engine.values import TaskNumber
from tests.engine.planning.forecasting.problems import NOW, hours, problem, task

BY = Holder.PERSON


def predicted(*tasks: ForecastTask, **facts: object) -> dict[tuple[PredictedKind, int], PredictedBlockage]:
    found = forecast(problem(*tasks, **facts), seed=1).predicted
    return {(one.kind, one.task): one for one in found}


def test_a_person_who_takes_two_days_is_foreseen_when_the_deadline_is_in_one() -> None:
    slow = LogNormal(median=48, sigma=0.5)
    found = predicted(task(1, takes=1, answer=slow, holds=BY), task(2, 1, takes=2), deadline=NOW + hours(26))
    assert list(found) == [(PredictedKind.PERSON, 1)]
    told = found[PredictedKind.PERSON, 1]
    assert told.takes == pytest.approx(48, rel=0.02)
    assert told.left == pytest.approx(24)  # what comes behind it takes two of the 26
    assert told.odds == pytest.approx(0.92, abs=0.01)
    assert told.criticality == 1.0


def test_nobody_is_blamed_while_the_deadline_is_likely_to_be_kept_or_there_is_none() -> None:
    slow = task(1, takes=1, answer=LogNormal(median=48, sigma=0.5), holds=BY)
    assert not predicted(slow, deadline=NOW + hours(80))
    assert not predicted(slow)


def test_what_is_late_through_others_is_not_blamed() -> None:
    tasks = (task(1, takes=1), task(2, 1, takes=100, holds=BY), task(3, 2, takes=1), task(4, takes=3))
    found = predicted(*tasks, deadline=NOW + hours(24))
    assert list(found) == [(PredictedKind.PERSON, 2)]


def test_what_is_small_beside_all_the_time_there_is_is_not_blamed() -> None:
    found = predicted(task(1, takes=97.5), task(2, 1, takes=3), deadline=NOW + hours(100))
    assert list(found) == [(PredictedKind.WORK, 1)]


def test_work_and_waits_that_are_too_long_are_told_apart() -> None:
    found = predicted(task(1, takes=30), deadline=NOW + hours(24))
    assert list(found) == [(PredictedKind.WORK, 1)]
    until = NOW + hours(50)
    found = predicted(task(1, takes=0, holds=Holder.NOTHING, ends=(until,)), deadline=NOW + hours(24))
    assert list(found) == [(PredictedKind.WAIT, 1)]
    assert found[PredictedKind.WAIT, 1].takes == pytest.approx(50)


def test_who_has_to_lift_a_blockage_may_be_what_takes_too_long() -> None:
    found = predicted(task(1, takes=1, lag=LogNormal(median=48, sigma=0.3)), deadline=NOW + hours(24))
    told = found[PredictedKind.PERSON, 1]
    assert told.takes == pytest.approx(49, rel=0.02)
    assert told.left == pytest.approx(24)


def test_a_deadline_that_has_passed_is_no_single_tasks_doing() -> None:
    assert not predicted(task(1, takes=30), task(2, takes=3, holds=BY), deadline=NOW - hours(1))


def test_what_has_gone_on_for_longer_than_its_kind_does_is_overdue() -> None:
    estimate = ThreePoint(low=1, likely=2, high=4)
    found = predicted(
        task(1, takes=estimate, begun_at=NOW - hours(30)), task(2, takes=estimate, begun_at=NOW - hours(1))
    )
    assert list(found) == [(PredictedKind.OVERDUE, 1)]
    told = found[PredictedKind.OVERDUE, 1]
    assert told.has_taken == pytest.approx(30)
    assert told.takes == pytest.approx(2.1, abs=0.1)
    assert told.left is None


def test_a_counted_task_that_gets_on_is_not_overdue() -> None:
    assert not predicted(task(1, takes=2, begun_at=NOW - hours(30), done_share=0.9))


def test_what_a_person_has_had_for_too_long_is_told_in_elapsed_hours() -> None:
    nights = Person(calendar=Calendar(quiet_from=22, quiet_to=7))
    waits = task(1, takes=48, holds=BY, begun_at=NOW - hours(200))
    (told,) = predicted(waits, capacities=Capacities(people={"": nights})).values()
    assert (told.takes, told.has_taken) == (pytest.approx(48), pytest.approx(200))


def test_a_wait_that_has_a_known_end_is_never_overdue() -> None:
    waits = task(1, takes=0, holds=Holder.NOTHING, begun_at=NOW - hours(500), ends=(NOW + hours(1),))
    assert not predicted(waits)


def test_what_is_likely_to_fail_for_good_is_told_with_the_attempts_that_are_left() -> None:
    found = predicted(task(1, odds=0.4, attempts=2), task(2, odds=0.6, attempts=3), task(3, 1, odds=0.8))
    assert list(found) == [(PredictedKind.FAILURE, 1)]
    told = found[PredictedKind.FAILURE, 1]
    assert (told.odds, told.attempts) == (pytest.approx(0.36), 2)


def test_a_road_that_is_never_taken_fails_nobody() -> None:
    tasks = (task(1, holds=BY, options={"a": 1.0, "b": 0.0}), task(2, 1, odds=0.1, only_if=(TaskNumber(1), "b")))
    assert not predicted(*tasks)


def test_of_a_shortage_the_task_that_it_harms_the_most_is_told_once() -> None:
    tasks = [task(number, takes=5, holds=BY) for number in range(1, 8)]
    found = predicted(*tasks, capacities=Capacities(people={"": Person(attention=1)}))
    assert [kind for kind, _ in found] == [PredictedKind.BUSY]
    (told,) = found.values()
    assert told.takes == pytest.approx(30)  # the last of seven stands behind six
    assert (told.odds, told.name) == (1.0, "")


def test_a_line_for_a_resource_or_a_slot_is_told_with_its_name() -> None:
    tasks = [task(number, takes=5, resources=("gpu",)) for number in (1, 2, 3)]
    (told,) = predicted(*tasks, capacities=Capacities(slots=9, resources={"gpu": Resource()})).values()
    assert (told.kind, told.name, told.takes) == (PredictedKind.QUEUE, "gpu", pytest.approx(10))
    plain = [replace(each, resources=()) for each in tasks]
    (told,) = predicted(*plain, capacities=Capacities(slots=1)).values()
    assert (told.kind, told.name) == (PredictedKind.QUEUE, "")


def test_how_long_a_line_is_is_told_at_the_mean() -> None:
    first = task(1, takes=Quantiles(shares=(0.0, 1.0), hours=(0.0, 20.0)))
    (told,) = predicted(first, task(2, takes=6), task(3, 2, takes=0.5), capacities=Capacities(slots=1)).values()
    assert told.task == 2
    assert told.takes == pytest.approx(10, abs=0.1)


def test_a_short_line_or_one_that_delays_nobody_is_not_told() -> None:
    short = [task(number, takes=0.2) for number in range(1, 5)]
    assert not predicted(*short, capacities=Capacities(slots=1))
    aside = [task(number, takes=2) for number in (1, 2)]
    assert not predicted(*aside, task(3, takes=50, holds=BY), capacities=Capacities(slots=1))


@pytest.mark.parametrize("back", [None, 8.0])
def test_a_resource_that_is_away_when_its_turn_comes_is_told_with_its_return(back: float | None) -> None:
    back_at = None if back is None else NOW + hours(back)
    capacities = Capacities(resources={"gpu": Resource(missing=True, back_at=back_at)})
    tasks = (task(1, takes=3, resources=("gpu",)), task(2, takes=20), task(3, 2, takes=1, resources=("gpu",)))
    found = predicted(*tasks, capacities=capacities)
    expected = [1, 3] if back is None else [1]  # by the turn of task 3 it is back, if it comes back at all
    assert sorted(number for kind, number in found if kind is PredictedKind.RESOURCE) == expected
    told = found[PredictedKind.RESOURCE, 1]
    assert (told.name, told.back_at, told.odds) == ("gpu", back_at, 1.0)
    assert list(predicted(tasks[0], capacities=capacities)) == [(PredictedKind.RESOURCE, 1)]  # and not as a line too


def test_the_gravest_come_first_and_there_are_never_more_than_ten() -> None:
    tasks = [task(number, takes=Fixed(hours=1), odds=0.1) for number in range(1, 30)]
    found = forecast(problem(*tasks, task(30, takes=50, odds=0.7)), seed=1).predicted
    assert len(found) == 10
    assert found[0].task == 30
    assert found[0].odds * found[0].criticality >= found[1].odds * found[1].criticality
