"""The table of Bot API methods, and what most of them share: the chat they may write to, and its flood control."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import JsonValue

from bot.local.messages import ChatKind, SimChat
from bot.local.parameters import Params
from bot.local.refusals import (
    blocked_by_user,
    cannot_initiate,
    chat_not_found,
    kicked,
    migrated,
    too_many_requests,
    user_deactivated,
)
from bot.local.world import World

Work = Callable[[World, Params], JsonValue | Awaitable[JsonValue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method: its name as Telegram writes it, the parameters it knows, and what it does."""

    name: str
    accepts: frozenset[str]
    work: Work


METHODS: dict[str, Method] = {}  # by name in small letters, for Telegram doesn't mind the case


def method(name: str, accepts: str = "") -> Callable[[Work], Work]:
    """Put a function into the table under a method's name; `accepts` lists its parameters, spaces between."""

    def register(work: Work) -> Work:
        METHODS[name.lower()] = Method(name=name, accepts=frozenset(accepts.split()), work=work)
        return work

    return register


def reachable_chat(world: World, chat_id: int) -> SimChat:
    """The chat, if the bot may write there; raises `Refusal` otherwise."""
    chat = world.chats.get(chat_id)
    if chat is None:
        raise chat_not_found()
    if chat.migrated_to is not None:
        raise migrated(chat.migrated_to)
    if chat.kicked:
        raise kicked(chat.kind.value)
    if chat.deactivated:
        raise user_deactivated()
    if chat.blocked:
        raise blocked_by_user()
    if chat.kind is ChatKind.PRIVATE and not chat.wrote:
        raise cannot_initiate()
    return chat


def pass_flood_control(world: World, chat: SimChat) -> None:
    """Count a message or an edit; raises `Refusal` (429) when it is too much."""
    wait = world.flood.admit(chat.id, world.seconds(), is_group=chat.kind is not ChatKind.PRIVATE)
    if wait is not None:
        raise too_many_requests(wait)
