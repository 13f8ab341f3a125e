"""Goals with sub-goals: done flows up, cancel, pause and deadlines flow down."""

import asyncio
import datetime as dt

import pytest

from engine.absences import Absence, with_absence
from engine.blockages import BlockageKind, Strategy
from engine.commands import GoalEdit
from engine.errors import RefusedError
from engine.events import GoalFailed
from engine.execution.families import child_goal, is_held_up, latest_end, unborn
from engine.executor import AutonomousGoalExecutor
from engine.goals import MAX_DEPTH, Goal, GoalStatus, Priority
from engine.plans import Plan, PlannedTask
from engine.tasks import Estimate, TaskStatus
from engine.values import Cause, GoalId, JsonValue, TaskNumber
from engine.work.subgoals import WHOSE, kept_plan
from tests.engine.lives import Life, new_goal, planned
from tests.engine.stage import IN_CHAT, Stage, quiet, until
from tests.fakes import START

PART = planned("part", work="subgoal", inputs={"name": "Sub"})


async def family(stage: Stage, executor: AutonomousGoalExecutor) -> tuple[GoalId, GoalId]:
    """A goal whose first task is a goal of two tasks for a person."""
    stage.planner.plans["Sub"] = (planned("x", work="person"), planned("y", work="person"))
    parent = await stage.started(executor, PART, planned("end", "part", work="person"))
    found = await until(executor, parent, lambda one: child_of(one) is not None)
    child = child_of(found)
    assert child is not None
    await until(executor, child, lambda one: one.status is GoalStatus.ACTIVE)
    return parent, child


async def fails_by_itself(executor: AutonomousGoalExecutor, child: GoalId, reason: str) -> None:
    """It can't be reached, though nobody gave it up."""
    await executor.ledger.change(child, lambda goal, moment: [GoalFailed(reason=reason)], Cause(f"test:{child}"))


def child_of(goal: Goal) -> GoalId | None:
    waiting = goal.task(1).waiting
    return waiting.child if waiting is not None else None


async def test_a_sub_goal_inherits_the_start_and_its_progress_flows_up(stage: Stage) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        assert (await executor.goal(child)).depth == 2
        await executor.complete_task(child, 1)
        assert (await executor.goal(parent)).progress == pytest.approx(0.25)
        await executor.complete_task(child, 2)
        grown = await executor.goal(parent)
        assert grown.task(1).status is TaskStatus.COMPLETED
        assert grown.task(2).status is TaskStatus.WAITING


async def test_cancelling_flows_down_and_pausing_too(stage: Stage) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        await executor.pause_goal(parent)
        assert (await executor.goal(child)).status is GoalStatus.PAUSED
        await executor.resume_goal(parent)
        assert (await executor.goal(child)).status is GoalStatus.ACTIVE
        await executor.cancel_goal(parent)
        assert (await executor.goal(child)).status is GoalStatus.CANCELLED


async def test_a_sub_goal_that_is_still_planned_waits_with_its_paused_parent(stage: Stage) -> None:
    stage.planner.plans["Sub"] = (planned("x"),)
    async with stage.open() as executor:
        stage.planner.plans["Top"] = (PART,)
        parent = await executor.set_goal("Top", origin=IN_CHAT)
        await until(executor, parent, lambda one: one.status is GoalStatus.PROPOSED)
        stage.planner.gate = asyncio.Event()
        await executor.start_goal(parent)
        found = await until(executor, parent, lambda one: child_of(one) is not None)
        child = child_of(found)
        assert child is not None
        await executor.pause_goal(parent)
        stage.planner.gate.set()
        await until(executor, child, lambda one: one.status is GoalStatus.PAUSED)
        await quiet(executor)
        assert stage.hands.calls == []
        await executor.resume_goal(parent)
        assert (await until(executor, parent, lambda one: one.has_ended)).status is GoalStatus.COMPLETED


async def test_a_sub_goal_that_fails_makes_its_parent_adapt(stage: Stage) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        await fails_by_itself(executor, child, "no seeds")
        adapted = await until(executor, parent, lambda one: one.plan_version == 2)
        assert stage.planner.needs[0].task == 1
        assert "no seeds" in stage.planner.needs[0].reason
        again = await until(executor, adapted.id, lambda one: child_of(one) is not None)
        assert child_of(again) != child, "a fresh attempt is a goal of its own"
        await executor.cancel_goal(parent)


