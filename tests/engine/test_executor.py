"""The executor on a real database: slots, tries, timeouts, cancellation, and what programs get back."""

import asyncio
import sys
import threading

import pytest

from engine.errors import (
    ExternalBlocked,
    InvalidInputError,
    NotFoundError,
    PermanentError,
    RefusedError,
    ResourceBlocked,
    StoreError,
    TaskUnfinishedError,
    TemporaryError,
)
from engine.execution import attempts
from engine.executor import Options
from engine.goals import Goal, GoalStatus
from engine.plans import PlannedTask, Repair
from engine.tasks import Outcome, TaskStatus
from engine.values import TaskId, TaskNumber
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


@pytest.mark.parametrize("tries", [1, 2, 5])
async def test_max_retries_counts_attempts_and_then_the_plan_is_adapted(stage: Stage, tries: int) -> None:
    calls: list[int] = []

    def fails() -> None:
        calls.append(1)
        raise ValueError("no luck")

    async with stage.open() as executor:
        executor.max_retries = tries
        goal = await stage.started(executor, planned("a"), chat=False)
        with pytest.raises(TaskUnfinishedError, match="no luck") as raised:
            await executor.execute_task(TaskId(f"{goal}.1"), fails)
        assert raised.value.status == "failed"
        assert len(calls) == tries
        adapted = await until(executor, goal, lambda one: one.plan_version == 2)
        assert adapted.task(1).status is TaskStatus.PENDING
        assert [row.attempt for row in await executor.queries.attempts(goal)] == list(range(1, tries + 1))
        await quiet(executor)
        assert len(calls) == tries, "nobody drives the goal, so the fresh attempts wait"


async def test_a_retry_waits_for_its_moment_and_no_longer(stage: Stage) -> None:
    stage.options = Options()
    stage.hands.errors["A"] = [TemporaryError("hiccup", delay=60)]
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"))
        waiting = await until(executor, goal, lambda one: one.task(1).due_at is not None)
        assert waiting.task(1).last_error == "hiccup"
        stage.clock.advance(seconds=59)
        await executor.serve_wakeups()
        assert stage.hands.calls == ["A"]
        stage.clock.advance(seconds=1)
        executor.tick()
        assert (await until(executor, goal, ended)).status is GoalStatus.COMPLETED
        assert stage.hands.calls == ["A", "A"]


async def test_an_attempt_that_takes_too_long_is_cut_off_and_tried_again(stage: Stage) -> None:
    stage.hands.hold("A")
    stage.options = Options(task_timeout=0.01, max_retries=2, retry=AT_ONCE)
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"))
        await until(executor, goal, lambda one: one.adapting is not None or one.plan_version == 2)
        assert stage.hands.cut[:2] == ["A", "A"]
        assert [row.error for row in await executor.queries.attempts(goal)][:2] == ["it took too long"] * 2
        await executor.cancel_goal(goal)


async def test_a_plain_function_runs_in_a_thread_of_its_own_and_returns_what_it_returns(stage: Stage) -> None:
    class Odd:
        pass

    odd = Odd()
    threads: list[threading.Thread] = []

    def work(*, answer: int) -> tuple[Odd, int]:
        threads.append(threading.current_thread())
        return odd, answer

    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), chat=False)
        assert await executor.execute_task(TaskId(f"{goal}.1"), work, answer=42) == (odd, 42)
        assert threads[0] is not threading.main_thread()
        assert threads[0].daemon


@pytest.mark.parametrize("threaded", [True, False])
async def test_sys_exit_in_a_work_function_ends_the_attempt_and_not_the_program(stage: Stage, threaded: bool) -> None:
    def leave() -> None:
        sys.exit(3)

    async def leave_softly() -> None:
        sys.exit(3)

    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), chat=False)
        with pytest.raises(TaskUnfinishedError, match=r"sys\.exit"):
            await executor.execute_task(TaskId(f"{goal}.1"), leave if threaded else leave_softly)
        assert len(await executor.queries.attempts(goal)) == 1, "it is not worth another try"


async def test_work_that_cancels_itself_or_dies_oddly_fails_like_any_other(stage: Stage) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError("not even words")

    async def cancel() -> None:
        raise asyncio.CancelledError

    def interrupt() -> None:
        raise KeyboardInterrupt

    def stop() -> None:
        raise StopIteration("nothing left")

    async def mute() -> None:
        raise Mute

    async with stage.open() as executor:
        executor.max_retries = 1
        for odd, words in (
            (cancel, "cancelled itself"),
            (interrupt, "KeyboardInterrupt"),
            (stop, "nothing left"),
            (mute, "Mute"),
        ):
            goal = await stage.started(executor, planned("a"), chat=False, name=words)
            with pytest.raises(TaskUnfinishedError, match=words):
                await executor.execute_task(TaskId(f"{goal}.1"), odd)


