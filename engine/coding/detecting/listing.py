"""What is looked at to tell how a repository is tested and built, and what is told. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.coding.repositories import Command, Language, SetUp

TOLD_BY = (
    "pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "pytest.ini", "Pipfile", "package.json", "go.mod",
    "Cargo.toml", "Cargo.lock", "Makefile", "makefile", "GNUmakefile",
)  # fmt: skip
"""Files whose text tells something."""
_REQUIREMENTS = re.compile(
    r"requirements(?:[-_.](?:dev|tests?|testing|ci))?\.txt|(?:dev|tests?)[-_]requirements\.txt"
    r"|requirements/(?:base|dev|tests?)\.txt"
)
_PYTHON_TEST = re.compile(r"(?:.*/)?(?:test_[^/]+|[^/]+_test)\.py")
MOST_TESTS = 5
"""Test files whose text is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A repository's files, two levels deep, and the texts of a few: what `wanted` names."""

    files: tuple[str, ...]
    """Paths relative to the repository, with `/`."""
    texts: Mapping[str, str]

    def has(self, *names: str) -> bool:
        """Whether one of them is there."""
        return any(name in self.files for name in names)

    def has_under(self, folder: str, ending: str = "") -> bool:
        """Whether there is a file with this ending in a folder."""
        return any(file.startswith(f"{folder}/") and file.endswith(ending) for file in self.files)

    def text(self, *names: str) -> str:
        """The text of the first of them that was read; empty when none was."""
        return next((self.texts[name] for name in names if name in self.texts), "")

    @property
    def requirements(self) -> tuple[str, ...]:
        """Python's lists of requirements, what all need first."""
        found = [file for file in self.files if _REQUIREMENTS.fullmatch(file)]
        return tuple(sorted(found, key=lambda file: (file != "requirements.txt", "base" not in file, file)))

    @property
    def python_tests(self) -> tuple[str, ...]:
        """Python's test files, those at the top first, by name."""
        found = [file for file in self.files if _PYTHON_TEST.fullmatch(file)]
        return tuple(sorted(found, key=lambda file: (file.count("/"), file)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """How a repository seems to be tested, linted, built and set up. None: nothing told of it."""

    language: Language = Language.OTHER
    test: Command | None = None
    lint: Command | None = None
    build: Command | None = None
    set_up: SetUp | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    lock_files: tuple[str, ...] = ()
    new_files: str = "."


def wanted(files: Sequence[str]) -> tuple[str, ...]:
    """The files whose texts are to be read."""
    listing = Listing(files=tuple(files), texts={})
    told = [file for file in files if file in TOLD_BY]
    tests = listing.python_tests
    return (*told, *listing.requirements, *tests[:MOST_TESTS])


def run(*words: str) -> Command:
    """A command without the network."""
    return Command(words=words)


def fetch(*words: str, makes: str) -> SetUp:
    """A set-up, which has the network."""
    return SetUp(command=Command(words=words, network=True), makes=(makes,))
