"""Takes messages from the outbox to Telegram: in order within a chat, side by side between chats, none ever lost.

A row is `sending` before the call and `sent` after it. A new message whose answer was lost goes again, marked as a
repeat; an edit just goes again. Messages to a chat that can't be written to wait until someone writes there.

One that fails again and again although Telegram answers is at fault itself, and must not hold up its chat for ever: it
is set aside, tried again at growing intervals, as a plain new message, and told whenever Telegram takes it.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import assert_never

from bot.bell import Bell
from bot.crew import Crew
from bot.insisting import PAUSE, insist
from bot.post_office import PostOffice
from bot.requests import as_new, as_plain, as_repeat, as_topicless, is_edit, only_takes_buttons
from bot.verdicts import Fate, Receipt
from engine.clock import Clock
from engine.errors import NotFoundError, StoreError
from engine.goals import Goal
from engine.ports import Conversations, Outbox
from engine.records import ChatSettings, OutboxRow, Outgoing, in_topic
from engine.records import Delivery as Status
from engine.reporting.notices import Notice
from engine.reporting.quiet import is_quiet_hour
from engine.values import ChatId, GoalId

logger = logging.getLogger(__name__)

PAGE = 200  # rows looked at in one go
SHAPES = 4  # calls that one message may take in one go: as it is, outside its topic, as new, plain
RETRY = 5.0  # seconds until a row is tried again that Telegram put off; the lanes know better when
PATIENCE = 5  # tries in vain of one message before it is asked whether Telegram is to blame
FIRST_REST, LONGEST_REST = 900.0, 21_600.0  # seconds that a message set aside rests
_ANSWERED = (Fate.SENT, Fate.GONE, Fate.REFUSED)
_IN_VAIN = (Fate.LATER, Fate.LOST)

Render = Callable[[Notice, Goal | None, str, dt.datetime], Outgoing]
"""Words a notice: the notice, the newest value of its goal (None: there is none), the chat's zone, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where delivery reads from. `find_goal` raises `NotFoundError`; `clock` is our time, `real` real time."""

    outbox: Outbox
    conversations: Conversations
    find_goal: Callable[[GoalId], Awaitable[Goal]]
    render: Render
    clock: Clock
    real: Clock
    speed: float = 1.0


