"""Days and lengths of time that a clause names: not to begin before, due by, to let pass."""

import datetime as dt
import re

from engine.planning.criteria.dates import DAY, MONTH, WEEKDAY, WEEKDAY_AHEAD, Day, day_of, month_end, read_day
from engine.planning.criteria.moments import DURATION_PATTERN, parse_duration
from engine.planning.criteria.numerals import WORD_PATTERN
from engine.planning.criteria.qualifiers import forbids
from engine.planning.criteria.wording import word_set, words

_BY = re.compile(
    rf"\b(?P<word>by|before|until|till|no later than|not later than|on|at|from|starting|within|in|"
    rf"after)\s+(?:the\s+)?(?=(?P<what>{DURATION_PATTERN}|[^,;()]{{2,40}}))",
    re.I,
)
_IN_ALL = re.compile(r"\d\s?(?:km|k|miles?|m|met(?:er|re)s|laps|pages|words)\s$", re.I)
"""Before a length of time: it is how fast something goes, «100 km in a day», and not by when."""
_NAMED_AFTER_ITS_DAY = re.compile(
    rf"\b(?:the|a|our|my) (?:{WEEKDAY})s? (?=(?:market|class|group|league|school|club|paper|service|quiz)\b)", re.I
)
"""«At the Saturday market»."""
_THEN_A_MONTH = re.compile(rf"\sin (?:{MONTH})\b", re.I)
"""«Ride it in 7 days in August»: the month says when, and the days how long it takes."""
_DOTTED = re.compile(r"(?:[a-z]+ )?\d{1,2}\.\s?\d{1,2}", re.I)
_BEFORE_DATES = frozenset({"no later than", "on", "by", "until", "till", "before", "from", "starting"})
"""Before these «5.12» is a day; «at 5.12» is a price."""
_AT_LATEST = frozenset({"by", "until", "till", "no later than", "not later than"})
_IN_MONTH = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b(?:\s20\d\d)?$", re.I
)
_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|"
    "sept?|oct|nov|dec"
)
_MONTHS = re.compile(
    rf"\b(?:(?P<between>between)|from)\s(?P<first>{_MONTH})\s?(?(between)and|(?:to|until|till|through|[-–]))\s?"
    rf"(?P<last>{_MONTH})\b",
    re.I,
)
"""«From April to July», «between April and July»; «from April and May» are two people."""
_PEOPLE_TOO = re.compile(r"(?:jan|april|may|june)(?:$| (?:and|or|&) )", re.I)
_GIVEN = re.compile(
    r"\b(?:get|collect|gather|receive|obtain|borrow|buy|fetch|pick up|hear|learn|feedback|quotes?|offers?|answers?|"
    r"approval|permission|keys?)\b[^,;()]*$",
    re.I,
)
"""Before «from Jan»: it is a person who gives that."""
_IN_MONTH_ALONE = re.compile(rf"(?:{_MONTH})\b(?!\s\d)", re.I)
_IN_QUARTER = re.compile(r"q([1-4])\b(?:\s(20\d\d))?", re.I)
_EVES = {1: "december", 2: "march", 3: "june", 4: "september"}
_RANGE = re.compile(
    r"(?<![\d.])(?P<first>\d{1,2})(?:\.|st|nd|rd|th)?\s?(?:[-–/&]|to|until|and)\s?\d{1,2}(?:\.|st|nd|rd|th)?(?=\s?[a-z]{2})",
    re.I,
)
"""«20-22 March»: what happens on those days begins on the first."""
_NEAR = 120
"""How many characters before a day are looked at."""
_NAMED_DAY = re.compile(r"\b(?:by|before|until|till|on|at|from|the|in|between|after)\s+$", re.I)
_AFTER_SOMETHING = re.compile(r"\s*(?:after\w*|later|following|from|of)\b(?!\s+(?:now|today)\b)", re.I)
"""Behind a length of time: it counts from something else, and not from now."""
_UP_TO = re.compile(r"\b(?:before|until|till|by|no later than)\b[^,;()]*$", re.I)
"""Before a day: «before school starts on August 24» is due by it, and does not wait for it."""
_IN_TURN = re.compile(
    r"\b(?:answered|replied|responded|resolved|handled|processed|shipped|acknowledged)\b[^,;]*$", re.I
)
"""«Mails answered within 24 hours»: each of them, as they come."""
_OF_EACH = re.compile(r"\b(?:each|every|any|per)\b[^,;]*$", re.I)
"""«For each incident within 5 days»: it counts from every one of them."""
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


