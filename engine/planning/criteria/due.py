"""Days and lengths of time that a clause names: not to begin before, due by, to let pass."""

import datetime as dt
import re

from engine.planning.criteria.dates import DAY, WEEKDAY_AHEAD, Day, day_of, read_day
from engine.planning.criteria.moments import DURATION_PATTERN, parse_duration
from engine.planning.criteria.numerals import WORD_PATTERN
from engine.planning.criteria.wording import word_set, words

_BY = re.compile(
    rf"\b(?P<word>by|before|until|till|no later than|not later than|on|at|from|starting|within|in|"
    rf"after)\s+(?:the\s+)?(?=(?P<what>{DURATION_PATTERN}|[^,;()]{{3,40}}))",
    re.I,
)
_IN_ALL = re.compile(r"\d\s?(?:km|k|miles?|m|met(?:er|re)s|laps|pages|words)\s$", re.I)
"""Before a length of time: it is how fast something goes, «100 km in a day», and not by when."""
_DOTTED = re.compile(r"(?:[a-z]+ )?\d{1,2}\.\s?\d{1,2}", re.I)
_BEFORE_DATES = frozenset({"on", "by", "until", "till", "before", "from", "starting"})
"""Before these «5.12» is a day; «at 5.12» is a price."""
_AT_LATEST = frozenset({"by", "until", "till", "no later than", "not later than"})
_IN_MONTH = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b(?:\s20\d\d)?$", re.I
)
_RANGE = re.compile(r"(?<![\d.])(?P<first>\d{1,2})\.?\s?(?:[-–]|to|until)\s?\d{1,2}\.?(?=\s?[a-z]{3})", re.I)
"""«20-22 March»: what happens on those days begins on the first."""
_NEAR = 120
"""How many characters before a day are looked at."""
_NAMED_DAY = re.compile(r"\b(?:by|before|until|till|on|at|from|the|in|between|after)\s+$", re.I)
_AFTER_SOMETHING = re.compile(r"\s*(?:after\w*|later|following|from|of)\b(?!\s+(?:now|today)\b)", re.I)
"""Behind a length of time: it counts from something else, and not from now."""
_UP_TO = re.compile(r"\b(?:before|until|till|by|no later than)\b[^,;()]*$", re.I)
"""Before a day: «before school starts on August 24» is due by it, and does not wait for it."""
_LATER = re.compile(rf"(?P<rest>.*\w),?\s+(?P<length>{DURATION_PATTERN})\s+later[.!]?", re.I | re.S)
_LENGTH_BEHIND = re.compile(
    rf"(?P<rest>.*\w),?\s+(?:(?:only|at least|about|some)\s+)?(?P<length>{DURATION_PATTERN})", re.I | re.S
)


def length_behind(text: str) -> tuple[str, float] | None:
    """«Tear it down 2 weeks» (after the move) as («Tear it down», seconds); None where no length of time stands there.

    «within 2 weeks» is none: it says by when.
    """
    match = _LENGTH_BEHIND.fullmatch(text.strip())
    if match is None or re.search(r"\b(?:within|in|for|over|during|of|than|the|first|last)$", match["rest"], re.I):
        return None
    length = parse_duration(match["length"])
    return None if length is None else (match["rest"].strip(" ,"), length.total_seconds())


def length_later(text: str) -> tuple[str, float] | None:
    """«Delete the old code one month later» as («Delete the old code», seconds); None for anything else."""
    match = _LATER.fullmatch(text.strip())
    length = parse_duration(match["length"]) if match is not None else None
    return None if match is None or length is None else (match["rest"], length.total_seconds())


_LASTING = word_set(
    """take do complete finish attend follow join serve undergo host hold run run_a teach go_on go_through get_through
    work pass"""
) | {""}
"""Verbs with which one goes through a thing from its beginning to its end."""
_LENGTH_AHEAD = re.compile(
    r"(?:(?:an?|the|my|our|this|his|her|their)\s+)?"
    rf"(?P<length>(?:\d{{1,3}}|an?|one|{WORD_PATTERN})[ -](?:day|week|month|year)s?)(?:[ -]long)?[ -](?P<rest>[a-z].*)",
    re.I | re.S,
)
_ON_PAPER = word_set(
    """plan plans lease contract budget forecast roadmap supply report review notice loan mortgage guarantee warranty
    data old history subscription visa strategy policy insurance view outlook calendar goals statement agreement"""
)
"""What has a length without taking so long."""


