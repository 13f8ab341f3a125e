"""Facts that somebody said hold until a day, as a goal keeps them among what is known of it.

The fact itself stands beside all others that are known; this tells when it is over, and what is known then.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from engine.values import JsonObject, JsonValue

UNTIL = "facts_until"
"""Where a goal's metadata tells of them: `{"has_kiln": {"until": moment, "then": true}}`; what is to be forgotten then
has null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A fact that is known to be over one day."""

    until: dt.datetime
    """When it is over, in UTC."""
    then: JsonValue
    """What is known afterwards; None for nothing: then it is as the words of the goal have it."""


def passing(metadata: JsonObject) -> dict[str, Passing]:
    """What passes, by the name of the fact."""
    told = metadata.get(UNTIL)
    if not isinstance(told, dict):
        return {}
    found = {name: _passing(one) for name, one in told.items() if name in metadata}
    return {name: one for name, one in found.items() if one is not None}


def next_end(metadata: JsonObject) -> dt.datetime | None:
    """When the first of them is over; None where nothing passes."""
    return min((one.until for one in passing(metadata).values()), default=None)


def told(metadata: JsonObject, known: JsonObject, until: Mapping[str, dt.datetime]) -> JsonObject:
    """The metadata once more is `known`, of which some holds only `until` a moment, aware.

    A flag is turned then; of anything else that is known again which was known before.
    """
    before = passing(metadata)
    ends: dict[str, JsonValue] = {name: _written(one) for name, one in before.items() if name not in known}
    for name, end in until.items():
        value = known[name]
        earlier = before[name].then if name in before else metadata.get(name)
        then = not value if isinstance(value, bool) else earlier if earlier != value else None
        ends[name] = _written(Passing(until=end.astimezone(dt.UTC), then=then))
    rest = {name: value for name, value in metadata.items() if name != UNTIL}
    return {**rest, **known, **({UNTIL: ends} if ends else {})}


def over(metadata: JsonObject, now: dt.datetime) -> JsonObject:
    """The metadata once what is over by now has turned."""
    turned: JsonObject = {name: one.then for name, one in passing(metadata).items() if one.until <= now}
    found = told(metadata, turned, {})
    return {name: value for name, value in found.items() if name not in turned or value is not None}


def _written(one: Passing) -> dict[str, JsonValue]:
    return {"until": one.until.isoformat(), "then": one.then}


def _passing(told_of: JsonValue) -> Passing | None:
    """None for what is no such thing: metadata is anybody's."""
    if not isinstance(told_of, dict):
        return None
    until = told_of.get("until")
    try:
        moment = dt.datetime.fromisoformat(until) if isinstance(until, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else Passing(until=moment, then=told_of.get("then"))
