"""Which lines ran: coverage.py's JSON, lcov's text (Node, Jest, cargo), Go's profile, as one value."""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from engine.coding.proving.json_reports import items, loaded, record
from engine.coding.proving.reports import UnreadableReportError

MOST_LINES = 500_000
LAST_LINE = 200_000
GO_BLOCK = re.compile(r"(.+):(\d{1,7})\.\d{1,6},(\d{1,7})\.\d{1,6} \d{1,6} (\d{1,12})")


class CoverageKind(StrEnum):
    COVERAGE_PY = "coverage.py"
    LCOV = "lcov"
    GO = "go"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCoverage:
    """Line numbers from 1; `covered` is a part of `total`, the lines that could run."""

    covered: frozenset[int]
    total: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """By path, as the tool tells it."""

    files: Mapping[str, FileCoverage]

    def of(self, path: str) -> FileCoverage | None:
        """The file's lines, also where the tool puts folders before its path; None: nothing is known of it."""
        if path in self.files:
            return self.files[path]
        return next((file for name, file in self.files.items() if name.endswith(f"/{path}")), None)

    def within(self, lines: Mapping[str, AbstractSet[int]]) -> "Coverage":
        """That of these lines alone, by path."""
        found = {path: file for path in lines if (file := self.of(path))}
        return Coverage(
            files={
                path: FileCoverage(covered=file.covered & lines[path], total=file.total & lines[path])
                for path, file in found.items()
            }
        )

    def covered(self, paths: Iterable[str]) -> int:
        return sum(len(file.covered) for path in paths if (file := self.of(path)))

    def share(self, paths: Iterable[str]) -> float | None:
        """Covered lines of all lines of these files, 0 to 1; None: none of them has lines that could run."""
        found = [file for path in paths if (file := self.of(path))]
        total = sum(len(file.total) for file in found)
        return sum(len(file.covered) for file in found) / total if total else None


def read_coverage(kind: CoverageKind, data: bytes) -> Coverage:
    """Coverage from what a tool wrote; UnreadableReportError when it is of another form, torn or beyond measure."""
    text = data.decode("utf-8", "replace")
    match kind:
        case CoverageKind.COVERAGE_PY:
            return _coverage_py(text)
        case CoverageKind.LCOV:
            return _lcov(text)
        case CoverageKind.GO:
            return _go(text)


class _Lines:
    """Counts of each file's lines, bounded over all files together."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[int, int]] = {}
        self._room = MOST_LINES

    def add(self, path: str, line: int, count: int) -> None:
        if not 0 < line <= LAST_LINE:
            return
        self._room -= 1
        if self._room < 0:
            raise UnreadableReportError(f"more than {MOST_LINES} lines are told of")
        lines = self._counts.setdefault(path, {})
        lines[line] = max(count, lines.get(line, 0))

    def coverage(self) -> Coverage:
        return Coverage(
            files={
                path: FileCoverage(
                    covered=frozenset(line for line, count in lines.items() if count > 0), total=frozenset(lines)
                )
                for path, lines in self._counts.items()
            }
        )


def _coverage_py(text: str) -> Coverage:
    files = record(loaded(text)).get("files")
    if not isinstance(files, dict):
        raise UnreadableReportError("the JSON tells of no files")
    lines = _Lines()
    for path, told in files.items():
        for key, count in (("executed_lines", 1), ("missing_lines", 0)):
            for line in items(record(told).get(key)):
                if isinstance(line, int):
                    lines.add(str(path).replace("\\", "/"), line, count)
    return lines.coverage()


def _lcov(text: str) -> Coverage:
    lines, path, ended = _Lines(), None, False
    for row in text.splitlines():
        if row.startswith("SF:"):
            path = row[3:].strip().replace("\\", "/")
        elif row == "end_of_record":
            path, ended = None, True
        elif path is not None and (match := re.fullmatch(r"DA:(\d{1,7}),(\d{1,18})(?:,.*)?", row)):
            lines.add(path, int(match[1]), int(match[2]))
    if not ended:
        raise UnreadableReportError("the text is no lcov report")
    return lines.coverage()


def _go(text: str) -> Coverage:
    rows = text.splitlines()
    if not rows or not rows[0].startswith("mode: "):
        raise UnreadableReportError("the text is no coverage profile of Go")
    lines = _Lines()
    for row in rows[1:]:
        if match := GO_BLOCK.fullmatch(row):
            first, last = int(match[2]), min(int(match[3]), LAST_LINE)
            for line in range(first, last + 1):
                lines.add(match[1], line, int(match[4]))
    return lines.coverage()
