"""Plain text outside any dialogue: an answer to the one thing that waits, something for the model to answer, or, where
there is none, what has changed about a goal, or «Make this a goal?»."""

import datetime as dt
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message

from engine.errors import InvalidInputError, RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal, GoalStatus
from engine.planning.criteria.goal_text import is_list_alone, read_goal, set_apart
from engine.planning.criteria.moments import parse_deadline
from engine.records import Dialogue, Handled, without_buttons
from engine.reporting.notices import NoticeKind
from engine.tasks import Task
from engine.values import JsonObject
from handlers import blockage_answers, keyboards, settings
from handlers.callbacks import GoalDeed, GoalTap, OfferDeed, OfferTap, TaskDeed, TaskTap
from handlers.changes import ask_of_goals, follow_resource
from handlers.choosing import living_goals
from handlers.conversation.hearing import has_model, is_asked, take_down
from handlers.desk import OFFER, WHICH_TASK, Desk, number_in
from handlers.gates import InDialogue, is_command, own_goal
from handlers.goal_card import ask_cancel_of
from handlers.goal_setup import begin, is_being_set_up
from handlers.person_tasks import show
from handlers.plans.editing import change_in_words, follow_named, titles
from handlers.plans.review import pick_in_words, place_of, start_in_words, which_plan
from handlers.questions import set_ups
from handlers.questions.fitting import DEEDS, MERE_YES, Waits, fitting_tasks, freed_by, meant
from handlers.questions.together import carry_out_together
from handlers.reading.naming import named_task, picked
from handlers.reading.several import deed_in, tells_of_several
from handlers.reading.steps import steps_in, untold_task
from handlers.reading.words import (
    Asked,
    Meaning,
    is_mere_agreement,
    is_no,
    is_yes,
    plan_words,
)
from handlers.small_talk import SmallTalk, small_talk
from handlers.taps import answer_tap, readable_message, tapped_message
from handlers.task_answers import carry_out
from handlers.views.blockers import asked_about
from handlers.views.letters import edited, letter, line, under
from handlers.views.plans import ask_to_start
from handlers.views.setup import offer
from handlers.views.small_talk import talk_small
from handlers.views.tasks import task_state
from handlers.which_goal import of_goal_named, without_slash

_MOST_CHOICES = 10
_SIGNS = {
    Meaning.DONE: "✅",
    Meaning.RESOLVED: "✅",
    Meaning.SKIP: "➖",
    Meaning.LATER: "⏰",
    Meaning.PROBLEM: "🚧",
}
_ASKING = (NoticeKind.TASK_FOR_PERSON, NoticeKind.REMINDER, NoticeKind.BLOCKAGE)
"""Messages whose buttons have served once their task is answered."""
_FRESH = dt.timedelta(hours=1)
"""Real time in which a plan is what «ok» and «great» are about."""
_BELONGS = re.compile(r"(?:both|together|(?:it|that) belongs (?:to|with) (?:it|that)|add (?:it|that))[.! ]*", re.I)
_ONE_BY_ONE = (
    "One task a message, please, or the same for up to ten of one goal, such as «1 and 3 done» or «skip 2, 4». Nothing"
    " was changed."
)
_LONGEST_BEFORE = 3_000
"""Signs of what was offered that are kept, to be put together with what comes next."""
_LONGEST_ANSWER = 60
"""Signs; longer texts are an answer to a question that nobody replied to only where they are surely one."""


async def hear(message: Message, engine: Engine, desk: Desk) -> Handled:
    """What the text answers, if one thing waits for such an answer; otherwise a turn for the model, or an offer."""
    told = await set_ups.hear(message, engine, desk)
    return told if told is not None else await _heard(message, engine, desk)


async def _heard(message: Message, engine: Engine, desk: Desk) -> Handled:
    text = message.text or ""
    small = small_talk(text)
    talks = has_model(engine)
    ours = _to_us(message)
    asked = ours and talks and small is SmallTalk.NOTHING_ASKED and await is_asked(desk)
    if asked and (is_yes(text) or is_no(text)):
        return take_down(message, desk)
    if small is SmallTalk.NOTHING_ASKED or (len(text) <= _LONGEST_ANSWER and small is not SmallTalk.HELP):
        answered = await _answered(message, engine, desk) or await _acted(engine, desk)
        if answered is not None:
            return desk.turned_away(answered)
    if desk.is_confirming:
        return desk.keep(letter(desk.here, "Please answer «yes» or «no», or send /cancel to leave this."))
    if not ours:
        return desk.keep()
    told = settings.named(text, desk) or await follow_resource(text, engine, desk)
    if told is None and small is SmallTalk.COMMAND:
        told = await without_slash(message, engine, desk)
    if told is not None:
        return told
    if small is not None and not asked:
        return desk.keep(talk_small(desk.here, small, text))
    if talks:
        taken = take_down(message, desk)
        return replace(taken, dialogue=None) if desk.dialogue_of(OFFER) is not None else taken
    told = await ask_of_goals(text, engine, desk) or await of_goal_named(message, engine, desk)
    return told or offered(text, message.message_id, desk)


