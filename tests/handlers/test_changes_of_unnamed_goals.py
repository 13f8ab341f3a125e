"""What somebody says has changed, without naming a goal: never followed unasked."""

from tests.handlers.conftest import BEN, Talk

SHOP = ("Design the logo", "Write the texts", "Launch on Product Hunt")


async def test_what_would_change_a_goal_that_nobody_named_is_asked_about(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    said = await talk.say("customers want the texts first")
    assert "Is this about «Grow the garden»? «customers want the texts first»" in said
    assert (await talk.goal()).plan_version == before.plan_version, "nothing follows before the yes"
    said = await talk.say("no")
    assert "stays as it is. If «customers want the texts first» is a goal of its own, send it behind /goal." in said
    await talk.say("customers want the texts first")
    await talk.press("Yes")
    assert (await talk.goal()).plan_version == before.plan_version + 1
    await talk.say("we no longer need the logo")
    assert "➖ No longer wanted: «Design the logo»" in await talk.say("yes")
    assert "Make this a goal?" in await talk.say("customers want the shelves first"), "no goal has any"


async def test_what_would_change_one_of_several_goals_is_asked_of_the_one_or_of_which(talk: Talk) -> None:
    first = await talk.started(*SHOP)
    await talk.say("/goal Clean the house\n- Wash the windows\n- Sweep the floor\ndeadline: none\npriority: normal")
    assert "Is this about «Grow the garden»?" in await talk.say("the launch comes last")
    await talk.say("no")
    assert "Which goal shall I re-plan?" in await talk.say("the deadline is in 30 days")
    assert "📅 The deadline" in await talk.say(str(first.id))
    assert (await talk.engine.goal(first.id)).deadline is not None
    assert "Is this about" not in await talk.say("the deadline is in 30 days", person=BEN), "Ben has none"
