"""Hours and days of the week in somebody's own words: «22-7», «7:00 on weekdays», «Sundays at 6pm», «off». Pure."""

import re
from dataclasses import dataclass

from engine.errors import InvalidInputError

_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?(?:\s*o'?clock)?"
_NONE = re.compile(r"(?:off|none|no(?:ne)?|never|stop|no (?:digest|quiet hours))[.! ]*", re.I)
_SPAN = re.compile(rf"(?:from |between )?{_HOUR}\s*(?:-|–|—|to|until|till|and)\s*{_HOUR}[.! ]*", re.I)
_TIME = re.compile(rf"\b(?:at )?{_HOUR}(?=$|[\s,;.!])", re.I)
_NAMED = r"(mon|tue|wed|thu|fri|sat|sun)(?:days?|s|sdays?|nesdays?|r|rs|rsdays?|urdays?)?\b"
_DAY = re.compile(rf"\b{_NAMED}", re.I)
_DAYS = re.compile(rf"\b{_NAMED}\s*(?:-|–|—|to|until|till|through)\s*{_NAMED}", re.I)
_HOUR_NAMES = {"noon": "12:00", "midday": "12:00", "midnight": "0:00"}
_GROUPS = {
    "every day": range(7), "each day": range(7), "everyday": range(7), "daily": range(7), "all days": range(7),
    "weekdays": range(5), "working days": range(5), "workdays": range(5), "weekends": range(5, 7),
    "weekend": range(5, 7),
}  # fmt: skip
_FILLER = re.compile(r"\b(?:on|at|and|the|in|of|morning|o'?clock|please|only)\b|[\s,;.!&+]", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWish:
    """When the digest is to come."""

    hour: int | None = None
    """None where only days were said."""
    days: tuple[int, ...] = ()
    """Monday is 0; empty where only an hour was said."""
    off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietWish:
    """The quiet hours that are wished for; None twice for none."""

    begin: int | None = None
    end: int | None = None


def is_none(text: str) -> bool:
    """Whether words say that there is to be none of it."""
    return _NONE.fullmatch(" ".join(text.split())) is not None


def read_digest(text: str) -> DigestWish | None:
    """When the digest is to come; None for words about something else.

    Raises `InvalidInputError` for what is no whole hour of a day.
    """
    said = " ".join(text.split()).lower()
    if _NONE.fullmatch(said):
        return DigestWish(off=True)
    for name, hour in _HOUR_NAMES.items():
        said = re.sub(rf"\b{name}\b", hour, said)
    days = {day for found in _DAYS.findall(said) for day in _from_to(*found)}
    said = _DAYS.sub(" ", said)
    for name, group in _GROUPS.items():
        if re.search(rf"\b{name}\b", said):
            days.update(group)
            said = re.sub(rf"\b{name}\b", " ", said)
    days.update(_DAY_NAMES.index(found.lower()) for found in _DAY.findall(said))
    said = _DAY.sub(" ", said)
    time = _TIME.search(said)
    said = _TIME.sub(" ", said, count=1)
    if _FILLER.sub("", said) or (time is None and not days):
        return None
    return DigestWish(hour=_whole(time.groups()) if time is not None else None, days=tuple(sorted(days)))


def read_quiet(text: str) -> QuietWish | None:
    """The quiet hours; None for words about something else.

    Raises `InvalidInputError` for what is no whole hour of a day.
    """
    said = " ".join(text.split())
    if _NONE.fullmatch(said):
        return QuietWish()
    span = _SPAN.fullmatch(said)
    if span is None:
        return None
    begin, end = _whole(span.groups()[:3]), _whole(span.groups()[3:])
    if begin == end:
        raise InvalidInputError("hours", "they begin when they end", "name two hours, such as «22-7»")
    return QuietWish(begin=begin, end=end)


def _from_to(first: str, last: str) -> list[int]:
    """The days from one to the other, over the end of the week too."""
    begin, end = _DAY_NAMES.index(first), _DAY_NAMES.index(last)
    return [(begin + at) % 7 for at in range((end - begin) % 7 + 1)]


def _whole(found: tuple[str | None, ...]) -> int:
    """The hour of the day in hour, minutes and am or pm."""
    hour, minutes, half = int(found[0] or 0), int(found[1] or 0), (found[2] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if minutes or hour > 24 or (half and not 1 <= int(found[0] or 0) <= 12):
        raise InvalidInputError(
            "hour",
            f"«{found[0]}{':' + found[1] if found[1] else ''}» is no whole hour of a day",
            "name whole hours, such as «7» or «18:00»",
        )
    return hour % 24
