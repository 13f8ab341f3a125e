"""What one run of tests came to: each test with its outcome, and whether the whole may be called passed.

Everything here comes from code under test, which may lie. So a run passes only when its exit code, its report and the
number of its tests all say so; wherever they contradict each other, that is a fault and the run did not pass.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.errors import PermanentError

MOST_CASES = 100_000
ID_SIGNS, MESSAGE_SIGNS = 300, 2_000
MOST_FAULTS = 20
NO_TESTS = "no tests ran"
NO_PROGRAM = (126, 127)
"""Exit codes of a shell that found no program of that name, or none that it may run."""


class UnreadableReportError(PermanentError):
    """What a test command wrote is no report of the kind it was asked for."""


class ReportKind(StrEnum):
    """How a test command tells what came out."""

    JUNIT = "junit"
    TAP = "tap"
    GO = "go"  # `go test -json`
    CARGO = "cargo"
    UNITTEST = "unittest"
    JEST = "jest"  # the JSON of Jest, which Vitest writes too
    EXIT_CODE = "exit code"


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    EXPECTED_FAILURE = "expected failure"

    @property
    def red(self) -> bool:
        return self in (Outcome.FAILED, Outcome.ERROR)

    @property
    def asleep(self) -> bool:
        """It says nothing: it did not run, or its failing is expected."""
        return self in (Outcome.SKIPPED, Outcome.EXPECTED_FAILURE)


class Cause(StrEnum):
    """Why a test is red, as far as the report tells."""

    ASSERTION = "an assertion"
    EXCEPTION = "an exception"
    IMPORT = "an import that fails"
    SYNTAX = "a syntax error"
    COLLECTION = "a test that can't be collected or built"
    SETUP = "the setting up or clearing away around it"
    UNKNOWN = "a reason the report doesn't give"


SEVERITY = (Outcome.ERROR, Outcome.FAILED, Outcome.EXPECTED_FAILURE, Outcome.SKIPPED, Outcome.PASSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test in one run. `message` is what the report says of a red or skipped one, at most 2,000 signs."""

    id: str
    outcome: Outcome
    file: str | None = None  # None: the report doesn't tell
    seconds: float | None = None  # None: the report doesn't tell
    message: str = ""
    cause: Cause | None = None  # None: it is not red


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a command ended. `stopped` says why it was ended from outside (None: it ended by itself)."""

    exit_code: int
    output: str = ""
    collected: Mapping[str, bytes] = field(default_factory=dict)
    stopped: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestReport:
    """The tests of one run, in the report's order, and what is wrong with the report itself (`faults`)."""

    __test__ = False  # the name is no test for pytest

    kind: ReportKind
    exit_code: int
    cases: tuple[Case, ...] = ()
    faults: tuple[str, ...] = ()
    stopped: str | None = None  # why the run was ended from outside; None: it ended by itself

    @property
    def passed(self) -> bool:
        """Exit code 0, nothing red, at least one test that passed, and no contradiction anywhere."""
        return (
            not self.faults
            and self.stopped is None
            and self.exit_code == 0
            and not self.red
            and self.count(Outcome.PASSED) > 0
        )

    @property
    def tells_something(self) -> bool:
        """Whether it tells of tests, or that there are none: a runner that is not there, or never came up, does not."""
        if self.kind is ReportKind.EXIT_CODE:
            return self.exit_code not in NO_PROGRAM
        return bool(self.cases) or self.faults == (NO_TESTS,)

    @property
    def is_whole(self) -> bool:
        """Whether the run came to its end by itself, and there is a report of it that can be read."""
        return self.stopped is None and bool(self.cases)

    @property
    def red(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.outcome.red)

    def count(self, outcome: Outcome) -> int:
        return sum(case.outcome is outcome for case in self.cases)

    @property
    def totals(self) -> Mapping[Outcome, int]:
        counted = Counter(case.outcome for case in self.cases)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def words(self) -> str:
        """Such as «12 passed, 1 failed»."""
        if self.kind is ReportKind.EXIT_CODE:
            told = f"exit code {self.exit_code}, tests not counted"
        else:
            told = ", ".join(f"{n} {outcome.value}" for outcome, n in self.totals.items() if n)
            told = told or ("" if self.faults else "no tests ran")
        stopped = () if self.stopped is None else (f"stopped: {self.stopped}",)
        return "; ".join(filter(None, (told, *stopped, *self.faults)))

    def named(self, name: str) -> Case | None:
        """The test of that id; None when the run had none."""
        return next((case for case in self.cases if case.id == name), None)


def plain(text: str, most: int) -> str:
    """Text from code under test for a person's eyes: control signs made visible, at most `most` signs long."""
    cut = text[: most + 1]
    shown = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in cut)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def plain_id(text: str) -> str:
    """An id on one line of at most 300 signs; long ones that differ stay different."""
    shown = plain(text.replace("\n", " "), len(text)).strip() or "(without a name)"
    if len(shown) <= ID_SIGNS:
        return shown
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{shown[: ID_SIGNS - 10]}…{digest}"


def seconds_of(value: object, unit: float = 1) -> float | None:
    """A duration that a report gives, in seconds; None when it is none. `unit` is how many seconds 1 of it is."""
    try:
        seconds = float(str(value)) * unit
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def tidied(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Bounded texts and unique ids: of several tests with one id the worst keeps it, the others are numbered."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        name = plain_id(case.id)
        kept = replace(
            case,
            id=name,
            file=None if case.file is None else plain(case.file.replace("\n", " "), ID_SIGNS),
            message=plain(case.message.strip(), MESSAGE_SIGNS),
            cause=(case.cause or Cause.UNKNOWN) if case.outcome.red else None,
        )
        groups.setdefault(name, []).append(kept)
    for name in [name for name, group in groups.items() if len(group) > 1]:
        groups[name] = _numbered(name, groups[name], groups.keys())
    return tuple(case for group in groups.values() for case in group)


def _numbered(name: str, group: list[Case], taken: Iterable[str]) -> list[Case]:
    worst_first = sorted(group, key=lambda case: SEVERITY.index(case.outcome))
    used, numbered, number = set(taken), [worst_first[0]], 2
    for case in worst_first[1:]:
        while f"{name} ({number})" in used:
            number += 1
        numbered.append(replace(case, id=f"{name} ({number})"))
        number += 1
    return numbered


def contradictions(exit_code: int, cases: tuple[Case, ...]) -> tuple[str, ...]:
    """Where exit code and tests don't say the same."""
    red = sum(case.outcome.red for case in cases)
    if not cases:
        return (NO_TESTS,)
    if all(case.outcome is Outcome.SKIPPED for case in cases):
        return ("every test was skipped",)
    if exit_code == 0 and red:
        return (f"the command ended with 0 although {red} of its tests failed",)
    if exit_code != 0 and not red:
        return (f"the command ended with {exit_code} although none of its tests failed",)
    return ()


def cause_of(message: str) -> Cause:
    """Why a test is red, from what the report says of it; the first words count, they name the exception."""
    head = message.strip()[:400]
    name = head.partition("\n")[0].partition(":")[0].strip().rpartition(".")[2]
    if name in ("ImportError", "ModuleNotFoundError") or "Cannot find module" in head:
        return Cause.IMPORT
    if name in ("SyntaxError", "IndentationError", "TabError"):
        return Cause.SYNTAX
    if name in ("AssertionError", "Failed") or head.startswith(("assert ", "assertion ", "Expected ", "expect(")):
        return Cause.ASSERTION
    return Cause.EXCEPTION if head else Cause.UNKNOWN
