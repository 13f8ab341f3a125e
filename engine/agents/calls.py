"""What is known of each call of a model: it is reserved before it is made, and settled after it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from engine.money import Account, Amount
from engine.values import BootId, Cause, ChatId, GoalId, TaskNumber

CallId = NewType("CallId", int)


class Purpose(StrEnum):
    """What a call is for."""

    PLAN = "plan"
    ADAPT = "adapt"
    JUDGE = "judge"
    CHAT = "chat"
    WORK = "work"
    MERGE = "merge"
    IMPROVE = "improve"
    SUMMARISE = "summarise"
    CHECK = "check"
    """The operator asked whether the model can be reached."""
    PERSON = "person"
    """No call: money that a person says they spent."""


class Ending(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    FAILED = "failed"
    REFUSED = "refused"
    """The provider did not take it: a wrong key, a request that it can't serve."""
    CANCELLED = "cancelled"
    LOST = "lost"
    """The process died while it was under way; what it cost is an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """For whom a call is made, and what it is charged to."""

    purpose: Purpose
    accounts: tuple[Account, ...] = ()
    goal: GoalId | None = None
    """None for one that belongs to no goal."""
    task: TaskNumber | None = None
    chat: ChatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A call that is about to be made."""

    facts: CallFacts
    model: str
    estimate: Amount
    boot: BootId
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of a call."""

    ending: Ending
    micros: int
    tokens_in: int
    tokens_out: int
    is_estimate: bool
    """Whether nobody said what it really took."""
    seconds: float
    error: str = ""

    @property
    def amount(self) -> Amount:
        """What it is charged with."""
        return Amount(micros=self.micros, tokens=self.tokens_in + self.tokens_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Money that a person says they spent; less than nothing takes back what was said before."""

    micros: int
    note: str
    at: dt.datetime
    cause: Cause
    """The same one is kept once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendRow:
    """Calls of one purpose and model, summed up."""

    purpose: Purpose
    model: str
    calls: int
    spent: Amount
    reserved: Amount
