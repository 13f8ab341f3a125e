"""What happened in a chat, as plain text: each new or changed message once, in its last state."""

from dataclasses import dataclass, replace
from typing import assert_never

from bot.local.events import (
    BotBlocked,
    ButtonPressed,
    CallbackAnswered,
    ChatAction,
    CommandsChanged,
    DraftShown,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    PersonEdited,
    PersonSaid,
    SimEvent,
)
from bot.local.messages import SimMessage
from bot.local.wording import first_words, named

_INDENT = "     "  # as wide as «bot: »


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A message of the bot that is new, edited or deleted since the last look."""

    message: SimMessage
    before: SimMessage | None = None  # None: it is new
    gone: bool = False


class Transcript:
    """Listens to one chat, and tells on demand what changed since it was last asked."""

    def __init__(self, chat_id: int) -> None:
        self._chat_id = chat_id
        self._found: dict[object, _Change | str] = {}

    def hear(self, event: SimEvent) -> None:
        """Take note of an event; for `Simulator.listen`."""
        match event:
            case MessageSent(message=message):
                self._note(_Change(message=message))
            case MessageEdited(before=before, message=message):
                self._note(_Change(message=message, before=before))
            case MessageDeleted(message=message):
                self._note(_Change(message=message, before=message, gone=True))
            case CallbackAnswered(chat_id=self._chat_id) as answer:
                if answer.text:
                    self._found[object()] = _block("alert: " if answer.alert else "toast: ", answer.text)
                if answer.url:
                    self._found[object()] = f"(opens {answer.url})"
            case (
                CallbackAnswered()
                | MessagePinned()
                | ChatAction()
                | DraftShown()
                | PersonSaid()
                | PersonEdited()
                | ButtonPressed()
                | BotBlocked()
                | CommandsChanged()
            ):
                pass
            case _:
                assert_never(event)

    def _note(self, change: _Change) -> None:
        if change.message.chat_id != self._chat_id or not change.message.from_bot or change.message.service:
            return
        key = change.message.id
        known = self._found.get(key)
        if not isinstance(known, _Change):
            self._found[key] = change
        elif known.before is None and change.gone:
            del self._found[key]
        else:
            self._found[key] = replace(change, before=known.before)

    def take(self) -> list[str]:
        """What changed since the last call, one block of lines each, in the order it began to."""
        blocks = [_told(change) if isinstance(change, _Change) else change for change in self._found.values()]
        self._found.clear()
        return [block for block in blocks if block]


def _told(change: _Change) -> str:
    if change.gone:
        return _block("bot (deleted): ", first_words(change.message))
    if change.before is None:
        return _block("bot: ", shown(change.message))
    text = shown(change.message)
    if text in (shown(change.before), shown(replace(change.before, buttons=()))):
        return ""  # buttons that have served and go are no news
    return _block("bot (edited): ", text)


def shown(message: SimMessage) -> str:
    """The message as lines of text: its file, its text, a line for each row of buttons."""
    lines = [named(message.file)] if message.file else []
    lines += [message.text] if message.text else []
    lines += [" ".join(f"[{button.text}]" for button in row) for row in message.buttons]
    lines += [" ".join(f"[{label}]" for label in row) for row in message.reply_keyboard]
    return "\n".join(lines)


def said(text: str) -> str:
    """A line of the person."""
    return _block("you: ", text)


def _block(speaker: str, text: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([speaker + first, *(_INDENT + line if line else "" for line in rest)])
