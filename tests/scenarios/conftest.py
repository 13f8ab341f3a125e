"""What the scenarios share: the process that bots are forked from, and the ward in which they live and die."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.scenarios.kill.ward import Nursery, Ward


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Started once: importing all takes three seconds, a fork a tenth of one."""
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
async def ward(nursery: Nursery) -> AsyncIterator[Ward]:
    """Where the bots of one test live."""
    with Ward(nursery).open() as ward:
        yield ward
