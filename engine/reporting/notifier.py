"""Lets a program send words of its own to the people who own the bot."""

import logging
from collections.abc import Callable, Sequence

from engine.clock import Clock
from engine.errors import InvalidInputError
from engine.intake import checked_text
from engine.ports import Conversations, Outbox
from engine.reporting.notices import Notice, NoticeKind
from engine.values import Cause, GoalId

logger = logging.getLogger(__name__)

PRIORITIES = ("debug", "info", "warning", "critical")


class Notifier:
    """Queues messages durably; the bot that opens this database delivers them."""

    def __init__(self, outbox: Outbox, conversations: Conversations, clock: Clock) -> None:
        self._outbox = outbox
        self._conversations = conversations
        self._clock = clock
        self.on_queued: Callable[[], None] = lambda: None
        """Called when there is something to be delivered that no commit of a goal tells of."""

    async def send_message(self, text: str, priority: str = "info") -> int:
        """Send `text` to every chat that an owner has with the bot; returns to how many.

        `priority` is debug or info (silent), warning or critical (rings). Raises `InvalidInputError`.
        """
        if priority not in PRIORITIES:
            raise InvalidInputError("priority", f"{priority!r} is none", f"use one of {', '.join(PRIORITIES)}")
        said = checked_text("text", text)
        if not said:
            raise InvalidInputError("text", "it is empty", "say something")
        chats = [one for one in await self._conversations.chats() if one.owner is not None]  # no refused strangers
        notices = [
            Notice(
                kind=NoticeKind.MESSAGE,
                chat=chat.chat,
                facts={"text": said, "priority": priority},
                silent=priority in ("debug", "info"),
            )
            for chat in chats
        ]
        await self.send(notices)
        if not notices:
            logger.info("no chat is known yet, so this went nowhere: %s", said)
        return len(notices)

    async def send(self, notices: Sequence[Notice]) -> None:
        """Queue notices that no change of a goal caused."""
        if notices:
            await self._outbox.put(notices, self._clock.now())
            self.on_queued()

    async def send_once(self, notice: Notice, goal: GoalId, cause: Cause) -> None:
        """Queue a notice about a goal; one that the same cause was behind before is told already."""
        await self._outbox.put([notice], self._clock.now(), (cause, goal))
        self.on_queued()
