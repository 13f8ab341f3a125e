"""What is known of a goal, as people say that it is so, is so no longer, or is something else now. Pure.

Only short sentences that say nothing besides are read: «we have a van now», «the oven is broken», «no more testers»,
«the season: winter». Which facts there are, the method libraries tell by the keys of their context.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from engine.planning.criteria.wording import word_set, words
from engine.ports import Planner

FactValue: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Words that say that a fact has a value."""

    phrase: str
    value: FactValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowable:
    """A fact that may be known of a goal."""

    name: str
    """As method libraries call it: `has_oven`."""
    kind: str
    """`flag`, `number`, or `text`; for others see `members`."""
    summary: str = ""
    """What it means, in one sentence; may be empty."""
    members: tuple[str, ...] = ()
    """The values that it may have; empty where any of its kind will do."""
    sayings: tuple[Saying, ...] = ()

    @property
    def called(self) -> str:
        """What people are told of it."""
        return self.summary or self.name.replace("_", " ")


_FILLERS = word_set(
    """a an the our my your his her its their this that some any i we you he she it they there is are am be was were
    been being has have had having got get gets do does did now again already by finally still more anymore longer
    and ve s re ll m anybody anyone somebody someone who none so very just also all"""
)
_AGAINST = word_set("not no never without nobody none neither lost lose t cannot")
_SO = word_set("available open ready back there here working works work fine found repaired fixed possible true yes")
_NOT_SO = word_set(
    "gone away broken missing unavailable down taken stolen impossible over closed shut occupied busy off false"
)
_NEGATED = re.compile(r"n['’]t\b")
_JOINED = re.compile(r"['’\-]")
_SET = re.compile(
    r"(?:the |our |my |its )?(?P<name>[\w ]{2,60}?) ?(?:=|:| is now| is| are now| are) ?(?P<value>[\w.+#-]{1,40})"
)
_FLAGS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


class KnowsFacts(ABC):
    """What a planner is, too, whose plans hang on facts that people may tell."""

    @abstractmethod
    async def knowables(self) -> tuple[Knowable, ...]:
        """What may be known of a goal."""


async def knowables_of(planner: Planner) -> tuple[Knowable, ...]:
    """What may be known of goals, as their planner has it; nothing where it plans by no such thing."""
    return await planner.knowables() if isinstance(planner, KnowsFacts) else ()


def read_fact(sentence: str, facts: Iterable[Knowable]) -> tuple[Knowable, FactValue] | None:
    """The fact that a sentence is about, and its value now; None where it says none, or several."""
    said = _Said.of(sentence)
    found = {fact.name: (fact, value) for fact in facts if (value := _value(sentence, said, fact)) is not None}
    return next(iter(found.values())) if len(found) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A sentence without the words that carry nothing here."""

    core: frozenset[str]
    """What is left of it, states included."""
    bare: frozenset[str]
    """The same without words for how things stand."""
    is_so: bool
    """Whether it is said to be so: two denials make a yes."""

    @classmethod
    def of(cls, text: str) -> "_Said":
        said = [one for word in words(_NEGATED.sub(" not", text)) for one in _JOINED.split(word)]
        against = sum(word in _AGAINST or word in _NOT_SO for word in said)
        kept = [word for word in said if word not in _FILLERS and word not in _AGAINST]
        return cls(
            core=frozenset(map(_singular, kept)),
            bare=frozenset(_singular(word) for word in kept if word not in _SO and word not in _NOT_SO),
            is_so=against % 2 == 0,
        )

    def is_about(self, other: "_Said") -> bool:
        return bool(self.bare and other.bare) and (self.core == other.core or self.bare == other.bare)


def _singular(word: str) -> str:
    """«ovens» and «oven» are one; «tests» and «testers» are not, so no more is cut off."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _value(sentence: str, said: _Said, fact: Knowable) -> FactValue | None:
    """What the sentence says the fact to be; None where it says nothing of it."""
    own = _Said.of(fact.name.replace("_", " "))
    if fact.kind == "flag" and said.is_about(own):
        return said.is_so == own.is_so
    for saying in fact.sayings:
        sign = _Said.of(saying.phrase)
        if said.is_about(sign):
            if isinstance(saying.value, bool):
                return saying.value == (said.is_so == sign.is_so)
            return saying.value if said.is_so == sign.is_so else None
    written = _SET.fullmatch(sentence.strip(" .!").lower())
    if written is None or _Said.of(written["name"].replace("_", " ")).core != own.core or not own.core:
        return None
    return _of_kind(written["value"], fact)


def _of_kind(written: str, fact: Knowable) -> FactValue | None:
    if fact.kind == "flag":
        return _FLAGS.get(written)
    if fact.kind == "number":
        return float(written) if re.fullmatch(r"\d{1,12}(?:\.\d{1,6})?", written) else None
    return written if not fact.members or written in fact.members else None
