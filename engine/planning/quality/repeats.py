"""Whether people are asked twice for one thing: tasks whose titles say the same, or nearly."""

import bisect
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.planning.criteria.wording import stem, subjects, word_set, words
from engine.planning.quality.case import Case
from engine.planning.quality.doings import ASKING_WORKS
from engine.planning.quality.findings import Finding, Rule
from engine.plans import PlannedTask

_SAME = {
    stem(word): stem(listed.split()[0])
    for listed in (
        "choose pick select decide settle",
        "buy purchase",
        "write draft compose",
        "check verify confirm review inspect",
        "test try",
        "call phone ring",
        "email mail e-mail",
        "book reserve",
        "find search",
    )
    for word in listed.split()
}
"""Verbs that ask for the same."""
_TELLING = word_set(
    """not no never without first second third fourth fifth last next final new old more less most least before after
    in out on off up down into over under inside outside left right again another"""
)
"""Small words that make another thing of the same words: «sign in», «sign out»."""
_SAID = re.compile(r"\d[\d.,:]*|[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_NEAR, _NEARER = 4, 8
"""Of so many words one may be missing; of so many, two."""
_MEETS = 16
"""With so many before it and behind it a title is compared at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a title asks for, whatever its word order and articles."""

    stems: frozenset[str]
    telling: frozenset[str]
    numbers: tuple[str, ...]


def asked_twice(case: Case) -> Iterator[Finding]:
    """Groups of tasks that ask people for the same; each is told once, in the order of the plan."""
    places = [place for place, task in enumerate(case.tasks) if _asks(task)]
    group_of: dict[int, list[int]] = {}
    for first, then in _alike(case, places):
        one, other = group_of.setdefault(first, [first]), group_of.setdefault(then, [then])
        if one is not other:
            one += other
            group_of.update(dict.fromkeys(other, one))
    for place, group in group_of.items():
        if place == min(group):
            yield Finding(rule=Rule.ASKED_TWICE, tasks=case.keys(*sorted(group)), criterion=case.serves(place))


def _asks(task: PlannedTask) -> bool:
    """Whether a person does or answers it; a measure that fetches its number asks nobody."""
    return task.work in ASKING_WORKS and not (task.work == "measure" and task.inputs.get("url"))


def _alike(case: Case, places: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs that ask for the same, the earlier first. Found by what is left of a title without a word or two, so that
    the number of pairs that are compared stays small."""
    asked = {place: _asked(case.tasks[place]) for place in places}
    by_rest: dict[frozenset[str], list[int]] = {}
    for place in places:
        for rest in _rests(asked[place].stems):
            by_rest.setdefault(rest, []).append(place)
    found = {
        (min(whole, part), max(whole, part))
        for part in places
        for whole in _near(by_rest[asked[part].stems], part)
        if whole != part and _same(asked[whole], asked[part])
    }
    yield from sorted(pair for pair in found if not _both_wanted(case, *pair))


def _near(places: list[int], here: int) -> list[int]:
    """The places around one, in ascending order: of hundreds that are all the same, not each need meet each."""
    middle = bisect.bisect_left(places, here)
    return places[max(0, middle - _MEETS) : middle + _MEETS]


def _asked(task: PlannedTask) -> _Asked:
    question = task.inputs.get("question")
    text = question if task.work == "decide" and isinstance(question, str) else task.title
    said = _SAID.findall(text.lower())
    telling = {word for word in said if word in _TELLING}
    telling |= {word.lower() for word in re.findall(r"(?<=\s)[B-Z]\b", text)}
    stems = frozenset(_SAME.get(word, word) for word in subjects(text)) or frozenset({" ".join(words(text)) or text})
    numbers = tuple(word.rstrip(".,:") for word in said if word[0].isdigit())
    return _Asked(stems=stems, telling=frozenset(telling), numbers=numbers)


def _rests(stems: frozenset[str]) -> Iterator[frozenset[str]]:
    yield stems
    if len(stems) >= _NEAR:
        yield from (stems - {one} for one in stems)
    if _NEARER <= len(stems) <= 2 * _NEARER:
        yield from (stems - set(pair) for pair in itertools.combinations(sorted(stems), 2))


def _same(one: _Asked, other: _Asked) -> bool:
    return one.telling == other.telling and one.numbers == other.numbers


def _both_wanted(case: Case, first: int, then: int) -> bool:
    """Whether both make sense: on roads of which only one is taken, or a check made again after something was done."""
    one, other = case.tasks[first].only_if, case.tasks[then].only_if
    if one is not None and other is not None and one[0] == other[0] and one[1] != other[1]:
        return True
    if not (case.doings[first].checks and case.doings[then].checks):
        return False
    if not case.graph.comes_before(first, then):
        first, then = then, first
    between = [
        place
        for place in range(len(case.tasks))
        if case.graph.comes_before(first, place) and case.graph.comes_before(place, then)
    ]
    return any(not case.doings[place].checks for place in between)
