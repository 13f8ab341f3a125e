"""The one source of time. Everything else is handed a `Clock`; nobody asks the operating system."""

import asyncio
import datetime as dt
import time
from typing import Protocol


class Clock(Protocol):
    """The time that waits, deadlines, reminders and digests follow."""

    @property
    def speed(self) -> float:
        """How many of this clock's seconds pass in a real one."""
        ...

    def now(self) -> dt.datetime:
        """The present moment, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of *this clock's* time."""
        ...


class SystemClock:
    """Wall time, or with `speed` > 1 a time that runs that many times faster from `epoch` on.

    `epoch` is the simulated moment at which this clock starts; None means the present wall time. A clock that ran
    ahead stores its last moment and hands it back as `epoch`, so that simulated time never runs backwards.
    The pace comes from the monotonic clock, so that a corrected wall clock can't make a wait jump at speed > 1.
    """

    def __init__(self, *, speed: float = 1.0, epoch: dt.datetime | None = None) -> None:
        if speed <= 0:
            raise ValueError("the speed of the clock must be above 0")
        self._speed = speed
        self._started = time.monotonic()
        self._epoch = epoch
        if epoch is None and speed != 1.0:
            self._epoch = self._wall()

    @staticmethod
    def _wall() -> dt.datetime:
        return dt.datetime.now(dt.UTC)  # noqa: TID251 - the one place that asks the operating system

    @property
    def speed(self) -> float:
        """How many simulated seconds pass in a real one."""
        return self._speed

    def now(self) -> dt.datetime:
        """The present moment, aware, in UTC."""
        if self._epoch is None:
            return self._wall()
        return self._epoch + dt.timedelta(seconds=(time.monotonic() - self._started) * self._speed)

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of this clock's time."""
        await asyncio.sleep(max(0.0, seconds) / self._speed)


def at_least(clock: Clock, span: dt.timedelta, real: float) -> dt.timedelta:
    """A span of the clock's time, longer where it would pass in fewer than so many real seconds.

    For what costs real work each time: a clock that runs a thousand times faster must not make it a thousand times
    more often.
    """
    return max(span, dt.timedelta(seconds=real * clock.speed))
