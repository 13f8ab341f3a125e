"""Numbers that a clause asks for: counts of things to do, and targets to reach or to stay under."""

import itertools
import re
from dataclasses import dataclass

from engine.planning.criteria.due import HELD_FOR, held_for
from engine.planning.criteria.numerals import DIGIT_PATTERN, MAY_COUNT, MAY_RECUR, WORD_PATTERN, spelled_out, value_of
from engine.planning.criteria.qualifiers import (
    AMOUNT_VERBS,
    AMOUNTS,
    GUESTS,
    KEPT,
    NUMBERED,
    OF_A_KIND,
    OF_THEM,
    OVER,
    PEOPLE,
    PIECES_OF_WORK,
    UNDER,
    describes,
    is_turned,
    qualifies,
    says_size,
    starts_with_limit,
    takes_part,
)
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import word_set

MOST_STEPS = 100
"""Counts above are targets to measure: nobody ticks off 500 things one by one."""
MOST_DAYS = 366
"""The same for things done by the day or the week."""
_SOLD_BY_ONE = 25
"""More than that is sold to whoever comes, and counted."""
OPEN_HORIZON = 28.0
"""Days that what has a rhythm goes on where nobody says until when; what is monthly does so three times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many of a thing, done one by one."""

    number: int
    noun: str
    days: float | None = None
    """Over how many days it goes on, where it has a rhythm; None for things done in their own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A number to reach, or to stay at or under."""

    value: float
    unit: str
    at_most: bool = False
    start: float | None = None
    """Where it stands now; None where nothing is said."""


