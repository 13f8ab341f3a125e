"""Forecasts for whoever looks: at most one a minute a goal, out of the way, resting on what was learned."""

import dataclasses
import datetime as dt
import logging
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.absences import Absence, with_absence
from engine.errors import NotFoundError, StoreError
from engine.execution.goal_decisions import cancel, pause
from engine.execution.resources import Capacity
from engine.execution.task_decisions import done_by_person
from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.learned import known_of
from engine.planning.forecasting.model import Assumption, Forecast
from engine.planning.learning.experience import Answer, Experience, History, doing_of_task
from engine.planning.learning.memory import learned
from engine.planning.learning.school import LEARNED_ANEW, is_learned
from engine.plans import Plan, PlannedTask
from engine.records import ChatSettings
from engine.reporting import forecasts
from engine.reporting.forecasts import FRESH, Forecaster, ForecastSources, Means
from engine.tasks import Estimate, TaskStatus, Waiting, WaitingFor
from engine.values import ChatId, GoalId, TaskNumber, UserId
from engine.work.subgoals import kept_plan
from tests.engine.lives import Life, new_goal, planned
from tests.fakes import START, FakeClock

HOURS = Estimate(low=2, likely=4, high=8)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@dataclass
class Sources:
    """What a forecaster asks, as the test says."""

    clock: FakeClock = field(default_factory=FakeClock)
    lived: History = field(default_factory=History)
    chat: ChatSettings | None = None
    goals: dict[GoalId, Goal] = field(default_factory=dict)
    reads: int = 0
    is_broken: bool = False

    async def history(self, since: dt.datetime) -> History:
        if self.is_broken:
            raise StoreError("io", "milepost.db", "the disk is gone")
        self.reads += 1
        return self.lived

    async def settings(self, chat: ChatId) -> ChatSettings | None:
        return self.chat

    async def find(self, goal: GoalId) -> Goal:
        if goal not in self.goals:
            raise NotFoundError("goal", goal)
        return self.goals[goal]

    def forecaster(self, **means: object) -> Forecaster:
        sources = ForecastSources(queries=self, conversations=self, find_goal=self.find, clock=self.clock)  # type: ignore[arg-type]  # all that it asks of them
        return Forecaster(sources, Means(**means))  # type: ignore[arg-type]  # the facts are fields


@pytest.fixture
def sources() -> Sources:
    return Sources()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Forecast]:
    """Every forecast that is made, in order."""
    found: list[Forecast] = []
    real = forecasts.forecast

    def counting(*args: object, **facts: object) -> Forecast:
        found.append(real(*args, **facts))  # type: ignore[arg-type]  # passed on as it is
        return found[-1]

    monkeypatch.setattr(forecasts, "forecast", counting)
    return found


def garden(count: int = 3, **facts: object) -> Life:
    names = [f"t{n}" for n in range(count)]
    rows = [
        planned(name, *names[max(0, n - 1) : n], work="person", estimate=HOURS, success=0.95)
        for n, name in enumerate(names)
    ]
    return Life.started(*rows, **facts)


def end_of(found: Forecast | None) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    assert found is not None
    assert found.end is not None
    return found.end.p10, found.end.p50, found.end.p90


async def test_a_goal_under_way_has_a_range_and_its_own_figures_stay(sources: Sources) -> None:
    life = garden(deadline=START + 2 * DAY)
    before = life.goal
    found = await sources.forecaster().forecast(life.goal)
    early, middle, late = end_of(found)
    assert START < early < middle < late
    assert found is not None
    assert found.on_time_odds is not None
    assert found.on_time_odds > 0.9
    assert found.success_odds == pytest.approx(0.95**3, abs=0.03)
    assert life.goal is before
    assert {task.estimate for task in life.goal.tasks.values()} == {HOURS}


