"""What was learned moves plans: odds, hours and the choice of ways follow what was lived through, and /why tells."""

import datetime as dt
import functools
import math
from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.absences import Absence
from engine.execution.lost_resources import away
from engine.goals import Goal
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.taught import Taught
from engine.planning.language.domain import Domain
from engine.planning.learning.beliefs import Beliefs
from engine.planning.learning.experience import Experience, History, doing_of_task
from engine.planning.learning.memory import learned
from engine.planning.requests import PlanRequest
from engine.planning.why import told, why_plan, why_task
from engine.plans import Plan, PlannedTask
from engine.tasks import Estimate
from engine.values import GoalId, JsonValue, UserId
from tests.engine.planning.lab import TRAIN, Lab
from tests.engine.planning.planners import general_planner, planner
from tests.examples import examples

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
ANN, BEN = UserId(1), UserId(2)
CRITERIA = ("Design UI mockups", "Develop MVP", "User testing with 20 beta users", "Achieve 500 signups")
SESSIONS, SURVEY = "any_test_in_sessions", "any_test_by_survey"


def goal_of(*criteria: str, owner: UserId | None = ANN) -> Goal:
    return Goal(id=GoalId(1), name="Launch", criteria=criteria, owner=owner, created_at=NOW, updated_at=NOW)


def plan_of(beliefs: Beliefs | None, *criteria: str, owner: UserId | None = ANN) -> Plan:
    goal = goal_of(*(criteria or CRITERIA), owner=owner)
    return general_planner().plan(PlanRequest(goal=goal, now=NOW, beliefs=beliefs))


@functools.cache
def untaught() -> Plan:
    return plan_of(None)


def lived(
    task: PlannedTask, worked: bool, number: int = 1, *, slower: float = 1.0, owner: UserId | None = ANN
) -> Experience:
    """A run of a task that ended some days ago."""
    return Experience(
        doing=doing_of_task(task, owner),
        success=task.success,
        estimate=task.estimate,
        worked=worked,
        hours=task.estimate.likely * slower,
        ended_at=NOW - dt.timedelta(days=number),
    )


def beliefs_of(*cases: Experience) -> Beliefs:
    return learned(History(experiences=tuple(sorted(cases, key=lambda one: one.ended_at))), NOW)


def of_method(plan: Plan, method: str) -> list[PlannedTask]:
    return [task for task in plan.tasks if task.method == method]


def failures(count: int, method: str = SESSIONS) -> list[Experience]:
    """So many goals in which all that this method calls for came to nothing."""
    return [lived(task, False, number) for task in of_method(untaught(), method) for number in range(1, count + 1)]


def odds(plan: Plan) -> float:
    assert plan.prospect is not None
    return plan.prospect.probability


def test_without_cases_the_plan_is_that_of_the_libraries_to_the_last_digit() -> None:
    assert plan_of(beliefs_of()) == untaught()


@examples(15)
@given(
    place=st.integers(0, 11),
    outcomes=st.lists(st.booleans(), min_size=1, max_size=30),
)
def test_the_odds_of_a_step_lie_between_what_its_library_says_and_what_was_seen(
    place: int, outcomes: list[bool]
) -> None:
    task = untaught().tasks[place % len(untaught().tasks)]
    cases = [lived(task, worked, number) for number, worked in enumerate(outcomes, 1)]
    found = taught_of(beliefs_of(*cases)).of_task(task)
    assert found is not None
    seen = [task.success, float(all(outcomes)), float(any(outcomes))]
    assert min(seen) - 1e-9 <= found.odds <= max(seen) + 1e-9
    if all(outcomes):
        assert found.odds >= task.success - 1e-9
    if not any(outcomes):
        assert found.odds < task.success


@examples(15)
@given(
    place=st.integers(0, 11),
    outcomes=st.lists(st.booleans(), max_size=20),
    more=st.integers(1, 5),
)
def test_one_more_failure_never_raises_the_odds_and_one_more_success_never_lowers_them(
    place: int, outcomes: list[bool], more: int
) -> None:
    task = untaught().tasks[place % len(untaught().tasks)]
    cases = [lived(task, worked, number + 10) for number, worked in enumerate(outcomes)]

    def with_more(worked: bool, number: int) -> float:
        found = taught_of(beliefs_of(*cases, *(lived(task, worked, day) for day in range(1, number + 1)))).of_task(task)
        return task.success if found is None else found.odds

    failing = [with_more(False, number) for number in range(more + 1)]
    working = [with_more(True, number) for number in range(more + 1)]
    assert failing == sorted(failing, reverse=True)
    assert working == pytest.approx(sorted(working))


