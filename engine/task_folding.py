"""How the events of single tasks change a goal; `engine/folding.py` has those of the goal as a whole."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from engine import events as e
from engine.coding.works.names import HAND_IN
from engine.errors import EngineError
from engine.goals import Goal, Milestone
from engine.plans import changed_by_hand
from engine.tasks import Reading, Task, TaskHistory, TaskStatus, check_task_move
from engine.values import TaskNumber

E = TypeVar("E")
Fold = Callable[[Goal, E, dt.datetime], Goal]
FoldTable = dict[type, Callable[[Goal, e.Event, dt.datetime], Goal]]

TASK_FOLDS: FoldTable = {}

MOST_READINGS = 20
"""Reported numbers that are kept of a task."""


def registering(table: FoldTable) -> Callable[[type[E]], Callable[[Fold[E]], Fold[E]]]:
    """A decorator that files a fold under the event that it takes."""

    def on(kind: type[E]) -> Callable[[Fold[E]], Fold[E]]:
        def register(function: Fold[E]) -> Fold[E]:
            table[kind] = function  # type: ignore[assignment]  # the key is the type that the function takes
            return function

        return register

    return on


_on = registering(TASK_FOLDS)


def checkpoint_of(task: Task) -> Milestone:
    """The mark that a task's completion reaches."""
    return Milestone(percent=0, name=task.checkpoint, kind="checkpoint", task=task.number)


def _with_task(goal: Goal, task: Task, at: dt.datetime) -> Goal:
    return replace(goal, tasks={**goal.tasks, task.number: task}, updated_at=at)


def _task_to(goal: Goal, number: TaskNumber, status: TaskStatus) -> Task:
    task = goal.tasks[number]
    check_task_move(task.status, status)
    return replace(task, status=status, lease=None, waiting=None, due_at=None, revision=task.revision + 1)


@_on(e.TaskAdded)
def _added(goal: Goal, event: e.TaskAdded, at: dt.datetime) -> Goal:
    task = event.task
    marks = (*goal.milestones, checkpoint_of(task)) if task.checkpoint else goal.milestones
    last = max(goal.last_task, task.number)
    return replace(_with_task(goal, task, at), last_task=last, milestones=marks, options=changed_by_hand(goal.options))


