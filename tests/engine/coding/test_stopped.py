"""A code goal that stops before its end: what is there is told, shown, and there again once the goal goes on."""

from pathlib import Path

import pytest

from engine.coding.reports import CodeReport, HandIn
from engine.executor import AutonomousGoalExecutor
from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from tests.engine.coding.shop import CURE, RED_TEST, Life, benches_of, git, state_of


async def stopped(executor: AutonomousGoalExecutor, hand_in: HandIn) -> Life:
    """A goal that is cancelled after something was handed in."""
    life = Life(executor)
    await life.go_on()
    await life.hand_in(hand_in)
    await executor.cancel_goal(life.id)
    await life.closed()
    return life


async def report_of(executor: AutonomousGoalExecutor, life: Life) -> CodeReport:
    assert executor.workbench is not None
    report = await (await executor.workbench.get()).report(life.id)
    assert report is not None
    return report


async def test_what_is_not_committed_when_a_goal_stops_is_told_and_shown(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    before = state_of(shop)
    life = await stopped(executor, HandIn(files=RED_TEST))
    report = await report_of(executor, life)
    assert (report.status, report.commits, report.proven) == ("removed", (), False)
    assert report.difference is not None
    assert (report.difference.files, report.difference.uncommitted) == (1, 1)
    assert "+        self.assertEqual(total([1, 2]), 3)" in report.difference.text
    assert git(shop, "worktree", "list").count("\n") == 1
    assert state_of(shop)[1:3] == before[1:3]


@pytest.mark.long  # a whole life; engine/workspace/git/test_putting_away.py has it by itself
async def test_a_goal_that_is_opened_again_goes_on_from_what_was_there(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = await stopped(executor, HandIn(files=RED_TEST))
    await executor.reopen_goal(life.id)
    await executor.carry_goal(life.id, 120.0)
    goal = await executor.goal(life.id)
    task = life.waiting(goal)
    assert task.inputs["part"] == "change"
    await executor.hand_in_code(life.id, task.number, HandIn(patch=CURE))
    await executor.carry_goal(life.id, 120.0)
    goal = await executor.goal(life.id)
    assert goal.status is GoalStatus.COMPLETED
    assert {one.status for one in goal.live_tasks} == {TaskStatus.COMPLETED}
    await life.closed()
    report = await report_of(executor, life)
    assert report.proven
    assert report.difference is not None
    assert (report.difference.words, report.difference.uncommitted) == ("2 files, +8 −1", 0)
    assert "unproven" not in git(shop, "for-each-ref")


@pytest.mark.long  # a whole life; engine/workspace/git/test_putting_away.py has it by itself
async def test_what_was_put_away_comes_back_with_a_discarded_branch(executor: AutonomousGoalExecutor) -> None:
    life = await stopped(executor, HandIn(files=RED_TEST))
    assert executor.workbench is not None
    workbench = await executor.workbench.get()
    await workbench.discard(life.id)
    await workbench.restore(life.id)
    assert (await workbench.diff(life.id)).words == "1 file, +7 −0"


@pytest.mark.long  # a whole life; engine/workspace/git/test_putting_away.py has it by itself
async def test_a_branch_is_rebased_with_what_was_put_away_of_it(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life = await stopped(executor, HandIn(files=RED_TEST))
    (shop / "README.md").write_text("A shop\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "Say what it is")
    assert executor.workbench is not None
    workbench = await executor.workbench.get()
    async with benches_of(executor).open(await life.goal()) as bench:  # a kill left it open, with what was put away
        tree = bench.worktree.path
    await workbench.rebase(life.id)
    assert not tree.exists()
    assert (await workbench.standing(life.id)).behind == 0
    assert (await workbench.diff(life.id)).words == "1 file, +7 −0"


@pytest.mark.long  # a whole life; engine/workspace/git/test_putting_away.py has it by itself
async def test_what_was_put_away_and_fits_the_branch_no_longer_is_told_with_the_place_where_it_is_kept(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = await stopped(executor, HandIn(files=RED_TEST))
    (shop / "test_total.py").write_text("# another one\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "A test of that name")
    assert executor.workbench is not None
    await (await executor.workbench.get()).rebase(life.id)
    report = await report_of(executor, life)
    assert report.difference is not None
    assert (report.difference.words, report.difference.uncommitted) == ("0 files, +0 −0", 0)
    assert "+        self.assertEqual(total([1, 2]), 3)" in git(shop, "show", report.difference.misfit)