@pytest.mark.parametrize("end", ["cancel", "fail"])
async def test_a_sub_goal_that_a_person_ended_is_asked_about_and_not_begun_again_by_itself(
    stage: Stage, end: str
) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        await (executor.cancel_goal(child) if end == "cancel" else executor.fail_goal(child, "no seeds"))
        await quiet(executor)
        held = await executor.goal(parent)
        (blockage,) = held.blockages_of(TaskNumber(1))
        assert (blockage.kind, blockage.strategy) == (BlockageKind.EXTERNAL, Strategy.ASK)
        assert (held.task(1).status, held.plan_version, child_of(held)) == (TaskStatus.BLOCKED, 1, None)
        await executor.resolve_blockage(f"{parent}:{blockage.number}")
        again = await until(executor, parent, lambda one: child_of(one) is not None)
        assert child_of(again) != child
        await executor.cancel_goal(parent)


async def test_a_sub_goal_of_which_all_was_left_out_is_left_out(stage: Stage) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        await executor.skip_task(child, 1)
        await executor.skip_task(child, 2)
        await quiet(executor)
        top = await executor.goal(parent)
        assert (top.task(1).status, top.plan_version) == (TaskStatus.SKIPPED, 1)
        assert top.task(2).status is TaskStatus.WAITING, "what waited for it goes on"


async def test_a_task_that_is_left_out_calls_its_sub_goal_off(stage: Stage) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        with pytest.raises(RefusedError) as raised:
            await executor.complete_task(parent, 1)
        assert raised.value.code == "waits_for_goal"
        with pytest.raises(RefusedError):
            await executor.count_task(parent, 1, 100)
        await executor.skip_task(parent, 1)
        assert (await executor.goal(child)).status is GoalStatus.CANCELLED
        assert (await executor.goal(parent)).task(2).status is TaskStatus.WAITING


async def test_goals_nest_five_deep_and_no_deeper(stage: Stage) -> None:
    stage.planner.plans["Sub"] = (PART,)
    async with stage.open() as executor:
        await stage.started(executor, PART)
        bottom = GoalId(MAX_DEPTH)
        while True:
            try:
                found = await until(executor, bottom, lambda one: one.plan_version > 1)
                break
            except Exception:
                await asyncio.sleep(0)
        assert found.depth == MAX_DEPTH
        assert "nest" in stage.planner.needs[0].reason
        assert await executor.queries.children(bottom) == []
        await executor.cancel_goal(GoalId(1))
        await quiet(executor)
        for number in range(1, MAX_DEPTH + 1):
            assert (await executor.goal(GoalId(number))).status is GoalStatus.CANCELLED


async def test_the_goals_above_note_that_a_sub_goal_needs_help_and_when_it_goes_on(stage: Stage) -> None:
    stage.planner.plans |= {"Sub": (planned("part", work="subgoal", inputs={"name": "Tiny"}),)}
    stage.planner.plans["Tiny"] = (planned("x", work="person"), planned("y", work="person"))
    async with stage.open() as executor:
        top = await stage.started(executor, PART)
        middle = child_of(await until(executor, top, lambda one: child_of(one) is not None))
        assert middle is not None
        bottom = child_of(await until(executor, middle, lambda one: one.plan_version > 0 and child_of(one) is not None))
        assert bottom is not None
        await until(executor, bottom, lambda one: one.status is GoalStatus.ACTIVE)
        before = (await executor.goal(top)).revision
        await executor.report_problem(bottom, 1, "the printer is out of ink")
        assert (await executor.goal(top)).revision > before, "its card is drawn anew"
        assert [is_held_up(one) for one in await executor.family(top)] == [False, False, True]
        await executor.resolve_blockage(f"{bottom}:1")
        for goal in (top, middle):
            notes = [row.note for row in await executor.queries.progress(goal) if row.note]
            assert notes == [
                f"«Tiny» (goal {bottom}) is held up: the printer is out of ink",
                f"«Tiny» (goal {bottom}) goes on",
            ]
        await executor.report_problem(bottom, 1, "again")
        await executor.cancel_goal(top)
        assert not any(is_held_up(one) for one in await executor.family(top))


async def test_a_family_has_one_deadline_and_one_answer_to_it(stage: Stage) -> None:
    async with stage.open() as executor:
        stage.planner.plans |= {"Sub": (planned("x", work="person"),), "Top": (PART,)}
        deadline = stage.clock.now() + dt.timedelta(days=2)
        parent = await executor.set_goal("Top", deadline=deadline, origin=IN_CHAT)
        await until(executor, parent, lambda one: one.status is GoalStatus.PROPOSED)
        await executor.start_goal(parent)
        child = child_of(await until(executor, parent, lambda one: child_of(one) is not None))
        assert child is not None
        await until(executor, child, lambda one: one.status is GoalStatus.ACTIVE)
        stage.clock.advance(days=2)
        await executor.serve_wakeups()
        assert (await executor.goal(parent)).deadline_grace is not None
        assert (await executor.goal(child)).status is GoalStatus.ACTIVE, "the owner has a day to name another date"
        assert (await executor.goal(child)).deadline_grace is None, "it is asked once, and not by every part"
        later = stage.clock.now() + dt.timedelta(days=5)
        await executor.edit_goal(parent, GoalEdit(deadline=later))
        assert (await executor.goal(child)).deadline == later
        await executor.complete_task(child, 1)
        assert (await executor.goal(parent)).status is GoalStatus.COMPLETED


