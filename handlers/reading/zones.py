"""Time zones by the words people use: «Berlin», «Europe/Berlin», «UTC+2», «CET». Pure."""

import difflib
import re
import zoneinfo
from functools import cache

SUGGESTED = (
    "Europe/London", "Europe/Berlin", "Europe/Kyiv", "Europe/Istanbul", "America/New_York", "America/Chicago",
    "America/Los_Angeles", "America/Sao_Paulo", "Asia/Dubai", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo",
    "Australia/Sydney", "UTC",
)  # fmt: skip
"""Zones that buttons offer."""

_ALIASES: dict[str, str] = {
    "munich": "Europe/Berlin", "hamburg": "Europe/Berlin", "cologne": "Europe/Berlin", "frankfurt": "Europe/Berlin",
    "germany": "Europe/Berlin", "france": "Europe/Paris", "spain": "Europe/Madrid", "barcelona": "Europe/Madrid",
    "italy": "Europe/Rome", "milan": "Europe/Rome", "netherlands": "Europe/Amsterdam", "switzerland": "Europe/Zurich",
    "geneva": "Europe/Zurich", "austria": "Europe/Vienna", "poland": "Europe/Warsaw", "ukraine": "Europe/Kyiv",
    "kiev": "Europe/Kyiv", "uk": "Europe/London", "england": "Europe/London", "manchester": "Europe/London",
    "saint petersburg": "Europe/Moscow", "st petersburg": "Europe/Moscow", "ankara": "Europe/Istanbul",
    "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles", "california": "America/Los_Angeles",
    "san diego": "America/Los_Angeles", "las vegas": "America/Los_Angeles", "boston": "America/New_York",
    "washington": "America/New_York", "miami": "America/New_York", "philadelphia": "America/New_York",
    "atlanta": "America/New_York", "nyc": "America/New_York", "new york city": "America/New_York",
    "houston": "America/Chicago", "dallas": "America/Chicago", "austin": "America/Chicago", "texas": "America/Chicago",
    "montreal": "America/Toronto", "ottawa": "America/Toronto", "rio": "America/Sao_Paulo",
    "rio de janeiro": "America/Sao_Paulo", "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata",
    "new delhi": "Asia/Kolkata", "bangalore": "Asia/Kolkata", "bengaluru": "Asia/Kolkata", "chennai": "Asia/Kolkata",
    "hyderabad": "Asia/Kolkata", "india": "Asia/Kolkata", "beijing": "Asia/Shanghai", "shenzhen": "Asia/Shanghai",
    "guangzhou": "Asia/Shanghai", "china": "Asia/Shanghai", "japan": "Asia/Tokyo", "osaka": "Asia/Tokyo",
    "kyoto": "Asia/Tokyo", "abu dhabi": "Asia/Dubai", "hanoi": "Asia/Ho_Chi_Minh", "saigon": "Asia/Ho_Chi_Minh",
    "tel aviv": "Asia/Jerusalem", "cape town": "Africa/Johannesburg", "canberra": "Australia/Sydney",
    "wellington": "Pacific/Auckland", "new zealand": "Pacific/Auckland", "hawaii": "Pacific/Honolulu",
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "bst": "Europe/London",
    "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York", "eastern": "America/New_York",
    "cst": "America/Chicago", "cdt": "America/Chicago", "ct": "America/Chicago", "central": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "mountain": "America/Denver", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "pacific": "America/Los_Angeles",
    "ist": "Asia/Kolkata", "jst": "Asia/Tokyo", "eet": "Europe/Kyiv", "msk": "Europe/Moscow",
}  # fmt: skip
_HALVES: dict[int, str] = {
    210: "Asia/Tehran", 270: "Asia/Kabul", 330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon",
    525: "Australia/Eucla", 570: "Australia/Darwin", -570: "Pacific/Marquesas",
}  # fmt: skip
"""Places that keep an offset of a part of an hour all year, by minutes east of Greenwich."""
_OFFSET = re.compile(
    r"(?:utc|gmt|z)?\s*(?P<sign>[+\-−–])\s*(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>\d{2}))?\s*(?:h|hours?)?", re.I
)
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def _places() -> dict[str, str]:
    """Zones by full name and by place, in lower case; of two places of one name, the shorter zone name wins."""
    found: dict[str, str] = {}
    for name in sorted(zoneinfo.available_timezones(), key=lambda one: (one.count("/"), len(one), one)):
        if name.partition("/")[0] in _REGIONS and "/" in name:
            found.setdefault(name.lower(), name)
            found.setdefault(name.rpartition("/")[2].lower().replace("_", " "), name)
    return found


def read_zone(text: str) -> str | None:
    """The zone that words name, by its IANA name; None when they name none."""
    said = " ".join(text.replace("_", " ").split()).strip(" .!").lower()
    said = re.sub(r"^(?:i(?:'m| am) in|i live in|in|time ?zone:?|zone:?)\s+", "", said)
    said = re.sub(r"\s+(?:time(?: zone)?|timezone)$", "", said)
    offset = _OFFSET.fullmatch(said)
    if offset is not None:
        return _by_offset(offset)
    if said in _ALIASES:
        return _ALIASES[said]
    found = _places().get(said) or _places().get(said.replace(" ", "_"))
    if found is None and "," in said:  # «Berlin, Germany»
        return read_zone(said.partition(",")[0])
    return found


def _by_offset(offset: re.Match[str]) -> str | None:
    minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
    minutes = minutes if offset["sign"] == "+" else -minutes
    if minutes % 60:
        return _HALVES.get(minutes)
    hours = minutes // 60
    if not -12 <= hours <= 14:
        return None
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"  # the sign is the wrong way round in these names, by tradition


def near_zones(text: str) -> tuple[str, ...]:
    """Up to three zones whose names are close to what was written."""
    said = " ".join(text.split()).lower()
    names = {**{name.lower(): zone for name, zone in _ALIASES.items()}, **_places()}
    close = difflib.get_close_matches(said, [name for name in names if "/" not in name], n=6, cutoff=0.7)
    return tuple(dict.fromkeys(names[name] for name in close))[:3]


def is_zone(name: str) -> bool:
    """Whether this machine knows a zone of that name."""
    return name in SUGGESTED or name.startswith("Etc/GMT") or name.lower() in _places()
