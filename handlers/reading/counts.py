"""How many of a counted task somebody reports, the task's own words about it too: «3», «sang 2», «12 of 20 seeds»."""

import re
from dataclasses import dataclass

from engine.planning.criteria.numerals import WORD_PATTERN, value_of
from engine.planning.criteria.verbs import base_form
from engine.planning.criteria.wording import stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many, and whether they are `more` than were known before, or all in all."""

    number: int
    more: bool = False


_NUMBER = rf"(\d{{1,9}}|one|{WORD_PATTERN})"
_MORE = re.compile(rf"(?:\+ ?{_NUMBER}|another(?: {_NUMBER})?|{_NUMBER} more)(?: (?P<what>.*))?", re.I)
_IN_ALL = re.compile(rf"(?:all )?{_NUMBER}(?: ?(?:of|/|out of) ?(?:the )?\d{{1,9}})?(?: (?P<what>.*))?", re.I)
_LEAD = re.compile(
    r"(?:(?:now|already|that'?s|that is|it'?s|only|just|so far)[:,]? )*(?:(?:i|we)(?:['’]ve| have)? )?"
    r"(?:(?:already|only|just|now) )*(?:(?:did|done|made|got|finished|completed)[: ]+)?",
    re.I,
)
_TAIL = re.compile(r"(?:(?:^|\s)(?:are|is|done|so far|finished|completed?|in all|now|already|by now))*$", re.I)
_OF_IT = frozenset(["a", "an", "the", "my", "our", "them", "these", "those", "of", "it"])
"""Small words between those of a title."""
_PASTS = {
    "sang": "sing", "sung": "sing", "wrote": "write", "written": "write", "ran": "run", "swam": "swim", "swum": "swim",
    "bought": "buy", "sold": "sell", "found": "find", "made": "make", "took": "take", "taken": "take", "gave": "give",
    "given": "give", "sent": "send", "met": "meet", "won": "win", "built": "build", "held": "hold", "taught": "teach",
    "spoke": "speak", "spoken": "speak", "drew": "draw", "drawn": "draw", "ate": "eat", "eaten": "eat", "rode": "ride",
    "ridden": "ride", "drove": "drive", "grew": "grow", "grown": "grow", "caught": "catch", "brought": "bring",
    "told": "tell", "paid": "pay", "saw": "see", "seen": "see", "went": "go", "gone": "go", "sown": "sow", "did": "do",
    "got": "get", "gotten": "get", "left": "leave", "kept": "keep", "learnt": "learn", "chose": "choose",
    "shot": "shoot", "drank": "drink", "drunk": "drink", "slept": "sleep", "thought": "think", "hung": "hang",
}  # fmt: skip
"""Past forms that no ending tells, and what they are of."""


def count_in(said: str, title: str) -> Count | None:
    """The count that a text reports of a task with this title; None when it says anything beside it."""
    text = said.strip().rstrip(".!").strip()
    rest = _begun(text, title)
    if more := _MORE.fullmatch(rest):
        told = next((one for one in more.groups()[:-1] if one), "one")
        return Count(number=_value(told), more=True) if _is_about(more["what"] or "", title) else None
    whole = _IN_ALL.fullmatch(rest)
    if whole is None or not _is_about(whole["what"] or "", title):
        return None
    return Count(number=_value(whole[1]))


def names_what_counts(said: str, title: str) -> bool:
    """Whether a count has a word of the title with it, so that it can be told whose it is."""
    return any(_stem(word) in _stems(title) for word in re.findall(r"[^\W\d_][\w'’-]*", said))


def _begun(text: str, title: str) -> str:
    """The text without who did it, and without the doing itself: «I sang 2» → «2»."""
    lead = _LEAD.match(text)
    rest = text[lead.end() :] if lead is not None else text
    first, _, behind = rest.partition(" ")
    return behind if behind and _stem(first) in _stems(title) else rest


def _is_about(words: str, title: str) -> bool:
    """Whether words behind a number say what is counted, or that it is so far, and nothing else."""
    named = _TAIL.sub("", words).split()
    known = _stems(title)
    return len(named) <= 5 and all(word.lower() in _OF_IT or _stem(word) in known for word in named)


def _stems(title: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in re.findall(r"[^\W\d_][\w'’-]*", title))


def _stem(word: str) -> str:
    plain = word.strip(".,:;!").lower()
    return stem(base_form(_PASTS.get(plain, plain)))


def _value(number: str) -> int:
    said = " ".join(number.lower().split())
    return 1 if said == "one" else int(value_of(said))