def lasting(verb: str, thing: str) -> float | None:
    """For how many seconds a thing lasts that is gone through, by its name: «Complete a 3-year training»; None for
    none."""
    match = _LENGTH_AHEAD.fullmatch(thing.strip()) if verb.replace(" ", "_") in _LASTING else None
    if match is None or _ON_PAPER & set(words(match["rest"])[:4]):
        return None
    length = parse_duration(match["length"].replace("-", " "))
    return length.total_seconds() if length is not None else None


def first_day(text: str) -> str:
    """The text with only the first of days in a row: «Travel 20-22 March» → «Travel on 20 March»."""
    return _RANGE.sub(
        lambda match: (
            f"{'' if _NAMED_DAY.search(text[max(0, match.start() - _NEAR) : match.start()]) else 'on '}{match['first']}"
        ),
        text,
    )


def lasts_days(text: str) -> bool:
    """Whether a text names days in a row: «from 5 to 9 April»."""
    return _RANGE.search(text) is not None


def day_in(text: str, local: dt.datetime) -> Day | None:
    try:
        return read_day(text, local)
    except (ValueError, OverflowError):
        return None


def days_in(text: str, local: dt.datetime) -> tuple[Day | None, Day | None]:
    """(the day it is not to start before, the day it is to be done by)."""
    text = WEEKDAY_AHEAD.sub(r"\1 ", first_day(text))
    for match in _BY.finditer(text):
        word, what = match["word"].lower(), re.split(r":\s", match["what"])[0].strip(" .!?")
        if _DOTTED.fullmatch(what) and word in _BEFORE_DATES:
            what += "."
        length = parse_duration(what) if word in {"within", "in"} else None
        if length is not None and _AFTER_SOMETHING.match(text[match.end() + len(match["what"]) :]):
            continue
        if length is not None and (length < dt.timedelta(days=1) or _IN_ALL.search(text[: match.start()])):
            continue
        if length is not None:
            return None, Day(date=(local + min(length, dt.timedelta(days=36_500))).date())
        if word in {"until", "till", "before"} and _IN_MONTH.match(what):
            end = _day_at_start(f"in {what}", local)
            eve = end.date.replace(day=1) - dt.timedelta(days=1) if end is not None else local.date()
            if eve > local.date():
                return None, Day(date=eve)
        day = _day_at_start(f"{word} {what}" if word in {"by", "in"} else what, local)
        if day is None or day.date < local.date():
            continue
        if word == "in" and _IN_MONTH.match(what) and day.date.replace(day=1) > local.date():
            return Day(date=day.date.replace(day=1)), day
        is_due = word in {"on", "at"} and _UP_TO.search(text[max(0, match.start() - _NEAR) : match.start()]) is not None
        return (day, None) if word in {"on", "at", "from", "starting", "after"} and not is_due else (None, day)
    return None, None


def passed_day(text: str, local: dt.datetime) -> Day | None:
    """The day that a text names to wait for or to be done by, where it has passed; None for none. «Mails from before
    2020» and «the data of 1 March» name no such day."""
    until = (match for match in _BY.finditer(first_day(text)) if match["word"].lower() in _AT_LATEST)
    found = (_day_at_start(match["what"].strip(" .!?"), local) for match in until)
    return next((day for day in found if day is not None and day.date < local.date()), None)


def _day_at_start(what: str, local: dt.datetime) -> Day | None:
    what = re.sub(r"^by\s+(?!(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))", "", what, flags=re.I)
    match = DAY.match(what)
    if match is None or (match.end() < len(what) and what[match.end()].isalnum()):
        return None
    try:
        return day_of(match, local)
    except (ValueError, OverflowError):
        return None


def eve_of(day: Day, local: dt.datetime) -> Day:
    """The day to be ready by for what is on a day: its hour where that is named, else the evening before."""
    eve = day.date - dt.timedelta(days=1)
    return day if day.time is not None or eve < local.date() else Day(date=eve)
