"""Verdicts: one way to be done for each kind of goal, and every way not to be."""

from dataclasses import replace

import pytest

from engine.coding.proving.coverage import Coverage, FileCoverage
from engine.coding.proving.interfaces import Difference, InterfaceChange
from engine.coding.proving.judging import (
    ChangeFacts,
    RefactoringFacts,
    TestsFacts,
    judge_feature,
    judge_fix,
    judge_refactoring,
    judge_tests,
)
from engine.coding.proving.measures import Measure, Measures
from engine.coding.proving.mutants import Fate
from engine.coding.proving.protected import Protection
from engine.coding.proving.reading import WHOLE_COMMAND, read_report
from engine.coding.proving.reports import Case, Cause, Outcome, ReportKind, Run, TestReport
from engine.coding.proving.verdicts import Suite, TestChanges, Verdict
from engine.coding.proving.weakening import Weakening, WeakeningKind
from engine.coding.reports import Check

P, F, E, S, X = Outcome
NEW = "tests/test_new.py::test_new"


def report(outcomes: dict[str, Outcome], cause: Cause = Cause.ASSERTION, stopped: str | None = None) -> TestReport:
    cases = tuple(
        Case(id=name, outcome=outcome, cause=cause if outcome.red else None) for name, outcome in outcomes.items()
    )
    red = any(outcome.red for outcome in outcomes.values())
    return TestReport(kind=ReportKind.JUNIT, exit_code=1 if red else 0, cases=cases, stopped=stopped)


SUITE = Suite(before=report({"a": P, "b": F}), after=report({"a": P, "b": F, NEW: P}))
WEAK = Weakening(path="tests/test_a.py", line=3, kind=WeakeningKind.SKIPPED, words="«test_a» has a new «skip»")
FIX = ChangeFacts(tests=(NEW,), red=report({NEW: F}), green=report({NEW: P}), suite=SUITE, changes=TestChanges())


def failed(verdict: Verdict) -> set[str]:
    assert verdict.done is not any(check.held is False for check in verdict.checks)
    return {check.name for check in verdict.checks if check.held is False}


def test_a_bug_is_fixed_when_its_test_turned_green_and_nothing_became_worse() -> None:
    verdict = judge_fix(FIX)
    assert verdict.done
    assert verdict.deviation == 0
    assert verdict.reasons == ()


RED, REASON, GREEN = "the test fails without the fix", "it fails because of the bug", "the test passes with the fix"
SUITE_RUNS, NO_WORSE = "the whole suite runs it too", "the whole suite is no worse"
STRONG, UNCHANGED = "no test is weakened", "no other test file is changed"


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        (replace(FIX, tests=()), {RED, REASON, GREEN, SUITE_RUNS}),
        (replace(FIX, red=report({NEW: P})), {RED, REASON}),
        (replace(FIX, red=report({NEW: S})), {RED, REASON}),
        (replace(FIX, red=report({})), {RED, REASON}),
        (replace(FIX, red=report({NEW: E}, Cause.IMPORT)), {REASON}),
        (replace(FIX, red=report({NEW: E}, Cause.SETUP)), {REASON}),
        (replace(FIX, red=report({"tests/test_new.py": E}, Cause.SYNTAX)), {RED, REASON}),
        (replace(FIX, green=report({NEW: F})), {GREEN}),
        (replace(FIX, green=report({NEW: S})), {GREEN}),
        (replace(FIX, green=report({NEW: X})), {GREEN}),
        (replace(FIX, green=report({NEW: P}, stopped="60 s were over")), {GREEN}),
        (replace(FIX, green=replace(report({NEW: P}), exit_code=1, faults=("odd",))), {GREEN}),
        (replace(FIX, suite=replace(SUITE, flaky=frozenset({NEW}))), {GREEN}),
        (replace(FIX, suite=replace(SUITE, after=report({"a": P, "b": F}))), {SUITE_RUNS}),
        (replace(FIX, suite=replace(SUITE, after=report({"a": F, "b": F, NEW: P}))), {NO_WORSE}),
        (replace(FIX, suite=replace(SUITE, after=report({"a": S, "b": F, NEW: P}))), {NO_WORSE}),
        (replace(FIX, suite=replace(SUITE, after=report({"b": F, NEW: P}))), {NO_WORSE}),
        (replace(FIX, suite=replace(SUITE, after=report({"a": P, NEW: P}))), {NO_WORSE}),
        (replace(FIX, changes=TestChanges(weakenings=(WEAK,))), {STRONG}),
        (replace(FIX, changes=TestChanges(protected={"conftest.py": Protection.SUPPORT})), {UNCHANGED}),
    ],
)
def test_a_bug_is_not_fixed_when(facts: ChangeFacts, names: set[str]) -> None:
    verdict = judge_fix(facts)
    assert failed(verdict) == names
    assert verdict.deviation == len(names) / 8
    assert all(reason.partition(": ")[2] for reason in verdict.reasons)


