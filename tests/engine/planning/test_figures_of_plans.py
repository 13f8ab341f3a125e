"""One figure for each thing: what a plan says of its time and odds is what its forecast and its check say too."""

import datetime as dt
import sys
from collections.abc import Generator
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic import TypeAdapter

from engine.execution.goal_decisions import number_tasks
from engine.goals import Goal, GoalStatus
from engine.planning.bridge.choosing import Candidate, best_of
from engine.planning.bridge.paces import Pace, pace_of
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.from_goal import Known, problem_of
from engine.planning.forecasting.model import Calendar, Capacities, Forecast, Person
from engine.planning.htn.outcome import FoundPlan, Tree
from engine.planning.quality import Circumstances, Outlook, Rule, Severity, quality_of
from engine.planning.requests import PlanRequest
from engine.planning.slices import run_through
from engine.planning.why import why_plan
from engine.plans import Plan, PlannedTask, odds_within
from engine.proposals import picked_alternative
from engine.tasks import Estimate
from engine.values import GoalId, JsonValue
from tests.engine.planning.planners import general_planner, planner

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
MOMENTUM = (
    "Complete market research",
    "Develop strategy logic",
    "Backtest on 2 years of data",
    "Optimize parameters",
    "Deploy to paper trading",
    "Monitor for 1 week",
    "Deploy to live if profitable",
)
NIGHTS = Capacities(people={"": Person(calendar=Calendar(zone="Europe/Berlin", quiet_from=22, quiet_to=8))})
MOST_WORK = 120_000
"""Calls of functions in one slice; ten milliseconds are some hundred thousand."""


FOUND = FoundPlan(
    rank=0,
    probability=1.0,
    cost=0.0,
    hours=0.0,
    steps=(),
    tree=Tree(()),
    checkpoints=(),
)


def goal_of(*criteria: str, days: float | None = None) -> Goal:
    deadline = NOW + dt.timedelta(days=days) if days is not None else None
    return Goal(id=GoalId(5), name="It", criteria=criteria, deadline=deadline, created_at=NOW, updated_at=NOW)


def plan_of(goal: Goal, capacities: Capacities | None = None) -> Plan:
    return planner().plan(PlanRequest(goal=goal, now=NOW, capacities=capacities or Capacities()))


def forecast_of(goal: Goal, plan: Plan, capacities: Capacities | None = None) -> Forecast:
    """The forecast of the goal once the plan was proposed."""
    tasks = number_tasks(plan.tasks, after=0, position=0, version=1)
    numbered = {task.number: task for task in tasks.values()}
    proposed = replace(goal, status=GoalStatus.PROPOSED, plan_version=1, tasks=numbered)
    return forecast(problem_of(proposed, NOW, Known(), capacities or Capacities()), seed=goal.id)


def chapters(count: int) -> tuple[str, ...]:
    return tuple(f"Write chapter {n} about topic {n} and have it reviewed by 3 people" for n in range(count))


@pytest.mark.parametrize("capacities", [Capacities(), NIGHTS], ids=["no nights", "nights"])
def test_the_time_and_the_odds_of_a_plan_are_those_of_its_forecast(capacities: Capacities) -> None:
    goal = goal_of(*MOMENTUM, days=14)
    plan = plan_of(goal, capacities)
    for one in (plan, *plan.alternatives):
        foreseen = forecast_of(goal, one, capacities)
        assert one.prospect is not None
        assert foreseen.end is not None
        ends = [(end - NOW) / dt.timedelta(hours=1) for end in (foreseen.end.p10, foreseen.end.p50, foreseen.end.p90)]
        hours = one.prospect.hours
        assert [hours.low, hours.likely, hours.high] == pytest.approx(ends, abs=0.002)
        assert odds_within(one.prospect.ends, 14 * 24.0) == pytest.approx(foreseen.on_time_odds, abs=0.012)


HURRIED = ("Develop the app", "Optimize the speed of the app")


def test_of_the_plans_that_are_shown_the_likeliest_to_be_done_in_time_is_taken_and_the_reason_says_so() -> None:
    plan = plan_of(goal_of(*HURRIED, days=2))
    assert plan.prospect is not None
    worth = [
        one.prospect.probability * odds_within(one.prospect.ends, 2 * 24.0)
        for one in (plan, *plan.alternatives)
        if one.prospect is not None
    ]
    assert worth[0] == max(worth)
    assert max(one.prospect.probability for one in plan.alternatives if one.prospect) > plan.prospect.probability
    assert "the likeliest to be done in time of the 4 ways that I compared: " in plan.reason
    free = plan_of(goal_of(*HURRIED))
    assert free.prospect is not None
    assert all(one.prospect.probability <= free.prospect.probability for one in free.alternatives if one.prospect)
    late = plan_of(goal_of(*MOMENTUM, days=1))
    assert "none of them is likely to be done in time" in late.reason


