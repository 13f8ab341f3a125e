"""Ways to go about a goal, side by side: picked by button or in words, and never once it runs."""

import pytest

from engine.commands import GoalEdit
from engine.goals import GoalStatus
from engine.plans import Plan, PlannedTask, Prospect
from engine.tasks import Estimate
from tests.handlers.conftest import Talk


def plan(title: str, probability: float, difference: str = "", *others: Plan) -> Plan:
    hours = Estimate(low=24, likely=48, high=96)
    return Plan(
        tasks=(PlannedTask(key="a", title=title),),
        source="test",
        prospect=Prospect(probability=probability, cost=0.0 if not difference else 250.0, hours=hours),
        difference=difference,
        alternatives=others,
    )


@pytest.fixture
async def offered(talk: Talk) -> Talk:
    talk.planner.whole = plan("Build it", 0.82, "", plan("Have it built", 0.7, "somebody else builds it"))
    await talk.say("/goal Get a shed\n- A shed stands\ndeadline: none\npriority: normal")
    return talk


async def test_the_plan_shows_the_ways_side_by_side(offered: Talk) -> None:
    text = offered.newest().text
    assert "A · goes as planned 8 times in 10 · 1–4 days" in text
    assert "B · goes as planned 7 times in 10 · 1–4 days · costs about 250 · somebody else builds it" in text
    assert offered.labels() == ["Use plan B", "How good is it?", "Why this plan?", "Start", "Change", "Cancel"]


@pytest.mark.sample(2)
@pytest.mark.parametrize("way", ["press", "B", "use plan b please", "take the b", "I'd prefer option B"])
async def test_another_way_is_picked_by_button_or_in_words(offered: Talk, way: str) -> None:
    if way == "press":
        await offered.press("Use plan B")
    else:
        await offered.say(way, reply_to=offered.newest().id)
    assert "Have it built" in offered.with_text("Plan 2").text
    await offered.press("Start")
    goal = await offered.goal()
    assert goal.status is GoalStatus.ACTIVE
    assert [task.title for task in goal.live_tasks] == ["Have it built"]


async def test_letters_stay_with_their_plans_whichever_is_shown(offered: Talk) -> None:
    await offered.say("plan B")
    await offered.say("plan B")
    text = offered.newest().text
    assert text.index("A · goes as planned 8 times in 10") < text.index("B · goes as planned 7 times in 10")
    assert "B · goes as planned 7 times in 10 · 1–4 days · costs about 250 · this one" in text
    assert offered.labels()[0] == "Use plan A"
    await offered.say("plan B")
    assert (await offered.goal()).plan_version == 2, "it is the one already"
    await offered.say("plan A")
    goal = await offered.goal()
    assert (goal.plan_version, [task.title for task in goal.live_tasks]) == (3, ["Build it"])
    await offered.say("plan C")
    assert (await offered.goal()).plan_version == 3


@pytest.mark.parametrize("words", ["Plan B", "the second one", "b"])
async def test_it_is_picked_in_plain_words_too_while_one_plan_alone_waits(offered: Talk, words: str) -> None:
    await offered.say(words)
    assert "Have it built" in offered.with_text("Plan 2").text


@pytest.mark.parametrize("words", ["let the bot pick", "up to you", "plan A"])
async def test_leaving_the_choice_to_the_bot_keeps_its_plan_and_starts_nothing(offered: Talk, words: str) -> None:
    await offered.say(words)
    goal = await offered.goal()
    assert (goal.plan_version, goal.status) == (1, GoalStatus.PROPOSED)
    assert "The plan for «Get a shed»" in offered.newest().text


async def test_who_took_another_plan_may_still_leave_the_choice_to_the_bot(offered: Talk) -> None:
    first = [task.title for task in (await offered.goal()).live_tasks]
    await offered.say("plan B")
    await offered.say("let the bot pick")
    goal = await offered.goal()
    assert (goal.plan_version, [task.title for task in goal.live_tasks]) == (3, first)
    await offered.say("up to you")
    assert (await offered.goal()).plan_version == 3


async def test_after_a_change_by_hand_the_ways_can_still_be_picked_and_the_change_goes_along(offered: Talk) -> None:
    message, data = offered.button("Use plan B")
    await offered.say("add Ask Maria")
    text = offered.newest().text
    assert "A · this one, with what you changed by hand" in text
    assert "8 times in 10" not in text, "odds of what no longer is"
    assert "B · goes as planned" in text
    why = await offered.say("/why")
    assert "Plan B would be" in why
    assert "changed it by hand since" in why
    await offered.press_data(data, message)
    goal = await offered.goal()
    assert [task.title for task in goal.live_tasks] == ["Have it built", "Ask Maria"]
    assert "B · this one, with what you changed by hand" in offered.newest().text
    assert offered.labels()[0] == "Use plan A"


async def test_what_another_way_has_no_place_for_is_told_when_it_is_picked(offered: Talk) -> None:
    await offered.say("1: Build it of oak")
    await offered.press("Use plan B")
    assert [task.title for task in (await offered.goal()).live_tasks] == ["Have it built"]
    assert "could not keep: the words «Build it of oak»" in offered.newest().text


async def test_ways_that_can_no_longer_be_picked_are_not_told_of(offered: Talk) -> None:
    goal = await offered.goal()
    await offered.engine.request_adaptation(goal.id, "the shed is to be green")
    await offered.settle()
    buttons = [one for one in offered.labels() if one.startswith("Use plan")]
    assert ("Plan B would be" in await offered.say("/why")) is bool(buttons)


async def test_what_a_person_added_is_there_once_however_often_ways_are_picked(offered: Talk) -> None:
    await offered.say("add Ask Maria")
    goal = await offered.goal()
    await offered.engine.edit_goal(goal.id, GoalEdit(criteria=("A green shed stands",)))
    await offered.settle()
    for way in ("B", "A", "B"):
        await offered.press(f"Use plan {way}")
        first = "Have it built" if way == "B" else "Build it"
        assert [task.title for task in (await offered.goal()).live_tasks] == [first, "Ask Maria"]


async def test_a_second_press_of_an_old_button_changes_nothing(offered: Talk) -> None:
    message, data = offered.button("Use plan B")
    await offered.press("Use plan B")
    await offered.press_data(data, message)
    assert (await offered.goal()).plan_version == 2
    await offered.press("Start")
    await offered.press_data(data, message)
    assert (await offered.goal()).plan_version == 2
    assert "Use plan B" not in offered.labels()
