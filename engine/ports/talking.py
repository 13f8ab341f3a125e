"""What the engine asks of the store of what people said and are told: `storage/` implements it."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol

from engine.agents.conversation.talk import Ending, Line, TalkHistory, Turn, TurnId
from engine.money import Cap
from engine.records import (
    Card,
    ChatSettings,
    Dialogue,
    Handled,
    OutboxRow,
    Outgoing,
    Speaker,
    Update,
)
from engine.reporting.notices import Notice, NoticeKind
from engine.values import Cause, ChatId, GoalId, TaskNumber, UserId


class Inbox(Protocol):
    """Updates, written down before they are acknowledged."""

    async def accept(self, updates: Sequence[Update]) -> int:
        """Keep updates; those that are known already are left as they are. Returns how many were new."""
        ...

    async def waiting(self, limit: int, without: Collection[ChatId | None] = ()) -> Sequence[Update]:
        """Updates not yet handled nor parked, by id; those of some chats (None: of no chat) left out."""
        ...

    async def finish(self, update: int, speaker: Speaker | None, handled: Handled, now: dt.datetime) -> None:
        """Replies into the outbox, dialogue and settings kept, update done: one transaction.

        `speaker` is whose dialogue it is; None leaves dialogues alone. Of an update that is done already nothing is
        kept.
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

    async def put(
        self, messages: Sequence[Outgoing | Notice], now: dt.datetime, once: tuple[Cause, GoalId] | None = None
    ) -> None:
        """Queue messages that no change of a goal caused.

        With `once`, a cause and the goal that they are about, they are queued for the first time alone.
        """
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

    async def close_topic(self, chat: ChatId, thread: int, told: Outgoing, now: dt.datetime) -> bool:
        """A topic is closed or gone. Queues `told` where goals of it live, and only if that was not known yet; says
        whether it was queued."""
        ...

    async def reopen_topic(self, chat: ChatId, thread: int) -> None:
        """A topic can be written to, whatever was known of it."""
        ...

    async def chats(self) -> Sequence[ChatSettings]:
        """All chats."""
        ...

    async def dialogue(self, speaker: Speaker) -> Dialogue | None:
        """Where somebody is in a dialogue; None in none."""
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

    async def turns(self, now: dt.datetime) -> Sequence[Turn]:
        """Turns of conversations that are to be answered, oldest first.

        Where something waits for an answer and no turn is open, one begins: what one person has said in a chat and
        thread since the last. One that waits for a person's yes is there again once its run can go on.
        """
        ...

    async def try_turn(self, turn: TurnId) -> int:
        """Count a try of a turn; returns how many there are now."""
        ...

    async def show_turn(self, turn: TurnId, message: int) -> None:
        """Keep which message shows the answer of a turn as it grows."""
        ...

    async def end_turn(self, turn: Turn, ending: Ending, messages: Sequence[Outgoing], now: dt.datetime) -> bool:
        """Queue what came of a turn, and keep how it ended, in one transaction.

        False, and nothing is done, where it has ended already.
        """
        ...

    async def talk(self, turn: Turn) -> TalkHistory:
        """What was said before a turn where it is."""
        ...

    async def last_line(self, chat: ChatId, thread: int) -> Line | None:
        """The last thing that was said in a conversation; None where there was none."""
        ...

    async def sum_up(self, turn: Turn, upto: int, summary: str | None, now: dt.datetime) -> None:
        """Forget lines of the turn's conversation up to an id; `summary` stands for them (None: the old one stays)."""
        ...
