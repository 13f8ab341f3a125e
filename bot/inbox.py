"""From Telegram to the handlers, without losing a word: the poller writes updates down, the worker handles them.

An update is in the inbox before Telegram is told that we have it. A worker a chat handles that chat's updates in
order; what a handler returns and «update done» are one transaction. After a crash the update is handled again, and
its causes keep that from doing anything twice. One that fails three times is set aside with an apology.
"""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, GetWebhookInfo, TelegramMethod
from pydantic import JsonValue

from bot import log
from bot.access import PAIRED, REFUSAL, Access, Entry
from bot.bell import Bell
from bot.crew import Crew
from bot.digest_times import latest_date
from bot.post_office import PostOffice
from bot.visitors import Visitor, read_visitor
from engine.clock import Clock
from engine.errors import ConflictError, StoreError, TemporaryError
from engine.ports import Conversations, Inbox
from engine.records import ChatSettings, Handled, Outgoing, Update
from engine.values import ChatId, UserId
from handlers.desk import Desk

logger = logging.getLogger(__name__)

POLL = 30  # seconds that Telegram holds a poll open
POLL_TIMEOUT = POLL + 10  # seconds until a poll without an answer counts as lost
BATCH = 100
PAGE = 200  # updates looked at in one go
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds, jittered
CONFLICTS, CONFLICT_WINDOW = 6, 120.0  # so many within so many seconds, and this process gives way
FAILURES = 3  # of one update, then it is set aside
HANDLER_TIMEOUT = 60.0  # seconds of real time; handlers wait for nothing but the database

TEMPORARY = (
    StoreError,
    ConflictError,
    TemporaryError,
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    ConnectionError,
)
"""What passes by itself and says nothing against the update."""


class CannotGoOn(Exception):
    """The process has to end; its text is one line for the operator."""


