"""Checks what is handed in before it becomes a goal. Raises `InvalidInputError` with what would do."""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from unicodedata import category

from engine.errors import InvalidInputError
from engine.goals import Priority
from engine.values import JsonObject, well_formed

MOST_NAME = 200
MOST_CRITERIA = 200
MOST_CRITERION = 1_000
MOST_TEXT = 4_096
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by their category that look like a blank."""
_NUMBER = re.compile(r"\(?\d{1,3}[.)] (?=\S)")


def checked_name(name: str) -> str:
    """A goal's or task's name, trimmed to one line."""
    _require_text("name", name)
    text = " ".join(well_formed(name).split())
    if not is_readable(text):
        raise InvalidInputError("name", "it is empty", "say in a few words what you want")
    if len(text) > MOST_NAME:
        raise InvalidInputError(
            "name", f"it has {len(text)} characters", f"use at most {MOST_NAME}; the rest fits into the description"
        )
    return text


def checked_text(field: str, text: str | None, most: int = MOST_TEXT) -> str:
    """Free text of bounded length; None counts as none."""
    if text is None:
        return ""
    _require_text(field, text)
    if len(text) > most:
        raise InvalidInputError(field, f"it has {len(text)} characters", f"use at most {most}")
    return well_formed(text).strip()


def _require_text(field: str, text: object) -> None:
    """Programs don't all check their types."""
    if not isinstance(text, str):
        raise InvalidInputError(field, f"{text!r} is no text", "say it in words")


def is_readable(text: str) -> bool:
    """Whether it has a sign that is seen: marks of direction, spaces of no width, accents without a letter are none."""
    return any(category(sign) not in _UNSEEN and sign not in _FILLERS for sign in text)


def each_once(criteria: Iterable[str]) -> tuple[str, ...]:
    """Each criterion as it was said first, but for those in which nothing can be read. Two say the same when only case,
    spaces, a number in front or the full stop tell them apart."""
    seen: dict[str, str] = {}
    for one in filter(is_readable, criteria):
        seen.setdefault(_wording(one), one)
    return tuple(seen.values())


def said_again(criteria: Sequence[str]) -> tuple[str, ...]:
    """Those that are said more than once, as they were said first."""
    often = Counter(map(_wording, criteria))
    return tuple(one for one in each_once(criteria) if often[_wording(one)] > 1)


def _wording(criterion: str) -> str:
    said = " ".join(criterion.split()).casefold()
    number = _NUMBER.match(said)
    bare = (said[number.end() :] if number is not None else said).strip(" .!;,")
    return bare or criterion


def checked_criteria(criteria: Iterable[str] | None) -> tuple[str, ...]:
    """Success criteria: trimmed, without empty and repeated ones (see `each_once`); None counts as none."""
    if isinstance(criteria, str):
        raise InvalidInputError("criteria", "it is one text", "give a list of sentences, one a criterion")
    if criteria is None:
        return ()
    if not isinstance(criteria, Iterable) or isinstance(criteria, Mapping | Set):  # their order would be anyone's guess
        raise InvalidInputError("criteria", f"{criteria!r} is no list", "give a list of sentences, one a criterion")
    said = tuple(criteria)
    for text in said:
        _require_text("criteria", text)
    found = each_once(" ".join(well_formed(text).split()) for text in said)
    if len(found) > MOST_CRITERIA:
        raise InvalidInputError(
            "criteria", f"there are {len(found)}", f"use at most {MOST_CRITERIA}; five to ten serve best"
        )
    for text in found:
        if len(text) > MOST_CRITERION:
            raise InvalidInputError(
                "criteria", f"one has {len(text)} characters", f"use at most {MOST_CRITERION} for each"
            )
    return found


def checked_priority(priority: int) -> Priority:
    """1 low, 2 normal, 3 high, 4 urgent."""
    if isinstance(priority, bool) or priority not in tuple(Priority):
        raise InvalidInputError("priority", f"{priority!r} is none", "1 low, 2 normal, 3 high, 4 urgent")
    return Priority(priority)


def checked_deadline(deadline: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """A deadline in UTC, still to come. A naive one is local time."""
    if deadline is None:
        return None
    if not isinstance(deadline, dt.datetime):
        raise InvalidInputError("deadline", f"{deadline!r} is no moment", "give a datetime")
    try:
        moment = deadline.astimezone(dt.UTC)
    except (OverflowError, OSError, ValueError):  # at the ends of the calendar a zone leads out of it
        raise InvalidInputError("deadline", f"{deadline} is out of range", "name a moment still to come") from None
    if moment <= now:
        raise InvalidInputError("deadline", f"{moment:%Y-%m-%d %H:%M} UTC has passed", "name a moment still to come")
    return moment


def checked_metadata(metadata: JsonObject | None) -> JsonObject:
    """Anything that JSON can hold."""
    try:
        kept: JsonObject = json.loads(
            well_formed(json.dumps(dict(metadata or {}), allow_nan=False, ensure_ascii=False))
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError("metadata", str(error), "use what JSON can hold, such as texts and numbers") from None
    return kept
