"""Slots, resources and people: what tasks hold while they go on, and who waits for it."""

import datetime as dt
from dataclasses import replace

import pytest

from engine.planning.forecasting.durations import Fixed, LogNormal, Quantiles, ThreePoint
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.model import Capacities, Holder, Person, Resource
from engine.values import TaskNumber
from tests.engine.planning.forecasting.problems import BY, NIGHTS, NOW, hours, median, of, problem, task


def test_one_slot_does_one_thing_after_the_other_and_the_queue_is_critical() -> None:
    tasks = [task(number, takes=3) for number in (1, 2, 3)]
    assert median(of(*tasks)) == hours(3)
    queued = of(*tasks, capacities=Capacities(slots=1))
    assert median(queued) == hours(9)
    assert [each.criticality for each in queued.tasks.values()] == [1, 1, 1]


def test_the_free_slot_goes_to_what_has_the_least_slack() -> None:
    found = of(task(1, takes=1), task(2, takes=1), task(3, 2, takes=10), capacities=Capacities(slots=1))
    assert found.tasks[TaskNumber(2)].start == NOW
    assert found.tasks[TaskNumber(1)].start == NOW + hours(11)
    plain = of(task(1, takes=1), task(2, takes=1), capacities=Capacities(slots=1))
    assert plain.tasks[TaskNumber(1)].start == NOW


def test_what_becomes_ready_late_leaves_the_slots_before_to_others() -> None:
    waits = task(1, takes=10, holds=Holder.NOTHING)
    others = [task(number, takes=5) for number in (3, 4)]
    found = of(waits, task(2, 1, takes=20), *others, capacities=Capacities(slots=1))
    assert median(found) == hours(30)


def test_an_order_that_a_case_turns_round_costs_it_as_little_as_can_be() -> None:
    running = task(1, takes=10, begun_at=NOW - hours(1))
    mostly_soon = Quantiles(shares=(0.0, 0.7, 0.7, 1.0), hours=(5.0, 5.0, 12.0, 12.0))
    tasks = (
        running,
        task(2, takes=mostly_soon, holds=Holder.NOTHING),
        task(3, 2, takes=30),
        task(4, takes=6, holds=Holder.NOTHING),
        task(5, 4, takes=1),
    )
    found = of(*tasks, capacities=Capacities(slots=2))
    behind = found.tasks[TaskNumber(5)].end
    assert behind is not None
    # mostly 3 has the free slot from 5 on, and 5 gets the one of 1 at 9; where 3 comes at 12, it leaves the free one
    assert (behind.p10, behind.p50, behind.p90) == (NOW + hours(7), NOW + hours(10), NOW + hours(10))


@pytest.mark.parametrize("late", [hours(30), None])
def test_a_place_is_not_kept_for_what_comes_later(late: dt.timedelta | None) -> None:
    urgent = task(1, takes=60, not_before=NOW + late if late else None, lag=None if late else Fixed(hours=30))
    found = of(urgent, task(2, takes=5), capacities=Capacities(slots=1))
    assert found.tasks[TaskNumber(2)].start == NOW
    assert median(found) == hours(90)


def test_a_place_is_not_kept_for_what_is_behind_a_known_end_or_a_resource_that_is_away() -> None:
    wait = task(1, takes=0, holds=Holder.NOTHING, ends=(NOW + hours(50),))
    soon = task(3, takes=1, holds=Holder.NOTHING)
    found = of(wait, task(2, 1, takes=10), soon, task(4, 3, takes=5), capacities=Capacities(slots=1))
    assert found.tasks[TaskNumber(4)].start == NOW + hours(1)
    away = Capacities(slots=1, resources={"gpu": Resource(missing=True, back_at=NOW + hours(20))})
    found = of(task(1, takes=60, resources=("gpu",)), task(2, takes=5), capacities=away)
    assert found.tasks[TaskNumber(2)].start == NOW
    assert median(found) == hours(80)


def test_waiting_holds_no_slot_and_no_hand() -> None:
    waits = [task(number, takes=24, holds=Holder.NOTHING) for number in range(1, 9)]
    found = of(*waits, task(9, takes=24), task(10, takes=24, holds=BY), capacities=Capacities(slots=1))
    assert median(found) == hours(24)


