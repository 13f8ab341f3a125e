"""Tests, linters, builds and set-ups are told from what a repository holds, whatever stands in it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.checking import checked_terms
from engine.coding.detecting import Detected, Listing, detect, wanted, with_detected
from engine.coding.repositories import Command, Language, PushPolicy, SetUp, Terms


def found(*others: str, **texts: str) -> Detected:
    """What is told by these files; those with a text are named as keywords, `__` for a dot and `_1_` for a slash."""
    named = {name.replace("__", ".").replace("_1_", "/"): text for name, text in texts.items()}
    return detect(Listing(files=tuple(sorted({*others, *named})), texts=named))


def line(command: Command | None) -> str | None:
    return None if command is None else command.line


def lines(one: Detected) -> tuple[str | None, str | None, str | None]:
    return line(one.test), line(one.lint), line(one.build)


def fetched(one: Detected) -> tuple[str, tuple[str, ...]] | None:
    if one.set_up is None:
        return None
    assert one.set_up.command.network, "what fetches needs the network"
    return one.set_up.command.line, one.set_up.makes


def test_nothing_is_told_by_nothing() -> None:
    assert found() == found("README.md", "notes.txt") == Detected()


# -- Python


@pytest.mark.parametrize(
    ("files", "texts"),
    [
        ((), {"pyproject__toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\n"}),
        ((), {"pyproject__toml": "[dependency-groups]\ndev = ['pytest>=8']\n"}),
        (("pytest.ini", "a.py"), {}),
        (("tests/conftest.py",), {}),
        ((), {"setup__cfg": "[tool:pytest]\naddopts = -q\n"}),
        ((), {"tox__ini": "[testenv]\ncommands = pytest tests\n"}),
        ((), {"requirements_dev__txt": "x\n", "requirements__txt": "pytest==8\n"}),
        ((), {"test_x__py": "import pytest\n"}),
        ((), {"tests_1_test_x__py": "def test_sorts():\n    assert True\n"}),
    ],
)
def test_pytest_is_known_by_its_settings_its_name_or_its_tests(files: tuple[str, ...], texts: dict[str, str]) -> None:
    one = found(*files, **texts)
    assert one.language is Language.PYTHON
    assert line(one.test) == "python3 -m pytest -q"


@pytest.mark.parametrize(
    ("files", "command"),
    [
        (("test_x.py",), "python3 -m unittest"),
        (("lib/test_a.py", "test_x.py"), "python3 -m unittest"),
        (("tests/test_x.py",), "python3 -m unittest discover -s tests"),
        (("tests/test_x.py", "tests/__init__.py"), "python3 -m unittest discover -s tests -t ."),
        (("manage.py",), "python3 manage.py test"),
        (("x.py",), None),
    ],
)
def test_tests_without_pytest_are_run_by_what_comes_with_python_or_django(
    files: tuple[str, ...], command: str | None
) -> None:
    one = detect(Listing(files=files, texts=dict.fromkeys(files, "import unittest\n")))
    assert line(one.test) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("[tool.ruff]\nline-length = 100\n", "python3 -m ruff check ."),
        ("[project]\n[project.optional-dependencies]\ndev = ['flake8']\n", "python3 -m flake8"),
        ("[tool.pylint]\nx = 1\n", "python3 -m pylint ."),
        ("[project]\nname = 'x'\n", None),
    ],
)
def test_a_linter_is_known_by_its_settings_or_its_name(text: str, command: str | None) -> None:
    assert line(found(pyproject__toml=text).lint) == command


def test_requirements_are_fetched_beside_the_sources_which_come_first() -> None:
    one = found("src/shop/__init__.py", "src/a.py", requirements__txt="httpx\n", requirements_1_dev__txt="pytest\n")
    assert fetched(one) == (
        "python3 -m pip install --target .milepost-deps -r requirements.txt -r requirements/dev.txt",
        (".milepost-deps",),
    )
    assert one.environment == {"PYTHONPATH": "src:.milepost-deps"}
    assert one.lock_files == ("requirements.txt", "requirements/dev.txt")
    assert one.new_files == "src"


@pytest.mark.parametrize(
    ("files", "texts", "fetches"),
    [
        ((), {"pyproject__toml": "[tool.pytest.ini_options]\n"}, "pytest"),
        (("conftest.py",), {}, "pytest"),
        ((), {"tests_1_test_x__py": "def test_sorts():\n    assert True\n"}, "pytest"),
        (("pytest.ini",), {"requirements__txt": "flask\n"}, "-r requirements.txt pytest"),
        (("pytest.ini",), {"requirements__txt": "flask\npytest-cov\n"}, "-r requirements.txt"),
        (("pytest.ini",), {"pyproject__toml": "[project]\ndependencies = ['flask']\n"}, "flask pytest"),
        ((), {"pyproject__toml": "[dependency-groups]\ntest = ['pytest>=8']\n"}, "'pytest>=8'"),
        ((), {"setup__py": "setup(install_requires=['flask'], tests_require=['pytest'])"}, ". pytest"),
    ],
)
def test_pytest_itself_is_fetched_where_nothing_that_is_fetched_brings_it(
    files: tuple[str, ...], texts: dict[str, str], fetches: str
) -> None:
    one = found(*files, **texts)
    assert fetched(one) == (f"python3 -m pip install --target .milepost-deps {fetches}", (".milepost-deps",))
    assert one.environment["PYTHONPATH"] == ".milepost-deps"


def test_requirements_in_pyproject_are_fetched_themselves_so_that_nothing_of_the_project_is_run() -> None:
    text = """
