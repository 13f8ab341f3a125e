"""The log of a goal in words: one line an event, newest first."""

import datetime as dt
from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Text

from engine.goals import ENDED_GOALS, Goal
from engine.records import LogRow, Outgoing
from engine.tasks import WaitingFor
from engine.values import ChatId, JsonValue
from handlers import keyboards
from handlers.callbacks import Listing, PageTap
from handlers.views.blockers import tried_words
from handlers.views.letters import Sheet, letter, line
from handlers.views.signs import number
from handlers.views.times import clock, moments_here

ROWS_A_PAGE = 15

EVENT_WORDS: Mapping[str, str] = {
    "goal_created": "🎯 The goal was set",
    "goal_edited": "✏️ The goal was changed",
    "planning_started": "🗺 Planning began",
    "plan_made": "🗺 A plan was made",
    "plan_adopted": "▶️ The plan was started",
    "task_added": "➕ {task} was added",
    "task_reworded": "✏️ {task} was reworded",
    "task_rewired": "✏️ {task} waits for other tasks now",
    "tasks_reordered": "✏️ The order of the tasks was changed",
    "task_started": "🤖 {task} began",
    "task_waiting": "⏳ {task} waits",
    "task_reminded": "🔔 A reminder of {task}",
    "task_counted": "▫️ {task}: {count} done so far",
    "task_completed": "✅ {task} is done",
    "task_retry_scheduled": "🔁 {task} will be tried again: {error}",
    "attempt_lost": "🔁 {task} was interrupted and goes again",
    "task_came_due": "⏰ {task} may go on now",
    "task_overran": "🐢 {task} takes longer than usual",
    "measure_reported": "▫️ {task}: {value} so far",
    "measure_strayed": "🐢 {task} is behind: {value}, and {expected} was due by now",
    "check_flipped": "⚠️ {task} no longer holds: {summary}",
    "task_failed": "⚠️ {task} did not work: {error}",
    "task_blocked": "🚧 {task} is held up",
    "task_reset": "🔁 {task} starts afresh",
    "task_skipped": "➖ {task} was skipped: {why}",
    "task_superseded": "➖ {task} left the plan",
    "subgoal_linked": "🎯 {task} became a goal of its own",
    "blockage_raised": "🚧 Something got in the way: {description}",
    "resolution_tried": "🔧 {tried}",
    "blockage_resolved": "▫️ Blocker closed: {resolution}",
    "resource_missed": "🚧 «{name}» is away",
    "resource_regained": "▶️ «{name}» is there again",
    "progress_made": "📈 Progress: {progress}",
    "note_added": "📝 {note}",
    "code_handed_in": "📎 {task}: handed in, {summary}",
    "code_worked": "💻 {task}: {summary}",
    "milestone_reached": "🎯 Milestone: {name}",
    "adaptation_needed": "🗺 The plan needs to change: {reason}",
    "adaptation_dropped": "🗺 The plan stays as it is: {why}",
    "repair_proposed": "🗺 Another plan waits for a yes",
    "repair_rejected": "🗺 The other plan was turned down",
    "plan_adapted": "🗺 The plan changed: {reason}",
    "goal_blocked": "🚧 Nothing can go on for now",
    "goal_unblocked": "▶️ It goes on",
    "goal_paused": "⏸ Paused: {reason}",
    "goal_resumed": "▶️ Resumed: {reason}",
    "goal_completed": "✅ The goal was reached",
    "goal_failed": "⚠️ The goal failed: {reason}",
    "goal_cancelled": "✖️ The goal was cancelled",
    "goal_reopened": "🎯 The goal was reopened",
    "deadline_near": "📅 The deadline is near",
    "deadline_doubtful": "📅 The deadline is in doubt",
    "deadline_passed": "📅 The deadline passed",
    "strategy_set": "🔧 Blockers of one kind are met differently now",
    "budget_set": "💰 The budget was changed",
}
"""Every event by its name; `{task}` becomes its title, other names are looked up in the event's details."""


