"""What came of a fact that somebody told, in words: what it moves, what is asked first, what could not be told."""

import datetime as dt
from collections.abc import Sequence

from engine.execution.resources import lacking
from engine.goals import Goal
from engine.planning.criteria.changes import Change, ChangeKind, Heard
from engine.tasks import Task
from handlers.views.letters import line
from handlers.views.times import moment, plural

DONE_ALREADY = "you said that it is done already"
UNDERSTOOD = (
    "I understand, for instance: «customers want the pricing page first», «the logo before the texts», «we no longer "
    "need the logo», «we also need a French version», «the logo is done already», «the deadline is Friday», «the gpu "
    "is gone until Friday»."
)
_KNOWN = {
    ("has_codebase", True): "there is a codebase",
    ("has_codebase", False): "there is no codebase",
    ("model_available", True): "there is a model",
    ("model_available", False): "there is no model",
}


def criteria_after(goal: Goal, changes: Sequence[Change]) -> tuple[str, ...]:
    """The criteria without those that fall away, and with those that are new."""
    gone = {change.criterion for change in changes if change.kind is ChangeKind.DROP}
    kept = [text for index, text in enumerate(goal.criteria) if index not in gone]
    known = {text.casefold() for text in kept}
    new = [change.text for change in changes if change.kind is ChangeKind.ADD]
    return (*kept, *(text for text in dict.fromkeys(new) if text.casefold() not in known))


def edited_goal(newest: Goal, before: Goal, changes: Sequence[Change], zone: str, now: dt.datetime) -> list[str]:
    """What changed about the goal itself, fact by fact."""
    found: list[str] = []
    for change in changes:
        match change.kind:
            case ChangeKind.DROP:
                text = line(before.criteria[change.criterion or 0], 150)
                found.append(f"➖ No longer wanted: «{text}». What was done for it stays.")
            case ChangeKind.ADD if change.text in before.criteria:
                found.append(f"«{line(change.text, 150)}» is among the criteria already.")
            case ChangeKind.ADD:
                found.append(f"➕ New: «{line(change.text, 150)}». I'm working out what it takes.")
            case ChangeKind.DEADLINE:
                until = moment(newest.deadline, zone, now) if newest.deadline is not None else "none any more"
                found.append(f"📅 The deadline: {until}.")
            case ChangeKind.KNOWN:
                told = _KNOWN[change.name, change.flag]
                found.append(f"🧭 Noted: {told}. What has not begun is planned anew where that makes a difference.")
            case _:
                continue
    return found


def resource_away(goal: Goal, name: str, until: dt.datetime | None, zone: str, now: dt.datetime) -> str:
    """Which tasks wait for a resource, and until when."""
    tasks = lacking(goal, name)
    if not tasks:
        return f"Nothing that is still to begin needs «{line(name, 60)}», so nothing has to wait."
    when = f"until {moment(until, zone, now)}" if until is not None else f"until you say «{line(name, 60)} is back»"
    waits = "waits" if len(tasks) == 1 else "wait"
    return f"🚧 {plural(len(tasks), 'task')} {waits} for «{line(name, 60)}» {when}: {_titles(tasks)}. The rest goes on."


def resource_back(before: Goal, name: str) -> str:
    """Which tasks may go on."""
    tasks = lacking(before, name)
    if not tasks:
        return f"Good. Nothing was waiting for «{line(name, 60)}»."
    return f"▶️ «{line(name, 60)}» is back: {_titles(tasks)} may go on."


def reordering(goal: Goal) -> str:
    """That the order is being changed; the difference comes with the plan."""
    return f"🗺 I'm changing the order of «{line(goal.name)}». What is done or under way stays as it is."


def order_later(orders: Sequence[Change]) -> str:
    """That the order has to wait for another change of the plan."""
    said = "; ".join(line(change.said, 100) for change in orders)
    return f"The plan is being changed just now; say «{said}» once more when the new one is there."


def unclear(sentence: str) -> str:
    """What could not be told, and that it is kept."""
    return f"🤔 I could not tell what this changes: «{line(sentence, 200)}». It is kept as a note."


def looked_at_all() -> str:
    """The same where the whole plan is looked at instead."""
    told = "I could not tell from your words what this changes, so I look at all of it; they are kept as a note."
    return f"{told} {UNDERSTOOD}"


def ask_done(goal: Goal, changes: Sequence[Change], tasks: Sequence[Sequence[Task]]) -> str:
    """Whether what is open of a criterion that is said to be done is to be counted as done."""
    found = []
    for change, some in zip(changes, tasks, strict=True):
        text = line(goal.criteria[change.criterion or 0], 100)
        if some:
            found.append(f"«{text}»: {plural(len(some), 'task')} still open ({_titles(some)}).")
        else:
            found.append(f"«{text}»: nothing is open.")
    return "\n".join([*found, "Shall I count all of it as done? That can't be taken back."])


def ask_to_follow(goal: Goal, heard: Heard) -> str:
    """Whether a note is more than a note."""
    said = "; ".join(line(change.said, 150) for change in heard.changes)
    return f"📝 Kept with «{line(goal.name)}». It sounds as if something has changed: «{said}». Shall the plan follow?"


def counted_done(tasks: Sequence[Task]) -> str:
    """What was counted as done."""
    return f"✅ Counted as done: {_titles(tasks)}."


def _titles(tasks: Sequence[Task]) -> str:
    named = ", ".join(f"«{line(task.title, 60)}»" for task in tasks[:3])
    return named + (f" and {len(tasks) - 3} more" if len(tasks) > 3 else "")
