"""Being let in and thrown out: who blocks the bot is sent nothing until they come back."""

from dataclasses import replace

from aiogram import Router
from aiogram.types import ChatMemberUpdated

from engine.records import Handled
from handlers.desk import Desk

_GONE = frozenset({"kicked", "left"})


async def membership(event: ChatMemberUpdated, desk: Desk) -> Handled:
    """The bot's own place in a chat changed."""
    blocked = event.new_chat_member.status in _GONE
    handled = desk.keep()
    return handled if blocked == desk.chat.blocked else replace(handled, settings=replace(desk.chat, blocked=blocked))


def routes() -> Router:
    """One update, one meaning."""
    router = Router(name="membership")
    router.my_chat_member.register(membership)
    return router
