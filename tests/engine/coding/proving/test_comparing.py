"""Two runs compared, and fickle tests kept apart."""

from hypothesis import given
from hypothesis import strategies as st

from engine.coding.proving.comparing import FIELDS, Comparison, compare, flaky_tests
from engine.coding.proving.reports import Case, Outcome, ReportKind, TestReport

P, F, E, S, X = Outcome


def report(exit_code: int = 0, faults: tuple[str, ...] = (), **outcomes: Outcome) -> TestReport:
    cases = tuple(Case(id=name, outcome=outcome) for name, outcome in outcomes.items())
    return TestReport(kind=ReportKind.JUNIT, exit_code=exit_code, cases=cases, faults=faults)


REPORTS = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(Outcome), max_size=8).map(
    lambda outcomes: report(**outcomes)
)


def test_every_test_is_told_by_what_became_of_it() -> None:
    before = report(fixed=F, broken=P, red=F, green=P, gone=P, slept=P, excused=F, woke=S, woke_red=X, still=S)
    after = report(
        fixed=P, broken=E, red=E, green=P, slept=S, excused=X, woke=P, woke_red=F, still=X, new=P, bad=F, later=S
    )
    found = compare(before, after)
    assert found == Comparison(
        fixed=("fixed",),
        broken=("broken",),
        still_failing=("red",),
        still_passing=("green",),
        disappeared=("gone",),
        newly_skipped=("slept", "excused"),
        woken=("woke",),
        woken_failing=("woke_red",),
        still_asleep=("still",),
        new_passing=("new",),
        new_failing=("bad",),
        new_skipped=("later",),
    )
    assert found.worse == ("broken", "gone", "slept", "excused", "woke_red", "bad")
    assert not found.no_worse
    assert found.deviation == 7 / 11
    assert found.words.startswith("1 broken, 1 disappeared, 2 newly skipped")


def test_a_red_test_that_is_deleted_or_skipped_is_no_progress() -> None:
    assert not compare(report(a=F, b=P), report(b=P)).no_worse
    assert not compare(report(a=F, b=P), report(a=S, b=P)).no_worse
    assert not compare(report(a=F, b=P), report(a=X, b=P)).no_worse
    assert compare(report(a=F, b=P), report(a=F, b=P)).no_worse


def test_a_new_contradiction_is_worse_and_an_old_one_is_not() -> None:
    assert not compare(report(a=P), report(a=P, faults=("odd",))).no_worse
    assert compare(report(a=P, faults=("odd",)), report(a=P, faults=("odd",))).no_worse
    stopped = TestReport(kind=ReportKind.JUNIT, exit_code=1, cases=report(a=P).cases, stopped="60 s were over")
    assert not compare(report(a=P), stopped).no_worse


def test_a_run_that_was_cut_off_is_no_whole_one_whatever_was_so_before() -> None:
    stopped = TestReport(kind=ReportKind.JUNIT, exit_code=1, cases=report(a=P).cases, stopped="60 s were over")
    assert not compare(stopped, stopped).no_worse
    assert compare(stopped, report(a=P, b=P)).no_worse


def test_what_a_run_that_was_cut_off_did_not_come_to_is_not_fickle() -> None:
    first = report(a=F, b=P, c=F)
    again = TestReport(kind=ReportKind.JUNIT, exit_code=1, cases=report(a=P, b=P).cases, stopped="60 s were over")
    assert flaky_tests(first, again) == {"a"}
    assert flaky_tests(first, TestReport(kind=ReportKind.JUNIT, exit_code=1, faults=("torn",))) == frozenset()


def test_a_fickle_test_counts_neither_for_nor_against() -> None:
    flaky = flaky_tests(report(a=F, b=P, c=P), report(a=P, b=P, d=P))
    assert flaky == {"a", "c", "d"}
    found = compare(report(a=F, b=P), report(a=P, b=P), flaky)
    assert (found.fixed, found.flaky, found.no_worse) == ((), ("a",), True)


@given(REPORTS, REPORTS)
def test_what_is_fixed_one_way_is_broken_the_other_and_no_test_is_lost(one: TestReport, other: TestReport) -> None:
    there, back = compare(one, other), compare(other, one)
    assert set(there.fixed) == set(back.broken)
    assert set(there.disappeared) == {*back.new_passing, *back.new_failing, *back.new_skipped}
    assert set(there.newly_skipped) == {*back.woken, *back.woken_failing}
    assert set(there.still_failing) == set(back.still_failing)
    told = [name for kind in {*FIELDS.values(), "flaky"} for name in getattr(there, kind)]
    assert sorted(told) == sorted({case.id for case in (*one.cases, *other.cases)})
    assert 0 <= there.deviation <= 1


@given(REPORTS, REPORTS, REPORTS)
def test_what_is_flaky_never_counts_as_progress(one: TestReport, again: TestReport, after: TestReport) -> None:
    flaky = flaky_tests(one, again)
    found = compare(one, after, flaky)
    assert not flaky & {*found.fixed, *found.woken, *found.new_passing, *found.still_passing, *found.worse}


@given(REPORTS)
def test_nothing_is_better_or_worse_than_itself(one: TestReport) -> None:
    found = compare(one, one)
    assert found.no_worse
    assert not (*found.fixed, *found.woken, *found.new_passing)