_ENDS = frozenset(f"the goal was {status}" for status in ENDED_GOALS)
_WAITS_FOR: Mapping[str, str] = {
    WaitingFor.PERSON: "🙋 {task} waits for you",
    WaitingFor.DECISION: "🙋 {task} waits for your choice",
    WaitingFor.MEASURE: "🙋 {task} waits for your number",
}
"""What is told instead of a mere «waits»."""


def log_page(goal: Goal, rows: Sequence[LogRow], zone: str, now: dt.datetime, newest: bool = True) -> Outgoing:
    """A page of the log, the `newest` or an older one; one row more than a page holds says that there is more."""
    shown = rows[:ROWS_A_PAGE]
    head: list[Text | str] = [Text(Bold("Log"), f" · {line(goal.name, 150)}"), ""]
    if not shown:
        head.append("Nothing more.")
    sheet = Sheet(head=head, items=[f"{clock(row.at, zone, now)}  {_words(goal, row, zone, now)}" for row in shown])
    turn = [] if newest else [keyboards.button("‹ Newest", PageTap(listing=Listing.LOG, goal=goal.id))]
    if len(rows) > ROWS_A_PAGE:
        older = PageTap(listing=Listing.LOG, goal=goal.id, at=shown[-1].sequence)
        turn.append(keyboards.button("Older ›", older))
    return letter(goal.chat or ChatId(0), sheet.text(), [turn], goal.id)


def _words(goal: Goal, row: LogRow, zone: str, now: dt.datetime) -> str:
    wording = _waits(row.details, zone, now) or _set_down(row) or EVENT_WORDS.get(row.event)
    if wording is None:
        return line(row.event.replace("_", " "), 60)
    task = goal.tasks.get(row.task) if row.task is not None else None
    known = {"task": f"«{line(task.title, 80)}»" if task else f"Task {row.task}" if row.task else "A task"}
    for name in ("count", "error", "why", "description", "resolution", "progress", "note", "name", "reason", "value",
                 "expected", "summary"):  # fmt: skip
        if f"{{{name}}}" in wording:
            known[name] = _fact(name, _find(row.details, name))
    if "{tried}" in wording:
        what, result = _find(row.details, "what"), _find(row.details, "result")
        known["tried"] = tried_words(str(what or "Something was tried"), str(result or ""), zone, now)
    return moments_here(wording.format(**known), zone, now).rstrip(": ")


def _waits(details: object, zone: str, now: dt.datetime) -> str:
    """What a task waits for, where the details say it; empty where they don't."""
    waiting = details.get("waiting") if isinstance(details, Mapping) else None
    if not isinstance(waiting, Mapping):
        return ""
    until, what = waiting.get("until"), waiting.get("what")
    when = clock(dt.datetime.fromisoformat(until), zone, now) if isinstance(until, str) else ""
    if waiting.get("postponed") and when:
        return f"⏰ {{task}} was put off; I ask again {when}"
    if what == WaitingFor.TIME and when:
        return f"⏳ {{task}}: waiting until {when}"
    return _WAITS_FOR.get(str(what), "")


def _set_down(row: LogRow) -> str:
    """What the end of its goal did to a task; empty for all else."""
    why = row.details.get("why") if row.event == "task_reset" and isinstance(row.details, Mapping) else None
    return "⏹ {task} was set down with the goal" if why in _ENDS else ""


def _find(details: object, name: str, depth: int = 0) -> JsonValue:
    """A fact of an event, wherever in its details it lies."""
    if not isinstance(details, Mapping) or depth > 3:
        return None
    if name in details:
        found: JsonValue = details[name]
        return found
    for inner in details.values():
        found = _find(inner, name, depth + 1)
        if found is not None:
            return found
    return None


def _fact(name: str, value: JsonValue) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if name == "expected":  # a point of a path between two figures: its decimals say nothing
            value = round(value) if abs(value) >= 100 else round(value, 1)
        return f"{value:.0%}" if name == "progress" else number(value)
    return line(str(value), 160) if value not in (None, "") else ""
