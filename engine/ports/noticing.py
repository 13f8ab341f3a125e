"""What the proactive agent asks of the store of its findings: `storage/` implements it."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol

from engine.proactive.findings import Finding, FindingId, FindingKind, FindingStatus, KeptFinding
from engine.reporting.notices import Notice
from engine.values import ChatId, GoalId


class Findings(Protocol):
    """What was found, what was told of it and what was said to that."""

    async def saw(
        self, goal: GoalId, root: GoalId, found: Sequence[Finding], now: dt.datetime
    ) -> Sequence[KeptFinding]:
        """Keep what a look found: the same finding is one row, what is no longer so is gone. Returns the live ones."""
        ...

    async def live(self, goals: Collection[GoalId] | None = None) -> Sequence[KeptFinding]:
        """Findings of living goals (None: of all) that are open or told, by id."""
        ...

    async def find(self, finding: FindingId) -> KeptFinding | None:
        """One finding; None when there is none of that id."""
        ...

    async def tell(self, told: KeptFinding, notice: Notice, since: dt.datetime, now: dt.datetime) -> bool:
        """Queue the notice and mark the finding as told, in one transaction.

        False, and nothing is done, where it is not open in that revision any more, or where something of the same root
        was told after `since`.
        """
        ...

    async def answer(self, finding: KeptFinding, status: FindingStatus, now: dt.datetime) -> bool:
        """Keep what was said to a finding; False where it is not live in that revision any more."""
        ...

    async def mute(self, chat: ChatId, kind: FindingKind, now: dt.datetime) -> None:
        """Never tell this chat of a kind again; what is live of it counts as «not now»."""
        ...

    async def muted(self, chat: ChatId) -> Collection[FindingKind]:
        """Kinds that a chat does not want to hear of."""
        ...