class GetRawUpdates(TelegramMethod[list[dict[str, JsonValue]]]):
    """`getUpdates`, with the updates as Telegram wrote them."""

    __returning__ = list[dict[str, JsonValue]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What the poller works with; `wanted` are the kinds of updates that are handled, `real` is real time."""

    bot: Bot
    inbox: Inbox
    wanted: Sequence[str]
    real: Clock
    dice: random.Random


class Poller:
    """Fetches updates by long polling and writes them down. `arrived` is called when there are new ones."""

    def __init__(self, intake: Intake, arrived: Callable[[], None]) -> None:
        self._in = intake
        self._arrived = arrived
        # None: whatever is unconfirmed. A number only right after a batch, to confirm it: ids may begin again at
        # random after a quiet week, and a stale offset would throw the new ones away.
        self._offset: int | None = None
        self._failures = 0
        self._conflicts: list[float] = []

    async def run(self) -> None:
        """Poll until cancelled. Raises `CannotGoOn` when Telegram refuses the token, or another process polls."""
        while True:
            pause = await self._try()
            if pause > 0:
                await self._in.real.sleep(pause)

    async def _try(self) -> float:
        """One poll, whatever comes of it; seconds to wait before the next."""
        try:
            await self.poll()
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            reason = "Telegram does not know this token; check MILEPOST_BOT_TOKEN, @BotFather shows it"
            raise CannotGoOn(reason) from error
        except TelegramConflictError as error:
            return await self._conflict(error)
        except TelegramRetryAfter as error:
            return float(error.retry_after)
        except (TelegramAPIError, ClientDecodeError, StoreError) as error:
            return self._pause(error)
        self._failures = 0
        return 0.0

    async def poll(self) -> int:
        """Fetch a batch and write it down; only the next call tells Telegram that we have it. How many were new."""
        request = GetRawUpdates(offset=self._offset, limit=BATCH, timeout=POLL, allowed_updates=list(self._in.wanted))
        raw = await self._in.bot(request, request_timeout=POLL_TIMEOUT)
        updates = [_kept(one) for one in raw]
        new = await self._in.inbox.accept(updates) if updates else 0
        self._offset = max(update.id for update in updates) + 1 if updates else None
        if new:
            self._arrived()
        return new

    def _pause(self, error: Exception) -> float:
        seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**self._failures) * self._in.dice.uniform(0.5, 1.0)
        self._failures = min(self._failures + 1, 16)
        logger.warning("no updates for now, trying again in %.1f s: %s", seconds, error)
        return seconds

    async def _conflict(self, error: TelegramConflictError) -> float:
        """A webhook is taken away; against another poller it is tried a few times, then this process gives way."""
        try:
            if (await self._in.bot(GetWebhookInfo())).url:
                logger.warning("a webhook was set for this bot; it is taken away, since this process polls")
                await self._in.bot(DeleteWebhook())
                return 0.0
        except (TelegramAPIError, ClientDecodeError) as trouble:
            return self._pause(trouble)
        now = self._in.real.now().timestamp()
        self._conflicts = [at for at in self._conflicts if now - at < CONFLICT_WINDOW] + [now]
        if len(self._conflicts) >= CONFLICTS:
            raise CannotGoOn("another process polls this bot's updates; only one can, so this one stops") from error
        logger.warning("another process polls this bot's updates (%s of %s)", len(self._conflicts), CONFLICTS)
        return 1.0 + 2.0 * self._in.dice.random()


def _kept(raw: dict[str, JsonValue]) -> Update:
    visitor = read_visitor(raw)
    return Update(id=visitor.update, chat=visitor.chat, payload=json.dumps(raw, ensure_ascii=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What handling needs. `feed` hands the raw update to the dispatcher and returns what the handler returned.

    `apologise` words the apology for an update that is set aside: the chat, what went wrong, and the update's number,
    which the log has too. `zone` is that of new chats.
    """

    inbox: Inbox
    conversations: Conversations
    access: Access
    office: PostOffice
    feed: Callable[[dict[str, JsonValue], Desk], Awaitable[object]]
    apologise: Callable[[ChatId, Exception, int], Outgoing]
    toast: Callable[[str, str], Awaitable[None]]
    """Answers a tap (its id) with these words; never raises."""
    clock: Clock
    real: Clock
    zone: str
    bot: int = 0
    """The bot's id, part of each command's cause."""


class InboxWorker:
    """Handles what is in the inbox. `bell` wakes it; `handled` is called after each update that is done."""

    def __init__(self, reception: Reception, handled: Callable[[], None]) -> None:
        self._at = reception
        self._handled = handled
        self.bell = Bell()
        self._crew = Crew(self.bell.ring)

    async def run(self) -> None:
        """Handle updates until cancelled; one that is cancelled stays in the inbox."""
        async with self._crew:
            await self.bell.serve(self.look, "inbox", self._at.real)

    async def look(self) -> None:
        """One pass: put someone to work for each chat with updates waiting."""
        while True:
            busy = self._crew.busy
            waiting = await self._at.inbox.waiting(PAGE, busy)
            by_chat = sorted(waiting, key=lambda update: (update.chat or 0, update.id))
            for chat, updates in groupby(by_chat, key=lambda update: update.chat):
                self._crew.start(chat, partial(self._serve, list(updates)))
            if len(waiting) < PAGE or self._crew.busy <= busy:
                return

    async def _serve(self, updates: Sequence[Update]) -> None:
        for update in updates:
            pauses = 0
            while (pause := await self._attempt(update, pauses)) is not None:
                pauses += 1
                await self._at.real.sleep(pause)

    async def _attempt(self, update: Update, pauses: int) -> float | None:
        """Handle an update once; None when it is settled, else seconds until the next try."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(pauses, 16))
        with log.bind(update=update.id):
            try:
                async with asyncio.timeout(HANDLER_TIMEOUT):
                    await self.handle(update)
            except TEMPORARY as error:
                logger.warning("an update waits, since %s: %s", type(error).__name__, error)
                return pause
            except Exception as error:  # one update: whatever is wrong with it stays with it
                return await self._failed(update, error, pause)
        self._handled()
        return None

    async def handle(self, update: Update) -> None:
        """Let it in or not, handle it, and commit all that it led to. Raises what the handler raises."""
        raw = json.loads(update.payload)
        visitor = read_visitor(raw)
        if visitor.moved is not None:
            await self._at.office.move(*visitor.moved)
            return await self._done(visitor)
        if visitor.is_member is not None:
            return await self._membership(visitor)
        entry = await self._at.access.admit(visitor)
        match entry:
            case Entry.OWNER | Entry.PAIRED if visitor.chat is not None and visitor.user is not None:
                await self._welcome(raw, visitor, entry)
            case Entry.REFUSED if visitor.chat is not None:
                refusal = await self._at.access.refusal(visitor, visitor.chat, self._at.zone)
                await self._finish(visitor, refusal)
            case _:
                await self._done(visitor)
        if entry in (Entry.REFUSED, Entry.IGNORED) and visitor.query is not None:
            await self._at.toast(visitor.query, REFUSAL)
        return None

    async def _welcome(self, raw: dict[str, JsonValue], visitor: Visitor, entry: Entry) -> None:
        """Hand an owner's update to the handlers; a pairing code reads as /start."""
        assert visitor.chat is not None
        if visitor.thread:
            self._at.office.release_topic(visitor.chat, visitor.thread)
        stored = await self._at.conversations.settings(visitor.chat)
        desk = await self._desk(visitor, stored)
        message = raw.get("message")
        if entry is Entry.PAIRED and isinstance(message, dict):
            command: JsonValue = {"type": "bot_command", "offset": 0, "length": len("/start")}
            raw = {**raw, "message": {**message, "text": "/start", "entities": [command]}}
        outcome = await self._at.feed(raw, desk)
        handled = outcome if isinstance(outcome, Handled) else Handled(dialogue=desk.dialogue)
        if handled.settings is None and desk.chat != stored:
            handled = replace(handled, settings=desk.chat)
        if entry is Entry.PAIRED:
            paired = Outgoing(chat=desk.chat.chat, payload={"text": PAIRED})
            handled = replace(handled, replies=(paired, *handled.replies))
        await self._finish(visitor, handled)
        self._at.office.release(desk.chat.chat)
        if entry is Entry.PAIRED:
            await self._at.access.settle()

    async def _desk(self, visitor: Visitor, stored: ChatSettings | None) -> Desk:
        speaker = visitor.speaker
        assert speaker is not None
        now = self._at.clock.now()
        settings = self._at.access.welcome(stored, self._fresh(speaker.chat, speaker.user), speaker.user)
        return Desk(
            update_id=visitor.update,
            chat=replace(settings, blocked=False),
            user=speaker.user,
            dialogue=await self._at.conversations.dialogue(speaker),
            now=now,
            is_owner=True,
            conversations=self._at.conversations,
            thread=visitor.thread,
            message=visitor.message,
            bot=self._at.bot,
            speed=self._at.clock.speed,
        )

    def _fresh(self, chat: ChatId, user: UserId) -> ChatSettings:
        """A new chat's settings: its first digest is the next one, not the one it would have had this morning."""
        fresh = ChatSettings(chat=chat, owner=user, zone=self._at.zone)
        now = self._at.clock.now()
        served = latest_date(fresh, now)
        return replace(fresh, last_digest=served.isoformat() if served else "", last_digest_at=now)

    async def _membership(self, visitor: Visitor) -> None:
        """The bot was blocked, removed or let in again: a known chat's messages wait or go on."""
        settings = await self._at.conversations.settings(visitor.chat) if visitor.chat is not None else None
        known = replace(settings, blocked=not visitor.is_member) if settings is not None else None
        await self._done(visitor, known)
        if visitor.chat is not None and visitor.is_member:
            self._at.office.release(visitor.chat)

    async def _done(self, visitor: Visitor, settings: ChatSettings | None = None) -> None:
        """No answer, and an open dialogue of the chat stays open; settings None leaves them."""
        await self._at.inbox.finish(visitor.update, None, Handled(settings=settings), self._at.clock.now())

    async def _finish(self, visitor: Visitor, handled: Handled) -> None:
        await self._at.inbox.finish(visitor.update, visitor.speaker, handled, self._at.clock.now())

    async def _failed(self, update: Update, error: Exception, pause: float) -> float | None:
        """Count a failure; the third sets the update aside with an apology that names the error."""
        logger.error("an update could not be handled", exc_info=error)
        words = f"{type(error).__name__}: {error}"
        try:
            if await self._at.inbox.fail(update.id, words) < FAILURES:
                return pause
            await self._park(update, error, words)
        except StoreError as trouble:
            logger.warning("a failure can't be written down: %s", trouble)
            return pause
        self._handled()
        return None

    async def _park(self, update: Update, error: Exception, words: str) -> None:
        visitor = _visitor_or_none(update)
        known = visitor is not None and visitor.user is not None and self._at.access.is_owner(visitor.user)
        apology = self._at.apologise(update.chat, error, update.id) if known and update.chat is not None else None
        await self._at.inbox.park(update.id, words, apology, self._at.clock.now())
        logger.error("update %s is set aside after %s failures: %s", update.id, FAILURES, words)

    # Stopping and watching.

    async def is_quiet(self) -> bool:
        """Whether nothing waits and nothing is being handled."""
        return self._crew.is_idle and not await self._at.inbox.waiting(1) and self._crew.is_idle

    async def drain(self) -> None:
        """Wait until all that has arrived is handled."""
        while not await self.is_quiet():
            self.bell.ring()
            await self._at.real.sleep(0.02)


def _visitor_or_none(update: Update) -> Visitor | None:
    """Who sent it; None when even that can't be read."""
    try:
        return read_visitor(json.loads(update.payload))
    except (ValueError, AttributeError):
        return None
