"""Parts that were cut off by a kill or a stop: the same call goes on, and nothing is done twice."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.coordination.agents import Agent
from engine.errors import PermanentError
from engine.reporting.results import ResultStatus
from engine.tasks import TaskStatus
from engine.work.registry import WorkContext
from tests.engine.coordination.parts import by_title, goal_of
from tests.engine.lives import planned
from tests.engine.stage import Stage, quiet, until
from tests.engine.test_goal_engine import crashed

ROOT = Path(__file__).parents[3]


async def test_cut_off_by_a_kill_the_same_call_goes_on_and_does_nothing_twice(stage: Stage) -> None:
    stage.hands.hold("B")
    async with stage.open() as executor:
        team = await executor.coordinator.create_hierarchy("Team", 2)
        goal = await goal_of(stage, executor, planned("a"), planned("b"), planned("c", "b"))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(executor.coordinator.execute_parallel(goal))
            await until(executor, goal, lambda one: one.task(1).status is TaskStatus.COMPLETED)
            copy = await crashed(stage, executor)
            running.cancel()
    async with copy.open() as executor:
        assert await executor.coordinator.hierarchies() == (team,)
        await quiet(executor)
        assert copy.hands.calls == [], "a program's parts wait for the program"
        result = await executor.coordinator.execute_parallel(goal)
        assert result.is_success
        assert copy.hands.calls == ["B", "C"]
        rows = await executor.queries.attempts(goal)
        assert [(row.task, row.result, bool(row.agent)) for row in rows] == [
            (1, "task_completed", True),
            (2, "attempt_lost", True),
            (2, "task_completed", True),
            (3, "task_completed", True),
        ]


async def test_what_must_not_run_twice_and_was_cut_off_is_left_to_a_person(stage: Stage) -> None:
    stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a", work="once"), planned("b"))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(executor.coordinator.execute_parallel(goal))
            await until(executor, goal, lambda one: one.task(2).status is TaskStatus.COMPLETED)
            copy = await crashed(stage, executor)
            running.cancel()
    async with copy.open() as executor:
        result = await executor.coordinator.execute_parallel(goal, lambda: "again")
        assert result.status is ResultStatus.WAITING
        assert by_title(result) == {"A": "blocked", "B": "completed"}
        assert copy.hands.calls == []


async def test_what_agents_have_done_before_decides_who_goes_first_also_after_a_restart(stage: Stage) -> None:
    stage.options = replace(stage.options, max_retries=1)
    failing = [Agent(name="Ann"), Agent(name="Ben")]

    def clumsy(context: WorkContext) -> str:
        if context.agent == "Ann":
            raise PermanentError("dropped it")
        return "fine"

    async with stage.open() as executor:
        await executor.coordinator.create_hierarchy("Two", workers=failing)
        for number in range(3):
            goal = await goal_of(stage, executor, planned("a"), planned("b"), name=f"Try {number}")
            await executor.coordinator.execute_parallel(goal, clumsy)
            await executor.cancel_goal(goal) if not (await executor.goal(goal)).has_ended else None
        track = await executor.queries.track(["Ann", "Ben"])
        assert track["Ann", "run"].failed > 0
        assert track["Ben", "run"].worked > track["Ben", "run"].failed
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"), name="Last")
        result = await executor.coordinator.execute_parallel(goal)
        assert [part.agent for part in result.parts] == ["Ben"]


async def test_a_stop_while_parts_run_is_told_and_nothing_is_lost(stage: Stage) -> None:
    stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(executor.coordinator.execute_parallel(goal))
            await until(executor, goal, lambda one: one.task(1).status is TaskStatus.RUNNING)
            await executor.stop(grace=0)
        assert running.result().status is ResultStatus.INTERRUPTED
    stage.hands.gates.clear()
    async with stage.open() as executor:
        assert (await executor.coordinator.execute_parallel(goal)).is_success


@pytest.mark.long  # a process; the others are cut off within this one
def test_killed_in_the_middle_of_parts_the_program_finds_its_team_and_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.coordination.killed_coordinator", str(tmp_path / "goals.db")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["done first\n", "begun second\n"]
        process.kill()
    ended = subprocess.run([*command, "again"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.splitlines() == [
        "team Team 2",
        "done second",
        "done third",
        "success completed completed completed",
    ]