def offered(text: str, message: int, desk: Desk) -> Handled:
    """To make it a goal; or, where it has no points of its own, a part of what was offered just before."""
    open_one = desk.dialogue_of(OFFER)
    before = _before(open_one.facts) if open_one is not None and not read_goal(text).criteria else []
    facts: JsonObject = {"message": message, "text": text, "earlier": [*before]}
    return desk.ask(Dialogue(name=OFFER, facts=facts), under(offer(desk.here, text, message, before), message))


def _before(facts: JsonObject) -> list[str]:
    """What was offered one after the other, up to what is offered now; the oldest goes where it gets too long."""
    kept = facts.get("earlier")
    texts = [*(str(one) for one in (kept if isinstance(kept, list) else [])), str(facts.get("text") or "")]
    return texts if sum(map(len, texts)) <= _LONGEST_BEFORE else texts[-1:]


def _joined(facts: JsonObject) -> str:
    """One goal of all that was offered one after the other: the first is its name, the others its points."""
    first, *others = _before(facts)
    return "\n".join([first, "criteria:", *others])


def _to_us(message: Message) -> bool:
    """Whether it was said to the bot, as all is but in a group."""
    replied = message.reply_to_message
    is_reply = replied is not None and replied.from_user is not None and replied.from_user.is_bot
    return is_reply or message.chat.type == "private"


async def _answered(message: Message, engine: Engine, desk: Desk) -> Handled | None:
    """The text as an answer to what waits; None when it answers nothing."""
    text, goals = message.text or "", await living_goals(engine, desk)
    proposed = [goal for goal in goals if goal.status is GoalStatus.PROPOSED]
    if len(proposed) < len(goals) and tells_of_several(text, [one.title for goal in goals for one in goal.live_tasks]):
        together = await carry_out_together(text, goals, engine, desk)
        if together is not None:
            return await _told_together(*together, desk)
        if has_model(engine) and _to_us(message):
            return take_down(message, desk)  # it can do one after the other
        return desk.keep(letter(desk.here, _ONE_BY_ONE))
    named = named_task(text)
    if named is not None and named.goal is not None:
        said = deed_in(named.words, Asked()) or freed_by(named.words)
        if said is not None:
            goal = await own_goal(engine, desk, named.goal)
            task = goal.task(named.task)
            return await _carry((meant(named.words, goal, task) or said, goal, task), engine, desk)
    fitting = fitting_tasks(text, goals)
    if fitting:
        late = [goal for goal in goals if goal.deadline_grace is not None]
        return await _settle(message, fitting, late, engine, desk)
    if len(proposed) != 1:
        return which_plan(text, proposed, desk)
    if is_mere_agreement(text) and (desk.now - proposed[0].updated_at) / desk.speed > _FRESH:
        return desk.keep(ask_to_start(proposed[0]))
    return await _about_plan(text, proposed[0], engine, desk)


async def _told_together(goal: Goal, tasks: Sequence[Task], desk: Desk) -> Handled:
    handled = desk.end(*(task_state(goal, task, desk.zone, desk.now) for task in tasks))
    for task in tasks:
        handled = await _with_buttons_gone(handled, goal, _ASKING, task, desk)
    return handled


async def _acted(engine: Engine, desk: Desk) -> Handled | None:
    """What came of a text that is handled again after a crash, and whose question is settled; None where it is new."""
    goal = await engine.ledger.led_to(desk.cause())
    return desk.end(card=goal) if goal is not None else None


async def _settle(
    message: Message, fitting: Sequence[Waits], late: Sequence[Goal], engine: Engine, desk: Desk
) -> Handled:
    """Carries out what can only be meant for one; otherwise asks, since a day may be a deadline's too."""
    dated = [goal for goal in late if fitting[0][0].meaning is Meaning.LATER and fitting[0][0].text]
    if len(fitting) == 1 and not dated:
        return await _carry(fitting[0], engine, desk)
    return _which_task((message.text or "", message.message_id), fitting, dated, desk)


