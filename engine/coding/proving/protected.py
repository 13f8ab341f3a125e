"""Which files decide what the tests say: tests, what they stand on, and what tells the runner how to run.

Such a change is never taken along silently, for whoever may change them can make every test green.
"""

import configparser
import functools
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase, translate
from pathlib import PurePosixPath

from engine.coding.proving.languages import block_ends, language_of, masked
from engine.coding.proving.weakening import Change
from engine.coding.repositories import Language
from engine.workspace.access.globs import fits


class Protection(StrEnum):
    TEST = "a test"
    SUPPORT = "something tests stand on"
    CONFIGURATION = "configuration of the tests"
    STAND_IN = "a stand-in for the test runner"


TESTS = (
    *("test_*.py", "*_test.py", "tests.py", "test.py", "*_test.go", "*.bats", "*.t"),
    *(
        f"*.{word}.{suffix}"
        for word in ("test", "spec")
        for suffix in ("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts")
    ),
    *("test_*.sh", "test-*.sh", "*_test.sh", "test.sh", "tests.sh", "run*test*.sh", "run*test*.py"),
    *("test.js", "test.mjs", "test.cjs", "test.ts", "test-*.js", "test_*.js"),
)
TEST_FOLDERS = {"test", "tests", "__tests__", "spec", "specs", "e2e"}
SUPPORT_FOLDERS = {"fixtures", "__fixtures__", "testdata", "__snapshots__", "__mocks__", "golden", "snapshots"}
SUPPORT = ("conftest.py", "*.snap", "*.golden", "insta.yaml")
CONFIGURATION = (
    *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "noxfile.py", ".coveragerc", "hatch.toml"),
    *("jest.config.*", "vitest.config.*", "vitest.workspace.*", "vite.config.*", "babel.config.*", ".babelrc*"),
    *(
        ".mocharc*",
        "karma.conf.*",
        "ava.config.*",
        ".c8rc*",
        ".nycrc*",
        ".taprc",
        "nextest.toml",
        ".npmrc",
        "tarpaulin.toml",
    ),
    *("makefile", "gnumakefile", "*.mk", "justfile", "taskfile.y*ml", "build.rs", "go.work"),
)
# Found before the real ones when Python or the runner starts in the repository.
STAND_INS = {
    *("pytest", "_pytest", "pluggy", "iniconfig", "unittest", "coverage", "xdist", "pytest_cov", "pytest_asyncio"),
    *("sitecustomize", "usercustomize", "milepost_seal", "doctest", "hypothesis", "nose", "tox"),
}
PARTLY = ("pyproject.toml", "setup.cfg", "setup.py", "package.json", "cargo.toml", "go.mod", "*requirements*.txt")
_PARTING = ("package.json", "cargo.toml", "go.mod")
# Told of by packages that are installed: a runner loads what such folders name without being asked.
_INSTALLED = (".pth", ".egg-link", ".dist-info", ".egg-info")

_RUNNERS = re.compile(r"\b(?:jest|vitest|mocha|ava|tap|c8|nyc|chai|babel)\b")
_FETCHED = (
    *("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"),
    *("overrides", "resolutions", "pnpm"),
)
"""Where package.json says which package comes by a name, or instead of it."""
_TOLD_BY_LINES = {
    "setup.py": re.compile(r".*pytest11.*"),
    "go.mod": re.compile(r".*=>.*"),
    "*requirements*.txt": re.compile(
        r"^[ \t]*(?:-|(?:pytest|coverage|pluggy|nose|hypothesis|tox)).*", re.MULTILINE | re.I
    ),
}
"""What such a file says of the tests: the runner and its plugins, and what stands in for a package that they load."""


def protection(path: str, test_files: Iterable[str] = ()) -> Protection | None:
    """Why a file is protected by its path; None: it is not. `test_files` are globs of what is a test besides.

    A file that is configuration only in part (`pyproject.toml`) is told by `protected_changes`.
    """
    found = _protection(path)
    return Protection.TEST if found is None and any(fits(glob, path) for glob in test_files) else found


@functools.lru_cache(maxsize=65_536)
def _protection(path: str) -> Protection | None:
    parts = [part for part in path.lower().split("/") if part not in ("", ".")]
    if not parts:
        return None
    name, folders = parts[-1], set(parts[:-1])
    if _any(name, TESTS):
        return Protection.TEST
    if _any(name, CONFIGURATION) or (".cargo" in folders and name.startswith("config")) or ".config" in folders:
        return Protection.CONFIGURATION
    if _stands_in(parts):
        return Protection.STAND_IN
    if _any(name, SUPPORT) or folders & (SUPPORT_FOLDERS | TEST_FOLDERS):
        return Protection.TEST if _is_code_in_tests(path, folders) else Protection.SUPPORT
    return None


def _any(name: str, patterns: tuple[str, ...]) -> bool:
    return _of_any(patterns).match(name) is not None


