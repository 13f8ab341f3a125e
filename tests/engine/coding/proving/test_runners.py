"""Commands asked for reports and narrowed; where the runner is at hand it really runs, against hostile settings."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.coding.proving.coverage import CoverageKind
from engine.coding.proving.narrowing import only
from engine.coding.proving.reading import read_asked
from engine.coding.proving.reports import Outcome, ReportKind, Run, TestReport
from engine.coding.proving.runners import Runner, TestCommand, runner_of, with_coverage, with_report
from engine.errors import InvalidInputError

PYTEST = (sys.executable, "-m", "pytest")
TESTS = {
    "calc.py": "def add(a, b):\n    return a + b\n",
    "tests/test_calc.py": (
        "import pytest\nfrom calc import add\n\n"
        "def test_red():\n    assert add(1, 1) == 3\n\n"
        "@pytest.mark.parametrize('a', [1, 2])\ndef test_green(a):\n    assert add(a, 0) == a\n"
    ),
    "tests/test_more.py": "class TestMore:\n    def test_more(self):\n        assert True\n",
}


def command(line: str, script: str = "") -> TestCommand:
    return TestCommand(arguments=tuple(line.split()), script=script)


def project(folder: Path, **files: str) -> Path:
    for name, text in {**TESTS, **{name.replace("__", "/"): text for name, text in files.items()}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def run(told: TestCommand, folder: Path) -> TestReport:
    """Runs a command as the sandbox would: in the tree, with a clean environment."""
    asked = with_report(told)
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment = {**clean, **asked.environment}
    ended = subprocess.run(
        asked.arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    file = folder / asked.file if asked.file else None
    collected = {asked.file: file.read_bytes()} if asked.file and file and file.is_file() else {}
    return read_asked(asked, Run(exit_code=ended.returncode, output=ended.stdout + ended.stderr, collected=collected))


SETTINGS = [
    "[pytest]\naddopts = -x --lf -q -p no:terminal\n",
    "[pytest]\naddopts = --junitxml=x.xml --maxfail=1 -p no:cacheprovider --strict-config\njunit_family = xunit2\n",
    "[pytest]\naddopts = --no-header --no-summary -ra\ncache_dir = old\n",
]


@pytest.mark.sample(1)
@pytest.mark.parametrize("settings", SETTINGS)
def test_pytest_tells_every_test_whatever_the_settings_say_of_reports(settings: str, tmp_path: Path) -> None:
    cache = '{"tests/test_more.py::TestMore::test_more": true}'
    read = run(
        TestCommand(arguments=PYTEST),
        project(tmp_path, **{"pytest.ini": settings, ".pytest_cache__v__cache__lastfailed": cache}),
    )
    assert {case.id: case.outcome for case in read.cases} == {
        "tests/test_calc.py::test_red": Outcome.FAILED,
        "tests/test_calc.py::test_green[1]": Outcome.PASSED,
        "tests/test_calc.py::test_green[2]": Outcome.PASSED,
        "tests/test_more.py::TestMore::test_more": Outcome.PASSED,
    }
    assert not read.faults


def test_code_that_ends_the_process_with_0_does_not_pass(tmp_path: Path) -> None:
    read = run(TestCommand(arguments=PYTEST), project(tmp_path, **{"calc.py": "import os\nos._exit(0)\n"}))
    assert not read.passed
    assert "wrote no report" in read.words


@pytest.mark.long
def test_settings_that_only_collect_are_no_pass(tmp_path: Path) -> None:
    told = project(tmp_path, **{"pytest.ini": "[pytest]\naddopts = --collect-only\n"})
    assert not run(TestCommand(arguments=PYTEST), told).passed


@pytest.mark.long
def test_ids_from_a_report_narrow_the_next_run_to_them(tmp_path: Path) -> None:
    chosen = ["tests/test_calc.py::test_green[2]", "tests/test_more.py"]
    narrow = only(TestCommand(arguments=(*PYTEST, "tests", "-k", "red")), chosen)
    assert narrow is not None
    read = run(narrow, project(tmp_path))
    assert [case.id for case in read.cases] == [chosen[0], "tests/test_more.py::TestMore::test_more"]
    assert read.passed


@pytest.mark.long
def test_a_make_target_that_ends_in_pytest_tells_its_tests_too(tmp_path: Path) -> None:
    script = f"{sys.executable} -m pytest -q"
    read = run(TestCommand(arguments=("sh", "-c", script)), project(tmp_path))
    assert (read.kind, len(read.cases)) == (ReportKind.JUNIT, 4)


def test_unittest_is_asked_for_lines_and_narrowed_by_name(tmp_path: Path) -> None:
    text = "import unittest\nclass C(unittest.TestCase):\n  def test_a(self): pass\n  def test_b(self): self.fail()\n"
    folder = project(tmp_path, test_unit__py=text)
    (folder / "test_unit.py").write_text(text, "utf-8")
    told = TestCommand(arguments=(sys.executable, "-m", "unittest", "discover", "-p", "test_unit.py"))
    read = run(told, folder)
    assert {case.id: case.outcome.value for case in read.cases} == {
        "test_unit.C.test_a": "passed",
        "test_unit.C.test_b": "failed",
    }
    for chosen in ("test_unit.C.test_a", "test_unit.py"):
        narrow = only(told, [chosen])
        assert narrow is not None
        assert len(run(narrow, folder).cases) == (1 if chosen.endswith("test_a") else 2)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_node_is_asked_through_its_environment_so_that_npm_scripts_work_too(tmp_path: Path) -> None:
    text = "const test = require('node:test');\ntest('good', () => {});\ntest('bad [x]', () => { throw Error('x') });\n"
    folder = project(tmp_path, **{"test__a.test.js": text + "console.log('ok 9 - forged');\n"})
    told = command("node --test")
    read = run(told, folder)
    assert {case.id: case.outcome.value for case in read.cases} == {"good": "passed", "bad [x]": "failed"}
    narrow = only(told, ["bad [x]"])
    assert narrow is not None
    assert [case.id for case in run(narrow, folder).red] == ["bad [x]"]


@pytest.mark.parametrize(
    ("line", "script", "runner"),
    [
        ("pytest -q", "", Runner.PYTEST),
        ("python3 -m pytest", "", Runner.PYTEST),
        ("poetry run pytest tests", "", Runner.PYTEST),
        ("coverage run -m pytest", "", Runner.PYTEST),
        ("python -m unittest", "", Runner.UNITTEST),
        ("node --test test/", "", Runner.NODE),
        ("npm test", "node --test", Runner.NODE),
        ("npm run test", "jest --ci", Runner.JEST),
        ("npm test", "", Runner.UNKNOWN),
        ("npm test", "echo 'open", Runner.UNKNOWN),
        ("npx vitest", "", Runner.VITEST),
        ("cargo test --workspace", "", Runner.CARGO),
        ("go test ./...", "", Runner.GO),
        ("make test", "", Runner.UNKNOWN),
        ("", "", Runner.UNKNOWN),
    ],
)
def test_the_words_of_a_command_name_its_runner(line: str, script: str, runner: Runner) -> None:
    assert runner_of(command(line, script)) is runner
    assert with_report(command(line, script)).runner is runner


@pytest.mark.parametrize(
    ("line", "script", "asked"),
    [
        ("npm test", "jest --ci", "npm test -- --json --outputFile=.milepost-report.json"),
        ("yarn test", "jest", "yarn test --json --outputFile=.milepost-report.json"),
        ("npx vitest", "", "npx vitest --run --reporter=json --outputFile=.milepost-report.json"),
        ("cargo test -q -- --nocapture", "", "cargo test --no-fail-fast -- --nocapture"),
        ("go test ./...", "", "go test -json ./..."),
        ("go test -json ./...", "", "go test -json ./..."),
        ("python -m unittest discover -s t", "", "python -m unittest discover -v -s t"),
        ("make test", "", "make test"),
    ],
)
def test_other_runners_are_asked_by_their_own_options(line: str, script: str, asked: str) -> None:
    assert " ".join(with_report(command(line, script)).arguments) == asked


@pytest.mark.parametrize(
    ("line", "script", "chosen", "narrow"),
    [
        ("pytest -q -n 2 tests --tb short", "", ["a.py::t"], "pytest -q -n 2 --tb short a.py::t"),
        ("npm test", "jest", ["a.test.js::g > x."], r"npm test -- --testNamePattern=^(g x\.)$ a.test.js"),
        ("npx jest old.test.js -t x", "", ["a.test.js"], "npx jest a.test.js"),
        ("cargo test", "", ["tests/whole.rs::m::works"], "cargo test --test whole -- --exact m::works"),
        ("cargo test", "", ["src/lib.rs::tests::a"], "cargo test --lib -- --exact tests::a"),
        ("cargo test", "", ["tests/whole.rs"], "cargo test --test whole"),
        ("go test -run Old ./...", "", ["me/calc::TestA/minus"], "go test -run ^TestA$/^minus$ me/calc"),
        ("go test ./...", "", ["calc/add_test.go"], "go test ./calc"),
        ("node --test old.js", "", ["a.test.js"], "node --test a.test.js"),
    ],
)
def test_a_command_is_narrowed_to_what_is_chosen(line: str, script: str, chosen: list[str], narrow: str) -> None:
    found = only(command(line, script), chosen)
    assert found is not None
    assert " ".join(found.arguments) == narrow


def test_a_runner_nobody_knows_is_not_narrowed_and_options_are_no_tests() -> None:
    assert only(command("make test"), ["tests/test_x.py"]) is None
    assert only(command("cargo test"), ["doc::src/lib.rs - add (line 2)"]) is None
    for chosen in ([], ["--rootdir=/"], ["a\nb"]):
        with pytest.raises(InvalidInputError):
            only(command("pytest"), chosen)


@pytest.mark.parametrize(
    ("line", "script", "kind", "part"),
    [
        ("python -m pytest -q tests", "", CoverageKind.COVERAGE_PY, "python -m coverage run --data-file"),
        ("poetry run pytest", "", CoverageKind.COVERAGE_PY, "poetry run python -m coverage run"),
        ("npm test", "jest", CoverageKind.LCOV, "npm test -- --coverage"),
        ("node --test", "", CoverageKind.LCOV, "node --test --experimental-test-coverage"),
        ("cargo test -p a", "", CoverageKind.LCOV, "cargo llvm-cov --lcov --output-path .milepost-coverage.info -p a"),
        ("go test ./...", "", CoverageKind.GO, "go test -coverprofile=.milepost-coverage.out ./..."),
    ],
)
def test_coverage_is_asked_for_in_the_runner_s_own_way(line: str, script: str, kind: CoverageKind, part: str) -> None:
    asked = with_coverage(command(line, script))
    assert asked is not None
    assert asked.kind is kind
    assert part in " ".join(asked.arguments)


def test_coverage_of_a_command_nobody_knows_is_not_asked_for() -> None:
    assert with_coverage(command("make test")) is None
