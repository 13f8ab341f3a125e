"""Whether a code goal is done, as a list of checks that each say why. The checks that several kinds of goal share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.coding.proving.comparing import Comparison, compare
from engine.coding.proving.protected import Protection
from engine.coding.proving.reports import Case, Cause, Outcome, ReportKind, TestReport
from engine.coding.proving.weakening import Weakening
from engine.coding.reports import Check
from engine.workspace.escaping import shown_name

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    checks: tuple[Check, ...]

    @property
    def done(self) -> bool:
        """Every check that could be made held, and there was one."""
        counted = [check.held for check in self.checks if check.held is not None]
        return bool(counted) and all(counted)

    @property
    def deviation(self) -> float:
        """The share of checks that fail, 0 to 1; 1 when none could be made."""
        counted = [check.held for check in self.checks if check.held is not None]
        return counted.count(False) / len(counted) if counted else 1.0

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not done, in words."""
        return tuple(check.fault for check in self.checks if check.held is False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The whole suite on the base and after the last edit, both run by the system."""

    before: TestReport
    after: TestReport
    flaky: frozenset[str] = frozenset()
    let_go: frozenset[str] = frozenset()
    """Tests that may be gone or asleep now, for a person let through what was done to their files."""

    @property
    def comparison(self) -> Comparison:
        return compare(self.before, self.after, self.flaky, self.let_go)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestChanges:
    """What was done to protected files, the goal's own new tests left out; `approved`: paths a person said yes to.

    `meddling` is what in the code itself reaches for the run of the tests.
    """

    __test__ = False  # the name is no test for pytest

    weakenings: tuple[Weakening, ...] = ()
    meddling: tuple[Weakening, ...] = ()
    protected: Mapping[str, Protection] = field(default_factory=dict)
    approved: frozenset[str] = frozenset()


def listed(words: Iterable[str]) -> str:
    """A few of them, as they may be shown, and how many more there are."""
    every = list(words)
    more = len(every) - SHOWN
    return ", ".join(map(shown_name, every[:SHOWN])) + (f" and {more} more" if more > 0 else "")


def suite_check(suite: Suite) -> Check:
    comparison = suite.comparison
    words = comparison.words
    if comparison.worse:
        words += f" ({listed(comparison.worse)})"
    if not suite.after.count(Outcome.PASSED):
        return Check(name="the whole suite is no worse", held=False, words=f"nothing passes in it: {suite.after.words}")
    return Check(name="the whole suite is no worse", held=comparison.no_worse, words=words)


def unchanged_checks(changes: TestChanges) -> list[Check]:
    """That nothing which decides about the tests was changed, but for what a person let through: that is told apart."""
    touched = {path: f"{path} ({why.value})" for path, why in changes.protected.items()}
    return [
        _untouched("no test is weakened", [(one.path, one.told) for one in changes.weakenings], changes),
        _untouched("no other test file is changed", [*touched.items()], changes),
        _untouched("the code leaves the test run alone", [(one.path, one.told) for one in changes.meddling], changes),
    ]


def _untouched(name: str, found: Sequence[tuple[str, str]], changes: TestChanges) -> Check:
    left = [told for path, told in found if path not in changes.approved]
    approved = [told for path, told in found if path in changes.approved]
    if left or not approved:
        return Check(name=name, held=not left, words=listed(left) or "nothing of the kind")
    return Check(name=f"{name}, but for what you approved", held=True, words=listed(approved))


def passing_check(name: str, tests: Sequence[str], report: TestReport, flaky: frozenset[str]) -> Check:
    """Each of the tests passes in that run, and none of them is fickle."""
    if not tests:
        return Check(name=name, held=False, words="there is none")
    if fickle := [one for one in tests if one in flaky]:
        return Check(name=name, held=False, words=f"comes out differently from run to run: {listed(fickle)}")
    left = [f"{one} ({_state(report.named(one))})" for one in tests if not _passes(report.named(one))]
    if left or not report.passed:
        return Check(name=name, held=False, words=listed(left) or report.words)
    return Check(name=name, held=True, words=report.words)


def suite_runs_check(tests: Sequence[str], suite: Suite) -> Check:
    """The tests pass in the last run of everything too; a suite that only gives an exit code can't tell."""
    name = "the whole suite runs it too"
    if suite.after.kind is ReportKind.EXIT_CODE:
        return Check(name=name, held=None, words="the suite tells only an exit code")
    left = [f"{one} ({_state(suite.after.named(one))})" for one in tests if not _passes(suite.after.named(one))]
    return Check(name=name, held=not left and bool(tests), words=listed(left) or f"{len(tests)} of its tests")


def red_check(name: str, tests: Sequence[str], report: TestReport) -> Check:
    """Each of the tests was red in that run; one that never ended is red too."""
    if not tests:
        return Check(name=name, held=False, words="there is none")
    if report.stopped is not None and not any(_passes(report.named(one)) for one in tests):
        return Check(name=name, held=True, words=f"its run had to be stopped: {report.stopped}")
    left = [f"{one} ({_state(report.named(one))})" for one in tests if not _fails(report.named(one))]
    return Check(name=name, held=not left, words=listed(left) or listed(_why(report.named(one)) for one in tests))


def causes(tests: Sequence[str], report: TestReport) -> dict[str, Cause]:
    """Why each of the tests is red; of a test whose file can't be loaded, why that is."""
    found: dict[str, Cause] = {}
    for one in tests:
        case = report.named(one) or report.named(one.partition("::")[0]) or _module(one, report)
        if case is not None and case.cause is not None:
            found[one] = case.cause
    return found


def _module(test: str, report: TestReport) -> Case | None:
    """The module that a test of unittest's is in, where the report names it for it could not be loaded."""
    parts = test.split(".")
    names = (".".join(parts[:end]) for end in range(len(parts) - 1, 0, -1))
    return next((case for name in names if (case := report.named(name)) is not None), None)


def _passes(case: Case | None) -> bool:
    return case is not None and case.outcome is Outcome.PASSED


def _fails(case: Case | None) -> bool:
    return case is not None and case.outcome.red


def _state(case: Case | None) -> str:
    return "did not run" if case is None else case.outcome.value


def _why(case: Case | None) -> str:
    if case is None:
        return "did not run"
    first = next(iter(case.message.splitlines()), "")
    return f"{case.id}: {first}" if first else case.id
