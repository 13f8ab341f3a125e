"""What the engine asks of the world. `storage/` implements the stores, `engine/planning/` the planner."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from engine.agents.calls import CallFacts, CallId, Paid, Reservation, Settlement, SpendRow
from engine.clock import Clock
from engine.decisions import FollowUp, Moment
from engine.events import Event
from engine.goals import Goal
from engine.money import Account, Amount, Cap
from engine.planning.learning.experience import History
from engine.plans import AdaptationNeed, KeptPlan, Plan, Repair
from engine.records import (
    AdaptationRow,
    AttemptRow,
    Batch,
    BlockageRow,
    Card,
    Change,
    ChatSettings,
    Dialogue,
    GoalRow,
    Handled,
    Loaded,
    LogRow,
    OutboxRow,
    Outgoing,
    ProgressRow,
    ReadyTask,
    Update,
    Wakeup,
)
from engine.reporting.notices import Notice, NoticeKind
from engine.values import BootId, Cause, ChatId, GoalId, JsonValue, TaskNumber, UserId

__all__ = [
    "Clock",
    "Conversations",
    "Inbox",
    "LedgerStore",
    "Outbox",
    "Planner",
    "Pruning",
    "Queries",
    "Rules",
    "Spending",
]


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


class Rules(Protocol):
    """What follows from changes. Pure but for `grants`, `given_up` and `committed`, which speak of worker slots."""

    def consequences(self, goal: Goal, moment: Moment) -> Sequence[Event]:
        """The next events that follow within the goal; empty when it has settled."""
        ...

    def follow_ups(self, before: Goal | None, after: Goal, events: Sequence[Event]) -> Sequence[FollowUp]:
        """What follows for other goals."""
        ...

    def grants(
        self, working: Mapping[GoalId, Goal], stirred: Collection[GoalId], now: dt.datetime
    ) -> Sequence[FollowUp]:
        """Starts for free slots, to be committed with the batch. Called again until there are none.

        `working` are the goals of the batch; of these, what is ready may have changed in `stirred` since the last call.
        """
        ...

    def given_up(self) -> None:
        """The batch was not committed: its grants are void."""
        ...

    def notices(self, before: Goal | None, after: Goal, events: Sequence[Event]) -> Sequence[Notice]:
        """What a person is to be told."""
        ...

    def wakeups(self, before: Goal | None, after: Goal) -> Mapping[str, dt.datetime | None]:
        """Wake-ups that appear, move or go."""
        ...

    def committed(self, changes: Sequence[Change]) -> None:
        """The batch is in the database."""
        ...


class Queries(Protocol):
    """All read models. Readers never wait for the writer."""

    async def ready(self, now: dt.datetime, limit: int) -> Sequence[ReadyTask]:
        """Tasks of active goals that are pending and due and depend on nothing unfinished; best rank first."""
        ...

    async def with_jobs(self) -> Sequence[GoalId]:
        """Goals that wait for a plan or a repair."""
        ...

    async def leased(self) -> Sequence[tuple[GoalId, TaskNumber, BootId]]:
        """Tasks that are marked running, with the boot that runs them."""
        ...

    async def short_of_resources(self) -> Sequence[GoalId]:
        """Goals under way in which something waits for a resource."""
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

    async def goals_of(self, chat: ChatId | None, *, ended: bool, offset: int, limit: int) -> Sequence[GoalRow]:
        """A chat's goals without a parent, newest change first. None: goals of programs."""
        ...

    async def count_goals(self, chat: ChatId | None, *, ended: bool) -> int:
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

    async def blockages(self, goal: GoalId) -> Sequence[BlockageRow]:
        """All blockages ever, oldest first."""
        ...

    async def attempts(self, goal: GoalId) -> Sequence[AttemptRow]:
        """All tries of all tasks, oldest first."""
        ...

    async def plan(self, goal: GoalId, version: int) -> JsonValue:
        """A stored plan or proposed repair as JSON; None when there is none of that version."""
        ...

    async def events_since(self, chat: ChatId, since: dt.datetime, names: Collection[str]) -> Sequence[LogRow]:
        """Events of these names in a chat's goals after a moment, oldest first."""
        ...

    async def history(self, since: dt.datetime) -> History:
        """Tasks that were done or given up after a moment, and questions that were answered, of all chats."""
        ...

    async def export(self, chat: ChatId | None) -> JsonValue:
        """All of a chat's goals with all their rows, as JSON."""
        ...


