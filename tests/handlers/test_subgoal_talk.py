"""A goal with somebody else's part in it: planned together, shown together, and carried out as it was shown."""

from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from engine.work.subgoals import steps_under
from tests.handlers.conftest import ANN, Talk


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


async def test_what_somebody_else_is_to_do_says_for_whom_it_is_and_who_is_to_pass_it_on(talk: Talk) -> None:
    before = await talk.set_goal("@anna builds the shop", "Launch on Product Hunt")
    (part,) = (task for task in before.live_tasks if task.work == "subgoal")
    said = await talk.press("Start")
    assert "👤 For @anna. I can't write to them: please pass it on, and answer for them." in said
    waiting = (await talk.goal()).tasks[part.number].waiting
    assert waiting is not None
    assert waiting.child is not None
    card = await talk.show_card(waiting.child)
    assert "👤 For @anna" in card.text
    assert "Your turn" not in card.text
    own = next(text for text in said.split("---") if f"{before.id}." in text)
    assert "For @anna" not in own, "one's own tasks are one's own"
    talk.clock.advance(days=2)
    await talk.engine.serve_wakeups()
    assert "🔔 Still waiting for @anna:" in await talk.serve(ANN.id)
