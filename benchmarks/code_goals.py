"""What a code goal costs beside its model and its tests: on a repository of 3,000 files, alone and eight side by side.

A goal is one of an executor's: it is planned, opens its branch, takes over a test of its own and then a cure by hand,
proves and commits: the new test red without the cure, all tests, the new one alone. No model has a part in it. It is
timed from the first word to the commit, each for itself, and from that are taken the seconds in which the repository's
own tests ran, from the moment the sandbox began them until they ended, as the log of the goal has them; how many that
were is told. All the rest is ours: the ledger, the planner, git, copies of files, and the sandbox around each run. The
first goal of the process is told apart: it also runs the tests of the base, which those after it know. Of many side by
side it is told what each took in that way, and all of them until the last was done, with their tests. CPU is of all
processes together, with the tests, and with the closing of the worktree and what is laid out for the next one, both
done aside after the commit. The floor is plain git for the same, without tests: a worktree, the same changes, a look at
them, a commit. What a run of the tests adds is told apart as well: the sandbox around `true`; its floor copies all.
"""

import asyncio
import itertools
import os
import statistics
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from time import perf_counter, process_time

from benchmarks.figures import Figure, Wanted, beside
from benchmarks.sizes import Sizes
from bot.library import open_executor
from engine.coding.options import CodeOptions, ListedRepository
from engine.coding.reports import HandIn
from engine.coding.repositories import Command
from engine.executor import AutonomousGoalExecutor
from engine.goals import GoalStatus
from engine.options import Options
from engine.tasks import TaskStatus
from engine.values import Cause, GoalId
from engine.workspace.sandbox.commands import SandboxCommand
from engine.workspace.sandbox.sandbox import Sandbox
from engine.workspace.sandbox.watchdog import Usage

_IN_A_FOLDER = 50
_CHANGED = 3
_MOST = 1.0
"""Seconds of ours a goal."""
_AGAINST = "plain git, plain copies"
_ANY = 2**60
"""Bytes that processes may take while they are looked at."""
_SUITE = ("python3", "-m", "unittest", "discover", "-s", "checks")
_CHECK = "import unittest\n\n\nclass {name}(unittest.TestCase):\n    def test_it(self):\n        {body}\n"
_OLD = _CHECK.format(name="Old", body="self.assertEqual(1 + 1, 2)")
_LONG_AGO = 1_700_000_000
"""When the files of the repository were written, in seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where goals work."""

    repository: Path
    home: Path
    sandbox: Sandbox
    executor: AutonomousGoalExecutor
    turns: Lock = field(default_factory=Lock)
    """Git by itself makes and removes one worktree at a time: two at once may fail."""
    goals: list[tuple[float, float]] = field(default_factory=list)
    """Of each goal the seconds that are ours, and those of its tests."""


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """The seconds of a goal, and of each of many side by side; beside the same steps of git and copies alone."""
    return asyncio.run(_measured(folder / "code", sizes))


async def _measured(folder: Path, sizes: Sizes) -> list[Figure]:
    repository = _repository(folder / "project", sizes.files)
    async with _opened(folder, repository) as executor:
        place = Place(repository=repository, home=folder / "plain", sandbox=Sandbox(), executor=executor)
        place.home.mkdir()
        of_files, wanted = f"{sizes.files:,} files", Wanted(bound=_MOST)
        goal, run = Pair(place, _goal, _plain_goal), Pair(place, _run, _plain_run)
        figures = await _figures(goal, f"code goal to its commit, without its tests, {of_files}", sizes.rounds, wanted)
        (first, _), *others = place.goals
        tests = statistics.median(tests for _, tests in others)
        figures.append(Figure(name="the tests of such a goal, which are not counted", unit="s", value=tests))
        figures.append(Figure(name="the first code goal of a process, without its tests", unit="s", value=first))
        figures += await _side_by_side(goal, sizes.side_by_side)
        if (await place.sandbox.fitness()).holds:
            figures += await _figures(run, f"a run in the sandbox, {of_files}", sizes.rounds)
    return figures


