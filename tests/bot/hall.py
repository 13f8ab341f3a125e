"""A poller and a worker with handlers of the test's own, for the tests of who comes in and what becomes of it."""

import random
from collections.abc import Callable
from typing import Any

from bot.access import Access
from bot.inbox import InboxWorker, Intake, Poller, Reception
from engine.records import Outgoing
from engine.values import ChatId, UserId
from handlers.desk import Desk

WANTED = ("message", "callback_query", "my_chat_member")


def apology(chat: ChatId, error: Exception, update: int) -> Outgoing:
    return Outgoing(chat=chat, payload={"text": f"sorry, number {update}"})


def text_of(raw: dict[str, Any]) -> str:
    return str(raw["message"]["text"])


def poller_of(stage: Any, arrived: Callable[[], None] = lambda: None) -> Poller:
    intake = Intake(bot=stage.bot, inbox=stage.database.inbox, wanted=WANTED, real=stage.real, dice=random.Random(1))
    return Poller(intake, arrived)


class Hall:
    """A worker with handlers of the test's own."""

    def __init__(self, stage: Any, *owners: int) -> None:
        self.stage = stage
        self.fed: list[str] = []
        self.desks: list[Desk] = []
        self.toasts: list[str] = []
        self.access = Access(stage.database.conversations, stage.clock, [UserId(owner) for owner in owners])
        self.worker = InboxWorker(self.reception(), lambda: None)

    def reception(self) -> Reception:
        return Reception(
            inbox=self.stage.database.inbox,
            conversations=self.stage.database.conversations,
            access=self.access,
            office=self.stage.office,
            feed=self.feed,
            apologise=apology,
            toast=self.toast,
            clock=self.stage.clock,
            real=self.stage.real,
            zone="Europe/Berlin",
        )

    async def feed(self, raw: dict[str, Any], desk: Desk) -> object:
        self.fed.append(text_of(raw))
        self.desks.append(desk)
        return await self.handle(text_of(raw), desk)

    async def handle(self, text: str, desk: Desk) -> object:
        return desk.keep(Outgoing(chat=desk.here, payload={"text": f"heard {text}"}))

    async def toast(self, query: str, words: str) -> None:
        self.toasts.append(words)

    async def take_in(self) -> None:
        """Poll once and handle all that has come."""
        await poller_of(self.stage).poll()
        async with self.stage.running(self.worker.run):
            await self.stage.until(self.worker.is_quiet)

    async def replies(self) -> list[str]:
        return [row.outgoing.payload["text"] for row in await self.stage.database.outbox.queued(100)]
