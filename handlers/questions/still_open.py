"""A question of hours ago: words may be its answer or about something else by now, so they are taken for neither."""

import re
from dataclasses import replace

from aiogram import Bot, Router
from aiogram.dispatcher.middlewares.base import BaseMiddleware
from aiogram.types import CallbackQuery, ErrorEvent, Message, TelegramObject, Update

from engine.errors import InvalidInputError, NotFoundError, RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.records import Dialogue, Handled
from engine.values import JsonObject
from handlers.callbacks import StillDeed, StillTap
from handlers.choosing import GoalUnclearError
from handlers.desk import ABOUT, SETTING_UP, STILL, Desk, number_in
from handlers.drafts import draft_of
from handlers.errors import refused
from handlers.gates import Handling, InDialogue, is_command
from handlers.reading.words import is_no
from handlers.taps import answer_tap, tapped_message
from handlers.views import small_talk as views
from handlers.views.letters import edited, letter

_YES = re.compile(r"(?:yes|yep|yeah|sure|it is|👍)(?:,? (?:it is|still|please))?(?:$|[\s,.:!–-]+)", re.I)


class OldQuestions(BaseMiddleware):
    """Before each message: a passing question of hours ago is closed, any other is taken up before words answer it."""

    async def __call__(self, handler: Handling, event: TelegramObject, data: dict[str, object]) -> object:
        """Go on, or ask whether the words are still about it."""
        desk = data["desk"]
        if not isinstance(desk, Desk) or not isinstance(event, Message) or not desk.is_asked_long_ago:
            return await handler(event, data)
        if not desk.is_asked or desk.dialogue_of(STILL) is not None:
            desk = replace(desk, dialogue=desk.set_up)
            data = {**data, "desk": desk}
        dialogue = desk.dialogue
        if dialogue is None or not event.text or is_command(event) or event.reply_to_message is not None:
            return await handler(event, data)
        if event.forward_origin is not None:  # somebody else's words are no answer to what was asked long ago
            return await handler(event, data)
        return _ask(event, dialogue, desk)


def _ask(message: Message, dialogue: Dialogue, desk: Desk) -> Handled:
    text = message.text or ""
    asked = views.still_about(desk.here, text, _named(dialogue), desk.asked_since, desk.update_id)
    kept: JsonObject = {
        ABOUT: dialogue.name,
        "facts": dict(dialogue.facts),
        "text": text,
        "message": message.message_id,
    }
    return desk.ask(Dialogue(name=STILL, facts=kept), asked)


def _named(dialogue: Dialogue) -> tuple[str, str]:
    """The goal that was being set up (empty for none), and the question."""
    name = draft_of(dialogue.facts).name if dialogue.name == SETTING_UP else ""
    return name, str(dialogue.facts.get("question") or "")


async def answer(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk, bot: Bot, event_router: Router
) -> Handled:
    """«yes», perhaps with another answer behind it; «no», or words about something else."""
    yes = _YES.match(words)
    new = words[yes.end() :] if yes is not None else "" if is_no(words) else words
    said = _said(message, facts, new)
    if yes is not None:
        return await _hear(said, replace(desk, dialogue=_taken_up(facts, desk)), engine, bot, event_router)
    handled = await _hear(said, _closed(desk), engine, bot, event_router)
    return replace(handled, replies=(views.left_open(desk.here, _named(_dialogue(facts))), *handled.replies))


async def press(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    query: CallbackQuery, callback_data: StillTap, engine: Engine, desk: Desk, bot: Bot, event_router: Router
) -> Handled:
    """The same by button."""
    kept, shown = desk.dialogue_of(STILL), query.message
    if kept is None or kept.facts.get("of") != callback_data.of or shown is None:
        await answer_tap(query, "That is settled. If it isn't, just write it again.")
        return desk.keep(edited(letter(desk.here, "This question is closed."), tapped_message(query)))
    await answer_tap(query)
    said = _said(Message(message_id=0, date=desk.now, chat=shown.chat, from_user=query.from_user), kept.facts)
    if callback_data.deed is StillDeed.YES:
        return await _hear(said, replace(desk, dialogue=_taken_up(kept.facts, desk)), engine, bot, event_router)
    handled = await _hear(said, _closed(desk), engine, bot, event_router)
    gone = edited(views.left_open(desk.here, _named(_dialogue(kept.facts))), tapped_message(query))
    return replace(handled, replies=(gone, *handled.replies))


def _dialogue(facts: JsonObject) -> Dialogue:
    inner = facts.get("facts")
    return Dialogue(name=str(facts.get(ABOUT)), facts=inner if isinstance(inner, dict) else {})


def _closed(desk: Desk) -> Desk:
    """With what was asked then closed: a set-up is left, any other question leaves the set-up behind it open."""
    return replace(desk, dialogue=desk.leave().dialogue)


def _taken_up(facts: JsonObject, desk: Desk) -> Dialogue:
    """The question of then, as if it had been asked now."""
    was = _dialogue(facts)
    return replace(was, facts={**was.facts, "at": desk.now.isoformat()})


def _said(message: Message, facts: JsonObject, new: str = "") -> Message:
    """The message with `new` words, or (empty) with those that were kept."""
    text = {"text": new} if new else {"text": str(facts.get("text") or ""), "message_id": number_in(facts, "message")}
    return message.model_copy(update=text)


async def _hear(message: Message, desk: Desk, engine: Engine, bot: Bot, router: Router) -> Handled:
    """Hear words as if they had come just now."""
    *_, root = router.chain_head
    try:
        handled = await root.propagate_event("message", event=message, engine=engine, desk=desk, bot=bot)
    except (RefusedError, NotFoundError, InvalidInputError, GoalUnclearError) as error:
        heard = Update(update_id=desk.update_id, message=message)
        return await refused(ErrorEvent(update=heard, exception=error), engine, desk)
    return handled if isinstance(handled, Handled) else desk.keep()


def routes() -> Router:
    """The answers to «still about it?»."""
    router = Router(name="still_open")
    router.message.register(answer, InDialogue(STILL))
    router.callback_query.register(press, StillTap.filter())
    return router
