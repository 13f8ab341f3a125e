"""Everything that nothing else understood: unknown commands and buttons, files, stickers, edited messages."""

from aiogram import Bot, Router
from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message

from engine.records import Handled
from handlers.desk import Desk
from handlers.gates import is_command
from handlers.small_talk import near_command
from handlers.taps import answer_tap
from handlers.views.letters import letter, line

_CONTENT: dict[str, str] = {
    "photo": "I can't look at pictures. Write what it shows, or «done» as a reply to the task it belongs to.",
    "document": "I can't read files by themselves, only keep them with a goal: send it as a reply to a message about"
    " the goal, or with the goal's number as its caption.",
    "voice": "I can't listen to voice messages. Please write it.",
    "audio": "I can't listen to recordings. Please write it.",
    "video": "I can't watch videos. Write what it shows, please.",
    "video_note": "I can't watch videos. Write what it shows, please.",
    "location": "I can't use places on a map. For your time zone, send a city in /settings.",
    "contact": "I can't use contacts. Write what you want to reach, and I'll plan it.",
    "poll": "I can't take part in polls. Write what you want to reach, and I'll plan it.",
}
_SERVICE = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "migrate_to_chat_id", "migrate_from_chat_id",
        "pinned_message", "message_auto_delete_timer_changed", "forum_topic_created", "forum_topic_edited",
        "forum_topic_closed", "forum_topic_reopened", "video_chat_started", "video_chat_ended", "write_access_allowed",
        "chat_background_set", "boost_added", "channel_chat_created", "unknown",
    }
)  # fmt: skip
"""What Telegram says by itself in a chat; nobody waits for an answer."""


async def unknown_command(message: Message, bot: Bot, desk: Desk) -> Handled:
    """A command that doesn't exist; one that names another bot, or none in a group, is not for us to answer."""
    command, _, named = (message.text or "").split()[0].partition("@")
    if message.chat.type != "private" or (named and named.lower() != ((await bot.me()).username or "").lower()):
        return desk.keep()
    near = near_command(command)
    hint = f"Perhaps /{near}? /help shows all I know." if near else "/help shows what I know."
    return desk.keep(letter(desk.here, f"I don't know {line(command, 40)}. {hint}"))


async def other_content(message: Message, desk: Desk) -> Handled:
    """A file, a picture, a sticker: says what can be done instead. A dialogue stays open."""
    kind = ContentType(message.content_type).value  # `str` of it would be its name in the code
    if kind in _SERVICE or message.chat.type != "private":
        return desk.keep()
    text = _CONTENT.get(kind, "I only understand text and my buttons. /help shows what you can say.")
    if message.caption or message.media_group_id:
        with_it = "The words with it I didn't use" if message.caption else "Words with them I can't use either"
        text += f" {with_it}; send them as a message of their own."
    if desk.dialogue is not None:
        text += " My last question is still open."
    return desk.keep(letter(desk.here, text), once=desk.cause_of_album(message.media_group_id))


async def edited_message(message: Message, desk: Desk) -> Handled:
    """An edited message: what was done with it is not done again."""
    if message.chat.type != "private" or not message.text:
        return desk.keep()
    text = "I act on a message when it arrives, so an edit changes nothing. Please send it as a new one."
    return desk.keep(letter(desk.here, text))


async def unknown_button(query: CallbackQuery, desk: Desk) -> Handled:
    """Callback data that is none of ours, or of a version long gone."""
    await answer_tap(query, "This button doesn't work any more. /goals shows what there is.")
    return desk.keep()


async def _is_command(message: Message) -> bool:
    return is_command(message)


def routes() -> Router:
    """The last of all."""
    router = Router(name="fallback")
    router.message.register(unknown_command, _is_command)
    router.message.register(other_content)
    router.edited_message.register(edited_message)
    router.callback_query.register(unknown_button)
    return router
