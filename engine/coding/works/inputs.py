"""What the works of code goals take, checked: each check raises `InvalidInputError` with what would do."""

import re
from collections.abc import Collection, Sequence

from engine.coding.checking import checked_words
from engine.coding.works.names import Part, Proof
from engine.coding.works.said import check_said
from engine.errors import InvalidInputError
from engine.values import JsonObject, JsonValue
from engine.work.inputs import needed_text, number, text

MEASURES = ("size", "complexity", "total_complexity", "duplicates", "lint")
TOOLS = ("npm", "go", "cargo", "make", "docker")
LONGEST_PATH, LONGEST_FILE, LONGEST_PATTERN = 400, 500_000, 1_000
MOST_CHECKS, MOST_EDITS, MOST_TESTS = 20, 50, 50
_SCHEMA_KEYS = frozenset({
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minimum", "maximum",
    "minLength", "maxLength", "pattern", "minItems", "maxItems", "title", "description", "$schema", "$id", "default",
})  # fmt: skip


def one_of(inputs: JsonObject, field: str, known: Sequence[str]) -> str:
    """The word under `field`, one of those known. Raises `InvalidInputError`."""
    found = inputs.get(field)
    if not isinstance(found, str) or found not in known:
        raise InvalidInputError(field, f"{found!r} is none", f"one of {', '.join(known)}")
    return found


def texts(inputs: JsonObject, field: str, most: int) -> tuple[str, ...]:
    """The list of texts under `field`; none when it is not there."""
    found = inputs.get(field, [])
    if not isinstance(found, list) or len(found) > most:
        raise InvalidInputError(field, "that is no usable list", f"a list of at most {most} texts")
    told = tuple(one for one in found if isinstance(one, str) and one.strip())
    if len(told) != len(found):
        raise InvalidInputError(field, "one of them is no text", "a list of texts")
    return told


def objects(inputs: JsonObject, field: str, most: int) -> tuple[JsonObject, ...]:
    """The list of objects under `field`: one at least."""
    found = inputs.get(field)
    if not isinstance(found, list) or not 0 < len(found) <= most:
        raise InvalidInputError(field, "that is no usable list", f"a list of 1 to {most} objects")
    told = tuple(one for one in found if isinstance(one, dict))
    if len(told) != len(found):
        raise InvalidInputError(field, "one of them is no object", "a list of objects")
    return told


def known_keys(inputs: JsonObject, known: Collection[str]) -> None:
    """Raise for a name that means nothing: it is a slip of the pen, and would be left undone."""
    for name in inputs:
        if name not in known:
            raise InvalidInputError(name, "that means nothing here", f"use {', '.join(sorted(known)) or 'none'}")


def check_nothing(inputs: JsonObject) -> None:
    """Works that need nothing said."""
    known_keys(inputs, ())


def check_part(inputs: JsonObject) -> None:
    """What is to be written or handed in, and what about."""
    one_of(inputs, "part", tuple(Part))
    text(inputs, "about", limit=LONGEST_PATTERN)
    if not isinstance(inputs.get("again", False), bool):
        raise InvalidInputError("again", "that is neither true nor false", "true or false")


def check_proof(inputs: JsonObject) -> None:
    """What is to be proven; of a refactoring by which measure, of tests for which files."""
    known_keys(inputs, ("proof", "measure", "targets", "may_change"))
    one_of(inputs, "proof", tuple(Proof))
    if inputs.get("measure") is not None:
        one_of(inputs, "measure", MEASURES)
    texts(inputs, "targets", MOST_TESTS)
    texts(inputs, "may_change", MOST_TESTS)


def check_message(inputs: JsonObject) -> None:
    """What a commit is for."""
    known_keys(inputs, ("message",))
    needed_text(inputs, "message")


def check_push(inputs: JsonObject) -> None:
    """Where to; nothing for the usual remote."""
    known_keys(inputs, ("remote",))
    text(inputs, "remote", limit=100)


def check_pull_request(inputs: JsonObject) -> None:
    """How it is called, and what it says."""
    known_keys(inputs, ("title", "body", "remote"))
    text(inputs, "title", limit=250)
    text(inputs, "body", limit=20_000)
    text(inputs, "remote", limit=100)


