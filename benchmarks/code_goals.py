"""What a code goal costs beside its model and its tests: on a repository of 3,000 files, alone and eight side by side.

A goal does what fixing a bug does, step by step, each as a task of its own that finds the worktree again: look, write a
test that is to be red on the base, change, prove it, commit, report, tidy up. The floor does the same steps with git as
a person calls it. What a run of tests adds is told apart: the sandbox, with a copy of all files, around `true`; its
floor copies all files.
"""

import asyncio
import itertools
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.figures import Figure, Wanted, beside
from benchmarks.sizes import Sizes
from engine.clock import SystemClock
from engine.values import GoalId
from engine.workspace.access.code_access import CodeAccess
from engine.workspace.access.editing import Edit
from engine.workspace.access.globs import Globs
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, commit
from engine.workspace.git.naming import branch_name
from engine.workspace.git.reading import changes, compare, diff, log, snapshot
from engine.workspace.git.worktrees import Worktree, ensure, export, head_of, remove
from engine.workspace.sandbox.commands import SandboxCommand
from engine.workspace.sandbox.sandbox import Sandbox
from engine.workspace.sandbox.watchdog import Usage

_IN_A_FOLDER = 50
_CHANGED = 3
_PROOFS = 2
"""How often a goal looks whether its change does: the new test, then all of them."""
_MOST = 1.0
"""Seconds of ours a goal."""
_ANY = 2**60
"""Bytes that processes may take while they are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where goals work."""

    repository: Path
    home: Path
    git: Git
    sandbox: Sandbox


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """The seconds of a goal, and of each of many side by side; beside the same steps of git alone."""
    return asyncio.run(_measured(folder / "code", sizes))


async def _measured(folder: Path, sizes: Sizes) -> list[Figure]:
    place = Place(
        repository=_repository(folder / "project", sizes.files),
        home=folder / "plain",
        git=Git(folder / "home", SystemClock()),
        sandbox=Sandbox(),
    )
    place.home.mkdir()
    of_files, wanted = f"{sizes.files:,} files", Wanted(bound=_MOST)
    goal, run = Pair(place, _goal, _plain_goal), Pair(place, _run, _plain_run)
    figures = [
        *await _figures(goal, (f"code goal on {of_files}", 1), sizes.rounds, wanted),
        *await _figures(
            goal, (f"{sizes.side_by_side} such goals side by side, each", sizes.side_by_side), sizes.rounds, wanted
        ),
    ]
    if (await place.sandbox.fitness()).holds:
        figures += await _figures(run, (f"a run in the sandbox, {of_files}", 1), sizes.rounds)
    return figures


class Pair:
    """A piece of work as Milepost does it, and as it is done without."""

    against = "plain git and copies"

    def __init__(
        self, place: Place, ours: Callable[[Place, int], Awaitable[None]], plain: Callable[[Place, int], None]
    ) -> None:
        self._place = place
        self._numbers = itertools.count(1)
        self._ours, self._plain = ours, plain

    async def ours(self) -> None:
        """Do it once."""
        await self._ours(self._place, next(self._numbers))

    async def plain(self) -> None:
        """Do it once, without Milepost."""
        await asyncio.to_thread(self._plain, self._place, next(self._numbers))


