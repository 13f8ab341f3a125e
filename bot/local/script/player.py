"""The local chat without a screen: a script comes in line by line, a plain transcript goes out."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import BinaryIO, assert_never

from bot.local.conversation import PATIENCE, Conversation
from bot.local.messages import SimMessage
from bot.local.script.labels import find_button, find_reply_key
from bot.local.script.steps import Nonsense, Press, Remark, Say, SendFile, Step, Wait, read_step
from bot.local.script.transcript import Transcript, said
from bot.local.wording import first_words


class Script:
    """Does one step after the other and waits after each until the bot is quiet.

    `write` gets blocks of the transcript: one or more lines without the last line's end.
    """

    def __init__(self, conversation: Conversation, write: Callable[[str], None]) -> None:
        self._talk = conversation
        self._write = write
        self._chat_id = conversation.person.id
        self._transcript = Transcript(self._chat_id)
        self._failed = False

    async def run(self, lines: AsyncIterator[str]) -> int:
        """Do all steps; the exit code: 0, or 1 when a step could not be done."""
        end_listening = self._talk.simulator.listen(self._transcript.hear)
        try:
            await self._tell_changes()
            async for line in lines:
                step = read_step(line)
                if step is not None:
                    await self._do(step)
        finally:
            end_listening()
        return 1 if self._failed else 0

    async def _do(self, step: Step) -> None:
        match step:
            case Remark(text=text):
                self._write(text)
                return
            case Nonsense(reason=reason):
                self._complain(reason)
                return
            case Say():
                self._say(step)
            case Press(label=label):
                self._press(label)
            case SendFile():
                self._send_file(step)
            case Wait(seconds=seconds):
                self._write(f"(waiting {_told(seconds)})")
                await self._talk.clock.sleep(seconds)
            case _:
                assert_never(step)
        await self._tell_changes()

    def _say(self, step: Say) -> None:
        target = self._newest(step.reply_to) if step.reply_to is not None else None
        if step.reply_to is not None and target is None:
            self._complain(f"no message {step.reply_to} of the bot to reply to")
            return
        self._write(said(f"(to «{first_words(target)}») {step.text}" if target else step.text))
        self._send(step.text, target.id if target else None)

    def _send(self, text: str, reply_to: int | None = None) -> None:
        try:
            self._talk.simulator.say(self._talk.person, text, reply_to=reply_to)
        except ValueError as error:
            self._complain(f"not sent: {error}")

    def _press(self, label: str) -> None:
        self._write(said(f"> {label}"))
        messages = self._messages()
        found = find_button(messages, label)
        if found is None:
            key = find_reply_key(messages, label)
            if key is None:
                self._complain(f"no button «{label}»")
            else:
                self._send(key)
        elif found.button.data is not None:
            self._talk.simulator.press(self._talk.person, self._chat_id, found.message.id, found.button.data)
        elif found.button.url is not None:
            self._write(f"(opens {found.button.url})")
        elif found.button.copy_text is not None:
            self._write(f"(copies «{found.button.copy_text}»)")
        else:
            self._complain(f"the button «{label}» does nothing in this chat")

    def _send_file(self, step: SendFile) -> None:
        self._write(said(f"[{step.path.name}] {step.caption}".rstrip()))
        try:
            content = step.path.read_bytes()
            self._talk.simulator.send_file(
                self._talk.person, step.path.name, content, caption=step.caption, kind=step.kind.value
            )
        except OSError as error:
            self._complain(f"«{step.path}» can't be read: {(error.strerror or 'no reason given').lower()}")
        except ValueError as error:
            self._complain(f"not sent: {error}")

    def _messages(self) -> Sequence[SimMessage]:
        return self._talk.simulator.chat(self._chat_id)

    def _newest(self, number: int) -> SimMessage | None:
        """The bot's newest message (1), the one before it (2) and so on; None when there are not so many."""
        own = [message for message in self._messages() if message.from_bot and not message.service]
        return own[-number] if number <= len(own) else None

    def _complain(self, reason: str) -> None:
        self._failed = True
        self._write(f"({reason})")

    async def _tell_changes(self) -> None:
        quiet = await self._talk.settle()
        for block in self._transcript.take():
            self._write(block)
        if not quiet:
            self._write(f"(the bot is still busy after {PATIENCE.total_seconds():.0f} seconds)")


_UNITS = ((604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"))


def _told(seconds: float) -> str:
    """A duration in the largest unit that measures it in whole numbers: «1 week», «90 minutes», «0.5 seconds»."""
    for length, name in _UNITS:
        if seconds >= length and seconds % length == 0:
            count = int(seconds / length)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"


def _unlocked(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream, as they come; each ends with its line feed, the last perhaps without."""
    raw = getattr(stream, "raw", stream)
    rest = b""
    while chunk := raw.read(65_536):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest


async def read_lines(stream: BinaryIO) -> AsyncIterator[str]:
    """The lines of a byte stream as they come, as UTF-8, wrong bytes shown as such.

    A daemon thread reads, because neither a file nor a terminal can be waited for everywhere, and because a read
    that never ends must not hold up the exit. Of a file it reads below the buffer: the buffer's lock, held by a thread
    that the end of the process surprises, would abort it.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()  # None: the end

    def pump() -> None:
        try:
            for line in _unlocked(stream):
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, None)
        except (OSError, RuntimeError, ValueError):
            return  # the loop or the stream was closed meanwhile: nobody waits for more

    threading.Thread(target=pump, name="script", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line.decode("utf-8", "replace").rstrip("\r\n")
