"""Code broken on purpose, one small edit at a time: tests that are worth something fail on it.

The choice follows from path, text and seed alone, so that a second run breaks the same places.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.coding.proving.languages import LONGEST, parsed
from engine.coding.proving.python_mutants import python_edits
from engine.coding.proving.reports import Cause, TestReport
from engine.coding.proving.source_edits import SourceEdit, applied
from engine.coding.proving.text_mutants import text_edits
from engine.coding.repositories import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A file with one edit; `text` is the whole new text. `words` such as «line 12: «<» became «<=»»."""

    path: str
    line: int
    words: str
    text: str


class Fate(StrEnum):
    CAUGHT = "caught"
    SURVIVED = "survived"
    INVALID = "invalid"  # it did not build, so it says nothing about the tests


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How many mutants, and where. `lines`: numbers that may change, those that ran (None: any)."""

    limit: int = 10
    seed: int = 0
    lines: Collection[int] | None = None


def mutants(path: str, text: str, language: Language, wanted: Wanted) -> tuple[Mutant, ...]:
    """At most `wanted.limit` mutants, by line; spread over the lines before a line gets its second.

    Each differs from the text, and one of Python's parses to another program. () where nothing can be edited.
    """
    if len(text) > LONGEST or wanted.limit <= 0:
        return ()
    python = language is Language.PYTHON
    edits = list(python_edits(text) if python else text_edits(text, language))
    allowed = [edit for edit in edits if wanted.lines is None or edit.line in wanted.lines]
    chosen: list[tuple[SourceEdit, str]] = []
    for edit in _spread(allowed, f"{wanted.seed}:{path}"):
        if len(chosen) >= wanted.limit:
            break
        changed = applied(text, edit)
        if changed != text and (not python or parsed(changed) is not None):
            chosen.append((edit, changed))
    chosen.sort(key=lambda one: (one[0].start, one[0].new))
    return tuple(Mutant(path=path, line=edit.line, words=edit.words, text=changed) for edit, changed in chosen)


def _spread(edits: Iterable[SourceEdit], salt: str) -> Iterator[SourceEdit]:
    """In an order that looks like chance: the first of every line, then the second of every line, and so on."""

    def drawn(edit: SourceEdit) -> str:
        return hashlib.sha256(f"{salt}:{edit.start}:{edit.end}:{edit.new}".encode("utf-8", "replace")).hexdigest()

    rounds: dict[int, int] = {}
    ordered = []
    for edit in sorted(edits, key=drawn):
        turn = rounds.get(edit.line, 0)
        rounds[edit.line] = turn + 1
        ordered.append((turn, edit))
    ordered.sort(key=lambda one: one[0])
    return (edit for _, edit in ordered)


def fate(report: TestReport) -> Fate:
    """What the tests say of a mutant. One that never ends was noticed: its run had to be stopped."""
    if report.passed:
        return Fate.SURVIVED
    if report.stopped is not None:
        return Fate.CAUGHT
    causes = {case.cause for case in report.red}
    built = causes - {Cause.SYNTAX, Cause.COLLECTION}
    return Fate.CAUGHT if built else Fate.INVALID
