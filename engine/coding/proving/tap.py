"""TAP, the «Test Anything Protocol», as `node --test` and many others write it.

Only whole lines count, the plan is held against what came, and diagnostics are read as text, never as YAML.
"""

import re
from dataclasses import dataclass, replace

from engine.coding.proving.reports import (
    MOST_CASES,
    Case,
    Cause,
    Outcome,
    UnreadableReportError,
    cause_of,
    seconds_of,
)

POINT = re.compile(r"( *)(not )?ok\b *(\d*)(?: *- ?| +|$)(.*)")
PLAN = re.compile(r"( *)1\.\.(\d{1,9})\b.*")
BAIL = re.compile(r" *Bail out!(.*)")
DIRECTIVE = re.compile(r"(?<!\\)# *(skip\S*|todo)\b *(.*)$", re.IGNORECASE)
PLACE = re.compile(r"(.+?)(?::\d+)*")
DEEPEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    indent: int
    case: Case
    has_plan: bool = False  # a plan at a deeper indent stood before it: it sums up what is inside


def read_tap(text: str) -> tuple[list[Case], list[str]]:
    """The tests and what is wrong with them (a plan not kept, «Bail out!»); UnreadableReportError when it is no TAP."""
    reader = _Reader()
    for line in text.splitlines():
        reader.take(line)
    if not reader.is_tap:
        raise UnreadableReportError("the output is no TAP")
    return reader.cases(), reader.faults


class _Reader:
    """Goes line by line; children stand before the line that sums them up, one indent deeper."""

    def __init__(self) -> None:
        self.is_tap = False
        self.faults: list[str] = []
        self._points: list[_Point] = []
        self._open: list[_Point] = []  # whose parent has not come yet
        self._counts: dict[int, int] = {}  # indent → points at it since the last parent
        self._plans: dict[int, int] = {}
        self._notes: list[str] | None = None  # None: outside of a diagnostic block

    def take(self, line: str) -> None:
        if self._notes is not None:
            self._note(line)
        elif line.strip() == "---" and self._points:
            self._notes = []
        elif match := POINT.fullmatch(line):
            self._point(match)
        elif match := PLAN.fullmatch(line):
            self.is_tap = True
            self._plans[len(match[1])] = int(match[2])
        elif match := BAIL.fullmatch(line):
            self.faults.append(f"the tests gave up:{match[1][:200] or ' no reason given'}")
        elif line.startswith("TAP version"):
            self.is_tap = True

    def _point(self, match: re.Match[str]) -> None:
        if len(self._points) >= MOST_CASES:
            raise UnreadableReportError(f"more than {MOST_CASES} tests")
        indent = len(match[1])
        name, outcome, message = _told(match[4], bool(match[2]))
        deeper = [level for level in {*self._counts, *self._plans} if level > indent]
        self._check(deeper)
        cause = Cause.UNKNOWN if outcome.red else None
        case = Case(id=name or f"test {match[3]}", outcome=outcome, message=message, cause=cause)
        self._counts[indent] = self._counts.get(indent, 0) + 1
        self._points.append(_Point(indent=indent, case=case, has_plan=bool(deeper)))

    def _check(self, levels: list[int]) -> None:
        for level in levels:
            planned, came = self._plans.pop(level, None), self._counts.pop(level, 0)
            if planned is not None and planned != came:
                self.faults.append(f"{planned} tests were planned and {came} came")

    def _note(self, line: str) -> None:
        assert self._notes is not None
        if line.strip() in ("...", "---") or len(self._notes) > 400:
            self._points[-1] = _noted(self._points[-1], self._notes)
            self._notes = None
        else:
            self._notes.append(line.strip()[:400])

    def cases(self) -> list[Case]:
        if self._notes:
            self._points[-1] = _noted(self._points[-1], self._notes)
        if not self._plans.keys() & {0}:
            self.faults.append("the plan that says how many tests there are is missing")
        self._check(sorted({*self._counts, *self._plans}))
        return _paths(self._points)


def _told(rest: str, failed: bool) -> tuple[str, Outcome, str]:
    directive = DIRECTIVE.search(rest)
    name = (rest[: directive.start()] if directive else rest).strip()
    name = re.sub(r"\\([#\\])", r"\1", name)
    if directive and directive[1].lower().startswith("skip"):
        return name, Outcome.SKIPPED, directive[2]
    if directive:
        return name, Outcome.EXPECTED_FAILURE if failed else Outcome.PASSED, directive[2]
    return name, Outcome.FAILED if failed else Outcome.PASSED, ""


def _noted(point: _Point, notes: list[str]) -> _Point:
    """Duration, place and error from a diagnostic block."""
    values = {key: value.strip().strip("'\"") for key, _, value in (note.partition(":") for note in notes)}
    case = point.case
    if seconds := values.get("duration_ms"):
        case = replace(case, seconds=seconds_of(seconds, 0.001))
    if place := PLACE.fullmatch(values.get("location", "")):
        case = replace(case, file=place[1])
    if case.outcome.red:
        message = "\n".join(note for note in notes if not note.startswith(("duration_ms", "location")))
        case = replace(case, message=message, cause=_cause(values, message))
    return replace(point, case=case, has_plan=point.has_plan or values.get("type") == "suite")


def _cause(values: dict[str, str], message: str) -> Cause:
    if values.get("failureType") == "hookFailed":
        return Cause.SETUP
    if values.get("exitCode") and values.get("error") == "test failed":
        return Cause.COLLECTION  # a whole file ended before it told of a test
    if values.get("code") == "ERR_ASSERTION" or values.get("name") == "AssertionError":
        return Cause.ASSERTION
    return Cause.EXCEPTION if values.get("name") else cause_of(values.get("error") or message)


def _paths(points: list[_Point]) -> list[Case]:
    """Names with their parents before them; a parent counts itself only when it is red by nothing inside it."""
    cases: list[Case] = []
    around: list[tuple[int, str, bool]] = []  # indent, name, whether something inside is red; innermost last
    for point in reversed(points):  # so that a parent comes before its children
        while around and around[-1][0] >= point.indent:
            around.pop()
        if point.has_plan and len(around) < DEEPEST:
            around.append((point.indent, point.case.id, point.case.outcome.red))
        if not point.has_plan or point.case.outcome.red:
            parents = [name for indent, name, _ in around if indent < point.indent]
            cases.append(replace(point.case, id=" > ".join((*parents, point.case.id))))
    return _without_sums(list(reversed(cases)))


def _without_sums(cases: list[Case]) -> list[Case]:
    """Drops the red parents of red children: they only say it again."""
    explained: set[str] = set()
    for case in cases:
        if case.outcome.red:
            parts = case.id.split(" > ")
            explained.update(" > ".join(parts[:length]) for length in range(1, len(parts)))
    return [case for case in cases if case.id not in explained]
