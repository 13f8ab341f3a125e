"""How long something takes, as a distribution: three points, a log-normal, known shares, or one fixed span."""

import math
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from engine.errors import InvalidInputError
from engine.tasks import Estimate

LONGEST = 100 * 365.25 * 24
"""Hours; nothing is taken to last longer, so that sums stay moments that a calendar has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """Exactly so many hours."""

    hours: float

    def __post_init__(self) -> None:
        _check("hours", self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreePoint:
    """A PERT-beta distribution over hours. Points that are out of order are put in order."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        _check("low, likely and high", self.low, self.likely, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """Hours whose logarithm is normal, or where it is known from few cases, Student's t: what is learned."""

    median: float
    """Hours, above 0."""
    sigma: float
    """Scale of the logarithm; 0 makes it fixed."""
    freedom: float = math.inf
    """Degrees of freedom, from 2: few where little is known; infinite for a plain log-normal."""

    def __post_init__(self) -> None:
        _check("median and sigma", self.median, self.sigma)
        if self.median == 0 or not self.freedom >= 2:
            raise InvalidInputError("duration", "that is no log-normal", "a median above 0, 2 degrees of freedom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """Known shares: the hours not exceeded by these shares of the cases, straight lines between them.

    For curves of other families. Both ascend; `shares` begins with 0 and ends with 1.
    """

    shares: tuple[float, ...]
    hours: tuple[float, ...]

    def __post_init__(self) -> None:
        _check("hours", *self.hours)
        fits = len(self.shares) == len(self.hours) >= 2 and self.shares[0] == 0 and self.shares[-1] == 1
        if not fits or list(self.shares) != sorted(self.shares) or list(self.hours) != sorted(self.hours):
            raise InvalidInputError("duration", "its shares and hours are no curve", "ascending pairs from 0 to 1")


Duration: TypeAlias = Fixed | ThreePoint | LogNormal | Quantiles


def of_estimate(estimate: Estimate) -> Duration:
    """The prior that a plan's estimate is."""
    if estimate.low == estimate.likely == estimate.high:
        return Fixed(hours=estimate.likely)
    return ThreePoint(low=estimate.low, likely=estimate.likely, high=estimate.high)


def mean_of(duration: Duration) -> float:
    """Its mean in hours; of a very skewed log-normal less, so that one wild guess does not drown the rest."""
    match duration:
        case Fixed():
            return duration.hours
        case ThreePoint():
            return (duration.low + 4 * duration.likely + duration.high) / 6
        case LogNormal():
            return duration.median * math.exp(min(duration.sigma**2 / 2, 2.0))
        case Quantiles():
            pieces = zip(duration.shares, duration.shares[1:], duration.hours, duration.hours[1:], strict=False)
            return sum((to - since) * (low + high) / 2 for since, to, low, high in pieces)
        case _:
            assert_never(duration)


def _check(names: str, *values: float) -> None:
    if not all(math.isfinite(value) and value >= 0 for value in values):
        raise InvalidInputError("duration", f"{names} are no usable numbers", "numbers from 0 on")
