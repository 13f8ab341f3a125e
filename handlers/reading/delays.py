"""How much later: moments behind the buttons of «Later» and behind words such as «tomorrow». Pure."""

import datetime as dt
import re

from engine.errors import InvalidInputError
from engine.planning.criteria.dates import DAY
from engine.planning.criteria.moments import (
    DURATION_PATTERN,
    END_OF_DAY,
    parse_deadline,
    parse_duration,
    to_utc,
    zone_of,
)
from handlers.callbacks import Delay

_LENGTH_AHEAD = re.compile(rf"(?:in|for|after) (?:about )?(?:{DURATION_PATTERN})|next (?:week|month)|tonight", re.I)
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


_HOLDS_UP = re.compile(
    r"\b(?:back|return(?:s|ing)?|com(?:es?|ing)|arriv(?:es?|ing)|until|till|earliest|not before|opens?|closed|"
    r"deliver(?:s|y)|(?:be|is|are|gets?|being|not) delivered|expected|wait|"
    r"ask(?: me)? again|try again|away|ill|sick|on (?:holiday|vacation|leave))\b",
    re.I,
)
"""What tells that a day is the one on which something will be there, and no part of what was asked for."""
_OVER = re.compile(
    r"\b(?:was|were|came|got|went|(?:has|have|had)(?: \w+)? (?:been|come|got))(?: \w+)? "
    r"(?:(?:expected )?back|away|ill|sick|closed|on (?:holiday|vacation|leave))(?: (?:until|till))?\b",
    re.I,
)
"""The same things told of days that are over."""
_MOST_WORDS, _MOST_READ = 5, 100
"""So many words a moment has at most, and so many are looked at: longer texts are stories."""


def said_until(text: str, now: dt.datetime, zone: str) -> dt.datetime | None:
    """Until when something is in the way, as words with more in them say: «he is back on Monday»; None where they say
    no moment that is still to come."""
    if _HOLDS_UP.search(_OVER.sub("", text)) is None:
        return None
    said = text.strip(" .!").split()[:_MOST_READ]
    for start in range(len(said)):
        if start and said[start - 1].lower() == "since":
            continue
        for end in range(min(len(said), start + _MOST_WORDS), start, -1):
            words = " ".join(said[start:end]).strip(",.;:")
            if _LENGTH_AHEAD.fullmatch(words) or DAY.fullmatch(_ON.sub("", words)):
                found = worded(words, now, zone)
                return found if found is not None and found > now else None
    return None


_ON = re.compile(r"^(?:on|at|by)\s+", re.I)


def _today(now: dt.datetime, zone: str) -> dt.date:
    return now.astimezone(zone_of(zone)).date()


def _at(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    return to_utc(dt.datetime.combine(day, time), zone_of(zone), late=False)
