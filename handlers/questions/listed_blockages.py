"""A reply to the list of what is in the way: it answers the one that it can mean, and asks where several are there."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from engine.blockages import Blockage
from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled
from engine.values import JsonObject
from handlers import keyboards
from handlers.blockage_answers import carry_out
from handlers.callbacks import BlockageDeed, BlockageTap, GoalDeed, GoalTap, read_tap
from handlers.desk import WHICH_BLOCKAGE, Desk, number_in
from handlers.gates import InDialogue, Injected, is_command, own_goal
from handlers.questions.fitting import freed_by
from handlers.reading.naming import named_task, picked
from handlers.reading.several import deed_in, tells_of_several
from handlers.reading.words import Asked, blockage_words, is_no, is_yes
from handlers.small_talk import SmallTalk, small_talk
from handlers.taps import answer_tap, readable_message, tapped_message
from handlers.views.letters import letter, under
from handlers.views.times import moments_here

Found: TypeAlias = tuple[Goal, Blockage]
_NUMBER_FIRST = re.compile(r"(?:task |goal )?#?\d", re.I)
"""It names something, though nothing in the list; «her number is 0123» names nothing."""


class OnBlockers(Filter):
    """A reply, in words, to the list of what is in the way."""

    async def __call__(self, message: Message) -> Injected:
        """Hand over the `entries` of the list, and the `words`."""
        replied = message.reply_to_message
        if not message.text or is_command(message) or replied is None or replied.reply_markup is None:
            return False
        taps = [read_tap(one.callback_data or "") for row in replied.reply_markup.inline_keyboard for one in row]
        entries = [tap for tap in taps if isinstance(tap, BlockageTap) and tap.deed is BlockageDeed.OPEN]
        others = [tap for tap in taps if tap not in entries]
        if not entries or any(not isinstance(tap, GoalTap) or tap.deed is not GoalDeed.STRATEGIES for tap in others):
            return False
        if small_talk(message.text) not in (None, SmallTalk.NOTHING_ASKED):
            return False
        return {"entries": entries, "words": message.text}


async def _open(entries: Sequence[BlockageTap], engine: Engine, desk: Desk) -> list[Found]:
    goals = {goal: await own_goal(engine, desk, goal) for goal in {tap.goal for tap in entries}}
    found = [(goals[tap.goal], tap.blockage) for tap in entries]
    return [(goal, one) for goal, number in found for one in goal.blockages.values() if one.number == number]


async def reply(message: Message, entries: Sequence[BlockageTap], words: str, engine: Engine, desk: Desk) -> Handled:
    """The words as the answer to the one blockage there is, or that they name by its number or its task's."""
    listed = await _open(entries, engine, desk)
    if not listed:
        raise RefusedError("already_resolved", "none of them is open any more")
    if tells_of_several(words):
        raise SkipHandler  # none of them is half done
    meant, said = _meant(words, entries, listed)
    if len(meant) == 1:
        return await _answer(said, meant[0], None, engine, desk)
    return _which((words, message.message_id), listed, desk)


def _meant(words: str, entries: Sequence[BlockageTap], listed: Sequence[Found]) -> tuple[Sequence[Found], str]:
    """Which of the list's entries that are still open the words can mean, and what they say of them; none where they
    begin with a number of none of them."""
    named = named_task(words)
    if named is None:
        return listed, words
    there = [tap for tap in entries if named.goal in (None, tap.goal)]
    still = {(goal.id, one.number) for goal, one in listed}
    if any(tap.blockage == named.task and (tap.goal, tap.blockage) not in still for tap in there):
        return (), words  # that one is settled, or its number is that of another's task
    goals = {tap.goal for tap in there}
    meant = [(goal, one) for goal, one in listed if goal.id in goals and named.task in (one.number, one.task)]
    if meant:
        return meant, named.words
    if deed_in(named.words, Asked()) or freed_by(named.words):
        raise SkipHandler  # «5 done»: of a task that nothing here holds up
    is_named = len(entries) > 1 or _NUMBER_FIRST.match(words.strip()) is not None
    return (() if is_named else listed), words


async def _answer(words: str, found: Found, message: int | None, engine: Engine, desk: Desk) -> Handled:
    goal, blockage = found
    about = (goal, int(blockage.number), message)
    return desk.turned_away(await carry_out(blockage_words(words), about, engine, desk))


def _which(said: tuple[str, int], listed: Sequence[Found], desk: Desk) -> Handled:
    """Asks which one is meant; the question replies to what was said, so that its buttons still know it in a month."""
    text, message = said
    rows = [
        [
            keyboards.button(
                f"🚧 {one.number}. {moments_here(one.description, desk.zone, desk.now)}",
                BlockageTap(deed=BlockageDeed.SAID, goal=goal.id, blockage=one.number),
            )
        ]
        for goal, one in listed
    ]
    facts: JsonObject = {"text": text, "message": message, "among": [[int(g.id), int(b.number)] for g, b in listed]}
    several = "Several things are in the way. Which one do you mean?"
    asked = several if len(listed) > 1 else "Only this is still in the way. Do you mean it?"
    question = under(letter(desk.here, asked, rows), message)
    return desk.ask(Dialogue(name=WHICH_BLOCKAGE, facts=facts), question)


async def answer_which(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """Which one was meant, in words; anything else is a new text, but for a «no»."""
    if is_no(words):
        return desk.end(letter(desk.here, "All right. Nothing was changed."))
    kept = facts.get("among")
    among = [tuple(one) for one in kept if isinstance(one, list)] if isinstance(kept, list) else []
    entries = [BlockageTap(deed=BlockageDeed.OPEN, goal=int(str(g)), blockage=int(str(b))) for g, b in among]
    listed = await _open(entries, engine, desk)
    places = picked(words, [(str(one.number), one.description) for _, one in listed])
    places = (0,) if len(listed) == 1 and is_yes(words) else places
    if len(places) != 1:
        raise SkipHandler
    return await _answer(str(facts.get("text") or ""), listed[places[0]], None, engine, desk)


async def press_which(
    query: CallbackQuery, callback_data: BlockageTap, goal: Goal, engine: Engine, desk: Desk
) -> Handled:
    """Which one was meant, by button: what was said is in the message that the question replies to."""
    shown = readable_message(query)
    text = shown.reply_to_message.text if shown is not None and shown.reply_to_message is not None else None
    kept = desk.dialogue_of(WHICH_BLOCKAGE)
    if not text and kept is not None and number_in(kept.facts, "message"):
        text = str(kept.facts.get("text") or "")
    if not text:
        raise RefusedError("outdated", "the message it is about is gone")
    handled = await carry_out(blockage_words(text), (goal, callback_data.blockage, tapped_message(query)), engine, desk)
    await answer_tap(query)
    return desk.turned_away(handled)


def routes() -> Router:
    """Replies to the list, and which of its entries they mean."""
    router = Router(name="listed_blockages")
    router.message.register(reply, OnBlockers())
    router.message.register(answer_which, InDialogue(WHICH_BLOCKAGE))
    router.callback_query.register(press_which, BlockageTap.filter(F.deed == BlockageDeed.SAID))
    return router
