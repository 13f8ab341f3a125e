"""Answers as they grow: «typing…», then a draft in a private chat, or edits of one message in a group.

None of it counts: what is lost here is in the answer itself, which goes through the outbox.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from functools import partial

from aiogram.methods import EditMessageText, SendChatAction, SendMessage, SendMessageDraft

from bot.bell import Bell
from bot.crew import Crew
from bot.lanes import LaneLimits
from bot.post_office import PostOffice
from engine.agents.conversation.talk import Turn, TurnId
from engine.agents.conversation.turns import Growing
from engine.clock import Clock
from engine.errors import EngineError
from engine.ports import Conversations
from engine.values import ChatId
from handlers.views.markdown import beginning_of

logger = logging.getLogger(__name__)

TYPING = 4.0
"""Real seconds after which «typing…» is said again; it lasts five."""
SHORTEST_GAP = 0.05


@dataclass(slots=True)
class _Open:
    """A turn that is being answered."""

    turn: Turn
    growing: Growing | None = None  # None before the first word
    text: str = ""
    message: int | None = None  # the one that shows it; None for a draft, or for none yet
    told_at: float = float("-inf")
    """When «typing…» was said last, in seconds of the loop."""
    showing: asyncio.Lock | None = None


class Drafts:
    """Shows what comes in. `run` is its loop; whoever answers a turn calls `begin`, `show` and `end`."""

    def __init__(self, office: PostOffice, conversations: Conversations, real: Clock, limits: LaneLimits) -> None:
        self._office = office
        self._conversations = conversations
        self._real = real
        self._limits = limits
        self._open: dict[TurnId, _Open] = {}
        self.bell = Bell()
        self._crew = Crew(self.bell.ring)

    async def run(self) -> None:
        """Show until cancelled."""
        async with self._crew:
            await self.bell.serve(self._look, "drafts", self._real)

    def begin(self, turn: Turn) -> None:
        """A turn is being answered from now on."""
        self._open[turn.id] = _Open(turn=turn, message=turn.shown, showing=asyncio.Lock())
        self.bell.ring()

    def show(self, turn: Turn, growing: Growing) -> None:
        """The answer has grown."""
        found = self._open.get(turn.id)
        if found is not None:
            found.growing = growing

    def drop(self, turn: Turn) -> None:
        """It is not answered now: nothing more is shown of it."""
        self._open.pop(turn.id, None)

    async def end(self, turn: Turn) -> Turn:
        """It is answered: nothing more is shown of it. Returns it with the message that shows it."""
        found = self._open.pop(turn.id, None)
        if found is None or found.showing is None:
            return turn
        async with found.showing:  # a call under way may still tell of a message
            return replace(turn, shown=found.message)

    async def _look(self) -> None:
        for one in list(self._open.values()):
            self._crew.start(one.turn.chat, partial(self._serve, one.turn.chat))

    async def _serve(self, chat: ChatId) -> None:
        """Show what is open in a chat, again and again, as fast as Telegram likes it."""
        gap = max(self._limits.group_card_gap if chat < 0 else self._limits.card_gap / 2, SHORTEST_GAP)
        while here := [one for one in self._open.values() if one.turn.chat == chat]:
            for one in here:
                await self._tell(one)
            await self._real.sleep(gap)

    async def _tell(self, one: _Open) -> None:
        assert one.showing is not None
        async with one.showing:
            if one.turn.id not in self._open:
                return
            try:
                text = beginning_of(grown) if one.growing is not None and (grown := await one.growing()) else ""
                if text and text != one.text:
                    await self._show(one, text)
                elif not one.text:
                    await self._type(one)
            except EngineError as error:
                logger.info("what grows can't be shown: %s", error, extra={"chat": one.turn.chat})

    async def _type(self, one: _Open) -> None:
        now = asyncio.get_running_loop().time()
        if now - one.told_at >= TYPING:
            one.told_at = now
            chat, thread = one.turn.chat, one.turn.thread or None
            await self._office.hint(chat, SendChatAction(chat_id=chat, action="typing", message_thread_id=thread))

    async def _show(self, one: _Open, text: str) -> None:
        chat, thread = one.turn.chat, one.turn.thread or None
        if chat > 0:
            draft = SendMessageDraft(chat_id=chat, draft_id=one.turn.id, text=text, message_thread_id=thread)
            if await self._office.hint(chat, draft) is not None:
                one.text = text
            return
        growing = f"{text[:4000]} …"
        if one.message is None:
            message = SendMessage(chat_id=chat, text=growing, message_thread_id=thread, disable_notification=True)
            sent = await self._office.hint(chat, message)
            if sent is not None:
                one.text, one.message = text, sent.message_id
                await self._conversations.show_turn(one.turn.id, sent.message_id)
            return
        edit = EditMessageText(chat_id=chat, message_id=one.message, text=growing)
        if await self._office.hint(chat, edit) is not None:
            one.text = text
