"""What is said in conversation with a model, as values. Imports no pydantic-ai."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from engine.values import Cause, ChatId, GoalId, UserId

TurnId = NewType("TurnId", int)


class FileKind(StrEnum):
    """What kind of thing a person sent along."""

    PICTURE = "picture"
    VOICE = "voice"
    SOUND = "sound"
    """Any other sound: its words may be anybody's."""
    DOCUMENT = "document"
    """Any other file: no model is shown it here, only told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """Something that a person sent along; it is fetched when its turn comes."""

    kind: FileKind
    file: str
    """Telegram's id of it."""
    media_type: str
    size: int = 0
    """Bytes; 0 where nobody said."""
    goal: GoalId | None = None
    """The goal that it was kept with; None for none."""
    name: str = ""
    """What it is called there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person said that a model is to answer."""

    chat: ChatId
    thread: int = 0
    """The topic of a group; 0 outside topics."""
    user: UserId
    source: Cause
    """The update it came with: the same one is kept once."""
    message: int
    """Telegram's id of the message."""
    text: str
    files: tuple[SentFile, ...] = ()
    quoted: str = ""
    """The text of the message that it replies to."""
    quotes_others: bool = False
    """Whether that one holds somebody else's words: neither the person's nor the bot's."""
    quotes_bot: bool = False
    """Whether that one is the bot's, which may retell what others wrote."""
    is_forwarded: bool = False
    """Whether these are somebody else's words."""


class TurnStatus(StrEnum):
    """Where a turn stands. `WAITING` lets the chat's next turn go first; the last two are final."""

    OPEN = "open"
    """It is to be answered."""
    WAITING = "waiting"
    """A person is asked for a yes to something that the model wants to do."""
    ANSWERED = "answered"
    FAILED = "failed"
    """The person was told that the model could not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one person has said since the last answer, to be answered together."""

    id: TurnId
    chat: ChatId
    thread: int
    """0 outside topics."""
    user: UserId
    status: TurnStatus
    said: tuple[Said, ...]
    """In order; never empty."""
    shown: int | None = None
    """The message that shows the answer as it grows; None where a draft does, or nothing was shown yet."""

    @property
    def key(self) -> Cause:
        """The name of its run."""
        return Cause(f"turn:{self.id}")

    @property
    def has_others(self) -> bool:
        """Whether it begins with what somebody else wrote, or with a picture or a sound, which may hold anything."""
        sent = {file.kind for one in self.said for file in one.files}
        return not sent.isdisjoint({FileKind.PICTURE, FileKind.SOUND}) or any(
            one.is_forwarded or one.quotes_others for one in self.said
        )

    @property
    def text(self) -> str:
        """All that was said in it."""
        return "\n".join(one.text for one in self.said if one.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a turn ends."""

    status: TurnStatus
    words: str = ""
    """The model's; empty where there are none."""
    of_others: bool = False
    """Whether they may repeat what somebody else wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of what was said before."""

    id: int
    by_bot: bool
    text: str
    at: dt.datetime
    of_others: bool = False
    """Whether these are somebody else's words, or may repeat them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkHistory:
    """What was said before in a chat and thread: the lines, and in short what came before them."""

    summary: str = ""
    lines: tuple[Line, ...] = ()
    """The oldest first."""
