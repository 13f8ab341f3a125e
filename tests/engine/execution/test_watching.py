"""What the monitor's look leads to: said once, never beside another change, never a failure."""

import datetime as dt

import pytest
from msgspec.structs import replace

from engine import events as e
from engine.blockages import BlockageKind
from engine.errors import ResourceBlocked
from engine.execution.adaptation import repaired
from engine.execution.goal_decisions import pause, reopen, resume
from engine.execution.resources import Capacity, Stock
from engine.execution.task_decisions import counted, done_by_person, measured, postponed
from engine.execution.watching import (
    Doubt,
    began,
    check_flipped,
    deadline_doubtful,
    is_in_question,
    lagging,
    overran,
    resources_changed,
    to_look_at_again,
    way_to_target,
)
from engine.goals import GoalStatus, ParentTask
from engine.plans import Repair, Trigger
from engine.tasks import Expectation, Outcome, Reading, TaskStatus
from engine.values import GoalId, TaskNumber
from engine.work.measuring import judge_measure
from tests.engine.lives import Life, check_sound, edited, planned
from tests.fakes import START

ONE, TWO = TaskNumber(1), TaskNumber(2)
DAY = dt.timedelta(days=1)


def of(life: Life, kind: type[e.Event]) -> int:
    return len(life.told(kind))


# -- overrun --------------------------------------------------------------------------------------------------------


def test_a_person_who_takes_longer_than_nearly_all_is_noted_once_a_plan_version_and_asked_for_nothing() -> None:
    life = Life.started(planned("a", work="person"))
    life.pass_time(days=3)
    too_long = overran(ONE, likely=2.0, most=8.0)
    assert [type(event) for event in life.do(too_long)] == [e.TaskOverran, e.AdaptationNeeded]
    assert life.goal.adapting is not None
    assert life.goal.adapting.trigger is Trigger.OVERRUN
    assert life.goal.adapting.deviation == pytest.approx(1 - 2 / 72, abs=1e-3)
    life.do(repaired(Repair(), life.goal.adapting, 1))
    assert life.goal.adapting is None
    assert life.task(1).status is TaskStatus.WAITING, "it goes on as it was"
    assert not life.goal.blockages
    assert not life.do(too_long), "twice of one plan version"
    check_sound(life.goal)


def test_in_the_next_plan_version_it_may_be_noted_again() -> None:
    life = Life.started(planned("a", work="person"), planned("b"))
    life.pass_time(days=3)
    life.do(overran(ONE, likely=2.0, most=8.0))
    assert life.goal.adapting is not None
    life.do(repaired(Repair(add=(planned("c"),)), life.goal.adapting, 1))
    assert life.goal.proposed_version == 2, "nothing has failed: another way needs a yes"
    assert not list(lagging(life.goal, life.now)), "nothing is said beside a proposal"
    life.goal = replace(life.goal, plan_version=2, proposed_version=None)
    assert life.do(overran(ONE, likely=2.0, most=8.0))


@pytest.mark.parametrize(("hours", "noted"), [(23, False), (25, True)])
def test_a_person_has_a_day_whatever_the_estimate(hours: int, noted: bool) -> None:
    life = Life.started(planned("a", work="person"))
    life.pass_time(hours=hours)
    assert bool(life.do(overran(ONE, likely=0.5, most=1.0))) is noted


def test_what_runs_by_itself_has_no_more_than_nine_of_ten_take() -> None:
    life = Life.started(planned("a"))
    life.begin(1)
    life.pass_time(hours=2)
    assert not life.do(overran(ONE, likely=1.0, most=2.5))
    life.pass_time(hours=1)
    assert life.do(overran(ONE, likely=1.0, most=2.5))


def test_what_was_put_off_is_counted_or_only_waits_never_lags() -> None:
    numbers = planned("n", work="measure", expected=Expectation(summary="", target=5))
    waits = planned("w", work="wait", inputs={"seconds": 10_000_000})
    choice = planned("d", work="decide", inputs={"options": ["x", "y"]})
    many = planned("m", work="person", target_count=4)
    check = planned("h", work="http_check")
    life = Life.started(planned("a", work="person"), numbers, waits, choice, many, check, planned("z", work="person"))
    life.begin(6)
    life.do(postponed(1, life.now + 30 * DAY))
    life.do(counted(5, 1))
    life.pass_time(days=9)
    assert [task.number for task in lagging(life.goal, life.now)] == [7]


