"""Which steps of the recipes a clause calls for, by its kind and by what it is about."""

import re

from engine.planning import recipes
from engine.planning.reading import Reading
from engine.planning.recipes import RECIPES, Step
from engine.planning.streams import domains
from engine.planning.titles import has_no_thing, head_of, names_a_study
from engine.planning.verbs import Kind, is_done
from engine.planning.wording import subjects, word_set, words

_BIG_BUYS = word_set(
    """house flat apartment home car laptop computer phone camera bike bicycle sofa insurance piano boat bed fridge
    machine " "tv motorbike ring land washing telescope guitar"""
)
_BIG_PLACES = word_set("house flat apartment office room kitchen bedroom")
_FULL_PLACES = word_set("garage attic basement cellar shed wardrobe closet loft")
_BOOKS = word_set("book novel thesis textbook manual")
PEOPLE = word_set(
    """kids children visitors users customers people testers participants clients friends readers players students
    patients"""
)
_SERVICES = word_set(
    """photographer plumber electrician lawyer movers dj band caterer cleaner tutor contractor coach nanny
    carpenter painter " "gardener accountant agency translator videographer musician babysitter architect
    builder"""
)
_REVISING = word_set("edit revise proofread translate")
_REVISING_VERBS = tuple(sorted(_REVISING))
_LONG_SEARCHES = word_set(
    """flat apartment appartment house home job location premises investor investors co-founder cofounder venue
    office room publisher agent"""
)
_OFFICIAL = word_set(
    """permit permits visa mortgage loan approval licence license insurance citizenship passport certificate grant"""
)
_SMALL_LESSONS = word_set(
    """chapters phrases words song songs alphabet chords basics basic poem trick tricks recipe recipes dance lines
    scales"""
)
_SHORT_DOCS = word_set(
    """ad advert description abstract bio agenda changelog summary brief faq announcement invitation cv resume policy
    policies profile schedule"""
)
_EVENTS = word_set(
    """wedding party conference event meetup workshop festival reunion anniversary birthday offsite retreat dinner fair
    concert gala hackathon picnic barbecue bbq exhibition ceremony run tournament fundraiser celebration"""
)
_TRADES = word_set("plumbing tiling wiring plastering electrics flooring painting roofing landscaping")
_DOING_ONLY = frozenset(
    {Kind.WRITE, Kind.READ, Kind.DEVELOP, Kind.FIX, Kind.DESIGN, Kind.PUBLISH, Kind.COURSE, Kind.LEARN, Kind.PRESENT}
)
"""Kinds that are done one by one when they are counted, without preparation for all of them."""
_EMPTY_THING = frozenset({Kind.LEARN, Kind.WRITE, Kind.READ, Kind.FIX, Kind.DEVELOP, Kind.DESIGN, Kind.HIRE, Kind.QUIT})


def steps_for(reading: Reading) -> tuple[Step, ...]:
    """The steps that a clause calls for; exactly one of them carries it."""
    said = frozenset(words(reading.text))
    special = _by_thing(reading, said) or _by_size(reading, said) or _by_manner(reading, said)
    if special is not None:
        return special
    if is_done(reading.text):
        return (recipes.RESULT if reading.count is None else recipes.ONE_STEP,)
    if reading.kind is Kind.STATE:
        return recipes.STATE
    if reading.kind is Kind.OTHER and said & _TRADES:
        return (recipes.TRADE,)
    small = reading.kind in {Kind.CHORE, Kind.BUY, Kind.TIDY, Kind.WAIT, Kind.CHECK}
    steps = RECIPES.get(reading.kind, (recipes.CHORE if small else recipes.ONE_STEP,))
    counted = reading.count is not None and reading.kind in _DOING_ONLY
    if counted or (not reading.thing.strip() and reading.kind in _EMPTY_THING):
        return _doing(steps)
    return steps