def check_create(inputs: JsonObject) -> None:
    """A file and what is to be in it."""
    known_keys(inputs, ("path", "content"))
    needed_text(inputs, "path", limit=LONGEST_PATH)
    if not isinstance(inputs.get("content"), str) or len(str(inputs["content"])) > LONGEST_FILE:
        raise InvalidInputError("content", "that is no usable text", f"text of at most {LONGEST_FILE:,} signs")


def check_modify(inputs: JsonObject) -> None:
    """A file and exact replacements in it."""
    known_keys(inputs, ("path", "edits"))
    needed_text(inputs, "path", limit=LONGEST_PATH)
    for edit in objects(inputs, "edits", MOST_EDITS):
        known_keys(edit, ("old_text", "new_text"))
        if not edit.get("old_text") or not all(isinstance(edit.get(name), str) for name in ("old_text", "new_text")):
            raise InvalidInputError("edits", "one lacks its texts", "«old_text», which is there once, and «new_text»")


def check_tests(inputs: JsonObject) -> None:
    """Which tests; none for all."""
    known_keys(inputs, ("tests",))
    texts(inputs, "tests", MOST_TESTS)


def check_build(inputs: JsonObject) -> None:
    """With which tool; none for the repository's own command."""
    known_keys(inputs, ("tool", "target"))
    if inputs.get("tool") is not None:
        one_of(inputs, "tool", TOOLS)
    target = text(inputs, "target", limit=60)
    if (target is not None and not re.fullmatch(r"[A-Za-z0-9_./:@-]+", target.lstrip("-"))) or (
        target or ""
    ).startswith("-"):
        raise InvalidInputError("target", f"«{target}» is none", "a name such as «all» or «build»")


def check_validation(inputs: JsonObject) -> None:
    """What is to hold."""
    for check in wanted_checks(inputs):
        _check_check(check)


def wanted_checks(inputs: JsonObject) -> tuple[JsonObject, ...]:
    """All that is to hold, in `checks`, or said in words under `that`. Raises `InvalidInputError`."""
    known_keys(inputs, ("checks", "that"))
    if inputs.get("that") is None:
        return objects(inputs, "checks", MOST_CHECKS)
    said = needed_text(inputs, "that", limit=LONGEST_PATTERN)
    if (check := check_said(said)) is None or "checks" in inputs:
        accepts = "such as «docs/use.md exists», «make lint exits 0», or «https://example.org/health answers 200»"
        raise InvalidInputError("that", f"«{said[:60]}» says nothing that can be looked at", accepts)
    return (check,)


def _check_check(check: JsonObject) -> None:
    kinds = [name for name in ("file", "command", "url") if name in check]
    if len(kinds) != 1:
        raise InvalidInputError("checks", "one says nothing, or several things", "one of «file», «command», «url»")
    match kinds[0]:
        case "file":
            known_keys(check, ("file", "contains", "matches", "schema"))
            needed_text(check, "file", limit=LONGEST_PATH)
            text(check, "contains")
            pattern = text(check, "matches", limit=LONGEST_PATTERN)
            if pattern is not None:
                _check_pattern(pattern)
            if "schema" in check:
                check_schema(check["schema"])
        case "command":
            known_keys(check, ("command",))
            checked_words(texts(check, "command", 100))
        case _:
            known_keys(check, ("url", "status", "contains"))
            needed_text(check, "url")
            text(check, "contains")
            number(check, "status", low=100, high=599)


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise InvalidInputError("matches", f"«{pattern[:60]}» is no pattern: {error}", "a regular expression") from None


def check_schema(schema: JsonValue, depth: int = 0) -> None:
    """A JSON Schema as far as it is understood here. Raises `InvalidInputError` for more."""
    if not isinstance(schema, dict) or depth > 20:
        raise InvalidInputError("schema", "that is no usable schema", 'a JSON Schema, such as {"type": "object"}')
    if unknown := schema.keys() - _SCHEMA_KEYS:
        raise InvalidInputError("schema", f"«{min(unknown)}» is not understood", f"{', '.join(sorted(_SCHEMA_KEYS))}")
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        raise InvalidInputError("schema", "«properties» is no object", "an object of schemas")
    for inner in (*properties.values(), *([schema["items"]] if "items" in schema else [])):
        check_schema(inner, depth + 1)
    if isinstance(schema.get("pattern"), str):
        _check_pattern(str(schema["pattern"]))
