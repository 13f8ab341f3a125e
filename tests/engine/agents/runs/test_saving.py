"""What is kept of a run: step by step, and each thing once."""

import datetime as dt
import json
from pathlib import Path

import pytest

from engine.agents.runs.facts import (
    ApprovalStatus,
    NewlySaid,
    Run,
)
from engine.values import BootId
from storage.runs import SqlRuns
from tests.engine.agents.runs.scripted_runs import LOOK, NOW, SEND, answered, stage


async def test_a_step_writes_what_is_new_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[int, int]] = []

    async def watched(self: SqlRuns, run: Run, now: dt.datetime, said: NewlySaid | None = None) -> None:
        if said is not None:
            written.append((said.since, len(said.messages)))
        await saved(self, run, now, said)

    saved = SqlRuns.save
    monkeypatch.setattr(SqlRuns, "save", watched)
    async with stage(tmp_path, [LOOK, SEND, LOOK, answered()]) as on:
        await on.begin()
        await on.go_on()
        await on.answer(ApprovalStatus.APPROVED)
        await on.go_on("two")
        kept = await on.database.runs.messages((await on.run()).id)
        assert len(written) > 4
        assert [since for since, _ in written] == [sum(new for _, new in written[:n]) for n in range(len(written))]
        assert sum(new for _, new in written) == len(kept)
        assert [json.loads(one)["kind"] for one in kept] == ["request", "response"] * 4 + ["request"]


async def test_what_is_put_in_the_place_of_something_said_replaces_it(tmp_path: Path) -> None:
    async with stage(tmp_path, []) as on:
        taken = await on.database.runs.take(await on.begin(), BootId("one"), NOW)
        assert taken is not None
        await on.database.runs.save(taken, NOW, NewlySaid(messages=("a", "b", "c")))
        await on.database.runs.save(taken, NOW, NewlySaid(since=1, messages=("B",)))
        await on.database.runs.save(taken, NOW)
        assert await on.database.runs.messages(taken.id) == ["a", "B"]
