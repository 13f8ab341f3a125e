"""A message in which nothing can be seen is neither an answer nor a goal; whatever was asked stays open."""

from aiogram import Router
from aiogram.types import Message

from engine.intake import is_readable
from engine.records import Handled
from handlers.desk import Desk
from handlers.views.letters import letter


async def _is_unseen(message: Message) -> bool:
    return bool(message.text) and not is_readable(message.text or "")


async def hear(message: Message, desk: Desk) -> Handled:
    """Says so, where it was said to the bot alone."""
    told = letter(desk.here, "I can't see anything in that message. Please write it once more.")
    return desk.keep(told) if message.chat.type == "private" else desk.keep()


def routes() -> Router:
    """Before all that takes words."""
    router = Router(name="unseen")
    router.message.register(hear, _is_unseen)
    return router
