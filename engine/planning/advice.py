"""What a person should know about their criteria: which can't be measured, and how they could be."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.goals import Goal
from engine.planning.reading import Moment, Reading, read_criterion
from engine.planning.verbs import Kind
from engine.planning.wording import clean, crop, lowered, the, word_set, words
from engine.plans import PlannedTask

FEWEST, MOST = 5, 10
"""How many criteria a goal is best served with."""
_READ = 60
"""So many criteria are looked at when a plan is made."""
_SHOWN = 12
"""So many pieces of advice at most; more would not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionAdvice:
    """What there is to say about one criterion."""

    index: int
    criterion: str
    measurable: bool
    suggestion: str = ""
    """A criterion that could be measured, in its place; empty where it can be already."""


_VAGUE = word_set(
    """good better best great nice fast faster quick quickly easy easier simple clean happy happier healthy
    healthier fit fitter successful popular proficient fluent confident modern beautiful professional efficient
    robust stable scalable secure user-friendly high-quality quality properly well enough many more less improve
    improved enhance nicer strong stronger rich productive calm calmer comfortable"""
)
_EXAMPLES: dict[Kind, str] = {
    Kind.RESEARCH: "{text}: five sources compared on one page",
    Kind.OPTIMISE: "{text} until the main figure is at least 10 % better than before",
    Kind.FEEDBACK: "{text}: the five points named most often",
    Kind.LEARN: "{text}: pass a test with at least 80 %",
    Kind.PRACTISE: "{text} 3 times a week for 8 weeks",
    Kind.PROMOTE: "{text} until at least 100 people have come",
    Kind.SAVE: "{text}: at least $1,000 put aside",
    Kind.QUIT: "{text} for 30 days",
    Kind.TEST: "{text} with 5 people, and no serious fault open",
    Kind.CHANGE: "{text} by at least 10 %",
}
_VAGUE_EXAMPLES: tuple[tuple[str, str], ...] = (
    (r"fast|quick", "{text}: under 200 ms"),
    (r"happ|satisf|lik|love|popular|friendly", "{text}: at least 8 of 10 people asked say so"),
    (r"health|fit", "Exercise 3 times a week for 8 weeks"),
    (r"fluent|proficient|confident", "{text}: a conversation of 30 minutes without help"),
    (r"stable|robust|reliab", "{text}: monitor for 1 week without an error"),
    (r"success|rich|sales|sell", "{text}: at least 10 paying customers"),
)


def advise(criteria: Sequence[str]) -> tuple[CriterionAdvice, ...]:
    """For each criterion whether it can be measured, with a suggestion where it can't."""
    moment = Moment(local=dt.datetime(2000, 1, 1))  # noqa: DTZ001 - naive local time, and only days of the week hang on it
    found = []
    for index, text in enumerate(criteria):
        readings = read_criterion(clean(text, 1000), moment)
        single = len(readings) == 1 and not _has_number(readings[0])
        suggestion = _suggestion(readings[0]) if single else ""
        found.append(
            CriterionAdvice(index=index, criterion=text, measurable=not suggestion, suggestion=crop(suggestion, 160))
        )
    return tuple(found)


def _has_number(reading: Reading) -> bool:
    numbers = (
        reading.count,
        reading.target,
        reading.seconds,
        reading.url,
        reading.by,
        reading.not_before,
        reading.subgoal,
    )
    return any(number is not None for number in numbers) or bool(
        reading.options or reading.command or reading.clause.condition
    )


def _suggestion(reading: Reading) -> str:
    text = reading.text.rstrip(" .!")
    said = set(words(text)) - set(words(reading.verb))
    if said & _VAGUE:
        pattern = next((example for pattern, example in _VAGUE_EXAMPLES if re.search(pattern, text, re.I)), "")
        return (pattern or _EXAMPLES.get(reading.kind, "{text}: 3 people who should know agree that it is so")).format(
            text=text
        )
    if reading.kind in _EXAMPLES:
        if reading.kind is Kind.SAVE and not reading.thing:
            return "Save at least $1,000"
        return _EXAMPLES[reading.kind].format(text=text)
    if reading.kind is Kind.REACH:
        return f"{text}: at least 10 of them" if reading.thing else "Reach at least 100 users"
    if reading.kind is Kind.OTHER and 0 < len(said) <= 2 and not reading.verb and text.isascii():
        return f"Finish {the(lowered(text))}, and have one other person confirm it"
    if reading.kind is Kind.STATE and not said & {
        "live",
        "up",
        "online",
        "signed",
        "paid",
        "published",
        "sold",
        "done",
    }:
        return f"{text}: 3 people who should know confirm it"
    return ""


def advice_lines(
    criteria: Sequence[str], goal: Goal, tasks: Sequence[PlannedTask], now: dt.datetime
) -> tuple[str, ...]:
    """The advice that goes with a plan, a line each."""
    lines: list[str] = []
    if not criteria:
        lines.append(f"There are no success criteria yet. {FEWEST} to {MOST} of them say best when a goal is done.")
    elif not FEWEST <= len(criteria) <= MOST:
        many = "few" if len(criteria) < FEWEST else "many"
        cure = "add what else must hold" if many == "few" else "make goals of their own out of some"
        lines.append(
            f"{len(criteria)} {'criterion is' if len(criteria) == 1 else 'criteria are'} {many}: "
            f"{FEWEST} to {MOST} work best, so {cure}."
        )
    vague = [advice for advice in advise(criteria[:_READ]) if not advice.measurable]
    lines += [
        f"«{crop(advice.criterion, 80)}» can't be measured yet. Perhaps «{advice.suggestion}»?"
        for advice in vague[:_SHOWN]
    ]
    if len(vague) > _SHOWN:
        lines.append(f"{len(vague) - _SHOWN} more can't be measured yet.")
    late = _too_long(goal, tasks, now)
    return (*lines, late) if late else tuple(lines)


def _too_long(goal: Goal, tasks: Sequence[PlannedTask], now: dt.datetime) -> str:
    """A word about the deadline when the longest chain, at its usual pace, is longer than what is left."""
    if goal.deadline is None:
        return ""
    ends: dict[str, float] = {}
    for task in tasks:
        ends[task.key] = max((ends.get(key, 0.0) for key in task.after), default=0.0) + task.estimate.mean
    needed, left = max(ends.values(), default=0.0) / 24, (goal.deadline - now).total_seconds() / 86_400
    if needed <= left:
        return ""
    return f"At a usual pace this takes about {round(needed)} days; the deadline is in {max(0, round(left))}."
