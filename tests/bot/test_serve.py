"""`milepost run` as a process of its own, against a strict Telegram over HTTP."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.local.faults import Fault, FaultKind
from bot.local.messages import Person
from bot.local.server import SimulatorServer
from bot.local.simulator import Simulator
from engine.clock import SystemClock

TOKEN = "42:TEST-TEST-TEST-TEST-TEST-TEST"
ANN = Person(id=7, first_name="Ann")
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def server() -> AsyncIterator[SimulatorServer]:
    simulator = Simulator(token=TOKEN, clock=SystemClock(), journal=None)
    async with SimulatorServer(simulator) as running:
        yield running


@asynccontextmanager
async def started(server: SimulatorServer, folder: Path, **changes: str) -> AsyncIterator[Process]:
    """A process of its own, which doesn't outlive the test."""
    settings = {
        "MILEPOST_BOT_TOKEN": TOKEN,
        "MILEPOST_TELEGRAM_API": server.base,
        "MILEPOST_DATABASE": str(folder / "milepost.db"),
        "MILEPOST_OWNER_IDS": str(ANN.id),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    environment = {**kept, **settings, "PYTHONPATH": str(ROOT), **changes}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder, env=environment, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def answers(simulator: Simulator, count: int) -> list[str]:
    heard = asyncio.Event()
    texts: list[str] = []

    def look(_: object = None) -> None:
        texts[:] = [message.text for message in simulator.chat(ANN.id) if message.from_bot]
        if len(texts) >= count:
            heard.set()

    end = simulator.listen(look)
    look()
    async with asyncio.timeout(30):
        await heard.wait()
    end()
    return texts


async def error_of(process: Process) -> str:
    async with asyncio.timeout(30):
        _, words = await process.communicate()
    return words.decode()


@pytest.mark.long  # tests/scenarios/test_stop.py has the same in a tenth of the time, with a process that is forked
@pytest.mark.longest
async def test_without_owners_a_code_is_printed_and_sigterm_ends_it_cleanly_and_soon(
    server: SimulatorServer, tmp_path: Path
) -> None:
    async with started(server, tmp_path, MILEPOST_OWNER_IDS="") as process:
        assert process.stderr is not None
        async with asyncio.timeout(30):
            line = b""
            while b"pairing code" not in line:
                line = await process.stderr.readline()
                assert line, "it ended without a code"
        server._simulator.say(ANN, line.decode().split()[-1])
        texts = await answers(server._simulator, 2)
        assert "this bot is yours now" in texts[0]
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            assert await process.wait() == 0
        words = await error_of(process)
        assert "Traceback" not in words
        assert TOKEN not in words


@pytest.mark.long
async def test_after_sigkill_it_goes_on_where_it_was(server: SimulatorServer, tmp_path: Path) -> None:
    simulator = server._simulator
    simulator.faults.add(Fault(kind=FaultKind.HANG, method="sendMessage"))
    simulator.say(ANN, "/help")
    async with started(server, tmp_path), asyncio.timeout(30):
        while simulator.faults.rules:  # the answer is under way
            await asyncio.sleep(0)
    async with started(server, tmp_path):
        (text,) = await answers(simulator, 1)
    assert text.endswith("arrived.)")


@pytest.mark.long
async def test_a_second_process_for_the_same_bot_says_so_and_stops(server: SimulatorServer, tmp_path: Path) -> None:
    server._simulator.say(ANN, "/help")
    async with started(server, tmp_path):
        await answers(server._simulator, 1)
        async with started(server, tmp_path, MILEPOST_DATABASE=str(tmp_path / "other.db")) as second:
            assert "serves bot 42" in await error_of(second)
        async with started(server, tmp_path) as third:
            assert "another Milepost" in await error_of(third)
    assert second.returncode == third.returncode == 1
