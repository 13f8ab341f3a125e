"""Texts that mention variables and context keys as `{name}`; `{{` and `}}` are braces."""

import functools
import re
from collections.abc import Iterator, Mapping

from engine.planning.language.terms import Value
from engine.values import JsonValue

_PIECE = re.compile(r"\{\{|\}\}|\{(\w+)\}|[{}]")


@functools.lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[str, ...]:
    """The names that a template mentions, in order, each once.

    Raises `ValueError` where a brace stands alone.
    """
    names: dict[str, None] = {}
    for piece in _PIECE.finditer(text):
        if piece[1] is not None:
            names[piece[1]] = None
        elif piece[0] in "{}":
            raise ValueError(f"a single «{piece[0]}» in «{text}»")
    return tuple(names)


def mentions_within(value: JsonValue) -> Iterator[str]:
    """The names that the templates anywhere in a JSON value mention. Raises `ValueError` as `mentions` does."""
    match value:
        case str():
            yield from mentions(value)
        case list():
            for inner in value:
                yield from mentions_within(inner)
        case dict():
            for inner in value.values():
                yield from mentions_within(inner)
        case _:
            pass


def render(text: str, values: Mapping[str, Value]) -> str:
    """The text with all mentions filled in; a name without a value stays as it is."""
    if "{" not in text and "}" not in text:
        return text

    def piece_of(piece: re.Match[str]) -> str:
        if piece[1] is None:
            return piece[0][0]
        return shown(values[piece[1]]) if piece[1] in values else piece[0]

    return _PIECE.sub(piece_of, text)


def fill(value: JsonValue, values: Mapping[str, Value]) -> JsonValue:
    """A JSON value with the templates in it filled in. A text that is one mention becomes the value itself."""
    match value:
        case str():
            whole = _PIECE.fullmatch(value)
            if whole is not None and whole[1] in values:
                return values[whole[1]]
            return render(value, values)
        case list():
            return [fill(inner, values) for inner in value]
        case dict():
            return {key: fill(inner, values) for key, inner in value.items()}
        case _:
            return value


def shown(value: Value) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
