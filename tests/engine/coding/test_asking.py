"""The question about changed tests is put once, also across restarts, and again where it could not be put."""

import asyncio
from pathlib import Path

import pytest

from engine.coding.reports import HandIn
from engine.commands import Origin
from engine.errors import TemporaryError
from engine.executor import AutonomousGoalExecutor
from engine.reporting.notices import NoticeKind
from engine.values import Cause, ChatId, UserId
from tests.engine.coding.conftest import Opening
from tests.engine.coding.shop import RED_TEST, TESTS, Life
from tests.waiting import others_at_work


async def asked(executor: AutonomousGoalExecutor) -> int:
    """How often it was put, once nothing more is under way."""
    assert executor.announcer is not None
    async with asyncio.timeout(60):
        while not executor.announcer.is_idle:
            await others_at_work()
    rows = await executor.notifier._outbox.queued(100)
    return sum(row.notice is not None and row.notice.kind is NoticeKind.CODE_FLAGGED for row in rows)


@pytest.mark.long  # a whole life with a restart in it
async def test_it_is_put_once_across_restarts_and_again_where_it_could_not_be_put(
    opening: Opening, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_goal: object) -> None:
        raise TemporaryError("busy")

    async with opening() as executor:
        life = Life(executor)
        life.origin = Origin(chat=ChatId(100), owner=UserId(7), cause=Cause("update:1"))
        await life.go_on()
        assert executor.workbench is not None
        await life.hand_in(HandIn(files=RED_TEST))
        weaker = TESTS.replace("self.assertEqual(count([1, 2]), 2)", "count([1, 2])").encode()
        cured = (shop / "shop.py").read_text().replace("[1:]", "").encode()
        with monkeypatch.context() as patched:
            patched.setattr(await executor.workbench.get(), "flagged", busy)
            await life.hand_in(HandIn(files={"test_shop.py": weaker, "shop.py": cured}))
            assert await asked(executor) == 0
        for _ in range(2):
            await executor.look_after_goals()
            assert await asked(executor) == 1
    async with opening() as executor:
        await executor.look_after_goals()
        assert await asked(executor) == 1
        await executor.pause_goal(life.id)
        await executor.resume_goal(life.id)
        assert await asked(executor) == 2, "who resumes it is asked what it waits for"
