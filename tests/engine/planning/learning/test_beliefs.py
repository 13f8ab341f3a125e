"""What is believed: the plan's figures at first, one's own cases in the end, and in between what is nearest."""

import datetime as dt
import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.learning.experience import Answer, Doing, History, Step, doing_of, doing_of_task
from engine.planning.learning.findings import Basis
from engine.planning.learning.memory import Memory, learned
from engine.plans import PlannedTask
from engine.tasks import Estimate, Task
from engine.values import TaskNumber, UserId
from tests.engine.planning.learning.cases import ANN, BEN, CAT, DAY, HOURS, NOW, WRITING, case, drawn, history
from tests.examples import examples

NOTHING = learned(History(), NOW)
people = st.sampled_from([None, ANN, BEN])
doings = st.builds(
    Doing,
    work=st.sampled_from(["person", "command"]),
    kind=st.sampled_from(["", "write", "deploy"]),
    method=st.sampled_from(["", "a", "b"]),
    person=people,
)
estimates = st.tuples(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4)).map(
    lambda points: Estimate(low=points[0], likely=points[1], high=points[2])
)
cases = st.builds(
    case,
    doings,
    worked=st.booleans(),
    hours=st.none() | st.floats(0, 1e6),
    days_ago=st.floats(0, 3000),
    success=st.floats(0, 1),
    estimate=estimates,
)


@given(doings, st.floats(0.01, 0.99))
def test_where_nothing_was_seen_the_odds_are_the_plans(doing: Doing, prior: float) -> None:
    odds = NOTHING.odds(doing, prior)
    assert odds.chance == pytest.approx(prior)
    assert (odds.cases, odds.basis) == (0.0, Basis.PLAN)
    assert odds.low < prior < odds.high


@pytest.mark.parametrize("person", [None, ANN])
def test_where_nothing_was_seen_the_range_is_the_plans_estimate(person: UserId | None) -> None:
    hours = NOTHING.duration(replace(WRITING, person=person), HOURS)
    assert (hours.p10, hours.p50, hours.p90) == pytest.approx((1.0, 2.0, 4.0))
    assert hours.basis is Basis.PLAN


def test_an_estimate_without_width_is_not_believed_to_the_minute() -> None:
    hours = NOTHING.duration(WRITING, Estimate(low=2, likely=2, high=2))
    assert hours.p10 < 1.8
    assert hours.p90 > 2.2


def test_many_cases_of_its_own_overrule_the_plan() -> None:
    beliefs = learned(history(*(case(worked=n % 2 == 0, hours=10.0 + n % 3) for n in range(60))), NOW)
    odds = beliefs.odds(WRITING, 0.95)
    assert odds.chance == pytest.approx(0.5, abs=0.08)
    assert odds.high - odds.low < 0.2
    assert beliefs.duration(WRITING, HOURS).p50 == pytest.approx(11.0, rel=0.1)


def test_the_estimates_size_is_kept_and_its_error_learned() -> None:
    """What took twice as long as estimated will again, also when it is ten times as large."""
    beliefs = learned(history(*(case(hours=4.0) for _ in range(40))), NOW)
    large = Estimate(low=10, likely=20, high=40)
    assert beliefs.duration(WRITING, large).p50 == pytest.approx(40.0, rel=0.05)


def test_a_new_method_begins_where_its_kind_is_and_a_new_kind_where_its_work_is() -> None:
    seen = [case(replace(WRITING, method=f"m{n % 4}"), worked=n % 3 == 0, hours=6.0) for n in range(60)]
    beliefs = learned(history(*seen), NOW)
    method = replace(WRITING, method="new")
    kind = replace(WRITING, kind="sing", method="new")
    work = Doing(work="command", kind="deploy")
    chances = [beliefs.odds(doing, 0.8).chance for doing in (method, kind, work)]
    assert chances == sorted(chances), "the nearer the failures, the lower the odds"
    assert chances[0] < 0.65
    assert chances[2] < 0.8
    hours = [beliefs.duration(doing, HOURS).p50 for doing in (method, kind, work)]
    assert hours == sorted(hours, reverse=True)
    assert 2.0 < hours[2] < hours[0] < 6.0
    assert [beliefs.odds(doing, 0.8).basis for doing in (method, kind, work)] == [
        Basis.KIND,
        Basis.WORK,
        Basis.EVERYTHING,
    ]


def test_a_slow_person_is_expected_to_be_slow_at_what_they_never_did() -> None:
    doings = [Doing(work="person", kind=f"kind {n}", method="m") for n in range(6)]
    seen = [
        case(replace(doing, person=who), hours=hours)
        for doing in doings
        for who, hours in ((ANN, 8.0), (BEN, 2.0), (CAT, 2.0))
        for _ in range(4)
    ]
    beliefs = learned(history(*seen), NOW)
    new = Doing(work="person", kind="new", method="m")
    ann, ben = (beliefs.duration(replace(new, person=who), HOURS).p50 for who in (ANN, BEN))
    assert ann > 1.4 * ben


