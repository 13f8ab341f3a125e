"""`execute_goal` on a real database: from the words to the end, or to the point where only others can go on."""

import asyncio
import datetime as dt

import pytest

from engine.commands import Origin
from engine.errors import InvalidInputError, PermanentError
from engine.execution import jobs
from engine.executor import AutonomousGoalExecutor, Options
from engine.goals import GoalStatus
from engine.plans import PlannedTask
from engine.reporting.notices import NoticeKind
from engine.reporting.results import GoalResult, ResultStatus
from engine.values import Cause, ChatId, GoalId, UserId
from tests.engine.lives import planned
from tests.engine.stage import AT_ONCE, IN_CHAT, Stage, quiet, until

GARDEN = "Grow the garden"


def plan(stage: Stage, *tasks: PlannedTask, name: str = GARDEN) -> None:
    stage.planner.plans[name] = tasks


async def test_works_of_the_registry_run_for_real_and_all_done_is_success(stage: Stage) -> None:
    plan(stage, planned("dig"), planned("sow", "dig"))
    stage.hands.results["Sow"] = "row\n" * 100
    async with stage.open() as executor:
        result = await executor.execute_goal(GARDEN, {"language": "python"})
        goal = await executor.goal(result.goal)
    assert stage.hands.calls == ["Dig", "Sow"]
    assert result.status is ResultStatus.SUCCESS
    assert result.is_success
    assert (result.total, result.completed, result.failed) == (2, 2, 0)
    assert [one.title for one in result.completed_tasks] == ["Dig", "Sow"]
    assert [one.text for one in result.artefacts] == ["row\n" * 100]
    assert goal.status is GoalStatus.COMPLETED
    assert goal.metadata["language"] == "python"


