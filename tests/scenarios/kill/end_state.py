"""What is left of a scenario in the database, without what may differ: moments, numbers of tries, reminders."""

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ONCE = (
    "goal_created", "plan_made", "plan_adopted", "subgoal_linked", "task_counted", "task_completed", "task_skipped",
    "note_added", "milestone_reached", "adaptation_needed", "plan_adapted", "goal_completed", "goal_failed",
)  # fmt: skip
"""Events of which there are as many after any number of kills as after none; but what is only foreseen, an overrun or a
doubtful date, depends on how long the person was kept waiting."""
LOST = "program"
"""In the words of blockages that only come of kills."""

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndState:
    """What must be the same with and without kills. Lists are sorted."""

    goals: Rows
    tasks: Rows
    milestones: Rows
    blockages: Rows
    adaptations: Rows
    notes: Rows
    results: Rows
    """How many attempts of each task were completed."""
    events: dict[tuple[str, int, int | None], int] = field(default_factory=dict)


class Remains:
    """The database of a bot that has ended."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def close(self) -> None:
        self._connection.close()

    def rows(self, sql: str, *values: Any) -> Rows:
        return [tuple(row) for row in self._connection.execute(sql, values)]

    def one(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]

    def end_state(self, page: str) -> EndState:
        """What counts; `page` is an address that differs from one scenario to the next."""
        once = ", ".join("?" for _ in ONCE)
        counted = (
            f"SELECT event, goal, task, COUNT(*) FROM goal_execution_log WHERE event IN ({once})"
            " AND COALESCE(json_extract(details, '$.need.trigger'), '') NOT IN ('overrun', 'forecast')"
            " GROUP BY 1, 2, 3"
        )
        return EndState(
            goals=self.rows(
                "SELECT id, name, status, progress, plan_version, parent_goal, parent_task FROM executor_goals"
                " ORDER BY id"
            ),
            tasks=[
                (goal, number, title.replace(page, "{page}"), *rest, json.loads(outcome or "{}").get("value"))
                for goal, number, title, *rest, outcome in self.rows(
                    "SELECT goal, number, title, status, count, actual_outcome FROM goal_tasks ORDER BY 1, 2"
                )
            ],
            milestones=self.rows(
                "SELECT goal, percent, name, achieved_at IS NOT NULL, notified FROM goal_milestones ORDER BY 1, 2"
            ),
            blockages=self.rows(
                "SELECT goal, task, blockage_type, description, status FROM goal_blockages"
                " WHERE instr(description, ?) = 0 ORDER BY 1, 2, 4",
                LOST,
            ),
            adaptations=self.rows(
                "SELECT goal, number, reason, old_version, new_version FROM goal_adaptations ORDER BY 1, 2"
            ),
            notes=self.rows("SELECT goal, note FROM goal_progress WHERE note <> '' ORDER BY 1, 2"),
            results=self.rows(
                "SELECT goal, task, COUNT(*) FROM attempts WHERE result = 'task_completed' GROUP BY 1, 2 ORDER BY 1, 2"
            ),
            events={(event, goal, task): count for event, goal, task, count in self.rows(counted, *ONCE)},
        )

    def faults(self) -> list[str]:
        """What may be in no database of a bot that has come to rest, each in words."""
        found = {
            "an update was left or set aside": "SELECT COUNT(*) FROM inbox WHERE status <> 'done' OR failures > 0",
            # a digest may be due at the very end, days being so short
            "a message was left or dropped": "SELECT COUNT(*) FROM outbox WHERE status <> 'sent'"
            " AND (status = 'dropped' OR content NOT LIKE '%Your goals, %')",
            "a task is still running": "SELECT COUNT(*) FROM goal_tasks WHERE status = 'running'",
            "an attempt is still running": "SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL",
            "a milestone was not told": "SELECT COUNT(*) FROM goal_milestones"
            " WHERE achieved_at NOT NULL AND NOT notified",
            "a blockage is open": "SELECT COUNT(*) FROM goal_blockages WHERE status = 'open'",
            "a result was applied twice": "SELECT COUNT(*) FROM (SELECT 1 FROM goal_execution_log"
            " WHERE event = 'task_completed' GROUP BY goal, task HAVING COUNT(*) > 1)",
        }
        return [fault for fault, sql in found.items() if self.one(sql)]
