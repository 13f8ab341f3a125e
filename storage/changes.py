"""From a batch to rows: the state tables are written from the difference of each goal's old and new value."""

from collections.abc import Mapping

from engine.goals import Goal
from engine.records import Batch, Change
from engine.tasks import Task
from engine.values import TaskNumber
from storage import goal_rows, history, task_rows
from storage.encoding import time_text
from storage.outbox import INSERT_NOTICE, notice_row
from storage.script import Script

DELETE_TASK = "DELETE FROM goal_tasks WHERE goal = ? AND number = ?"
DELETE_DEPENDENCIES = "DELETE FROM task_dependencies WHERE goal = ? AND task = ?"
INSERT_DEPENDENCY = "INSERT INTO task_dependencies (goal, task, place, depends_on) VALUES (?, ?, ?, ?)"
SAVE_WAKEUP = "INSERT INTO wakeups (subject, at) VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET at = excluded.at"
DELETE_WAKEUP = "DELETE FROM wakeups WHERE subject = ?"
WANT_CARD = "UPDATE cards SET wanted = ? WHERE goal = ?"
INSERT_CAUSE = "INSERT INTO causes (cause, goal, at) VALUES (?, ?, ?)"

ORDER = (
    goal_rows.INSERT, goal_rows.UPDATE_ALL, goal_rows.UPDATE_ALWAYS,
    DELETE_DEPENDENCIES, DELETE_TASK, task_rows.INSERT, task_rows.UPDATE_DEFINITION, task_rows.UPDATE_STATE,
    INSERT_DEPENDENCY,
    goal_rows.DELETE_MILESTONE, goal_rows.INSERT_MILESTONE, goal_rows.UPDATE_MILESTONE, goal_rows.SAVE_BLOCKAGE,
    *history.ORDER,
    DELETE_WAKEUP, SAVE_WAKEUP, INSERT_NOTICE, WANT_CARD,
)  # fmt: skip
"""Goals before what belongs to them. Causes come apart from it: one that is there already is a conflict."""


def script_of(batch: Batch) -> Script:
    """All rows of a batch but the causes."""
    script = Script()
    at = time_text(batch.at)
    for change in batch.changes:
        _write_goal(change, script)
        _write_tasks(change, script)
        _write_milestones(change, script)
        _write_blockages(change, script)
        history.write_history(change, script)
        for subject, moment in change.wakeups.items():
            if moment is None:
                script[DELETE_WAKEUP].append((subject,))
            else:
                script[SAVE_WAKEUP].append((subject, time_text(moment)))
        for notice in change.notices:
            script[INSERT_NOTICE].append(notice_row(notice, at))
    return script


def _write_goal(change: Change, script: Script) -> None:
    before, after = change.before, change.after
    if before is None:
        script[goal_rows.INSERT].append((after.id, *goal_rows.seldom_row(after), *goal_rows.always_row(after)))
        return
    if goal_rows.only_went_on(before, after):
        script[goal_rows.UPDATE_ALWAYS].append((*goal_rows.always_row(after), after.id))
    else:
        script[goal_rows.UPDATE_ALL].append((*goal_rows.seldom_row(after), *goal_rows.always_row(after), after.id))
    if after.chat is not None:  # a program's goal has no card
        script[WANT_CARD].append((after.revision, after.id))


def _write_tasks(change: Change, script: Script) -> None:
    old: Mapping[TaskNumber, Task] = {} if change.before is None else change.before.tasks
    goal = change.after
    everything = _priority_moved(change)
    for number in dict.fromkeys([*goal.tasks, *change.tasks]) if everything else change.tasks:
        was, task = old.get(number), goal.tasks.get(number)
        if task is None:
            script[DELETE_DEPENDENCIES].append((goal.id, number))
            script[DELETE_TASK].append((goal.id, number))
        elif was is not task or everything:
            _write_task(task, was, goal, script)


def _priority_moved(change: Change) -> bool:
    return change.before is not None and change.before.priority != change.after.priority


def _write_task(task: Task, was: Task | None, goal: Goal, script: Script) -> None:
    state = task_rows.state_row(task, goal)
    if was is None:
        script[task_rows.INSERT].append((goal.id, task.number, *task_rows.definition_row(task), *state))
    else:
        if task_rows.defined_by(was) != task_rows.defined_by(task):
            script[task_rows.UPDATE_DEFINITION].append((*task_rows.definition_row(task), goal.id, task.number))
        script[task_rows.UPDATE_STATE].append((*state, goal.id, task.number))
    needed = () if was is None else was.depends_on
    if needed != task.depends_on:
        if needed:
            script[DELETE_DEPENDENCIES].append((goal.id, task.number))
        for place, other in enumerate(task.depends_on):
            script[INSERT_DEPENDENCY].append((goal.id, task.number, place, other))


def _write_milestones(change: Change, script: Script) -> None:
    old = () if change.before is None else change.before.milestones
    goal, new = change.after.id, change.after.milestones
    if new is old:
        return
    for position, mark in enumerate(new):
        was = old[position] if position < len(old) else None
        if was is mark:
            continue
        if was is not None and (was.percent, was.name, was.kind, was.task) == (
            mark.percent, mark.name, mark.kind, mark.task,
        ):  # fmt: skip
            if was.reached_at != mark.reached_at:
                script[goal_rows.UPDATE_MILESTONE].append(
                    (*goal_rows.milestone_row(goal, position, mark)[-1:], goal, position)
                )
            continue
        if was is not None:
            script[goal_rows.DELETE_MILESTONE].append((goal, position))
        script[goal_rows.INSERT_MILESTONE].append(goal_rows.milestone_row(goal, position, mark))
    for position in range(len(new), len(old)):
        script[goal_rows.DELETE_MILESTONE].append((goal, position))


def _write_blockages(change: Change, script: Script) -> None:
    old = {} if change.before is None else change.before.blockages
    for number, blockage in change.after.blockages.items():
        was = old.get(number)
        if was is not blockage and was != blockage:
            script[goal_rows.SAVE_BLOCKAGE].append(goal_rows.blockage_row(change.after.id, blockage))