@pytest.mark.parametrize(
    "result",
    [
        float("nan"),
        "half a pair \ud800",
        {1: {2, 3}},
        object(),
        10**400,
        Outcome(summary="\udfff", value=object()),  # type: ignore[arg-type]  # what a careless work returns
        "x" * 100_000,
    ],
    ids=["nan", "surrogate", "sets", "object", "huge", "outcome", "long"],
)
async def test_whatever_a_work_returns_can_be_kept(stage: Stage, result: object) -> None:
    stage.hands.results["A"] = result
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"))
        assert (await until(executor, goal, ended)).status is GoalStatus.COMPLETED
    async with stage.open() as executor:
        outcome = (await executor.goal(goal)).task(1).outcome
        assert outcome is not None
        assert len(outcome.summary) <= 300


async def test_a_work_that_nobody_knows_is_never_planned_and_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.execution.jobs.PAUSE", 0.0)
    stage.planner.plans["Odd"] = (planned("a", work="alchemy"),)
    async with stage.open() as executor:
        goal = await executor.set_goal("Odd")
        with pytest.raises(RefusedError, match="alchemy"):
            await executor.decompose_goal(goal)


async def test_a_work_that_is_gone_after_a_restart_fails_its_task_in_words(stage: Stage) -> None:
    async def spin(context: WorkContext) -> WorkResult:
        return None

    async with stage.open(Work(name="spin", summary="", run=spin)) as executor:
        goal = await stage.started(executor, planned("a", work="spin"), chat=False)
    async with stage.open() as executor:
        with pytest.raises(TaskUnfinishedError, match="spin"):
            await executor.execute_task(TaskId(f"{goal}.1"))


@pytest.mark.parametrize("how", ["cancel", "pause", "done", "skip", "fail"])
async def test_an_attempt_goes_on_or_stops_as_the_person_wishes(stage: Stage, how: str) -> None:
    gate = stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b", "a", work="person"))
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.RUNNING)
        while not stage.hands.calls:
            await asyncio.sleep(0)
        match how:
            case "cancel":
                await executor.cancel_goal(goal)
            case "fail":
                await executor.fail_goal(goal, "enough")
            case "pause":
                await executor.pause_goal(goal)
            case "done":
                await executor.complete_task(goal, 1)
            case _:
                await executor.skip_task(goal, 1)
        if how == "pause":  # what runs is finished
            gate.set()
            one = await until(executor, goal, lambda one: one.task(1).status is TaskStatus.COMPLETED)
            assert one.status is GoalStatus.PAUSED
            assert stage.hands.cut == []
        else:
            while not stage.hands.cut:
                await asyncio.sleep(0)
            assert (await executor.goal(goal)).task(1).lease is None
            assert not stage.hands.busy


async def test_a_late_result_is_fenced_off(stage: Stage) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow() -> str:
        entered.set()
        leave.wait(10)
        return "too late"

    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b", "a", work="person"), chat=False)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(executor.execute_task(TaskId(f"{goal}.1"), slow))
            await asyncio.to_thread(entered.wait, 10)
            await executor.complete_task(goal, 1, "by hand")  # a thread can't be stopped
            leave.set()
            assert await running == "by hand"
        await quiet(executor)
        outcome = (await executor.goal(goal)).task(1).outcome
        assert outcome is not None
        assert outcome.by_person
        assert outcome.value == "by hand"


async def test_a_result_outlives_a_disk_that_is_full_for_a_moment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "SAVE_AGAIN", (0.0,))
    gate = stage.hands.hold("A")
    async with stage.open() as executor:
        disk = executor.ledger._store = BrokenDisk(executor.ledger._store)  # type: ignore[assignment, arg-type]  # the real one is inside
        goal = await stage.started(executor, planned("a"))
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.RUNNING)
        disk.refusals = [full_disk(), full_disk(), full_disk()]
        gate.set()
        assert (await until(executor, goal, ended)).status is GoalStatus.COMPLETED
        assert stage.hands.calls == ["A"], "the work was done once"
        assert not disk.refusals


async def test_a_result_that_can_never_be_kept_is_a_failure_in_words(stage: Stage) -> None:
    gate = stage.hands.hold("A")
    async with stage.open() as executor:
        executor.max_retries = 1
        disk = executor.ledger._store = BrokenDisk(executor.ledger._store)  # type: ignore[assignment, arg-type]  # the real one is inside
        goal = await stage.started(executor, planned("a"))
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.RUNNING)
        disk.refusals = [InvalidInputError("value", "no column holds it", "less")]
        gate.set()
        failed = await until(executor, goal, lambda one: one.task(1).status is not TaskStatus.RUNNING)
        assert "could not be kept" in failed.task(1).last_error
        await executor.cancel_goal(goal)


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


