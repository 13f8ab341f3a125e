"""The one way in which git is run: no program but git itself starts, whatever a repository holds or its settings say.

A repository can name programs in many places: hooks, fsmonitor, filters, text converters, merge drivers, ssh commands,
aliases, includes. Instead of a list of all of them to switch off, there are two ways to ask:

- about files (`on_files`): in an empty git folder of our own, the *room*, with settings and attributes that we wrote.
  The repository lends its objects and nothing else. So the `.git` file of a worktree is never read, no setting of the
  repository holds, and files are read and written byte for byte, whatever its `.gitattributes` say of line ends.
- about references (`on_references`): in the repository, with commands that touch no file of a tree. Hooks are off,
  those in its folder and, by name, those that its settings hold since git 2.54.

For both: clean environment, no settings of the system or the user, no prompts, bounded time and output, and nothing is
left running (see `processes.py`).
"""

import asyncio
import os
import re
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from engine.clock import Clock
from engine.workspace.git.errors import GitBusy, GitFailed, GitSlow, ToolMissing
from engine.workspace.processes import CLEAN_ENVIRONMENT, CommandLine, run_command

MEGABYTE = 2**20
OLDEST_GIT = (2, 38)
"""The first version that merges without a worktree."""
_MOST_KEPT, _LARGE_ANSWER, _MOST_ANSWERS = 16 * MEGABYTE, 2 * MEGABYTE, 512
"""Bytes of all answers about objects that are kept, of each of them, and how many there may be."""
_LAST_WORDS = 600
_LOCKED = re.compile(r"\.lock': File exists|Unable to create '[^']*\.lock'")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")

_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        **CLEAN_ENVIRONMENT,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",  # asking never writes the person's index
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",  # a file may be called «*» or «:(top)»
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",  # above all not «ext», which runs what it is told
        "GIT_EDITOR": "false",
        "GIT_PAGER": "cat",
    }
)
_NOTHING: Mapping[str, str] = MappingProxyType({})
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "core.fsync=committed",  # a reference is on the disk after what it refers to
    "gc.auto=0",
    "maintenance.auto=false",
    "commit.gpgSign=false",
    "submodule.recurse=false",
    "push.recurseSubmodules=no",
    "push.gpgSign=false",
    "safe.directory=*",  # its owner was looked at when the repository was located, and nothing of it runs
    "safe.bareRepository=explicit",  # one among a tree's files is files, unless somebody names it
)
_ROOM_ATTRIBUTES = "* -text !eol !filter !ident !working-tree-encoding !merge !diff\n"
"""Files byte for byte, merged and compared by git itself; these go before what a repository's own attributes say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A repository that was found where somebody said it is."""

    path: Path
    """The top of its checkout; the git folder itself of a bare one."""
    common: Path
    """The git folder that all its worktrees share."""
    git_folder: Path
    """The git folder of this checkout: `common`, but for a linked worktree."""
    bare: bool
    object_format: str
    """`sha1` or `sha256`."""
    hooks: tuple[str, ...] = ()
    """Names of the hooks that its settings hold: no path switches these off."""

    @property
    def objects(self) -> Path:
        """Where its objects are."""
        return self.common / "objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked of git, and the bounds."""

    words: tuple[str, ...]
    codes: tuple[int, ...] = (0,)
    """Exit codes that are answers; all others are raised."""
    given: tuple[str, ...] = ()
    """What it reads on its standard input, each item ended by a zero byte: a command line has room for so many only."""
    timeout: float = 120.0
    most: int = 64 * MEGABYTE
    """Bytes of the answer."""
    writes: bool = False
    """Whether it writes objects or files, which may be larger than any answer."""
    tree: Path | None = None
    """The files it is about; None where it is about none."""
    index: Path | None = None
    """The index that goes with them; None where none is used."""
    settings: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What git said."""

    code: int
    out: bytes
    """Standard output."""
    said: str
    """The last of standard error, without passwords."""
    cut: bool
    """Whether there was more of standard output than was to be kept."""

    @property
    def line(self) -> str:
        """The answer where it is one line."""
        return os.fsdecode(self.out).removesuffix("\n")

    @property
    def items(self) -> tuple[str, ...]:
        """The answer where it is a list, each item ended by a zero byte. Names that are not UTF-8 survive."""
        return tuple(item for item in os.fsdecode(self.out).split("\0") if item)


class _Answers:
    """Answers of git about objects, the last that were used."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._size = 0

    def find(self, repository: Located, call: Call) -> Answer | None:
        """What git has said to that; None where nobody knows any more."""
        key = _question(repository, call)
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, repository: Located, call: Call, answer: Answer) -> None:
        """Keep it for a while, unless it is a large one. Two who ask at once may both bring it."""
        key = _question(repository, call)
        if len(answer.out) > _LARGE_ANSWER or key in self._kept:
            return
        self._kept[key] = answer
        self._size += len(answer.out)
        while self._size > _MOST_KEPT or len(self._kept) > _MOST_ANSWERS:
            self._size -= len(self._kept.popitem(last=False)[1].out)