def taught_of(beliefs: Beliefs) -> Taught:
    return Taught(known(), beliefs, ANN)


@functools.cache
def known() -> KnownMethods:
    return KnownMethods(general_planner().libraries)


@examples(8)
@given(st.lists(st.tuples(st.integers(0, 11), st.booleans(), st.integers(1, 60)), min_size=1, max_size=25))
def test_the_odds_of_a_taught_plan_are_the_product_along_its_tree_and_the_plan_is_the_same_each_time(
    runs: list[tuple[int, bool, int]],
) -> None:
    tasks = untaught().tasks
    cases = [lived(tasks[place % len(tasks)], worked, days) for place, worked, days in runs]
    plan = plan_of(beliefs_of(*cases))
    parts = [part for clause in clauses_of(plan.tree) for part in listed(clause["parts"])]
    assert odds(plan) == pytest.approx(math.prod(float(str(part["probability"])) for part in parts), rel=2e-3)
    assert plan_of(beliefs_of(*cases)) == plan
    own = {task.key: (task.success, task.estimate) for task in untaught().tasks}
    for task in plan.tasks:  # a task keeps what its library says: else learning would feed on itself
        assert own.get(task.key, (task.success, task.estimate)) == (task.success, task.estimate) or task.method


def listed(value: JsonValue) -> list[dict[str, JsonValue]]:
    assert isinstance(value, list)
    return [one for one in value if isinstance(one, dict)]


def clauses_of(tree: JsonValue) -> list[dict[str, JsonValue]]:
    assert isinstance(tree, dict)
    return [clause for criterion in listed(tree["criteria"]) for clause in listed(criterion["clauses"])]


def test_a_method_that_failed_again_and_again_gives_way_to_another_one_and_why_tells_so() -> None:
    assert of_method(untaught(), SESSIONS)
    plan = plan_of(beliefs_of(*failures(5)))
    assert not of_method(plan, SESSIONS)
    assert of_method(plan, SURVEY)
    assert odds(plan) < odds(untaught()), "the odds that are told follow"
    avoided = [line for line in why_plan(plan) if line.startswith("Experience speaks against another way")]
    assert len(avoided) == 1
    assert "in sessions" in avoided[0]
    assert "not in 90 %" in avoided[0]
    chain = told(why_task(plan, of_method(plan, SURVEY)[0].key))
    assert avoided[0] in chain


def test_what_went_well_before_makes_the_plan_surer() -> None:
    cases = [lived(task, True, number) for task in untaught().tasks for number in range(1, 9)]
    plan = plan_of(beliefs_of(*cases))
    assert [task.title for task in plan.tasks] == [task.title for task in untaught().tasks]
    assert odds(plan) > odds(untaught()) * 1.2


def test_hours_follow_what_was_learned_and_why_tells_from_how_many_cases() -> None:
    developing = next(task for task in untaught().tasks if task.title == "Develop MVP")

    def beliefs_after(slower: float) -> Beliefs:
        cases = [lived(developing, True, number, slower=slower, owner=None) for number in range(1, 15)]
        return beliefs_of(*[case_of(one, developing) for one in cases])

    beliefs = beliefs_after(3.0)
    plan = plan_of(beliefs)
    usual, slow = plan_of(beliefs_after(1.0)).prospect, plan.prospect
    assert usual is not None
    assert slow is not None
    assert slow.hours.likely > usual.hours.likely + 30
    assert slow.learned > 0
    assert untaught().prospect is not None
    assert untaught().options[0].learned == 0
    task = next(one for one in plan.tasks if one.key == developing.key)
    assert task.estimate == developing.estimate, "the task keeps its library's own points"
    line = told(why_task(plan, developing.key))[-1]
    assert line.startswith("By experience this step works out in 9")
    assert "days: from 14 cases." in line or "days: from 13 cases." in line


def case_of(one: Experience, task: PlannedTask) -> Experience:
    """The same, lived through by Ann within the last hours: none of it has faded."""
    return Experience(
        doing=doing_of_task(task, ANN),
        success=one.success,
        estimate=one.estimate,
        worked=one.worked,
        hours=one.hours,
        ended_at=NOW - dt.timedelta(minutes=1),
    )


