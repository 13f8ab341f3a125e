"""Read models and border rows: what queries return and what the inbox, outbox and chats hold."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from msgspec import Struct

from engine.agents.conversation.talk import Said
from engine.events import Recorded
from engine.goals import Goal, GoalStatus, Priority
from engine.money import Cap
from engine.reporting.notices import Notice
from engine.values import BlockageNumber, Cause, ChatId, GoalId, JsonObject, JsonValue, TaskNumber, UserId


class Change(Struct, frozen=True, kw_only=True, gc=False):
    """All that one batch does to one goal; the store writes it from the difference of `before` and `after`."""

    before: Goal | None  # None when the goal is created in this batch
    after: Goal
    tasks: Collection[TaskNumber]
    """Numbers of the tasks in which the two may differ: the others need not be compared."""
    recorded: tuple[Recorded, ...]
    notices: tuple[Notice, ...]
    wakeups: Mapping[str, dt.datetime | None]
    """Subjects such as `task:7.3` with their new moment; None takes the wake-up away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction commits. `causes` are kept so that a repeat is recognised; each names the goal it led to."""

    changes: tuple[Change, ...]
    causes: Mapping[Cause, GoalId]
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Goals and causes as the store has them; what is not there is left out."""

    goals: Mapping[GoalId, Goal]
    causes: Mapping[Cause, GoalId]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyTask:
    """A task that could start, with what ranks it."""

    goal: GoalId
    task: TaskNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Wakeup:
    """A moment at which something is due."""

    subject: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow:
    """A goal as a list shows it."""

    id: GoalId
    name: str
    status: GoalStatus
    progress: float
    priority: Priority
    deadline: dt.datetime | None  # None for no deadline
    open_blockages: int
    """Its own, and those of the goals that serve it."""
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One event as the log keeps it."""

    sequence: int
    goal: GoalId
    task: TaskNumber | None  # None for events about the goal as a whole
    event: str
    at: dt.datetime
    cause: str
    details: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRow:
    """One entry of a goal's progress history: a change of progress or status, or a note."""

    at: dt.datetime
    progress: float
    status: GoalStatus
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationRow:
    """One step from a plan version to the next."""

    number: int
    at: dt.datetime
    reason: str
    trigger: str
    deviation: float
    old_version: int
    new_version: int
    old_plan: JsonValue
    new_plan: JsonValue
    summary: str
    kept: tuple[TaskNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockageRow:
    """A blockage, open or resolved, as the history keeps it."""

    number: BlockageNumber
    task: TaskNumber | None  # None when it held up the goal as a whole
    kind: str
    description: str
    strategy: str
    raised_at: dt.datetime
    resolved_at: dt.datetime | None  # None while open
    resolution: str
    tried: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try of one task."""

    task: TaskNumber
    attempt: int
    boot: str
    started_at: dt.datetime
    ended_at: dt.datetime | None  # None while it runs
    result: str
    """`running`, or the name of the event that ended it."""
    error: str
    agent: str = ""
    """Who did it; empty where nobody in particular did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An update as it came in; `payload` is Telegram's JSON, untouched."""

    id: int
    chat: ChatId | None  # None for updates that belong to no chat
    payload: str
    failures: int = 0


class Delivery(StrEnum):
    """Where an outgoing message stands. `SENT` and `DROPPED` are final; `ASIDE` lets the chat's others go first."""

    QUEUED = "queued"
    SENDING = "sending"
    ASIDE = "aside"
    SENT = "sent"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A rendered message, ready for Telegram: the fields of `sendMessage`, or `sendDocument` when a file is named."""

    chat: ChatId
    payload: JsonObject
    """text, entities, reply_markup…; {"document": {"name", "content"}} for a file; {"edit": message_id} for an edit.
    A document that is a file of a goal has its id, "kept", in place of the content."""
    goal: GoalId | None = None
    """The goal it belongs to; None for none."""
    silent: bool = False


def in_topic(message: Outgoing, thread: int | None) -> Outgoing:
    """The message in a topic of its chat (None: in none), unless it names its topic. One that changes another is where
    that is, and in the topic only when that is gone."""
    if not thread or "message_thread_id" in message.payload:
        return message
    return replace(message, payload={**message.payload, "message_thread_id": thread})


def without_buttons(chat: ChatId, message: int) -> Outgoing:
    """An edit that leaves a message as it is and takes its buttons away."""
    return Outgoing(chat=chat, payload={"edit": message}, silent=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message on its way: either rendered (`outgoing`) or a notice that is worded when it leaves."""

    id: int
    chat: ChatId
    notice: Notice | None  # None when it is rendered already
    outgoing: Outgoing | None  # None when it is a notice
    status: Delivery
    tries: int
    perhaps_sent: bool
    """Whether it was under way when the process died or the answer was lost: it goes again, marked as a repeat."""
    not_before: dt.datetime | None  # None for at once
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A person in one place: nobody else's words, and none in another topic, belong to a dialogue with them."""

    chat: ChatId
    user: UserId
    thread: int = 0
    """The topic of the chat; 0 outside topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Where a person is in a conversation of several messages, such as setting up a goal."""

    name: str
    facts: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What handling an update led to, committed in one transaction with «update done»."""

    replies: tuple[Outgoing, ...] = ()
    dialogue: Dialogue | None = None
    """The dialogue from now on; None ends it."""
    asks: bool = False
    """Whether the last reply is the dialogue's question, whose buttons go when it is answered."""
    settings: "ChatSettings | None" = None
    """The chat's settings from now on; None leaves them."""
    card: GoalId | None = None
    """A goal whose card is to be shown anew at the end of the chat; None for none."""
    said: Said | None = None
    """What a model is to answer; None for nothing."""
    once: Cause | None = None
    """What the replies are about, where that is told once only, such as an album of pictures; None for this update."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """How a chat wants to be served. Hours are local to `zone`."""

    chat: ChatId
    owner: UserId | None = None
    """The person it belongs to; None before anyone wrote."""
    zone: str = "UTC"
    zone_known: bool = False
    """Whether the person said it; else it is the default."""
    digest_hour: int | None = 8
    """None for no digest."""
    digest_days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    """Days of the week, Monday is 0."""
    quiet_from: int | None = None
    """First quiet hour; None for no quiet hours."""
    quiet_to: int | None = None
    """First hour that is loud again; None for no quiet hours."""
    blocked: bool = False
    """Whether the person blocked the bot: nothing is sent until they write again."""
    last_digest: str = ""
    """The local date of the last digest, ISO; empty before the first."""
    day_budget: Cap | None = None
    """What models may cost in a day of this chat; None for what the operator allows."""
    last_digest_at: dt.datetime | None = None
    """When the last digest was made; None before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The one live message that shows a goal in its chat: what is wanted against what is shown."""

    goal: GoalId
    chat: ChatId
    message: int | None  # None before the first is sent
    wanted: int
    """Revision of the goal that should be shown."""
    shown: int
    """Revision of the goal that is shown."""
    fingerprint: str = ""
    """Hash of what is shown, so that an edit that changes nothing is never sent."""
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