def _ends_with(text: str, *said: str) -> bool:
    """Whether a text ends so: most don't, and to look for a length of time at every letter takes long."""
    return text.strip().rstrip(".!").lower().endswith(said)


_AHEAD = re.compile(
    rf"(?P<rest>.*\w),?\s+(?:(?:at least|about)\s+)?(?P<length>{DURATION_PATTERN})\s+"
    r"(?:ahead|in advance|beforehand|before)[.!]?",
    re.I | re.S,
)


def length_ahead(text: str) -> tuple[str, float] | None:
    """«Permit at least 8 weeks ahead» as («Permit», seconds); None for anything else."""
    match = _AHEAD.fullmatch(text.strip()) if _ends_with(text, "ahead", "in advance", "beforehand", "before") else None
    length = parse_duration(match["length"]) if match is not None else None
    return None if match is None or length is None else (match["rest"], length.total_seconds())


def length_later(text: str) -> tuple[str, float] | None:
    """«Delete the old code one month later» as («Delete the old code», seconds); None for anything else."""
    match = _LATER.fullmatch(text.strip()) if _ends_with(text, "later") else None
    length = parse_duration(match["length"]) if match is not None else None
    return None if match is None or length is None else (match["rest"], length.total_seconds())


_LASTING = word_set(
    """take do complete finish attend follow join serve undergo host hold run run_a teach go_on go_through get_through
    work pass spend"""
) | {""}
"""Verbs with which one goes through a thing from its beginning to its end."""
_LENGTH_AHEAD = re.compile(
    r"(?:(?:an?|the|my|our|this|his|her|their)\s+)?"
    rf"(?P<length>(?:\d{{1,3}}|an?|one|{WORD_PATTERN})[ -](?:day|week|month|year)s?)(?:[ -]long)?[ -](?P<rest>[a-z].*)",
    re.I | re.S,
)
_LENGTH_LAST = re.compile(
    r"(?P<what>.*\w)(?:,\s|\s\(|(?<=course)\s|(?<=class)\s|(?<=workshop)\s|(?<=training)\s|(?<=internship)\s|(?<=retreat)\s)"
    rf"(?P<length>{DURATION_PATTERN})(?:(?P<each>\seach)|\sin (?:all|total))?\)?[.!]*",
    re.I | re.S,
)
_ON_PAPER = word_set(
    """plan plans lease contract budget forecast roadmap supply report review notice loan mortgage guarantee warranty
    data old history subscription visa strategy policy insurance view outlook calendar goals statement agreement
    records statements receipts returns accounts payslips logs prices photos letters mail files stuff archives"""
)
"""What has a length without taking so long."""


def lasting(verb: str, thing: str) -> float | None:
    """For how many seconds a thing lasts that is gone through, by its name: «Complete a 3-year training», «Record at
    the studio, 3 days»; None for none."""
    match = _LENGTH_AHEAD.fullmatch(thing.strip()) if verb.replace(" ", "_") in _LASTING else None
    if match is None or _ON_PAPER & set(words(match["rest"])[:6]):
        match = _LENGTH_LAST.fullmatch(thing.strip())
        match = None if match is not None and match["each"] and re.search(r"\d", match["what"]) else match
    length = parse_duration(match["length"].replace("-", " ")) if match is not None else None
    return length.total_seconds() if length is not None and length >= dt.timedelta(hours=1) else None


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
    text = first_day(_NAMED_AFTER_ITS_DAY.sub(" ", text))
    text = WEEKDAY_AHEAD.sub(r"\1 ", text) if "," in text else text
    months = _MONTHS.search(text)
    first, last = (_day_at_start(f"in {months[name]}", local) if months else None for name in ("first", "last"))
    if first is not None and last is not None and first.date < last.date:
        return _begun(Day(date=first.date.replace(day=1)), local), last
    for match in _BY.finditer(text):
        found = _named(match, text, local)
        if found is not None:
            return found
    return _bare_day(text, local)


