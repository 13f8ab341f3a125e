"""Answering a tap on a button, so that its little clock stops."""

import logging

from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InaccessibleMessage, Message

logger = logging.getLogger(__name__)

TOAST = 200
"""Signs that a toast may have."""


async def answer_tap(query: CallbackQuery, text: str = "", alert: bool = False) -> None:
    """Stop the button's clock, with a toast (or, with `alert`, a window) when there is something to say.

    A tap too old to answer is no error, and neither is a lost answer: the outcome also stands in the chat.
    """
    try:
        await query.answer(text if len(text) <= TOAST else text[: TOAST - 1] + "…", show_alert=alert or None)
    except TelegramAPIError as error:
        logger.info("a tap could not be answered: %s", error)


def tapped_message(query: CallbackQuery) -> int | None:
    """The id of the message whose button was pressed; None when Telegram no longer knows it."""
    return query.message.message_id if query.message is not None else None


def readable_message(query: CallbackQuery) -> Message | None:
    """The message whose button was pressed, with its text; None when it is too old for Telegram to hand over."""
    return None if isinstance(query.message, InaccessibleMessage) else query.message
