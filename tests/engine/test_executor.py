"""The executor on a real database: slots, goals side by side, and what programs get back."""

import asyncio

import pytest

from engine.errors import (
    ExternalBlocked,
    InvalidInputError,
    NotFoundError,
    RefusedError,
    ResourceBlocked,
    StoreError,
    TaskUnfinishedError,
)
from engine.execution import attempts
from engine.executor import Options
from engine.goals import Goal, GoalStatus
from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import TaskId
from engine.work.registry import Work, WorkContext, WorkResult
from tests.engine.lives import planned
from tests.engine.stage import AT_ONCE, BrokenDisk, Stage, full_disk, quiet, statuses, until


def ended(goal: Goal) -> bool:
    return goal.has_ended


async def test_a_goal_of_a_chat_runs_to_its_end_by_itself_after_start(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b", "a"), planned("c", "a"))
        done = await until(executor, goal, ended)
        assert done.status is GoalStatus.COMPLETED
        assert done.progress == 1.0
        assert stage.hands.calls[0] == "A"
        assert sorted(stage.hands.calls[1:]) == ["B", "C"]


async def test_nothing_runs_before_start(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), chat=False)
        await executor.look_after_goals()
        await quiet(executor)
        assert stage.hands.calls == []
        assert (await executor.goal(goal)).status is GoalStatus.PROPOSED


@pytest.mark.parametrize("workers", [1, 3])
async def test_never_more_attempts_than_workers_run_at_once_and_no_slot_stays_empty(stage: Stage, workers: int) -> None:
    stage.options = Options(workers=workers, retry=AT_ONCE)
    async with stage.open() as executor:
        tasks = [planned(f"t{n}") for n in range(8)]
        goals = [await stage.started(executor, *tasks, name=f"Goal {n}") for n in range(2)]
        for goal in goals:
            assert (await until(executor, goal, ended)).status is GoalStatus.COMPLETED
        assert stage.hands.busiest == workers
        assert len(stage.hands.calls) == 16


async def test_a_program_that_executes_many_tasks_at_once_gets_no_more_slots_either(stage: Stage) -> None:
    stage.options = Options(workers=2, retry=AT_ONCE)
    busy = [0, 0]

    async def work(number: int) -> int:
        busy[0] += 1
        busy[1] = max(busy)
        await asyncio.sleep(0)
        busy[0] -= 1
        return number

    async with stage.open() as executor:
        goal = await stage.started(executor, *(planned(f"t{n}") for n in range(6)), chat=False)
        tasks = [TaskId(f"{goal}.{n}") for n in range(1, 7)]
        results = await asyncio.gather(*(executor.execute_task(task, work, n) for n, task in enumerate(tasks)))
        assert results == list(range(6))
        assert busy[1] == 2


async def test_tasks_that_do_not_depend_on_each_other_run_side_by_side(stage: Stage) -> None:
    met = asyncio.Barrier(2)

    async def meet(context: WorkContext) -> WorkResult:
        await met.wait()
        return None

    async with stage.open(Work(name="meet", summary="", run=meet)) as executor:
        goal = await stage.started(executor, planned("a", work="meet"), planned("b", work="meet"))
        assert (await until(executor, goal, ended)).status is GoalStatus.COMPLETED


async def test_a_waiting_task_says_what_it_waits_for_and_never_hangs(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(
            executor,
            planned("ask", work="person"),
            planned("rest", work="wait", inputs={"seconds": 3600}),
            planned("pick", work="decide", inputs={"options": ["yes", "no"]}),
            chat=False,
        )
        kinds = [await executor.execute_task(TaskId(f"{goal}.{n}")) for n in (1, 2, 3)]
        assert [kind["waiting_for"] for kind in kinds] == ["person", "time", "decision"]  # type: ignore[index]  # a mapping, see below
        assert all(isinstance(kind, dict) and kind["status"] == "waiting" for kind in kinds)
        assert kinds[1]["until"] == "2026-03-02T10:00:00+00:00"  # type: ignore[index]  # a mapping, see above


@pytest.mark.parametrize(
    ("work", "inputs"),
    [("wait", {"seconds": 3600}), ("decide", {"options": ["yes", "no"]}), ("measure", {}), ("person", {})],
)
async def test_a_passed_function_replaces_even_a_wait_a_choice_or_a_number(
    stage: Stage, work: str, inputs: dict[str, object]
) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work=work, inputs=inputs), chat=False)
        await executor.execute_task(TaskId(f"{goal}.1"))  # it waits now
        assert await executor.execute_task(TaskId(f"{goal}.1"), lambda: "mine") == "mine"
        assert (await executor.goal(goal)).status is GoalStatus.COMPLETED