def _named(match: re.Match[str], text: str, local: dt.datetime) -> tuple[Day | None, Day | None] | None:
    """The days that a match of `_BY` names; None for none."""
    word, what = match["word"].lower(), re.split(r":\s", match["what"])[0].strip(" .!?")
    if _DOTTED.fullmatch(what) and word in _BEFORE_DATES:
        what += "."
    length = parse_duration(what) if word in {"within", "in"} else None
    if length is not None:
        return _within(length, match, text, local)
    season = _SEASON.match(what)
    if season is not None:
        is_over = _LONG_SINCE.search(_ahead(match, text)) is not None
        return None if is_over else _in_season(word, what, local, months=1 if season["part"] else 3)
    if word in {"until", "till", "before"} and _IN_MONTH.match(what):
        end = _day_at_start(f"in {what}", local)
        eve = end.date.replace(day=1) - dt.timedelta(days=1) if end is not None else local.date()
        if eve > local.date():
            return None, Day(date=eve)
    is_person = word == "from" and _PEOPLE_TOO.match(what) and _GIVEN.search(_ahead(match, text))
    day = _day_behind(word, what, local) if not is_person else None
    if day is None or day.date < local.date():
        return None
    is_due = word in {"on", "at", "in"} and _UP_TO.search(_ahead(match, text)) is not None
    if word == "in" and not is_due and _IN_MONTH.match(what) and day.date.replace(day=1) > local.date():
        return Day(date=day.date.replace(day=1)), day
    return (day, None) if word in {"on", "at", "from", "starting", "after"} and not is_due else (None, day)


_LONG_SINCE = re.compile(r"\b(?:was|were|last|since)\b[^,;]*$", re.I)
"""Before a season: it is over."""
_SEASON = re.compile(
    r"(?P<part>(?:early|mid|late)[\s-])?(?:(?:the|this|next)\s)?(?:spring|summer|autumn|fall|winter)\b", re.I
)


def _in_season(word: str, what: str, local: dt.datetime, *, months: int) -> tuple[Day | None, Day | None] | None:
    """The days that a season, or a part of it, names: «before winter» until it begins, «in spring» while it lasts."""
    begins = _day_at_start(what, local)
    if begins is None or word in {"on", "at", "after", "within"}:
        return None
    if word == "in":
        return begins, Day(date=month_end(begins.date, months))
    if word in {"from", "starting"}:
        return begins, None
    return None, eve_of(begins, local) if word == "before" else begins


def _ahead(match: re.Match[str], text: str) -> str:
    return text[max(0, match.start() - _NEAR) : match.start()]


def _within(
    length: dt.timedelta, match: re.Match[str], text: str, local: dt.datetime
) -> tuple[Day | None, Day | None] | None:
    """«in 2 weeks» as a day; None where it counts from something else, or says how long a thing takes."""
    is_of_something = _AFTER_SOMETHING.match(text[match.end() + len(match["what"]) :]) is not None
    is_of_something = is_of_something or _OF_EACH.search(_ahead(match, text)) is not None
    is_of_something = is_of_something or (
        length <= dt.timedelta(days=2) and _IN_TURN.search(_ahead(match, text)) is not None
    )
    is_of_something = is_of_something or _THEN_A_MONTH.match(text[match.end() + len(match["what"]) :]) is not None
    if is_of_something or length < dt.timedelta(days=1) or _IN_ALL.search(text[: match.start()]):
        return None
    return None, Day(date=(local + min(length, dt.timedelta(days=36_500))).date())


def _begun(day: Day, local: dt.datetime) -> Day | None:
    return day if day.date > local.date() else None


def _day_behind(word: str, what: str, local: dt.datetime) -> Day | None:
    """The day that stands behind a word; «before» one means its eve, and «until Q2» the end of March."""
    quarter = _IN_QUARTER.match(what) if word in {"until", "till", "before"} else None
    if quarter is not None:
        return _day_at_start(_month_ahead(quarter), local)
    day = _day_at_start(what, local)
    if day is None and word in {"from", "starting"} and _IN_MONTH_ALONE.match(what):
        month = _day_at_start(f"in {what.split(maxsplit=1)[0]}", local)
        return _begun(Day(date=month.date.replace(day=1)), local) if month is not None else None
    if day is None and word in {"by", "in"}:
        day = _day_at_start(f"{word} {what}", local)
    return eve_of(day, local) if day is not None and word == "before" and day.date >= local.date() else day