def test_a_resource_serves_as_many_as_it_has_places_whatever_the_slots() -> None:
    tasks = [task(number, takes=4, resources=("gpu",)) for number in (1, 2, 3)]
    for capacity, end in ((1, 12), (2, 8), (3, 4)):
        capacities = Capacities(slots=9, resources={"gpu": Resource(capacity=capacity)})
        assert median(of(*tasks, capacities=capacities)) == hours(end)
    assert median(of(*tasks, capacities=Capacities(slots=9))) == hours(4)  # nobody named it: no bound


@pytest.mark.parametrize("needs", [("gpu", "rig"), ("rig", "gpu")])
def test_two_scarce_things_are_both_waited_for(needs: tuple[str, str]) -> None:
    capacities = Capacities(slots=1, resources={"gpu": Resource(), "rig": Resource()})
    tasks = (
        task(1, takes=4, holds=Holder.NOTHING, resources=("gpu",), begun_at=NOW),
        task(2, takes=6, holds=Holder.NOTHING, resources=("rig",), begun_at=NOW),
        task(3, takes=1, resources=needs),
    )
    found = of(*tasks, capacities=capacities)
    assert found.tasks[TaskNumber(3)].start == NOW + hours(6)
    assert [each.criticality for each in found.tasks.values()] == [0, 1, 1]


def test_a_resource_that_is_away_is_waited_for_until_it_is_expected_back() -> None:
    gpu = Resource(capacity=2, missing=True, back_at=NOW + hours(5))
    tasks = [task(number, takes=4, resources=("gpu",)) for number in (1, 2, 3)]
    assert median(of(*tasks, capacities=Capacities(resources={"gpu": gpu}))) == hours(13)
    unknown = Resource(missing=True)
    assert median(of(tasks[0], capacities=Capacities(resources={"gpu": unknown}))) == hours(4)


def test_a_single_task_waits_for_a_resource_that_is_away_too() -> None:
    gpu = Resource(missing=True, back_at=NOW + hours(5))
    assert median(of(task(1, takes=4, resources=("gpu",)), capacities=Capacities(resources={"gpu": gpu}))) == hours(9)


def test_a_person_holds_a_resource_to_the_end_though_a_hand_is_free_sooner() -> None:
    tasks = (task(1, takes=72, holds=BY, resources=("gpu",)), task(2, takes=1, resources=("gpu",)))
    found = of(*tasks, capacities=Capacities(resources={"gpu": Resource()}))
    assert found.tasks[TaskNumber(2)].start == NOW + hours(72)


def test_what_goes_on_already_has_only_its_rest_before_it_and_waits_for_no_place() -> None:
    tasks = (task(1, takes=10, begun_at=NOW - hours(7)), task(2, takes=10, begun_at=NOW - hours(4)))
    found = of(*tasks, task(3, takes=1), capacities=Capacities(slots=1))
    ends = [each.end.p50 - NOW for each in found.tasks.values() if each.end is not None]
    assert ends == [hours(3), hours(6), hours(7)]
    assert found.tasks[TaskNumber(1)].start == NOW - hours(7)


def test_a_person_works_in_waking_hours_only() -> None:
    capacities = Capacities(people={"": NIGHTS})  # it is ten in the morning in Berlin
    assert median(of(task(1, takes=8, holds=BY), capacities=capacities)) == hours(8)
    assert median(of(task(1, takes=14, holds=BY), capacities=capacities)) == hours(14 + 9)
    assert median(of(task(1, takes=72, holds=BY), capacities=capacities)) == hours(72)
    assert median(of(task(1, takes=14), capacities=capacities)) == hours(14)
    asked_at_night = of(task(1, takes=14), task(2, 1, takes=2, holds=BY), capacities=capacities)
    assert median(asked_at_night) == hours(23)


def test_a_person_has_two_things_in_hand_at_a_time() -> None:
    tasks = [task(number, takes=3, holds=BY) for number in range(1, 6)]
    assert median(of(*tasks)) == hours(9)
    assert median(of(*tasks, capacities=Capacities(people={"": Person(attention=1)}))) == hours(15)
    assert median(of(*tasks, capacities=Capacities(people={"": Person(attention=5)}))) == hours(3)


