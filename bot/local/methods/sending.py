"""Bot API methods that send: messages, files, drafts, and signs of being busy."""

from dataclasses import dataclass

from pydantic import JsonValue

from bot.local.entities import Formatted, format_text
from bot.local.events import ChatAction, DraftShown, MessageSent
from bot.local.keyboards import Markup, read_markup
from bot.local.markup import utf16_length
from bot.local.messages import ChatKind, FileKind, JsonObject, SimChat, SimFile, SimMessage, Upload
from bot.local.methods.table import method, pass_flood_control, reachable_chat
from bot.local.parameters import Params
from bot.local.refusals import (
    WrongCall,
    bad_request,
    caption_is_too_long,
    reply_not_found,
    text_is_empty,
    text_is_too_long,
)
from bot.local.wire import message_json
from bot.local.world import Draft, World

MAX_TEXT = 4096  # UTF-16 units
MAX_CAPTION = 1024
ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)
SHARED = (
    " chat_id message_thread_id parse_mode disable_notification protect_content reply_parameters reply_markup"
    " reply_to_message_id allow_sending_without_reply "
)


def read_text(params: Params) -> Formatted:
    """The text of a message, checked; raises `Refusal`."""
    formatted = format_text(params.text("text"), params.text("parse_mode"), params.json("entities"))
    if not formatted.text:
        raise text_is_empty()
    if utf16_length(formatted.text) > MAX_TEXT:
        raise text_is_too_long()
    return formatted


def read_caption(params: Params) -> Formatted:
    """The caption of a file, checked; raises `Refusal`."""
    formatted = format_text(params.text("caption"), params.text("parse_mode"), params.json("caption_entities"))
    if utf16_length(formatted.text) > MAX_CAPTION:
        raise caption_is_too_long()
    return formatted


def read_preview(params: Params) -> JsonObject:
    """What the message keeps of the wish for a link preview."""
    options = params.object("link_preview_options") or {}
    if params.boolean("disable_web_page_preview"):
        options = {"is_disabled": True}
    return {"link_preview_options": options} if options else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A message that is ready but for its number."""

    body: Formatted
    markup: Markup
    extra: JsonObject
    file: SimFile | Upload | None = None  # None: a text
    kind: FileKind = FileKind.DOCUMENT


def _send(world: World, params: Params, draft: _Draft) -> JsonValue:
    """Check the chat and the message replied to, pass flood control, and deliver."""
    chat = reachable_chat(world, params.chat_id())
    topic = params.integer("message_thread_id") or None
    if topic is not None and topic not in chat.topics:
        raise bad_request("message thread not found")
    if chat.general_closed if topic is None else topic in chat.closed_topics:
        raise bad_request("TOPIC_CLOSED")
    reply_to = _reply_target(world, params, chat)
    pass_flood_control(world, chat)
    file = draft.file
    if isinstance(file, Upload):
        file = world.keep_file(file, draft.kind)
    protected: JsonObject = {"has_protected_content": True} if params.boolean("protect_content") else {}
    message = SimMessage(
        id=world.next_message_id(chat.id),
        chat_id=chat.id,
        date=world.now(),
        text=draft.body.text,
        entities=draft.body.entities,
        buttons=draft.markup.buttons,
        reply_keyboard=draft.markup.reply_keyboard,
        file=file,
        reply_to=reply_to,
        thread_id=topic,
        silent=params.boolean("disable_notification"),
        extra=draft.extra | protected,
    )
    world.put_message(message)
    world.drafts.pop(chat.id, None)
    world.tell(MessageSent(message=message))
    return message_json(world, message)


def _reply_target(world: World, params: Params, chat: SimChat) -> int | None:
    """The message replied to; None for no reply, or for one that may go without."""
    reply = params.object("reply_parameters")
    if reply is None:
        reply = {"allow_sending_without_reply": params.boolean("allow_sending_without_reply")}
        if params.has("reply_to_message_id"):
            reply["message_id"] = params.integer("reply_to_message_id")
    if "message_id" not in reply:
        return None
    target_id = reply["message_id"]
    if not isinstance(target_id, int) or isinstance(target_id, bool):
        raise WrongCall(f"{params.method}: the message replied to is a whole number, not {target_id!r}")
    if reply.get("chat_id") not in (None, chat.id):
        raise WrongCall(f"{params.method}: replies across chats are not simulated")
    target = world.message(chat.id, target_id)
    if target is None:
        if reply.get("allow_sending_without_reply"):
            return None
        raise reply_not_found()
    quote = reply.get("quote")
    if isinstance(quote, str) and quote not in target.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return target_id


@method("sendMessage", SHARED + "text entities link_preview_options disable_web_page_preview")
def send_message(world: World, params: Params) -> JsonValue:
    """A text message."""
    body = read_text(params)
    markup = read_markup(params.object("reply_markup"))
    return _send(world, params, _Draft(body=body, markup=markup, extra=read_preview(params)))


@method("sendDocument", SHARED + "document thumbnail caption caption_entities disable_content_type_detection")
def send_document(world: World, params: Params) -> JsonValue:
    """A file."""
    return _send_file(world, params, FileKind.DOCUMENT)


@method("sendPhoto", SHARED + "photo caption caption_entities show_caption_above_media has_spoiler")
def send_photo(world: World, params: Params) -> JsonValue:
    """A picture."""
    return _send_file(world, params, FileKind.PHOTO)


def _send_file(world: World, params: Params, kind: FileKind) -> JsonValue:
    file = world.files.sent_by_bot(params.file(kind.value), kind)
    body = read_caption(params)
    markup = read_markup(params.object("reply_markup"))
    extra: JsonObject = {
        shown: True
        for asked, shown in (
            ("show_caption_above_media", "show_caption_above_media"),
            ("has_spoiler", "has_media_spoiler"),
        )
        if params.boolean(asked)
    }
    return _send(world, params, _Draft(body=body, markup=markup, extra=extra, file=file, kind=kind))


@method("sendChatAction", "chat_id action message_thread_id")
def send_chat_action(world: World, params: Params) -> JsonValue:
    """«typing» and the like."""
    action = params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = reachable_chat(world, params.chat_id())
    world.tell(ChatAction(chat_id=chat.id, action=action))
    return True


@method("sendMessageDraft", "chat_id draft_id message_thread_id text parse_mode entities")
def send_message_draft(world: World, params: Params) -> JsonValue:
    """An answer as it grows; empty text shows that one is coming."""
    body = format_text(params.text("text"), params.text("parse_mode"), params.json("entities"))
    if utf16_length(body.text) > MAX_TEXT:
        raise text_is_too_long()
    draft_id = params.integer("draft_id")
    if draft_id == 0:
        raise bad_request("DRAFT_ID_INVALID")
    chat = reachable_chat(world, params.chat_id())
    if chat.kind is not ChatKind.PRIVATE:
        raise bad_request("drafts can be sent only to private chats")
    world.drafts[chat.id] = Draft(text=body.text, shown=world.seconds())
    world.tell(DraftShown(chat_id=chat.id, draft_id=draft_id, text=body.text))
    return True
