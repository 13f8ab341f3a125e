"""Documents and pictures that a person sends: kept with the goal that a reply or a caption names, or asked about."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message

from engine.agents.conversation.talk import Said
from engine.errors import NotFoundError, RefusedError
from engine.files import LARGEST_FILE, FileSource, GoalFile, NewFile
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, GoalRow, Handled, Outgoing
from engine.values import JsonObject, JsonValue
from handlers.callbacks import GoalDeed, GoalTap, read_tap
from handlers.choosing import MOST
from handlers.conversation.hearing import as_document, files_of, has_model, take_down
from handlers.desk import Desk
from handlers.files.fetching import UnfetchableError, fetched
from handlers.gates import InDialogue, own_goal, subject_of
from handlers.reading.carried import LARGEST_ID
from handlers.reading.naming import picked
from handlers.taps import answer_tap, tapped_message
from handlers.views import files as views
from handlers.views.letters import edited, letter

WHICH = "which_files_goal"
_NUMBERED = re.compile(
    r"\s*(?:for\s+)?(?P<sure>goal\s*#?|#)?(?P<goal>\d{1,16})(?P<mark>[:.,)]?)(?:\s+(?P<rest>.*))?", re.S | re.I
)
_SHORTEST_NAME = 4
"""Characters of a goal's name that a caption can name it by."""
_MOST_WAITING = 10
"""Files that one question is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file that a person sent, by what Telegram says of it."""

    file: str
    """Telegram's id of it."""
    name: str
    size: int
    caption: str = ""
    album: str = ""
    """Shared by files that were sent at once."""
    media_type: str = ""
    message: int = 0
    """Telegram's id of the message."""
    is_forwarded: bool = False
    """Whether the caption is somebody else's."""


def sent_file(message: Message) -> Sent | None:
    """The document or picture in a message; None where there is none."""
    document, largest = message.document, message.photo[-1] if message.photo else None
    if document is not None:
        file, name, size, media_type = document.file_id, document.file_name, document.file_size, document.mime_type
    elif largest is not None:
        file, name, size, media_type = (
            largest.file_id,
            f"photo {message.message_id}.jpg",
            largest.file_size,
            "image/jpeg",
        )
    else:
        return None
    return Sent(
        file=file,
        name=name or "document",
        size=size or 0,
        caption=message.caption or "",
        album=message.media_group_id or "",
        media_type=media_type or "",
        message=message.message_id,
        is_forwarded=message.forward_origin is not None,
    )


async def receive(message: Message, bot: Bot, engine: Engine, desk: Desk) -> Handled:
    """A file: kept with the goal that is named; a document that could be for several is asked about."""
    sent = sent_file(message)
    if sent is None:
        raise SkipHandler
    rows = await engine.queries.goals_of(desk.here, ended=False, offset=0, limit=MOST, owner=desk.user)
    goal, note = await _named(message, sent, rows, engine, desk)
    if goal is not None:
        return await _keep_and_talk(message, sent, (goal, note), bot, engine, desk)
    private = message.chat.type == ChatType.PRIVATE
    if not private or message.document is None or not rows or (desk.is_asked and desk.dialogue_of(WHICH) is None):
        raise SkipHandler
    if len(rows) == 1:
        about = (await own_goal(engine, desk, rows[0].id), sent.caption)
        return await _keep_and_talk(message, sent, about, bot, engine, desk)
    return _ask(sent, rows, desk)


async def _keep_and_talk(  # noqa: PLR0913, PLR0917 - the file, what it is about, and what aiogram hands over
    message: Message, sent: Sent, about: tuple[Goal, str], bot: Bot, engine: Engine, desk: Desk
) -> Handled:
    """Fetch the file and keep it with the goal; the words about it are a model's to answer, where there is one."""
    file, problem = await _kept(sent, about, bot, engine, desk)
    goal, _ = about
    handled = desk.keep(problem) if problem is not None else desk.keep()
    if file is not None:  # the first of an album speaks for the others, but for what goes wrong
        told = views.kept(desk.here, goal, [file], more=bool(sent.album))
        handled = desk.keep(told, once=desk.cause_of_album(sent.album, f"kept {goal.id}"))
    if file is None or not file.note or not has_model(engine):
        return handled
    shown = tuple(replace(one, goal=file.goal, name=file.name) for one in files_of(message))
    return replace(handled, said=take_down(message, desk, shown).said)


async def _kept(
    sent: Sent, about: tuple[Goal, str], bot: Bot, engine: Engine, desk: Desk
) -> tuple[GoalFile | None, Outgoing | None]:
    """The file as it is kept, or None and why it could not be."""
    goal, note = about
    if sent.size > LARGEST_FILE:
        return None, views.too_big(desk.here, sent.name)
    try:
        content = await fetched(bot, sent.file)
    except UnfetchableError:
        return None, views.not_fetched(desk.here, sent.name)
    new = NewFile(
        goal=goal.id, name=sent.name, content=content, source=FileSource.PERSON, note=note.strip(), album=sent.album
    )
    return await engine.files.keep(new, desk.now), None


