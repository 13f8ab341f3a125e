"""The local chat's frame: clock, locks, the order of ending, and what is told when something fails."""

import asyncio
import datetime as dt
import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.local import chat
from bot.local.chat import ChatOptions, _beside_bot, _clock, main
from bot.local.simulator import Simulator
from bot.settings import Settings
from engine.clock import SystemClock
from storage.process_lock import ProcessLock


class Bot:
    """A bot that runs until it is stopped, or fails."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self._stop = asyncio.Event()
        self._ended = asyncio.Event()
        self.fault: Exception | None = None
        self.leaves = False

    async def run(self) -> None:
        self.events.append("runs")
        try:
            if self.fault is not None:
                raise self.fault
            if not self.leaves:
                await self._stop.wait()
            self.events.append("ended")
        finally:
            self._ended.set()

    async def stop(self) -> None:
        self.events.append("stop")
        self._stop.set()
        await self._ended.wait()


async def test_the_bot_is_stopped_in_order_when_the_person_is_done() -> None:
    bot = Bot()

    async def front() -> int:
        await asyncio.sleep(0)
        return 1

    assert await _beside_bot(bot.run, bot.stop, front) == 1
    assert bot.events == ["runs", "stop", "ended"]


async def test_a_bot_that_fails_ends_the_persons_side_and_its_fault_is_raised() -> None:
    bot = Bot()
    bot.fault = OSError("disk gone")
    with pytest.raises(ExceptionGroup) as caught:
        await _beside_bot(bot.run, bot.stop, endless)
    assert [str(error) for error in chat._leaves(caught.value)] == ["disk gone"]


async def test_a_bot_that_stops_by_itself_is_a_fault() -> None:
    bot = Bot()
    bot.leaves = True
    with pytest.raises(ExceptionGroup) as caught:
        await _beside_bot(bot.run, bot.stop, endless)
    assert "stopped by itself" in str(caught.value.exceptions[0])


async def test_a_fault_of_the_persons_side_still_stops_the_bot_in_order() -> None:
    bot = Bot()

    async def front() -> int:
        await asyncio.sleep(0)
        raise ValueError("no screen")

    with pytest.raises(ExceptionGroup) as caught:
        await _beside_bot(bot.run, bot.stop, front)
    assert bot.events == ["runs", "stop", "ended"]
    assert [str(error) for error in chat._leaves(caught.value)] == ["no screen"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_the_chat_in_peace(number: int) -> None:
    bot = Bot()

    async def front() -> int:
        os.kill(os.getpid(), number)
        return await endless()

    assert await _beside_bot(bot.run, bot.stop, front) == 0
    assert bot.events == ["runs", "stop", "ended"]


async def endless() -> int:
    await asyncio.Event().wait()
    return 0


def journal_at(tmp_path: Path, moment: dt.datetime) -> Path:
    """A journal whose clock stopped at this moment."""
    journal = tmp_path / "milepost.db-chat"

    async def write() -> None:
        Simulator(token="1:LOCAL", clock=SystemClock(epoch=moment), journal=journal).close()

    asyncio.run(write())
    return journal


def test_the_clock_is_the_walls_at_first(tmp_path: Path) -> None:
    wall = SystemClock().now()
    assert abs(_clock(tmp_path / "none", 1.0).now() - wall) < dt.timedelta(seconds=5)
    assert _clock(tmp_path / "none", 60.0).speed == 60


@pytest.mark.parametrize("speed", [1.0, 1000.0])
def test_simulated_time_goes_on_where_it_was(tmp_path: Path, speed: float) -> None:
    ahead = SystemClock().now() + dt.timedelta(days=30)
    clock = _clock(journal_at(tmp_path, ahead), speed)
    assert dt.timedelta(0) <= clock.now() - ahead < dt.timedelta(days=1)


def test_a_past_that_the_wall_has_overtaken_is_forgotten(tmp_path: Path) -> None:
    wall = SystemClock().now()
    clock = _clock(journal_at(tmp_path, wall - dt.timedelta(days=30)), 1.0)
    assert abs(clock.now() - wall) < dt.timedelta(seconds=5)


def options(tmp_path: Path) -> ChatOptions:
    return ChatOptions(settings=Settings.model_validate({"database": tmp_path / "data" / "milepost.db"}))


def test_a_second_chat_on_the_same_database_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    lock = ProcessLock(tmp_path / "data" / "milepost.db-chat.lock")
    lock.take()
    try:
        assert main(options(tmp_path)) == 1
    finally:
        lock.release()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "another Milepost (process" in err


def test_a_damaged_journal_is_named_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = tmp_path / "data" / "milepost.db-chat"
    journal.parent.mkdir()
    journal.write_text("not\nours\n")
    assert main(options(tmp_path)) == 1
    assert f"{journal}, line 1" in capsys.readouterr().err
    assert journal.read_text() == "not\nours\n"


def test_a_damaged_database_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "milepost.db").write_bytes(b"no database at all " * 100)
    assert main(options(tmp_path)) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "database" in err


def type_in(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(script.encode())))


def test_a_script_talks_with_the_whole_bot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "# first\n/goals\nLearn to sail\n")
    assert main(options(tmp_path)) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("# first\nyou: /goals\nbot: ")
    assert "bot: Make this a goal?\n     Learn to sail\n     [" in out


def test_the_chat_goes_on_where_it_was_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "Learn to sail\n")
    assert main(options(tmp_path)) == 0
    type_in(monkeypatch, "> No\n> Not there\n")
    assert main(options(tmp_path)) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert "you: > No\n" in out
    assert out.endswith("you: > Not there\n(no button «Not there»)\n")
    assert "(no button «No»)" not in out


def test_signs_are_plain_where_the_output_knows_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    type_in(monkeypatch, "/goals\n")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert main(options(tmp_path)) == 0
    written = sys.stdout.buffer
    assert isinstance(written, io.BytesIO)
    assert written.getvalue().decode("ascii").startswith("you: /goals\nbot: (*) Your goals")


class Reader(io.TextIOWrapper):
    """Somebody who reads along, and who ends it on reading that it waits."""

    def write(self, text: str) -> int:
        if "(waiting 1 week)" in text:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().write(text)


def test_sigterm_ends_a_waiting_script_and_the_bot_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "/help\n@wait 1w\n/goals\n")
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Reader(written, encoding="utf-8"))
    assert main(options(tmp_path)) == 0
    assert "(waiting 1 week)" in written.getvalue().decode()
    assert "you: /goals" not in written.getvalue().decode()
    assert capsys.readouterr().err == ""


@pytest.mark.long  # in a process of its own, which takes some seconds to start
def test_sigterm_ends_a_waiting_chat_within_five_seconds(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--database", str(tmp_path / "milepost.db")],
        cwd=tmp_path,
        env=clean | {"PYTHONPATH": str(Path(__file__).parents[3])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(b"/help\n@wait 1w\n")
        process.stdin.flush()
        while b"(waiting 1 week)" not in process.stdout.readline():
            assert process.poll() is None
        process.terminate()
        _, err = process.communicate(timeout=5)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert err == b""


def test_a_full_disk_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert chat._failed(OSError(errno.ENOSPC, "No space left on device")) == 1
    told = capsys.readouterr().err
    assert "the disk is full" in told
    assert "Errno" not in told
