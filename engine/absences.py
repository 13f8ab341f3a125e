"""Resources that somebody said are away, as a goal keeps them among what is known of it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.goals import Goal
from engine.values import JsonObject, JsonValue

AWAY = "resources_away"
"""Where a goal's metadata tells of them: `{"gpu": {"until": moment or null, "without": flag}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A resource is away."""

    until: dt.datetime | None = None
    """When it is expected back, in UTC; None where nobody knows, or it never will be."""
    without: bool = False
    """Whether the goal has to do without: it is gone for good, or comes back too late."""
    counted: bool = False
    """Whether the operator's own count says so, which then also says when it is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A goal of which something was said to be away."""

    ended: bool
    metadata: JsonObject


def absences(goal: Goal, now: dt.datetime) -> dict[str, Absence]:
    """What is away now, by name. One whose return was due is there again."""
    return _absences_in(goal.metadata, now)


def known_at_first(goals: Iterable[Told], now: dt.datetime) -> JsonObject:
    """What a new goal is to know of what is away, by what was said of the other goals of its person.

    Of a goal that has ended only what names a day counts: nobody takes the rest back once it is no longer true. Whether
    the new goal has to do without what comes back is its own affair.
    """
    found: dict[str, Absence] = {}
    for goal in goals:
        for name, one in _absences_in(goal.metadata, now).items():
            if not one.counted and (one.until is not None or not goal.ended):
                found.setdefault(name, replace(one, without=one.without and one.until is None))
    metadata: JsonObject = {}
    for name, one in found.items():
        metadata = with_absence(metadata, name, one)
    return metadata


def _absences_in(metadata: JsonObject, now: dt.datetime) -> dict[str, Absence]:
    told = metadata.get(AWAY)
    if not isinstance(told, dict):
        return {}
    found = {name: _absence(one) for name, one in told.items()}
    return {name: one for name, one in found.items() if one is not None and (one.until is None or one.until > now)}


def with_absence(metadata: JsonObject, name: str, absence: Absence | None) -> JsonObject:
    """The metadata with a resource being away like this; None: it is there."""
    told = metadata.get(AWAY)
    kept: dict[str, JsonValue] = (
        {key: one for key, one in told.items() if key != name} if isinstance(told, dict) else {}
    )
    if absence is not None:
        until = absence.until.isoformat() if absence.until is not None else None
        kept[name] = {"until": until, "without": absence.without, "counted": absence.counted}
    rest = {key: value for key, value in metadata.items() if key != AWAY}
    return {**rest, AWAY: kept} if kept else rest


def _absence(told: JsonValue) -> Absence | None:
    """None for what is no absence: metadata is anybody's."""
    if not isinstance(told, dict):
        return None
    until = told.get("until")
    try:
        moment = dt.datetime.fromisoformat(until) if isinstance(until, str) else None
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is None:
        return None
    return Absence(until=moment, without=told.get("without") is True, counted=told.get("counted") is True)
