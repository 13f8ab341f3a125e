"""Moments and durations in words, in the chat's zone: «Fri 28 Nov, 18:00, in 6 days»."""

import datetime as dt
import re
import zoneinfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7 * 86400


def local(at: dt.datetime, zone: str) -> dt.datetime:
    """The moment in a zone; in UTC when this machine doesn't know the zone."""
    try:
        return at.astimezone(zoneinfo.ZoneInfo(zone))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OverflowError):
        return at


def day(at: dt.datetime, zone: str, now: dt.datetime) -> str:
    """«Fri 28 Nov», with the year where it isn't this one."""
    there = local(at, zone)
    year = f" {there.year}" if there.year != local(now, zone).year else ""
    return f"{DAYS[there.weekday()]} {there.day} {MONTHS[there.month - 1]}{year}"


def moment(at: dt.datetime, zone: str, now: dt.datetime) -> str:
    """«Fri 28 Nov, 18:00, in 6 days», as a calendar counts them: tomorrow evening is not «in 2 days»."""
    there, away = local(at, zone), distance(at, now)
    nights = plural(max(1, abs((there.date() - local(now, zone).date()).days)), "day")
    away = re.sub(r"\d+ days?\b", nights, away)
    return f"{day(at, zone, now)}, {there:%H:%M}, {away}"


def clock(at: dt.datetime, zone: str, now: dt.datetime) -> str:
    """«18:00» today, «Thu 27 Nov, 18:00» on other days."""
    there = local(at, zone)
    if there.date() == local(now, zone).date():
        return f"{there:%H:%M}"
    return f"{day(at, zone, now)}, {there:%H:%M}"


def moments_here(text: str, zone: str, now: dt.datetime) -> str:
    """A text of the engine's, with the moments that it names as they are in the chat's zone."""

    def here(found: re.Match[str]) -> str:
        return clock(dt.datetime.fromisoformat(found[1]).replace(tzinfo=dt.UTC), zone, now)

    return _WRITTEN.sub(here, text)


def distance(at: dt.datetime, now: dt.datetime) -> str:
    """«in 6 days», «2 hours ago», «now»."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < MINUTE:
        return "now"
    return f"in {span(seconds)}" if seconds > 0 else f"{span(-seconds)} ago"


def span(seconds: float) -> str:
    """A duration in its largest fitting unit: «45 minutes», «3 hours», «6 days», «5 weeks»."""
    units = ((WEEK * 52, "year"), (DAY * 61, ""), (DAY * 14, "week"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))
    seconds = max(seconds, 0)
    for size, name in units:
        if seconds < size * 0.995:
            continue
        if name in ("", "year"):
            return plural(round(seconds / (DAY * 30.44)), "month") if seconds < 2 * DAY * 365 else _years(seconds)
        return plural(round(seconds / (WEEK if name == "week" else size)), name)
    return "less than a minute"


def _years(seconds: float) -> str:
    return plural(round(seconds / (DAY * 365.25)), "year")


def plural(count: int, name: str) -> str:
    """«1 task», «2 tasks»."""
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def hours(low: float, high: float) -> str:
    """A range of hours, as people say it: «1–3 hours», «2–5 days», «10 minutes»."""
    high = max(low, high)
    for size, name in ((7 * 24 * 2, "week"), (36.0, "day"), (1.0, "hour")):
        if high >= size:
            unit = {"week": 168.0, "day": 24.0, "hour": 1.0}[name]
            if name == "week" and round(low / unit) == round(high / unit) and round(low / 24) < round(high / 24):
                continue  # «13–16 days» says more than «2 weeks»
            return _between(low / unit, high / unit, name)
    return _between(low * 60, high * 60, "minute")


def _between(low: float, high: float, name: str) -> str:
    least, most = max(1, round(low)), max(1, round(high))
    return plural(most, name) if least == most else f"{least:,}–{most:,} {name}s"
