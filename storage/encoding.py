"""Values as the tables hold them: times as text, everything nested as JSON, and back."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from engine.money import Amount, Cap, Shortage
from engine.plans import LETTERS, AdaptationNeed, PlanOption, Trigger
from engine.records import Outgoing
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import Estimate, Expectation, Judgement, Outcome, Waiting, WaitingFor
from engine.values import BlockageNumber, ChatId, GoalId, JsonObject, JsonValue, TaskNumber
from storage.connections import SqlValue


@lru_cache(maxsize=1024)  # one moment stands in many rows of a batch, and writing it out is slow
def time_text(moment: dt.datetime) -> str:
    """UTC, always with microseconds, so that the columns sort as text."""
    if moment.tzinfo is not dt.UTC:
        moment = moment.astimezone(dt.UTC)
    return moment.isoformat(timespec="microseconds")


def time_or_null(moment: dt.datetime | None) -> str | None:
    """The same for a moment that may be absent."""
    return None if moment is None else time_text(moment)


def parse_time(text: str) -> dt.datetime:
    """A moment in UTC."""
    return dt.datetime.fromisoformat(text)


def parse_time_or_null(text: str | None) -> dt.datetime | None:
    """A moment in UTC; None for NULL."""
    return None if text is None else dt.datetime.fromisoformat(text)


def to_json(value: object) -> str:
    """Compact JSON of plain values, dataclasses, structs, times and mappings."""
    try:
        return _encode(value).decode()
    except (UnicodeEncodeError, OverflowError):  # half characters and huge numbers, which work functions do return
        return json.dumps(msgspec.to_builtins(value, enc_hook=_plain), separators=(",", ":"), ensure_ascii=False)


def _plain(value: object) -> object:
    """What the encoder doesn't know by itself."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_encode = msgspec.json.Encoder(enc_hook=_plain).encode


def from_json(text: str) -> JsonValue:
    """What `to_json` wrote; dataclasses come back as objects."""
    if text == "{}":
        return {}
    value: JsonValue = json.loads(text)
    return value


def object_from_json(text: str) -> JsonObject:
    """The same where it is known to be an object."""
    value = from_json(text)
    assert isinstance(value, dict)
    return value


def texts_from_json(text: str) -> tuple[str, ...]:
    """A list of texts."""
    return () if text == "[]" else tuple(json.loads(text))


def numbers_from_json(text: str) -> tuple[TaskNumber, ...]:
    """A list of task numbers."""
    return tuple(TaskNumber(number) for number in json.loads(text))


def mended(rows: Iterable[Sequence[SqlValue]]) -> list[tuple[SqlValue, ...]]:
    """The rows with the halves of characters (lone surrogates) replaced, which no database takes."""
    return [
        tuple(v.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if isinstance(v, str) else v for v in row)
        for row in rows
    ]


def estimate_json(estimate: Estimate) -> str:
    """Three numbers, in hours."""
    return to_json((estimate.low, estimate.likely, estimate.high))


@lru_cache(maxsize=256)  # most tasks share a few estimates: one value serves them all
def parse_estimate(text: str) -> Estimate:
    """What `estimate_json` wrote."""
    low, likely, high = json.loads(text)
    return Estimate(low=low, likely=likely, high=high)


@lru_cache(maxsize=256)
def parse_expectation(text: str) -> Expectation:
    """What was expected of a task."""
    return Expectation(**json.loads(text))


def parse_outcome(text: str | None) -> Outcome | None:
    """What came out of a task; None for NULL."""
    if text is None:
        return None
    value = json.loads(text)
    judgement = value.get("judgement")
    said = Judgement(**judgement) if judgement is not None else None
    return Outcome(**{**value, "artefacts": tuple(value["artefacts"]), "judgement": said})


def parse_waiting(text: str | None) -> Waiting | None:
    """What a task waits for; None for NULL."""
    if text is None:
        return None
    value = json.loads(text)
    return Waiting(
        what=WaitingFor(value["what"]),
        since=parse_time(value["since"]),
        until=parse_time_or_null(value["until"]),
        child=value["child"],
        reminders=value["reminders"],
        postponed=value.get("postponed", False),
        claim=value.get("claim", False),
    )


def parse_need(text: str | None) -> AdaptationNeed | None:
    """An adaptation that is due; None for NULL."""
    if text is None:
        return None
    value = json.loads(text)
    return AdaptationNeed(
        reason=value["reason"],
        trigger=Trigger(value["trigger"]),
        deviation=value["deviation"],
        task=value["task"],
        since=parse_time(value["since"]),
    )


def cap_json(cap: Cap | None) -> str | None:
    """A cap; NULL for None."""
    return None if cap is None else to_json(cap)


@lru_cache(maxsize=256)
def parse_cap(text: str | None) -> Cap | None:
    """What `cap_json` wrote."""
    return None if text is None else Cap(**json.loads(text))


def parse_shortage(text: str | None) -> Shortage | None:
    """What a call lacked; None for NULL."""
    if text is None:
        return None
    value = json.loads(text)
    return Shortage(**{**value, "spent": Amount(**value["spent"]), "wanted": Amount(**value["wanted"])})


def parse_options(text: str) -> tuple[PlanOption, ...]:
    """The plans that a person can choose between; an older Milepost kept them without letters and medians."""
    found = () if text == "[]" else json.loads(text)
    return tuple(
        PlanOption(
            **{
                "letter": letter,
                "likely": (each["low"] + each["high"]) / 2,
                **each,
                "ends": tuple(each.get("ends", ())),
            }
        )
        for letter, each in zip(LETTERS, found, strict=False)
    )


def parse_notice(text: str) -> Notice:
    """A notice that waits in the outbox."""
    value = json.loads(text)
    return Notice(
        kind=NoticeKind(value["kind"]),
        chat=ChatId(value["chat"]),
        goal=None if value["goal"] is None else GoalId(value["goal"]),
        task=None if value["task"] is None else TaskNumber(value["task"]),
        blockage=None if value["blockage"] is None else BlockageNumber(value["blockage"]),
        facts=value["facts"],
        silent=value["silent"],
    )


def parse_outgoing(text: str) -> Outgoing:
    """A rendered message that waits in the outbox."""
    return Outgoing(**json.loads(text))
