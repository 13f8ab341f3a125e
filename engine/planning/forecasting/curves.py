"""Durations as tabulated curves, which can be drawn from, joined, and conditioned on what has already passed.

Needs numpy. A draw is the curve at a share between 0 and 1. The shares of a forecast are evenly spread and only their
order is dice (Latin hypercube sampling), which needs far fewer cases for the same precision than dice alone.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from engine.planning.forecasting.durations import LONGEST, Duration, Fixed, LogNormal, Quantiles, ThreePoint
from engine.planning.forecasting.waking import Waking

Floats = NDArray[np.float64]

_POINTS = 65
"""Support points of a curve: the mean of a PERT-beta is right to two thousandths."""
_SCORES = 15 * np.sinh(np.linspace(-4.0, 4.0, 2 * _POINTS - 1)) / np.sinh(4.0)
"""Support points of Student's t, closest in the middle; beyond 15 lies less than one case of ten thousand where four
degrees of freedom are known, and none of a normal."""
_LIKE_NORMAL = 1e6
_DIGITS = 9
"""Of an hour; what differs by less is the same, and too small a number would spoil the straight line beside it."""
_MOST_LOG = 2 * math.log(LONGEST)
"""An exponent that no float overflows at, and far beyond what is cut off."""
OUTLIVED = 0.98
"""What has gone on for longer than this share of its kind says nothing more by its curve."""
_TAIL = 2.0
"""From there on a Pareto tail of this index: the longer it has gone on, the longer it is likely to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A quantile function: `hours` not exceeded by `shares` of the cases, straight lines between them."""

    shares: Floats
    hours: Floats

    def at(self, shares: Floats) -> Floats:
        """The hours not exceeded by these shares."""
        return np.interp(shares, self.shares, self.hours)

    def below(self, hours: float) -> float:
        """The share of cases that take at most so many hours."""
        return float(np.interp(hours, self.hours, self.shares, left=0.0, right=1.0))

    @property
    def median(self) -> float:
        """Half of the cases take at most so many hours."""
        return float(np.interp(0.5, self.shares, self.hours))

    def left(self, passed: float, shares: Floats) -> Floats:
        """Hours that are left, at these shares, of what has gone on for `passed` hours already."""
        known = self.below(passed)
        if known > OUTLIVED:
            return passed * ((1 - shares) ** (-1 / _TAIL) - 1)
        return np.maximum(self.at(known + (1 - known) * shares) - passed, 0.0)

    def paced(self, done: float, passed: float, shares: Floats) -> Floats:
        """Hours that are left, at these shares, of what is done to the share `done` (below 1) after `passed` hours.

        The pace so far counts as much as the share that is done; 0 hours passed say nothing of the pace.
        """
        total = self.at(shares)
        if passed > 0 and self.median > 0:
            total = total * (passed / done / self.median) ** done
        return total * (1 - done)


def curve_of(duration: Duration) -> Curve:
    """The curve of a duration, in its hours."""
    match duration:
        case Fixed():
            found = _straight((duration.hours, duration.hours))
        case ThreePoint():
            found = _pert(duration)
        case LogNormal():
            found = _log_student(duration)
        case Quantiles():
            found = Curve(shares=np.array(duration.shares), hours=np.array(duration.hours))
        case _:
            assert_never(duration)
    return Curve(shares=found.shares, hours=np.minimum(found.hours, LONGEST).round(_DIGITS))


def _log_student(duration: LogNormal) -> Curve:
    hours = duration.median * np.exp(np.minimum(duration.sigma * _SCORES, _MOST_LOG))
    return Curve(shares=_student_shares(min(duration.freedom, _LIKE_NORMAL)), hours=hours)


@lru_cache(maxsize=256)
def _student_shares(freedom: float) -> Floats:
    """The shares below each score."""
    return _summed(np.exp(-(freedom + 1) / 2 * np.log1p(_SCORES**2 / freedom)), _SCORES)


def _summed(density: Floats, places: Floats) -> Floats:
    """The shares below each place of what has that density."""
    steps = (density[1:] + density[:-1]) / 2 * np.diff(places)
    shares = np.concatenate(([0.0], np.cumsum(steps)))
    whole: Floats = shares / shares[-1]
    whole.flags.writeable = False  # it is kept and handed out many times
    return whole


def _straight(hours: tuple[float, ...]) -> Curve:
    return Curve(shares=np.linspace(0.0, 1.0, len(hours)), hours=np.array(hours))


def _pert(points: ThreePoint) -> Curve:
    low, likely, high = sorted((points.low, points.likely, points.high))
    if low == high:
        return _straight((low, high))
    shares, places = _beta_curve(round((likely - low) / (high - low), _DIGITS))
    return Curve(shares=shares, hours=low + places * (high - low))


@lru_cache(maxsize=256)  # the estimates of a library are mostly of a few shapes, only longer or shorter
def _beta_curve(mode: float) -> tuple[Floats, Floats]:
    """Shares and places of the PERT-beta on 0 to 1 with that mode."""
    places = (1 - np.cos(np.linspace(0.0, np.pi, _POINTS))) / 2  # closer at the ends, where the curve bends most
    density = places ** (4 * mode) * (1 - places) ** (4 - 4 * mode)
    return _summed(density, places), places


def later_of(first: Curve, second: Curve) -> Curve:
    """The curve of the longer of two independent durations."""
    hours = np.union1d(first.hours, second.hours)
    # two points an hour, its chance just before and just after: where many cases take the same time, the curve jumps
    before, beyond = (
        np.interp(near, first.hours, first.shares, left=0.0, right=1.0)
        * np.interp(near, second.hours, second.shares, left=0.0, right=1.0)
        for near in (np.nextafter(hours, -np.inf), np.nextafter(hours, np.inf))
    )
    return Curve(shares=np.column_stack((before, beyond)).ravel(), hours=np.repeat(hours, 2))


def in_waking_hours(curve: Curve, person: Waking) -> Curve:
    """The curve of the waking hours that a person needs for it."""
    return Curve(shares=curve.shares, hours=person.stretched(curve.hours))
