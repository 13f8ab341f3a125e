"""Fetches what a person has sent, when its turn comes."""

import logging

import aiohttp
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError

from engine.agents.conversation.talk import SentFile

logger = logging.getLogger(__name__)

MOST_BYTES = 8 * 1024 * 1024
"""Of one file: a model is shown no more."""
TIMEOUT = 60
"""Real seconds."""


async def fetch(bot: Bot, file: SentFile) -> bytes | None:
    """The bytes; None where there are too many, or Telegram does not give them."""
    if file.size > MOST_BYTES:
        return None
    try:
        found = await bot.get_file(file.file, request_timeout=TIMEOUT)
        if found.file_path is None or (found.file_size or 0) > MOST_BYTES:
            return None
        content = await bot.download_file(found.file_path, timeout=TIMEOUT)
    except (TelegramAPIError, ClientDecodeError, aiohttp.ClientError, OSError, TimeoutError) as error:
        logger.info("a file can't be fetched: %s", error)
        return None
    data = content.read() if content is not None else b""
    return data if 0 < len(data) <= MOST_BYTES else None
