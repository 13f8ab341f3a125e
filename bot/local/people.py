"""What people do: write, press, send files, block, make groups. Each deed changes the world and queues an update."""

from dataclasses import dataclass, replace

from bot.local.entities import normalise
from bot.local.events import BotBlocked, ButtonPressed, PersonEdited, PersonSaid
from bot.local.markup import utf16_length
from bot.local.messages import ChatKind, FileKind, JsonObject, Person, SimChat, SimMessage, Upload
from bot.local.queries import Query, query_id
from bot.local.wire import chat_json, message_json, person_json, unix
from bot.local.world import World

MAX_TEXT = 4096  # UTF-16 units
MAX_CAPTION = 1024


def say(world: World, user: Person, text: str, place: tuple[int, int | None, int | None]) -> int:
    """Write in a chat; `place` is the chat's id, the message replied to (None: no reply) and the topic (None: none)."""
    chat_id, reply_to, topic = place
    formatted = normalise(text, [])
    if not formatted.text:
        raise ValueError("an empty message can't be sent")
    if utf16_length(formatted.text) > MAX_TEXT:
        raise ValueError(f"a message has at most {MAX_TEXT} UTF-16 units; the app would send it in parts")
    chat = _enter(world, user, chat_id)
    if reply_to is not None and world.message(chat.id, reply_to) is None:
        raise ValueError(f"there is no message {reply_to} in chat {chat.id} to reply to")
    if topic is not None and topic not in chat.topics:
        raise ValueError(f"there is no topic {topic} in chat {chat.id}")
    message = SimMessage(
        id=world.next_message_id(chat.id),
        chat_id=chat.id,
        date=world.now(),
        sender=user,
        text=formatted.text,
        entities=formatted.entities,
        reply_to=reply_to,
        thread_id=topic,
    )
    return _post(world, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a file is sent."""

    kind: FileKind
    caption: str = ""
    reply_to: int | None = None  # None: no reply
    album: str = ""  # shared by files that are sent at once


def send_file(world: World, user: Person, upload: Upload, look: Look) -> int:
    """Send a file in the private chat."""
    formatted = normalise(look.caption, [])
    if not upload.content:
        raise ValueError("an empty file can't be sent")
    if utf16_length(formatted.text) > MAX_CAPTION:
        raise ValueError(f"a caption has at most {MAX_CAPTION} UTF-16 units")
    chat = _enter(world, user, user.id)
    message = SimMessage(
        id=world.next_message_id(chat.id),
        chat_id=chat.id,
        date=world.now(),
        sender=user,
        text=formatted.text,
        entities=formatted.entities,
        file=world.keep_file(upload, look.kind),
        reply_to=look.reply_to,
        extra={"media_group_id": look.album} if look.album else {},
    )
    return _post(world, message)


def _post(world: World, message: SimMessage) -> int:
    assert message.sender is not None
    world.put_message(message)
    update_id = world.put_update("message", message_json(world, message)) if _is_heard(world, message) else 0
    world.tell(PersonSaid(message=message, update_id=update_id))
    return update_id


def _is_heard(world: World, message: SimMessage) -> bool:
    """Privacy mode: in a group the bot gets commands that no other bot is named in, and replies to itself."""
    if world.chats[message.chat_id].kind is ChatKind.PRIVATE:
        return True
    replied = world.message(message.chat_id, message.reply_to)
    if replied is not None and replied.from_bot:
        return True
    commands = [entity for entity in message.entities if entity.type == "bot_command"]
    if not commands or commands[0].offset != 0:
        return False
    named = message.text[: commands[0].length].partition("@")[2]
    return named.lower() in ("", (world.me.username or "").lower())


def _enter(world: World, user: Person, chat_id: int) -> SimChat:
    """The chat that the person is about to write in; the private one is made, or opened again after a block."""
    if chat_id == user.id:
        chat = world.chats.get(user.id) or SimChat(id=user.id, kind=ChatKind.PRIVATE, person=user)
        if chat.deactivated:
            raise ValueError(f"the account of {user.first_name} is deactivated")
        if chat.blocked:
            set_blocked(world, user, blocked=False)
            chat = world.chats[user.id]
        return world.put_chat(replace(chat, person=user, wrote=True))
    chat = _group(world, chat_id)
    if user.id not in [member.id for member in chat.members]:
        raise ValueError(f"{user.first_name} is not in the group {chat.title}")
    return chat


def _group(world: World, chat_id: int) -> SimChat:
    chat = world.chats.get(chat_id)
    if chat is None or chat.kind is ChatKind.PRIVATE:
        raise ValueError(f"there is no group {chat_id}")
    if chat.migrated_to is not None:
        raise ValueError(f"the group {chat.title} has become the supergroup {chat.migrated_to}")
    return chat


def press(world: World, user: Person, where: tuple[int, int], data: str) -> int:
    """Press a button of a message, or send made-up data with it (at most 64 bytes, as Telegram takes)."""
    chat_id, message_id = where
    chat = world.chats.get(chat_id)
    if chat is None:
        raise ValueError(f"there is no chat {chat_id}")
    if not 1 <= len(data.encode()) <= 64:
        raise ValueError("callback data has 1 to 64 bytes")
    query = Query(
        id=query_id(world.count("queries")),
        person=user,
        chat_id=chat_id,
        message_id=message_id,
        asked=world.seconds(),
    )
    message = world.message(chat_id, message_id)
    shown: JsonObject = (
        message_json(world, message)
        if message is not None
        else {"chat": chat_json(chat), "message_id": message_id, "date": 0}
    )
    world.put_query(query)
    body: JsonObject = {"id": query.id, "from": person_json(user), "message": shown}
    update_id = world.put_update("callback_query", body | {"chat_instance": str(chat_id), "data": data})
    world.tell(
        ButtonPressed(
            query_id=query.id,
            chat_id=chat_id,
            message_id=message_id,
            person=user,
            data=data,
            update_id=update_id,
        )
    )
    return update_id


def edit(world: World, user: Person, where: tuple[int, int], text: str) -> int:
    """Change a message of one's own."""
    before = world.message(*where)
    if before is None or before.sender is None or before.sender.id != user.id:
        raise ValueError(f"{user.first_name} has no message {where[1]} in chat {where[0]}")
    formatted = normalise(text, [])
    if not formatted.text and before.file is None:
        raise ValueError("an empty message can't be sent")
    message = replace(before, text=formatted.text, entities=formatted.entities, edited=world.now())
    world.put_message(message)
    heard = _is_heard(world, message)
    update_id = world.put_update("edited_message", message_json(world, message)) if heard else 0
    world.tell(PersonEdited(before=before, message=message, update_id=update_id))
    return update_id


def delete(world: World, chat_id: int, message_id: int) -> None:
    """Delete a message for both sides."""
    message = world.message(chat_id, message_id)
    if message is None:
        raise ValueError(f"there is no message {message_id} in chat {chat_id}")
    world.delete_message(message)


def set_blocked(world: World, user: Person, *, blocked: bool) -> int:
    """Block the bot or let it in again."""
    chat = world.chats.get(user.id) or SimChat(id=user.id, kind=ChatKind.PRIVATE, person=user)
    if chat.blocked == blocked:
        raise ValueError(f"{user.first_name} has {'blocked the bot already' if blocked else 'not blocked the bot'}")
    chat = world.put_chat(replace(chat, blocked=blocked))
    now = "kicked" if blocked else "member"
    update_id = _membership(world, user, chat, ("member" if blocked else "kicked", now))
    world.tell(BotBlocked(person=user, blocked=blocked, update_id=update_id))
    return update_id


def _membership(world: World, user: Person, chat: SimChat, change: tuple[str, str]) -> int:
    """The `my_chat_member` update of a change of the bot's status, from and to."""
    old, new = (_member(world, status) for status in change)
    body: JsonObject = {
        "chat": chat_json(chat),
        "from": person_json(user),
        "date": unix(world.now()),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    return world.put_update("my_chat_member", body)


def _member(world: World, status: str) -> JsonObject:
    raw: JsonObject = {"user": person_json(world.me, is_bot=True), "status": status}
    return raw | {"until_date": 0} if status == "kicked" else raw


def deactivate(world: World, user: Person) -> None:
    """The account is gone."""
    chat = world.chats.get(user.id) or SimChat(id=user.id, kind=ChatKind.PRIVATE, person=user)
    world.put_chat(replace(chat, deactivated=True))


def open_group(world: World, user: Person, title: str, *, supergroup: bool) -> int:
    """Make a group with the bot in it."""
    number = 1 + sum(1 for chat in world.chats.values() if chat.kind is not ChatKind.PRIVATE)
    chat = SimChat(
        id=-1_001_000_000_000 - number if supergroup else -1_000 - number,
        kind=ChatKind.SUPERGROUP if supergroup else ChatKind.GROUP,
        title=title,
        members=(user,),
    )
    world.put_chat(chat)
    _know(world, user)
    _membership(world, user, chat, ("left", "member"))
    return chat.id


def _know(world: World, user: Person) -> None:
    """Someone whom the bot has met in a group, and may not write to."""
    if user.id not in world.chats:
        world.put_chat(SimChat(id=user.id, kind=ChatKind.PRIVATE, person=user))


def join(world: World, user: Person, chat_id: int) -> None:
    """Add a person to a group."""
    chat = _group(world, chat_id)
    _know(world, user)
    if user.id not in [member.id for member in chat.members]:
        world.put_chat(replace(chat, members=(*chat.members, user)))


def open_topic(world: World, user: Person, chat_id: int, name: str) -> int:
    """Open a topic in a supergroup, which makes it a forum; the topic goes by the service message that tells so."""
    chat = _enter(world, user, chat_id)
    if chat.kind is not ChatKind.SUPERGROUP:
        raise ValueError(f"{chat.title} is no supergroup, and has no topics")
    number = world.next_message_id(chat.id)
    chat = world.put_chat(replace(chat, topics=(*chat.topics, number)))
    message = SimMessage(
        id=number,
        chat_id=chat.id,
        date=world.now(),
        sender=user,
        thread_id=number,
        service=f"opened the topic {name}",
        extra={"forum_topic_created": {"name": name, "icon_color": 7322096}},
    )
    world.put_message(message)
    world.put_update("message", message_json(world, message))
    return number


def delete_topic(world: World, chat_id: int, topic: int) -> None:
    """Delete a topic; nothing can be written there any more."""
    chat = _group(world, chat_id)
    world.put_chat(replace(chat, topics=tuple(one for one in chat.topics if one != topic)))


def close_topic(world: World, chat_id: int, topic: int, *, closed: bool = True) -> None:
    """Let nothing go to a topic any more, or again."""
    chat = _group(world, chat_id)
    others = tuple(one for one in chat.closed_topics if one != topic)
    world.put_chat(replace(chat, closed_topics=(*others, topic) if closed else others))


def close_general(world: World, chat_id: int, *, closed: bool = True) -> None:
    """Let nothing go outside the topics of a forum any more, or again."""
    world.put_chat(replace(_group(world, chat_id), general_closed=closed))


def kick(world: World, user: Person, chat_id: int) -> int:
    """Remove the bot from a group."""
    chat = world.put_chat(replace(_group(world, chat_id), kicked=True))
    return _membership(world, user, chat, ("member", "kicked"))


def upgrade_group(world: World, user: Person, chat_id: int) -> int:
    """Make a group a supergroup: another chat id, and a service message in each of the two."""
    old = _group(world, chat_id)
    if old.kind is not ChatKind.GROUP:
        raise ValueError(f"the group {old.title} is a supergroup already")
    new_id = open_group(world, user, old.title, supergroup=True)
    new = world.put_chat(replace(world.chats[new_id], members=old.members))
    world.put_chat(replace(old, migrated_to=new_id))
    for chat, what, other in ((old, "migrate_to_chat_id", new_id), (new, "migrate_from_chat_id", old.id)):
        message = SimMessage(
            id=world.next_message_id(chat.id),
            chat_id=chat.id,
            date=world.now(),
            sender=user,
            service="became a supergroup",
            extra={what: other},
        )
        world.put_message(message)
        world.put_update("message", message_json(world, message))
    return new_id