async def test_executing_the_same_task_twice_at_once_is_refused_and_harms_nothing(stage: Stage) -> None:
    tries: list[int] = []
    gate = asyncio.Event()

    async def second_time_lucky() -> str:
        tries.append(1)
        await gate.wait()
        if len(tries) == 1:
            raise ValueError("not yet")
        return "mine"

    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person"), chat=False)
        async with asyncio.TaskGroup() as group:
            first = group.create_task(executor.execute_task(TaskId(f"{goal}.1"), second_time_lucky))
            await until(executor, goal, lambda one: one.task(1).status is TaskStatus.RUNNING)
            with pytest.raises(RefusedError) as raised:
                await executor.execute_task(TaskId(f"{goal}.1"), lambda: "other")
            assert raised.value.code == "task_running"
            gate.set()
            assert await first == "mine"


async def test_execute_task_refuses_what_can_not_be_executed(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b", "a"), chat=False)
        with pytest.raises(RefusedError) as raised:
            await executor.execute_task(TaskId(f"{goal}.2"), lambda: None)
        assert raised.value.code == "waits_for_others"
        with pytest.raises(NotFoundError):
            await executor.execute_task(TaskId(f"{goal}.9"), lambda: None)
        with pytest.raises(NotFoundError):
            await executor.execute_task(TaskId("99.1"), lambda: None)
        with pytest.raises(InvalidInputError):
            await executor.execute_task(TaskId("first"), lambda: None)
        await executor.execute_task(TaskId(f"{goal}.1"), lambda: None)
        with pytest.raises(RefusedError) as raised:
            await executor.execute_task(TaskId(f"{goal}.1"), lambda: None)
        assert raised.value.code == "task_ended"


async def test_a_blocked_task_tells_the_program_what_is_needed(stage: Stage) -> None:
    def locked() -> None:
        raise ExternalBlocked("a key to the shed", from_whom="the neighbour")

    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), chat=False)
        with pytest.raises(TaskUnfinishedError, match="a key to the shed") as raised:
            await executor.execute_task(TaskId(f"{goal}.1"), locked)
        assert raised.value.status == "blocked"
        status = await executor.get_goal_status(goal)
        assert status["status"] == "blocked"
        await executor.resolve_blockage(status["blockages"][0]["id"], answer="it is under the mat")
        assert await executor.execute_task(TaskId(f"{goal}.1"), lambda: "open") == "open"
        rows = await executor.queries.blockages(goal)
        assert rows[0].tried[0]["result"] == "it is under the mat"


async def test_a_resource_that_comes_back_lets_the_task_go_on_by_itself(stage: Stage) -> None:
    stage.hands.errors["A"] = [ResourceBlocked("disk", "the disk is full", retry_after=120)]
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"))
        blocked = await until(executor, goal, lambda one: one.status is GoalStatus.BLOCKED)
        assert [blockage.kind.value for blockage in blocked.blockages.values()] == ["resource"]
        stage.clock.advance(seconds=120)
        executor.tick()
        assert (await until(executor, goal, ended)).status is GoalStatus.COMPLETED
        assert stage.hands.calls == ["A", "A"]


