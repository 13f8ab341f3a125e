"""Repositories that code work may touch, and on what terms: which files, which commands, what may leave."""

import datetime as dt
import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NewType

from engine.values import ChatId, UserId

RepositoryId = NewType("RepositoryId", int)

EVERYTHING = "**"
ALWAYS_DENIED = ("**/.git", "**/.git/**", "**/.gitmodules", "**/.gitattributes")
"""What nobody may touch whatever a person says: git obeys what stands there, outside any sandbox."""
DEPENDENCIES = ".milepost-deps"
"""The folder for dependencies that have no usual one."""
_DIGEST = 16
"""Hex digits; a button carries them."""


class Language(StrEnum):
    """What a repository is written in, as far as commands and measures go by it."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    GO = "go"
    RUST = "rust"
    OTHER = "other"


class CommandKind(StrEnum):
    """What a repository's commands are for."""

    TEST = "test"
    LINT = "lint"
    BUILD = "build"
    SET_UP = "setup"


class PushPolicy(StrEnum):
    """Whether work may leave the machine."""

    NEVER = "never"
    ASK = "ask"
    """Each push has a person's yes before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line, run as it stands: no shell reads it."""

    words: tuple[str, ...]
    network: bool = False
    """Whether the sandbox gives it the network."""

    @property
    def line(self) -> str:
        """The words as a person would type them."""
        return shlex.join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """How dependencies are fetched. What it makes is kept and mounted read-only where the other commands run."""

    command: Command
    makes: tuple[str, ...]
    """Folders that it leaves, relative to the repository."""
    approved: str = ""
    """The digest that a person said yes to; empty for none."""

    @property
    def digest(self) -> str:
        """Names exactly this set-up: another word, another folder or the network, and it is another one."""
        told = [self.command.words, self.command.network, self.makes]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:_DIGEST]

    @property
    def is_approved(self) -> bool:
        """Whether a person has said yes to it as it stands."""
        return self.approved == self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms code work goes on in a repository. `engine/coding/checking.py` says what holds for each."""

    language: Language = Language.OTHER
    test: Command | None = None  # None: nobody knows how
    lint: Command | None = None  # None: nobody knows how
    build: Command | None = None  # None: nothing is built
    set_up: SetUp | None = None  # None: nothing has to be fetched
    environment: Mapping[str, str] = field(default_factory=dict)
    """Set for every command, the set-up too."""
    lock_files: tuple[str, ...] = ()
    """Files whose contents say which dependencies there are: what a set-up made is good as long as they stay."""
    allow: tuple[str, ...] = (EVERYTHING,)
    deny: tuple[str, ...] = ()
    """Beside secrets, git's files and those of build servers, which `allow` has to name (`engine/workspace/`)."""
    test_files: tuple[str, ...] = ()
    """Globs of files that are tests though nothing in their names says so."""
    new_files: str = "."
    """Where new files go unless somebody says otherwise, relative to the repository."""
    base: str = ""
    """The branch that work starts from; empty while there is none to be found."""
    push: PushPolicy = PushPolicy.ASK

    @property
    def denied(self) -> tuple[str, ...]:
        """All that nobody may touch: `deny`, and what is denied whatever a person says."""
        return (*ALWAYS_DENIED, *self.deny)

    def command(self, kind: CommandKind) -> Command | None:
        """The command of a kind; None where there is none."""
        match kind:
            case CommandKind.TEST:
                return self.test
            case CommandKind.LINT:
                return self.lint
            case CommandKind.BUILD:
                return self.build
            case CommandKind.SET_UP:
                return None if self.set_up is None else self.set_up.command


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRepository:
    """A repository that is to be registered."""

    owner: UserId | None  # None: the operator lists it, for everybody
    chat: ChatId | None  # None: the operator lists it
    name: str
    path: Path
    """Resolved: no link in it."""
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository that is registered."""

    id: RepositoryId
    owner: UserId | None  # None: the operator lists it, for everybody
    chat: ChatId | None  # None: the operator lists it
    name: str
    path: Path
    """Resolved when it was registered: where it resolves to something else later, it has been moved."""
    terms: Terms
    revision: int
    """Grows with every change; buttons carry it."""
    registered_at: dt.datetime
    is_removed: bool = False
    """Whether no new work may begin in it. What is under way there goes on."""

    @property
    def is_the_operators(self) -> bool:
        """Whether the operator lists it: then nobody removes it in a chat."""
        return self.owner is None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTrial:
    """A command of a repository that is to be run once, and told of."""

    repository: RepositoryId
    kind: CommandKind
    revision: int
    """Of the repository, as the command was named."""
    chat: ChatId
    """Who is told."""


def dependencies_key(set_up: SetUp, lock_files: Mapping[str, bytes]) -> str:
    """Names what a set-up made, by the set-up and the contents of the lock files (by name): 64 hex digits.

    The same key is the same dependencies; a lock file that is not there is left out of the mapping.
    """
    digest = hashlib.sha256(set_up.digest.encode())
    for name, content in sorted(lock_files.items()):
        digest.update(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest())
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()
