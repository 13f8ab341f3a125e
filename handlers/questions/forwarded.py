"""Words that somebody else may have written, or oneself long ago: they can describe a goal or be what was asked for;
they are neither an order nor an answer of whoever forwards them."""

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import Message

from engine.goal_engine import GoalEngine as Engine
from engine.records import Handled
from handlers.blockage_answers import INFORMING, is_wish_instead
from handlers.callbacks import TaskDeed
from handlers.changes import ask_of_goals
from handlers.choosing import living_goals
from handlers.code.drafts import Missing
from handlers.code.drafts import draft_of as code_draft_of
from handlers.conversation.hearing import files_of, has_model, take_down
from handlers.desk import SETTING_UP, SETTING_UP_CODE, Desk
from handlers.drafts import Step, draft_of
from handlers.gates import is_command
from handlers.notes import NOTING
from handlers.person_tasks import ASKING
from handlers.plain_text import offered
from handlers.plans.editing import ADDING, REWORDING
from handlers.questions.fitting import fitting_tasks
from handlers.reading.code import patch_in
from handlers.small_talk import SmallTalk, small_talk
from handlers.views.letters import letter

_ASK_FOR_WORDS = frozenset({INFORMING, NOTING, ADDING, REWORDING, ASKING[TaskDeed.NOTE], ASKING[TaskDeed.PROBLEM]})
"""Dialogues whose answer may be anybody's words: what is kept is the words themselves."""
_ORDERS = frozenset({SmallTalk.NOTHING_ASKED, SmallTalk.COMMAND})
_TOLD = (
    "What is forwarded was said before, and may be somebody else's words, so I take it for no answer and for no order."
    " Please write it yourself."
)


class Forwarded(Filter):
    """What is forwarded, unless it is a file, code to be tried, or words that an open question asks for."""

    async def __call__(self, message: Message, desk: Desk) -> bool:
        """Whether it is to be heard as somebody else's."""
        if message.forward_origin is None:
            return False
        if not message.text:
            return (message.caption or "").startswith("/")
        return not patch_in(message.text) and not _is_asked_for(message, desk)


def _is_asked_for(message: Message, desk: Desk) -> bool:
    asked = desk.dialogue
    if asked is None or desk.is_asked_long_ago or is_command(message):
        return False
    text = message.text or ""
    if _is_order(text):
        return False
    if asked.name == SETTING_UP:
        return draft_of(asked.facts).step in (Step.NAME, Step.CRITERIA)
    if asked.name == SETTING_UP_CODE:
        return code_draft_of(asked.facts).missing is Missing.ABOUT
    return asked.name in _ASK_FOR_WORDS


def _is_order(text: str) -> bool:
    """Whether it can be nothing but an answer, or wants something done: «done», «cancel», «re-plan»."""
    return small_talk(text) in _ORDERS or is_wish_instead(text)


async def hear(message: Message, engine: Engine, desk: Desk) -> Handled:
    """A model is told who wrote it; without one it may become a goal, or be about one."""
    if message.chat.type != "private":
        return desk.keep()
    if has_model(engine):
        return take_down(message, desk, files_of(message))
    text = message.text or ""
    is_order = not text or desk.is_confirming or is_command(message) or _is_order(text)
    if is_order or fitting_tasks(text, await living_goals(engine, desk)):
        return desk.keep(letter(desk.here, _TOLD))
    return await ask_of_goals(text, engine, desk) or offered(text, message.message_id, desk)


def routes() -> Router:
    """Before all others."""
    router = Router(name="forwarded")
    router.message.register(hear, Forwarded())
    return router
