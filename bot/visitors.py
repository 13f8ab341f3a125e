"""Who an update comes from, read from Telegram's JSON as it is, before anything else looks at it."""

from dataclasses import dataclass

from engine.records import Speaker
from engine.values import ChatId, JsonObject, JsonValue, UserId

_GONE = ("kicked", "left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """The person behind an update, and where they are."""

    update: int
    kind: str
    """Telegram's name of the kind of update, such as `message`."""
    chat: ChatId | None
    """None for an update that belongs to no chat."""
    user: UserId | None
    """None where nobody in particular sent it, such as a channel's post."""
    is_private: bool
    text: str
    """What was written; empty for anything but a text message."""
    thread: int | None
    """The topic of a group; None outside topics."""
    message: int
    """The message that was written or tapped; 0 for none."""
    query: str | None
    """The id of a tap; None for anything else."""
    is_member: bool | None
    """Of a change of the bot's own membership: whether it can write there now; None for anything else."""
    moved: tuple[ChatId, ChatId] | None
    """Of Telegram's word that a group has become a supergroup: the old and the new id; None for anything else."""

    @property
    def speaker(self) -> Speaker | None:
        """The person in their place; None for nobody, or no chat."""
        if self.chat is None or self.user is None:
            return None
        return Speaker(chat=self.chat, user=self.user, thread=self.thread or 0)


def read_visitor(update: JsonObject) -> Visitor:
    """The visitor behind an update; what is missing or of another type is left empty."""
    kind = next((key for key in update if key != "update_id"), "")
    body = _object(update.get(kind))
    message = _object(body.get("message")) if kind == "callback_query" else body
    chat = _object(message.get("chat"))
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    status = _object(body.get("new_chat_member")).get("status") if kind == "my_chat_member" else None
    number, user = _number(chat.get("id")), _number(_object(body.get("from")).get("id"))
    return Visitor(
        update=_number(update.get("update_id")) or 0,
        kind=kind,
        chat=None if number is None else ChatId(number),
        user=None if user is None else UserId(user),
        is_private=chat.get("type") == "private",
        text=str(body.get("text") or "") if kind == "message" else "",
        thread=_number(topic),
        message=_number(message.get("message_id")) or 0,
        query=str(body.get("id")) if kind == "callback_query" else None,
        is_member=None if status is None else status not in _GONE,
        moved=_move(body, number) if kind == "message" and number is not None else None,
    )


def _move(message: JsonObject, chat: int) -> tuple[ChatId, ChatId] | None:
    """Telegram tells both chats: the old one whereto, the new one where from."""
    to, of = _number(message.get("migrate_to_chat_id")), _number(message.get("migrate_from_chat_id"))
    if to is not None:
        return ChatId(chat), ChatId(to)
    return None if of is None else (ChatId(of), ChatId(chat))


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _number(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
