"""The queue of updates that wait for the bot, and the long poll that hands them out."""

import asyncio
from dataclasses import dataclass

from bot.local.messages import JsonObject
from bot.local.refusals import Refusal, other_poller

DAY = 24 * 3600.0
TAP_LIFE = 150.0  # seconds that a press waits to be fetched
UNWANTED_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An update that the bot has not confirmed: its id, kind, whole body, and when it came in real seconds."""

    update_id: int
    kind: str
    body: JsonObject
    arrived: float

    def is_dead(self, now: float) -> bool:
        """Whether Telegram has dropped it by `now`."""
        return now - self.arrived > (TAP_LIFE if self.kind == "callback_query" else DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What a getUpdates asks for; `timeout` in seconds."""

    offset: int = 0
    limit: int = 100
    timeout: float = 0.0


class UpdateQueue:
    """Updates in order; the newest poller wins."""

    def __init__(self) -> None:
        self.waiting: list[Waiting] = []
        self.allowed: tuple[str, ...] = ()  # empty: all but the unwanted by default
        self._turn = 0
        self._ended_by: Refusal = other_poller()
        self._wake = asyncio.Event()

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for this kind of update."""
        return kind in self.allowed if self.allowed else kind not in UNWANTED_BY_DEFAULT

    def add(self, update: Waiting) -> None:
        """Put an update at the end and wake the poller."""
        self.waiting.append(update)
        self.wake()

    def wake(self) -> None:
        """Let the poller look again."""
        self._wake.set()
        self._wake = asyncio.Event()

    def end_poll(self, why: Refusal) -> None:
        """Refuse the poller that waits, if one does."""
        self._turn += 1
        self._ended_by = why
        self.wake()

    def drop_dead(self, now: float) -> None:
        """Forget what is too old."""
        self.waiting = [update for update in self.waiting if not update.is_dead(now)]

    def pending(self) -> int:
        """How many wait."""
        return len(self.waiting)

    def confirm(self, offset: int) -> int | None:
        """Forget what lies before `offset` (negative: before the last so many); the first kept id, None: no change."""
        if offset < 0:
            offset = self.waiting[max(0, len(self.waiting) + offset)].update_id if self.waiting else 0
        kept = [update for update in self.waiting if update.update_id >= offset]
        if len(kept) == len(self.waiting):
            return None
        self.waiting = kept
        return offset

    def begin(self) -> int:
        """A new poller: the older one is refused; returns its turn."""
        self.end_poll(other_poller())
        return self._turn

    async def fetch(self, poll: Poll, turn: int) -> list[JsonObject]:
        """Up to `limit` updates, after at most `timeout` real seconds; raises `Refusal` when another poller came."""
        try:
            async with asyncio.timeout(poll.timeout or None):
                while not self.waiting and poll.timeout and turn == self._turn:
                    await self._wake.wait()
        except TimeoutError:
            pass
        if turn != self._turn:
            raise self._ended_by
        return [update.body for update in self.waiting[: poll.limit]]
