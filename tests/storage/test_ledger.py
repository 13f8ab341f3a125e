"""The ledger's store gives back what it was given, writes all of a batch or nothing, and refuses what is outdated."""

import asyncio
import datetime as dt
import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from engine.clock import SystemClock
from engine.errors import ConflictError, InvalidInputError
from engine.goals import Goal, Priority
from engine.tasks import Outcome, TaskStatus
from engine.values import Cause, GoalId, TaskNumber
from storage.database import Database, open_database
from tests.examples import tries
from tests.storage.made_goals import NOW, batch, change, created, goals, plain_goal, with_task


async def load(database: Database, number: int) -> Goal | None:
    return (await database.ledger.load([GoalId(number)], [])).goals.get(GoalId(number))


@dataclass(frozen=True)
class Shelf:
    """One database for many goals, each with the next number."""

    runner: asyncio.Runner
    database: Database
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))


@pytest.fixture
def shelf(path: Path) -> Iterator[Shelf]:
    opening = open_database(path, clock=SystemClock())
    with asyncio.Runner() as runner:
        yield Shelf(runner, runner.run(opening.__aenter__()))
        runner.run(opening.__aexit__(None, None, None))


@settings(max_examples=tries(10), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_goal_comes_back_as_it_was_at_its_creation_and_after_any_change(
    shelf: Shelf, data: st.DataObject
) -> None:
    number, database = next(shelf.numbers), shelf.database
    first, second = data.draw(goals(number, 1)), data.draw(goals(number, 2))
    # A blockage leaves a goal by an event only; here the second value keeps or replaces those of the first.
    second = structs.replace(second, blockages={**first.blockages, **second.blockages})

    async def round_trip() -> None:
        await database.ledger.commit(created(first))
        assert await load(database, first.id) == first
        await database.ledger.commit(batch(change(first, second)))
        assert await load(database, first.id) == second

    shelf.runner.run(round_trip())


async def test_what_is_not_there_is_left_out(database: Database) -> None:
    await database.ledger.commit(batch(change(None, plain_goal(1)), causes={"update:1:0": 1}))
    loaded = await database.ledger.load([GoalId(1), GoalId(2)], [Cause("update:1:0"), Cause("update:2:0")])
    assert set(loaded.goals) == {1}
    assert loaded.causes == {"update:1:0": 1}


async def test_more_goals_than_one_statement_takes_are_committed_and_loaded(database: Database) -> None:
    many = [plain_goal(number, tasks=1) for number in range(1, 1202)]
    await database.ledger.commit(created(*many))
    loaded = await database.ledger.load([goal.id for goal in many], [])
    assert loaded.goals == {goal.id: goal for goal in many}
    assert await database.ledger.highest_goal() == 1201


async def test_the_highest_goal_of_an_empty_database_is_0(database: Database) -> None:
    assert await database.ledger.highest_goal() == 0


async def test_an_outdated_change_is_a_conflict_and_nothing_of_its_batch_is_written(database: Database) -> None:
    first, other = plain_goal(1, tasks=2), plain_goal(2)
    await database.ledger.commit(created(first, other))
    newer = with_task(first, 1, status=TaskStatus.COMPLETED)
    await database.ledger.commit(batch(change(first, newer)))
    stale = with_task(first, 1, status=TaskStatus.SKIPPED)
    changed_other = structs.replace(other, name="other", revision=2)
    with pytest.raises(ConflictError) as conflict:
        await database.ledger.commit(
            batch(change(other, changed_other), change(first, stale), causes={"update:9:0": 2})
        )
    assert conflict.value.goals == (1,)
    loaded = await database.ledger.load([first.id, other.id], [Cause("update:9:0")])
    assert loaded.goals == {1: newer, 2: other}
    assert loaded.causes == {}


async def test_creating_a_goal_that_is_there_is_a_conflict(database: Database) -> None:
    await database.ledger.commit(created(plain_goal(1)))
    with pytest.raises(ConflictError) as conflict:
        await database.ledger.commit(created(plain_goal(1, name="another")))
    assert conflict.value.goals == (1,)


async def test_a_cause_that_has_acted_already_is_a_conflict_and_acts_no_second_time(database: Database) -> None:
    first = plain_goal(1)
    await database.ledger.commit(batch(change(None, first), causes={"update:1:0": 1}))
    with pytest.raises(ConflictError):
        await database.ledger.commit(
            batch(change(first, structs.replace(first, name="again", revision=2)), causes={"update:1:0": 1})
        )
    assert await load(database, 1) == first


async def test_a_number_too_large_for_any_column_is_refused_and_harms_nobody_else(database: Database) -> None:
    good, bad = created(plain_goal(1)), created(plain_goal(2, fruitless=2**63))
    results = await asyncio.gather(database.ledger.commit(good), database.ledger.commit(bad), return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], InvalidInputError)
    assert await load(database, 1) == plain_goal(1)
    assert await load(database, 2) is None


