"""A question is left: by «Never mind», its button or the words, before they are taken for the answer, or by /cancel."""

import re

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject, Filter
from aiogram.types import CallbackQuery, Message

from engine.goal_engine import GoalEngine as Engine
from engine.records import Handled, Outgoing
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
    number_in,
)
from handlers.gates import InDialogue, Injected, own_goal
from handlers.plans.editing import ADDING, REWORDING
from handlers.plans.showing import shown_plan
from handlers.reading.words import is_no
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, letter

_TAKES_NO = frozenset({OFFER, STILL, TOLD, WHICH_GOAL, WHICH_TASK})
"""Dialogues that say themselves what comes of a «no»; those that confirm also what comes of «cancel»."""
_PAGES = frozenset({DIGEST, QUIET, SETTINGS})
"""Dialogues of pages that stay when something was changed there."""
_SAID = re.compile(
    r"(?:(?:oh|ok(?:ay)?|no|sorry|please),? )?"
    r"(?:never ?mind|nvm|(?:forget|leave) (?:it|this|that)|forget about (?:it|this|that)|cancel(?: (?:it|this|that))?)"
    r"(?:,? please)?[.! ]*",
    re.I,
)
_CHANGES = frozenset({CHANGING, PLACING, ADDING, REWORDING})
"""Dialogues about a plan whose own message has given way to them: who leaves them gets it again, to start it."""


class Leaves(Filter):
    """Words that leave the open dialogue."""

    async def __call__(self, message: Message, desk: Desk) -> Injected:
        """Hand over what the dialogue's own words get."""
        asked, said = desk.dialogue, " ".join((message.text or "").split())
        if asked is None or asked.name in CONFIRMING or _SAID.fullmatch(said) is None:
            return False
        if asked.name in _TAKES_NO and is_no(said):
            return False
        return await InDialogue(asked.name)(message, desk)


async def leave(query: CallbackQuery, callback_data: LeaveTap, engine: Engine, desk: Desk) -> Handled:
    """«Never mind» under a question."""
    await answer_tap(query, "Left it.")
    asked = desk.dialogue.facts.get("of", callback_data.of) if desk.dialogue is not None else callback_data.of
    if asked == callback_data.of:
        return desk.leave(edited(await _left(engine, desk), tapped_message(query)))
    return desk.close_set_up(callback_data.of, edited(_nothing_changed(desk), tapped_message(query)))


async def leave_in_words(message: Message, engine: Engine, desk: Desk) -> Handled:
    """The same in words."""
    return desk.leave(await _left(engine, desk))


async def leave_by_command(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/cancel leaves an open question; without one, or with words, it is about a goal."""
    if desk.dialogue is None or command.args:
        raise SkipHandler
    return desk.leave(await _left(engine, desk))


async def _left(engine: Engine, desk: Desk) -> Outgoing:
    """What there is after the open question is left."""
    asked = desk.dialogue
    if asked is not None and asked.name in _PAGES:
        return letter(desk.here, "Left it as it is now.")
    if asked is None or asked.name not in _CHANGES:
        return _nothing_changed(desk)
    goal = await own_goal(engine, desk, number_in(asked.facts, "goal"))
    return await shown_plan(goal, engine, desk)


def _nothing_changed(desk: Desk) -> Outgoing:
    return letter(desk.here, "Left it. Nothing was changed.")


def routes() -> Router:
    """The button, the words and the command."""
    router = Router(name="leaving")
    router.message.register(leave_by_command, Command("cancel"))
    router.message.register(leave_in_words, Leaves())
    router.callback_query.register(leave, LeaveTap.filter())
    return router
