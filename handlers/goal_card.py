"""The card and what it does: /status, /cancel, /fail, pausing, resuming, reopening, another deadline."""

import datetime as dt
import re

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text

from engine.commands import GoalEdit
from engine.errors import InvalidInputError, RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.planning.criteria.moments import parse_deadline
from engine.records import Dialogue, Handled
from engine.values import JsonObject
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap
from handlers.choosing import goal_meant
from handlers.desk import CONFIRM_CANCEL, CONFIRM_FAIL, WHICH_GOAL, Desk, number_in
from handlers.gates import About, InDialogue, own_goal
from handlers.present import present
from handlers.reading.words import is_no, is_sure, is_yes
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, letter, line, stacked, words
from handlers.views.times import moment

NEW_DEADLINE = "new_deadline"
_NO_DATE = re.compile(r"(?:none|no (?:deadline|date)|without(?: an?)?(?: deadline| date)?)(?: any ?more)?[.! ]*", re.I)


async def show_status(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/status"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.OPEN)
    return desk.keep(card=goal.id)


async def open_card(query: CallbackQuery, goal: Goal, desk: Desk) -> Handled:
    """The card anew, at the end of the chat."""
    await answer_tap(query)
    return desk.keep(card=goal.id)


async def pause(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Nothing new starts; what runs may finish."""
    await engine.pause_goal(goal.id, cause=desk.cause())
    await answer_tap(query, "Paused. What runs now may still finish.")
    return desk.keep()


async def resume(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """It goes on."""
    await engine.resume_goal(goal.id, cause=desk.cause())
    await answer_tap(query, "It goes on.")
    return desk.keep()


async def pause_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/pause"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.PAUSE)
    await engine.pause_goal(goal.id, cause=desk.cause())
    return desk.keep(letter(desk.here, "Paused. What runs now may still finish.", (), goal.id), card=goal.id)


async def resume_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/resume"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.RESUME)
    await engine.resume_goal(goal.id, cause=desk.cause())
    return desk.keep(letter(desk.here, "It goes on.", (), goal.id), card=goal.id)


async def reopen(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Take an ended goal up again."""
    newest = await engine.reopen_goal(goal.id, cause=desk.cause())
    gone = goal.deadline is not None and newest.deadline is None
    await answer_tap(query, "Open again, without its deadline: that has passed." if gone else "Open again.")
    return desk.keep(card=goal.id)


async def reopen_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """«reopen it»"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.REOPEN)
    await engine.reopen_goal(goal.id, cause=desk.cause())
    return desk.keep(card=goal.id)


async def cancel_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/cancel asks whether to cancel a goal, where it leaves no open question."""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.CANCEL)
    return ask_cancel_of(goal, desk)


async def ask_cancel(query: CallbackQuery, goal: Goal, desk: Desk) -> Handled:
    """The same from a button."""
    await answer_tap(query)
    return ask_cancel_of(goal, desk)


def ask_cancel_of(goal: Goal, desk: Desk) -> Handled:
    """Cancelling a goal asks first."""
    if goal.has_ended:
        raise RefusedError("goal_ended", f"«{goal.name}» has ended")
    question = Text("Cancel ", Bold(line(goal.name, 200)), "? What is done stays in the log; nothing more is started.")
    buttons = keyboards.confirm_buttons(goal.id, "Yes, cancel it", GoalDeed.CANCEL_YES)
    asked = letter(desk.here, question, buttons, goal.id)
    return desk.ask(Dialogue(name=CONFIRM_CANCEL, facts={"goal": goal.id}), asked)


async def cancel(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The yes to it."""
    await engine.cancel_goal(goal.id, "you cancelled it", cause=desk.cause())
    await answer_tap(query, "Cancelled.")
    text = Text("✖️ Cancelled: ", Bold(line(goal.name, 200)))
    return desk.end(edited(letter(desk.here, text, (), goal.id), tapped_message(query)))


async def fail_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/fail REASON"""
    goal, reason = await goal_meant(command.args, engine, desk, GoalDeed.FAIL)
    return _ask_fail(goal, reason, desk)


async def ask_fail(query: CallbackQuery, goal: Goal, desk: Desk) -> Handled:
    """The goal that /fail was about, chosen by button."""
    await answer_tap(query)
    kept = desk.dialogue_of(WHICH_GOAL)
    return _ask_fail(goal, str(kept.facts.get("text") or "") if kept is not None else "", desk)


def _ask_fail(goal: Goal, reason: str, desk: Desk) -> Handled:
    if goal.has_ended:
        raise RefusedError("goal_ended", f"«{goal.name}» has ended")
    lines: list[Text | str] = [Text("Mark ", Bold(line(goal.name, 200)), " as failed?")]
    if reason:
        lines.append(f"Reason: {words(reason, 1000)}")
    buttons = keyboards.confirm_buttons(goal.id, "Yes, it has failed", GoalDeed.FAIL_YES)
    asked = letter(desk.here, stacked([*lines, "Reopen can take it up again later."]), buttons, goal.id)
    return desk.ask(Dialogue(name=CONFIRM_FAIL, facts={"goal": goal.id, "reason": reason}), asked)


async def fail(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The yes to it, with the reason that was given."""
    kept = desk.dialogue_of(CONFIRM_FAIL)
    known = kept is not None and kept.facts.get("goal") == goal.id
    reason = str(kept.facts.get("reason") or "") if kept is not None and known else ""
    await engine.fail_goal(goal.id, reason or "given up by you", cause=desk.cause())
    await answer_tap(query, "Marked as failed.")
    text = Text("⚠️ Marked as failed: ", Bold(line(goal.name, 200)))
    return desk.end(edited(letter(desk.here, text, (), goal.id), tapped_message(query)))


async def confirm_in_words(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """«yes» or «no» to cancelling or failing; other words may be about something else."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    failing = desk.dialogue is not None and desk.dialogue.name == CONFIRM_FAIL
    if is_no(words):
        return desk.end(letter(desk.here, f"«{line(goal.name)}» goes on."))
    if not is_sure(words):
        raise SkipHandler
    if failing:
        await engine.fail_goal(goal.id, str(facts.get("reason") or "") or "given up by you", cause=desk.cause())
    else:
        await engine.cancel_goal(goal.id, "you cancelled it", cause=desk.cause())
    return desk.end()


async def keep_going(query: CallbackQuery, callback_data: GoalTap, goal: Goal, desk: Desk) -> Handled:
    """The no to cancelling or failing."""
    await answer_tap(query, "It goes on." if not goal.has_ended else "")
    now = present(callback_data, goal, desk)
    return desk.end(edited(now, tapped_message(query))) if now is not None else desk.end()


async def more_time(query: CallbackQuery, callback_data: GoalTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """A day or a week more than the deadline that passed."""
    if goal.deadline_grace is None:
        raise RefusedError("deadline_moved", "the deadline is not in question")
    longer = dt.timedelta(days=1 if callback_data.deed is GoalDeed.DAY_MORE else 7)
    until = max(goal.deadline or desk.now, desk.now) + longer
    newest = await engine.edit_goal(goal.id, GoalEdit(deadline=until), cause=desk.cause())
    await answer_tap(query, "The deadline is moved.")
    return desk.keep(edited(letter(desk.here, _new_date(newest, desk), (), goal.id), tapped_message(query)))


def _new_date(goal: Goal, desk: Desk) -> Text:
    when = moment(goal.deadline, desk.zone, desk.now) if goal.deadline is not None else "none"
    return Text("📅 ", Bold(line(goal.name, 200)), f"\nNew deadline: {when}")


async def ask_date(query: CallbackQuery, goal: Goal, desk: Desk) -> Handled:
    """Asks for the new deadline in words."""
    if goal.has_ended:
        raise RefusedError("goal_ended", f"«{goal.name}» has ended")
    await answer_tap(query)
    text = f"Until when for «{line(goal.name)}»? Such as «in 2 weeks», «28 Nov 18:00» or «none»."
    asked = letter(desk.here, text, keyboards.leave_button(desk.update_id), goal.id)
    return desk.ask(Dialogue(name=NEW_DEADLINE, facts={"goal": goal.id}), asked)


async def take_date(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The new deadline, in words."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    until = parse_deadline(words, now=desk.now, zone=desk.zone)
    newest = await engine.edit_goal(goal.id, GoalEdit(deadline=until), cause=desk.cause())
    return desk.end(letter(desk.here, _new_date(newest, desk), (), goal.id))


async def reply(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, subject: CallbackData, goal: Goal, words: str, answered: int, engine: Engine, desk: Desk
) -> Handled:
    """A reply to a deadline («in 2 weeks», of one that passed also «let it fail») or to an end («reopen»)."""
    if isinstance(subject, GoalTap) and subject.deed is GoalDeed.REOPEN:
        if not (is_yes(words) or re.match(r"re-?open|again|take it up|try again|undo", words.strip(), re.I)):
            return desk.keep(letter(desk.here, "Reply «reopen» to take this goal up again.", (), goal.id))
        await engine.reopen_goal(goal.id, cause=desk.cause())
        return desk.keep(card=goal.id)
    if isinstance(subject, GoalTap) and subject.deed is GoalDeed.NEW_DATE:
        return await _other_date(goal, words, engine, desk)
    if goal.deadline_grace is None:
        raise RefusedError("deadline_moved", "the deadline is not in question")
    if is_no(words) or re.match(r"(?:let it )?fail|give up", words.strip(), re.I):
        await engine.fail_goal(goal.id, "the deadline passed", cause=desk.cause())
        return desk.keep()
    until = parse_deadline(re.sub(r"^\+\s*", "in ", words.strip()), now=desk.now, zone=desk.zone)
    newest = await engine.edit_goal(goal.id, GoalEdit(deadline=until), cause=desk.cause())
    return desk.keep(edited(letter(desk.here, _new_date(newest, desk), (), goal.id), answered))


async def _other_date(goal: Goal, words: str, engine: Engine, desk: Desk) -> Handled:
    """Another date for a deadline in doubt, or none any more; other words may be about something else."""
    try:
        until = parse_deadline(words, now=desk.now, zone=desk.zone)
    except InvalidInputError:
        raise SkipHandler from None
    if until is None and not _NO_DATE.fullmatch(words.strip()):
        raise SkipHandler
    newest = await engine.edit_goal(goal.id, GoalEdit(deadline=until), cause=desk.cause())
    return desk.keep(letter(desk.here, _new_date(newest, desk), (), goal.id))


async def let_fail(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """No further date: the goal fails."""
    if goal.deadline_grace is None:
        raise RefusedError("deadline_moved", "the deadline is not in question")
    await engine.fail_goal(goal.id, "the deadline passed", cause=desk.cause())
    await answer_tap(query, "Marked as failed.")
    text = Text("⚠️ The deadline passed: ", Bold(line(goal.name, 200)))
    return desk.keep(edited(letter(desk.here, text, (), goal.id), tapped_message(query)))


def routes() -> Router:
    """The card, its buttons, and the commands that do the same."""
    router = Router(name="goal_card")
    router.message.register(show_status, Command("status"))
    router.message.register(pause_command, Command("pause"))
    router.message.register(resume_command, Command("resume"))
    router.message.register(cancel_command, Command("cancel"))
    router.message.register(fail_command, Command("fail"))
    router.message.register(confirm_in_words, InDialogue(CONFIRM_CANCEL))
    router.message.register(confirm_in_words, InDialogue(CONFIRM_FAIL))
    router.message.register(take_date, InDialogue(NEW_DEADLINE))
    router.message.register(reply, About(GoalTap))
    for deed, handler in (
        (GoalDeed.OPEN, open_card),
        (GoalDeed.PAUSE, pause),
        (GoalDeed.RESUME, resume),
        (GoalDeed.REOPEN, reopen),
        (GoalDeed.CANCEL, ask_cancel),
        (GoalDeed.CANCEL_YES, cancel),
        (GoalDeed.FAIL, ask_fail),
        (GoalDeed.FAIL_YES, fail),
        (GoalDeed.KEEP, keep_going),
        (GoalDeed.NEW_DATE, ask_date),
        (GoalDeed.LET_FAIL, let_fail),
    ):
        router.callback_query.register(handler, GoalTap.filter(F.deed == deed))
    router.callback_query.register(more_time, GoalTap.filter(F.deed.in_({GoalDeed.DAY_MORE, GoalDeed.WEEK_MORE})))
    return router