[project]
dependencies = ["httpx>=0.27", "httpx>=0.27"]
[project.optional-dependencies]
test = ["pytest>=8; python_version >= '3.9'"]
docs = ["sphinx"]
[dependency-groups]
dev = ["ruff", {include-group = "lint"}, "--pre"]
"""
    one = found(pyproject__toml=text)
    assert one.set_up is not None
    assert one.set_up.command.words[4:] == (
        "--target", ".milepost-deps", "httpx>=0.27", "pytest>=8; python_version >= '3.9'", "ruff",
    )  # fmt: skip
    assert one.lock_files == ("pyproject.toml",)


def test_requirements_told_by_code_or_too_many_to_show_are_those_of_the_project() -> None:
    by_code = found(setup__py="setup(install_requires=read())\n")
    many = found(pyproject__toml=f"[project]\ndependencies = {json.dumps([f'package-{n}' for n in range(99)])}\n")
    for one in (by_code, many):
        assert one.set_up is not None
        assert one.set_up.command.words[-1] == "."


@pytest.mark.parametrize(
    ("lock", "command", "environment"),
    [
        ("uv.lock", "uv sync --frozen --extra test", {}),
        ("poetry.lock", "poetry install --no-interaction", {"POETRY_VIRTUALENVS_IN_PROJECT": "true"}),
        ("Pipfile.lock", "pipenv sync --dev", {"PIPENV_VENV_IN_PROJECT": "1"}),
    ],
)
def test_a_lock_file_names_the_tool_and_tests_run_in_what_it_makes(
    lock: str, command: str, environment: dict[str, str]
) -> None:
    text = "[project]\n[project.optional-dependencies]\ntest = ['pytest']\ndocs = ['sphinx']\n"
    one = found(lock, "requirements.txt", pyproject__toml=text)
    assert fetched(one) == (command, (".venv",))
    assert line(one.test) == ".venv/bin/python -m pytest -q"
    assert one.lock_files == (lock,)
    assert one.environment == environment


# -- Node


def node(*files: str, **package: object) -> Detected:
    return detect(Listing(files=("package.json", *files), texts={"package.json": json.dumps(package)}))


NEEDS = {"devDependencies": {"left-pad": "1"}}


@pytest.mark.parametrize(
    ("files", "fetches", "test"),
    [
        (("package-lock.json",), "npm ci", "npm test"),
        ((), "npm install --no-package-lock", "npm test"),
        (("pnpm-lock.yaml", "package-lock.json"), "pnpm install --frozen-lockfile", "pnpm test"),
        (("yarn.lock",), "yarn install --frozen-lockfile", "yarn test"),
        (("yarn.lock", ".yarnrc.yml"), "yarn install --immutable", "yarn test"),
    ],
)
def test_the_lock_file_names_the_package_manager(files: tuple[str, ...], fetches: str, test: str) -> None:
    one = node(*files, scripts={"test": "jest", "lint": "eslint .", "build": "tsc"}, **NEEDS)
    manager = fetches.split(maxsplit=1)[0]
    assert fetched(one) == (fetches, ("node_modules",))
    assert lines(one) == (test, f"{manager} run lint", f"{manager} run build")
    assert one.lock_files == (files[:1] or ("package.json",))
    assert one.environment["CI"] == "true", "no runner waits for changes"


def test_a_package_may_name_its_manager_and_its_language() -> None:
    one = node("tsconfig.json", packageManager="pnpm@9.1.0+sha256.0", scripts={"test": "x"}, **NEEDS)
    assert (one.language, line(one.test)) == (Language.TYPESCRIPT, "pnpm test")
    assert fetched(one) == ("pnpm install", ("node_modules",))
    assert node(packageManager="rm@1", scripts={"test": "x"}).language is Language.JAVASCRIPT
    assert line(node(packageManager="rm -rf", scripts={"test": "x"}).test) == "npm test"


@pytest.mark.parametrize(
    ("package", "test"),
    [
        ({"scripts": {"test": 'echo "Error: no test specified" && exit 1'}}, None),
        ({"devDependencies": {"vitest": "1"}}, "npx vitest run"),
        ({"devDependencies": {"mocha": "1"}}, "npx mocha"),
        ({}, None),
    ],
)
def test_what_stands_for_no_test_is_none_and_a_runner_is_enough(package: dict[str, object], test: str | None) -> None:
    assert line(node(**package).test) == test


def test_tests_for_node_itself_need_nothing() -> None:
    one = node("sorting.test.mjs")
    assert (line(one.test), one.set_up) == ("node --test", None)


# -- Go, Rust, Make


def test_go_is_told_by_its_module() -> None:
    one = found("main.go", "go.sum", go__mod="module x\n")
    assert (one.language, *lines(one)) == (Language.GO, "go test ./...", "go vet ./...", "go build ./...")
    assert fetched(one) == ("go mod vendor", ("vendor",))
    assert one.lock_files == ("go.sum",)
    assert line(found("go.mod", ".golangci.yml").lint) == "golangci-lint run"


@pytest.mark.parametrize("files", [("go.mod",), ("go.mod", "go.sum", "vendor/modules.txt")])
def test_a_go_module_without_dependencies_or_with_its_own_copies_fetches_nothing(files: tuple[str, ...]) -> None:
    assert found(*files).set_up is None


def test_rust_is_told_by_its_manifest_and_runs_offline_with_what_was_fetched() -> None:
    one = found("src/main.rs", Cargo__toml="[package]\n", Cargo__lock='source = "registry+x"\n')
    assert lines(one) == ("cargo test --offline", "cargo clippy --all-targets --offline", "cargo build --offline")
    assert fetched(one) == ("cargo fetch --locked", (".milepost-deps",))
    assert one.environment == {"CARGO_HOME": ".milepost-deps"}
    assert (one.lock_files, one.new_files) == (("Cargo.lock",), "src")


@pytest.mark.parametrize(
    ("manifest", "fetches"),
    [
        ("[package]\n", None),
        ("[dependencies]\nserde = '1'\n", "cargo fetch"),
        ("[workspace.dependencies]\nserde = '1'\n", "cargo fetch"),
        ("[dependencies\n", None),
    ],
)
def test_a_rust_package_without_dependencies_fetches_nothing(manifest: str, fetches: str | None) -> None:
    one = found(Cargo__toml=manifest)
    assert (None if one.set_up is None else one.set_up.command.line) == fetches
    assert one.lock_files == ("Cargo.toml",)


MAKEFILE = ".PHONY: all test\nCC := gcc\nall: prog\nprog other: main.o\n\tcc -o prog\ntest: all\n\t./test.sh\nlint:\n"


def test_a_makefile_is_enough() -> None:
    one = found("main.c", Makefile=MAKEFILE)
    assert (one.language, *lines(one)) == (Language.OTHER, "make test", "make lint", "make all")
    assert found(GNUmakefile="prog: main.o\n").build == Command(words=("make",))
    assert found(Makefile="check:\n").test == Command(words=("make", "check"))
    assert found(Makefile="VAR = x\n") == Detected()


def test_a_makefile_fills_the_gaps_of_a_language_and_nothing_else() -> None:
    one = found("tests/test_x.py", pyproject__toml="[tool.pytest]\nx = 1\n", Makefile="test:\nlint:\nbuild:\n")
    assert lines(one) == ("python3 -m pytest -q", "make lint", "make build")


@pytest.mark.parametrize(
    ("files", "language"),
    [
        (("package.json", "pyproject.toml", "tests/conftest.py"), Language.PYTHON),
        (("Cargo.toml", "pyproject.toml", "tests/conftest.py"), Language.PYTHON),
        (("Cargo.toml", "pyproject.toml"), Language.RUST),
        (("go.mod", "tests/conftest.py", "requirements.txt"), Language.GO),
        (("requirements.txt", "package.json", "a.test.js"), Language.JAVASCRIPT),
        (("requirements.txt", "package.json"), Language.PYTHON),
    ],
)
def test_of_several_languages_the_one_with_tests_is_taken(files: tuple[str, ...], language: Language) -> None:
    assert detect(Listing(files=files, texts={})).language is language


# -- What may not be told


def test_only_files_that_tell_something_are_read() -> None:
    files = [
        "README.md", "pyproject.toml", "requirements.txt", "secrets/requirements.txt", ".env", "package.json",
        "sub/package.json", *(f"tests/test_{n}.py" for n in range(9)),
    ]  # fmt: skip
    assert set(wanted(files)) == {
        "pyproject.toml", "requirements.txt", "package.json", *(f"tests/test_{n}.py" for n in range(5)),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["pyproject.toml", "package.json", "Cargo.toml", "setup.cfg", "Makefile"])
@given(text=st.text())
def test_whatever_a_file_says_what_is_detected_can_be_kept(name: str, text: str) -> None:
    one = detect(Listing(files=(name,), texts={name: text}))
    checked_terms(with_detected(Terms(), one))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "a = " + "[" * 50_000, "a:" * 100_000])
def test_a_file_that_is_made_to_be_hard_tells_nothing(text: str) -> None:
    for name in ("pyproject.toml", "package.json", "Cargo.toml", "Makefile"):
        assert detect(Listing(files=(name,), texts={name: text})).set_up is None


def test_a_requirement_that_can_not_be_shown_is_not_fetched() -> None:
    one = found(pyproject__toml='[project]\ndependencies = ["a\\u202e"]\n[tool.pytest]\nx = 1\n')
    kept = with_detected(Terms(), one)
    assert (kept.set_up, kept.test) == (None, None)


def test_detecting_again_keeps_what_a_person_said_and_an_approval_of_the_same_words_alone() -> None:
    npm = SetUp(command=Command(words=("npm", "ci"), network=True), makes=("node_modules",))
    said = Terms(
        test=Command(words=("mine",)),
        set_up=replace(npm, approved=npm.digest),
        allow=("src/**",),
        deny=("x",),
        base="trunk",
        push=PushPolicy.NEVER,
        new_files="lib",
    )
    again = with_detected(said, node("package-lock.json", scripts={"test": "jest"}, **NEEDS))
    assert (again.allow, again.deny, again.base, again.push, again.new_files) == (
        ("src/**",), ("x",), "trunk", PushPolicy.NEVER, "lib",
    )  # fmt: skip
    assert line(again.test) == "npm test"
    assert again.set_up is not None
    assert again.set_up.is_approved
    other = with_detected(said, node("yarn.lock", scripts={"test": "jest"}, **NEEDS))
    assert other.set_up is not None
    assert not other.set_up.is_approved
