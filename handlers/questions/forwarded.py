"""Words that somebody else has written: they may describe a goal, but they answer nothing for whoever forwards them."""

from aiogram import Router
from aiogram.types import Message

from engine.goal_engine import GoalEngine as Engine
from engine.records import Handled
from handlers.conversation.hearing import has_model, take_down
from handlers.desk import Desk
from handlers.gates import is_mere_answer
from handlers.views.letters import letter

_TOLD = "What you forward is said by somebody else, so I take it for no answer. Please write it yourself."


async def turn_down(message: Message, engine: Engine, desk: Desk) -> Handled:
    """Says so; a model is told who wrote it."""
    if message.chat.type != "private":
        return desk.keep()
    return take_down(message, desk) if has_model(engine) else desk.keep(letter(desk.here, _TOLD))


async def _is_forwarded_answer(message: Message) -> bool:
    is_forwarded = message.forward_origin is not None
    return is_forwarded and message.text is not None and is_mere_answer(message.text)


def routes() -> Router:
    """Only what can be nothing but an answer."""
    router = Router(name="forwarded")
    router.message.register(turn_down, _is_forwarded_answer)
    return router
