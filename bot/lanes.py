"""How fast Telegram lets a bot write: one lane a chat and one for the whole bot, in real time.

Telegram allows about 30 messages/s a bot, 1/s a chat with short bursts and 20/min a group, edits included. We stay
a little below, because calls bunch up on the way; who is told to wait and writes all the same waits longer.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from engine.clock import Clock
from engine.values import ChatId

_WINDOW = 61.0  # seconds: the minute of a group, and one for calls that bunch up on the way
_MARGIN = 0.5  # seconds on top of what Telegram asks: its seconds are whole, and ours are not in step
_TOGETHER = 2.0  # seconds within which a second chat's refusal means that the whole bot is too fast
_GRAIN = 0.001  # seconds that are not worth a sleep, and that a clock might not even tell apart
_FORGET = 4096  # lanes kept before those at rest are forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLimits:
    """Messages and edits that may go: a rate, and how many at once after a rest."""

    bot_per_second: float = 25.0
    bot_burst: float = 20.0
    chat_per_second: float = 1.0
    chat_burst: float = 3.0
    group_per_minute: int = 18
    card_gap: float = 2.0
    """Seconds between two edits of cards in a private chat."""
    group_card_gap: float = 4.0

    @classmethod
    def off(cls) -> "LaneLimits":
        """No limits, for a Telegram that has none."""
        free = math.inf
        return cls(
            bot_per_second=1e9,
            bot_burst=free,
            chat_per_second=1e9,
            chat_burst=free,
            group_per_minute=2**31,
            card_gap=0.0,
            group_card_gap=0.0,
        )


@dataclass(slots=True)
class _Lane:
    """Tokens drip in at `rate` up to `burst`; each message takes one. Moments are seconds of real time."""

    rate: float
    burst: float
    tokens: float
    seen: float
    closed_until: float = -math.inf
    refused_at: float = -math.inf
    sent: deque[float] = field(default_factory=deque)  # of a group: the last minute's moments

    def settle(self, now: float) -> None:
        if now > self.seen:
            self.tokens = min(self.burst, self.tokens + (now - self.seen) * self.rate)
            self.seen = now

    def delay(self, now: float, tokens: float) -> float:
        """Seconds until so many tokens are there and the lane is open."""
        self.settle(now)
        missing = min(tokens, self.burst) - self.tokens
        return max(self.closed_until - now, missing / self.rate if missing > 1e-9 else 0.0, 0.0)

    def close(self, now: float, seconds: float) -> None:
        """Nothing may go for so long; then one at a time, for the rest before it is used up."""
        self.refused_at = now
        self.closed_until = max(self.closed_until, now + seconds)
        self.settle(now)
        self.tokens, self.seen = 1.0, self.closed_until


class Lanes:
    """Says how long a chat has to wait, counts what is sent, and closes lanes when Telegram says so."""

    def __init__(self, clock: Clock, limits: LaneLimits = LaneLimits()) -> None:
        self._clock = clock
        self._limits = limits
        now = self._now()
        self._bot = _Lane(rate=limits.bot_per_second, burst=limits.bot_burst, tokens=limits.bot_burst, seen=now)
        self._chats: dict[ChatId, _Lane] = {}

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _lane(self, chat: ChatId, now: float) -> _Lane:
        lane = self._chats.get(chat)
        if lane is None:
            self._forget(now)
            limits = self._limits
            lane = _Lane(rate=limits.chat_per_second, burst=limits.chat_burst, tokens=limits.chat_burst, seen=now)
            self._chats[chat] = lane
        return lane

    def _forget(self, now: float) -> None:
        if len(self._chats) < _FORGET:
            return
        self._chats = {
            chat: lane
            for chat, lane in self._chats.items()
            if lane.closed_until > now or now - lane.seen < _WINDOW or (lane.sent and now - lane.sent[-1] < _WINDOW)
        }

    def delay(self, chat: ChatId, *, reserve: int = 0) -> float:
        """Seconds until the chat may be written to; 0 for now.

        `reserve` messages more must fit afterwards: what can wait, such as a card, leaves room for what rings.
        """
        now = self._now()
        lane = self._lane(chat, now)
        delay = max(lane.delay(now, 1.0 + reserve), self._bot.delay(now, 1.0), self._minute(chat, lane, now, reserve))
        return delay if delay >= _GRAIN else 0.0

    def _minute(self, chat: ChatId, lane: _Lane, now: float, reserve: int) -> float:
        """Seconds until a group's minute has room; 0 for private chats, whose ids are positive."""
        if chat >= 0:
            return 0.0
        while lane.sent and lane.sent[0] <= now - _WINDOW:
            lane.sent.popleft()
        over = len(lane.sent) + reserve - self._limits.group_per_minute
        return lane.sent[over] + _WINDOW - now if 0 <= over < len(lane.sent) else 0.0

    def take(self, chat: ChatId) -> None:
        """Count one message or edit that goes now."""
        now = self._now()
        lane = self._lane(chat, now)
        for one in (lane, self._bot):
            one.settle(now)
            one.tokens -= 1.0
        if chat < 0:
            lane.sent.append(now)

    def close(self, chat: ChatId, seconds: float) -> None:
        """Telegram asked for so many seconds after a message to this chat.

        It does not say whether the chat or the whole bot was too fast; a second chat's refusal at once tells.
        """
        now = self._now()
        others = [one for name, one in self._chats.items() if name != chat and now - one.refused_at <= _TOGETHER]
        self._lane(chat, now).close(now, seconds + _MARGIN)
        if others:
            self._bot.close(now, min(seconds + _MARGIN, *(one.closed_until - now for one in others)))

    def close_all(self, seconds: float) -> None:
        """Nothing goes for so long: Telegram can't be reached."""
        now = self._now()
        self._bot.closed_until = max(self._bot.closed_until, now + seconds)
