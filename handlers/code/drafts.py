"""A code goal that is being set up: what is known, what is missing, and how it is kept between messages."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from engine.goals import Priority
from engine.records import Dialogue
from engine.values import JsonObject, JsonValue
from handlers.desk import SETTING_UP_CODE, number_in
from handlers.reading.code import CodeKind


class Missing(StrEnum):
    """What is asked next."""

    ABOUT = "about"
    DEADLINE = "deadline"
    REPOSITORY = "repository"
    TESTS = "tests"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDraft:
    """What is known so far of a code goal that is being set up."""

    of: int
    """The update it began with; buttons of an older set-up are told by it."""
    kind: CodeKind
    about: str = ""
    description: str = ""
    acceptance: tuple[str, ...] = ()
    deadline: dt.datetime | None = None  # None for none
    is_dated: bool = True
    """Whether the deadline is as the person wants it: false for words that could not be read."""
    priority: Priority = Priority.NORMAL
    repository: int = 0
    """0 while it is not known."""
    is_tested: bool = False
    """Whether it is known how the repository's tests are run."""

    @property
    def missing(self) -> Missing:
        """What is missing first."""
        if not self.about:
            return Missing.ABOUT
        if not self.is_dated:
            return Missing.DEADLINE
        if not self.repository:
            return Missing.REPOSITORY
        return Missing.NOTHING if self.is_tested else Missing.TESTS

    def dialogue(self) -> Dialogue:
        """As it is kept between messages."""
        facts: dict[str, JsonValue] = {
            "of": self.of,
            "kind": self.kind.value,
            "about": self.about,
            "description": self.description,
            "acceptance": list(self.acceptance),
            "deadline": self.deadline.isoformat() if self.deadline is not None else None,
            "is_dated": self.is_dated,
            "priority": int(self.priority),
            "repository": self.repository,
        }
        return Dialogue(name=SETTING_UP_CODE, facts=facts)


def draft_of(facts: JsonObject) -> CodeDraft:
    """What `CodeDraft.dialogue` kept."""
    deadline, acceptance = facts.get("deadline"), facts.get("acceptance")
    return CodeDraft(
        of=number_in(facts, "of"),
        kind=CodeKind(str(facts.get("kind"))),
        about=str(facts.get("about") or ""),
        description=str(facts.get("description") or ""),
        acceptance=tuple(str(one) for one in acceptance) if isinstance(acceptance, list) else (),
        deadline=dt.datetime.fromisoformat(deadline) if isinstance(deadline, str) else None,
        is_dated=facts.get("is_dated") is not False,
        priority=Priority(number_in(facts, "priority") or Priority.NORMAL),
        repository=number_in(facts, "repository"),
    )
