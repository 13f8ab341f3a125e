"""A goal that is being set up stays so, whatever else a person does before they have said all of it."""

import pytest

from engine.plans import PlannedTask
from engine.tasks import TaskStatus
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


@pytest.mark.parametrize(("words", "kept"), [("7 on weekdays", "07:00"), ("22-7", "22"), ("Lisbon", "Lisbon")])
async def test_a_setting_said_right_after_settings_is_one_and_what_is_none_is_the_goals(
    talk: Talk, words: str, kept: str
) -> None:
    await talk.say("/goal Plant a garden")
    await talk.say("/settings")
    told = await talk.say(words)
    assert kept in told
    assert "How will we know that it is done?" in told
    await talk.say("/settings")
    assert "By when?" in await talk.say("Buy seeds")
    await talk.say("none\npriority: low")
    assert (await talk.goal()).criteria == ("Buy seeds",)


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


@pytest.fixture
async def group(talk: Talk) -> int:
    made = talk.simulator.open_group(ANN, "Gardeners")
    talk.simulator.join(BEN, made)
    talk.offset = talk.simulator.say(ANN, f"/help@{talk.simulator.me.username}", chat_id=made)
    await talk.serve(made)
    return made


async def test_in_a_group_two_people_set_up_goals_side_by_side(talk: Talk, group: int) -> None:
    bot = talk.simulator.me.username
    await talk.say(f"/goal@{bot} Plant a garden\n- Buy seeds", chat=group)
    of_ann = talk.newest(group).id
    assert "left aside" not in await talk.say(f"/goal@{bot} Learn chess\n- Win a game", chat=group, person=BEN)
    of_ben = talk.newest(group).id
    assert "How important" in await talk.say("none", chat=group, reply_to=of_ann)
    assert "How important" in await talk.say("in 2 weeks", chat=group, reply_to=of_ben, person=BEN)
    await talk.say("low", chat=group, reply_to=of_ann)
    await talk.say("high", chat=group, reply_to=of_ben, person=BEN)
    garden, chess = await talk.goal(1), await talk.goal(2)
    assert (garden.name, garden.owner, garden.deadline) == ("Plant a garden", ANN.id, None)
    assert (chess.name, chess.owner, chess.deadline is None) == ("Learn chess", BEN.id, False)


async def test_in_a_group_nobodys_words_answer_or_close_another_ones_question(talk: Talk, group: int) -> None:
    bot = talk.simulator.me.username
    await talk.say(f"/goal@{bot} Plant a garden\n- Buy seeds", chat=group)
    asked = talk.newest(group).id
    await talk.say(f"/settings@{bot}", chat=group, person=BEN)
    page, data = talk.button("Time zone", talk.newest(group))
    await talk.press_data(data, page, BEN)
    assert "How important" in await talk.say("none", chat=group, reply_to=asked)
    assert "Lisbon it is" in await talk.say("Lisbon", chat=group, person=BEN, reply_to=page.id)
    assert await talk.dialogue(ANN, group) is not None
    await talk.say(f"/cancel@{bot}", chat=group, person=BEN)
    assert await talk.dialogue(ANN, group) is not None