def test_two_people_have_two_hands_each_and_nights_of_their_own() -> None:
    people = {"": Person(attention=1), "kim": Person(calendar=NIGHTS.calendar, attention=1)}
    tasks = (task(1, takes=14, holds=BY), task(2, takes=14, holds=BY, person="kim"))
    found = of(*tasks, capacities=Capacities(people=people))
    ends = [each.end.p50 - NOW for each in found.tasks.values() if each.end is not None]
    assert ends == [hours(14), hours(23)]
    absent = of(replace(tasks[1], person="lee"), task(3, takes=1, holds=BY), capacities=Capacities(people=people))
    assert median(absent) == hours(15)  # nobody knows lee: the owner stands in


def test_what_lasts_longer_than_a_day_leaves_a_hand_free_after_it() -> None:
    habits = [task(number, takes=24 * 56, holds=BY) for number in range(1, 6)]
    found = of(*habits, capacities=Capacities(people={"": Person(attention=2)}))
    assert median(found) == hours(24 * 56 + 48)  # begun two a day, not one pair after the other


def test_a_hand_is_free_after_a_day_of_what_lasts_longer_its_nights_counted() -> None:
    one_hand = Person(calendar=NIGHTS.calendar, attention=1)
    long = task(1, takes=72, holds=BY)
    found = of(long, task(2, takes=3, holds=BY), capacities=Capacities(people={"": one_hand}))
    assert found.tasks[TaskNumber(2)].start == NOW + hours(24)
    begun = replace(long, begun_at=NOW - hours(20))
    found = of(begun, task(2, takes=3, holds=BY), capacities=Capacities(people={"": one_hand}))
    assert found.tasks[TaskNumber(2)].start == NOW + hours(4)


def test_a_hand_that_is_free_is_not_kept_for_what_comes_later() -> None:
    tasks = (
        task(1, takes=240, holds=BY),
        task(2, takes=3, holds=BY),
        task(3, takes=100, holds=Holder.NOTHING),
        task(4, 3, takes=50, holds=BY),
    )
    found = of(*tasks, capacities=Capacities(people={"": Person(attention=1)}))
    assert found.tasks[TaskNumber(2)].start == NOW + hours(24)


def test_a_question_holds_nobody_up_however_long_it_is_left() -> None:
    questions = [task(number, takes=48, holds=BY, hold=0.25) for number in range(1, 6)]
    found = of(*questions, capacities=Capacities(people={"": Person(attention=1)}))
    assert median(found) == hours(49)


def test_what_a_person_has_begun_has_only_its_waking_hours_behind_it() -> None:
    asked = NOW - hours(13)  # nine in the evening: one hour before the night, three after it
    found = of(task(1, takes=8, holds=BY, begun_at=asked), capacities=Capacities(people={"": NIGHTS}))
    assert median(found) == hours(4)


def test_a_person_who_answers_slowly_makes_the_shortest_task_long() -> None:
    slow = LogNormal(median=48, sigma=0.3)
    found = of(task(1, takes=ThreePoint(low=0.1, likely=0.5, high=1), answer=slow, holds=BY))
    assert median(found) / hours(1) == pytest.approx(48, rel=0.02)
    long = of(task(1, takes=500, answer=slow, holds=BY))
    assert median(long) == hours(500)


def test_what_is_blocked_begins_when_it_is_lifted_in_waking_hours() -> None:
    capacities = Capacities(people={"": NIGHTS})
    found = of(task(1, takes=3, lag=Fixed(hours=14)), capacities=capacities)
    assert median(found) == hours(23 + 3)
    asked = of(task(1, takes=3, lag=Fixed(hours=14), lag_since=NOW - hours(13)), capacities=capacities)
    assert median(asked) == hours(10 + 3)


def test_a_clock_change_moves_the_morning() -> None:
    friday = dt.datetime(2026, 3, 27, 18, 0, tzinfo=dt.UTC)  # seven in the evening in Berlin
    posed = replace(
        problem(task(1, takes=34, holds=BY), capacities=Capacities(people={"": NIGHTS})), now=friday
    )  # 34 elapsed hours are 21.25 waking ones: 3 on Friday, 15 on Saturday, 3.25 on Sunday, an hour earlier by then
    found = forecast(posed, seed=1)
    assert found.end is not None
    assert found.end.p50 == dt.datetime(2026, 3, 29, 8, 15, tzinfo=dt.UTC)
