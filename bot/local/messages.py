"""What stands in a simulated chat: people, messages, buttons, formatting and files, as plain values."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import JsonValue

JsonObject = dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account that talks to the bot. In a private chat the chat's id is the person's id."""

    id: int
    first_name: str
    last_name: str | None = None  # None: has none
    username: str | None = None  # without @; None: has none
    language_code: str | None = "en"  # None: the client doesn't tell


class ChatKind(StrEnum):
    """The kinds of chats there are here."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"


class FileKind(StrEnum):
    """How a file is shown in the chat."""

    DOCUMENT = "document"
    PHOTO = "photo"
    VOICE = "voice"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way to the simulator: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SimFile:
    """A file in a message; `path` is where it lies on this machine."""

    kind: FileKind
    file_id: str
    unique_id: str
    name: str
    size: int  # bytes
    path: Path
    mime_type: str
    width: int = 0  # pixels; 0: no picture
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimEntity:
    """Formatting of a stretch of text; offset and length count UTF-16 code units, as Telegram does."""

    type: str
    offset: int
    length: int
    url: str | None = None  # of a text_link
    user_id: int | None = None  # of a text_mention
    language: str | None = None  # of a pre block
    custom_emoji_id: str | None = None  # of a custom emoji
    unix_time: int | None = None  # of a date_time
    date_time_format: str | None = None  # of a date_time


@dataclass(frozen=True, slots=True, kw_only=True)
class SimButton:
    """An inline button: its label, what it does (the name of the Bot API field) and with what."""

    text: str
    action: str  # callback_data, url, copy_text, web_app, ...
    value: JsonValue
    style: str | None = None  # danger, success, primary; None: plain

    @property
    def data(self) -> str | None:
        """What a press sends to the bot; None when the button does something else."""
        return self.value if self.action == "callback_data" and isinstance(self.value, str) else None

    @property
    def url(self) -> str | None:
        """The address that the button opens; None when it does something else."""
        return self.value if self.action == "url" and isinstance(self.value, str) else None

    @property
    def copy_text(self) -> str | None:
        """What a press puts on the clipboard; None when the button does something else."""
        if self.action != "copy_text" or not isinstance(self.value, dict):
            return None
        text = self.value.get("text")
        return text if isinstance(text, str) else None


ButtonRows = tuple[tuple[SimButton, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimMessage:
    """One message as a person sees it; of a file, `text` and `entities` are the caption's."""

    id: int
    chat_id: int
    date: dt.datetime
    sender: Person | None = None  # None: the bot wrote it
    text: str = ""
    entities: tuple[SimEntity, ...] = ()
    buttons: ButtonRows = ()
    reply_keyboard: tuple[tuple[str, ...], ...] = ()  # labels of a keyboard under the input field
    edited: dt.datetime | None = None  # None: never
    file: SimFile | None = None  # None: a text message
    reply_to: int | None = None  # message id; None: no reply
    thread_id: int | None = None  # topic; None: none
    silent: bool = False
    service: str = ""  # of a service message: what happened, such as "pinned 12"
    # What the bot sent along and the chat doesn't show, such as link_preview_options; sent back as it came.
    extra: JsonObject = field(default_factory=dict)

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.sender is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimChat:
    """What is known of a chat, beside its messages."""

    id: int
    kind: ChatKind
    title: str = ""  # of a group
    person: Person | None = None  # the other side of a private chat; None: a group
    wrote: bool = False  # the person has written, so that the bot may
    blocked: bool = False
    deactivated: bool = False
    kicked: bool = False
    migrated_to: int | None = None  # the supergroup this group became; None: it did not
    members: tuple[Person, ...] = ()  # of a group, without the bot
    pinned: tuple[int, ...] = ()  # message ids, the newest last
    topics: tuple[int, ...] = ()  # of a forum: the messages that opened them, by whose ids they go
    closed_topics: tuple[int, ...] = ()  # of those: where nothing goes for a while
    general_closed: bool = False  # of a forum: nothing goes outside its topics
