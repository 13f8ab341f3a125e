"""What is said of several tasks of a goal at once («1 and 3 done», «skip 2, 4»): all of it, or nothing."""

import re
from collections.abc import Sequence

from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal, GoalStatus
from engine.tasks import Task, TaskStatus
from handlers.desk import Desk
from handlers.reading.naming import Named
from handlers.reading.several import deed_in, named_each
from handlers.reading.words import Asked, Meaning, Said
from handlers.views.signs import is_persons

_MOST = 10
"""Tasks at once: each is told of."""
_OPEN = frozenset({TaskStatus.PENDING, TaskStatus.WAITING, TaskStatus.BLOCKED})


async def carry_out_together(
    text: str, goals: Sequence[Goal], engine: Engine, desk: Desk
) -> tuple[Goal, Sequence[Task]] | None:
    """The goal, and its tasks that have become what was said; None where it is not surely said of one goal's tasks, or
    one of them can't become so."""
    named = named_each(text)
    said = _said_of(named, goals)
    goal = await _goal_of(named, goals, engine, desk) if said is not None else None
    if said is None or goal is None:
        return None
    change = engine.skip_tasks if said.meaning is Meaning.SKIP else engine.complete_tasks
    why = said.text or ("you skipped it" if said.meaning is Meaning.SKIP else "")
    numbers = tuple(dict.fromkeys(one.task for one in named))  # «2 and 1.2 done» names one twice
    try:
        newest = await change(goal.id, numbers, why, cause=desk.cause())
    except RefusedError:
        return None
    return newest, [newest.task(number) for number in numbers]


def _said_of(named: Sequence[Named], goals: Sequence[Goal]) -> Said | None:
    """That they are done or to be skipped; None for anything else, and where it may be about a plan that waits."""
    found = {deed_in(one.words, Asked()) for one in named[: _MOST + 1]}
    said = found.pop() if len(found) == 1 else None
    if said is None or len(named) > _MOST or re.search(r"\d", said.text):  # «done, 3 skip» tells of more
        return None
    is_of_plan = said.meaning is Meaning.SKIP and any(goal.status is GoalStatus.PROPOSED for goal in goals)
    return said if said.meaning in (Meaning.DONE, Meaning.SKIP) and not is_of_plan else None


async def _goal_of(named: Sequence[Named], goals: Sequence[Goal], engine: Engine, desk: Desk) -> Goal | None:
    """The one goal of which all of them can be open tasks; None for none or several."""
    changed = await engine.ledger.led_to(desk.cause())
    if changed is not None:  # handled again after a crash: they are done already
        return await engine.goal(changed)
    found = [goal for goal in goals if goal.started_at is not None and all(_is_open(one, goal) for one in named)]
    return found[0] if len(found) == 1 else None


def _is_open(one: Named, goal: Goal) -> bool:
    task = next((task for task in goal.live_tasks if task.number == one.task), None)
    return one.goal in (None, goal.id) and task is not None and task.status in _OPEN and is_persons(task)
