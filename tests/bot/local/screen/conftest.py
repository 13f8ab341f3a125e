"""The screen's tests wait for messages to be handled, not for the processor to be idle for a while."""

import asyncio

import pytest
import textual.app
import textual.pilot


@pytest.fixture(autouse=True)
def without_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot naps 20 ms or more after each key; here it lets the loop run on instead."""

    async def let_the_loop_run(min_sleep: float = 0, max_sleep: float = 1) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    monkeypatch.setattr(textual.pilot, "wait_for_idle", let_the_loop_run)
    monkeypatch.setattr(textual.app, "wait_for_idle", let_the_loop_run)
