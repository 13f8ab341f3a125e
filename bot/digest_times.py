"""When a chat's digest is due, by its own zone's calendar; safe where an hour is skipped or comes twice."""

import datetime as dt
from zoneinfo import ZoneInfo

from engine.records import ChatSettings

_LOOK_BACK = 7  # days: every weekday once


def digest_moment(date: dt.date, hour: int, zone: str) -> dt.datetime:
    """The moment of a local date and hour, in UTC.

    Of an hour that the zone skips that day it is the first moment after the gap; of one that comes twice, the first.
    """
    local = dt.datetime.combine(date, dt.time(hour), ZoneInfo(zone))
    before = local.astimezone(dt.UTC)
    if before.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return before
    # In a gap the clocks went from one offset to the next: the end of the gap is the hour read with the new one,
    # moved on by what was skipped. `fold=1` reads with the new offset, `fold=0` with the old.
    after = local.replace(fold=1).astimezone(dt.UTC)
    return _end_of_gap(after, before, ZoneInfo(zone))


def _end_of_gap(low: dt.datetime, high: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment of the change between two moments around it, to the minute."""
    early = low.astimezone(zone).utcoffset()
    while high - low > dt.timedelta(minutes=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == early:
            low = middle
        else:
            high = middle
    return high.replace(second=0, microsecond=0)


def latest_date(settings: ChatSettings, now: dt.datetime) -> dt.date | None:
    """The newest local date whose digest should have been made by `now`; None when the chat wants none."""
    if settings.digest_hour is None or not settings.digest_days:
        return None
    today = now.astimezone(ZoneInfo(settings.zone)).date()
    for back in range(_LOOK_BACK + 1):
        date = today - dt.timedelta(days=back)
        if date.weekday() in settings.digest_days and digest_moment(date, settings.digest_hour, settings.zone) <= now:
            return date
    return None


def due_date(settings: ChatSettings, now: dt.datetime) -> dt.date | None:
    """The local date whose digest is to be made now; None when none is.

    However many were missed, only the newest is made. Dates only move forward, whatever is done to zone and hour.
    """
    if settings.blocked or settings.owner is None:
        return None
    date = latest_date(settings, now)
    return date if date is not None and date.isoformat() > settings.last_digest else None
