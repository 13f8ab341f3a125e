"""When a goal next moves by itself: what runs, comes due or is being planned counts; what needs a person does not."""

import datetime as dt

import pytest
from msgspec.structs import replace

from engine.errors import ExternalBlocked, ResourceBlocked, TemporaryError
from engine.execution.goal_decisions import pause
from engine.execution.motion import children_of, goes_on, next_move
from engine.goals import GoalStatus
from tests.engine.lives import Life, new_goal, planned
from tests.fakes import START


def test_a_goal_that_is_being_planned_moves_now() -> None:
    goal = new_goal(status=GoalStatus.PLANNING)
    assert goes_on(goal)
    assert next_move(goal, START) == START


@pytest.mark.parametrize("status", [GoalStatus.DRAFT, GoalStatus.COMPLETED, GoalStatus.CANCELLED, GoalStatus.FAILED])
def test_one_that_is_not_asked_for_or_has_ended_does_not(status: GoalStatus) -> None:
    goal = new_goal(status=status)
    assert not goes_on(goal)
    assert next_move(goal, START) is None


def test_ready_and_running_tasks_move_now() -> None:
    life = Life.started(planned("a"), planned("b", "a"))
    assert next_move(life.goal, life.now) == life.now
    life.begin(1)
    assert next_move(life.goal, life.now) == life.now


def test_a_paused_goal_moves_only_while_something_still_runs() -> None:
    life = Life.started(planned("a"))
    life.do(pause(""))
    assert next_move(life.goal, life.now) is None
    life = Life.started(planned("a"))
    life.begin(1)
    life.do(pause(""))
    assert next_move(life.goal, life.now) == life.now


def test_a_retry_moves_when_it_is_due() -> None:
    life = Life.started(planned("a"))
    life.fail(1, TemporaryError("not yet", delay=90.0))
    due = life.task(1).due_at
    assert due is not None
    assert due > life.now
    assert next_move(life.goal, life.now) == due
    assert next_move(life.goal, due + dt.timedelta(1)) == due + dt.timedelta(1)


def test_a_resource_moves_when_it_is_looked_for_again() -> None:
    life = Life.started(planned("a"))
    life.fail(1, ResourceBlocked("gpu", "it is away", retry_after=60.0))
    assert not goes_on(life.goal)
    assert next_move(life.goal, life.now) == life.task(1).due_at


def test_the_end_of_a_wait_moves_and_a_person_does_not() -> None:
    life = Life.started(planned("a", work="wait", inputs={"seconds": 60}), planned("b", work="person"))
    assert next_move(life.goal, life.now) == life.now + dt.timedelta(seconds=60)
    life = Life.started(planned("b", work="person"), planned("c"))
    life.fail(2, ExternalBlocked("a key"))
    assert next_move(life.goal, life.now) is None


def test_children_are_the_goals_that_tasks_wait_for() -> None:
    life = Life.started(planned("a", work="subgoal", inputs={"name": "x"}))
    assert children_of(life.goal.tasks.values()) == []  # it does not exist yet
    task = life.task(1)
    assert task.waiting is not None
    waiting = replace(task, waiting=replace(task.waiting, child=9))
    assert children_of([waiting]) == [9]