class Delivery:
    """The outbox's loop. `bell` wakes it; `rested` is called whenever a chat's messages have gone, or have to wait."""

    def __init__(self, office: PostOffice, sources: Sources, rested: Callable[[], None] = lambda: None) -> None:
        self._office = office
        self._from = sources
        self._rested = rested
        self._closing = False
        self._calls = 0  # rows that are marked as sending
        self._no_calls = asyncio.Event()
        self._no_calls.set()
        self.bell = Bell()
        office.on_queued = self.bell.ring
        self._crew = Crew(self._chat_rests)

    def _chat_rests(self) -> None:
        self.bell.ring()
        self._rested()

    def is_serving(self, chat: ChatId) -> bool:
        """Whether messages of this chat are under way at this moment."""
        return self._crew.is_busy(chat)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with self._crew:
            await self.bell.serve(self.look, "outbox", self._from.real)

    async def look(self) -> None:
        """One pass: put someone to work for each chat that has messages waiting."""
        while not self._closing:
            # A long queue of one chat must not hide what could go to another: page after page of those left.
            busy = self._crew.busy
            rows = await self._from.outbox.queued(PAGE, busy | self._office.held, self._from.clock.now())
            for chat, of_chat in groupby(sorted(rows, key=attrgetter("chat", "id")), key=attrgetter("chat")):
                self._crew.start(chat, partial(self._serve, ChatId(chat), list(of_chat)))
            if len(rows) < PAGE or self._crew.busy <= busy:
                return

    async def _serve(self, chat: ChatId, rows: Iterable[OutboxRow]) -> None:
        """Deliver a chat's rows until the first that can't go now; the next look finds it again."""
        try:
            if await self._office.is_open(chat):
                await self._deliver_all(rows)
        except StoreError as error:
            logger.warning("messages to chat %s wait for the database: %s", chat, error)
            await self._from.real.sleep(PAUSE)

    async def _deliver_all(self, rows: Iterable[OutboxRow]) -> None:
        """Row after row, until one can't go; one that is at fault itself is set aside."""
        for row in rows:
            if self._closing:
                return
            receipt = await self._deliver(row)
            if receipt is not None and receipt.fate is Fate.ASTRAY:
                await self._set_aside(row, receipt)
                continue
            if receipt is not None and receipt.fate in _IN_VAIN and row.tries + 1 >= PATIENCE:
                if not await self._office.answers(row.chat):
                    return
                receipt = await self._deliver(_tried(row, receipt))  # Telegram is there: now it tells
                if receipt is not None and receipt.fate in _IN_VAIN:
                    await self._set_aside(row, receipt)
                    continue
            if receipt is None or receipt.fate not in _ANSWERED:
                return

    async def _set_aside(self, row: OutboxRow, why: Receipt) -> None:
        """Let the chat's others go before a row, until it is tried again."""
        tries = row.tries + 2
        rest = FIRST_REST * 2.0 ** min((tries - PATIENCE) // 2, 16) if row.status is Status.ASIDE else FIRST_REST
        until = self._from.clock.now() + dt.timedelta(seconds=min(rest, LONGEST_REST) * self._from.speed)
        logger.error(
            "a message to chat %s is set aside until %s after %s tries, and others go on: %s",
            row.chat, f"{until:%Y-%m-%d %H:%M} UTC", tries, why.reason, extra=_ids(row),
        )  # fmt: skip
        await self._surely(lambda: self._from.outbox.set_aside(row.id, until, why.reason))

    async def _deliver(self, row: OutboxRow) -> Receipt | None:
        """Send one row; what became of it, None when it was not begun."""
        if row.not_before is not None:
            wait = (row.not_before - self._from.clock.now()).total_seconds()
            if wait > 0:
                await self._from.clock.sleep(wait)
        await self._office.wait_turn(row.chat)
        if self._closing:
            return None
        outgoing = await self._worded(row)
        if row.status is Status.ASIDE and not only_takes_buttons(
            outgoing
        ):  # its formatting may be at fault, and what it was to change has moved on
            outgoing = as_plain(as_new(outgoing))
        if row.perhaps_sent and not is_edit(outgoing):
            outgoing = as_repeat(outgoing)
        with self._call():
            await self._from.outbox.sending(row.id)
            receipt, outgoing = await self._send(outgoing, perhaps_sent=row.perhaps_sent)
            await self._settle(row, outgoing, receipt)
            return receipt

    @contextmanager
    def _call(self) -> Iterator[None]:
        """Counts what `close` waits for."""
        self._calls += 1
        self._no_calls.clear()
        try:
            yield
        finally:
            self._calls -= 1
            if not self._calls:
                self._no_calls.set()

    async def _send(self, outgoing: Outgoing, *, perhaps_sent: bool) -> tuple[Receipt, Outgoing]:
        """Send it, in another shape where Telegram wants one; what it came to, and the shape that did."""
        receipt = await self._office.send(outgoing)
        for _ in range(SHAPES - 1):
            match receipt.fate:
                case Fate.GONE if is_edit(outgoing) and not only_takes_buttons(outgoing):
                    outgoing = as_repeat(as_new(outgoing)) if perhaps_sent else as_new(outgoing)
                case Fate.ASTRAY if (elsewhere := as_topicless(outgoing)) != outgoing:
                    outgoing = elsewhere
                case Fate.REFUSED if (plain := as_plain(outgoing)) != outgoing:
                    outgoing = plain
                case _:
                    break
            await self._office.wait_turn(outgoing.chat)
            receipt = await self._office.send(outgoing)
        return receipt, outgoing

    async def _settle(self, row: OutboxRow, outgoing: Outgoing, receipt: Receipt) -> None:
        """Write down what became of a row."""
        outbox, now = self._from.outbox, self._from.clock.now()
        match receipt.fate:
            case Fate.SENT:
                await self._surely(lambda: outbox.sent(row.id, receipt.message, now))
            case Fate.GONE | Fate.REFUSED:
                if not only_takes_buttons(outgoing):  # where no message is, no button is either
                    logger.error("dropped a message to chat %s: %s", row.chat, receipt.reason, extra=_ids(row))
                await self._surely(lambda: outbox.drop(row.id, receipt.reason))
            # Astray: outside topics this group takes nothing now. Moved: found under the new chat.
            case Fate.FLOOD | Fate.LATER | Fate.LOST | Fate.SHUT | Fate.MOVED | Fate.ASTRAY:
                perhaps = row.perhaps_sent or (receipt.fate is Fate.LOST and not is_edit(outgoing))
                later = now + self._delay(receipt)
                await self._surely(
                    lambda: outbox.again(row.id, not_before=later, perhaps_sent=perhaps, error=receipt.reason)
                )
            case _:
                assert_never(receipt.fate)

    def _delay(self, receipt: Receipt) -> dt.timedelta:
        """How long a row rests, in our time: what Telegram asked for holds through a restart too."""
        match receipt.fate:
            case Fate.FLOOD:
                seconds = receipt.seconds
            case Fate.LATER:
                seconds = RETRY if receipt.seconds == 0 else receipt.seconds
            case _:
                seconds = 0.0
        return dt.timedelta(seconds=seconds * self._from.speed)

    async def _surely(self, write: Callable[[], Awaitable[None]]) -> None:
        await insist(write, self._from.real, "what became of a message")

    async def _worded(self, row: OutboxRow) -> Outgoing:
        """The row as a message; a notice is worded now, from the newest state of its goal."""
        if row.notice is None:
            return row.outgoing if row.outgoing is not None else _bare(row)
        now = self._from.clock.now()
        settings = await self._from.conversations.settings(row.chat) or ChatSettings(chat=row.chat)
        goal = await self._goal(row.notice)
        try:
            outgoing = self._from.render(row.notice, goal, settings.zone, now)
            silent = outgoing.silent or row.notice.silent or is_quiet_hour(settings, now)
        except Exception:  # one outgoing message: a view's fault must not swallow the news
            logger.exception("a %s can't be worded", row.notice.kind, extra=_ids(row))
            outgoing, silent = _bare(row), row.notice.silent
        outgoing = in_topic(outgoing, goal.thread) if goal is not None and goal.chat == row.chat else outgoing
        return replace(outgoing, chat=row.chat, silent=silent)

    async def _goal(self, notice: Notice) -> Goal | None:
        try:
            return await self._from.find_goal(notice.goal) if notice.goal is not None else None
        except NotFoundError:
            return None

    # Stopping and watching.

    async def is_quiet(self) -> bool:
        """Whether nothing is under way and nothing could go; messages to held chats don't count."""
        if not self._crew.is_idle:
            return False
        while rows := await self._from.outbox.queued(1, self._office.held, self._from.clock.now()):
            if await self._office.is_open(rows[0].chat):
                return False
        return self._crew.is_idle

    async def flush(self) -> None:
        """Wait until all that could go has gone."""
        while not await self.is_quiet():
            self.bell.ring()
            await self._from.real.sleep(0.02)

    async def close(self) -> None:
        """Begin no more calls, and wait for those under way."""
        self._closing = True
        await self._no_calls.wait()


def _tried(row: OutboxRow, receipt: Receipt) -> OutboxRow:
    """The row as it is after a try in vain."""
    return replace(row, perhaps_sent=row.perhaps_sent or receipt.fate is Fate.LOST, not_before=None)


def _ids(row: OutboxRow) -> dict[str, object]:
    goal = row.notice.goal if row.notice is not None else row.outgoing.goal if row.outgoing is not None else None
    return {"outbox": row.id, "goal": goal}


def _bare(row: OutboxRow) -> Outgoing:
    """What is said when a notice can't be worded: that there is news, and where."""
    kind = row.notice.kind.replace("_", " ") if row.notice is not None else "message"
    goal = row.notice.goal if row.notice is not None else None
    return Outgoing(
        chat=row.chat, payload={"text": f"There is news ({kind}). /goals shows where it stands."}, goal=goal
    )
