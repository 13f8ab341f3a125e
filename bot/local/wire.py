"""Chats, people and messages in the shape of the Bot API's JSON."""

import datetime as dt
from collections.abc import Callable

from pydantic import JsonValue

from bot.local.keyboards import button_json
from bot.local.messages import ChatKind, FileKind, JsonObject, Person, SimChat, SimEntity, SimFile, SimMessage
from bot.local.world import World


def person_json(person: Person, *, is_bot: bool = False) -> JsonObject:
    """A `User`."""
    raw: JsonObject = {"id": person.id, "is_bot": is_bot, "first_name": person.first_name}
    for name, value in (
        ("last_name", person.last_name),
        ("username", person.username),
        ("language_code", None if is_bot else person.language_code),
    ):
        if value is not None:
            raw[name] = value
    return raw


def chat_json(chat: SimChat) -> JsonObject:
    """A `Chat`."""
    raw: JsonObject = {"id": chat.id, "type": chat.kind.value}
    if chat.kind is not ChatKind.PRIVATE or chat.person is None:
        return raw | {"title": chat.title} | ({"is_forum": True} if chat.topics else {})
    return raw | {
        name: value
        for name, value in person_json(chat.person).items()
        if name in ("first_name", "last_name", "username")
    }


def entity_json(entity: SimEntity, user: Callable[[int], Person | None]) -> JsonObject:
    """A `MessageEntity`; `user` finds the person of a mention."""
    raw: JsonObject = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    for name in ("url", "language", "custom_emoji_id", "unix_time", "date_time_format"):
        value = getattr(entity, name)
        if value is not None:
            raw[name] = value
    if entity.user_id is not None:
        person = user(entity.user_id) or Person(id=entity.user_id, first_name="?", language_code=None)
        raw["user"] = person_json(person)
    return raw


def file_json(file: SimFile) -> JsonValue:
    """A `Document`, `Voice`, `Sticker`, or the list of sizes of a photo."""
    raw: JsonObject = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size}
    match file.kind:
        case FileKind.DOCUMENT:
            return raw | {"file_name": file.name, "mime_type": file.mime_type}
        case FileKind.PHOTO:
            return [raw | {"width": file.width, "height": file.height}]
        case FileKind.VOICE:
            return raw | {"duration": 1, "mime_type": file.mime_type}
        case FileKind.STICKER:
            kind: JsonObject = {"type": "regular", "is_animated": False, "is_video": False}
            return raw | kind | {"width": file.width or 512, "height": file.height or 512}


def keyboard_json(message: SimMessage) -> JsonObject:
    """An `InlineKeyboardMarkup`."""
    return {"inline_keyboard": [[button_json(button) for button in row] for row in message.buttons]}


def unix(moment: dt.datetime) -> int:
    """A moment as Telegram writes it: whole seconds since 1970."""
    return int(moment.timestamp())


def message_json(world: World, message: SimMessage, *, with_reply: bool = True) -> JsonObject:
    """A `Message`, with the message it replies to (but not that one's own)."""
    chat = world.chats[message.chat_id]
    sender = person_json(world.me, is_bot=True) if message.sender is None else person_json(message.sender)
    raw: JsonObject = {"message_id": message.id, "from": sender, "chat": chat_json(chat), "date": unix(message.date)}
    if message.edited is not None:
        raw["edit_date"] = unix(message.edited)
    if message.thread_id is not None:
        raw |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    if message.file is not None:
        raw[message.file.kind.value] = file_json(message.file)
    if message.text:
        raw |= _text_json(world, message)
    if message.buttons:
        raw["reply_markup"] = keyboard_json(message)
    opening = message.thread_id if message.thread_id != message.id else None  # what answers nothing answers its topic
    replied = world.message(message.chat_id, message.reply_to or opening)
    if with_reply and replied is not None:
        raw["reply_to_message"] = message_json(world, replied, with_reply=False)
    return raw | message.extra


def _text_json(world: World, message: SimMessage) -> JsonObject:
    """Text with its entities, or a caption with its own."""
    text, entities = ("text", "entities") if message.file is None else ("caption", "caption_entities")
    raw: JsonObject = {text: message.text}
    if message.entities:
        raw[entities] = [entity_json(entity, world.person) for entity in message.entities]
    return raw
