"""What a person should know about their criteria: which can't be measured, and how they could be."""

import re
from collections.abc import Generator, Sequence, Set

from engine.planning.criteria.doings import doing_of
from engine.planning.criteria.nodes import is_unread
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.verbs import Kind, is_done
from engine.planning.criteria.wording import capitalised, clean, crop, word_set, words

FEWEST, MOST = 5, 10
"""How many criteria a goal is best served with."""
_READ = 60
"""So many criteria are looked at when a plan is made."""
_LOOKED_AT = 1000
"""Characters of a criterion that tell whether it says anything at all."""
_SHOWN = 12
"""So many pieces of advice at most; more would not be read."""
NO_CRITERIA = (f"There are no success criteria yet. {FEWEST} to {MOST} of them say best when a goal is done.",)
_VAGUE = word_set(
    """good better best great nice fast faster quick quickly easy easier simple clean happy happier healthy
    healthier fit fitter successful popular proficient fluent confident modern beautiful professional efficient
    robust stable scalable user-friendly high-quality quality properly well many more less improve
    improved nicer stronger rich productive calm calmer comfortable stressed energy"""
)
_EXAMPLES: dict[Kind, str] = {
    Kind.OPTIMISE: "{text} until the main figure is at least 10 % better than before",
    Kind.LEARN: "{text}: pass a test with at least 80 %",
    Kind.PROMOTE: "{text} until at least 100 people have come",
    Kind.QUIT: "{text} for 30 days",
    Kind.CHANGE: "{text} by at least 10 %",
}
_PRACTISED = word_set("exercise meditate practise practice jog swim cycle stretch walk journal work_out do_yoga train")
"""What is done again and again, so that a criterion without a rhythm says too little."""
_GROWING = word_set("achieve reach gain get_to attain earn win collect grow_to")
_RESEARCHING = word_set("research explore investigate look_into")
_VAGUE_EXAMPLES: tuple[tuple[str, str], ...] = (
    (r"\b(?:time|hours) (?:with|for|on)\b", "{usual}: two hours a week for 8 weeks"),
    (r"\bread more\b", "Read 12 books by the end of the year"),
    (r"health|\bfit", "Exercise 3 times a week for 8 weeks"),
    (r"stress|worr|tired", "{text}: at most 4 of 10 on average in a diary of 4 weeks"),
    (r"energy|calm|mood|sleep|happier|^(?:be|feel)\b", "{text}: at least 7 of 10 on average in a diary of 4 weeks"),
    (r"fast|quick", "{text}: under 200 ms"),
    (r"satisf|lik|love|popular|friendly|happ", "{text}: at least 8 of 10 people asked say so"),
    (r"fluent|proficient|confident", "{text}: a conversation of 30 minutes without help"),
    (r"stable|robust|reliab", "{text}: monitor for 1 week without an error"),
    (r"success|rich|sales|sell", "{text}: at least 10 paying customers"),
    (r"clean\b", "{text}: nothing left on the list of what to clean"),
)


def suggestion_for(readings: Sequence[Reading]) -> str:
    """A criterion that could be measured, in the place of one that says this; empty where it can be already."""
    single = len(readings) == 1 and not _has_number(readings[0])
    return crop(_suggestion(readings[0]), 160) if single else ""


def _has_number(reading: Reading) -> bool:
    numbers = (
        reading.count,
        reading.target,
        reading.seconds,
        reading.url,
        reading.by,
        reading.not_before,
        reading.passed,
        reading.subgoal,
    )
    return any(number is not None for number in numbers) or bool(
        reading.options or reading.command or reading.clause.condition
    )


_COMPARISON = re.compile(
    r"\b(?:more|less|fewer|better|faster|higher|lower) than\b|\bor (?:better|more|faster|less)\b", re.I
)
"""Says how much, and so is not vague."""
_ATTRIBUTE = re.compile(
    r"\benergy\s(?=[a-z])|\bthe (?:best|greatest|nicest|most popular)\b"
    r"|(?<!be )(?<!get )(?<!feel )(?<!stay )(?<!keep )(?<!and )\bfit\s(?=\w)",
    re.I,
)
"""Says what kind of thing is meant, or which: «an energy adviser», «the best four», «fit new tiles»."""


