"""The one counter at which messages, edits and cards go to Telegram: lanes, outages, moved and closed chats.

Chats that can't be written to (the person blocked the bot, it was kicked) are *held*: their messages stay queued,
nothing is tried, and when the person writes again they are delivered. The chat's settings remember it. So are chats
of people who may not use the bot any more.
"""

import logging
import random
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from aiogram import Bot
from aiogram.methods import SendChatAction, TelegramMethod

from bot.insisting import insist
from bot.lanes import Lanes
from bot.requests import as_topicless, is_edit, post, without_secrets
from bot.verdicts import Fate, Receipt, judge
from engine.clock import Clock
from engine.files import GoalFiles
from engine.ports import Conversations
from engine.records import ChatSettings, Outgoing
from engine.values import ChatId, GoalId

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

PROBE_TIMEOUT = 10  # seconds for an answer to «typing…»
FIRST_PAUSE = 1.0  # seconds after the first failure of an outage
TOPIC_CLOSED = (
    "🧵 A topic of this group is closed or gone. What there is to say of the goals that were set in it comes here until"
    " it is open again."
)
TOPIC_REST = 900.0  # seconds until a closed topic is tried again, unless somebody writes there before
LONGEST_PAUSE = 60.0  # seconds: Telegram is back within a minute of its return


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the post office works with. `real` is real time, which Telegram's limits follow at any speed of ours.

    `forget` is told of goals that the store has changed by itself.
    """

    bot: Bot
    conversations: Conversations
    lanes: Lanes
    real: Clock
    dice: random.Random
    forget: Callable[[Collection[GoalId]], None]
    serves: Callable[[ChatSettings], Awaitable[bool]]
    """Whether somebody in a chat may use the bot."""
    files: GoalFiles | None = None
    """Where files of goals are; None where none are sent."""
    hide: Callable[[Outgoing], Outgoing] = without_secrets
    """Takes keys and tokens out of a message."""


class PostOffice:
    """Sends one thing at a time for whoever asks, and remembers what Telegram said about chats."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._held: set[ChatId] = set()
        self._topics: dict[tuple[ChatId, int], float] = {}  # when each may be tried; the past for one that is open
        self.on_queued: Callable[[], None] = lambda: None
        """Called when something was written to the outbox that nobody asked for."""
        self._releases = 0  # how often a chat was found open again
        self._failures = 0
        self._closed_until = 0.0

    # Lanes.

    async def wait_turn(self, chat: ChatId, *, reserve: int = 0) -> None:
        """Wait until the chat may be written to, and count the message."""
        while (delay := self._tools.lanes.delay(chat, reserve=reserve)) > 0:
            await self._tools.real.sleep(delay)
        self._tools.lanes.take(chat)

    # Held chats.

    @property
    def held(self) -> frozenset[ChatId]:
        """Chats where nothing can be delivered."""
        return frozenset(self._held)

    def release(self, chat: ChatId) -> None:
        """Somebody wrote there: it can be written to again."""
        self._releases += 1
        self._held.discard(chat)

    async def is_open(self, chat: ChatId) -> bool:
        """Whether the chat can and may be written to, as far as its settings tell; another is held from now on."""
        if chat in self._held:
            return False
        releases = self._releases
        settings = await self._tools.conversations.settings(chat)
        closed = settings is not None and (settings.blocked or not await self._tools.serves(settings))
        # Settings that were read before somebody wrote are old news: then the next call tells.
        if closed and self._releases == releases:
            self._held.add(chat)
        return chat not in self._held

    async def _hold(self, chat: ChatId, reason: str) -> None:
        logger.warning("chat %s can't be written to and is paused until someone writes there: %s", chat, reason)
        self._held.add(chat)
        await self._surely(partial(self._tools.conversations.set_blocked, chat, True), f"that chat {chat} is closed")

    # Moved chats.

    async def move(self, old: ChatId, new: ChatId) -> None:
        """A group has become a supergroup: all that is its goes along. Raises `StoreError`."""
        goals = await self._tools.conversations.move_chat(old, new)
        self._tools.forget(goals)
        logger.warning("group %s has become %s; %s goals went along", old, new, len(goals))

    # Closed topics.

    def release_topic(self, chat: ChatId, thread: int) -> None:
        """Somebody wrote there: perhaps it can be written to again."""
        if self._topics.get((chat, thread)) != 0.0:
            self._topics.pop((chat, thread), None)

    def _in_open_topic(self, outgoing: Outgoing) -> Outgoing:
        """The message outside its topic, if that was closed a short while ago."""
        rests_until = self._topics.get((outgoing.chat, _topic_of(outgoing)), 0.0)
        return outgoing if rests_until <= self._tools.real.now().timestamp() else as_topicless(outgoing)

    async def _topic_took(self, chat: ChatId, thread: int) -> None:
        """A message went to a topic; the first since it was closed, or since the start, is remembered."""
        if self._topics.get((chat, thread)) != 0.0:
            self._topics[chat, thread] = 0.0
            await self._surely(partial(self._tools.conversations.reopen_topic, chat, thread), f"topic {thread} is open")

    async def _topic_refused(self, chat: ChatId, thread: int) -> None:
        """A topic is closed or gone: what belongs there is told outside it for a while. That is said once."""
        self._topics[chat, thread] = self._tools.real.now().timestamp() + TOPIC_REST
        logger.warning("topic %s of chat %s is closed or gone", thread, chat)

        async def close() -> None:
            told = Outgoing(chat=chat, payload={"text": TOPIC_CLOSED})
            if await self._tools.conversations.close_topic(chat, thread, told, self._tools.real.now()):
                self.on_queued()

        await self._surely(close, f"topic {thread} is closed")

    async def _surely(self, write: Callable[[], Awaitable[None]], what: str) -> None:
        await insist(write, self._tools.real, what)

    # Sending.

    async def send(self, outgoing: Outgoing) -> Receipt:
        """One call to Telegram, whatever comes of it. The turn must have been waited for.

        A flood closes the lane, an outage all lanes, a moved group goes on under its new id, a closed chat is held.
        """
        outgoing = self._in_open_topic(outgoing)
        chat, topic = outgoing.chat, _topic_of(outgoing)
        try:
            message = await post(self._tools.bot, self._tools.hide(outgoing), chat, self._tools.files)
        except Exception as error:  # one outgoing message: whatever is wrong with it stays with it
            receipt = judge(error)
            if receipt.fate is not Fate.SENT:
                logger.info("message to chat %s: %s", chat, receipt.reason, extra={"goal": outgoing.goal})
            await self._heed(chat, receipt)
            if receipt.fate is Fate.ASTRAY and topic:
                await self._topic_refused(chat, topic)
            return receipt
        self._failures = 0
        if topic:
            await self._topic_took(chat, topic)
        return Receipt(fate=Fate.SENT, message=message)

    async def hint(self, chat: ChatId, method: TelegramMethod[Result]) -> Result | None:
        """What nobody would miss, such as a draft: goes where there is room for it, and leaves room for what counts.

        None where it did not go, or nobody knows.
        """
        if chat in self._held or self._tools.lanes.delay(chat, reserve=1) > 0:
            return None
        self._tools.lanes.take(chat)
        try:
            return await self._tools.bot(method, request_timeout=PROBE_TIMEOUT)
        except Exception as error:  # one outgoing message, of a kind: what it says about the chat is heeded
            await self._heed(chat, judge(error))
            return None

    async def answers(self, chat: ChatId) -> bool:
        """Whether Telegram takes anything to a chat at this moment: asked with the least there is, «typing…»."""
        await self.wait_turn(chat)
        try:
            await self._tools.bot(SendChatAction(chat_id=chat, action="typing"), request_timeout=PROBE_TIMEOUT)
        except Exception as error:  # one outgoing message, of a kind: what it says about the chat is heeded
            await self._heed(chat, judge(error))
            return False
        self._failures = 0
        return True

    async def _heed(self, chat: ChatId, receipt: Receipt) -> None:
        """Do what the answer asks for, beyond the message itself."""
        match receipt.fate:
            case Fate.FLOOD:
                self._tools.lanes.close(chat, receipt.seconds)
            case Fate.LOST | Fate.LATER:
                self._pause()
            case Fate.SHUT:
                await self._hold(chat, receipt.reason)
            case Fate.MOVED if receipt.chat is not None:
                await self._surely(partial(self.move, chat, receipt.chat), f"that group {chat} is {receipt.chat} now")
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


def _topic_of(outgoing: Outgoing) -> int:
    """The topic that a new message is for; 0 for none, and for an edit."""
    topic = outgoing.payload.get("message_thread_id")
    return topic if isinstance(topic, int) and not is_edit(outgoing) else 0
