"""Criteria to suggest for a goal, and the steps of a goal that has none."""

import datetime as dt
import re

from engine.planning.clauses import Clause, plainly
from engine.planning.ideas import ANYTHING, BY_KIND, BY_SUBJECT, SKILL
from engine.planning.moments import DURATION_PATTERN
from engine.planning.reading import Moment, Reading, read_clause
from engine.planning.recipes import UNKNOWN_GOAL
from engine.planning.steps import steps_for
from engine.planning.titles import fill
from engine.planning.verbs import Kind, noun_kind
from engine.planning.wording import capitalised, clean, crop

_K = Kind
WHOLE: dict[Kind, tuple[str, ...]] = {
    _K.LAUNCH: (
        "Say whom {it} is for and what it must do", "Build the first version of {it}", "Try {it} with five people",
        "Prepare the launch: page, texts, date", "*{text}", "Look at the first results, and settle what comes next",
    ),
    _K.DEVELOP: (
        "Write down what {it} must do", "Sketch how {it} will work", "*{text}", "Test {it} with someone else",
        "Put {it} to use",
    ),
    _K.LEARN: (
        "Choose a course or a book, and fixed hours", "*{text}, in those hours", "Use {thing} on something real",
        "Have someone test you",
    ),
    _K.WRITE: (
        "Outline {it}", "*Write the first draft of {it}", "Have two people read the draft", "Revise {it}",
        "Finish {it} and hand it in or publish it",
    ),
    _K.RESEARCH: (
        "List what you need to know about {topic}", "Choose sources", "*{text}", "Sum up the findings on one page",
    ),
}  # fmt: skip
"""Steps of a whole goal by its verb; a star marks what carries it. Other kinds follow their recipe."""

_ANY_DAY = Moment(local=dt.datetime(2000, 1, 1))  # noqa: DTZ001 - naive local time is what readings take


def _read(name: str, description: str, moment: Moment) -> Reading:
    """The goal's name as a clause; a name that is no doing takes its kind from the description."""
    text = crop(plainly(clean(name, 400)), 200) or "This goal"
    reading = read_clause(Clause(text=capitalised(text)), moment)
    if reading.kind is Kind.OTHER:
        kind = noun_kind(clean(description, 400))
        return Reading(clause=reading.clause, text=reading.text, verb="", kind=kind or Kind.OTHER, thing=text)
    return reading


def whole_goal(name: str, description: str, moment: Moment) -> tuple[Reading, tuple[str, ...]]:
    """What a goal's name says, and the titles of its steps; no titles where the clause's own recipe serves."""
    reading = _read(name, description, moment)
    if reading.target is not None or reading.url is not None or reading.seconds is not None or reading.options:
        return reading, ()
    if reading.verb and (reading.kind in {Kind.CHORE, Kind.BUY, Kind.TIDY} or reading.count is not None):
        return reading, ()
    if reading.kind in WHOLE and reading.verb:
        return reading, WHOLE[reading.kind]
    if reading.verb and len(steps_for(reading)) >= 3:
        return reading, ()
    return reading, tuple(("*" if step.carries else "") + step.title for step in UNKNOWN_GOAL)


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
    reading = _read(name, description, _ANY_DAY)
    listed = _ideas(f"{name} {description}"[:800].lower(), reading)
    if reading.target is not None:
        listed = (*(row for row in listed if "{text}" not in row and "at least $" not in row), "{text}")
    found = dict.fromkeys(crop(capitalised(fill(template, reading)), 120) for template in listed)
    has_length = re.search(DURATION_PATTERN, reading.text, re.I) is not None
    return tuple(text for text in found if not (has_length and text.startswith(f"{reading.text} 3 times")))[:6]
