"""A repository whose test command tells nothing but its exit code: the whole command is the test, red and green."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.coding.reports import HandIn
from engine.coding.repositories import Command
from engine.errors import RefusedError
from engine.executor import AutonomousGoalExecutor
from engine.goals import GoalStatus
from engine.values import Cause
from tests.engine.coding.shop import RED_TEST, WRONG, Life, git, newest, unittest_of

WHOLE = (
    "import sys, unittest; sys.exit(not unittest.main(module=None, argv=['all'], exit=False).result.wasSuccessful())"
)


async def life_with(executor: AutonomousGoalExecutor, *words: str) -> Life:
    (known,) = await executor.repositories.of(None)
    await executor.repositories.change(known, replace(known.terms, test=Command(words=words)), Cause("test"))
    life = Life(executor)
    await life.go_on()
    return life


@pytest.mark.long  # a whole life; the command that is red before is told below
async def test_a_fix_is_proven_by_the_whole_command_red_with_the_new_test_on_the_base_and_green_now(
    executor: AutonomousGoalExecutor,
) -> None:
    life = await life_with(executor, "python3", "-c", WHOLE)
    with pytest.raises(RefusedError, match="passed"):
        await life.hand_in(HandIn(files={"test_total.py": unittest_of("self.assertEqual(total([]), 0)")}))
    await life.hand_in(HandIn(files=RED_TEST))
    goal = await life.hand_in(HandIn(patch=WRONG))
    assert "the test passes with the fix" in newest(goal, "prove").last_error
    goal = await life.hand_in(HandIn(files={"shop.py": b"total = sum\ncount = len\n"}))
    assert goal.status is GoalStatus.COMPLETED


@pytest.mark.long
async def test_a_command_that_is_red_before_anything_is_done_says_so_when_a_test_is_handed_in(
    executor: AutonomousGoalExecutor,
) -> None:
    life = await life_with(executor, "false")
    with pytest.raises(RefusedError, match="nothing but its exit code, and that says red without the new test"):
        await life.hand_in(HandIn(files=RED_TEST))


async def test_what_counts_as_a_test_is_told_where_none_is_there(executor: AutonomousGoalExecutor) -> None:
    life = await life_with(executor, "python3", "-c", WHOLE)
    with pytest.raises(RefusedError, match="there is no new test in it; a test is a file called like"):
        await life.hand_in(HandIn(files={"sums.py": b"x = 1\n"}))


@pytest.mark.long  # a whole life; proving/test_protected.py knows what is protected
async def test_the_script_that_is_the_test_command_is_changed_with_a_yes_alone(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    (shop / "t.sh").write_text("python3 -m unittest 2>&1\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "How it is tested")
    life = await life_with(executor, "sh", "./t.sh")
    await life.hand_in(HandIn(files=RED_TEST))
    await life.hand_in(HandIn(files={"t.sh": b"true\n", "shop.py": b"total = sum\ncount = len\n"}))
    flagged = await (await executor.workbench.get()).flagged(life.id)  # type: ignore[union-attr]  # it is set up
    assert [one.path for one in flagged.changes] == ["t.sh"]


@pytest.mark.long
async def test_a_base_whose_run_did_not_come_to_its_end_is_looked_at_anew(executor: AutonomousGoalExecutor) -> None:
    life = await life_with(executor, "true")
    benches = await life.benches()
    async with benches.open(await life.goal()) as bench:
        first = await bench.base_suite()
        assert first is await bench.base_suite()
        bench.edges.base_runs.clear()
        order = replace(bench.limits(), wall=0.5)
        bench.limits = lambda: order  # type: ignore[method-assign]  # as on a machine that hangs for a while
        bench.repository = replace(
            bench.repository, terms=replace(bench.repository.terms, test=Command(words=("sleep", "5")))
        )
        assert (await bench.base_suite()).report.stopped is not None
        assert not bench.edges.base_runs


@pytest.mark.long  # a whole life; works/test_works.py runs linters
@pytest.mark.longest
async def test_a_linter_that_finds_something_new_keeps_a_fix_from_being_proven(
    executor: AutonomousGoalExecutor,
) -> None:
    strict = "import sys; sys.exit('print is for cash desks' if 'print' in open('shop.py').read() else 0)"
    (known,) = await executor.repositories.of(None)
    terms = replace(known.terms, lint=Command(words=("python3", "-c", strict)), build=Command(words=("false",)))
    await executor.repositories.change(known, terms, Cause("lint"))
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    goal = await life.hand_in(HandIn(files={"shop.py": b"total, count = sum, len\nprint(total)\n"}))
    fault = newest(goal, "prove").last_error
    assert "«the linter finds nothing new» doesn't hold: print is for cash desks" in fault
    assert "the build" not in fault  # it failed before, too
    goal = await life.hand_in(HandIn(files={"shop.py": b"total, count = sum, len\n"}))
    assert goal.status is GoalStatus.COMPLETED
