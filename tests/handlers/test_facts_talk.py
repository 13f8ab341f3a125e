"""Facts that close a way: waited for where they have an end, asked about with buttons where it was the only way."""

from engine.blockages import Strategy
from tests.engine.planning.lab import NAME
from tests.handlers.conftest import Talk


async def test_a_fact_with_an_end_holds_up_what_rests_on_it_until_then_and_the_bot_goes_on_by_itself(lab: Talk) -> None:
    goal = await lab.started("Cast the bells", "Write the report", name=NAME)
    said = await lab.say("/replan until 9 January the kiln is closed")
    assert "«There is a kiln that works» does not hold until " in said
    assert "What rests on it waits until then" in said
    (blockage,) = (await lab.goal(goal.id)).blockages.values()
    assert (blockage.strategy, blockage.needed) == (Strategy.WAIT, "kiln")
    lab.clock.advance(days=400)
    await lab.engine.serve_wakeups()
    await lab.settle()
    after = await lab.goal(goal.id)
    assert not after.blockages
    assert after.metadata["has_kiln"] is True
    assert "no date that I can read" in await lab.say("/replan the kiln is closed until the cows come home")


async def test_a_fact_that_closes_the_only_way_is_a_blockage_with_its_buttons(lab: Talk) -> None:
    goal = await lab.started("Cast the bells", "Write the report", name=NAME)
    mould = next(task.number for task in goal.live_tasks if task.title == "Build the mould of the bells")
    await lab.engine.complete_task(goal.id, mould)
    said = await lab.say("/replan the kiln is broken")
    assert "🧭 Noted: «There is a kiln that works» does not hold." in said
    assert "Pour the bronze for the bells" in said
    assert "the only way that I know rests on it" in said
    labels = {button.text for row in lab.newest().buttons for button in row}
    assert {"It is resolved", "Skip the task", "Re-plan", "Stop the goal"} <= labels
    await lab.press("It is resolved")
    after = await lab.goal(goal.id)
    assert not after.blockages
    assert after.metadata["has_kiln"] is True
