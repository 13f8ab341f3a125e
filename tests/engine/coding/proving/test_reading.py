"""Reports of real runs, and of runs that lie. The outputs were kept from pytest 9, Node 20, cargo 1.95 and Python 3.11;
those of Go, Jest and Vitest are written by their documented forms.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.proving.json_reports import read_go, read_jest
from engine.coding.proving.junit import read_junit
from engine.coding.proving.reading import WHOLE_COMMAND, read_report, sniffed
from engine.coding.proving.reports import (
    ID_SIGNS,
    MESSAGE_SIGNS,
    Case,
    Cause,
    Outcome,
    ReportKind,
    Run,
    TestReport,
    UnreadableReportError,
    tidied,
)
from engine.coding.proving.spoken_reports import read_cargo, read_unittest
from engine.coding.proving.tap import read_tap

OUTPUTS = Path(__file__).parent / "outputs"
P, F, E, S, X = Outcome


def report(kind: ReportKind, name: str, exit_code: int = 1) -> TestReport:
    data = (OUTPUTS / name).read_bytes()
    if kind is ReportKind.JUNIT:
        return read_report(kind, Run(exit_code=exit_code, collected={"r": data}), "r")
    return read_report(kind, Run(exit_code=exit_code, output=data.decode()))


def outcomes(read: TestReport) -> dict[str, Outcome]:
    return {case.id: case.outcome for case in read.cases}


def test_pytest_tells_ids_as_it_takes_them_and_why_each_is_red() -> None:
    read = report(ReportKind.JUNIT, "pytest.xml")
    file = "tests/test_calc.py"
    assert outcomes(read) == {
        "tests/test_broken.py": E,
        "tests/test_syntax.py": E,
        f"{file}::test_adds": P,
        f"{file}::test_minus": F,
        f"{file}::test_param[1]": P,
        rf"{file}::test_param[x::[\xe9]<&>]": F,
        f"{file}::TestMore::test_raises": F,
        f"{file}::TestMore::test_skipped": S,
        f"{file}::TestMore::test_known": X,
        f"{file}::TestMore::TestInner::test_deep": P,
        f"{file}::test_setup": E,
        f"{file}::test_teardown": E,
        f"{file}::test_import": F,
    }
    assert {case.id.rpartition("::")[2]: case.cause for case in read.red} == {
        "tests/test_broken.py": Cause.IMPORT,
        "tests/test_syntax.py": Cause.SYNTAX,
        "test_minus": Cause.ASSERTION,
        r"[\xe9]<&>]": Cause.EXCEPTION,
        "test_raises": Cause.EXCEPTION,
        "test_setup": Cause.SETUP,
        "test_teardown": Cause.SETUP,
        "test_import": Cause.IMPORT,
    }
    assert not read.passed
    assert read.words == "3 passed, 4 failed, 4 error, 1 skipped, 1 expected failure"
    assert {case.file for case in read.cases} == {file, "tests/test_broken.py", "tests/test_syntax.py"}


@pytest.mark.parametrize(("kind", "name"), [(ReportKind.TAP, "node.tap"), (ReportKind.JUNIT, "node.xml")])
def test_node_tells_the_same_in_both_of_its_forms(kind: ReportKind, name: str) -> None:
    read = report(kind, name)
    assert outcomes(read) == {
        "/tree/test/broken.test.js": F,
        "adds": P,
        "minus # strange \\ name": F,
        "skipped": S,
        "todo": X,
        "group > inner": P,
        "group > inner bad": F,
        "group > deep > inner": P,
        "prints": P,
    }
    assert read.named("minus # strange \\ name").cause is Cause.ASSERTION  # type: ignore[union-attr]  # it is there
    assert read.named("group > inner bad").cause is Cause.EXCEPTION  # type: ignore[union-attr]  # it is there
    assert not read.faults


def test_tap_tells_places_and_that_a_whole_file_could_not_run() -> None:
    broken = report(ReportKind.TAP, "node.tap").named("/tree/test/broken.test.js")
    assert broken is not None
    assert (broken.cause, broken.file) == (Cause.COLLECTION, "/tree/test/broken.test.js")
    assert broken.seconds == pytest.approx(0.1246, abs=1e-3)


def test_cargo_tells_targets_and_prints_inside_a_failure_are_no_tests() -> None:
    read = report(ReportKind.CARGO, "cargo.txt", 101)
    assert outcomes(read) == {
        "src/lib.rs::tests::ignored": S,
        "src/lib.rs::tests::adds": P,
        "src/lib.rs::tests::panics": P,
        "src/lib.rs::tests::minus": F,
        "tests/whole.rs::works": P,
        "doc::src/lib.rs - add (line 2)": P,
    }
    assert [case.cause for case in read.red] == [Cause.ASSERTION]
    assert not read.faults


def test_a_crate_that_does_not_build_ran_no_tests() -> None:
    read = report(ReportKind.CARGO, "cargo_broken.txt", 101)
    assert not read.passed
    assert read.faults == ("cargo ran no tests: error: this file contains an unclosed delimiter",)


def test_unittest_is_read_line_by_line_with_its_explanations() -> None:
    read = report(ReportKind.UNITTEST, "unittest.txt")
    name = "tests.test_unit.C.test_"
    assert outcomes(read) == {
        f"{name}bad": F,
        f"{name}doc": P,
        f"{name}err": E,
        f"{name}ok": P,
        f"{name}skip": S,
        f"{name}sub": F,
        f"{name}xf": X,
        f"{name}xp": F,
        "test_broken": E,
    }
    assert {case.id: case.cause for case in read.red}["test_broken"] is Cause.IMPORT
    assert {case.id: case.cause for case in read.red}[f"{name}err"] is Cause.EXCEPTION


GO = [
    {"Action": "start", "Package": "calc"},
    {"Action": "run", "Package": "calc", "Test": "TestAdd"},
    {"Action": "run", "Package": "calc", "Test": "TestAdd/minus"},
    {"Action": "output", "Package": "calc", "Test": "TestAdd/minus", "Output": "    calc_test.go:9: got 3, want 1\n"},
    {"Action": "fail", "Package": "calc", "Test": "TestAdd/minus", "Elapsed": 0.5},
    {"Action": "fail", "Package": "calc", "Test": "TestAdd", "Elapsed": 0.5},
    {"Action": "pass", "Package": "calc", "Test": "TestOk", "Elapsed": 0},
    {"Action": "skip", "Package": "calc", "Test": "TestSkip", "Elapsed": 0},
    {"Action": "fail", "Package": "calc", "Elapsed": 0.6},
    {"Action": "build-output", "ImportPath": "calc/bad", "Output": "bad.go:1: undefined: x\n"},
    {"Action": "fail", "Package": "calc/bad", "Elapsed": 0},
    {"Action": "skip", "Package": "calc/none", "Elapsed": 0},
]


def lines(events: list[dict[str, object]]) -> str:
    return "\n".join(map(json.dumps, events))


def test_go_tells_subtests_and_a_package_that_does_not_build() -> None:
    read = read_report(ReportKind.GO, Run(exit_code=1, output=lines(GO)))
    assert outcomes(read) == {
        "calc::TestAdd/minus": F,
        "calc::TestAdd": F,
        "calc::TestOk": P,
        "calc::TestSkip": S,
        "calc/bad": E,
    }
    assert read.named("calc/bad").message == "bad.go:1: undefined: x"  # type: ignore[union-attr]  # it is there


def test_a_go_test_that_never_ended_is_red_and_a_later_pass_does_not_wash_a_failure() -> None:
    forged = [*GO[:5], {"Action": "pass", "Package": "calc", "Test": "TestAdd/minus"}]
    read = read_report(ReportKind.GO, Run(exit_code=0, output=lines(forged)))
    assert read.named("calc::TestAdd/minus").outcome is F  # type: ignore[union-attr]  # it is there
    assert read.named("calc::TestAdd").outcome is E  # type: ignore[union-attr]  # it is there
    assert not read.passed


def jest(*told: tuple[str, str], status: str = "passed", message: str = "") -> bytes:
    asserted = [{"ancestorTitles": ["group"], "title": title, "status": state, "duration": 5} for title, state in told]
    entry = {"name": "/tree/a.test.js", "status": status, "message": message, "assertionResults": asserted}
    return json.dumps({"numTotalTests": len(told), "testResults": [entry]}).encode()


def test_jest_tells_groups_and_files_that_can_not_be_loaded() -> None:
    run = Run(exit_code=0, collected={"r": jest(("adds", "passed"), ("waits", "pending"))})
    read = read_report(ReportKind.JEST, run, "r")
    assert outcomes(read) == {"/tree/a.test.js::group > adds": P, "/tree/a.test.js::group > waits": S}
    assert read.passed
    broken = jest(status="failed", message="Cannot find module './x' from 'a.test.js'")
    read = read_report(ReportKind.JEST, Run(exit_code=1, collected={"r": broken}), "r")
    assert [(case.id, case.outcome, case.cause) for case in read.cases] == [("/tree/a.test.js", E, Cause.IMPORT)]


def junit(*cases: str) -> bytes:
    return f"<testsuites><testsuite name='x'>{''.join(cases)}</testsuite></testsuites>".encode()


GOOD, BAD, SKIPPED = (
    "<testcase name='a'/>",
    "<testcase name='b'><failure/></testcase>",
    "<testcase name='c'><skipped/></testcase>",
)


@pytest.mark.parametrize(
    ("exit_code", "cases", "passed", "said"),
    [
        (0, (GOOD,), True, "1 passed"),
        (0, (GOOD, SKIPPED), True, "1 passed, 1 skipped"),
        (0, (), False, "no tests ran"),
        (5, (), False, "no tests ran"),
        (0, (SKIPPED,), False, "1 skipped; every test was skipped"),
        (0, (GOOD, BAD), False, "1 passed, 1 failed; the command ended with 0 although 1 of its tests failed"),
        (1, (GOOD,), False, "1 passed; the command ended with 1 although none of its tests failed"),
        (1, (GOOD, BAD), False, "1 passed, 1 failed"),
    ],
)
def test_exit_code_and_report_have_to_agree(exit_code: int, cases: tuple[str, ...], passed: bool, said: str) -> None:
    read = read_report(ReportKind.JUNIT, Run(exit_code=exit_code, collected={"r": junit(*cases)}), "r")
    assert (read.passed, read.words) == (passed, said)


def test_a_process_that_leaves_with_0_before_its_report_did_not_pass() -> None:
    read = read_report(ReportKind.JUNIT, Run(exit_code=0, output="bye\n"), "r")
    assert not read.passed
    assert read.faults == ("the tests wrote no report; the last line was: bye",)


def test_a_run_that_was_stopped_did_not_pass_whatever_it_wrote() -> None:
    run = Run(exit_code=0, collected={"r": junit(GOOD)}, stopped="60 s were over")
    read = read_report(ReportKind.JUNIT, run, "r")
    assert not read.passed
    assert "stopped: 60 s were over" in read.words


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><testsuites/>",
        b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><testsuites/>",
        b"<testsuites>" + b"<testsuite>" * 100,
        junit(GOOD)[:-5],
        b"<html/>",
        b"<?xml version='1.0' encoding='nobody-knows'?><testsuites/>",
        b"",
    ],
)
def test_xml_that_is_no_plain_report_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableReportError):
        read_junit(data)
    read = read_report(ReportKind.JUNIT, Run(exit_code=0, collected={"r": data}), "r")
    assert not read.passed


def test_a_plan_that_is_not_kept_or_missing_is_a_fault() -> None:
    for text in ("1..3\nok 1 - a\n", "ok 1 - a\n", "TAP version 13\nok 1 - a\nBail out! gone\n1..1\n"):
        read = read_report(ReportKind.TAP, Run(exit_code=0, output=text))
        assert len(read.faults) == 1, text
        assert not read.passed
    assert read_report(ReportKind.TAP, Run(exit_code=0, output="1..1\nok 1 - a\n")).passed


def test_a_printed_line_that_looks_like_a_cargo_test_contradicts_the_sum() -> None:
    text = (
        "running 1 test\ntest a ... ok\ntest b ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured\n"
    )
    assert not read_report(ReportKind.CARGO, Run(exit_code=0, output=text)).passed


def test_an_unknown_command_is_read_by_what_it_says_else_by_its_exit_code() -> None:
    assert sniffed(Run(exit_code=1, output=(OUTPUTS / "cargo.txt").read_text())).kind is ReportKind.CARGO
    assert sniffed(Run(exit_code=1, output=(OUTPUTS / "unittest.txt").read_text())).kind is ReportKind.UNITTEST
    assert sniffed(Run(exit_code=1, output=(OUTPUTS / "node.tap").read_text())).kind is ReportKind.TAP
    fine = sniffed(Run(exit_code=0, output="all is well"))
    assert (fine.passed, fine.words, fine.cases[0].id) == (True, "exit code 0, tests not counted", WHOLE_COMMAND)
    assert not sniffed(Run(exit_code=2, output="")).passed
    assert not sniffed(Run(exit_code=0, output="===== no tests ran in 0.01s =====")).passed
    assert not sniffed(Run(exit_code=0, stopped="60 s were over")).passed


def test_of_two_tests_with_one_id_the_worst_keeps_it() -> None:
    for order in ((P, F), (F, P)):
        cases = tidied([Case(id="a", outcome=outcome) for outcome in order])
        assert [(case.id, case.outcome) for case in cases] == [("a", F), ("a (2)", P)]
    assert len({case.id for case in tidied([Case(id=name, outcome=P) for name in ("a", "a (2)", "a", "a (2)")])}) == 4


def test_names_and_messages_are_bounded_and_hold_no_control_signs() -> None:
    long = [Case(id="x" * 5_000 + end, outcome=F, message="\x1b[31m" + "y" * 9_000) for end in "ab"]
    first, second = tidied([*long])
    assert first.id != second.id
    assert len(first.id) <= ID_SIGNS
    assert len(first.message) <= MESSAGE_SIGNS
    assert "\x1b" not in first.message


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_make_a_parser_raise_anything_but_its_own_error(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for parser in (read_tap, read_cargo, read_unittest, read_go):
        try:
            parser(text)
        except UnreadableReportError:
            continue
    for reader in (read_junit, read_jest):
        try:
            reader(data)
        except UnreadableReportError:
            continue
    for kind in ReportKind:
        assert read_report(kind, Run(exit_code=1, output=text, collected={"r": data})).passed is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["Action", "Package", "Test", "Output", "Elapsed", "testResults", "assertionResults", "status",
                         "name", "title", "ancestorTitles", "failureMessages", "duration", "numTotalTests", "message"]),
        inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_json_of_any_shape_is_a_report_or_refused(told: object) -> None:
    text = json.dumps(told)
    for kind in (ReportKind.GO, ReportKind.JEST):
        assert not read_report(kind, Run(exit_code=1, output=text)).passed


@given(st.lists(st.sampled_from((OUTPUTS / "node.tap").read_text().splitlines()), max_size=30))
def test_the_lines_of_a_tap_report_in_any_order_never_break_the_reader(shuffled: list[str]) -> None:
    read = read_report(ReportKind.TAP, Run(exit_code=0, output="\n".join(shuffled)))
    assert not (read.passed and any(line.lstrip().startswith("not ok 3") for line in shuffled))


def test_a_go_package_whose_end_is_not_told_is_a_fault() -> None:
    begun = [*GO_PASSED, {"Action": "start", "Package": "rest"}]
    assert read_report(ReportKind.GO, Run(exit_code=0, output=lines(GO_PASSED))).passed
    read = read_report(ReportKind.GO, Run(exit_code=0, output=lines(begun)))
    assert (read.passed, read.faults) == (False, ("«rest» began and never ended",))


GO_PASSED = [
    {"Action": "start", "Package": "calc"},
    {"Action": "run", "Package": "calc", "Test": "TestAdd"},
    {"Action": "pass", "Package": "calc", "Test": "TestAdd", "Elapsed": 0},
    {"Action": "pass", "Package": "calc", "Elapsed": 0.1},
]