async def test_a_failed_task_is_told_as_failed(stage: Stage) -> None:
    plan(stage, planned("dig"), planned("sow", "dig", critical=True), planned("reap", "sow"))
    stage.hands.errors["Sow"] = [PermanentError("the birds ate it")] * 20
    async with stage.open() as executor:
        result = await executor.execute_goal(GARDEN)
        goal = await executor.goal(result.goal)
    assert result.status is ResultStatus.FAILED
    assert result.completed == 1
    assert [(one.title, "birds" in one.summary) for one in result.failed_tasks] == [("Sow", True)]
    assert result.goal_status is goal.status
    assert "Reap" in result.unfinished


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that could not be made is tried again without a pause."""
    monkeypatch.setattr(jobs, "PAUSE", 0.0)


@pytest.mark.usefixtures("at_once")
async def test_a_plan_that_can_not_be_made_is_a_failure_with_its_reason(stage: Stage) -> None:
    plan(stage, planned("fly", work="no_such_work"))
    async with stage.open() as executor:
        executing = asyncio.wait_for(executor.execute_goal(GARDEN), 15)
        result = await executing
    assert result.status is ResultStatus.FAILED
    assert "no_such_work" in result.reasons[0]


async def test_what_waits_for_a_person_is_told_and_never_waited_for(stage: Stage) -> None:
    plan(stage, planned("dig"), planned("taste", "dig", work="person"), planned("sell", "taste"))
    options = Options(retry=AT_ONCE, lacks=("a nose",))
    stage.options = options
    async with stage.open() as executor, asyncio.TaskGroup() as group:
        result = await executor.execute_goal(GARDEN, origin=IN_CHAT)
        assert result.status is ResultStatus.WAITING
        assert result.completed == 1
        assert [(one.title, one.from_whom) for one in result.waiting] == [("Taste", "you")]
        assert result.unfinished == ("Sell",)
        assert result.missing == ("a nose",)
        gate = stage.hands.hold("Sell")
        await executor.complete_task(result.goal, 2)  # in a chat it goes on by that
        again_task = group.create_task(executor.execute_goal(GARDEN, origin=IN_CHAT))
        await driven_by(executor, 1)
        gate.set()
        again = await again_task
    assert again.goal == result.goal
    assert again.status is ResultStatus.SUCCESS
    assert stage.hands.calls == ["Dig", "Sell"]
    assert again.missing == ()


async def test_at_the_timeout_nothing_is_lost_and_the_same_words_go_on(stage: Stage) -> None:
    plan(stage, planned("dig"), planned("sow", "dig"))
    gate = stage.hands.hold("Dig")
    async with stage.open() as executor, asyncio.TaskGroup() as group:
        executing = group.create_task(executor.execute_goal(GARDEN, timeout_ms=5_000))
        goal = await begun(stage)
        stage.clock.advance(seconds=4.9)
        await asyncio.sleep(0)
        assert not executing.done()
        stage.clock.advance(seconds=0.2)
        result = await executing
        assert result.status is ResultStatus.TIMEOUT
        assert (result.goal, result.completed) == (goal, 0)
        assert result.execution_time == pytest.approx(5.1)
        gate.set()
        await until(executor, goal, lambda one: one.tasks[1].outcome is not None)  # type: ignore[index]  # numbers
        await quiet(executor)
        assert stage.hands.calls == ["Dig"]  # a program's goal goes on only while it is driven
        again = await executor.execute_goal(GARDEN, timeout_ms=5_000)
    assert again.goal == goal
    assert again.status is ResultStatus.SUCCESS
    assert stage.hands.calls == ["Dig", "Sow"]


async def driven_by(executor: AutonomousGoalExecutor, count: int) -> None:
    """Wait until so many drive the first goal."""
    while executor._drivers[GoalId(1)] < count:
        await asyncio.sleep(0)


async def begun(stage: Stage) -> GoalId:
    """Wait until the hands are at work."""
    while not stage.hands.busy:
        await asyncio.sleep(0)
    return GoalId(1)


async def test_a_moment_within_the_timeout_is_waited_for_and_a_later_one_is_not(stage: Stage) -> None:
    plan(stage, planned("rest", work="wait", inputs={"seconds": 3}), planned("dig", "rest"))
    async with stage.open() as executor, asyncio.TaskGroup() as group:
        early = await executor.execute_goal(GARDEN, timeout_ms=1_000)
        assert early.status is ResultStatus.WAITING
        assert early.execution_time == 0.0
        (waiting,) = early.waiting
        assert waiting.until == stage.clock.now() + dt.timedelta(seconds=3)
        executing = group.create_task(executor.execute_goal(GARDEN, timeout_ms=10_000))
        goal = await executor.goal(early.goal)
        await driven_by(executor, 1)
        stage.clock.advance(seconds=3)
        executor.tick()
        result = await executing
    assert result.goal == goal.id
    assert result.status is ResultStatus.SUCCESS


async def test_two_who_say_the_same_at_once_mean_one_goal(stage: Stage) -> None:
    plan(stage, planned("dig"), planned("sow", "dig"))
    gate = stage.hands.hold("Dig")
    async with stage.open() as executor, asyncio.TaskGroup() as group:
        both = [group.create_task(executor.execute_goal(GARDEN)) for _ in range(2)]
        await driven_by(executor, 2)
        await begun(stage)
        gate.set()
        results: list[GoalResult] = [await one for one in both]
    assert {one.goal for one in results} == {GoalId(1)}
    assert all(one.is_success for one in results)
    assert stage.hands.calls == ["Dig", "Sow"]


async def test_one_of_two_that_drive_a_goal_may_leave_it(stage: Stage) -> None:
    plan(stage, planned("dig"), planned("sow", "dig"))
    gate = stage.hands.hold("Dig")
    async with stage.open() as executor, asyncio.TaskGroup() as group:
        short = group.create_task(executor.execute_goal(GARDEN, timeout_ms=1_000))
        long = group.create_task(executor.execute_goal(GARDEN, timeout_ms=60_000))
        await driven_by(executor, 2)
        await begun(stage)
        stage.clock.advance(seconds=2)
        assert (await short).status is ResultStatus.TIMEOUT
        gate.set()
        assert (await long).is_success


async def test_a_goal_that_has_ended_is_not_gone_on_with(stage: Stage) -> None:
    plan(stage, planned("dig"))
    async with stage.open() as executor:
        first, second = [await executor.execute_goal(GARDEN) for _ in range(2)]
    assert first.goal != second.goal
    assert stage.hands.calls == ["Dig", "Dig"]


async def test_in_a_chat_the_plan_is_not_asked_about_but_what_can_not_be_taken_back_is(stage: Stage) -> None:
    plan(stage, planned("dig"), name="Dig")
    plan(stage, planned("burn", work="once"), name="Burn")
    async with stage.open() as executor:
        safe = await executor.execute_goal("Dig", origin=IN_CHAT, ask_first=True)
        assert safe.is_success
        risky = await executor.execute_goal("Burn", origin=IN_CHAT, ask_first=True)
        assert risky.status is ResultStatus.WAITING
        assert risky.waiting[0].waits_for == "your yes to the plan"
        assert (await executor.execute_goal("Burn", origin=IN_CHAT, ask_first=True)).status is ResultStatus.WAITING
        assert stage.hands.calls == ["Dig"]
        told = [row.notice for row in await executor.notifier._outbox.queued(50)]
        plans = [one.goal for one in told if one is not None and one.kind is NoticeKind.PLAN_READY]
        assert plans == [risky.goal]
        trusted = await executor.execute_goal("Burn", origin=IN_CHAT)
    assert trusted.goal == risky.goal
    assert trusted.is_success


@pytest.mark.usefixtures("at_once")
async def test_a_repository_that_is_named_and_is_not_there_is_said_where_a_person_does_its_work(stage: Stage) -> None:
    plan(stage, planned("dig"), planned("taste", "dig", work="person"))
    async with stage.open() as executor:
        result = await executor.execute_goal(GARDEN, {"repository": "shpo"}, origin=IN_CHAT)
        assert result.missing == (
            "a repository: there is no repository «shpo» that this goal may use; /repo shows them",
        )
        assert (await executor.execute_goal("Water it", origin=IN_CHAT)).missing == ()


async def test_a_paused_goal_goes_on_when_it_is_asked_for_again(stage: Stage) -> None:
    plan(stage, planned("ask", work="person"), planned("dig"))
    gate = stage.hands.hold("Dig")
    async with stage.open() as executor, asyncio.TaskGroup() as group:
        executing = group.create_task(executor.execute_goal(GARDEN))
        goal = await begun(stage)
        await executor.pause_goal(goal)
        gate.set()
        result = await executing
        assert result.status is ResultStatus.WAITING
        assert any("paused" in one.waits_for for one in result.waiting)
        careful = await executor.execute_goal(GARDEN, ask_first=True)
        assert (careful.goal, careful.goal_status) == (goal, GoalStatus.PAUSED)
        again = await executor.execute_goal(GARDEN)
        assert (again.goal, again.goal_status) == (goal, GoalStatus.ACTIVE)


async def test_tasks_of_sub_goals_count_for_their_goal_and_tell_what_they_wait_for(stage: Stage) -> None:
    plan(stage, planned("beds", work="subgoal", inputs={"name": "Make beds"}))
    plan(stage, planned("dig"), planned("ask", work="person"), name="Make beds")
    async with stage.open() as executor:
        result = await executor.execute_goal(GARDEN)
    assert result.status is ResultStatus.WAITING
    assert result.total == 1
    assert {one.title for one in result.waiting} == {"Beds", "Ask"}
    assert stage.hands.calls == ["Dig"]


async def test_the_goals_of_chats_rest_where_only_what_is_driven_runs(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("dig"), planned("ask", work="person"), name="Other")
        gate = stage.hands.hold("Sow")
        await until(executor, goal, lambda one: one.tasks[1].outcome is not None)  # type: ignore[index]  # numbers
        await executor.add_task(goal, "More")
        await stage.started(executor, planned("sow"), name="Third")
        await begun(stage)
    gate.set()
    stage.hands.calls.clear()
    stage.options = Options(retry=AT_ONCE, only_driven=True)
    plan(stage, planned("pick"), name="Mine")
    origin = Origin(chat=ChatId(1), owner=UserId(1))
    async with stage.open() as executor:
        planning = await executor.set_goal("Third", origin=IN_CHAT)
        result = await executor.execute_goal("Mine", origin=origin)
        await executor.look_after_goals()
        await asyncio.sleep(0)
        assert result.is_success
        assert stage.hands.calls == ["Pick"]
        assert (await executor.goal(planning)).status is GoalStatus.PLANNING
    stage.options = Options(retry=AT_ONCE)
    async with stage.open() as executor:
        await until(executor, planning, lambda one: one.status is GoalStatus.PROPOSED)
        await quiet(executor)
    assert stage.hands.calls == ["Pick", "Sow"]


async def test_a_program_that_died_while_it_was_planning_finds_the_plan_adopted(stage: Stage) -> None:
    plan(stage, planned("dig"))
    stage.planner.gate = asyncio.Event()
    async with stage.open() as executor:
        goal = await executor.take_up_goal(GARDEN, origin=IN_CHAT)
    stage.planner.gate.set()
    async with stage.open() as executor:  # as the bot opens it, and nobody asks again
        await until(executor, goal, lambda one: one.status is GoalStatus.COMPLETED)
    assert stage.hands.calls == ["Dig"]


@pytest.mark.parametrize(("text", "context", "timeout"), [("", None, 1), ("Run", {"x": object()}, 1), ("Run", None, 0)])
async def test_wrong_use_sets_no_goal(stage: Stage, text: str, context: dict[str, object], timeout: float) -> None:
    async with stage.open() as executor:
        with pytest.raises(InvalidInputError):
            await executor.execute_goal(text, context, timeout)  # type: ignore[arg-type]  # wrong on purpose
        assert await executor.queries.count_goals(None, ended=False) == 0


async def test_whoever_carries_a_goal_when_the_engine_stops_gets_it_back_as_it_is(stage: Stage) -> None:
    plan(stage, planned("dig"))
    stage.hands.hold("Dig")
    async with asyncio.TaskGroup() as group:
        async with stage.open() as executor:
            goal = await executor.take_up_goal(GARDEN)
            carrying = group.create_task(executor.carry_goal(goal, 3_600))
            await begun(stage)
        await carrying
    async with stage.open() as executor:
        stage.hands.gates["Dig"].set()
        assert (await executor.execute_goal(GARDEN)).goal == goal
    assert stage.hands.calls == ["Dig", "Dig"]


async def test_of_many_goals_the_one_of_these_words_is_found(stage: Stage) -> None:
    plan(stage, planned("ask", work="person"), name="")
    async with stage.open() as executor:
        first = [await executor.take_up_goal(f"Goal {number}") for number in range(5)]
        assert [await executor.take_up_goal(f"Goal {number}") for number in range(5)] == first
        assert await executor.take_up_goal("Goal 3", {"other": True}) not in first
        assert await executor.take_up_goal("Goal 3", origin=IN_CHAT) not in first


async def test_a_yes_that_comes_while_it_is_planned_for_somebody_more_careful_counts(stage: Stage) -> None:
    plan(stage, planned("burn", work="once"))
    stage.planner.gate = asyncio.Event()
    async with stage.open() as executor, asyncio.TaskGroup() as group:
        careful = await executor.take_up_goal(GARDEN, ask_first=True)
        executing = group.create_task(executor.execute_goal(GARDEN))
        await until(executor, careful, lambda one: one.status is GoalStatus.PLANNING)
        stage.planner.gate.set()
        result = await executing
    assert result.goal == careful
    assert result.is_success


async def test_a_goal_that_its_person_called_off_meanwhile_is_told_as_failed(stage: Stage) -> None:
    plan(stage, planned("dig"), planned("sow"))
    stage.hands.hold("Dig")
    async with stage.open() as executor, asyncio.TaskGroup() as group:
        executing = group.create_task(executor.execute_goal(GARDEN, origin=IN_CHAT))
        goal = await begun(stage)
        await executor.cancel_goal(goal, "the snails won")
        result = await executing
    assert result.status is ResultStatus.FAILED
    assert result.goal_status is GoalStatus.CANCELLED
    assert "the snails won" in result.reasons


async def test_a_call_that_is_repeated_leads_to_the_same_goal_also_once_that_has_ended(stage: Stage) -> None:
    plan(stage, planned("dig"))
    first, second = (Origin(cause=Cause(f"run:1:call_{name}")) for name in "ab")
    async with stage.open() as executor:
        done = await executor.execute_goal(GARDEN, origin=first)
        again = await executor.execute_goal(GARDEN, origin=first)
        another = await executor.execute_goal(GARDEN, origin=second)
    assert again.goal == done.goal
    assert again.status is ResultStatus.SUCCESS
    assert another.goal != done.goal
    assert stage.hands.calls == ["Dig", "Dig"]


async def test_a_repeated_call_that_went_on_with_a_goal_under_way_leads_to_that_one(stage: Stage) -> None:
    plan(stage, planned("ask", work="person"))
    calls = [Origin(cause=Cause(f"run:1:call_{number}")) for number in range(2)]
    async with stage.open() as executor:
        waiting = await executor.execute_goal(GARDEN, origin=calls[0])
        assert (await executor.execute_goal(GARDEN, origin=calls[1])).goal == waiting.goal
        await executor.complete_task(waiting.goal, 1)
        again = await executor.execute_goal(GARDEN, origin=calls[1])
    assert (again.goal, again.status) == (waiting.goal, ResultStatus.SUCCESS)
