"""A real database in a temporary folder, and a clock that stands still."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, open_database
from tests.fresh_database import fresh_database
from tests.storage.made_goals import NOW


class StillClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> dt.datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.moment += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "milepost.db"


@pytest.fixture
async def database(path: Path, clock: StillClock) -> AsyncIterator[Database]:
    async with open_database(fresh_database(path), clock=clock) as opened:
        yield opened
