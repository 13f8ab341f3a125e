"""Fakes that tests share: a clock that moves when it is told to."""

import asyncio
import datetime as dt
import heapq
import itertools

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


class FakeClock:
    """A clock that stands still until `advance`; whoever sleeps on it wakes when its moment has come."""

    def __init__(self, start: dt.datetime = START, speed: float = 1.0) -> None:
        self._now = start
        self._speed = speed
        self._sleepers: list[tuple[dt.datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> dt.datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        until = self._now + dt.timedelta(seconds=max(seconds, 0.0))
        heapq.heappush(self._sleepers, (until, next(self._order), future))
        await future

    def advance(self, **delta: float) -> dt.datetime:
        """Move on by a timedelta's arguments, such as `hours=2`; returns the new moment."""
        self._now += dt.timedelta(**delta)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
        return self._now
