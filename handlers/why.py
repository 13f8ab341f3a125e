"""/why: why the plan is this one, and why a task is in it."""

import re
from contextlib import suppress

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text

from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.reasons import why_goal, why_task_of
from engine.records import Handled
from engine.tasks import TaskStatus
from engine.values import TaskNumber
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap
from handlers.choosing import GoalUnclearError, goal_meant
from handlers.desk import Desk
from handlers.taps import answer_tap
from handlers.views.letters import letter, line, stacked


async def why_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/why, /why GOAL, /why GOAL.TASK, and /why TASK where there is one goal alone"""
    args = (command.args or "").strip()
    pair = re.fullmatch(r"#?(\d{1,16})[. ]+#?(\d{1,9})", args)
    if pair is not None:
        goal, _ = await goal_meant(pair[1], engine, desk, GoalDeed.WHY)
        return await _told(goal, int(pair[2]), engine, desk)
    if re.fullmatch(r"#?\d{1,9}", args):
        with suppress(GoalUnclearError):  # of several goals, the number means one of them
            goal, _ = await goal_meant("", engine, desk, GoalDeed.WHY)
            number = int(args.lstrip("#"))
            if TaskNumber(number) in goal.tasks or number != goal.id:  # the goal itself is what /why alone means
                return await _told(goal, number, engine, desk)
    goal, _ = await goal_meant(args, engine, desk, GoalDeed.WHY)
    return await _told(goal, None, engine, desk)


async def press_why(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The same by button."""
    await answer_tap(query)
    return await _told(goal, None, engine, desk)


async def _told(goal: Goal, number: int | None, engine: Engine, desk: Desk) -> Handled:
    if number is None:
        lines = await why_goal(engine.queries, goal, desk.now)
        head = Text("💭 ", Bold(f"Why this plan for «{line(goal.name, 150)}»?"))
        hint = "Of a single task: /why and its number." if lines else "There is nothing to tell of it yet."
    else:
        task = goal.task(number)
        gone = ("It is not in the plan any more.",) if task.status is TaskStatus.SUPERSEDED else ()
        lines = (*gone, *await why_task_of(engine.queries, goal, task))
        head = Text("💭 ", Bold(f"Why «{line(task.title, 150)}»?"))
        hint = ""
    shown = [head, "", *(f"• {line(one, 600)}" for one in lines[:16]), *(("", hint) if hint else ())]
    return desk.keep(letter(desk.here, stacked(shown), keyboards.see_goal(goal.id), goal.id))


def routes() -> Router:
    """Reasons."""
    router = Router(name="why")
    router.message.register(why_command, Command("why"))
    router.callback_query.register(press_why, GoalTap.filter(F.deed == GoalDeed.WHY))
    return router
