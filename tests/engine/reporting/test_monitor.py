"""The monitor's rounds: what they see is said once, also after a restart, and nobody is flooded."""

import asyncio
import datetime as dt
import json
import logging
from dataclasses import replace

import pytest

from engine.errors import TemporaryError
from engine.execution.resources import Capacity
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.plans import PlannedTask, Repair, Trigger
from engine.reporting import forecasts, monitor
from engine.reporting.notices import NoticeKind
from engine.tasks import Estimate, Outcome, TaskStatus
from engine.values import ChatId, GoalId, TaskNumber
from engine.work.registry import Work, WorkContext, WorkRegistry, WorkResult
from tests.engine.lives import planned
from tests.engine.reporting.rounds import logged, round_of, told
from tests.engine.stage import IN_CHAT, Stage, quiet, until

QUICK = Estimate(low=0.5, likely=1, high=2)
ABOUT_A_DAY = Estimate(low=12, likely=24, high=40)
DAY = dt.timedelta(days=1)


pytestmark = pytest.mark.usefixtures("no_rounds")


async def started(
    stage: Stage, executor: AutonomousGoalExecutor, *tasks: PlannedTask, days: float | None = None, name: str = "Mine"
) -> GoalId:
    """A started goal of the chat with these tasks and this deadline."""
    stage.planner.plans[name] = tasks
    deadline = stage.clock.now() + days * DAY if days is not None else None
    goal = await executor.set_goal(name, deadline=deadline, origin=IN_CHAT)
    await until(executor, goal, lambda one: one.status is GoalStatus.PROPOSED)
    await executor.start_goal(goal)
    return goal


# -- overruns -------------------------------------------------------------------------------------------------------


async def test_a_person_who_takes_long_is_noted_once_across_rounds_and_restarts_and_is_sent_nothing(
    stage: Stage,
) -> None:
    stage.planner.repairs = [Repair(), Repair(), Repair()]
    async with stage.open() as executor:
        goal = await started(stage, executor, planned("a", work="person", estimate=QUICK))
        stage.clock.advance(hours=20)
        await round_of(executor)
        assert await logged(executor, goal, "task_overran") == [], "a person has a day"
        stage.clock.advance(hours=20)
        await round_of(executor)
        await round_of(executor)
        usual = {NoticeKind.PLAN_READY, NoticeKind.TASK_FOR_PERSON, NoticeKind.REMINDER}
        assert await told(executor, *(set(NoticeKind) - usual)) == []
    async with stage.open() as executor:
        stage.clock.advance(days=1)
        await round_of(executor)
        seen = ("task_overran", "adaptation_needed", "adaptation_dropped", "plan_adapted")
        assert await logged(executor, goal, *seen) == ["task_overran", "adaptation_needed", "adaptation_dropped"]
        now = await executor.goal(goal)
        assert (now.plan_version, now.adapting, now.task(1).history.behind) == (1, None, 1)
    assert [need.trigger for need in stage.planner.needs] == [Trigger.OVERRUN]


async def test_what_was_learned_tells_how_long_is_too_long(stage: Stage) -> None:
    stage.planner.repairs = [Repair()]
    async with stage.open() as executor:
        for _ in range(8):  # such things take this person three days
            earlier = await started(stage, executor, planned("a", work="person", estimate=ABOUT_A_DAY))
            stage.clock.advance(days=3)
            await executor.complete_task(earlier, 1)
        goal = await started(stage, executor, planned("a", work="person", estimate=ABOUT_A_DAY))
        stage.clock.advance(days=3)
        await round_of(executor)
        assert await logged(executor, goal, "task_overran") == []
        stage.clock.advance(days=30)
        await round_of(executor)
        assert await logged(executor, goal, "task_overran") == ["task_overran"]


