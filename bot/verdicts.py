"""What a call to Telegram led to, read from aiogram's errors: whether it arrived, and what to do next."""

from dataclasses import dataclass
from enum import StrEnum

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError

from engine.values import ChatId

# Telegram tells its 400s apart by their words alone.
_SAME = "message is not modified"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message")
_SHUT = ("chat not found", "not enough rights", "have no rights", "chat_write_forbidden", "user_is_blocked")
_ASTRAY = ("thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")


class Fate(StrEnum):
    """What became of a call."""

    SENT = "sent"
    """Telegram has it, or has had it (an edit that changes nothing)."""
    FLOOD = "flood"
    """Too fast: not sent, to go again after `seconds`."""
    LOST = "lost"
    """No answer came: perhaps it arrived, perhaps not."""
    LATER = "later"
    """It did not arrive, for a reason that passes."""
    SHUT = "shut"
    """The chat can't be written to: blocked, kicked, gone."""
    GONE = "gone"
    """The message to edit is gone, or can't be edited any more."""
    ASTRAY = "astray"
    """The topic is closed or gone; outside it the message may go."""
    MOVED = "moved"
    """The group has another id now."""
    REFUSED = "refused"
    """Telegram will never take it as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a call led to. `reason` is for the log."""

    fate: Fate
    message: int | None = None
    """The message's id at Telegram; None when there is none to tell."""
    seconds: float = 0.0
    """How long Telegram asked to wait."""
    chat: ChatId | None = None
    """The chat's new id when it moved; None otherwise."""
    reason: str = ""


def judge(error: Exception) -> Receipt:
    """What an error says about the call that raised it."""
    reason = f"{type(error).__name__}: {error}"
    match error:
        case TelegramRetryAfter():
            return Receipt(fate=Fate.FLOOD, seconds=float(error.retry_after), reason=reason)
        case TelegramMigrateToChat():
            return Receipt(fate=Fate.MOVED, chat=ChatId(error.migrate_to_chat_id), reason=reason)
        case TelegramForbiddenError():
            return Receipt(fate=Fate.SHUT, reason=reason)
        case TelegramBadRequest():
            return Receipt(fate=_of_bad_request(error.message.lower()), reason=reason)
        case TelegramEntityTooLarge():  # a network error by its class, a refusal by its nature
            return Receipt(fate=Fate.REFUSED, reason=reason)
        case TelegramNetworkError():
            never_left = isinstance(error.__cause__, ClientConnectorError)
            return Receipt(fate=Fate.LATER if never_left else Fate.LOST, reason=reason)
        case ClientDecodeError():  # an answer, but which? A proxy's page, or half of a «yes»
            return Receipt(fate=Fate.LOST, reason=reason)
        case TelegramServerError() | TelegramUnauthorizedError() | TelegramConflictError() | TelegramNotFound():
            return Receipt(fate=Fate.LATER, reason=reason)  # the poller ends the process on a wrong token
        case TelegramAPIError():
            return Receipt(fate=Fate.LATER, reason=reason)
        case _:
            return Receipt(fate=Fate.REFUSED, reason=reason)


def _of_bad_request(words: str) -> Fate:
    if _SAME in words:
        return Fate.SENT
    if any(part in words for part in _GONE):
        return Fate.GONE
    if any(part in words for part in _ASTRAY):
        return Fate.ASTRAY
    if any(part in words for part in _SHUT):
        return Fate.SHUT
    return Fate.REFUSED
