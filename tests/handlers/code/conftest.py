"""A real little repository with a bug in it, and a bot that may work there. Without bubblewrap it runs without."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.local.messages import FileKind, Upload
from bot.local.people import Look
from engine import events as e
from engine.coding.options import ANSWERED_BY, APPROVED, CodeOptions, ListedRepository
from engine.coding.remembering import rebase_wanted, remembered
from engine.coding.reports import (
    BaseStanding,
    Check,
    CodeCommit,
    CodeReport,
    Difference,
    Facts,
    Flagged,
    Footing,
    HandIn,
    LaidOnBase,
    Trial,
    WayOut,
)  # fmt: skip
from engine.coding.repositories import Command, CommandKind, Repository, RepositoryId
from engine.coding.workbench import Workbench
from engine.coding.workspaces import UNDO, Workspace, WorkspaceStatus
from engine.decisions import Decision, Moment
from engine.errors import HandedBack, RefusedError
from engine.execution.hand_ins import AS_IT_IS, taken_in, to_try
from engine.goals import Goal
from engine.options import Options
from engine.tasks import Outcome, Task
from engine.values import Cause, ChatId, GoalId, JsonValue, TaskNumber, UserId
from tests.engine.coding.shop import make_shop
from tests.handlers.conftest import ANN, Talk

SHOP = "def total(prices):\n    result = 0\n    for price in prices[1:]:\n        result += price\n    return result\n"
TESTS = (
    "import unittest\n\nfrom shop import total\n\n\nclass Totals(unittest.TestCase):\n"
    "    def test_nothing(self):\n        self.assertEqual(total([]), 0)\n"
)
SHOWN = TESTS.replace("Totals", "Sums").replace("test_nothing", "test_two").replace("total([]), 0", "total([1, 2]), 3")
CURE = "--- a/shop.py\n+++ b/shop.py\n@@ -3 +3 @@\n-    for price in prices[1:]:\n+    for price in prices:\n"


def shop(place: Path) -> Path:
    """A repository whose totals are wrong."""
    return make_shop(place, {"shop.py": SHOP, "test_shop.py": TESTS})


@dataclass
class Shop:
    """The talk, and the repository."""

    talk: Talk
    place: Path

    async def send(self, name: str, content: str, **look: object) -> str:
        """Send a document; returns what the bot says."""
        made = Look(kind=FileKind.DOCUMENT, **look)  # type: ignore[arg-type] # a test's own words
        self.talk.simulator.send_upload(ANN, Upload(name=name, content=content.encode()), made)
        return await self.talk.serve(ANN.id)

    async def open(self) -> None:
        """A workspace for the goal, as the first task of a real one opens it."""
        goal = (await self.talk.engine.queries.goals_of(ChatId(ANN.id), ended=False, offset=0, limit=1))[0].id
        new = Workspace(
            goal=goal, repository=RepositoryId(1), branch=f"milepost/{goal}", base="main", base_commit="",
            path=self.place,
        )  # fmt: skip
        await self.talk.database.workspaces.keep(new, self.talk.clock.now())

    async def fixing(self) -> None:
        """A goal that waits for a test that shows the bug."""
        await self.talk.say("/fix totals are wrong")
        await self.talk.press("Start")

    async def fixed(self) -> str:
        """A goal that is done, by hand; its report."""
        await self.fixing()
        await self.send("test_sums.py", SHOWN)
        await self.talk.press("That's all of them")
        return await self.send("cure.patch", CURE)


@pytest.fixture
def options(tmp_path: Path) -> Options:
    listed = ListedRepository(name="shop", path=shop(tmp_path / "code" / "shop"))
    code = CodeOptions(listed=(listed,), roots=(tmp_path / "code",), worktrees=tmp_path / "trees", unsandboxed=True)
    return Options(code=code)


@pytest.fixture
async def at(talk: Talk, tmp_path: Path) -> Shop:
    """A talk about the shop, whose tests are known."""
    (known,) = await talk.engine.repositories.of(UserId(ANN.id))
    terms = replace(known.terms, test=Command(words=("python3", "-m", "unittest")))
    await talk.engine.repositories.change(known, terms, Cause("known"))
    return Shop(talk, tmp_path / "code" / "shop")


DIFFERENCE = Difference(text="+fixed\n", cut=False, files=1, added=1, removed=0)
REPORT = CodeReport(
    repository="shop",
    branch="milepost/1-fix-totals",
    base="main",
    status="ready",
    commits=(CodeCommit(commit="a1b2c3d4e5f6a7b8c9d0", subject="Fix: totals", task="1.5"),),
    difference=DIFFERENCE,
    tests_before="1 passed",
    tests_after="2 passed",
    checks=(Check(name="the new test passes with it", held=True, words="1 passed"),),
    proven=True,
    cost=0,
    seconds=3.0,
    sandboxed=True,
)


class FakeBench(Workbench):
    """A workbench that remembers what was asked of it, and answers what a test wants."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.state: CodeReport | None = REPORT
        self.base = BaseStanding(ahead=1, behind=0, conflicts=())
        self.way: WayOut | None = WayOut(remote="origin", address="https://example.org/shop.git", is_there=False)
        self.found = Flagged(
            changes=(), difference=Difference(text="", cut=False, files=0, added=0, removed=0), state=""
        )
        self.fit = Footing()
        self.fault: Exception | None = None
        """What the next command is met with; None to let it through."""
        self.faults_of_close: list[Exception] = []
        self.goes_on = asyncio.Event()
        """What takes long is over once it is set."""
        self.goes_on.set()
        self.kept: dict[Cause, HandIn] = {}
        self.left: tuple[str, ...] = ()
        self.trial = Trial(kind=CommandKind.TEST, fine=True, words="12 passed")
        self.asked: list[tuple[object, ...]] = []

    def note(self, *asked: object) -> None:
        """Remember a command, unless it is to fail."""
        if self.fault is not None:
            raise self.fault
        self.asked.append(asked)

    def now(self, status: str) -> Workspace:
        """The workspace in another status."""
        assert self.state is not None
        self.state = replace(self.state, status=status)
        until = self.talk.clock.now() + UNDO if status == "discarded" else None
        return Workspace(
            goal=GoalId(1), repository=RepositoryId(1), branch=self.state.branch, base="main", base_commit="",
            path=Path("/nowhere"), status=WorkspaceStatus(status), undo_until=until,
        )  # fmt: skip

    async def fitness(self) -> Footing:
        return self.fit

    async def close(self, goal: GoalId) -> None:
        if self.faults_of_close:
            raise self.faults_of_close.pop()
        self.now("removed")

    async def discard(self, goal: GoalId) -> Workspace:
        self.note("discard", goal)
        return self.now("discarded")

    async def restore(self, goal: GoalId) -> Workspace:
        self.note("restore", goal)
        return self.now("removed")

    async def look_after(self) -> None:
        """Nothing to do."""

    async def report(self, goal: GoalId) -> CodeReport | None:
        return self.state

    async def diff(self, goal: GoalId) -> Difference:
        assert self.state is not None
        assert self.state.difference is not None
        return self.state.difference

    async def standing(self, goal: GoalId) -> BaseStanding:
        return self.base

    async def way_out(self, goal: GoalId) -> WayOut | None:
        return self.way

    async def rebase(self, goal: GoalId) -> LaidOnBase:
        self.note("rebase", goal)
        await self.goes_on.wait()
        if not self.base.conflicts:
            self.base = replace(self.base, behind=0)
        return LaidOnBase(conflicts=self.base.conflicts)

    async def want_rebase(self, goal: GoalId, cause: Cause) -> None:
        await self.talk.engine.ledger.change(goal, rebase_wanted(cause), cause, once=True)

    async def push(self, goal: GoalId, commit: str) -> str:
        self.note("push", commit)
        assert self.way is not None
        self.way = replace(self.way, is_there=True)
        return self.way.address

    async def open_pull_request(self, goal: GoalId, commit: str) -> str:
        self.note("pull", commit)
        assert self.state is not None
        self.state = replace(self.state, pull_request="https://example.org/pull/3")
        return "https://example.org/pull/3"

    async def hand_in(self, goal: GoalId, task: TaskNumber, hand_in: HandIn, cause: Cause) -> Goal:
        raise NotImplementedError("chats keep what is handed in")

    async def keep_to_try(self, goal: GoalId, task: TaskNumber, hand_in: HandIn, cause: Cause) -> Goal:
        assert cause is not None
        self.kept[cause] = hand_in
        decision = taken_in(task, cause, "patch" if hand_in.patch else "files" if hand_in.files else AS_IT_IS)
        return (await self.talk.engine.ledger.change(goal, decision, cause, once=True)).goal

    async def try_hand_in(self, goal: GoalId, task: Task) -> Outcome:
        try:
            self.note("hand_in", self.kept[Cause(to_try(task))])
        except RefusedError as error:
            raise HandedBack(str(error)) from error
        return Outcome(summary="Handed in", by_person=True)

    async def left_behind(self, goal: GoalId, task: TaskNumber) -> tuple[str, ...]:
        return self.left

    async def flagged(self, goal: GoalId) -> Flagged:
        return self.found

    async def approve_tests(self, goal: GoalId, state: str, cause: Cause) -> Goal:
        self.note("approve", state)
        kept = {one.path: state for one in self.found.changes}
        self.found = replace(self.found, changes=())
        decided = await self.talk.engine.ledger.change(goal, _approved(kept, cause), cause, once=True)
        return decided.goal

    async def deny_tests(self, goal: GoalId, state: str, cause: Cause) -> Goal:
        self.note("deny", state)
        self.found = replace(self.found, changes=())
        return await self.talk.engine.goal(goal)

    async def try_command(self, repository: Repository, kind: CommandKind) -> Trial:
        command = repository.terms.command(kind)
        self.note("try", kind, command.line if command is not None else "")
        return replace(self.trial, kind=kind)

    async def facts(self, goal: Goal) -> Facts:
        return {}


def _approved(kept: dict[str, JsonValue], cause: Cause) -> Decision:
    """The decision that keeps a yes to changed tests with the goal."""

    def decide(goal: Goal, moment: Moment) -> list[e.Event]:
        del moment
        return [remembered(goal, {APPROVED: kept, ANSWERED_BY: dict.fromkeys(kept, cause)})]

    return decide


@pytest.fixture
def bench(at: Shop) -> FakeBench:
    """The talk, with a fake behind it: nothing runs."""
    made = FakeBench(at.talk)
    assert at.talk.engine.workbench is not None
    at.talk.engine.workbench.made = made
    return made
