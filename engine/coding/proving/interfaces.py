"""What other code may use of a module: names with their signatures, and how two versions differ."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from engine.coding.proving.languages import LONGEST, language_of, masked, rule
from engine.coding.proving.python_interfaces import python_interface, taken_from
from engine.coding.proving.weakening import Change
from engine.coding.repositories import Language

_ = rule
_LINES = re.MULTILINE
EXPORTS: dict[Language, tuple[re.Pattern[str], ...]] = {
    Language.JAVASCRIPT: (
        _(
            r"^export\s+(?:default\s+)?(?:async\s+)?(?:abstract\s+)?"
            r"(?:function\s*\*?|class|const|let|var|interface|type|enum)\s+(?P<name>\w+)"
            r"(?P<rest>\s*(?:<[^>\n]*>)?\s*\([^{;]{0,2000}?\)(?=\s*[:{])|(?:\s+extends\s+[\w.]+)?)",
            _LINES,
        ),
        _(r"^export\s+(?P<name>default)\b(?P<rest>)", _LINES),
        _(
            r"^(?:module\.)?exports\.(?P<name>\w+)\s*=\s*"
            r"(?P<rest>(?:async\s*)?(?:function\b[^{]*|\([^()]*\)\s*(?==>))?)",
            _LINES,
        ),
    ),
    Language.GO: (
        _(
            r"^func\s+(?P<name>(?:\(\s*\w*\s*\*?[A-Z]\w*(?:\[[^\]]*\])?\s*\)\s*)?[A-Z]\w*)(?P<rest>[^{\n]*)",
            _LINES,
        ),
        _(r"^type\s+(?P<name>[A-Z]\w*)(?P<rest>[^{\n]*)", _LINES),
        _(r"^(?:const|var)\s+(?P<name>[A-Z]\w*)(?P<rest>[^=\n]*)", _LINES),
    ),
    Language.RUST: (
        _(
            r"(?<![\w(])pub\s+(?:const\s+|async\s+|unsafe\s+|extern\s+(?:\"[^\"]*\"\s+)?)*"
            r"fn\s+(?P<name>\w+)(?P<rest>[^{;]*)",
            _LINES,
        ),
        _(r"(?<![\w(])pub\s+(?:struct|enum|trait|type|union|mod)\s+(?P<name>\w+)(?P<rest>[^{;\n]*)", _LINES),
        _(r"(?<![\w(])pub\s+(?:const|static)\s+(?P<name>\w+)(?P<rest>\s*:[^=;]*)", _LINES),
        _(r"(?<![\w(])pub\s+(?P<name>\w+)(?P<rest>\s*:(?!:)[^,}\n]*)", _LINES),  # a field
        _(r"(?<![\w(])pub\s+use\s+(?P<name>[^;]+)(?P<rest>)", _LINES),
    ),
}
LISTS = _(r"^(?:export\s*|module\.exports\s*=\s*)\{([^{}]*)\}", re.MULTILINE)
FIELDS = _(r"^type\s+([A-Z]\w*)[^{\n]*\b(?:struct|interface)\s*\{\n", re.MULTILINE)
BLOCKS = _(r"^(?:const|var|type)\s*\(\n", re.MULTILINE)
_LONGEST_BLOCK = 5_000


_MANIFESTS = {
    "package.json": ("main", "module", "browser", "exports", "bin", "types", "type"),
    "pyproject.toml": ("scripts", "gui-scripts", "entry-points"),
}
"""What files that describe a package say of how it is entered."""


class Difference(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceChange:
    name: str
    kind: Difference
    words: str


def offered(path: str, text: str) -> Mapping[str, str] | None:
    """What a file offers to users of the code, by names; None for nothing that could be read."""
    name = PurePosixPath(path).name
    if name in _MANIFESTS:
        return _of_manifest(name, text)
    if name == "__init__.py" and len(text) <= LONGEST:
        return python_interface(text, is_package=True)
    return public_interface(text, language_of(path))


def _of_manifest(name: str, text: str) -> Mapping[str, str] | None:
    """How a package is entered."""
    try:
        told = json.loads(text) if name.endswith(".json") else tomllib.loads(text).get("project")
    except (ValueError, RecursionError):
        return None
    found = {key: told[key] for key in _MANIFESTS[name] if key in told} if isinstance(told, dict) else {}
    return {key: f"{key}: {json.dumps(one, sort_keys=True, default=str)}" for key, one in found.items()}


def public_interface(text: str, language: Language) -> Mapping[str, str] | None:
    """Signatures by name, {} for a module that offers nothing; None: the text can't be read."""
    if len(text) > LONGEST:
        return None
    if language is Language.PYTHON:
        return python_interface(text)
    return _exports(text, language) if language in EXPORTS else None