_METRIC_UNITS = (
    r"%|percent|per cent|percentage points|ms|milliseconds?|µs|kg|kilos?|kilograms?|lbs?|pounds|km|kilomet(?:er|re)s|"
    r"miles|tonnes?|tons?|lit(?:er|re)s|hectares?|acres?|kwh|m²|gb|mb|tb|[mg]bit(?:/s)?|[mg]bps|fps|rps|req/s|requests/s|tps|bpm|kcal|calories|°c|degrees|mrr|arr|€|\$|£|eur|usd|gbp|euros?|dollars"
)
_NUMBER = re.compile(
    rf"(?P<compare>(?:{UNDER}|{OVER})\s?)?(?:(?:about|around|roughly|some|the first|first|another|exactly|to|"
    rf"by|a total of)\s)?"
    rf"(?:(?<![\w.,/:#'’-])(?P<cur>[$€£])?\s?(?P<digits>{DIGIT_PATTERN})(?:[-–]\d{{1,6}})?(?P<size>[kKmM]|bn|\s?million)?"
    rf"(?P<plus>\+)?(?:(?=(?:ms|kg|gb|mb|tb|km|mbit/s)(?![\w/]))|(?![\w/:’'\-]|\.\d))|\b(?P<word>{WORD_PATTERN})\b(?!-))"
    rf"(?:\s?(?P<unit>{_METRIC_UNITS})(?![\w]))?(?=(?P<rest>[^.;!?\n]{{0,80}}))",
    re.I,
)
_LABELS = word_set(
    """version v chapter chapters step phase part level day week month page pages top room unit no number python windows
    ios android iso type tier series season episode grade class figure table section act gen generation mark http
    port error stage sprint milestone task item question volume book lesson module node java html css php ruby covid
    since year q sub-goal goal criterion criteria option line area formula model under-"""
)
_PREPOSITIONS = word_set(
    """in on for with of to by from at per and or each every a an the that who which within using during after before
    between among"""
)
_IRREGULAR = word_set("people men women children feet staff mice alumni kg km person cvs")
_TIMES = word_set(
    "second seconds sec secs minute minutes min mins hour hours hr hrs h day days night nights week weeks month months "
    "year years"
)
_MONTHS = word_set(
    """january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec"""
)
_UNTIL = word_set("by until till before on")
_BESIDE_A_DAY = word_set("before prior ahead after later earlier")
_SUMS = word_set(
    """signups sign-ups followers downloads installs views visits visitors pageviews sales orders likes stars points
    steps words registrations votes impressions clicks mrr arr revenue subscribers dollars euros calories listens
    plays streams funding funds donations"""
)
_RESULTS = word_set(
    "signups sign-ups downloads installs views visits visitors pageviews sales orders registrations listens"
)
_REACHING = frozenset(
    {"achieve", "reach", "hit", "grow to", "exceed", "gain", "attain", "surpass", "grow", "get to", "win"}
)
_OR_LESS = re.compile(r"\bor (?:less|fewer|below|lower|under|faster)\b|\b(?:max(?:imum)?|tops)\b", re.I)
_OR_MORE = re.compile(r"\bor (?:more|better|above|higher)\b|\bmin(?:imum)?\b", re.I)
_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_SERIES = (
    "(?:prices?|data|figures|returns|sales|revenues?|users|costs?|bills?|rates?|values|candles|volumes?|averages?)\\b"
)
"""What is told by the day or the month, and done by nobody."""
_PER = re.compile(
    rf"\b(?:(?P<times>once|twice|(?:\d{{1,2}}|{WORD_PATTERN})\s?(?:times|x|days|nights|evenings|mornings))\s(?:a|per|each|every)\s(?P<unit>day|week|month)"
    rf"|(?:every|each)\s(?:single\s)?(?P<every>day|weekend|week|month|morning|evening|night|weekday|{_WEEKDAYS})"
    rf"(?P<more>(?:(?:,|,?\sand|\s?&)\s(?:on\s)?(?:{_WEEKDAYS})\b)*)"
    rf"|every\s(?P<nth>other|second|third|fourth|first|last|\d{{1,2}}|{WORD_PATTERN})\s(?P<gap>day|week|month|{_WEEKDAYS})s?"
    rf"|(?P<ly>daily|weekly|monthly)(?!\s(?:[a-z-]+\s)?{_SERIES})(?!\s(?:[a-z-]+\s){{1,3}}(?:{UNDER}|{OVER})\s?[$€£]?\d)(?!\s{KEPT}))\b",
    re.I,
)
_PAID_EACH = re.compile(
    r"(?:pay|save|invest|put|set|transfer|donate|give|spend)\b[^.;]{0,30}?"
    r"(?:[$€£]\s?\d[\d.,]*|\d[\d.,]*(?:\s?(?:[$€£]|eur|euros?|usd|dollars?|pounds?))?)\s(?:a|per|each)\s"
    r"(?P<every>day|week|month)\b(?P<times>)(?P<unit>)(?P<nth>)(?P<gap>)(?P<more>)",
    re.I,
)
"""«Pay 300 € per month»: once in each. Its other groups are empty, as those of a rhythm that leaves nothing out."""
_NTH = {"other": 2, "second": 2, "third": 3, "fourth": 4, "first": 4.3, "last": 4.3}
_A_DAY = re.compile(
    rf"(?<![\w.,])(?P<n>{DIGIT_PATTERN}|{WORD_PATTERN}|one|an?)\s(?P<of>(?:[a-z-]{{1,20}}\s){{0,2}})(?P<noun>[a-z-]{{1,20}})\s"
    r"(?:a|per|each|every)\s(?P<unit>day|night|week|month)\b",
    re.I,
)
_A_TIME = re.compile(rf"(?<=\w)\s(?:{DIGIT_PATTERN}|{WORD_PATTERN}|an?)\s?(?:min(?:ute)?s?|hours?)\b(?!\sof)", re.I)
_MARK = re.compile(r"(?<![\w.,/])(?P<n>\d{1,3}(?:\.\d)?)\s?(?:/|out of)\s?(?P<of>5|10|20|100)\b(?![/.\d])", re.I)
_MONEY = word_set("euro euros eur dollars dollar usd pounds gbp francs chf kr mrr arr")
_MEASURES = word_set(
    """liter litre liters litres glass glasses cups bottles portions servings km miles kg g mg ml euros dollars pounds
    words pages minutes hours"""
)
_TIMES_ONLY = re.compile(
    rf"(?<!\b(?:at|by|to)\s)\b(?P<n>\d{{1,3}}|{WORD_PATTERN})\s?(?:times|x)\b(?!\s(?:a|per|each|every|that)\b)",
    re.I,
)


