"""Findings in the database: one row for the same one, told once whatever happens, «never» for good."""

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.goals import GoalStatus
from engine.proactive.agent import notice_of
from engine.proactive.findings import REST, Deed, Finding, FindingKind, FindingStatus, KeptFinding, Remedy
from engine.records import Delivery
from engine.values import ChatId, GoalId, TaskNumber
from storage.database import Database, open_database
from storage.encoding import to_json
from storage.findings import _FINDING
from tests.engine.proactive.found import finding
from tests.storage.conftest import StillClock
from tests.storage.made_goals import CHAT, NOW, counts, created, objects, plain_goal, texts

ROOT = Path(__file__).parents[2]
DAY = dt.timedelta(days=1)
ONE, TWO = GoalId(1), GoalId(2)


async def saw(database: Database, *found: Finding, goal: GoalId = ONE, now: dt.datetime = NOW) -> list[KeptFinding]:
    return list(await database.findings.saw(goal, ONE, found, now))


async def with_goals(database: Database) -> None:
    await database.ledger.commit(created(plain_goal(1), plain_goal(2)))


async def tell(database: Database, one: KeptFinding, now: dt.datetime = NOW) -> bool:
    return await database.findings.tell(one, notice_of(one, CHAT), now - DAY, now)


async def queued(database: Database) -> int:
    return len(await database.outbox.queued(99))


numbers = st.none() | counts


@given(
    st.builds(
        Finding,
        kind=st.sampled_from(FindingKind),
        about=texts,
        tasks=st.lists(counts.map(TaskNumber), max_size=3).map(tuple),
        facts=objects,
        remedy=st.none()
        | st.builds(Remedy, deed=st.sampled_from(Deed), task=numbers, version=numbers, micros=numbers, text=texts),
        is_heard=st.booleans(),
    )
)
def test_a_finding_comes_back_as_it_was(one: Finding) -> None:
    assert _FINDING.validate_json(to_json(one)) == one


async def test_the_same_finding_is_one_row_however_often_it_is_found(database: Database) -> None:
    await with_goals(database)
    (first,) = await saw(database, finding())
    (again,) = await saw(database, finding(facts={"since": "now"}))
    assert (again.id, again.finding.facts, again.revision) == (first.id, {"since": "now"}, 1)
    assert await saw(database) == []
    gone = await database.findings.find(first.id)
    assert gone is not None
    assert gone.status is FindingStatus.GONE
    assert [one.id for one in await saw(database, finding())] == [first.id]


async def test_findings_of_goals_that_have_ended_are_not_live(database: Database) -> None:
    await database.ledger.commit(created(plain_goal(1), plain_goal(2, status=GoalStatus.COMPLETED)))
    await saw(database, finding())
    await saw(database, finding(), goal=TWO)
    assert [one.goal for one in await database.findings.live()] == [ONE]
    assert await database.findings.live([TWO]) == []


async def test_a_goal_and_all_that_serves_it_have_one_message_a_day(database: Database) -> None:
    await with_goals(database)
    (one,) = await saw(database, finding())
    (other,) = await saw(database, finding(), goal=TWO)
    assert await tell(database, one)
    assert not await tell(database, one), "it was told"
    assert not await tell(database, other), "something of the same goal was told today"
    assert await queued(database) == 1
    assert await tell(database, other, NOW + DAY)


async def test_what_changed_meanwhile_is_neither_told_nor_answered(database: Database) -> None:
    await with_goals(database)
    (old,) = await saw(database, finding())
    (new,) = await saw(database, finding(remedy=Remedy(deed=Deed.SKIP, task=TaskNumber(1))))
    assert new.revision == 2
    assert not await tell(database, old)
    assert not await database.findings.answer(old, FindingStatus.DONE, NOW)
    assert await database.findings.answer(new, FindingStatus.DONE, NOW)
    assert not await database.findings.answer(new, FindingStatus.DISMISSED, NOW)


async def test_never_is_remembered_across_a_restart_and_settles_what_is_live(path: Path, clock: StillClock) -> None:
    async with open_database(path, clock=clock) as database:
        await with_goals(database)
        await saw(database, finding(), finding(FindingKind.BUDGET))
        for _ in range(2):
            await database.findings.mute(CHAT, FindingKind.STALLED, NOW)
    async with open_database(path, clock=clock) as database:
        assert await database.findings.muted(CHAT) == {FindingKind.STALLED}
        assert await database.findings.muted(ChatId(CHAT + 1)) == set()
        assert [one.finding.kind for one in await database.findings.live()] == [FindingKind.BUDGET]


async def test_never_goes_along_when_a_group_gets_another_id(database: Database) -> None:
    await database.findings.mute(CHAT, FindingKind.STALLED, NOW)
    await database.findings.mute(ChatId(-7), FindingKind.STALLED, NOW)
    await database.conversations.move_chat(CHAT, ChatId(-7))
    assert await database.findings.muted(ChatId(-7)) == {FindingKind.STALLED}
    assert await database.findings.muted(CHAT) == set()


async def test_not_now_comes_back_after_its_rest_with_new_buttons(database: Database) -> None:
    await with_goals(database)
    (one,) = await saw(database, finding())
    await database.findings.answer(one, FindingStatus.DISMISSED, NOW)
    assert await saw(database, finding(), now=NOW + DAY) == []
    (back,) = await saw(database, finding(), now=NOW + REST)
    assert (back.id, back.revision, back.status) == (one.id, 2, FindingStatus.OPEN)


@pytest.mark.long  # processes; test_kill.py kills one each time
async def test_a_kill_at_any_moment_leaves_told_and_queued_together(path: Path, clock: StillClock) -> None:
    async with open_database(path, clock=clock) as database:
        await with_goals(database)
        await saw(database, *(finding(about=str(n)) for n in range(400)))
    command = [sys.executable, "-m", "tests.storage.killed_teller", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(5)]
        process.kill()
        said += process.stdout.read().splitlines(keepends=True)
    async with open_database(path, clock=clock) as database:
        told = {one.id for one in await database.findings.live() if one.status is FindingStatus.TOLD}
        rows = await database.outbox.queued(999)
        noticed = [row.notice.facts["finding"] for row in rows if row.notice is not None]
        assert sorted(noticed) == sorted(told), "each that is told has its message, and no other has"
        assert told >= {int(line) for line in said if line.endswith("\n")}
        assert all(row.status is Delivery.QUEUED for row in rows)
        again = [replace(one, status=FindingStatus.OPEN) for one in await database.findings.live() if one.id in told]
        assert not any([await tell(database, one, NOW + 9 * DAY) for one in again]), "told once"