def test_one_persons_cases_count_for_another_but_less_than_their_own() -> None:
    beliefs = learned(history(*(case(hours=8.0) for _ in range(15))), NOW)
    ann, ben = (beliefs.duration(replace(WRITING, person=who), HOURS) for who in (ANN, BEN))
    assert 2.0 < ben.p50 < ann.p50 < 8.5
    assert ann.basis is Basis.PERSON
    assert ben.basis is Basis.METHOD
    assert ben.p90 / ben.p10 > ann.p90 / ann.p10


def test_cases_count_half_after_a_half_life() -> None:
    beliefs = learned(history(*(case(days_ago=90) for _ in range(10))), NOW)
    assert beliefs.odds(WRITING, 0.8).cases == pytest.approx(5.0)
    later = learned(history(*(case(days_ago=90) for _ in range(10))), NOW + 90 * DAY)
    assert later.odds(WRITING, 0.8).cases == pytest.approx(2.5)


def test_what_is_recent_overrules_what_is_old() -> None:
    old = [case(worked=False, hours=20.0, days_ago=500) for _ in range(30)]
    new = [case(worked=True, hours=2.0, days_ago=3) for _ in range(30)]
    beliefs = learned(history(*old, *new), NOW)
    assert beliefs.odds(WRITING, 0.8).chance > 0.85
    assert beliefs.duration(WRITING, HOURS).p50 < 2.5


def test_what_has_failed_tells_nothing_of_how_long_it_takes() -> None:
    beliefs = learned(history(*(case(worked=False, hours=50.0) for _ in range(30))), NOW)
    assert beliefs.duration(WRITING, HOURS) == NOTHING.duration(WRITING, HOURS)


def test_one_forgotten_done_does_not_spoil_the_ranges() -> None:
    usual = drawn(random.Random(1), WRITING, math.log(2.0), 0.3, 30)
    forgotten = case(hours=2.0 * 24 * 30, days_ago=0.5)
    before, after = (learned(history(*usual, *more), NOW).duration(WRITING, HOURS) for more in ((), (forgotten,)))
    assert after.p50 < before.p50 * 1.1
    assert after.p90 < before.p90 * 1.3


def test_a_range_of_eighty_percent_holds_eighty_percent_when_much_is_known() -> None:
    seen = drawn(random.Random(2), WRITING, 1.0, 0.5, 80)
    hours = learned(history(*seen), NOW).duration(WRITING, HOURS)
    assert math.log(hours.p90) - math.log(hours.p50) == pytest.approx(1.28 * 0.5, rel=0.2)
    assert hours.sigma == pytest.approx(0.5, rel=0.2)


def test_few_cases_leave_a_wider_range_than_many_that_say_the_same() -> None:
    few, many = (
        learned(history(*(case(hours=hours) for hours in (1.0, 2.0, 4.0) * times)), NOW).duration(WRITING, HOURS)
        for times in (1, 30)
    )
    assert few.p90 / few.p10 > many.p90 / many.p10


def test_answers_are_known_by_person_and_at_first_by_nobody() -> None:
    unknown = NOTHING.answer_time(ANN)
    assert (unknown.p10, unknown.p50, unknown.p90) == pytest.approx((1.0, 6.0, 36.0), rel=0.02)
    answers = tuple(
        Answer(person=who, hours=hours, at=NOW - number * DAY)
        for number in range(1, 16)
        for who, hours in ((ANN, 0.5), (BEN, 60.0))
    )
    beliefs = learned(History(answers=answers), NOW)
    ann, ben, cat, nobody = (beliefs.answer_time(who) for who in (ANN, BEN, CAT, None))
    assert ann.p50 < 1.0
    assert ben.p50 > 30.0
    assert ann.p50 < cat.p50 < ben.p50
    assert [one.basis for one in (ann, cat, nobody)] == [Basis.PERSON, Basis.EVERYTHING, Basis.EVERYTHING]
    assert ann.cases == pytest.approx(14.1, abs=0.2)


def test_a_sure_thing_can_be_unlearned() -> None:
    beliefs = learned(history(*(case(success=1.0, worked=False) for _ in range(20))), NOW)
    assert beliefs.odds(WRITING, 1.0).chance < 0.5


@examples(12)
@given(st.lists(cases, max_size=30), doings, st.floats(0, 1), estimates)
def test_whatever_was_lived_through_the_figures_are_usable(
    seen: list[object], doing: Doing, prior: float, estimate: Estimate
) -> None:
    beliefs = learned(history(*seen), NOW)  # type: ignore[arg-type] # hypothesis builds cases
    odds, hours = beliefs.odds(doing, prior), beliefs.duration(doing, estimate)
    assert 0 < odds.chance < 1
    assert 0 <= odds.low <= odds.high <= 1
    assert 0 < hours.p10 <= hours.p50 <= hours.p90 < math.inf
    assert 0 <= odds.cases <= len(seen) + 1e-9
    assert math.isfinite(hours.cases)


