"""Everything that is kept about a chat's goals, as one JSON value: `milepost export`, and a person's own data."""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from engine.values import ChatId, JsonValue
from storage.connections import SqlValue

_OF_GOALS: Mapping[str, tuple[str, str]] = {
    # the key in the export: (the table, what orders its rows)
    "tasks": ("goal_tasks", "number"),
    "dependencies": ("task_dependencies", "task, place"),
    "milestones": ("goal_milestones", "position"),
    "progress_history": ("goal_progress", "id"),  # `progress` is the goal's own, a number
    "adaptations": ("goal_adaptations", "number"),  # instead of the goal's own, which only counts them
    "blockages": ("goal_blockages", "number"),
    "log": ("goal_execution_log", "sequence"),
    "attempts": ("attempts", "task, attempt"),
    "plans": ("plans", "version"),
    "reasoning_sessions": ("reasoning_sessions", "version"),
    "causes": ("causes", "at, cause"),
    "cards": ("cards", "goal"),
    "spend": ("spend", "id"),
    "findings": ("findings", "id"),
    "merges": ("merges", "at, digest"),
    "files": ("goal_files", "id"),
    "workspaces": ("workspaces", "goal"),
}
_OF_CHATS: Mapping[str, tuple[str, str]] = {
    "settings": ("chats", "chat"),
    "dialogue": ("dialogues", "user, thread"),
    "inbox": ("inbox", "update_id"),
    "outbox": ("outbox", "id"),
    "repositories": ("repositories", "id"),
    "trials": ("trials", "repository, kind"),
    "muted_findings": ("muted_findings", "kind"),
    "talk": ("talk_lines", "id"),
    "talk_turns": ("talk_turns", "id"),
    "talk_summaries": ("talk_summaries", "thread"),
    "spend": ("spend", "id"),  # all of the chat: talk belongs to no goal
}
# What a run has said to its model and what tools have returned are left out: pages, files and goals over and over.
_RUNS = """
SELECT id, key, kind, goal, task, thread, user, status, revision, usage, output, error, created_at, changed_at
FROM agent_runs WHERE {} ORDER BY id
"""
_OF_RUNS: Mapping[str, str] = {
    "calls": "SELECT run, call, tool, arguments, status, tries, at FROM agent_calls WHERE run IN ({}) ORDER BY at",
    "approvals": "SELECT * FROM approvals WHERE run IN ({}) ORDER BY id",
}
_JSON_COLUMNS = frozenset({
    "success_criteria", "metadata", "strategies", "adapting", "inputs", "estimate", "resources", "expected_outcome",
    "waiting", "actual_outcome", "old_plan", "new_plan", "kept", "resolution_attempts", "details", "plan", "content",
    "facts", "digest_days", "plan_options", "in_vain", "history", "budget",
    "day_budget", "shortage", "weighed", "faults", "models", "finding", "merged", "terms", "usage", "output",
    "arguments",
})  # fmt: skip
_FLAGS = frozenset({
    "deadline_warned", "critical", "notified", "silent", "perhaps_sent", "zone_known", "blocked", "estimated",
})  # fmt: skip
_Rows = list[dict[str, JsonValue]]


def export_chat(connection: sqlite3.Connection, chat: ChatId | None) -> JsonValue:
    """A chat with its goals, sub-goals included, each with the rows of every table. None: goals of programs."""
    condition, values = ("chat IS NULL", ()) if chat is None else ("chat = ?", (chat,))
    goals = _rows(connection, f"SELECT * FROM executor_goals WHERE {condition} ORDER BY id", values)  # noqa: S608 - our own condition
    of_goals: dict[str, dict[JsonValue, _Rows]] = {}
    for key, (table, order) in _OF_GOALS.items():
        sql = (
            f"SELECT * FROM {table} WHERE goal IN (SELECT id FROM executor_goals WHERE {condition})"  # noqa: S608 - our own names
            f" ORDER BY goal, {order}"
        )
        of_goals[key] = _by_goal(_rows(connection, sql, values))
    of_goals["wakeups"] = _wakeups(connection)
    of_goals["runs"] = _by_goal(_runs(connection, f"goal IN (SELECT id FROM executor_goals WHERE {condition})", values))  # noqa: S608 - our own condition
    exported: list[JsonValue] = [
        {**goal, **{key: list[JsonValue](rows.get(goal["id"], [])) for key, rows in of_goals.items()}} for goal in goals
    ]
    found: dict[str, JsonValue] = {"chat": chat, "goals": exported}
    if chat is not None:
        for key, (table, order) in _OF_CHATS.items():
            sql = f"SELECT * FROM {table} WHERE chat = ? ORDER BY {order}"  # noqa: S608 - our own names
            found[key] = list[JsonValue](_rows(connection, sql, (chat,)))
        found["runs"] = list[JsonValue](_runs(connection, "goal IS NULL AND chat = ?", (chat,)))  # turns of its talk
    return found


def _rows(connection: sqlite3.Connection, sql: str, values: Sequence[SqlValue]) -> _Rows:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [{name: _value(name, value) for name, value in zip(names, row, strict=True)} for row in cursor]


def _runs(connection: sqlite3.Connection, condition: str, values: Sequence[SqlValue]) -> _Rows:
    """Runs with the calls of tools that they made, and what they asked."""
    runs = _rows(connection, _RUNS.format(condition), values)
    which = f"SELECT id FROM agent_runs WHERE {condition}"  # noqa: S608 - our own condition
    for key, sql in _OF_RUNS.items():
        of_runs: dict[JsonValue, list[JsonValue]] = {}
        for row in _rows(connection, sql.format(which), values):
            of_runs.setdefault(row.pop("run"), []).append(row)
        for run in runs:
            run[key] = of_runs.get(run["id"], [])
    return runs


def _value(name: str, value: SqlValue) -> JsonValue:
    if name in _JSON_COLUMNS and isinstance(value, str) and value:
        parsed: JsonValue = json.loads(value)
        return parsed
    return bool(value) if name in _FLAGS else value


def _by_goal(rows: _Rows) -> dict[JsonValue, _Rows]:
    found: dict[JsonValue, _Rows] = {}
    for row in rows:
        found.setdefault(row["goal"], []).append(row)
    return found


def _wakeups(connection: sqlite3.Connection) -> dict[JsonValue, _Rows]:
    """Their subjects are texts such as `task:7.3` and `goal:7`."""
    found: dict[JsonValue, _Rows] = {}
    for row in _rows(connection, "SELECT subject, at FROM wakeups ORDER BY subject", ()):
        kind, _, name = str(row["subject"]).partition(":")
        goal = name.partition(".")[0]
        if kind in ("goal", "task") and goal.isdecimal():
            found.setdefault(int(goal), []).append(row)
    return found
