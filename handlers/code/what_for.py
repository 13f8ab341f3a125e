"""Documents that may be code for a task that waits for it, or something else: asked about, by button or in words."""

from aiogram import Bot, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from engine.files import LARGEST_FILE, MEGABYTE
from engine.goal_engine import GoalEngine as Engine
from engine.records import Dialogue, Handled
from engine.values import JsonObject, JsonValue
from handlers.choosing import MOST
from handlers.code.callbacks import WhatForTap
from handlers.code.handing_in import (
    COLLECTING,
    WHAT_FOR,
    Awaited,
    Piece,
    awaited_here,
    open_before,
    path_in,
    settled,
    taken_up,
)
from handlers.desk import Desk
from handlers.files.receiving import WHICH, Sent, as_kept, ask_goal, goal_replied_to, sent_file, sent_in
from handlers.gates import InDialogue, Injected, own_goal
from handlers.reading.code import is_all_sent
from handlers.reading.naming import picked
from handlers.taps import answer_tap, tapped_message
from handlers.views import code as views
from handlers.views.letters import edited, letter

_CLOSED = "This question is closed. Send it again, as a reply to the message of the task that it is for."


class MayBeCode(Filter):
    """A document in a private chat while tasks wait for code, about which nothing says what it is for."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over the `sent` document and the tasks that it may be for as `awaited`."""
        sent = sent_file(message) if message.document is not None else None
        if sent is None or message.chat.type != ChatType.PRIVATE or goal_replied_to(message):
            return False
        is_named = bool(sent.caption.strip()) and not path_in(sent.caption)
        if is_named or desk.dialogue_of(COLLECTING) is not None or desk.dialogue_of(WHICH) is not None:
            return False
        awaited = await awaited_here(engine, desk)
        return {"sent": sent, "awaited": awaited} if awaited else False


async def ask(message: Message, sent: Sent, awaited: list[Awaited], desk: Desk) -> Handled:
    """One question about all that comes before it is answered, put again for what comes later: it names all of them."""
    if sent.size > LARGEST_FILE:
        return desk.keep(views.too_much(desk.here, sent.name, LARGEST_FILE // MEGABYTE))
    waiting = desk.dialogue_of(WHAT_FOR)
    if waiting is not None:
        kept = waiting.facts.get("files")
        files: list[JsonValue] = [*(kept if isinstance(kept, list) else []), as_kept(sent)]
        facts: JsonObject = {**waiting.facts, "files": files}
        of, before = facts.get("of"), sent_in(waiting.facts)
        if not isinstance(of, int) or (sent.album and any(one.album == sent.album for one in before)):
            return desk.ask(Dialogue(name=WHAT_FOR, facts=facts))
        names = [*(one.name for one in before), sent.name]
        return desk.ask(Dialogue(name=WHAT_FOR, facts=facts), views.what_for(desk.here, names, awaited, of))
    facts = {"files": [as_kept(sent)], **open_before(desk)}
    return desk.ask(
        Dialogue(name=WHAT_FOR, facts=facts), views.what_for(desk.here, [sent.name], awaited, desk.update_id)
    )


async def press(query: CallbackQuery, callback_data: WhatForTap, bot: Bot, engine: Engine, desk: Desk) -> Handled:
    """The answer by button; one of an older question is explained."""
    waiting = desk.dialogue_of(WHAT_FOR)
    if waiting is None or waiting.facts.get("of") != callback_data.of:
        await answer_tap(query, "That is settled already.")
        return desk.keep(edited(letter(desk.here, _CLOSED), tapped_message(query)))
    await answer_tap(query)
    if not callback_data.goal:
        return await _something_else(waiting.facts, engine, desk)
    goal = await own_goal(engine, desk, callback_data.goal)
    return await _is_code((goal, goal.task(callback_data.task)), waiting.facts, bot, engine, desk)


async def answer(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, facts: JsonObject, words: str, bot: Bot, engine: Engine, desk: Desk
) -> Handled:
    """The same in words: a task's number or how its title begins. That all is sent says not for what; what else is
    said is about something else."""
    awaited = await awaited_here(engine, desk)
    places = picked(words, [(f"{goal.id}.{task.number}", task.title) for goal, task in awaited])
    if len(places) != 1:
        files, of = sent_in(facts), facts.get("of")
        if not is_all_sent(words) or not awaited or not files or not isinstance(of, int):
            raise SkipHandler
        return desk.keep(views.what_for(desk.here, [one.name for one in files], awaited, of))
    return await _is_code(awaited[places[0]], facts, bot, engine, desk)


async def _is_code(about: Awaited, facts: JsonObject, bot: Bot, engine: Engine, desk: Desk) -> Handled:
    pieces = [
        Piece(file=one.file, name=one.name, size=one.size, path=path_in(one.caption), album=one.album)
        for one in sent_in(facts)
    ]
    handled = await taken_up(pieces, about, bot, engine, desk)
    return settled(facts, desk, *handled.replies) if handled.dialogue is desk.dialogue else handled


async def _something_else(facts: JsonObject, engine: Engine, desk: Desk) -> Handled:
    """Then it belongs to a goal like any other file."""
    rows = await engine.queries.goals_of(desk.here, ended=False, offset=0, limit=MOST, owner=desk.user)
    files = sent_in(facts)
    return ask_goal(files, rows, desk) if rows else desk.end(letter(desk.here, _CLOSED))


def routes() -> Router:
    """The question, and its answers."""
    router = Router(name="code_documents")
    router.message.register(ask, MayBeCode())
    router.message.register(answer, InDialogue(WHAT_FOR))
    router.callback_query.register(press, WhatForTap.filter())
    return router