def test_a_pause_is_nobodys_delay() -> None:
    life = Life.started(planned("a", work="person"))
    life.do(pause(""))
    life.pass_time(days=20)
    assert not list(lagging(life.goal, life.now)), "nothing lags while it is paused"
    life.do(resume(""))
    life.pass_time(hours=20)
    assert not life.do(overran(ONE, likely=1.0, most=2.0))
    assert began(life.goal, life.task(1), life.now) == life.now - dt.timedelta(hours=20)
    life.pass_time(hours=5)
    assert life.do(overran(ONE, likely=1.0, most=2.0))


def test_after_three_changes_in_vain_an_overrun_is_noted_but_asks_for_no_fourth() -> None:
    life = Life.started(planned("a", work="person"))
    life.goal = replace(life.goal, fruitless=3)
    life.pass_time(days=3)
    assert [type(event) for event in life.do(overran(ONE, likely=1.0, most=2.0))] == [e.TaskOverran]


def test_a_late_look_at_what_has_ended_since_does_nothing() -> None:
    life = Life.started(planned("a", work="person"), planned("b"))
    life.pass_time(days=3)
    life.do(done_by_person(1, ""))
    assert not life.do(overran(ONE, likely=1.0, most=2.0))
    assert not life.do(overran(TaskNumber(9), likely=1.0, most=2.0))


# -- the deadline ---------------------------------------------------------------------------------------------------


def due(days: float = 10, **facts: object) -> Life:
    return Life.started(planned("a", work="person"), planned("b", "a"), deadline=START + days * DAY, **facts)


def doubt(life: Life, odds: float = 0.3, **facts: object) -> Doubt:
    assert life.goal.deadline is not None
    known = {
        "version": life.goal.plan_version,
        "deadline": life.goal.deadline,
        "odds": odds,
        "likely": START + 12 * DAY,
    }
    return Doubt(**{**known, **facts})  # type: ignore[arg-type]  # the facts are fields


def test_a_deadline_in_doubt_is_told_once_a_plan_version_and_asks_for_another_plan() -> None:
    life = due()
    found = life.do(deadline_doubtful(doubt(life)))
    assert [type(event) for event in found] == [e.DeadlineDoubtful, e.AdaptationNeeded]
    assert life.goal.adapting is not None
    assert (life.goal.adapting.trigger, life.goal.adapting.deviation) == (Trigger.FORECAST, 0.7)
    life.do(repaired(Repair(), life.goal.adapting, 1))
    assert not is_in_question(life.goal, life.now)
    assert not life.do(deadline_doubtful(doubt(life, 0.1)))
    assert of(life, e.DeadlineDoubtful) == 1


def test_another_date_or_plan_is_another_question() -> None:
    life = due()
    life.do(deadline_doubtful(doubt(life)))
    assert life.goal.adapting is not None
    life.do(repaired(Repair(), life.goal.adapting, 1))
    life.do(edited(deadline=life.now + 20 * DAY))
    assert is_in_question(life.goal, life.now)
    assert life.do(deadline_doubtful(doubt(life))) == [], "first it is seen whether other ways are open by that date"
    life.do(repaired(Repair(), life.goal.adapting, 1))
    assert life.do(deadline_doubtful(doubt(life)))


@pytest.mark.parametrize(
    "facts", [{"odds": 0.5}, {"version": 7}, {"deadline": START + 3 * DAY}], ids=["even", "other plan", "other date"]
)
def test_an_even_chance_or_a_forecast_of_something_else_says_nothing(facts: dict[str, object]) -> None:
    life = due()
    assert not life.do(deadline_doubtful(doubt(life, **facts)))


def test_beside_a_larger_plan_that_waits_for_a_yes_the_doubt_is_told_alone() -> None:
    life = due()
    life.goal = replace(life.goal, proposed_version=2)
    assert [type(event) for event in life.do(deadline_doubtful(doubt(life)))] == [e.DeadlineDoubtful]


