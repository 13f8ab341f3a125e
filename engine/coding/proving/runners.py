"""Which test runner a command line starts, and how that one is asked for a report or for the coverage of the code.

What the repository's own configuration may still decide: which tests there are, which are left out (`-k`, `-m`,
`--deselect`, `--ignore` in pytest's `addopts`), plugins, and through `conftest.py` every outcome. None of that can be
switched off without breaking honest repositories, so those files are protected (`protected.py`), and a run in which
fewer tests show up is worse (`comparing.py`). What would only spoil the report is overruled here.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from pathlib import PurePosixPath

from engine.coding.proving.coverage import CoverageKind
from engine.coding.proving.reports import ReportKind

REPORT, COVERAGE, CACHE = ".milepost-report", ".milepost-coverage", ".milepost-cache"
SEAL, SEAL_KEY = f"{REPORT}.seal", "MILEPOST_SEAL"
SEALING, SEALED_BY = ".milepost-run", "milepost_seal"
"""The folder and the module that have a runner seal its report (`engine/coding/inside/`)."""
PYTEST_OPTIONS = (
    f"--junitxml={REPORT}.xml",
    *("-o", "junit_family=xunit1"),  # the one that tells files
    *("-o", f"cache_dir={CACHE}"),  # an empty one: `--lf` in addopts would leave tests out by what failed long ago
    "--maxfail=0",  # over `-x` in addopts: a run that stops at the first failure can't be compared
    "--continue-on-collection-errors",
)


class Runner(StrEnum):
    PYTEST = "pytest"
    UNITTEST = "unittest"
    NODE = "node"
    JEST = "jest"
    VITEST = "vitest"
    CARGO = "cargo"
    GO = "go"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCommand:
    """A command line that runs tests, as a list of words; `script` is what `npm test` starts, where that is known."""

    __test__ = False  # the name is no test for pytest

    arguments: tuple[str, ...]
    script: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command line that also writes a report: run `arguments` with `environment` added, in the directory that the
    report's `file` is relative to, and collect that file (None: the report is in the output). Of kind EXIT_CODE it may
    turn out not to be written."""

    runner: Runner
    arguments: tuple[str, ...]
    kind: ReportKind
    file: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    """What the seal of the report begins with; empty where the runner seals none."""

    @property
    def collect(self) -> tuple[str, ...]:
        """The files that a run is to bring back."""
        return (*((self.file,) if self.file else ()), *((SEAL,) if self.key else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAsked:
    """A command line that also writes which lines ran, to `file`, in the form `kind`."""

    arguments: tuple[str, ...]
    kind: CoverageKind
    file: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def collect(self) -> tuple[str, ...]:
        """The files that a run is to bring back."""
        return (self.file,)


def name_of(word: str) -> str:
    """`/usr/bin/python3.11` → `python3.11`."""
    return PurePosixPath(word).name


def runner_of(command: TestCommand) -> Runner:
    """The runner that the words name; through `npm test` and the like, the one that the script names."""
    words = list(command.arguments)
    if through_script(command):
        try:
            words = shlex.split(command.script)
        except ValueError:
            return Runner.UNKNOWN
    names = [name_of(word) for word in words]
    for runner, told in ((Runner.PYTEST, {"pytest", "py.test"}), (Runner.VITEST, {"vitest"}), (Runner.JEST, {"jest"})):
        if told & set(names) and not _shell(names):
            return runner
    for runner, first, then in (
        (Runner.CARGO, "cargo", "test"),
        (Runner.GO, "go", "test"),
        (Runner.NODE, "node", "--test"),
    ):
        if names[:1] == [first] and then in words:
            return runner
    return Runner.UNITTEST if ("-m", "unittest") in pairwise(words) else Runner.UNKNOWN


def through_script(command: TestCommand) -> bool:
    """`npm test`, `yarn test`, `pnpm run test`: what runs is the script of package.json."""
    names = [name_of(word) for word in command.arguments]
    return names[:1] in (["npm"], ["yarn"], ["pnpm"], ["bun"]) and any(
        word in names[1:3] for word in ("test", "t", "tst")
    )


def _shell(names: Sequence[str]) -> bool:
    """`sh -c "… && pytest"` holds more than one command; such a line is left as it is."""
    return names[:1] in (["sh"], ["bash"], ["dash"], ["zsh"])


def with_options(arguments: Sequence[str], options: Sequence[str]) -> tuple[str, ...]:
    """Options put where they win: at the end, or before a `--` that ends them."""
    words = tuple(arguments)
    at = words.index("--") if "--" in words else len(words)
    return (*words[:at], *options, *words[at:])


def through(command: TestCommand, options: Sequence[str]) -> tuple[str, ...]:
    """The command with options for its runner, handed through `npm test --` where a script stands between."""
    if not through_script(command):
        return with_options(command.arguments, options)
    words = command.arguments
    needs_dashes = name_of(words[0]) in ("npm", "pnpm") and "--" not in words
    return (*words, *(("--",) if needs_dashes and options else ()), *options)


def with_report(command: TestCommand) -> Asked:
    """How to make a test command tell what came of each test."""
    runner = runner_of(command)
    match runner:
        case Runner.PYTEST:
            return _asked(runner, through(command, PYTEST_OPTIONS), ReportKind.JUNIT, f"{REPORT}.xml")
        case Runner.UNITTEST:
            words = command.arguments
            at = words.index("unittest") + 1 if "unittest" in words else len(words)
            # `discover` has to stay the first word
            at += words[at : at + 1] == ("discover",)
            return _asked(runner, (*words[:at], "-v", *words[at:]), ReportKind.UNITTEST, None)
        case Runner.NODE:
            # Its children inherit it too, and know that they are children.
            options = f"--test-reporter=tap --test-reporter-destination={REPORT}.tap"
            asked = _asked(runner, command.arguments, ReportKind.TAP, f"{REPORT}.tap")
            return replace(asked, environment={"NODE_OPTIONS": options})
        case Runner.JEST:
            json = ("--json", f"--outputFile={REPORT}.json")
            return _asked(runner, through(command, json), ReportKind.JEST, f"{REPORT}.json")
        case Runner.VITEST:
            once = ("--run", "--reporter=json", f"--outputFile={REPORT}.json")
            return _asked(runner, through(command, once), ReportKind.JEST, f"{REPORT}.json")
        case Runner.CARGO:
            quiet = tuple(word for word in command.arguments if word not in ("-q", "--quiet"))
            return _asked(runner, with_options(quiet, ("--no-fail-fast",)), ReportKind.CARGO, None)
        case Runner.GO:
            return _asked(runner, _after(command.arguments, "test", "-json"), ReportKind.GO, None)
        case Runner.UNKNOWN:
            # `make test`, tox and the like may end in pytest, which reads this; else the exit code has to do.
            environment = {"PYTEST_ADDOPTS": shlex.join(PYTEST_OPTIONS)}
            return replace(
                _asked(runner, command.arguments, ReportKind.EXIT_CODE, f"{REPORT}.xml"), environment=environment
            )


def sealed(asked: Asked, key: str) -> Asked:
    """The same, with a report that the runner seals with `key` at its own end; as it is where no runner of ours can.

    Whoever runs it has `engine/coding/inside/` mounted at `SEALING`, where Python looks for modules.
    """
    words = asked.arguments
    if through_script(TestCommand(arguments=words)) or _WITHOUT_PATHS & set(words):
        return asked
    match asked.runner:
        case Runner.PYTEST:
            words, file = with_options(words, ("-p", SEALED_BY)), asked.file
        case Runner.UNITTEST:
            at = words.index("unittest")
            words, file = (*words[:at], SEALED_BY, *words[at + 1 :]), f"{REPORT}.txt"
        case _:
            return asked
    environment = {**asked.environment, SEAL_KEY: key}
    return replace(asked, arguments=words, file=file, key=key, environment=environment)


_WITHOUT_PATHS = {"-I", "-E"}
"""With these Python looks for modules in no folder that it is told."""


def _asked(runner: Runner, arguments: Sequence[str], kind: ReportKind, file: str | None) -> Asked:
    return Asked(runner=runner, arguments=tuple(arguments), kind=kind, file=file)


def _after(arguments: Sequence[str], word: str, *added: str) -> tuple[str, ...]:
    at = list(arguments).index(word) + 1
    return (*arguments[:at], *(one for one in added if one not in arguments), *arguments[at:])


def with_coverage(command: TestCommand) -> CoverageAsked | None:
    """How to make a test command write which lines ran; None: nobody knows for this one.

    pytest and unittest want `coverage` installed with the repository, cargo wants `cargo-llvm-cov`.
    """
    words = command.arguments
    match runner_of(command):
        case Runner.PYTEST | Runner.UNITTEST:
            return _python_coverage(command)
        case Runner.NODE:
            options = (
                "--experimental-test-coverage --test-reporter=lcov --test-reporter-destination=" + f"{COVERAGE}.info"
            )
            if through_script(command):
                return None  # Node doesn't take the first of them from its environment
            return _covered(_after(words, "--test", *options.split()), CoverageKind.LCOV, f"{COVERAGE}.info")
        case Runner.JEST:
            lines = ("--coverage", "--coverageReporters=lcovonly", f"--coverageDirectory={COVERAGE}")
            return _covered(through(command, lines), CoverageKind.LCOV, f"{COVERAGE}/lcov.info")
        case Runner.VITEST:
            where = f"--coverage.reportsDirectory={COVERAGE}"
            once = ("--run", "--coverage", "--coverage.reporter=lcovonly", where)
            return _covered(through(command, once), CoverageKind.LCOV, f"{COVERAGE}/lcov.info")
        case Runner.CARGO:
            at = words.index("test")
            llvm = (*words[:at], "llvm-cov", "--lcov", "--output-path", f"{COVERAGE}.info", *words[at + 1 :])
            return _covered(llvm, CoverageKind.LCOV, f"{COVERAGE}.info")
        case Runner.GO:
            return _covered(_after(words, "test", f"-coverprofile={COVERAGE}.out"), CoverageKind.GO, f"{COVERAGE}.out")
        case Runner.UNKNOWN:
            return None


def _covered(arguments: Sequence[str], kind: CoverageKind, file: str) -> CoverageAsked:
    return CoverageAsked(arguments=tuple(arguments), kind=kind, file=file)


def _python_coverage(command: TestCommand) -> CoverageAsked | None:
    """`coverage run` in place of the interpreter, then its JSON; the exit code stays that of the tests."""
    words = list(command.arguments)
    names = [name_of(word) for word in words]
    runner = next((name for name in ("pytest", "py.test", "unittest") if name in names), None)
    if runner is None or through_script(command):
        return None
    at = names.index(runner)
    before = words[:at]
    starts_python = len(before) >= 2 and before[-1] == "-m" and name_of(before[-2]).startswith("python")
    prefix = before[:-1] if starts_python else [*before, "python"]
    module = "unittest" if runner == "unittest" else "pytest"
    data = f"--data-file={COVERAGE}.data"
    options = PYTEST_OPTIONS[1:] if module == "pytest" else ()
    run = [*prefix, "-m", "coverage", "run", data, "-m", module, *with_options(words[at + 1 :], options)]
    tell = [*prefix, "-m", "coverage", "json", data, "-q", "--ignore-errors", "-o", f"{COVERAGE}.json"]
    line = f"{shlex.join(run)}; ended=$?; {shlex.join(tell)}; exit $ended"
    return _covered(("sh", "-c", line), CoverageKind.COVERAGE_PY, f"{COVERAGE}.json")
