"""Bot API methods about the bot itself, its chats and its files: who it is, its menus, who is where."""

from pydantic import JsonValue

from bot.local.events import CommandsChanged
from bot.local.files import download_path
from bot.local.menus import read_commands, scope_key
from bot.local.messages import ChatKind, JsonObject, SimChat
from bot.local.methods.table import Work, method, reachable_chat
from bot.local.parameters import Params
from bot.local.refusals import bad_request, chat_not_found
from bot.local.wire import chat_json, message_json, person_json
from bot.local.world import World


@method("getMe")
def get_me(world: World, params: Params) -> JsonValue:
    """The bot's own account."""
    del params  # it has none
    abilities: JsonObject = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return person_json(world.me, is_bot=True) | abilities


@method("setMyCommands", "commands scope language_code")
def set_my_commands(world: World, params: Params) -> JsonValue:
    """Set a commands menu."""
    commands = read_commands(params.json("commands"))
    scope = scope_key(params.object("scope"))
    world.put_commands(scope, params.text("language_code"), commands)
    world.tell(CommandsChanged(scope=scope))
    return True


@method("getMyCommands", "scope language_code")
def get_my_commands(world: World, params: Params) -> JsonValue:
    """The commands of exactly this scope and language."""
    found = world.menu.get(scope_key(params.object("scope")), params.text("language_code"))
    return [{"command": command, "description": description} for command, description in found]


@method("deleteMyCommands", "scope language_code")
def delete_my_commands(world: World, params: Params) -> JsonValue:
    """Take a commands menu away."""
    scope = scope_key(params.object("scope"))
    world.put_commands(scope, params.text("language_code"), ())
    world.tell(CommandsChanged(scope=scope))
    return True


def _words(what: str, field: str, longest: int) -> None:
    """Add the setter and the getter of a text that the bot shows about itself."""

    def put(world: World, params: Params) -> JsonValue:
        text = params.text(field)
        if len(text) > longest:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        world.put_setting(f"{field}|{params.text('language_code')}", text)
        return True

    def get(world: World, params: Params) -> JsonValue:
        default = world.me.first_name if field == "name" else ""
        plain = world.settings.get(f"{field}|") or default
        return {field: world.settings.get(f"{field}|{params.text('language_code')}") or plain}

    for name, accepts, work in (
        (f"setMy{what}", f"{field} language_code", put),
        (f"getMy{what}", "language_code", get),
    ):
        function: Work = work
        method(name, accepts)(function)


_words("Description", "description", 512)
_words("ShortDescription", "short_description", 120)
_words("Name", "name", 64)


@method("setChatMenuButton", "chat_id menu_button")
def set_chat_menu_button(world: World, params: Params) -> JsonValue:
    """What stands beside the input field, in one private chat or in all."""
    button = params.object("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse MenuButton: Unsupported type specified")
    world.put_setting(f"menu_button|{_menu_chat(world, params)}", button)
    return True


@method("getChatMenuButton", "chat_id")
def get_chat_menu_button(world: World, params: Params) -> JsonValue:
    """What stands beside the input field."""
    general = world.settings.get("menu_button|") or {"type": "default"}
    return world.settings.get(f"menu_button|{_menu_chat(world, params)}") or general


def _menu_chat(world: World, params: Params) -> str:
    if not params.has("chat_id"):
        return ""
    chat = world.chats.get(params.chat_id())
    if chat is None or chat.kind is not ChatKind.PRIVATE:
        raise chat_not_found()
    return str(chat.id)


@method("getChat", "chat_id")
def get_chat(world: World, params: Params) -> JsonValue:
    """All about a chat; also of one that can't be written to."""
    chat = world.chats.get(params.chat_id())
    if chat is None:
        raise chat_not_found()
    if chat.migrated_to is not None or chat.kicked:
        reachable_chat(world, chat.id)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    raw: JsonObject = chat_json(chat) | {"accent_color_id": chat.id % 7, "max_reaction_count": 11}
    raw["accepted_gift_types"] = dict.fromkeys(gifts, False)
    pinned = world.message(chat.id, chat.pinned[-1] if chat.pinned else None)
    if pinned is not None:
        raw["pinned_message"] = message_json(world, pinned, with_reply=False)
    return raw


@method("getChatMember", "chat_id user_id")
def get_chat_member(world: World, params: Params) -> JsonValue:
    """What someone is in a chat: creator (the first member of a group), member, left."""
    chat = world.chats.get(params.chat_id())
    if chat is None:
        raise chat_not_found()
    if chat.kind is not ChatKind.PRIVATE:
        reachable_chat(world, chat.id)
    return _member(world, chat, params.integer("user_id"))


def _member(world: World, chat: SimChat, user_id: int) -> JsonObject:
    if user_id == world.me.id:
        return {"status": "member", "user": person_json(world.me, is_bot=True)}
    person = world.person(user_id)
    if person is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    ids = [user_id] if chat.id == user_id else [member.id for member in chat.members]
    user: JsonObject = {"user": person_json(person)}
    if user_id not in ids:
        return user | {"status": "left"}
    if chat.kind is not ChatKind.PRIVATE and ids[0] == user_id:
        return user | {"status": "creator", "is_anonymous": False}
    return user | {"status": "member"}


@method("getFile", "file_id")
def get_file(world: World, params: Params) -> JsonValue:
    """Where a file can be downloaded."""
    file = world.files.for_download(params.text("file_id"))
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": download_path(file),
    }
