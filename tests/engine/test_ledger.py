"""The one door: batches, refusals, causes, conflicts and failures, on a real database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from engine import events as e
from engine import ledger as ledger_module
from engine.commands import Origin
from engine.decisions import Moment
from engine.errors import ConflictError, EngineError, NotFoundError, RefusedError, StoreError
from engine.execution.goal_decisions import note
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.values import Cause, GoalId
from tests.engine.lives import planned
from tests.engine.stage import BrokenDisk, Stage, full_disk, until


@asynccontextmanager
async def opened(stage: Stage) -> AsyncIterator[tuple[AutonomousGoalExecutor, BrokenDisk, GoalId]]:
    """An executor with a disk that can break, and one goal."""
    async with stage.open() as executor:
        disk = BrokenDisk(executor.ledger._store)  # type: ignore[arg-type]  # the real one
        executor.ledger._store = disk  # type: ignore[assignment]  # the real one is inside
        goal = await stage.started(executor, planned("a", work="person"), planned("b", "a", work="person"))
        disk.commits.clear()
        yield executor, disk, goal


def refuse(goal: Goal, moment: Moment) -> Sequence[e.Event]:
    raise RefusedError("no", "not like this")


async def notes(executor: AutonomousGoalExecutor, goal: GoalId) -> list[str]:
    return [row.note for row in await executor.queries.progress(goal) if row.note]


async def test_two_hundred_changes_at_once_are_all_applied_in_order_and_in_few_commits(stage: Stage) -> None:
    async with opened(stage) as (executor, disk, goal):
        before = (await executor.goal(goal)).revision
        await asyncio.gather(*(executor.add_note(goal, f"note {n}") for n in range(200)))
        assert await notes(executor, goal) == [f"note {n}" for n in range(200)]
        assert (await executor.goal(goal)).revision == before + 200
        assert len(disk.commits) <= 3


async def test_a_refused_decision_fails_alone(stage: Stage) -> None:
    async with opened(stage) as (executor, disk, goal):
        change = executor.ledger.change
        results = await asyncio.gather(
            change(goal, note("one"), Cause("1")),
            change(goal, refuse, Cause("2")),
            change(GoalId(99), note("nobody"), Cause("3")),
            change(goal, note("two"), Cause("4")),
            return_exceptions=True,
        )
        assert isinstance(results[1], RefusedError)
        assert isinstance(results[2], NotFoundError)
        assert await notes(executor, goal) == ["one", "two"]
        assert len(disk.commits) == 1


async def test_a_decision_that_breaks_takes_nobody_with_it(stage: Stage) -> None:
    def broken(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        raise ZeroDivisionError

    async with opened(stage) as (executor, _, goal):
        results = await asyncio.gather(
            executor.add_note(goal, "one"),
            executor.ledger.change(goal, broken, Cause("x")),
            executor.add_note(goal, "two"),
            return_exceptions=True,
        )
        assert isinstance(results[1], ZeroDivisionError)
        assert await notes(executor, goal) == ["one", "two"]


async def test_a_task_done_its_progress_its_marks_and_what_comes_next_are_one_commit(stage: Stage) -> None:
    async with opened(stage) as (executor, disk, goal):
        await executor.complete_task(goal, 1)
        (batch,) = disk.commits
        (change,) = batch.changes
        names = [type(recorded.event).__name__ for recorded in change.recorded]
        assert names == ["TaskCompleted", "TaskWaiting", "ProgressMade"] + ["MilestoneReached"] * 3
        assert change.notices
        assert change.wakeups


async def test_a_batch_that_fails_as_a_whole_is_tried_singly(stage: Stage) -> None:
    async with opened(stage) as (executor, disk, goal):
        disk.refusals = [full_disk(), full_disk()]  # the batch, and the first of its three
        results = await asyncio.gather(
            *(executor.add_note(goal, f"note {n}") for n in range(3)), return_exceptions=True
        )
        assert isinstance(results[0], StoreError)
        assert await notes(executor, goal) == ["note 1", "note 2"]


async def test_a_commit_that_fails_changes_nothing_in_memory(stage: Stage) -> None:
    async with opened(stage) as (executor, disk, goal):
        before = await executor.goal(goal)
        disk.refusals = [full_disk()]
        with pytest.raises(StoreError):
            await executor.complete_task(goal, 1)
        assert await executor.goal(goal) == before
        disk.refusals = [full_disk()]
        with pytest.raises(StoreError):
            await executor.set_goal("Another")
        assert await executor.set_goal("Another") == goal + 1, "no id was used up"


async def test_a_caller_that_was_cancelled_before_its_turn_changes_nothing(stage: Stage) -> None:
    async with opened(stage) as (executor, _, goal):
        async with asyncio.TaskGroup() as group:
            first = group.create_task(executor.add_note(goal, "kept"))
            second = group.create_task(executor.add_note(goal, "dropped"))
            await asyncio.sleep(0)
            second.cancel()
            await first
        await executor.add_note(goal, "last")
        assert await notes(executor, goal) == ["kept", "last"]


async def test_what_came_of_an_attempt_is_kept_though_its_reporter_was_cancelled_before_its_turn(stage: Stage) -> None:
    async with opened(stage) as (executor, _, goal):
        async with asyncio.TaskGroup() as group:
            reporter = group.create_task(executor.ledger.report(goal, note("came of it"), Cause("attempt")))
            await asyncio.sleep(0)
            reporter.cancel()
        assert reporter.cancelled()
        await executor.add_note(goal, "last")
        assert await notes(executor, goal) == ["came of it", "last"]


async def test_an_engine_of_which_one_loop_fails_ends_though_a_report_waits_for_its_turn(stage: Stage) -> None:
    async def fail() -> None:
        raise LookupError("a fault of ours")

    committing, may_go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        committing.set()
        await may_go_on.wait()

    with pytest.RaisesGroup(pytest.RaisesGroup(LookupError)):
        async with opened(stage) as (executor, disk, goal):
            disk.before = wait
            executor._spawn(executor.ledger.report(goal, note("under way"), Cause("1")), name="one")
            await committing.wait()
            executor._spawn(executor.ledger.report(goal, note("waits"), Cause("2")), name="two")
            executor._spawn(fail(), name="another")
            may_go_on.set()


async def test_a_repeated_cause_acts_once_even_across_a_restart(stage: Stage) -> None:
    cause = Cause("update:1:0")
    async with opened(stage) as (executor, _, goal):
        both = await asyncio.gather(*(executor.add_note(goal, "once", cause=cause) for _ in range(2)))
        assert both[0].revision == both[1].revision
        born = [await executor.set_goal("Twin", origin=Origin(cause=Cause("update:2:0"))) for _ in range(2)]
        assert born[0] == born[1]
    async with stage.open() as executor:
        assert (await executor.add_note(goal, "once", cause=cause)).id == goal
        assert await executor.set_goal("Twin", origin=Origin(cause=Cause("update:2:0"))) == born[0]
        assert await notes(executor, goal) == ["once"]


async def test_a_refused_command_does_not_use_up_its_cause(stage: Stage) -> None:
    async with opened(stage) as (executor, _, goal):
        cause = Cause("update:1:0")
        with pytest.raises(RefusedError):
            await executor.ledger.change(goal, refuse, cause, once=True)
        await executor.add_note(goal, "now it fits", cause=cause)
        assert await notes(executor, goal) == ["now it fits"]


async def test_a_conflict_is_loaded_and_decided_again_three_times_at_most(stage: Stage) -> None:
    async with opened(stage) as (executor, disk, goal):
        disk.refusals = [ConflictError((goal,)), ConflictError((goal,))]
        await executor.add_note(goal, "third time lucky")
        assert await notes(executor, goal) == ["third time lucky"]
        disk.refusals = [ConflictError((goal,))] * 3
        with pytest.raises(ConflictError):
            await executor.add_note(goal, "never")
        await executor.add_note(goal, "again")
        assert await notes(executor, goal) == ["third time lucky", "again"]


async def test_a_slot_that_a_failed_commit_had_granted_is_granted_again(stage: Stage) -> None:
    async with opened(stage) as (executor, disk, _):
        goal = await stage.started(executor, planned("ask", work="person"), planned("a", "ask"), name="Other")
        disk.refusals = [full_disk()]
        with pytest.raises(StoreError):
            await executor.complete_task(goal, 1)
        assert stage.hands.calls == []
        await executor.complete_task(goal, 1)
        done = await until(executor, goal, lambda one: one.has_ended)
        assert done.status is GoalStatus.COMPLETED
        assert stage.hands.calls == ["A"]


async def test_a_few_goals_are_kept_at_hand_and_the_others_are_loaded(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "CACHED_GOALS", 3)
    async with stage.open() as executor:
        goals = [await executor.set_goal(f"Goal {n}") for n in range(6)]
        assert [executor.ledger.cached(goal) is not None for goal in goals] == [False] * 3 + [True] * 3
        assert (await executor.add_note(goals[0], "still here")).name == "Goal 0"
        assert (await executor.goal(goals[1])).status is GoalStatus.DRAFT


async def test_a_closed_ledger_takes_nothing_more(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await executor.set_goal("One")
        await executor.stop(grace=0)
        with pytest.raises(EngineError, match="closed"):
            await executor.add_note(goal, "too late")
