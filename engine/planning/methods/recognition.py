"""What a goal is about: which libraries know its subject, and which of their tasks a text asks for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from engine.planning.criteria.dates import MONTH
from engine.planning.criteria.wording import clean, stem, words
from engine.planning.language.domain import NUMBER, Parameter
from engine.planning.language.terms import Value
from engine.planning.methods.goal_facts import CLAUSE
from engine.planning.methods.grammar import Unclear

ENOUGH = 1.0
"""From this score on a text is of a subject."""
MOST_WORDS = 6
"""How many words a sign may have."""
_LONGEST = 10_000
_MENTION = re.compile(r"\{(\w+)\}")
_NO_THING = re.compile(
    rf"(?:on|by|before|until|in|at) (?:the )?(?:\d{{1,2}}\S* )?(?:{MONTH})\b.*|.*\s(?-i:an?|the)", re.I | re.S
)
"""Only a day, or a piece of a sentence: «Announce on 2 June» says nothing of what. «Module A» does."""
_NO_OBJECT = re.compile(r"(?:on|to|from|via|with) ", re.I)
"""«Release on Spotify» says nothing of what, either."""
_EDGES = " \t.,;:!?«»\"'()[]"
_CLOSES = {")": "(", "]": "[", "»": "«"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A word or phrase that speaks for a subject, or against it (a negative weight)."""

    phrase: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A library as far as recognising goes."""

    name: str
    signs: tuple[Sign, ...] = ()
    """Without any it is of no subject in particular."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject that a text is about, and how strongly its signs say so."""

    name: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a text must show for a key of the context to have a value."""

    key: str
    value: Value
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """How people ask for a compound: `fix {bug}`; parameters stand where the text tells their values."""

    task: str
    parts: tuple[str, ...]
    """Words (their stems), and parameters as `{name}`."""
    parameters: tuple[Parameter, ...] = ()
    """Those of the compound that the text tells, in its order."""
    plain: frozenset[str] = frozenset()
    """The parts that are words: a text without one of them needs no closer look."""
    library: str = ""
    unless: frozenset[str] = frozenset()
    """Words (their stems) that speak against it: «hold {event}» is no way to ask for a phone call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A task that a text asks for, with the values that it tells."""

    task: str
    arguments: tuple[Value, ...]
    library: str


def topics_of(text: str, subjects: Iterable[Subject]) -> tuple[Topic, ...]:
    """The subjects of a text, the strongest first. Forms of a word («tests», «testing») count as the word."""
    there = _runs_of_words(text)
    found = [Topic(name=one.name, score=_score(one.signs, there)) for one in subjects]
    return tuple(sorted((one for one in found if one.score >= ENOUGH), key=lambda one: (-one.score, one.name)))


def context_of(text: str, hints: Iterable[Hint]) -> dict[str, Value]:
    """The keys of the context that a text tells, each with the value whose signs are strongest."""
    there = _runs_of_words(text)
    scores = [(_score(one.signs, there), one) for one in hints]
    return {one.key: one.value for score, one in sorted(scores, key=lambda both: both[0]) if score >= ENOUGH}


@lru_cache(maxsize=8)  # one goal is asked about several times over
def _runs_of_words(text: str) -> frozenset[tuple[str, ...]]:
    said = [stem(word) for word in words(text[:_LONGEST])]
    return frozenset(
        tuple(said[start : start + size]) for size in range(1, MOST_WORDS + 1) for start in range(len(said))
    )


def _score(signs: Iterable[Sign], there: frozenset[tuple[str, ...]]) -> float:
    """The weight of the signs that are there; what is rounding error does not decide."""
    return round(sum(sign.weight for sign in signs if _stems(sign.phrase) in there), 6)


@lru_cache(maxsize=4_096)
def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(phrase))


Shelf: TypeAlias = Mapping[str, Sequence[tuple[int, Phrase]]]
"""Phrases with their numbers, by one of their words (its stem): few words of a text begin a look at any phrase."""


def shelved(phrases: Sequence[Phrase]) -> Shelf:
    """Phrases by their longest words, which are mostly the rarest."""
    found: dict[str, list[tuple[int, Phrase]]] = {}
    for numbered in enumerate(phrases):
        found.setdefault(max(sorted(numbered[1].plain), key=len), []).append(numbered)
    return found


def tasks_asked_for(text: str, shelves: Iterable[Shelf]) -> tuple[Asked, ...]:
    """The tasks that a text asks for as a whole, those whose phrase says most of it first; each task once.

    Take only phrases of libraries whose subject the text is of: «fix {bug}» fits many a fence.
    """
    text = re.sub(r"(?<=\d)%", " %", clean(text, _LONGEST))
    told = [word for word in text.split() if word.strip(_EDGES)]
    keys = [stem(word.strip(_EDGES).lower()) for word in told]
    fitting: dict[str, tuple[int, Asked]] = {}
    there = frozenset(keys)
    for _, phrase in chain.from_iterable(_near(shelf, there) for shelf in shelves):
        if not phrase.plain <= there or phrase.unless & there:
            continue
        spans = _spans(phrase, keys)
        values = _values(phrase, spans, told) if spans is not None else None
        weight = sum(not part.startswith("{") for part in phrase.parts)
        if values is not None and weight > fitting.get(phrase.task, (0,))[0]:
            fitting[phrase.task] = (weight, Asked(task=phrase.task, arguments=values, library=phrase.library))
    return tuple(one for _, one in sorted(fitting.values(), key=lambda both: -both[0]))


def _near(shelf: Shelf, words: frozenset[str]) -> list[tuple[int, Phrase]]:
    found = [numbered for word in words & shelf.keys() for numbered in shelf[word]]
    return sorted(found, key=lambda numbered: numbered[0])


def _spans(phrase: Phrase, keys: Sequence[str]) -> dict[str, tuple[int, int]] | None:
    """Where in the text each parameter's words begin and end; None when the phrase does not fit.

    Each run of plain words is taken where it comes first, so that no text makes this slow.
    """
    spans: dict[str, tuple[int, int]] = {}
    place, open_name, open_at = 0, "", 0
    runs = _runs(phrase.parts)
    for number, run in enumerate(runs):
        if run[0].startswith("{"):
            open_name, open_at = run[0][1:-1], place
            place += 1
            continue
        last = number == len(runs) - 1
        found = _find(keys, run, place, movable=bool(open_name), at_end=last)
        if found is None:
            return None
        if open_name:
            spans[open_name] = (open_at, found)
        place, open_name = found + len(run), ""
    if open_name:
        spans[open_name] = (open_at, len(keys))
        place = max(place, len(keys))
    return spans if place == len(keys) and all(start < end for start, end in spans.values()) else None


def _runs(parts: Sequence[str]) -> list[list[str]]:
    """The parts with neighbouring plain words together."""
    runs: list[list[str]] = []
    for part in parts:
        if runs and not part.startswith("{") and not runs[-1][0].startswith("{"):
            runs[-1].append(part)
        else:
            runs.append([part])
    return runs


def _find(keys: Sequence[str], run: list[str], start: int, *, movable: bool, at_end: bool) -> int | None:
    if not movable:
        return start if list(keys[start : start + len(run)]) == run else None
    if at_end:
        start = max(start, len(keys) - len(run))
    places = range(start, len(keys) - len(run) + 1)
    return next((place for place in places if list(keys[place : place + len(run)]) == run), None)


def _without_edges(text: str) -> str:
    """Without the marks at both ends, but for what closes a bracket or a quotation inside: «parse (again)»."""
    bare = text.strip(_EDGES)
    for mark in text[text.find(bare) + len(bare) :]:
        opening = _CLOSES.get(mark)
        if opening is None or bare.count(opening) <= bare.count(mark):
            break
        bare += mark
    return bare


def _values(phrase: Phrase, spans: dict[str, tuple[int, int]], told: Sequence[str]) -> tuple[Value, ...] | None:
    found: list[Value] = []
    for parameter in phrase.parameters:
        start, end = spans[parameter.name]
        text = _without_edges(" ".join(told[start:end])).removeprefix("of ")
        if _NO_THING.fullmatch(text) or (parameter.name.startswith("the_") and _NO_OBJECT.match(text)):
            return None
        if parameter.type == NUMBER:
            if not re.fullmatch(r"\d{1,12}(?:\.\d{1,6})?", text):
                return None
            found.append(float(text) if "." in text else int(text))
        else:
            found.append(text)
    return tuple(found)


def read_sign(phrase: str, weight: float) -> Sign:
    """A sign. Raises `Unclear` where the phrase has no words, or too many."""
    if not 1 <= len(words(phrase)) <= MOST_WORDS:
        raise Unclear(f"«{phrase}» is no sign", f"1 to {MOST_WORDS} words")
    if not -10 <= weight <= 10:
        raise Unclear(f"{weight} weighs too much", "a number from -10 to 10")
    return Sign(phrase=phrase, weight=weight)


def without_these(said: Iterable[str]) -> frozenset[str]:
    """The stems of words that speak against a phrase."""
    return frozenset(stem(word) for one in said for word in words(one))


def read_phrase(text: str, task: str, parameters: tuple[Parameter, ...], library: str) -> Phrase:
    """A phrase such as `fix {bug}`. Raises `Unclear` unless it has words, and each parameter but the clause once."""
    wanted = "words and each parameter once, such as «fix {bug}», with words between two parameters"
    parts: list[str] = []
    for word in text.split():
        mention = _MENTION.fullmatch(word)
        if mention is None and ("{" in word or "}" in word):
            raise Unclear(f"«{word}» can't stand in a phrase", "parameters as words of their own: {name}")
        if mention is not None and parts and parts[-1].startswith("{"):
            raise Unclear(f"«{text}» has two parameters side by side", wanted)
        parts.append(word if mention is not None else stem(word.strip(_EDGES).lower()))
    told = sorted(part[1:-1] for part in parts if part.startswith("{"))
    parameters = tuple(one for one in parameters if one.name != CLAUSE)
    missing = {one.name for one in parameters} ^ set(told)
    if missing or len(set(told)) < len(told) or len(told) == len(parts) or "" in parts:
        named = f": {', '.join(sorted(missing))}" if missing else ""
        raise Unclear(f"«{text}» does not fit the parameters of {task}{named}", wanted)
    plain = frozenset(part for part in parts if not part.startswith("{"))
    return Phrase(task=task, parts=tuple(parts), parameters=parameters, plain=plain, library=library)