@pytest.mark.long
def test_one_person_has_only_so_many_hands() -> None:
    goal = goal_of(*chapters(40), days=14)
    plan = plan_of(goal)
    assert plan.prospect is not None
    hours = plan.prospect.hours
    assert hours.low > 14 * 24
    outlook = Outlook(low=hours.low, likely=hours.likely, high=hours.high)
    quality = quality_of(goal, plan, Circumstances(now=NOW, outlook=outlook))
    late = quality.of(Rule.DEADLINE)[0]
    assert (late.severity, late.found) == (Severity.PROBLEM, hours.low)
    assert quality.hours == hours.likely
    assert quality.score <= 60
    assert not quality.of(Rule.WORKLOAD), "it has been said"
    many = Capacities(people={"": Person(attention=40)})
    shared = plan_of(goal_of(*chapters(40)), many).prospect
    assert shared is not None
    assert shared.hours.high < 10 * 24


def test_the_quick_pace_knows_of_hands_resources_and_days_to_wait_for() -> None:
    day = Estimate(low=24, likely=24, high=24)
    tasks = [PlannedTask(key=key, title=key, estimate=day) for key in "abcd"]
    assert pace_of(tasks, NOW, Capacities()).mean == 48
    assert pace_of(tasks, NOW, Capacities(people={"": Person(attention=1)})).mean == 96
    until: JsonValue = (NOW + dt.timedelta(days=9)).isoformat()
    wait = PlannedTask(key="w", title="w", work="wait", inputs={"until": until}, estimate=day, after=("a",))
    pace = pace_of([*tasks, wait], NOW, Capacities())
    assert pace == Pace(mean=9 * 24, path=("w", "a"))


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(1, 400)), min_size=1, max_size=9), st.floats(1, 400))
def test_no_plan_that_was_found_is_likelier_to_be_done_in_time(odds: list[tuple[float, float]], left: float) -> None:
    found = sorted((one for one in odds), reverse=True)
    candidates = [
        Candidate(
            found=FOUND,
            tasks=(),
            keys={},
            probability=one,
            cost=0.0,
            pace=Pace(mean=hours),
            work=0.0,
        )
        for one, hours in found
    ]

    def in_time(one: Candidate) -> Generator[None, None, float]:
        yield
        return min(1.0, left / one.pace.mean)

    worth = [one * min(1.0, left / hours) for one, hours in found]
    best = run_through(best_of(candidates, in_time))
    assert best.probability * min(1.0, left / best.pace.mean) == max(worth)


def test_letters_stay_with_their_plans_and_rows_compare_with_the_plan_that_is_shown() -> None:
    goal = goal_of("Design UI mockups", "Develop MVP", "User testing with 20 beta users", "Achieve 500 signups")
    plan = general_planner().plan(PlanRequest(goal=goal, now=NOW))
    assert [one.letter for one in plan.options] == ["A", "B", "C"]
    picked = picked_alternative(stored(plan), 1)
    assert [one.letter for one in picked.options] == ["B", "A", "C"]
    first, second, third = plan, *plan.alternatives
    assert [one.difference for one in picked.options] == ["", first.beside["B"], third.beside["B"]]
    assert first.beside["B"] != third.beside["B"]
    assert [one.probability for one in picked.options] == [
        one.prospect.probability for one in (second, first, third) if one.prospect is not None
    ]
    said = why_plan(picked)
    assert any(line.startswith(f"Plan A would be: {first.beside['B']}; ") for line in said)
    assert any("odds 51 % instead of 44 %" in line for line in said)
    back = picked_alternative(stored(picked), 1)
    assert [one.letter for one in back.options] == ["A", "B", "C"]
    assert [one.difference for one in back.options] == [one.difference for one in plan.options]


def test_a_difference_is_told_whole_or_by_what_it_is_about() -> None:
    plan = plan_of(goal_of(*MOMENTUM, days=14))
    told = [text for one in (plan, *plan.alternatives) for text in one.beside.values()]
    assert told
    assert not [text for text in told if "…" in text or " more" in text]
    assert any("by reading, then a look at raw data" in text for text in told), "commas belong to a method's name"


def stored(plan: Plan) -> JsonValue:
    """A plan as it is kept."""
    kept: JsonValue = TypeAdapter(Plan).dump_python(plan, mode="json")
    return kept


def calls_between_yields(slices: Generator[None, None, Plan]) -> int:
    """The most calls of functions that a slice takes."""
    most = calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        for _ in slices:
            most, calls = max(most, calls), 0
    finally:
        sys.setprofile(None)
    return max(most, calls)


@pytest.mark.sample(1, in_ci=3)
@pytest.mark.parametrize(
    "criteria",
    [
        ["1 " * 900],
        ["12 kg " * 300],
        [f"Do the thing number {n}" for n in range(15)],
        [f"Learn subject {n} and then pass exam {n}" for n in range(4)],
        ["Read a book, then write a page, then test it " * 10] * 4,
        list(MOMENTUM),
        [f"Buy thing {n}" for n in range(100)],
        [f"Develop part {n}, then test it" for n in range(40)],
        [f"Write chapter {n} if chapter {n - 1} is good" for n in range(2, 30)],
    ],
)
def test_no_slice_of_planning_does_much_work(criteria: list[str]) -> None:
    run_through(planner().planning(PlanRequest(goal=goal_of("Read a book"), now=NOW)))  # loads what is loaded late
    planning = planner().planning(PlanRequest(goal=goal_of(*criteria, days=14), now=NOW))
    assert calls_between_yields(planning) < MOST_WORK
