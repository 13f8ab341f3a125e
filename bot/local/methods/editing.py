"""Bot API methods that act on a message that is there: edit, delete, pin, and answer a press."""

import datetime as dt
from dataclasses import replace

from pydantic import JsonValue

from bot.local.entities import format_text
from bot.local.events import CallbackAnswered, MessagePinned
from bot.local.keyboards import read_markup
from bot.local.markup import utf16_length
from bot.local.messages import FileKind, SimChat, SimMessage, Upload
from bot.local.methods.sending import MAX_CAPTION, read_caption, read_preview, read_text
from bot.local.methods.table import method, pass_flood_control, reachable_chat
from bot.local.parameters import Params
from bot.local.refusals import (
    bad_request,
    cannot_delete,
    cannot_edit,
    caption_is_too_long,
    delete_not_found,
    edit_not_found,
    message_too_long_for_toast,
    no_caption_to_edit,
    no_text_to_edit,
    not_modified,
    pin_not_found,
    query_is_too_old,
    unpin_not_found,
)
from bot.local.wire import message_json
from bot.local.world import World

DELETABLE = dt.timedelta(hours=48)
MAX_TOAST = 200


def _to_edit(world: World, params: Params) -> SimMessage:
    """The message to be edited, with its chat checked; raises `Refusal`."""
    chat_id, message_id = params.chat_id(), params.message_id()
    chat = reachable_chat(world, chat_id)
    message = world.message(chat.id, message_id)
    if message is None:
        raise edit_not_found()
    if not message.from_bot or message.service:
        raise cannot_edit()
    return message


def _edit(world: World, before: SimMessage, after: SimMessage) -> JsonValue:
    """Put the edited message in place; raises `Refusal` when nothing changes or it is too fast."""
    if after == before:
        raise not_modified()
    pass_flood_control(world, world.chats[before.chat_id])
    message = world.change_message(before, replace(after, edited=world.now()))
    return message_json(world, message)


@method(
    "editMessageText",
    "chat_id message_id text parse_mode entities link_preview_options disable_web_page_preview reply_markup",
)
def edit_message_text(world: World, params: Params) -> JsonValue:
    """Other text; without reply_markup the keyboard goes."""
    body = read_text(params)
    markup = read_markup(params.object("reply_markup"), inline_only=True)
    before = _to_edit(world, params)
    if before.file is not None:
        raise no_text_to_edit()
    extra = {name: value for name, value in before.extra.items() if name != "link_preview_options"}
    after = replace(
        before,
        text=body.text,
        entities=body.entities,
        buttons=markup.buttons,
        extra=extra | read_preview(params),
    )
    return _edit(world, before, after)


@method("editMessageReplyMarkup", "chat_id message_id reply_markup")
def edit_message_reply_markup(world: World, params: Params) -> JsonValue:
    """Other buttons; without any they go."""
    markup = read_markup(params.object("reply_markup"), inline_only=True)
    before = _to_edit(world, params)
    return _edit(world, before, replace(before, buttons=markup.buttons))


@method(
    "editMessageCaption",
    "chat_id message_id caption parse_mode caption_entities show_caption_above_media reply_markup",
)
def edit_message_caption(world: World, params: Params) -> JsonValue:
    """Another caption; without reply_markup the keyboard goes."""
    body = read_caption(params)
    markup = read_markup(params.object("reply_markup"), inline_only=True)
    before = _to_edit(world, params)
    if before.file is None:
        raise no_caption_to_edit()
    after = replace(before, text=body.text, entities=body.entities, buttons=markup.buttons)
    return _edit(world, before, after)


@method("editMessageMedia", "chat_id message_id media reply_markup")
def edit_message_media(world: World, params: Params) -> JsonValue:
    """Another file with its caption."""
    media = params.object("media") or {}
    kind = media.get("type")
    if kind not in (FileKind.DOCUMENT.value, FileKind.PHOTO.value):
        raise bad_request("can't parse InputMedia: unsupported type specified")
    named, caption, mode = (media.get(name) or "" for name in ("media", "caption", "parse_mode"))
    file = world.files.sent_by_bot(params.resolve(str(named)), FileKind(str(kind)))
    body = format_text(str(caption), str(mode), media.get("caption_entities"))
    if utf16_length(body.text) > MAX_CAPTION:
        raise caption_is_too_long()
    markup = read_markup(params.object("reply_markup"), inline_only=True)
    before = _to_edit(world, params)
    changed = replace(before, text=body.text, entities=body.entities, buttons=markup.buttons)
    if isinstance(file, Upload):
        pass_flood_control(world, world.chats[before.chat_id])
        kept = world.keep_file(file, FileKind(str(kind)))
        message = world.change_message(before, replace(changed, file=kept, edited=world.now()))
        return message_json(world, message)
    return _edit(world, before, replace(changed, file=file))


