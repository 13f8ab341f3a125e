"""The four kinds of code goal: from the facts of the system's own runs to a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.coding.proving.coverage import Coverage
from engine.coding.proving.interfaces import InterfaceChange
from engine.coding.proving.measures import Measure, Measures, improved
from engine.coding.proving.mutants import Fate
from engine.coding.proving.reports import Cause, Outcome, TestReport
from engine.coding.proving.verdicts import (
    Suite,
    TestChanges,
    Verdict,
    causes,
    listed,
    passing_check,
    red_check,
    suite_check,
    suite_runs_check,
    unchanged_checks,
)
from engine.coding.reports import Check

NO_REPRODUCTION = {Cause.IMPORT, Cause.SYNTAX, Cause.COLLECTION, Cause.SETUP}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """`tests`: ids of the new tests; `red` their run on the base, `green` their run after the last edit."""

    tests: tuple[str, ...]
    red: TestReport
    green: TestReport
    suite: Suite
    changes: TestChanges


def judge_fix(facts: ChangeFacts, *, loading_is_the_bug: bool = False) -> Verdict:
    """A bug is fixed when its test was red for the bug's sake, is green now, and nothing else became worse.

    `loading_is_the_bug`: the bug is that something can't be imported or built, so a test red for that reason shows it.
    """
    return Verdict(
        checks=(
            *shows_bug(facts.tests, facts.red, loading_is_the_bug=loading_is_the_bug),
            passing_check("the test passes with the fix", facts.tests, facts.green, facts.suite.flaky),
            suite_runs_check(facts.tests, facts.suite),
            suite_check(facts.suite),
            *unchanged_checks(facts.changes),
        )
    )


def shows_bug(tests: tuple[str, ...], red: TestReport, *, loading_is_the_bug: bool = False) -> tuple[Check, Check]:
    """Whether these tests, run on the base, show a bug: they fail, and for the bug's sake."""
    return red_check("the test fails without the fix", tests, red), _reason(tests, red, loading_is_the_bug)


def _reason(tests: tuple[str, ...], red: TestReport, loading_is_the_bug: bool) -> Check:
    name = "it fails because of the bug"
    why = causes(tests, red)
    wrong = [f"{test}: {cause.value}" for test, cause in why.items() if cause in NO_REPRODUCTION]
    if wrong and not loading_is_the_bug:
        return Check(name=name, held=False, words=listed(wrong))
    if red.stopped is not None and not why:
        return Check(name=name, held=True, words=f"it did not end: {red.stopped}")
    return Check(name=name, held=bool(why), words=listed(cause.value for cause in set(why.values())) or red.words)


def judge_feature(facts: ChangeFacts) -> Verdict:
    """A feature is there when its acceptance tests fail without it and pass with it, and nothing became worse."""
    return Verdict(
        checks=(
            shows_absence(facts.tests, facts.red),
            passing_check("the acceptance tests pass with it", facts.tests, facts.green, facts.suite.flaky),
            suite_runs_check(facts.tests, facts.suite),
            suite_check(facts.suite),
            *unchanged_checks(facts.changes),
        )
    )


