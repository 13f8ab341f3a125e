"""Deadline, working time and budget."""

import datetime as dt
from dataclasses import replace

import pytest

from engine.planning.quality import Circumstances, Rule, Severity
from engine.tasks import Estimate
from tests.engine.planning.quality.drafts import NOW, checked, decision, found, goal_of, hours, task


def test_a_plan_that_can_never_keep_the_deadline_has_a_problem() -> None:
    goal = goal_of("Cook", days=2)
    quality = checked(goal, task("a", "Cook", took=hours(30)), task("b", "Serve", "a", took=hours(30)))
    (finding,) = quality.of(Rule.DEADLINE)
    assert (finding.severity, finding.found, finding.bound, finding.tasks) == (Severity.PROBLEM, 60, 48, ())
    assert quality.score == 60


def test_a_plan_that_is_usually_late_gets_a_remark() -> None:
    quality = checked(goal_of("Cook", days=2), task("a", "Cook", took=hours(60, low=10)))
    (finding,) = quality.of(Rule.DEADLINE)
    assert (finding.severity, finding.bound) == (Severity.REMARK, 48)
    assert finding.found == pytest.approx((10 + 5 * 60) / 6)
    assert quality.score == 80


def test_what_just_about_fits_is_a_note_and_costs_nothing() -> None:
    quality = checked(goal_of("Cook", days=2), task("a", "Cook", took=Estimate(low=40, likely=50, high=52)))
    assert [finding.severity for finding in quality.of(Rule.DEADLINE)] == [Severity.NOTE]
    assert quality.score == 100
    assert not checked(goal_of("Cook", days=2), task("a", "Cook", took=hours(48, low=12))).findings
    assert not found(Rule.DEADLINE, goal_of("Cook", days=2), task("a", "Cook", took=hours(48)))


def test_tasks_side_by_side_do_not_add_up() -> None:
    tasks = [task(key, f"Wait for the {key} paint to dry", took=hours(40)) for key in ("red", "blue", "green")]
    assert found(Rule.DEADLINE, goal_of("Paint", days=2), *tasks) == ()


def test_a_passed_deadline_is_a_problem() -> None:
    (finding,) = found(Rule.DEADLINE, goal_of("Cook", days=-1), task("a", "Cook"))
    assert (finding.severity, finding.bound) == (Severity.PROBLEM, -24)


def test_without_a_deadline_nothing_is_late() -> None:
    assert not checked(goal_of("Cook"), task("a", "Boil", took=hours(70))).findings


def until(days: float) -> str:
    return (NOW + dt.timedelta(days=days)).isoformat()


def test_a_wait_for_a_day_ends_on_that_day_whatever_its_estimate_says() -> None:
    wait = replace(task("w", "Wait until May", took=hours(500)), work="wait", inputs={"until": until(10)})
    assert checked(goal_of("Sow"), wait).hours == 240
    after = checked(goal_of("Sow"), task("a", "Dig", took=hours(60)), replace(wait, after=("a",)))
    assert after.hours == 240
    late = checked(goal_of("Sow"), replace(wait, inputs={"until": until(-5)}))
    assert late.hours == 0
    unread = checked(goal_of("Sow"), replace(wait, inputs={"until": "in May"}))
    assert unread.hours == 500


def test_a_task_whose_turn_comes_after_its_day_is_late() -> None:
    rent = replace(task("r", "Pay the rent", "a"), inputs={"by": until(1)})
    (finding,) = found(Rule.DEADLINE, goal_of("Rent"), task("a", "Earn", took=hours(30)), rent)
    assert (finding.tasks, finding.severity, finding.found, finding.bound) == (("r",), Severity.REMARK, 30, 24)
    assert found(Rule.DEADLINE, goal_of("Rent"), task("a", "Earn", took=hours(20)), rent) == ()
    naive = replace(rent, inputs={"by": until(1).removesuffix("+00:00")})
    assert found(Rule.DEADLINE, goal_of("Rent"), task("a", "Earn", took=hours(30)), naive)


