"""What a decision is: a pure function from a goal and a moment to events, and what the ledger makes of it."""

import datetime as dt
from collections.abc import Callable, Sequence

from msgspec import Struct

from engine.events import Event, GoalCreated
from engine.goals import Goal
from engine.values import Cause, GoalId


class Moment(Struct, frozen=True, kw_only=True, gc=False):
    """When a decision is taken, and what brought it about."""

    now: dt.datetime
    cause: Cause


Decision = Callable[[Goal, Moment], Sequence[Event]]
Creation = Callable[[GoalId, Moment], GoalCreated]


class FollowUp(Struct, frozen=True, kw_only=True, gc=False):
    """What a change of one goal does to another: a decision on `goal`, or the creation of a goal."""

    cause: str
    goal: GoalId | None = None  # None when it creates one
    decision: Decision | None = None  # None when it creates one
    creation: Creation | None = None  # None when it decides
    linked: Callable[[GoalId], "FollowUp"] | None = None
    """What to do once the created goal has its id; None for nothing."""


class Decided(Struct, frozen=True, kw_only=True, gc=False):
    """What became of a command."""

    goal: Goal
    events: tuple[Event, ...]
    repeated: bool
    """Whether its cause had acted before; then nothing was done this time."""
