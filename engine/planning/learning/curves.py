"""The two curves that learning draws its ranges from: Beta for odds, Student's t for what is known from few cases."""

import math
from functools import lru_cache
from statistics import NormalDist

_MOST_TERMS = 300
_PRECISION = 1e-12
_TINY = 1e-300
_LIKE_NORMAL = 1e4
"""Degrees of freedom from which Student's t is the normal curve to all digits that matter."""
_HALVINGS = 60
_STEPS = 100
_NORMAL = NormalDist()


def beta_below(x: float, a: float, b: float) -> float:
    """The chance that a Beta(a, b) value is at most `x`; `a` and `b` above 0."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    scale = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):  # the fraction converges fast on this side, and the curve is symmetric
        return min(1.0, scale * _fraction(x, a, b) / a)
    return max(0.0, 1.0 - scale * _fraction(1.0 - x, b, a) / b)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete Beta function, evaluated from the front (Lentz's way)."""
    upper, lower = 1.0, 1.0 / _apart(1.0 - (a + b) * x / (a + 1.0))
    value = lower
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            lower = 1.0 / _apart(1.0 + step * lower)
            upper = _apart(1.0 + step / upper)
            value *= upper * lower
        if abs(upper * lower - 1.0) < _PRECISION:
            break
    return value


def _apart(value: float) -> float:
    """The value, kept off zero: it is divided by."""
    return value if abs(value) > _TINY else _TINY


def beta_quantile(share: float, a: float, b: float) -> float:
    """The x that a Beta(a, b) value does not exceed with chance `share` (0 to 1)."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if beta_below(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def student_below(t: float, freedom: float) -> float:
    """The chance that a value of Student's t is at most `t`; `freedom` (degrees) above 0, infinite for the normal."""
    if freedom >= _LIKE_NORMAL:
        return _NORMAL.cdf(t)
    tail = 0.5 * beta_below(freedom / (freedom + t * t), freedom / 2, 0.5)
    return 1.0 - tail if t > 0 else tail


@lru_cache(maxsize=1024)  # of one belief both ends of the range are asked for, and of every belief the same shares
def student_quantile(share: float, freedom: float) -> float:
    """The t that is not exceeded with chance `share` (between 0 and 1, both excluded); `freedom` of at least 1."""
    if share < 0.5:
        return -student_quantile(1.0 - share, freedom)
    if share == 0.5:
        return 0.0
    if freedom >= _LIKE_NORMAL:
        return _NORMAL.inv_cdf(share)
    # Newton's way from the normal quantile: the curve bends down on this side and the begin lies left of the end, so
    # that no step goes too far.
    t = _NORMAL.inv_cdf(share)
    for _ in range(_STEPS):
        step = (share - student_below(t, freedom)) / _student_density(t, freedom)
        t += step
        if abs(step) <= _PRECISION * t:
            break
    return t


def _student_density(t: float, freedom: float) -> float:
    scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    return math.exp(scale - (freedom + 1) / 2 * math.log1p(t * t / freedom)) / math.sqrt(freedom * math.pi)
