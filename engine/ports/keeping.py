"""What the engine asks of the store of goals: `storage/` implements it."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol

from engine.absences import Told
from engine.agents.sessions import ReasoningSession
from engine.coordination.agents import Hierarchy
from engine.coordination.assignment import Track
from engine.coordination.merging import Merged
from engine.planning.learning.experience import History
from engine.records import (
    AdaptationRow,
    AttemptRow,
    Batch,
    BlockageRow,
    GoalRow,
    Loaded,
    LogRow,
    ProgressRow,
    ReadyTask,
    Wakeup,
)
from engine.values import BootId, Cause, ChatId, GoalId, JsonValue, TaskNumber, UserId


class LedgerStore(Protocol):
    """Where the ledger writes. One writer a database."""

    async def load(self, goals: Collection[GoalId], causes: Collection[Cause]) -> Loaded:
        """Goals and causes of these names, in one hop."""
        ...

    async def commit(self, batch: Batch) -> None:
        """Write a batch in one transaction and one hop, or nothing of it.

        Raises `ConflictError` when a goal's stored revision is not that of `before`, `StoreError` when the database
        can't be written.
        """
        ...

    async def highest_goal(self) -> GoalId:
        """The highest goal id ever given; 0 when there was none."""
        ...

    async def save_hierarchy(self, hierarchy: Hierarchy, now: dt.datetime) -> None:
        """Keep a hierarchy, in place of the one of the same name.

        Raises `InvalidInputError` where an agent of another one has the name of one of its workers.
        """
        ...

    async def drop_hierarchy(self, name: str) -> bool:
        """Keep it no longer; False where there was none. What its agents have done stays known."""
        ...

    async def save_merged(self, goal: GoalId, digest: str, merged: Merged, now: dt.datetime) -> None:
        """Keep what results came to, by the digest of those results."""
        ...


class Queries(Protocol):
    """All read models. Readers never wait for the writer."""

    async def ready(self, now: dt.datetime, limit: int) -> Sequence[ReadyTask]:
        """Tasks of active goals that are pending and due and depend on nothing unfinished; best rank first."""
        ...

    async def with_jobs(self) -> Sequence[GoalId]:
        """Goals that wait for a plan or a repair, or in which an outcome waits to be judged."""
        ...

    async def leased(self) -> Sequence[tuple[GoalId, TaskNumber, BootId]]:
        """Tasks that are marked running, with the boot that runs them."""
        ...

    async def short_of_resources(self) -> Sequence[GoalId]:
        """Goals under way in which something waits for a resource."""
        ...

    async def told_away(self, chat: ChatId, owner: UserId | None) -> Sequence[Told]:
        """A person's goals in a chat, sub-goals too, of which something was said to be away; newest change first."""
        ...

    async def short_of_money(self) -> Sequence[GoalId]:
        """Living goals in which something waits for a larger budget."""
        ...

    async def due(self, now: dt.datetime, limit: int) -> Sequence[Wakeup]:
        """Wake-ups whose moment has come, earliest first."""
        ...

    async def next_due(self) -> dt.datetime | None:
        """The earliest wake-up; None when there is none."""
        ...

    async def alive(self, after: GoalId, limit: int) -> Sequence[GoalId]:
        """Ids above `after` of goals that are active, blocked, planning or proposed, ascending."""
        ...

    async def goals_of(
        self, chat: ChatId | None, *, ended: bool, offset: int, limit: int, owner: UserId | None = None
    ) -> Sequence[GoalRow]:
        """A chat's goals without a parent, newest change first. `chat` None: those of programs, `owner` None: all."""
        ...

    async def count_goals(self, chat: ChatId | None, *, ended: bool, owner: UserId | None = None) -> int:
        """How many `goals_of` would list in all."""
        ...

    async def children(self, goal: GoalId) -> Sequence[GoalId]:
        """Ids of the goal's sub-goals."""
        ...

    async def log(self, goal: GoalId, *, before: int | None, limit: int) -> Sequence[LogRow]:
        """Newest first; `before` is a sequence number to page on from."""
        ...

    async def progress(self, goal: GoalId) -> Sequence[ProgressRow]:
        """The progress history, oldest first."""
        ...

    async def adaptations(self, goal: GoalId) -> Sequence[AdaptationRow]:
        """The plan changes, oldest first."""
        ...

    async def reasoning(self, goal: GoalId) -> Sequence[tuple[str, ReasoningSession]]:
        """The goal's reasoning sessions with their ids, oldest first."""
        ...

    async def blockages(self, goal: GoalId) -> Sequence[BlockageRow]:
        """All blockages ever, oldest first."""
        ...

    async def attempts(self, goal: GoalId) -> Sequence[AttemptRow]:
        """All tries of all tasks, oldest first."""
        ...

    async def hierarchies(self) -> Sequence[Hierarchy]:
        """All hierarchies, by name."""
        ...

    async def track(self, agents: Collection[str]) -> Track:
        """What these agents' tries came to, by agent and skill."""
        ...

    async def merged(self, goal: GoalId, digest: str) -> Merged | None:
        """What results of that digest came to; None where they were not merged yet."""
        ...

    async def plan(self, goal: GoalId, version: int) -> JsonValue:
        """A stored plan or proposed repair as JSON; None when there is none of that version."""
        ...

    async def history(self, since: dt.datetime) -> History:
        """Tasks that were done or given up after a moment, and questions that were answered, of all chats."""
        ...

    async def export(self, chat: ChatId | None) -> JsonValue:
        """All of a chat's goals with all their rows, as JSON."""
        ...
