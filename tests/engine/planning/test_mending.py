"""Goals of real libraries whose plans break: the nearest part that has another way gets it, all else stays as it is."""

import datetime as dt
import functools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from engine.decisions import Moment
from engine.events import GoalEdited
from engine.execution.adaptation import adapted, brought_back, check_repair
from engine.execution.goal_decisions import number_tasks
from engine.folding import fold
from engine.goals import Goal, GoalStatus
from engine.kept_plan import numbered
from engine.planning.bridge.tree_changes import aligned, keys_in, listed
from engine.planning.method_planner import MethodPlanner
from engine.planning.requests import PlanRequest
from engine.plans import AdaptationNeed, KeptPlan, Plan, Repair, Trigger
from engine.tasks import ENDED_TASKS, Outcome, Task, TaskStatus
from engine.values import Cause, ChatId, GoalId, JsonValue, TaskNumber
from tests.engine.planning.planners import planner
from tests.examples import examples

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
DASHBOARD = (
    "Design UI mockups",
    "Develop MVP",
    "User testing with 20 beta users",
    "Implement feedback",
    "Launch on Product Hunt",
    "Achieve 500 signups",
)
GOALS = {
    "Launch Analytics Dashboard": DASHBOARD,
    "Launch Momentum Strategy": (
        "Complete market research",
        "Develop strategy logic",
        "Backtest on 2 years of data",
        "Optimize parameters",
        "Deploy to paper trading",
        "Monitor for 1 week",
        "Deploy to live if profitable",
    ),
    "Master Deep Learning": (
        "Complete Andrew Ng's course",
        "Read Goodfellow's book",
        "Implement CNN from scratch",
        "Complete 5 Kaggle competitions",
        "Build production ML system",
    ),
    "Learn Spanish": (),
}


@functools.lru_cache
def adopted(name: str, days: int = 60) -> tuple[Goal, KeptPlan]:
    """A goal whose plan was just adopted, and how that came about."""
    goal = Goal(
        id=GoalId(1),
        name=name,
        criteria=GOALS[name],
        chat=ChatId(7),
        deadline=NOW + dt.timedelta(days=days),
        created_at=NOW,
        updated_at=NOW,
    )
    plan = planner().plan(PlanRequest(goal=goal, now=NOW))
    tasks = {task.number: task for task in number_tasks(plan.tasks, after=0, position=0, version=1).values()}
    goal = structs.replace(
        goal, tasks=tasks, plan_version=1, last_task=len(tasks), status=GoalStatus.ACTIVE, started_at=NOW
    )
    return goal, KeptPlan(tree=numbered(plan.tree, plan.tasks, goal, 1), alternatives=plan.alternatives)


def changed(goal: Goal, number: int, **facts: object) -> Goal:
    task = structs.replace(goal.tasks[TaskNumber(number)], **facts)
    return structs.replace(goal, tasks={**goal.tasks, task.number: task})


def number_of(goal: Goal, title: str) -> TaskNumber:
    return next(task.number for task in goal.live_tasks if task.title.startswith(title))


def done_before(goal: Goal, number: int) -> Goal:
    """All tasks with lower numbers are done."""
    for one in goal.tasks:
        if one < number:
            goal = changed(goal, one, status=TaskStatus.COMPLETED, ended_at=NOW, outcome=Outcome(summary=f"done {one}"))
    return goal


def failed(goal: Goal, number: int, *, revivals: int = 1) -> Goal:
    return changed(
        goal, number, status=TaskStatus.FAILED, revivals=revivals, attempts=3, last_error="nobody had time for it"
    )


def repaired(
    goal: Goal, kept: KeptPlan, trigger: Trigger, task: TaskNumber | None = None, mind: MethodPlanner | None = None
) -> Repair:
    need = AdaptationNeed(reason="it has to", trigger=trigger, task=task, since=NOW)
    found = (mind or planner()).repair(PlanRequest(goal=goal, now=NOW), need, kept)
    check_repair(goal, found)
    return found


