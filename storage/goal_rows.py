"""A goal and its rows in `executor_goals`, `goal_milestones` and `goal_blockages`; reads whole goals back."""

import json
import sqlite3
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.goals import MILESTONES, Goal, GoalStatus, Milestone, ParentTask, Priority
from engine.tasks import Task
from engine.values import BlockageNumber, GoalId, TaskNumber
from storage.connections import SqlRow
from storage.encoding import (
    cap_json,
    object_from_json,
    parse_cap,
    parse_need,
    parse_options,
    parse_shortage,
    parse_time,
    parse_time_or_null,
    texts_from_json,
    time_or_null,
    time_text,
    to_json,
)
from storage.task_rows import read_tasks

SELDOM = (
    "name", "description", "success_criteria", "priority", "deadline", "metadata", "chat", "thread", "owner",
    "parent_goal", "parent_task", "depth", "strategies", "reasoning_session", "plan_options", "in_vain", "doubted",
    "resumed_at", "budget", "created_at", "status", "plan_version", "plan_source", "proposed_version", "adapting",
    "fruitless", "adaptations", "last_blockage", "last_task", "deadline_grace", "deadline_warned", "reason",
    "started_at", "ended_at",
)  # fmt: skip
"""Columns that stay the same while tasks are done, with most of what is indexed: an index is rewritten by each
statement that names one of its columns, whatever it says."""
ALWAYS = ("progress", "updated_at", "revision")
"""Columns that each change writes."""
_ALL = ("id", *SELDOM, *ALWAYS)
INSERT = f"INSERT INTO executor_goals ({', '.join(_ALL)}) VALUES ({', '.join('?' * len(_ALL))})"  # noqa: S608 - our own names
UPDATE_ALL = f"UPDATE executor_goals SET {', '.join(f'{c} = ?' for c in _ALL[1:])} WHERE id = ?"  # noqa: S608 - our own names
UPDATE_ALWAYS = f"UPDATE executor_goals SET {', '.join(f'{c} = ?' for c in ALWAYS)} WHERE id = ?"  # noqa: S608 - our own names

_MARK = ("goal", "position", "percent", "name", "milestone_type", "task", "achieved_at")
INSERT_MILESTONE = f"INSERT INTO goal_milestones ({', '.join(_MARK)}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
UPDATE_MILESTONE = "UPDATE goal_milestones SET achieved_at = ? WHERE goal = ? AND position = ?"
DELETE_MILESTONE = "DELETE FROM goal_milestones WHERE goal = ? AND position = ?"

_BLOCKAGE = (
    "goal", "number", "task", "blockage_type", "description", "needed", "from_whom", "how", "resolution_strategy",
    "raised_at", "resolution_attempts", "resolution", "resolved_at", "shortage",
)  # fmt: skip
SAVE_BLOCKAGE = (
    f"INSERT INTO goal_blockages ({', '.join(_BLOCKAGE)}) VALUES ({', '.join('?' * len(_BLOCKAGE))})"  # noqa: S608 - our own names
    f" ON CONFLICT (goal, number) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _BLOCKAGE[2:])}"
)

_CHUNK = 500
"""Goals a statement: SQLite bounds the placeholders of one."""


def only_went_on(before: Goal, after: Goal) -> bool:
    """Whether its row differs in the columns of `ALWAYS` alone: no index but one is rewritten then."""
    as_before = replace(
        before,
        tasks=after.tasks,  # these three have tables of their own
        milestones=after.milestones,
        blockages=after.blockages,
        progress=after.progress,
        updated_at=after.updated_at,
        revision=after.revision,
    )
    return as_before == after


def seldom_row(goal: Goal) -> SqlRow:
    """The columns of `SELDOM`."""
    return (
        goal.name,
        goal.description,
        to_json(goal.criteria),
        int(goal.priority),
        time_or_null(goal.deadline),
        to_json(goal.metadata),
        goal.chat,
        goal.thread,
        goal.owner,
        None if goal.parent is None else goal.parent.goal,
        None if goal.parent is None else goal.parent.task,
        goal.depth,
        to_json(goal.strategies),
        goal.reasoning_session,
        to_json(goal.options) if goal.options else "[]",
        to_json(goal.in_vain) if goal.in_vain else "[]",
        goal.doubted,
        time_or_null(goal.resumed_at),
        cap_json(goal.budget),
        time_text(goal.created_at),
        goal.status.value,  # a plain str: the driver looks for an adapter for anything else
        goal.plan_version,
        goal.plan_source,
        goal.proposed_version,
        None if goal.adapting is None else to_json(goal.adapting),
        goal.fruitless,
        goal.adaptations,
        goal.last_blockage,
        goal.last_task,
        time_or_null(goal.deadline_grace),
        int(goal.deadline_warned),
        goal.reason,
        time_or_null(goal.started_at),
        time_or_null(goal.ended_at),
    )


def always_row(goal: Goal) -> SqlRow:
    """The columns of `ALWAYS`."""
    return (goal.progress, time_text(goal.updated_at), goal.revision)


def milestone_row(goal: GoalId, position: int, mark: Milestone) -> SqlRow:
    """What `INSERT_MILESTONE` takes."""
    return (goal, position, mark.percent, mark.name, mark.kind, mark.task, time_or_null(mark.reached_at))


