"""A command without its slash, said of the goal replied to or of any; and the answer in words to «the tasks of which
goal?»: its number, or its name.
"""

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import CommandObject
from aiogram.types import Message

from engine.goal_engine import GoalEngine as Engine
from engine.planning.criteria.wording import subjects
from engine.records import Handled
from engine.values import JsonObject
from handlers.callbacks import GoalDeed
from handlers.choosing import GoalUnclearError, goals_to_choose
from handlers.desk import WHICH_GOAL, Desk
from handlers.files.receiving import goal_replied_to
from handlers.files.showing import show_files
from handlers.forecast import show_forecast
from handlers.gates import InDialogue
from handlers.goal_card import (
    cancel_command,
    fail_command,
    pause_command,
    reopen_command,
    resume_command,
    show_status,
)
from handlers.goal_details import show_blockers, show_log, show_tasks
from handlers.money import budget, cost, spent
from handlers.notes import note_command, replan_command
from handlers.reading.naming import picked
from handlers.reading.words import is_no
from handlers.small_talk import REOPEN, command_said, said_of_goal
from handlers.views.letters import letter
from handlers.why import why_command

_COMMANDS = {
    GoalDeed.OPEN: show_status,
    GoalDeed.TASKS: show_tasks,
    GoalDeed.BLOCKERS: show_blockers,
    GoalDeed.LOG: show_log,
    GoalDeed.FORECAST: show_forecast,
    GoalDeed.NOTE: note_command,
    GoalDeed.REPLAN: replan_command,
    GoalDeed.WHY: why_command,
    GoalDeed.BUDGET: budget,
    GoalDeed.COST: cost,
    GoalDeed.SPENT: spent,
    GoalDeed.FILES: show_files,
    GoalDeed.PAUSE: pause_command,
    GoalDeed.RESUME: resume_command,
    GoalDeed.FAIL: fail_command,
    GoalDeed.CANCEL: cancel_command,
    GoalDeed.REOPEN: reopen_command,
}
_BY_NAME = {
    "status": GoalDeed.OPEN,
    "tasks": GoalDeed.TASKS,
    "blockers": GoalDeed.BLOCKERS,
    "log": GoalDeed.LOG,
    "forecast": GoalDeed.FORECAST,
    "why": GoalDeed.WHY,
    "budget": GoalDeed.BUDGET,
    "cost": GoalDeed.COST,
    "files": GoalDeed.FILES,
    "pause": GoalDeed.PAUSE,
    "resume": GoalDeed.RESUME,
    "cancel": GoalDeed.CANCEL,
    "note": GoalDeed.NOTE,
    "replan": GoalDeed.REPLAN,
    "fail": GoalDeed.FAIL,
    REOPEN: GoalDeed.REOPEN,
}
"""Commands that are about a goal, and need no more words than their name."""


async def without_slash(message: Message, engine: Engine, desk: Desk) -> Handled | None:
    """What the command that was said without its slash does; None where it is about no goal, or none was said."""
    name, rest = command_said(message.text or "")
    deed = _BY_NAME.get(name)
    if deed is None:
        return None
    goal = goal_replied_to(message)
    command = CommandObject(args=f"{goal}: {rest}" if goal else rest)
    return desk.turned_away(await _COMMANDS[deed](message, command, engine, desk))


async def of_goal_named(message: Message, engine: Engine, desk: Desk) -> Handled | None:
    """What such a command does with the goal that the words name («cancel the fence»); None where they name none.

    Raises `GoalUnclearError` where they fit several.
    """
    name, words = said_of_goal(message.text or "")
    deed, wanted = _BY_NAME.get(name), subjects(words)
    if deed is None or not wanted:
        return None
    rows = [row for row in await goals_to_choose(engine, desk, deed) if wanted <= subjects(row.name)]
    if len(rows) > 1:
        raise GoalUnclearError(rows, deed, "")
    return await _COMMANDS[deed](message, CommandObject(args=str(rows[0].id)), engine, desk) if rows else None


async def answer_which(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The command again, with the goal that was named; anything else is a new text, but for a «no»."""
    if is_no(words):
        return desk.end(letter(desk.here, "All right. Nothing was changed."))
    deed = GoalDeed(str(facts.get("deed")))
    rows = await goals_to_choose(engine, desk, deed)
    places = picked(words, [(str(row.id), row.name) for row in rows])
    if len(places) != 1:
        raise SkipHandler
    named = f"{rows[places[0]].id}: {facts.get('text') or ''}".strip()
    return desk.turned_away(await _COMMANDS[deed](message, CommandObject(args=named), engine, desk))


def routes() -> Router:
    """The answer to the question which goal is meant."""
    router = Router(name="which_goal")
    router.message.register(answer_which, InDialogue(WHICH_GOAL))
    return router