@pytest.mark.parametrize("status", [GoalStatus.DRAFT, GoalStatus.PLANNING, GoalStatus.CANCELLED, GoalStatus.COMPLETED])
async def test_of_what_has_no_plan_or_has_ended_there_is_no_forecast(
    sources: Sources, made: list[Forecast], status: GoalStatus
) -> None:
    assert await sources.forecaster().forecast(new_goal(status=status)) is None
    assert (made, sources.reads) == ([], 0)


async def test_within_a_minute_it_is_made_once_however_many_look(sources: Sources, made: list[Forecast]) -> None:
    life, forecaster = garden(), sources.forecaster()
    first = await forecaster.forecast(life.goal)
    life.do(done_by_person(1, ""))
    assert await forecaster.forecast(life.goal) is first, "the plan is the same; a minute is not over"
    sources.clock.advance(seconds=59)
    assert await forecaster.forecast(life.goal) is first
    sources.clock.advance(seconds=1)
    later = await forecaster.forecast(life.goal)
    assert later is not first
    assert len(made) == 2
    assert later is forecaster.at_hand(life.goal)


async def test_who_asks_for_the_newest_gets_it_but_not_twice_of_the_same(
    sources: Sources, made: list[Forecast]
) -> None:
    life, forecaster = garden(), sources.forecaster()
    await forecaster.forecast(life.goal, newest=True)
    await forecaster.forecast(life.goal, newest=True)
    assert len(made) == 1
    life.do(done_by_person(1, ""))
    newest = await forecaster.forecast(life.goal, newest=True)
    assert len(made) == 2
    assert newest is not None
    assert TaskNumber(1) not in newest.tasks


async def test_another_date_or_a_pause_is_another_forecast_at_once(sources: Sources, made: list[Forecast]) -> None:
    life, forecaster = garden(deadline=START + 9 * DAY), sources.forecaster()
    await forecaster.forecast(life.goal)
    nearer = replace(life.goal, deadline=START + HOUR, revision=life.goal.revision + 9)
    found = await forecaster.forecast(nearer)
    assert found is not None
    assert found.on_time_odds == 0
    life.do(pause(""))
    paused = await forecaster.forecast(life.goal)
    assert paused is not None
    assert Assumption.RESUMED in paused.assumes
    assert forecaster.at_hand(nearer) is None, "what is at hand is of the goal as it was looked at last"


async def test_what_is_back_makes_another_forecast_at_once(sources: Sources, made: list[Forecast]) -> None:
    there, forecaster = garden().goal, sources.forecaster()
    gone = with_absence(there.metadata, "gpu", Absence(until=START + 5 * DAY))
    await forecaster.forecast(replace(there, metadata=gone))
    back = replace(there, revision=there.revision + 1)
    assert forecaster.at_hand(back) is None, "it tells of a time without it"
    await forecaster.forecast(back)
    assert len(made) == 2
    assert forecaster.at_hand(back) is made[1]


async def test_a_clock_that_runs_fast_does_not_make_it_work_more_often(sources: Sources, made: list[Forecast]) -> None:
    sources.clock = FakeClock(speed=100_000.0)
    life, forecaster = garden(), sources.forecaster()
    for _ in range(25):
        await forecaster.forecast(life.goal)
        sources.clock.advance(hours=1)  # 0.036 real seconds
    assert (len(made), sources.reads) == (1, 1)
    sources.clock.advance(hours=3)
    await forecaster.forecast(life.goal)
    assert (len(made), sources.reads) == (2, 1)


async def test_only_so_many_are_kept(sources: Sources, made: list[Forecast], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasts, "MOST_KEPT", 2)
    life, forecaster = garden(1), sources.forecaster()
    for number in (1, 2, 3, 1):
        await forecaster.forecast(replace(life.goal, id=GoalId(number)))
    assert len(made) == 4, "the first had made room for the third"


def lived(life: Life, factor: float, count: int = 30, *, worked: bool = True) -> History:
    """Tasks such as the goal's, which took so many times as long as planned."""
    doing = doing_of_task(life.task(1), UserId(7))
    ends = [START - DAY * (n + 1) / 2 for n in range(count)]
    return History(
        experiences=tuple(
            Experience(doing=doing, success=0.95, estimate=HOURS, worked=worked, hours=4.0 * factor, ended_at=at)
            for at in reversed(ends)
        )
    )