@method("deleteMessage", "chat_id message_id")
def delete_message(world: World, params: Params) -> JsonValue:
    """Delete a message, at most 48 hours old."""
    chat = reachable_chat(world, params.chat_id())
    message = world.message(chat.id, params.message_id())
    if message is None:
        raise delete_not_found()
    if not _may_delete(world, chat, message):
        raise cannot_delete()
    world.delete_message(message)
    return True


@method("deleteMessages", "chat_id message_ids")
def delete_messages(world: World, params: Params) -> JsonValue:
    """Delete several; those that are gone or can't be deleted are passed over."""
    chat = reachable_chat(world, params.chat_id())
    ids = params.json("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("message identifiers are not specified")
    for message_id in ids:
        message = world.message(chat.id, message_id if isinstance(message_id, int) else None)
        if message is not None and _may_delete(world, chat, message):
            world.delete_message(message)
    return True


def _may_delete(world: World, chat: SimChat, message: SimMessage) -> bool:
    """Fresh enough; in groups only the bot's own, for it is no administrator here."""
    return world.now() - message.date <= DELETABLE and (message.from_bot or chat.person is not None)


@method("pinChatMessage", "chat_id message_id disable_notification")
def pin_chat_message(world: World, params: Params) -> JsonValue:
    """Pin a message; a service message tells so."""
    chat = reachable_chat(world, params.chat_id())
    message = world.message(chat.id, params.message_id())
    if message is None or message.service:
        raise pin_not_found()
    if message.id not in chat.pinned:
        world.put_chat(replace(chat, pinned=(*chat.pinned, message.id)))
        world.put_message(
            SimMessage(
                id=world.next_message_id(chat.id),
                chat_id=chat.id,
                date=world.now(),
                service=f"pinned {message.id}",
                silent=params.boolean("disable_notification"),
                extra={"pinned_message": message_json(world, message, with_reply=False)},
            )
        )
        world.tell(MessagePinned(message=message, pinned=True))
    return True


@method("unpinChatMessage", "chat_id message_id")
def unpin_chat_message(world: World, params: Params) -> JsonValue:
    """Take the pin off a message, the newest pinned one when none is named."""
    chat = reachable_chat(world, params.chat_id())
    newest = chat.pinned[-1] if chat.pinned else 0
    message = world.message(chat.id, params.integer("message_id") or newest)
    if message is None or message.id not in chat.pinned:
        raise unpin_not_found()
    _unpin(world, chat, message)
    return True


@method("unpinAllChatMessages", "chat_id")
def unpin_all_chat_messages(world: World, params: Params) -> JsonValue:
    """Take all pins off."""
    chat = reachable_chat(world, params.chat_id())
    for message_id in chat.pinned:
        message = world.message(chat.id, message_id)
        if message is not None:
            _unpin(world, world.chats[chat.id], message)
    return True


def _unpin(world: World, chat: SimChat, message: SimMessage) -> None:
    world.put_chat(replace(chat, pinned=tuple(one for one in chat.pinned if one != message.id)))
    world.tell(MessagePinned(message=message, pinned=False))


@method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
def answer_callback_query(world: World, params: Params) -> JsonValue:
    """Answer a press, once and within the window."""
    text = params.text("text")
    if len(text) > MAX_TOAST:
        raise message_too_long_for_toast()
    query = world.queries.get(params.text("callback_query_id"))
    if query is None or not query.may_be_answered(world.seconds()):
        raise query_is_too_old()
    world.put_query(replace(query, answered=True))
    world.tell(
        CallbackAnswered(
            query_id=query.id,
            chat_id=query.chat_id,
            message_id=query.message_id,
            person=query.person,
            text=text,
            alert=params.boolean("show_alert"),
            url=params.text("url") or None,
        )
    )
    return True