_NAMES_ONLY = re.compile(
    r"(?:\b(?:of|from|since|between|to|than|and|or|until|till|before|by|after|on|in|at|for|the|this|next|as|like|no|every|each|"
    r"per|a|an|dated|over|through|till|version|v|no\.?|number)|[-–/.:#$€£\d])\s*$",
    re.I,
)
"""Before a date: it tells which one is meant («the data of 1 March»), or belongs to words that were read already."""
_TILL = re.compile(r"(?:to|till|until)\b|[-–]", re.I)
"""Behind a time: until when it goes on."""
_RUNNING = frozenset({"this week", "this month", "this year"})
"""At the end of a text: until then there is time."""
_YEAR = re.compile(r"\d{4}$")
_IS_A_DATE = ("iso", "slashed", "dotted", "d1", "d2", "nth", "movable")
"""What is a day of the calendar wherever it stands; «Friday» and «today» are not."""
_MAY_HAVE_A_DATE = re.compile(r"\d|\s(?:in|of)\s|good\sfriday|easter|ascension|whit|pentecost", re.I)
"""Found in every text that names one: most name none, and to look for a day at every letter takes long."""
_MAY_NAME_A_DAY = re.compile(
    r"\d[-/.]\s?\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|this\s|friday|easter|ascension|whit|pentecost", re.I
)
"""The same of its other half: what tells the month, or the day without one."""


def _bare_day(text: str, local: dt.datetime) -> tuple[Day | None, Day | None]:
    """What `days_in` tells, of a date that no word stands before: «Hearing 12 April 2027», «the fair (5 May)»."""
    for match in DAY.finditer(text) if _MAY_HAVE_A_DATE.search(text) and _MAY_NAME_A_DAY.search(text) else ():
        ahead, behind = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() :].lstrip()
        ends = not behind or behind[0] in ",;.)!" or (match["hour"] is not None and _TILL.match(behind) is not None)
        if (match["soon"] or "").lower() in _RUNNING and ahead.strip() and ends and not forbids(text):
            return None, day_of(match, local)
        if not ahead.strip() or not ends or not any(match[name] for name in _IS_A_DATE):
            continue
        in_brackets = ahead.rstrip().endswith("(")
        if match["dotted"] and not in_brackets and not _YEAR.search(match["dotted"]):
            continue  # «Release 1.2.»
        if not in_brackets and (_NAMES_ONLY.search(ahead) or (behind[:1] == ")" and "(" not in ahead)):
            continue
        try:
            day = day_of(match, local)
        except (ValueError, OverflowError):
            continue
        if day.date < local.date():
            continue
        is_due = in_brackets and _UP_TO.search(ahead.rstrip("( ")) is not None
        return (None, day) if is_due else (day, None)
    return None, None


def _month_ahead(quarter: re.Match[str]) -> str:
    """The month that ends before a quarter begins: «Q2» → «in march»."""
    number, year = int(quarter[1]), int(quarter[2] or 0)
    return f"in {_EVES[number]} {year - (number == 1) if year else ''}".strip()


def passed_day(text: str, local: dt.datetime) -> Day | None:
    """The day that a text names to wait for or to be done by, where it has passed; None for none. «Mails from before
    2020» and «the data of 1 March» name no such day."""
    until = (match for match in _BY.finditer(first_day(text)) if match["word"].lower() in _AT_LATEST)
    found = (_day_at_start(match["what"].strip(" .!?"), local) for match in until)
    return next((day for day in found if day is not None and day.date < local.date()), None)


def _day_at_start(what: str, local: dt.datetime) -> Day | None:
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


HELD_FOR = re.compile(
    rf"\b(?:for|over|during|throughout)\s(?:at least\s|about\s|the next\s|a total of\s|a period of\s|"
    rf"another\s)?(?P<length>{DURATION_PATTERN})(?!\s+(?:of\s+(?!monitoring|watching|observation|use|practice|running|study|work)|old|experience))",
    re.I,
)
"""How long something goes on: «for 1 week», «over the next 3 months»."""
_KEPT_IN_STOCK = re.compile(
    r"\b(?:savings|money|cash|reserves?|supplies|provisions|stock|food|feed|cover|insurance|guarantee|warranty|visas?|"
    r"lease|contract|permits?)\s$",
    re.I,
)
"""«Savings for 6 months»: so long it lasts, and not to get it."""
_IN_A_ROW = re.compile(
    r"(?<=[\da-z])\s(?:consecutive|straight|full|whole|entire|uninterrupted)\s(?=(?:day|week|month|year|hour)s?\b)",
    re.I,
)


def held_for(text: str) -> float | None:
    """For how many seconds something is to go on («for 1 week», not «2 years of data»); None when nobody says."""
    match = HELD_FOR.search(_IN_A_ROW.sub(" ", text))
    is_bound = match is not None and match[0][:4].lower() == "over" and forbids(text)  # «no delays over 2 weeks»
    is_bound = is_bound or (match is not None and _KEPT_IN_STOCK.search(text[: match.start()]) is not None)
    length = parse_duration(match["length"]) if match and not is_bound else None
    return length.total_seconds() if length is not None else None