async def test_half_a_character_is_replaced_so_that_no_result_is_lost_over_it(database: Database) -> None:
    goal = plain_goal(1, tasks=1)
    await database.ledger.commit(created(goal))
    outcome = Outcome(summary="half \ud83d", value={"also": "\udcff"})
    await database.ledger.commit(
        batch(change(goal, with_task(goal, 1, outcome=outcome, last_error="\ud83d", status=TaskStatus.COMPLETED)))
    )
    loaded = await load(database, 1)
    assert loaded is not None
    task = loaded.tasks[TaskNumber(1)]
    assert task.status is TaskStatus.COMPLETED
    assert task.last_error.startswith("\ufffd")
    assert task.outcome is not None
    assert task.outcome.summary.startswith("half \ufffd")


async def test_a_goals_priority_is_that_of_its_tasks_too(database: Database, path: Path) -> None:
    goal = plain_goal(1, tasks=2)
    await database.ledger.commit(created(goal))
    await database.ledger.commit(batch(change(goal, structs.replace(goal, priority=Priority.URGENT, revision=2))))
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT DISTINCT priority FROM goal_tasks").fetchall()
    connection.close()
    assert rows == [(4,)]


async def test_a_task_that_is_gone_from_the_plan_is_gone_from_the_tables(database: Database) -> None:
    goal = plain_goal(1, tasks=3)
    await database.ledger.commit(created(goal))
    shorter = structs.replace(goal, tasks={n: t for n, t in goal.tasks.items() if n < 3}, revision=2)
    await database.ledger.commit(batch(change(goal, shorter)))
    assert await load(database, 1) == shorter


async def test_wakeups_appear_move_and_go_with_their_change(database: Database) -> None:
    goal = plain_goal(1)
    soon, later = NOW + dt.timedelta(minutes=1), NOW + dt.timedelta(hours=1)
    await database.ledger.commit(batch(change(None, goal, wakeups={"task:1.1": soon, "goal:1": later})))
    assert await database.queries.next_due() == soon
    second = structs.replace(goal, revision=2)
    await database.ledger.commit(batch(change(goal, second, wakeups={"task:1.1": None, "goal:1": soon})))
    assert [(w.subject, w.at) for w in await database.queries.due(later, 9)] == [("goal:1", soon)]
    assert not await database.queries.due(NOW, 9)


async def test_a_cancelled_caller_gets_the_outcome_first_and_the_cancellation_at_its_next_wait(
    database: Database,
) -> None:
    reached: list[str] = []
    begun = asyncio.Event()

    async def caller() -> None:
        begun.set()
        await database.ledger.commit(created(plain_goal(1)))
        reached.append("committed")
        await asyncio.sleep(0)
        reached.append("went on")

    task = asyncio.ensure_future(caller())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert reached == ["committed"]
    assert await load(database, 1) == plain_goal(1)


async def test_readers_see_whole_commits_while_the_writer_works(database: Database) -> None:
    goal = plain_goal(1, tasks=20)
    await database.ledger.commit(created(goal))
    done = asyncio.Event()
    torn: list[Goal] = []

    async def write() -> None:
        value = goal
        for step in range(60):
            tasks = {n: structs.replace(t, count=step) for n, t in value.tasks.items()}
            following = structs.replace(value, tasks=tasks, name=f"step {step}", revision=value.revision + 1)
            await database.ledger.commit(batch(change(value, following)))
            value = following
        done.set()

    async def read() -> None:
        while not done.is_set():
            seen = await load(database, 1)
            assert seen is not None
            if len({task.count for task in seen.tasks.values()}) != 1:
                torn.append(seen)

    async with asyncio.TaskGroup() as group:
        group.create_task(write())
        group.create_task(read())
        group.create_task(read())
    assert not torn