async def test_a_question_in_front_stays_when_the_set_up_goes_on_by_its_own_button(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    of_task = talk.with_text("Call Maria")
    await _begin(talk)
    asked = talk.newest()
    await talk.press("Problem", message=of_task)
    told = await talk.press("In 2 weeks", message=asked)
    assert "How important" in told
    assert talk.newest().text == "Still open: What is the problem with «Call Maria»?"
    assert "How important" in await talk.say("She has moved away")
    assert "She has moved away" in [one.description for one in (await talk.goal()).blockages.values()]
    await talk.say("high")
    assert (await talk.goal(2)).deadline is not None


async def test_a_question_in_front_stays_when_the_set_up_ends_by_its_own_button(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    of_task = talk.with_text("Call Maria")
    await talk.say("/goal Plant a garden\n- Buy seeds\ndeadline: none")
    asked = talk.newest()
    await talk.press("Problem", message=of_task)
    await talk.press("Low", message=asked)
    await talk.say("She has moved away")
    assert "She has moved away" in [one.description for one in (await talk.goal()).blockages.values()]
    assert len(await talk.engine.queries.goals_of(ChatId(ANN.id), ended=False, offset=0, limit=9)) == 2


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", ["1 done", "done 1", "1: done", "1.1 done"])
async def test_a_task_that_is_named_by_its_number_is_meant_and_no_point_of_the_new_goal(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Paint the door"))
    await talk.say("/goal Plant a garden")
    await talk.say(words)
    assert (await talk.goal()).task(1).status is TaskStatus.COMPLETED
    assert "By when?" in await talk.say("Buy seeds")
    await talk.say("none")
    await talk.press("Low")
    assert (await talk.goal(2)).criteria == ("Buy seeds",)


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", ["5", "yes", "👍", "later", "not yet", "2 done"])
async def test_what_can_only_answer_something_else_is_neither_name_nor_point(talk: Talk, words: str) -> None:
    await talk.say("/goal")
    await talk.say(words)
    assert "How will we know" in await talk.say("Plant a garden")
    await talk.say(words)
    assert "By when?" in await talk.say("Buy seeds")
    await talk.say("none")
    await talk.press("Low")
    goal = await talk.goal()
    assert (goal.name, goal.criteria) == ("Plant a garden", ("Buy seeds",))


async def test_what_is_asked_in_one_topic_is_not_answered_in_another(talk: Talk) -> None:
    forum, bot = talk.simulator.open_group(ANN, "Gardeners", supergroup=True), talk.simulator.me.username
    trees, chess = (talk.simulator.open_topic(ANN, forum, name) for name in ("Trees", "Chess"))
    talk.offset = talk.simulator.say(ANN, f"/goal@{bot} Plant a tree\n- Buy a tree", chat_id=forum, topic=trees)
    assert "By when?" in await talk.serve(forum)
    talk.simulator.say(ANN, f"/goal@{bot} Learn chess\n- Win a game", chat_id=forum, topic=chess)
    told = await talk.serve(forum)
    assert "By when?" in told
    assert "left aside" not in told
    talk.simulator.say(ANN, f"/cancel@{bot}", chat_id=forum, topic=chess)
    assert "Left it" in await talk.serve(forum)
    asked = next(one for one in talk.simulator.chat(forum) if one.from_bot and one.thread_id == trees)
    talk.simulator.say(ANN, "none", chat_id=forum, topic=trees, reply_to=asked.id)
    assert "How important" in await talk.serve(forum)
    assert talk.newest(forum).thread_id == trees


async def test_a_reply_to_what_was_asked_before_is_about_something_else(talk: Talk) -> None:
    await talk.say("/goal Learn chess")
    old = talk.newest()
    await talk.say("/goal Learn go")
    first = talk.newest()
    assert "Make this a goal?" in await talk.say("Win 5 games", reply_to=old.id)
    await talk.press("No")
    assert "By when?" in await talk.say("Read a book about it", reply_to=first.id)
    assert "How important" in await talk.say("none", reply_to=first.id)
    await talk.press("Low")
    assert (await talk.goal()).criteria == ("Read a book about it",)


async def test_the_first_question_of_a_goal_that_was_offered_is_replied_to(talk: Talk) -> None:
    await talk.say("Learn go")
    await talk.press("Yes, make it a goal")
    assert "By when?" in await talk.say("Win 5 games", reply_to=talk.newest().id)


@pytest.mark.parametrize("known", ["", "\ndeadline: none"])
async def test_nor_is_it_a_date_or_a_priority(talk: Talk, known: str) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Paint the door"))
    await talk.say(f"/goal Plant a garden\n- Buy seeds{known}")
    await talk.say("1 problem: no number")
    assert (await talk.goal()).task(1).status is TaskStatus.BLOCKED
    assert await talk.dialogue() is not None
