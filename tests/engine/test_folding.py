"""Statuses move only as their tables say, and every event has a fold."""

import itertools
import typing

import pytest
from msgspec.structs import replace

from engine import events as e
from engine.errors import EngineError, IllegalMoveError
from engine.folding import fold
from engine.goals import GOAL_MOVES, Goal, GoalStatus, check_goal_move
from engine.task_folding import TASK_FOLDS
from engine.tasks import GONE, TASK_MOVES, Lease, Outcome, TaskStatus, Waiting, WaitingFor, check_task_move
from engine.values import TaskNumber
from tests.engine.lives import BOOT, Life, check_only_its_tasks, planned
from tests.fakes import START

ONE = TaskNumber(1)
TASK_EVENTS: dict[TaskStatus, e.Event] = {
    TaskStatus.RUNNING: e.TaskStarted(task=ONE, lease=Lease(attempt=1, boot=BOOT, until=START)),
    TaskStatus.WAITING: e.TaskWaiting(task=ONE, waiting=Waiting(what=WaitingFor.PERSON, since=START)),
    TaskStatus.BLOCKED: e.TaskBlocked(task=ONE),
    TaskStatus.COMPLETED: e.TaskCompleted(task=ONE, outcome=Outcome(summary="")),
    TaskStatus.FAILED: e.TaskFailed(task=ONE, error="x"),
    TaskStatus.SKIPPED: e.TaskSkipped(task=ONE, why="x"),
    TaskStatus.SUPERSEDED: e.TaskSuperseded(task=ONE),
    TaskStatus.PENDING: e.TaskReset(task=ONE, why="x"),
}
GOAL_EVENTS: dict[GoalStatus, e.Event] = {
    GoalStatus.PLANNING: e.PlanningStarted(),
    GoalStatus.BLOCKED: e.GoalBlocked(),
    GoalStatus.PAUSED: e.GoalPaused(reason=""),
    GoalStatus.COMPLETED: e.GoalCompleted(),
    GoalStatus.FAILED: e.GoalFailed(reason=""),
    GoalStatus.CANCELLED: e.GoalCancelled(reason=""),
}


def with_task(status: TaskStatus) -> Goal:
    goal = Life.started(planned("a"), planned("b")).goal
    return replace(goal, tasks={**goal.tasks, ONE: replace(goal.tasks[ONE], status=status)})


@pytest.mark.parametrize(("old", "new"), list(itertools.product(TaskStatus, TaskStatus)))
def test_a_task_moves_only_as_its_table_says(old: TaskStatus, new: TaskStatus) -> None:
    stays_waiting = old is new is TaskStatus.WAITING  # a wait may be given another end
    if new in TASK_MOVES[old] or stays_waiting:
        assert fold(with_task(old), TASK_EVENTS[new], START).tasks[ONE].status is new
    else:
        with pytest.raises(IllegalMoveError):
            fold(with_task(old), TASK_EVENTS[new], START)


@pytest.mark.parametrize(("old", "new"), list(itertools.product(GoalStatus, GOAL_EVENTS)))
def test_a_goal_moves_only_as_its_table_says(old: GoalStatus, new: GoalStatus) -> None:
    goal = replace(Life.started(planned("a")).goal, status=old)
    if new in GOAL_MOVES[old]:
        assert fold(goal, GOAL_EVENTS[new], START).status is new
    else:
        with pytest.raises(IllegalMoveError):
            fold(goal, GOAL_EVENTS[new], START)


def test_the_tables_are_those_of_the_design() -> None:
    assert set(TASK_MOVES) == set(TaskStatus)
    assert set(GOAL_MOVES) == set(GoalStatus)
    final = {status for status, moves in TASK_MOVES.items() if not moves}
    assert final == {TaskStatus.COMPLETED, TaskStatus.SUPERSEDED}
    for ended in (GoalStatus.COMPLETED, GoalStatus.FAILED, GoalStatus.CANCELLED):
        assert GOAL_MOVES[ended] == {GoalStatus.ACTIVE}
    with pytest.raises(IllegalMoveError):
        check_goal_move(GoalStatus.COMPLETED, GoalStatus.FAILED)
    with pytest.raises(IllegalMoveError):
        check_task_move(TaskStatus.SUPERSEDED, TaskStatus.PENDING)


def test_every_event_has_a_fold() -> None:
    from engine import folding  # noqa: PLC0415 - its table is private to it

    known = {**folding._FOLDS, **TASK_FOLDS}
    assert set(typing.get_args(e.Event)) == set(known)


def test_leaving_running_gives_up_the_lease_and_leaving_waiting_the_wait() -> None:
    life = Life.started(planned("a"), planned("b", work="person"))
    life.begin(1)
    for event in (e.TaskReset(task=ONE, why=""), e.TaskBlocked(task=ONE), e.TaskSkipped(task=ONE, why="")):
        assert fold(life.goal, event, START).tasks[ONE].lease is None
    assert fold(life.goal, e.TaskReset(task=TaskNumber(2), why=""), START).tasks[TaskNumber(2)].waiting is None


def test_a_goal_is_created_once() -> None:
    goal = Life.started(planned("a")).goal
    with pytest.raises(EngineError):
        fold(goal, e.GoalCreated(goal=goal), START)


def test_an_attempt_that_was_lost_does_not_count_but_keeps_its_number() -> None:
    life = Life.started(planned("a"))
    life.begin(1)
    task = fold(life.goal, e.AttemptLost(task=ONE), START).tasks[ONE]
    assert (task.attempts, task.attempt_serial, task.lost) == (0, 1, 1)
    task = fold(life.goal, e.AttemptLost(task=ONE, in_order=True), START).tasks[ONE]
    assert (task.attempts, task.attempt_serial, task.lost) == (0, 1, 0)


def test_an_event_about_the_plan_tells_of_every_task_that_it_changes() -> None:
    goal = replace(Life.started(*(planned(f"t{n}", criterion=n) for n in range(2))).goal, criteria=("a", "b"))
    turned = e.GoalEdited(name="x", description="", criteria=("b", "a"), priority=goal.priority, deadline=None)
    for event in (e.TasksReordered(order=(TaskNumber(2), ONE)), turned):
        after = fold(goal, event, START)
        assert after.tasks != goal.tasks
        check_only_its_tasks(event, goal, after)


def test_tasks_keep_their_criterion_by_its_words_and_those_of_one_that_is_gone_serve_none_that_comes_later() -> None:
    goal = replace(Life.started(*(planned(f"t{n}", criterion=n) for n in range(3))).goal, criteria=("a", "b", "c"))

    def edited(goal: Goal, *criteria: str) -> Goal:
        return fold(
            goal,
            e.GoalEdited(name="x", description="", criteria=criteria, priority=goal.priority, deadline=None),
            START,
        )

    after = edited(goal, "c", "a", "d")
    assert [task.criterion for task in after.tasks.values()] == [1, GONE + 1, 0]
    assert [task.criterion for task in edited(after, "d", "e", "a").tasks.values()] == [2, GONE + 1, GONE]
    assert after.metadata == goal.metadata
    known = fold(
        goal,
        e.GoalEdited(
            name="x", description="", criteria=(), priority=goal.priority, deadline=None, metadata={"language": "go"}
        ),
        START,
    )
    assert known.metadata == {"language": "go"}