async def test_what_was_lived_through_moves_the_end_and_the_odds(sources: Sources) -> None:
    life = garden()
    _, planned_end, _ = end_of(await sources.forecaster().forecast(life.goal))
    sources.lived = lived(life, 5.0)
    forecaster = sources.forecaster()
    _, learned_end, _ = end_of(await forecaster.forecast(life.goal))
    assert learned_end - START > 2.5 * (planned_end - START)
    assert await forecaster.cases() == 30
    sources.lived = lived(life, 1.0, worked=False)
    gloomy = await sources.forecaster().forecast(life.goal)
    assert gloomy is not None
    assert gloomy.success_odds is not None
    assert gloomy.success_odds < 0.2


async def test_what_is_learned_is_weighed_anew_every_ten_minutes_at_most(sources: Sources) -> None:
    life, forecaster = garden(), sources.forecaster()
    for _ in range(3):
        await forecaster.forecast(life.goal)
        sources.clock.advance(seconds=FRESH.total_seconds())
    assert sources.reads == 1
    sources.clock.advance(seconds=LEARNED_ANEW.total_seconds())
    await forecaster.forecast(life.goal)
    assert sources.reads == 2


async def test_expected_hours_are_those_of_what_is_left_and_can_be_learned(sources: Sources) -> None:
    life = Life.started(
        planned("a", work="person", estimate=HOURS),
        planned("b", work="wait", inputs={"seconds": 60}),
        planned("c", work="decide", inputs={"options": ["x", "y"]}),
        planned("d", "a"),
    )
    expected = await sources.forecaster().expected(life.goal)
    assert sorted(expected) == [1, 4]
    assert expected[TaskNumber(1)].p50 == pytest.approx(4.0, rel=0.2)


def test_an_unknown_person_answers_as_the_plan_says_and_a_known_one_as_they_do() -> None:
    life = garden(1)
    unknown = known_of(life.goal, learned(History(), START), {})
    assert unknown.answer is None
    assert unknown.durations == {}
    answers = tuple(Answer(person=UserId(7), hours=48.0, at=START - n * DAY) for n in range(12, 0, -1))
    slow = known_of(life.goal, learned(History(answers=answers), START), {})
    assert slow.answer is not None
    assert slow.answer.median == pytest.approx(48.0, rel=0.3)  # type: ignore[union-attr]  # a log-normal


async def test_the_end_of_a_sub_goal_is_that_of_its_own_forecast(sources: Sources) -> None:
    child = replace(garden(40).goal, id=GoalId(2))
    sources.goals[child.id] = child
    waiting = Waiting(what=WaitingFor.SUBGOAL, since=START, child=child.id)
    parent = Life.started(planned("s", work="subgoal", estimate=HOURS)).goal
    task = replace(parent.task(1), status=TaskStatus.WAITING, waiting=waiting)
    forecaster = sources.forecaster()
    found = await forecaster.forecast(replace(parent, tasks={task.number: task}))
    _, below, _ = end_of(await forecaster.forecast(child))
    _, above, _ = end_of(found)
    assert abs(above - below) < HOUR
    del sources.goals[child.id]
    sources.clock.advance(hours=1)
    alone = await forecaster.forecast(replace(parent, tasks={task.number: task}))
    assert end_of(alone)[1] < below, "a sub-goal that is not there leaves the plan's own estimate"


async def test_nobody_is_expected_to_be_done_in_their_quiet_hours(sources: Sources) -> None:
    sources.chat = ChatSettings(chat=ChatId(100), zone="Europe/Berlin", quiet_from=18, quiet_to=7)
    early, middle, late = end_of(await sources.forecaster().forecast(garden(4).goal))
    berlin = dt.timezone(dt.timedelta(hours=1))
    assert all(7 <= moment.astimezone(berlin).hour <= 18 for moment in (early, middle, late))


