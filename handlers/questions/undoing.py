"""«undo»: what somebody can have back, a button for each."""

import re

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram.utils.formatting import Bold

from engine.coding.workspaces import WorkspaceStatus
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Handled
from engine.tasks import Task, TaskStatus
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap, TaskDeed
from handlers.choosing import living_goals
from handlers.code.callbacks import CodeDeed, CodeTap
from handlers.desk import Desk
from handlers.views.letters import letter, line, stacked

_SAID = re.compile(r"\s*(?:please )?undo(?: (?:it|that|this|the last(?: one| thing)?))?(?: please)?[.! ]*", re.I)
_MOST = 4
_MOST_ENDED = 2


async def undo(message: Message, engine: Engine, desk: Desk) -> Handled:
    """Nothing is guessed: each thing that can be had back has a button."""
    skipped: list[tuple[Goal, Task]] = []
    for goal in await living_goals(engine, desk):
        skipped += [(goal, task) for task in goal.tasks.values() if task.status is TaskStatus.SKIPPED]
    newest = sorted(skipped, key=lambda one: (one[1].ended_at is not None, one[1].ended_at), reverse=True)[:_MOST]
    rows = [
        [keyboards.task_tap(f"Skipped: {line(task.title, 40)}", TaskDeed.UNDO, goal, task)] for goal, task in newest
    ]
    listed = await engine.queries.goals_of(desk.here, ended=True, offset=0, limit=_MOST_ENDED, owner=desk.user)
    for row in listed:
        rows += await _of_ended(await engine.goal(row.id), engine)
    if not rows:
        told = (
            "There is nothing to undo. A step that was skipped, a goal that has ended and a branch that was discarded"
        )
        return desk.keep(letter(desk.here, f"{told} can be had back."))
    return desk.keep(letter(desk.here, stacked([Bold("What shall be as it was?")]), rows))


async def _of_ended(goal: Goal, engine: Engine) -> list[list[keyboards.Button]]:
    """Its branch, if that was discarded, and the goal itself."""
    rows = []
    workspace = await engine.workbench.sources.store.workspace(goal.id) if engine.workbench is not None else None
    if workspace is not None and workspace.status is WorkspaceStatus.DISCARDED:
        rows.append(
            [keyboards.button(f"Discarded: {line(workspace.branch, 40)}", CodeTap(deed=CodeDeed.UNDO, goal=goal.id))]
        )
    if keyboards.may_reopen(goal):
        tap = GoalTap(deed=GoalDeed.REOPEN, goal=goal.id)
        rows.append([keyboards.button(f"Reopen: {line(goal.name, 40)}", tap)])
    return rows


async def _is_said(message: Message) -> bool:
    return _SAID.fullmatch(message.text or "") is not None


def routes() -> Router:
    """The word, with and without a slash."""
    router = Router(name="undoing")
    router.message.register(undo, Command("undo"))
    router.message.register(undo, _is_said)
    return router
