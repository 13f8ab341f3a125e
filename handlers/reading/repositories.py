"""What people write about a repository: «test: pytest -q», «allow: src/**, tests/**», «deny: +secrets/**». Pure."""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

from engine.coding.repositories import (
    DEPENDENCIES,
    EVERYTHING,
    Command,
    CommandKind,
    Language,
    PushPolicy,
    SetUp,
    Terms,
)
from engine.errors import InvalidInputError


class RepositoryDeed(StrEnum):
    """What a button does with a repository; those of `IN_WORDS` ask for words."""

    LIST = "list"
    OPEN = "open"
    TEST = "test"
    LINT = "lint"
    BUILD = "build"
    SET_UP = "setup"
    FOLDERS = "folders"
    ALLOW = "allow"
    DENY = "deny"
    NEW_FILES = "new"
    TEST_FILES = "testfiles"
    BASE = "base"
    NAME = "name"
    PUSH_ASK = "push1"
    PUSH_NEVER = "push0"
    NETWORK = "net"
    TEST_ONLINE = "test1"
    TEST_OFFLINE = "test0"
    LINT_ONLINE = "lint1"
    LINT_OFFLINE = "lint0"
    BUILD_ONLINE = "build1"
    BUILD_OFFLINE = "build0"
    SET_UP_ONLINE = "setup1"
    SET_UP_OFFLINE = "setup0"
    DETECT = "detect"
    TRY = "try"
    REMOVE = "remove"
    REMOVE_YES = "remove1"


