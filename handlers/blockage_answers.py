"""Answers to a blockage: resolved, information, skip, re-plan, stop; by button and in words."""

import datetime as dt
from typing import TypeAlias

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from engine.absences import Absence, absences
from engine.blockages import Blockage, BlockageKind
from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import BlockageRow, Dialogue, Handled, Outgoing
from engine.values import BlockageNumber, JsonObject
from handlers import keyboards
from handlers.callbacks import BlockageDeed, BlockageTap
from handlers.desk import Desk, number_in
from handlers.gates import About, InDialogue, own_goal
from handlers.goal_card import ask_cancel_of
from handlers.notes import ask_reason, replan
from handlers.person_tasks import ask_until
from handlers.reading.delays import said_until, worded
from handlers.reading.several import tells_of_another
from handlers.reading.words import Meaning, Said, blockage_words, is_moment_alone
from handlers.taps import answer_tap, tapped_message
from handlers.views.blockers import asks_when, blockage_gone, blockage_message, is_last_way_gone, put_off
from handlers.views.letters import edited, letter, line, words
from handlers.views.tasks import task_state
from handlers.views.times import moment

INFORMING = "blockage_info"
_NOTED = "📝 Noted. I keep waiting for what is needed."
AboutBlockage: TypeAlias = tuple[Goal, int, int | None]
"""A goal, the number of its blockage, and the blockage's message, which is edited to what came of it; None for none."""
_SAID = {
    BlockageDeed.RESOLVED: Meaning.RESOLVED,
    BlockageDeed.SKIP: Meaning.SKIP,
    BlockageDeed.REPLAN: Meaning.REPLAN,
    BlockageDeed.STOP: Meaning.STOP,
}


def _open(goal: Goal, number: int) -> Blockage:
    """The blockage, if it is still open. Raises `RefusedError` when it is not."""
    found = goal.blockages.get(BlockageNumber(number))
    if found is None:
        raise RefusedError("already_resolved", "it is no longer open")
    return found


async def _blockage_answered(goal: Goal, number: int, engine: Engine, desk: Desk) -> Blockage | BlockageRow:
    """The blockage that an answer is about. One that this very message has resolved counts: it comes again after a
    crash, and is then told what it came to. Raises `RefusedError` where it is no longer open."""
    if number not in goal.blockages and await engine.ledger.led_to(desk.cause()) == goal.id:
        row = await _kept(goal, number, engine)
        if row is not None:
            return row
    return _open(goal, number)


async def _kept(goal: Goal, number: int, engine: Engine) -> BlockageRow | None:
    """The blockage as the history keeps it; None where there never was one of that number."""
    return next((row for row in await engine.queries.blockages(goal.id) if row.number == number), None)


async def _newest(about: AboutBlockage, engine: Engine) -> AboutBlockage:
    """What stays away is raised anew after each look for it: an answer to an earlier message is about the newest."""
    goal, number, message = about
    if BlockageNumber(number) not in goal.blockages:
        told = await _kept(goal, number, engine)
        for one in goal.blockages.values():
            is_same = told is not None and one.task is not None and one.task == told.task and one.kind == told.kind
            if one.lifts_itself and is_same:
                return goal, one.number, message
    return about


async def show(query: CallbackQuery, callback_data: BlockageTap, goal: Goal, desk: Desk) -> Handled:
    """The blockage's message, from the list."""
    blockage = _open(goal, callback_data.blockage)
    await answer_tap(query)
    return desk.keep(blockage_message(goal, blockage, desk.zone, desk.now))


