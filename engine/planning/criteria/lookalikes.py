"""Clauses that sound like something larger than they are: a meeting is no feast, another room no removal,
a plumber no employee. Pure."""

import re
from collections.abc import Container

from engine.planning.criteria.domains import domains
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.titles import has_no_thing
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import stem, subjects, word_set, words

_QUESTION = re.compile(r"^ask\b.*\b(?:if|whether|how|when|what|which|who|where|why)\b", re.I)
"""What is asked, and not asked for: «Ask the insurance whether they pay»."""
_POLICY = re.compile(r"\b(?:travel|bike|phone|pet|event|trip|rain|cancellation|luggage) insurance\b", re.I)
"""Bought in an evening, and granted by nobody."""
_OF_EACH = re.compile(r"(?:[$€£]|\b(?:eur|euros?|usd|dollars?|pounds?|money|fees?|dues?|deposits?)\b)", re.I)
_MEETING = re.compile(
    r"\b(?:meeting|kick-?off|assembly|briefing|retro(?:spective)?|hearing|consultation|agm|"
    r"(?:parents?|info(?:rmation)?|staff|members?|open)['’]?s?['’]? (?:evening|night))\b"
    r"(?! (?:room|place|point|minutes|notes|hall))",
    re.I,
)
"""What people come together for to talk, and not to feast."""
_HELD = word_set("hold host organise organize have run arrange do conduct call")
_USED = re.compile(r"(?:using|buying)\b", re.I)
_WOUND_DOWN = re.compile(
    r"(?:printing|selling|making|producing|sending|supporting|offering|shipping|publishing|paying|renting|supplying|"
    r"serving|running|maintaining)\b",
    re.I,
)
_IN_HAND = re.compile(r"\b(?:phone|facebook|instagram|tiktok|twitter|x|youtube|social|netflix|internet|drugs)\b", re.I)
"""What is used out of habit, and not up."""
_ROOMS = frozenset(
    stem(word)
    for word in word_set("room study bedroom nursery studio attic desk cellar workshop wardrobe shelf shelves")
)
_HOMES = frozenset(
    stem(word)
    for word in word_set("flat apartment house home van mover movers boxes landlord lease tenancy keys city country")
)
_ONLY_A_DAY = re.compile(r"(?:(?:by|on|before|in|at)\b.*)?", re.I)


def is_small_matter(text: str) -> bool:
    """Whether it speaks of what offices grant, and wants no more than an answer or a policy."""
    return _QUESTION.search(text) is not None or _POLICY.search(text) is not None


def lookalike(reading: Reading) -> str:
    """The compound that such a clause calls for; empty for all others."""
    if reading.verb in _HELD and _MEETING.search(reading.thing) and reading.count is None:
        return "any_hold_meeting"
    match reading.kind:
        case Kind.QUIT if _USED.match(reading.thing) and not _IN_HAND.search(reading.thing):
            return "any_do_without_it"
        case Kind.QUIT if reading.verb == "stop" and _WOUND_DOWN.match(reading.thing):
            return "any_wind_down"
        case Kind.REACH if reading.verb == "collect" and _OF_EACH.search(reading.thing):
            return "any_collect_dues"
        case _:
            return ""


def is_under_one_roof(reading: Reading, elsewhere: Container[str]) -> bool:
    """Whether who moves only moves to another room, or back into one: no van is needed, and no address changes.

    `elsewhere` has the stems of all clauses of the goal.
    """
    own = {stem(word) for word in words(reading.text)}
    if own & _HOMES:
        return False
    if own & _ROOMS or re.match(r"move back in\b", reading.text, re.I):
        return True
    is_bare = _ONLY_A_DAY.fullmatch(reading.thing.strip(" .!")) is not None
    return is_bare and any(one in elsewhere for one in _ROOMS) and not any(one in elsewhere for one in _HOMES)


TRADES = word_set(
    """plumber plumbers electrician electricians roofer roofers carpenter carpenters painter painters tiler tilers
    plasterer plasterers builder builders contractor contractors handyman mason bricklayer glazier joiner decorator
    landscaper locksmith"""
)
"""They come to the house and work on it."""
_PROFESSIONS = word_set(
    """photographer lawyer solicitor attorney notary movers dj band caterer cleaner tutor coach nanny gardener
    accountant translator videographer musician babysitter architect surveyor freelancer consultant magician dogsitter
    midwife bookkeeper interpreter valuer auctioneer auditor removalist removalists"""
)
_FIRMS = word_set("company companies firm agency service services studio workshop garage consultancy provider office")
"""What somebody's firm is called, at the end of its name: «a moving company», «a cleaning service»."""


def is_engaged(thing: str) -> bool:
    """Whether a thing is a person or a firm that does one job for a price: «a moving company», «a plumber»."""
    said = words(thing)
    return said[-1:] != [] and (said[-1] in _FIRMS or bool((TRADES | _PROFESSIONS) & set(said)))


_TRIED_BY_CASES = word_set(
    """product prototype system systems tool tools flow flows feature features release build integration integrations
    migration import export backup backups restore strategy model models device devices firmware payment payments
    checkout form forms emails links usability accessibility everything hypothesis hypotheses concept idea game level
    levels network setup rig drone robot engine"""
)
"""What is tested by a list of cases, as software is; soil and alarms are just tested."""


def is_tried_at_once(reading: Reading) -> bool:
    """Whether what is tested is neither software nor another system: «Test the soil»."""
    named = re.search(r"\b[A-Z\d]", reading.thing) is not None
    known = _TRIED_BY_CASES & set(words(reading.text)) or "software" in domains(subjects(reading.thing))
    return not (named or known or has_no_thing(reading) or not reading.thing)
