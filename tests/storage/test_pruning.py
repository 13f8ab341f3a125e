"""What is settled for long goes; what still guards against a repeat, and all that waits, stays."""

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.records import Handled, Outgoing, Update
from engine.values import Cause
from storage import pruning
from storage.database import Database
from tests.storage.conftest import StillClock
from tests.storage.made_goals import CHAT, NOW, batch, created, plain_goal

DAY = dt.timedelta(days=1)
BEFORE = NOW - 30 * DAY


def update(number: int) -> Update:
    return Update(id=number, chat=CHAT, payload="{}")


def message(text: str) -> Outgoing:
    return Outgoing(chat=CHAT, payload={"text": text})


def numbers(path: Path, sql: str) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        return [value for (value,) in connection.execute(sql)]


@pytest.fixture(autouse=True)
def no_updates_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "KEPT_UPDATES", 1)


async def test_handled_and_parked_updates_go_but_for_the_newest(
    database: Database, path: Path, clock: StillClock
) -> None:
    inbox = database.inbox
    clock.moment = NOW - 40 * DAY
    await inbox.accept([update(n) for n in range(1, 7)])
    await inbox.finish(1, None, Handled(), NOW - 40 * DAY)
    await inbox.park(2, "three failures", None, NOW - 31 * DAY)
    await inbox.finish(3, None, Handled(), NOW - 29 * DAY)  # handled lately
    for number in (5, 6):
        await inbox.finish(number, None, Handled(), NOW - 40 * DAY)
    assert await database.pruning.prune(BEFORE) == 3
    assert numbers(path, "SELECT update_id FROM inbox ORDER BY update_id") == [3, 4, 6]
    assert [one.id for one in await inbox.waiting(9)] == [4]
    assert await inbox.accept([update(6)]) == 0  # the newest one is known as before


async def test_old_causes_go_but_not_those_that_a_waiting_update_may_repeat(
    database: Database, clock: StillClock
) -> None:
    await database.ledger.commit(created(plain_goal(1)))
    for days in (50, 40, 10):
        await database.ledger.commit(replace(batch(causes={f"update:{days}:0": 1}), at=NOW - days * DAY))
    clock.moment = NOW - 45 * DAY
    await database.inbox.accept([update(7)])  # its first handling may have left the cause of forty days ago
    causes = [Cause(f"update:{days}:0") for days in (50, 40, 10)]
    await database.pruning.prune(BEFORE)
    assert set((await database.ledger.load([], causes)).causes) == {causes[1], causes[2]}
    await database.inbox.finish(7, None, Handled(), NOW)
    await database.pruning.prune(BEFORE)
    assert set((await database.ledger.load([], causes)).causes) == {causes[2]}


async def test_messages_that_have_gone_or_were_dropped_go_and_waiting_ones_stay(database: Database, path: Path) -> None:
    outbox = database.outbox
    await outbox.put([message(name) for name in ("sent", "dropped", "sent lately", "queued", "sending")], BEFORE - DAY)
    sent, dropped, lately, _queued, sending = [row.id for row in await outbox.queued(9)]
    await outbox.sent(sent, 1, BEFORE - DAY)
    await outbox.drop(dropped, "refused")
    await outbox.sent(lately, 2, NOW)
    await outbox.sending(sending)
    assert await database.pruning.prune(BEFORE) == 2
    assert numbers(path, "SELECT id FROM outbox ORDER BY id") == [3, 4, 5]


async def test_more_than_one_transaction_takes_is_taken_in_several(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST", 4)
    await database.outbox.put([message(str(n)) for n in range(10)], BEFORE - DAY)
    for row in await database.outbox.queued(10):
        await database.outbox.sent(row.id, 1, BEFORE - DAY)
    assert await database.pruning.prune(BEFORE) == 10
    assert numbers(path, "SELECT COUNT(*) FROM outbox") == [0]