def blockage_row(goal: GoalId, blockage: Blockage) -> SqlRow:
    """What `SAVE_BLOCKAGE` takes."""
    return (
        goal,
        blockage.number,
        blockage.task,
        blockage.kind.value,
        blockage.description,
        blockage.needed,
        blockage.from_whom,
        blockage.how,
        blockage.strategy.value,
        time_text(blockage.raised_at),
        to_json(blockage.tried) if blockage.tried else "[]",
        blockage.resolution,
        time_or_null(blockage.resolved_at),
        None if blockage.shortage is None else to_json(blockage.shortage),
    )


def read_goals(connection: sqlite3.Connection, goals: Collection[GoalId]) -> dict[GoalId, Goal]:
    """The goals of these ids, whole; those that are not there are left out."""
    found: dict[GoalId, Goal] = {}
    every = sorted(set(goals))
    for start in range(0, len(every), _CHUNK):
        ids = every[start : start + _CHUNK]
        marks = ",".join("?" * len(ids))
        tasks = read_tasks(connection, marks, ids)
        milestones = _read_milestones(connection, marks, ids)
        blockages = _read_blockages(connection, marks, ids)
        sql = f"SELECT {', '.join(_ALL)} FROM executor_goals WHERE id IN ({marks})"  # noqa: S608 - placeholders only
        for row in connection.execute(sql, ids):
            goal = GoalId(row[0])
            found[goal] = _goal(row, tasks.get(goal, {}), milestones.get(goal, ()), blockages.get(goal, {}))
    return found


def _read_milestones(connection: sqlite3.Connection, marks: str, ids: list[GoalId]) -> dict[int, tuple[Milestone, ...]]:
    found: dict[int, list[Milestone]] = {}
    sql = f"SELECT {', '.join(_MARK)} FROM goal_milestones WHERE goal IN ({marks}) ORDER BY goal, position"  # noqa: S608 - placeholders only
    for goal, position, percent, name, kind, task, reached in connection.execute(sql, ids):
        mark = Milestone(percent=percent, name=name, kind=kind, task=task, reached_at=parse_time_or_null(reached))
        same = MILESTONES[position] if position < len(MILESTONES) else None
        found.setdefault(goal, []).append(same if same == mark else mark)  # one value for what most goals share
    return {goal: tuple(each) for goal, each in found.items()}


def _read_blockages(
    connection: sqlite3.Connection, marks: str, ids: list[GoalId]
) -> dict[int, dict[BlockageNumber, Blockage]]:
    found: dict[int, dict[BlockageNumber, Blockage]] = {}
    sql = (
        f"SELECT {', '.join(_BLOCKAGE)} FROM goal_blockages"  # noqa: S608 - placeholders only
        f" WHERE resolved_at IS NULL AND goal IN ({marks}) ORDER BY goal, number"
    )
    for row in connection.execute(sql, ids):
        (
            goal,
            number,
            task,
            kind,
            description,
            needed,
            from_whom,
            how,
            strategy,
            raised_at,
            tried,
            _text,
            _end,
            short,
        ) = row
        found.setdefault(goal, {})[number] = Blockage(
            number=number,
            task=task,
            kind=BlockageKind(kind),
            description=description,
            needed=needed,
            from_whom=from_whom,
            how=how,
            strategy=Strategy(strategy),
            shortage=parse_shortage(short),
            raised_at=parse_time(raised_at),
            tried=_parse_tried(tried),
        )
    return found


def _parse_tried(text: str) -> tuple[ResolutionAttempt, ...]:
    if text == "[]":
        return ()
    return tuple(
        ResolutionAttempt(at=parse_time(each["at"]), what=each["what"], result=each["result"])
        for each in json.loads(text)
    )


def _goal(
    row: sqlite3.Row,
    tasks: Mapping[TaskNumber, Task],
    milestones: tuple[Milestone, ...],
    blockages: Mapping[BlockageNumber, Blockage],
) -> Goal:
    (
        number, name, description, criteria, priority, deadline, metadata, chat, thread, owner, parent_goal,
        parent_task, depth, strategies, reasoning_session, options, in_vain, doubted, resumed_at, budget, created_at,
        status, plan_version, plan_source, proposed_version, adapting, fruitless, adaptations, last_blockage, last_task,
        deadline_grace, deadline_warned, reason, started_at, ended_at, progress, updated_at, revision,
    ) = row  # fmt: skip
    # fmt: off
    return Goal(
        id=number, name=name, description=description, criteria=texts_from_json(criteria),
        priority=Priority(priority), deadline=parse_time_or_null(deadline), metadata=object_from_json(metadata),
        chat=chat, thread=thread, owner=owner, depth=depth,
        parent=None if parent_goal is None else ParentTask(goal=parent_goal, task=parent_task),
        status=GoalStatus(status), progress=progress, reason=reason, revision=revision,
        plan_version=plan_version, plan_source=plan_source, proposed_version=proposed_version,
        adapting=parse_need(adapting), fruitless=fruitless, adaptations=adaptations,
        tasks=tasks, milestones=milestones, blockages=blockages,
        last_blockage=last_blockage, last_task=last_task,
        strategies={BlockageKind(k): Strategy(str(s)) for k, s in object_from_json(strategies).items()},
        deadline_grace=parse_time_or_null(deadline_grace), deadline_warned=bool(deadline_warned),
        reasoning_session=reasoning_session, options=parse_options(options),
        in_vain=_parse_tried(in_vain), doubted=doubted, resumed_at=parse_time_or_null(resumed_at),
        budget=parse_cap(budget), created_at=parse_time(created_at), updated_at=parse_time(updated_at),
        started_at=parse_time_or_null(started_at), ended_at=parse_time_or_null(ended_at),
    )
    # fmt: on