def shows_absence(tests: tuple[str, ...], report: TestReport) -> Check:
    """Whether these tests, run on the base, say that the feature is missing.

    Tests that can't even be loaded are red too, for what they import is not there yet.
    """
    name = "the acceptance tests fail without it"
    cases = {test: report.named(test) for test in tests}
    passing = [test for test, case in cases.items() if case is not None and not case.outcome.red]
    why = causes(tests, report)
    broken = [test for test, cause in why.items() if cause is Cause.SYNTAX]
    if not tests:
        return Check(name=name, held=False, words="there is none")
    if passing or broken:
        words = [*(f"{one} did not fail" for one in passing), *(f"{one}: {Cause.SYNTAX.value}" for one in broken)]
        return Check(name=name, held=False, words=listed(words))
    unloaded = not any(cases.values()) and (bool(why) or not report.cases) and report.exit_code != 0
    red = all(case is not None or test in why for test, case in cases.items())
    return Check(name=name, held=red or unloaded, words=listed(c.value for c in set(why.values())) or report.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsFacts:
    """`tests`: ids of the new tests, run as `first` and `second` on the same tree; `targets`: paths they are about.

    `mutants`: what became of each, by its words. `sources`: changed paths that are no tests.
    """

    __test__ = False  # the name is no test for pytest

    tests: tuple[str, ...]
    first: TestReport
    second: TestReport
    suite: Suite
    changes: TestChanges
    targets: tuple[str, ...]
    covered_before: Coverage | None  # None: nobody could measure it
    covered_after: Coverage | None  # None: nobody could measure it
    mutants: Mapping[str, Fate]
    sources: tuple[str, ...] = ()
    wanted_share: float = 0.5  # of the mutants that built, caught


def judge_tests(facts: TestsFacts) -> Verdict:
    """New tests are worth something when they pass every time, reach more, and notice when the target is broken."""
    reach, catch = _coverage(facts), _mutants(facts)
    both_unknown = reach.held is None and catch.held is None
    nothing = Check(name="the tests say something of the target", held=False, words=f"{reach.words}; {catch.words}")
    return Verdict(
        checks=(
            passing_check("the new tests pass", facts.tests, facts.first, facts.suite.flaky),
            passing_check("they pass a second time", facts.tests, facts.second, facts.suite.flaky),
            *((nothing,) if both_unknown else (reach, catch)),
            Check(
                name="the code itself is unchanged",
                held=not facts.sources,
                words=f"changed: {listed(facts.sources)}" if facts.sources else "it is",
            ),
            suite_runs_check(facts.tests, facts.suite),
            suite_check(facts.suite),
            *unchanged_checks(facts.changes),
        )
    )


def _coverage(facts: TestsFacts) -> Check:
    name = "more of the target runs"
    if facts.covered_before is None or facts.covered_after is None:
        return Check(name=name, held=None, words="which lines run could not be measured")
    before, after = (one.share(facts.targets) for one in (facts.covered_before, facts.covered_after))
    if after is None:
        return Check(name=name, held=False, words="no line of the target ran")
    words = f"{(before or 0) * 100:.0f} % before, {after * 100:.0f} % after"
    if before is not None and before >= 1 and after >= 1:
        return Check(name=name, held=None, words="every line ran before already")
    return Check(name=name, held=after > (before or 0), words=words, measures=True)


def _mutants(facts: TestsFacts) -> Check:
    name = "they notice when the code is broken"
    built = [fate for fate in facts.mutants.values() if fate is not Fate.INVALID]
    if not built:
        words = "there was nothing to break" if facts.first.passed else "not tried, for the new tests don't pass"
        return Check(name=name, held=None, words=words)
    caught = built.count(Fate.CAUGHT)
    survivors = [words for words, fate in facts.mutants.items() if fate is Fate.SURVIVED]
    words = f"{caught} of {len(built)} broken versions were caught"
    if survivors:
        words += f"; not: {listed(survivors)}"
    held = caught > 0 and caught / len(built) >= facts.wanted_share
    return Check(name=name, held=held, words=words, measures=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactoringFacts:
    """`behaviour`: ids of the tests that pin what the code does, () for all of the suite's.

    `interface`: how the public interface differs; `may_change`: names in it whose change was asked for.
    """

    suite: Suite
    changes: TestChanges
    before: Measures
    after: Measures
    which: Measure
    behaviour: tuple[str, ...] = ()
    interface: tuple[InterfaceChange, ...] = ()
    may_change: frozenset[str] = frozenset()


def judge_refactoring(facts: RefactoringFacts) -> Verdict:
    """A refactoring is done when the same tests pass before and after, users see no change, and the measure fell."""
    better = improved(facts.before, facts.after, facts.which)
    seen = [one.words for one in facts.interface if one.name not in facts.may_change]
    return Verdict(
        checks=(
            _behaviour("the behaviour was tested before", facts, facts.suite.before),
            _behaviour("the same tests pass after", facts, facts.suite.after),
            suite_check(facts.suite),
            Check(
                name="the public interface is unchanged", held=not seen, words=listed(seen) or "as it was, or as asked"
            ),
            Check(name="what was to improve did", held=better.held, words=better.words, measures=True),
            *unchanged_checks(facts.changes),
        )
    )


def _behaviour(name: str, facts: RefactoringFacts, report: TestReport) -> Check:
    if not facts.behaviour:
        return Check(name=name, held=report.passed, words=report.words)
    named = [(test, report.named(test)) for test in facts.behaviour]
    left = [
        test for test, case in named if case is None or case.outcome is not Outcome.PASSED or test in facts.suite.flaky
    ]
    return Check(name=name, held=not left, words=f"not so: {listed(left)}" if left else f"{len(named)} tests")
