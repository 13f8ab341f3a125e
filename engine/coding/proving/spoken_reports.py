"""Reports that are written for people: cargo's and unittest's texts.

A test can print such lines itself, so the sums that the runner gives at the end are held against what was read.
"""

import re
from dataclasses import dataclass, replace

from engine.coding.proving.reports import MOST_CASES, Case, Cause, Outcome, UnreadableReportError, cause_of

TARGET = re.compile(r" *(?:Running (?:unittests )?(\S+)|Doc-tests (\S+)).*")
CARGO_TEST = re.compile(r"test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:, (.*))?")
CARGO_RESULT = re.compile(r"test result: \S+\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored;.*")
CARGO_DETAIL = re.compile(r"---- (.+?) stdout ----")
CARGO_OUTCOMES = {"ok": Outcome.PASSED, "FAILED": Outcome.FAILED, "ignored": Outcome.SKIPPED}

UNIT_TEST = re.compile(r" *(\w+) \(([\w.<>]+)\)(?: [\[(].*[\])])?(?: \.\.\. (.*))?")
UNIT_ENDING = re.compile(r"(?:.* \.\.\. |.*?)(ok|FAIL|ERROR|expected failure|unexpected success|skipped ['\"].*)")
UNIT_DETAIL = re.compile(r"(?:FAIL|ERROR): (\w+) \(([\w.<>]+)\).*")
UNIT_RAN = re.compile(r"Ran (\d{1,9}) tests? in .*")
UNIT_SUM = re.compile(r"(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?")
UNIT_OUTCOMES = {
    "ok": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "ERROR": Outcome.ERROR,
    "expected failure": Outcome.EXPECTED_FAILURE,
    "unexpected success": Outcome.FAILED,
}
LOST_MODULE = "unittest.loader._FailedTest"


@dataclass(slots=True, kw_only=True, frozen=True)
class _Details:
    """The lines that explain each red test, by its id."""

    lines: dict[str, list[str]]

    def told(self, case: Case, cause: Cause | None = None) -> Case:
        text = "\n".join(self.lines.get(case.id, ())).strip()
        return replace(case, message=text or case.message, cause=cause or _cause(text)) if case.outcome.red else case


def _cause(text: str) -> Cause:
    if "panicked at" in text:
        return Cause.ASSERTION if "assertion" in text else Cause.EXCEPTION
    raised = [
        line for line in text.splitlines() if re.match(r"[A-Za-z_][\w.]*(Error|Exception|Exit|Interrupt)\b", line)
    ]
    return cause_of(raised[-1]) if raised else cause_of(text)


def read_cargo(text: str) -> tuple[list[Case], list[str]]:
    """Tests as `target::path::name`; UnreadableReportError when no target ran its tests."""
    cases: list[Case] = []
    faults: list[str] = []
    target, first, listing, results = "", 0, False, 0
    details = _Details(lines={})
    detail: list[str] | None = None  # None: outside of what explains a failed test
    for line in text.splitlines():
        if match := TARGET.fullmatch(line):
            target, listing, detail = match[1] or "doc", False, None
        elif re.fullmatch(r"running \d{1,9} tests?", line):
            first, listing = len(cases), True
        elif listing and (match := CARGO_TEST.fullmatch(line)):
            cases.append(_cargo_case(target, match))
        elif line == "failures:" or line.startswith("test result:"):
            listing, detail = False, None
            if match := CARGO_RESULT.fullmatch(line):
                results += 1
                faults += _uncounted(cases[first:], match)
        elif not listing and (match := CARGO_DETAIL.fullmatch(line)):
            detail = details.lines.setdefault(f"{target}::{match[1]}", [])
        elif detail is not None and len(detail) < 60:
            detail.append(line)
    _bounded(cases)
    if not results:
        raise UnreadableReportError("cargo ran no tests: " + (_first_error(text) or "the output tells no result"))
    return [details.told(case) for case in cases], faults


def _bounded(cases: list[Case]) -> None:
    if len(cases) > MOST_CASES:
        raise UnreadableReportError(f"more than {MOST_CASES} tests")


