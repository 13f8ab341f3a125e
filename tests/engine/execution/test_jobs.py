"""Planning and repairing as jobs: what a planner hands over, and what happens when it can't."""

import pytest

from engine.errors import (
    InvalidInputError,
    PermanentError,
    RefusedError,
)
from engine.goals import Goal, GoalStatus
from engine.plans import Repair
from engine.values import TaskId, TaskNumber
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