@asynccontextmanager
async def _opened(folder: Path, repository: Path) -> AsyncIterator[AutonomousGoalExecutor]:
    """An executor that may work in the repository, and knows its tests."""
    listed = ListedRepository(name="project", path=repository)
    code = CodeOptions(listed=(listed,), worktrees=folder / "home", unsandboxed=True)
    async with open_executor(folder / "goals.db", options=Options(code=code)) as executor:
        (known,) = await executor.repositories.of(None)
        terms = replace(known.terms, test=Command(words=_SUITE), lint=None, build=None)
        await executor.repositories.change(known, terms, Cause("benchmark"))
        yield executor


class Pair:
    """A piece of work as Milepost does it, and as it is done without. Each returns the seconds that it took."""

    def __init__(
        self, place: Place, ours: Callable[[Place, int], Awaitable[float]], plain: Callable[[Place, int], float]
    ) -> None:
        self._place = place
        self._numbers = itertools.count(1)
        self._ours, self._plain = ours, plain

    async def ours(self) -> float:
        """Do it once."""
        return await self._ours(self._place, next(self._numbers))

    async def plain(self) -> float:
        """Do it once, without Milepost."""
        return await asyncio.to_thread(self._plain, self._place, next(self._numbers))


async def _figures(pair: Pair, name: str, rounds: int, wanted: Wanted | None = None) -> list[Figure]:
    """The seconds of each, and the seconds that it computed."""
    for work in (pair.ours, pair.plain):  # what comes first finds nothing in the machine's memory
        await work()
    costs = [(await _cost(pair.ours, 1), await _cost(pair.plain, 1)) for _ in range(rounds)]
    seconds = [(ours.seconds, plain.seconds) for ours, plain in costs]
    computed = [(ours.computed, plain.computed) for ours, plain in costs]
    told = beside(name, "s", seconds, against=_AGAINST)
    return [replace(told, wanted=wanted), beside(f"{name}, CPU", "s", computed, against=_AGAINST)]


