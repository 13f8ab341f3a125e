"""The coordinator on a real executor: hierarchies that last, parts side by side, and results that hide nothing."""

import asyncio
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from engine.coordination.agents import Agent
from engine.errors import InvalidInputError, NotFoundError, PermanentError, RefusedError, TaskUnfinishedError
from engine.goals import GoalStatus
from engine.plans import PlannedTask, Repair
from engine.reporting.results import ResultStatus
from engine.tasks import TaskStatus
from engine.values import GoalId, TaskId, TaskNumber
from engine.work.registry import Work, WorkContext, WorkResult
from tests.engine.coordination.parts import by_title, goal_of
from tests.engine.lives import planned
from tests.engine.stage import AT_ONCE, Stage, quiet, until

ROOT = Path(__file__).parents[3]


def role(key: str, name: str, *after: str) -> PlannedTask:
    return planned(key, *after, work="agent", inputs={"role": name})


def agent_work(stage: Stage) -> Work:
    return Work(name="agent", summary="Works in a role", run=stage.hands.run)


async def test_a_hierarchy_is_found_again_after_a_restart_and_made_again_is_the_same(stage: Stage) -> None:
    writer = Agent(name="Ann", capabilities=frozenset({"writer", "reviewer"}), slots=2)
    async with stage.open() as executor:
        assert await executor.coordinator.hierarchies() == ()
        team = await executor.coordinator.create_hierarchy("ExecutionCoordinator", num_workers=3)
        desk = await executor.coordinator.create_hierarchy("Desk", workers=[writer])
        assert await executor.coordinator.create_hierarchy("ExecutionCoordinator", 3) == team
    async with stage.open() as executor:
        assert await executor.coordinator.hierarchies() == (desk, team)
        assert (team.lead, [worker.name for worker in team.workers]) == (
            "ExecutionCoordinator lead",
            ["ExecutionCoordinator-1", "ExecutionCoordinator-2", "ExecutionCoordinator-3"],
        )
        with pytest.raises(InvalidInputError, match="«Ann»"):
            await executor.coordinator.create_hierarchy("Other", workers=[writer])
        larger = await executor.coordinator.create_hierarchy("ExecutionCoordinator", 4)
        await executor.coordinator.dissolve_hierarchy("Desk")
        assert await executor.coordinator.hierarchies() == (larger,)
        with pytest.raises(NotFoundError):
            await executor.coordinator.dissolve_hierarchy("Desk")
        with pytest.raises(NotFoundError):
            await executor.coordinator.hierarchy("Desk")


async def test_the_parts_of_a_goal_run_side_by_side_where_the_graph_allows_and_come_back_merged(stage: Stage) -> None:
    stage.hands.results = {"A": {"price": 5}, "B": {"price": 5, "host": "x"}, "C": "a text"}
    async with stage.open() as executor:
        team = await executor.coordinator.create_hierarchy("Team", 2)
        goal = await goal_of(stage, executor, planned("a"), planned("b"), planned("c", "a", "b"))
        result = await executor.coordinator.execute_parallel(goal)
        assert result.is_success
        assert by_title(result) == {"A": "completed", "B": "completed", "C": "completed"}
        assert {part.agent for part in result.parts} <= {worker.name for worker in team.workers}
        assert stage.hands.busiest == 2
        assert stage.hands.calls[-1] == "C"
        assert result.merged is not None
        assert (result.merged.facts, result.merged.by) == ({"price": 5, "host": "x"}, "Team lead")
        assert result.merged.sources == {"price": ("1.1", "1.2"), "host": ("1.2",)}
        assert (await executor.goal(goal)).status is GoalStatus.COMPLETED


async def test_a_function_does_every_part_in_place_of_its_own_work_even_a_persons(stage: Stage) -> None:
    async with stage.open() as executor:
        await executor.coordinator.create_hierarchy("Team", 3)
        goal = await goal_of(stage, executor, planned("a", work="person"), planned("b", "a"))
        seen: list[tuple[str, str]] = []

        def own(context: WorkContext) -> dict[str, str]:
            seen.append((context.task.title, context.agent))
            return {context.task.title: "done"}

        result = await executor.coordinator.execute_parallel(goal, own)
        assert result.is_success
        assert [(title, agent.startswith("Team-")) for title, agent in seen] == [("A", True), ("B", True)]
        assert stage.hands.calls == []
        assert result.merged is not None
        assert result.merged.facts == {"A": "done", "B": "done"}


