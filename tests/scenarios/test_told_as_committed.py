"""What a commit has to tell may be read from the outbox before the commit is published in the process."""

from pathlib import Path

import pytest

from bot.settings import Settings
from engine.records import Batch
from storage.ledger import SqlLedger
from tests.fresh_database import fresh_database
from tests.scenarios.talking import Chat, a_telegram, app_of
from tests.waiting import others_at_work

GOAL = "/goal Paint the shed\n- Sand the walls\n- Buy brushes\ndeadline: none\npriority: normal"
TURNS = 20
"""So many turns of others are enough for a message to leave."""


async def test_a_message_tells_of_the_goal_as_the_commit_left_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator = a_telegram()
    settings = Settings.model_validate({"database": fresh_database(tmp_path / "milepost.db")})
    async with app_of(simulator, settings) as chat:
        commit = SqlLedger.commit

        async def commit_and_tarry(self: SqlLedger, batch: Batch) -> None:
            await commit(self, batch)
            for _ in range(TURNS):
                chat.app.parts.delivery.bell.ring()
                await others_at_work()

        monkeypatch.setattr(SqlLedger, "commit", commit_and_tarry)
        await chat.say(GOAL)
        assert "The plan for «Paint the shed»" in _told(chat)
        await chat.press("Start")
        assert "Press a button when you are through" in _told(chat)
        assert "There is news" not in _told(chat)
    simulator.close()


def _told(chat: Chat) -> str:
    return "\n".join(chat.texts())
