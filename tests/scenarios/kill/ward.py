"""Where bots live and die in tests: starts them through the nursery, kills them, and starts them again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scenarios.kill.fast_time import FastTime

ROOT = Path(__file__).parents[3]
TOKEN = "42:TEST-TEST-TEST-TEST-TEST-TEST"


class Nursery:
    """The process that forks bots, started once for all tests. `modules` are loaded there besides the usual ones."""

    def __init__(self, *modules: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
        words = [sys.executable, "-m", "tests.scenarios.kill.nursery", *modules]
        self.process = subprocess.Popen(
            words, cwd=ROOT, env=kept, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.orders, self.news = self.process.stdin, self.process.stdout
        assert b"ready" in self.news.readline()

    def close(self) -> None:
        self.orders.close()
        self.process.wait(10)
        self.news.close()


@dataclass(slots=True, kw_only=True)
class Home:
    """What a bot is started with, the same in each of its lives."""

    folder: Path
    telegram: str
    time: FastTime
    owners: str = "7"
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "milepost.db"

    @property
    def errors(self) -> Path:
        return self.folder / "errors.txt"

    @property
    def book(self) -> Path:
        return self.folder / "borders.txt"

    def log(self) -> str:
        """All that the bot has written to stderr."""
        return self.errors.read_text() if self.errors.exists() else ""

    def order(self, border: str) -> dict[str, Any]:
        """The nursery's order for one life, which ends at this border (empty: at none)."""
        environment = {
            "MILEPOST_BOT_TOKEN": TOKEN,
            "MILEPOST_TELEGRAM_API": self.telegram,
            "MILEPOST_DATABASE": str(self.database),
            "MILEPOST_OWNER_IDS": self.owners,
            **self.settings,
        }
        return {
            "folder": str(self.folder),
            "environment": environment,
            "errors": str(self.errors),
            "book": str(self.book),
            "border": border,
            "speed": self.time.speed,
            "begun": self.time.begun,
        }


class Life:
    """One process of a bot. `ended` gives its exit code; minus nine is a SIGKILL."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if not self.ended.done():
            os.kill(self.pid, number)

    def heeds(self, number: signal.Signals) -> bool:
        """Whether it has come as far as doing something of its own about a signal."""
        try:
            told = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:  # it has died
            return False
        [caught] = (line for line in told.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (number - 1) & 1)

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.send(signal.SIGTERM)
        return await asyncio.shield(self.ended)


class Ward:
    """The bots of one test; all are dead when it is left."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._lives: dict[int, Life] = {}
        self._births: asyncio.Queue[int] = asyncio.Queue()

    @contextmanager
    def open(self) -> Iterator["Ward"]:
        """Within it bots can be started."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._nursery.news.fileno(), self._read)
        try:
            yield self
        finally:
            loop.remove_reader(self._nursery.news.fileno())
            for life in self._lives.values():
                life.send(signal.SIGKILL)
            while not all(life.ended.done() for life in self._lives.values()):
                self._read()

    def _read(self) -> None:
        news = json.loads(self._nursery.news.readline())
        if "status" in news:
            self._lives[news["pid"]].ended.set_result(news["status"])
        else:
            self._lives[news["pid"]] = Life(news["pid"])
            self._births.put_nowait(news["pid"])

    async def start(self, home: Home, border: str = "") -> Life:
        """A new life of the bot."""
        self._nursery.orders.write(json.dumps(home.order(border)).encode() + b"\n")
        self._nursery.orders.flush()
        return self._lives[await self._births.get()]
