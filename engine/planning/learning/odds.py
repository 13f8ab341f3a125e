"""The odds that a doing works: a Beta curve whose prior is the plan's own chance, moved by what its relatives did."""

import math

from engine.planning.learning.findings import Basis, Odds
from engine.planning.learning.pooling import LEAST, Guess, Pool, Spreads
from engine.planning.learning.tallies import Path

SPREADS = Spreads(by_depth=(0.05, 0.1, 0.3, 0.3, 0.1), people=0.15)
"""In log-odds squared. In all about one: the plan's 80 % may well be 60 or 92, most of all for a kind or a method that
its author never saw at work here."""
SURE = 0.99
"""No plan's chance counts as surer than this, nor as hopeless as its opposite: nothing would ever be learned of it."""
MOST_TRUST, LEAST_TRUST = 10.0, 1.0
"""Cases that a prior is worth at most (a dozen of one's own tell more than any book) and at least."""


def sensible(chance: float) -> float:
    """A chance that something can still be learned about."""
    return min(max(chance, 1.0 - SURE), SURE)


def reading(cases: float, worked: float, planned: float) -> Guess:
    """How far the log-odds of some cases lie from those that the plan gave them; `worked` and `planned` are sums."""
    expected = planned / cases
    rate = (worked + expected) / (cases + 1.0)  # one more case that went as planned: the log-odds of 3 of 3 are finite
    return Guess(mean=logit(rate) - logit(expected), variance=1.0 / ((cases + 1.0) * rate * (1.0 - rate)))


def odds_of(pool: Pool, path: Path, prior: float, *, person: bool) -> Odds:
    """The odds of the group at `path` when the plan gives it `prior`; `person` when the path ends with one."""
    guess = pool.inherited(path)
    if person:
        guess = guess.shifted(pool.person(path))
    chance = 1.0 / (1.0 + math.exp(-logit(sensible(prior)) - guess.mean))
    trust = 1.0 / (chance * (1.0 - chance) * guess.variance) - 1.0
    trust = min(max(trust, LEAST_TRUST), MOST_TRUST)
    cases, worked, _ = pool.own(path)
    if cases <= LEAST:
        cases = worked = 0.0
    basis, count = basis_of(pool, path, person=person)
    return Odds(
        worked=chance * trust + worked,
        failed=(1.0 - chance) * trust + max(cases - worked, 0.0),
        cases=count,
        basis=basis,
    )


_BASES = (Basis.EVERYTHING, Basis.WORK, Basis.KIND, Basis.METHOD, Basis.PERSON)
ONE_CASE = 0.5
"""What is left of a case after one half-life: with less, a group counts as unknown."""


def basis_of(pool: Pool, path: Path, *, person: bool) -> tuple[Basis, float]:
    """The narrowest group on the path that there are cases of, and how many."""
    for depth in range(len(path), -1, -1):
        cases = pool.own(path[:depth])[0]
        if cases >= ONE_CASE:
            return _BASES[-1] if person and depth == len(path) else _BASES[depth], cases
    return Basis.PLAN, 0.0


def logit(chance: float) -> float:
    """The log-odds of a chance between 0 and 1, both excluded."""
    return math.log(chance / (1.0 - chance))
