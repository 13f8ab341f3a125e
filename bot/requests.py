"""From a rendered message to the Bot API call that sends it, and its variants: as a repeat, plain, as a new one."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from aiogram import Bot
from aiogram.methods import EditMessageReplyMarkup, EditMessageText, SendDocument, SendMessage
from aiogram.types import BufferedInputFile, Message

from bot.log import mask
from engine.files import FileId, GoalFiles
from engine.records import Outgoing
from engine.values import ChatId, JsonValue

TIMEOUT = 30
"""Seconds for an answer to a message; lost ones cost a repeat, so it is patient."""
UPLOAD_TIMEOUT = 120
"""Seconds for an answer to a file."""
LIMIT = 4096
"""UTF-16 units of a text; `CAPTION` of a caption."""
CAPTION = 1024
REPEAT = "(Sent again: I could not tell whether it had arrived.)"
_SHOWN = ("text", "input_field_placeholder")
# What belongs to sending and makes no sense in an edit.
_SENDING_ONLY = ("edit", "reply_parameters", "message_thread_id", "disable_notification")


def is_edit(outgoing: Outgoing) -> bool:
    """Whether it changes a message that is there."""
    return "edit" in outgoing.payload


def only_takes_buttons(outgoing: Outgoing) -> bool:
    """Whether it is an edit that takes buttons away and says nothing."""
    return is_edit(outgoing) and "text" not in outgoing.payload


def as_new(outgoing: Outgoing) -> Outgoing:
    """An edit as a message of its own."""
    return replace(outgoing, payload={key: value for key, value in outgoing.payload.items() if key != "edit"})


def as_topicless(outgoing: Outgoing) -> Outgoing:
    """Outside the topic that it was for."""
    kept = {key: value for key, value in outgoing.payload.items() if key != "message_thread_id"}
    return replace(outgoing, payload=kept)


def as_plain(outgoing: Outgoing) -> Outgoing:
    """Without formatting and other extras that could be what Telegram refuses; equal when there is none."""
    extras = ("entities", "caption_entities", "parse_mode", "link_preview_options", "reply_parameters")
    return replace(outgoing, payload={key: value for key, value in outgoing.payload.items() if key not in extras})


def as_repeat(outgoing: Outgoing) -> Outgoing:
    """Marked as a repeat where there is room; entities stay where they are, since the mark comes last."""
    name, limit = ("caption", CAPTION) if "document" in outgoing.payload else ("text", LIMIT)
    text = str(outgoing.payload.get(name) or "")
    marked = f"{text}\n\n{REPEAT}".lstrip()
    if len(marked.encode("utf-16-le")) // 2 > limit:
        return outgoing
    return replace(outgoing, payload={**outgoing.payload, name: marked})


def without_secrets(outgoing: Outgoing, secrets: Collection[str] = ()) -> Outgoing:
    """The message with dots in place of tokens and keys: in its text, its caption, its file and what buttons say.

    They come with a person's paste, a provider's complaint or a program's slip.
    """
    payload = dict(outgoing.payload)
    for name in ("text", "caption"):
        text = payload.get(name)
        if isinstance(text, str):
            payload[name] = mask(text, secrets)
    file = payload.get("document")
    if isinstance(file, dict) and isinstance(content := file.get("content"), str):
        payload["document"] = {**file, "content": mask(content, secrets)}
    if "reply_markup" in payload:
        payload["reply_markup"] = _masked(payload["reply_markup"], secrets)
    return replace(outgoing, payload=payload) if payload != outgoing.payload else outgoing


def _masked(markup: JsonValue, secrets: Collection[str]) -> JsonValue:
    """A keyboard with dots in what it shows; what its buttons do is left alone."""
    if isinstance(markup, list):
        return [_masked(one, secrets) for one in markup]
    if not isinstance(markup, dict):
        return markup
    return {
        name: mask(value, secrets) if name in _SHOWN and isinstance(value, str) else _masked(value, secrets)
        for name, value in markup.items()
    }


async def post(bot: Bot, outgoing: Outgoing, chat: ChatId, files: GoalFiles | None = None) -> int | None:
    """Send or edit it in `chat`; the message's id. `files` is where files of goals are; None where none are sent.

    Raises aiogram's errors, and `ValueError` (pydantic's among them) for a payload that is none.
    """
    payload = dict(outgoing.payload)
    if "edit" in payload:
        return await _edit(bot, payload, chat)
    if outgoing.silent:
        payload["disable_notification"] = True
    if "document" in payload:
        return await _send_file(bot, payload, chat, files)
    sent = await bot(SendMessage.model_validate({**payload, "chat_id": chat}), request_timeout=TIMEOUT)
    return sent.message_id


async def _edit(bot: Bot, payload: Mapping[str, JsonValue], chat: ChatId) -> int | None:
    values = {key: value for key, value in payload.items() if key not in _SENDING_ONLY}
    values |= {"chat_id": chat, "message_id": payload["edit"]}
    if "text" in values:
        edited = await bot(EditMessageText.model_validate(values), request_timeout=TIMEOUT)
    else:
        edited = await bot(EditMessageReplyMarkup.model_validate(values), request_timeout=TIMEOUT)
    return edited.message_id if isinstance(edited, Message) else None


async def _send_file(bot: Bot, payload: Mapping[str, JsonValue], chat: ChatId, files: GoalFiles | None) -> int | None:
    file = payload["document"]
    if not isinstance(file, dict):
        raise ValueError("a document is an object of name and content, or of name and the id of a goal's file")
    written = await _kept_content(file, files) if "kept" in file else str(file.get("content", "")).encode()
    content = BufferedInputFile(written, filename=str(file.get("name") or "file.txt"))
    values = {key: value for key, value in payload.items() if key not in ("document", "text", "entities")}
    values.setdefault("caption", payload.get("text"))
    values.setdefault("caption_entities", payload.get("entities"))
    request = SendDocument.model_validate({**values, "chat_id": chat, "document": content})
    return (await bot(request, request_timeout=UPLOAD_TIMEOUT)).message_id


async def _kept_content(file: Mapping[str, JsonValue], files: GoalFiles | None) -> bytes:
    found = await files.find(FileId(int(str(file["kept"])))) if files is not None else None
    if files is None or found is None:
        raise ValueError(f"there is no file {file['kept']} any more")
    return await files.read(found)
