"""A process that sends out guards, each by a fork: so that no command costs the start of a Python of its own.

`processes.py` starts one at the first need, with a socket as standard input. Each byte that comes on it brings a socket
to talk with Milepost, which becomes the guard's standard input and output. The guard tells its number in a line of its
own, and from then on stands alone: it ends when Milepost closes its socket, whatever becomes of the guardhouse. That
ends when Milepost does, for its own socket closes.
It imports nothing of ours but what a guard runs.
"""

import gc
import importlib
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

_TALK = (0, 1)

Main = Callable[[], None]
"""What a guard runs."""


def serve(module: str) -> None:
    """Send out guards that run the module's `main`, until Milepost is gone."""
    main: Main = importlib.import_module(module).main
    signal.signal(signal.SIGCHLD, lambda *_: _reap())
    gc.collect()
    gc.freeze()  # what is never looked at is shared with every guard
    with socket.socket(fileno=0) as door:
        while True:
            asked, descriptors, _, _ = socket.recv_fds(door, 1, 1)
            if not asked:
                return
            with suppress(OSError):  # no room for another process: its socket closes, and Milepost takes it for lost
                if os.fork() == 0:
                    _stand_guard(main, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _stand_guard(main: Main, talk: int) -> None:
    """Be the guard: the process ends here. The door of the guardhouse is closed, for the talk takes its number."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for descriptor in _TALK:
            os.dup2(talk, descriptor)
        os.close(talk)
        os.write(1, b"%d\n" % os.getpid())
        main()
    finally:
        os._exit(0)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
