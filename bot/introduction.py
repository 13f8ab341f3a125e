"""What the bot says of itself at Telegram: its commands and its description. Told at each start, in the background."""

import logging
import random
from collections.abc import Sequence

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramRetryAfter
from aiogram.types import BotCommand

from engine.clock import Clock

logger = logging.getLogger(__name__)

DESCRIPTION = (
    "Tell me what you want to reach. I make a plan, do by myself what I can, ask you for what only you can give, and"
    " report at each milestone until it is done. Nothing runs before you press Start."
)
SHORT_DESCRIPTION = "Carries goals to done: planned, carried out, reported, and never lost on the way."
TRIES = 5
FIRST_PAUSE = 2.0  # seconds, doubled each time and jittered


async def introduce(bot: Bot, commands: Sequence[tuple[str, str]], real: Clock, dice: random.Random) -> None:
    """Tell Telegram the commands (name, description) and what the bot is. Failing is no reason not to work."""
    menu = [BotCommand(command=name, description=description) for name, description in commands]
    for tried in range(TRIES):
        pause = FIRST_PAUSE * 2.0**tried * dice.uniform(0.5, 1.0)
        try:
            await bot.set_my_commands(menu)
            await bot.set_my_description(DESCRIPTION)
            await bot.set_my_short_description(SHORT_DESCRIPTION)
        except TelegramRetryAfter as error:
            pause = float(error.retry_after)
        except (TelegramAPIError, ClientDecodeError) as error:
            logger.info("the commands menu is not set yet: %s", error)
        else:
            return
        await real.sleep(pause)
    logger.warning("the commands menu could not be set; the next start tries again")
