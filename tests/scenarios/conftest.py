"""What the scenarios share: the process that bots are forked from, and the ward in which they live and die."""

import tests.lean_aiogram  # noqa: F401 - before the others

# isort: split
from collections.abc import AsyncIterator, Iterator

import pytest

import bot.app
import bot.cards
from tests.one_dispatcher import the_dispatcher
from tests.scenarios.kill.ward import Nursery, Ward


@pytest.fixture(autouse=True)
def one_dispatcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the bots that run within the process of a test."""
    monkeypatch.setattr(bot.app, "build_dispatcher", the_dispatcher)


@pytest.fixture(autouse=True)
def news_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits until such a bot is quiet waits for no card that only shows what runs."""
    monkeypatch.setattr(bot.cards, "NEWS_GAP", 0.0)


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
