"""Crashes, stops, wake-ups and the monitor: no task stays running, nothing that was done is done again."""

import asyncio
import datetime as dt
import gc
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from engine.agents.conversation.reply import Reply
from engine.agents.conversation.talk import Turn, TurnId, TurnStatus
from engine.blockages import BlockageKind, Strategy
from engine.errors import TemporaryError
from engine.executor import AutonomousGoalExecutor, Options
from engine.goals import GoalStatus
from engine.options import Stores
from engine.plans import Repair
from engine.tasks import TaskStatus
from engine.values import ChatId, GoalId, TaskId, TaskNumber, UserId
from engine.work.registry import Work, WorkRegistry
from storage.database import open_database
from tests.engine.lives import planned
from tests.engine.stage import AT_ONCE, IN_CHAT, BrokenDisk, Hands, PlanOf, Stage, quiet, statuses, until
from tests.fakes import FakeClock
from tests.fresh_database import fresh_database


async def crashed(stage: Stage, executor: AutonomousGoalExecutor, times: int = 1) -> Stage:
    """The stage as a crash at this moment would leave it: the file copied while everything runs."""
    other = stage.path.with_name(f"crash-{times}-{stage.path.name}")
    for suffix in ("", "-wal"):
        source = stage.path.with_name(stage.path.name + suffix)
        if source.exists():
            shutil.copy(source, other.with_name(other.name + suffix))
    return Stage(other, clock=stage.clock, planner=stage.planner, options=stage.options)


async def running(stage: Stage, executor: AutonomousGoalExecutor, goal: GoalId) -> None:
    await until(executor, goal, lambda one: any(t.status is TaskStatus.RUNNING for t in one.tasks.values()))
    while not stage.hands.busy:
        await asyncio.sleep(0)


async def test_after_a_crash_no_task_is_left_running_and_finished_work_is_not_done_again(stage: Stage) -> None:
    stage.hands.hold("B")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b", "a"), planned("c", "b"))
        await until(executor, goal, lambda one: one.task(2).status is TaskStatus.RUNNING)
        copy = await crashed(stage, executor)
    async with copy.open() as executor:
        done = await until(executor, goal, lambda one: one.has_ended)
        assert done.status is GoalStatus.COMPLETED
        assert copy.hands.calls == ["B", "C"]
        assert done.task(2).attempts == 1, "the lost attempt does not count"
        rows = await executor.queries.attempts(goal)
        assert [(row.task, row.result) for row in rows] == [
            (1, "task_completed"),
            (2, "attempt_lost"),
            (2, "task_completed"),
            (3, "task_completed"),
        ]


async def test_a_task_lost_three_times_in_a_row_blocks_and_asks(stage: Stage) -> None:
    async with stage.open() as executor:
        stage.hands.hold("A")
        goal = await stage.started(executor, planned("a"))
        await running(stage, executor, goal)
        copy = await crashed(stage, executor)
    for times in (2, 3):
        copy.hands.hold("A")
        async with copy.open() as executor:
            await running(copy, executor, goal)
            copy = await crashed(copy, executor, times)
    async with copy.open() as executor:
        blocked = await until(executor, goal, lambda one: one.status is GoalStatus.BLOCKED)
        assert blocked.task(1).status is TaskStatus.BLOCKED
        assert [blockage.kind.value for blockage in blocked.blockages.values()] == ["external"]
        assert copy.hands.calls == []
        await executor.resolve_blockage(f"{goal}:1")
        assert (await until(executor, goal, lambda one: one.has_ended)).status is GoalStatus.COMPLETED


async def test_work_that_must_not_be_repeated_asks_after_a_crash(stage: Stage) -> None:
    stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="once"))
        await running(stage, executor, goal)
        copy = await crashed(stage, executor)
    async with copy.open() as executor:
        blocked = await until(executor, goal, lambda one: one.status is GoalStatus.BLOCKED)
        await quiet(executor)
        assert copy.hands.calls == []
        (blockage,) = blocked.blockages.values()
        assert "nobody knows how far it came" in blockage.description


@pytest.mark.parametrize("strategy", [Strategy.ASK, Strategy.ADAPT])
async def test_another_plan_does_not_run_again_what_only_a_person_can_tell_about(
    stage: Stage, strategy: Strategy
) -> None:
    stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="once"), planned("b", work="person"))
        await executor.set_strategy(goal, BlockageKind.EXTERNAL, strategy)
        await running(stage, executor, goal)
        copy = await crashed(stage, executor)
    async with copy.open() as executor:
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.BLOCKED)
        copy.planner.repairs = [Repair(reset=(TaskNumber(1),), summary="all afresh")]
        assert await executor.adapt_plan(goal, "I changed my mind") == 2
        await quiet(executor)
        now = await executor.goal(goal)
        assert now.task(1).status is TaskStatus.BLOCKED
        assert len(now.blockages) == 1
        assert copy.hands.calls == []
        await executor.resolve_blockage(f"{goal}:1")
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.COMPLETED)
        assert copy.hands.calls == ["A"]


