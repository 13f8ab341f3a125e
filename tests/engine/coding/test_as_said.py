"""A change that is said sign for sign needs nobody to write it: it is made, looked at, committed and checked."""

import shutil
from pathlib import Path

import pytest

from engine.executor import AutonomousGoalExecutor
from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from tests.engine.coding.conftest import Opening
from tests.engine.coding.shop import Life, git, newest, number_of


async def test_a_file_comes_to_be_and_is_seen_to_be_there(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life = Life(executor, "Create a file VERSION with 1.2.0 so that VERSION contains «1.2»")
    goal = await life.go_on()
    assert goal.status is GoalStatus.COMPLETED
    branch = git(shop, "for-each-ref", "--format=%(refname:short)", "refs/heads/milepost").strip()
    assert git(shop, "show", f"{branch}:VERSION") == "1.2.0\n"
    assert newest(goal, "validate").outcome.value == {  # type: ignore[union-attr]  # it is done
        "checks": [{"name": "file VERSION", "held": True, "words": "it is"}]
    }
    report = await (await executor.workbench.get()).report(life.id)  # type: ignore[union-attr]  # it is set up
    assert report is not None
    assert (report.proven, report.tests_before, report.tests_after) == (True, "2 passed", "2 passed")


@pytest.mark.long
async def test_a_text_that_breaks_a_test_where_it_stands_is_not_committed(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = Life(executor, "Replace «n = n + 1» by «n = n + 2» in shop.py")
    goal = await life.go_on()
    proof = goal.task(number_of(goal, "prove"))
    assert proof.status is not TaskStatus.COMPLETED
    assert "the whole suite is no worse" in str(
        proof.outcome.summary if proof.outcome is not None else proof.last_error
    )
    assert git(shop, "log", "--all", "--oneline").count("\n") == 1


async def test_a_repository_that_nobody_knows_is_told_as_missing(executor: AutonomousGoalExecutor) -> None:
    life = Life(executor, repository="nowhere")
    await life.go_on()
    told = (await executor.goal_result(life.id)).missing
    assert any(one.startswith("a repository: there is no repository «nowhere»") for one in told)
    known = Life(executor)
    await known.go_on()
    assert not any("repository" in one for one in (await executor.goal_result(known.id)).missing)


async def test_the_only_repository_that_is_listed_is_named_where_it_can_not_be_used(
    opening: Opening, shop: Path
) -> None:
    shutil.rmtree(shop)
    async with opening() as executor:
        life = Life(executor, "Fix the bug in shop.py")
        life.context.clear()
        await life.go_on()
        (told,) = [one for one in (await executor.goal_result(life.id)).missing if one.startswith("a repository: ")]
    assert told.startswith("a repository: the repository «shop» can't be used: there is no folder ")