def _question(repository: Located, call: Call) -> tuple[object, ...]:
    return (repository.common, call.words, call.given, call.codes, call.most, call.settings)


class Git:
    """Asks git. `home` is Milepost's own folder for code, kept from the code under test."""

    def __init__(self, home: Path, clock: Clock, *, outside: Mapping[str, str] | None = None) -> None:
        """`outside` is what pushes and pull requests see of the operator's environment; None for nothing."""
        self.home = home.resolve()
        self.clock = clock
        self.outside = dict(outside or {})
        self.located: dict[Path, tuple[Located, object]] = {}
        """Repositories that were found, each with what it must look like to be the same still."""
        self.states: dict[Path, object] = {}
        """What was last seen of worktrees, by the index that it is kept in; `reading.py` knows what it means."""
        self.settings: dict[bytes, object] = {}
        """What settings say, by the text of their file; `settings.py` knows what it means."""
        self.laying_bases = asyncio.Lock()
        """Held while it is seen to that a base is laid out, which branches share."""
        self._answers = _Answers()
        self._version: tuple[int, ...] = ()  # empty until somebody asked
        self._rooms: set[Path] = set()
        self._making_rooms = asyncio.Lock()

    async def version(self) -> tuple[int, ...]:
        """The version of git. Raises `ToolMissing`."""
        if not self._version:
            words = (await self._run(Call(words=("version",)), None)).line
            self._version = tuple(int(number) for number in re.findall(r"\d+", words)[:3])
        return self._version

    async def discover(self, path: Path, call: Call) -> Answer:
        """Ask what is at `path` itself; git doesn't look in the folders above it, nor for a bare one."""
        return await self._run(call, path, {"GIT_CEILING_DIRECTORIES": str(path.parent)})

    async def on_references(self, repository: Located, call: Call) -> Answer:
        """Ask about references, settings and attributes, or write references; never about contents of files."""
        lent = {"GIT_DIR": str(repository.common), "GIT_CONFIG_COUNT": str(len(repository.hooks))}
        for number, name in enumerate(repository.hooks):
            lent |= {f"GIT_CONFIG_KEY_{number}": f"hook.{name}.enabled", f"GIT_CONFIG_VALUE_{number}": "false"}
        if call.tree is not None:
            lent["GIT_WORK_TREE"] = str(call.tree)
        return await self._run(call, call.tree or self.home, lent)

    async def on_files(self, repository: Located, call: Call) -> Answer:
        """Ask about commits, trees and files, or write them, by names of objects only: the room has no references.

        What an object holds never changes, so answers about objects alone are kept, and given again.
        """
        shallow = repository.common / "shallow"
        is_shallow = shallow.exists()
        is_of_objects = call.index is None and call.tree is None and not call.writes and not is_shallow
        if is_of_objects and (known := self._answers.find(repository, call)) is not None:
            return known
        room = await self._room(repository.object_format)
        lent = {"GIT_DIR": str(room), "GIT_OBJECT_DIRECTORY": str(repository.objects)}
        if is_shallow:
            lent["GIT_SHALLOW_FILE"] = str(shallow)
        if call.index is not None:
            lent["GIT_INDEX_FILE"] = str(call.index)
        if call.tree is not None:
            lent["GIT_WORK_TREE"] = str(call.tree)
        excluded = f"core.excludesFile={repository.common / 'info' / 'exclude'}"
        answer = await self._run(replace(call, settings=(excluded, *call.settings)), call.tree or room, lent)
        if is_of_objects and answer.code == 0:  # what is not there may come
            self._answers.keep(repository, call, answer)
        return answer

    async def run_tool(self, tool: str, call: Call, directory: Path) -> Answer:
        """Run another program in the operator's name, with what of the operator's environment was handed in."""
        environment = {**CLEAN_ENVIRONMENT, **self.outside, **call.environment}
        return await self._finish(call, (tool, *call.words), directory, environment)

    async def _room(self, object_format: str) -> Path:
        """An empty git folder with our settings and attributes, made once for each format of objects."""
        room = self.home / "rooms" / object_format
        async with self._making_rooms:
            if room not in self._rooms:
                await self._make_room(room, object_format)
                self._rooms.add(room)
        return room

    async def _make_room(self, room: Path, object_format: str) -> None:
        """Make it anew at each start: it may be of an older Milepost, or half-made."""
        shutil.rmtree(room, ignore_errors=True)
        words = ("init", "--quiet", "--bare", "--template=", f"--object-format={object_format}", str(room))
        await self._run(Call(words=words), None)
        (room / "info").mkdir(exist_ok=True)
        (room / "info" / "attributes").write_text(_ROOM_ATTRIBUTES, "utf-8")

    async def _run(self, call: Call, directory: Path | None, more: Mapping[str, str] = _NOTHING) -> Answer:
        environment = {**_ENVIRONMENT, "HOME": str(self.home), **self._author(), **more, **call.environment}
        settings = (word for setting in (*_SETTINGS, *call.settings) for word in ("-c", setting))
        return await self._finish(call, ("git", *settings, *call.words), directory, environment)

    def _author(self) -> Mapping[str, str]:
        """The settings that hold where a repository has none of its own: whom commits are by, and no more."""
        file = self.home / "gitconfig"
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            file.write_text("[user]\n\tname = Milepost\n\temail = milepost@localhost\n", "utf-8")
        return {"GIT_CONFIG_GLOBAL": str(file)}

    async def _finish(
        self, call: Call, words: tuple[str, ...], directory: Path | None, environment: Mapping[str, str]
    ) -> Answer:
        program = words[0]
        if shutil.which(program, path=environment["PATH"]) is None:
            raise ToolMissing(program, f"install «{program}» where Milepost runs")
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output:
            given.writelines(os.fsencode(item) + b"\0" for item in call.given)
            given.seek(0)
            line = CommandLine(
                arguments=words,
                directory=directory,
                environment=environment,
                timeout=call.timeout,
                standard_input=given.fileno() if call.given else None,
                standard_output=output.fileno(),
                largest_file=None if call.writes else call.most + 1,
            )
            finished = await run_command(line)
            output.seek(0)
            out = output.read(call.most + 1)
        said = _CREDENTIALS.sub("", finished.output).strip()[-_LAST_WORDS:]
        command = f"{program} {call.words[0]}"
        cut = len(out) > call.most  # it was ended for it, so the exit code says nothing
        if finished.timed_out:
            raise GitSlow(f"«{command}» did not end within {call.timeout:g} s")
        if finished.exit_code not in call.codes and not cut:
            raise GitBusy(f"git is busy elsewhere: {said}") if _LOCKED.search(said) else GitFailed(command, said)
        return Answer(code=finished.exit_code, out=out[: call.most], said=said, cut=cut)
