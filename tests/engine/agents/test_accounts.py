"""Which accounts a call is charged to, and when a chat's day ends, to the second."""

import datetime as dt
import zoneinfo
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agents.accounts import day_of, end_of
from engine.agents.calls import CallFacts, Purpose
from engine.money import Account, Allowances, Amount, Cap, goal_account
from engine.plans import PlannedTask
from engine.records import ChatSettings
from engine.values import Cause, ChatId, GoalId, TaskNumber
from tests.engine.stage import IN_CHAT, Stage, until

ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
A_GOAL, A_DAY = Cap(micros=2_000_000), Cap(micros=5_000_000)


@given(st.dates(dt.date(1975, 1, 1), dt.date(2036, 12, 30)), st.sampled_from(ZONES))
def test_a_day_ends_where_the_next_one_begins(day: dt.date, zone: str) -> None:
    end = end_of(day, zone)
    assert day_of(end, zone) > day
    assert day_of(end - dt.timedelta(microseconds=1), zone) <= day


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [("Europe/Berlin", "2026-03-29", 23), ("Europe/Berlin", "2026-10-25", 25),
     ("Europe/Berlin", "2026-11-22", 24),
     ("America/Santiago", "2026-09-05", 24), ("America/Santiago", "2026-09-06", 23),
     ("Africa/Cairo", "2026-04-24", 23)],
)  # fmt: skip
def test_a_day_on_which_the_clocks_are_changed_has_its_own_length(zone: str, day: str, hours: int) -> None:
    date = dt.date.fromisoformat(day)
    begin = end_of(date - dt.timedelta(days=1), zone)
    assert (end_of(date, zone) - begin) == dt.timedelta(hours=hours)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path / "milepost.db")
    stage.options = type(stage.options)(allowances=Allowances(a_goal=A_GOAL, a_day=A_DAY))
    return stage


async def test_a_call_for_a_sub_goal_is_charged_to_all_goals_above_it_and_to_the_day(stage: Stage) -> None:
    async with stage.open() as executor:
        stage.planner.plans[""] = (PlannedTask(key="b", title="Dig", work="person"),)
        serve = PlannedTask(key="a", title="Prepare", work="subgoal", inputs={"name": "Prepare the beds"})
        above = await stage.started(executor, serve)
        goal = await until(executor, above, lambda one: one.tasks[TaskNumber(1)].waiting is not None)
        waiting = (await until(executor, above, lambda one: bool(one.tasks[TaskNumber(1)].waiting.child))).tasks  # type: ignore[union-attr]  # it waits
        child = waiting[TaskNumber(1)].waiting.child  # type: ignore[union-attr]  # the same
        assert child is not None
        facts = await executor.accounts.of_call(Purpose.WORK, goal=child, task=TaskNumber(1))
        assert goal.chat == facts.chat == IN_CHAT.chat
        assert [(one.name, one.cap) for one in facts.accounts] == [
            (f"goal:{child}", Cap()), (f"goal:{above}", A_GOAL), ("day:2026-03-02/100", A_DAY),
        ]  # fmt: skip
        await executor.set_budget(child, dollars="0.50")
        await executor.set_budget(above, tokens=1_000)
        facts = await executor.accounts.of_call(Purpose.WORK, goal=child)
        assert [one.cap for one in facts.accounts] == [
            Cap(micros=500_000), Cap(micros=2_000_000, tokens=1_000), A_DAY,
        ]  # fmt: skip


async def test_a_chats_day_is_that_of_its_zone_with_its_own_cap_and_what_was_added(stage: Stage) -> None:
    async with stage.open() as executor:
        chats, accounts = executor.accounts.conversations, executor.accounts
        chat = ChatSettings(chat=ChatId(5), zone="Pacific/Auckland", day_budget=Cap(micros=10))
        await chats.save_settings(chat)
        stage.clock.advance(hours=6)  # 15:00 in UTC, 04:00 of the next day there
        day = await accounts.of_day(ChatId(5))
        assert (day.name, day.cap) == ("day:2026-03-03/5", Cap(micros=10))
        assert day.until == dt.datetime(2026, 3, 3, 11, 0, tzinfo=dt.UTC)
        for _ in range(2):
            await accounts.spending.grant(day.name, Amount(micros=7), Cause("update:1:0"))
        assert (await accounts.of_day(ChatId(5))).cap == Cap(micros=17)
        assert await accounts.cap_of(day) == Cap(micros=17)
        assert (await accounts.of_day(None)).name == "day:2026-03-02/-"
        assert (
            await accounts.cap_of(await accounts.of_goal(await executor.goal(await executor.set_goal("A")))) == A_GOAL
        )


async def test_the_account_of_a_goal_that_is_gone_is_bounded_by_nothing(stage: Stage) -> None:
    async with stage.open() as executor:
        assert await executor.accounts.cap_of(goal_account(GoalId(99))) == Cap()


async def test_a_call_that_was_prepared_before_midnight_is_charged_to_the_day_in_which_it_is_made(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, PlannedTask(key="a", title="Dig", work="person"))
        before = await executor.accounts.of_call(Purpose.PLAN, goal=goal)
        tab = Account(name="session:plan:1@2")
        before = replace(before, accounts=(*before.accounts, tab))
        stage.clock.advance(days=1)
        await executor.set_budget(goal, tokens=5)
        newest = await executor.accounts.renewed(before)
        assert [(one.name, one.cap.tokens) for one in newest.accounts] == [
            (f"goal:{goal}", 5), ("day:2026-03-03/100", A_DAY.tokens), (tab.name, None),
        ]  # fmt: skip
        assert (newest.goal, newest.chat, newest.purpose) == (before.goal, before.chat, before.purpose)
        probe = CallFacts(purpose=Purpose.CHECK)
        assert await executor.accounts.renewed(probe) is probe
