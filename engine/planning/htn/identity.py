"""When two steps are the same to a person: the same work, title and inputs, whatever they are called in the library."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.planning.language.domain import Primitive
from engine.planning.language.templates import fill, mentions, mentions_within, render
from engine.planning.language.terms import Value
from engine.values import JsonValue

_MENTION = re.compile(r"\{\{|\}\}|\{(\w+)\}")


def title_template(one: Primitive) -> str:
    """The title of a primitive, as a template: its own, else its name and arguments."""
    if one.title:
        return one.title
    listed = ", ".join(f"{{{parameter.name}}}" for parameter in one.parameters)
    return f"{one.name}: {listed}" if listed else one.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What tells the steps of a primitive from other steps."""

    kind: str
    """Steps of different kinds are different."""
    parameters: tuple[str, ...]
    """Steps of one kind are the same when these have the same values."""
    is_text: bool
    """Whether steps of this kind must be compared by how they read, because those of another primitive may read the
    same."""


def identities(primitives: Sequence[Primitive]) -> list[Identity]:
    """The identity of each primitive."""
    kinds = [_kind_of(one) for one in primitives]
    frames: dict[str, list[tuple[str, str, str]]] = {}
    for one, kind in zip(primitives, kinds, strict=True):
        frames.setdefault(one.work, []).append((*_frame(title_template(one)), kind))
    found: list[Identity] = []
    for one, kind in zip(primitives, kinds, strict=True):
        begins, ends = _frame(title_template(one))
        is_text = any(
            kind != other and _agree(begins, start) and _agree(ends[::-1], end[::-1])
            for start, end, other in frames[one.work]
        )
        found.append(
            Identity(
                kind=f"text of {one.work}" if is_text else kind,
                parameters=tuple(_mentioned(one)),
                is_text=is_text,
            )
        )
    return found


def title_read(one: Primitive, values: Mapping[str, Value]) -> str:
    """The title of a step."""
    return render(title_template(one), values)


def inputs_read(one: Primitive, values: Mapping[str, Value]) -> str:
    """The inputs of a step, as text."""
    return json.dumps(fill(dict(one.inputs), values), sort_keys=True, default=str)


def _frame(template: str) -> tuple[str, str]:
    """What a title begins and ends with, whatever is filled in."""
    pieces = _MENTION.split(template)[::2]
    return pieces[0], pieces[-1]


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _mentioned(one: Primitive) -> dict[str, int]:
    """The parameters that title and inputs mention, numbered."""
    own = {parameter.name for parameter in one.parameters}
    names = (*mentions(title_template(one)), *mentions_within(dict(one.inputs)))
    return {name: number for number, name in enumerate(dict.fromkeys(name for name in names if name in own))}


def _kind_of(one: Primitive) -> str:
    written = _numbered([title_template(one), dict(one.inputs)], _mentioned(one))
    return json.dumps([one.work, written], sort_keys=True, default=str)


def _numbered(value: JsonValue, numbers: dict[str, int]) -> JsonValue:
    """The templates with numbers in place of the parameters' names."""
    match value:
        case str():
            return _MENTION.sub(lambda one: f"{{{numbers[one[1]]}}}" if one[1] in numbers else one[0], value)
        case list():
            return [_numbered(inner, numbers) for inner in value]
        case dict():
            return {key: _numbered(inner, numbers) for key, inner in value.items()}
        case _:
            return value
