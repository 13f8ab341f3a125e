"""Criteria to suggest for a goal, and the steps of a goal that has none."""

import datetime as dt
import re

from engine.planning.clauses import Clause
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

_CRITERIA: dict[Kind, tuple[str, ...]] = {
    _K.LAUNCH: (
        "Interview 5 people whom {it} is for", "Build the first version of {it}", "Test it with 5 users",
        "{text}", "Reach 100 users in the first month",
    ),
    _K.DEVELOP: (
        "Write down what {it} must do", "Build a first version that works", "Test it with 5 users", "Put {it} to use",
        "Monitor for 1 week",
    ),
    _K.LEARN: (
        "Finish one course on {thing}", "Practise {thing} 3 times a week for 8 weeks",
            "Finish 3 small projects with {thing}",
        "Pass a test in {thing} with at least 80 %",
    ),
    _K.WRITE: (
        "Outline {it}", "Write the first draft of {it}", "Get feedback from 3 readers", "Revise {it}", "Publish {it}",
    ),
    _K.RESEARCH: ("List 10 questions about {topic}", "Read 5 sources on {topic}",
        "Interview 3 people who know", "Sum up the findings on one page"),
    _K.TRAIN: ("Choose a training plan", "Train 3 times a week for 12 weeks",
        "Finish one test run over half the distance", "{text}"),
    _K.PRACTISE: ("Fix times in the calendar", "{text} 3 times a week for 8 weeks", "Look back after 4 weeks"),
    _K.SAVE: ("List income and spending", "Cut monthly costs by 10 %", "Set up a standing order",
        "Save at least $1,000"),
    _K.HIRE: ("Write the job description", "Collect 20 applications", "Interview 5 candidates", "{text}",
        "Prepare the first week"),
    _K.ORGANISE: ("Settle date, place and budget", "Invite 20 guests", "Order food and drinks", "{text}"),
    _K.TRAVEL: ("Settle dates and budget", "Book the way there", "Book a place to stay", "Pack", "{text}"),
    _K.MOVE: ("Sign the lease", "Book a van and helpers", "Pack all boxes", "{text}", "Change the address everywhere"),
    _K.MIGRATE: ("List what has to move", "Take a backup that restores", "Rehearse on a copy", "{text}",
        "Monitor for 1 week"),
    _K.QUIT: ("Note the usual moments for 3 days", "Settle on a substitute", "Hold out for 30 days",
        "Hold out for 90 days"),
    _K.BUY: ("Settle the budget", "Compare 3 offers", "{text}"),
    _K.EXAM: ("Register for the exam", "Study 5 times a week for 6 weeks", "Take 2 mock exams", "{text}"),
    _K.APPLY: ("Update the CV", "Apply to 10 jobs", "Have 3 interviews", "Accept an offer"),
    _K.REACH: ("Write down where things stand now", "Choose three levers to try", "Try each lever for 2 weeks",
        "{text}"),
    _K.TIDY: ("Sort it: keep, give away, throw out", "{text}", "Bring away what goes"),
}  # fmt: skip
_ANYTHING = (
    "Say in one sentence what done means", "Finish the first small part", "Have one other person look at it", "{text}",
)  # fmt: skip


_BY_WORD: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"\bfit\b|\bfitter|\bhealth|\bin shape|\bweight",
        (
            "Exercise 3 times a week for 8 weeks",
            "Walk 8,000 steps a day for 30 days",
            "Lose 3 kg",
            "Run 5 km in under 35 minutes",
        ),
    ),
    (r"\b(?:job|career|position)\b", ("Update the CV", "Apply to 10 jobs", "Have 3 interviews", "Accept an offer")),
    (
        r"\bhapp|\bcalm|\bstress|\brelax",
        (
            "Meditate every day for 30 days",
            "Meet a friend once a week for 8 weeks",
            "Sleep 8 hours every night for 30 days",
        ),
    ),
    (
        r"\b(?:business|startup|company|shop|store)\b",
        (
            "Interview 5 possible customers",
            "Build the first offer",
            "Win 3 paying customers",
            "Reach $1,000 of revenue",
        ),
    ),
)


_ANY_DAY = Moment(local=dt.datetime(2000, 1, 1))  # noqa: DTZ001 - naive local time is what readings take


def _read(name: str, description: str, moment: Moment) -> Reading:
    """The goal's name as a clause; a name that is no doing takes its kind from the description."""
    text = crop(clean(name, 400), 200) or "This goal"
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


def suggest_criteria(name: str, description: str = "") -> tuple[str, ...]:
    """Three to six concrete criteria that would suit a goal of that name, for a person to take or leave."""
    reading = _read(name, description, _ANY_DAY)
    listed = _CRITERIA.get(reading.kind)
    if listed is None:
        listed = next(
            (rows for pattern, rows in _BY_WORD if re.search(pattern, f"{name} {description}"[:800], re.I)), _ANYTHING
        )
    if reading.target is not None:
        listed = (*(row for row in listed if "{text}" not in row and "at least $" not in row), "{text}")
    found = dict.fromkeys(crop(capitalised(fill(template, reading)), 120) for template in listed)
    has_length = re.search(DURATION_PATTERN, reading.text, re.I) is not None
    return tuple(text for text in found if not (has_length and text.startswith(f"{reading.text} 3 times")))[:6]