async def test_unfinished_planning_and_adapting_are_taken_up_after_a_crash(stage: Stage) -> None:
    stage.planner.gate = asyncio.Event()
    stage.planner.plans["Plan me"] = (planned("a", work="person"),)
    async with stage.open() as executor:
        goal = await executor.set_goal("Plan me", origin=IN_CHAT)
        copy = await crashed(stage, executor)
        stage.planner.gate.set()
    async with copy.open() as executor:
        await until(executor, goal, lambda one: one.status is GoalStatus.PROPOSED)
        await executor.start_goal(goal)
        copy.planner.gate = asyncio.Event()
        await executor.request_adaptation(goal, "the world changed")
        again = await crashed(copy, executor, 2)
        copy.planner.gate.set()
    async with again.open() as executor:
        adapted = await until(executor, goal, lambda one: one.plan_version == 2)
        assert adapted.adapting is None


async def test_a_stop_gives_leases_back_and_costs_no_attempt(stage: Stage) -> None:
    stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"))
        await running(stage, executor, goal)
    stage.hands = Hands()
    async with stage.open() as executor:
        done = await until(executor, goal, lambda one: one.has_ended)
        assert done.status is GoalStatus.COMPLETED
        assert done.task(1).attempts == 1
        assert done.task(1).lost == 0


async def test_a_stop_lets_an_attempt_finish_within_its_grace(stage: Stage) -> None:
    gate = stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b", "a"))
        await running(stage, executor, goal)
        async with asyncio.TaskGroup() as group:
            group.create_task(executor.stop(grace=5.0))
            await asyncio.sleep(0)
            gate.set()
        assert statuses(await executor.goal(goal)) == ["completed", "pending"], "nothing new was begun"


async def test_a_stop_in_the_middle_of_a_commit_that_starts_work_gives_that_lease_back_too(stage: Stage) -> None:
    stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("ask", work="person"), planned("a", "ask"))
        disk = executor.ledger._store = BrokenDisk(executor.ledger._store)  # type: ignore[assignment, arg-type]  # the real one is inside
        writing, go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> None:
            writing.set()
            await go_on.wait()

        disk.before = slowly
        async with asyncio.TaskGroup() as group:
            group.create_task(executor.complete_task(goal, 1))
            await writing.wait()
            stopping = group.create_task(executor.stop(grace=0))
            for _ in range(20):
                await asyncio.sleep(0)
            go_on.set()
            await stopping
        assert statuses(await executor.goal(goal)) == ["completed", "pending"]


async def test_opening_and_closing_at_once_is_no_trouble(stage: Stage) -> None:
    for _ in range(2):
        async with stage.open():
            pass


async def test_a_wait_is_over_at_its_moment_also_across_a_restart(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("rest", work="wait", inputs={"seconds": 7 * 86_400}))
        stage.clock.advance(days=3)
        await executor.serve_wakeups()
        assert statuses(await executor.goal(goal)) == ["waiting"]
    stage.clock.advance(days=4)
    async with stage.open() as executor:
        assert (await until(executor, goal, lambda one: one.has_ended)).status is GoalStatus.COMPLETED


async def test_a_chat_has_a_day_to_name_another_date_and_a_program_none(stage: Stage) -> None:
    async with stage.open() as executor:
        stage.planner.plans[""] = (planned("ask", work="person"),)
        deadline = stage.clock.now() + dt.timedelta(days=1)
        in_chat = await executor.set_goal("Ours", deadline=deadline, origin=IN_CHAT)
        await until(executor, in_chat, lambda one: one.status is GoalStatus.PROPOSED)
        await executor.start_goal(in_chat)
        program = await executor.set_goal("Mine", deadline=deadline)
        await executor.run_goal(program)
        stage.clock.advance(days=1)
        await executor.serve_wakeups()
        assert (await executor.goal(program)).status is GoalStatus.FAILED
        ours = await executor.goal(in_chat)
        assert ours.deadline_grace == deadline + dt.timedelta(days=1)
        assert [blockage.needed for blockage in ours.blockages.values()] == ["another date"]
        stage.clock.advance(hours=23, minutes=59)
        await executor.serve_wakeups()
        assert not (await executor.goal(in_chat)).has_ended
        stage.clock.advance(minutes=1)
        await executor.serve_wakeups()
        assert (await executor.goal(in_chat)).status is GoalStatus.FAILED


