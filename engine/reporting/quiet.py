"""Quiet hours of a chat: when its notices leave the phone silent."""

import datetime as dt
from zoneinfo import ZoneInfo

from engine.records import ChatSettings


def is_quiet_hour(settings: ChatSettings, now: dt.datetime) -> bool:
    """Whether `now` lies in the chat's quiet hours, which may go over midnight; equal hours mean none."""
    first, end = settings.quiet_from, settings.quiet_to
    if first is None or end is None:
        return False
    hour = now.astimezone(ZoneInfo(settings.zone)).hour
    return first <= hour < end if first <= end else hour >= first or hour < end
