"""Planning and repairing as jobs: what a planner hands over, and what happens when it can't."""

import asyncio

import pytest

from engine.errors import (
    InvalidInputError,
    PermanentError,
    RefusedError,
)
from engine.goals import Goal, GoalStatus
from engine.planning.bridge.tree_changes import keys_in
from engine.plans import KeptPlan, Repair
from engine.values import JsonValue, TaskId, TaskNumber
from tests.engine.lives import planned
from tests.engine.stage import Stage, quiet, statuses, until


def ended(goal: Goal) -> bool:
    return goal.has_ended


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


async def test_a_goal_that_is_cancelled_while_it_is_planned_has_no_plan_to_tell(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await executor.set_goal("Anything")
        planning = executor.decompose_goal(goal)
        told = await asyncio.gather(planning, executor.cancel_goal(goal), return_exceptions=True)
        assert isinstance(told[0], RefusedError)


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


TREE: JsonValue = {
    "goal": "Grow the garden",
    "criteria": [
        {
            "index": 0,
            "text": "x",
            "clauses": [{"text": "x", "tasks": ["a", "b"], "parts": [{"key": "a"}, {"key": "b"}]}],
        }
    ],
}


def keys_of(kept: KeptPlan) -> list[str]:
    return list(keys_in(kept.tree))


async def test_a_repair_is_made_from_the_tree_of_the_plan_with_the_numbers_of_its_tasks(stage: Stage) -> None:
    stage.planner.tree = TREE
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("b", "a", work="person"), planned("a", work="person"))
        grown = Repair(
            add=(planned("c", "#1", work="person"),),
            supersede=(TaskNumber(2),),
            tree={"criteria": [{"index": 0, "clauses": [{"parts": [{"key": "#1"}, {"key": "c"}]}]}]},
        )
        stage.planner.repairs = [grown, Repair(), Repair()]
        await executor.adapt_plan(goal, "first")
        await executor.adapt_plan(goal, "second")
        await executor.adapt_plan(goal, "third")
    first, second, third = stage.planner.kept
    assert sorted(keys_of(first)) == ["#1", "#2"]
    assert keys_of(first)[0] == "#1", "numbered in the order in which they can be executed"
    assert sorted(keys_of(second)) == sorted(keys_of(third)) == ["#1", "#3"]


async def test_a_plan_without_a_tree_is_repaired_without_one(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person"))
        stage.planner.repairs = [Repair()]
        await executor.adapt_plan(goal, "first")
    assert [kept.tree for kept in stage.planner.kept] == [None]


async def test_a_repair_that_died_on_the_way_is_made_anew_and_the_version_goes_up_once(stage: Stage) -> None:
    stage.planner.tree = TREE
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person"), planned("b", "a", work="person"))
        stage.planner.gate = asyncio.Event()
        await executor.request_adaptation(goal, "another way")
        while not stage.planner.needs:
            await asyncio.sleep(0)
        assert (await executor.goal(goal)).adapting is not None  # it dies here, in the middle of the repair
    stage.planner.gate = None
    stage.planner.repairs = [Repair(add=(planned("c", "#1", work="person"),), supersede=(TaskNumber(2),), tree=TREE)]
    async with stage.open() as executor:
        mended = await until(executor, goal, lambda one: one.adapting is None)
        assert (mended.plan_version, mended.adaptations) == (2, 1)
        assert [row.new_version for row in await executor.queries.adaptations(goal)] == [2]
    assert len(stage.planner.needs) == 2
    assert [sorted(keys_of(kept)) for kept in stage.planner.kept] == [["#1", "#2"]] * 2
