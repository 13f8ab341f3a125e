"""How plans are ranked: by odds, then by cost, then by hours of work, then by how few parts they have.

All four are one whole number, the *rank*: the smaller the better. Ranks of parts add up to the rank of the whole,
exactly and in any order, which sums of logarithms in floating point don't; so ties are ties and bounds are safe.
Odds are told apart down to about one in 10^12, cost and hours to about a thousandth.
"""

import math

_PARTS_BITS, _HOURS_BITS, _COST_BITS = 40, 60, 80
_HOURS_SHIFT = _PARTS_BITS
_COST_SHIFT = _HOURS_SHIFT + _HOURS_BITS
_ODDS_SHIFT = _COST_SHIFT + _COST_BITS
_ODDS_SCALE = float(1 << 40)
_PARTS_MASK, _HOURS_MASK, _COST_MASK = ((1 << bits) - 1 for bits in (_PARTS_BITS, _HOURS_BITS, _COST_BITS))
_FINE = 1024.0
WORST = 1 << 4000
"""More than the rank of any plan."""


def rank_of(*, probability: float = 1.0, cost: float = 0.0, hours: float = 0.0, parts: int = 0) -> int:
    """The rank of one part of a plan. Probability over 0 and up to 1, the others from 0 on."""
    odds = round(-math.log(probability) * _ODDS_SCALE)
    return (odds << _ODDS_SHIFT) + (round(cost * _FINE) << _COST_SHIFT) + (round(hours * _FINE) << _HOURS_SHIFT) + parts


def probability_of(rank: int) -> float:
    """The odds that a rank stands for; 0 for the worst."""
    if rank >= WORST:
        return 0.0
    return math.exp(-(rank >> _ODDS_SHIFT) / _ODDS_SCALE)


def cost_of(rank: int) -> float:
    """The cost that a rank counts."""
    return (rank >> _COST_SHIFT & _COST_MASK) / _FINE


def hours_of(rank: int) -> float:
    """The hours of work that a rank counts."""
    return (rank >> _HOURS_SHIFT & _HOURS_MASK) / _FINE


def parts_of(rank: int) -> int:
    """How many parts a rank counts."""
    return rank & _PARTS_MASK
