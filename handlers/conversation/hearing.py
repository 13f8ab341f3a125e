"""Takes down what a model is to answer. Nothing here waits for it: the answer comes with a turn of its own."""

import datetime as dt
from dataclasses import replace

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import Message

from engine.agents.conversation.talk import FileKind, Said, SentFile
from engine.goal_engine import GoalEngine as Engine
from engine.records import Handled
from handlers.desk import Desk

FRESH = dt.timedelta(hours=1)
"""So long a «yes» answers the question that a conversation ended with."""
_LARGEST_PHOTO = 1_600
"""Of its longer side; a larger form of the same picture tells a model nothing more."""
_KINDS = {"image": FileKind.PICTURE, "audio": FileKind.SOUND}
"""What a document is by its media type."""


def has_model(engine: Engine) -> bool:
    """Whether there is somebody to talk to."""
    return engine.options.models is not None


def take_down(message: Message, desk: Desk, files: tuple[SentFile, ...] = ()) -> Handled:
    """Keep what was said for the next turn; a passing question that it has nothing to do with is closed."""
    replied = message.reply_to_message
    said = Said(
        chat=desk.here,
        thread=desk.thread or 0,
        user=desk.user,
        source=desk.cause(),
        message=message.message_id,
        text=message.text or message.caption or "",
        files=files,
        quoted=(replied.text or replied.caption or "") if replied is not None else "",
        quotes_others=replied is not None and _is_of_others(replied, desk),
        quotes_bot=replied is not None and replied.from_user is not None and replied.from_user.id == desk.bot,
        is_forwarded=message.forward_origin is not None,
    )
    return replace(desk.turned_away(desk.keep()), said=said)


def _is_of_others(replied: Message, desk: Desk) -> bool:
    """Whether it holds neither the person's own words nor the bot's."""
    own = {desk.user, desk.bot}
    return replied.forward_origin is not None or replied.from_user is None or replied.from_user.id not in own


async def is_asked(desk: Desk) -> bool:
    """Whether the last thing said in the conversation here is a question of the bot's, not long ago."""
    if desk.dialogue is not None:
        return False
    last = await desk.conversations.last_line(desk.here, desk.thread or 0)
    return last is not None and last.by_bot and "?" in last.text[-200:] and desk.now - last.at < FRESH


class ToTheModel(Filter):
    """A picture, a voice message, or words with a document, where there is a model and no question is open."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> bool:
        """Whether it is taken down; otherwise it is answered as without a model."""
        if message.chat.type != "private" or desk.dialogue is not None:
            return False
        return has_model(engine) and bool(files_of(message))


def files_of(message: Message) -> tuple[SentFile, ...]:
    """What a model might see or hear in a message, or be told of with the words about it; empty for nothing."""
    if message.photo:
        fitting = [one for one in message.photo if max(one.width, one.height) <= _LARGEST_PHOTO]
        photo = max(fitting or message.photo, key=lambda one: one.width * one.height)
        return (
            SentFile(kind=FileKind.PICTURE, file=photo.file_id, media_type="image/jpeg", size=photo.file_size or 0),
        )
    voice = message.voice or message.audio
    if voice is not None:
        media_type = (voice.mime_type or "audio/ogg").split(";")[0].strip().lower()
        kind = FileKind.VOICE if message.voice else FileKind.SOUND
        return (SentFile(kind=kind, file=voice.file_id, media_type=media_type, size=voice.file_size or 0),)
    document = message.document
    sent = as_document(document.file_id, document.mime_type or "", document.file_size or 0) if document else None
    return (sent,) if sent is not None and (sent.kind is not FileKind.DOCUMENT or message.caption) else ()


def as_document(file: str, media_type: str, size: int) -> SentFile:
    """A document, which may be a picture or a sound all the same."""
    kind = _KINDS.get(media_type.partition("/")[0], FileKind.DOCUMENT)
    return SentFile(kind=kind, file=file, media_type=media_type, size=size)


async def hear_file(message: Message, desk: Desk) -> Handled:
    """A picture or a voice message, with the words that came with it."""
    return take_down(message, desk, files_of(message))


def routes() -> Router:
    """What only a model can take; everything else has been asked before."""
    router = Router(name="conversation")
    router.message.register(hear_file, ToTheModel())
    return router
