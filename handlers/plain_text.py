"""Plain text outside any dialogue: an answer to the one thing that waits, or «Make this a goal?»."""

from collections.abc import Sequence
from dataclasses import replace

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal, GoalStatus
from engine.records import Dialogue, Handled, without_buttons
from engine.reporting.notices import NoticeKind
from engine.tasks import Task
from engine.values import JsonObject
from handlers import keyboards
from handlers.callbacks import OfferDeed, OfferTap, TaskDeed
from handlers.desk import Desk, number_in
from handlers.gates import InDialogue, is_command
from handlers.goal_card import ask_cancel_of
from handlers.goal_setup import begin
from handlers.plans.editing import change_in_words
from handlers.plans.review import pick_in_words, place_of, start_in_words
from handlers.reading.words import Meaning, Said, is_no, is_plain_answer, is_yes, plan_words, task_words
from handlers.small_talk import SmallTalk, small_talk
from handlers.taps import answer_tap, readable_message, tapped_message
from handlers.task_answers import asked_of, carry_out
from handlers.views.letters import edited, letter, under
from handlers.views.setup import offer
from handlers.views.signs import waits_for_person
from handlers.views.small_talk import talk_small

OFFER = "offer"
LOOKED_AT = 20
"""Goals whose waiting tasks a plain answer could mean."""
_DEEDS = {
    Meaning.DONE: TaskDeed.DONE,
    Meaning.SKIP: TaskDeed.SKIP,
    Meaning.LATER: TaskDeed.LATER,
    Meaning.PROBLEM: TaskDeed.PROBLEM,
}
_SIGNS = {TaskDeed.DONE: "✅", TaskDeed.SKIP: "➖", TaskDeed.LATER: "⏰", TaskDeed.PROBLEM: "🚧"}
_LONGEST_ANSWER = 60
"""Signs; longer texts are never taken for an answer to a question that nobody replied to."""


async def hear(message: Message, engine: Engine, desk: Desk) -> Handled:
    """What the text answers, if one thing waits for such an answer; otherwise the offer to make it a goal."""
    text = message.text or ""
    small = small_talk(text)
    if len(text) <= _LONGEST_ANSWER and small is not SmallTalk.HELP:
        answered = await _answered(text, engine, desk)
        if answered is not None:
            return desk.turned_away(answered)
    if desk.is_confirming:
        return desk.keep(letter(desk.here, "Please answer «yes» or «no», or send /cancel to leave this."))
    if message.chat.type != "private" and not _to_us(message):
        return desk.keep()
    if small is not None:
        return desk.keep(talk_small(desk.here, small, text))
    shown = under(offer(desk.here, text, message.message_id), message.message_id)
    return desk.ask(Dialogue(name=OFFER, facts={"message": message.message_id, "text": text}), shown)


def _to_us(message: Message) -> bool:
    """In a group: whether it was said to the bot."""
    replied = message.reply_to_message
    return replied is not None and replied.from_user is not None and replied.from_user.is_bot


async def _answered(text: str, engine: Engine, desk: Desk) -> Handled | None:
    """The text as an answer to what waits; None when it answers nothing."""
    rows = await engine.queries.goals_of(desk.here, ended=False, offset=0, limit=LOOKED_AT)
    goals = [goal for row in rows for goal in await engine.family(row.id) if goal.owner == desk.user]
    fitting = [
        (said, goal, task)
        for goal in goals
        for task in goal.live_tasks
        if waits_for_person(task) and is_plain_answer(said := task_words(text, asked_of(task)), text)
    ]
    if len(fitting) == 1:
        said, goal, task = fitting[0]
        handled = await carry_out(said, (goal, task, None), engine, desk)
        if (await engine.goal(goal.id)).task(task.number).revision == task.revision:
            return handled  # nothing came of it yet
        return await _with_buttons_gone(handled, goal, (NoticeKind.TASK_FOR_PERSON, NoticeKind.REMINDER), task, desk)
    if fitting:
        return _which_task(fitting, desk)
    proposed = [goal for goal in goals if goal.status is GoalStatus.PROPOSED]
    return await _about_plan(plan_words(text), proposed[0], engine, desk) if len(proposed) == 1 else None


