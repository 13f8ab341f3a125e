"""What comes of a turn of a conversation, as values. Imports no pydantic-ai."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.reporting.results import GoalResult
from engine.values import GoalId, TaskNumber


class Trouble(StrEnum):
    """Why a model could not help."""

    BUDGET = "budget"
    """What it may cost today, or for a goal, is spent."""
    AWAY = "away"
    """It can't be reached, or is busy."""
    SLOW = "slow"
    """It did not come to an end in time."""
    USELESS = "useless"
    """It answers with nothing that can be used, or goes on for ever."""
    TOO_LONG = "too long"
    """What was said is more than it takes at once."""
    REFUSED = "refused"
    """Its provider does not take this request; another one it may."""
    UNUSABLE = "unusable"
    """It can't be used here: its key, its name or its package is wrong."""
    BROKEN_OFF = "broken off"
    """The program ended in the middle of it, several times."""
    NO_PICTURES = "no pictures"
    """There was nothing but a picture, and it takes none."""
    NO_VOICE = "no voice"
    """There was nothing but a voice message or another sound, and it takes none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the ledger holds of a goal that a turn dealt with or names: it goes with the answer, whatever that says."""

    goal: GoalId
    name: str
    status: str
    completed: int
    failed: int
    total: int
    """Tasks that count."""
    deeds: tuple[str, ...] = ()
    """What was done to it in the turn, such as `created`."""
    tasks: Mapping[TaskNumber, str] = field(default_factory=dict)
    """The status of each of its tasks that the answer names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a turn."""

    text: str = ""
    """The model's words, Markdown; empty where there are none."""
    trouble: Trouble | None = None
    """Why the model could not help; None where it could."""
    receipts: tuple[Receipt, ...] = ()
    results: tuple[GoalResult, ...] = ()
    """Of goals that were carried out in the turn, from the ledger."""
    untaken: tuple[Trouble, ...] = ()
    """What came along and the model takes none of: `NO_PICTURES`, `NO_VOICE`."""
    did_nothing: bool = False
    """Whether it tells of something, while nothing was done and no goal is known that it could mean."""
    of_others: bool = False
    """Whether what others wrote was read for it, so that the words may be theirs."""
    waits: bool = False
    """Whether something of it waits for a person's yes."""
