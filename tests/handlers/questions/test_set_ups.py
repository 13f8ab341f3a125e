"""A goal that is being set up stays so, whatever else a person does before they have said all of it."""

import pytest

from engine.plans import PlannedTask
from engine.values import ChatId
from tests.handlers.conftest import ANN, BEN, Talk

PERSON = PlannedTask(key="a", title="Call Maria")


async def _begin(talk: Talk) -> None:
    await talk.say("/goal Plant a garden\n- Buy seeds")
    assert "By when?" in talk.newest().text


async def test_the_time_zone_is_set_in_between_and_the_question_comes_again(talk: Talk) -> None:
    await _begin(talk)
    await talk.say("/settings")
    await talk.press("Time zone")
    told = await talk.say("Lisbon")
    assert "Lisbon it is" in told
    assert "By when?" in told
    assert "How important" in await talk.say("none")
    await talk.press("Low")
    assert (await talk.goal()).criteria == ("Buy seeds",)


async def test_a_zone_by_command_leaves_the_question_open(talk: Talk) -> None:
    await _begin(talk)
    assert "Tokyo it is" in await talk.say("/settings Tokyo")
    assert "How important" in await talk.say("none")


@pytest.mark.parametrize(
    ("page", "words", "kept"), [("Digest", "7 on weekdays", "07:00"), ("Quiet hours", "22-7", "22")]
)
async def test_words_for_a_settings_page_are_the_settings_and_others_the_goals(
    talk: Talk, page: str, words: str, kept: str
) -> None:
    await _begin(talk)
    await talk.say("/settings")
    await talk.press(page)
    told = await talk.say(words)
    assert kept in told
    assert "By when?" in told
    await talk.say("/settings")
    await talk.press(page)
    assert "How important" in await talk.say("in 2 weeks")


async def test_a_task_is_answered_in_between(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    asked = talk.with_text("Call Maria")
    await _begin(talk)
    await talk.press("Done with a note", message=asked)
    assert "By when?" in await talk.say("She is well")
    assert "How important" in await talk.say("none")


async def test_another_command_leaves_it_open(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await _begin(talk)
    assert "Kept with" in await talk.say("/note 1 The sun shines")
    assert "How important" in await talk.say("none")


async def test_its_own_buttons_work_behind_another_question(talk: Talk) -> None:
    await _begin(talk)
    asked = talk.newest()
    await talk.say("/settings")
    await talk.press("Digest")
    assert "How important" in await talk.press("In 2 weeks", message=asked)


async def test_cancel_leaves_the_question_in_front_first_and_then_the_goal(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await _begin(talk)
    await talk.say("/cancel 1")
    told = await talk.say("no")
    assert "goes on" in told
    assert "By when?" in told
    assert "Left it" in await talk.say("/cancel")
    assert "By when?" not in await talk.say("none")


async def test_a_new_goal_says_that_the_other_is_left_aside_behind_a_question_too(talk: Talk) -> None:
    await _begin(talk)
    await talk.say("/settings")
    await talk.press("Time zone")
    assert "«Plant a garden» is left aside" in await talk.say("/goal Learn chess")


async def test_in_a_group_it_stays_with_whoever_sets_it_up(talk: Talk) -> None:
    group, bot = talk.simulator.open_group(ANN, "Gardeners"), talk.simulator.me.username
    talk.simulator.join(BEN, group)
    talk.offset = talk.simulator.say(ANN, f"/goal@{bot} Plant a garden\n- Buy seeds", chat_id=group)
    assert "By when?" in await talk.serve(group)
    asked = talk.newest(group).id
    assert "Lisbon it is" in await talk.say(f"/settings@{bot} Lisbon", person=BEN, chat=group)
    assert "How important" in await talk.say("none", chat=group, reply_to=asked)


async def test_an_offer_does_not_keep_settings_from_being_said(talk: Talk) -> None:
    assert "Make this a goal?" in await talk.say("Knit a very long scarf")
    await talk.say("/settings")
    await talk.press("Quiet hours")
    assert "22:00 to 07:00" in await talk.say("22-7")


async def test_a_goal_that_its_own_buttons_end_behind_another_question_is_set_once(talk: Talk) -> None:
    await _begin(talk)
    await talk.say("none")
    asked = talk.newest()
    await talk.say("/settings")
    await talk.press("Digest")
    assert "How important" not in await talk.press("Low", message=asked), "it is set, and asks no more"
    assert "How important" not in await talk.say("/settings Lisbon")
    assert len(await talk.engine.queries.goals_of(ChatId(ANN.id), ended=False, offset=0, limit=9)) == 1


async def test_never_mind_leaves_the_goal_also_behind_another_question(talk: Talk) -> None:
    await _begin(talk)
    asked = talk.newest()
    await talk.say("/settings")
    await talk.press("Digest")
    assert "Left it" in await talk.press("Never mind", message=asked)
    assert "By when?" not in await talk.say("7 on weekdays"), "it is the digest's, and all that is open"


async def test_a_goal_that_is_told_whole_leaves_the_one_that_is_being_set_up_open(talk: Talk) -> None:
    await _begin(talk)
    await talk.say("/goal Learn chess\n- Win a game\ndeadline: none\npriority: low")
    assert "How important" in await talk.say("none")