async def _figures(pair: Pair, what: tuple[str, int], rounds: int, wanted: Wanted | None = None) -> list[Figure]:
    """The seconds of each, and the seconds that it computed."""
    name, times = what
    for work in (pair.ours, pair.plain):  # what comes first finds nothing in the machine's memory
        await work()
    costs = [(await _cost(pair.ours, times), await _cost(pair.plain, times)) for _ in range(rounds)]
    seconds = [(ours.seconds, plain.seconds) for ours, plain in costs]
    computed = [(ours.computed, plain.computed) for ours, plain in costs]
    told = ((name, seconds), (f"{name}, CPU", computed))
    figures = [beside(said, "s", pairs, against=pair.against) for said, pairs in told]
    return [replace(figure, wanted=wanted) for figure in figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a goal took, on average over those side by side."""

    seconds: float
    """From the first beginning to the last end, by the number of goals."""
    computed: float
    """Seconds of computing, of all processes together."""


async def _cost(work: Callable[[], Awaitable[None]], times: int) -> Cost:
    usage = Usage()
    usage.look(_ANY)
    begin, computed = perf_counter(), process_time() + usage.cpu
    async with asyncio.TaskGroup() as group:
        for _ in range(times):
            group.create_task(_done(work))
    end = perf_counter()
    usage.look(_ANY)
    return Cost(seconds=(end - begin) / times, computed=(process_time() + usage.cpu - computed) / times)


async def _done(work: Callable[[], Awaitable[None]]) -> None:
    await work()


def _repository(folder: Path, files: int) -> Path:
    for number in range(files):
        place = folder / _path(number)
        place.parent.mkdir(parents=True, exist_ok=True)
        body = "\n".join(f"def sum_{number}_{part}(a, b):\n    return a - b + {part}\n" for part in range(20))
        place.write_text(body, "utf-8")
    for words in (("init", "--quiet", "--initial-branch=main"), ("add", "--all"), ("commit", "--quiet", "-m", "All")):
        _git(folder, *words)
    return folder


def _path(number: int) -> str:
    return f"package_{number // _IN_A_FOLDER}/module_{number}.py"


def _git(folder: Path, *words: str) -> None:
    by = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "gc.auto=0")
    subprocess.run(("git", *by, *words), cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def _goal(place: Place, number: int) -> None:
    """A goal as Milepost works on it."""
    git, branch = place.git, branch_name(GoalId(number), "Fix the sums")
    worktree = (await ensure(git, place.repository, branch, "main")).worktree
    code = CodeAccess(worktree.path, Globs(), lambda _: None)
    code.read(_path(0))
    await _found_again(place, worktree)
    code.write("tests/test_sums.py", "def test_sums():\n    assert True\n")
    await export(git, worktree, worktree.base)
    await _found_again(place, worktree)
    code.edit([Edit(path=_path(one), old_text=f"sum_{one}_0(a, b)", new_text=f"sum_{one}_0(b, a)") for one in _ones()])
    await changes(git, worktree)
    await _found_again(place, worktree)
    for _ in range(_PROOFS):
        await snapshot(git, worktree)
    await compare(git, worktree, worktree.base, await snapshot(git, worktree))
    await _found_again(place, worktree)
    paths = tuple(change.path for change in await changes(git, worktree))
    made = await commit(git, worktree, CommitOrder(paths=paths, message="Fix", goal=GoalId(number), task="commit"))
    if made is None or len(made.paths) != len(paths) or not paths:
        raise RuntimeError("the work was not committed")
    await _found_again(place, worktree)
    await diff(git, worktree, worktree.base, made.commit)
    await log(git, worktree)
    await remove(git, place.repository, branch)


def _ones() -> range:
    return range(_CHANGED)


async def _found_again(place: Place, worktree: Worktree) -> None:
    """What goes before and after each task."""
    await ensure(place.git, place.repository, worktree.branch, worktree.base)
    await head_of(place.git, worktree)


async def _run(place: Place, _: int) -> None:
    result = await place.sandbox.run(SandboxCommand(arguments=("true",), tree=place.repository))
    if not result.passed:
        raise RuntimeError(f"the sandbox failed: {result.output}")


def _plain_run(place: Place, _: int) -> None:
    copy = place.home / "copy"
    copy.mkdir()
    files = [entry for entry in place.repository.iterdir() if entry.name != ".git"]
    subprocess.run(["cp", "--archive", *files, copy], check=True)
    subprocess.run(["rm", "--recursive", "--force", copy], check=True)


def _plain_goal(place: Place, number: int) -> None:
    """The same steps as a person takes them."""
    tree, base = place.home / f"work-{number}", place.home / f"base-{number}"
    _git(place.repository, "worktree", "add", "--quiet", "-b", f"plain-{number}", str(tree), "main")
    (tree / "tests").mkdir()
    (tree / "tests" / "test_sums.py").write_text("def test_sums():\n    assert True\n", "utf-8")
    _git(place.repository, "worktree", "add", "--quiet", "--detach", str(base), "main")
    for one in _ones():
        file = tree / _path(one)
        file.write_text(file.read_text("utf-8").replace("(a, b)", "(b, a)", 1), "utf-8")
    for _ in range(1 + _PROOFS):
        _git(tree, "status", "--porcelain")
    _git(tree, "diff", "main")
    _git(tree, "add", "--all")
    _git(tree, "commit", "--quiet", "-m", "Fix")
    _git(tree, "diff", "main")
    _git(tree, "log", "main..HEAD")
    for folder in (tree, base):
        _git(place.repository, "worktree", "remove", "--force", str(folder))
