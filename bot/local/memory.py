"""How the world goes into the journal and comes back out of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from pydantic import JsonValue, TypeAdapter

from bot.local.files import FileStore
from bot.local.journal import Entry
from bot.local.menus import Menu
from bot.local.messages import JsonObject, SimChat, SimFile, SimMessage
from bot.local.queries import Query
from bot.local.updates import UpdateQueue, Waiting

_CHAT = TypeAdapter(SimChat)
_FILE = TypeAdapter(SimFile)
_MESSAGE = TypeAdapter(SimMessage)
_QUERY = TypeAdapter(Query)
_Value = TypeVar("_Value")

# Chat ids of supergroups are this or below; they count their messages on their own.
SUPERGROUPS_FROM = -1_000_000_000_000


@dataclass(slots=True)
class State:
    """The part of the world that the journal keeps."""

    files: FileStore
    chats: dict[int, SimChat] = field(default_factory=dict)
    messages: dict[int, dict[int, SimMessage]] = field(default_factory=dict)  # by chat, then by message id
    queries: dict[str, Query] = field(default_factory=dict)
    settings: dict[str, JsonValue] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    menu: Menu = field(default_factory=Menu)


def dump_chat(chat: SimChat) -> JsonObject:
    """The chat as JSON."""
    return _dump(_CHAT, chat)


def dump_file(file: SimFile) -> JsonObject:
    """The file as JSON."""
    return _dump(_FILE, file)


def dump_message(message: SimMessage) -> JsonObject:
    """The message as JSON."""
    return _dump(_MESSAGE, message)


def dump_query(query: Query) -> JsonObject:
    """The press as JSON."""
    return _dump(_QUERY, query)


def _dump(adapter: TypeAdapter[_Value], value: _Value) -> JsonObject:
    return cast(JsonObject, adapter.dump_python(value, mode="json", exclude_defaults=True))


def restore(world: State, entry: Entry) -> None:
    """Do again what an entry tells. Kinds of a newer program are passed over."""
    body = entry.body
    match entry.kind:
        case "chat":
            chat = _CHAT.validate_python(body)
            world.chats[chat.id] = chat
        case "message":
            _restore_message(world, _MESSAGE.validate_python(body))
        case "deleted":
            world.messages.get(_int(body["chat_id"]), {}).pop(_int(body["id"]), None)
        case "file":
            world.files.restore(_FILE.validate_python(body))
        case "query":
            query = _QUERY.validate_python(body)
            world.queries[query.id] = query
            world.counters["queries"] = max(world.counters.get("queries", 0), query.number)
        case "update" | "confirmed":
            _restore_updates(world, entry)
        case "counters":
            world.counters.update({name: _int(value) for name, value in body.items()})
        case "commands" | "setting":
            _restore_words(world, entry)


def _int(value: JsonValue) -> int:
    if not isinstance(value, int):
        raise TypeError(f"a whole number was expected, not {value!r}")
    return value


def _restore_message(world: State, message: SimMessage) -> None:
    if message.file is not None:
        message = replace(message, file=world.files.restore(message.file))
    world.messages.setdefault(message.chat_id, {})[message.id] = message
    name = f"messages:{message.chat_id}" if message.chat_id <= SUPERGROUPS_FROM else "messages"
    world.counters[name] = max(world.counters.get(name, 0), message.id)


def _restore_updates(world: State, entry: Entry) -> None:
    if entry.kind == "confirmed":
        world.updates.confirm(_int(entry.body["before"]))
        return
    update = entry.body["update"]
    if not isinstance(update, dict):
        raise TypeError("an update is an object")
    update_id = _int(update["update_id"])
    arrived = entry.body.get("arrived", entry.real)
    world.updates.add(
        Waiting(
            update_id=update_id,
            kind=str(entry.body["kind"]),
            body=update,
            arrived=float(arrived) if isinstance(arrived, int | float) else entry.real,
        )
    )
    world.counters["updates"] = max(world.counters.get("updates", 0), update_id)


def _restore_words(world: State, entry: Entry) -> None:
    body = entry.body
    if entry.kind == "setting":
        world.settings[str(body["name"])] = body["value"]
        return
    pairs = cast(list[list[str]], body["commands"])
    commands = tuple((command, description) for command, description in pairs)
    world.menu.put(str(body["scope"]), str(body["language"]), commands)


def snapshot(world: State, stamp: Callable[[str, JsonObject], Entry]) -> Iterator[Entry]:
    """The fewest entries that bring the world back as it is; `stamp` makes one of a kind and a body."""
    yield stamp("counters", dict(world.counters))
    for name, value in world.settings.items():
        yield stamp("setting", {"name": name, "value": value})
    for key, commands in world.menu.lists.items():
        scope, _, language = key.partition("|")
        pairs: list[JsonValue] = [list(pair) for pair in commands]
        yield stamp("commands", {"scope": scope, "language": language, "commands": pairs})
    for file in world.files.known.values():
        yield stamp("file", dump_file(file))
    for chat in world.chats.values():
        yield stamp("chat", dump_chat(chat))
        for message in world.messages.get(chat.id, {}).values():
            yield stamp("message", dump_message(message))
    for query in world.queries.values():
        yield stamp("query", dump_query(query))
    for update in world.updates.waiting:
        body: JsonObject = {"kind": update.kind, "update": update.body, "arrived": update.arrived}
        yield stamp("update", body)