@_on(e.TaskReworded)
def _reworded(goal: Goal, event: e.TaskReworded, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    named = task.expected.summary.casefold() == task.title.casefold()  # it said no more than the title
    expected = dataclasses.replace(task.expected, summary=event.title) if named else task.expected
    revision = task.revision + 1
    words = replace(task, title=event.title, description=event.description, expected=expected, revision=revision)
    return replace(_with_task(goal, words, at), options=changed_by_hand(goal.options))


@_on(e.TaskRewired)
def _rewired(goal: Goal, event: e.TaskRewired, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    serves = task.criterion if event.criterion is None else event.criterion
    rewired = replace(task, depends_on=event.depends_on, criterion=serves, revision=task.revision + 1)
    return replace(_with_task(goal, rewired, at), options=changed_by_hand(goal.options))


@_on(e.TaskStarted)
def _started(goal: Goal, event: e.TaskStarted, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    check_task_move(task.status, TaskStatus.RUNNING)
    running = replace(
        task,
        status=TaskStatus.RUNNING,
        lease=event.lease,
        waiting=None,
        due_at=None,
        attempts=task.attempts + 1,
        attempt_serial=event.lease.attempt,
        started_at=task.started_at or at,
        revision=task.revision + 1,
    )
    return _with_task(goal, running, at)


@_on(e.TaskWaiting)
def _waiting(goal: Goal, event: e.TaskWaiting, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    if task.status is not TaskStatus.WAITING:  # a wait may be given another end without leaving the status
        check_task_move(task.status, TaskStatus.WAITING)
    changed = replace(
        task,
        status=TaskStatus.WAITING,
        lease=None,
        due_at=None,
        waiting=event.waiting,
        outcome=event.outcome or task.outcome,
        started_at=task.started_at or at,
        history=replace(task.history, waits=0) if task.history.waits else task.history,
        revision=task.revision + 1,
    )
    return _with_task(goal, changed, at)


@_on(e.TaskReminded)
def _reminded(goal: Goal, event: e.TaskReminded, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    if task.waiting is None:
        return goal
    waiting = replace(task.waiting, until=event.until, reminders=task.waiting.reminders + 1, postponed=False)
    return _with_task(goal, replace(task, waiting=waiting), at)


@_on(e.TaskCounted)
def _counted(goal: Goal, event: e.TaskCounted, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    return _with_task(goal, replace(task, count=event.count, revision=task.revision + 1), at)


@_on(e.TaskCompleted)
def _completed(goal: Goal, event: e.TaskCompleted, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    check_task_move(task.status, TaskStatus.COMPLETED)
    done = replace(  # one copy, not three: this is the busiest of all folds
        task,
        status=TaskStatus.COMPLETED,
        lease=None,
        waiting=None,
        due_at=None,
        outcome=event.outcome,
        count=task.target_count,
        lost=0,
        last_error="",
        ended_at=at,
        revision=task.revision + 1,
    )
    return replace(goal, tasks={**goal.tasks, task.number: done}, fruitless=0, in_vain=(), updated_at=at)


@_on(e.TaskRetryScheduled)
def _retry(goal: Goal, event: e.TaskRetryScheduled, at: dt.datetime) -> Goal:
    task = _task_to(goal, event.task, TaskStatus.PENDING)
    return _with_task(goal, replace(task, due_at=event.due_at, last_error=event.error, lost=0), at)


@_on(e.AttemptLost)
def _lost(goal: Goal, event: e.AttemptLost, at: dt.datetime) -> Goal:
    task = _task_to(goal, event.task, TaskStatus.PENDING)
    return _with_task(
        goal, replace(task, attempts=max(0, task.attempts - 1), lost=task.lost + (not event.in_order)), at
    )


@_on(e.TaskFailed)
def _failed(goal: Goal, event: e.TaskFailed, at: dt.datetime) -> Goal:
    task = _task_to(goal, event.task, TaskStatus.FAILED)
    same = event.outcome is None or event.error == task.last_error
    history = replace(task.history, failures=task.history.failures + 1) if same else task.history
    history = history if event.outcome is None else replace(history, fell_short=at)
    failed = replace(task, last_error=event.error, outcome=event.outcome, history=history, ended_at=at)
    return _with_task(goal, failed, at)


@_on(e.TaskOverran)
def _overran(goal: Goal, event: e.TaskOverran, at: dt.datetime) -> Goal:
    return _seen_behind(goal, event.task, at)


@_on(e.MeasureStrayed)
def _strayed(goal: Goal, event: e.MeasureStrayed, at: dt.datetime) -> Goal:
    return _seen_behind(goal, event.task, at)


def _seen_behind(goal: Goal, number: TaskNumber, at: dt.datetime) -> Goal:
    task = goal.tasks[number]
    return _with_task(goal, replace(task, history=replace(task.history, behind=goal.plan_version)), at)


@_on(e.MeasureReported)
def _reported(goal: Goal, event: e.MeasureReported, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    known = (*task.history.readings, Reading(at=at, value=event.value))
    kept = known if len(known) <= MOST_READINGS else (known[0], *known[2:])  # the way begins with the first one
    return _with_task(goal, replace(task, history=replace(task.history, readings=kept)), at)


@_on(e.CheckFlipped)
def _flipped(goal: Goal, event: e.CheckFlipped, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    return _with_task(goal, replace(task, history=replace(task.history, flipped_at=at)), at)


@_on(e.TaskCameDue)
def _came_due(goal: Goal, event: e.TaskCameDue, at: dt.datetime) -> Goal:
    return _with_task(goal, replace(goal.tasks[event.task], due_at=None), at)


@_on(e.TaskBlocked)
def _task_blocked(goal: Goal, event: e.TaskBlocked, at: dt.datetime) -> Goal:
    task = _task_to(goal, event.task, TaskStatus.BLOCKED)
    return _with_task(goal, replace(task, due_at=event.due_at, lost=max(task.lost, int(event.doubtful))), at)


def _with_child(task: Task) -> TaskHistory:
    """What is remembered of a task that is reset or left out: the sub-goal that it waits for, too."""
    child = task.waiting.child if task.waiting is not None else None
    return task.history if child is None else replace(task.history, called_off=child)


@_on(e.CodeHandedIn)
def _handed_in(goal: Goal, event: e.CodeHandedIn, at: dt.datetime) -> Goal:
    task = _task_to(goal, event.task, TaskStatus.PENDING)
    return _with_task(goal, replace(task, outcome=event.outcome, attempts=0, lost=0), at)


@_on(e.TaskReset)
def _reset(goal: Goal, event: e.TaskReset, at: dt.datetime) -> Goal:
    before = goal.tasks[event.task]
    is_kept = before.work == HAND_IN or before.awaits_judge  # what came in is still to be tried, or judged
    task = replace(
        _task_to(goal, event.task, TaskStatus.PENDING),
        attempts=0,
        lost=0,
        outcome=before.outcome if is_kept else None,
        started_at=None,  # the time bound of retries counts from the first start since
        ended_at=None,
        revivals=before.revivals + event.revived,
        history=_with_child(before),
    )
    return _with_task(goal, task, at)


@_on(e.TaskSkipped)
def _skipped(goal: Goal, event: e.TaskSkipped, at: dt.datetime) -> Goal:
    task = _task_to(goal, event.task, TaskStatus.SKIPPED)
    history = _with_child(goal.tasks[event.task])
    return _with_task(goal, replace(task, ended_at=at, last_error=event.why, history=history), at)


@_on(e.TaskSuperseded)
def _superseded(goal: Goal, event: e.TaskSuperseded, at: dt.datetime) -> Goal:
    task = replace(_task_to(goal, event.task, TaskStatus.SUPERSEDED), ended_at=at)
    marks = tuple(m for m in goal.milestones if m.task != task.number or m.reached_at is not None)
    return replace(_with_task(goal, task, at), milestones=marks, options=changed_by_hand(goal.options))


@_on(e.SubgoalLinked)
def _linked(goal: Goal, event: e.SubgoalLinked, at: dt.datetime) -> Goal:
    task = goal.tasks[event.task]
    if task.waiting is None:
        raise EngineError(f"task {goal.id}.{task.number} waits for no sub-goal")
    waiting, history = replace(task.waiting, child=event.child), replace(task.history, called_off=None)
    return _with_task(goal, replace(task, waiting=waiting, history=history), at)
