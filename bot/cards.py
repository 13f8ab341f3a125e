"""Keeps each goal's card, its one live message, up to date: what is wanted against what is shown.

No queue: however often a goal changes, its card is edited at most every 2 s (4 s in groups), always to the newest
state, and the last one always arrives. A card that can't be edited any more is sent anew.

A crash between sending a card and storing its message id leaves an older copy in the chat, whose buttons still
work; `facts` remember that a card was under way, and the second one comes without a sound.
"""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import attrgetter

from bot.bell import Bell
from bot.crew import Crew
from bot.insisting import PAUSE, insist
from bot.lanes import LaneLimits
from bot.post_office import PostOffice
from bot.requests import as_new, as_plain, as_topicless
from bot.verdicts import Fate, Receipt
from engine.clock import Clock
from engine.errors import NotFoundError, StoreError
from engine.goals import Goal
from engine.planning.forecasting.model import Forecast
from engine.ports import Conversations, Outbox
from engine.records import Card, Outgoing, in_topic
from engine.values import ChatId, GoalId
from handlers.code.running import Running, with_running

logger = logging.getLogger(__name__)

RESERVE = 1  # messages that must still fit into the lane after a card

NEWS_GAP = 5.0  # real seconds between edits that only show what runs
LOOKED_OVER = 3_600.0  # real seconds after which a card that nothing changed is drawn once more: its forecast moves

Draw = Callable[[Goal, str, dt.datetime, Sequence[Goal], Forecast | None], Outgoing]
"""Draws a card: the goal, the chat's zone, now, the goals that serve it, and its forecast where one is known."""


async def nothing_runs(_goal: Goal) -> Running:
    """Nobody who could tell."""
    return Running()