async def test_a_planner_with_another_way_offers_it_and_the_task_goes_on_until_the_yes(stage: Stage) -> None:
    other = planned("b", work="person", estimate=QUICK)
    stage.planner.repairs = [Repair(supersede=(TaskNumber(1),), add=(other,), summary="Instead: «B»")]
    async with stage.open() as executor:
        goal = await started(stage, executor, planned("a", work="person", estimate=QUICK))
        stage.clock.advance(days=2)
        await round_of(executor)
        now = await executor.goal(goal)
        assert (now.proposed_version, now.task(1).status) == (2, TaskStatus.WAITING)
        assert await told(executor, NoticeKind.REPAIR_PROPOSED) == [NoticeKind.REPAIR_PROPOSED]
        stage.clock.advance(days=2)
        await round_of(executor)
        assert await told(executor, NoticeKind.REPAIR_PROPOSED) == [NoticeKind.REPAIR_PROPOSED]
        await executor.accept_repair(goal, 2)
        assert (await executor.goal(goal)).task(1).status is TaskStatus.SUPERSEDED


async def test_a_programs_goals_are_left_alone(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person", estimate=QUICK), chat=False)
        await executor.run_goal(goal)
        stage.clock.advance(days=5)
        await round_of(executor)
        assert await logged(executor, goal, "task_overran") == []


# -- deadlines ------------------------------------------------------------------------------------------------------

SLOW = Estimate(low=100, likely=200, high=400)


async def test_a_deadline_in_doubt_is_told_once_a_plan_version_and_across_restarts(stage: Stage) -> None:
    stage.planner.repairs = [Repair(), Repair()]
    tasks = (planned("a", work="person", estimate=SLOW), planned("b", "a", work="person", estimate=SLOW))
    async with stage.open() as executor:
        goal = await started(stage, executor, *tasks, days=9)
        for _ in range(3):
            await round_of(executor)
            stage.clock.advance(hours=2)
        assert await told(executor, NoticeKind.DEADLINE_DOUBTFUL) == [NoticeKind.DEADLINE_DOUBTFUL]
    async with stage.open() as executor:
        await round_of(executor)
        assert await told(executor, NoticeKind.DEADLINE_DOUBTFUL) == [NoticeKind.DEADLINE_DOUBTFUL]
        now = await executor.goal(goal)
        assert (now.doubted, now.plan_version, now.adapting) == (1, 1, None)
    assert [need.trigger for need in stage.planner.needs] == [Trigger.FORECAST]


async def test_a_second_doubt_of_the_same_date_after_the_plan_changed_makes_no_sound(stage: Stage) -> None:
    stage.planner.repairs = [Repair(), Repair(add=(planned("c", work="person", estimate=SLOW),)), Repair()]
    async with stage.open() as executor:
        goal = await started(stage, executor, planned("a", work="person", estimate=SLOW), days=3)
        await round_of(executor)
        await executor.adapt_plan(goal, "more to do")
        await round_of(executor)
        rows = await executor.notifier._outbox.queued(999)
        doubts = [row.notice for row in rows if row.notice and row.notice.kind is NoticeKind.DEADLINE_DOUBTFUL]
        assert [notice.silent for notice in doubts] == [False, True]


async def test_a_deadline_that_is_likely_kept_is_forecast_once_an_hour(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = counted(monkeypatch)
    async with stage.open() as executor:
        goal = await started(stage, executor, planned("a", work="person", estimate=QUICK), days=30)
        for _ in range(3):
            await round_of(executor)
            stage.clock.advance(minutes=20)
        assert len(made) == 1
        await round_of(executor)
        assert len(made) == 2
        assert (await executor.goal(goal)).doubted == 0


async def test_one_round_makes_so_many_forecasts_and_the_next_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = counted(monkeypatch)
    monkeypatch.setattr(monitor, "MOST_FORECASTS", 2)
    async with stage.open() as executor:
        for number in range(3):
            await started(stage, executor, planned("a", work="person"), days=30, name=f"Goal {number}")
        await round_of(executor)
        assert len(made) == 2
        await round_of(executor)
        assert len(made) == 3


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every forecast that is made."""
    made: list[object] = []
    real = forecasts.forecast

    def counting(*args: object, **facts: object) -> object:
        made.append(real(*args, **facts))  # type: ignore[arg-type]  # passed on as it is
        return made[-1]

    monkeypatch.setattr(forecasts, "forecast", counting)
    return made


async def test_a_fault_about_one_goal_does_not_hide_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage.planner.repairs = [Repair()]
    async with stage.open() as executor:
        first = await started(stage, executor, planned("a", work="person", estimate=SLOW), days=3, name="One")
        second = await started(stage, executor, planned("a", work="person", estimate=SLOW), days=3, name="Two")
        real = executor.forecaster.forecast

        async def faulty(goal: Goal) -> object:
            if goal.id == first:
                raise ZeroDivisionError("a fault of ours")
            return await real(goal)

        monkeypatch.setattr(executor.forecaster, "forecast", faulty)
        with caplog.at_level(logging.ERROR):
            await round_of(executor)
        assert "could not look at a goal" in caplog.text
        assert (await executor.goal(second)).doubted == 1


# -- checks that turned -----------------------------------------------------------------------------------------------


class Site:
    """A stand-in for `http_check`: what it finds is what the test says."""

    def __init__(self) -> None:
        self.is_up = True
        self.error: Exception | None = None
        self.looks = 0

    async def check(self, context: WorkContext) -> WorkResult:
        self.looks += 1
        if self.error is not None:
            raise self.error
        summary = "the site answers as expected" if self.is_up else "the site answered 500 instead of 200"
        return Outcome(summary=summary, deviation=0.0 if self.is_up else 1.0)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    found = Site()
    real = Stage.registry

    def with_site(stage: Stage, *works: Work) -> WorkRegistry:
        registry = real(stage, *works)
        registry._works["http_check"] = replace(registry.get("http_check"), run=found.check)
        return registry

    monkeypatch.setattr(Stage, "registry", with_site)
    return found


async def with_check(stage: Stage, executor: AutonomousGoalExecutor, name: str = "Mine") -> GoalId:
    check = planned("c", work="http_check", inputs={"url": "https://example.org"})
    goal = await started(stage, executor, check, planned("b", work="person"), name=name)
    await until(executor, goal, lambda one: one.task(1).status is TaskStatus.COMPLETED)
    return goal


async def test_a_check_is_made_again_every_six_hours_and_believed_when_it_fails_twice(stage: Stage, site: Site) -> None:
    stage.planner.repairs = [Repair()]
    async with stage.open() as executor:
        goal = await with_check(stage, executor)
        await round_of(executor)
        assert site.looks == 1, "it has just held"
        stage.clock.advance(hours=6)
        await round_of(executor)
        await round_of(executor)
        assert site.looks == 2, "once in six hours"
        site.is_up = False
        stage.clock.advance(hours=6)
        await round_of(executor)
        assert await logged(executor, goal, "check_flipped") == [], "once may be a hiccup"
        await round_of(executor)
        assert await logged(executor, goal, "check_flipped") == ["check_flipped"]
        assert await told(executor, NoticeKind.CHECK_FLIPPED) == [NoticeKind.CHECK_FLIPPED]
        assert (await executor.goal(goal)).task(1).status is TaskStatus.COMPLETED
        assert [need.trigger for need in stage.planner.needs] == [Trigger.WORLD_CHANGED]
    async with stage.open() as executor:
        stage.clock.advance(hours=12)
        await round_of(executor)
        await round_of(executor)
        assert len(await told(executor, NoticeKind.CHECK_FLIPPED)) == 1
        assert site.looks == 4, "what has turned is not looked at any more"


async def test_a_hiccup_and_no_answer_at_all_are_no_turn(stage: Stage, site: Site) -> None:
    async with stage.open() as executor:
        goal = await with_check(stage, executor)
        stage.clock.advance(hours=6)
        for is_up, error in ((False, None), (True, None), (False, None), (True, TemporaryError("no network"))):
            site.is_up, site.error = is_up, error
            await round_of(executor)
            stage.clock.advance(hours=6)
        site.is_up, site.error = True, None
        await round_of(executor)
        assert site.looks == 6
        assert await logged(executor, goal, "check_flipped") == []


async def test_only_so_many_checks_are_made_again_in_one_round_the_longest_unseen_first(
    stage: Stage, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "MOST_LOOKS", 2)
    async with stage.open() as executor:
        for number in range(3):
            await with_check(stage, executor, name=f"Goal {number}")
        stage.clock.advance(hours=7)
        looks = [site.looks]
        for _ in range(3):
            await round_of(executor)
            looks.append(site.looks)
        assert looks == [3, 5, 6, 6]


async def test_a_look_that_never_ends_is_cut_off(stage: Stage, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stuck(context: WorkContext) -> WorkResult:
        await asyncio.Event().wait()
        return None

    async with stage.open() as executor:
        await with_check(stage, executor)
        stage.clock.advance(hours=6)
        registry = executor.registry
        monkeypatch.setitem(registry._works, "http_check", replace(registry.get("http_check"), run=stuck, timeout=0.01))
        await round_of(executor)


# -- resources --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "status"),
    [
        ({"gpu": Capacity(count=1)}, TaskStatus.COMPLETED),
        ({"gpu": Capacity(count=0)}, TaskStatus.BLOCKED),
    ],
    ids=["back", "return unknown"],
)
async def test_a_resource_that_the_operator_changed_is_noticed_at_the_start(
    stage: Stage, later: dict[str, Capacity], status: TaskStatus
) -> None:
    away = {"gpu": Capacity(count=0, back=stage.clock.now() + 60 * DAY)}
    stage.options = replace(stage.options, resources=away, monitoring_interval=300.0)
    async with stage.open() as executor:
        goal = await started(stage, executor, planned("a", resources=("gpu",)), planned("b", work="person"))
        await until(executor, goal, lambda one: one.task(1).status is TaskStatus.BLOCKED)
    async with stage.open() as executor:
        await quiet(executor)
        assert (await logged(executor, goal, "blockage_raised")) == ["blockage_raised"], "nothing has changed"
    stage.options = replace(stage.options, resources=later)
    async with stage.open() as executor:
        soon = stage.clock.now() + DAY

        def is_noticed(now: Goal) -> bool:
            due = now.task(1).due_at
            return now.task(1).status is status and (due is None or due < soon)

        await until(executor, goal, is_noticed)


# -- the standing for programs, and the digest ------------------------------------------------------------------------


async def test_the_standing_of_a_goal_holds_its_forecast_as_plain_json(stage: Stage) -> None:
    tasks = (planned("a", work="person", estimate=SLOW), planned("b", "a", work="person", estimate=SLOW))
    async with stage.open() as executor:
        goal = await started(stage, executor, *tasks, days=9)
        assert (await executor.get_goal_status(goal))["forecast"] is None, "nobody has looked ahead yet"
        found = await executor.forecast_goal(goal)
        assert found is not None
        assert (await executor.get_goal_status(goal))["forecast"] == found
        assert found["p10"] is not None
        assert found["p50"] is not None
        assert found["p10"] < found["p50"]
        assert found["matters"] == [f"{goal}.1", f"{goal}.2"]
        assert found["on_time_odds"] is not None
        assert found["on_time_odds"] < 0.5
        assert json.loads(json.dumps(found, default=str))["made_at"] == str(stage.clock.now())
        await executor.cancel_goal(goal)
        assert (await executor.get_goal_status(goal))["forecast"] is None
        assert await executor.forecast_goal(goal) is None


async def test_a_digest_names_first_what_is_at_risk_by_its_forecast(stage: Stage) -> None:
    async with stage.open() as executor:
        safe = await started(stage, executor, planned("a", work="person", estimate=QUICK), days=30, name="Safe")
        late = await started(stage, executor, planned("a", work="person", estimate=SLOW), days=2, name="Late")
        found = await executor.digest(ChatId(100), stage.clock.now() - DAY)
        assert [risk.goal.id for risk in found.at_risk] == [late]
        assert [goal.id for goal in found.goals] == [late, safe]
        assert set(found.forecasts) == {safe, late}