async def test_a_function_without_arguments_and_an_async_one_do_as_well(stage: Stage) -> None:
    async with stage.open() as executor:
        first = await goal_of(stage, executor, planned("a"), name="First")
        second = await goal_of(stage, executor, planned("b"), name="Second")

        async def later(context: WorkContext) -> str:
            await asyncio.sleep(0)
            return context.task.title

        done = await executor.coordinator.execute_parallel(first, lambda: "here")
        assert [part.result for part in done.parts] == ["here"]
        done = await executor.coordinator.execute_parallel(str(second), later)
        assert [part.result for part in done.parts] == ["B"]
        for bad in (lambda one, two: None, 5):
            with pytest.raises(InvalidInputError):
                await executor.coordinator.execute_parallel(second, bad)  # type: ignore[arg-type]  # on purpose


async def test_without_a_hierarchy_as_many_work_as_the_executor_has_slots(stage: Stage) -> None:
    stage.options = replace(stage.options, workers=2)
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, *(planned(key) for key in "abcde"))
        result = await executor.coordinator.execute_parallel(goal)
        assert result.is_success
        assert stage.hands.busiest == 2
        assert {part.agent for part in result.parts} == {"worker-1", "worker-2"}


async def test_more_agents_than_the_executor_has_slots_take_no_more_than_those(stage: Stage) -> None:
    stage.options = replace(stage.options, workers=2)
    async with stage.open() as executor:
        await executor.coordinator.create_hierarchy("Crowd", 50)
        goal = await goal_of(stage, executor, *(planned(key) for key in "abcdef"))
        assert (await executor.coordinator.execute_parallel(goal)).is_success
        assert stage.hands.busiest == 2


async def test_parts_go_to_whoever_can_do_them_and_nobody_takes_more_than_their_slots(stage: Stage) -> None:
    stage.options = replace(stage.options, workers=9)
    busy: Counter[str] = Counter()
    most: Counter[str] = Counter()
    did: list[tuple[str, str]] = []

    async def work(context: WorkContext) -> WorkResult:
        busy[context.agent] += 1
        most[context.agent] = max(most[context.agent], busy[context.agent])
        did.append((str(context.inputs["role"]), context.agent))
        for _ in range(5):
            await asyncio.sleep(0)
        busy[context.agent] -= 1
        return None

    async with stage.open(Work(name="agent", summary="Works in a role", run=work)) as executor:
        ann = Agent(name="Ann", capabilities=frozenset({"writer"}), slots=2)
        ben = Agent(name="Ben", capabilities=frozenset({"researcher"}))
        cy = Agent(name="Cy", capabilities=frozenset({"agent"}))
        await executor.coordinator.create_hierarchy("Desk", workers=[ann, ben, cy])
        tasks = [role(f"w{n}", "writer") for n in range(4)] + [role(f"r{n}", "researcher") for n in range(4)]
        result = await executor.coordinator.execute_parallel(await goal_of(stage, executor, *tasks))
        assert result.is_success
        assert {agent for skill, agent in did if skill == "writer"} <= {"Ann", "Cy"}
        assert {agent for skill, agent in did if skill == "researcher"} <= {"Ben", "Cy"}
        assert most == {"Ann": 2, "Ben": 1, "Cy": 1}


async def test_what_nobody_can_do_is_said_and_holds_up_only_what_depends_on_it(stage: Stage) -> None:
    async with stage.open(agent_work(stage)) as executor:
        await executor.coordinator.create_hierarchy("Desk", workers=[Agent(name="A", capabilities=frozenset({"run"}))])
        goal = await goal_of(stage, executor, planned("a"), role("t", "tester"), planned("b", "t"))
        result = await executor.coordinator.execute_parallel(goal)
        assert result.status is ResultStatus.WAITING
        assert by_title(result) == {"A": "completed", "T": "pending", "B": "pending"}
        assert [part.reason for part in result.unfinished] == ["nobody here can do «tester»", "it waits for «T»"]
        assert stage.hands.calls == ["A"]
        await executor.coordinator.create_hierarchy("Test", 1)
        assert (await executor.coordinator.execute_parallel(goal)).is_success, "somebody came who can"


async def test_a_part_that_failed_is_reported_as_failed_and_what_it_held_up_as_not_done(stage: Stage) -> None:
    stage.options = replace(stage.options, max_retries=1, retry=AT_ONCE)
    stage.hands.errors = {"B": [PermanentError("no ink") for _ in range(20)]}
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"), planned("b", critical=True), planned("c", "b"))
        result = await executor.coordinator.execute_parallel(goal)
        assert not result.is_success
        assert result.status in (ResultStatus.FAILED, ResultStatus.WAITING)
        broken = next(part for part in result.parts if part.title == "B")
        assert (broken.status, "no ink" in broken.reason) == ((await executor.goal(goal)).task(2).status, True)
        assert broken.status in (TaskStatus.FAILED, TaskStatus.BLOCKED)
        assert "C" not in [part.title for part in result.completed]
        assert result.merged is not None
        assert list(result.merged.results) == ["1.1"]


