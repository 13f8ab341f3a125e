"""A tiny bot for the tests of the local chat: it speaks the Bot API to the simulator and nothing else."""

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from bot.local.conversation import Conversation
from bot.local.limits import FloodLimits
from bot.local.messages import Person, Upload
from bot.local.simulator import Simulator
from engine.clock import Clock, SystemClock

ANNA = Person(id=1, first_name="Anna")
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


class SteppedClock:
    """A clock that stands still until someone sleeps on it: a sleep moves it on at once."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> dt.datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self._now += dt.timedelta(seconds=seconds)


class EchoBot:
    """Repeats what it hears, and shows off what a chat can: see `ANSWERS`."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.busy = False
        self.stuck = False
        self.heard: list[dict[str, object]] = []

    async def run(self) -> None:
        offset = 0
        while True:
            updates = await self.simulator.call("getUpdates", {"offset": offset, "timeout": 50})
            assert isinstance(updates, list)
            for update in updates:
                assert isinstance(update, dict)
                self.busy = True
                offset = int(str(update["update_id"])) + 1
                self.heard.append(update)
                await self.answer(update)
            await self.simulator.call("getUpdates", {"offset": offset})
            self.busy = False

    async def is_quiet(self) -> bool:
        return not self.busy and not self.stuck

    async def answer(self, update: dict[str, object]) -> None:
        if "callback_query" in update:
            await self.answer_press(json.loads(json.dumps(update["callback_query"])))
        elif "message" in update:
            await self.answer_message(json.loads(json.dumps(update["message"])))

    async def answer_press(self, press: dict[str, object]) -> None:
        message = press["message"]
        assert isinstance(message, dict)
        where = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        data = str(press["data"])
        answer = {"callback_query_id": str(press["id"])}
        if data == "alert":
            await self.simulator.call("answerCallbackQuery", answer | {"text": "Careful!", "show_alert": True})
            return
        if data == "gone":
            await self.simulator.call("answerCallbackQuery", answer)
            await self.simulator.call("deleteMessage", where)
            return
        await self.simulator.call("answerCallbackQuery", answer | {"text": f"Got {data}"})
        await self.simulator.call("editMessageText", where | {"text": f"You chose {data}."})

    async def answer_message(self, message: dict[str, object]) -> None:
        chat = message["chat"]
        assert isinstance(chat, dict)
        text = str(message.get("text", ""))
        word, _, rest = text.partition(" ")
        to = {"chat_id": chat["id"]}
        if word == "buttons":
            keys = [[button.strip() for button in row.split(",")] for row in rest.split("|")]
            rows = [[inline_button(key) for key in row] for row in keys]
            await self.simulator.call(
                "sendMessage", to | {"text": "Choose:", "reply_markup": {"inline_keyboard": rows}}
            )
        elif word == "keyboard":
            markup = {"keyboard": [[{"text": label} for label in rest.split(",")]]}
            await self.simulator.call("sendMessage", to | {"text": "Keys:", "reply_markup": markup})
        elif word == "bold":
            await self.simulator.call("sendMessage", to | {"text": rest, "parse_mode": "HTML"})
        elif word == "typing":
            await self.simulator.call("sendChatAction", to | {"action": "typing"})
        elif word == "sendfile":
            upload = Upload(name="plan.txt", content=b"one\ntwo\n")
            await self.simulator.call("sendDocument", to | {"document": "attach://f", "caption": rest}, {"f": upload})
        elif word == "count":
            sent = await self.simulator.call("sendMessage", to | {"text": "0"})
            assert isinstance(sent, dict)
            for number in range(1, 4):
                edit = to | {"message_id": sent["message_id"], "text": str(number)}
                await self.simulator.call("editMessageText", edit)
        elif text == "silence":
            return
        else:
            said = text or f"a file, {message.get('caption', 'no caption')}"
            reply = message.get("reply_to_message")
            about = f" (about «{reply['text']}»)" if isinstance(reply, dict) else ""
            await self.simulator.call("sendMessage", to | {"text": f"You said: {said}{about}"})


def inline_button(label: str) -> dict[str, object]:
    """«Site=https://…» is a link, «Copy:words» copies, anything else sends its label back."""
    if "=" in label:
        text, _, url = label.partition("=")
        return {"text": text, "url": url}
    if ":" in label:
        text, _, words = label.partition(":")
        return {"text": text, "copy_text": {"text": words}}
    return {"text": label, "callback_data": label}


@contextlib.asynccontextmanager
async def talking(
    *, clock: Clock | None = None, journal: Path | None = None, speed: float = 1.0
) -> AsyncIterator[tuple[Conversation, EchoBot]]:
    """A conversation with an echo bot that runs as long as the block."""
    steps = clock or SteppedClock()
    simulator = Simulator(token="1:ECHO", clock=steps, journal=journal, flood=FloodLimits.off())
    bot = EchoBot(simulator)
    is_quiet: Callable[[], Awaitable[bool]] = bot.is_quiet
    conversation = Conversation(
        simulator=simulator,
        person=ANNA,
        clock=steps,
        real=SteppedClock() if clock is None else SystemClock(),
        is_quiet=is_quiet,
        speed=speed,
    )
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(bot.run())
            yield conversation, bot
            task.cancel()
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None  # the test's own failure, readable
    finally:
        simulator.close()
