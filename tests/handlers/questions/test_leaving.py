"""«Never mind» in words does what the button of that name does, whatever was asked."""

import pytest

from engine.goals import GoalStatus
from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from tests.handlers.conftest import Talk

PERSON = PlannedTask(key="a", title="Call Maria")
PERSON_TOO = PlannedTask(key="c", title="Paint the door")
COUNTED = PlannedTask(key="b", title="Sow seeds", target_count=20)


@pytest.mark.parametrize(
    ("question", "words"),
    [("Done with a note", "never mind"), ("Problem", "Oh, forget it!"), ("Set the count", "Cancel this, please")],
)
async def test_a_task_whose_question_is_left_in_words_stays_as_it_was(talk: Talk, question: str, words: str) -> None:
    await talk.with_tasks(COUNTED if question == "Set the count" else PERSON)
    await talk.press(question)
    assert await talk.say(words) == "Left it. Nothing was changed."
    goal = await talk.goal()
    (task,) = goal.live_tasks
    assert (task.status, task.count, tuple(goal.blockages)) == (TaskStatus.WAITING, 0, ())


@pytest.mark.parametrize("command", ["/note", "/replan"])
async def test_nothing_is_kept_of_a_command_that_is_left_in_words(talk: Talk, command: str) -> None:
    await talk.with_tasks(PERSON)
    await talk.say(command)
    assert await talk.say("never mind") == "Left it. Nothing was changed."
    assert (await talk.goal()).plan_version == 1
    await talk.say("/log")
    assert "ever mind" not in talk.newest().text


async def test_where_something_was_just_changed_by_button_it_is_not_said_that_nothing_was(talk: Talk) -> None:
    await talk.say("/settings")
    await talk.press("Quiet hours")
    assert "22:00 to 07:00" in await talk.press("22:00–07:00")
    assert await talk.say("never mind") == "Left it as it is now."


async def test_a_plan_gets_no_task_from_words_that_leave_the_question(talk: Talk) -> None:
    talk.planner.tasks = (PERSON,)
    await talk.set_goal("Anything")
    await talk.press("Change")
    await talk.press("Add a task")
    assert "The plan for" in await talk.say("never mind")
    assert [task.title for task in (await talk.goal()).live_tasks] == ["Call Maria"]


@pytest.mark.parametrize("said", ["/goal", "/goal Plant a garden", "/goal Plant a garden\n- Buy seeds"])
async def test_a_set_up_is_left_at_any_of_its_questions(talk: Talk, said: str) -> None:
    await talk.say(said)
    assert await talk.say("never mind") == "Left it. Nothing was changed."
    assert "None is under way" in await talk.say("/goals")


async def test_a_question_in_front_of_a_set_up_is_left_alone(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.say("/goal Plant a garden\n- Buy seeds")
    await talk.say("/note 1")
    told = await talk.say("never mind")
    assert "Left it." in told
    assert "By when?" in told


async def test_never_mind_under_a_cancelling_keeps_the_goal_as_no_does(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.say("/cancel 1")
    await talk.say("never mind")
    assert (await talk.goal()).status is GoalStatus.ACTIVE


@pytest.mark.parametrize("asked", ["done", "Plant a garden"])
async def test_cancel_under_a_question_which_or_an_offer_is_not_about_the_goal(talk: Talk, asked: str) -> None:
    await talk.with_tasks(PERSON, PERSON_TOO)
    await talk.say(asked)
    assert await talk.say("cancel") == "Left it. Nothing was changed."
    assert "Cancel" in await talk.say("cancel")
