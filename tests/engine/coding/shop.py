"""The shop: a repository with a fault, what people hand in for it, and a goal in it that is carried by hand."""

import asyncio
import subprocess
from collections.abc import Mapping
from pathlib import Path

from engine.coding.benches import Benches
from engine.coding.making import MadeWorkbench
from engine.coding.reports import HandIn
from engine.coding.workspaces import WorkspaceStatus
from engine.commands import Origin
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.tasks import Task, TaskStatus
from engine.values import GoalId, JsonValue, TaskNumber
from tests.waiting import others_at_work

SHOP = """def total(prices):
    s = 0
    for p in prices[1:]:
        s += p
    return s


def count(prices):
    n = 0
    for p in prices:
        n = n + 1
    return n
"""
TESTS = """import unittest
from shop import count, total


class Shop(unittest.TestCase):
    def test_nothing_costs_nothing(self):
        self.assertEqual(total([]), 0)

    def test_things_are_counted(self):
        self.assertEqual(count([1, 2]), 2)
"""
_CLOSED = WorkspaceStatus.REMOVED
FIX = "Fix the bug that totals are wrong"


def unittest_of(body: str, imports: str = "from shop import count, total") -> bytes:
    """A file with one test."""
    lines = f"import unittest\n{imports}\n\n\nclass New(unittest.TestCase):\n    def test_new(self):\n        {body}\n"
    return lines.encode()


RED_TEST = {"test_total.py": unittest_of("self.assertEqual(total([1, 2]), 3)")}


def patch(old: str, new: str, file: str = "shop.py", text: str = SHOP) -> bytes:
    """A unified diff that turns one line into another."""
    lines = text.splitlines()
    at = lines.index(old)
    told = [f"--- a/{file}", f"+++ b/{file}", f"@@ -{at + 1},1 +{at + 1},1 @@", f"-{old}", f"+{new}", ""]
    return "\n".join(told).encode()


WRONG = patch("    for p in prices[1:]:", "    for p in prices[:1]:")
CURE = patch("    for p in prices[1:]:", "    for p in prices:")


def git(folder: Path, *words: str) -> str:
    """What the person's own git says."""
    by = ("-c", "user.name=Ann", "-c", "user.email=ann@shop.example")
    done = subprocess.run(["git", "-C", str(folder), *by, *words], capture_output=True, text=True, check=True)
    return done.stdout


def make_shop(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """A repository with one commit."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for path, text in (files or {"shop.py": SHOP, "test_shop.py": TESTS}).items():
        (folder / path).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "The shop")
    return folder


def state_of(folder: Path) -> tuple[str, str, str, dict[str, bytes]]:
    """All that a person would notice of their checkout."""
    files = {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    own = {path: content for path, content in files.items() if not path.startswith(".git/")}
    return (
        git(folder, "rev-parse", "HEAD"),
        git(folder, "status", "--porcelain"),
        git(folder, "branch", "--show-current"),
        own,
    )


class Life:
    """One code goal, carried by whoever writes the test."""

    def __init__(self, executor: AutonomousGoalExecutor, text: str = FIX, **metadata: JsonValue) -> None:
        self.executor = executor
        self.text = text
        self.context: dict[str, JsonValue] = {"repository": "shop", **metadata}
        self.id = GoalId(0)
        self.origin = Origin()
        """With a cause it is this goal that is taken up, also once that has ended."""

    async def go_on(self) -> Goal:
        """Let it go on until it rests."""
        self.id = await self.executor.take_up_goal(self.text, self.context, origin=self.origin)
        await self.executor.carry_goal(self.id, 120.0)
        return await self.goal()

    async def goal(self) -> Goal:
        return await self.executor.goal(self.id)

    async def hand_in(self, hand_in: HandIn) -> Goal:
        """Hand it in for what waits, and go on."""
        task = self.waiting(await self.goal())
        await self.executor.hand_in_code(self.id, task.number, hand_in)
        return await self.go_on()

    def waiting(self, goal: Goal) -> Task:
        """The one task that waits for a person."""
        (task,) = [one for one in goal.live_tasks if one.status is TaskStatus.WAITING]
        return task

    async def benches(self) -> Benches:
        return benches_of(self.executor)

    async def closed(self) -> None:
        """Wait until the worktree of a goal that has ended is gone, and its report on its way."""
        announcer = self.executor.announcer
        assert announcer is not None
        store = (await self.benches()).sources.store
        async with asyncio.timeout(60):
            while (workspace := await store.workspace(self.id)) is None or workspace.status is not _CLOSED:
                await others_at_work()
            while not announcer.is_idle:
                await others_at_work()

    async def log(self) -> list[str]:
        """The names of all that happened, the oldest first."""
        rows = await self.executor.queries.log(self.id, before=None, limit=500)
        return [row.event for row in reversed(rows)]


def benches_of(executor: AutonomousGoalExecutor) -> Benches:
    """The workspaces behind an executor."""
    assert executor.workbench is not None
    assert isinstance(executor.workbench.made, MadeWorkbench)
    return executor.workbench.made.benches


def newest(goal: Goal, work: str) -> Task:
    """The last task of a work."""
    return max((one for one in goal.tasks.values() if one.work == work), key=lambda one: one.number)


def number_of(goal: Goal, work: str) -> TaskNumber:
    return newest(goal, work).number
