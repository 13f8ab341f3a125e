"""What holds for the terms of a repository: each check returns what is to be kept, or says what to write instead.

Whatever is shown to a person for a yes is shown in whole and as it is run: words have no invisible signs, and
commands a length that fits a message.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from engine.coding.repositories import Command, SetUp, Terms
from engine.errors import InvalidInputError

LONGEST_COMMAND = 500
"""UTF-16 units of a command line as it is shown: four of them fit a message of Telegram's in whole."""
LONGEST_PATTERN = 200
MOST_PATTERNS = 50
MOST_FOLDERS = 8
LONGEST_BRANCH = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_OF_A_SHELL = frozenset({"&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>&1", "2>/dev/null", "&>", "|&"})
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_NOT_IN_BRANCHES = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[/.-]|/\.|[/.]$|\.lock(?:/|$)|^@$")


def checked_name(name: str) -> str:
    """A repository's name. Raises `InvalidInputError`."""
    if not _NAME.fullmatch(name):
        problem = f"«{name}» can't be a repository's name" if name else "a repository needs a name"
        raise InvalidInputError(
            "name", problem, "use letters, digits, «.», «-» and «_», at most 40, such as «shop-api»"
        )
    return name


def name_like(text: str) -> str:
    """A name that is as near to the text as a name can be."""
    plain = _NOT_IN_NAMES.sub("-", text).strip("-._")[:40].strip("-._")
    return plain if _NAME.fullmatch(plain) else "repository"


def checked_words(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a command line. Raises `InvalidInputError`."""
    example = "name one program with its arguments, such as «pytest -q»"
    if not words or not words[0].strip():
        raise InvalidInputError("command", "there is no program in it", example)
    if any(word in _OF_A_SHELL or word.endswith(";") for word in words):
        problem = "no shell reads a command, so it can't have «&&», «|», «;» or «>»"
        raise InvalidInputError("command", problem, "write several steps into a script or a make target, and name that")
    if _VARIABLE.fullmatch(words[0]):
        problem = f"«{words[0][:40]}» sets a variable, which takes a shell"
        raise InvalidInputError("command", problem, f"write «env {words[0][:40]} …», or {example}")
    if not all(word.isprintable() for word in words):
        raise InvalidInputError("command", "it has signs that can't be shown", example)
    if len(Command(words=tuple(words)).line.encode("utf-16-le")) > 2 * LONGEST_COMMAND:
        problem = f"a command has at most {LONGEST_COMMAND} signs, quotation marks included"
        raise InvalidInputError("command", problem, "write it into a script in the repository, and name that")
    return tuple(words)


def checked_patterns(patterns: Sequence[str], field: str) -> tuple[str, ...]:
    """Globs over paths, relative to the repository, each once. Raises `InvalidInputError`."""
    if len(patterns) > MOST_PATTERNS:
        raise InvalidInputError(field, f"{len(patterns)} patterns are too many", f"give at most {MOST_PATTERNS}")
    for pattern in patterns:
        _check_relative(pattern, field, "write patterns relative to the repository, such as «src/**, tests/**»")
    return tuple(dict.fromkeys(patterns))


def checked_folder(text: str, field: str = "folder") -> str:
    """A folder of the repository; `.` is the repository itself. Raises `InvalidInputError`."""
    example = "name a folder of the repository, such as «src», or «.» for the repository itself"
    _check_relative(text, field, example)
    if any(sign in text for sign in "*?["):
        raise InvalidInputError(field, f"«{text}» is a pattern", example)
    return PurePosixPath(text).as_posix()


def checked_branch(text: str) -> str:
    """A branch's name as git takes it. Raises `InvalidInputError`."""
    if not text or len(text) > LONGEST_BRANCH or not text.isprintable() or _NOT_IN_BRANCHES.search(text):
        problem = f"git takes no branch «{text[:60]}»" if text else "a branch has a name"
        raise InvalidInputError("base", problem, "name a branch of the repository, such as «main»")
    return text


def checked_set_up(set_up: SetUp) -> SetUp:
    """How dependencies are fetched. Raises `InvalidInputError`."""
    if not 0 < len(set_up.makes) <= MOST_FOLDERS:
        accepts = f"name 1 to {MOST_FOLDERS} folders that the set-up makes, such as «node_modules»"
        raise InvalidInputError("folders", f"{len(set_up.makes)} folders can't be kept", accepts)
    makes = tuple(checked_folder(one, "folders") for one in set_up.makes)
    if "." in makes:
        problem = "the whole repository can't be what a set-up makes"
        raise InvalidInputError("folders", problem, "name the folder that it fills, such as «.venv»")
    if any(part.casefold() == ".git" for one in makes for part in PurePosixPath(one).parts):
        raise InvalidInputError("folders", "git's own folder is none", "name the folder that it fills, such as «.venv»")
    words = checked_words(set_up.command.words)
    return replace(set_up, command=replace(set_up.command, words=words), makes=tuple(dict.fromkeys(makes)))


def checked_terms(terms: Terms) -> Terms:
    """All of it checked. Raises `InvalidInputError` for the first thing that can't be."""
    return replace(
        terms,
        test=_checked(terms.test),
        lint=_checked(terms.lint),
        build=_checked(terms.build),
        set_up=None if terms.set_up is None else checked_set_up(terms.set_up),
        allow=_not_empty(checked_patterns(terms.allow, "allow")),
        deny=checked_patterns(terms.deny, "deny"),
        test_files=checked_patterns(terms.test_files, "test files"),
        new_files=checked_folder(terms.new_files),
        base=checked_branch(terms.base) if terms.base else "",
    )


def _checked(command: Command | None) -> Command | None:
    return None if command is None else replace(command, words=checked_words(command.words))


def _not_empty(allow: tuple[str, ...]) -> tuple[str, ...]:
    if not allow:
        problem = "without a pattern nothing could be changed"
        raise InvalidInputError("allow", problem, "write «everything», or patterns such as «src/**, tests/**»")
    return allow


def _check_relative(text: str, field: str, accepts: str) -> None:
    problem = ""
    if not text.strip():
        problem = "there is an empty one"
    elif len(text) > LONGEST_PATTERN:
        problem = f"«{text[:40]}…» has more than {LONGEST_PATTERN} signs"
    elif text.startswith(("/", "~")) or ".." in PurePosixPath(text).parts:
        problem = f"«{text[:60]}» leads out of the repository"
    elif "\\" in text or not text.isprintable() or text != text.strip():
        problem = f"«{text[:60]}» has signs that no path has here"
    if problem:
        raise InvalidInputError(field, problem, accepts)
