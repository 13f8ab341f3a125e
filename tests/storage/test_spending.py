"""Calls and what they cost: reserved in all accounts or in none, told once at most of a cap, never forgotten."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from engine.agents.calls import CallFacts, CallId, Ending, Paid, Purpose, Reservation, Settlement
from engine.errors import RefusedError
from engine.money import Account, Amount, BudgetReached, Cap, day_account, goal_account
from engine.reporting.notices import Notice, NoticeKind
from engine.values import BootId, Cause, ChatId, GoalId
from storage.database import Database, open_database
from tests.storage.conftest import StillClock
from tests.storage.made_goals import CHAT, NOW, created, plain_goal

ROOT = Path(__file__).parents[2]
DAY = day_account(NOW.date(), CHAT)


def goals(cap: int, number: int = 1) -> Account:
    return goal_account(GoalId(number), Cap(micros=cap))


def wanted(micros: int, *accounts: Account, chat: ChatId | None = CHAT, boot: str = "this") -> Reservation:
    facts = CallFacts(purpose=Purpose.WORK, accounts=accounts, goal=GoalId(1), chat=chat)
    return Reservation(facts=facts, model="a:b", estimate=Amount(micros=micros, tokens=9), boot=BootId(boot), at=NOW)


def took(micros: int) -> Settlement:
    return Settlement(ending=Ending.ANSWERED, micros=micros, tokens_in=5, tokens_out=2, is_estimate=False, seconds=60.0)


async def call(database: Database, micros: int, *accounts: Account, chat: ChatId | None = CHAT) -> list[str]:
    made = await database.spending.reserve(wanted(micros, *accounts, chat=chat))
    return [one.name for one in await database.spending.settle(made, took(micros))]


async def told(database: Database) -> list[Notice]:
    return [row.notice for row in await database.outbox.queued(100) if row.notice is not None]


async def test_a_call_that_would_pass_one_cap_is_charged_to_no_account(database: Database) -> None:
    await call(database, 5, goals(10), DAY)
    with pytest.raises(BudgetReached) as caught:
        await database.spending.reserve(wanted(6, goals(100, 2), goals(10), DAY))
    assert caught.value.shortage.account == "goal:1"
    assert caught.value.shortage.spent == Amount(micros=5, tokens=7)
    assert [(await database.spending.spent(name)).micros for name in ("goal:1", "goal:2", DAY.name)] == [5, 0, 5]


async def test_the_chat_is_told_once_when_most_of_a_cap_is_spent(database: Database) -> None:
    assert await call(database, 79, goals(100), DAY) == []
    assert await call(database, 1, goals(100), DAY) == ["goal:1"]
    assert await call(database, 1, goals(100), DAY) == []
    [notice] = await told(database)
    assert (notice.kind, notice.chat, notice.goal) == (NoticeKind.BUDGET_NEARLY, CHAT, GoalId(1))
    assert notice.facts == {
        "account": "goal:1", "spent_micros": 80, "spent_tokens": 14, "cap_micros": 100, "cap_tokens": None,
    }  # fmt: skip


async def test_a_raised_cap_is_told_of_anew_and_each_only_once_over_restarts(path: Path, clock: StillClock) -> None:
    async with open_database(path, clock=clock) as database:
        await database.ledger.commit(created(plain_goal(1)))
        await call(database, 90, goals(100))
    async with open_database(path, clock=clock) as database:
        await call(database, 5, goals(100))
        assert len(await told(database)) == 1
        await call(database, 65, goals(200))
        assert len(await told(database)) == 2
        back = Paid(micros=-0, note="", at=NOW, cause=Cause("x"))
        await database.spending.report(CallFacts(purpose=Purpose.PERSON, accounts=(goals(200),), goal=GoalId(1)), back)
        await call(database, 1, goals(200))
        assert len(await told(database)) == 2


async def test_a_cap_that_is_nearly_spent_again_after_something_was_taken_back_is_not_told_of_again(
    database: Database,
) -> None:
    facts = CallFacts(purpose=Purpose.PERSON, accounts=(goals(100),), goal=GoalId(1), chat=CHAT)
    for number, micros in enumerate((85, -85, 85)):
        paid = Paid(micros=micros, note="paper", at=NOW, cause=Cause(f"update:{number}:0"))
        await database.spending.report(facts, paid)
    assert len(await told(database)) == 1
    with pytest.raises(RefusedError):
        await database.spending.report(facts, Paid(micros=-86, note="", at=NOW, cause=Cause("update:9:0")))


async def test_a_program_has_no_chat_to_tell_but_learns_of_it(database: Database) -> None:
    assert await call(database, 90, goals(100), chat=None) == ["goal:1"]
    assert await told(database) == []


async def test_what_is_only_reserved_does_not_count_as_spent(database: Database) -> None:
    first = await database.spending.reserve(wanted(90, goals(100)))
    assert await database.spending.settle(first, took(10)) == []
    assert await told(database) == []
    assert await database.spending.settle(first, took(99)) == [], "settled once"
    assert (await database.spending.spent("goal:1")).micros == 10


async def test_calls_of_another_run_are_settled_at_their_estimate_and_may_be_most_of_a_cap(database: Database) -> None:
    await database.spending.reserve(wanted(85, goals(100), boot="before"))
    await database.spending.reserve(wanted(10, goals(100), boot="this"))
    assert await database.spending.orphaned(BootId("this")) == 1
    assert await database.spending.orphaned(BootId("this")) == 0
    [row] = await database.spending.breakdown("goal:1")
    assert (row.spent.micros, row.reserved.micros) == (85, 10)
    assert len(await told(database)) == 1


async def test_what_was_spent_is_kept_for_good(database: Database) -> None:
    await call(database, 5, goals(10), DAY)
    await database.spending.grant(DAY.name, Amount(micros=3), Cause("update:1:0"))
    await database.pruning.prune(NOW + dt.timedelta(days=10_000))
    assert (await database.spending.spent("goal:1")).micros == 5
    assert await database.spending.granted(DAY.name) == Amount(micros=3)


async def test_a_group_that_moves_takes_its_days_along(database: Database) -> None:
    await database.ledger.commit(created(plain_goal(1)))
    await call(database, 5, goals(10), DAY)
    await database.spending.grant(DAY.name, Amount(micros=3), Cause("update:1:0"))
    new = ChatId(-1001)
    await database.conversations.move_chat(CHAT, new)
    there = day_account(NOW.date(), new).name
    assert (await database.spending.spent(there)).micros == 5
    assert (await database.spending.spent(DAY.name)).micros == 0
    assert await database.spending.granted(there) == Amount(micros=3)
    exported = await database.queries.export(new)
    assert [row["chat"] for row in exported["spend"]] == [new]  # type: ignore[index, call-overload]  # it is an object
    assert [row["micros"] for row in exported["goals"][0]["spend"]] == [5]  # type: ignore[index, call-overload]  # the same


async def test_a_killed_process_leaves_its_calls_charged_and_the_next_start_settles_them(
    path: Path, clock: StillClock
) -> None:
    command = [sys.executable, "-m", "tests.storage.killed_spender", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(5)]
        process.kill()
        said.extend(process.stdout.read().splitlines(keepends=True))
    acknowledged = max(CallId(int(line)) for line in said if line.endswith("\n"))
    async with open_database(path, clock=clock) as database:
        held = await database.spending.spent("goal:1")
        assert held.micros >= 10 * acknowledged, "each acknowledged call is charged, at least as reserved"
        assert await database.spending.orphaned(BootId("next")) >= 1
        rows = await database.spending.breakdown("goal:1")
        assert sum(row.reserved.micros for row in rows) == 0
        assert await database.spending.spent("goal:1") == held
