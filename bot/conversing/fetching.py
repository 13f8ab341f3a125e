"""Fetches what a person has sent, when its turn comes."""

import logging

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError

from engine.agents.conversation.talk import SentFile
from engine.errors import TemporaryError
from handlers.files.fetching import UnfetchableError, fetched

logger = logging.getLogger(__name__)

MOST_BYTES = 8 * 1024 * 1024
"""Of one file: a model is shown no more."""


async def fetch(bot: Bot, file: SentFile) -> bytes | None:
    """The bytes; None where there are too many or none, or Telegram does not give them."""
    if file.size > MOST_BYTES:
        return None
    try:
        return await fetched(bot, file.file, MOST_BYTES) or None
    except (UnfetchableError, TemporaryError, TelegramAPIError, ClientDecodeError) as error:
        logger.info("a file can't be fetched: %s", error)
        return None
