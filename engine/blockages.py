"""Why a task cannot go on: the four kinds, how each is met, and what was tried."""

import datetime as dt
from enum import StrEnum

from msgspec import Struct

from engine.money import Shortage
from engine.values import BlockageNumber, TaskNumber


class BlockageKind(StrEnum):
    """The four kinds of blockage."""

    DEPENDENCY = "dependency"
    RESOURCE = "resource"
    ERROR = "error"
    EXTERNAL = "external"


class Strategy(StrEnum):
    """How a blockage is met. A goal may set another one than the default for each kind."""

    REORDER = "reorder"
    """Run what is missing first; break a cycle by adapting the plan."""
    WAIT = "wait"
    """Pause the task and try again when the resource is back."""
    ADAPT = "adapt"
    """Change the plan: fresh attempts, then another way."""
    ASK = "ask"
    """Tell the person what is needed, with buttons."""
    SKIP = "skip"
    """Leave the task out (never one that is critical: that asks)."""


DEFAULT_STRATEGIES: dict[BlockageKind, Strategy] = {
    BlockageKind.DEPENDENCY: Strategy.REORDER,
    BlockageKind.RESOURCE: Strategy.WAIT,
    BlockageKind.ERROR: Strategy.ADAPT,
    BlockageKind.EXTERNAL: Strategy.ASK,
}


FITTING_STRATEGIES: dict[BlockageKind, tuple[Strategy, ...]] = {
    BlockageKind.DEPENDENCY: (Strategy.REORDER, Strategy.ADAPT, Strategy.ASK, Strategy.SKIP),
    BlockageKind.RESOURCE: (Strategy.WAIT, Strategy.ADAPT, Strategy.ASK, Strategy.SKIP),
    BlockageKind.ERROR: (Strategy.ADAPT, Strategy.ASK, Strategy.SKIP),
    BlockageKind.EXTERNAL: (Strategy.ASK, Strategy.ADAPT, Strategy.SKIP),
}
"""What can be set for each kind; the first is the default."""


class ResolutionAttempt(Struct, frozen=True, kw_only=True, gc=False):
    """One thing tried against a blockage, and what came of it."""

    at: dt.datetime
    what: str
    result: str


class Blockage(Struct, frozen=True, kw_only=True, gc=False):
    """Why a task cannot go on, with what was tried; numbered within its goal."""

    number: BlockageNumber
    task: TaskNumber | None
    """The task it holds up; None when it holds up the whole goal (a passed deadline, a plan that can't be made)."""
    kind: BlockageKind
    description: str
    needed: str = ""
    from_whom: str = ""
    how: str = ""
    strategy: Strategy = Strategy.ASK
    shortage: Shortage | None = None
    """The budget that was reached, where that is the reason; None for all others."""
    raised_at: dt.datetime
    tried: tuple[ResolutionAttempt, ...] = ()
    resolution: str = ""
    """What ended it; empty while it is open."""
    resolved_at: dt.datetime | None = None
    """When it ended; None while it is open."""

    @property
    def lifts_itself(self) -> bool:
        """Whether its task is tried again by itself once a resource may be back."""
        return self.kind is BlockageKind.RESOURCE and self.strategy is Strategy.WAIT

    @property
    def asks_person(self) -> bool:
        """Whether it waits for a person's word, and not for money."""
        return self.strategy is Strategy.ASK and self.shortage is None

    @property
    def is_open(self) -> bool:
        """Whether it still holds something up."""
        return self.resolved_at is None
