"""From the command that runs every test to one that runs a few: by their files, or by ids as a report tells them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from engine.coding.proving.runners import Runner, TestCommand, name_of, runner_of, through, through_script, with_options
from engine.errors import InvalidInputError

# Options that take the next word as their value, so that it is no path.
TAKES_A_VALUE = {
    Runner.PYTEST: {
        *("-k", "-m", "-p", "-o", "-c", "-n", "-W", "-r", "--rootdir", "--maxfail", "--tb", "--durations", "--cov"),
        *("--cov-report", "--cov-config", "--confcutdir", "--basetemp", "--import-mode", "--timeout", "--dist"),
        *(
            "--override-ini",
            "--config-file",
            "--color",
            "--capture",
            "--log-level",
            "--numprocesses",
            "--randomly-seed",
        ),
        *("--ignore", "--ignore-glob", "--deselect", "--junitxml", "--junit-xml", "--verbosity", "--durations-min"),
    },
    Runner.NODE: {"--import", "--require", "-r", "--loader", "--test-concurrency", "--test-timeout", "--test-reporter"},
    Runner.JEST: {"-c", "--config", "-t", "--testNamePattern", "-w", "--maxWorkers", "--rootDir", "--selectProjects"},
    Runner.VITEST: {"-c", "--config", "-t", "--testNamePattern", "-r", "--root", "--project", "--environment"},
    Runner.GO: {"-run", "-count", "-timeout", "-tags", "-p", "-parallel", "-cpu", "-coverprofile", "-mod", "-bench"},
}
SELECTING = {"-k", "-t", "--testNamePattern", "-run"}  # our own choice takes their place


def only(command: TestCommand, chosen: Sequence[str]) -> TestCommand | None:
    """The command for the files (`tests/test_x.py`) or test ids in `chosen` alone; None where that can't be said.

    Raises InvalidInputError for an empty choice and for one that the runner would take as an option.
    """
    if not chosen:
        raise InvalidInputError("tests", "none are chosen", "name files or test ids")
    for one in chosen:
        if one.startswith("-") or any(ord(sign) < 32 for sign in one):
            raise InvalidInputError("tests", f"«{one[:80]}» is no file or id", "name files or test ids")
    narrow = NARROWING.get(runner_of(command))
    return None if narrow is None else narrow(command, chosen)


def _split(one: str) -> tuple[str, str]:
    """File and name of an id; the name is "" for a file alone."""
    file, _, name = one.partition("::")
    return file, name


def _is_file(one: str) -> bool:
    return "::" not in one and bool(re.search(r"\.\w{1,4}$|/", one)) and " > " not in one


def _bare(arguments: Sequence[str], runner: Runner, start: int) -> tuple[str, ...]:
    """The words without paths and without an own choice of tests, from `start` on."""
    kept, words = list(arguments[:start]), iter(arguments[start:])
    for word in words:
        if word in SELECTING:
            next(words, None)
        elif word.partition("=")[0] in SELECTING:
            continue
        elif word in TAKES_A_VALUE[runner]:
            kept += [word, *([value] if (value := next(words, None)) is not None else [])]
        elif word.startswith("-"):
            kept.append(word)
    return tuple(kept)


def _pytest(command: TestCommand, chosen: Sequence[str]) -> TestCommand:
    words = command.arguments
    if through_script(command):
        return replace(command, arguments=through(command, chosen))
    names = [name_of(word) for word in words]
    at = next(at for at, name in enumerate(names) if name in ("pytest", "py.test"))
    return replace(command, arguments=with_options(_bare(words, Runner.PYTEST, at + 1), chosen))


def _unittest(command: TestCommand, chosen: Sequence[str]) -> TestCommand:
    """By `-k`, which works with and without discovery: a part of the dotted name."""
    patterns = [PurePosixPath(one).stem + "." if _is_file(one) else one for one in chosen]
    options = tuple(word for pattern in patterns for word in ("-k", pattern))
    words = command.arguments
    at = words.index("unittest") + 1
    at += words[at : at + 1] == ("discover",)
    return replace(command, arguments=(*words[:at], *options, *words[at:]))


def _node(command: TestCommand, chosen: Sequence[str]) -> TestCommand | None:
    files = [one for one in chosen if _is_file(one)]
    names = [one for one in chosen if not _is_file(one)]
    if through_script(command) or len(files) * len(names):
        return None
    words = command.arguments
    bare = _bare(words, Runner.NODE, words.index("--test")) if files else words
    at = bare.index("--test") + 1
    patterns = [f"--test-name-pattern=^{_pattern(name.rpartition(' > ')[2])}$" for name in names]
    return replace(command, arguments=(*bare[:at], *patterns, *bare[at:], *files))


def _pattern(name: str) -> str:
    """A name as a regular expression that JavaScript, Go and Rust read alike."""
    return re.sub(r"[.*+?^${}()|\[\]\\/]", r"\\\g<0>", name)


def _jest(command: TestCommand, chosen: Sequence[str]) -> TestCommand:
    files = list(dict.fromkeys(_split(one)[0] for one in chosen))
    names = [_pattern(_split(one)[1].replace(" > ", " ")) for one in chosen if _split(one)[1]]
    options = [f"--testNamePattern=^({'|'.join(names)})$"] if len(names) == len(chosen) else []
    if through_script(command):
        return replace(command, arguments=through(command, (*options, *files)))
    words, runner = command.arguments, runner_of(command)
    at = next(at for at, word in enumerate(words) if name_of(word) in ("jest", "vitest")) + 1
    at += words[at : at + 1] in (("run",), ("watch",))
    bare = _bare(words, runner, at)
    return replace(command, arguments=(*bare, *options, *files))


def _cargo(command: TestCommand, chosen: Sequence[str]) -> TestCommand | None:
    """`tests/x.rs` is a target of its own; ids are `target::path::name`."""
    if "--" in command.arguments:
        return None
    targets: list[str] = []
    names: list[str] = []
    for one in chosen:
        target, name = _split(one)
        if target == "doc":
            return None
        path = PurePosixPath(target)
        if path.parts[:1] == ("tests",) and path.suffix == ".rs":
            targets += ["--test", path.stem]
        else:
            targets.append("--lib" if path.name == "lib.rs" else "--bins")
        names += [name] if name else []
    if names and len(names) < len(chosen):
        return None
    unique = [word for at, word in enumerate(targets) if word == "--test" or word not in targets[:at]]
    exact = ("--", "--exact", *names) if names else ()
    return replace(command, arguments=(*command.arguments, *unique, *exact))


def _go(command: TestCommand, chosen: Sequence[str]) -> TestCommand:
    """Go runs packages: a file means the package it lies in; of an id the name is chosen too."""
    packages: list[str] = []
    names: list[str] = []
    for one in chosen:
        package, name = _split(one)
        if package.endswith(".go"):
            package = f"./{PurePosixPath(package).parent.as_posix()}".removesuffix("/.")
        packages += [package] if package not in packages else []
        names += ["/".join(f"^{_pattern(part)}$" for part in name.split("/"))] if name else []
    bare = _bare(command.arguments, Runner.GO, list(command.arguments).index("test") + 1)
    run = ("-run", "|".join(names)) if len(names) == len(chosen) else ()
    return replace(command, arguments=(*bare, *run, *packages))


NARROWING = {
    Runner.PYTEST: _pytest,
    Runner.UNITTEST: _unittest,
    Runner.NODE: _node,
    Runner.JEST: _jest,
    Runner.VITEST: _jest,
    Runner.CARGO: _cargo,
    Runner.GO: _go,
}