def _doing(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(step for step in steps if step.carries)


def _by_thing(reading: Reading, said: frozenset[str]) -> tuple[Step, ...] | None:
    """Steps for kinds that depend on what is bought, built, hired, written or read."""
    match reading.kind:
        case Kind.DEVELOP if domains(subjects(head_of(reading))) & {"home", "event"}:
            return recipes.CRAFT
        case Kind.BUY if said & _BIG_BUYS and not re.search(r",| and ", reading.thing):
            return (recipes.BIG_BUY, recipes.ONE_STEP)
        case Kind.HIRE if said & _SERVICES:
            return (recipes.OFFERS, recipes.ONE_STEP)
        case Kind.TIDY if said & _FULL_PLACES or (said & _BIG_PLACES and reading.verb != "clean"):
            return (recipes.BIG_TIDY, recipes.ONE_STEP)
        case Kind.FIND if said & _LONG_SEARCHES:
            return recipes.LONG_SEARCH
        case Kind.READ if not said & _BOOKS and not re.search(r"['’]s\b", reading.text):
            return _doing(RECIPES[Kind.READ])
        case _:
            return None


def _by_size(reading: Reading, said: frozenset[str]) -> tuple[Step, ...] | None:
    """Steps for what is smaller, or needs more papers, than others of its kind."""
    match reading.kind:
        case Kind.CHORE | Kind.BUY if said & _OFFICIAL and reading.verb[:3] in {"get", "app", "ren"}:
            return recipes.OFFICIAL
        case Kind.LEARN if said & _SMALL_LESSONS:
            return recipes.SMALL_LESSON
        case Kind.WRITE if said & _SHORT_DOCS and not reading.verb.startswith(_REVISING_VERBS):
            return recipes.SHORT_TEXT
        case Kind.ORGANISE if not said & _EVENTS:
            return recipes.SMALL_EVENT
        case _:
            return None


def _by_manner(reading: Reading, said: frozenset[str]) -> tuple[Step, ...] | None:
    """Steps for kinds that depend on how it is said."""
    steps = RECIPES.get(reading.kind, ())
    match reading.kind:
        case Kind.TEST if reading.count is not None and said & PEOPLE:
            return recipes.RUN_TEST
        case Kind.RESEARCH if reading.verb in {"", "complete", "do", "run", "conduct"} or names_a_study(reading):
            return recipes.STUDY
        case Kind.RESEARCH if reading.verb in {"compare", "map", "identify"}:
            return _doing(steps)
        case Kind.SAVE if reading.verb == "pay off":
            return (recipes.DEBTS, *steps[1:])
        case Kind.PRACTISE if reading.count is None and reading.seconds is None:
            return _doing(steps)
        case _:
            return _by_making(reading, said)


def _by_making(reading: Reading, said: frozenset[str]) -> tuple[Step, ...] | None:
    """Steps for what is made or met in one way or another."""
    steps = RECIPES.get(reading.kind, ())
    match reading.kind:
        case Kind.DEVELOP if "scratch" in said:
            return (recipes.FROM_SCRATCH, *_doing(steps), recipes.KNOWN_ANSWER)
        case Kind.DEVELOP if "production" in said:
            return (*steps, recipes.TO_PRODUCTION)
        case Kind.DEVELOP if said & {"tests", "code", "test"}:
            return _doing(steps)
        case Kind.ORGANISE if reading.verb in {"plan", "organise", "organize", "arrange a", "arrange the"}:
            return (*steps[:-1], recipes.HOLD)
        case Kind.REPAIR if reading.verb == "renovate":
            return recipes.RENOVATION
        case Kind.LAUNCH if reading.verb == "open":
            return recipes.OPENING
        case _:
            return _by_meeting(reading)


def _by_meeting(reading: Reading) -> tuple[Step, ...] | None:
    """Steps for what is met, finished, chosen or handed in."""
    steps = RECIPES.get(reading.kind, ())
    match reading.kind:
        case Kind.WRITE if reading.verb in _REVISING or re.match(r"(?:proofread|edit|revis)", reading.text, re.I):
            return recipes.REVISION
        case Kind.PUBLISH if has_no_thing(reading) or not reading.thing:
            return _doing(steps)
        case Kind.FINISH if reading.verb[:6] in {"finish", "finali", "comple"} and reading.count is None:
            return recipes.FINISHING
        case Kind.EXAM if re.search(r"\b(?:mock|trial)\b", reading.text, re.I):
            return (recipes.ONE_STEP,)
        case Kind.DECIDE if re.search(r"\d|^(?:one|it|them)\b", reading.thing):
            return _doing(steps)
        case Kind.INTERVIEW if not reading.verb or reading.verb in {"have", "attend", "get"}:
            return (recipes.ONE_STEP,)
        case Kind.CHORE if reading.verb == "visit" and re.match(r"[A-Z]", reading.thing) and "'s" not in reading.thing:
            return RECIPES[Kind.TRAVEL]
        case _:
            return None