async def _with_buttons_gone(
    handled: Handled, goal: Goal, kinds: Sequence[NoticeKind], task: Task | None, desk: Desk
) -> Handled:
    """What was handled, with the buttons gone from the messages that asked for it; `task` None: for the goal."""
    asked = await desk.conversations.messages_of(goal.id, kinds, task.number if task is not None else None)
    served = (without_buttons(desk.here, message) for message in asked)
    return replace(handled, replies=(*handled.replies, *served)) if goal.chat == desk.here else handled


def _which_task(found: Sequence[tuple[Said, Goal, Task]], desk: Desk) -> Handled:
    """Asks which task is meant; where all that was said is in one button, that button does it."""
    rows = []
    for said, goal, task in found[:10]:
        deed = TaskDeed.OPEN if said.text else _DEEDS.get(said.meaning, TaskDeed.OPEN)
        sign = _SIGNS.get(deed, "🙋")
        rows.append([keyboards.task_tap(f"{sign} {task.number}. {task.title}", deed, goal, task)])
    return desk.keep(letter(desk.here, "Several things wait for you. Which one do you mean?", rows))


async def _about_plan(said: Said, goal: Goal, engine: Engine, desk: Desk) -> Handled | None:
    """The text as an answer to the one plan that waits; None when it is none."""
    match said.meaning:
        case Meaning.START:
            handled = await start_in_words(goal, engine, desk, goal.plan_version, None)
            return await _with_buttons_gone(handled, goal, (NoticeKind.PLAN_READY,), None, desk)
        case Meaning.CANCEL:
            return ask_cancel_of(goal, desk)
        case Meaning.PICK:
            handled = await pick_in_words(said, goal, engine, desk, None)
            return (
                await _with_buttons_gone(handled, goal, (NoticeKind.PLAN_READY,), None, desk)
                if place_of(said, goal)
                else handled
            )
        case Meaning.UNCLEAR:
            return None
        case _:
            return await change_in_words(said, goal, engine, desk)


async def answer_offer(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """«yes» or «no» to the offer; anything else is a new text."""
    if is_yes(words):
        return await begin(str(facts.get("text") or ""), engine, desk)
    if is_no(words):
        return desk.end(letter(desk.here, "All right. /help shows what else you can say."))
    return await hear(message, engine, desk)


async def press_offer(query: CallbackQuery, callback_data: OfferTap, engine: Engine, desk: Desk) -> Handled:
    """Yes or No; an old offer finds its text in the message it replies to."""
    kept = desk.dialogue_of(OFFER)
    current = kept is not None and number_in(kept.facts, "message") == callback_data.of
    text = str(kept.facts.get("text") or "") if kept is not None and current else _offered(query)
    if callback_data.deed is OfferDeed.NO:
        await answer_tap(query)
        gone = edited(letter(desk.here, "All right, no goal."), tapped_message(query))
        return desk.end(gone) if current else desk.keep(gone)
    if not text:
        await answer_tap(query, "That message is gone. Send it again, or use /goal.")
        return desk.keep(edited(letter(desk.here, "This question is closed."), tapped_message(query)))
    await answer_tap(query)
    return await begin(text, engine, desk, tapped_message(query))


def _offered(query: CallbackQuery) -> str:
    shown = readable_message(query)
    replied = shown.reply_to_message if shown is not None else None
    return (replied.text or "") if replied is not None else ""


def routes() -> Router:
    """Plain text, after everything more particular."""
    router = Router(name="plain_text")
    router.message.register(answer_offer, InDialogue(OFFER))
    router.message.register(hear, F.text, lambda message: not is_command(message))
    router.callback_query.register(press_offer, OfferTap.filter())
    return router
