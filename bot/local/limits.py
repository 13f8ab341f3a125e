"""Telegram's flood control: how fast a bot may write, and how it is made to wait. Seconds of real time."""

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodLimits:
    """How much is let through; see telegram-facts: 1 message/s a chat with bursts, 30/s a bot, 20/min a group.

    Edits count as messages. A message during an imposed wait makes the wait `growth` times longer.
    """

    enabled: bool = True
    chat_per_second: float = 1.0
    chat_burst: int = 5
    bot_per_second: float = 30.0
    bot_burst: int = 30
    group_per_minute: int = 20
    first_wait: int = 3  # seconds
    growth: float = 1.5
    longest_wait: int = 300  # seconds

    @classmethod
    def off(cls) -> "FloodLimits":
        """No flood control at all."""
        return cls(enabled=False)


@dataclass(slots=True)
class _Bucket:
    """A token bucket: `level` drops go in, `rate` a second run out."""

    rate: float
    size: int
    level: float = 0.0
    seen: float = -math.inf

    def settle(self, now: float) -> None:
        """Let run out what has run out by `now`."""
        passed = max(0.0, now - self.seen)
        self.level = max(0.0, self.level - passed * self.rate) if passed < math.inf else 0.0
        self.seen = now

    @property
    def is_full(self) -> bool:
        """Whether one more would spill."""
        return self.level + 1 > self.size + 1e-9


@dataclass(slots=True)
class _Lane:
    """One chat's, or the whole bot's, account with flood control."""

    bucket: _Bucket
    sent: deque[float] = field(default_factory=deque)  # of a group: moments in the last minute
    wait: float = 0.0
    until: float = -math.inf


class FloodControl:
    """Counts what is written and says how long to wait. Not journaled: a restart begins anew."""

    def __init__(self, limits: FloodLimits) -> None:
        self.limits = limits
        self._bot = self._lane(limits.bot_per_second, limits.bot_burst)
        self._chats: dict[int, _Lane] = {}

    @staticmethod
    def _lane(rate: float, burst: int) -> _Lane:
        return _Lane(bucket=_Bucket(rate=rate, size=burst))

    def set_limits(self, limits: FloodLimits) -> None:
        """Other limits from now on; what was counted is forgotten."""
        self.limits = limits
        self._bot = self._lane(limits.bot_per_second, limits.bot_burst)
        self._chats.clear()

    def admit(self, chat_id: int, now: float, *, is_group: bool) -> int | None:
        """Count one message or edit; None when it may go, otherwise the seconds to wait (nothing counted)."""
        if not self.limits.enabled:
            return None
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = self._lane(self.limits.chat_per_second, self.limits.chat_burst)
            self._chats[chat_id] = chat
        for lane in (chat, self._bot):
            lane.bucket.settle(now)
            refused = self._held(lane, now) or self._over(lane, now, is_group and lane is chat)
            if refused:
                return refused
        for lane in (chat, self._bot):
            lane.bucket.level += 1
            if lane.bucket.level <= 1:
                lane.wait = 0.0  # it has been quiet: the past is forgiven
        if is_group:
            chat.sent.append(now)
        return None

    def _held(self, lane: _Lane, now: float) -> int:
        """Seconds still to wait for one who was told to wait and did not; 0 when the wait is over."""
        if now >= lane.until:
            return 0
        return self._impose(lane, now, lane.until - now)

    def _over(self, lane: _Lane, now: float, is_group: bool) -> int:
        """Seconds to wait when one more is too much; 0 when it is not."""
        if is_group:
            while lane.sent and lane.sent[0] <= now - 60:
                lane.sent.popleft()
            if len(lane.sent) >= self.limits.group_per_minute:
                return self._impose(lane, now, lane.sent[0] + 60 - now)
        return self._impose(lane, now, 0.0) if lane.bucket.is_full else 0

    def _impose(self, lane: _Lane, now: float, at_least: float) -> int:
        grown = lane.wait * self.limits.growth if lane.wait else float(self.limits.first_wait)
        lane.wait = min(float(self.limits.longest_wait), max(grown, at_least))
        lane.until = now + math.ceil(lane.wait)
        return math.ceil(lane.wait)
