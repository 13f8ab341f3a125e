"""A person at the keyboard of the local chat, for the tests of the screen."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from bot.local.conversation import Conversation
from bot.local.screen.app import LocalChat
from bot.local.screen.bubble import Bubble, MessageView
from bot.local.screen.composer import Field
from tests.bot.local.echo_bot import EchoBot, talking


class Terminal:
    """A person at the keyboard of the local chat."""

    def __init__(self, app: LocalChat, pilot: Pilot[int], talk: Conversation, bot: EchoBot) -> None:
        self.app = app
        self.pilot = pilot
        self.talk = talk
        self.bot = bot

    async def calm(self) -> None:
        await self.talk.settle()
        await self.pilot.pause()
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """For what Textual does a moment later."""
        async with asyncio.timeout(10):
            while not condition():
                await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.calm()

    async def send(self, text: str) -> None:
        self.field.insert(text)
        await self.press("enter")

    async def bot_does(self, method: str, **params: object) -> None:
        await self.talk.simulator.call(method, {"chat_id": 1, **params})
        await self.calm()

    @property
    def field(self) -> Field:
        return self.app.query_one(Field)

    @property
    def views(self) -> list[MessageView]:
        return list(self.app.query(MessageView))

    def bubbles(self) -> list[str]:
        return [str(bubble.content).replace("\n", " ") for bubble in self.app.query(Bubble)]

    def toasts(self) -> list[str]:
        return [note.message for note in self.app._notifications]

    @property
    def head(self) -> str:
        return str(self.app.query_one("#head .state", Static).content)


@contextlib.asynccontextmanager
async def terminal(
    *, size: tuple[int, int] = (100, 40), journal: Path | None = None, speed: float = 1.0, before: tuple[str, ...] = ()
) -> AsyncIterator[Terminal]:
    async with talking(journal=journal, speed=speed) as (talk, bot):
        for text in before:
            talk.simulator.say(talk.person, text)
            await talk.settle()
        app = LocalChat(talk)
        async with app.run_test(size=size) as pilot:
            screen = Terminal(app, pilot, talk, bot)
            await screen.calm()
            yield screen
