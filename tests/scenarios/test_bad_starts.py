"""Databases and Telegrams that can't be worked with: one clear line on stderr, the right exit code, no traceback."""

import asyncio
import contextlib
import os
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.local.faults import Fault, FaultKind
from bot.local.limits import FloodLimits
from bot.local.server import SimulatorServer
from bot.local.simulator import Simulator
from engine.clock import SystemClock
from tests.scenarios.kill.fast_time import FastTime
from tests.scenarios.kill.person import Talker
from tests.scenarios.kill.stage import Stage, stage, until
from tests.scenarios.kill.ward import TOKEN, Home, Ward


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of its own, which only root can have; skips where it can't be had."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode != 0:
        pytest.skip("a disk of its own takes root and the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


def fill(filler: Path) -> None:
    """Take all that is left of the disk."""
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


async def complaint(on: Stage, status: int = 1) -> str:
    """The one line that a start ends with."""
    life = await on.ward.start(on.home)
    assert await asyncio.shield(life.ended) == status, on.home.log()
    assert "Traceback" not in on.home.log()
    (line,) = [one for one in on.home.log().splitlines() if one.startswith("milepost: ")]
    assert TOKEN not in on.home.log()
    return line


async def test_a_file_that_is_no_database(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        on.home.database.write_bytes(b"Dear diary, today nothing happened. " * 200)
        assert "this is no database" in await complaint(on)
        assert on.home.database.read_bytes().startswith(b"Dear diary")


@pytest.mark.long  # as one that is no database; tests/storage/test_database.py tries each damage
async def test_a_damaged_database(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        life = await on.start()
        assert await life.stop() == 0
        on.home.errors.unlink()
        whole = on.home.database.read_bytes()
        on.home.database.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
        assert "damaged" in await complaint(on)


@pytest.mark.long  # as one that is no database; tests/storage/test_database.py sees it refused
async def test_a_database_of_a_newer_milepost(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        life = await on.start()
        assert await life.stop() == 0
        on.home.errors.unlink()
        connection = sqlite3.connect(on.home.database)
        connection.execute("UPDATE meta SET value = '9999' WHERE name = 'schema_version'")
        connection.commit()
        connection.close()
        line = await complaint(on)
        assert "newer Milepost" in line
        assert "upgrade" in line


async def test_a_read_only_disk(ward: Ward, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        async with stage(ward, tmp_path, MILEPOST_DATABASE=str(disk / "milepost.db")) as on:
            life = await on.start()
            assert await life.stop() == 0
            on.home.errors.unlink()
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            assert "read-only" in await complaint(on)


async def test_a_folder_that_may_not_be_written(ward: Ward, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    async with stage(ward, tmp_path, MILEPOST_DATABASE=str(closed / "milepost.db")) as on:
        assert "read-only" in await complaint(on)


async def test_another_milepost_on_the_same_database(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        first = await on.start()
        assert "another Milepost" in await complaint(on)
        on.ann.say("/help")
        await on.ann.sees("What you can say")
        assert await first.stop() == 0


async def test_a_wrong_token(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path, MILEPOST_BOT_TOKEN="43:WRONG-WRONG-WRONG-WRONG-WRONG-WRONG") as on:
        line = await complaint(on)
        assert "MILEPOST_BOT_TOKEN" in line
        assert "WRONG" not in on.home.log()


async def test_no_token_at_all_is_wrong_use(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path, MILEPOST_BOT_TOKEN="") as on:
        life = await on.ward.start(on.home)
        assert await asyncio.shield(life.ended) == 2
        assert "MILEPOST_BOT_TOKEN" in on.home.log()
        assert "Traceback" not in on.home.log()


async def test_telegram_down_at_the_start_is_waited_for(ward: Ward, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = Home(folder=tmp_path, telegram=f"http://127.0.0.1:{port}", time=FastTime(speed=1.0))
    simulator = Simulator(token=TOKEN, clock=SystemClock(), journal=None, flood=FloodLimits.off())
    async with asyncio.timeout(30):
        life = await ward.start(home)
        await until(lambda: "no updates for now" in home.log())
        async with SimulatorServer(simulator, port=port):
            talker = Talker(simulator)
            with talker.watching():
                talker.say("/help")
                await talker.sees("What you can say")
            assert await life.stop() == 0
    assert "Traceback" not in home.log()


async def test_a_disk_that_fills_up_loses_nothing(ward: Ward, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 3072) as disk:
        async with stage(ward, tmp_path, MILEPOST_DATABASE=str(disk / "milepost.db")) as on:
            life = await on.start()
            await on.begin("Sign 3 sponsors")
            await on.ann.until(lambda: on.ann.button("Sign 3 sponsors", "+1"))
            filler = disk / "filler"
            fill(filler)
            for number in range(12):
                on.ann.say(f"/note {number} " + "words " * 600)
            await until(lambda: "the disk is full" in on.home.log())
            assert not life.ended.done()
            filler.unlink()
            await on.ann.until(
                lambda: True if len([t for t in on.ann.texts() if t.startswith("📝 Kept")]) == 12 else None
            )
            assert await life.stop() == 0
            assert "Traceback" not in on.home.log()
            connection = sqlite3.connect(disk / "milepost.db")
            assert connection.execute("SELECT COUNT(*) FROM goal_progress WHERE note <> ''").fetchone() == (12,)
            assert connection.execute("SELECT COUNT(*) FROM inbox WHERE status <> 'done'").fetchone() == (0,)
            connection.close()


@pytest.mark.long  # as one that is down
async def test_a_telegram_that_refuses_every_call_is_waited_for(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        on.simulator.faults.add(Fault(kind=FaultKind.BAD_GATEWAY, times=None))
        life = await on.ward.start(on.home)
        on.ann.say("/help")
        await until(lambda: on.simulator.faults.met >= 3)
        on.simulator.faults.clear()
        await on.ann.sees("What you can say")
        assert await life.stop() == 0
        assert "Traceback" not in on.home.log()