def test_of_waits_nothing_is_learned_for_they_are_no_matter_of_skill() -> None:
    beliefs = beliefs_of(*(lived(task, True, slower=9.0) for task in untaught().tasks))
    tasks = plan_of(beliefs, "Monitor for 1 week").tasks
    told_of = {task.work: taught_of(beliefs).of_task(task) is not None for task in tasks}
    assert told_of == {"person": True, "wait": False}


def test_what_one_person_is_bad_at_says_less_of_another() -> None:
    mine, hers = plan_of(beliefs_of(*failures(5)), owner=ANN), plan_of(beliefs_of(*failures(5)), owner=BEN)
    assert odds(mine) < odds(hers) < odds(untaught())


@examples(10)
@given(
    st.tuples(*[st.floats(0.01, 500)] * 3).map(sorted),
    st.floats(0.2, 5),
    st.integers(1, 20),
)
def test_learned_points_never_fall_and_move_towards_what_was_seen(
    points: list[float], slower: float, count: int
) -> None:
    low, likely, high = points
    base = untaught().tasks[0]
    task = PlannedTask(
        key="x", title=base.title, method=base.method, estimate=Estimate(low=low, likely=likely, high=high)
    )
    found = taught_of(beliefs_of(*(lived(task, True, 1, slower=slower) for _ in range(count)))).of_task(task)
    assert found is not None
    new = found.estimate
    assert 0 < new.low <= new.likely <= new.high
    middle = math.exp((math.log(low) + 4 * math.log(likely) + math.log(high)) / 6)
    moved, wanted = new.likely / likely, likely * slower / middle
    assert min(1.0, wanted) - 1e-9 <= moved <= max(1.0, wanted) + 1e-9


def test_the_figures_that_the_search_goes_by_come_to_the_same_product_as_those_that_are_told() -> None:
    beliefs = beliefs_of(*failures(3), *(lived(task, True) for task in untaught().tasks))
    taught = taught_of(beliefs)
    whole = known().libraries.domain
    domain = planned_domain(taught)
    steps = {one.name: one.probability for one in domain.primitives}
    assert all(isinstance(one, float | int) and 0 < one <= 1 for one in steps.values())
    for before, after in zip(whole.methods, domain.methods, strict=True):
        standing = taught.standing(before)
        if standing is not None:
            product = float(str(after.probability))
            for name in known().own_steps(before):
                product *= float(str(steps[name]))
            assert product == pytest.approx(standing.odds, rel=1e-9), before.name
            assert 0 < float(str(after.probability)) <= 1


def planned_domain(taught: Taught) -> Domain:
    found: list[Domain] = []

    def through() -> Generator[None, None, None]:
        found.append((yield from taught.laid_over(known().libraries.domain)))

    for _ in through():
        continue
    return found[0]


def test_learned_odds_reach_subject_libraries_too() -> None:
    goal = goal_of("Backtest on 2 years of data", "Deploy to live if profitable")
    plain = planner().plan(PlanRequest(goal=goal, now=NOW))
    failing = [lived(task, False, number) for task in plain.tasks if task.method for number in range(1, 6)]
    plan = planner().plan(PlanRequest(goal=goal, now=NOW, beliefs=beliefs_of(*failing)))
    assert odds(plan) < odds(plain) / 3


def mended(beliefs: Beliefs | None) -> tuple[Lab, dict[str, PlannedTask]]:
    """A plan whose way is closed, with what is new in it once another one was found."""
    lab = Lab(TRAIN)
    lab.life.do(away("gpu", Absence(without=True)))
    return lab, {task.title: task for task in lab.mended(beliefs).add}


def test_a_repair_goes_by_what_was_learned_as_the_first_plan_does_and_writes_nothing_of_it_into_the_tasks() -> None:
    _, untaught_way = mended(None)
    cpu = untaught_way["Fit the network on the cpu"]
    owner = Lab(TRAIN).goal.owner
    failing = beliefs_of(*(lived(cpu, False, number, owner=owner) for number in range(1, 10)))
    lab, way = mended(failing)
    assert "Fit the network on rented machines" in way
    assert "Fit the network on the cpu" not in way
    again, known = mended(beliefs_of(*(lived(cpu, True, number, owner=owner) for number in range(1, 9))))
    assert known["Fit the network on the cpu"].success == cpu.success, "a task keeps its library's figures"
    assert [one["avoided"] for one in _nodes(lab.kept.tree) if "avoided" in one], "why the cpu was not taken is told"
    assert [one["learned"] for one in _nodes(again.kept.tree) if "learned" in one]


def _nodes(tree: JsonValue) -> list[dict[str, JsonValue]]:
    found: list[dict[str, JsonValue]] = []
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found.append(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return found