def test_no_deadline_a_passed_one_and_that_of_a_sub_goal_are_not_in_question() -> None:
    life = due()
    parent = ParentTask(goal=GoalId(2), task=ONE)
    assert is_in_question(life.goal, START)
    assert not is_in_question(life.goal, START + 10 * DAY)
    for changed in (
        replace(life.goal, deadline=None),
        replace(life.goal, parent=parent),
        replace(life.goal, status=GoalStatus.PAUSED),
        replace(life.goal, deadline_grace=START + 11 * DAY),
    ):
        assert not is_in_question(changed, START)


# -- checks that turned -----------------------------------------------------------------------------------------------

WRONG = Outcome(summary="https://example.org answered 500 instead of 200", deviation=1.0)


def checked() -> Life:
    life = Life.started(planned("c", work="http_check"), planned("b", work="person"))
    life.finish(1)
    return life


def test_a_check_that_turned_is_a_change_in_the_world_and_told_once_of_each_check() -> None:
    life = checked()
    assert [task.number for task in to_look_at_again(life.goal)] == [1]
    assert [type(event) for event in life.do(check_flipped(ONE, WRONG))] == [e.CheckFlipped, e.AdaptationNeeded]
    assert life.goal.adapting is not None
    assert (life.goal.adapting.trigger, life.goal.adapting.task) == (Trigger.WORLD_CHANGED, 1)
    life.do(repaired(Repair(add=(planned("again", work="http_check"),)), life.goal.adapting, 1))
    assert life.goal.plan_version == 2
    assert life.task(1).status is TaskStatus.COMPLETED, "finished work is kept"
    assert not list(to_look_at_again(life.goal))
    assert not life.do(check_flipped(ONE, WRONG))


def test_a_check_that_still_holds_and_one_that_a_person_vouched_for_say_nothing() -> None:
    life = checked()
    assert not life.do(check_flipped(ONE, Outcome(summary="fine")))
    vouched = Life.started(planned("c", work="http_check"), planned("b", work="person"))
    vouched.do(done_by_person(1, "I looked"))
    assert not list(to_look_at_again(vouched.goal))
    assert not vouched.do(check_flipped(ONE, WRONG))


def test_of_an_ended_goal_no_check_is_looked_at() -> None:
    life = checked()
    life.do(done_by_person(2, ""))
    assert life.goal.status is GoalStatus.COMPLETED
    assert not list(to_look_at_again(life.goal))


# -- numbers on their way ---------------------------------------------------------------------------------------------


def signups(target: float = 500, days: float | None = 30, *, at_most: bool = False) -> Life:
    wanted = Expectation(summary="", target=target, unit="signups", at_most=at_most)
    deadline = START + days * DAY if days is not None else None
    return Life.started(planned("m", work="measure", expected=wanted), planned("b", "m"), deadline=deadline)


def report(life: Life, value: float) -> list[type[e.Event]]:
    told = life.do(measured(1, judge_measure(life.task(1), value), 0.3))
    return [type(event) for event in told if not isinstance(event, e.NoteAdded)]


def test_far_from_the_target_but_on_the_way_is_fine() -> None:
    life = signups()
    life.pass_time(days=10)
    assert report(life, 150) == [e.MeasureReported]
    life.pass_time(days=10)
    assert report(life, 300) == [e.MeasureReported]
    assert life.task(1).status is TaskStatus.WAITING
    assert [reading.value for reading in life.task(1).history.readings] == [150, 300]


def test_a_number_off_its_way_asks_for_another_plan_once_a_plan_version_and_fails_nothing() -> None:
    life = signups()
    life.pass_time(days=10)
    report(life, 120)
    life.pass_time(days=10)
    assert report(life, 130) == [e.MeasureReported, e.MeasureStrayed, e.AdaptationNeeded]
    assert life.goal.adapting is not None
    assert life.goal.adapting.trigger is Trigger.DEVIATION
    assert life.goal.adapting.deviation == pytest.approx((310 - 130) / 380, abs=1e-3)
    assert life.task(1).status is TaskStatus.WAITING
    life.do(repaired(Repair(), life.goal.adapting, 1))
    assert report(life, 131) == [e.MeasureReported]
    check_sound(life.goal)