def test_one_pair_of_hands_can_not_do_everything_at_once() -> None:
    goal = goal_of("Design the village", days=5)
    tasks = [task(f"t{n}", f"Design house number {n}", took=hours(32)) for n in range(3)]
    (finding,) = found(Rule.WORKLOAD, goal, *tasks)
    assert (finding.found, finding.bound, finding.severity) == (48, 40, Severity.REMARK)
    assert found(Rule.WORKLOAD, goal, *tasks[:2]) == ()
    assert found(Rule.WORKLOAD, goal, *(replace(one, work="agent") for one in tasks)) == ()


def test_time_that_passes_by_itself_is_no_work() -> None:
    goal = goal_of("Move", days=5)
    tasks = [task(f"t{n}", f"Find a flat in town {n}", took=hours(100)) for n in range(5)]
    assert found(Rule.WORKLOAD, goal, *tasks) == ()


def test_of_roads_the_shortest_counts_as_work() -> None:
    goal = goal_of("Draw", days=1)
    decider = decision("d", "Which?")
    castle = [replace(task(f"y{n}", f"Design tower {n}", took=hours(8)), only_if=("d", "Yes")) for n in range(3)]
    hut = replace(task("n", "Design a hut", took=hours(11)), only_if=("d", "No"))
    (finding,) = found(Rule.WORKLOAD, goal, decider, *castle, hut)
    assert finding.found == 9
    assert found(Rule.WORKLOAD, goal, decider, *castle) == ()


def budgeted(budget: float, **costs: float) -> Circumstances:
    return Circumstances(now=NOW, budget=budget, costs=costs)


def test_tasks_that_cost_more_than_there_is_are_a_problem() -> None:
    goal = goal_of("Furnish")
    tasks = (replace(task("a", "Buy a bed"), cost=700), replace(task("b", "Buy a lamp"), cost=400))
    quality = checked(goal, *tasks, given=budgeted(1000))
    (finding,) = quality.of(Rule.BUDGET)
    assert (finding.severity, finding.found, finding.bound) == (Severity.PROBLEM, 1100, 1000)
    assert quality.score == 70
    assert checked(goal, *tasks, given=budgeted(1100)).score == 100
    assert checked(goal, *tasks).of(Rule.BUDGET) == ()


def test_a_cost_that_is_better_known_counts_before_the_plan_s_own() -> None:
    tasks = (replace(task("a", "Buy a bed"), cost=700), task("b", "Buy a lamp"))
    assert found(Rule.BUDGET, goal_of("Furnish"), *tasks, given=budgeted(500, a=300, b=100)) == ()
    assert found(Rule.BUDGET, goal_of("Furnish"), *tasks, given=budgeted(500, a=300, b=201))


def test_only_the_dearest_road_beyond_the_budget_is_a_remark() -> None:
    decider = decision("d", "New or used?", options=("New", "Used"))
    roads = [
        replace(task("n", "Buy a new bed", took=hours(1)), only_if=("d", "New"), cost=900),
        replace(task("u", "Buy a used bed", took=hours(1)), only_if=("d", "Used"), cost=200),
    ]
    quality = checked(goal_of("Choose a bed"), decider, *roads, given=budgeted(500))
    (finding,) = quality.of(Rule.BUDGET)
    assert (finding.severity, finding.found) == (Severity.REMARK, 900)
    assert quality.score == 90


def test_so_many_by_a_day_that_could_not_be_done_at_best_get_a_remark() -> None:
    took = Estimate(low=300, likely=600, high=900)
    hire = replace(task("h", "Hire 30 engineers", took=took), target_count=30, inputs={"by": until(10)})
    (finding,) = found(Rule.PACE, goal_of("Hire"), hire)
    assert (finding.tasks, finding.severity, finding.found, finding.bound) == (("h",), Severity.REMARK, 300, 240)
    assert found(Rule.PACE, goal_of("Hire"), replace(hire, inputs={"by": until(13)})) == ()
    assert found(Rule.PACE, goal_of("Hire"), replace(hire, target_count=1)) == (), "that is no number of things"
    assert found(Rule.PACE, goal_of("Hire"), replace(hire, work="wait")) == ()
    begun_late = (task("a", "Post it", took=hours(24)), replace(hire, after=("a",), inputs={"by": until(12)}))
    assert found(Rule.PACE, goal_of("Hire"), *begun_late)[0].bound == 264
    too_late = (task("a", "Post it", took=hours(400)), replace(hire, after=("a",)))
    assert found(Rule.PACE, goal_of("Hire"), *too_late) == (), "its turn comes too late, and that is said already"
