"""How long a doing takes: log-normal, its prior the plan's three points, moved by how much longer it took before."""

import math

from engine.planning.learning.curves import student_quantile
from engine.planning.learning.findings import P90, SHORTEST_HOURS, Hours
from engine.planning.learning.odds import basis_of
from engine.planning.learning.pooling import LEAST, Guess, Pool, Spreads
from engine.planning.learning.tallies import Path
from engine.tasks import Estimate

SPREADS = Spreads(by_depth=(0.1, 0.2, 0.4, 0.3, 0.1), people=0.2)
"""In units of the variance among the runs of one doing: in all, plans err about as much on what a doing takes at the
median as its runs differ among themselves."""
TRUST = 4.0
"""Cases that the width of a plan's estimate is worth."""
_NARROWEST = 0.15
"""Width of the narrowest estimate: nobody knows elapsed time better than to 20 %, even where low and high are equal."""


def planned(estimate: Estimate) -> tuple[float, float]:
    """Middle and width of the logarithm of the hours that three points mean: low is one case of ten, high nine."""
    low, likely, high = (
        math.log(max(hours, SHORTEST_HOURS)) for hours in sorted((estimate.low, estimate.likely, estimate.high))
    )
    return (low + 4 * likely + high) / 6, max((high - low) / (2 * P90), _NARROWEST)


def reading(cases: float, excess: float, _: float) -> Guess:
    """How much longer some cases took than planned, as a logarithm; in units of the variance of one case."""
    return Guess(mean=excess / cases, variance=1.0 / cases)


def duration_of(pool: Pool, spreads: Pool, path: Path, prior: tuple[float, float], *, person: bool) -> Hours:
    """The hours of the group at `path` when the plan gives it `prior`, the middle and width of the logarithm.

    `spreads` holds degrees of freedom and squares inside the groups. `person` when the path ends with one.
    """
    middle, width = prior
    guess = pool.inherited(path)
    if person:
        guess = guess.shifted(pool.person(path))
    cases, excess, _ = pool.own(path)
    if cases > LEAST:
        guess = guess.learning(reading(cases, excess, 0.0))
    # The plan's width is for all that could happen. A part of that is what is not known yet; the rest is chance.
    unlearned = pool.spreads.unlearned(len(path), person=person)
    chance = (width * P90 / student_quantile(0.9, TRUST)) ** 2 / (1.0 + unlearned)
    variance, freedom = _spread(spreads, path, chance)
    basis, count = basis_of(pool, path, person=person)
    return Hours(
        middle=middle + guess.mean,
        width=math.sqrt(variance * (1.0 + guess.variance)),
        freedom=freedom,
        cases=count,
        basis=basis,
    )


def _spread(spreads: Pool, path: Path, variance: float) -> tuple[float, float]:
    """Variance among the runs of one doing, and the degrees of freedom of what is known of it.

    Each group begins with what those around it have, as if that were `TRUST` cases of its own.
    """
    freedom = TRUST
    for sums in (*(spreads.rest(path[:depth]) for depth in range(1, len(path) + 1)), spreads.own(path)):
        cases, squares, _ = sums
        if cases > LEAST:
            trust = min(freedom, TRUST)
            variance = (trust * variance + max(squares, 0.0)) / (trust + cases)
            freedom = trust + cases
    return variance, freedom
