"""The agent at work: when it looks, what it tells and when it keeps still, and what a yes does."""

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from engine.errors import NotFoundError, RefusedError, StoreError
from engine.executor import AutonomousGoalExecutor
from engine.goals import GoalStatus
from engine.plans import PlannedTask
from engine.proactive import agent
from engine.records import ChatSettings
from engine.reporting.notices import NoticeKind
from engine.tasks import TaskStatus
from engine.values import ChatId, GoalId, TaskNumber
from tests.engine.lives import planned
from tests.engine.reporting.rounds import told
from tests.engine.stage import IN_CHAT, Stage, quiet, statuses, until

CRITERIA = ("Plant 3 apple trees", "Win the chess tournament")
DIG = planned("a", work="person", title="Dig holes for the apple trees", criterion=0)
STUDY = planned("b", "a", work="person", title="Study the openings of chess", criterion=1)
TWO = TaskNumber(2)


pytestmark = pytest.mark.usefixtures("no_rounds")


async def with_chat(executor: AutonomousGoalExecutor, **settings: object) -> None:
    chat = ChatSettings(chat=ChatId(100), owner=IN_CHAT.owner)
    await executor.proactive._conversations.save_settings(replace(chat, **settings))  # type: ignore[arg-type]  # fields


async def started(
    stage: Stage, executor: AutonomousGoalExecutor, *tasks: PlannedTask, name: str = "Mine", chat: bool = True
) -> GoalId:
    """A goal of the two criteria with these tasks, started."""
    stage.planner.plans[name] = tasks
    goal = await executor.set_goal(name, success_criteria=CRITERIA, origin=IN_CHAT if chat else None)
    if not chat:
        await executor.decompose_goal(goal)
    await until(executor, goal, lambda one: one.status is GoalStatus.PROPOSED)
    await executor.start_goal(goal)
    await quiet(executor)
    return goal


async def messages(executor: AutonomousGoalExecutor) -> int:
    return len(await told(executor, NoticeKind.FINDING))