def taken_over(goal: Goal, kept: KeptPlan, repair: Repair) -> tuple[Goal, KeptPlan]:
    """The goal in its next plan version, as the engine takes it over, and how that came about."""
    need = AdaptationNeed(reason="it has to", trigger=Trigger.TASK_FAILED, since=NOW)
    for event in adapted(goal, repair, need, Moment(now=NOW, cause=Cause("test"))):
        goal = fold(goal, event, NOW)
    tree = numbered(repair.tree, repair.add, goal, goal.plan_version) if repair.tree is not None else kept.tree
    return goal, KeptPlan(tree=tree, alternatives=kept.alternatives)


def broken(name: str, title: str) -> tuple[Goal, KeptPlan, TaskNumber]:
    goal, kept = adopted(name)
    number = number_of(goal, title)
    return failed(done_before(goal, number), number), kept, number


def test_first_come_fresh_attempts_then_another_way_for_the_nearest_part_that_has_one() -> None:
    goal, kept, number = broken("Launch Analytics Dashboard", "Test with 20 beta users")
    fresh = repaired(changed(goal, number, revivals=0), kept, Trigger.TASK_FAILED, number)
    assert (fresh.reset, fresh.add) == ((number,), ())
    other = repaired(goal, kept, Trigger.TASK_FAILED, number)
    assert other.supersede == (number,)
    assert repaired(structs.replace(goal, chat=None), kept, Trigger.TASK_FAILED, number).add == other.add, (
        "programs too"
    )
    (week,) = other.add
    assert week.title == "Let 20 beta users use it for a week, and write to each on day two"
    assert sorted(week.after) == sorted(f"#{one}" for one in goal.tasks[number].depends_on)
    assert goal.tasks[TaskNumber(number + 1)].title == "Sum up where the beta users got stuck, the worst first"
    assert other.rewire[TaskNumber(number + 1)] == (week.key,), "both ways end with it, so it stays"
    assert {one for after in other.rewire.values() for one in after if not one.startswith("#")} == {week.key}
    assert sum(task.weight for task in other.add) == pytest.approx(
        sum(goal.tasks[one].weight for one in other.supersede)
    )
    assert other.summary == (
        "«Test with 20 beta users, one at a time, and say nothing» did not work, so another way for «let 20 beta users "
        "try it»: with a week alone and a short form. New: "
        "«Let 20 beta users use it for a week, and write to each on…»."
    )
    assert not other.grows


def test_what_is_critical_and_done_is_not_done_in_another_way_because_of_a_trifle() -> None:
    goal, kept, number = broken("Launch Analytics Dashboard", "Review the UI mockups")
    found = repaired(goal, kept, Trigger.TASK_FAILED, number)
    assert found.supersede == (number,)
    assert [task.title for task in found.add] == [f"Another way: {goal.tasks[number].title}"]


def test_when_no_way_is_left_a_person_does_it_by_hand_and_the_tree_knows_of_it() -> None:
    goal, kept, number = broken("Launch Analytics Dashboard", "Test with 20 beta users")
    goal, kept = taken_over(goal, kept, repaired(goal, kept, Trigger.TASK_FAILED, number))
    second = number_of(goal, "Let 20 beta users use it")
    goal = failed(goal, second)
    found = repaired(goal, kept, Trigger.TASK_FAILED, second)
    (by_hand,) = found.add
    assert by_hand.title.startswith("Another way: Let 20 beta users")
    goal, kept = taken_over(goal, kept, found)
    assert f"#{max(goal.tasks)}" in list(keys_in(kept.tree))
    assert f"#{second}" not in list(keys_in(kept.tree))
    third = failed(goal, max(goal.tasks))
    assert repaired(third, kept, Trigger.TASK_FAILED, TaskNumber(max(goal.tasks))) == Repair(source="methods")


def test_a_goal_of_an_old_database_has_no_tree_and_is_mended_by_hand() -> None:
    goal, _, number = broken("Launch Analytics Dashboard", "Test with 20 beta users")
    found = repaired(goal, KeptPlan(), Trigger.TASK_FAILED, number)
    assert [task.title for task in found.add] == [f"Another way: {goal.tasks[number].title}"]


