"""A program's words reach the people who own the bot, and nobody else."""

from pathlib import Path

from engine.records import ChatSettings
from engine.reporting.notifier import Notifier
from engine.values import ChatId, UserId
from storage.database import open_database
from tests.fakes import FakeClock


async def test_a_stranger_who_was_refused_hears_nothing(tmp_path: Path) -> None:
    clock = FakeClock()
    async with open_database(tmp_path / "milepost.db", clock=clock) as database:
        await database.conversations.save_settings(ChatSettings(chat=ChatId(7), owner=UserId(7)))
        await database.conversations.save_settings(ChatSettings(chat=ChatId(8), digest_hour=None))  # was refused
        notifier = Notifier(database.outbox, database.conversations, clock)
        assert await notifier.send_message("the nightly build is red", "warning") == 1
        assert [row.chat for row in await database.outbox.queued(9)] == [7]