async def test_run_goal_returns_when_only_people_and_moments_are_waited_for(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(
            executor,
            planned("a"),
            planned("b", "a"),
            planned("ask", "a", work="person"),
            planned("rest", work="wait", inputs={"seconds": 60}),
            planned("c", "ask"),
            chat=False,
        )
        status = await executor.run_goal(goal)
        assert status["status"] == "active"
        assert status["tasks"]["completed"] == 2
        assert status["tasks"]["waiting"] == 2
        assert status["tasks"]["pending"] == 1
        await executor.complete_task(goal, 3)
        await quiet(executor)
        assert stage.hands.calls == ["A", "B"], "a program's goal runs only while it is driven"
        stage.clock.advance(seconds=60)
        await executor.serve_wakeups()
        assert (await executor.run_goal(goal))["status"] == "completed"


async def test_a_program_that_stops_driving_a_goal_stops_what_had_not_begun(stage: Stage) -> None:
    stage.options = Options(workers=1, retry=AT_ONCE)
    gate = stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b"), planned("c"), chat=False)
        async with asyncio.TaskGroup() as group:
            driving = group.create_task(executor.run_goal(goal))
            await until(executor, goal, lambda one: one.task(1).status is TaskStatus.RUNNING)
            driving.cancel()
        gate.set()
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.COMPLETED)
        await executor.look_after_goals()
        for _ in range(20):
            await asyncio.sleep(0)
        assert statuses(await executor.goal(goal)) == ["completed", "pending", "pending"]
        other = await stage.started(executor, planned("d"), name="Other")
        assert (await until(executor, other, ended)).status is GoalStatus.COMPLETED, "the slot is free for others"


async def test_a_goal_that_nobody_drives_any_more_gets_no_slot_that_another_goal_frees(stage: Stage) -> None:
    stage.options = Options(workers=1, retry=AT_ONCE)
    gate = stage.hands.hold("Busy")
    async with stage.open() as executor:
        busy = await stage.started(executor, planned("busy"), name="Busy")
        await until(executor, busy, lambda one: one.task(1).status is TaskStatus.RUNNING)
        goal = await stage.started(executor, planned("a"), chat=False)
        async with asyncio.TaskGroup() as group:
            driving = group.create_task(executor.run_goal(goal))
            await until(executor, goal, lambda one: one.status is GoalStatus.ACTIVE)
            while not executor._dispatcher.queue:
                await asyncio.sleep(0)
            driving.cancel()
        gate.set()
        await until(executor, busy, ended)
        for _ in range(20):
            await asyncio.sleep(0)
        assert statuses(await executor.goal(goal)) == ["pending"]


async def test_a_task_that_a_failed_commit_had_granted_a_slot_still_gets_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "SAVE_AGAIN", (0.0,))
    stage.options = Options(workers=1, retry=AT_ONCE)
    gate = stage.hands.hold("Busy")
    async with stage.open() as executor:
        disk = executor.ledger._store = BrokenDisk(executor.ledger._store)  # type: ignore[assignment, arg-type]  # the real one is inside
        busy = await stage.started(executor, planned("busy"), name="Busy")
        await until(executor, busy, lambda one: one.task(1).status is TaskStatus.RUNNING)
        goal = await stage.started(executor, planned("a"))
        disk.refusals = [full_disk()]
        gate.set()
        assert (await until(executor, goal, ended)).status is GoalStatus.COMPLETED
        assert not disk.refusals


async def test_several_goals_run_at_once_and_sub_goals_end_to_end(stage: Stage) -> None:
    stage.planner.plans["Sub"] = (planned("x"), planned("y", "x"))
    async with stage.open() as executor:
        goals = [
            await stage.started(
                executor,
                planned("a"),
                planned("part", "a", work="subgoal", inputs={"name": "Sub"}),
                name=f"Goal {n}",
                chat=n > 0,
            )
            for n in range(3)
        ]
        assert (await executor.run_goal(goals[0]))["status"] == "completed"
        for goal in goals[1:]:
            assert (await until(executor, goal, ended)).status is GoalStatus.COMPLETED
        children = [child for goal in goals for child in await executor.queries.children(goal)]
        assert len(children) == 3
        assert [(await executor.goal(child)).status for child in children] == [GoalStatus.COMPLETED] * 3


