"""«Never mind»: a question is left, by its button or in the same words, before these are taken for the answer."""

import re

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from engine.records import Handled
from handlers.callbacks import LeaveTap
from handlers.changes import TOLD
from handlers.desk import (
    CHANGING,
    CONFIRMING,
    DIGEST,
    OFFER,
    PLACING,
    QUIET,
    SETTINGS,
    STILL,
    WHICH_GOAL,
    WHICH_TASK,
    Desk,
)
from handlers.gates import InDialogue, Injected
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, letter

_TAKES_NO = CONFIRMING | {OFFER, STILL, TOLD, WHICH_GOAL, WHICH_TASK}
"""Dialogues that say themselves what comes of a «no»."""
_PAGES = frozenset({CHANGING, DIGEST, PLACING, QUIET, SETTINGS})
"""Dialogues of pages that stay when something was changed there."""
_SAID = re.compile(
    r"(?:(?:oh|ok(?:ay)?|no|sorry|please),? )?"
    r"(?:never ?mind|nvm|(?:forget|leave) (?:it|this|that)|forget about (?:it|this|that)|cancel(?: (?:it|this|that))?)"
    r"(?:,? please)?[.! ]*",
    re.I,
)
_LEFT = "Left it. Nothing was changed."


class Leaves(Filter):
    """Words that leave the open dialogue."""

    async def __call__(self, message: Message, desk: Desk) -> Injected:
        """Hand over what the dialogue's own words get."""
        asked = desk.dialogue
        if asked is None or asked.name in _TAKES_NO or _SAID.fullmatch(" ".join((message.text or "").split())) is None:
            return False
        return await InDialogue(asked.name)(message, desk)


async def leave(query: CallbackQuery, callback_data: LeaveTap, desk: Desk) -> Handled:
    """«Never mind» under a question."""
    await answer_tap(query, "Left it.")
    left = edited(letter(desk.here, _LEFT), tapped_message(query))
    asked = desk.dialogue.facts.get("of", callback_data.of) if desk.dialogue is not None else callback_data.of
    return desk.leave(left) if asked == callback_data.of else desk.close_set_up(callback_data.of, left)


async def leave_in_words(message: Message, desk: Desk) -> Handled:
    """The same in words."""
    is_page = desk.dialogue is not None and desk.dialogue.name in _PAGES
    return desk.leave(letter(desk.here, "Left it as it is now." if is_page else _LEFT))


def routes() -> Router:
    """The button and the words."""
    router = Router(name="leaving")
    router.message.register(leave_in_words, Leaves())
    router.callback_query.register(leave, LeaveTap.filter())
    return router