def rhythm(text: str, horizon_days: float, kind: Kind = Kind.OTHER) -> Count | None:
    """How often something repeated is to be done in all («3 times a week for 8 weeks» → 24 times), None for no rhythm.

    Without a period of its own it goes on for `horizon_days`.
    """
    is_told = MAY_RECUR.search(text := spelled_out(text))
    per = is_told and (_PER.search(text) or _PAID_EACH.match(text))
    if is_told and per is None and _A_DAY.search(text):  # what others buy, and what holds on average, is looked up
        return _portions(text, horizon_days) if kind is not Kind.SELL and not _AVERAGE.match(text) else None
    if per is None:
        number = int(value_of(alone["n"])) if (alone := _TIMES_ONLY.search(text)) else 0
        return Count(number=number, noun="times") if 2 <= number <= MOST_DAYS else None
    said = per["unit"] or per["every"] or per["gap"]
    unit = (said or {"daily": "day", "weekly": "week", "monthly": "month"}[per["ly"].lower()]).lower()
    days = {"month": 30.0, "week": 7.0, "weekend": 7.0, "weekday": 1.4}.get(
        unit, 7.0 if unit.endswith("day") and unit != "day" else 1.0
    )
    nth = (per["nth"] or "").lower()
    days *= (_NTH.get(nth) or value_of(nth)) if nth else 1
    times = (per["times"] or "").lower()
    each = {"": 1, "once": 1, "twice": 2}.get(times) or value_of(re.sub(r"\s?(?:times|x|[a-z]+s)$", "", times))
    each *= 1 + len(re.findall(_WEEKDAYS, per["more"] or "", re.I))
    held = held_for(text)
    open_end = 3 * days if horizon_days == OPEN_HORIZON <= days else 1.0
    span = held / 86_400 if held is not None else max(open_end, min(horizon_days, MOST_DAYS))
    number = round(span / days * each)
    return Count(number=min(number, MOST_DAYS), noun="times", days=span) if number >= 2 else None


def _portions(text: str, horizon_days: float) -> Count | None:
    """«10,000 steps a day for 30 days» → 30 times; «2 articles per week for 3 months» → 26 articles."""
    match = _A_DAY.search(text)
    if match is None or (match["noun"].lower() in PEOPLE | _RESULTS and held_for(text) is None):
        return None
    if starts_with_limit(text) and not {*match["of"].lower().split(), match["noun"].lower()} & (_TIMES | _MEASURES):
        return None  # «fewer than 5 complaints a week» is a figure of what others do
    if match["noun"].lower() in _PREPOSITIONS:  # «100 km in a day» is a feat
        return None
    if match["noun"].lower() in _MONEY:  # «a rent under 1500 euros a month» is a figure; what is paid is `_PAID_EACH`
        return None
    days = {"week": 7.0, "month": 30.0}.get(match["unit"].lower(), 1.0)
    span = (held_for(text) or max(1.0, min(horizon_days, MOST_DAYS)) * 86_400) / 86_400
    each = 1.0 if match["n"].lower() in {"one", "a", "an"} else value_of(match["n"])
    nouns = {*match["of"].lower().split(), match["noun"].lower()}
    is_sum = bool(nouns & (_SUMS | _TIMES | _MEASURES)) or each > 10
    number = round(span / days * (1 if is_sum else each))
    noun = "times" if is_sum else match["noun"]
    return Count(number=min(number, MOST_DAYS), noun=noun, days=span) if number >= 2 else None


def without_rhythm(text: str) -> str:
    """The text without how often and for how long: «Exercise 3 times a week for 8 weeks» → «Exercise»."""
    said = spelled_out(text)
    said = HELD_FOR.sub("", _PER.sub("", said) if MAY_RECUR.search(said) else said)
    return " ".join(_A_TIME.sub("", _EACH_DAY.sub("", said)).split()).strip(" ,.") or text


def quantity(text: str, verb: str, kind: Kind) -> Count | Target | None:
    """The first number a clause asks for that is no label, no date and no length of time, or None."""
    mark = _MARK.search(text)
    if mark is not None:
        at_most = re.search(rf"(?:{UNDER})\s?$", text[: mark.start()], re.I) is not None
        return Target(value=float(mark["n"]), unit=f"of {mark['of']}", at_most=at_most)
    for match in itertools.islice(_NUMBER.finditer(text) if MAY_COUNT.search(text) else (), _MOST_NUMBERS):
        if _is_label(text, match) or _is_start(text, match) or (kind is Kind.LAUNCH and _VERSION.fullmatch(match[0])):
            continue
        if (match["unit"] or "").lower() in {"km", "miles", "kilometers", "kilometres"} and not match["compare"]:
            continue
        is_size = kind in AMOUNTS or says_size(
            _before(text, _start(match)), verb, plain=not (match["cur"] or match["unit"])
        )
        noun = _noun(match["rest"])
        is_portion = verb in AMOUNT_VERBS and noun not in _PIECES and (verb, noun) not in PIECES_OF_WORK
        if is_portion or (is_size and not _is_measured(text, match, verb, kind)):
            continue
        is_figure = _is_measured(text, match, verb, kind)
        if is_figure and qualifies((_before(text, match.start()), match["rest"]), match[0], verb, kind):
            continue
        if not verb and takes_part(_before(text, _start(match)), _noun(match["rest"]), match["rest"]):
            return Target(value=value_of(match["digits"] or match["word"]), unit=_phrase(match["rest"]))
        if not is_figure and describes(_before(text, match.start()), text):
            continue
        found = _as_target(text, match, verb) if is_figure else _as_count(match)
        if found is not None:
            return found
    return None


