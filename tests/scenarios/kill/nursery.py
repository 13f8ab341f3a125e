"""Gives birth to bots: a process that has imported all, so that a bot starts in a tenth of a second and not in three.

`python -m tests.scenarios.kill.nursery` reads an order a line on stdin and forks a bot for it; it writes `{"pid"}` for
each birth and `{"pid", "status"}` for each death on stdout. The end of stdin ends it, and its bots.
"""

import tests.lean_aiogram  # noqa: F401 - before the others

# isort: split
import asyncio
import contextlib
import datetime as dt
import gc
import importlib
import json
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

import apscheduler.executors.asyncio  # noqa: F401 - loaded once, see below

import bot.app
import engine.planning.forecasting.simulation
import engine.work.http_client  # noqa: F401 - loaded once, see below
from engine.goals import Goal
from engine.planning.planner import GoalPlanner
from engine.values import GoalId
from tests.one_dispatcher import the_dispatcher
from tests.scenarios.kill.doomed_bot import Doom, live
from tests.scenarios.kill.fast_time import FastTime


def _say(**facts: int) -> None:
    os.write(1, json.dumps(facts).encode() + b"\n")


def _bury(*_: object) -> None:
    """Tell of each bot that has died; a SIGCHLD may stand for several."""
    with contextlib.suppress(ChildProcessError):
        while (dead := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            _say(pid=dead[0], status=os.waitstatus_to_exitcode(dead[1]))


def _grow_up(order: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    errors = os.open(order["errors"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(errors, 1)
    os.dup2(errors, 2)
    os.chdir(order["folder"])
    os.environ.update(order["environment"])
    time = FastTime(speed=order["speed"], begun=order["begun"])
    status = 1
    try:
        live(Doom(border=order["border"], book=order["book"], time=time))
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except BaseException:  # told as Python would, at the end of a process that has no other
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _grow_wise() -> None:
    """Do once what every bot would do again: read the method libraries, and load what the product loads when needed."""
    for name in sys.argv[1:]:
        importlib.import_module(name)
    now = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    goal = Goal(id=GoalId(1), name="Grow", criteria=("Read a book by 1 May",), created_at=now, updated_at=now)
    asyncio.run(GoalPlanner().plan(goal, now, "UTC"))
    bot.app.build_dispatcher = the_dispatcher
    the_dispatcher()
    gc.freeze()  # the collector leaves alone, and so unshared, what all of them have in common


def main() -> None:
    """Serve orders until stdin ends."""
    _grow_wise()
    signal.signal(signal.SIGCHLD, _bury)
    _say(ready=1)
    alive = set()
    for line in sys.stdin:
        order = json.loads(line)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # its birth is told before its death
        pid = os.fork()
        if pid == 0:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            _grow_up(order)
        alive.add(pid)
        _say(pid=pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for pid in alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
