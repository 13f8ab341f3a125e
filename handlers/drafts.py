"""A goal that is being set up: what is known, what is still missing, and how it is kept between messages."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from aiogram.utils.formatting import sizeof

from engine.goals import Priority
from engine.intake import is_readable
from engine.planning.criteria.goal_text import GoalText
from engine.records import Dialogue
from engine.values import JsonObject, JsonValue
from handlers.desk import SETTING_UP
from handlers.views.letters import cut

NAME_LENGTH = 200
"""A longer first line is kept whole as the description, and cut as the name."""


class Step(StrEnum):
    """What is asked next."""

    NAME = "name"
    CRITERIA = "criteria"
    DEADLINE = "deadline"
    PRIORITY = "priority"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known so far of a goal that is being set up."""

    of: int
    """The update it began with; buttons of an older set-up are told by it."""
    name: str = ""
    description: str = ""
    criteria: tuple[str, ...] = ()
    criteria_known: bool = False
    suggestions: tuple[str, ...] = ()
    deadline: dt.datetime | None = None
    """None for none, or not known yet: `deadline_known` tells."""
    deadline_known: bool = False
    priority: Priority | None = None
    """None when not known yet."""

    @property
    def step(self) -> Step:
        """What is missing first."""
        if not self.name:
            return Step.NAME
        if not self.criteria_known:
            return Step.CRITERIA
        if not self.deadline_known:
            return Step.DEADLINE
        return Step.PRIORITY if self.priority is None else Step.NOTHING

    def dialogue(self) -> Dialogue:
        """As it is kept between messages."""
        facts: dict[str, JsonValue] = {
            "of": self.of,
            "name": self.name,
            "description": self.description,
            "criteria": list(self.criteria),
            "criteria_known": self.criteria_known,
            "suggestions": list(self.suggestions),
            "deadline": self.deadline.isoformat() if self.deadline is not None else None,
            "deadline_known": self.deadline_known,
            "priority": int(self.priority) if self.priority is not None else None,
        }
        return Dialogue(name=SETTING_UP, facts=facts)


def draft_of(facts: JsonObject) -> Draft:
    """What `Draft.dialogue` kept."""
    deadline, priority, of = facts.get("deadline"), facts.get("priority"), facts.get("of")
    return Draft(
        of=of if isinstance(of, int) else 0,
        name=str(facts.get("name") or ""),
        description=str(facts.get("description") or ""),
        criteria=_texts(facts.get("criteria")),
        criteria_known=facts.get("criteria_known") is True,
        suggestions=_texts(facts.get("suggestions")),
        deadline=dt.datetime.fromisoformat(deadline) if isinstance(deadline, str) else None,
        deadline_known=facts.get("deadline_known") is True,
        priority=Priority(priority) if isinstance(priority, int) else None,
    )


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def draft_from(text: GoalText, of: int) -> Draft:
    """A draft that knows what a message said (its deadline is still to be read)."""
    name, description = text.name, text.description
    if not is_readable(name):
        name = ""
    if sizeof(name) > NAME_LENGTH:
        description = f"{name}\n{description}".strip()
        name = cut(name, NAME_LENGTH)
    return Draft(
        of=of,
        name=name,
        description=description,
        criteria=text.criteria,
        criteria_known=bool(text.criteria),
        priority=text.priority,
    )
