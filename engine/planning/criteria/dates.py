"""Days of the calendar in plain English: «Friday», «1 March», «end of next month», «tomorrow 18:00».

A small grammar of our own: it is fast enough for every criterion of a plan and never takes «5» or «may» for a date.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTH = (
    r"jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|sept?(?:ember|\.)?"
    r"|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?"
)
WEEKDAY = "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_TIME = (
    r"(?:,?\s(?:at\s)?|T)(?:(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d)(?::[0-5]\d)?\s?(?P<half>am|pm)?|\s?(?P<half2>am|pm))"
    r"|(?P<named>noon|midday|midnight|morning|evening))"
)
_NAMED = rf"(?:(?:{WEEKDAY})\.?,?\s)?"
"""«Monday 4 January», «Fri, 1.5.»: the date tells the day."""
_DAY = rf"""
    {_NAMED}(?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})
  | {_NAMED}(?P<dotted>\d{{1,2}}\.\s?\d{{1,2}}\.(?:\s?\d{{4}})?)
  | {_NAMED}(?P<slashed>\d{{1,2}}/\d{{1,2}}/\d{{4}})
  | {_NAMED}(?:the\s)?(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\sof)?\s(?P<m1>{MONTH})\b(?:,?\s(?P<y1>\d{{4}})\b)?
  | {_NAMED}(?P<m2>{MONTH})\s(?:the\s)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s(?P<y2>\d{{4}})\b)?
  | (?:the\s)?end\sof\s(?:the\s)?(?P<end>(?:this\s|next\s)?(?:day|week|month|quarter|year))\b
  | (?P<eox>eod|eow|eom|eoy|end\sof\sday|month[ -]end|year[ -]end)\b
  | (?:the\s)?(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last)\s(?P<nthday>{WEEKDAY})
      \s(?:in|of)\s(?P<m5>{MONTH})\b(?:\s(?P<y7>\d{{4}})\b)?
  | (?:(?:the\s)?end\sof\s|in\s|by\s)(?P<m3>{MONTH})\b(?!\s(?:the\s)?\d{{1,2}}(?!\d))(?:\s(?P<y3>\d{{4}})\b)?
  | mid[- ](?P<mid>{MONTH})\b(?:\s(?P<y8>\d{{4}})\b)?
  | (?P<m4>{MONTH})\s(?P<y4>\d{{4}})\b
  | (?:the\s)?end\sof\s(?P<y5>\d{{4}})\b
  | (?:(?:the\s)?end\sof\s)?q(?P<quarter>[1-4])\b(?:\s(?P<y6>\d{{4}})\b)?
  | (?P<which>this\scoming\s|this\s|next\s|coming\s)?(?P<weekday>{WEEKDAY})\b
  | (?P<soon>(?:the\s)?day\safter\stomorrow|tomorrow|today|tonight|yesterday
      |next\s(?:week|month|year)|this\s(?:week|month|year|weekend))\b
  | (?P<feast>(?:christmas|xmas)(?:\seve)?|new\syear(?:['’]?s)?(?:\seve)?|silvester|halloween)\b(?:\s(?P<y9>\d{{4}})\b)?
  | (?P<movable>good\sfriday|easter(?:\s(?:sunday|monday))?|ascension(?:\sday)?|whit\s?sun(?:day)?|pentecost)\b
      (?:\s(?P<y10>\d{{4}})\b)?
  | (?:(?:the\s)?(?P<out>end)\sof\s)?(?:(?P<part>early|mid|late)[\s-])?(?:(?:the|this|next)\s)?
      (?P<season>spring|summer|autumn|fall|winter)\b(?:\s(?P<y11>\d{{4}})\b)?
      (?=\W*$|\s?[^\w\s]|\s(?:holidays?|break|rains?|storms?|frosts?|season|term|at|and|or|if|so|when|with|without)\b)
"""
WEEKDAY_AHEAD = re.compile(rf"\b({WEEKDAY})\.?,\s(?=(?:the\s)?\d|{MONTH})", re.I)
"""A day of the week with a comma before the date: «Monday, 4 January»."""
DAY = re.compile(rf"(?:{_DAY})(?:{_TIME})?", re.I | re.X)
_TIME_ONLY = re.compile(rf"{_TIME}", re.I | re.X)
_TIME_FIRST = re.compile(r"(?:at\s)?(\d{1,2}(?::\d\d)?\s?(?:am|pm)?|noon|midnight)\s(?:on\s)?(.+)", re.I)
_WEEK_AFTER = re.compile(
    rf"(?P<day>{WEEKDAY}) week|(?:(?:a|one) )?week (?:on|from|after) (?P<later>{WEEKDAY}|today|tomorrow)", re.I
)
"""«Friday week», «a week on Friday»: not the coming one, but the one after it."""
_LEAD = re.compile(r"(?:(?:by|until|till|before|on|at|for|due|latest|no later than)\s)+(?=.)", re.I)
_MONTHS_AS_WORDS = frozenset({"may", "mar", "jan", "dec", "sept", "sep", "oct", "nov", "apr", "jun", "jul", "aug"})
_MONTH_NAME = re.compile(rf"(?:{MONTH})", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the calendar, in the person's zone."""

    date: dt.date
    time: dt.time | None = None
    """None where only the day was named."""


def read_day(text: str, local: dt.datetime) -> Day | None:
    """The day that a whole text names, seen from the naive local time; None when it names none.

    Raises `ValueError` for a day that the calendar does not have, such as 31 April.
    """
    text = text.strip(" !")
    if text.endswith(".") and not text[-2:-1].isdigit():
        text = text[:-1]
    lead = _LEAD.match(text)
    bare = text[lead.end() :] if lead else text
    if _MONTH_NAME.fullmatch(bare) and (lead or bare.lower() not in _MONTHS_AS_WORDS or bare[0].isupper()):
        bare = f"end of {bare}"
    after = _WEEK_AFTER.fullmatch(bare)
    if after is not None and (day := read_day(after["day"] or after["later"], local)) is not None:
        return replace(day, date=day.date + dt.timedelta(weeks=1))
    match = DAY.fullmatch(bare) or DAY.fullmatch(text)
    if match is not None:
        return day_of(match, local)
    only = _TIME_ONLY.fullmatch(f" {bare}")
    if only is not None:
        time = _time_of(only)
        later = time is not None and time <= local.time()
        return Day(date=local.date() + dt.timedelta(days=1 if later else 0), time=time)
    turned = _TIME_FIRST.fullmatch(bare)
    match = DAY.fullmatch(f"{turned[2]} {turned[1]}") if turned else None
    return day_of(match, local) if match is not None else None


def day_of(match: re.Match[str], local: dt.datetime) -> Day:
    """The day behind a match of `DAY`. Raises `ValueError` for a day that the calendar does not have."""
    today = local.date()
    date = (
        _written(match)
        or _with_month(match, local)
        or _period_end(match, today)
        or _near(match, today)
        or (_season(match, today) if match["season"] else None)
    )
    if date is None:  # pragma: no cover - every branch of the pattern is one of the five
        raise ValueError(match[0])
    time = _time_of(match)
    if time is None and (match["soon"] or "").lower() == "tonight":
        time = dt.time(23, 59)
    if time is not None and (match["named"] or "").lower() == "midnight":
        date, time = date + dt.timedelta(days=1), dt.time(0, 0)
    return Day(date=date, time=time)


def _time_of(match: re.Match[str]) -> dt.time | None:
    if match["named"]:
        return {"noon": dt.time(12), "midday": dt.time(12), "morning": dt.time(9), "evening": dt.time(18)}.get(
            match["named"].lower(), dt.time(0, 0)
        )
    if not match["hour"]:
        return None
    hour, half = int(match["hour"]), (match["half"] or match["half2"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return dt.time(hour, int(match["minute"] or 0))


def _written(match: re.Match[str]) -> dt.date | None:
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
        return dt.date(year, month, day)
    if match["slashed"]:
        first, second, year = map(int, match["slashed"].split("/"))
        if first <= 12 and second <= 12 and first != second:
            raise ValueError("day and month can't be told apart")
        return dt.date(year, first, second) if second > 12 else dt.date(year, second, first)
    return None


def _with_month(match: re.Match[str], local: dt.datetime) -> dt.date | None:
    if match["dotted"]:
        parts = [int(part) for part in match["dotted"].split(".") if part.strip()]
        return _next(local.date(), parts[1], parts[0], parts[2] if len(parts) > 2 else None)
    for day, month, year in (("d1", "m1", "y1"), ("d2", "m2", "y2")):
        if match[month]:
            named = int(match[year]) if match[year] else None
            return _next(local.date(), _month(match[month]), int(match[day]), named)
    if match["mid"]:
        return _next(local.date(), _month(match["mid"]), 15, int(match["y8"]) if match["y8"] else None)
    if match["nth"]:
        return _nth_weekday(match, local.date())
    for month, year in (("m3", "y3"), ("m4", "y4")):
        if match[month]:
            number = _month(match[month])
            in_year = int(match[year]) if match[year] else local.year + (number < local.month)
            return _month_end(in_year, number)
    return None


_ORDINALS = (("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("last",))


def _nth_weekday(match: re.Match[str], today: dt.date) -> dt.date:
    """«The last Saturday in April», of that year or the next one that is still to come."""
    which = match["nth"].lower()
    number, month = next(n for n, names in enumerate(_ORDINALS) if which in names), _month(match["m5"])

    def of(year: int) -> dt.date:
        if which == "last":
            end = _month_end(year, month)
            return end - dt.timedelta(days=(end.weekday() - _weekday(match["nthday"])) % 7)
        first = dt.date(year, month, 1)
        return first + dt.timedelta(days=(_weekday(match["nthday"]) - first.weekday()) % 7 + 7 * number)

    if match["y7"]:
        return of(int(match["y7"]))
    return next(day for day in (of(today.year), of(today.year + 1)) if day >= today or day.year > today.year)


def _weekday(name: str) -> int:
    return next(number for number, day in enumerate(_WEEKDAYS) if day.startswith(name[:3].lower()))


def _easter(year: int) -> dt.date:
    """Easter Sunday of the western churches, by Gauss' rule as Butcher put it."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


_FROM_EASTER = {"good friday": -2, "easter monday": 1, "ascension": 39, "whit": 49, "pentecost": 49}
"""Days."""


def _movable(name: str, today: dt.date) -> dt.date:
    """The next coming of a feast that goes by Easter."""
    away = next((days for said, days in _FROM_EASTER.items() if name.startswith(said)), 0)
    days = (_easter(year) + dt.timedelta(days=away) for year in (today.year, today.year + 1))
    return next(day for day in days if day >= today)


_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The months in which they begin, where most people live."""
_PARTS = {"": 0, "early": 0, "mid": 1, "late": 2}


def _season(match: re.Match[str], today: dt.date) -> dt.date:
    """When a season begins that has not begun yet, or its part; when it ends, for «the end of summer»."""
    month = _SEASONS[match["season"].lower()] + _PARTS[(match["part"] or "").lower()]
    years = (int(match["y11"]),) if match["y11"] else (today.year - 1, today.year, today.year + 1)
    begins = [dt.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1) for year in years]
    days = [month_end(day, 3) for day in begins] if match["out"] else begins
    return next((day for day in days if day > today), days[-1])


def month_end(begins: dt.date, months: int) -> dt.date:
    """The last day of so many months, of which the first begins on a day."""
    last = begins.month + months - 2
    return _month_end(begins.year + last // 12, last % 12 + 1)


def _month(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _next(today: dt.date, month: int, day: int, year: int | None) -> dt.date:
    """That day in that year, or its next coming; 29 February waits for a leap year."""
    if year is not None:
        return dt.date(year, month, day)
    if (month, day) == (2, 29):
        leap = next(y for y in range(today.year, today.year + 9) if y % 4 == 0 and (y % 100 or y % 400 == 0))
        return dt.date(leap, 2, 29)
    date = dt.date(today.year, month, day)
    return date if date >= today else dt.date(today.year + 1, month, day)


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def _period_end(match: re.Match[str], today: dt.date) -> dt.date | None:
    if match["y5"]:
        return dt.date(int(match["y5"]), 12, 31)
    if match["quarter"]:
        month = int(match["quarter"]) * 3
        year = int(match["y6"]) if match["y6"] else today.year + (month < today.month)
        return _month_end(year, month)
    short = {"eod": "day", "eow": "week", "eom": "month", "eoy": "year", "end of day": "day"}
    eox = (match["eox"] or "").lower().replace("-", " ")
    name = (match["end"] or "").lower() or short.get(eox) or eox.removesuffix(" end")
    return _end_of(name, today) if name else None


def _end_of(name: str, today: dt.date) -> dt.date:
    after = 1 if name.startswith("next ") else 0
    match name.removeprefix("next ").removeprefix("this "):
        case "day":
            return today + dt.timedelta(days=after)
        case "week":
            return today + dt.timedelta(days=6 - today.weekday() + 7 * after)
        case "month":
            return _month_end(today.year + (today.month + after > 12), (today.month - 1 + after) % 12 + 1)
        case "quarter":
            quarter = (today.month - 1) // 3 + after
            return _month_end(today.year + quarter // 4, quarter % 4 * 3 + 3)
        case _:
            return dt.date(today.year + after, 12, 31)


def _near(match: re.Match[str], today: dt.date) -> dt.date | None:
    if match["weekday"]:
        wanted = _weekday(match["weekday"])
        if (match["which"] or "").lower().startswith("next"):
            return today + dt.timedelta(days=7 - today.weekday() + wanted)
        return today + dt.timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    if match["feast"]:
        feast = match["feast"].lower()
        is_eve = feast.endswith("eve")
        month, day = (10, 31) if feast == "halloween" else (12, 25 - is_eve if "mas" in feast else 31)
        date = dt.date(today.year, month, day)
        if match["y9"]:
            begins = feast.startswith("new") and not is_eve  # a new year is there when the old one has ended
            return date.replace(year=int(match["y9"]) - begins)
        return date if date >= today else date.replace(year=today.year + 1)
    if match["movable"]:
        since = dt.date(int(match["y10"]), 1, 1) if match["y10"] else today
        return _movable(" ".join(match["movable"].lower().split()), since)
    soon = (match["soon"] or "").lower().removeprefix("the ")
    days = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2}.get(soon)
    if days is not None:
        return today + dt.timedelta(days=days)
    if soon == "this weekend":
        return _end_of("week", today)
    return _end_of(soon, today) if soon else None
