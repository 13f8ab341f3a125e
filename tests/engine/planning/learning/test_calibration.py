"""The figures of predicted against actual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.learning.calibration import by_work, calibrate
from engine.planning.learning.experience import Answer, Doing, History
from engine.planning.learning.record import Scope, judged_record
from engine.planning.learning.replay import Judged
from engine.values import ChatId
from tests.engine.planning.learning.cases import ANN, BEN, NOW, case, history


def judged(
    chance: float = 0.8, worked: bool = True, hours: float | None = 2.0, work: str = "person", median: float = 2.0
) -> Judged:
    """A prediction whose range goes from half to twice its median."""
    one = case(Doing(work=work), worked=worked, hours=hours)
    return Judged(case=one, runs=0, chance=chance, low=median / 2, median=median, high=median * 2)


def test_the_brier_score_is_the_mean_squared_distance_from_what_came() -> None:
    found = calibrate([judged(0.8, True), judged(0.6, False)])
    assert found.brier == pytest.approx((0.04 + 0.36) / 2)
    assert found.base_brier == pytest.approx(0.25)
    assert (found.cases, found.worked) == (2, 1)


def test_who_always_gives_the_base_rate_has_its_score() -> None:
    found = calibrate([judged(0.75, number % 4 != 0) for number in range(40)])
    assert found.brier == pytest.approx(found.base_brier)


def test_things_are_told_by_the_odds_they_were_given() -> None:
    given_odds = [(0.95, True), (0.8, False), (0.79, True), (0.5, True), (0.2, False)]
    found = calibrate([judged(chance, worked) for chance, worked in given_odds])
    assert [(b.least, b.given, b.worked) for b in found.bands] == [(0.8, 2, 1), (0.5, 2, 2), (0.0, 1, 0)]
    assert found.bands[0].expected == pytest.approx(1.75)


def test_half_of_the_errors_are_below_the_median_error() -> None:
    found = calibrate([judged(hours=hours, median=2.0) for hours in (1.0, 2.0, 2.5, 4.0, 8.0)])
    assert found.median_error == pytest.approx(0.5)
    assert found.timed == 5


def test_coverage_is_the_share_inside_the_range_its_ends_included() -> None:
    found = calibrate([judged(hours=hours) for hours in (0.99, 1.0, 3.0, 4.0, 4.01)])
    assert found.coverage == pytest.approx(0.6)


def test_what_failed_or_was_not_seen_to_begin_has_no_hours() -> None:
    found = calibrate([judged(worked=False), judged(hours=None)])
    assert (found.cases, found.timed, found.median_error, found.coverage) == (2, 0, None, None)


def test_what_took_no_time_is_no_division_by_zero() -> None:
    assert calibrate([judged(hours=0.0, median=2 / 3600)]).median_error == pytest.approx(1.0)


def test_of_nothing_there_are_no_figures() -> None:
    found = calibrate([])
    assert (found.cases, found.brier, found.base_brier, found.bands, found.coverage) == (0, None, None, (), None)


def test_works_come_with_the_one_of_most_cases_first() -> None:
    found = by_work([judged(work="b"), judged(work="a"), judged(work="c"), judged(work="c", worked=False)])
    assert list(found) == ["c", "a", "b"]
    assert (found["c"].cases, found["c"].worked) == (2, 1)


@given(st.lists(st.builds(judged, st.floats(0, 1), st.booleans(), st.none() | st.floats(0, 99)), min_size=1))
def test_figures_keep_within_their_bounds(cases: list[Judged]) -> None:
    found = calibrate(cases)
    assert found.brier is not None
    assert 0 <= found.brier <= 1
    assert sum(band.given for band in found.bands) == found.cases == len(cases)
    assert sum(band.worked for band in found.bands) == found.worked
    assert found.coverage is None or 0 <= found.coverage <= 1


def test_a_chat_is_judged_by_its_own_tasks_and_learns_from_all() -> None:
    own = case(days_ago=1, chat=ChatId(5))
    others = [case(worked=False, days_ago=20 + number, chat=ChatId(6)) for number in range(20)]
    seen = history(own, *others)
    record = judged_record(seen, Scope(chat=ChatId(5)), NOW)
    assert (record.overall.cases, record.since) == (1, own.ended_at)
    assert record.overall.bands[0].least < 0.8, "what failed elsewhere was known"
    assert judged_record(seen, Scope(everything=True), NOW).overall.cases == 21
    assert judged_record(seen, Scope(chat=ChatId(7)), NOW).since is None
    assert judged_record(seen, Scope(), NOW).overall.cases == 0, "goals of programs are a scope of their own"


def test_how_long_somebody_takes_to_answer_is_told_of_who_asked_alone() -> None:
    answers = tuple(
        Answer(person=who, hours=hours, at=NOW) for who, hours in ((ANN, 2.0), (BEN, 50.0)) for _ in range(9)
    )
    seen = History(answers=answers)
    found = judged_record(seen, Scope(person=ANN), NOW).answering
    assert found is not None
    assert found.answers == 9
    assert found.expected.p50 == pytest.approx(2.2, abs=0.5)
    assert judged_record(seen, Scope(), NOW).answering is None