IN_WORDS: Mapping[RepositoryDeed, str] = {
    RepositoryDeed.TEST: r"tests?|testing",
    RepositoryDeed.TEST_FILES: r"test[ -]?files|tests are",
    RepositoryDeed.LINT: r"lint(?:er)?",
    RepositoryDeed.BUILD: r"build",
    RepositoryDeed.SET_UP: r"set[ -]?up|install|dependencies",
    RepositoryDeed.FOLDERS: r"folders|makes|kept",
    RepositoryDeed.ALLOW: r"allow(?:ed)?|may change",
    RepositoryDeed.DENY: r"deny|denied|forbid|never",
    RepositoryDeed.NEW_FILES: r"new files|folder",
    RepositoryDeed.BASE: r"base(?: branch)?|branch",
    RepositoryDeed.NAME: r"name|rename",
    RepositoryDeed.PUSH_ASK: r"push",
}
"""What can be said in words, and the names that people have for it."""
COMMANDS: Mapping[RepositoryDeed, CommandKind] = {
    RepositoryDeed.TEST: CommandKind.TEST,
    RepositoryDeed.LINT: CommandKind.LINT,
    RepositoryDeed.BUILD: CommandKind.BUILD,
    RepositoryDeed.SET_UP: CommandKind.SET_UP,
}
ONLINE: Mapping[CommandKind, tuple[RepositoryDeed, RepositoryDeed]] = {
    CommandKind.TEST: (RepositoryDeed.TEST_ONLINE, RepositoryDeed.TEST_OFFLINE),
    CommandKind.LINT: (RepositoryDeed.LINT_ONLINE, RepositoryDeed.LINT_OFFLINE),
    CommandKind.BUILD: (RepositoryDeed.BUILD_ONLINE, RepositoryDeed.BUILD_OFFLINE),
    CommandKind.SET_UP: (RepositoryDeed.SET_UP_ONLINE, RepositoryDeed.SET_UP_OFFLINE),
}
"""The deeds that give each command the network and take it away."""
SWITCHES = frozenset(
    {RepositoryDeed.PUSH_ASK, RepositoryDeed.PUSH_NEVER, *(deed for both in ONLINE.values() for deed in both)}
)
"""Deeds of buttons that change something at once."""
_LABELLED = re.compile(
    rf"\s*(?:the )?(?P<label>{'|'.join(IN_WORDS.values())})\s*[:=]\s*(?P<words>.*\S)\s*", re.IGNORECASE
)
_NONE = re.compile(r"(?:none|no|nothing|off|remove|-|–|—)[.! ]*", re.IGNORECASE)
_ALL = re.compile(r"(?:everything|all|any(?:thing)?)[.! ]*", re.IGNORECASE)
_USUAL = re.compile(r"(?:the )?(?:default|usual)s?(?: ones)?[.! ]*", re.IGNORECASE)
_TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
_DASHES = re.compile(r"(?<!\S)[–—](?=\w)")
"""What a phone makes of «--»."""
_PATTERN = re.compile(r'([+-]?)(?:"([^"]*)"|([^\s,]+))')
_PATHS = "PYTHONPATH"
_USUAL_FOLDERS = {
    Language.PYTHON: ".venv",
    Language.JAVASCRIPT: "node_modules",
    Language.TYPESCRIPT: "node_modules",
    Language.GO: "vendor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that somebody wants otherwise, and in which words."""

    deed: RepositoryDeed
    words: str


def read_said(text: str) -> Sequence[Said]:
    """All that a text says to change, a line each; empty where a line says none."""
    found = []
    for one in text.strip().splitlines():
        labelled = _LABELLED.fullmatch(one)
        if labelled is None:
            return ()
        label = labelled["label"]
        deed = next(deed for deed, names in IN_WORDS.items() if re.fullmatch(names, label, re.IGNORECASE))
        found.append(Said(deed=deed, words=labelled["words"]))
    return found


def altered(terms: Terms, said: Said) -> Terms:
    """The terms as somebody wants them. A name is none of them. Raises `InvalidInputError` for words of no use."""
    words = _DASHES.sub("--", said.words.translate(_TYPOGRAPHY)).strip().strip("`").strip()
    reader = _READERS.get(said.deed)
    return reader(terms, words) if reader is not None else terms


def switched(terms: Terms, deed: RepositoryDeed) -> Terms:
    """The terms after a press. The network for a command that there is not changes nothing."""
    if deed is RepositoryDeed.PUSH_ASK:
        return replace(terms, push=PushPolicy.ASK)
    if deed is RepositoryDeed.PUSH_NEVER:
        return replace(terms, push=PushPolicy.NEVER)
    kind, online = next((kind, deed is both[0]) for kind, both in ONLINE.items() if deed in both)
    command = terms.command(kind)
    return terms if command is None else _with_command(terms, kind, replace(command, network=online))


def _command(kind: CommandKind) -> Callable[[Terms, str], Terms]:
    def read(terms: Terms, words: str) -> Terms:
        if _NONE.fullmatch(words):
            return _with_command(terms, kind, None)
        try:
            split = tuple(shlex.split(words))
        except ValueError as error:
            problem = "a quotation mark is not closed"
            raise InvalidInputError("command", problem, "write it as in a terminal, such as «pytest -q»") from error
        before = terms.command(kind)
        network = before.network if before is not None else kind is CommandKind.SET_UP
        return _with_command(terms, kind, Command(words=split, network=network))

    return read


def _with_command(terms: Terms, kind: CommandKind, command: Command | None) -> Terms:
    match kind:
        case CommandKind.TEST:
            return replace(terms, test=command)
        case CommandKind.LINT:
            return replace(terms, lint=command)
        case CommandKind.BUILD:
            return replace(terms, build=command)
        case CommandKind.SET_UP:
            return _with_set_up(terms, command)


def _with_set_up(terms: Terms, command: Command | None) -> Terms:
    if command is None:
        return replace(terms, set_up=None)
    usual = (_USUAL_FOLDERS.get(terms.language, DEPENDENCIES),)
    set_up = SetUp(command=command, makes=usual) if terms.set_up is None else replace(terms.set_up, command=command)
    target = _target(command.words)
    if not target:
        return replace(terms, set_up=set_up)
    paths = [path for path in terms.environment.get(_PATHS, "").split(":") if path]
    environment = {**terms.environment, _PATHS: ":".join(dict.fromkeys((*paths, target)))}
    return replace(terms, set_up=replace(set_up, makes=(target,)), environment=environment)


def _target(words: Sequence[str]) -> str:
    """The folder that pip fills and Python then has to be told of, such as «.milepost-deps»; empty for none."""
    if not any("pip" in word for word in words):
        return ""
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        if word in ("-t", "--target"):
            return following
        if word.startswith("--target="):
            return word.removeprefix("--target=")
    return ""


def _folders(terms: Terms, words: str) -> Terms:
    if terms.set_up is None:
        raise InvalidInputError("folders", "there is no set-up that makes any", "write «setup: npm ci» first")
    return replace(terms, set_up=replace(terms.set_up, makes=_patterns(words, terms.set_up.makes)))


def _allow(terms: Terms, words: str) -> Terms:
    everything = _ALL.fullmatch(words) or _USUAL.fullmatch(words)
    return replace(terms, allow=(EVERYTHING,) if everything else _patterns(words, terms.allow))


def _deny(terms: Terms, words: str) -> Terms:
    return replace(
        terms, deny=() if _NONE.fullmatch(words) or _USUAL.fullmatch(words) else _patterns(words, terms.deny)
    )


def _patterns(words: str, before: Sequence[str]) -> tuple[str, ...]:
    """Patterns with commas or blanks between them; where each begins with + or -, those are added and taken away."""
    found = [(sign, quoted or plain) for sign, quoted, plain in _PATTERN.findall(words)]
    if not found:
        raise InvalidInputError("patterns", "there is no pattern in it", "write patterns such as «src/**, tests/**»")
    if not all(sign for sign, _ in found):
        return tuple(pattern if not sign else f"{sign}{pattern}" for sign, pattern in found)
    taken = {pattern for sign, pattern in found if sign == "-"}
    if unknown := taken - set(before):
        problem = f"«{min(unknown)[:60]}» is not in the list"
        raise InvalidInputError("patterns", problem, "name only what is there, or write the whole list anew")
    added = [pattern for sign, pattern in found if sign == "+"]
    return tuple(one for one in (*before, *added) if one not in taken)


def _test_files(terms: Terms, words: str) -> Terms:
    by_names = _NONE.fullmatch(words) or _USUAL.fullmatch(words)
    return replace(terms, test_files=() if by_names else _patterns(words, terms.test_files))


def _new_files(terms: Terms, words: str) -> Terms:
    return replace(terms, new_files=words.strip("\"'"))


def _base(terms: Terms, words: str) -> Terms:
    return replace(terms, base=words.strip("\"'"))


def _push(terms: Terms, words: str) -> Terms:
    if re.fullmatch(r"(?:ask|ask me|yes|after my yes)[.! ]*", words, re.IGNORECASE):
        return replace(terms, push=PushPolicy.ASK)
    if _NONE.fullmatch(words) or words.lower().strip(".! ") == "never":
        return replace(terms, push=PushPolicy.NEVER)
    raise InvalidInputError("push", f"«{words[:40]}» is neither of two", "write «push: ask» or «push: never»")


_READERS: Mapping[RepositoryDeed, Callable[[Terms, str], Terms]] = {
    **{deed: _command(kind) for deed, kind in COMMANDS.items()},
    RepositoryDeed.FOLDERS: _folders,
    RepositoryDeed.ALLOW: _allow,
    RepositoryDeed.DENY: _deny,
    RepositoryDeed.NEW_FILES: _new_files,
    RepositoryDeed.TEST_FILES: _test_files,
    RepositoryDeed.BASE: _base,
    RepositoryDeed.PUSH_ASK: _push,
}
