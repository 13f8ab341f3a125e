"""The bot as `milepost run` starts it, doomed to a SIGKILL at one of its borders.

A border is what separates «not yet» from «for good»: each commit of the database and each call to Telegram, before
and after. They are counted from the start of the process; every one is written into a book before it is crossed.
"""

import itertools
import os
import signal
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiogram.client.session.aiohttp import AiohttpSession

import bot.app
from bot.__main__ import main
from bot.lanes import LaneLimits
from bot.running import Wiring
from storage.writer import Writer
from tests.scenarios.kill.fast_time import FastTime

Cross = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doom:
    """At which border to die, the file that lists the borders crossed, and the time to live in.

    A border is its name and its number among those of that name, such as «before sendMessage 7»; empty is none. So it
    means much the same in each life, whichever way threads and polls fall.
    """

    border: str
    book: str
    time: FastTime


class MortalConnection:
    """The writer's connection, which may not live through a commit."""

    def __init__(self, connection: sqlite3.Connection, cross: Cross) -> None:
        self._connection = connection
        self._cross = cross

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql != "COMMIT":
            return self._connection.execute(sql, *values)
        self._cross("before a commit")
        done = self._connection.execute(sql)
        self._cross("after a commit")
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def _crossing(doom: Doom) -> Cross:
    book = os.open(doom.book, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def cross(name: str) -> None:
        border = f"{name} {next(numbers[name])}"
        os.write(book, f"{border}\n".encode())
        if border == doom.border:
            os.kill(os.getpid(), signal.SIGKILL)

    return cross


def _put_up_borders(cross: Cross) -> None:
    begin, call = Writer.__init__, AiohttpSession.make_request

    def begin_mortal(self: Writer, connection: sqlite3.Connection, *rest: Any) -> None:
        begin(self, MortalConnection(connection, cross), *rest)  # type: ignore[arg-type] # it stands in for one

    async def call_mortal(self: AiohttpSession, bot: Any, method: Any, timeout: Any = None) -> Any:
        name = method.__api_method__
        cross(f"before {name}")
        answer = await call(self, bot, method, timeout)
        cross(f"after {name}")
        return answer

    Writer.__init__ = begin_mortal  # type: ignore[method-assign, assignment] # the border is put up in the real thing
    AiohttpSession.make_request = call_mortal  # type: ignore[method-assign] # the border is put up in the real thing


def live(doom: Doom) -> None:
    """Be `milepost run`, in another time and without lanes; ends with SystemExit, or by its doom."""
    _put_up_borders(_crossing(doom))
    wiring = partial(Wiring, clock=doom.time.clock(), limits=LaneLimits.off())
    bot.app.Wiring = wiring  # type: ignore[assignment, misc] # as `serve` calls it
    main(["run"], prog_name="milepost")
