"""Merging what parts brought, so that every source is kept and what contradicts is flagged. Pure.

Results that are mappings speak of things by name: what all who speak of a thing agree on is a fact, lists add up, and
two different values are a contradiction that nobody settles silently. Everything else is kept as it is, beside them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.values import JsonObject, JsonValue, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one part brought."""

    task: TaskId
    title: str
    value: JsonValue
    summary: str = ""
    compared: bool = True
    """Whether it speaks of what the other parts speak of by name; readings of its own (what a command wrote) don't."""
    in_words: bool = False
    """Whether it is a text, which only a reader can bring together with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What some parts say of a thing."""

    value: JsonValue
    sources: tuple[TaskId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A thing of which parts say different values."""

    about: str
    """Its name; of a thing within another one, the way there: `site.host`."""
    said: tuple[Said, ...]
    by_model: bool = False
    """Whether a model saw it in their words; else the values tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence of a model's that the results of its sources bear out."""

    text: str
    sources: tuple[TaskId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What parts brought together. Nothing in it is without its sources."""

    facts: JsonObject = field(default_factory=dict)
    """What nobody contradicts, nested as it was said."""
    sources: Mapping[str, tuple[TaskId, ...]] = field(default_factory=dict)
    """Who says each fact, by its name."""
    contradictions: tuple[Contradiction, ...] = ()
    results: Mapping[TaskId, JsonValue] = field(default_factory=dict)
    """What each part brought, as it is."""
    statements: tuple[Statement, ...] = ()
    """The results reconciled in words; empty where no model was asked."""
    failure: str = ""
    """Why a model that was asked could not help; empty where it did, and where none was asked."""
    by: str = ""
    """The lead who merged them; empty for nobody in particular."""

    @property
    def is_clear(self) -> bool:
        """Whether nothing contradicts."""
        return not self.contradictions


def merged(parts: Iterable[Brought]) -> Merged:
    """The results of parts as one. Their order does not matter."""
    given = sorted(parts, key=lambda part: _place(part.task))
    speaking = [(one.task, one.value) for one in given if one.compared and isinstance(one.value, dict)]
    gathering = _Gathering()
    return Merged(
        facts=gathering.mapping((), speaking),
        sources=dict(gathering.sources()),
        contradictions=tuple(gathering.contradictions()),
        results={part.task: part.value for part in given},
    )


def digest_of(parts: Sequence[Brought]) -> str:
    """The same for the same results, whatever their order."""
    told = sorted([part.task, part.compared, part.value, part.summary] for part in parts)
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "replace")).hexdigest()[:32]


def _place(task: TaskId) -> tuple[int, ...]:
    return tuple(int(number) for number in task.split("."))


_Path = tuple[str, ...]
_Spoken = tuple[TaskId, JsonValue]


class _Gathering:
    """What was found on the way through the results."""

    def __init__(self) -> None:
        self._agreed: dict[_Path, list[TaskId]] = {}
        self._against: dict[_Path, list[tuple[JsonValue, list[TaskId]]]] = {}

    def joined(self, path: _Path, spoken: Sequence[_Spoken]) -> JsonValue:
        """What they say of a thing together; None where they contradict each other."""
        values = [value for _, value in spoken]
        if all(isinstance(value, dict) for value in values) and any(values):
            if empty := [task for task, value in spoken if not value]:
                self._agreed[path] = empty  # they speak of the thing, and of nothing in it
            return self.mapping(path, [(task, value) for task, value in spoken if isinstance(value, dict)])
        if all(isinstance(value, list) for value in values):
            self._agreed[path] = _sources(spoken)
            return _added_up([value for value in values if isinstance(value, list)])
        different = _different(spoken)
        if len(different) > 1:
            self._against[path] = different
            return None
        self._agreed[path] = _sources(spoken)
        return values[0]

    def mapping(self, path: _Path, spoken: Sequence[tuple[TaskId, dict[str, JsonValue]]]) -> dict[str, JsonValue]:
        """What mappings say together, name by name; what they contradict each other in is left out."""
        names = dict.fromkeys(name for _, value in spoken for name in value)
        found: dict[str, JsonValue] = {}
        for name in names:
            under = (*path, name)
            value = self.joined(under, [(task, said[name]) for task, said in spoken if name in said])
            if under not in self._against:
                found[name] = value
        return found

    def sources(self) -> Iterator[tuple[str, tuple[TaskId, ...]]]:
        """Who says each fact."""
        for path, tasks in self._agreed.items():
            yield _name_of(path), tuple(tasks)

    def contradictions(self) -> Iterator[Contradiction]:
        """What is contradicted, and who says what."""
        for path, different in self._against.items():
            said = tuple(Said(value=value, sources=tuple(tasks)) for value, tasks in different)
            yield Contradiction(about=_name_of(path), said=said)


def _name_of(path: _Path) -> str:
    return ".".join(name.replace(".", "\\.") for name in path)


def _sources(spoken: Sequence[_Spoken]) -> list[TaskId]:
    return [task for task, _ in spoken]


def _different(spoken: Sequence[_Spoken]) -> list[tuple[JsonValue, list[TaskId]]]:
    """The values that differ, each with who says it."""
    found: dict[str, tuple[JsonValue, list[TaskId]]] = {}
    for task, value in spoken:
        found.setdefault(_form(value), (value, []))[1].append(task)
    return list(found.values())


def _added_up(lists: Sequence[Sequence[JsonValue]]) -> JsonValue:
    """All items of all lists, each once, in the order in which they come."""
    return list({_form(item): item for one in reversed(lists) for item in reversed(one)}.values())[::-1]


def _form(value: JsonValue) -> str:
    """The same text for values that say the same: `1` and `1.0`, words that differ only in spaces or capitals."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: JsonValue) -> JsonValue:
    match value:
        case bool():
            return value
        case float() if value.is_integer():
            return int(value)
        case str():
            return " ".join(value.split()).casefold()
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value
