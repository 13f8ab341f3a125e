"""Who may use the bot: the owners from the settings, and the one who paired with the code of the first start.

Anyone can find a bot. Others get one polite refusal, kept in their chat's settings, and silence from then on; in
groups only owners' messages count. Who was an owner and is none any more hears nothing: their goals stay, and what
there is to tell waits in case they come back.
"""

import asyncio
import hmac
import logging
import secrets
import sys
from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from bot.visitors import Visitor
from engine.clock import Clock
from engine.ports import Conversations
from engine.records import ChatSettings, Handled, Outgoing
from engine.values import ChatId, UserId

logger = logging.getLogger(__name__)

# Without signs that look like others. Eight of them are 39 bits, far beyond what the tries allow.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH = 8
_SLIPS = 2
TRIES = 5
"""Wrong codes that one person may send."""
ALL_TRIES = 50
"""Wrong codes from all people together; then a new code is made, and printed."""

REFUSAL = "This bot works for its owner alone, so I can't help you here. Have a good day!"
NO_OWNER_YET = (
    "Hello! This bot has no owner yet. If it is yours, send me the pairing code that was printed when it was started."
)
WRONG_CODE = "That is not the code. It was printed when the bot was started."
TOO_MANY_TRIES = "That was not the code either, and too many tries. I won't look at further ones."
PAIRED = "You are paired: this bot is yours now, and answers nobody else."


class Entry(StrEnum):
    """How a visitor is met."""

    OWNER = "owner"
    PAIRED = "paired"
    """An owner from this message on."""
    REFUSED = "refused"
    """Told so, politely."""
    IGNORED = "ignored"
    """Told before, or not alone with the bot."""


