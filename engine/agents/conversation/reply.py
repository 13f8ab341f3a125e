"""What comes of a turn of a conversation, as values. Imports no pydantic-ai."""

from dataclasses import dataclass
from enum import StrEnum

from engine.reporting.results import GoalResult
from engine.values import GoalId


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
    UNUSABLE = "unusable"
    """It can't be used here: its key, its name or its package is wrong."""
    BROKEN_OFF = "broken off"
    """The program ended in the middle of it, several times."""
    NO_PICTURES = "no pictures"
    """There was nothing but a picture, and it takes none."""
    NO_VOICE = "no voice"
    """There was nothing but a voice message, and it takes none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the ledger holds of a goal that a turn dealt with: it goes with the answer, whatever the model says."""

    goal: GoalId
    name: str
    status: str
    completed: int
    failed: int
    total: int
    """Tasks that count."""
    deeds: tuple[str, ...] = ()
    """What was done to it in the turn, such as `created`."""


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
    waits: bool = False
    """Whether something of it waits for a person's yes."""
