"""The commands menu, per scope and language, and the other words a bot says about itself."""

import re

from pydantic import JsonValue

from bot.local.messages import ChatKind, JsonObject, SimChat
from bot.local.refusals import (
    bad_request,
    bot_command_description_invalid,
    bot_command_invalid,
    bot_commands_too_much,
)

Commands = tuple[tuple[str, str], ...]
MAX_COMMANDS = 100
PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")


def scope_key(raw: JsonObject | None) -> str:
    """A scope as one word, such as `default`, `chat:7` or `chat_member:-5:7`; raises `Refusal`."""
    kind = (raw or {}).get("type", "default")
    if kind in PLAIN_SCOPES:
        return str(kind)
    if raw is None or kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    key = f"{kind}:{raw.get('chat_id')}"
    return f"{key}:{raw.get('user_id')}" if kind == "chat_member" else key


def read_commands(raw: JsonValue) -> Commands:
    """Commands with their descriptions; raises `Refusal`."""
    if not isinstance(raw, list):
        raise bad_request("can't parse list of bot commands: Expected an Array of BotCommand")
    if len(raw) > MAX_COMMANDS:
        raise bot_commands_too_much()
    return tuple(_command(item) for item in raw)


def _command(raw: JsonValue) -> tuple[str, str]:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: BotCommand must be an Object")
    command, description = raw.get("command"), raw.get("description")
    if not isinstance(command, str) or not isinstance(description, str):
        raise bad_request('can\'t parse BotCommand: Can\'t find field "command" or "description"')
    command = command.removeprefix("/").lower()
    if not re.fullmatch(r"[a-z0-9_]{1,32}", command):
        raise bot_command_invalid()
    if not 1 <= len(description.strip()) <= 256:
        raise bot_command_description_invalid()
    return command, description.strip()


class Menu:
    """Commands by scope and language (empty: any)."""

    def __init__(self) -> None:
        self.lists: dict[str, Commands] = {}  # "scope|language" -> commands

    def put(self, scope: str, language: str, commands: Commands) -> None:
        """Set a list; an empty one takes it away."""
        key = f"{scope}|{language}"
        if commands:
            self.lists[key] = commands
        else:
            self.lists.pop(key, None)

    def get(self, scope: str, language: str) -> Commands:
        """The list of exactly this scope and language."""
        return self.lists.get(f"{scope}|{language}", ())

    def commands_for(self, chat: SimChat | None, user_id: int | None) -> list[tuple[str, str]]:
        """What a person sees in a chat: the narrowest scope that has a list, in their language first."""
        language = chat.person.language_code or "" if chat is not None and chat.person is not None else ""
        for scope in _scopes(chat, user_id):
            for tongue in (language, ""):
                if found := self.get(scope, tongue):
                    return list(found)
        return []


def _scopes(chat: SimChat | None, user_id: int | None) -> list[str]:
    if chat is None:
        return ["default"]
    if chat.kind is ChatKind.PRIVATE:
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    return [f"chat_member:{chat.id}:{user_id}", f"chat:{chat.id}", "all_group_chats", "default"]
