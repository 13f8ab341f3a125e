"""What is believed of one doing: the odds that it works and the hours it takes, each with the cases behind it."""

import math
from dataclasses import dataclass
from enum import StrEnum

from engine.planning.learning.curves import beta_quantile, student_quantile

LONGEST_HOURS = 10 * 366 * 24.0
"""No duration is told longer than this: the tails of what is known from two cases reach beyond all calendars."""
SHORTEST_HOURS = 1 / 3600
"""A second; what took less took nothing, and has no logarithm."""


P90 = 1.2815515655446004
"""Where nine cases of ten of the normal curve stay under."""


class Basis(StrEnum):
    """The narrowest group that there are cases of."""

    PLAN = "plan"
    """None: these are the plan's own figures."""
    EVERYTHING = "everything"
    WORK = "work"
    KIND = "kind"
    METHOD = "method"
    PERSON = "person"
    """This very doing by this very person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """The chance that it works, as a Beta curve over what that chance may be."""

    worked: float
    """Cases that worked, those that the prior is worth included; above 0."""
    failed: float
    """Cases that failed, likewise."""
    cases: float
    """How many cases of the group that `basis` names are behind it; older ones count less."""
    basis: Basis

    @property
    def chance(self) -> float:
        """The chance to go by, from 0 to 1."""
        return self.worked / (self.worked + self.failed)

    @property
    def low(self) -> float:
        """The true chance is lower than this in one case of ten."""
        return beta_quantile(0.1, self.worked, self.failed)

    @property
    def high(self) -> float:
        """The true chance is higher than this in one case of ten."""
        return beta_quantile(0.9, self.worked, self.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """How many hours it takes: log-normal, with the width of Student's t where it is known from few cases.

    To draw from it: `exp(middle + width * t)` with t of Student's t of `freedom` degrees. It has no mean worth
    telling (with few cases the tails are too heavy for one): go by the median.
    """

    middle: float
    """The logarithm of the median, in hours."""
    width: float
    """The scale of the logarithm, above 0."""
    freedom: float
    """Degrees of freedom: few where little is known; the more, the nearer to a plain log-normal."""
    cases: float
    """How many cases of the group that `basis` names are behind it; older ones count less."""
    basis: Basis

    @property
    def p10(self) -> float:
        """Hours that one case of ten stays under."""
        return self.quantile(0.1)

    @property
    def p50(self) -> float:
        """The median, in hours."""
        return _hours(self.middle)

    @property
    def p90(self) -> float:
        """Hours that nine cases of ten stay under."""
        return self.quantile(0.9)

    @property
    def sigma(self) -> float:
        """Of the plain log-normal with the same median and the same nine cases of ten."""
        return self.width * student_quantile(0.9, self.freedom) / P90

    def quantile(self, share: float) -> float:
        """Hours that are not exceeded with chance `share` (between 0 and 1, both excluded)."""
        return _hours(self.middle + self.width * student_quantile(share, self.freedom))


def _hours(logarithm: float) -> float:
    return min(max(math.exp(min(logarithm, 50.0)), SHORTEST_HOURS), LONGEST_HOURS)
