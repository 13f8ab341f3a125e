"""Reports in JSON: `go test -json`, one event a line, and the file that Jest and Vitest write."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.coding.proving.reports import (
    MESSAGE_SIGNS,
    MOST_CASES,
    Case,
    Cause,
    Outcome,
    UnreadableReportError,
    cause_of,
    seconds_of,
)

GO_ENDINGS = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED}
JEST_STATES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "pending": Outcome.SKIPPED,
    "skipped": Outcome.SKIPPED,
    "disabled": Outcome.SKIPPED,
    "focused": Outcome.PASSED,
    "todo": Outcome.SKIPPED,
}


def loaded(text: str) -> object:
    """JSON from code under test; UnreadableReportError when it is broken or nested without end."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise UnreadableReportError(f"no readable JSON: {broken}") from broken
    return value


def record(value: object) -> Mapping[str, object]:
    """An object of JSON as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """A list of JSON as it is, anything else as an empty one."""
    return value if isinstance(value, list) else []


def word(value: object) -> str:
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _GoRun:
    """Tests of one `go test`, by (package, test); a package itself has the name ""."""

    endings: dict[tuple[str, str], Case]
    begun: dict[tuple[str, str], None]
    output: dict[tuple[str, str], list[str]]
    builds: dict[str, list[str]]  # what the compiler said, by import path


def read_go(text: str) -> tuple[list[Case], list[str]]:
    """Tests as `package::Test/sub`; a package that fails without a failed test is a case of its own.

    Lines that are no events are what the build said. UnreadableReportError when there is no event at all.
    """
    run = _GoRun(endings={}, begun={}, output={}, builds={})
    events = 0
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        try:
            event = record(loaded(line))
        except UnreadableReportError:
            continue  # printed by a test, or torn
        if word(event.get("Action")):
            events += 1
            _take(run, event)
        if len(run.begun) > MOST_CASES:
            raise UnreadableReportError(f"more than {MOST_CASES} tests")
    if not events:
        raise UnreadableReportError("the output holds no event of `go test -json`")
    unfinished = [key for key in run.begun if key not in run.endings]
    faults = [f"«{test or package}» began and never ended" for package, test in unfinished]
    return list(_go_cases(run, [key for key in unfinished if key[1]])), faults


def _take(run: _GoRun, event: Mapping[str, object]) -> None:
    action = word(event.get("Action"))
    key = (word(event.get("Package")), word(event.get("Test")))
    if action == "build-output":
        run.builds.setdefault(word(event.get("ImportPath")), []).append(word(event.get("Output"))[:400])
    elif action in ("start", "run"):
        run.begun[key] = None
    elif action == "output":
        kept = run.output.setdefault(key, [])
        if len(kept) < 60:
            kept.append(word(event.get("Output"))[:400])
    elif action in GO_ENDINGS and key[0]:
        case = Case(id=f"{key[0]}::{key[1]}", outcome=GO_ENDINGS[action], seconds=seconds_of(event.get("Elapsed")))
        worse = key in run.endings and run.endings[key].outcome.red
        if not worse:  # whatever is printed later, red stays red
            run.endings[key] = case


def _go_cases(run: _GoRun, unfinished: list[tuple[str, str]]) -> Iterator[Case]:
    parents = {(package, test.rpartition("/")[0]) for package, test in run.endings if "/" in test}
    red_packages = {package for (package, test), case in run.endings.items() if test and case.outcome.red}
    for (package, test), case in run.endings.items():
        message = "".join(run.output.get((package, test), ()))[:MESSAGE_SIGNS]
        if test and not ((package, test) in parents and case.outcome is Outcome.PASSED):
            yield _go_case(f"{package}::{test}", case.outcome, message, case.seconds)
        elif not test and case.outcome.red and package not in red_packages:
            said = "".join(line for lines in run.builds.values() for line in lines)[:MESSAGE_SIGNS] or message
            yield Case(id=package, outcome=Outcome.ERROR, message=said, cause=Cause.COLLECTION)
    for package, test in unfinished:
        yield Case(id=f"{package}::{test}", outcome=Outcome.ERROR, message="it never ended", cause=Cause.EXCEPTION)


def _go_case(name: str, outcome: Outcome, message: str, seconds: float | None) -> Case:
    cause = (Cause.EXCEPTION if "panic:" in message else Cause.ASSERTION) if outcome.red else None
    return Case(
        id=name, outcome=outcome, message="" if outcome is Outcome.PASSED else message, seconds=seconds, cause=cause
    )


def read_jest(data: bytes) -> tuple[list[Case], list[str]]:
    """Tests as `file::group > name`; a file that could not be loaded is a case of its own."""
    report = record(loaded(data.decode("utf-8", "replace")))
    if not isinstance(report.get("testResults"), list):
        raise UnreadableReportError("the JSON holds no test results")
    cases: list[Case] = []
    for entry in map(record, items(report.get("testResults"))):
        file = word(entry.get("name"))
        asserted = [record(one) for one in items(entry.get("assertionResults"))]
        cases += [_jest_case(file, one) for one in asserted]
        if word(entry.get("status")) == "failed" and not any(word(one.get("status")) == "failed" for one in asserted):
            message = word(entry.get("message"))[:MESSAGE_SIGNS]
            cases.append(Case(id=file, outcome=Outcome.ERROR, file=file, message=message, cause=_load_cause(message)))
        if len(cases) > MOST_CASES:
            raise UnreadableReportError(f"more than {MOST_CASES} tests")
    told = report.get("numTotalTests")
    seen = sum("::" in case.id for case in cases)
    faults = [f"the report counts {told} tests and shows {seen}"] if isinstance(told, int) and told > seen else []
    return cases, faults


def _load_cause(message: str) -> Cause:
    if "Cannot find module" in message or "Failed to resolve import" in message:
        return Cause.IMPORT
    return Cause.SYNTAX if "SyntaxError" in message else Cause.COLLECTION


def _jest_case(file: str, told: Mapping[str, object]) -> Case:
    groups = [word(group) for group in items(told.get("ancestorTitles"))]
    name = " > ".join(filter(None, (*groups, word(told.get("title")) or word(told.get("fullName")))))
    outcome = JEST_STATES.get(word(told.get("status")), Outcome.ERROR)
    message = "\n".join(word(line) for line in items(told.get("failureMessages")))[:MESSAGE_SIGNS]
    cause = (Cause.ASSERTION if "expect(" in message else cause_of(message)) if outcome.red else None
    seconds = seconds_of(told.get("duration"), 0.001)
    return Case(id=f"{file}::{name}", outcome=outcome, file=file, seconds=seconds, message=message, cause=cause)
