"""Moments and durations as people write them: «by Friday», «in 2 weeks», «1 March», «90 minutes».

Days are days of the person's own zone; what comes out is aware and in UTC.
"""

import datetime as dt
import re
import warnings
from zoneinfo import ZoneInfo

from engine.errors import InvalidInputError
from engine.planning.criteria.dates import DAY, Day, read_day
from engine.planning.criteria.numerals import WORD_PATTERN, value_of
from engine.planning.criteria.wording import word_set

ACCEPTED = "write for instance «Friday», «in 2 weeks», «tomorrow 18:00», «1 March», «2026-12-24» or «none»"
END_OF_DAY = dt.time(23, 59)
"""The time that a date without one means as a deadline."""
LONGEST = dt.timedelta(days=36_525)
"""Durations and deadlines beyond a hundred years are taken for slips."""

_NONE = word_set("none no never nothing skip open -- - – — n/a na nil null whenever anytime unlimited someday") | {
    "no deadline", "without deadline", "no rush", "no limit", "no date", "any time", "some day", "without",
}  # fmt: skip
_HOURS = {
    "second": 1 / 3600, "sec": 1 / 3600, "s": 1 / 3600, "minute": 1 / 60, "min": 1 / 60, "m": 1 / 60,
    "hour": 1, "hr": 1, "h": 1, "day": 24, "d": 24, "night": 24, "week": 168, "wk": 168, "w": 168,
    "fortnight": 336, "month": 720, "quarter": 2184, "year": 8760, "yr": 8760, "y": 8760,
}  # fmt: skip
_UNITS = "seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|wks?|fortnights?|months?|quarters?|years?|yrs?"
_AMOUNT = rf"half an?|an?|one|a couple of|{WORD_PATTERN}|\d{{1,6}}(?:\.\d{{1,3}})?"
DURATION_PATTERN = rf"(?:{_AMOUNT})(?: and a half)?[ \-]?(?:{_UNITS})\b|\d{{1,6}}(?:\.\d{{1,3}})?\s?[hdwmsy]\b"
"""Finds one amount with its unit in a longer text; meant for matching without regard to case."""

_PIECE = re.compile(
    rf"\s*(?:,|and|plus)?\s*(?P<amount>{_AMOUNT})(?P<half> and a half)?[ \-]?(?P<unit>{_UNITS}|[hdwmsy])(?![a-z])", re.I
)
_TOO_SHORT = re.compile(r"[\d\W]*|[\W\d]*[A-Za-z]{1,4}[\W\d]*|\w{1,3}|\d[a-z]\d+", re.I)
_NO_TIME = re.compile(r"\b(?:2[5-9]|[3-9]\d):\d\d|\d:[6-9]\d")
"""Hours and minutes that no day has; dateparser would leave them out and take the present ones."""
_RELATIVE = re.compile(r"(?:with)?in (?:the next |about )?(.+)|(?:the next )?(.+?)(?: from (?:now|today))?", re.I)
_MONTHS_AWAY = re.compile(
    rf"(?:(?:with)?in )?(?:the next |about )?({_AMOUNT}) (month|year)s?(?: from (?:now|today))?", re.I
)
_LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr"]


def _amount(text: str) -> float:
    text = text.lower()
    if text in {"a", "an", "one"}:
        return 1.0
    if text.startswith("half a") and text in {"half a", "half an"}:
        return 0.5
    return 2.0 if text == "a couple of" else value_of(text)


def parse_duration(text: str) -> dt.timedelta | None:
    """The length of time a text means («90 minutes», «1h 30m», «two weeks»), None when it is none.

    A month counts as 30 days, a year as 365.
    """
    text = text.strip()[:80]
    hours, at = 0.0, 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            return None
        unit = piece["unit"].lower()
        each = _HOURS.get(unit) or _HOURS[unit.removesuffix("s")]
        hours += (_amount(piece["amount"]) + (0.5 if piece["half"] else 0.0)) * each
        at = piece.end()
    if not 0 < hours <= LONGEST.total_seconds() / 3600:
        return None
    return dt.timedelta(seconds=round(hours * 3600))


