"""How good predictions were: what was given beside what came of it, each figure with its number of cases."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.planning.learning.findings import SHORTEST_HOURS
from engine.planning.learning.replay import Judged

BANDS = (0.8, 0.5, 0.0)
"""Odds are told in these bands, each from here up to the one before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The things that were given odds of at least `least`, and less than the band above."""

    least: float
    given: int
    expected: float
    """How many of them should have worked, by the odds given."""
    worked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Predicted against actual."""

    cases: int
    """Things that odds were given."""
    worked: int
    brier: float | None
    """Mean squared distance of the odds from what came (0 or 1): 0 is perfect; None without cases."""
    base_brier: float | None
    """The same for somebody who always says the share that worked in the end; None without cases."""
    bands: tuple[Band, ...]
    timed: int
    """Things whose hours are known."""
    median_error: float | None
    """Half of the predicted medians were off by less than this share of what it took; None without timed cases."""
    coverage: float | None
    """The share of hours that lay in the range meant to hold 80 %; None without timed cases."""


def calibrate(judged: Iterable[Judged]) -> Calibration:
    """The figures of some cases."""
    cases = tuple(judged)
    worked = sum(one.case.worked for one in cases)
    share = worked / len(cases) if cases else 0.0
    timed = [one for one in cases if one.hours is not None]
    return Calibration(
        cases=len(cases),
        worked=worked,
        brier=statistics.fmean((one.chance - one.case.worked) ** 2 for one in cases) if cases else None,
        base_brier=share * (1.0 - share) if cases else None,
        bands=_bands(cases),
        timed=len(timed),
        median_error=statistics.median(map(_error, timed)) if timed else None,
        coverage=statistics.fmean(map(_held, timed)) if timed else None,
    )


def by_work(judged: Iterable[Judged]) -> Mapping[str, Calibration]:
    """The figures of each work by its name, that with the most cases first."""
    found: dict[str, list[Judged]] = {}
    for one in judged:
        found.setdefault(one.case.doing.work, []).append(one)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return {work: calibrate(cases) for work, cases in ranked}


def _bands(cases: Sequence[Judged]) -> tuple[Band, ...]:
    bands = []
    below = 2.0
    for least in BANDS:
        inside = [one for one in cases if least <= one.chance < below]
        below = least
        if inside:
            expected = sum(one.chance for one in inside)
            worked = sum(one.case.worked for one in inside)
            bands.append(Band(least=least, given=len(inside), expected=expected, worked=worked))
    return tuple(bands)


def _error(one: Judged) -> float:
    """How far the median was off, as a share of what it took; of no time at all, as a share of a second."""
    hours = max(one.hours or 0.0, SHORTEST_HOURS)
    return abs(one.median - hours) / hours


def _held(one: Judged) -> bool:
    return one.hours is not None and one.low <= one.hours <= one.high