class Planner(Protocol):
    """Makes and mends plans. What it returns is a proposal: the engine checks it."""

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """A plan for the goal's criteria."""
        ...

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached; an empty repair when nothing would help.

        `kept` tells how the plan came about, so that only what is affected is planned anew.
        """
        ...


class Inbox(Protocol):
    """Updates, written down before they are acknowledged."""

    async def accept(self, updates: Sequence[Update]) -> int:
        """Keep updates; those that are known already are left as they are. Returns how many were new."""
        ...

    async def waiting(self, limit: int, without: Collection[ChatId | None] = ()) -> Sequence[Update]:
        """Updates not yet handled nor parked, by id; those of some chats (None: of no chat) left out."""
        ...

    async def finish(self, update: int, chat: ChatId | None, handled: Handled, now: dt.datetime) -> None:
        """Replies into the outbox, dialogue and settings kept, update done: one transaction.

        `chat` is whose dialogue it is; None leaves dialogues alone. Of an update that is done already nothing is kept.
        """
        ...

    async def fail(self, update: int, error: str) -> int:
        """Count a failure; returns how many there are now."""
        ...

    async def park(self, update: int, error: str, apology: Outgoing | None, now: dt.datetime) -> None:
        """Set an update aside for good, with an apology where there is a chat to send it to."""
        ...


class Outbox(Protocol):
    """Messages on their way out."""

    async def put(self, messages: Sequence[Outgoing | Notice], now: dt.datetime) -> None:
        """Queue messages that no change of a goal caused."""
        ...

    async def queued(
        self, limit: int, without: Collection[ChatId | None] = (), due: dt.datetime | None = None
    ) -> Sequence[OutboxRow]:
        """Messages that are queued, oldest first, some chats' left out; not_before is the caller's to respect.

        With `due`, also those that were set aside until then, each at its old place.
        """
        ...

    async def recipients(self) -> Collection[ChatId]:
        """Chats that messages are queued for."""
        ...

    async def sending(self, row: int) -> None:
        """Committed before the call to Telegram."""
        ...

    async def sent(self, row: int, message: int | None, now: dt.datetime) -> None:
        """Telegram has it; `message` is its id there (None for an edit that changed nothing)."""
        ...

    async def again(self, row: int, *, not_before: dt.datetime, perhaps_sent: bool, error: str) -> None:
        """Back into the queue. `perhaps_sent` marks a new message as a repeat."""
        ...

    async def set_aside(self, row: int, until: dt.datetime, error: str) -> None:
        """Out of the queue until then: the chat's other messages go before it."""
        ...

    async def drop(self, row: int, error: str) -> None:
        """Telegram will never take it."""
        ...

    async def recover(self) -> int:
        """At start: whatever was `sending` goes back into the queue as perhaps sent. Returns how many."""
        ...


class Conversations(Protocol):
    """Chats with their settings, dialogues, cards, and who owns the bot."""

    async def settings(self, chat: ChatId) -> ChatSettings | None:
        """A chat's settings; None when it never wrote."""
        ...

    async def save_settings(self, settings: ChatSettings) -> None:
        """Keep them."""
        ...

    async def save_budget(self, chat: ChatId, cap: Cap | None) -> None:
        """Keep what a chat's day may cost, and nothing else."""
        ...

    async def set_blocked(self, chat: ChatId, blocked: bool) -> None:
        """Keep whether a chat can't be written to, and nothing else; of a chat without settings nothing is kept."""
        ...

    async def move_chat(self, old: ChatId, new: ChatId) -> Collection[GoalId]:
        """A group has another id now: goals, cards, messages, settings and dialogue go along. Returns the goals."""
        ...

    async def chats(self) -> Sequence[ChatSettings]:
        """All chats."""
        ...

    async def dialogue(self, chat: ChatId) -> Dialogue | None:
        """Where the chat is in a dialogue; None in none."""
        ...

    async def owners(self) -> Collection[UserId]:
        """People who paired with a code."""
        ...

    async def messages_of(
        self, goal: GoalId, kinds: Collection[NoticeKind], task: TaskNumber | None = None
    ) -> Sequence[int]:
        """Telegram's ids of the messages that told notices of these kinds about a goal, or about one task of it."""
        ...

    async def goal_owners(self, chat: ChatId) -> Collection[UserId]:
        """People who have set goals in a chat."""
        ...

    async def add_owner(self, user: UserId, now: dt.datetime) -> None:
        """Keep a person as an owner."""
        ...

    async def pairing(self) -> str | None:
        """The pairing code that is still to be used; None when there is none."""
        ...

    async def set_pairing(self, code: str | None) -> None:
        """Keep a pairing code, or take it away."""
        ...

    async def cards(self) -> Sequence[Card]:
        """Cards that are wanted in another revision than is shown."""
        ...

    async def card(self, goal: GoalId) -> Card | None:
        """The card of a goal; None when it has none."""
        ...

    async def save_card(self, card: Card) -> None:
        """Keep what is shown."""
        ...

    async def doubt_cards(self) -> None:
        """Cards of goals under way are looked at once more: time alone may have changed what they say."""
        ...

    async def digest_made(self, settings: ChatSettings, digest: Sequence[Outgoing], now: dt.datetime) -> bool:
        """Queue a digest and keep that day as served, in one transaction; False when that day was served already."""
        ...


class Pruning(Protocol):
    """Keeps the border's tables small."""

    async def prune(self, before: dt.datetime) -> int:
        """Take away updates, causes and messages that were settled before a moment; returns how many rows."""
        ...


class Spending(Protocol):
    """Calls of models, and what they cost."""

    async def reserve(self, wanted: Reservation) -> CallId:
        """Charge the estimate to all accounts, or to none. Raises `BudgetReached` for the first that it would pass."""
        ...

    async def settle(self, call: CallId, settlement: Settlement) -> Sequence[Account]:
        """Replace the estimate by what it was. Returns the accounts of which most has been spent by this.

        Settling twice changes nothing. The chat is told of those accounts in the same transaction, each cap once.
        """
        ...

    async def orphaned(self, boot: BootId) -> int:
        """Settle at their estimates the calls that were under way in another run of the program; how many."""
        ...

    async def report(self, facts: CallFacts, paid: Paid) -> None:
        """Keep money that a person spent; `RefusedError` where more would be taken back than was ever reported."""
        ...

    async def grant(self, account: str, by: Amount, cause: Cause) -> None:
        """Allow a day so much more than its cap; the same cause does so once."""
        ...

    async def granted(self, account: str) -> Amount:
        """What a day was allowed beyond its cap."""
        ...

    async def spent(self, account: str) -> Amount:
        """What is charged to an account, with what is reserved."""
        ...

    async def breakdown(self, account: str) -> Sequence[SpendRow]:
        """The same by purpose and model, the dearest first."""
        ...
