"""How much later: moments behind the buttons of «Later» and behind words such as «tomorrow». Pure."""

import datetime as dt

from engine.errors import InvalidInputError
from engine.planning.criteria.moments import END_OF_DAY, parse_deadline, parse_duration, to_utc, zone_of
from handlers.callbacks import Delay

MORNING, EVENING = dt.time(9), dt.time(18)
"""When a reminder comes that names only a day, or an evening."""


def delayed(delay: Delay, now: dt.datetime, zone: str) -> dt.datetime:
    """The moment behind a button: an hour on, 18:00 (tomorrow's when that is near), or 9:00 of a day."""
    here = now.astimezone(zone_of(zone)).replace(tzinfo=None)
    match delay:
        case Delay.HOUR:
            return now + dt.timedelta(hours=1)
        case Delay.EVENING:
            days = 0 if here.time() < dt.time(17, 30) else 1
            return _at(here.date() + dt.timedelta(days=days), EVENING, zone)
        case Delay.TOMORROW:
            return _at(here.date() + dt.timedelta(days=1), MORNING, zone)
        case Delay.WEEK:
            return _at(here.date() + dt.timedelta(days=7), MORNING, zone)


def worded(text: str, now: dt.datetime, zone: str) -> dt.datetime | None:
    """The moment that words mean, such as «in 3 hours», «tomorrow», «Friday 14:00»; None when they can't be read."""
    said = " ".join(text.lower().split()).strip(".! ").removeprefix("until ").removeprefix("till ")
    if said in ("tonight", "evening", "this evening", "in the evening"):
        return delayed(Delay.EVENING, now, zone)
    if said in ("next week", "in a week", "in one week", "in 1 week", "a week"):
        return delayed(Delay.WEEK, now, zone)
    length = parse_duration(said.removeprefix("in ").removeprefix("after ").removeprefix("for "))
    if length is not None and length < dt.timedelta(days=1):
        return now + length
    try:
        found = parse_deadline(said, now=now, zone=zone)
    except InvalidInputError:
        return None
    if found is None:
        return None
    local = found.astimezone(zone_of(zone)).replace(tzinfo=None)
    return (
        _at(local.date(), MORNING, zone) if local.time() == END_OF_DAY and local.date() > _today(now, zone) else found
    )


def _today(now: dt.datetime, zone: str) -> dt.date:
    return now.astimezone(zone_of(zone)).date()


def _at(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    return to_utc(dt.datetime.combine(day, time), zone_of(zone), late=False)
