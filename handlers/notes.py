"""/note and /replan: an observation kept with the progress, and the wish for another plan."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text

from engine.execution.blocking import WORDLESS
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled
from engine.values import JsonObject
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap
from handlers.changes import follow
from handlers.choosing import goal_meant
from handlers.desk import WHICH_GOAL, Desk, number_in
from handlers.gates import InDialogue, own_goal
from handlers.reading.words import is_enough
from handlers.taps import answer_tap
from handlers.views.changes import looked_at_all
from handlers.views.letters import letter, line

NOTING, REPLANNING = "note", "replan"


async def note_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/note TEXT"""
    goal, text = await goal_meant(command.args, engine, desk, GoalDeed.NOTE)
    return await _note(goal, text, engine, desk) if text else _ask_note(goal, desk)


async def press_note(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The goal that a note is about, chosen by button."""
    await answer_tap(query)
    text = _kept(GoalDeed.NOTE, desk)
    return await _note(goal, text, engine, desk) if text else _ask_note(goal, desk)


def _kept(deed: GoalDeed, desk: Desk) -> str:
    """The words of a command that had to ask which goal it is about; empty when there are none."""
    kept = desk.dialogue_of(WHICH_GOAL)
    return str(kept.facts.get("text") or "") if kept is not None and kept.facts.get("deed") == deed.value else ""


def _ask_note(goal: Goal, desk: Desk) -> Handled:
    text = f"What shall I note about «{line(goal.name)}»?"
    asked = letter(desk.here, text, keyboards.leave_button(desk.update_id), goal.id)
    return desk.ask(Dialogue(name=NOTING, facts={"goal": goal.id}), asked)


async def take_note(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The note, in words."""
    return await _note(await own_goal(engine, desk, number_in(facts, "goal")), words, engine, desk)


async def _note(goal: Goal, text: str, engine: Engine, desk: Desk) -> Handled:
    told = await follow(goal, text, engine, desk, keep=True) if not goal.has_ended else None
    if told is not None:
        return told
    await engine.add_note(goal.id, text, cause=desk.cause())
    kept = Text("📝 Kept with ", Bold(line(goal.name)), ". /log shows it.")
    return desk.end(letter(desk.here, kept, (), goal.id))


async def replan_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/replan REASON"""
    goal, reason = await goal_meant(command.args, engine, desk, GoalDeed.REPLAN)
    known = "" if is_enough(reason) else reason
    return await replan(goal, known, engine, desk) if reason else ask_reason(goal, desk)


async def press_replan(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Re-plan from the card."""
    await answer_tap(query)
    reason = _kept(GoalDeed.REPLAN, desk)
    return await replan(goal, reason, engine, desk) if reason else ask_reason(goal, desk)


def ask_reason(goal: Goal, desk: Desk, known: str = "") -> Handled:
    """What has changed; `known` says why that is asked."""
    text = f"{known}What has changed about «{line(goal.name)}»? A word is enough; «skip» re-plans without one."
    asked = letter(desk.here, text, keyboards.leave_button(desk.update_id), goal.id)
    return desk.ask(Dialogue(name=REPLANNING, facts={"goal": goal.id}), asked)


async def take_reason(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """Why the plan should change, in words."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    return await replan(goal, "" if is_enough(words) else words, engine, desk)


async def replan(goal: Goal, reason: str, engine: Engine, desk: Desk) -> Handled:
    """Do what follows from the words; where they say nothing of their own, have the whole plan looked at."""
    followed = await follow(goal, reason, engine, desk) if reason else None
    if followed is not None:
        return followed
    await engine.request_adaptation(goal.id, reason or WORDLESS, cause=desk.cause())
    told = Text("🗺 I'm making another plan for ", Bold(line(goal.name)), ". What is done stays done.")
    if reason:
        await engine.add_note(goal.id, reason, cause=desk.cause(1))
        told = Text(told, "\n", looked_at_all())
    return desk.end(letter(desk.here, told, (), goal.id))


def routes() -> Router:
    """Notes and wishes for another plan."""
    router = Router(name="notes")
    router.message.register(note_command, Command("note"))
    router.message.register(replan_command, Command("replan"))
    router.message.register(take_note, InDialogue(NOTING))
    router.message.register(take_reason, InDialogue(REPLANNING))
    router.callback_query.register(press_note, GoalTap.filter(F.deed == GoalDeed.NOTE))
    router.callback_query.register(press_replan, GoalTap.filter(F.deed == GoalDeed.REPLAN))
    return router
