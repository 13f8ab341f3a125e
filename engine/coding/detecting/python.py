"""How a Python project seems to be tested, linted and set up. Pure."""

import re
import tomllib
from collections.abc import Iterator, Mapping

from engine.coding.checking import LONGEST_COMMAND
from engine.coding.detecting.listing import Detected, Listing, fetch, run
from engine.coding.repositories import DEPENDENCIES, Command, Language, SetUp

_SIGNS = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "tox.ini", "manage.py")
_TOLD_IN = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "Pipfile")
_FOR_WORK = frozenset({"dev", "develop", "development", "test", "tests", "testing", "lint"})
"""Groups and extras that hold what tests and linters need."""
_VENV = ".venv"
_PYTEST = re.compile(r"\bpytest\b")
_TESTS_OF_PYTEST = re.compile(r"^(?:import pytest|from pytest)\b|^(?:async )?def test_", re.MULTILINE)


def detect_python(listing: Listing) -> Detected | None:
    """What is told of a Python project; None where nothing says that it is one."""
    if not listing.has(*_SIGNS) and not listing.requirements and not any(f.endswith(".py") for f in listing.files):
        return None
    project = _toml(listing.text("pyproject.toml"))
    set_up = _set_up(listing, project)
    makes = () if set_up is None else set_up.makes
    python = f"{_VENV}/bin/python" if _VENV in makes else "python3"
    has_src = listing.has_under("src")
    paths = [path for path, there in (("src", has_src), (DEPENDENCIES, DEPENDENCIES in makes)) if there]
    in_project = {"POETRY_VIRTUALENVS_IN_PROJECT": "true"} if listing.has("poetry.lock") else {}
    in_project |= {"PIPENV_VENV_IN_PROJECT": "1"} if listing.has("Pipfile.lock") else {}
    return Detected(
        language=Language.PYTHON,
        test=_test(listing, project, python),
        lint=_lint(listing, project, python),
        set_up=set_up,
        environment={**({"PYTHONPATH": ":".join(paths)} if paths else {}), **in_project},
        lock_files=_lock_files(listing),
        new_files="src" if has_src else ".",
    )


def _toml(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(value: object, *names: str) -> Mapping[str, object]:
    """The table under these names; empty where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _names(listing: Listing, word: re.Pattern[str]) -> bool:
    """Whether a file that lists dependencies or configures tools has this word."""
    return any(word.search(listing.text(name)) for name in (*_TOLD_IN, *listing.requirements))


def _is_tested_by_pytest(listing: Listing, project: Mapping[str, object]) -> bool:
    told = listing.has("pytest.ini", "conftest.py", "tests/conftest.py") or bool(_table(project, "tool", "pytest"))
    texts = [listing.text(name) for name in listing.python_tests]
    return told or _names(listing, _PYTEST) or any(_TESTS_OF_PYTEST.search(text) for text in texts)


def _test(listing: Listing, project: Mapping[str, object], python: str) -> Command | None:
    if _is_tested_by_pytest(listing, project):
        return run(python, "-m", "pytest", "-q")
    if listing.has("manage.py"):
        return run(python, "manage.py", "test")
    if not listing.python_tests:
        return None
    folder = listing.python_tests[0].rpartition("/")[0]
    if not folder:
        return run(python, "-m", "unittest")
    top = ("-t", ".") if listing.has(f"{folder}/__init__.py") else ()
    return run(python, "-m", "unittest", "discover", "-s", folder, *top)


def _lint(listing: Listing, project: Mapping[str, object], python: str) -> Command | None:
    def uses(tool: str, *files: str) -> bool:
        configured = listing.has(*files) or bool(_table(project, "tool", tool))
        return configured or _names(listing, re.compile(rf"\b{tool}\b"))

    if uses("ruff", "ruff.toml", ".ruff.toml"):
        return run(python, "-m", "ruff", "check", ".")
    if uses("flake8", ".flake8"):
        return run(python, "-m", "flake8")
    if uses("pylint", ".pylintrc", "pylintrc"):
        return run(python, "-m", "pylint", "src" if listing.has_under("src") else ".")
    return None


def _set_up(listing: Listing, project: Mapping[str, object]) -> SetUp | None:
    if listing.has("uv.lock"):
        extras = [name for name in _table(project, "project", "optional-dependencies") if name in _FOR_WORK]
        return fetch("uv", "sync", "--frozen", *(word for one in extras for word in ("--extra", one)), makes=_VENV)
    if listing.has("poetry.lock"):
        return fetch("poetry", "install", "--no-interaction", makes=_VENV)
    if listing.has("Pipfile.lock"):
        return fetch("pipenv", "sync", "--dev", makes=_VENV)
    wanted = [word for file in listing.requirements for word in ("-r", file)] or _wanted(listing, project)
    told = " ".join((*wanted, *(listing.text(file) for file in listing.requirements)))
    if _is_tested_by_pytest(listing, project) and not _PYTEST.search(told):
        wanted.append("pytest")  # nothing that is fetched brings it, and no Python has it by itself
    return (
        fetch("python3", "-m", "pip", "install", "--target", DEPENDENCIES, *wanted, makes=DEPENDENCIES)
        if wanted
        else None
    )


def _wanted(listing: Listing, project: Mapping[str, object]) -> list[str]:
    """What pip is to fetch: the requirements themselves, so that nothing of the project has to be built for it.

    The project itself only where its requirements are told by code, or are too many for a command that is shown.
    """
    groups = [
        _table(project, "project").get("dependencies"),
        *(one for name, one in _table(project, "project", "optional-dependencies").items() if name in _FOR_WORK),
        *(one for name, one in _table(project, "dependency-groups").items() if name in _FOR_WORK),
    ]
    told = list(dict.fromkeys(one for group in groups for one in _texts(group)))
    by_code = listing.has("setup.py", "setup.cfg") and "install_requires" in listing.text("setup.py", "setup.cfg")
    return ["."] if by_code or sum(len(one) + 3 for one in told) > LONGEST_COMMAND - 80 else told


def _texts(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, str) and one.strip() and not one.startswith("-"):
            yield one


def _lock_files(listing: Listing) -> tuple[str, ...]:
    locks = [name for name in ("uv.lock", "poetry.lock", "Pipfile.lock") if listing.has(name)]
    told = [name for name in ("pyproject.toml", "setup.cfg", "setup.py") if listing.has(name)]
    return tuple(locks or listing.requirements or told)