async def test_a_resource_that_is_away_is_waited_for(sources: Sources) -> None:
    goal = Life.started(planned("t", estimate=HOURS, resources=("gpu",)), planned("p", work="person")).goal
    away = Capacity(count=0, back=START + 5 * DAY)
    early, _, _ = end_of(await sources.forecaster(resources={"gpu": away}).forecast(goal))
    assert early > START + 5 * DAY
    there = await sources.forecaster(resources={"gpu": Capacity(count=1, back=START + 5 * DAY)}).forecast(goal)
    assert end_of(there)[0] < START + DAY
    nobody_knows = await sources.forecaster(resources={"gpu": Capacity(count=0)}).forecast(goal)
    assert nobody_knows is not None
    assert Assumption.RESOURCE_BACK in nobody_knows.assumes


async def test_a_database_that_can_not_be_read_costs_the_forecast_and_no_more(
    sources: Sources, caplog: pytest.LogCaptureFixture
) -> None:
    sources.is_broken = True
    forecaster, life = sources.forecaster(), garden()
    with caplog.at_level(logging.WARNING):
        assert await forecaster.forecast(life.goal) is None
    assert "no forecast could be made" in caplog.text
    sources.is_broken = False
    assert await forecaster.forecast(life.goal) is not None


async def test_what_ended_meanwhile_has_nothing_to_come(sources: Sources) -> None:
    life, forecaster = garden(), sources.forecaster()
    await forecaster.forecast(life.goal)
    life.do(cancel(""))
    assert await forecaster.forecast(life.goal) is None
    assert forecaster.at_hand(life.goal) is None


@pytest.mark.long  # a process of its own; tests/bot/test_start.py looks at what a bot has imported
def test_numbers_are_loaded_at_the_first_forecast_only() -> None:
    code = "import sys, bot.library, engine.reporting.monitor; sys.exit('numpy' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False, timeout=60)
    assert ended.returncode == 0


def test_what_is_learned_of_is_what_somebody_does() -> None:
    works = {"person": True, "run": True, "measure": True, "wait": False, "subgoal": False, "decide": False}
    assert {work: is_learned(work) for work in works} == works


def with_part(*below: float, success: float = 1.0, deep: bool = False) -> Life:
    """A goal whose first task is a sub-goal that has not begun: a chain of tasks that take so many hours each."""
    steps = [
        planned(
            f"b{n}",
            *([f"b{n - 1}"] if n else []),
            work="run",
            success=success,
            estimate=Estimate(low=hours, likely=hours, high=hours),
        )
        for n, hours in enumerate(below)
    ]
    part = planned("part", "first", work="subgoal", inputs={"plan": kept_plan(Plan(tasks=tuple(steps), source="x"))})
    if deep:
        kept = kept_plan(Plan(tasks=(replace_after(part),), source="x"))
        part = planned("part", "first", work="subgoal", inputs={"plan": kept})
    first = planned("first", work="run", estimate=Estimate(low=1, likely=1, high=1), success=1.0)
    return Life.started(first, part)


def replace_after(part: PlannedTask) -> PlannedTask:
    return dataclasses.replace(part, after=())


@pytest.mark.parametrize("deep", [False, True])
async def test_before_a_sub_goal_begins_its_plan_tells_the_goal_above_how_long_it_takes(
    sources: Sources, deep: bool
) -> None:
    life = with_part(10.0, 20.0, 30.0, deep=deep)
    end = end_of(await sources.forecaster().forecast(life.goal))
    assert all(abs(one - (START + 61 * HOUR)) < HOUR for one in end), "1 hour, then 60: not the hour of its estimate"


async def test_its_odds_count_above_too(sources: Sources) -> None:
    found = await sources.forecaster().forecast(with_part(1.0, 1.0, success=0.7).goal)
    assert found is not None
    assert found.success_odds is not None
    alone = await sources.forecaster().forecast(with_part(1.0, 1.0, success=1.0).goal)
    assert alone is not None
    assert alone.success_odds is not None
    assert found.success_odds < alone.success_odds - 0.2
