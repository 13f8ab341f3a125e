"""For what Telegram has done already: it must be written down, or it would be done again."""

import logging
from collections.abc import Awaitable, Callable

from engine.clock import Clock
from engine.errors import StoreError

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds of real time before the database is tried again


async def insist(write: Callable[[], Awaitable[None]], real: Clock, what: str) -> None:
    """Write until the database takes it; `what` names it for the log. `real` is real time."""
    while True:
        try:
            return await write()
        except StoreError as error:
            logger.warning("%s can't be written down: %s", what, error)
            await real.sleep(PAUSE)