async def test_a_part_that_failed_and_was_replaced_by_another_plan_is_told_beside_what_took_its_place(
    stage: Stage,
) -> None:
    stage.hands.errors = {"B": [PermanentError("no ink")]}
    stage.planner.repairs = [Repair(add=(planned("d"),), supersede=(TaskNumber(2),), summary="another way")]
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"), planned("b", critical=True))
        result = await executor.coordinator.execute_parallel(goal)
        assert result.is_success
        assert [(part.title, part.reason) for part in result.replaced] == [("B", "no ink")]
        assert [part.title for part in result.completed] == ["A", "D"]
        assert next(part for part in result.parts if part.title == "D").agent, (
            "what joined the plan is done by the crew"
        )


async def test_a_part_that_fails_once_is_tried_again_by_the_executors_own_rules(stage: Stage) -> None:
    stage.hands.errors = {"A": [ValueError("once")]}
    async with stage.open() as executor:
        result = await executor.coordinator.execute_parallel(await goal_of(stage, executor, planned("a")))
        assert result.is_success
        assert result.parts[0].attempts == 2


async def test_asked_for_again_nothing_is_done_twice_and_the_same_comes_back(stage: Stage) -> None:
    stage.hands.results = {"A": {"x": 1}, "B": {"x": 2}}
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"), planned("b"))
        first = await executor.coordinator.execute_parallel(goal)
        assert await executor.coordinator.execute_parallel(goal) == first
        assert first.merged is not None
        assert [one.about for one in first.merged.contradictions] == ["x"]
        assert sorted(stage.hands.calls) == ["A", "B"]
        assert (await executor.coordinator.execute_parallel(goal, auto_merge=False)).merged is None


async def test_two_who_ask_at_once_for_the_same_goal_do_not_get_in_each_others_way(stage: Stage) -> None:
    gate = stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"))
        async with asyncio.TaskGroup() as group:
            first = group.create_task(executor.coordinator.execute_parallel(goal))
            await until(executor, goal, lambda one: one.task(1).status is TaskStatus.RUNNING)
            with pytest.raises(RefusedError) as refused:
                await executor.coordinator.execute_parallel(goal)
            assert refused.value.code == "already_executing"
            gate.set()
        assert first.result().is_success
        assert stage.hands.calls == ["A"]


async def test_goals_side_by_side_share_the_agents_of_one_hierarchy(stage: Stage) -> None:
    stage.options = replace(stage.options, workers=8)
    async with stage.open() as executor:
        await executor.coordinator.create_hierarchy("Pair", 2)
        await executor.coordinator.create_hierarchy("Solo", 1)
        one = await goal_of(stage, executor, *(planned(key) for key in "abc"), name="One")
        two = await goal_of(stage, executor, *(planned(key) for key in "def"), name="Two")
        results = await asyncio.gather(
            executor.coordinator.execute_parallel(one, hierarchy="Pair"),
            executor.coordinator.execute_parallel(two, hierarchy="Pair"),
        )
        assert all(result.is_success for result in results)
        assert stage.hands.busiest == 2
        three = await goal_of(stage, executor, planned("g"), name="Three")
        result = await executor.coordinator.execute_parallel(three, hierarchy="Solo")
        assert [part.agent for part in result.parts] == ["Solo-1"]
        with pytest.raises(NotFoundError):
            await executor.coordinator.execute_parallel(three, hierarchy="Nobody")


async def test_several_hierarchies_work_at_once_on_different_goals(stage: Stage) -> None:
    stage.options = replace(stage.options, workers=8)
    gates = [stage.hands.hold(title) for title in "ABCD"]
    async with stage.open() as executor:
        await executor.coordinator.create_hierarchy("Left", 2)
        await executor.coordinator.create_hierarchy("Right", 2)
        one = await goal_of(stage, executor, planned("a"), planned("b"), name="One")
        two = await goal_of(stage, executor, planned("c"), planned("d"), name="Two")
        async with asyncio.TaskGroup() as group:
            left = group.create_task(executor.coordinator.execute_parallel(one, hierarchy="Left"))
            right = group.create_task(executor.coordinator.execute_parallel(two, hierarchy="Right"))
            while stage.hands.busy < 4:
                await asyncio.sleep(0)
            for gate in gates:
                gate.set()
        assert {part.agent for part in left.result().parts} == {"Left-1", "Left-2"}
        assert {part.agent for part in right.result().parts} == {"Right-1", "Right-2"}


