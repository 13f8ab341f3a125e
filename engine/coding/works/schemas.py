"""Holds a JSON document against a schema: the everyday part of JSON Schema, and nothing that could take long."""

import re
from collections.abc import Iterator

from engine.values import JsonObject, JsonValue
from engine.work.json_paths import same_json

_MOST = 20
_LONGEST_TEXT = 10_000
"""Characters of a text that a pattern is held against."""


def schema_faults(document: JsonValue, schema: JsonValue) -> list[str]:
    """Where the document is not as the schema says, in words; none where it is."""
    found: list[str] = []
    for fault in _faults(document, schema, "it"):
        found.append(fault)
        if len(found) >= _MOST:
            break
    return found


def _faults(value: JsonValue, schema: JsonValue, place: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    if (kinds := schema.get("type")) is not None and not _is_of(value, kinds):
        yield f"{place} is no {kinds if isinstance(kinds, str) else ' or '.join(map(str, kinds))}"  # type: ignore[arg-type]  # checked as a list of names
        return
    yield from _choice_faults(value, schema, place)
    match value:
        case bool() | None:
            return
        case int() | float():
            yield from _number_faults(float(value), schema, place)
        case str():
            yield from _text_faults(value, schema, place)
        case list():
            yield from _size_faults(len(value), schema, ("minItems", "maxItems"), f"{place} has {len(value)} items")
            for number, item in enumerate(value):
                yield from _faults(item, schema.get("items"), f"{place}[{number}]")
        case dict():
            yield from _object_faults(value, schema, place)


def _choice_faults(value: JsonValue, schema: JsonObject, place: str) -> Iterator[str]:
    choices = schema.get("enum")
    if isinstance(choices, list) and not any(same_json(value, one) for one in choices):
        yield f"{place} is none of the values that may be"
    if "const" in schema and not same_json(value, schema["const"]):
        yield f"{place} is not the value that it has to be"


def _is_of(value: JsonValue, kinds: JsonValue) -> bool:
    names = kinds if isinstance(kinds, list) else [kinds]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    found = {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "integer": is_number and float(value) == int(value),  # type: ignore[arg-type]  # it is a number
        "number": is_number,
        "string": isinstance(value, str),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
    }
    return any(found.get(str(name), False) for name in names)


def _number_faults(value: float, schema: JsonObject, place: str) -> Iterator[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if isinstance(low, int | float) and value < low:
        yield f"{place} is less than {low}"
    if isinstance(high, int | float) and value > high:
        yield f"{place} is more than {high}"


def _text_faults(value: str, schema: JsonObject, place: str) -> Iterator[str]:
    yield from _size_faults(len(value), schema, ("minLength", "maxLength"), f"{place} has {len(value)} signs")
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and not re.search(pattern, value[:_LONGEST_TEXT]):
        yield f"{place} does not match «{pattern[:60]}»"


def _size_faults(size: int, schema: JsonObject, names: tuple[str, str], told: str) -> Iterator[str]:
    least, most = schema.get(names[0]), schema.get(names[1])
    if (isinstance(least, int) and size < least) or (isinstance(most, int) and size > most):
        yield told


def _object_faults(value: JsonObject, schema: JsonObject, place: str) -> Iterator[str]:
    required, properties = schema.get("required"), schema.get("properties")
    for name in required if isinstance(required, list) else ():
        if name not in value:
            yield f"{place} has no «{name}»"
    known = properties if isinstance(properties, dict) else {}
    for name, inner in value.items():
        if name in known:
            yield from _faults(inner, known[name], f"{place}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{place} has «{name}», which it may not have"
