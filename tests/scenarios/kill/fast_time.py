"""A time that runs faster than the wall's and goes on through restarts: all processes reckon it from one beginning."""

import datetime as dt
import time
from dataclasses import dataclass, field

from engine.clock import SystemClock

REAL = SystemClock()
"""Other processes take real time: for looking at them again a little later, and for striking at a moment."""
MONDAY = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FastTime:
    """`speed` seconds pass in a real one, since `begun` on the machine's own steady clock."""

    speed: float
    begun: float = field(default_factory=time.monotonic)

    def clock(self) -> SystemClock:
        """A clock that shows this time from now on."""
        passed = (time.monotonic() - self.begun) * self.speed
        return SystemClock(speed=self.speed, epoch=MONDAY + dt.timedelta(seconds=passed))
