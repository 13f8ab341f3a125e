"""Finds one value in a JSON text by a path such as `data.items.0.price`, and compares values as JSON does."""

import json
import re

from engine.values import JsonValue

_POSITION = re.compile(r"[0-9]{1,9}")


def parse_json(written: str) -> JsonValue:
    """The value of a JSON text from a stranger. Raises `ValueError`, also when it is nested too deeply to read."""
    try:
        found: JsonValue = json.loads(written)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found


def value_at(value: JsonValue, path: str) -> JsonValue:
    """The value at a path of keys and, in lists, positions from 0. Raises `LookupError` when there is none."""
    for step in path.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and _POSITION.fullmatch(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            raise LookupError(path)
    return value


def same_json(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values are equal as JSON: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return one == other