def test_the_first_number_is_held_against_a_way_from_nothing_since_it_was_asked_for() -> None:
    early, late = signups(), signups()
    early.pass_time(days=3)
    assert report(early, 20) == [e.MeasureReported]
    late.pass_time(days=27)
    assert e.MeasureStrayed in report(late, 100)


def test_what_is_to_fall_begins_where_it_was_first_measured() -> None:
    life = signups(80, at_most=True)
    life.pass_time(days=3)
    assert report(life, 90) == [e.MeasureReported]
    life.pass_time(days=18)
    assert e.MeasureStrayed in report(life, 89.5)


def test_a_number_that_reaches_its_target_is_done_wherever_its_way_was() -> None:
    life = signups()
    report(life, 10)
    life.pass_time(days=1)
    assert e.TaskCompleted in report(life, 500)


def test_without_a_deadline_a_number_is_held_against_its_target() -> None:
    near, far = signups(days=None), signups(days=None)
    assert report(near, 400) == [e.MeasureReported]
    assert e.TaskFailed in report(far, 100)


def test_very_many_numbers_keep_the_first_and_the_newest() -> None:
    life = signups()
    for day in range(29):
        life.pass_time(hours=20)
        report(life, 10.0 * (day + 1))
    readings = life.task(1).history.readings
    assert len(readings) == 20
    assert (readings[0].value, readings[-1].value) == (10.0, 290.0)


def test_a_way_of_no_length_is_none() -> None:
    life = signups()
    reading = Reading(at=START, value=1)
    assert way_to_target(life.goal, life.task(1), reading) is None, "no time has passed"
    assert way_to_target(life.goal, life.task(1), replace(reading, at=START + 31 * DAY)) is None, "it is over"


# -- resources --------------------------------------------------------------------------------------------------------

LATER = START + 30 * DAY


def short_of_gpu(stock: Stock) -> Life:
    life = Life.started(planned("train", resources=("gpu",)), planned("b", work="person"))
    missing = stock.missing(("gpu",))
    assert missing == "gpu"
    life.do(lambda goal, moment: stock.block(goal, goal.tasks[ONE], "gpu", moment, 300.0))
    assert life.task(1).status is TaskStatus.BLOCKED
    return life


@pytest.mark.parametrize(
    "now_there",
    [{"gpu": Capacity(count=1)}, {}, {"gpu": Capacity(count=0, back=START + 2 * DAY)}, {"gpu": Capacity(count=0)}],
    ids=["back", "no longer counted", "sooner back", "nobody knows"],
)
def test_what_waited_for_a_resource_is_looked_at_again_when_it_or_its_return_has_changed(
    now_there: dict[str, Capacity],
) -> None:
    life = short_of_gpu(Stock(capacities={"gpu": Capacity(count=0, back=LATER)}))
    assert life.do(resources_changed(Stock(capacities=now_there), 300.0))
    assert life.task(1).status is TaskStatus.PENDING
    assert not life.goal.blockages
    assert not life.do(resources_changed(Stock(capacities=now_there), 300.0))


@pytest.mark.parametrize("back", [LATER, None])
def test_the_same_resources_at_the_next_start_change_nothing(back: dt.datetime | None) -> None:
    stock = Stock(capacities={"gpu": Capacity(count=0, back=back)})
    life = short_of_gpu(stock)
    life.pass_time(seconds=200)
    assert not life.do(resources_changed(stock, 300.0))


def test_what_a_work_itself_was_short_of_is_not_the_operators_resource() -> None:
    life = Life.started(planned("a", resources=("gpu",)), planned("b", work="person"))
    life.fail(1, ResourceBlocked("disk", "it is full"))
    assert not life.do(resources_changed(Stock(), 300.0))
    assert [one.kind for one in life.goal.blockages.values()] == [BlockageKind.RESOURCE]


def test_a_resumed_or_reopened_goal_knows_since_when_it_goes_on() -> None:
    life = Life.started(planned("a", work="person"))
    life.do(pause(""))
    life.pass_time(days=1)
    life.do(resume(""))
    assert life.goal.resumed_at == life.now
    life.do(lambda goal, moment: [e.GoalFailed(reason="x")])
    life.pass_time(days=1)
    life.do(reopen(""))
    assert life.goal.resumed_at == life.now
