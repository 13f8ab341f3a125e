"""Attempts: tries, timeouts, threads, odd works and odd results, cancellation, and a disk that is full."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from functools import reduce

import pytest

from engine.errors import (
    InvalidInputError,
    RefusedError,
    TaskUnfinishedError,
    TemporaryError,
)
from engine.execution import attempts
from engine.executor import Options
from engine.goals import Goal, GoalStatus
from engine.tasks import Expectation, Outcome, TaskStatus
from engine.values import TaskId
from engine.work.registry import Work, WorkContext, WorkResult
from tests.engine.lives import planned
from tests.engine.stage import AT_ONCE, BrokenDisk, Stage, full_disk, quiet, until


class Mute:
    """A value that can't say what it is, as one whose connection was closed."""

    def __str__(self) -> str:
        raise LookupError("the connection was closed")


HOLDS_ITSELF: list[object] = []
HOLDS_ITSELF.append(HOLDS_ITSELF)


def ended(goal: Goal) -> bool:
    return goal.has_ended


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
        assert isinstance(raised.value.__cause__, ValueError), "its traceback leads into the program's own function"
        assert len(calls) == tries
        adapted = await until(executor, goal, lambda one: one.plan_version == 2)
        assert adapted.task(1).status is TaskStatus.PENDING
        assert [row.attempt for row in await executor.queries.attempts(goal)] == list(range(1, tries + 1))
        await quiet(executor)
        assert len(calls) == tries, "nobody drives the goal, so the fresh attempts wait"


async def test_what_an_earlier_try_raised_is_not_the_cause_of_another_failure(stage: Stage) -> None:
    results = iter([ValueError("no luck"), Outcome(summary="half of it", deviation=0.9)])

    def falls_short() -> Outcome:
        match next(results):
            case Outcome() as outcome:
                return outcome
            case error:
                raise error

    async with stage.open() as executor:
        executor.max_retries = 2
        goal = await stage.started(executor, planned("a"), chat=False)
        with pytest.raises(TaskUnfinishedError, match="half of it") as raised:
            await executor.execute_task(TaskId(f"{goal}.1"), falls_short)
        assert raised.value.__cause__ is None


@pytest.mark.parametrize("brought", [499, 12.5, float("nan")])
async def test_a_number_that_a_function_brings_for_a_measure_is_held_against_the_target(
    stage: Stage, brought: float
) -> None:
    measure = planned("a", work="measure", expected=Expectation(summary="500 signups", target=500, unit="signups"))
    async with stage.open() as executor:
        executor.max_retries = 1
        goal = await stage.started(executor, measure, chat=False)
        with pytest.raises(TaskUnfinishedError, match=r"target: 500 signups|no number"):
            await executor.execute_task(TaskId(f"{goal}.1"), lambda: brought)
        adapted = await until(executor, goal, lambda one: one.plan_version == 2)
        assert adapted.progress == 0.0
        assert await executor.execute_task(TaskId(f"{goal}.1"), lambda: 500) == 500
        assert (await executor.goal(goal)).status is GoalStatus.COMPLETED


@pytest.mark.parametrize("brought", [None, True, "all of them", Outcome(summary="as good as done", value=499)])
async def test_what_is_no_number_is_a_program_s_own_word_for_a_measure(stage: Stage, brought: WorkResult) -> None:
    measure = planned("a", work="measure", expected=Expectation(summary="500 signups", target=500))
    async with stage.open() as executor:
        goal = await stage.started(executor, measure, chat=False)
        assert await executor.execute_task(TaskId(f"{goal}.1"), lambda: brought) == brought
        assert (await executor.goal(goal)).status is GoalStatus.COMPLETED


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

    async def leave() -> None:
        raise BaseException("out of here")  # as pytest's own are

    def lazy() -> Iterator[int]:
        yield 1

    async def lazy_too() -> AsyncIterator[int]:
        yield 1

    async with stage.open() as executor:
        executor.max_retries = 1
        for odd, words in (
            (cancel, "cancelled itself"),
            (interrupt, "KeyboardInterrupt"),
            (stop, "nothing left"),
            (mute, "Mute"),
            (leave, "out of here"),
            (lazy, "generator"),
            (lazy_too, "a generator"),
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
        10**5000,
        HOLDS_ITSELF,
        reduce(lambda inner, _: {"a": inner}, range(5000), {}),
        Mute(),
        {Mute(): [Mute()]},
    ],
    ids=[
        "nan",
        "surrogate",
        "sets",
        "object",
        "huge",
        "outcome",
        "long",
        "without end",
        "a circle",
        "deep",
        "mute",
        "mute within",
    ],
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


async def test_executing_a_task_that_waits_for_its_retry_does_not_wait(stage: Stage) -> None:
    stage.options = Options()
    stage.hands.errors["A"] = [TemporaryError("hiccup", delay=3600)]
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a"))
        await until(executor, goal, lambda one: one.task(1).due_at is not None)
        assert await executor.execute_task(TaskId(f"{goal}.1"), lambda: "now") == "now"


@pytest.mark.parametrize(("answer", "is_taken"), [(True, True), (False, False), ("YES.", True), (" no", False)])
async def test_what_a_passed_function_says_to_a_choice_prunes_as_a_persons_word_would(
    stage: Stage, answer: object, is_taken: bool
) -> None:
    async with stage.open() as executor:
        choice = planned("pick", work="decide", inputs={"options": ["Yes", "No"]})
        goal = await stage.started(executor, choice, planned("go", "pick", only_if=("pick", "Yes")), chat=False)
        assert await executor.execute_task(TaskId(f"{goal}.1"), lambda: answer) == answer
        assert ((await executor.goal(goal)).task(2).status is TaskStatus.SKIPPED) is not is_taken