async def _carry(found: Waits, engine: Engine, desk: Desk, question: int | None = None) -> Handled:
    """Do it, and take the buttons off the messages that asked for it. The `question` which task was meant (None: it
    was not asked by button) becomes what came of it."""
    said, goal, task = found
    if said.meaning is Meaning.RESOLVED:
        asked = asked_about(goal, task)
        about = (goal, asked[-1].number if asked else 0, question)
        handled = await blockage_answers.carry_out(said, about, engine, desk)
    else:
        handled = await carry_out(said, (goal, task, question), engine, desk)
    if (await engine.goal(goal.id)).task(task.number).revision == task.revision:
        return handled  # nothing came of it yet
    return await _with_buttons_gone(handled, goal, _ASKING, task, desk)


async def _with_buttons_gone(
    handled: Handled, goal: Goal, kinds: Sequence[NoticeKind], task: Task | None, desk: Desk
) -> Handled:
    """What was handled, with the buttons gone from the messages that asked for it; `task` None: for the goal."""
    asked = await desk.conversations.messages_of(goal.id, kinds, task.number if task is not None else None)
    served = (without_buttons(desk.here, message) for message in asked)
    return replace(handled, replies=(*handled.replies, *served)) if goal.chat == desk.here else handled


def _which_task(asked: tuple[str, int], found: Sequence[Waits], dated: Sequence[Goal], desk: Desk) -> Handled:
    """Asks which task is meant; where all that was said is in one button, that button does it.

    `asked` is the text, with its message: the question replies to that, so that its buttons still know it in a month.
    The answer may be a button, or in words a task's number or how it begins.
    """
    text, message = asked
    rows = []
    for name, (said, goal, task) in zip(_names(found), found[:_MOST_CHOICES], strict=False):
        deed = TaskDeed.SAID if said.text else DEEDS.get(said.meaning, TaskDeed.SAID)
        label = f"{_SIGNS.get(said.meaning, '🙋')} {name}. {task.title}"
        rows.append([keyboards.task_tap(label, deed, goal, task)])
    dates = [(f"📅 The deadline of {goal.name}", GoalTap(deed=GoalDeed.NEW_DATE, goal=goal.id)) for goal in dated]
    rows.extend([keyboards.button(label, tap)] for label, tap in dates)
    question = under(letter(desk.here, "Several things wait for you. Which one do you mean?", rows), message)
    return desk.ask(Dialogue(name=WHICH_TASK, facts={"text": text, "message": message}), question)


def _names(found: Sequence[Waits]) -> list[str]:
    """The tasks' numbers, with their goals' where the tasks are of several."""
    several = len({goal.id for _, goal, _ in found}) > 1
    return [f"{goal.id}.{task.number}" if several else str(task.number) for _, goal, task in found]