def test_an_import_may_be_the_bug_and_so_may_a_loop_without_end() -> None:
    assert judge_fix(replace(FIX, red=report({NEW: E}, Cause.IMPORT)), loading_is_the_bug=True).done
    assert judge_fix(replace(FIX, red=TestReport(kind=ReportKind.JUNIT, exit_code=-9, stopped="60 s were over"))).done


def test_what_a_person_approved_counts_as_shown() -> None:
    approved = frozenset({"conftest.py", "tests/test_a.py"})
    changes = TestChanges(weakenings=(WEAK,), protected={"conftest.py": Protection.SUPPORT}, approved=approved)
    verdict = judge_fix(replace(FIX, changes=changes))
    assert verdict.done
    assert f"{UNCHANGED}, but for what you approved" in {check.name for check in verdict.checks}


def test_with_nothing_but_exit_codes_a_fix_can_still_be_proven_and_it_says_so() -> None:
    red, green = (read_report(ReportKind.EXIT_CODE, Run(exit_code=code)) for code in (1, 0))
    verdict = judge_fix(
        replace(FIX, tests=(WHOLE_COMMAND,), red=red, green=green, suite=Suite(before=red, after=green))
    )
    assert verdict.done
    assert Check(name=SUITE_RUNS, held=None, words="the suite tells only an exit code") in verdict.checks


FEATURE = ChangeFacts(tests=(NEW,), red=report({NEW: F}), green=report({NEW: P}), suite=SUITE, changes=TestChanges())


@pytest.mark.parametrize(
    ("red", "done"),
    [
        (report({NEW: F}), True),
        (report({NEW: F}, Cause.IMPORT), True),
        (report({"tests/test_new.py": E}, Cause.IMPORT), True),
        (TestReport(kind=ReportKind.CARGO, exit_code=101, faults=("cargo ran no tests",)), True),
        (report({NEW: P}), False),
        (report({NEW: S}), False),
        (report({NEW: F}, Cause.SYNTAX), False),
        (report({"tests/test_new.py": E}, Cause.SYNTAX), False),
        (report({"other": P}), False),
    ],
)
def test_an_acceptance_test_has_to_fail_before_the_feature_is_there(red: TestReport, done: bool) -> None:
    assert judge_feature(replace(FEATURE, red=red)).done is done


def test_a_feature_without_acceptance_tests_or_with_red_ones_is_not_done() -> None:
    assert len(failed(judge_feature(replace(FEATURE, tests=())))) == 3
    assert failed(judge_feature(replace(FEATURE, green=report({NEW: F})))) == {"the acceptance tests pass with it"}


def coverage(*covered: int) -> Coverage:
    return Coverage(files={"calc.py": FileCoverage(covered=frozenset(covered), total=frozenset(range(1, 5)))})