def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC when there is no such zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def to_utc(local: dt.datetime, zone: ZoneInfo, *, late: bool = True) -> dt.datetime:
    """The moment that a naive local time means.

    A time that a clock change skips becomes the same distance after the change. Of a time that comes twice, the later
    is meant when `late` is true.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    exists = first.astimezone(zone).replace(tzinfo=None) == local
    return local.replace(tzinfo=zone, fold=1).astimezone(dt.UTC) if late and exists else first


def moment_of(day: Day, zone: ZoneInfo, *, end: bool) -> dt.datetime:
    """The moment of a day that was read: its time where it has one, else the end or the start of the day."""
    time = day.time or (END_OF_DAY if end else dt.time(0, 0))
    return to_utc(dt.datetime.combine(day.date, time), zone, late=end)


def parse_deadline(text: str, *, now: dt.datetime, zone: str) -> dt.datetime | None:
    """The moment a person names as a deadline, aware in UTC; None for «none».

    A date without a time means the end of that day in the zone. Raises `InvalidInputError` (field «deadline») for what
    can't be read, for what has passed and for what is more than a hundred years away.
    """
    text = " ".join(text.split())
    if text.lower().strip(".! ") in _NONE:
        return None
    place = zone_of(zone)
    try:
        found = _read(text, now, place) if 0 < len(text) <= 80 else None
    except (OverflowError, ValueError):
        found = None
    if found is None:
        raise InvalidInputError("deadline", f"«{text[:60]}» is no date that I can read", ACCEPTED)
    if found <= now:
        raise InvalidInputError("deadline", f"{found.astimezone(place):%d %B %Y, %H:%M} has passed", ACCEPTED)
    if found - now > LONGEST:
        raise InvalidInputError("deadline", "that is more than a hundred years away", ACCEPTED)
    return found


def names_a_moment(text: str) -> bool:
    """Whether words are a moment at all, whenever they are said: «Friday», «in 2 weeks», not «Anna» or «hand»."""
    try:
        return text.lower().strip(".! ") in _NONE or _read(text, _ANY_DAY, zone_of("UTC")) is not None
    except (OverflowError, ValueError):
        return False


_ANY_DAY = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def _read(text: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    local = now.astimezone(zone).replace(tzinfo=None)
    bare = re.sub(r"^(?:the )?(?:deadline|due|finish(?:ed)?|done|it'?s|is)?[: ]*", "", text, flags=re.I)
    exact = _iso_with_offset(bare)
    if exact is not None:
        return exact
    relative = _RELATIVE.fullmatch(bare)
    length = parse_duration(relative[1] or relative[2]) if relative else None
    if length is not None:
        if length < dt.timedelta(days=1):
            return now + length
        return to_utc(dt.datetime.combine(_shifted(bare, local, length).date(), END_OF_DAY), zone)
    day = read_day(bare, local)
    return moment_of(day, zone, end=True) if day is not None else _by_library(bare, local, zone)


def _shifted(text: str, local: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """The local time so much later, with months and years counted by the calendar when the text names only them."""
    months = _MONTHS_AWAY.fullmatch(text)
    if months is None or not float(_amount(months[1])).is_integer():
        return local + length
    count = local.month - 1 + int(_amount(months[1])) * (12 if months[2].lower() == "year" else 1)
    year, month = local.year + count // 12, count % 12 + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return local.replace(year=year, month=month, day=min(local.day, last))


def _iso_with_offset(text: str) -> dt.datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment.tzinfo is not None else None


def _by_library(text: str, local: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """What dateparser makes of it, for other languages and rarer forms.

    It reads «5», «a» and «may» as dates, «do» as a Sunday and «12» as a month: texts that short never get there, and
    a day must be named. It is handed naive local time, since aware bases make it drop bare times.
    """
    if _TOO_SHORT.fullmatch(text) or _NO_TIME.search(text):
        return None
    import dateparser  # noqa: PLC0415 - slow to import, and needed for rare forms only

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of days without a year, which is what people write
        found = dateparser.parse(
            text,
            languages=_LANGUAGES,
            settings={
                "PREFER_DATES_FROM": "future",
                "RELATIVE_BASE": local,
                "REQUIRE_PARTS": ["day"],
                "PARSERS": ["relative-time", "absolute-time"],
                "DATE_ORDER": "DMY",
            },
        )
    if found is None:
        return None
    if found.tzinfo is not None:
        return found.astimezone(dt.UTC)
    has_time = re.search(r"\d\s?[:h]\s?\d\d|\d\s?[ap]m|\d\s?(?:uhr|h)\b|\bago\b", text, re.I) is not None
    return to_utc(found if has_time else dt.datetime.combine(found.date(), END_OF_DAY), zone)


_DAY_AHEAD = re.compile(r",?\s(?:by|on|at|in|within|before|until|till|from|starting|no later than)\s(?:the\s)?", re.I)


def without_day(text: str) -> str:
    """The text without the day or the time it ends with: «Learn Rust in 3 months» → «Learn Rust»."""
    for match in _DAY_AHEAD.finditer(text):
        rest = text[match.end() :].strip(" .!")
        if rest and (DAY.fullmatch(rest) or re.fullmatch(DURATION_PATTERN, rest, re.I)):
            return text[: match.start()]
    return text
