"""A repair never replaces an unfinished task by its equal: nobody is asked twice for the same."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from engine.blockages import Blockage, BlockageKind, Strategy
from engine.execution.adaptation import check_repair
from engine.goals import Goal
from engine.planning.unchanged import with_equals_kept
from engine.plans import KeptPlan, PlannedTask, Repair, Trigger
from engine.tasks import ENDED_TASKS, GONE, Task, TaskStatus
from engine.values import BlockageNumber, TaskNumber
from tests.engine.lives import Life, planned
from tests.engine.planning.test_mending import (
    DASHBOARD,
    GOALS,
    NOW,
    adopted,
    all_ends,
    changed,
    edited,
    failed,
    number_of,
    repaired,
    taken_over,
)
from tests.examples import examples

ONE, TWO, THREE = TaskNumber(1), TaskNumber(2), TaskNumber(3)


def kept(goal: Goal, repair: Repair) -> Repair:
    check_repair(goal, repair)
    found = with_equals_kept(goal, repair)
    check_repair(goal, found)
    return found


def test_an_equal_task_stays_and_waits_for_what_its_equal_would_have_waited_for() -> None:
    goal = Life.started(planned("fit"), planned("keep", "fit"), planned("sell", "keep")).goal
    tree = {"criteria": [{"clauses": [{"tasks": ["n-fit", "n-keep"], "parts": [{"key": "n-keep"}]}]}]}
    repair = Repair(
        supersede=(ONE, TWO),
        add=(planned("n-fit", title="by hand"), planned("n-keep", "n-fit", title=goal.tasks[TWO].title)),
        rewire={THREE: ("n-keep",)},
        tree=tree,
    )
    found = kept(goal, repair)
    assert found.supersede == (ONE,)
    assert [task.key for task in found.add] == ["n-fit"]
    assert found.rewire == {TWO: ("n-fit",), THREE: ("#2",)}
    assert found.tree == {"criteria": [{"clauses": [{"tasks": ["n-fit", "#2"], "parts": [{"key": "#2"}]}]}]}


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Something else"},
        {"inputs": {"by": "Anna"}},
        {"work": "measure"},
        {"resources": ("gpu",)},
        {"criterion": 1},
        {"target_count": 3},
        {"checkpoint": "Half way"},
        {"description": "With care"},
        {"critical": True},
    ],
)
def test_what_differs_in_anything_that_counts_is_no_equal(other: dict[str, object]) -> None:
    goal = Life.started(planned("a", criterion=0)).goal
    own = planned("b", title=goal.tasks[ONE].title, criterion=0)
    same = Repair(supersede=(ONE,), add=(own,))
    assert kept(goal, same).add == ()
    different = Repair(supersede=(ONE,), add=(_with(own, other),))
    assert kept(goal, different) == different


def _with(task: PlannedTask, other: dict[str, object]) -> PlannedTask:
    return replace(task, **other)  # type: ignore[arg-type]  # names of its fields


@pytest.mark.parametrize("status", [TaskStatus.FAILED, TaskStatus.SKIPPED])
def test_what_has_failed_or_was_left_out_is_begun_afresh(status: TaskStatus) -> None:
    goal = changed(Life.started(planned("a")).goal, ONE, status=status)
    repair = Repair(supersede=(ONE,), add=(planned("b", title=goal.tasks[ONE].title),))
    assert kept(goal, repair) == repair


def test_what_the_plan_is_changed_for_is_begun_afresh_and_what_only_waits_for_help_is_not() -> None:
    goal = changed(Life.started(planned("a")).goal, ONE, status=TaskStatus.BLOCKED)
    repair = Repair(supersede=(ONE,), add=(planned("b", title=goal.tasks[ONE].title),))

    def blocked(strategy: Strategy) -> Goal:
        blockage = Blockage(
            number=BlockageNumber(1),
            kind=BlockageKind.EXTERNAL,
            task=ONE,
            description="paint",
            strategy=strategy,
            raised_at=NOW,
        )
        return structs.replace(goal, blockages={blockage.number: blockage})

    assert kept(blocked(Strategy.ADAPT), repair) == repair
    assert kept(blocked(Strategy.ASK), repair).supersede == ()


@pytest.mark.parametrize("status", [TaskStatus.WAITING, TaskStatus.RUNNING])
def test_what_has_begun_does_not_stay_behind_what_is_still_to_be_done(status: TaskStatus) -> None:
    goal = changed(Life.started(planned("a"), planned("done")).goal, ONE, status=status)
    goal = changed(goal, TWO, status=TaskStatus.COMPLETED)
    title = goal.tasks[ONE].title
    behind_new = Repair(supersede=(ONE,), add=(planned("first"), planned("b", "first", title=title)))
    assert kept(goal, behind_new) == behind_new
    behind_done = Repair(supersede=(ONE,), add=(planned("b", "#2", title=title),))
    assert kept(goal, behind_done).supersede == ()


def test_of_several_alike_as_many_stay_as_there_are_and_those_that_have_begun_first() -> None:
    goal = Life.started(planned("a", title="Ping"), planned("b", title="Ping"), planned("c", title="Ping")).goal
    goal = changed(goal, THREE, status=TaskStatus.WAITING)
    found = kept(
        goal, Repair(supersede=(ONE, TWO, THREE), add=(planned("x", title="Ping"), planned("y", title="Ping")))
    )
    assert found.add == ()
    assert found.supersede == (TWO,)


def test_the_part_weighs_as_much_as_before() -> None:
    goal = Life.started(planned("a", weight=1.0), planned("b", "a", weight=3.0)).goal
    new = (planned("x", title="Other", weight=2.0), planned("y", "x", title=goal.tasks[TWO].title, weight=2.0))
    found = kept(goal, Repair(supersede=(ONE, TWO), add=new))
    assert [task.weight for task in found.add] == [1.0]


def test_a_task_of_a_reworded_criterion_serves_the_new_one_from_then_on() -> None:
    goal, how = adopted("Launch Analytics Dashboard")
    criteria = (*DASHBOARD[:5], "Achieve 800 signups")
    before = edited(goal, *criteria)
    choose = number_of(before, "Choose three channels")
    assert (before.tasks[choose].criterion or 0) >= GONE
    repair = repaired(before, how, Trigger.WORLD_CHANGED)
    after, _ = taken_over(before, how, repair)
    assert [task.title for task in repair.add] == ["Count: 800 sign-ups"]
    assert repair.serves[choose] == 5
    assert after.tasks[choose].criterion == 5
    assert "1 task falls away" in repair.summary
    assert all_ends(after)


def test_what_stays_and_has_ended_before_the_repair_is_taken_over_waits_for_nothing_new() -> None:
    goal = Life.started(planned("fit"), planned("keep", "fit")).goal
    repair = kept(
        goal,
        Repair(
            supersede=(ONE, TWO),
            add=(planned("x", title="by hand"), planned("y", "x", title=goal.tasks[TWO].title)),
        ),
    )
    ended = changed(goal, TWO, status=TaskStatus.COMPLETED)
    after, _ = taken_over(ended, KeptPlan(), repair)
    assert after.tasks[TWO].depends_on == goal.tasks[TWO].depends_on
    assert after.tasks[TWO].status is TaskStatus.COMPLETED
    assert after.tasks[ONE].status is TaskStatus.SUPERSEDED


def _breaks(name: str, seed: int, times: int) -> Iterator[tuple[Goal, Goal, Repair]]:
    """A goal that goes on, is asked of people, breaks and is edited: before and after each repair."""
    dice = random.Random(seed)
    goal, how = adopted(name)
    for _ in range(times):
        goal = _gone_on(goal, dice)
        ready = [task for task in goal.startable(NOW) if task.work != "decide"]
        if not ready:
            return
        if goal.criteria and dice.random() < 0.3:
            place = dice.randrange(len(goal.criteria))
            before = edited(
                goal, *goal.criteria[:place], f"{goal.criteria[place]} at last", *goal.criteria[place + 1 :]
            )
            repair = repaired(before, how, Trigger.WORLD_CHANGED)
        else:
            task = dice.choice(ready)
            before = failed(goal, task.number)
            repair = repaired(before, how, Trigger.TASK_FAILED, task.number)
        goal, how = taken_over(before, how, repair)
        yield before, goal, repair


def _gone_on(goal: Goal, dice: random.Random) -> Goal:
    for _ in range(dice.randrange(4)):
        ready = [task.number for task in goal.startable(NOW)]
        if ready:
            status = dice.choice([TaskStatus.COMPLETED, TaskStatus.WAITING])
            ended = NOW if status in ENDED_TASKS else None
            goal = changed(goal, dice.choice(ready), status=status, ended_at=ended)
    return goal


@examples(10)
@given(st.sampled_from(sorted(GOALS)), st.integers(0, 10_000), st.integers(1, 4))
def test_whatever_breaks_no_unfinished_task_is_replaced_by_its_equal(name: str, seed: int, times: int) -> None:
    for before, after, repair in _breaks(name, seed, times):
        new = [task for number, task in after.tasks.items() if number not in before.tasks]
        for number in repair.supersede:
            old = before.tasks[number]
            for task in new if old.status in {TaskStatus.PENDING, TaskStatus.WAITING} else ():
                is_free = old.status is TaskStatus.PENDING or all(
                    after.tasks[one].status in ENDED_TASKS for one in task.depends_on
                )
                assert not (is_free and _alike(old, task)), f"«{old.title}» would be asked twice"
        for number, old in before.tasks.items():
            if number not in (*repair.supersede, *repair.reset):
                now = after.tasks[number]
                assert (now.status, now.attempts, now.waiting, now.history) == (
                    old.status,
                    old.attempts,
                    old.waiting,
                    old.history,
                )
        assert all_ends(after)


def _alike(old: Task, new: Task) -> bool:
    def what(task: Task) -> tuple[object, ...]:
        return task.work, task.title, task.inputs, task.resources, task.expected, task.target_count, task.only_if

    same = old.criterion == new.criterion or (old.criterion or 0) >= GONE
    rest = (old.description, old.checkpoint, old.critical) == (new.description, new.checkpoint, new.critical)
    return same and rest and what(old) == what(new)


def test_without_anything_alike_a_repair_stays_as_it_is() -> None:
    goal = Life.started(planned("a")).goal
    repair = Repair(supersede=(ONE,), add=(planned("z", title="Something else"),))
    assert with_equals_kept(goal, repair) is repair
