"""What people hand in for a task: kept first, then tried by an attempt, and taken or handed back. Pure.

What is known of it stands in the task's outcome until the task is done: under which name it is kept, what a model left
in the files before, and what the person wants to become of that.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum

from msgspec.structs import replace

from engine import events as e
from engine.coding.works.names import HAND_IN, WRITE
from engine.decisions import Decision, Moment
from engine.errors import RefusedError
from engine.execution.blocking import open_task
from engine.execution.consequences import FIRST_REMINDER
from engine.execution.task_decisions import held
from engine.goals import Goal
from engine.tasks import Lease, Outcome, Task, TaskStatus, Waiting, WaitingFor
from engine.values import JsonObject, JsonValue, TaskNumber

AS_IT_IS = "what is there"
"""What is handed in by saying that it is all there already."""
_KEPT, _BY, _REFUSED, _LEFT, _CHOICE = "handed_in", "by", "refused", "left", "start"


class Start(StrEnum):
    """What a person's work begins from where a model has left unproven changes."""

    CLEAN = "clean"
    """Without them; so it is where nobody has said anything."""
    KEPT = "kept"
    """On top of them."""


def _facts(task: Task) -> JsonObject:
    value = task.outcome.value if task.work == HAND_IN and task.outcome is not None else None
    return value if isinstance(value, dict) else {}


def to_try(task: Task) -> str:
    """The name under which is kept what an attempt is to try; empty where nothing is to be tried."""
    return "" if task.status is TaskStatus.COMPLETED else str(_facts(task).get(_KEPT) or "")


def handed_by(task: Task) -> str:
    """What it is that is to be tried, such as «patch» or «branch totals»; empty where nothing is."""
    return str(_facts(task).get(_BY) or "") if to_try(task) else ""


def why_handed_back(task: Task) -> str:
    """Why what was handed in last was not taken; empty where nothing was, or it was taken."""
    return str(_facts(task).get(_REFUSED) or "")


def left_by_model(task: Task) -> tuple[str, ...] | None:
    """Files with changes that a model left behind; None while nobody has looked."""
    left = _facts(task).get(_LEFT)
    return tuple(str(one) for one in left) if isinstance(left, list) else None


def chosen_start(task: Task) -> Start | None:
    """What the person wants to begin from; None where they have said nothing."""
    choice = _facts(task).get(_CHOICE)
    return Start(str(choice)) if choice in tuple(Start) else None


def to_look_at(goal: Goal) -> TaskNumber | None:
    """The task that waits for code where a model has tried before, and nobody has looked what it left."""
    for task in goal.live_tasks:
        if task.work == HAND_IN and task.status is TaskStatus.WAITING and left_by_model(task) is None:
            return task.number if takes_over(goal, task) else None
    return None


def takes_over(goal: Goal, task: Task) -> bool:
    """Whether a model has written at the same part, and no person has since."""
    of_part = [one for one in goal.tasks.values() if one.inputs.get("part") == task.inputs.get("part")]
    by_model = any(one.work == WRITE and one.attempt_serial > 0 for one in of_part)
    return by_model and not any(one.work == HAND_IN and one.status is TaskStatus.COMPLETED for one in of_part)


def taken_in(number: int, name: str, by: str) -> Decision:
    """Something was handed in and is kept under this name: it is tried as soon as there is a hand free."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        task = awaiting_code(goal, number)
        facts: JsonObject = {**_remembered(task), _KEPT: name, _BY: by}
        return [e.CodeHandedIn(task=task.number, summary=by, outcome=_noted(f"Handed in: {by}", facts))]

    return decide


def awaiting_code(goal: Goal, number: int) -> Task:
    """The task, if it waits for code now. Raises `RefusedError` (not_handed_in, being_tried, not_waiting)."""
    task = open_task(goal, number)
    if task.work != HAND_IN:
        raise RefusedError("not_handed_in", f"«{task.title}» asks for no code")
    if to_try(task):
        raise RefusedError("being_tried", f"what was handed in for «{task.title}» is being tried")
    if task.status is not TaskStatus.WAITING:
        raise RefusedError("not_waiting", f"«{task.title}» does not wait for you now")
    return task


def handed_back(number: TaskNumber, lease: Lease, why: str) -> Decision:
    """It was tried and is not what was asked for: nothing of it is kept, and the task waits for the person again."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = held(goal, number, lease)
        until = moment.now + FIRST_REMINDER if goal.chat is not None else None
        waiting = Waiting(what=WaitingFor.PERSON, since=moment.now, until=until)
        outcome = replace(_noted(f"Not taken: {why}", {**_remembered(task), _REFUSED: why}), deviation=1.0)
        return [e.TaskWaiting(task=number, waiting=waiting, outcome=outcome)]

    return decide


def left_over(number: TaskNumber, paths: Collection[str]) -> Decision:
    """A model gave up, and left changes in these files; the person is told, and may say what is to become of them."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        task = goal.tasks.get(number)
        if goal.has_ended or task is None or task.waiting is None or left_by_model(task) is not None:
            return []
        left: list[JsonValue] = [*paths]
        return [_with_facts(task, {**_facts(task), _LEFT: left})]

    return decide


def start_chosen(number: int, start: Start) -> Decision:
    """The person says what their work begins from. The same once more changes nothing."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        task = awaiting_code(goal, number)
        if not left_by_model(task):
            raise RefusedError("nothing_left", f"nothing of a model's is left for «{task.title}»")
        return [] if chosen_start(task) is start else [_with_facts(task, {**_facts(task), _CHOICE: start.value})]

    return decide


def _with_facts(task: Task, facts: JsonObject) -> e.Event:
    assert task.waiting is not None
    outcome = replace(task.outcome, value=facts) if task.outcome is not None else _noted("", facts)
    return e.TaskWaiting(task=task.number, waiting=task.waiting, outcome=outcome)


def _remembered(task: Task) -> JsonObject:
    """What outlives a hand-in."""
    return {name: value for name, value in _facts(task).items() if name in (_LEFT, _CHOICE)}


def _noted(summary: str, facts: JsonObject) -> Outcome:
    return Outcome(summary=summary, value=dict(facts), by_person=True)
