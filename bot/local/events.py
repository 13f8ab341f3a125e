"""What happens in the simulated chats, for those who watch: told at once, after the state has changed."""

from dataclasses import dataclass

from bot.local.messages import Person, SimMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """The bot sent a message."""

    message: SimMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """The bot changed a message of its own, text, buttons or file."""

    before: SimMessage
    message: SimMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted:
    """A message is gone; `message` is what it was."""

    message: SimMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePinned:
    """The bot pinned a message, or took the pin off."""

    message: SimMessage
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswered:
    """The bot answered a press: a toast (`text`, perhaps empty), or with `alert` a box to be closed."""

    query_id: str
    chat_id: int
    message_id: int
    person: Person
    text: str
    alert: bool
    url: str | None = None  # None: opens nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAction:
    """The bot shows that it is busy, such as «typing»; fades after five seconds."""

    chat_id: int
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftShown:
    """The bot shows an answer as it grows; lives 30 s, or until the message comes."""

    chat_id: int
    draft_id: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSaid:
    """A person wrote, or sent a file."""

    message: SimMessage
    update_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEdited:
    """A person changed a message of theirs."""

    before: SimMessage
    message: SimMessage
    update_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed:
    """A person pressed a button, perhaps one that isn't there."""

    query_id: str
    chat_id: int
    message_id: int
    person: Person
    data: str
    update_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BotBlocked:
    """A person blocked the bot, or let it in again."""

    person: Person
    blocked: bool
    update_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandsChanged:
    """The bot changed a commands menu."""

    scope: str


SimEvent = (
    MessageSent
    | MessageEdited
    | MessageDeleted
    | MessagePinned
    | CallbackAnswered
    | ChatAction
    | DraftShown
    | PersonSaid
    | PersonEdited
    | ButtonPressed
    | BotBlocked
    | CommandsChanged
)
