"""A bot process that measures itself: started by `benchmarks.processes`, it prints one JSON object.

    python -m benchmarks.bot_probe DATABASE START

START is the monotonic moment at which the process was started. The whole bot is opened as for Telegram, with the
simulator of the local chat in Telegram's place; its owner asks for the list of goals, the monitor makes a round.
"""

import asyncio
import contextlib
import json
import logging
import resource
import sys
from pathlib import Path
from time import monotonic

from bot import loading

PATIENCE = 60
"""Seconds until the bot's answer is given up."""
PAGE_KB = resource.getpagesize() / 1024


def resident_mb() -> float:
    """Memory of this process now; where the system doesn't tell, the highest it was."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE_KB / 1024
    return peak_mb()


def peak_mb() -> float:
    """The most memory this process ever had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


class _Ready(logging.Handler):
    """Notes when the bot says that it is ready."""

    def __init__(self) -> None:
        super().__init__()
        self.at: float | None = None  # None until then

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "ready":
            self.at = monotonic()


def _import_and_time() -> tuple[float, float, float]:
    """Seconds for aiogram, seconds for the simulator, megabytes with aiogram alone."""
    begin = monotonic()
    with loading.for_good():  # begins with aiogram
        imported, bare = monotonic() - begin, resident_mb()
        import bot.app  # noqa: PLC0415 - what the bot needs comes before what only the simulator needs

        begin = monotonic()
        import bot.local.session  # noqa: F401, PLC0415 - its import is what is timed; the simulator comes with it

        return imported, monotonic() - begin, bare


async def probe(database: Path, started: float) -> dict[str, float]:
    """Seconds: `aiogram` (its import), `ready` and `answered` (from the start, without aiogram's import and that of
    the simulator, which a bot at Telegram doesn't have). Megabytes: `bare` (aiogram alone), `resident`, `peak`.
    """
    imported, stand_in, bare = _import_and_time()
    from bot.app import Wiring, open_app  # noqa: PLC0415 - after the timing of imports, as all here
    from bot.local.events import MessageSent  # noqa: PLC0415 - as above
    from bot.local.messages import Person  # noqa: PLC0415 - as above
    from bot.local.session import SimulatorSession  # noqa: PLC0415 - as above
    from bot.local.simulator import Simulator  # noqa: PLC0415 - as above
    from bot.settings import Settings  # noqa: PLC0415 - as above
    from engine.clock import SystemClock  # noqa: PLC0415 - as above
    from engine.values import UserId  # noqa: PLC0415 - as above

    ready, answered = _Ready(), asyncio.Event()
    logging.getLogger("bot.running").addHandler(ready)
    logging.getLogger("bot.running").setLevel(logging.INFO)
    owner = Person(id=1, first_name="Ann")
    simulator = Simulator(token="1:BENCH", clock=SystemClock(), journal=database.with_name("telegram"))
    simulator.listen(lambda event: answered.set() if isinstance(event, MessageSent) else None)
    wiring = Wiring(token="1:BENCH", session=SimulatorSession(simulator), owner_ids=(UserId(owner.id),))
    async with open_app(Settings(database=database), wiring) as app, asyncio.TaskGroup() as group:
        group.create_task(app.run())
        simulator.say(owner, "/goals")
        async with asyncio.timeout(PATIENCE):
            await answered.wait()
        first_answer = monotonic()
        await app.engine.look_after_goals()
        while not await app.is_quiet():  # noqa: ASYNC110 - nothing is told when the bot becomes quiet
            await asyncio.sleep(0.05)
        memory = {"bare": bare, "resident": resident_mb(), "peak": peak_mb()}
        await app.stop()
    simulator.close()
    assert ready.at is not None
    before = started + imported + stand_in
    return {"aiogram": imported, "ready": ready.at - before, "answered": first_answer - before, **memory}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(probe(Path(sys.argv[1]), float(sys.argv[2])))))
