"""/settings: time zone, digest, quiet hours."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from engine.records import ChatSettings, Dialogue, Handled, Outgoing
from engine.values import JsonObject
from handlers.callbacks import SettingsDeed, SettingsTap
from handlers.desk import DIGEST, QUIET, SET_UPS, Desk
from handlers.gates import InDialogue
from handlers.reading.hours import read_digest, read_quiet
from handlers.reading.zones import is_zone, near_zones, read_zone
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, line
from handlers.views.settings import digest_choice, quiet_choice, settings_message, zone_choice, zone_set

ZONE = "time_zone"
_ASKED_ON = {SettingsDeed.ZONES: ZONE, SettingsDeed.DIGEST: DIGEST, SettingsDeed.QUIET: QUIET}
"""Pages that understand words too, and the dialogues that take them."""
_USUAL_HOUR = 8
"""When a digest that was off comes again, if only days were said."""
_PAGES = {
    SettingsDeed.HOUR: SettingsDeed.DIGEST,
    SettingsDeed.OFF: SettingsDeed.DIGEST,
    SettingsDeed.DAY: SettingsDeed.DIGEST,
    SettingsDeed.QUIET_HOURS: SettingsDeed.QUIET,
    SettingsDeed.QUIET_OFF: SettingsDeed.QUIET,
}
"""The page that shows what a press changed."""
_CHANGES = frozenset(
    {
        SettingsDeed.ZONE, SettingsDeed.HOUR, SettingsDeed.OFF, SettingsDeed.DAY, SettingsDeed.QUIET_HOURS,
        SettingsDeed.QUIET_OFF,
    }
)  # fmt: skip


async def settings(message: Message, command: CommandObject, desk: Desk) -> Handled:
    """/settings, or /settings Berlin"""
    if command.args:
        return _zone(command.args, desk)
    return desk.keep(settings_message(desk.chat, desk.now))


async def take_zone(message: Message, facts: JsonObject, words: str, desk: Desk) -> Handled:
    """A city or an offset, in words."""
    return _zone(words, desk)


def _zone(words: str, desk: Desk) -> Handled:
    zone = read_zone(words)
    if zone is None:
        near = near_zones(words)
        did = "Did you mean one of these?" if near else "Try the nearest large city, or an offset such as «UTC+2»."
        asked = zone_choice(desk.chat, near, f"I don't know a time zone «{line(words, 60)}». {did}")
        return desk.ask(Dialogue(name=ZONE, facts={}), asked)
    known = replace(desk.chat, zone=zone, zone_known=True)
    told = zone_set(known, desk.now)
    return replace(desk.keep(told) if desk.is_asked and not _is_ours(desk) else desk.end(told), settings=known)


async def take_digest(message: Message, facts: JsonObject, words: str, desk: Desk) -> Handled:
    """When the digest is to come, in words; anything else is a new text."""
    wish, chat = read_digest(words), desk.chat
    if wish is None:
        raise SkipHandler
    if wish.off:
        changed = replace(chat, digest_hour=None)
    else:
        hour = chat.digest_hour if wish.hour is None else wish.hour
        days = wish.days or chat.digest_days or tuple(range(7))
        changed = replace(chat, digest_hour=_USUAL_HOUR if hour is None else hour, digest_days=days)
    return replace(desk.end(settings_message(changed, desk.now)), settings=changed)


async def take_quiet(message: Message, facts: JsonObject, words: str, desk: Desk) -> Handled:
    """The quiet hours, in words; anything else is a new text."""
    wish = read_quiet(words)
    if wish is None:
        raise SkipHandler
    changed = replace(desk.chat, quiet_from=wish.begin, quiet_to=wish.end)
    return replace(desk.end(settings_message(changed, desk.now)), settings=changed)


async def show(query: CallbackQuery, callback_data: SettingsTap, desk: Desk) -> Handled:
    """A page of the settings."""
    await answer_tap(query)
    page = edited(_page(callback_data.deed, desk.chat, desk), tapped_message(query))
    return _on(page, callback_data.deed, desk)


def _on(page: Outgoing, deed: SettingsDeed, desk: Desk) -> Handled:
    """The page, and words about it understood from now on; a question about something else stays open."""
    if desk.is_asked and not _is_ours(desk) and deed is not SettingsDeed.ZONES:
        return desk.keep(page)
    if deed not in _ASKED_ON:
        return desk.end(page)
    asked = desk.ask(Dialogue(name=_ASKED_ON[deed], facts={}), page)
    return asked if deed is SettingsDeed.ZONES else replace(asked, asks=False)  # its buttons outlive the question


def _is_ours(desk: Desk) -> bool:
    """Whether the open question is one of the settings, or a set-up, which they may stand before."""
    return desk.dialogue is None or desk.dialogue.name in {*_ASKED_ON.values(), *SET_UPS}


def _page(deed: SettingsDeed, chat: ChatSettings, desk: Desk) -> Outgoing:
    match deed:
        case SettingsDeed.ZONES:
            return zone_choice(chat)
        case SettingsDeed.DIGEST | SettingsDeed.HOUR | SettingsDeed.OFF | SettingsDeed.DAY:
            return digest_choice(chat)
        case SettingsDeed.QUIET | SettingsDeed.QUIET_HOURS | SettingsDeed.QUIET_OFF:
            return quiet_choice(chat)
        case SettingsDeed.OPEN | SettingsDeed.ZONE:
            return settings_message(chat, desk.now)


async def change(query: CallbackQuery, callback_data: SettingsTap, desk: Desk) -> Handled:
    """A setting chosen by button."""
    changed = _changed(callback_data, desk.chat)
    if changed is None:
        await answer_tap(query, "That can't be set. /settings shows what can.")
        return desk.keep()
    await answer_tap(query, "Kept.")
    page = edited(_page(callback_data.deed, changed, desk), tapped_message(query))
    return replace(_on(page, _PAGES.get(callback_data.deed, SettingsDeed.OPEN), desk), settings=changed)


def _changed(tap: SettingsTap, chat: ChatSettings) -> ChatSettings | None:
    """The settings after the press; None for a value that is none (a button made up by hand)."""
    match tap.deed:
        case SettingsDeed.ZONE if is_zone(tap.value):
            return replace(chat, zone=tap.value, zone_known=True)
        case SettingsDeed.HOUR if (hour := _number(tap.value, 24)) is not None:
            return replace(chat, digest_hour=hour, digest_days=chat.digest_days or tuple(range(7)))
        case SettingsDeed.OFF:
            return replace(chat, digest_hour=None)
        case SettingsDeed.DAY if (day := _number(tap.value, 7)) is not None:
            days = set(chat.digest_days) ^ {day}
            return replace(chat, digest_days=tuple(sorted(days)))
        case SettingsDeed.QUIET_HOURS:
            begin, _, end = tap.value.partition("-")
            first, last = _number(begin, 24), _number(end, 24)
            return None if first is None or last is None else replace(chat, quiet_from=first, quiet_to=last)
        case SettingsDeed.QUIET_OFF:
            return replace(chat, quiet_from=None, quiet_to=None)
        case _:
            return None


def _number(text: str, below: int) -> int | None:
    """A whole number from 0 to below `below`; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 and int(text) < below else None


def routes() -> Router:
    """The settings."""
    router = Router(name="settings")
    router.message.register(settings, Command("settings", "timezone"))
    router.message.register(take_zone, InDialogue(ZONE))
    router.message.register(take_digest, InDialogue(DIGEST))
    router.message.register(take_quiet, InDialogue(QUIET))
    router.callback_query.register(change, SettingsTap.filter(F.deed.in_(_CHANGES)))
    router.callback_query.register(show, SettingsTap.filter())
    return router
