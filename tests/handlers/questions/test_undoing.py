"""«undo» shows what can be had back, a button for each, and guesses nothing."""

from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from tests.handlers.conftest import BEN, Talk


async def test_where_nothing_was_done_that_is_said(talk: Talk) -> None:
    assert (await talk.say("undo")).startswith("There is nothing to undo.")


async def test_a_skipped_task_and_an_ended_goal_come_back_by_their_buttons(talk: Talk) -> None:
    goal = await talk.started("Design the logo", "Write the texts")
    task = next(one for one in goal.live_tasks if one.status is TaskStatus.WAITING)
    await talk.engine.skip_task(goal.id, task.number, "you skipped it")
    told = await talk.say("please undo that")
    assert told.endswith("What shall be as it was?")
    (label,) = talk.labels()
    assert label.startswith(f"Skipped: {task.title[:35]}")
    await talk.press(label)
    assert (await talk.goal()).task(task.number).status is not TaskStatus.SKIPPED
    assert (await talk.say("undo")).startswith("There is nothing to undo.")
    await talk.engine.cancel_goal(goal.id)
    await talk.say("/undo")
    await talk.press(next(label for label in talk.labels() if label.startswith("Reopen: ")))
    assert (await talk.goal()).status is not GoalStatus.CANCELLED


async def test_what_another_has_done_is_not_shown(talk: Talk) -> None:
    goal = await talk.started("Design the logo")
    await talk.engine.cancel_goal(goal.id)
    assert "nothing to undo" in await talk.say("undo", person=BEN)