async def test_track_progress_keeps_notes_and_report_milestone_only_tells_of_what_was_reached(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b"), chat=False)
        await executor.execute_task(TaskId(f"{goal}.1"), lambda: None)
        assert await executor.track_progress(goal, "well begun") == 0.5
        assert [row.note for row in await executor.queries.progress(goal) if row.note] == ["well begun"]
        marks = {mark["percent"]: mark for mark in (await executor.get_goal_status(goal))["milestones"]}
        assert [percent for percent, mark in marks.items() if mark["reached_at"]] == [10, 25, 50]
        await executor.report_milestone(marks[50]["id"])
        with pytest.raises(RefusedError):
            await executor.report_milestone(marks[75]["id"])
        for unknown in ("", "9", f"{goal}:33", "nine:10"):
            with pytest.raises(NotFoundError):
                await executor.report_milestone(unknown)


async def test_an_exception_in_the_callers_block_comes_out_as_it_was_raised(stage: Stage) -> None:
    class Mine(Exception):
        pass

    with pytest.raises(Mine):
        async with stage.open():
            raise Mine
    with pytest.raises(NotFoundError):
        async with stage.open() as executor:
            await executor.get_goal_status((await executor.set_goal("One")).__class__(99))


async def test_a_watcher_that_fails_neither_undoes_nor_doubles_a_change(stage: Stage) -> None:
    def broken(goal: Goal) -> None:
        raise RuntimeError("I can't watch this")

    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person"))
        executor.watch(broken)
        await executor.add_note(goal, "once")
        assert [row.note for row in await executor.queries.progress(goal) if row.note] == ["once"]


async def test_the_database_refusing_a_command_changes_nothing_in_memory(stage: Stage) -> None:
    async with stage.open() as executor:
        disk = executor.ledger._store = BrokenDisk(executor.ledger._store)  # type: ignore[assignment, arg-type]  # the real one is inside
        goal = await stage.started(executor, planned("a", work="person"))
        before = await executor.goal(goal)
        disk.refusals = [full_disk()]
        with pytest.raises(StoreError):
            await executor.complete_task(goal, 1)
        assert await executor.goal(goal) == before
        assert (await executor.complete_task(goal, 1)).status is GoalStatus.COMPLETED


def test_the_face_has_the_defaults_of_the_mission() -> None:
    options = Options()
    assert (options.max_retries, options.adaptation_threshold, options.monitoring_interval, options.workers) == (
        3,
        0.3,
        300.0,
        4,
    )
    assert isinstance(PlannedTask(key="a", title="A"), PlannedTask)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("max_retries", (0, 2.5, "3")),
        ("adaptation_threshold", (1.1, float("nan"), "0.5", None)),
        ("monitoring_interval", (0, float("nan"), float("inf"), "300")),
    ],
)
async def test_a_setting_that_makes_no_sense_is_refused(stage: Stage, name: str, values: tuple[object, ...]) -> None:
    async with stage.open() as executor:
        before = getattr(executor, name)
        for value in values:
            with pytest.raises(InvalidInputError):
                setattr(executor, name, value)
        assert getattr(executor, name) == before


async def test_arguments_have_the_names_of_the_mission(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b"), chat=False)
        done = await executor.execute_task(task_id=TaskId(f"{goal}.1"), work_function=lambda: "mine")
        assert done == "mine"
        await executor.report_milestone(milestone_id=f"{goal}:10")
        with pytest.raises(NotFoundError):
            await executor.resolve_blockage(blockage_id=f"{goal}:1")


async def test_a_lambda_around_a_coroutine_function_is_awaited(stage: Stage) -> None:
    async def fetched(number: int) -> object:
        await asyncio.sleep(0)
        return {number}

    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), chat=False)
        assert await executor.execute_task(TaskId(f"{goal}.1"), lambda: fetched(7)) == {7}
        assert (await executor.goal(goal)).task(1).outcome.value == [7]  # type: ignore[union-attr]  # it has completed


@pytest.mark.parametrize("strange", [None, "7", 0, -1, 7.5, 2**70])
async def test_what_can_not_be_the_id_of_a_goal_names_none(stage: Stage, strange: object) -> None:
    async with stage.open() as executor:
        for call in (executor.get_goal_status, executor.decompose_goal, executor.run_goal, executor.pause_goal):
            with pytest.raises(NotFoundError):
                await call(strange)  # type: ignore[operator]  # programs hand in anything
