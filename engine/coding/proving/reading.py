"""From how a command ended to its test report. Nothing here raises: a report that can't be read is a fault in it."""

import hashlib
import re
from collections.abc import Callable

from engine.coding.proving.json_reports import read_go, read_jest
from engine.coding.proving.junit import read_junit
from engine.coding.proving.reports import (
    MOST_FAULTS,
    Case,
    Cause,
    Outcome,
    ReportKind,
    Run,
    TestReport,
    UnreadableReportError,
    contradictions,
    plain,
    tidied,
)
from engine.coding.proving.runners import SEAL, Asked
from engine.coding.proving.spoken_reports import read_cargo, read_unittest
from engine.coding.proving.tap import read_tap

WHOLE_COMMAND = "the whole command"
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
NOTHING_RAN = re.compile(
    r"^(=+ )?no tests ran\b|^Ran 0 tests\b|^NO TESTS RAN|^# tests 0$|^No tests found\b|\[no test files\]$", re.MULTILINE
)
EACH_TEST = re.compile(r"^\w+ \([\w.<>]+\)(?:.*\n?.*)? \.\.\. ", re.MULTILINE)
SPOKEN: dict[ReportKind, Callable[[str], tuple[list[Case], list[str]]]] = {
    ReportKind.TAP: read_tap,
    ReportKind.GO: read_go,
    ReportKind.CARGO: read_cargo,
    ReportKind.UNITTEST: read_unittest,
}


def read_report(kind: ReportKind, run: Run, file: str | None = None) -> TestReport:
    """What `run` came to, read as `kind`: from the collected `file` where one was asked for, else from the output.

    A file that was asked for and is missing means that the tests never came to their end, whatever the exit code says.
    """
    if kind is ReportKind.EXIT_CODE:
        return _by_exit_code(run)
    try:
        cases, faults = _read(kind, run, file)
    except UnreadableReportError as unreadable:
        cases, faults = [], [plain(str(unreadable), 300)]
    known = tidied(cases)
    if run.stopped is None and (known or not faults):
        faults += contradictions(run.exit_code, known)
    return TestReport(kind=kind, exit_code=run.exit_code, cases=known, faults=_bounded(faults), stopped=_stopped(run))


def read_asked(asked: Asked, run: Run) -> TestReport:
    """What came of a command that was asked for a report. Where a seal was asked for, no other report counts."""
    if asked.key and asked.file is not None and not _is_sealed(asked.key, run, asked.file):
        return _unsealed(asked.kind, run)
    if asked.kind is not ReportKind.EXIT_CODE:
        return read_report(asked.kind, run, asked.file)
    if asked.file is not None and run.collected.get(asked.file):
        return read_report(ReportKind.JUNIT, run, asked.file)
    return sniffed(run)


def _is_sealed(key: str, run: Run, file: str) -> bool:
    """Whether the report is as the runner left it at its own end; a report that is not there needs no seal."""
    report = run.collected.get(file)
    return not report or run.collected.get(SEAL) == f"{key} {hashlib.sha256(report).hexdigest()}".encode()


def _unsealed(kind: ReportKind, run: Run) -> TestReport:
    fault = f"the tests ended before their runner did, so what they report is not believed{_last_words(run)}"
    return TestReport(kind=kind, exit_code=run.exit_code, faults=(fault,), stopped=_stopped(run))


def sniffed(run: Run) -> TestReport:
    """The report of a command that nobody knows (`make test`): by what its output looks like, else by its exit code.

    A text that looks right and contradicts the exit code is kept as that contradiction, never as a pass.
    """
    for kind in SPOKEN:
        if kind is ReportKind.UNITTEST and not EACH_TEST.search(run.output):
            continue  # it names the red ones alone, so one run can't be compared with another
        report = read_report(kind, run)
        if report.cases:
            return report
    return _by_exit_code(run)


def _read(kind: ReportKind, run: Run, file: str | None) -> tuple[list[Case], list[str]]:
    if file is not None and not run.collected.get(file):
        raise UnreadableReportError("the tests wrote no report" + _last_words(run))
    data = run.collected[file] if file is not None else run.output.encode("utf-8", "replace")
    if kind is ReportKind.JUNIT:
        return read_junit(data), []
    if kind is ReportKind.JEST:
        return read_jest(data)
    return SPOKEN[kind](COLOURS.sub("", data.decode("utf-8", "replace")))


def _last_words(run: Run) -> str:
    lines = [line.strip() for line in COLOURS.sub("", run.output).splitlines() if line.strip()]
    return f"; the last line was: {plain(lines[-1], 200)}" if lines else ""


def _by_exit_code(run: Run) -> TestReport:
    faults = []
    if NOTHING_RAN.search(COLOURS.sub("", run.output)):
        faults.append("no tests ran")
    good = run.exit_code == 0 and not faults and run.stopped is None
    case = Case(
        id=WHOLE_COMMAND,
        outcome=Outcome.PASSED if good else Outcome.FAILED,
        message="" if good else f"exit code {run.exit_code}{_last_words(run)}",
        cause=None if good else Cause.UNKNOWN,
    )
    return TestReport(
        kind=ReportKind.EXIT_CODE,
        exit_code=run.exit_code,
        cases=tidied([case]),
        faults=_bounded(faults),
        stopped=_stopped(run),
    )


def _stopped(run: Run) -> str | None:
    return None if run.stopped is None else plain(run.stopped, 200)


def _bounded(faults: list[str]) -> tuple[str, ...]:
    unique = list(dict.fromkeys(faults))
    more = len(unique) - MOST_FAULTS
    return tuple(unique[:MOST_FAULTS]) + ((f"and {more} more such faults",) if more > 0 else ())
