"""SIGTERM and SIGINT: the first asks for a stop in order, the second ends the process at once."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def heeding_signals() -> Iterator[asyncio.Event]:
    """An event that the first signal sets, however the loop waits; all that counts is written down, so that the second
    one may end the process even where the loop is held up."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()

    def heed(number: int, frame: FrameType | None) -> None:
        del frame
        if stopped.is_set():
            os._exit(128 + number)
        loop.call_soon_threadsafe(stopped.set)

    waking, woken = socket.socketpair()
    waking.setblocking(False)
    woken.setblocking(False)
    # a signal between two looks of the loop would else be heeded when something else wakes it: in a minute, perhaps
    loop.add_reader(woken, lambda: woken.recv(64))
    fd_before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    before = {name: signal.signal(name, heed) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        signal.set_wakeup_fd(fd_before)
        loop.remove_reader(woken)
        waking.close()
        woken.close()