async def answer_which(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """Which task was meant, in words; anything else is a new text, but for a «yes» or «no» out of place."""
    text = str(facts.get("text") or "")
    if is_no(words):
        return desk.end(letter(desk.here, "All right. Nothing was changed."))
    found = fitting_tasks(text, await living_goals(engine, desk))
    if found and MERE_YES.fullmatch(words.strip()):  # it may be an answer to none of them, and a choice is for good
        return _which_task((text, number_in(facts, "message")), found, (), desk)
    places = picked(_only_name(words, found), [(f"{goal.id}.{task.number}", task.title) for _, goal, task in found])
    if not places:
        raise SkipHandler
    if len(places) > 1:
        return _which_task((text, number_in(facts, "message")), [found[at] for at in places], (), desk)
    return desk.turned_away(await _carry(found[places[0]], engine, desk))


def _only_name(words: str, found: Sequence[Waits]) -> str:
    """The number in words that say once more what was said («2 done» after «done»); otherwise the words themselves."""
    named = named_task(words)
    deed = deed_in(named.words, Asked()) if named is not None else None
    if named is None or deed is None or deed.text or all(deed.meaning is not said.meaning for said, _, _ in found):
        return words
    return f"{named.goal}.{named.task}" if named.goal is not None else str(named.task)


async def press_which(query: CallbackQuery, callback_data: TaskTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Which task was meant, by button: what was said of it is in the message that the question replies to."""
    found = [one for one in fitting_tasks(_replied_to(query), (goal,)) if one[2].number == callback_data.task]
    if not found and await engine.ledger.led_to(desk.cause()) == goal.id:  # the press comes again after a crash
        became = task_state(goal, goal.task(callback_data.task), desk.zone, desk.now)
        return desk.keep(edited(became, tapped_message(query)))
    if not found:
        return await show(query, callback_data, goal, desk)
    said, _, task = found[0]
    if said.meaning is Meaning.MORE and task.revision != callback_data.revision:
        raise RefusedError("outdated", "the count has moved on")
    handled = await _carry((said, goal, task), engine, desk, tapped_message(query))
    await answer_tap(query)
    return handled


async def _about_plan(text: str, goal: Goal, engine: Engine, desk: Desk) -> Handled | None:
    """The text as an answer to the one plan that waits; None when it is none."""
    said, steps = plan_words(text), steps_in(text, titles(goal))
    match said.meaning:
        case Meaning.START:
            handled = await start_in_words(goal, engine, desk, None)
            return await _with_buttons_gone(handled, goal, (NoticeKind.PLAN_READY,), None, desk)
        case Meaning.CANCEL:
            return ask_cancel_of(goal, desk)
        case Meaning.PICK:
            handled = await pick_in_words(said, goal, engine, desk, None)
            if not place_of(said, goal):
                return handled
            return await _with_buttons_gone(handled, goal, (NoticeKind.PLAN_READY,), None, desk)
        case Meaning.UNCLEAR if not steps:
            untold = "" if has_model(engine) else untold_task(text, titles(goal))
            told = f"I can't tell which task «{line(untold, 60)}» is. Its number is surest: «move 4 before 2»."
            return desk.keep(letter(desk.here, told)) if untold else None
        case _ if steps and all(one.number and int(one.number) not in goal.tasks for one in steps):
            return None  # «skip 5» of another goal
        case _:
            followed = await follow_named(text, steps, goal, engine, desk)
            return followed if followed is not None else await change_in_words(steps, goal, engine, desk)


async def answer_offer(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """«yes» or «no» to the offer, or a list of what is to hold; anything else is a new text."""
    offered = str(facts.get("text") or "")
    if is_yes(words):
        return await begin(offered, engine, desk)
    if facts.get("earlier") and _BELONGS.fullmatch(words.strip()):
        return await begin(_joined(facts), engine, desk)
    if not facts.get("earlier") and (when := _deadline_alone(words, desk)):
        return await begin(f"{offered}\n{when}", engine, desk)
    if small_talk(words) is None and is_list_alone(words) and not read_goal(offered).criteria:
        return await begin(f"{offered}\ncriteria:\n{words}", engine, desk)
    if is_no(words):
        return desk.end(letter(desk.here, "All right. /help shows what else you can say."))
    return await hear(message, engine, desk)


def _deadline_alone(words: str, desk: Desk) -> str:
    """Words that say nothing but by when or how urgent something is, each with its label; empty for others, such as
    «tomorrow call the dentist»."""
    with suppress(InvalidInputError):
        if parse_deadline(words, now=desk.now, zone=desk.zone) is not None:
            return f"deadline: {words.strip()}"
    rest, said = set_apart(words)
    return words if not rest and (said.deadline or said.priority) else ""


async def press_offer(query: CallbackQuery, callback_data: OfferTap, engine: Engine, desk: Desk) -> Handled:
    """Yes, No, or with what was offered before; an old offer finds its own text in the message it replies to."""
    kept = desk.dialogue_of(OFFER)
    current = kept is not None and number_in(kept.facts, "message") == callback_data.of
    text = str(kept.facts.get("text") or "") if kept is not None and current else _replied_to(query)
    if callback_data.deed is OfferDeed.JOINED:
        text = _joined(kept.facts) if kept is not None and current else ""
    if callback_data.deed is OfferDeed.NO:
        await answer_tap(query)
        gone = edited(letter(desk.here, "All right, no goal."), tapped_message(query))
        return desk.end(gone) if current else desk.keep(gone)
    if is_being_set_up(text, tapped_message(query), desk):  # pressed twice: what was answered since is not lost
        await answer_tap(query, "It is being set up already: my last question is open.")
        return desk.keep()
    if not text:
        await answer_tap(query, "That message is gone. Send it again, or use /goal.")
        return desk.keep(edited(letter(desk.here, "This question is closed."), tapped_message(query)))
    await answer_tap(query)
    return await begin(text, engine, desk, tapped_message(query))


def _replied_to(query: CallbackQuery) -> str:
    """The text that the tapped message replies to; empty when it is gone."""
    shown = readable_message(query)
    replied = shown.reply_to_message if shown is not None else None
    return (replied.text or "") if replied is not None else ""


async def _is_plain(message: Message) -> bool:
    return bool(message.text) and not is_command(message)


def routes() -> Router:
    """Plain text, after everything more particular."""
    router = Router(name="plain_text")
    router.message.register(answer_offer, InDialogue(OFFER))
    router.message.register(answer_which, InDialogue(WHICH_TASK))
    router.message.register(hear, _is_plain)
    router.callback_query.register(press_offer, OfferTap.filter())
    router.callback_query.register(press_which, TaskTap.filter(F.deed == TaskDeed.SAID))
    return router
