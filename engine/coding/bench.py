"""One goal's open workspace: its repository, its worktree, access to its files, and its commands in the sandbox."""

import asyncio
import hashlib
import json
import os
import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from engine.coding.dependencies import SetUpRun, kept_or_made
from engine.coding.inside import laid_inside
from engine.coding.journal import Journal
from engine.coding.options import CodeLimits
from engine.coding.outputs import check_there, next_output, whole_output
from engine.coding.proving.coverage import Coverage, read_coverage
from engine.coding.proving.narrowing import only
from engine.coding.proving.protected import Protection, protection
from engine.coding.proving.reading import read_asked
from engine.coding.proving.reports import Run, TestReport, UnreadableReportError
from engine.coding.proving.runners import (
    SEAL_KEY,
    SEALING,
    Asked,
    CoverageAsked,
    TestCommand,
    sealed,
    with_coverage,
    with_report,
)
from engine.coding.proving.weakening import Change as TextChange
from engine.coding.repositories import Command, CommandKind, Repository
from engine.coding.workspaces import Workspace
from engine.errors import ExternalBlocked
from engine.values import GoalId
from engine.workspace.access.code_access import CodeAccess
from engine.workspace.access.globs import Globs
from engine.workspace.git.commands import Git
from engine.workspace.git.laying_out import export
from engine.workspace.git.naming import exports_folder
from engine.workspace.git.reading import Change, Patch, compare, contents_at, diff, files_at, snapshot
from engine.workspace.git.worktrees import Worktree, head_of
from engine.workspace.overlays import laid
from engine.workspace.sandbox.ahead import RunsAhead
from engine.workspace.sandbox.commands import Ending, Limits, SandboxCommand, SandboxResult
from engine.workspace.sandbox.sandbox import Sandbox