async def press(query: CallbackQuery, callback_data: BlockageTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Resolved, skip, re-plan or stop."""
    about = (goal, callback_data.blockage, tapped_message(query))
    handled = await carry_out(Said(meaning=_SAID[callback_data.deed]), about, engine, desk)
    await answer_tap(query)
    return handled


async def ask_information(
    query: CallbackQuery, callback_data: BlockageTap, goal: Goal, engine: Engine, desk: Desk
) -> Handled:
    """Give information: asks for it in words."""
    about = await _newest((goal, callback_data.blockage, tapped_message(query)), engine)
    blockage = _open(goal, about[1])
    await answer_tap(query)
    return _ask(blockage, about, desk)


def _ask(blockage: Blockage, about: AboutBlockage, desk: Desk) -> Handled:
    goal, number, message = about
    text = f"What should I know? «{line(blockage.needed or blockage.description, 300)}»"
    asked = letter(desk.here, text, keyboards.leave_button(desk.update_id), goal.id)
    return desk.ask(
        Dialogue(name=INFORMING, facts={"goal": goal.id, "blockage": number, "message": message or 0}), asked
    )


async def take_information(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The information."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    about = (goal, number_in(facts, "blockage"), number_in(facts, "message") or None)
    _refuse_others(words, about)
    said = blockage_words(words)
    is_none = said.meaning in (Meaning.LATER, Meaning.NOTE)  # «not now», «I don't know yet»
    is_none = is_none or is_wish_instead(words)
    informed = said if is_none else Said(meaning=Meaning.INFORM, text=words.strip())
    return await carry_out(informed, about, engine, desk)


async def reply(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, subject: CallbackData, goal: Goal, words: str, answered: int, engine: Engine, desk: Desk
) -> Handled:
    """A reply to the blockage's message."""
    about = (goal, int(getattr(subject, "blockage", 0)), answered)
    _refuse_others(words, about)
    return await carry_out(blockage_words(words), about, engine, desk)


def is_wish_instead(words: str) -> bool:
    """Whether something is wished in place of giving the information that was asked for: «skip it», «re-plan»."""
    said = blockage_words(words)
    return said.meaning in {Meaning.SKIP, Meaning.REPLAN, Meaning.STOP} and not said.text


def _refuse_others(words: str, about: AboutBlockage) -> None:
    """What tells how another task stands («2 done») resolves nothing here."""
    goal, number, _ = about
    held = [one.task for one in goal.blockages.values() if one.number == number and one.task is not None]
    if tells_of_another(words, goal.id, [number, *held]):
        raise SkipHandler


async def carry_out(said: Said, about: AboutBlockage, engine: Engine, desk: Desk) -> Handled:
    """Do what was said about a blockage, and edit its message (None: none) to what came of it."""
    goal, number, message = about = await _newest(about, engine)
    cause = desk.cause()
    match said.meaning:
        case Meaning.STOP:
            return ask_cancel_of(goal, desk)
        case Meaning.NOTE:
            await engine.add_note(goal.id, said.text, cause=cause)
            return desk.keep(letter(desk.here, _NOTED, (), goal.id))
        case Meaning.SKIP:
            task = (await _blockage_answered(goal, number, engine, desk)).task
            if task is None:
                raise RefusedError("no_task_to_skip", "it holds up the whole goal, so there is no task to skip")
            newest = await engine.skip_task(goal.id, task, said.text or "you skipped it", cause=cause)
            return _answered(about, desk, edited(task_state(newest, newest.task(task), desk.zone, desk.now), message))
        case Meaning.REPLAN:
            if (wished := await _replan_as_said(said, about, engine, desk)) is not None:
                return wished
            why = (await _blockage_answered(goal, number, engine, desk)).description
            await engine.request_adaptation(goal.id, why, cause=cause)
            told = "🗺 I'm looking for another way; the new plan comes in a moment."
        case Meaning.LATER:
            return await _later(said.text, about, engine, desk)
        case Meaning.INFORM if not said.text:
            return _ask(_open(goal, number), about, desk)
        case Meaning.INFORM if (until := _until(said.text, about, desk)) is not None:
            return await _put_off(said.text, until, about, engine, desk)
        case _:
            await engine.resolve_blockage(f"{goal.id}:{number}", said.text, cause=cause)
            told = f"✅ Resolved{': ' + words(said.text, 500) if said.text else ''}. It goes on."
    return _answered(about, desk, edited(blockage_gone(goal, told), message))


def _until(text: str, about: AboutBlockage, desk: Desk) -> dt.datetime | None:
    """Until when something is in the way, by what was said about it; None where that tells something else. A moment
    alone tells it, too, unless that is what was asked for."""
    goal, number, _ = about
    found = said_until(text, desk.now, desk.zone)
    asked = goal.blockages.get(BlockageNumber(number))
    if found is None and is_moment_alone(text) and not (asked is not None and asks_when(asked)):
        found = worded(text, desk.now, desk.zone)
    return found if found is not None and found > desk.now else None


async def _replan_as_said(said: Said, about: AboutBlockage, engine: Engine, desk: Desk) -> Handled | None:
    """Another plan for a reason of the person's own, who is asked for one where no way is left; None without one."""
    goal, number, _ = about
    if said.text:
        _open(goal, number)
        return await replan(goal, said.text, engine, desk)
    if number in goal.blockages and is_last_way_gone(_open(goal, number)):
        return ask_reason(goal, desk, "I know of no other way as things stand. ")
    return None


async def _later(text: str, about: AboutBlockage, engine: Engine, desk: Desk) -> Handled:
    """Put off; without a moment that can be read it is asked until when."""
    goal, number, message = about
    until = worded(text, desk.now, desk.zone) if text else None
    if until is not None:
        return await _put_off(text, until, about, engine, desk)
    task = _open(goal, number).task
    if task is None:
        raise RefusedError("needs_date", "a day alone does not resolve it")
    return ask_until((goal, goal.task(task), message), desk)


async def _put_off(text: str, until: dt.datetime, about: AboutBlockage, engine: Engine, desk: Desk) -> Handled:
    """What is in the way is so until a day that was named: it is waited for, and the task goes on by itself then."""
    goal, number, message = about
    blockage = await _blockage_answered(goal, number, engine, desk)
    if blockage.task is None:
        raise RefusedError("needs_date", "a day alone does not resolve it")
    resource = blockage.needed if isinstance(blockage, Blockage) and blockage.kind is BlockageKind.RESOURCE else ""
    if resource in absences(goal, desk.now):
        away = Absence(until=until)
        newest = await engine.miss_resource(goal.id, resource, away, cause=desk.cause())
    else:
        newest = await engine.put_off_blockage(goal.id, number, text, until, cause=desk.cause())
        if number in newest.blockages:  # what was cut off is a question that no day answers
            return desk.keep(letter(desk.here, _NOTED, (), goal.id))
    told = put_off(newest, newest.task(blockage.task), text, moment(until, desk.zone, desk.now))
    return _answered(about, desk, edited(told, message))


def _answered(about: AboutBlockage, desk: Desk, reply: Outgoing) -> Handled:
    """Answer and close the question about this blockage; a question about something else stays open."""
    goal, number, _ = about
    asked = desk.dialogue_of(INFORMING)
    ours = False
    if asked is not None and asked.facts.get("goal") == goal.id:
        told = number_in(asked.facts, "blockage")
        ours = told == number or told not in goal.blockages  # nothing else ends a question about an earlier look
    return desk.end(reply) if ours else desk.keep(reply)


def routes() -> Router:
    """Blockages and the answers to them."""
    router = Router(name="blockage_answers")
    router.message.register(reply, About(BlockageTap))
    router.message.register(take_information, InDialogue(INFORMING))
    router.callback_query.register(show, BlockageTap.filter(F.deed == BlockageDeed.OPEN))
    router.callback_query.register(ask_information, BlockageTap.filter(F.deed == BlockageDeed.INFORM))
    router.callback_query.register(press, BlockageTap.filter())
    return router
