"""What stands behind a finding and what a yes to it does, on a real engine: from the stores to the one door."""

from dataclasses import replace

import pytest

from engine.agents.calls import Purpose
from engine.blockages import BlockageKind, Strategy
from engine.errors import RefusedError, TemporaryError
from engine.execution.retries import RetryPolicy
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.money import MICROS, Cap
from engine.plans import Plan, PlannedTask, Trigger
from engine.proactive.agent import FindingStanding
from engine.proactive.deeds import DOINGS
from engine.proactive.findings import Deed, Remedy
from engine.tasks import Estimate, TaskStatus
from engine.values import Cause, GoalId, TaskNumber
from tests.engine.lives import planned
from tests.engine.stage import IN_CHAT, PROSPECT, Stage, quiet, statuses, until

ASK = planned("a", work="person", title="Test the soil", criterion=0)


pytestmark = pytest.mark.usefixtures("no_rounds")


async def proposed(
    stage: Stage, executor: AutonomousGoalExecutor, *tasks: PlannedTask, name: str = "Apple orchard"
) -> GoalId:
    stage.planner.plans[name] = tasks
    goal = await executor.set_goal(name, success_criteria=["Grow apple trees"], origin=IN_CHAT)
    await until(executor, goal, lambda one: one.status is GoalStatus.PROPOSED)
    return goal


async def started(
    stage: Stage, executor: AutonomousGoalExecutor, *tasks: PlannedTask, name: str = "Apple orchard"
) -> GoalId:
    goal = await proposed(stage, executor, *tasks, name=name)
    await executor.start_goal(goal)
    await quiet(executor)
    return goal


async def all_of(executor: AutonomousGoalExecutor, goal: GoalId) -> list[FindingStanding]:
    agent = executor.proactive
    return [*await agent.get_issues(goal), *await agent.get_opportunities(goal), *await agent.get_suggestions(goal)]


async def carried_out(executor: AutonomousGoalExecutor, goal: GoalId, kind: str) -> tuple[FindingStanding, Goal]:
    """The one finding of a goal, and the goal after a yes to it."""
    (found,) = await all_of(executor, goal)
    assert found["kind"] == kind
    after = await executor.proactive.do(found["id"])
    await quiet(executor)
    return found, after