Said = Callable[[str], None]
_LONGEST_TEXT = 2 * 1024 * 1024
"""Bytes of a file that is compared as text."""
_MOST_BASES = 32
"""Bases whose test run is kept in memory."""
_STOPPED = {
    Ending.WALL: "it took too long",
    Ending.CPU: "it computed too long",
    Ending.MEMORY: "it took too much memory",
    Ending.OUTPUT: "it wrote too much",
    Ending.DISK: "its disk was full",
    Ending.PROCESSES: "it started too many processes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The operating system's edge, as code work uses it."""

    git: Git
    sandbox: Sandbox
    limits: CodeLimits
    logs: Path
    """Where the outputs of commands are, a folder for each goal."""
    tell: Callable[[GoalId, str], None] = lambda goal, lines: None
    """Gets the last lines of what runs for a goal; empty ones when it has ended."""
    base_runs: "OrderedDict[str, TestRun]" = field(default_factory=OrderedDict)
    """Runs on bases that are known already, with new tests or without, the last used at the end."""
    making: dict[str, asyncio.Lock] = field(default_factory=dict)
    """Held while a set-up makes what others may want, too."""

    def outputs_of(self, workspace: Workspace) -> Path:
        """The folder for what the commands of a goal write. Like its worktree it is no other Milepost's."""
        return self.logs / workspace.path.parent.name / workspace.path.name


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """One run of the tests by the system."""

    __test__ = False  # the name is no test for pytest

    report: TestReport
    result: SandboxResult
    tree: str
    """The name git gives to the files that it ran on: two equal names are two equal states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tests are to run, and on what."""

    tests: tuple[str, ...] = ()
    """Files or ids; empty for all."""
    on_base: bool = False
    """On the files as they were before the goal."""
    state: str = ""
    """The name of the files as they are now, for who knows it and looks at them once more afterwards."""
    with_files: Mapping[str, bytes] = field(default_factory=dict)
    """Laid over the base, or over the files as they are now, by path: a new test that is to be red there."""
    seconds: float | None = None
    """How long it may take; None for as long as any command."""


_BASE_SUITE = Wanted(on_base=True)


class Bench:
    """A worktree that is there and fit for work. One task at a time works at it: `Workbench.open` sees to that."""

    def __init__(self, edges: Edges, place: tuple[Repository, Workspace, Worktree], journal: Journal) -> None:
        self.repository, self.workspace, self.worktree = place
        self.edges = edges
        self.journal = journal
        terms = self.repository.terms
        self.globs = Globs(allow=terms.allow, deny=terms.denied)
        self.code = CodeAccess(self.worktree.path, self.globs, journal.touched)
        self.ahead = RunsAhead[Wanted, TestRun]()
        self._output: Path | None = None  # of the last order; None before the first

    async def run(self, command: Command, tree: Path | None = None, *, said: Said | None = None) -> SandboxResult:
        """Run a command line of the repository's on the files as they are now, or on those of another tree."""
        order = self._order(command, tree or self.worktree.path, await self._dependencies())
        return await self.run_order(order, said)

    async def command(self, kind: CommandKind, *, on_base: bool = False, said: Said | None = None) -> SandboxResult:
        """Run the repository's command of a kind. Raises `ExternalBlocked` where nobody has said what it is."""
        tree = await self._tree(on_base=True) if on_base else None
        return await self.run(self._known(kind), tree, said=said)

    async def files(self) -> frozenset[str]:
        """The paths of all files as they are now."""
        return frozenset(await files_at(self.edges.git, self.worktree.repository, await self.state()))

    async def laid_out(self) -> Path:
        """A copy of the files as they are now, without anything of git's."""
        return await export(self.edges.git, self.worktree, await self.state())

    async def tests(self, wanted: Wanted | None = None, *, said: Said | None = None) -> TestRun:
        """Run the repository's tests, all or some, on the files as they are now or on the base."""
        wanted = wanted or Wanted()
        if laid_ahead := self.ahead.taken(wanted):
            return await laid_ahead
        if wanted.with_files:
            await self.ahead.drop()  # what is laid over a tree for one run makes room for the next
        return await self._tests(wanted, said)

    def lay_ahead(self, wanted: Wanted) -> None:
        """Have a sandbox hold the files for these tests by the time that they are asked for, where there is room."""
        if self.edges.sandbox.has_room_ahead(self.limits()):
            self.ahead.lay(wanted, lambda may_go: self._tests(wanted, None, may_go))

    async def _tests(self, wanted: Wanted, said: Said | None, may_go: asyncio.Event | None = None) -> TestRun:
        state, tree, whole = await self._suite(wanted)
        plain = with_report(only(whole, wanted.tests) or whole if wanted.tests else whole)
        asked = sealed(plain, secrets.token_hex(16))
        order = await self._test_order(asked, tree)
        if wanted.with_files:
            place = exports_folder(self.edges.git, self.worktree.repository, self.worktree.branch) / "laid"
            order = replace(order, over=await asyncio.to_thread(laid, place, wanted.with_files))
        if wanted.seconds is not None:
            order = replace(order, limits=replace(order.limits, wall=min(order.limits.wall, wanted.seconds)))
        result = await self.run_order(order, said, may_go)
        if wanted != _BASE_SUITE:
            check_there(whole.arguments[0], result)
        output = await asyncio.to_thread(whole_output, order.output, result.output)
        stopped = _STOPPED.get(result.ending)
        told = Run(exit_code=result.exit_code, output=output, collected=result.collected, stopped=stopped)
        return TestRun(report=read_asked(asked, told), result=result, tree=state)

    async def can_run_only(self, tests: tuple[str, ...]) -> bool:
        """Whether the repository's command can be told to run just these tests of the base."""
        return bool(only((await self._suite(Wanted(on_base=True)))[2], tests))

    async def coverage(self, *, on_base: bool = False) -> Coverage | None:
        """Which lines the tests run; None where nobody can measure it here."""
        _, tree, whole = await self._suite(Wanted(on_base=on_base))
        asked = with_coverage(whole)
        if asked is None:
            return None
        told = (await self.run_order(await self._test_order(asked, tree))).collected.get(asked.file)
        try:
            return None if told is None else read_coverage(asked.kind, told)
        except UnreadableReportError:
            return None

    async def _suite(self, wanted: Wanted) -> tuple[str, Path, TestCommand]:
        """The name of the files that tests are to run on, the folder they are in, and the command that runs them."""
        known = self._known(CommandKind.TEST)
        state = self.worktree.base if wanted.on_base else wanted.state or await self.state()
        tree = await self._tree(on_base=wanted.on_base)
        return state, tree, TestCommand(arguments=known.words, script=await asyncio.to_thread(_script, tree))

    async def _test_order(self, asked: Asked | CoverageAsked, tree: Path) -> SandboxCommand:
        """The repository's test command, with what makes it write a report."""
        mounts, environment = await self._dependencies(), {**self.repository.terms.environment, **asked.environment}
        if SEAL_KEY in environment:
            mounts = {**mounts, SEALING: await asyncio.to_thread(laid_inside, self.edges.git.home)}
            environment["PYTHONPATH"] = ":".join(filter(None, (environment.get("PYTHONPATH"), SEALING)))
        order = self._order(self._known(CommandKind.TEST), tree, mounts)
        return replace(order, arguments=asked.arguments, environment=environment, collect=asked.collect)

    async def base_suite(self, said: Said | None = None) -> TestRun:
        """All tests on the files as they were before the goal."""
        return await self.base_run(_BASE_SUITE, said)

    async def base_run(self, wanted: Wanted, said: Said | None = None) -> TestRun:
        """Tests on the files as they were before the goal, with others laid over them or not: run once a process, for
        nothing changes there."""
        key, runs = await asyncio.to_thread(self._base_key, wanted), self.edges.base_runs
        known = runs.get(key)
        if known is None:
            known = await self.tests(wanted, said=said)
            if not known.report.is_whole:
                return known  # what kept it from its end may be gone the next time
            runs[key] = known
            while len(runs) > _MOST_BASES:
                runs.popitem(last=False)
        runs.move_to_end(key)
        self.journal.sandboxed = self.journal.sandboxed and known.result.sandboxed
        return known

    def _base_key(self, wanted: Wanted) -> str:
        laid, locks = (  # dependencies are those of the lock files as they are now, on the base too
            [(path, hashlib.sha256(content).hexdigest()) for path, content in sorted(files.items())]
            for files in (wanted.with_files, self._lock_files())
        )
        return repr((self.repository.id, self.worktree.base, self.repository.terms, wanted.tests, laid, locks))

    async def state(self) -> str:
        """A name for the files as they are now, committed or not."""
        return await snapshot(self.edges.git, self.worktree)

    async def changed(self) -> tuple[Change, ...]:
        """All that differs from the base, committed or not."""
        return await compare(self.edges.git, self.worktree, self.worktree.base, await self.state())

    async def patch(self, *, most: int = _LONGEST_TEXT) -> Patch:
        """All that differs from the base, as a patch of at most so many bytes."""
        return await diff(self.edges.git, self.worktree, self.worktree.base, await self.state(), most=most)

    async def texts(self, paths: Collection[str], folder: Path | None = None) -> Sequence[TextChange]:
        """Files before the goal and now, as texts; None where there is none, or no text.

        `folder` has the files as they are to be; None for the worktree.
        """
        found, command = [], self.repository.terms.test
        before = await contents_at(self.edges.git, self.worktree.repository, self.worktree.base, paths)
        named = {PurePosixPath(word).as_posix() for word in (command.words if command is not None else ())}
        for path in paths:
            new = await asyncio.to_thread(_plain_file, (folder or self.worktree.path) / path)
            is_test = path in named or protection(path, self.repository.terms.test_files) is Protection.TEST
            old, text, place = _text(before.get(path)), _text(new), (folder or self.worktree.path) / path
            unread = await asyncio.to_thread(_mark_of, place) if text is None else ""
            found.append(TextChange(path=path, old=old, new=text, is_named=is_test, unread=unread))
        return found

    async def state_of(self, folder: Path) -> str:
        """The name that the files of a copy of the worktree would have."""
        return await snapshot(self.edges.git, replace(self.worktree, path=folder))

    async def texts_of(self, state: str, folder: Path | None = None) -> Sequence[TextChange]:
        """All that differs between the base and that state, as texts; `folder` has its files, None: the worktree."""
        differs = await compare(self.edges.git, self.worktree, self.worktree.base, state)
        return await self.texts([change.path for change in differs], folder)

    async def head(self) -> str:
        """The commit that the branch is at."""
        return await head_of(self.edges.git, self.worktree)

    def _known(self, kind: CommandKind) -> Command:
        command = self.repository.terms.command(kind)
        if command is None:
            raise ExternalBlocked(
                f"how «{self.repository.name}» is to be {_DONE[kind]}",
                how=f"say so under /repo, such as «{kind.value}: {_SUCH_AS[kind]}»",
            )
        return command

    def _order(self, command: Command, tree: Path, mounts: Mapping[str, Path]) -> SandboxCommand:
        self._output = next_output(self.edges.outputs_of(self.workspace), self.journal.task, self._output)
        return SandboxCommand(
            arguments=command.words,
            tree=tree,
            environment=self.repository.terms.environment,
            mounts=mounts,
            network=command.network,
            limits=self.limits(),
            output=self._output,
        )

    def limits(self) -> Limits:
        """What one command may take."""
        own = self.edges.limits
        return Limits(wall=own.command, cpu=2 * own.command, memory=own.memory, disk=own.disk, processes=own.processes)

    async def run_order(
        self, order: SandboxCommand, said: Said | None = None, may_go: asyncio.Event | None = None
    ) -> SandboxResult:
        """Run something in the sandbox; it is noted, and its last lines are told while it runs."""
        if order.output is not None:
            await asyncio.to_thread(order.output.parent.mkdir, parents=True, exist_ok=True)
        goal = self.workspace.goal

        def tell(lines: str) -> None:
            self.edges.tell(goal, lines)
            if said is not None:
                said(lines)

        try:
            result = await self.edges.sandbox.run(order, said=tell, may_go=may_go)
        finally:
            if may_go is None or may_go.is_set():
                self.edges.tell(goal, "")
        self.journal.ran(order, result)
        return result

    async def _tree(self, *, on_base: bool) -> Path:
        """The folder that a run is to see."""
        return await export(self.edges.git, self.worktree, self.worktree.base) if on_base else self.worktree.path

    async def _dependencies(self) -> Mapping[str, Path]:
        """What the set-up made, mounted where the commands look for it."""
        set_up = self.repository.terms.set_up
        if set_up is None or not set_up.is_approved:
            return {}  # /repo says so, and so does the first task
        return await kept_or_made(
            SetUpRun(
                home=self.edges.git.home / "dependencies",
                set_up=set_up,
                lock_files=await asyncio.to_thread(self._lock_files),
                order=self._order(set_up.command, self.worktree.path, {}),
                seconds=self.edges.limits.set_up,
                run=self.run_order,
                making=self.edges.making,
            )
        )

    def _lock_files(self) -> Mapping[str, bytes]:
        found = {name: _plain_file(self.worktree.path / name) for name in self.repository.terms.lock_files}
        return {name: content for name, content in found.items() if content is not None}


_DONE = {
    CommandKind.TEST: "tested",
    CommandKind.LINT: "linted",
    CommandKind.BUILD: "built",
    CommandKind.SET_UP: "set up",
}
_SUCH_AS = {
    CommandKind.TEST: "pytest -q",
    CommandKind.LINT: "ruff check",
    CommandKind.BUILD: "make",
    CommandKind.SET_UP: "npm ci",
}


def _script(tree: Path) -> str:
    """What `npm test` starts; empty where there is no such thing."""
    content = _plain_file(tree / "package.json")
    try:
        found = json.loads(content or b"")
        return str(found["scripts"]["test"])
    except (ValueError, KeyError, TypeError):
        return ""


def _plain_file(path: Path) -> bytes | None:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST_TEXT:
        return None
    return path.read_bytes()


def _mark_of(path: Path) -> str:
    """What names the contents of something that is no text; empty where nothing is."""
    if path.is_symlink():
        return f"link to {os.readlink(path)!a}"
    if not path.is_file():
        return "no file" if path.exists() else ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(content: bytes | None) -> str | None:
    try:
        return None if content is None else content.decode()
    except UnicodeDecodeError:
        return None
