"""Reads a task's inputs, which a planner, a person or a model wrote: a typed value, or what is wrong with it."""

import math

from engine.errors import InvalidInputError
from engine.values import JsonObject, JsonValue


def text(inputs: JsonObject, field: str, *, limit: int = 4096) -> str | None:
    """The text under `field`, stripped; None when it is not there.

    Raises `InvalidInputError` when it is empty, no text, or longer than `limit` characters.
    """
    value = inputs.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > limit:
        raise InvalidInputError(field, f"{_shown(value)} is no usable text", f"1 to {limit} characters")
    return value.strip()


def needed_text(inputs: JsonObject, field: str, *, limit: int = 4096) -> str:
    """Like `text`, and `InvalidInputError` when it is not there."""
    value = text(inputs, field, limit=limit)
    if value is None:
        raise InvalidInputError(field, "it is missing", f"1 to {limit} characters")
    return value


def number(inputs: JsonObject, field: str, *, low: float, high: float) -> float | None:
    """The number under `field`, from `low` to `high`; None when it is not there. Raises `InvalidInputError`."""
    value = inputs.get(field)
    if value is None:
        return None
    found = finite(value)
    if found is None or not low <= found <= high:
        raise InvalidInputError(field, f"{_shown(value)} does not fit", f"a number from {low:g} to {high:g}")
    return found


def finite(value: JsonValue) -> float | None:
    """The value as a finite float; None when it is none (true and false are no numbers here)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _shown(value: JsonValue) -> str:
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:59]}…"
