"""A task and its row in `goal_tasks`: what it is (written when that changes, seldom) and where it stands (always)."""

import json
import sqlite3
from collections.abc import Sequence
from operator import attrgetter

from engine.goals import Goal
from engine.tasks import NO_HISTORY, Lease, Reading, Task, TaskHistory, TaskStatus
from engine.values import BootId, TaskNumber
from storage.connections import SqlRow
from storage.encoding import (
    estimate_json,
    object_from_json,
    parse_estimate,
    parse_expectation,
    parse_outcome,
    parse_time,
    parse_time_or_null,
    parse_waiting,
    texts_from_json,
    time_or_null,
    time_text,
    to_json,
)

DEFINITION = (
    "title", "description", "work", "inputs", "only_if_task", "only_if_option", "criterion", "position", "weight",
    "critical", "estimate", "resources", "expected_outcome", "checkpoint", "target_count", "success", "cost", "method",
    "history", "plan_version",
)  # fmt: skip
STATE = (
    "priority", "status", "count", "attempts", "attempt_serial", "lost", "revivals", "lease_attempt",
    "lease_boot", "lease_until", "lease_agent", "waiting", "due_at", "actual_outcome", "last_error", "started_at",
    "ended_at", "revision",
)  # fmt: skip

_ALL = ("goal", "number", *DEFINITION, *STATE)
INSERT = f"INSERT INTO goal_tasks ({', '.join(_ALL)}) VALUES ({', '.join('?' * len(_ALL))})"  # noqa: S608 - our own names
UPDATE_DEFINITION = f"UPDATE goal_tasks SET {', '.join(f'{c} = ?' for c in DEFINITION)} WHERE goal = ? AND number = ?"  # noqa: S608 - our own names
UPDATE_STATE = f"UPDATE goal_tasks SET {', '.join(f'{c} = ?' for c in STATE)} WHERE goal = ? AND number = ?"  # noqa: S608 - our own names
SELECT = f"SELECT {', '.join(_ALL)} FROM goal_tasks WHERE goal IN"  # noqa: S608 - our own names

defined_by = attrgetter(
    "title", "description", "work", "inputs", "only_if", "criterion", "position", "weight", "critical", "estimate",
    "resources", "expected", "checkpoint", "target_count", "success", "cost", "method", "history",
    "plan_version",
)  # fmt: skip
"""What seldom changes of a task, as one comparable value: as long as it is the same, only the state is written."""


_NOT_HELD = (None, None, None, None)
"""The lease of a task that nobody runs."""


def definition_row(task: Task) -> SqlRow:
    """The columns of `DEFINITION`."""
    deciding, option = task.only_if or (None, None)
    return (
        task.title,
        task.description,
        task.work,
        to_json(task.inputs) if task.inputs else "{}",
        deciding,
        option,
        task.criterion,
        task.position,
        task.weight,
        int(task.critical),
        estimate_json(task.estimate),
        to_json(task.resources),
        to_json(task.expected),
        task.checkpoint,
        task.target_count,
        task.success,
        task.cost,
        task.method,
        "{}" if task.history == NO_HISTORY else to_json(task.history),
        task.plan_version,
    )


def state_row(task: Task, goal: Goal) -> SqlRow:
    """The columns of `STATE`."""
    lease = task.lease
    held = _NOT_HELD if lease is None else (lease.attempt, lease.boot, time_text(lease.until), lease.agent or None)
    return (
        int(goal.priority),
        task.status.value,  # a plain str: the driver looks for an adapter for anything else
        task.count,
        task.attempts,
        task.attempt_serial,
        task.lost,
        task.revivals,
        *held,
        None if task.waiting is None else to_json(task.waiting),
        time_or_null(task.due_at),
        None if task.outcome is None else to_json(task.outcome),
        task.last_error,
        time_or_null(task.started_at),
        time_or_null(task.ended_at),
        task.revision,
    )


def read_tasks(connection: sqlite3.Connection, goals: str, ids: Sequence[int]) -> dict[int, dict[TaskNumber, Task]]:
    """The tasks of some goals, by goal and number; `goals` is the placeholder list that goes with `ids`."""
    needs: dict[tuple[int, int], list[TaskNumber]] = {}
    sql = f"SELECT goal, task, depends_on FROM task_dependencies WHERE goal IN ({goals}) ORDER BY goal, task, place"  # noqa: S608 - placeholders only
    for goal, number, needed in connection.execute(sql, ids):
        needs.setdefault((goal, number), []).append(needed)
    found: dict[int, dict[TaskNumber, Task]] = {}
    for row in connection.execute(f"{SELECT} ({goals}) ORDER BY goal, number", ids):
        number = TaskNumber(row[1])
        found.setdefault(row[0], {})[number] = _task(row, tuple(needs.get((row[0], row[1]), ())))
    return found


def _task(row: sqlite3.Row, depends_on: tuple[TaskNumber, ...]) -> Task:
    (
        _goal, number, title, description, work, inputs, only_if_task, only_if_option, criterion, position, weight,
        critical, estimate, resources, expected, checkpoint, target_count, success, cost, method, history,
        plan_version, _priority, status, count, attempts, attempt_serial, lost, revivals, lease_attempt,
        lease_boot, lease_until, lease_agent, waiting, due_at, outcome, last_error, started_at, ended_at, revision,
    ) = row  # fmt: skip
    # fmt: off
    return Task(
        number=number, title=title, description=description, work=work, inputs=object_from_json(inputs),
        depends_on=depends_on, only_if=None if only_if_task is None else (only_if_task, only_if_option),
        criterion=criterion, position=position, weight=weight, critical=bool(critical),
        estimate=parse_estimate(estimate), resources=texts_from_json(resources),
        expected=parse_expectation(expected), checkpoint=checkpoint, target_count=target_count,
        success=success, cost=cost, method=method, history=_history(history), plan_version=plan_version,
        status=TaskStatus(status), count=count, attempts=attempts, attempt_serial=attempt_serial,
        lost=lost, revivals=revivals, lease=_lease(lease_attempt, lease_boot, lease_until, lease_agent),
        waiting=parse_waiting(waiting), due_at=parse_time_or_null(due_at), outcome=parse_outcome(outcome),
        last_error=last_error, started_at=parse_time_or_null(started_at), ended_at=parse_time_or_null(ended_at),
        revision=revision,
    )
    # fmt: on


def _history(text: str) -> TaskHistory:
    if text == "{}":
        return NO_HISTORY
    value = json.loads(text)
    readings = tuple(Reading(at=parse_time(each["at"]), value=each["value"]) for each in value["readings"])
    flipped_at = parse_time_or_null(value["flipped_at"])
    return TaskHistory(
        failures=value["failures"],
        behind=value["behind"],
        flipped_at=flipped_at,
        readings=readings,
        waited_for=value.get("waited_for", ""),  # older rows have none
        waits=value.get("waits", 0),
        fell_short=parse_time_or_null(value.get("fell_short")),
        called_off=value.get("called_off"),
    )


def _lease(attempt: int | None, boot: str | None, until: str | None, agent: str | None) -> Lease | None:
    if attempt is None or boot is None or until is None:
        return None
    return Lease(attempt=attempt, boot=BootId(boot), until=parse_time(until), agent=agent or "")
