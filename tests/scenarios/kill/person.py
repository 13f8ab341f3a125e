"""A person at the simulated Telegram: waits for what the bot shows, and does each thing once."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from bot.local.events import CallbackAnswered, MessageSent, SimEvent
from bot.local.messages import Person, SimButton, SimMessage
from bot.local.simulator import Simulator

T = TypeVar("T")
ANN = Person(id=7, first_name="Ann", username="ann")


class Talker:
    """Someone who talks with the bot. `toasts` are the answers to their presses, `came` the bot's messages as they were
    before any edit."""

    def __init__(self, simulator: Simulator, who: Person = ANN) -> None:
        self.simulator = simulator
        self.who = who
        self.toasts: list[str] = []
        self.came: list[str] = []
        self._changed = asyncio.Event()

    @contextmanager
    def watching(self) -> Iterator["Talker"]:
        """Within it, waiting works."""
        end = self.simulator.listen(self._hear)
        try:
            yield self
        finally:
            end()

    def _hear(self, event: SimEvent) -> None:
        if isinstance(event, CallbackAnswered) and event.person.id == self.who.id:
            self.toasts.append(event.text)
        if isinstance(event, MessageSent) and event.message.chat_id == self.who.id:
            self.came.append(event.message.text)
        self._changed.set()

    async def until(self, find: Callable[[], T | None]) -> T:
        """What `find` finds, as soon as it does; it is asked again whenever something happened in a chat."""
        while (found := find()) is None:
            self._changed.clear()
            await self._changed.wait()
        return found

    def messages(self) -> Sequence[SimMessage]:
        """All of the chat."""
        return self.simulator.chat(self.who.id)

    def texts(self) -> list[str]:
        """What the bot wrote."""
        return [message.text for message in self.messages() if message.from_bot]

    def say(self, text: str) -> None:
        """Write to the bot."""
        self.simulator.say(self.who, text)

    def find(self, *words: str, after: int = 0) -> SimMessage | None:
        """The bot's newest message with all these words in it, newer than message `after`; None when there is none."""
        for message in reversed(self.messages()):
            if message.from_bot and message.id > after and all(one in message.text for one in words):
                return message
        return None

    async def sees(self, *words: str, after: int = 0) -> SimMessage:
        """Wait for a message with all these words in it."""
        return await self.until(lambda: self.find(*words, after=after))

    def button(self, words: str, label: str, after: int = 0) -> tuple[SimMessage, SimButton] | None:
        """The newest message with these words and a button of this label; None when there is none."""
        for message in reversed(self.messages()):
            if not message.from_bot or message.id <= after or words not in message.text:
                continue
            for one in (one for row in message.buttons for one in row):
                if one.text == label:
                    return message, one
        return None

    async def press(self, words: str, label: str, after: int = 0) -> SimMessage:
        """Wait for a button of this label under a message with these words, and press it; the message."""
        message, button = await self.until(lambda: self.button(words, label, after))
        self.tap(message, button.data or "")
        return message

    def tap(self, message: SimMessage, data: str) -> None:
        """Press a button that carries this."""
        self.simulator.press(self.who, message.chat_id, message.id, data)
