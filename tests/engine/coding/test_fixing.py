"""A bug is fixed by a person through the whole engine: red, cure, proof, commit, report; their checkout stays."""

from pathlib import Path

import pytest

from engine.coding.benches import Benches
from engine.coding.reports import HandIn
from engine.errors import InvalidInputError, RefusedError
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.tasks import TaskStatus
from engine.values import Cause
from tests.engine.coding.conftest import Opening
from tests.engine.coding.shop import (
    CURE,
    FIX,
    RED_TEST,
    SHOP,
    TESTS,
    WRONG,
    Life,
    git,
    newest,
    patch,
    state_of,
    unittest_of,
)


@pytest.mark.long  # a whole life; scenarios/code/test_fixing.py goes this way
async def test_a_bug_is_fixed_behind_a_red_test_and_what_is_wrong_takes_the_next_way(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    before, life = state_of(shop), Life(executor)
    goal = await life.go_on()
    works = [task.work for task in goal.live_tasks]
    assert works == ["open_workspace", "hand_in_code", "hand_in_code", "prove", "git_commit"]
    with pytest.raises(RefusedError, match="passed"):
        await life.hand_in(HandIn(files={"test_total.py": unittest_of("self.assertEqual(total([]), 0)")}))
    goal = await life.hand_in(HandIn(files=RED_TEST))
    goal = await life.hand_in(HandIn(patch=WRONG))
    proof = newest(goal, "prove")
    assert "«the test passes with the fix» doesn't hold: test_total.New.test_new (failed)" in proof.last_error
    assert life.waiting(goal).title == f"Hand in what is missing for «{proof.title}»"
    assert git(shop, "log", "--oneline", "--all").count("\n") == 1
    goal = await life.hand_in(HandIn(patch=patch("    for p in prices[:1]:", "    for p in prices:", text=WRONG_TEXT)))
    assert goal.status is GoalStatus.COMPLETED
    assert executor.workbench is not None
    report = await (await executor.workbench.get()).report(life.id)
    assert report is not None
    assert report.proven
    assert report.sandboxed
    assert (report.tests_before, report.tests_after) == ("2 passed", "3 passed")
    assert report.difference is not None
    assert report.difference.words == "2 files, +8 −1"
    assert [commit.subject for commit in report.commits] == [FIX]
    assert git(shop, "show", f"{report.branch}:shop.py").count("for p in prices:") == 2
    assert state_of(shop) == before
    assert "code_worked" in await life.log()


def reached(goal: Goal) -> tuple[float, list[str]]:
    """How far it is, and which milestones were told."""
    return round(goal.progress, 6), [mark.name for mark in goal.milestones if mark.reached_at is not None]


@pytest.mark.long  # a whole life; test_a_goal_goes_on_where_it_was_… has a proof that holds
async def test_a_wrong_cure_is_no_progress_that_its_proof_would_take_back(executor: AutonomousGoalExecutor) -> None:
    life = Life(executor)
    await life.go_on()
    before = reached(await life.hand_in(HandIn(files=RED_TEST)))
    assert before == (0.3, ["Planning Complete", "Quarter Complete", "A test shows «totals are wrong»"])
    goal = await life.hand_in(HandIn(patch=WRONG))
    assert reached(goal) == before
    goal = await life.hand_in(HandIn(files={"shop.py": SHOP.replace("[1:]", "[2:]").encode()}))
    assert reached(goal) == before
    description = life.waiting(goal).description
    assert description.startswith("«the test passes with the fix» doesn't hold: test_total.New.test_new (failed)")
    assert reached(await life.hand_in(HandIn(files={"shop.py": SHOP.replace("[1:]", "").encode()})))[0] == 1.0


WRONG_TEXT = """def total(prices):
    s = 0
    for p in prices[:1]:
"""


@pytest.mark.long  # a whole life; test_hand_ins.py hands in by itself
@pytest.mark.longest
async def test_a_mended_patch_against_the_code_as_it_was_takes_the_place_of_the_one_that_was_wrong(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    await life.hand_in(HandIn(patch=WRONG))
    with pytest.raises(RefusedError, match="doesn't fit"):
        await life.hand_in(HandIn(patch=patch("def nobody():", "def somebody():", text="def nobody():\n")))
    goal = await life.hand_in(HandIn(patch=CURE))
    assert goal.status is GoalStatus.COMPLETED
    told = newest(goal, "hand_in_code").outcome
    assert told is not None
    assert told.summary == "Handed in: shop.py, in place of what was there and is not proven"
    (branch,) = [one.strip("*+ ") for one in git(shop, "branch").splitlines() if "milepost/" in one]
    assert git(shop, "show", f"{branch}:shop.py") == SHOP.replace("prices[1:]", "prices")
    assert "test_total.py" in git(shop, "ls-tree", "--name-only", branch)


@pytest.mark.long  # works/test_works.py has the refusals
async def test_what_is_refused_leaves_nothing_behind(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life = Life(executor)
    goal = await life.go_on()
    for hand_in in (
        HandIn(files={".github/workflows/ci.yml": b"on: push\n", **RED_TEST}),
        HandIn(files={"../outside.py": b"x = 1\n"}),
        HandIn(files={".git/hooks/post-commit": b"#!/bin/sh\n"}),
        HandIn(patch=b"no patch at all"),
        HandIn(patch=patch("    x = 1", "    x = 2", text="    x = 1\n")),
        HandIn(branch="nobody"),
        HandIn(files={"test_total.py": b"def broken(:\n"}),
        HandIn(files={"test_total.py": unittest_of("self.fail()", imports="from nowhere import nothing")}),
        HandIn(files={"picture.py": b"\xff\xfe"}),
        HandIn(),
    ):
        with pytest.raises(RefusedError):
            await life.hand_in(hand_in)
    with pytest.raises(InvalidInputError):
        await life.hand_in(HandIn(patch=CURE, branch="both"))
    async with (await life.benches()).open(goal) as bench:
        assert await bench.changed() == ()
    assert not (shop.parent / "outside.py").exists()
    assert life.waiting(await life.goal()).number == life.waiting(goal).number


@pytest.mark.long  # a second; engine/workspace/git/test_committing.py refuses it
async def test_what_could_never_be_committed_is_refused_when_it_is_handed_in(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = Life(executor)
    await life.go_on()
    (shop / ".git" / "info" / "attributes").write_text("*.py filter=lfs\n")
    with pytest.raises(RefusedError, match="goes through the filter «lfs»"):
        await life.hand_in(HandIn(files=RED_TEST))
    (shop / ".git" / "info" / "attributes").unlink()
    await life.hand_in(HandIn(files=RED_TEST))


@pytest.mark.long  # two seconds; engine/workspace/sandbox/test_bounds.py ends what never ends
@pytest.mark.longest
async def test_a_test_whose_run_never_ends_is_red(opening: Opening, shop: Path) -> None:
    (shop / "shop.py").write_text("def total(prices):\n    while True:\n        pass\n\n\ncount = len\n")
    (shop / "test_shop.py").write_bytes(unittest_of("self.assertEqual(count([]), 0)", "from shop import count"))
    git(shop, "commit", "-q", "-a", "-m", "For ever")
    async with opening(command=2.0) as executor:
        life = Life(executor)
        await life.go_on()
        await life.hand_in(HandIn(files=RED_TEST))
        goal = await life.hand_in(HandIn(files={"shop.py": b"total = sum\ncount = len\n"}))
        assert goal.status is GoalStatus.COMPLETED


@pytest.mark.long  # three seconds; proving/test_weakening.py finds them
async def test_a_weakened_test_is_no_progress_until_a_person_says_that_it_is_fine(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    weaker = TESTS.replace("self.assertEqual(count([1, 2]), 2)", "count([1, 2])").encode()
    cured = (shop / "shop.py").read_text().replace("[1:]", "").encode()
    goal = await life.hand_in(HandIn(files={"test_shop.py": weaker, "shop.py": cured}))
    assert newest(goal, "git_commit").status is TaskStatus.PENDING
    assert "no test is weakened" in newest(goal, "prove").last_error
    assert executor.workbench is not None
    workbench = await executor.workbench.get()
    flagged = await workbench.flagged(life.id)
    assert [one.path for one in flagged.changes] == ["test_shop.py"]
    assert "-        self.assertEqual(count([1, 2]), 2)" in flagged.difference.text
    with pytest.raises(RefusedError) as refused:
        await executor.approve_tests(life.id, "another state")
    assert refused.value.code == "outdated"
    for _ in range(2):  # the same press again, as after a crash
        await executor.approve_tests(life.id, flagged.state, Cause("press"))
    with pytest.raises(RefusedError) as refused:
        await executor.approve_tests(life.id, flagged.state)
    assert refused.value.code == "nothing_flagged"
    goal = await life.go_on()
    assert goal.status is GoalStatus.COMPLETED
    report = await workbench.report(life.id)
    assert report is not None
    assert report.proven
    assert [(one.path, "assertEqual(count([1, 2]), 2)" in one.why) for one in report.approved] == [
        ("test_shop.py", True)
    ]
    assert "no test is weakened" not in {one.name for one in report.checks}


@pytest.mark.long  # a whole life; the first criterion is shown and proven below
@pytest.mark.longest
async def test_a_further_criterion_is_shown_and_proven_after_the_first_and_may_be_met_already(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    text = "Totals\n- Fix the bug that totals are wrong\n- The total of two and three is five"
    life = Life(executor, text)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    goal = await life.hand_in(HandIn(patch=CURE))
    assert life.waiting(goal).title == "Hand in tests that say when it is there: the total of two and three is five"
    five = {"test_five.py": unittest_of("self.assertEqual(total([2, 3]), 5)")}
    await life.hand_in(HandIn(files=five))
    goal = await life.hand_in(HandIn())
    assert goal.status is GoalStatus.COMPLETED
    branch = git(shop, "for-each-ref", "--format=%(refname:short)", "refs/heads/milepost").strip()
    subjects = git(shop, "log", "--format=%s", f"main..{branch}").splitlines()
    assert subjects == ["The total of two and three is five", "Totals are wrong"]


@pytest.mark.sample(0, in_ci=1)  # proving/test_weakening.py finds them, handlers/code/test_branches.py says no
@pytest.mark.parametrize("by_chat", [False, True])
async def test_a_weakened_test_that_is_turned_down_is_put_back_and_the_work_goes_on_without_it(
    executor: AutonomousGoalExecutor, shop: Path, by_chat: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    weaker = TESTS.replace("self.assertEqual(count([1, 2]), 2)", "count([1, 2])").encode()
    cured = (shop / "shop.py").read_text().replace("[1:]", "").encode()
    await life.hand_in(HandIn(files={"test_shop.py": weaker, "shop.py": cured}))
    assert executor.workbench is not None
    workbench = await executor.workbench.get()
    flagged = await workbench.flagged(life.id)
    cause = Cause("update:5") if by_chat else None
    benches, opened = await life.benches(), []
    with monkeypatch.context() as patched:
        patched.setattr(benches, "open", lambda *about: opened.append(about) or Benches.open(benches, *about))
        for _ in range(2 if by_chat else 1):
            await executor.deny_tests(life.id, flagged.state, cause)
    assert len(opened) == 1, "it waits for whoever works in the files but once"
    workspace = await benches.sources.store.workspace(life.id)
    assert workspace is not None
    assert (workspace.path / "test_shop.py").read_text() == TESTS, "put back before anybody else opens them"
    assert (await workbench.flagged(life.id)).changes == ()
    async with (await life.benches()).open(await life.goal()) as bench:
        assert (bench.worktree.path / "test_shop.py").read_text() == TESTS
        assert (bench.worktree.path / "shop.py").read_bytes() == cured
    with pytest.raises(RefusedError, match="turned down: test_shop"):
        await life.hand_in(HandIn(files={"test_shop.py": weaker}))
    goal = await life.hand_in(HandIn())
    assert goal.status is GoalStatus.COMPLETED
    report = await workbench.report(life.id)
    assert report is not None
    assert report.proven
    assert git(shop, "show", f"{report.branch}:test_shop.py") == TESTS


@pytest.mark.long  # a whole life; engine/workspace/git/test_rebasing.py takes branches over by itself
async def test_a_branch_of_ones_own_may_be_handed_in_again_with_what_mends_a_wrong_cure(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = Life(executor)
    await life.go_on()
    git(shop, "switch", "-q", "-c", "mine")
    (shop / "test_total.py").write_bytes(RED_TEST["test_total.py"])
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "Show it")
    await life.hand_in(HandIn(branch="mine"))
    await life.hand_in(HandIn(patch=WRONG))
    report = await (await executor.workbench.get()).report(life.id)  # type: ignore[union-attr]  # it is set up
    assert report is not None
    assert not report.proven
    (shop / "shop.py").write_text(SHOP.replace("[1:]", ""))
    git(shop, "commit", "-q", "-a", "-m", "Mend it")
    goal = await life.hand_in(HandIn(branch="mine"))
    assert goal.status is GoalStatus.COMPLETED
    branch = git(shop, "for-each-ref", "--format=%(refname:short)", "refs/heads/milepost").strip()
    assert git(shop, "log", "--format=%s", f"main..{branch}").splitlines() == ["Mend it", "Show it"]


@pytest.mark.long  # a whole life; engine/workspace/git/test_rebasing.py takes branches over by itself
async def test_a_person_s_branch_comes_over_with_its_commits(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life = Life(executor)
    await life.go_on()
    git(shop, "checkout", "-q", "-b", "ann")
    (shop / "test_total.py").write_bytes(RED_TEST["test_total.py"])
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "Show it")
    await life.hand_in(HandIn(branch="ann"))
    (shop / "shop.py").write_text((shop / "shop.py").read_text().replace("[1:]", ""))
    git(shop, "commit", "-q", "-a", "-m", "Cure it")
    goal = await life.hand_in(HandIn(branch="ann"))
    assert goal.status is GoalStatus.COMPLETED
    branch = f"milepost/{life.id}-fix-the-bug-that-totals-are-wrong"
    assert git(shop, "log", "--format=%s %an", branch).splitlines() == ["Cure it Ann", "Show it Ann", "The shop Ann"]
    assert git(shop, "branch", "--show-current").strip() == "ann"


@pytest.mark.long  # a whole life; engine/workspace/git plants them for each step by itself
async def test_hooks_and_programs_of_a_repository_never_run(executor: AutonomousGoalExecutor, shop: Path) -> None:
    mark = shop.parent / "ran"
    program = shop.parent / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    for hook in ("post-commit", "pre-commit", "post-checkout", "reference-transaction", "post-index-change"):
        (shop / ".git" / "hooks" / hook).symlink_to(program)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "filter.x.clean", "core.sshCommand"):
        git(shop, "config", name, str(program))
    mark.unlink(missing_ok=True)
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    goal = await life.hand_in(HandIn(patch=CURE))
    assert goal.status is GoalStatus.COMPLETED
    assert not mark.exists()


@pytest.mark.long  # a whole life; engine/workspace/sandbox/test_escapes.py tries it by itself
async def test_code_under_test_can_not_rewrite_its_worktree(executor: AutonomousGoalExecutor, shop: Path) -> None:
    evil = "import pathlib\nfor name in ('.git', 'shop.py', 'test_shop.py'):\n"
    evil += "    try: pathlib.Path(name).write_text('gitdir: /tmp')\n    except OSError: pass\n"
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files={"test_total.py": evil.encode() + RED_TEST["test_total.py"]}))
    goal = await life.hand_in(HandIn(patch=CURE))
    assert goal.status is GoalStatus.COMPLETED
    branch = f"milepost/{life.id}-fix-the-bug-that-totals-are-wrong"
    assert "assertEqual" in git(shop, "show", f"{branch}:test_shop.py")


async def test_a_goal_goes_on_where_it_was_after_the_program_ended_and_what_is_repeated_does_nothing(
    opening: Opening, shop: Path
) -> None:
    async with opening() as executor:
        life = Life(executor)
        goal = await life.go_on()
        first = life.waiting(goal).number
        await executor.hand_in_code(life.id, first, HandIn(files=RED_TEST), Cause("update:7"))
    async with opening() as executor:
        again = Life(executor)
        again.id = life.id
        goal = await executor.hand_in_code(life.id, first, HandIn(files=RED_TEST), Cause("update:7"))
        assert goal.task(first).status is TaskStatus.COMPLETED
        await again.go_on()
        goal = await again.hand_in(HandIn(patch=CURE))
        assert goal.status is GoalStatus.COMPLETED
    branch = f"milepost/{life.id}-fix-the-bug-that-totals-are-wrong"
    assert len(git(shop, "log", "--format=%h", branch).split()) == 2
