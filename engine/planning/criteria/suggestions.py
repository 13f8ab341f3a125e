"""Criteria to suggest for a goal, and its name as a clause."""

import datetime as dt
import re

from engine.planning.criteria.clauses import Clause
from engine.planning.criteria.ideas import ANYTHING, BY_KIND, BY_SUBJECT, SKILL
from engine.planning.criteria.moments import DURATION_PATTERN
from engine.planning.criteria.phrasing import plainly
from engine.planning.criteria.reading import Moment, Reading, read_clause
from engine.planning.criteria.titles import fill
from engine.planning.criteria.verbs import Kind, noun_kind
from engine.planning.criteria.wording import capitalised, clean, crop

_K = Kind
_ANY_DAY = Moment(local=dt.datetime(2000, 1, 1))  # noqa: DTZ001 - naive local time is what readings take


def read_name(name: str, description: str, moment: Moment) -> Reading:
    """The goal's name as a clause; a name that is no doing takes its kind from the description."""
    text = crop(plainly(clean(name, 400)), 200) or "This goal"
    reading = read_clause(Clause(text=capitalised(text)), moment)
    if reading.kind is Kind.OTHER:
        kind = noun_kind(clean(description, 400))
        return Reading(clause=reading.clause, text=reading.text, verb="", kind=kind or Kind.OTHER, thing=text)
    return reading


_NO_SUBJECT = frozenset({_K.QUIT, _K.HIRE, _K.TRAVEL, _K.MOVE, _K.MIGRATE, _K.SELL, _K.SAVE, _K.EXAM})
"""Kinds that tell more than what they are about: «sell my guitar» is no wish to play it."""


def _ideas(said: str, reading: Reading) -> tuple[str, ...]:
    """The templates that fit: of the subject, else of the kind, else of anything."""
    subject = next((rows for pattern, rows in BY_SUBJECT if re.search(pattern, said)), None)
    by_kind = BY_KIND.get(reading.kind)
    if reading.kind is _K.LEARN and reading.thing.lower().startswith("to ") and subject is None:
        return SKILL
    if reading.kind is _K.REPAIR and reading.verb in {"renovate", "restore"} and subject is not None:
        return subject
    if (
        by_kind is not None
        and reading.verb
        and reading.kind in {*_NO_SUBJECT, _K.REPAIR}
        and not re.search(r"debt|driv", said)
    ):
        return by_kind
    return subject or by_kind or ANYTHING


def suggest_criteria(name: str, description: str = "") -> tuple[str, ...]:
    """Three to six concrete criteria that would suit a goal of that name, for a person to take or leave."""
    reading = read_name(name, description, _ANY_DAY)
    listed = _ideas(f"{name} {description}"[:800].lower(), reading)
    if reading.target is not None:
        listed = (*(row for row in listed if "{text}" not in row and "at least $" not in row), "{text}")
    found = dict.fromkeys(crop(capitalised(fill(template, reading)), 120) for template in listed)
    has_length = re.search(DURATION_PATTERN, reading.text, re.I) is not None
    return tuple(text for text in found if not (has_length and text.startswith(f"{reading.text} 3 times")))[:6]