async def test_a_plan_that_waits_for_days_is_started(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await proposed(stage, executor, ASK)
        assert await all_of(executor, goal) == []
        stage.clock.advance(days=3)
        _, after = await carried_out(executor, goal, "stalled")
        assert after.status is GoalStatus.ACTIVE
        assert await all_of(executor, goal) == []


async def test_a_budget_that_will_not_reach_is_raised_by_what_is_lacking(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await started(stage, executor, replace(ASK, cost=4.0))
        await executor.set_budget(goal, dollars=3)
        await executor.report_spent(goal, 2 * MICROS)
        found, after = await carried_out(executor, goal, "budget")
        assert found["facts"] == {"spent_micros": 2 * MICROS, "expected_micros": 4 * MICROS, "cap_micros": 3 * MICROS}
        assert after.budget == Cap(micros=7 * MICROS)
        assert [row.purpose for row in (await executor.costs_of(goal)).rows] == [Purpose.PERSON]
        assert await all_of(executor, goal) == []


async def test_what_was_done_for_another_goal_is_counted_as_done_with_what_came_out_there(stage: Stage) -> None:
    async with stage.open() as executor:
        other = await started(stage, executor, ASK, planned("b", work="person", title="Prune", criterion=0))
        await executor.complete_task(other, 1, "Sandy")
        goal = await started(stage, executor, ASK, name="Apple tree nursery")
        _, after = await carried_out(executor, goal, "shared")
        task = after.task(TaskNumber(1))
        assert task.status is TaskStatus.COMPLETED
        assert task.outcome is not None
        assert "Done for «Apple orchard» (task 1.1)" in task.outcome.summary
        assert "Sandy" in task.outcome.summary


async def test_a_twin_of_what_is_done_is_skipped(stage: Stage) -> None:
    twin = planned("b", "c", work="person", title="Phone the landlord about the keys", criterion=0)
    async with stage.open() as executor:
        goal = await started(
            stage,
            executor,
            planned("a", work="person", title="Call the landlord about the keys", criterion=0),
            planned("c", work="person", title="Pack the books", criterion=0),
            twin,
        )
        named = {task.title: task.number for task in (await executor.goal(goal)).live_tasks}
        await executor.complete_task(goal, named["Call the landlord about the keys"])
        await quiet(executor)
        _, after = await carried_out(executor, goal, "unneeded")
        assert after.task(named[twin.title]).status is TaskStatus.SKIPPED


async def test_what_fails_twice_alike_is_tried_no_more_and_asked_about(stage: Stage) -> None:
    stage.options = replace(stage.options, retry=RetryPolicy(first_delay=30.0))
    stage.hands.errors["A"] = [TemporaryError("no route"), TemporaryError("no route")]
    async with stage.open() as executor:
        goal = await started(stage, executor, planned("a", criterion=0))
        assert await all_of(executor, goal) == []
        stage.clock.advance(minutes=1)
        executor.tick()
        await until(executor, goal, lambda one: (one.task(1).attempts, one.task(1).status) == (2, TaskStatus.PENDING))
        found, after = await carried_out(executor, goal, "repeated")
        assert "no route" in str(found["facts"]["error"])
        assert statuses(after) == ["blocked"]
        assert "failed twice in the same way" in next(iter(after.blockages.values())).description


async def test_an_end_later_than_the_plan_promised_is_seen_by_a_forecast_that_somebody_made(stage: Stage) -> None:
    slow = replace(ASK, estimate=Estimate(low=200, likely=240, high=300))
    stage.planner.alternatives = (Plan(tasks=(ASK,), source="test", prospect=PROSPECT),)
    async with stage.open() as executor:
        goal = await started(stage, executor, slow)
        assert await all_of(executor, goal) == [], "no forecast is made for it"
        await executor.forecast_goal(goal)
        found, _ = await carried_out(executor, goal, "slipping")
        assert stage.planner.needs[-1].trigger is Trigger.FORECAST
        promised = (await executor.goal(goal)).started_at
        assert promised is not None
        assert str(found["facts"]["promised"]) == promised.replace(hour=promised.hour + 8).isoformat()


async def test_a_goal_that_stands_still_is_paused_and_one_with_a_blockage_is_told_by_that(
    stage: Stage,
) -> None:
    async with stage.open() as executor:
        goal = await started(stage, executor, ASK)
        await executor.set_strategy(goal, BlockageKind.EXTERNAL, Strategy.ASK)
        stage.clock.advance(days=4)
        await executor.report_problem(goal, 1, "the shop is closed")
        (found,) = await all_of(executor, goal)
        kept = await executor.proactive.find(found["id"])
        assert (found["kind"], kept.finding.is_heard, kept.may_be_told) == ("stalled", True, False)
        await executor.resolve_blockage(f"{goal}:1")
        await quiet(executor)
        _, after = await carried_out(executor, goal, "stalled")
        assert (after.status, after.reason[:31]) == (GoalStatus.PAUSED, "nothing has come further since ")
        assert await all_of(executor, goal) == []


def test_every_deed_can_be_done() -> None:
    assert set(DOINGS) == set(Deed)


async def test_what_was_skipped_comes_back_at_once_and_what_came_back_before_is_left_alone(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await started(stage, executor, ASK, replace(ASK, key="b"), replace(ASK, key="c"), replace(ASK, key="d"))
        for number in (1, 2, 3):
            await executor.skip_task(goal, number)
        await executor.restore_task(goal, 2)
        before = await executor.goal(goal)
        remedy = Remedy(deed=Deed.RESTORE, tasks=(TaskNumber(1), TaskNumber(2), TaskNumber(3)))
        after = await DOINGS[Deed.RESTORE](executor, goal, remedy, Cause("finding:1:1"))
        assert statuses(after) == ["waiting"] * 4
        assert after.revision == before.revision + 1, "one commit"
        again = await DOINGS[Deed.RESTORE](executor, goal, remedy, Cause("finding:1:1"))
        assert again.revision == after.revision
        with pytest.raises(RefusedError):
            await DOINGS[Deed.RESTORE](executor, goal, remedy, Cause("finding:2:1"))
