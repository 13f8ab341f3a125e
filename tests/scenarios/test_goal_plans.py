"""Eight goals of different kinds get the plans that were read by eye and found good."""

import pytest

from engine.planning.quality import Circumstances, Severity, quality_of
from engine.planning.why import why_task
from engine.plans import check_plan
from tests.scenarios.goal_plans import FOLDER, NOW, WISHES, Wish, told


@pytest.mark.sample(2)
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.file.stem)
def test_a_goal_gets_the_whole_plan_that_was_found_good(wish: Wish) -> None:
    expected = wish.file.read_text(encoding="utf-8")
    assert told(wish).splitlines() == expected.splitlines(), (
        "the plan has changed: read the difference, and if it is better, run python -m tests.scenarios.goal_plans"
    )


def test_there_is_a_goal_for_each_plan() -> None:
    assert {wish.file for wish in WISHES} == set(FOLDER.glob("*.txt"))
    assert len(WISHES) == 8


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.file.stem)
def test_its_plan_and_each_alternative_can_be_carried_out_and_explained(wish: Wish) -> None:
    plan = wish.plan
    for one in (plan, *plan.alternatives):
        check_plan(one.tasks)
        assert {task.criterion for task in one.tasks} == set(range(len(wish.criteria)))
        assert all(why_task(one, task.key) for task in one.tasks)


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.file.stem)
def test_the_quality_check_finds_no_problem_in_its_plan(wish: Wish) -> None:
    quality = quality_of(wish.goal, wish.plan, Circumstances(now=NOW))
    assert quality.at_least(Severity.PROBLEM) == ()
    assert quality.score >= 80
