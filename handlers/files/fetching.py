"""Fetches a file that a person sent from Telegram, within what bots may fetch."""

import asyncio
import io

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiohttp import ClientError, ClientResponseError

from engine.errors import TemporaryError
from engine.files import LARGEST_FILE

PATIENCE = 45.0
"""Real seconds for all of a file; a handler has a minute."""
_GONE = range(400, 500)


class UnfetchableError(Exception):
    """Telegram does not hand the file over, and another try would not help."""


class _Bounded(io.BytesIO):
    """Takes no more than a file may have, whatever the sender said of its size."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # aiogram writes bytes
        if self.tell() + len(data) > self._most:
            raise UnfetchableError("it is larger than it was said to be")
        return super().write(data)


async def fetched(bot: Bot, file_id: str, most: int = LARGEST_FILE) -> bytes:
    """The content, of at most so many bytes.

    Raises `UnfetchableError`, or `TemporaryError` when it is worth another try.
    """
    into = _Bounded(most)
    try:
        async with asyncio.timeout(PATIENCE):
            file = await bot.get_file(file_id)
            if file.file_path is None:
                raise UnfetchableError("Telegram names no path")
            await bot.download_file(file.file_path, into, timeout=int(PATIENCE))
    except TelegramBadRequest as error:
        raise UnfetchableError(error.message) from error
    except ClientResponseError as error:
        if error.status in _GONE:
            raise UnfetchableError(f"Telegram answers {error.status}") from error
        raise TemporaryError(f"Telegram answers {error.status}") from error
    except TimeoutError as error:
        raise UnfetchableError("it took too long") from error
    except (ClientError, OSError) as error:
        raise TemporaryError("the connection to Telegram broke off") from error
    return into.getvalue()
