"""/settings: time zone, digest, quiet hours."""

import re
from dataclasses import replace

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from engine.records import ChatSettings, Dialogue, Handled, Outgoing
from engine.values import JsonObject
from handlers.callbacks import SettingsDeed, SettingsTap
from handlers.desk import DIGEST, QUIET, SET_UPS, SETTINGS, Desk
from handlers.gates import InDialogue
from handlers.reading.hours import is_none, read_digest, read_quiet
from handlers.reading.zones import is_zone, near_zones, read_zone
from handlers.small_talk import SmallTalk, small_talk
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, line
from handlers.views.settings import digest_choice, quiet_choice, settings_message, zone_choice, zone_set

ZONE = "time_zone"
_ASKED_ON = {SettingsDeed.ZONES: ZONE, SettingsDeed.DIGEST: DIGEST, SettingsDeed.QUIET: QUIET}
"""Pages that understand words too, and the dialogues that take them."""
_TOPIC = re.compile(
    r"\b(?P<topic>time ?zone|tz|zone|digests?|quiet(?: hours?)?)\b(?: (?:to|is|at|comes?)\b)?[\s:=]*", re.I
)
_WISHING = re.compile(r"\b(?:please|turn|switch|set|change|move|send|give|me|my|the|any|more)\b", re.I)
"""What is said around a setting and its value: «turn the digest off», «send me the digest at 7, please»."""
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
    """/settings, or with words: /settings Berlin, /settings digest 7 on weekdays, /settings quiet hours 22-7"""
    if command.args:
        return _in_words(command.args, desk) or _asked(command.args, desk)
    page = settings_message(desk.chat, desk.now)
    if desk.is_asked and not _is_ours(desk):
        return desk.keep(page)
    return replace(desk.ask(Dialogue(name=SETTINGS, facts={}), page), asks=False)


async def take_any(message: Message, facts: JsonObject, words: str, desk: Desk) -> Handled:
    """Right after /settings: whichever setting the words fit; anything else is a new text."""
    return _or_skip(_in_words(words, desk))


def _in_words(words: str, desk: Desk) -> Handled | None:
    """The setting that is named, or else the one whose values look like this, changed; None where it is none."""
    topic = _TOPIC.search(words)
    rest = _WISHING.sub(" ", _TOPIC.sub(" ", words, count=1)).strip(" ,.!")
    match topic["topic"].lower()[0] if topic is not None else "":
        case "d":
            return _digest(rest, desk)
        case "q":
            return _quiet(rest, desk)
    return _unnamed(words, desk) if topic is None else _zone(rest, desk) if read_zone(rest) else None


def named(words: str, desk: Desk) -> Handled | None:
    """A setting changed in words that name it, with nothing asked; None for words about anything else."""
    return _in_words(words, desk) if _TOPIC.search(words) is not None else None


def _unnamed(words: str, desk: Desk) -> Handled | None:
    """Only what is beyond doubt: «12» and «+2» may be the count of a task, «Friday» a deadline, «off» any setting's."""
    if is_none(words):
        return None
    if not any(sign.isalpha() for sign in words):
        return _quiet(words, desk)
    wish = read_digest(words)
    if wish is not None and wish.days and wish.hour is not None:
        return _digest(words, desk)
    return _quiet(words, desk) or (_zone(words, desk) if read_zone(words) else None)


def _asked(words: str, desk: Desk) -> Handled:
    """The page of the setting that is named; without one they were meant for a place."""
    topic = _TOPIC.match(words)
    rest = words[topic.end() :].strip() if topic is not None else words
    problem = f"I can't tell hours or days from «{line(rest, 60)}».\n" if rest else ""
    match topic["topic"].lower()[0] if topic is not None else "":
        case "d":
            return _on(digest_choice(desk.chat, problem), SettingsDeed.DIGEST, desk)
        case "q":
            return _on(quiet_choice(desk.chat, problem), SettingsDeed.QUIET, desk)
    return _zone(rest, desk) if rest else _on(zone_choice(desk.chat), SettingsDeed.ZONES, desk)


def _or_skip(found: Handled | None) -> Handled:
    if found is None:
        raise SkipHandler
    return found


async def take_zone(message: Message, facts: JsonObject, words: str, desk: Desk) -> Handled:
    """A city or an offset, in words; another setting that they name, or what can be no place, is about that."""
    if read_zone(words) is None:
        if (other := named(words, desk)) is not None:
            return other
        if small_talk(words) in (SmallTalk.NOTHING_ASKED, SmallTalk.COMMAND):
            raise SkipHandler
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
    return _kept(told, known, desk)


def _kept(told: Outgoing, changed: ChatSettings, desk: Desk) -> Handled:
    """The change, and what is told of it; a question about something else stays open."""
    return replace(desk.keep(told) if desk.is_asked and not _is_ours(desk) else desk.end(told), settings=changed)


async def take_digest(message: Message, facts: JsonObject, words: str, desk: Desk) -> Handled:
    """When the digest is to come, in words; anything else is a new text."""
    return _or_skip(_digest(words, desk))


def _digest(words: str, desk: Desk) -> Handled | None:
    wish, chat = read_digest(words), desk.chat
    if wish is None:
        return None
    if wish.off:
        changed = replace(chat, digest_hour=None)
    else:
        hour = chat.digest_hour if wish.hour is None else wish.hour
        days = wish.days or chat.digest_days or tuple(range(7))
        changed = replace(chat, digest_hour=_USUAL_HOUR if hour is None else hour, digest_days=days)
    return _kept(settings_message(changed, desk.now), changed, desk)


async def take_quiet(message: Message, facts: JsonObject, words: str, desk: Desk) -> Handled:
    """The quiet hours, in words; anything else is a new text."""
    return _or_skip(_quiet(words, desk))


def _quiet(words: str, desk: Desk) -> Handled | None:
    wish = read_quiet(words)
    if wish is None:
        return None
    changed = replace(desk.chat, quiet_from=wish.begin, quiet_to=wish.end)
    return _kept(settings_message(changed, desk.now), changed, desk)


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
    return desk.dialogue is None or desk.dialogue.name in {SETTINGS, *_ASKED_ON.values(), *SET_UPS}


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
    router.message.register(take_any, InDialogue(SETTINGS))
    router.message.register(take_zone, InDialogue(ZONE))
    router.message.register(take_digest, InDialogue(DIGEST))
    router.message.register(take_quiet, InDialogue(QUIET))
    router.callback_query.register(change, SettingsTap.filter(F.deed.in_(_CHANGES)))
    router.callback_query.register(show, SettingsTap.filter())
    return router
