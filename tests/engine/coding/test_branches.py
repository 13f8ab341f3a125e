"""What becomes of a goal's branch: pushed with a yes alone, laid on a base that moved on, thrown away and had back."""

import asyncio
import datetime as dt
import math
from pathlib import Path

import pytest

from engine.clock import Clock
from engine.coding import reporting
from engine.coding.reports import CodeReport, HandIn, LaidOnBase
from engine.coding.summing_up import summed_up
from engine.coding.workspaces import WorkspaceStatus
from engine.errors import ApprovalAwaited, NotFoundError, PermanentError, RefusedError
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.workspace.git.commands import Git, Located
from engine.workspace.git.errors import NoRemote
from engine.workspace.git.pull_requests import Opened, PullRequest
from engine.workspace.git.worktrees import Worktree
from engine.workspace.sandbox.fitness import Fitness
from handlers.views.cards import render_card
from tests.engine.coding.shop import CURE, RED_TEST, Life, benches_of, git, unittest_of
from tests.engine.coding.works.test_works import run


class Ahead:
    """A clock that somebody put forward."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.by = dt.timedelta()
        self.speed = clock.speed
        self.sleep = clock.sleep

    def now(self) -> dt.datetime:
        return self._clock.now() + self.by


async def fixed(executor: AutonomousGoalExecutor) -> tuple[Life, Goal]:
    """A goal whose fix is committed."""
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    goal = await life.hand_in(HandIn(patch=CURE))
    assert goal.has_ended
    await life.closed()
    return life, goal


@pytest.mark.long  # a whole life; engine/workspace/git/test_rebasing.py has it by itself
async def test_a_base_that_moved_on_is_told_and_the_branch_laid_on_it_unless_they_conflict(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life, _ = await fixed(executor)
    workbench = await executor.workbench.get()  # type: ignore[union-attr]  # it is set up
    (shop / "README.md").write_text("A shop\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "Say what it is")
    before = await workbench.standing(life.id)
    assert (before.ahead, before.behind, before.conflicts) == (1, 1, ())
    for _ in range(2):
        assert await workbench.rebase(life.id) == LaidOnBase()
        after = await workbench.standing(life.id)
        assert (after.ahead, after.behind, after.conflicts) == (1, 0, ())
    (shop / "shop.py").write_text("total = sum\n")
    git(shop, "commit", "-q", "-a", "-m", "Something else")
    tip = git(shop, "rev-parse", f"milepost/{life.id}-fix-the-bug-that-totals-are-wrong")
    assert (await workbench.rebase(life.id)).conflicts == ("shop.py",)
    assert git(shop, "rev-parse", f"milepost/{life.id}-fix-the-bug-that-totals-are-wrong") == tip
    assert (await workbench.diff(life.id)).words == "2 files, +8 −1"


async def report_now(life: Life) -> CodeReport:
    report = await (await life.executor.workbench.get()).report(life.id)  # type: ignore[union-attr]  # it is set up
    assert report is not None
    return report


async def said_proven(life: Life) -> tuple[bool, bool]:
    """By lists, which look into no repository, and by the report."""
    summary = summed_up(await life.goal())
    assert summary is not None
    return summary.is_proven, (await report_now(life)).proven


@pytest.mark.long  # a whole life; test_rebasing.py has one that is cut off besides
async def test_what_was_proven_is_proven_again_on_the_base_that_it_is_laid_on(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life, _ = await fixed(executor)
    (shop / "test_more.py").write_bytes(unittest_of("self.assertEqual(count([]), 0)"))
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "One more test")
    await (await executor.workbench.get()).rebase(life.id)  # type: ignore[union-attr]  # it is set up
    report = await report_now(life)
    assert (report.proven, report.proven_elsewhere) == (True, False)
    assert (report.tests_before, report.tests_after) == ("3 passed", "4 passed")
    assert git(shop, "worktree", "list").count("\n") == 1


@pytest.mark.long  # a whole life
async def test_what_is_red_on_its_new_base_is_not_proven_and_says_so_wherever_it_may_leave(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    remote = shop.parent / "remote.git"
    git(shop, "init", "-q", "--bare", str(remote))
    git(shop, "remote", "add", "origin", str(remote))
    life, _ = await fixed(executor)
    (shop / "shop.py").write_text((shop / "shop.py").read_text() + "\n\ntotal = max\n")
    git(shop, "commit", "-q", "-a", "-m", "Totals are the dearest thing")
    assert not (await (await executor.workbench.get()).rebase(life.id)).conflicts  # type: ignore[union-attr]  # set up
    report = await report_now(life)
    assert (report.proven, report.proven_elsewhere) == (False, True)
    assert await said_proven(life) == (False, False)
    assert any("the test passes with the fix" in one.name and one.held is False for one in report.checks)
    with pytest.raises(ApprovalAwaited):
        await run(life, "git_push", {})
    (asked,) = await executor.approvals.runs.open_approvals()
    assert asked.words.endswith("? It is not proven as it stands.")


@pytest.mark.long  # a whole life
@pytest.mark.longest
async def test_what_could_not_be_run_after_a_rebase_is_not_called_proven_until_it_is(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life, _ = await fixed(executor)
    (shop / "README.md").write_text("A shop\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "Say what it is")
    edges, workbench = benches_of(executor).edges, await executor.workbench.get()  # type: ignore[union-attr]  # set up
    whole = edges.sandbox._known
    assert await said_proven(life) == (True, True)
    edges.sandbox._known, edges.sandbox._tried_at = Fitness(faults=("it is gone",)), math.inf
    assert (await workbench.rebase(life.id)).unproven.startswith("no sandbox: it is gone")
    assert await said_proven(life) == (False, False)
    edges.sandbox._known = whole
    await workbench.rebase(life.id)
    assert await said_proven(life) == (True, True)


@pytest.mark.long  # a whole life; engine/workspace/git/test_discarding.py has it by itself
async def test_a_branch_is_thrown_away_and_had_back(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life, _ = await fixed(executor)
    workbench = await executor.workbench.get()  # type: ignore[union-attr]  # it is set up
    for _ in range(2):
        assert (await workbench.discard(life.id)).status is WorkspaceStatus.DISCARDED
    assert "milepost/" not in git(shop, "branch")
    with pytest.raises(NotFoundError):
        await workbench.diff(life.id)
    report = await workbench.report(life.id)
    assert report is not None
    assert (report.status, report.difference, report.proven) == ("discarded", None, True)
    for _ in range(2):
        await workbench.restore(life.id)
    assert "milepost/" in git(shop, "branch")


@pytest.mark.long  # a whole life; engine/workspace/git/test_discarding.py puts the clock back
async def test_a_clock_that_jumps_takes_no_branch_away(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life, _ = await fixed(executor)
    seconds, benches = [0.0], await life.benches()
    clock = Ahead(executor.clock)
    benches.edges.git.clock, benches._clock, benches._steady = clock, clock, lambda: seconds[0]
    await benches.discard(life.id)
    clock.by = dt.timedelta(days=400)
    for later in (0.0, 3_599.0):
        seconds[0] = later
        await benches.look_after()
    await benches.restore(life.id)
    assert "milepost/" in git(shop, "branch")
    clock.by = dt.timedelta()
    await benches.discard(life.id)
    for days, later in ((400, 0.0), (0, 3_000.0), (400, 3_000.0), (400, 3_000.0)):
        clock.by = dt.timedelta(days=days)
        seconds[0] += later
        await benches.look_after()
    assert "refs/milepost/discarded" in git(shop, "for-each-ref"), "it was not over all the while"
    seconds[0] += 601.0
    await benches.look_after()
    assert git(shop, "for-each-ref", "refs/milepost") == ""
    with pytest.raises(NotFoundError):
        await benches.restore(life.id)


@pytest.mark.long  # a whole life, for its end alone
async def test_the_monitor_closes_what_has_ended(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life, goal = await fixed(executor)
    async with benches_of(executor).open(goal) as bench:  # as if the program had ended before it was closed
        tree = bench.worktree.path
    assert tree.is_dir()
    await (await executor.workbench.get()).look_after()  # type: ignore[union-attr]  # it is set up
    assert tree.is_dir(), "closed before anybody was told what came of it"
    await executor.look_after_goals()
    assert not tree.exists()
    assert git(shop, "worktree", "list").count("\n") == 1
    assert life.id == goal.id


async def test_nothing_is_pushed_without_a_yes_to_just_that_commit(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    remote = shop.parent / "remote.git"
    git(shop, "init", "-q", "--bare", str(remote))
    git(shop, "remote", "add", "origin", str(remote))
    life, _ = await fixed(executor)
    for _ in range(2):
        with pytest.raises(ApprovalAwaited):
            await run(life, "git_push", {})
    (asked,) = await executor.approvals.runs.open_approvals()
    assert asked.words.startswith(f"Push milepost/{life.id}-fix-the-bug-that-totals-are-wrong at ")
    assert git(remote, "branch") == ""
    assert await executor.approvals.runs.decide(asked, asked.status.__class__.APPROVED, "", executor.clock.now())
    for _ in range(2):
        outcome = await run(life, "git_push", {})
        assert str(remote) in outcome.summary
    assert "milepost/" in git(remote, "branch")
    assert "main" not in git(remote, "branch")


@pytest.mark.long  # a whole life, as the yes above it has
async def test_a_no_is_final_for_that_commit(executor: AutonomousGoalExecutor, shop: Path) -> None:
    git(shop, "remote", "add", "origin", str(shop.parent / "nowhere.git"))
    life, _ = await fixed(executor)
    with pytest.raises(ApprovalAwaited):
        await run(life, "open_pull_request", {})
    (asked,) = await executor.approvals.runs.open_approvals()
    await executor.approvals.runs.decide(asked, asked.status.__class__.DENIED, "not yet", executor.clock.now())
    with pytest.raises(PermanentError, match="you said no to that: not yet"):
        await run(life, "open_pull_request", {})


@pytest.mark.long  # a whole life; engine/workspace/git/test_pull_requests.py opens them once
async def test_a_pull_request_is_remembered_and_never_opened_twice(
    executor: AutonomousGoalExecutor, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = shop.parent / "remote.git"
    git(shop, "init", "-q", "--bare", str(remote))
    git(shop, "remote", "add", "origin", str(remote))
    opened: list[PullRequest] = []

    async def opens(_git: Git, _place: Worktree, request: PullRequest) -> Opened:
        opened.append(request)
        return Opened(url=f"https://example.org/pull/{len(opened)}", tool="gh", made=True)

    async def known(_git: Git, _repository: Located) -> None:
        """What there is to open it with."""

    life, _ = await fixed(executor)
    workbench = await executor.workbench.get()  # type: ignore[union-attr]  # it is set up
    report = await workbench.report(life.id)
    assert report is not None
    with pytest.raises(NoRemote, match="no address of a host that takes pull requests"):
        await workbench.open_pull_request(life.id, report.commits[0].commit)
    assert git(remote, "branch") == "", "what can't be opened isn't pushed either"
    way = await workbench.way_out(life.id)
    assert way is not None
    assert "takes pull requests" in way.no_request
    monkeypatch.setattr(reporting, "open_pull_request", opens)
    monkeypatch.setattr(reporting, "way_to_request", known)
    asked = [workbench.open_pull_request(life.id, report.commits[0].commit) for _ in range(2)]
    assert await asyncio.gather(*asked) == ["https://example.org/pull/1"] * 2
    assert [one.title for one in opened] == [(await life.goal()).name]
    report = await workbench.report(life.id)
    assert report is not None
    assert report.pull_request == "https://example.org/pull/1"
    rows = await executor.queries.progress(life.id)
    assert "Pull request: https://example.org/pull/1" in [row.note for row in rows]
    card = render_card(await life.goal(), "UTC", executor.clock.now())
    assert "🔀 Pull request: https://example.org/pull/1" in str(card.payload["text"])


@pytest.mark.long  # a whole life; handlers/code/test_branches.py presses the buttons
async def test_a_push_from_a_button_is_bound_to_what_was_shown(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life, _ = await fixed(executor)
    workbench = await executor.workbench.get()  # type: ignore[union-attr]  # it is set up
    with pytest.raises(RefusedError) as refused:
        await workbench.push(life.id, git(shop, "rev-parse", "main").strip())
    assert refused.value.code == "outdated"