async def test_a_sub_goal_that_can_not_be_planned_fails_its_task(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.execution.jobs.PAUSE", 0.0)
    stage.planner.plans["Sub"] = ()
    async with stage.open() as executor:
        parent = await stage.started(executor, PART)
        await until(executor, parent, lambda one: one.plan_version == 2)
        assert "no tasks" in stage.planner.needs[0].reason
        await executor.cancel_goal(parent)


def planned_part(*tasks: PlannedTask, **facts: object) -> PlannedTask:
    """A sub-goal that was planned along with the goal above."""
    plan: JsonValue = kept_plan(Plan(tasks=tasks, source="above", reason="planned together"))
    inputs: dict[str, JsonValue] = {"name": "Sub", "criteria": ["Beds are dug"], "plan": plan}
    return planned("part", work="subgoal", inputs=inputs, **facts)


async def test_a_sub_goal_takes_over_exactly_the_plan_that_was_shown_and_is_not_planned_again(stage: Stage) -> None:
    stage.planner.plans["Sub"] = (planned("something else", work="person"),)
    part = planned_part(planned("dig", work="person"), planned("rake", "dig", work="person"))
    async with stage.open() as executor:
        parent = await stage.started(executor, part, planned("end", "part", work="person"))
        child = child_of(await executor.goal(parent))
        assert child is not None, "it is there with the start, in the same commit"
        born = await executor.goal(child)
        assert born.status is GoalStatus.ACTIVE
        assert (born.plan_version, born.plan_source) == (1, "above")
        assert [(n, task.title, task.depends_on) for n, task in born.tasks.items()] == [
            (1, "Dig", ()),
            (2, "Rake", (1,)),
        ]
        shown = unborn(await executor.goal(parent), (await executor.goal(parent)).task(1), stage.clock.now())
        assert shown is not None
        assert [task.title for task in shown.live_tasks] == [task.title for task in born.live_tasks]
        stored = await executor.queries.plan(child, 1)
        assert isinstance(stored, dict)
        assert stored["reason"] == "planned together"
        await quiet(executor)
        await executor.complete_task(child, 1)
        await executor.complete_task(child, 2)
        assert (await executor.goal(parent)).task(1).status is TaskStatus.COMPLETED


async def test_a_plan_below_is_checked_with_the_plan_above(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.execution.jobs.PAUSE", 0.0)
    async with stage.open() as executor:
        stage.planner.plans["Top"] = (planned_part(planned("x", work="nobody_knows_this")),)
        goal = await executor.set_goal("Top", origin=IN_CHAT)
        failed = await until(executor, goal, lambda one: one.has_ended)
        assert failed.status is GoalStatus.FAILED
        assert "nobody_knows_this" in failed.reason


async def test_a_plan_below_that_can_not_be_read_any_more_is_made_anew() -> None:
    broken: dict[str, JsonValue] = {"name": "Sub", "plan": {"tasks": "?"}}
    life = Life.started(planned("part", work="subgoal", inputs=broken))
    assert unborn(life.goal, life.task(1), life.now) is None


async def test_priority_flows_down_but_not_over_one_of_its_own(stage: Stage) -> None:
    own = planned("own", work="subgoal", inputs={"name": "Own", "priority": 1})
    stage.planner.plans |= {"Sub": (planned("x", work="person"),), "Own": (planned("y", work="person"),)}
    async with stage.open() as executor:
        parent = await stage.started(executor, PART, own)
        await until(executor, parent, lambda one: all(t.waiting is not None for t in one.tasks.values()))
        inherits, has_own = (t.waiting.child for t in (await executor.goal(parent)).tasks.values() if t.waiting)
        assert inherits is not None
        assert has_own is not None
        await executor.edit_goal(parent, GoalEdit(priority=Priority.URGENT))
        assert (await executor.goal(inherits)).priority is Priority.URGENT
        assert (await executor.goal(has_own)).priority is Priority.LOW


def hours(value: float) -> Estimate:
    return Estimate(low=value, likely=value, high=value)


async def test_the_deadline_below_leaves_time_for_what_comes_behind(stage: Stage) -> None:
    stage.planner.plans |= {"Sub": (planned("x", work="person"),)}
    part = planned("part", work="subgoal", inputs={"name": "Sub"}, estimate=hours(500))
    stage.planner.plans["Top"] = (
        part,
        planned("paint", "part", work="person", estimate=hours(20)),
        planned("water", "part", work="person", estimate=hours(4)),
        planned("party", "paint", "water", work="person", estimate=hours(4)),
    )
    async with stage.open() as executor:
        deadline = stage.clock.now() + dt.timedelta(days=10)
        parent = await executor.set_goal("Top", deadline=deadline, origin=IN_CHAT)
        await until(executor, parent, lambda one: one.status is GoalStatus.PROPOSED)
        await executor.start_goal(parent)
        child = child_of(await until(executor, parent, lambda one: child_of(one) is not None))
        assert child is not None
        assert (await executor.goal(child)).deadline == deadline - dt.timedelta(hours=24)
        await executor.edit_goal(parent, GoalEdit(deadline=deadline + dt.timedelta(days=1)))
        assert (await executor.goal(child)).deadline == deadline
        await executor.edit_goal(parent, GoalEdit(deadline=None))
        assert (await executor.goal(child)).deadline is None
        newest = await executor.goal(parent)
        assert latest_end(newest, TaskNumber(1)) is None
        await executor.cancel_goal(parent)


async def test_a_sub_goal_that_can_not_help_itself_is_a_blockage_of_its_task(stage: Stage) -> None:
    gate = asyncio.Event()
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        stage.planner.gate = gate  # so that the blockage can be seen before it is answered
        await fails_by_itself(executor, child, "three changes of the plan brought nothing")
        held = await executor.goal(parent)
        (blockage,) = held.blockages_of(TaskNumber(1))
        assert blockage.kind is BlockageKind.ERROR
        assert "three changes of the plan brought nothing" in blockage.description
        assert held.adapting is not None
        assert held.adapting.task == 1
        gate.set()
        await executor.cancel_goal(parent)


def test_a_sub_goal_knows_whose_it_is_and_what_is_away_from_the_goal_above() -> None:
    gone = with_absence({WHOSE: "@anna"}, "gpu", Absence())
    above = new_goal(metadata={**gone, "budget": 5})
    task = planned("train", work="subgoal")
    assert child_goal(above, task, GoalId(2), START).metadata == gone
    theirs = child_goal(above, planned("draw", work="subgoal", inputs={WHOSE: "Bob's team"}), GoalId(2), START)
    assert theirs.metadata[WHOSE] == "Bob's team"
    assert child_goal(new_goal(), task, GoalId(2), START).metadata == {}


async def test_a_goal_that_is_reopened_takes_its_sub_goal_up_again_with_all_that_is_done(stage: Stage) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        await executor.complete_task(child, 1)
        await executor.cancel_goal(parent)
        reopened = await executor.reopen_goal(parent)
        await quiet(executor)
        assert child_of(await executor.goal(parent)) == child
        again = await executor.goal(child)
        assert (again.status, again.task(1).status) == (GoalStatus.ACTIVE, TaskStatus.COMPLETED)
        assert reopened.progress == pytest.approx(0.25)
        await executor.complete_task(child, 2)
        assert (await executor.goal(parent)).task(1).status is TaskStatus.COMPLETED


async def test_a_skip_that_is_undone_takes_the_sub_goal_up_again(stage: Stage) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        await executor.complete_task(child, 1)
        await executor.skip_task(parent, 1, "not now")
        assert (await executor.goal(child)).status is GoalStatus.CANCELLED
        await executor.restore_task(parent, 1)
        await quiet(executor)
        assert child_of(await executor.goal(parent)) == child
        assert (await executor.goal(child)).task(1).status is TaskStatus.COMPLETED


async def test_what_must_not_run_twice_in_a_sub_goal_is_asked_about_when_it_is_taken_up_again(stage: Stage) -> None:
    stage.planner.plans["Sub"] = (planned("pay", work="once"),)
    gate = stage.hands.hold("Pay")
    async with stage.open() as executor:
        parent = await stage.started(executor, PART, planned("other", work="person"))
        found = await until(executor, parent, lambda one: child_of(one) is not None)
        child = child_of(found)
        assert child is not None
        await until(executor, child, lambda one: one.status is GoalStatus.ACTIVE and stage.hands.calls == ["Pay"])
        await executor.cancel_goal(parent)
        await quiet(executor)
        gate.set()
        await executor.reopen_goal(parent)
        now = await until(executor, child, lambda one: one.task(1).status is TaskStatus.BLOCKED)
        assert "nobody knows how far it came" in next(iter(now.blockages.values())).needed
        assert stage.hands.calls == ["Pay"]


async def test_a_sub_goal_that_is_begun_anew_counts_from_nothing(stage: Stage) -> None:
    async with stage.open() as executor:
        parent, child = await family(stage, executor)
        await executor.complete_task(child, 1)
        await executor.cancel_goal(child)
        await quiet(executor)
        (asked,) = (await executor.goal(parent)).blockages
        await executor.resolve_blockage(f"{parent}:{asked}")
        await quiet(executor)
        grown = await executor.goal(parent)
        assert child_of(grown) not in (None, child)
        assert grown.progress == 0
