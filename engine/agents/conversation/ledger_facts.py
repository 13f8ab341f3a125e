"""What the ledger holds for a turn: the person's goals as they are, and what its tools have done. No pydantic-ai."""

import json
from collections.abc import Collection, Iterable, Iterator

from engine.agents.conversation.known import Deed, GoalFact, Known, Subject, TaskFact
from engine.agents.conversation.reply import Receipt
from engine.agents.runs.facts import Call, CallStatus
from engine.goals import Goal
from engine.tasks import TaskStatus
from engine.values import GoalId, JsonObject, JsonValue, TaskNumber


def returned(calls: Iterable[Call]) -> Iterator[tuple[Call, JsonObject]]:
    """The calls of a run that came to something, with what they returned."""
    for call in calls:
        if call.status is not CallStatus.DONE or call.result is None:
            continue
        kept: JsonValue = json.loads(call.result)
        message = kept[0] if isinstance(kept, list) and kept else None
        parts = message.get("parts") if isinstance(message, dict) else None
        part = parts[0] if isinstance(parts, list) and parts else None
        content = part.get("content") if isinstance(part, dict) else None
        if isinstance(content, dict):
            yield call, content


def deeds_of(calls: Iterable[Call]) -> tuple[Deed, ...]:
    """What the calls of a run have done, in order."""
    found = []
    for _, content in returned(calls):
        for one in rows_of(content, "did"):
            if isinstance(goal := one.get("goal"), int):
                task = one.get("task")
                number = TaskNumber(task) if isinstance(task, int) else None
                found.append(Deed(claim=str(one.get("deed")), goal=GoalId(goal), task=number))
    return tuple(found)


def known_of(goals: Iterable[Goal], calls: Collection[Call]) -> Known:
    """What an answer may say: the goals as they are, and what the calls of its run have done."""
    came = list(returned(calls))
    looked_at = [row.get("id") for _, content in came for row in rows_of(content, "goals")]
    return Known(
        goals={goal.id: fact_of(goal) for goal in goals},
        deeds=deeds_of(calls),
        tools=frozenset(call.tool for call, _ in came),
        looked_at=tuple(GoalId(one) for one in dict.fromkeys(looked_at) if isinstance(one, int)),
    )


def rows_of(told: JsonObject, name: str) -> list[JsonObject]:
    """What a tool has returned under a name, as far as it is a list of objects."""
    rows = told.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def fact_of(goal: Goal) -> GoalFact:
    """A goal as the ledger has it."""
    return GoalFact(
        name=goal.name,
        status=goal.status.value,
        progress=goal.progress,
        tasks={
            task.number: TaskFact(title=task.title, status=task.status.value, error=task.last_error)
            for task in goal.tasks.values()
            if task.status is not TaskStatus.SUPERSEDED
        },
    )


def receipt_of(goal: Goal, deeds: Iterable[Deed], named: Iterable[Subject]) -> Receipt:
    """A goal that a turn has dealt with, or that its answer names, with the tasks of it that are named."""
    live = list(goal.live_tasks)
    return Receipt(
        goal=goal.id,
        name=goal.name,
        status=goal.status.value,
        completed=sum(task.status is TaskStatus.COMPLETED for task in live),
        failed=sum(task.status is TaskStatus.FAILED for task in live),
        total=len(live),
        deeds=tuple(dict.fromkeys(_deed_words(deed) for deed in deeds if deed.goal == goal.id)),
        tasks={
            number: goal.tasks[number].status.value
            for one, number in named
            if one == goal.id and number is not None and number in goal.tasks
        },
    )


def _deed_words(deed: Deed) -> str:
    return deed.claim if deed.task is None else f"task {deed.task} {deed.claim}"