async def _side_by_side(pair: Pair, times: int) -> list[Figure]:
    """The seconds of each of many at a time, and of all of them, once: they are a median among themselves."""
    ours, plain = await _cost(pair.ours, times), await _cost(pair.plain, times)
    name = f"{times} such goals side by side"
    return [
        beside(f"{name}, each without its tests", "s", [(ours.seconds, plain.seconds)], against=_AGAINST),
        beside(f"{name}, until all are done, with tests", "s", [(ours.until_all, plain.until_all)], against=_AGAINST),
        beside(f"{name}, CPU of each", "s", [(ours.computed, plain.computed)], against=_AGAINST),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a goal took, of those side by side."""

    seconds: float
    """The median of their own, each from its beginning to its end."""
    until_all: float
    """Until the last was done, with all that is not ours."""
    computed: float
    """Seconds of computing, of all processes together, by the number of goals."""


async def _cost(work: Callable[[], Awaitable[float]], times: int) -> Cost:
    usage = Usage()
    usage.look(_ANY)
    computed, begin = process_time() + usage.cpu, perf_counter()
    seconds = await asyncio.gather(*(work() for _ in range(times)))
    until_all = perf_counter() - begin
    usage.look(_ANY)
    computed = (process_time() + usage.cpu - computed) / times
    return Cost(seconds=statistics.median(seconds), until_all=until_all, computed=computed)


def _repository(folder: Path, files: int) -> Path:
    """One that people work in: its objects are packed, as those of a clone are, and its files are not of this second,
    in which git would have to read all of them again at each look."""
    for number in range(files):
        place = folder / _path(number)
        place.parent.mkdir(parents=True, exist_ok=True)
        body = "\n".join(f"def sum_{number}_{part}(a, b):\n    return a - b + {part}\n" for part in range(20))
        place.write_text(body, "utf-8")
        os.utime(place, (_LONG_AGO, _LONG_AGO))
    (folder / "checks").mkdir()
    (folder / "checks" / "test_old.py").write_text(_OLD, "utf-8")
    for words in ("init --quiet --initial-branch=main", "add --all", "commit --quiet -m All", "gc --quiet"):
        _git(folder, *words.split(" "))
    return folder


def _path(number: int) -> str:
    return f"package_{number // _IN_A_FOLDER}/module_{number}.py"


def _new(number: int) -> str:
    """A test that fails without the cure, of one goal alone: what another goal saw of it is not known."""
    body = "import package_0.module_0 as m; self.assertEqual(m.sum_0_0(3, 1), 4)"
    return _CHECK.format(name=f"New{number}", body=body)


def _cured(repository: Path) -> dict[str, str]:
    """The files that the cure changes, as they are to be."""
    texts = {_path(one): (repository / _path(one)).read_text("utf-8") for one in range(_CHANGED)}
    return {path: text.replace("a - b", "a + b") for path, text in texts.items()}


def _git(folder: Path, *words: str) -> None:
    by = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "gc.auto=0")
    subprocess.run(("git", *by, *words), cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def _goal(place: Place, number: int) -> float:
    """A goal from its words to its commit, with a person as the author who has it all at hand."""
    executor, begin = place.executor, perf_counter()
    cure = {path: text.encode() for path, text in _cured(place.repository).items()}
    goal = await executor.take_up_goal(f"Fix the bug that sums are wrong, {number}", {"repository": "project"})
    for files in ({"checks/test_new.py": _new(number).encode()}, cure):
        await executor.carry_goal(goal, 300.0)
        known = await executor.goal(goal)
        waiting = next(task for task in known.live_tasks if task.status is TaskStatus.WAITING)
        await executor.hand_in_code(goal, waiting.number, HandIn(files=files))
    await executor.carry_goal(goal, 300.0)
    seconds = perf_counter() - begin
    if (await executor.goal(goal)).status is not GoalStatus.COMPLETED or executor.workbench is None:
        raise RuntimeError("the work was not proven and committed")
    await (await executor.workbench.get()).close(goal)  # which is under way, and would disturb the next
    tests = await _of_tests(executor, goal)
    place.goals.append((seconds - tests, tests))
    return seconds - tests


async def _of_tests(executor: AutonomousGoalExecutor, goal: GoalId) -> float:
    """The seconds in which commands of the repository ran for a goal."""
    rows = await executor.queries.log(goal, before=None, limit=500)
    runs = [run for row in rows if isinstance(told := row.details.get("runs"), list) for run in told]
    return sum(float(str(run["seconds"])) for run in runs if isinstance(run, dict))


async def _run(place: Place, _: int) -> float:
    begin = perf_counter()
    result = await place.sandbox.run(SandboxCommand(arguments=("true",), tree=place.repository))
    if not result.passed:
        raise RuntimeError(f"the sandbox failed: {result.output}")
    return perf_counter() - begin


def _plain_run(place: Place, number: int) -> float:
    begin = perf_counter()
    copy = place.home / f"copy-{number}"
    copy.mkdir()
    files = [entry for entry in place.repository.iterdir() if entry.name != ".git"]
    subprocess.run(["cp", "--archive", *files, copy], check=True)
    subprocess.run(["rm", "--recursive", "--force", copy], check=True)
    return perf_counter() - begin


def _plain_goal(place: Place, number: int) -> float:
    """The same as a person does it, but for the tests."""
    begin = perf_counter()
    tree = place.home / f"work-{number}"
    with place.turns:
        _git(place.repository, "worktree", "add", "--quiet", "-b", f"plain-{number}", str(tree), "main")
    (tree / "checks" / "test_new.py").write_text(_new(number), "utf-8")
    for path, text in _cured(place.repository).items():
        (tree / path).write_text(text, "utf-8")
    for words in (("status", "--porcelain"), ("diff", "main"), ("add", "--all"), ("commit", "--quiet", "-m", "Fix")):
        _git(tree, *words)
    seconds = perf_counter() - begin
    with place.turns:
        _git(place.repository, "worktree", "remove", "--force", str(tree))
    return seconds
