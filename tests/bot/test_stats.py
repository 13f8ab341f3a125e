"""`milepost stats`: words or JSON of what was predicted and what came of it, and clear refusals."""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from bot import stats
from bot.__main__ import main as command_line
from bot.settings import Settings
from engine import events as e
from engine.events import Event, Recorded
from engine.tasks import Lease, Outcome, Task
from engine.values import BootId, Cause, ChatId, TaskNumber
from storage.database import open_database
from tests.bot.conftest import JumpingClock
from tests.fresh_database import fresh_database
from tests.storage.made_goals import CHAT, batch, change, created, plain_goal

ONE = TaskNumber(1)


async def live(path: Path, clock: JumpingClock, outcomes: Sequence[tuple[int, bool]]) -> None:
    """A goal each: in this chat a task that worked or not, two hours a task and one after the other."""
    begun = clock.now() - dt.timedelta(days=30)
    async with open_database(fresh_database(path), clock=clock) as database:
        for number, (chat, worked) in enumerate(outcomes, start=1):
            task = Task(number=ONE, title="Build it", work="agent", success=0.9)
            goal = replace(plain_goal(number), chat=ChatId(chat), tasks={ONE: task}, updated_at=clock.now())
            end: Event = e.TaskCompleted(task=ONE, outcome=Outcome(summary=""))
            end = end if worked else e.TaskFailed(task=ONE, error="no")
            lease = Lease(attempt=1, boot=BootId("b"), until=begun)
            at = begun + dt.timedelta(hours=3 * number)
            recorded = [
                Recorded(event=e.TaskStarted(task=ONE, lease=lease), at=at - dt.timedelta(hours=2), cause=Cause("t")),
                Recorded(event=end, at=at, cause=Cause("t")),
            ]
            await database.ledger.commit(created(goal))
            await database.ledger.commit(batch(change(goal, replace(goal, revision=2), *recorded)))


def test_words_tell_of_everything(settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    clock = JumpingClock()
    asyncio.run(live(settings.database, clock, [(CHAT, True), (5, True), (5, False)]))
    assert stats.main(settings, None, as_json=False, clock=clock) == 0
    out, err = capfdbinary.readouterr()
    lines = out.decode().splitlines()
    assert err == b""
    assert lines[0] == "Predicted, and what came of it"
    assert lines[1] == "3 tasks that ended since Sat 31 Jan, each predicted before it began."
    assert "• Of 3 things I gave 80% or more, 2 worked; by my odds about 2.7 should have." in lines


def test_json_has_all_figures_of_one_chat(settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    clock = JumpingClock()
    asyncio.run(live(settings.database, clock, [(CHAT, True), (5, True), (5, False)]))
    assert stats.main(settings, 5, as_json=True, clock=clock) == 0
    told = json.loads(capfdbinary.readouterr().out)
    assert (told["cases"], told["worked"], told["timed"]) == (2, 1, 1)
    assert told["base_brier"] == 0.25
    assert [band["given"] for band in told["bands"]] == [2]
    assert told["works"]["agent"]["cases"] == 2
    assert told["since"].endswith("+00:00")


@pytest.mark.parametrize("as_json", [True, False])
def test_an_empty_database_is_no_error(
    settings: Settings, capfdbinary: pytest.CaptureFixture[bytes], as_json: bool
) -> None:
    clock = JumpingClock()
    asyncio.run(live(settings.database, clock, []))
    assert stats.main(settings, None, as_json=as_json, clock=clock) == 0
    out = capfdbinary.readouterr().out.decode()
    assert json.loads(out)["brier"] is None if as_json else "nothing to compare yet" in out


def test_a_database_that_is_not_there_is_refused_and_not_made(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stats.main(settings, None, as_json=False) == 1
    assert capsys.readouterr().err == f"milepost: {settings.database}: there is no such file\n"
    assert not settings.database.exists()


def test_the_command_takes_a_chat_and_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MILEPOST_DATABASE", str(tmp_path / "none.db"))
    assert CliRunner().invoke(command_line, ["stats", "--chat", "-100123", "--json"]).exit_code == 1
    assert CliRunner().invoke(command_line, ["stats", "--chat", "x"]).exit_code == 2
    assert "predicted against actual" in CliRunner().invoke(command_line, ["stats", "--help"]).output
