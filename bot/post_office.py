"""The one counter at which messages, edits and cards go to Telegram: lanes, outages, moved and closed chats.

Chats that can't be written to (the person blocked the bot, it was kicked) are *held*: their messages stay queued,
nothing is tried, and when the person writes again they are delivered. The chat's settings remember it.
"""

import logging
import random
from dataclasses import dataclass, replace

from aiogram import Bot

from bot.lanes import Lanes
from bot.requests import post
from bot.verdicts import Fate, Receipt, judge
from engine.clock import Clock
from engine.ports import Conversations
from engine.records import ChatSettings, Outgoing
from engine.values import ChatId

logger = logging.getLogger(__name__)

FIRST_PAUSE = 1.0  # seconds after the first failure of an outage
LONGEST_PAUSE = 60.0  # seconds: Telegram is back within a minute of its return


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the post office works with. `real` is real time, which Telegram's limits follow at any speed of ours."""

    bot: Bot
    conversations: Conversations
    lanes: Lanes
    real: Clock
    dice: random.Random


class PostOffice:
    """Sends one thing at a time for whoever asks, and remembers what Telegram said about chats."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._held: set[ChatId] = set()
        self._moved: dict[ChatId, ChatId] = {}
        self._failures = 0
        self._closed_until = 0.0

    # Lanes.

    async def wait_turn(self, chat: ChatId, *, reserve: int = 0) -> None:
        """Wait until the chat may be written to, and count the message."""
        chat = self._moved.get(chat, chat)
        while (delay := self._tools.lanes.delay(chat, reserve=reserve)) > 0:
            await self._tools.real.sleep(delay)
        self._tools.lanes.take(chat)

    # Held chats.

    def is_held(self, chat: ChatId) -> bool:
        """Whether nothing can be delivered there."""
        return chat in self._held

    def release(self, chat: ChatId) -> None:
        """Somebody wrote there: it can be written to again."""
        self._held.discard(chat)

    async def is_open(self, chat: ChatId) -> bool:
        """Whether the chat can be written to, as far as its settings tell; a closed one is held from now on."""
        if chat in self._held:
            return False
        settings = await self._tools.conversations.settings(chat)
        if settings is not None and settings.blocked:
            self._held.add(chat)
        return chat not in self._held

    async def _hold(self, chat: ChatId, reason: str) -> None:
        logger.warning("chat %s can't be written to and is paused until someone writes there: %s", chat, reason)
        self._held.add(chat)
        settings = await self._tools.conversations.settings(chat) or ChatSettings(chat=chat)
        if not settings.blocked:
            await self._tools.conversations.save_settings(replace(settings, blocked=True))

    # Sending.

    async def send(self, outgoing: Outgoing) -> Receipt:
        """One call to Telegram, whatever comes of it. The turn must have been waited for.

        A flood closes the lane, an outage all lanes, a moved group is followed, a closed chat is held.
        """
        chat = self._moved.get(outgoing.chat, outgoing.chat)
        try:
            message = await post(self._tools.bot, outgoing, chat)
        except Exception as error:  # one outgoing message: whatever is wrong with it stays with it
            receipt = judge(error)
            if receipt.fate is not Fate.SENT:
                logger.info("message to chat %s: %s", chat, receipt.reason, extra={"goal": outgoing.goal})
            await self._heed(outgoing.chat, chat, receipt)
            return receipt
        self._failures = 0
        return Receipt(fate=Fate.SENT, message=message)

    async def _heed(self, asked: ChatId, chat: ChatId, receipt: Receipt) -> None:
        """Do what the answer asks for, beyond the message itself."""
        match receipt.fate:
            case Fate.FLOOD:
                self._tools.lanes.close(chat, receipt.seconds)
            case Fate.LOST | Fate.LATER:
                self._pause()
            case Fate.SHUT:
                await self._hold(asked, receipt.reason)
            case Fate.MOVED if receipt.chat is not None:
                logger.warning("group %s has become %s", asked, receipt.chat)
                self._moved[asked] = receipt.chat
                await self._take_settings_along(asked, receipt.chat)
            case _:
                self._failures = 0

    def _pause(self) -> None:
        """Nothing goes for a while; calls that fail together count as one failure."""
        now = self._tools.real.now().timestamp()
        if now >= self._closed_until:
            ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**self._failures)
            seconds = ceiling * self._tools.dice.uniform(0.5, 1.0)
            self._failures = min(self._failures + 1, 16)
            self._closed_until = now + seconds
            self._tools.lanes.close_all(seconds)

    async def _take_settings_along(self, old: ChatId, new: ChatId) -> None:
        settings = await self._tools.conversations.settings(old)
        if settings is not None and await self._tools.conversations.settings(new) is None:
            await self._tools.conversations.save_settings(replace(settings, chat=new))