async def test_adapt_plan_makes_a_new_version_each_time_and_keeps_what_is_done(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"), planned("b", "a"), chat=False)
        await executor.execute_task(TaskId(f"{goal}.1"), lambda: None)
        stage.planner.repairs = [Repair(add=(planned("c", "#1"),), supersede=(TaskNumber(2),)), Repair()]
        assert await executor.adapt_plan(goal, "feedback", outcome_deviation=0.4) == 2
        assert await executor.adapt_plan(goal, "more feedback") == 3
        assert statuses(await executor.goal(goal)) == ["completed", "superseded", "pending"]
        rows = await executor.queries.adaptations(goal)
        assert [(row.old_version, row.new_version, row.deviation) for row in rows] == [(1, 2, 0.4), (2, 3, 0.0)]
        assert rows[0].kept == (1,)
        assert rows[0].old_plan != rows[0].new_plan
        with pytest.raises(InvalidInputError):
            await executor.adapt_plan(goal, "feedback", outcome_deviation=1.5)


async def test_a_planner_that_always_fails_ends_planning_in_words(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.execution.jobs.PAUSE", 0.0)
    stage.planner.failures = [RuntimeError("no idea")] * 3
    async with stage.open() as executor:
        goal = await executor.set_goal("Anything")
        with pytest.raises(RefusedError, match="no idea"):
            await executor.decompose_goal(goal)


async def test_a_planner_that_can_not_repair_leaves_the_task_to_a_person(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.execution.jobs.PAUSE", 0.0)
    stage.hands.errors["A"] = [PermanentError("a")]
    stage.hands.errors["C"] = [PermanentError("c")]
    async with stage.open() as executor:
        gate = stage.hands.hold("A")
        goal = await stage.started(executor, planned("a"), planned("b", "a"), planned("c"))
        stage.planner.failures = [RuntimeError("no idea")] * 20
        gate.set()
        asked = await until(
            executor, goal, lambda one: [b.kind.value for b in one.blockages.values()] == ["external", "external"]
        )
        assert asked.status is GoalStatus.BLOCKED
        await quiet(executor)
        assert asked.adapting is None


async def test_an_empty_plan_is_no_plan(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.execution.jobs.PAUSE", 0.0)
    stage.planner.plans["Void"] = ()
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("part", work="subgoal", inputs={"name": "Void"}))
        found = await until(executor, goal, lambda one: one.plan_version > 1 or bool(one.blockages))
        assert not found.has_ended
        await executor.cancel_goal(goal)


async def test_a_repair_that_was_proposed_and_then_overtaken_does_no_harm(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person"))
        stage.planner.repairs = [
            Repair(add=(planned("b", work="person"),), grows=True),
            Repair(add=(planned("c", work="person"),)),
        ]
        await executor.request_adaptation(goal, "more")
        await until(executor, goal, lambda one: one.proposed_version == 2)
        await executor.request_adaptation(goal, "other")
        adapted = await until(executor, goal, lambda one: one.plan_version == 2)
        assert adapted.proposed_version is None
        assert [task.title for task in adapted.live_tasks] == ["A", "C"]
        with pytest.raises(RefusedError):
            await executor.accept_repair(goal, 2)


async def test_a_growing_repair_is_adopted_as_it_was_shown(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person"))
        stage.planner.repairs = [Repair(add=(planned("b", work="person"),), grows=True, summary="one more")] * 2
        await executor.request_adaptation(goal, "more")
        await until(executor, goal, lambda one: one.proposed_version == 2)
        await executor.reject_repair(goal, 2)
        assert len((await executor.goal(goal)).tasks) == 1
        await executor.request_adaptation(goal, "more, really")
        await until(executor, goal, lambda one: one.proposed_version == 2)
        taken = await executor.accept_repair(goal, 2)
        assert taken.plan_version == 2
        assert [task.title for task in taken.live_tasks] == ["A", "B"]


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
    ("name", "value"), [("max_retries", 0), ("adaptation_threshold", 1.1), ("monitoring_interval", 0)]
)
async def test_a_setting_that_makes_no_sense_is_refused(stage: Stage, name: str, value: float) -> None:
    async with stage.open() as executor:
        before = getattr(executor, name)
        with pytest.raises(InvalidInputError):
            setattr(executor, name, value)
        assert getattr(executor, name) == before