@given(st.lists(cases, max_size=20), cases)
def test_one_more_success_never_lowers_the_odds_nor_a_failure_raises_them(seen: list[object], more: object) -> None:
    assert isinstance(more, type(case()))
    success, failure = (replace(more, worked=worked, ended_at=NOW) for worked in (True, False))
    low, middle, high = (
        learned(history(*seen, *extra), NOW).odds(more.doing, 0.8).chance  # type: ignore[arg-type] # hypothesis builds cases
        for extra in ((failure,), (), (success,))
    )
    assert low <= middle + 1e-9
    assert middle <= high + 1e-9


@examples(12)
@given(st.lists(cases, max_size=20), st.randoms(use_true_random=False))
def test_the_odds_do_not_depend_on_the_order_in_which_cases_are_taken_in(
    seen: list[object], dice: random.Random
) -> None:
    shuffled = list(seen)
    dice.shuffle(shuffled)
    chances = []
    for order in (seen, shuffled):
        memory = Memory(NOW)
        for one in order:
            memory.take(one)  # type: ignore[arg-type] # hypothesis builds cases
        memory.settle()
        chances.append(memory.beliefs(NOW).odds(WRITING, 0.7).chance)
    assert chances[0] == pytest.approx(chances[1])


def test_a_memorys_reference_changes_nothing() -> None:
    seen = drawn(random.Random(4), WRITING, 1.0, 0.5, 40)
    found = []
    for reference in (NOW, NOW - 1000 * DAY, NOW + 1000 * DAY):
        memory = Memory(reference)
        for one in seen:
            memory.take(one)
        memory.settle()
        beliefs = memory.beliefs(NOW)
        hours = beliefs.duration(WRITING, HOURS)
        found.append((beliefs.odds(WRITING, 0.7).chance, hours.p10, hours.p50, hours.p90, hours.cases))
    assert found[0] == pytest.approx(found[1])
    assert found[0] == pytest.approx(found[2])


def test_beliefs_of_a_history_do_not_change_with_it() -> None:
    past = history(*(case() for _ in range(5)))
    beliefs = learned(past, NOW)
    before = beliefs.odds(WRITING, 0.5)
    learned(replace(past, experiences=(*past.experiences, case(worked=False))), NOW)
    assert beliefs.odds(WRITING, 0.5) == before


@pytest.mark.parametrize(
    ("step", "kind", "method"),
    [
        (Step(work="person", title="Write the report", inputs={}), "write", ""),
        (Step(work="person", title="Write the report", method="essay", inputs={}), "write", "essay"),
        (Step(work="person", title="Write the report", method="essay/draft", inputs={}), "draft", "essay"),
        (Step(work="command", title="Run it", inputs={"command": "nightly"}), "nightly", ""),
        (Step(work="person", title="Отчёт", inputs={}), "", ""),
        (Step(work="person", title="", inputs={}), "", ""),
    ],
)
def test_a_doing_is_named_by_its_primitive_its_command_or_its_verb(step: Step, kind: str, method: str) -> None:
    assert doing_of(step, ANN) == Doing(work=step.work, kind=kind, method=method, person=ANN)


@pytest.mark.parametrize(
    ("work", "inputs", "person"),
    [
        ("person", {}, ANN),
        ("measure", {}, ANN),
        ("measure", {"url": "https://example.org"}, None),
        ("http_check", {}, None),
    ],
)
def test_a_planned_task_and_one_under_way_are_the_same_doing(
    work: str, inputs: dict[str, str], person: UserId | None
) -> None:
    planned = PlannedTask(key="a", title="Read a book", work=work, inputs=inputs, method="study/read")  # type: ignore[arg-type] # JSON
    task = Task(number=TaskNumber(1), title="Read a book", work=work, inputs=inputs, method="study/read")  # type: ignore[arg-type] # JSON
    expected = Doing(work=work, kind="read", method="study", person=person)
    assert doing_of_task(planned, ANN) == doing_of_task(task, ANN) == expected


def test_how_soon_something_fails_is_learned_beside_how_long_it_takes() -> None:
    assert NOTHING.failing(WRITING, HOURS) == NOTHING.duration(WRITING, HOURS)
    seen = [case(worked=number % 2 == 0, hours=8.0 if number % 2 == 0 else 0.8) for number in range(40)]
    beliefs = learned(history(*seen), NOW)
    assert beliefs.duration(WRITING, HOURS).p50 == pytest.approx(8.0, rel=0.1)
    assert beliefs.failing(WRITING, HOURS).p50 == pytest.approx(0.8, rel=0.4)
    other = Doing(work="command", kind="deploy")
    assert beliefs.failing(other, HOURS).p50 < beliefs.duration(other, HOURS).p50


def test_ages_far_beyond_all_calendars_are_borne() -> None:
    first = replace(case(), ended_at=dt.datetime(1, 1, 2, tzinfo=dt.UTC))
    last = replace(case(worked=False), ended_at=dt.datetime(9999, 12, 30, tzinfo=dt.UTC))
    odds = learned(history(first, last), NOW).odds(WRITING, 0.8)
    assert 0 < odds.chance < 1