def _start(match: re.Match[str]) -> int:
    return match.start("digits") if match["digits"] else match.start("word")


def _before(text: str, place: int) -> str:
    """What stands before a place, as far back as it matters: a text full of numbers is not read anew for each."""
    return text[max(0, place - _REACH) : place]


def _is_start(text: str, match: re.Match[str]) -> bool:
    """Whether the number is where something stands now: «cut the bill from $12k to $8k»."""
    before = _before(text, match.start("cur") if match["cur"] else match.start()).lower().split()[-1:]
    return before == ["from"] and re.search(r"\bto\b", text[match.end() :]) is not None


_VERSION = re.compile(r"\s?\d{1,3}\.\d{1,3}")  # «Release in 4.2»
_MOST_NUMBERS = 100
"""Numbers that are looked at in one clause: more than a hundred labels and dates are no wording of a target."""
_REACH = 120  # characters
_PIECES = word_set("recipes dishes meals dinners offers applications letters mails emails cards")


def _is_label(text: str, match: re.Match[str]) -> bool:
    """Whether the number only names something: «version 2», «CNN 101», «Python 3», a year, a length of time."""
    previous = _before(text, match.start("cur") if match["cur"] else _start(match)).split()
    rest = match["rest"].strip().split()
    is_named = bool(previous) and previous[-1].lower().strip("#.(") in _LABELS and not match["compare"]
    if is_named or NUMBERED.match(match[0].lstrip() + match["rest"]):
        return True
    is_name = len(previous) > 1 and previous[-1][:1].isupper() and not match["cur"] and not match["unit"]
    if is_name and not _noun(match["rest"], 3) and not _OR_MORE.match(match["rest"].strip()):
        return True
    digits = match["digits"] or ""
    if len(digits) == 4 and digits.isdecimal() and 1900 <= int(digits) <= 2099 and not match["cur"]:
        return not (match["compare"] or match["unit"] or _noun(match["rest"], 2) in _SUMS | PEOPLE)
    timed = bool(rest) and rest[0].lower().strip(",.") in _TIMES
    if timed and len(rest) > 1 and rest[1].lower() in _BESIDE_A_DAY:
        return True
    ahead = " ".join(previous[-2:]).lower()
    is_date = (ahead.split(" ")[-1] in _UNTIL or ahead == "later than") and re.fullmatch(r"\d{1,2}\.\d{1,2}", digits)
    if is_date or (rest and rest[0].lower().strip(",.") in _MONTHS):
        return True
    return timed and (match["compare"] or "").strip().lower() in {"", "within"} and not _AVERAGE.match(text)


_AVERAGE = re.compile(r"(?:on |an )?(?:avg|average)\b|.{2,60}?\bfrom \d\S* (?:[a-z]+ )?(?:down |up )?to \d", re.I)


def _noun(rest: str, reach: int = 4) -> str:
    """The first plural among the next words, before any preposition; empty when there is none."""
    rest = OF_A_KIND.sub("", OF_THEM.sub("", rest))
    foreign = rest.split()[:1]
    if foreign and not foreign[0].isascii() and foreign[0].isalpha() and len(foreign[0]) > 2:
        return foreign[0].lower()
    for word in rest.split()[:reach]:
        plain = word.lower().strip(",()«»\"'’")
        if plain in _PREPOSITIONS:
            return ""
        is_plural = len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is", "'s", "’s"))
        if plain in _IRREGULAR or plain in _SUMS or is_plural:
            return plain
        if word[-1] in ",.;:)":
            return ""
    return ""


def _phrase(rest: str) -> str:
    """The words up to the first plural: «paying customers»."""
    told = OF_THEM.sub("", rest)
    taken = kind[0].split() if (kind := OF_A_KIND.match(told)) is not None else []
    for word in told.split()[len(taken) : 4]:
        plain = word.strip(",()«»\"'")
        taken.append(plain)
        if _noun(plain, 1):
            break
    return " ".join(taken)


_EACH_DAY = re.compile(r"\b(?:a|per|each|every)\s(?P<unit>day|week|month)\b", re.I)


_SIGNED_UP = re.compile(r"\b(?:registered|signed up|subscribed|enrolled)\b", re.I)
"""What others did: it is looked up."""
_ONE_BY_ONE = {
    Kind.INTERVIEW, Kind.TEST, Kind.CHORE, Kind.RECRUIT, Kind.SETUP, Kind.DEVELOP, Kind.MAKE, Kind.DESIGN, Kind.FIX,
}  # fmt: skip