@pytest.mark.parametrize("tree", [{}, {"criteria": 5}, {"criteria": [{"index": 0}]}, [], "tree", {"clauses": [{}]}])
def test_a_tree_that_can_not_be_read_is_none(tree: object) -> None:
    goal, _, number = broken("Launch Analytics Dashboard", "Test with 20 beta users")
    found = repaired(goal, KeptPlan(tree=tree), Trigger.TASK_FAILED, number)  # type: ignore[arg-type]  # hostile
    assert found.supersede == (number,)


@pytest.mark.parametrize("name", ["label", "task", "method", "key", "arguments"])
def test_a_tree_of_other_libraries_than_today_is_none(name: str) -> None:
    goal, kept, number = broken("Launch Analytics Dashboard", "Test with 20 beta users")

    def spoilt(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [spoilt(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {key: "gone" if key == name else spoilt(one) for key, one in value.items()}

    found = repaired(goal, KeptPlan(tree=spoilt(kept.tree)), Trigger.TASK_FAILED, number)
    assert found.supersede == (number,)
    assert [task.title for task in found.add] == [f"Another way: {goal.tasks[number].title}"]


def test_a_stored_alternative_is_taken_where_the_tree_can_not_tell() -> None:
    goal, kept, number = broken("Launch Analytics Dashboard", "Build the core of the MVP")
    alternative = next(one for one in kept.alternatives if "Develop MVP" in one.difference)
    found = repaired(goal, KeptPlan(alternatives=(alternative,)), Trigger.TASK_FAILED, number)
    assert [task.title for task in found.add] == ["Build the MVP from ready services, without code"]
    assert number_of(goal, "Test the MVP point by point against the list") not in found.supersede
    assert "as in alternative 1" in found.summary
    assert {goal.tasks[one].criterion for one in found.supersede} == {1}


def test_an_alternative_with_the_same_step_is_none() -> None:
    goal, kept, number = broken("Launch Analytics Dashboard", "Write down what the MVP must do first")
    found = repaired(goal, KeptPlan(alternatives=kept.alternatives), Trigger.TASK_FAILED, number)
    assert [task.title for task in found.add] == [f"Another way: {goal.tasks[number].title}"]


def test_a_doubtful_deadline_brings_the_change_that_saves_most_of_what_has_not_begun() -> None:
    goal, kept = adopted("Launch Analytics Dashboard")
    goal = done_before(goal, number_of(goal, "Write down what the MVP must do first"))
    found = repaired(goal, kept, Trigger.FORECAST)
    assert found.add
    assert "less" in found.summary
    assert all(goal.tasks[one].status is TaskStatus.PENDING for one in found.supersede)
    goal, kept = taken_over(goal, kept, found)
    again = repaired(goal, kept, Trigger.FORECAST)
    assert not {task.title for task in again.add} & {
        task.title for task in goal.tasks.values() if task.status is TaskStatus.SUPERSEDED
    }, "the way that was too slow does not come back"


def test_nothing_is_proposed_for_a_deadline_when_all_of_it_has_begun() -> None:
    goal, kept = adopted("Launch Analytics Dashboard")
    for number in list(goal.tasks):
        goal = changed(goal, number, status=TaskStatus.RUNNING)
    assert repaired(goal, kept, Trigger.FORECAST) == Repair(source="methods")


def edited(goal: Goal, *criteria: str) -> Goal:
    change = GoalEdited(
        name=goal.name,
        description=goal.description,
        criteria=criteria,
        priority=goal.priority,
        deadline=goal.deadline,
    )
    return fold(goal, change, NOW)


def test_a_dropped_criterion_takes_its_tasks_along_and_nothing_else() -> None:
    goal, kept = adopted("Launch Analytics Dashboard")
    found = repaired(edited(goal, *DASHBOARD[:1], *DASHBOARD[2:]), kept, Trigger.WORLD_CHANGED)
    assert {goal.tasks[one].criterion for one in found.supersede} == {1}
    assert len(found.supersede) == sum(task.criterion == 1 for task in goal.tasks.values())
    last = max(task.number for task in goal.tasks.values() if task.criterion == 0)
    for after in found.rewire.values():
        assert f"#{last}" in after, "what waited for it waits for what it waited for"
    assert [one["text"] for one in listed(found.tree, "criteria")] == [*DASHBOARD[:1], *DASHBOARD[2:]]


def test_an_edited_criterion_is_planned_anew_and_can_be_mended_afterwards() -> None:
    goal, kept = adopted("Launch Analytics Dashboard")
    criteria = (*DASHBOARD[:4], "Launch on Hacker News", DASHBOARD[5])
    goal = edited(goal, *criteria)
    goal, kept = taken_over(goal, kept, repaired(goal, kept, Trigger.WORLD_CHANGED))
    assert "Launch on Product Hunt" not in [task.title for task in goal.live_tasks]
    number = number_of(goal, "Ask thirty people one by one")
    found = repaired(failed(goal, number), kept, Trigger.TASK_FAILED, number)
    goal, _ = taken_over(failed(goal, number), kept, found)
    assert any(task.title == "Launch on Hacker News" for task in goal.live_tasks)
    assert "without telling anybody before" in found.summary


@pytest.mark.long
def test_criteria_in_another_order_keep_their_tasks_and_their_tree() -> None:
    goal, kept = adopted("Launch Analytics Dashboard")
    goal = edited(goal, DASHBOARD[1], DASHBOARD[0], *DASHBOARD[2:])
    assert not repaired(goal, kept, Trigger.WORLD_CHANGED).supersede
    number = number_of(goal, "Build the core of the MVP")
    found = repaired(failed(goal, number), kept, Trigger.TASK_FAILED, number)
    assert "from ready parts, without code" in found.summary


def test_a_criterion_that_was_dropped_does_not_stand_in_the_way_of_another_way_for_the_others() -> None:
    goal, kept = adopted("Launch Analytics Dashboard")
    goal = edited(goal, *DASHBOARD[1:])
    assert isinstance(kept.tree, dict)
    assert [one["text"] for one in listed(aligned(kept.tree, goal), "criteria")] == list(DASHBOARD[1:])
    number = number_of(goal, "Build the core of the MVP")
    found = repaired(failed(goal, number), kept, Trigger.TASK_FAILED, number)
    assert "from ready parts, without code" in found.summary


@st.composite
def lives(draw: st.DrawFn) -> tuple[str, int, int]:
    name = draw(st.sampled_from(sorted(GOALS)))
    return name, draw(st.integers(min_value=0, max_value=10_000)), draw(st.integers(min_value=1, max_value=5))


def breaks(name: str, seed: int, times: int) -> Iterator[tuple[Goal, Goal, Repair]]:
    """A goal that goes on and breaks again and again: before and after each repair."""
    dice = random.Random(seed)
    goal, kept = adopted(name)
    for _ in range(times):
        for _ in range(dice.randrange(4)):
            ready = [task.number for task in goal.startable(NOW)]
            if ready:
                one = dice.choice(ready)
                goal = changed(goal, one, status=TaskStatus.COMPLETED, ended_at=NOW, outcome=Outcome(summary="done"))
        ready = [task for task in goal.startable(NOW) if task.work != "decide"]
        if not ready:
            return
        task = dice.choice(ready)
        before = failed(goal, task.number)
        repair = repaired(before, kept, Trigger.TASK_FAILED, task.number)
        if repair == Repair(source="methods"):
            return
        goal, kept = taken_over(before, kept, repair)
        yield before, goal, repair


@given(lives())
@examples(8)
def test_whatever_breaks_finished_work_is_kept_and_the_plan_can_be_carried_out(life: tuple[str, int, int]) -> None:
    for before, after, repair in breaks(*life):
        assert after.plan_version == before.plan_version + 1
        for number, task in before.tasks.items():
            now = after.tasks[number]
            if task.status is TaskStatus.COMPLETED:
                assert structs.replace(now, position=task.position, revision=task.revision) == task
            elif number in repair.supersede:
                assert now.status is TaskStatus.SUPERSEDED
            else:
                assert (now.title, now.inputs, now.weight) == (task.title, task.inputs, task.weight)
        new = after.tasks.keys() - before.tasks.keys()
        assert len(new) == len(repair.add)
        done = {(t.title, t.criterion) for t in before.tasks.values() if t.status is TaskStatus.COMPLETED}
        assert not any((after.tasks[n].title, after.tasks[n].criterion) in done for n in new), "it repeats what is done"
        assert not brought_back(before, repair)
        assert all_ends(after)


def all_ends(goal: Goal) -> bool:
    """Whether the goal comes to its end when everything goes well from here."""
    goal = structs.replace(goal, tasks={n: _pending(task) for n, task in goal.tasks.items()})
    while any(task.status not in ENDED_TASKS for task in goal.tasks.values()):
        ready = goal.startable(NOW)
        if not ready:
            return False
        for task in ready:
            goal = changed(goal, task.number, status=TaskStatus.COMPLETED)
    return True


def _pending(task: Task) -> Task:
    return task if task.status in ENDED_TASKS else structs.replace(task, status=TaskStatus.PENDING)


@given(lives())
@examples(5)
def test_the_tree_lists_the_tasks_of_the_plan_after_every_repair(life: tuple[str, int, int]) -> None:
    _, kept = adopted(life[0])
    for _, after, repair in breaks(*life):
        if repair.tree is not None:
            kept = KeptPlan(tree=numbered(repair.tree, repair.add, after, after.plan_version))
        listed_now = {TaskNumber(int(key[1:])) for key in keys_in(kept.tree)}
        assert listed_now <= {task.number for task in after.live_tasks}
        assert listed_now >= {task.number for task in after.live_tasks if task.status not in ENDED_TASKS}


def test_repairs_come_in_short_slices() -> None:
    goal, kept, number = broken("Launch Analytics Dashboard", "Test with 20 beta users")
    need = AdaptationNeed(reason="it has to", trigger=Trigger.TASK_FAILED, task=number, since=NOW)
    slices = planner().repairing(PlanRequest(goal=goal, now=NOW), need, kept)
    assert sum(1 for _ in slices) > 20


def test_alternatives_without_trees_are_passed_by() -> None:
    goal, _, number = broken("Launch Analytics Dashboard", "Build the core of the MVP")
    bare = Plan(tasks=(), source="test")
    assert repaired(goal, KeptPlan(alternatives=(bare,)), Trigger.TASK_FAILED, number).supersede == (number,)


def test_a_way_that_begins_with_what_no_longer_holds_is_replaced_and_nothing_else() -> None:
    goal, kept = adopted("Launch Analytics Dashboard")
    with_code = structs.replace(goal, description="It goes on with our existing app")
    plan = planner().plan(PlanRequest(goal=with_code, now=NOW))
    tasks = {task.number: task for task in number_tasks(plan.tasks, after=0, position=0, version=1).values()}
    with_code = structs.replace(with_code, tasks=tasks, last_task=len(tasks))
    kept = KeptPlan(tree=numbered(plan.tree, plan.tasks, with_code, 1))
    number = number_of(with_code, "Build the MVP on the code that is there")
    assert not repaired(with_code, kept, Trigger.WORLD_CHANGED).add, "it holds"
    rewritten = structs.replace(with_code, description="It is something new")
    found = repaired(rewritten, kept, Trigger.WORLD_CHANGED)
    assert number in found.supersede
    assert {with_code.tasks[one].criterion for one in found.supersede} == {1}
    assert {task.method for task in found.add} == {"build_core_first"}
    assert found.summary.startswith("What it was to begin with no longer holds, so another way for «build the MVP»")