async def test_the_parts_of_a_task_are_what_leads_to_it_and_the_rest_of_the_goal_stays_as_it_is(stage: Stage) -> None:
    stage.hands.results = {"A": {"x": 1}, "B": {"x": 2}, "C": {"x": 3}}
    async with stage.open() as executor:
        tasks = [planned("a"), planned("b"), planned("c", "a", "b"), planned("d", "c"), planned("e")]
        goal = await goal_of(stage, executor, *tasks)
        result = await executor.coordinator.execute_parallel(TaskId(f"{goal}.3"))
        assert result.is_success
        assert (result.task, by_title(result)) == ("1.3", {"A": "completed", "B": "completed", "C": "completed"})
        assert sorted(stage.hands.calls) == ["A", "B", "C"]
        assert result.merged is not None
        assert list(result.merged.results) == ["1.1", "1.2"], "the task's own result is what they led to"
        await quiet(executor)
        assert [task.status.value for task in (await executor.goal(goal)).tasks.values()] == [
            *("completed", "completed", "completed"),
            *("pending", "pending"),
        ]
        for missing in (TaskId(f"{goal}.9"), GoalId(77)):
            with pytest.raises(NotFoundError):
                await executor.coordinator.execute_parallel(missing)
        for odd in ("x", "1.2.3", True, -1, ""):
            with pytest.raises((InvalidInputError, NotFoundError)):
                await executor.coordinator.execute_parallel(odd)


async def test_goals_that_serve_it_are_executed_by_the_same_agents(stage: Stage) -> None:
    stage.planner.plans["Under"] = (planned("u"), planned("v"))
    async with stage.open() as executor:
        await executor.coordinator.create_hierarchy("Team", 2)
        goal = await goal_of(
            stage, executor, planned("s", work="subgoal", inputs={"name": "Under"}), planned("a"), planned("z", "s")
        )
        result = await executor.coordinator.execute_parallel(goal)
        assert result.is_success
        (child,) = await executor.queries.children(goal)
        assert {row.agent for row in await executor.queries.attempts(child)} <= {"Team-1", "Team-2"}
        assert sorted(stage.hands.calls) == ["A", "U", "V", "Z"]


async def test_a_goal_that_is_paused_is_not_touched_and_one_without_a_plan_is_planned_first(stage: Stage) -> None:
    async with stage.open() as executor:
        stage.planner.plans["Grow"] = (planned("a"),)
        goal = await executor.set_goal("Grow")
        assert (await executor.coordinator.execute_parallel(goal)).is_success
        other = await goal_of(stage, executor, planned("b"), name="Other")
        await executor.start_goal(other)
        await executor.pause_goal(other)
        with pytest.raises(RefusedError):
            await executor.coordinator.execute_parallel(other)
        assert stage.hands.calls == ["A"]
        await executor.cancel_goal(other)
        result = await executor.coordinator.execute_parallel(other)
        assert (result.status, by_title(result)) == (ResultStatus.FAILED, {"B": "pending"})


async def test_what_a_person_has_to_do_is_reported_as_waiting(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"), planned("p", work="person"), planned("b", "p"))
        result = await executor.coordinator.execute_parallel(goal)
        assert result.status is ResultStatus.WAITING
        assert [(part.title, part.reason) for part in result.unfinished] == [
            ("P", "it waits for a person"),
            ("B", "it waits for «P»"),
        ]


async def test_functions_that_block_run_side_by_side_in_threads(stage: Stage) -> None:
    meeting = threading.Barrier(3, timeout=10)
    async with stage.open() as executor:
        await executor.coordinator.create_hierarchy("Team", 3)
        goal = await goal_of(stage, executor, planned("a"), planned("b"), planned("c"))
        assert (await executor.coordinator.execute_parallel(goal, meeting.wait)).is_success


async def test_one_task_is_still_executed_alone_beside_a_crew(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"), planned("b", work="person"))
        await executor.coordinator.execute_parallel(goal)
        assert await executor.execute_task(TaskId(f"{goal}.2"), lambda: "by hand") == "by hand"
        assert (await executor.coordinator.execute_parallel(goal)).is_success
        with pytest.raises((RefusedError, TaskUnfinishedError)):
            await executor.execute_task(TaskId(f"{goal}.1"))


async def test_who_drives_all_of_a_goal_is_not_held_up_by_a_crew_for_a_part_of_it(stage: Stage) -> None:
    gate = stage.hands.hold("A")
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"), planned("b"), planned("c"))
        async with asyncio.TaskGroup() as group:
            parts = group.create_task(executor.coordinator.execute_parallel(TaskId(f"{goal}.1")))
            await until(executor, goal, lambda one: one.task(1).status is TaskStatus.RUNNING)
            whole = group.create_task(executor.run_goal(goal))
            gate.set()
        assert parts.result().is_success
        assert whole.result()["status"] == "completed"


async def test_a_refused_call_leaves_the_goal_free_for_the_next_one(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await goal_of(stage, executor, planned("a"))
        await executor.start_goal(goal)
        await executor.pause_goal(goal)
        with pytest.raises(RefusedError):
            await executor.coordinator.execute_parallel(goal)
        await executor.resume_goal(goal)
        assert (await executor.coordinator.execute_parallel(goal)).is_success
