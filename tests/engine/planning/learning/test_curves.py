"""Beta and Student's t: known values, and what must hold of any such curve."""

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.learning.curves import beta_below, beta_quantile, student_below, student_quantile

shares = st.floats(0.001, 0.999)
counts = st.floats(0.05, 500.0)
freedoms = st.floats(1.0, 1e8)


@pytest.mark.parametrize(
    ("x", "a", "b", "below"),
    [
        (0.3, 1, 1, 0.3),
        (0.5, 7, 7, 0.5),
        (0.3, 2, 5, 0.579825),  # 1 - 0.7^6 - 6 * 0.3 * 0.7^5
        (0.9, 9, 1, 0.9**9),
        (0.25, 0.5, 0.5, 1 / 3),  # the arcsine curve
        (-1, 2, 3, 0.0),
        (2, 2, 3, 1.0),
    ],
)
def test_beta_has_its_known_values(x: float, a: float, b: float, below: float) -> None:
    assert beta_below(x, a, b) == pytest.approx(below, abs=1e-10)


@pytest.mark.parametrize(
    ("share", "freedom", "t"),
    [
        (0.9, 1, math.tan(math.pi * 0.4)),  # with one degree it is Cauchy's curve
        (0.975, 2, 0.95 * math.sqrt(2 / (4 * 0.975 * 0.025))),
        (0.9, 4, 1.5332062740589438),
        (0.975, 10, 2.2281388519649385),
        (0.95, 30, 1.6972608865936),
        (0.9, math.inf, NormalDist().inv_cdf(0.9)),
    ],
)
def test_students_t_has_its_known_quantiles(share: float, freedom: float, t: float) -> None:
    assert student_quantile(share, freedom) == pytest.approx(t, rel=1e-9)
    assert student_quantile(1 - share, freedom) == pytest.approx(-t, rel=1e-9)


@given(shares, counts, counts)
def test_a_quantile_of_beta_has_its_share_below_it(share: float, a: float, b: float) -> None:
    x = beta_quantile(share, a, b)
    assert 0 <= x <= 1
    below, above = beta_below(max(x - 1e-9, 0.0), a, b), beta_below(min(x + 1e-9, 1.0), a, b)
    assert below - 1e-6 <= share <= above + 1e-6


@given(shares, freedoms)
def test_a_quantile_of_students_t_has_its_share_below_it(share: float, freedom: float) -> None:
    assert student_below(student_quantile(share, freedom), freedom) == pytest.approx(share, abs=1e-8)


exact = st.integers(0, 1024).map(lambda number: number / 1024)
"""Shares whose rest is one too, without rounding."""


@given(counts, counts, exact, exact)
def test_beta_never_falls_and_mirrors(a: float, b: float, x: float, y: float) -> None:
    low, high = sorted((x, y))
    assert beta_below(low, a, b) <= beta_below(high, a, b) + 1e-9
    assert beta_below(x, a, b) == pytest.approx(1 - beta_below(1 - x, b, a), abs=1e-9)


@given(shares.filter(lambda share: abs(share - 0.5) > 0.01), st.floats(1.0, 1e6))
def test_fewer_degrees_of_freedom_never_narrow_a_range(share: float, freedom: float) -> None:
    assert abs(student_quantile(share, freedom)) >= abs(student_quantile(share, freedom * 2)) * (1 - 1e-9)
