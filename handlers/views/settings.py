"""The settings of a chat, and their buttons."""

import datetime as dt
from collections.abc import Sequence

from aiogram.utils.formatting import Bold, Text

from engine.records import ChatSettings, Outgoing
from handlers.callbacks import SettingsDeed, SettingsTap
from handlers.keyboards import Button, Rows, button, in_rows
from handlers.reading.zones import SUGGESTED
from handlers.views.letters import letter, line, stacked, words
from handlers.views.times import DAYS, local
from handlers.views.welcome import zone_words

HOURS = (6, 7, 8, 9, 10, 12, 17, 18, 20, 21, 22)
QUIET = ((22, 7), (22, 8), (23, 7), (21, 8), (0, 8), (20, 9))


def _tap(label: str, deed: SettingsDeed, value: str = "") -> Button:
    return button(label, SettingsTap(deed=deed, value=value))


def settings_message(settings: ChatSettings, now: dt.datetime) -> Outgoing:
    """What is set, and what can be changed."""
    assumed = "" if settings.zone_known else " (assumed)"
    lines: list[Text | str] = [
        Bold("Settings"),
        "",
        f"🕰 Time zone: {zone_words(settings.zone)}{assumed}, now {local(now, settings.zone):%H:%M}",
        f"☀️ Digest: {digest_words(settings)}",
        f"🌙 Quiet hours: {quiet_words(settings)}",
    ]
    if settings.day_budget is not None:
        lines.append(f"💰 For models: {settings.day_budget} a day (/budget day)")
    buttons = [
        [_tap("Time zone", SettingsDeed.ZONES), _tap("Digest", SettingsDeed.DIGEST)],
        [_tap("Quiet hours", SettingsDeed.QUIET)],
    ]
    return letter(settings.chat, stacked(lines), buttons)


def digest_words(settings: ChatSettings) -> str:
    """When the digest comes."""
    if settings.digest_hour is None or not settings.digest_days:
        return "off"
    days = sorted(set(settings.digest_days))
    if len(days) == 7:
        when = "every day"
    elif days == [0, 1, 2, 3, 4]:
        when = "Monday to Friday"
    else:
        when = ", ".join(DAYS[day] for day in days if 0 <= day < 7)
    return f"{when} at {settings.digest_hour:02}:00"


def quiet_words(settings: ChatSettings) -> str:
    """When messages make no sound."""
    if settings.quiet_from is None or settings.quiet_to is None:
        return "none"
    return f"{settings.quiet_from:02}:00 to {settings.quiet_to:02}:00"


def zone_choice(settings: ChatSettings, near: Sequence[str] = (), problem: str = "") -> Outgoing:
    """Common zones, or those close to what was written."""
    lines = [words(problem, 600)] if problem else []
    lines.append("Where are you? Press one, or send a city such as «Lisbon», or an offset such as «UTC+2».")
    shown = near or SUGGESTED
    taps = [_tap(zone_words(zone), SettingsDeed.ZONE, zone) for zone in shown]
    return letter(settings.chat, stacked(lines), [*in_rows(taps, 2), [_back()]])


def _back() -> Button:
    return _tap("‹ Settings", SettingsDeed.OPEN)


def digest_choice(settings: ChatSettings, problem: str = "") -> Outgoing:
    """The hour and the days of the digest."""
    hours = [
        _tap(f"{'• ' if hour == settings.digest_hour else ''}{hour:02}:00", SettingsDeed.HOUR, str(hour))
        for hour in HOURS
    ]
    off = _tap("• Off" if settings.digest_hour is None else "Off", SettingsDeed.OFF)
    days = [
        _tap(f"{'✅' if at in settings.digest_days else '▫️'} {name}", SettingsDeed.DAY, str(at))
        for at, name in enumerate(DAYS)
    ]
    lines: list[Text | str] = [
        *([problem] if problem else []),
        Text(Bold("Digest: "), digest_words(settings)),
        "",
        "At what hour, and on which days? Press, or send for instance «7 on weekdays».",
    ]
    buttons: Rows = [*in_rows([*hours, off], 4), days[:4], days[4:], [_back()]]
    return letter(settings.chat, stacked(lines), buttons)


def quiet_choice(settings: ChatSettings, problem: str = "") -> Outgoing:
    """The quiet hours."""
    here = (settings.quiet_from, settings.quiet_to)
    taps = [
        _tap(
            f"{'• ' if pair == here else ''}{pair[0]:02}:00–{pair[1]:02}:00",
            SettingsDeed.QUIET_HOURS,
            f"{pair[0]}-{pair[1]}",
        )
        for pair in QUIET
    ]
    none = _tap("• None" if settings.quiet_from is None else "None", SettingsDeed.QUIET_OFF)
    lines: list[Text | str] = [
        *([problem] if problem else []),
        Text(Bold("Quiet hours: "), quiet_words(settings)),
        "",
        "During them my messages make no sound. Press, or send for instance «23-6».",
    ]
    return letter(settings.chat, stacked(lines), [*in_rows(taps, 2), [none], [_back()]])


def zone_set(settings: ChatSettings, now: dt.datetime) -> Outgoing:
    """The zone was set."""
    text = f"🕰 {line(zone_words(settings.zone), 60)} it is: {local(now, settings.zone):%H:%M} there now."
    return letter(settings.chat, text)
