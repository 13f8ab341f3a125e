"""Migrations: forward only, each whole or not at all, a copy first; and the tables hold what the mission lists."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import StoreError
from storage.connections import connect
from storage.migrations import Migration, migrate, schema_version, shipped
from tests.storage.made_goals import NOW

FIELDS = {
    "executor_goals": {
        "id", "name", "description", "success_criteria", "priority", "deadline", "metadata", "status", "progress",
        "reasoning_session", "plan_version", "created_at", "updated_at", "revision",
    },
    "goal_tasks": {
        "goal", "number", "title", "description", "priority", "status", "expected_outcome", "actual_outcome",
        "retry_count", "last_error", "started_at", "ended_at",
    },
    "goal_milestones": {"goal", "name", "percent", "milestone_type", "achieved_at", "notified", "notified_at"},
    "goal_progress": {"goal", "at", "progress", "status", "note"},
    "goal_adaptations": {"goal", "at", "reason", "old_plan", "new_plan", "deviation", "old_version", "new_version"},
    "goal_blockages": {
        "goal", "task", "blockage_type", "description", "resolution_strategy", "resolution_attempts", "status",
        "resolution", "resolved_at",
    },
    "goal_execution_log": {"sequence", "goal", "task", "event", "details", "at"},
    "task_dependencies": {"goal", "task", "depends_on"},
}  # fmt: skip
BESIDE = {
    "meta", "attempts", "plans", "wakeups", "causes", "inbox", "outbox", "cards", "chats", "dialogues", "owners",
    "spend", "spend_accounts", "spend_grants", "spend_told", "reasoning_sessions", "findings", "muted_findings",
    "hierarchies", "merges",
    "agent_runs", "agent_calls", "agent_messages", "approvals", "goal_files",
    "talk_turns", "talk_lines", "talk_summaries",
    "repositories", "workspaces", "trials", "closed_topics",
}  # fmt: skip

MORE = Migration(number=2, sql="ALTER TABLE owners ADD COLUMN name TEXT;\nCREATE TABLE extra (id INTEGER) STRICT;\n")
BROKEN = Migration(number=2, sql="CREATE TABLE extra (id INTEGER) STRICT;\nINSERT INTO nowhere VALUES (1);\n")


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    made = connect(path)
    migrate(made, path, shipped()[:1], NOW)
    yield made
    made.close()


def tables(connection: sqlite3.Connection) -> set[str]:
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name for (name,) in found}


def test_from_empty_the_schema_has_the_tables_of_the_mission_and_those_beside_them(path: Path) -> None:
    made = connect(path)
    migrate(made, path, shipped(), NOW)
    assert tables(made) == FIELDS.keys() | BESIDE
    for table, fields in FIELDS.items():
        columns = {row[1] for row in made.execute(f"PRAGMA table_xinfo({table})")}
        assert fields <= columns, table
    assert schema_version(made, path) == len(shipped())
    assert made.execute("PRAGMA foreign_key_check").fetchall() == []
    made.close()
    assert not list(path.parent.glob("*.before-*"))


def test_a_database_with_data_is_copied_before_it_is_changed(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("INSERT INTO owners VALUES (7, 'then')")
    migrate(connection, path, [*shipped()[:1], MORE], NOW)
    assert schema_version(connection, path) == 2
    assert "extra" in tables(connection)
    copy = sqlite3.connect(path.with_name("milepost.db.before-0002"))
    assert copy.execute("SELECT * FROM owners").fetchall() == [(7, "then")]
    assert schema_version(copy, path) == 1
    copy.close()
    assert not list(path.parent.glob("*.partial*"))


def test_a_migration_that_fails_leaves_the_database_as_it_was(connection: sqlite3.Connection, path: Path) -> None:
    before = tables(connection)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, path, [*shipped()[:1], BROKEN], NOW)
    assert tables(connection) == before
    assert schema_version(connection, path) == 1
    migrate(connection, path, [*shipped()[:1], MORE], NOW)
    assert schema_version(connection, path) == 2


def test_a_last_statement_without_its_semicolon_is_run_too(connection: sqlite3.Connection, path: Path) -> None:
    loose = Migration(number=2, sql="CREATE TABLE one (id INTEGER) STRICT;\nCREATE TABLE two (id INTEGER) STRICT\n")
    ends_in_words = Migration(number=3, sql="CREATE TABLE three (id INTEGER) STRICT;\n-- That is all.\n")
    migrate(connection, path, [*shipped()[:1], loose, ends_in_words], NOW)
    assert {"one", "two", "three"} <= tables(connection)


def test_what_an_interrupted_copy_left_is_in_nobodys_way(connection: sqlite3.Connection, path: Path) -> None:
    path.with_name("milepost.db.before-0002.partial").write_text("half of something" * 1000)
    migrate(connection, path, [*shipped()[:1], MORE], NOW)
    copy = sqlite3.connect(path.with_name("milepost.db.before-0002"))
    assert schema_version(copy, path) == 1
    copy.close()


def test_what_is_up_to_date_is_not_touched(connection: sqlite3.Connection, path: Path) -> None:
    changes = connection.total_changes
    migrate(connection, path, shipped()[:1], NOW)
    assert connection.total_changes == changes


def test_a_newer_schema_is_refused(connection: sqlite3.Connection, path: Path) -> None:
    migrate(connection, path, [*shipped()[:1], MORE], NOW)
    with pytest.raises(StoreError) as caught:
        migrate(connection, path, shipped()[:1], NOW)
    assert caught.value.code == "newer"


def test_every_table_keeps_its_types_strictly(connection: sqlite3.Connection) -> None:
    loose = [row[1] for row in connection.execute("PRAGMA table_list") if row[0] == "main" and not row[5]]
    assert [name for name in loose if not name.startswith("sqlite_")] == []


def test_what_was_said_in_runs_before_it_had_rows_of_its_own_is_kept(path: Path) -> None:
    made = connect(path)
    migrate(made, path, shipped()[:4], NOW)
    said = '[{"kind": "request", "text": "«Grüße»"}, {"kind": "response", "parts": [1, 2]}]'
    columns = "key, kind, status, revision, messages, usage, error, created_at, changed_at"
    for key, messages in (("begun", said), ("new", "")):
        row = (key, "work", "ready", 1, messages, "", "", NOW.isoformat(), NOW.isoformat())
        made.execute(f"INSERT INTO agent_runs ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    made.commit()
    migrate(made, path, shipped(), NOW)
    kept = made.execute("SELECT key, place, message FROM agent_messages JOIN agent_runs ON id = run ORDER BY place")
    found = [(key, place, json.loads(message)) for key, place, message in kept]
    assert found == [("begun", place, one) for place, one in enumerate(json.loads(said))]
    made.close()


def test_open_dialogues_stay_with_whom_they_were_begun(path: Path) -> None:
    with closing(connect(path)) as old:
        migrate(old, path, shipped()[:5], NOW)
        begun = (
            (-5, "goal_setup", '{"user":7}'),
            (8, "x", "{}"),
            (9, "still_open", '{"name":"goal_setup","facts":{}}'),
        )
        old.executemany("INSERT INTO dialogues (chat, name, facts) VALUES (?, ?, ?)", begun)
        migrate(old, path, shipped(), NOW)
        assert old.execute("SELECT chat, user, thread, name, facts FROM dialogues ORDER BY chat").fetchall() == [
            (-5, 7, 0, "goal_setup", '{"user":7}'),
            (8, 8, 0, "x", "{}"),
            (9, 9, 0, "still_open", '{"facts":{},"about":"goal_setup"}'),
        ]