async def no_forecast(_goal: Goal) -> Forecast | None:
    """Nobody who could tell."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Easel:
    """What cards are made with. `clock` is our time, `real` real time."""

    conversations: Conversations
    outbox: Outbox
    find_family: Callable[[GoalId], Awaitable[Sequence[Goal]]]
    """A goal and all that serve it, itself first; raises `NotFoundError`."""
    draw: Draw
    forecast: Callable[[Goal], Awaitable[Forecast | None]] = no_forecast
    running: Callable[[Goal], Awaitable[Running]] = nothing_runs
    """What the code work of a goal does now."""
    is_serving: Callable[[ChatId], bool]
    """Whether messages of a chat are on their way, which come before a new card."""
    clock: Clock
    real: Clock
    limits: LaneLimits = LaneLimits()


class Cards:
    """The cards' loop; `bell` wakes it after a commit or when a chat's messages have gone."""

    def __init__(self, office: PostOffice, easel: Easel) -> None:
        self._office = office
        self._easel = easel
        self._edited_at: dict[ChatId, float] = {}
        self._news: set[GoalId] = set()
        self._looked_over: float | None = None  # None before the first look
        self.bell = Bell()
        self._crew = Crew(self.bell.ring)

    async def run(self) -> None:
        """Keep cards until cancelled."""
        async with self._crew:
            await self.bell.serve(self.look, "cards", self._easel.real)

    def stir(self, goal: GoalId) -> None:
        """What runs for a goal has said something new: its card is drawn anew, though the goal is as it was."""
        self._news.add(goal)
        self.bell.ring()

    async def look(self) -> None:
        """One pass: put someone to work for each chat with a card that is not as it should be."""
        await self._look_over()
        held = self._office.held
        wanted = [*await self._easel.conversations.cards(), *await self._with_news()]
        cards = list({card.goal: card for card in wanted if card.chat not in held}.values())
        # Messages come first: a new card goes to the end of the chat, below its replies.
        with_mail = await self._easel.outbox.recipients() if any(card.message is None for card in cards) else ()
        ready = [
            card
            for card in cards
            if card.message is not None or not (card.chat in with_mail or self._easel.is_serving(card.chat))
        ]
        for chat, of_chat in groupby(sorted(ready, key=attrgetter("chat", "goal")), key=attrgetter("chat")):
            goals = [card.goal for card in of_chat]
            self._crew.start(ChatId(chat), partial(self._serve, ChatId(chat), goals))

    async def _with_news(self) -> Sequence[Card]:
        """The cards that are there and whose goals have something running that says more."""
        found = [await self._easel.conversations.card(goal) for goal in sorted(self._news)]
        shown = [card for card in found if card is not None and card.message is not None]
        self._news &= {card.goal for card in shown}
        return shown

    async def _look_over(self) -> None:
        """Every hour all cards of goals under way are drawn once more; those that say the same are not edited."""
        now = self._easel.real.now().timestamp()
        if self._looked_over is None or now - self._looked_over >= LOOKED_OVER:
            is_first, self._looked_over = self._looked_over is None, now
            if not is_first:  # a start changes nothing, and they come in rows
                await self._easel.conversations.doubt_cards()

    async def _serve(self, chat: ChatId, goals: list[GoalId]) -> None:
        """Bring a chat's cards up to date, one after the other; one that fails doesn't keep the next from its turn."""
        try:
            if not await self._office.is_open(chat):
                return
            all_shown = True
            for goal in goals:
                await self._wait_turn(chat, goal)
                all_shown &= await self._bring_up_to_date(goal)
            if not all_shown:
                await self._easel.real.sleep(PAUSE)
        except StoreError as error:
            logger.warning("cards in chat %s wait for the database: %s", chat, error)
            await self._easel.real.sleep(PAUSE)

    async def _wait_turn(self, chat: ChatId, goal: GoalId) -> None:
        gap = self._easel.limits.card_gap if chat >= 0 else self._easel.limits.group_card_gap
        gap = max(gap, NEWS_GAP) if goal in self._news else gap
        now = self._easel.real.now().timestamp()
        wait = self._edited_at.get(chat, 0.0) + gap - now
        if wait > 0:
            await self._easel.real.sleep(wait)

    async def _bring_up_to_date(self, goal_id: GoalId) -> bool:
        """Show the newest state of one goal; False when it could not be and is to be tried again."""
        card = await self._easel.conversations.card(goal_id)
        has_news = goal_id in self._news
        self._news.discard(goal_id)
        if card is None or (card.wanted == card.shown and not has_news):
            return True
        settings = await self._easel.conversations.settings(card.chat)
        try:
            goal, *below = await self._easel.find_family(goal_id)
            zone = settings.zone if settings is not None else "UTC"
            forecast = await self._forecast(goal)
            drawn = self._easel.draw(goal, zone, self._easel.clock.now(), below, forecast)
            drawn = with_running(drawn, await self._easel.running(goal))
        except NotFoundError:
            await self._keep(replace(card, shown=card.wanted))
            return True
        except Exception:  # one outgoing message: a view's fault must not stop the other cards
            logger.exception("a card can't be drawn", extra={"goal": goal_id})
            await self._keep(replace(card, shown=card.wanted))
            return True
        wanted = replace(card, wanted=max(card.wanted, goal.revision), shown=goal.revision, fingerprint=_print(drawn))
        if card.message is not None and card.fingerprint == wanted.fingerprint:
            await self._keep(wanted)
            return True
        await self._office.wait_turn(card.chat, reserve=RESERVE)
        newest = await self._easel.conversations.card(goal_id)
        if newest is None or newest.message != card.message:
            return True  # asked for anew meanwhile: the buttons under the old one have gone, and must not come back
        self._edited_at[card.chat] = self._easel.real.now().timestamp()
        topic = card.facts.get("thread", goal.thread if goal.chat == card.chat else None)
        placed = in_topic(drawn, topic if isinstance(topic, int) else None)
        return await self._show(card, wanted, replace(placed, chat=card.chat, goal=goal_id))

    async def _forecast(self, goal: Goal) -> Forecast | None:
        try:
            return await self._easel.forecast(goal)
        except Exception:  # one outgoing message: a card without its forecast is better than none
            logger.exception("a card goes without its forecast", extra={"goal": goal.id})
            return None

    async def _show(self, card: Card, wanted: Card, drawn: Outgoing) -> bool:
        if card.message is not None:
            receipt = await self._send(_edit(drawn, card.message))
            if receipt.fate is Fate.SENT:
                await self._keep(replace(wanted, message=card.message))
                return True
            if receipt.fate is not Fate.GONE:
                return await self._given_up(wanted, receipt)
            await self._office.wait_turn(card.chat)
        return await self._show_anew(card, wanted, drawn)

    async def _show_anew(self, card: Card, wanted: Card, drawn: Outgoing) -> bool:
        """Send it as a new message, noted before the call as one that is under way."""
        perhaps_there = bool(card.facts.get("sending"))
        await self._easel.conversations.save_card(replace(card, facts={**card.facts, "sending": True}))
        receipt = await self._send(replace(drawn, silent=drawn.silent or perhaps_there))
        if receipt.fate is not Fate.SENT:
            return await self._given_up(wanted, receipt)
        facts = {key: value for key, value in card.facts.items() if key != "sending"}
        await self._keep(replace(wanted, message=receipt.message, facts=facts))
        return True

    async def _send(self, outgoing: Outgoing) -> Receipt:
        """Send or edit; plain when Telegram doesn't take it as it is."""
        receipt = await self._office.send(outgoing)
        if receipt.fate is Fate.ASTRAY and (elsewhere := as_topicless(outgoing)) != outgoing:
            await self._office.wait_turn(outgoing.chat)
            outgoing = elsewhere
            receipt = await self._office.send(outgoing)
        if receipt.fate is not Fate.REFUSED or (plain := as_plain(outgoing)) == outgoing:
            return receipt
        await self._office.wait_turn(plain.chat)
        return await self._office.send(plain)

    async def _given_up(self, wanted: Card, receipt: Receipt) -> bool:
        """Whether a card that could not be shown is done with: refused until its goal changes, or its chat is held."""
        if receipt.fate is Fate.SHUT:
            return True
        if receipt.fate in (Fate.REFUSED, Fate.GONE, Fate.ASTRAY):
            logger.error("a card was refused: %s", receipt.reason, extra={"goal": wanted.goal})
            await self._keep(wanted)
            return True
        return False

    async def _keep(self, card: Card) -> None:
        """What is shown must be written down, or a card would be sent twice."""
        await insist(partial(self._easel.conversations.save_card, card), self._easel.real, "a card")

    async def is_quiet(self) -> bool:
        """Whether every card is as it should be; those in held chats don't count."""
        if not self._crew.is_idle or self._news:
            return False
        for card in await self._easel.conversations.cards():
            if await self._office.is_open(card.chat):
                return False
        return self._crew.is_idle


def _print(drawn: Outgoing) -> str:
    return hashlib.sha256(json.dumps(dict(drawn.payload), sort_keys=True).encode()).hexdigest()[:32]


def _edit(drawn: Outgoing, message: int) -> Outgoing:
    return replace(drawn, payload={**as_new(drawn).payload, "edit": message})
