"""A guard for texts that were made to hang what reads them."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 60.0
"""Of CPU: dozens of times of what the slowest machine takes, and far less than what hangs would. It measures nothing:
`benchmarks` do."""


class Hung(Exception):
    """It computed and computed."""


@contextmanager
def no_hang() -> Iterator[None]:
    """Ends what has computed for so long, also within a regular expression.

    Raises:
        Hung: It did.
    """

    def end(*_: object) -> None:
        raise Hung(f"over {SECONDS:g} s of CPU")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
