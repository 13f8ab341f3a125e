"""Another figure for something that a criterion counts or measures: «we only need 150 copies», «print 120 instead».

Pure. Only what is said as a wish or a need is read; «we sold 50 copies» tells how far it has come.
"""

import re
from collections.abc import Sequence

from engine.planning.criteria.numerals import DIGIT_PATTERN, WORD_PATTERN
from engine.planning.criteria.wording import subjects

_NUMBER = rf"(?:[$€£]\s?)?(?:{DIGIT_PATTERN}|\b(?:{WORD_PATTERN})\b)(?:\s?%|k\b)?"
_N = rf"(?P<n>{_NUMBER})"
_OF = r"(?P<of>[^\d]{2,60}?)"
_BUT = r"(?:only |just |at least |at most |about |no more than )*"
_WHO = r"(?:(?:we|i|they|customers?|clients?|(?:the|my|our|his|her|their) [\w-]{2,30}(?: [\w-]{2,30})?) )"
_FORMS = tuple(
    re.compile(
        rf"(?:actually,? |now,? |in the end,? |after all,? )?(?:{form})(?: now| instead| by now| after all)?", re.I
    )
    for form in (
        rf"{_WHO}(?:now )?{_BUT}(?:needs?|wants?|requires?|asks? for|aims? for|plans? for|settles? for|can do with)"
        rf" (?:to (?:have|get|see) )?{_BUT}{_N} {_OF}",
        r"(?:please )?(?:make (?:it|that)|let'?s (?:do|make it|say|have|aim for|take)|it (?:should|must|has to|is to) "
        rf"be) {_BUT}{_N} {_OF}",
        rf"(?:only|just) {_N} {_OF}(?: (?:are|is) (?:needed|wanted))?",
        rf"{_N} {_OF} (?:(?:is|are|will be|would be) (?:now )?(?:enough|sufficient|fine|plenty|needed|wanted|all we "
        r"need)|(?:will |would )?(?:do|suffices?))",
        r"(?:please )?(?:change|set|reduce|lower|cut|raise|increase|put) (?:up |down )?(?:the )?(?:number of )?"
        rf"{_OF} to {_N}",
        rf"(?:please )?(?:[a-z]+ ){{1,4}}?{_N} {_OF} instead",
        rf"{_N} {_OF} instead",
    )
)
_BESIDE = re.compile(r"\b(?:more|fewer|less|extra|additional|another|each|per|every|a (?:day|week|month))\b", re.I)
"""With these a number says no new sum."""
_RANGE = re.compile(r"(?<![\d-])\d+\s?[-–]\s?\d+(?![\d-])")
_UP = re.compile(r"\bat least\b", re.I)
_DOWN = re.compile(r"\b(?:at most|no more than)\b", re.I)
_BOUND = re.compile(r"\b(?:at least|at most|no more than|about)\b", re.I)
_BARE = re.compile(r"\s*(?:only|just)\b(?!.*\b(?:needed|wanted|instead|now)\b)", re.I)
_SIGNS = re.compile(r"[$€£%]")
_REACH = 4
"""Words behind a figure among which stands what it counts."""


def other_figure(sentence: str, criteria: Sequence[str]) -> tuple[int, str] | None:
    """The index of the only criterion that has a figure of just that, and how it reads now; None for none of it."""
    for form in _FORMS:
        said = form.fullmatch(sentence.strip())
        wanted = subjects(said["of"]) if said is not None and not _BESIDE.search(said["of"]) else frozenset()
        if said is None or not wanted:
            continue
        found = [
            (index, f"{text[: place[0]]}{_as_before(text[slice(*place)], said['n'])}{text[place[1] :]}")
            for index, text in enumerate(criteria)
            if (place := _place(text, wanted)) is not None and not _turns(sentence, text)
        ]
        if len(found) == 1:
            return found[0]
    return None


def is_doubtful(sentence: str, criterion: str) -> bool:
    """Whether a figure that was read may be none of the criterion's own: «only 15 guests» may tell how far it has come,
    «at least 20» what would still do."""
    bounds = {one[0].lower() for one in _BOUND.finditer(criterion)}
    return _BARE.match(sentence) is not None or any(one[0].lower() not in bounds for one in _BOUND.finditer(sentence))


def _turns(sentence: str, text: str) -> bool:
    """Whether what was at least so much would be at most so much, or the other way round."""
    return any(one.search(sentence) and other.search(text) for one, other in ((_UP, _DOWN), (_DOWN, _UP)))


def _as_before(old: str, new: str) -> str:
    """The new figure, in what the old one is measured in where nothing else is said: «90» for «80%» is «90%»."""
    if _SIGNS.search(new) or not _SIGNS.search(old):
        return new
    ahead = old[: len(old) - len(old.lstrip("$€£ "))]
    return f"{ahead}{new}{'%' if old.endswith('%') else ''}"


def _place(text: str, wanted: frozenset[str]) -> tuple[int, int] | None:
    """Where the figure stands that counts it; None where none does, or several may."""
    if not wanted <= subjects(text):
        return None
    if _RANGE.search(text):  # it is two figures
        return None
    figures = list(re.finditer(rf"(?<![\w.,/:-]){_NUMBER}(?![\w/:])", text, re.I))
    near = [one for one in figures if wanted & subjects(" ".join(text[one.end() :].split()[:_REACH]))]
    return near[0].span() if len(near) == 1 else None