async def test_the_monitor_takes_back_a_lease_that_ran_out(stage: Stage) -> None:
    stage.hands.hold("A")
    stage.options = Options(retry=AT_ONCE, task_timeout=100.0)
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"))
        await running(stage, executor, goal)
        stage.clock.advance(seconds=129)
        await executor.look_after_goals()
        assert stage.hands.cut == [], "its lease is longer than its timeout"
        stage.clock.advance(seconds=1)
        await executor.look_after_goals()
        await until(executor, goal, lambda one: one.task(1).attempt_serial == 2)
        assert stage.hands.cut == ["A"]
        stage.hands.gates["A"].set()
        assert (await until(executor, goal, lambda one: one.has_ended)).status is GoalStatus.COMPLETED


async def test_a_wakeup_that_nothing_answers_to_is_no_busy_loop(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("rest", work="wait", inputs={"seconds": 60}))
        stage.clock.advance(seconds=60)
        monkeypatch.setattr("engine.goal_engine.came_due", lambda number: lambda goal, moment: [])
        again = await executor.serve_wakeups()
        assert again is not None
        assert again > stage.clock.now()
        await executor.cancel_goal(goal)


async def test_a_repair_that_would_close_a_circle_or_names_strangers_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.execution.jobs.PAUSE", 0.0)
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person"), planned("b", "a", work="person"))
        one, two = sorted((await executor.goal(goal)).tasks)
        for bad in (
            Repair(rewire={one: (f"#{two}",)}),
            Repair(rewire={one: ("#99",)}),
            Repair(rewire={one: ("nonsense",)}),
            Repair(add=(planned("#1"),)),
            Repair(add=(planned("c", weight=float("nan")),)),
        ):
            stage.planner.repairs = [bad] * 3
            assert await executor.adapt_plan(goal, "try this") == 1
        assert (await executor.goal(goal)).status is GoalStatus.ACTIVE


async def test_a_program_resumes_what_it_paused(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), chat=False)
        await executor.execute_task(TaskId(f"{goal}.1"), lambda: None)
        other = await stage.started(executor, planned("a"), chat=False, name="Other")
        await executor.start_goal(other)
        await executor.pause_goal(other, "lunch")
        assert (await executor.run_goal(other))["status"] == "paused"
        await executor.resume_goal(other, "back from lunch")
        rows = await executor.queries.log(other, before=None, limit=9)
        told = {row.event: row.details["reason"] for row in rows if row.event in ("goal_paused", "goal_resumed")}
        assert told == {"goal_paused": "lunch", "goal_resumed": "back from lunch"}
        assert (await executor.run_goal(other))["status"] == "completed"


async def test_a_check_of_what_others_bring_about_is_looked_at_until_it_holds(stage: Stage) -> None:
    looks = Work(name="check", summary="Looks", run=stage.hands.run, exact=True, patient=True)
    stage.hands.errors["See"] = [TemporaryError("not there yet") for _ in range(12)]
    async with stage.open(looks) as executor:
        goal = await stage.started(executor, planned("see", work="check"))
        for count in range(1, 13):
            looked = await until(
                executor, goal, lambda one, n=count: one.task(1).attempts == n and bool(one.task(1).due_at)
            )  # type: ignore[misc]  # the default binds the number
            assert looked.status is GoalStatus.ACTIVE
            stage.clock.advance(minutes=40)
            executor.tick()
        assert (await until(executor, goal, lambda one: one.has_ended)).status is GoalStatus.COMPLETED
        assert len(stage.hands.calls) == 13


async def test_a_run_that_is_cut_off_in_the_middle_of_a_turn_begins_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = Turn(id=TurnId(1), chat=ChatId(7), thread=0, user=UserId(7), status=TurnStatus.OPEN, said=())
    begun = asyncio.Event()

    async def turns(now: dt.datetime) -> list[Turn]:
        return [turn]

    async def answer(turn: Turn) -> Reply:
        begun.set()
        await asyncio.Event().wait()
        return Reply(text="Never said")

    async with open_database(fresh_database(tmp_path / "goals.db"), clock=FakeClock()) as store:
        monkeypatch.setattr(store.conversations, "turns", turns)
        named = {one.name: getattr(store, one.name) for one in fields(Stores) if one.name != "school"}
        executor = AutonomousGoalExecutor(Stores(**named), FakeClock(), WorkRegistry(), PlanOf(), Options())
        executor.turns.answer = answer
        async with asyncio.TaskGroup() as group:
            run = group.create_task(executor.run())
            await asyncio.wait_for(begun.wait(), 20)
            run.cancel()
        assert run.cancelled()
        gc.collect()  # a coroutine that nobody waits for would be told of here
