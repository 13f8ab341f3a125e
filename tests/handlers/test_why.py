"""/why: reasons for a plan and for each of its tasks, as they were kept when it was made."""

import pytest

from engine.reasons import why_task_of
from tests.handlers.conftest import BEN, Talk

CRITERIA = "- Design the landing page\n- Develop the shop\n- Achieve 50 orders"
GOAL = f"/goal Launch the shop\n{CRITERIA}\ndeadline: none\npriority: normal"


@pytest.fixture
async def planned(talk: Talk) -> Talk:
    await talk.say(GOAL)
    return talk


async def test_the_plan_is_explained_by_its_choice_and_the_alternatives(planned: Talk) -> None:
    text = await planned.press("Why this plan?")
    assert "Why this plan for «Launch the shop»?" in text
    assert "Goes as planned in " in text
    assert await planned.say("/why") == text


async def test_reasons_of_an_older_plan_say_of_which(planned: Talk) -> None:
    before = await planned.say("/why")
    assert "When plan" not in before
    await planned.say("/replan the landing page last")
    assert (await planned.goal()).plan_version == 2
    after = await planned.say("/why")
    assert "• When plan 1 was made: " in after, "how many can begin at once, for one, is another matter by now"
    assert "• Plan 2: the landing page last." in after


async def test_every_task_is_explained_from_its_criterion_down(planned: Talk) -> None:
    goal = await planned.goal()
    for task in goal.live_tasks:
        lines = await why_task_of(planned.engine.queries, goal, task)
        assert task.criterion is None or any(goal.criteria[task.criterion] in one for one in lines), task.title
    first = goal.task(2)
    text = await planned.say(f"/why {first.number}")
    assert first.title in text
    assert await planned.say(f"/why {goal.id}.2") == await planned.say(f"/why {goal.id} 2")


async def test_a_task_that_was_added_by_hand_and_one_that_is_not_there_have_their_answer(planned: Talk) -> None:
    goal = await planned.goal()
    added = await planned.engine.add_task(goal.id, "Call mom")
    number = max(added.tasks)
    assert "by hand" in await planned.say(f"/why {number}")
    assert "999" in await planned.say("/why 999")


async def test_a_task_that_the_plan_has_no_more_is_not_explained_as_if_it_had(planned: Talk) -> None:
    goal = await planned.goal()
    await planned.engine.drop_task(goal.id, 3)
    assert "not in the plan any more" in await planned.say("/why 3")


async def test_with_one_goal_alone_a_number_means_its_task(planned: Talk) -> None:
    goal = await planned.goal()
    assert goal.task(1).title in await planned.say("/why 1")


async def test_nobody_learns_the_reasons_of_a_goal_of_somebody_else(planned: Talk) -> None:
    goal = await planned.goal()
    said = await planned.say(f"/why {goal.id}", person=BEN)
    assert "Launch the shop" not in said
