"""A budget that is reached: the task waits, more money lets it go on once, a day's returns with the next day."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.blockages import BlockageKind, Strategy
from engine.errors import InvalidInputError, RefusedError
from engine.executor import AutonomousGoalExecutor, Options
from engine.goals import Goal, GoalStatus
from engine.money import Allowances, Amount, Cap
from engine.plans import PlannedTask
from engine.records import ChatSettings
from engine.reporting.notices import NoticeKind
from engine.tasks import TaskStatus
from engine.values import Cause, ChatId, GoalId, TaskNumber
from storage.ledger import SqlLedger
from tests.engine.payer import Payer
from tests.engine.stage import AT_ONCE, IN_CHAT, Stage, quiet, statuses, until

ONE = Amount(micros=1_000_000)
FIRST = TaskNumber(1)


@dataclass
class Shop:
    """A stage with a work that costs money: 40 cents a call, of a dollar a goal and two a day."""

    stage: Stage
    payer: Payer

    @asynccontextmanager
    async def open(self, **caps: Cap) -> AsyncIterator[AutonomousGoalExecutor]:
        given = Allowances(**{"a_goal": Cap(micros=1_000_000), "a_day": Cap(micros=2_000_000), **caps})
        self.stage.options = replace(self.stage.options, allowances=given)
        async with self.stage.open(self.payer.work()) as executor:
            self.payer.executor = executor
            yield executor

    async def started(
        self, executor: AutonomousGoalExecutor, *titles: str, chat: bool = True, name: str = "A"
    ) -> GoalId:
        tasks = [PlannedTask(key=title, title=title, work="ask") for title in titles]
        return await self.stage.started(executor, *tasks, chat=chat, name=name)

    async def notices(self, executor: AutonomousGoalExecutor, kind: NoticeKind) -> int:
        rows = await executor.notifier._outbox.queued(100)
        return sum(row.notice is not None and row.notice.kind is kind for row in rows)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    stage = Stage(tmp_path / "milepost.db", options=Options(retry=AT_ONCE, workers=1))
    return Shop(stage, Payer(now=stage.clock.now))


def open_shortages(goal: Goal) -> list[str]:
    return [one.shortage.account for one in goal.blockages.values() if one.shortage is not None]


async def stuck(executor: AutonomousGoalExecutor, goal: GoalId) -> Goal:
    found = await until(executor, goal, lambda one: one.status is GoalStatus.BLOCKED)
    await quiet(executor)
    return found


async def test_at_the_cap_the_task_waits_for_a_person_and_nobody_tries_again_by_itself(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await stuck(executor, await shop.started(executor, "one", "two", "three"))
        [blockage] = goal.blockages.values()
        assert (blockage.kind, blockage.strategy, blockage.task) == (BlockageKind.RESOURCE, Strategy.ASK, 3)
        assert "$0.80 of $1.00 for this goal are spent" in blockage.description
        assert "the next step may take $0.40" in blockage.description
        assert statuses(goal) == ["completed", "completed", "blocked"]
        assert await shop.notices(executor, NoticeKind.BLOCKAGE) == 1
        shop.stage.clock.advance(hours=3)
        await executor.serve_wakeups()
        await executor.look_after_goals()
        await quiet(executor)
        assert shop.payer.tries == ["one", "two", "three"]


async def test_a_dollar_more_lets_it_go_on_once_with_a_fresh_attempt(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await stuck(executor, await shop.started(executor, "one", "two", "three"))
        cause = Cause("update:1:0")
        for _ in range(2):  # the second is the repeat of one update after a crash
            newest = await executor.allow_more(goal.id, 1, ONE, cause=cause)
        assert newest.budget == Cap(micros=2_000_000)
        done = await until(executor, goal.id, lambda one: one.has_ended)
        assert done.status is GoalStatus.COMPLETED
        assert done.tasks[TaskNumber(3)].attempts == 1
        assert shop.payer.paid == ["one", "two", "three"]


async def test_a_second_press_is_refused_and_adds_nothing(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await stuck(executor, await shop.started(executor, "one", "two", "three"))
        await executor.allow_more(goal.id, 1, ONE, cause=Cause("update:1:0"))
        with pytest.raises(RefusedError):
            await executor.allow_more(goal.id, 1, ONE, cause=Cause("update:2:0"))
        assert (await executor.goal(goal.id)).budget == Cap(micros=2_000_000)


async def test_two_who_allow_more_side_by_side_add_it_once(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await stuck(executor, await shop.started(executor, "one", "two", "three"))
        both = await asyncio.gather(*(executor.allow_more(goal.id, 1, ONE) for _ in range(2)), return_exceptions=True)
        assert [isinstance(one, RefusedError) for one in both] == [False, True]
        assert (await executor.goal(goal.id)).budget == Cap(micros=2_000_000)


async def test_what_else_waits_for_the_same_budget_goes_on_too_and_is_asked_about_once(shop: Shop) -> None:
    shop.stage.options = replace(shop.stage.options, workers=4)
    async with shop.open() as executor:
        goal = await stuck(executor, await shop.started(executor, "one", "two", "three", "four", "five"))
        assert open_shortages(goal) == [f"goal:{goal.id}"] * 3
        assert await shop.notices(executor, NoticeKind.BLOCKAGE) == 1
        await executor.allow_more(goal.id, 1, Amount(micros=5_000_000))
        await until(executor, goal.id, lambda one: one.has_ended)
        assert sorted(shop.payer.paid) == ["five", "four", "one", "three", "two"]


async def test_more_is_counted_from_what_was_spent_where_that_is_beyond_the_cap(shop: Shop) -> None:
    async with shop.open() as executor:
        id_ = await shop.started(executor, "one", "two", "three")
        await executor.report_spent(id_, 50_000_000, "domain")
        goal = await stuck(executor, id_)
        newest = await executor.allow_more(goal.id, min(goal.blockages), ONE)
        assert newest.budget == Cap(micros=goal.blockages[min(goal.blockages)].shortage.spent.micros + 1_000_000)  # type: ignore[union-attr]  # it is one


async def test_a_sub_goal_stops_at_the_budget_of_the_goal_above_and_goes_on_when_that_is_raised(shop: Shop) -> None:
    async with shop.open() as executor:
        shop.stage.planner.plans["Inner"] = tuple(
            PlannedTask(key=title, title=title, work="ask") for title in ("one", "two", "three")
        )
        serve = PlannedTask(key="s", title="Serve", work="subgoal", inputs={"name": "Inner"})
        above = await shop.stage.started(executor, serve, name="Outer")
        parent = await until(
            executor, above, lambda one: bool(one.tasks[FIRST].waiting and one.tasks[FIRST].waiting.child)
        )
        child = parent.tasks[FIRST].waiting.child  # type: ignore[union-attr]  # it waits
        assert child is not None
        held = await stuck(executor, child)
        assert open_shortages(held) == [f"goal:{above}"]
        await executor.allow_more(child, 1, ONE, cause=Cause("update:1:0"))
        assert (await executor.goal(above)).budget == Cap(micros=2_000_000)
        assert (await executor.goal(child)).budget is None
        assert (await until(executor, above, lambda one: one.has_ended)).status is GoalStatus.COMPLETED
        assert (await executor.costs_of(above)).spent == Amount(micros=1_200_000)
        with pytest.raises(RefusedError):
            await executor.allow_more(child, 1, ONE, cause=Cause("update:2:0"))
        assert (await executor.goal(above)).budget == Cap(micros=2_000_000)


async def test_a_larger_budget_from_a_program_lets_its_goal_go_on(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await shop.started(executor, "one", "two", "three", chat=False)
        standing = await executor.run_goal(goal)
        assert "$0.80 of $1.00" in str(standing)
        await executor.set_budget(goal, dollars=1.1)
        assert open_shortages(await executor.goal(goal)), "that is not enough yet"
        await executor.set_budget(goal, dollars=1.2)
        assert not open_shortages(await executor.goal(goal))
        await executor.run_goal(goal)
        assert (await executor.goal(goal)).status is GoalStatus.COMPLETED
        with pytest.raises(InvalidInputError):
            await executor.set_budget(goal, dollars=-1)


async def test_a_days_cap_lifts_itself_when_the_chats_next_day_begins_across_daylight_saving(shop: Shop) -> None:
    shop.stage.clock = type(shop.stage.clock)(dt.datetime(2026, 10, 24, 23, 0, tzinfo=dt.UTC))  # the 25th in Berlin
    shop.payer.now = shop.stage.clock.now
    async with shop.open(a_day=Cap(micros=500_000)) as executor:
        await executor.accounts.conversations.save_settings(ChatSettings(chat=ChatId(100), zone="Europe/Berlin"))
        goal = await stuck(executor, await shop.started(executor, "one", "two"))
        assert open_shortages(goal) == ["day:2026-10-25/100"]
        due = dt.datetime(2026, 10, 25, 23, 0, tzinfo=dt.UTC)  # that day has 25 hours
        assert goal.tasks[TaskNumber(2)].due_at == due
        shop.stage.clock.advance(hours=23, minutes=59)
        await executor.serve_wakeups()
        assert (await executor.goal(goal.id)).status is GoalStatus.BLOCKED
        shop.stage.clock.advance(minutes=1)
        assert shop.stage.clock.now() == due
        await executor.serve_wakeups()
        assert (await until(executor, goal.id, lambda one: one.has_ended)).status is GoalStatus.COMPLETED


async def test_more_for_a_day_is_for_that_day_alone_and_frees_all_goals_of_the_chat(shop: Shop) -> None:
    async with shop.open(a_day=Cap(micros=500_000)) as executor:
        first = await stuck(executor, await shop.started(executor, "one", "two", name="A"))
        second = await stuck(executor, await shop.started(executor, "three", name="B"))
        for _ in range(2):
            await executor.allow_more(first.id, 1, ONE, cause=Cause("update:1:0"))
        for goal in (first, second):
            await until(executor, goal.id, lambda one: one.has_ended)
        day = await executor.accounts.of_day(IN_CHAT.chat)
        assert day.cap == Cap(micros=1_500_000)
        with pytest.raises(RefusedError):
            await executor.allow_more(second.id, 1, ONE, cause=Cause("update:2:0"))
        assert (await executor.accounts.of_day(IN_CHAT.chat)).cap == day.cap
        shop.stage.clock.advance(days=1)
        assert (await executor.accounts.of_day(IN_CHAT.chat)).cap == Cap(micros=500_000)


async def test_a_larger_day_of_the_chat_lets_go_on_what_it_held_up(shop: Shop) -> None:
    async with shop.open(a_day=Cap(micros=500_000)) as executor:
        await executor.accounts.conversations.save_settings(ChatSettings(chat=ChatId(100)))
        goal = await stuck(executor, await shop.started(executor, "one", "two"))
        await executor.set_day_budget(ChatId(100), Cap(micros=700_000))
        assert open_shortages(await executor.goal(goal.id)), "two calls take 80 cents"
        await executor.set_day_budget(ChatId(100), Cap(micros=800_000))
        await until(executor, goal.id, lambda one: one.has_ended)


async def test_what_waits_goes_on_after_a_restart_under_which_more_is_allowed(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await stuck(executor, await shop.started(executor, "one", "two", "three"))
    async with shop.open() as executor:
        await quiet(executor)
        assert (await executor.goal(goal.id)).status is GoalStatus.BLOCKED, "under the same cap nothing changes"
    async with shop.open(a_goal=Cap(micros=3_000_000)) as executor:
        await until(executor, goal.id, lambda one: one.has_ended)
        assert shop.payer.paid == ["one", "two", "three"]


async def test_money_that_is_taken_back_lets_go_on_what_it_held_up(shop: Shop) -> None:
    async with shop.open() as executor:
        id_ = await shop.started(executor, "one")
        await until(executor, id_, lambda one: one.has_ended)
        other = await shop.stage.started(executor, PlannedTask(key="w", title="Wait", work="person"), name="B")
        await executor.report_spent(other, 900_000, "paper", cause=Cause("update:5:0"))
        await executor.report_spent(other, 900_000, "paper", cause=Cause("update:5:0"))
        assert (await executor.costs_of(other)).spent == Amount(micros=900_000)
        with pytest.raises(RefusedError):
            await executor.report_spent(other, -1_000_000)
        await executor.report_spent(other, -900_000)
        assert (await executor.costs_of(other)).spent == Amount()


async def test_a_call_cut_off_by_a_kill_counts_as_its_estimate_at_the_next_start(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await shop.started(executor, "one")
        await until(executor, goal, lambda one: one.has_ended)
        row = ("work", "test:one", "an earlier run", 300_000)

        def cut_off(connection: object) -> None:
            connection.execute(  # type: ignore[attr-defined]  # the driver's
                "INSERT INTO spend (purpose, model, boot, status, micros, tokens_in, tokens_out, estimated, started_at,"
                " error) VALUES (?, ?, ?, 'reserved', ?, 0, 0, 0, '2026-03-02T09:00:00+00:00', '')",
                row,
            )
            connection.execute(  # type: ignore[attr-defined]  # the same
                "INSERT INTO spend_accounts (account, call) SELECT ?, MAX(id) FROM spend", (f"goal:{goal}",)
            )

        store = executor.ledger._store
        assert isinstance(store, SqlLedger)
        await store._writer.run(cut_off)
        assert (await executor.costs_of(goal)).reserved == Amount(micros=300_000)
    async with shop.open() as executor:
        while (await executor.costs_of(goal)).reserved != Amount():
            await asyncio.sleep(0)
        costs = await executor.costs_of(goal)
        assert (costs.spent, costs.reserved) == (Amount(micros=700_000), Amount())


async def test_a_goal_that_skips_what_it_has_no_means_for_leaves_the_task_out(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await shop.started(executor, "one", "two", "three")
        await executor.set_strategy(goal, BlockageKind.RESOURCE, Strategy.SKIP)
        done = await until(executor, goal, lambda one: one.has_ended)
        assert [done.tasks[TaskNumber(n)].status for n in (1, 2, 3)].count(TaskStatus.SKIPPED) == 1


async def test_a_blockage_that_is_not_about_money_takes_none(shop: Shop) -> None:
    async with shop.open() as executor:
        goal = await shop.stage.started(executor, PlannedTask(key="w", title="Wait", work="person"))
        await executor.report_problem(goal, 1, "no pen")
        with pytest.raises(RefusedError):
            await executor.allow_more(goal, 1, ONE)
