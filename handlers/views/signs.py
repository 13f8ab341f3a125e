"""The small signs the chat speaks in: bars, statuses, who does what."""

import datetime as dt

from engine.coding.works.names import HAND_IN
from engine.execution.approvals import waits_for_approval
from engine.goals import Goal, GoalStatus, Priority
from engine.tasks import Task, TaskStatus, WaitingFor
from handlers.views.times import clock

PERSONS_WORK = frozenset({"person", "decide", HAND_IN})
CELLS = 10

STATUS_WORDS: dict[GoalStatus, str] = {
    GoalStatus.DRAFT: "draft",
    GoalStatus.PLANNING: "being planned",
    GoalStatus.PROPOSED: "plan waits for your start",
    GoalStatus.ACTIVE: "under way",
    GoalStatus.PAUSED: "paused",
    GoalStatus.BLOCKED: "blocked",
    GoalStatus.COMPLETED: "completed",
    GoalStatus.FAILED: "failed",
    GoalStatus.CANCELLED: "cancelled",
}

STATUS_SIGNS: dict[GoalStatus, str] = {
    GoalStatus.DRAFT: "🎯",
    GoalStatus.PLANNING: "⏳",
    GoalStatus.PROPOSED: "🙋",
    GoalStatus.ACTIVE: "🎯",
    GoalStatus.PAUSED: "⏸",
    GoalStatus.BLOCKED: "🚧",
    GoalStatus.COMPLETED: "✅",
    GoalStatus.FAILED: "⚠️",
    GoalStatus.CANCELLED: "✖️",
}

PRIORITY_WORDS: dict[Priority, str] = {
    Priority.LOW: "low",
    Priority.NORMAL: "normal",
    Priority.HIGH: "high",
    Priority.URGENT: "urgent",
}


def percent(progress: float) -> str:
    """«30%»; 100 only when all is done."""
    return f"{100 if progress >= 1 else min(99, int(max(progress, 0.0) * 100 + 0.5))}%"


def bar(progress: float) -> str:
    """«▰▰▰▱▱▱▱▱▱▱ 30%»."""
    full = CELLS if progress >= 1 else min(CELLS - 1, int(max(progress, 0.0) * CELLS + 0.5))
    return "▰" * full + "▱" * (CELLS - full) + " " + percent(progress)


def is_persons(task: Task) -> bool:
    """Whether a person does this task, or reports its number."""
    if task.work in PERSONS_WORK:
        return True
    if task.waiting is not None:
        return task.waiting.what in (WaitingFor.PERSON, WaitingFor.DECISION, WaitingFor.MEASURE)
    return task.work == "measure" and not task.inputs.get("url")


def waits_for_person(task: Task) -> bool:
    """Whether it is a person's turn now."""
    return task.status is TaskStatus.WAITING and is_persons(task)


def doer(task: Task) -> str:
    """Who does it: 🙋 you, ⏳ time, 🎯 a goal of its own, 🤖 Milepost."""
    if is_persons(task):
        return "🙋"
    if task.work == "subgoal":
        return "🎯"
    return "⏳" if task.work == "wait" else "🤖"


def task_sign(task: Task) -> str:
    """Where it stands, as one sign."""
    match task.status:
        case TaskStatus.COMPLETED:
            return "✅"
        case TaskStatus.SKIPPED | TaskStatus.SUPERSEDED:
            return "➖"
        case TaskStatus.BLOCKED:
            return "🚧"
        case TaskStatus.FAILED:
            return "⚠️"
        case TaskStatus.RUNNING:
            return "🤖"
        case TaskStatus.WAITING:
            return "🙋" if is_persons(task) else "🔐" if waits_for_approval(task) else "⏳"
        case TaskStatus.PENDING:
            return "▫️"


def counted(task: Task) -> str:
    """« · 3 of 20» for a counted task, « · goal 7, 40%» for one with a goal of its own; nothing for others."""
    if task.work == "subgoal":
        child = task.waiting.child if task.waiting is not None else None
        return f" · goal {child}, {percent(task.fraction)}" if child is not None else ""
    return f" · {task.count} of {task.target_count}" if task.target_count > 1 else ""


def put_off(task: Task, zone: str, now: dt.datetime) -> str:
    """« · later: 18:00» for one that the person has put off until then; nothing for others."""
    waits = task.waiting
    later = waits is not None and waits.postponed and waits_for_person(task)
    return f" · later: {clock(waits.until, zone, now)}" if waits is not None and later and waits.until else ""


def lagging(goal: Goal, task: Task) -> str:
    """« · behind» for a task that was seen to take longer than usual, or to be off the way to its target."""
    return " · behind" if 0 < task.history.behind == goal.plan_version else ""


def number(value: float) -> str:
    """A number without needless zeros: «500», «12.5», «1,200»."""
    return f"{value:,.0f}" if abs(value) < 1e15 and value == int(value) else f"{value:,.6g}"


def odds(probability: float) -> str:
    """Odds as people say them: «7 times in 10», «1 time in 20», «almost always»."""
    if probability >= 0.95:
        return "almost always"
    if probability >= 0.15:
        return f"{round(probability * 10)} times in 10"
    return f"1 time in {min(round(1 / max(probability, 0.001)), 100)}"
