"""A goal with somebody else's part in it: planned together, shown together, and carried out as it was shown."""

from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from engine.work.subgoals import steps_under
from tests.handlers.conftest import Talk


async def test_somebody_else_s_part_is_shown_with_its_tasks_and_started_with_exactly_these(talk: Talk) -> None:
    before = await talk.set_goal("Anna's team: build the shop; write the texts", "Launch on Product Hunt")
    (part,) = (task for task in before.live_tasks if task.work == "subgoal")
    shown = steps_under(part.inputs)
    assert len(shown) > 3
    assert f"+{len(shown)} tasks in the sub-goal: {shown[0][:30]}" in talk.newest().text
    await talk.press("Start")
    waiting = (await talk.goal()).tasks[part.number].waiting
    assert waiting is not None
    assert waiting.child is not None
    child = await talk.goal(waiting.child)
    assert child.status is GoalStatus.ACTIVE
    assert child.name == "Anna's team: build the shop and 1 more"
    assert child.criteria == ("Build the shop", "Write the texts")
    assert tuple(task.title for task in child.live_tasks) == shown
    assert child.plan_version == 1
    why = await talk.say(f"/why {child.id}.1")
    assert "«Build the shop»" in why, "its plan brought its decomposition along"
    for task in list(child.live_tasks):
        await talk.engine.complete_task(child.id, task.number)
    assert (await talk.goal()).tasks[part.number].status is TaskStatus.COMPLETED
