"""Hours of a person: when they are awake, and how an estimate stretches over their nights. Needs numpy.

An estimate is hours of elapsed time. Up to a day it means hours in which the person is awake, a day's worth of them at
most: eight hours begun at nine in the evening end the next day. What lasts longer contains its nights: three days end
three days later at the same time. Between a day's waking hours and a whole day there is a plateau, so that a longer
estimate never ends sooner. Whatever a person does, it ends while they are awake.

Moments are hours from an origin (the forecast's now), as arrays.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.planning.criteria.moments import zone_of
from engine.planning.forecasting.model import Calendar

Hours = NDArray[np.float64]

EXACT_DAYS = 800
"""So many days ahead are reckoned with each night of theirs; beyond, at the average share of waking hours."""
_DAY = dt.timedelta(days=1)
_ROUNDING = 1e-9
"""Hours: what is over the end of a stretch by less ends with it, and not with the begin of the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waking:
    """The waking stretches of one calendar around an origin."""

    begins: Hours
    """Hours from the origin, ascending; empty for somebody who has no quiet hours."""
    ends: Hours
    through: Hours
    """Waking hours from the first stretch's begin to the end of each."""
    gained: Hours
    """Waking hours from the first stretch's begin to a moment in each, less that moment."""
    a_day: float
    """Waking hours of a plain day."""

    def awake(self, moments: Hours) -> Hours:
        """Waking hours from the first stretch to each moment; only differences mean something."""
        if not len(self.begins):
            return moments
        at = self.begins[1:].searchsorted(moments, "right")  # what is before the first counts as in it
        found: Hours = self.gained[at] + np.minimum(moments, self.ends[at])
        if moments.max() > self.ends[-1]:
            beyond = moments - self.ends[-1]
            found = np.where(beyond > 0, self.through[-1] + beyond * (self.a_day / 24), found)
        return found

    def after(self, starts: Hours, hours: Hours) -> Hours:
        """The first moment at which so many waking hours have passed since each start."""
        return self.when(starts, self.awake(starts) + hours)

    def when(self, starts: Hours, wanted: Hours) -> Hours:
        """The first moment, not before each start, up to which there were so many waking hours in all."""
        if not len(self.begins):
            return wanted
        at = self.through[:-1].searchsorted(wanted - _ROUNDING, "left")
        found: Hours = wanted - self.gained[at]
        if wanted.max() > self.through[-1]:
            beyond = wanted - self.through[-1]
            found = np.where(beyond > 0, self.ends[-1] + beyond * (24 / self.a_day), found)
        return np.maximum(found, starts)

    def stretched(self, hours: Hours) -> Hours:
        """The waking hours that a person needs for what takes so many hours of elapsed time. Never falls."""
        return np.maximum(np.minimum(hours, self.a_day), hours * (self.a_day / 24))

    def elapsed(self, waking_hours: float) -> float:
        """The other way round, for one number: the shortest elapsed time that stretches to so many waking hours."""
        return waking_hours if waking_hours <= self.a_day else waking_hours * (24 / self.a_day)


def waking(calendar: Calendar, origin: dt.datetime, *, since: dt.datetime, days: float) -> Waking:
    """The waking stretches from a moment (at or before the origin) on, exact for so many days after the origin."""
    nothing = np.empty(0)
    if calendar.waking_hours == 24:
        return Waking(begins=nothing, ends=nothing, through=nothing, gained=nothing, a_day=24.0)
    bounds = _bounds(calendar, origin, since, min(days, EXACT_DAYS))
    # where a clock change swallows a night or a day, two stretches may touch: kept in order, none overlaps another
    ordered = np.maximum.accumulate(bounds)
    begins, ends = ordered[0::2], ordered[1::2]
    through = np.cumsum(ends - begins)
    return Waking(begins=begins, ends=ends, through=through, gained=through - ends, a_day=calendar.waking_hours)


def _bounds(calendar: Calendar, origin: dt.datetime, since: dt.datetime, days: float) -> Hours:
    """Begin and end of each waking stretch in turn, in hours from the origin."""
    zone = zone_of(calendar.zone)
    loud, quiet = calendar.quiet_to or 0, calendar.quiet_from or 0
    first = since.astimezone(zone).date() - 2 * _DAY  # stretches go over midnight, and zones differ by more than a day
    last = origin.astimezone(zone).date() + (days + 2) * _DAY
    over = _DAY if quiet <= loud else 0 * _DAY
    found: list[float] = []
    day = first
    while day <= last:
        next_day = day + over
        for date, hour in ((day, loud), (next_day, quiet)):
            bound = dt.datetime(date.year, date.month, date.day, hour, tzinfo=zone)
            found.append((bound.astimezone(dt.UTC) - origin).total_seconds() / 3600)
        day += _DAY
    return np.array(found)