async def test_a_program_asks_for_opportunities_issues_and_suggestions_and_carries_one_out(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await started(stage, executor, DIG, STUDY)
        (found,) = await executor.proactive.get_opportunities()
        assert (found["kind"], found["area"], found["tasks"]) == ("earlier", "opportunity", ["1.2", "1.1"])
        assert (found["status"], found["can_do"], found["told_at"]) == ("open", True, None)
        assert await executor.proactive.get_opportunities(goal) == [found]
        assert await executor.proactive.get_issues() == []
        assert await executor.proactive.get_suggestions(goal) == []
        after = await executor.proactive.do(found["id"])
        assert statuses(after) == ["waiting", "waiting"]
        assert await executor.proactive.get_opportunities() == []


async def test_issues_come_with_time_and_a_goal_of_a_program_is_looked_at_but_told_to_nobody(stage: Stage) -> None:
    async with stage.open() as executor:
        await started(stage, executor, DIG, replace(STUDY, after=()), chat=False)
        stage.clock.advance(days=4)
        (found,) = await executor.proactive.get_issues()
        assert found["kind"] == "stalled"
        await executor.look_after_goals()
        await executor.proactive.look()
        assert await messages(executor) == 0


async def test_a_goal_that_is_not_there_is_said(stage: Stage) -> None:
    async with stage.open() as executor:
        with pytest.raises(NotFoundError):
            await executor.proactive.get_issues(GoalId(5))
        with pytest.raises(NotFoundError):
            await executor.proactive.do(5)


async def test_a_change_is_followed_by_a_look_and_one_silent_message(stage: Stage) -> None:
    async with stage.open() as executor:
        await with_chat(executor)
        await started(stage, executor, DIG, STUDY)
        assert await messages(executor) == 0, "no look is in the path of a change"
        await executor.proactive.look()
        rows = await executor.notifier._outbox.queued(99)
        (notice,) = [row.notice for row in rows if row.notice is not None and row.notice.kind is NoticeKind.FINDING]
        assert notice.silent
        assert notice.facts["kind"] == "earlier"
        await executor.proactive.look()
        assert await messages(executor) == 1


async def test_a_goal_has_one_message_a_day_across_rounds_and_restarts(stage: Stage) -> None:
    async with stage.open() as executor:
        await with_chat(executor)
        await started(
            stage, executor, DIG, STUDY, planned("c", "a", work="person", title="Buy a chess set", criterion=1)
        )
        assert len(await executor.proactive.get_opportunities()) == 2
        await executor.proactive.look()
        assert await messages(executor) == 1
    for hours, count in ((23, 1), (2, 2), (1, 2)):
        stage.clock.advance(hours=hours)
        async with stage.open() as executor:
            await executor.look_after_goals()
            await executor.proactive.look()
            assert await messages(executor) == count


async def test_quiet_hours_and_a_blocked_bot_keep_it_still(stage: Stage) -> None:
    async with stage.open() as executor:
        hour = stage.clock.now().hour
        await started(stage, executor, DIG, STUDY)
        for settings in ({"quiet_from": hour, "quiet_to": hour + 2}, {"blocked": True}):
            await with_chat(executor, **settings)
            stage.clock.advance(minutes=61)
            await executor.look_after_goals()
            await executor.proactive.look()
            assert await messages(executor) == 0
        await with_chat(executor)
        stage.clock.advance(hours=2)
        await executor.look_after_goals()
        await executor.proactive.look()
        assert await messages(executor) == 1


async def test_never_is_remembered_across_a_restart(stage: Stage) -> None:
    async with stage.open() as executor:
        await with_chat(executor)
        await started(stage, executor, DIG, STUDY)
        (found,) = await executor.proactive.get_opportunities()
        await executor.proactive.mute(found["id"], ChatId(100))
    stage.clock.advance(days=30)
    async with stage.open() as executor:
        await started(stage, executor, DIG, STUDY, name="Another")
        await executor.look_after_goals()
        await executor.proactive.look()
        kinds = [
            row.notice.facts["kind"]
            for row in await executor.notifier._outbox.queued(99)
            if row.notice and row.notice.kind is NoticeKind.FINDING
        ]
        assert "earlier" not in kinds


async def test_do_it_is_done_once_however_often_and_with_whatever_revision(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await started(stage, executor, DIG, STUDY)
        (found,) = await executor.proactive.get_opportunities()
        outcomes = await asyncio.gather(
            *(executor.proactive.do(found["id"], 1) for _ in range(5)), return_exceptions=True
        )
        assert [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, RefusedError)] == []
        events = [row.event for row in await executor.queries.log(goal, before=None, limit=99)]
        assert events.count("task_rewired") == 1
        with pytest.raises(RefusedError):
            await executor.proactive.do(found["id"])
        with pytest.raises(RefusedError):
            await executor.proactive.dismiss(found["id"])


async def test_what_has_moved_on_is_refused_and_looked_at_again(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await started(stage, executor, DIG, STUDY)
        (found,) = await executor.proactive.get_opportunities()
        await executor.complete_task(goal, 1)
        await quiet(executor)
        with pytest.raises(RefusedError):
            await executor.proactive.do(found["id"], 1)
        await executor.proactive.look()
        assert (await executor.proactive.find(found["id"])).status == "gone"


async def test_a_goal_that_can_not_be_looked_at_does_not_hide_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.open() as executor:
        await with_chat(executor)
        await started(stage, executor, DIG, STUDY)
        await started(stage, executor, DIG, STUDY, name="Another")
        real = executor.proactive._findings.saw

        async def saw(goal: GoalId, *rest: object) -> object:
            if goal == 1:
                raise StoreError("full", "x", "the disk is full")
            return await real(goal, *rest)  # type: ignore[arg-type]  # passed on as they are

        monkeypatch.setattr(executor.proactive._findings, "saw", saw)
        await executor.proactive.look()
        assert await messages(executor) == 1


async def test_the_loop_looks_by_itself_a_while_after_the_last_event(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "PAUSE", 0.0)
    monkeypatch.setattr(agent, "SHORTEST_PAUSE", 0.0)
    async with stage.open() as executor:
        await with_chat(executor)
        await started(stage, executor, DIG, STUDY)
        while not await messages(executor):
            await asyncio.sleep(0)
        assert (await executor.goal(GoalId(1))).task(TWO).status is TaskStatus.PENDING


async def test_a_database_that_fails_for_a_moment_does_not_end_the_loop(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(agent, "PAUSE", 0.0)
    monkeypatch.setattr(agent, "SHORTEST_PAUSE", 0.0)
    failures = [StoreError("full", "x", "the disk is full")]
    async with stage.open() as executor:
        await with_chat(executor)
        real = executor.proactive._findings.live

        async def live(*goals: object) -> object:
            if failures:
                raise failures.pop()
            return await real(*goals)  # type: ignore[arg-type]  # passed on as they are

        monkeypatch.setattr(executor.proactive._findings, "live", live)
        await started(stage, executor, DIG, STUDY)
        while failures:
            await asyncio.sleep(0)
        await executor.look_after_goals()
        while not await messages(executor):
            await asyncio.sleep(0)
    assert "could not look" in caplog.text


async def test_of_many_goals_so_many_are_looked_at_in_a_pass_and_busy_ones_wait_for_their_next_turn(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "MOST_LOOKS", 2)
    async with stage.open() as executor:
        for name in ("one", "two", "three"):
            await started(stage, executor, DIG, STUDY, name=name)
        await quiet(executor)
        stage.clock.advance(days=4)  # nothing has come further in any of them
        for found in (2, 3, 3):
            await executor.proactive.look()
            stage.clock.advance(seconds=1)
            for busy in (1, 2):
                await executor.add_note(GoalId(busy), "busy")
            assert len({one.goal for one in await executor.proactive._findings.live()}) == found


async def test_a_pass_reads_what_is_found_once_whatever_was_stirred(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.open() as executor:
        for name in ("one", "two", "three"):
            await started(stage, executor, DIG, STUDY, name=name)
        await executor.proactive.look()
        reading, asked = executor.proactive._findings.live, []

        async def live(goals: object = None) -> object:
            asked.append(goals)
            return await reading(goals)  # type: ignore[arg-type]  # passed on as it is

        monkeypatch.setattr(executor.proactive._findings, "live", live)
        executor.proactive.stir([GoalId(1), GoalId(2), GoalId(3)])
        await executor.proactive.look()
        assert asked == [[1, 2, 3]]


async def test_the_digest_has_what_is_worth_a_look(stage: Stage) -> None:
    async with stage.open() as executor:
        await started(stage, executor, DIG, STUDY)
        await executor.proactive.look()
        digest = await executor.digest(ChatId(100), stage.clock.now() - dt.timedelta(days=1))
        assert [one.finding.kind for one in digest.findings] == ["earlier"]
        (found,) = digest.findings
        await executor.proactive.dismiss(found.id)
        assert (await executor.digest(ChatId(100), stage.clock.now())).findings == ()