def _suggestion(reading: Reading) -> str:
    text = reading.text.rstrip(" .!")
    said = set(words(_ATTRIBUTE.sub("", _COMPARISON.sub("", text)))) - set(words(reading.verb))
    if is_done(text):
        return ""
    if said & _VAGUE and not _says_when_done(reading):
        pattern = next((example for pattern, example in _VAGUE_EXAMPLES if re.search(pattern, text, re.I)), "")
        usual = re.sub(r"\bmore\s", "", text, count=1)
        chosen = pattern or _EXAMPLES.get(reading.kind, "{text}: 8 of 10 people asked agree that it is so")
        return chosen.format(text=text, usual=usual)
    verb = reading.verb.replace(" ", "_")
    if reading.kind in _EXAMPLES and not re.search(r"\d", text) and verb != "announce":
        small = reading.kind is Kind.LEARN and _is_small(reading)
        return f"{text}: say or show 20 of them without looking" if small else _EXAMPLES[reading.kind].format(text=text)
    if reading.kind is Kind.PRACTISE and verb in _PRACTISED and not re.search(r"\d", text):
        return f"{text} 3 times a week for 8 weeks"
    if reading.kind is Kind.RESEARCH and verb in _RESEARCHING:
        return f"{text}: five sources compared on one page"
    if reading.kind is Kind.SAVE and not reading.thing.strip(" .!").removeprefix("money"):
        return "Save at least $1,000"
    if verb in _GROWING and re.fullmatch(
        r"(?!(?:all|the|our|my|your|their|these|those)\b)[a-z-]+(?: [a-z-]+)?s", reading.thing.strip(" .!")
    ):
        return f"{capitalised(reading.verb)} at least 10 {reading.thing.strip(' .!')}"
    return ""


def _is_small(reading: Reading) -> bool:
    doing = doing_of(reading)
    return doing.plain or doing.task == "any_learn_small"


def _says_when_done(reading: Reading) -> bool:
    """Whether vague words only describe a thing that is there or not: «select the best pictures», «clean the desk»."""
    if reading.verb == "clean" or reading.kind in {Kind.DECIDE, Kind.BUY, Kind.CHORE, Kind.TIDY, Kind.FIND}:
        return "more" not in words(reading.text)
    return False


def advising(
    criteria: Sequence[str], readings: Sequence[Sequence[Reading]], refused: Set[tuple[int, int]] = frozenset()
) -> Generator[None, None, tuple[str, ...]]:
    """The advice that goes with a plan, a line each, in slices: of the criteria, by what they say and by the pairs that
    can't be kept in the order asked for. Of time and money the check of the plan tells."""
    lines = [] if FEWEST <= len(criteria) <= MOST else [_of_their_number(len(criteria))]
    told = [(text, says) for text, says in zip(criteria[:_READ], readings, strict=False) if clean(text, _LOOKED_AT)]
    lines += _contradicted(criteria, refused)
    lines += _unread(told)
    lines += _passed(told)
    yield
    vague: list[str] = []
    for text, says in told:
        suggestion = suggestion_for(says)
        if suggestion:
            vague.append(f"«{crop(text, 80)}» can't be measured yet. Perhaps «{suggestion}»?")
        yield
    lines += vague[:_SHOWN]
    if len(vague) > _SHOWN:
        lines.append(f"{len(vague) - _SHOWN} more can't be measured yet.")
    return tuple(lines)


def _of_their_number(number: int) -> str:
    few = number < FEWEST
    cure = "add what else must hold" if few else "make goals of their own out of some"
    return (
        f"{number} {'criterion is' if number == 1 else 'criteria are'} {'few' if few else 'many'}: "
        f"{FEWEST} to {MOST} work best, so {cure}."
    )


def _contradicted(criteria: Sequence[str], refused: Set[tuple[int, int]]) -> list[str]:
    """A word about each order that was asked for and could not be kept beside another one."""
    return [
        f"«{crop(criteria[then], 80)}» and «{crop(criteria[first], 80)}» each ask to come after the other. I kept "
        f"«{crop(criteria[then], 40)}» first: if that is wrong, say in one of them what comes first."
        for first, then in sorted(refused)
        if first != then and max(first, then) < _READ
    ][:_SHOWN]


def _passed(told: Sequence[tuple[str, Sequence[Reading]]]) -> list[str]:
    """A word about each criterion that names a day which has passed."""
    lines: list[str] = []
    for text, readings in told:
        named = next(((one.kind, one.passed) for one in readings if one.passed is not None), None)
        if named is not None:
            kind, day = named
            what = "nothing waits for it" if kind is Kind.WAIT else "it is planned without a day"
            said = f"{day.date.day} {day.date:%B %Y}"
            lines.append(f"«{crop(text, 80)}»: {said} has passed, so {what}. If another day is meant, change it.")
    return lines[:_SHOWN]


def _unread(told: Sequence[tuple[str, Sequence[Reading]]]) -> list[str]:
    """A word about criteria in a language that is not read here."""
    unread = [text for text, readings in told if any(map(is_unread, readings))]
    if not unread:
        return []
    more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
    stand = "stands as one task" if len(unread) == 1 else "stand as one task each"
    return [f"I read English only: «{crop(unread[0], 80)}»{more} {stand}, and what it takes is a wide guess."]