class Access:
    """Decides about each visitor. `fixed` are the owners that the settings name."""

    def __init__(self, conversations: Conversations, clock: Clock, fixed: Collection[UserId]) -> None:
        self._conversations = conversations
        self._clock = clock
        self._owners = set(fixed)
        self._code: str | None = None  # None when there is nothing to pair with
        self._wrong: dict[UserId, int] = {}
        self._hopeful: set[UserId] = set()  # who was told last that the bot has no owner
        self._wrong_in_all = 0
        self._turn = asyncio.Lock()

    async def open(self) -> str | None:
        """Read who owns the bot; the pairing code when nobody does, None otherwise. Codes survive a restart."""
        self._owners |= set(await self._conversations.owners())
        self._code = await self._conversations.pairing()
        if self._owners:
            return None
        if self._code is None:
            await self._renew()
        return self._code

    async def _renew(self) -> None:
        self._code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        await self._conversations.set_pairing(self._code)

    def is_owner(self, user: UserId) -> bool:
        """Whether this person may use the bot."""
        return user in self._owners

    async def serves(self, settings: ChatSettings) -> bool:
        """Whether a chat may be written to: not when nobody who belongs there may use the bot any more.

        A chat of nobody's is a stranger's, who gets one refusal.
        """
        if settings.owner is None or settings.owner in self._owners:
            return True
        return not self._owners.isdisjoint(await self._conversations.goal_owners(settings.chat))

    async def admit(self, visitor: Visitor) -> Entry:
        """How to meet a visitor. Of two who send the code at once, one becomes the owner."""
        if visitor.user is None:
            return Entry.IGNORED
        async with self._turn:
            if self._code is not None and visitor.is_private and await self._pairs(visitor, visitor.user):
                return Entry.PAIRED
        if visitor.user in self._owners:
            return Entry.OWNER
        if not visitor.is_private or visitor.chat is None:
            return Entry.IGNORED
        if self._is_try(visitor):
            return Entry.REFUSED
        if self._owners and visitor.user in self._hopeful:
            return Entry.REFUSED
        known = await self._conversations.settings(visitor.chat)
        return Entry.REFUSED if known is None else Entry.IGNORED

    def welcome(self, settings: ChatSettings | None, fresh: ChatSettings, user: UserId) -> ChatSettings:
        """The settings of an owner's chat: what is stored, unless it only says that a stranger was refused.

        Stored None: the chat never wrote. `fresh` is what a new chat starts with. A group whose owner may not use the
        bot any more passes to the one who writes.
        """
        if settings is None or (settings.owner is None and settings.digest_hour is None):
            return fresh
        return settings if settings.owner in self._owners else replace(settings, owner=user)

    async def _pairs(self, visitor: Visitor, user: UserId) -> bool:
        """Whether this message carries the code and makes its sender the owner (or did, before a crash)."""
        guess = _normal(visitor.text)
        right = hmac.compare_digest(guess.encode(), (self._code or "").encode())
        if right and user in self._owners:
            return True  # handled before and not finished: the answer is still owed
        if self._owners:
            await self.settle()
            return False
        spent = self._wrong.get(user, 0) >= TRIES
        if right and not spent:
            await self._conversations.add_owner(user, self._clock.now())
            self._owners.add(user)
            logger.info("paired with user %s, who owns the bot now", user)
            return True
        if _looks_like_code(guess):
            await self._count_wrong(user)
        return False

    async def _count_wrong(self, user: UserId) -> None:
        self._wrong[user] = self._wrong.get(user, 0) + 1
        if self._wrong[user] > TRIES:
            return
        self._wrong_in_all += 1
        if self._wrong_in_all >= ALL_TRIES:
            self._wrong_in_all = 0
            await self._renew()
            announce(self._code or "")

    def _is_try(self, visitor: Visitor) -> bool:
        """Whether this was a wrong code that deserves an answer."""
        tries = self._wrong.get(visitor.user, 0) if visitor.user is not None else 0
        return not self._owners and 0 < tries <= TRIES and _looks_like_code(_normal(visitor.text))

    async def settle(self) -> None:
        """The pairing has been answered: the code is used up."""
        if self._code is not None:
            await self._conversations.set_pairing(None)
            self._code = None

    async def refusal(self, visitor: Visitor, chat: ChatId, zone: str) -> Handled:
        """What a refused visitor is told; that they were told is kept with it."""
        settings = await self._conversations.settings(chat)
        told = settings or ChatSettings(chat=chat, zone=zone, digest_hour=None)
        reply = Outgoing(chat=chat, payload={"text": self._refusal_words(visitor)})
        return Handled(replies=(reply,), settings=told)

    def _refusal_words(self, visitor: Visitor) -> str:
        assert visitor.user is not None
        if self._owners:
            self._hopeful.discard(visitor.user)
            return REFUSAL
        self._hopeful.add(visitor.user)
        if not self._is_try(visitor):
            return NO_OWNER_YET
        return TOO_MANY_TRIES if self._wrong[visitor.user] >= TRIES else WRONG_CODE


def announce(code: str) -> None:
    """Print the pairing code for whoever started the bot: on stderr, at any log level."""
    shown = f"{code[: _LENGTH // 2]}-{code[_LENGTH // 2 :]}"
    sys.stderr.write(f"milepost: nobody owns this bot yet. Send it this pairing code in Telegram: {shown}\n")
    sys.stderr.flush()


def _normal(text: str) -> str:
    """The code that a message is, or has in it as it was printed: «it is ABCD-EFGH»."""
    words = text.strip()
    if words.lower().startswith("/start"):
        words = words[len("/start") :]
    whole = _signs(words)
    printed = (_signs(word) for word in words.split() if "-" in word)
    return whole if _looks_like_code(whole) else next(filter(_looks_like_code, printed), whole)


def _signs(words: str) -> str:
    return "".join(sign for sign in words.upper() if sign.isalnum())[:64]


def _looks_like_code(guess: str) -> bool:
    """Whether it was meant as a code: with signs that no code has, or some too many or too few, it was mistyped."""
    if len(guess) == _LENGTH and all(sign in _ALPHABET for sign in guess):
        return True
    return abs(len(guess) - _LENGTH) <= _SLIPS and any(sign.isdecimal() for sign in guess)