def _cargo_case(target: str, match: re.Match[str]) -> Case:
    file = target if target.endswith(".rs") else None
    return Case(id=f"{target}::{match[1]}", outcome=CARGO_OUTCOMES[match[2]], file=file, message=match[3] or "")


def _uncounted(cases: list[Case], result: re.Match[str]) -> list[str]:
    told = [int(result[place]) for place in (1, 2, 3)]
    read = [sum(case.outcome is outcome for case in cases) for outcome in CARGO_OUTCOMES.values()]
    return [] if told == read else [f"cargo counts {sum(told)} tests otherwise than its lines do"]


def _first_error(text: str) -> str:
    return next((line[:200] for line in text.splitlines() if line.startswith("error")), "")


def read_unittest(text: str) -> tuple[list[Case], list[str]]:
    """Tests of `python -m unittest -v` as `module.Class.test`; UnreadableReportError without the sum at its end."""
    cases: list[Case] = []
    open_name: str | None = None  # None: every test so far has its outcome
    lines = text.splitlines()
    end = next((at for at, line in enumerate(lines) if re.fullmatch(r"={60,}", line)), len(lines))
    for line in lines[:end]:
        match = UNIT_TEST.fullmatch(line)
        if match and not (line.startswith("  ") and open_name is None):
            open_name = _unit_id(match[1], match[2])
            ending = UNIT_ENDING.fullmatch(match[3] or "")
        else:
            ending = UNIT_ENDING.fullmatch(line)
        if open_name is not None and ending:
            cases.append(_unit_case(open_name, ending[1]))
            open_name = None
    _bounded(cases)
    details = _unit_details(lines[end:])
    told = [details.told(case, Cause.IMPORT if LOST_MODULE in case.message else None) for case in cases]
    return _with_lost(told, details), _unit_faults(lines, told)


def _unit_id(name: str, owner: str) -> str:
    if owner.startswith(LOST_MODULE):
        return name
    return owner if owner.endswith(f".{name}") else f"{owner}.{name}"  # before Python 3.11 the name stood apart


def _unit_case(name: str, ending: str) -> Case:
    outcome = UNIT_OUTCOMES.get(ending, Outcome.SKIPPED)
    return Case(id=name, outcome=outcome, message=ending if outcome is Outcome.SKIPPED else "")


def _unit_details(lines: list[str]) -> _Details:
    found: dict[str, list[str]] = {}
    kept: list[str] = []
    for line in lines:
        if match := UNIT_DETAIL.fullmatch(line):
            kept = found.setdefault(_unit_id(match[1], match[2]), [])
        elif len(kept) < 80 and not re.fullmatch(r"[-=]{60,}", line):
            kept.append(line)
    return _Details(lines=found)


def _with_lost(cases: list[Case], details: _Details) -> list[Case]:
    """Those that are explained at the end and were missed before, as those whose line a print tore apart."""
    known = {case.id for case in cases}
    missed = [name for name in details.lines if name not in known]
    return cases + [details.told(Case(id=name, outcome=Outcome.ERROR)) for name in missed]


def _unit_faults(lines: list[str], cases: list[Case]) -> list[str]:
    ran = [match for line in lines if (match := UNIT_RAN.fullmatch(line))]
    sums = [match for line in lines if (match := UNIT_SUM.fullmatch(line))]
    if not ran or not sums:
        raise UnreadableReportError("the output has no sum of unittest's at its end")
    told = dict(re.findall(r"([a-z ]+)=(\d{1,9})", sums[-1][1] or ""))
    bad = sum(int(told.get(key, 0)) for key in ("failures", " errors", "errors", "unexpected successes"))
    faults = []
    if bad and not any(case.outcome.red for case in cases):
        faults.append("unittest counts failures that its lines don't show")
    if int(ran[-1][1]) > len(cases):
        faults.append(f"unittest ran {ran[-1][1]} tests and its lines show {len(cases)}")
    return faults