def _is_measured(text: str, match: re.Match[str], verb: str, kind: Kind) -> bool:
    noun = _noun(match["rest"])
    number = value_of(match["digits"] or match["word"], match["size"] or "")
    if _OR_MORE.match(match["rest"].strip()) or _OR_LESS.match(match["rest"].strip()):
        return True
    shrinks = noun in _TIMES and _NOW.search(text) is not None
    if match["cur"] or match["unit"] or match["plus"] or number != int(number) or shrinks:
        return True
    if kind in _ONE_BY_ONE and verb not in {"get", "collect", "contribute"} and noun and number <= MOST_STEPS:
        return False
    if kind is Kind.SELL and number > _SOLD_BY_ONE:
        return bool(noun)
    if noun in _SUMS or number > MOST_STEPS:
        return bool(noun) or bool(match["compare"]) or kind in {Kind.REACH, Kind.SAVE}
    each = _EACH_DAY.search(match["rest"]) is not None
    if (noun in PEOPLE and (verb in _REACHING or each)) or (noun and each and kind is Kind.SELL):
        return True
    if noun in PEOPLE | GUESTS and _SIGNED_UP.search(match["rest"]):
        return True
    if match["compare"] and (not noun or noun in _TIMES):
        return True
    if not match.start() and starts_with_limit(text):
        return True
    return kind is Kind.REACH and not noun and verb in _REACHING | {"score", "earn", "lose"}


def _as_target(text: str, match: re.Match[str], verb: str) -> Target | None:
    value = value_of(match["digits"] or match["word"], match["size"] or "")
    unit = (match["unit"] or "").strip()
    noun = _phrase(match["rest"]) if _noun(match["rest"]) else ""
    if match["cur"]:
        first = next(iter((unit or match["rest"]).split()), "").strip(",.")
        metric = first if first.lower() in _SUMS | {"mrr", "arr", "profit"} else ""
        unit = f"{match['cur']} {metric}".strip()
    elif not unit:
        each = _EACH_DAY.search(match["rest"])
        unit = f"{noun} per {each['unit'].lower()}" if each else noun or _first_time(match["rest"])
    compare = (match["compare"] or "").strip().lower()
    at_most = bool(compare) and re.fullmatch(UNDER, compare, re.I) is not None and not compare.startswith("up")
    at_most = at_most != (bool(compare) and is_turned(_before(text, match.start()), compare))
    if not compare:
        at_most = _GOES_DOWN.search(text) is not None or (bool(_OR_LESS.search(text)) and not _OR_MORE.search(text))
        at_most = at_most or (
            verb in {"reduce", "cut", "lower", "decrease", "shrink", "drop to"}
            and re.search(r"\bto\s+[$€£]?\d", text) is not None
        )
    at_most = at_most or (value == 0 and not compare)
    now = _NOW.search(text)
    start = value_of(now["n"], now["size"] or "") if now is not None else None
    if start is not None and not compare and start != value:
        at_most = start > value
    return Target(value=value, unit=unit, at_most=at_most, start=start)


_GOES_DOWN = re.compile(r"^budget |\b(?:down|drops?|falls?) to\s[$€£]?\d", re.I)
_NOW = re.compile(
    rf"\b(?:from(?=\s\S+(?:\s?(?:%|€|eur|euros?|usd|kg|min|h))?\s(?:down |up )?to\s)"
    rf"|now|currently|today|at present|so far|down from|up from)\s(?:at\s|it is\s)?[$€£]?(?P<n>{DIGIT_PATTERN})"
    r"(?P<size>[kKmM])?(?![\w/:]|\.\d)",
    re.I,
)
"""Where a figure stands: «Weigh 78 kg (now 86)»."""


def _first_time(rest: str) -> str:
    first = next(iter(rest.split()), "").strip(",.")
    return first if first.lower() in _TIMES else ""


def _as_count(match: re.Match[str]) -> Count | None:
    noun, number = _noun(match["rest"]), int(value_of(match["digits"] or match["word"], match["size"] or ""))
    is_size = noun in _TIMES or noun.endswith(("metres", "meters", "yards", "litres"))
    if not noun or is_size or not 2 <= number <= MOST_STEPS:
        return None
    if re.fullmatch(UNDER, (match["compare"] or "").strip(), re.I):
        return None  # «a letter of max 2 pages» asks for one letter
    return Count(number=number, noun=_phrase(match["rest"]))
