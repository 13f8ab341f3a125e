"""`milepost chat`: the very same bot as on Telegram, over a simulated Telegram in the same process.

On a terminal it opens the screen; otherwise it plays a script. Both stop the bot in order when they end.
"""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot import log
from bot.app import open_app
from bot.inbox import CannotGoOn
from bot.lanes import LaneLimits
from bot.local.conversation import Conversation
from bot.local.journal import JournalDamagedError, last_moment
from bot.local.limits import FloodLimits
from bot.local.messages import Person
from bot.local.script.player import Script, read_lines
from bot.local.script.signs import spell
from bot.local.session import SimulatorSession
from bot.local.simulator import Simulator
from bot.local.typed_ahead import has_screen
from bot.running import Wiring
from bot.settings import Settings
from engine.clock import SystemClock
from engine.errors import StoreError
from engine.values import UserId
from storage.process_lock import ProcessLock, refusal

logger = logging.getLogger(__name__)

TOKEN = "1:LOCAL"  # noqa: S105 - of the simulated bot; opens nothing
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Front = Callable[[Conversation], Coroutine[None, None, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """What the command line asks for; `speed` is how many times faster the bot's clock runs."""

    settings: Settings
    user_id: int = 1
    speed: float = 1.0
    flood_control: bool = True
    """Whether only so many messages a second go, as on Telegram. Nobody reads along with a script."""


def main(options: ChatOptions) -> int:
    """Talk until the person or the script is done; the exit code."""
    on_screen = has_screen()
    try:
        with _logging(options.settings, on_screen=on_screen):
            return asyncio.run(
                talk(replace(options, flood_control=on_screen), show_screen if on_screen else play_script)
            )
    except (StoreError, JournalDamagedError, OSError) as error:
        return _failed(error)
    except ExceptionGroup as errors:
        return max(_failed(error) for error in _leaves(errors))


def _failed(error: Exception) -> int:
    """Tell why the chat ended, in one line; a fault of the program goes to the log with its trace."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        sys.stderr.write("milepost: the disk is full; nothing that was kept is lost, make room and start again\n")
    elif isinstance(error, OSError) and error.filename:
        sys.stderr.write(f"milepost: {refusal(error, Path(error.filename))}\n")
    elif isinstance(error, StoreError | JournalDamagedError | CannotGoOn | OSError):
        sys.stderr.write(f"milepost: {error}\n")
    else:
        logger.error("the local chat failed", exc_info=error)
        sys.stderr.write(f"milepost: a fault of the program: {type(error).__name__}: {error}\n")
    return 1


def _leaves(errors: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for error in errors.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


@contextlib.contextmanager
def _logging(settings: Settings, *, on_screen: bool) -> Iterator[None]:
    """The log on stderr, or beside the database while the screen is on; only warnings unless a level was chosen."""
    level = settings.log_level if "log_level" in settings.model_fields_set else "WARNING"
    json_lines = settings.log_format == "json"
    if not on_screen:
        log.set_up(level, json_lines=json_lines, secret=settings.secrets)
        yield
        return
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    with _beside(settings.database, "-chat.log").open("a", encoding="utf-8") as file:
        log.set_up(level, json_lines=json_lines, secret=settings.secrets, stream=file)
        try:
            yield
        finally:
            log.set_up(level, json_lines=json_lines, secret=settings.secrets)


def _beside(database: Path, ending: str) -> Path:
    return database.with_name(database.name + ending)


async def talk(options: ChatOptions, front: Front) -> int:
    """Start the bot, let `front` talk with it, stop it in order; the exit code of `front`."""
    journal = _beside(options.settings.database, "-chat")
    with contextlib.ExitStack() as stack:
        stack.callback(_held(_beside(journal, ".lock")).release)
        clock = _clock(journal, options.speed)
        flood = FloodLimits() if options.flood_control else FloodLimits.off()
        simulator = Simulator(token=TOKEN, clock=clock, journal=journal, flood=flood, fresh_ids=True)
        stack.callback(simulator.close)
        wiring = Wiring(
            token=TOKEN,
            clock=clock,
            session=SimulatorSession(simulator),
            owner_ids=(UserId(options.user_id),),
            zone=options.settings.timezone,
            limits=LaneLimits() if options.flood_control else LaneLimits.off(),
        )
        async with open_app(options.settings, wiring) as app:
            conversation = Conversation(
                simulator=simulator,
                person=Person(id=options.user_id, first_name="You", username="you"),
                clock=clock,
                real=SystemClock(),
                is_quiet=app.is_quiet,
                speed=options.speed,
            )
            return await _beside_bot(app.run, app.stop, lambda: front(conversation))


def _held(path: Path) -> ProcessLock:
    """The lock on the journal, taken: a second chat on it would lose what the first one notes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = ProcessLock(path)
    lock.take()
    return lock


def _clock(journal: Path, speed: float) -> SystemClock:
    """Wall time, unless time runs faster, or did and is ahead: it must not run backwards."""
    wall, last = SystemClock().now(), last_moment(journal)
    if speed == 1 and (last is None or last <= wall):
        return SystemClock()
    return SystemClock(speed=speed, epoch=max(wall, last) if last is not None else wall)


async def _beside_bot(
    run: Callable[[], Awaitable[None]],
    stop: Callable[[], Awaitable[None]],
    front: Callable[[], Coroutine[None, None, int]],
) -> int:
    """Run the bot while the person's side lasts, then stop it in order. A bot that fails ends the person's side."""
    stopping = False

    async def run_guarded() -> None:
        await run()
        if not stopping:
            raise RuntimeError("the bot stopped by itself")

    async with asyncio.TaskGroup() as group:
        group.create_task(run_guarded(), name="bot")
        try:
            return await _until_signal(front)
        finally:
            stopping = True
            await stop()


async def _until_signal(front: Callable[[], Coroutine[None, None, int]]) -> int:
    """The person's side; a signal ends it in peace, a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        person = group.create_task(front(), name="person")
        for number in _ENDING:
            loop.add_signal_handler(number, person.cancel)
        person.add_done_callback(lambda _: [loop.remove_signal_handler(number) for number in _ENDING])
    return 0 if person.cancelled() else person.result()


async def show_screen(conversation: Conversation) -> int:
    """The chat on the terminal; the exit code."""
    from bot.local.screen.app import LocalChat  # noqa: PLC0415 - a script needs no Textual, and starts sooner

    app = LocalChat(conversation)
    try:
        return await app.run_async() or app.return_code or 0
    except asyncio.CancelledError:
        app.exit()
        raise


async def play_script(conversation: Conversation) -> int:
    """The script on standard input, its transcript on standard output; the exit code."""
    try:
        return await Script(conversation, _print).run(read_lines(sys.stdin.buffer))
    except BrokenPipeError:  # nobody reads on, such as after `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _print(block: str) -> None:
    sys.stdout.write(spell(block, sys.stdout.encoding) + "\n")
    sys.stdout.flush()