@functools.cache
def _of_any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all of them: before each plan all names of a repository are held against each."""
    return re.compile("|".join(map(translate, patterns)))


def _is_code_in_tests(path: str, folders: set[str]) -> bool:
    is_code = language_of(path) is not Language.OTHER or path.endswith((".sh", ".bash"))
    code = is_code and PurePosixPath(path).name.lower() != "conftest.py"
    return code and bool(folders & TEST_FOLDERS) and not folders & SUPPORT_FOLDERS


def _stands_in(parts: list[str]) -> bool:
    if "node_modules" in parts or parts[0] == "vendor" or _shadows(parts) or any(p.endswith(_INSTALLED) for p in parts):
        return True
    return any(part.partition(".")[0] in STAND_INS for part in parts if part.endswith((".py", ".so", ".pyc"))) or any(
        part in STAND_INS for part in parts[:-1]
    )


def _shadows(parts: list[str]) -> bool:
    """Whether it is found instead of a module of Python's own, by the runner too: that looks in these folders first."""
    below = parts[1:] if parts[0] in ("src", ".milepost-deps") else parts
    if below[-1:] == ["__init__.py"]:
        below = [f"{below[0]}.py"] if len(below) == 2 else []
    name, _, suffix = below[0].partition(".") if len(below) == 1 else ("", "", "")
    return suffix.endswith(("py", "pyc", "so")) and name in sys.stdlib_module_names - {"test"}


def protected_changes(changes: Iterable[Change]) -> dict[str, Protection]:
    """Of the changed files those that are protected, also where only the part that is changed says so."""
    found: dict[str, Protection] = {}
    for change in changes:
        if not change.differs:
            continue
        reason = Protection.TEST if change.is_named else protection(change.path)
        if reason is None and _any(PurePosixPath(change.path).name.lower(), PARTLY):
            reason = (
                None
                if not change.unread and _part(change.path, change.old) == _part(change.path, change.new)
                else Protection.CONFIGURATION
            )
        if reason is None and change.path.endswith(".rs") and inner_tests(change.old) != inner_tests(change.new):
            reason = Protection.TEST
        if reason is not None:
            found[change.path] = reason
    return found


def inner_tests(text: str | None) -> str:
    """The tests that Rust keeps beside its code: every `#[cfg(test)]` item and `#[test]` function; "" without any."""
    if not text:
        return ""
    code = masked(text, Language.RUST)
    ends = block_ends(code)
    kept, end = [], 0
    for match in re.finditer(r"#\[(?:cfg\(test\)|(?:\w{1,40}::)?test)\]", code):
        if match.start() < end:
            continue
        opening = re.compile(r"[{;]").search(code, match.end())
        end = len(code) if opening is None else ends.get(opening.start(), opening.end())
        kept.append(text[match.start() : end])
    return "\n".join(kept)


def _part(path: str, text: str | None) -> object:
    """What a mixed file says of the tests; the whole text where it can't be read. None of a file that is not there,
    where that says something by itself: such a one parts a folder from what runs the tests around it."""
    name = PurePosixPath(path).name.lower()
    if text is None and name in _PARTING:
        return None
    text = text or ("{}" if name == "package.json" else "")
    try:
        if name == "package.json":
            return _package(json.loads(text))
        if name == "setup.cfg":
            return _setup(text)
        if lines := next((rule for glob, rule in _TOLD_BY_LINES.items() if fnmatchcase(name, glob)), None):
            return lines.findall(text)
        return _toml(tomllib.loads(text))
    except (ValueError, RecursionError, configparser.Error):
        return text


def _package(told: object) -> object:
    if not isinstance(told, dict):
        return told
    scripts = told.get("scripts")
    tests = _scripts_of_tests(scripts) if isinstance(scripts, dict) else scripts
    own = {
        key: told.get(key)
        for key in ("jest", "vitest", "mocha", "ava", "c8", "nyc", "tap", "babel", "type", "workspaces")
    }
    return repr((tests, own, {kind: _runners(told.get(kind)) for kind in _FETCHED}))


def _runners(fetched: object) -> object:
    if not isinstance(fetched, dict):
        return fetched
    return {key: value for key, value in fetched.items() if _RUNNERS.search(f"{key} {value}")}


def _scripts_of_tests(scripts: Mapping[str, object]) -> Mapping[str, object]:
    """Those that are named after tests, and all that they run by name, with what goes before and after each."""
    wanted, found = {key for key in scripts if "test" in key}, dict[str, object]()
    while more := {key: scripts[key] for key in scripts.keys() - found.keys() if wanted & _called_for(key)}:
        found |= more
        wanted |= {word for text in more.values() for word in re.findall(r"[\w:.-]+", str(text))}
    return dict(sorted(found.items()))


def _called_for(script: str) -> set[str]:
    """The names that it runs with: its own, and of the one that it goes before or after."""
    return {script, script.removeprefix("pre"), script.removeprefix("post")}


def _setup(text: str) -> object:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    kept = [name for name in parser.sections() if re.search(r"pytest|coverage|unittest|entry_points", name)]
    return [(name, sorted(parser.items(name))) for name in kept]


def _toml(told: dict[str, object]) -> object:
    """pytest's and coverage's tables and plugins of pyproject.toml; what Cargo.toml says of targets and profiles."""
    tool, project = told.get("tool"), told.get("project")
    tools = (
        {key: tool.get(key) for key in ("pytest", "coverage", "tox", "hatch", "pdm", "nox")}
        if isinstance(tool, dict)
        else tool
    )
    plugins = project.get("entry-points") if isinstance(project, dict) else project
    own = ("test", "bench", "lib", "bin", "profile", "workspace", "dev-dependencies", "patch")
    cargo, package = {key: told.get(key) for key in own}, told.get("package")
    targets = (
        {key: value for key, value in package.items() if key.startswith("auto") or key == "build"}
        if isinstance(package, dict)
        else package
    )
    return repr((tools, plugins, cargo, targets))
