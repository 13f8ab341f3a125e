"""Two Mileposts with books of their own on one repository: what one has made is left alone by the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.library import open_executor
from engine.coding.handing_in import mark_of, sweep
from engine.coding.options import CodeOptions, ListedRepository
from engine.coding.reports import HandIn
from engine.coding.workspaces import WorkspaceStatus
from engine.executor import AutonomousGoalExecutor
from engine.options import Options
from engine.values import Cause, TaskNumber
from tests.engine.coding.shop import FIX, Life, benches_of, git
from tests.fresh_database import fresh_database

BRANCH = "milepost/1-fix-the-bug-that-totals-are-wrong"


@asynccontextmanager
async def milepost(name: str, shop: Path, home: str = "") -> AsyncIterator[AutonomousGoalExecutor]:
    folder = shop.parent
    code = CodeOptions(listed=(ListedRepository(name="shop", path=shop),), worktrees=folder / (home or f"{name}-home"))
    database = fresh_database(folder / f"{name}.db")
    async with open_executor(database, options=Options(code=code)) as executor:
        assert executor.workbench is not None
        await executor.workbench.get()
        yield executor


async def begun(executor: AutonomousGoalExecutor) -> Life:
    life = Life(executor, FIX)
    life.id = await executor.take_up_goal(FIX, {"repository": "shop"})
    return life


@pytest.mark.long  # a second; engine/workspace/git/test_claiming.py claims names
async def test_the_same_goal_in_two_databases_works_on_two_branches(shop: Path) -> None:
    for home in ("", "both-home"):
        async with milepost(f"one{home}", shop, home) as one, milepost(f"two{home}", shop, home) as two:
            lives = [await begun(one), await begun(two)]
            branches, trees, logs = set(), set(), set()
            for life in lives:
                benches = benches_of(life.executor)
                for _ in range(2):
                    async with benches.open(await life.goal()) as bench:
                        branches.add(bench.workspace.branch)
                        trees.add(bench.worktree.path)
                        logs.add(bench.edges.outputs_of(bench.workspace))
            assert (len(branches), len(trees), len(logs)) == (2, 2, 2)
            for life in lives:
                await benches_of(life.executor).discard(life.id)


async def test_what_was_handed_in_for_the_goal_of_that_number_in_other_books_is_kept_for_those(shop: Path) -> None:
    async with milepost("one", shop, "both-home") as one, milepost("two", shop, "both-home") as two:
        names = []
        for life in [await begun(one), await begun(two)]:
            benches = benches_of(life.executor)
            async with benches.open(await life.goal()):
                about = (life.id, TaskNumber(2), await mark_of(benches, life.id))
            names.append(benches.kept.keep(about, HandIn(branch="mine"), Cause("update:1")))
        await sweep(benches_of(two))
        assert [*benches_of(one).kept.names()] == names[:1], "its own had been tried, and the other is not its own"
        await sweep(benches_of(one))
        assert benches_of(one).kept.names() == {}


async def test_what_a_neighbour_left_is_neither_moved_nor_deleted(shop: Path) -> None:
    async with milepost("one", shop) as one, milepost("two", shop) as two:
        first, second = await begun(one), await begun(two)
        async with benches_of(one).open(await first.goal()) as bench:
            assert bench.workspace.branch == BRANCH
        await benches_of(one).close(first.id)
        git(shop, "branch", "-f", BRANCH, git(shop, "commit-tree", "main^{tree}", "-m", "theirs").strip())
        theirs = git(shop, "rev-parse", BRANCH)
        other = benches_of(two)
        async with other.open(await second.goal()) as bench:
            assert bench.workspace.branch == f"{BRANCH}-2"
        await other.discard(second.id)
        assert git(shop, "rev-parse", BRANCH) == theirs
        await benches_of(one).discard(first.id)
        seconds = iter((0.0, 4_000.0))
        other._steady = lambda: next(seconds)
        gone = await other.known(second.id)
        await other.keep(replace(gone, undo_until=one.clock.now()))  # its day is over
        await other.look_after()
        workspace = await other.sources.store.workspace(second.id)
        assert workspace is not None
        assert workspace.status is WorkspaceStatus.GONE
        await benches_of(one).restore(first.id)
        assert git(shop, "rev-parse", BRANCH) == theirs
