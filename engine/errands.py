"""A goal that is to be carried out from its words to its end in one call: what was said, and what was agreed to.

It is kept with the goal (metadata), so that a plan which comes after a crash is still adopted, and the same words said
again go on with the goal that is under way instead of setting it twice.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from engine.coding.works.names import SAID, thing_of
from engine.errors import InvalidInputError
from engine.goals import Goal, Priority
from engine.intake import MOST_NAME, checked_metadata, checked_text
from engine.planning.criteria.goal_text import GoalText, read_goal
from engine.planning.criteria.moments import parse_deadline
from engine.values import JsonObject, JsonValue, UserId

ERRAND: Final = "execute_goal"
"""The name in a goal's metadata under which it is kept that the goal is carried out end to end."""
TIMEOUT_MS: Final = 60_000
LONGEST_MS: Final = 30 * 86_400_000
MOST_TEXT: Final = 8_000
_NAME_OF_A_GOAL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+")
_NAMED = re.compile(rf"(?P<kind>{'|'.join(SAID)})\s*(?::\s*|\s)(?:(?:for|that)\s+)?(?P<about>\S.*)", re.I)
"""Said of code by the name of what is to be done, and of what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a caller wants carried out, checked."""

    said: GoalText
    deadline: dt.datetime | None
    """None for no deadline."""
    context: JsonObject
    text: str
    """The words as they came."""
    is_code: bool = False
    """Whether it is said by the name of something that is done to code."""

    @property
    def priority(self) -> Priority:
        """The priority that was named, or the usual one."""
        return self.said.priority or Priority.NORMAL

    def metadata(self, *, asks: bool) -> dict[str, JsonValue]:
        """What is kept with the goal: the context for the planner, and the errand itself.

        `asks` tells that a plan with what can't be taken back waits for a person's yes.
        """
        kept: dict[str, JsonValue] = {"text": self.text, "context": dict(self.context), "asks": asks}
        return {**({"has_codebase": True} if self.is_code else {}), **self.context, ERRAND: kept}

    def is_that_of(self, goal: Goal, owner: UserId | None) -> bool:
        """Whether the goal was set by the same words and context, for the same person (None: a program)."""
        kept = goal.metadata.get(ERRAND)
        if not isinstance(kept, dict) or goal.owner != owner:
            return False
        return kept.get("text") == self.text and kept.get("context") == dict(self.context)


def read_errand(goal_text: str, context: JsonObject | None, now: dt.datetime, zone: str) -> Errand:
    """The errand that a text describes: its first line is the goal's name, then come criteria, deadline and the rest.

    `implement_feature` is read as words, and so is `fix_bug: totals are wrong`.
    Raises `InvalidInputError` (goal_text, context, deadline).
    """
    text = _checked_words(goal_text)
    said = read_goal(_in_words(text))
    if not said.name:
        raise InvalidInputError("goal_text", "it names no goal", "say in a few words what you want")
    deadline = parse_deadline(said.deadline, now=now, zone=zone) if said.deadline else None
    return Errand(
        said=_shortened(said),
        deadline=deadline,
        context=_checked_context(context),
        text=text,
        is_code=_NAMED.fullmatch(text.partition("\n")[0]) is not None,
    )


def _in_words(text: str) -> str:
    """A goal that is called by its name (`fix_bug: totals are wrong`) as a person would say it."""
    first, end, rest = text.partition("\n")
    called = _NAMED.fullmatch(first)
    if called is not None:
        kind, about = called["kind"].lower(), called["about"]
        thing = thing_of(kind, about)
        first = SAID[kind].format(thing)
        rest = rest if thing == about else f"{about}\n{rest}"
        end = "\n" if rest else end
    elif _NAME_OF_A_GOAL.fullmatch(first):
        first = first.replace("_", " ")
    return f"{first}{end}{rest}"


def _checked_words(goal_text: str) -> str:
    try:
        text = checked_text("goal_text", goal_text, MOST_TEXT)
    except InvalidInputError as error:
        raise InvalidInputError("goal_text", error.problem, error.accepts) from None
    if not text:
        raise InvalidInputError("goal_text", "it is empty", "say in a few words what you want")
    return text


def _checked_context(context: JsonObject | None) -> JsonObject:
    if context is not None and not isinstance(context, Mapping):
        raise InvalidInputError("context", f"{context!r} is no object", 'give names and values, {"has_codebase": true}')
    try:
        kept = checked_metadata(context)
    except InvalidInputError as error:
        raise InvalidInputError("context", error.problem, error.accepts) from None
    if ERRAND in kept:
        raise InvalidInputError("context", f"«{ERRAND}» is Milepost's own name", "call it something else")
    return kept


def _shortened(said: GoalText) -> GoalText:
    """One long sentence is kept whole as the description and cut as the name."""
    name = " ".join(said.name.split())
    if len(name) <= MOST_NAME:
        return said
    short = name[: MOST_NAME - 1].rpartition(" ")[0] or name[: MOST_NAME - 1]
    return GoalText(
        name=f"{short}…",
        description="\n".join(filter(None, (said.name, said.description))),
        criteria=said.criteria,
        deadline=said.deadline,
        priority=said.priority,
    )


def checked_timeout(timeout_ms: float) -> float:
    """The seconds that something may go on. Raises `InvalidInputError`."""
    is_number = isinstance(timeout_ms, int | float) and not isinstance(timeout_ms, bool)
    if not is_number or not 0 < timeout_ms <= LONGEST_MS:  # what is no number at all fails it too
        raise InvalidInputError(
            "timeout_ms", f"{timeout_ms!r} is out of range", "milliseconds, above 0, a month at most"
        )
    return timeout_ms / 1000


def is_adopted(goal: Goal, works: Collection[str], risky: Collection[str]) -> bool:
    """Whether asking for the goal has adopted a plan of these works already.

    `risky` are works that can't be taken back or tried twice unasked: where the errand asks first, they wait for a yes.
    """
    kept = goal.metadata.get(ERRAND)
    if not isinstance(kept, dict):
        return False
    return not kept.get("asks", True) or not set(works).intersection(risky)