async def _named(
    message: Message, sent: Sent, rows: Sequence[GoalRow], engine: Engine, desk: Desk
) -> tuple[Goal | None, str]:
    """The goal that the reply, the caption or the rest of the album names, and what else was said; None for no goal."""
    replied = goal_replied_to(message)
    if replied:
        return await own_goal(engine, desk, replied), sent.caption
    numbered = _NUMBERED.fullmatch(sent.caption)
    if numbered is not None and 0 < int(numbered["goal"]) <= LARGEST_ID:
        try:
            return await own_goal(engine, desk, int(numbered["goal"])), numbered["rest"] or ""
        except (NotFoundError, RefusedError):
            if numbered["sure"]:
                raise  # «2026 budget» may be a caption; «#2026» can only have meant a goal
    caption = sent.caption.casefold()
    by_name = [row for row in rows if len(row.name) >= _SHORTEST_NAME and row.name.casefold() in caption]
    if len(by_name) == 1:
        return await own_goal(engine, desk, by_name[0].id), sent.caption
    if sent.album and not sent.caption:
        for row in rows:
            if any(file.album == sent.album for file in await engine.files.of(row.id)):
                return await own_goal(engine, desk, row.id), ""
    return None, sent.caption


def goal_replied_to(message: Message) -> int:
    """The one goal that the message replied to is about, by its buttons or a task's id in it; 0 for none."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or not replied.from_user.is_bot:
        return 0
    rows = replied.reply_markup.inline_keyboard if replied.reply_markup is not None else []
    taps = [read_tap(button.callback_data or "") for row in rows for button in row]
    goals = {int(goal) for tap in taps if (goal := getattr(tap, "goal", 0))}
    if len(goals) == 1:
        return goals.pop()
    return int(getattr(subject_of(message), "goal", 0)) if not goals else 0


# Asking which goal.


def _ask(sent: Sent, rows: Sequence[GoalRow], desk: Desk) -> Handled:
    """One question about all files of an album, another one about the next file."""
    waiting = desk.dialogue_of(WHICH)
    before = sent_in(waiting.facts) if waiting is not None else []
    one: JsonValue = as_kept(sent)
    same = bool(sent.album) and any(other.album == sent.album for other in before) and len(before) < _MOST_WAITING
    if same and waiting is not None:
        files = waiting.facts["files"]
        assert isinstance(files, list)
        return desk.ask(Dialogue(name=WHICH, facts={**waiting.facts, "files": [*files, one]}))
    return ask_goal([sent], rows, desk)


def ask_goal(files: Sequence[Sent], rows: Sequence[GoalRow], desk: Desk) -> Handled:
    """Which goal they belong to."""
    kept: list[JsonValue] = [as_kept(one) for one in files]
    return desk.ask(Dialogue(name=WHICH, facts={"files": kept}), views.which_goal(desk.here, files[0].name, rows))


def as_kept(sent: Sent) -> dict[str, JsonValue]:
    """What a dialogue keeps of a file; see `sent_in`."""
    return asdict(sent)


def sent_in(facts: JsonObject) -> list[Sent]:
    """The files that a dialogue keeps."""
    found = facts.get("files")
    return [
        Sent(
            file=str(one["file"]),
            name=str(one["name"]),
            size=int(str(one["size"])),
            caption=str(one["caption"]),
            album=str(one["album"]),
            media_type=str(one.get("media_type") or ""),
            message=int(str(one.get("message") or 0)),
            is_forwarded=one.get("is_forwarded") is True,
        )
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict)
    ]


async def press_goal(query: CallbackQuery, goal: Goal, bot: Bot, engine: Engine, desk: Desk) -> Handled:
    """The goal that a file is for, chosen by button."""
    await answer_tap(query)
    waiting = desk.dialogue_of(WHICH)
    if waiting is None:
        gone = letter(
            desk.here, "This question is closed. Send the file again, as a reply to a message about the goal."
        )
        return desk.keep(edited(gone, tapped_message(query)))
    return await _keep_all(goal, sent_in(waiting.facts), bot, engine, desk)


async def answer_goal(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, facts: JsonObject, words: str, bot: Bot, engine: Engine, desk: Desk
) -> Handled:
    """The same in words: a goal's number or how its name begins. Anything else is a new text."""
    rows = await engine.queries.goals_of(desk.here, ended=False, offset=0, limit=MOST, owner=desk.user)
    places = picked(words, [(str(row.id), row.name) for row in rows])
    if len(places) != 1:
        raise SkipHandler
    return await _keep_all(await own_goal(engine, desk, rows[places[0]].id), sent_in(facts), bot, engine, desk)


async def _keep_all(goal: Goal, files: Sequence[Sent], bot: Bot, engine: Engine, desk: Desk) -> Handled:
    """What was said with them is a model's to answer, where there is one."""
    tried = [(sent, *await _kept(sent, (goal, sent.caption), bot, engine, desk)) for sent in files]
    about = [(sent, file) for sent, file, _ in tried if file is not None]
    told = [views.kept(desk.here, goal, [file for _, file in about])] if about else []
    handled = desk.end(*told, *[problem for _, _, problem in tried if problem is not None])
    words = [sent.caption for sent, _ in about if sent.caption.strip()]
    if not words or not has_model(engine):
        return handled
    said = Said(
        chat=desk.here,
        thread=desk.thread or 0,
        user=desk.user,
        source=desk.cause(),
        message=about[0][0].message,
        text="\n".join(dict.fromkeys(words)),
        files=tuple(
            replace(as_document(sent.file, sent.media_type, sent.size), goal=file.goal, name=file.name)
            for sent, file in about
        ),
        is_forwarded=any(sent.is_forwarded for sent, _ in about),
    )
    return replace(handled, said=said)


def routes() -> Router:
    """Files that are sent, and the answer to which goal they are for."""
    router = Router(name="receiving_files")
    router.message.register(receive)
    router.message.register(answer_goal, InDialogue(WHICH))
    router.callback_query.register(press_goal, GoalTap.filter(F.deed == GoalDeed.FILE))
    return router
