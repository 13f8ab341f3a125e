"""A goal is set up by chat: what is asked, and what is read from one message or many."""

import datetime as dt

import pytest

from engine.goals import GoalStatus, Priority
from tests.handlers.conftest import ANN, BEN, Talk


async def test_start_greets_and_one_tap_sets_an_example_goal(talk: Talk) -> None:
    assert "Welcome to Milepost" in await talk.say("/start")
    said = await talk.press("Try an example goal")
    assert "The plan for" in said
    assert (await talk.goal()).owner == ANN.id


async def test_a_deep_link_shows_the_card_of_an_own_goal_and_says_so_and_welcomes_otherwise(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    await talk.say("/start goal_1")
    assert talk.last is not None
    assert talk.last.card == 1
    assert "Welcome" in await talk.say("/start goal_99")
    assert talk.last is not None
    assert "There is no goal 99 of yours" in str(talk.last.replies[0].payload["text"])
    assert "Welcome" in await talk.say("/start goal_1", person=BEN)


async def test_the_dialogue_asks_for_what_is_missing_and_nothing_else(talk: Talk) -> None:
    assert "How will we know" in await talk.say("/goal Publish my travel blog")
    assert "By when" in await talk.say("Write 5 posts\nPublish the site\n10 people subscribed")
    assert "How important" in await talk.say("in 2 weeks")
    said = await talk.press("High")
    goal = await talk.goal()
    assert goal.name == "Publish my travel blog"
    assert goal.criteria == ("Write 5 posts", "Publish the site", "10 people subscribed")
    assert goal.priority is Priority.HIGH
    assert goal.deadline is not None
    assert "The plan for" in said


async def test_one_message_can_carry_it_all(talk: Talk) -> None:
    said = await talk.say(
        "/goal Learn chess\nso that I can play my son\n- Read a book\n2. Win 3 games\n"
        "deadline: in 2 weeks\npriority: urgent"
    )
    goal = await talk.goal()
    assert goal.criteria == ("Read a book", "Win 3 games")
    assert goal.description == "so that I can play my son"
    assert goal.priority is Priority.URGENT
    assert "Start" in talk.labels()
    assert "The plan for «Learn chess»" in said


async def test_suggestions_are_buttons_that_collect(talk: Talk) -> None:
    await talk.say("/goal Learn chess")
    ideas = [label for label in talk.labels() if label.startswith("+ ")]
    assert ideas
    await talk.press(ideas[0])
    assert "That's all" in talk.labels()
    assert ideas[0] not in talk.labels()
    await talk.press("That's all")
    await talk.press("No deadline")
    await talk.press("Normal")
    assert len((await talk.goal()).criteria) == 1


async def test_points_that_follow_later_are_kept_beside_the_first(talk: Talk) -> None:
    await talk.say("/goal Write a book")
    await talk.say("Finish 12 chapters")
    assert "begin it with «- »" in await talk.say("Have it read by 3 kids")
    assert "Kept: 2 points now." in await talk.say("- Have it read by 3 kids")
    await talk.say("none")
    assert "Kept: 3 points now." in await talk.say("• Publish it")
    await talk.say("high")
    assert (await talk.goal()).criteria == ("Finish 12 chapters", "Have it read by 3 kids", "Publish it")


async def test_help_in_the_middle_of_a_set_up_is_no_point_of_the_goal(talk: Talk) -> None:
    await talk.say("/goal Write a book")
    assert "/cancel leaves this" in await talk.say("help")
    await talk.say("Finish 12 chapters")
    assert "/cancel leaves this" in await talk.say("?")
    await talk.say("none")
    await talk.say("high")
    assert (await talk.goal()).criteria == ("Finish 12 chapters",)


async def test_a_deadline_that_passed_or_cannot_be_read_is_asked_again(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    assert "By when" in await talk.say("1 January 2020")
    assert "By when" in await talk.say("when the cows come home")
    assert "How important" in await talk.say("none")


async def test_plain_text_is_offered_as_a_goal(talk: Talk) -> None:
    assert "Make this a goal?" in await talk.say("I want to run a marathon next year")
    assert "How will we know" in await talk.press("Yes, make it a goal")
    await talk.press("Never mind")
    assert await talk.dialogue() is None


async def test_an_offer_can_be_answered_in_words_and_an_old_one_still_works(talk: Talk) -> None:
    await talk.say("I want to run a marathon next year")
    old = talk.newest()
    await talk.say("I want to learn to dance, too")
    assert "How will we know" in await talk.say("yes")
    assert "dance" in talk.newest().text
    await talk.say("/cancel")
    assert "marathon" in await talk.press("Yes, make it a goal", message=old)


@pytest.mark.parametrize("text", ["/goal", "/goal    "])
async def test_a_goal_without_a_name_is_asked_for(talk: Talk, text: str) -> None:
    assert "What do you want to reach?" in await talk.say(text)
    assert "How will we know" in await talk.say("Read more")


async def test_a_name_of_4096_signs_is_kept_whole(talk: Talk) -> None:
    text = "Learn " + "very " * 816
    said = await talk.say(text)
    assert "Make this a goal?" in said
    await talk.press("Yes, make it a goal")
    await talk.say("skip")
    await talk.say("none")
    await talk.say("normal")
    goal = await talk.goal()
    assert len(goal.name) <= 200
    assert goal.description.startswith("Learn very very")
    assert len(goal.description) > 4000


async def test_too_many_criteria_are_refused_in_words_and_the_question_stays_open(talk: Talk) -> None:
    await talk.say("/goal Too much")
    said = await talk.say("\n".join(f"Do {i}" for i in range(201)))
    assert "201" in said
    assert "By when" in await talk.say("Do one thing")


@pytest.mark.long
async def test_two_hundred_criteria_in_one_message_make_a_plan_in_pages(talk: Talk) -> None:
    criteria = "\n".join(f"- Call number {i}" for i in range(200))
    await talk.say(f"/goal Much\n{criteria}\ndeadline: none\npriority: low")
    goal = await talk.goal()
    assert len(goal.criteria) == 200
    assert "Page 2 ›" in talk.labels()
    await talk.press("Page 2 ›")
    assert "Page 2 of" in talk.newest().text
    await talk.press("Start")
    assert (await talk.goal()).status is GoalStatus.ACTIVE


async def test_what_is_said_twice_is_kept_once_and_that_is_told(talk: Talk) -> None:
    said = await talk.say(
        "/goal Be a good son\n- Call mum\n- call mum.\n- Call mum\n- Visit dad\ndeadline: none\npriority: low"
    )
    assert "2 criteria" in said
    assert "Said more than once, kept once: «Call mum»." in said
    goal = await talk.goal()
    assert goal.criteria == ("Call mum", "Visit dad")
    assert [task.title for task in goal.live_tasks].count("Call mum") == 1
    await talk.say("/goal Grow tomatoes")
    await talk.say("Buy seeds\nbuy seeds\nWater them")
    said = await talk.say("none")
    said = await talk.press("Normal")
    assert "kept once: «Buy seeds»" in said


async def test_an_answer_may_name_what_it_answers(talk: Talk) -> None:
    await talk.say("/goal Write a book\n- Finish 12 chapters")
    said = await talk.say("priority: high")
    assert "Kept: high priority." in said
    assert "By when" in said
    await talk.say("deadline: in 3 weeks")
    goal = await talk.goal()
    assert goal.priority is Priority.HIGH
    assert goal.deadline is not None
    assert goal.deadline.date() == talk.clock.now().date() + dt.timedelta(weeks=3)


async def test_points_may_come_with_deadline_and_priority_in_one_message(talk: Talk) -> None:
    await talk.say("/goal Write a book")
    await talk.say("Finish 12 chapters\nPublish it\ndeadline: none\npriority: low")
    goal = await talk.goal()
    assert (goal.criteria, goal.priority) == (("Finish 12 chapters", "Publish it"), Priority.LOW)


async def test_a_named_deadline_that_cannot_be_read_is_asked_again_and_nothing_else_is_lost(talk: Talk) -> None:
    await talk.say("/goal Write a book")
    assert "no date that I can read" in await talk.say("Finish 12 chapters\ndeadline: when it suits\npriority: high")
    await talk.say("none")
    goal = await talk.goal()
    assert (goal.criteria, goal.priority, goal.deadline) == (("Finish 12 chapters",), Priority.HIGH, None)


async def test_thanks_and_questions_are_no_points_of_a_goal(talk: Talk) -> None:
    await talk.say("/goal Write a book")
    assert "One thing is still open" in await talk.say("thank you")
    assert "Answer by button" in await talk.say("what's next?")
    await talk.say("Finish 12 chapters")
    await talk.say("none")
    await talk.say("high")
    assert (await talk.goal()).criteria == ("Finish 12 chapters",)


@pytest.mark.sample(2)
@pytest.mark.parametrize("shrug", ["no idea", "I don't know", "not sure yet", "you decide"])
async def test_a_shrug_leaves_out_what_was_asked(talk: Talk, shrug: str) -> None:
    await talk.say("/goal Write a book")
    assert "By when" in await talk.say(shrug)
    assert "How important" in await talk.say(shrug)
    await talk.say(shrug.removesuffix(" yet"))
    goal = await talk.goal()
    assert (goal.criteria, goal.deadline, goal.priority) == ((), None, Priority.NORMAL)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("words", "priority"),
    [
        ("not so important", Priority.LOW),
        ("it's not very urgent", Priority.LOW),
        ("quite important", Priority.HIGH),
        ("very important!", Priority.URGENT),
        ("I don't care", Priority.NORMAL),
    ],
)
async def test_a_priority_may_be_told_as_people_do(talk: Talk, words: str, priority: Priority) -> None:
    await talk.say("/goal Write a book\n- Finish 12 chapters\ndeadline: none")
    await talk.say(words)
    assert (await talk.goal()).priority is priority


async def test_what_was_said_in_a_set_up_is_said_otherwise_in_words(talk: Talk) -> None:
    await talk.say("/goal Tidy up")
    await talk.say("The shelf is free\nBooks in order\nClothes given away")
    assert "Kept: high priority." in await talk.say("make it high priority")
    assert "Left out: «Books in order»." in await talk.say("forget the second one")
    assert "«Tidy the den»" in await talk.say("rename it to Tidy the den")
    await talk.say("Friday week")
    goal = await talk.goal()
    assert (goal.name, goal.criteria) == ("Tidy the den", ("The shelf is free", "Clothes given away"))
    assert (goal.priority, goal.deadline is not None) == (Priority.HIGH, True)


async def test_a_point_that_sounds_like_leaving_out_another_one_is_a_point(talk: Talk) -> None:
    await talk.say("/goal Tidy up")
    await talk.press(next(label for label in talk.labels() if "wardrobes" in label))
    await talk.say("Remove the wardrobes\nSell the bed")
    await talk.say("none")
    await talk.press("Normal")
    assert {"Remove the wardrobes", "Sell the bed"} < set((await talk.goal()).criteria)


async def test_a_setting_that_is_named_while_a_date_is_asked_for_is_changed_and_the_question_stays(talk: Talk) -> None:
    await talk.say("/goal Tidy up")
    await talk.say("The shelf is free\nBooks in order")
    assert "Digest: off" in await talk.say("turn the digest off")
    assert "How important" in await talk.say("Friday")


@pytest.mark.parametrize(
    "text",
    [
        "/goal Garden; dig; sow; water",
        "/goal Garden: dig; sow; water; deadline: none",
        "/goal Garden\ndig; sow; water",
        "/goal Garden\ncriteria: dig; sow; water",
    ],
)
async def test_points_on_one_line_are_points_and_no_part_of_the_name(talk: Talk, text: str) -> None:
    await talk.say(text)
    for answer in ("none", "normal", "normal")[int("deadline" in text) :]:
        if await talk.dialogue() is not None:
            await talk.say(answer)
    goal = await talk.goal()
    assert (goal.name, goal.criteria) == ("Garden", ("dig", "sow", "water"))


@pytest.mark.parametrize("listed", ["- dig\n- sow", "1. dig\n2. sow", "dig\nsow", "criteria: dig\nsow", "- dig"])
async def test_a_list_under_an_offer_is_what_the_offered_goal_is_to_reach(talk: Talk, listed: str) -> None:
    await talk.say("Plant a garden")
    assert "«Plant a garden», with" in await talk.say(listed)
    await talk.say("none")
    await talk.say("normal")
    goal = await talk.goal()
    assert (goal.name, goal.criteria) == ("Plant a garden", ("dig", "sow")[: 1 + ("sow" in listed)])


@pytest.mark.parametrize(
    "pasted", ["Wedding\n- rings\n- hall", "Wedding\n1. rings", "Wedding\n- rings\ndeadline: none"]
)
async def test_a_goal_with_points_under_the_offer_of_another_is_offered_itself(talk: Talk, pasted: str) -> None:
    await talk.say("Plant a garden")
    told = await talk.say(pasted)
    assert "Make this a goal?" in told
    assert "Wedding" in told
    assert "garden" not in told


@pytest.mark.parametrize("points", ["\n- dig" + "\n- x".join(map(str, range(202))), "\n- " + "very " * 210 + "long"])
async def test_points_that_can_not_be_kept_are_refused_at_once_and_nothing_else_is_asked_twice(
    talk: Talk, points: str
) -> None:
    said = await talk.say(f"/goal Plant a garden{points}\ndeadline: none\npriority: low")
    assert "use at most" in said
    assert "How will we know" in said
    await talk.say("- dig")
    assert (await talk.goal()).criteria == ("dig",)


@pytest.mark.parametrize("way", ["It belongs to that", "both", "together"])
async def test_plain_words_under_an_offer_may_belong_to_it(talk: Talk, way: str) -> None:
    for text in ("Plant a garden", "with two beds.", "Beans must grow in it.\nThe neighbours like it."):
        assert "Make this a goal?" in await talk.say(text)
    assert "Before it you wrote «Plant a garden», «with two beds.»." in talk.newest().text
    message, data = talk.newest(), talk.button("It belongs to that")[1]
    await (talk.press(way) if way.startswith("It") else talk.say(way))
    await talk.press_data(data, message)
    await talk.say("none")
    await talk.say("normal")
    goal = await talk.goal()
    assert goal.name == "Plant a garden"
    assert goal.criteria == ("with two beds.", "Beans must grow in it.", "The neighbours like it.")


async def test_a_date_among_what_was_offered_before_is_the_deadline_of_all_of_it(talk: Talk) -> None:
    for text in ("Plant a garden", "Beans grow in it", "by the end of June"):
        await talk.say(text)
    assert "Kept: by " in await talk.press("It belongs to that")
    await talk.say("normal")
    assert ((await talk.goal()).criteria, (await talk.goal()).deadline is not None) == (("Beans grow in it",), True)


async def test_plain_words_under_an_offer_may_be_a_goal_of_their_own(talk: Talk) -> None:
    await talk.say("Plant a garden")
    garden = talk.newest()
    await talk.say("Learn to dance")
    joined = talk.button("It belongs to that")
    await talk.press("Yes, make it a goal")
    assert "Learn to dance" in talk.newest().text
    await talk.say("/cancel")
    await talk.press_data(joined[1], joined[0])
    assert await talk.dialogue() is None
    assert "Plant a garden" in await talk.press("Yes, make it a goal", message=garden)


@pytest.mark.parametrize(
    "said",
    ["by Friday", "deadline: Friday", "until next week", "by the end of June", "priority: high\ndeadline: Friday"],
)
async def test_a_date_under_an_offer_is_its_deadline(talk: Talk, said: str) -> None:
    await talk.say("Plant a garden")
    assert "How will we know" in await talk.say(said)
    assert "How important" in await talk.say("- dig\n- sow") or "high" in said
    await talk.say("normal")
    goal = await talk.goal()
    assert (goal.name, goal.deadline is not None) == ("Plant a garden", True)


@pytest.mark.parametrize("said", ["In a year I want to speak Spanish", "on Friday we paint the whole fence"])
async def test_what_only_begins_with_a_date_is_no_deadline_of_what_was_offered(talk: Talk, said: str) -> None:
    await talk.say("Plant a garden")
    assert f"Make this a goal?\n{said}" in await talk.say(said)


async def test_a_list_in_plain_text_is_offered_as_it_would_be_set(talk: Talk) -> None:
    said = await talk.say("Plant a garden\n- dig\n- sow")
    assert "Plant a garden\n• dig\n• sow" in said


async def test_a_set_up_is_corrected_in_two_ways_at_once(talk: Talk) -> None:
    await talk.say("/goal Garden; dig; sow; water")
    said = await talk.say("make it urgent and rename it to Park")
    assert "It is called «Park» now. Kept: urgent priority." in said
    await talk.say("none")
    goal = await talk.goal()
    assert (goal.name, goal.priority) == ("Park", Priority.URGENT)


@pytest.mark.parametrize("way", ["button", "yes"])
async def test_an_offer_that_is_taken_twice_loses_nothing_of_what_was_answered_since(talk: Talk, way: str) -> None:
    await talk.say("Plant a garden")
    message, data = talk.button("Yes, make it a goal")
    await (talk.press_data(data, message) if way == "button" else talk.say("yes"))
    await talk.press_data(data, message)
    await talk.say("- dig\n- sow")
    await talk.press_data(data, message)
    assert "left aside" not in "\n".join(one.text for one in talk.simulator.chat(7))
    await talk.say("none")
    await talk.say("normal")
    assert (await talk.goal()).criteria == ("dig", "sow")
