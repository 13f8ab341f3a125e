"""The run of a task: one at a time, gone on with however often the task's attempts end. Imports no pydantic-ai."""

import datetime as dt

from engine.agents.runs.facts import OVER, NewRun, Run, RunKind
from engine.goals import Goal
from engine.ports import Runs
from engine.tasks import Task


async def run_of(runs: Runs, goal: Goal, task: Task, now: dt.datetime) -> Run:
    """The run to go on with: the task's newest, unless that is over; a new one then."""
    newest = await runs.of_task(goal.id, task.number)
    if newest is not None and newest.status not in OVER:
        return newest
    key = f"task:{goal.id}.{task.number}#{task.attempt_serial}"
    new = NewRun(key=key, kind=RunKind.TASK, goal=goal.id, task=task.number, chat=goal.chat, user=goal.owner)
    return await runs.begin(new, now)