TESTS = TestsFacts(
    tests=(NEW,),
    first=report({NEW: P}),
    second=report({NEW: P}),
    suite=SUITE,
    changes=TestChanges(),
    targets=("calc.py",),
    covered_before=coverage(1),
    covered_after=coverage(1, 2),
    mutants={"line 1: «<» became «<=»": Fate.CAUGHT, "line 2": Fate.SURVIVED, "line 3": Fate.INVALID},
)
MORE, NOTICE = "more of the target runs", "they notice when the code is broken"


def test_new_tests_are_worth_something_and_the_verdict_says_how_much() -> None:
    verdict = judge_tests(TESTS)
    assert verdict.done
    words = {check.name: check.words for check in verdict.checks}
    assert words[MORE] == "25 % before, 50 % after"
    assert words[NOTICE] == "1 of 2 broken versions were caught; not: line 2"


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        (replace(TESTS, tests=()), {"the new tests pass", "they pass a second time", SUITE_RUNS}),
        (replace(TESTS, second=report({NEW: F})), {"they pass a second time"}),
        (replace(TESTS, covered_after=coverage(1)), {MORE}),
        (replace(TESTS, covered_after=Coverage(files={})), {MORE}),
        (replace(TESTS, mutants={"a": Fate.SURVIVED}), {NOTICE}),
        (replace(TESTS, mutants={"a": Fate.CAUGHT, "b": Fate.SURVIVED, "c": Fate.SURVIVED}), {NOTICE}),
        (replace(TESTS, sources=("calc.py",)), {"the code itself is unchanged"}),
        (replace(TESTS, covered_after=None, mutants={"a": Fate.INVALID}), {"the tests say something of the target"}),
        (replace(TESTS, covered_after=None), set()),
        (replace(TESTS, mutants={}), set()),
        (replace(TESTS, covered_before=coverage(1, 2, 3, 4), covered_after=coverage(1, 2, 3, 4)), set()),
    ],
)
def test_new_tests_are_judged_by_every_check(facts: TestsFacts, names: set[str]) -> None:
    assert failed(judge_tests(facts)) == names


GREEN_SUITE = Suite(before=report({"a": P, "b": P}), after=report({"a": P, "b": P}))
REFACTORING = RefactoringFacts(
    suite=GREEN_SUITE,
    changes=TestChanges(),
    before=Measures(size=9, functions={"a": 5}, duplicates=0),
    after=Measures(size=9, functions={"a": 4}, duplicates=0),
    which=Measure.COMPLEXITY,
)
CHANGE = InterfaceChange(name="add", kind=Difference.REMOVED, words="«add(a)» is gone")


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        (REFACTORING, set()),
        (replace(REFACTORING, which=Measure.SIZE), {"what was to improve did"}),
        (replace(REFACTORING, interface=(CHANGE,)), {"the public interface is unchanged"}),
        (replace(REFACTORING, interface=(CHANGE,), may_change=frozenset({"add"})), set()),
        (replace(REFACTORING, suite=SUITE), {"the behaviour was tested before", "the same tests pass after"}),
        (replace(REFACTORING, suite=SUITE, behaviour=("a",)), set()),
        (
            replace(REFACTORING, suite=Suite(before=GREEN_SUITE.before, after=report({"a": P, "b": F}))),
            {"the same tests pass after", NO_WORSE},
        ),
        (
            replace(REFACTORING, suite=Suite(before=report({}), after=report({}))),
            {"the behaviour was tested before", "the same tests pass after", NO_WORSE},
        ),
    ],
)
def test_a_refactoring_is_judged_by_every_check(facts: RefactoringFacts, names: set[str]) -> None:
    assert failed(judge_refactoring(facts)) == names


def test_a_verdict_without_a_check_that_could_be_made_is_not_done() -> None:
    nothing = Verdict(checks=(Check(name="a", held=None, words="nobody looked"),))
    assert (nothing.done, nothing.deviation) == (False, 1.0)
