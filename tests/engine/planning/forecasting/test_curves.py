"""Durations as curves."""

import math
import random
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInputError
from engine.planning.forecasting.curves import OUTLIVED, curve_of, later_of
from engine.planning.forecasting.durations import (
    LONGEST,
    Duration,
    Fixed,
    LogNormal,
    Quantiles,
    ThreePoint,
    mean_of,
    of_estimate,
)
from engine.planning.learning.curves import student_quantile
from engine.tasks import Estimate

SHARES = (np.arange(4_000) + 0.5) / 4_000
some_hours = st.floats(0, 1e4)
durations: st.SearchStrategy[Duration] = st.one_of(
    st.builds(Fixed, hours=some_hours),
    st.builds(ThreePoint, low=some_hours, likely=some_hours, high=some_hours),
    st.builds(LogNormal, median=st.floats(0.01, 1e3), sigma=st.floats(0, 2)),
    st.lists(some_hours, min_size=2, max_size=9).map(
        lambda found: Quantiles(
            shares=tuple(place / (len(found) - 1) for place in range(len(found))), hours=tuple(sorted(found))
        )
    ),
)


@pytest.mark.parametrize("points", [(1.0, 2.0, 9.0), (0.0, 0.0, 4.0), (3.0, 10.0, 10.0), (2.0, 3.0, 4.0)])
def test_three_points_have_the_mean_and_the_spread_of_a_pert_beta(points: tuple[float, float, float]) -> None:
    low, likely, high = points
    drawn = curve_of(ThreePoint(low=low, likely=likely, high=high)).at(SHARES)
    dice = random.Random(1)
    alpha, beta = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    thrown = sorted(low + (high - low) * dice.betavariate(alpha, beta) for _ in range(20_000))
    assert drawn.mean() == pytest.approx((low + 4 * likely + high) / 6, rel=2e-3)
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(drawn, share) == pytest.approx(thrown[int(share * 20_000)], abs=0.01 * (high - low))
    assert drawn.min() >= low
    assert drawn.max() <= high


def test_a_log_normal_has_its_median_and_its_mean() -> None:
    drawn = curve_of(LogNormal(median=5.0, sigma=0.8)).at(SHARES)
    assert np.median(drawn) == pytest.approx(5.0, rel=1e-3)
    assert drawn.mean() == pytest.approx(5.0 * math.exp(0.32), rel=0.01)
    assert statistics.stdev(np.log(drawn)) == pytest.approx(0.8, rel=0.01)


@pytest.mark.parametrize("freedom", [3.0, 4.0, 9.5, 60.0, math.inf])
def test_what_is_known_from_few_cases_has_the_tails_of_students_t(freedom: float) -> None:
    curve = curve_of(LogNormal(median=5.0, sigma=0.4, freedom=freedom))
    for share in (0.02, 0.1, 0.5, 0.8, 0.9, 0.99):
        score = math.log(float(curve.at(np.array([share]))[0]) / 5.0) / 0.4
        assert score == pytest.approx(student_quantile(share, freedom), rel=0.02, abs=1e-3)


def test_points_that_are_out_of_order_are_put_in_order() -> None:
    mixed, sorted_ = ThreePoint(low=9, likely=1, high=4), ThreePoint(low=1, likely=4, high=9)
    assert curve_of(mixed).at(SHARES).tolist() == curve_of(sorted_).at(SHARES).tolist()


def test_an_estimate_of_one_number_is_certain() -> None:
    assert of_estimate(Estimate(low=3, likely=3, high=3)) == Fixed(hours=3)
    assert of_estimate(Estimate(low=1, likely=3, high=4)) == ThreePoint(low=1, likely=3, high=4)


@given(durations)
def test_a_curve_never_falls_and_stays_within_reason(duration: Duration) -> None:
    drawn = curve_of(duration).at(SHARES)
    assert np.all(np.diff(drawn) >= 0)
    assert np.all((drawn >= 0) & (drawn <= LONGEST))
    assert np.isfinite(mean_of(duration))


@given(durations, durations)
def test_the_longer_of_two_is_never_shorter_than_either(first: Duration, second: Duration) -> None:
    joined = later_of(curve_of(first), curve_of(second)).at(SHARES)
    slack = 1e-6 + 0.02 * float(joined.max())  # both are tables: what lies between two points is a straight line
    assert np.all(joined >= np.maximum(curve_of(first).at(SHARES), curve_of(second).at(SHARES)) - slack)


def test_the_longer_of_two_is_what_dice_say_it_is() -> None:
    first, second = ThreePoint(low=1, likely=4, high=12), LogNormal(median=5, sigma=0.7)
    joined = later_of(curve_of(first), curve_of(second)).at(SHARES)
    dice = np.random.default_rng(1)
    thrown = np.maximum(curve_of(first).at(dice.random(40_000)), curve_of(second).at(dice.random(40_000)))
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(joined, share) == pytest.approx(np.quantile(thrown, share), rel=0.02)


def test_what_is_left_is_that_of_the_cases_that_last_as_long() -> None:
    curve = curve_of(LogNormal(median=10, sigma=0.6))
    everything = curve.at(SHARES)
    lasting = everything[everything > 8] - 8
    left = curve.left(8.0, SHARES)
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(left, share) == pytest.approx(np.quantile(lasting, share), rel=0.01)


@given(durations, st.floats(0, 1e5))
def test_what_is_left_is_never_negative(duration: Duration, passed: float) -> None:
    assert np.all(curve_of(duration).left(passed, SHARES) >= 0)


def test_what_has_outlived_its_kind_is_likely_to_last_the_longer_the_longer_it_has() -> None:
    curve = curve_of(ThreePoint(low=1, likely=2, high=4))
    assert curve.below(10) > OUTLIVED
    at_ten, at_hundred = (float(np.median(curve.left(passed, SHARES))) for passed in (10.0, 100.0))
    assert at_ten == pytest.approx(4.14, rel=0.01)
    assert at_hundred == pytest.approx(41.4, rel=0.01)


def test_the_pace_so_far_counts_as_much_as_the_share_that_is_done() -> None:
    curve = curve_of(Fixed(hours=10))
    assert curve.paced(0.5, 0.0, SHARES)[0] == pytest.approx(5.0)  # nobody saw it begin
    assert curve.paced(0.5, 5.0, SHARES)[0] == pytest.approx(5.0)  # as fast as estimated
    assert curve.paced(0.5, 20.0, SHARES)[0] == pytest.approx(10.0)  # four times as slow: between 5 and 20
    assert curve.paced(0.9, 36.0, SHARES)[0] == pytest.approx(4.0, rel=0.15)  # nearly done: the pace says nearly all
    assert curve.paced(1.0, 36.0, SHARES)[0] == 0.0


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_hours_that_are_no_numbers_are_refused(value: float) -> None:
    with pytest.raises(InvalidInputError):
        Fixed(hours=value)
    with pytest.raises(InvalidInputError):
        ThreePoint(low=0, likely=value, high=3)
    with pytest.raises(InvalidInputError):
        LogNormal(median=1, sigma=value)


def test_shares_that_are_no_curve_are_refused() -> None:
    for shares, hours in (((0.0, 1.0), (2.0, 1.0)), ((0.0, 0.5), (1.0, 2.0)), ((0.0,), (1.0,)), ((0.0, 1.0), (1.0,))):
        with pytest.raises(InvalidInputError):
            Quantiles(shares=shares, hours=hours)
    for median, freedom in ((0.0, math.inf), (1.0, 1.5), (1.0, math.nan)):
        with pytest.raises(InvalidInputError):
            LogNormal(median=median, sigma=1, freedom=freedom)