def _exports(text: str, language: Language) -> dict[str, str]:
    """By conservative reading: what stands after `export`, `pub`, or with a capital letter."""
    code, told = (masked(text, language, strings=strings) for strings in (True, False))
    found: dict[str, str] = {}
    for pattern in EXPORTS[language]:
        for match in pattern.finditer(code):
            name = " ".join(match["name"].split())
            signature = " ".join(f"{name}{told[match.start('rest') : match.end('rest')]}".split())
            found[name] = f"{found[name]}; {signature}" if name in found and found[name] != signature else signature
    if language is Language.JAVASCRIPT:
        for match in LISTS.finditer(code):
            for entry in filter(None, (one.strip() for one in match[1].split(","))):
                name = re.split(r"\s+as\s+|:", entry)[-1 if " as " in entry else 0].strip()
                found.setdefault(name, " ".join(entry.split()))
    if language is Language.GO:
        found = {**_go_blocks(code), **found}
    return found


def _go_blocks(code: str) -> dict[str, str]:
    """What is listed in blocks: constants, types, and the fields and methods of a type."""
    found: dict[str, str] = {}
    for _, body in _blocks(BLOCKS, ")", code):
        for name, rest in re.findall(r"^\t([A-Z]\w*)\b([^=\n]*)", body, re.MULTILINE):
            found.setdefault(name, " ".join(f"{name} {rest}".split()))
    for begun, body in _blocks(FIELDS, "}", code):
        for line in re.findall(r"^\t([A-Z][^\n`]*)", body, re.MULTILINE):
            found[f"{begun[1]}.{line.split()[0]}"] = f"{begun[1]}: {' '.join(line.split())}"
    return found


def _blocks(begins: re.Pattern[str], ends: str, code: str) -> Iterator[tuple[re.Match[str], str]]:
    """What begins so, up to the line that ends it: each sign is looked at once, however hostile the text."""
    place = 0
    while begun := begins.search(code, place):
        place = begun.end()
        end = code.find(f"\n{ends}", place - 1, place + _LONGEST_BLOCK)
        if end >= 0:
            yield begun, code[place : end + 1]
            place = end + 1


def interface_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[InterfaceChange, ...]:
    """The difference in words, by name: «add(a, b) became add(a, b, c)»."""
    changes = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            changes.append(InterfaceChange(name=name, kind=Difference.REMOVED, words=f"«{before[name]}» is gone"))
        elif name not in before:
            changes.append(InterfaceChange(name=name, kind=Difference.ADDED, words=f"«{after[name]}» is new"))
        elif before[name] != after[name]:
            words = f"«{before[name]}» became «{after[name]}»"
            changes.append(InterfaceChange(name=name, kind=Difference.CHANGED, words=words))
    return tuple(changes)


def missed_in(changes: Sequence[Change]) -> Iterator[InterfaceChange]:
    """What users of the code would miss in changed files, or find changed. What is new disturbs nobody, and what has
    gone to another file and is imported back is still there."""
    now = {change.path: change.new for change in changes if change.new is not None}
    for change in changes:
        old, new = (None if text is None else offered(change.path, text) for text in (change.old, change.new))
        if old is None:
            continue
        there = dict(new or {})
        for name, told in _handed_back(change, now).items():
            if there.get(name, name) == name:  # nothing else is known of it
                there[name] = name if old.get(name) == name else told
        yield from (one for one in interface_changes(old, there) if one.kind is not Difference.ADDED)


def _handed_back(change: Change, now: Mapping[str, str]) -> Mapping[str, str]:
    """What a Python module offers because it imports it from another changed file; `now` are these by their paths."""
    found: dict[str, str] = {}
    is_python = language_of(change.path) is Language.PYTHON
    for name, source in taken_from(change.new or "") if is_python else ():
        for path, text in now.items():
            if path != change.path and PurePosixPath(path.removesuffix("/__init__.py")).stem == source:
                theirs = offered(path, text) or {}
                found |= {one: told for one, told in theirs.items() if one.partition(".")[0] == name}
    return found
