"""A goal that is being set up stays so while something else is asked and answered; then its question comes again. And
what is asked stays so while the set-up goes on by its own buttons."""

from dataclasses import replace

from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.dispatcher.middlewares.base import BaseMiddleware
from aiogram.types import Message, TelegramObject

from engine.goal_engine import GoalEngine as Engine
from engine.records import Dialogue, Handled
from handlers import goal_setup
from handlers.code import drafts as code_drafts
from handlers.code import setting
from handlers.desk import SETTING_UP, STILL, Desk, is_same
from handlers.drafts import draft_of
from handlers.gates import Handling, is_of_before
from handlers.views import small_talk as views


class SetUpsGoOn(BaseMiddleware):
    """Around each message and tap: once a question that stood before a set-up is settled, the set-up asks again. Where
    the set-up went on meanwhile, the question is shown again."""

    async def __call__(self, handler: Handling, event: TelegramObject, data: dict[str, object]) -> object:
        """Go on, and come back to what is still open."""
        handled = await handler(event, data)
        engine, desk = data["engine"], data["desk"]
        if not isinstance(handled, Handled) or not isinstance(engine, Engine) or not isinstance(desk, Desk):
            return handled
        set_up, front = desk.set_up, desk.front
        if set_up is None:
            return handled
        if handled.asks and is_same(handled.dialogue, set_up):
            if front is None or not desk.is_asked or front.name == STILL:
                return handled
            return desk.stay(handled, views.still_asked(desk.here, str(front.facts.get("question") or "")))
        if handled.asks or desk.dialogue is set_up or handled.dialogue != set_up:
            return handled
        asked = await ask_again(set_up, engine, desk)
        return replace(asked, replies=(*handled.replies, *asked.replies), settings=handled.settings, card=handled.card)


async def ask_again(set_up: Dialogue, engine: Engine, desk: Desk) -> Handled:
    """The question that the set-up stands at, once more; where nothing is missing by now, its end."""
    desk = replace(desk, dialogue=set_up)
    if set_up.name == SETTING_UP:
        return await goal_setup.go_on(draft_of(set_up.facts), engine, desk)
    return await setting.go_on(code_drafts.draft_of(set_up.facts), engine, desk)


async def hear(message: Message, engine: Engine, desk: Desk) -> Handled | None:
    """Words that the question before it has no use for, as the answer to what a set-up asks; None without one."""
    set_up = desk.set_up
    if set_up is None or desk.is_confirming or is_of_before(message, set_up):
        return None
    at_it, words = replace(desk, dialogue=set_up), message.text or ""
    if set_up.name == SETTING_UP:
        try:
            return await goal_setup.answer(message, set_up.facts, words, engine, at_it)
        except SkipHandler:
            return None
    return await setting.answer(message, set_up.facts, words, engine, at_it)
