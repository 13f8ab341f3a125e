"""The name, the priority and the deadline of a goal are changed in words, in reply to its card or out of the blue."""

import pytest

from engine.goals import Priority
from tests.handlers.conftest import Talk

SHED = ("Sand the walls", "The logo is drawn")


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("words", "priority"),
    [
        ("make it high priority", Priority.HIGH),
        ("Make this urgent", Priority.URGENT),
        ("priority: low", Priority.LOW),
        ("raise the priority to high", Priority.HIGH),
        ("It has high priority now.", Priority.HIGH),
        ("this goal is urgent", Priority.URGENT),
        ("set the priority of Paint the shed to low", Priority.LOW),
        ("low priority, please", Priority.LOW),
    ],
)
async def test_a_priority_is_changed_in_reply_to_the_card(talk: Talk, words: str, priority: Priority) -> None:
    await talk.started(*SHED, name="Paint the shed")
    card = await talk.show_card()
    assert "priority now" in await talk.say(words, reply_to=card.id)
    goal = await talk.goal()
    assert (goal.priority, goal.plan_version) == (priority, 1)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "words",
    ["rename it to Hut", "Rename «Paint the shed» to «Hut»", "call it Hut", "change its name to Hut",
     "the goal's name should be Hut", "rename goal 1 to Hut", "change the name to Hut"],
)  # fmt: skip
async def test_a_name_is_changed_in_reply_to_the_card_and_the_plan_stays(talk: Talk, words: str) -> None:
    await talk.started(*SHED, name="Paint the shed")
    card = await talk.show_card()
    assert "It is called «Hut» now" in await talk.say(words, reply_to=card.id)
    goal = await talk.goal()
    assert (goal.name, goal.criteria, goal.plan_version) == ("Hut", SHED, 1)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "words",
    [
        "the deadline is Friday",
        "it is due on Friday",
        "extend the deadline to Friday",
        "due Friday",
        "it's due a week on Friday",
    ],
)
async def test_a_deadline_is_set_and_taken_away_in_words(talk: Talk, words: str) -> None:
    await talk.started(*SHED, name="Paint the shed")
    assert "Is this about «Paint the shed»?" in await talk.say(words)
    await talk.say("yes")
    assert (await talk.goal()).deadline is not None
    await talk.say("no deadline any more")
    assert "none any more" in await talk.say("yes")
    assert (await talk.goal()).deadline is None


async def test_out_of_the_blue_it_is_asked_whether_the_goal_is_meant(talk: Talk) -> None:
    await talk.started(*SHED, name="Paint the shed")
    await talk.started("Win 3 games", name="Learn chess")
    assert "Is this about «Learn chess»?" in await talk.say("make chess urgent")
    assert "urgent priority now" in await talk.say("yes")
    assert [(await talk.goal(number)).priority for number in (1, 2)] == [Priority.NORMAL, Priority.URGENT]


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", [
    "call it a day", "call it off", "the logo is urgent", "the priority is clear", "its name must be on the box",
    "call it when you are ready", "rename it to something shorter",
])  # fmt: skip
async def test_other_words_change_neither(talk: Talk, words: str) -> None:
    await talk.started(*SHED, name="Paint the shed")
    card = await talk.show_card()
    await talk.say(words, reply_to=card.id)
    goal = await talk.goal()
    assert (goal.name, goal.priority) == ("Paint the shed", Priority.NORMAL)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "words", ["it must be done by Anna", "finish it by hand", "it is due to bad weather", "I need it by email"]
)
async def test_what_is_no_date_is_no_deadline_and_stops_nothing(talk: Talk, words: str) -> None:
    await talk.started(*SHED, name="Paint the shed")
    assert "no date" not in await talk.say(f"/replan {words}")
    assert (await talk.goal()).deadline is None


async def test_a_criterion_is_still_said_anew(talk: Talk) -> None:
    await talk.started(*SHED, name="Paint the shed")
    await talk.say("/replan rename the logo to The logo is drawn in red")
    assert (await talk.goal()).criteria == (SHED[0], "The logo is drawn in red")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("make it urgent and rename it to Pie", "Pie"),
        ("rename it to Pie, and make it urgent", "Pie"),
        ("call it Pie, make it urgent and drop the logo", "Pie"),
        ("rename it to Salt and Pepper", "Salt and Pepper"),
    ],
)
async def test_several_things_about_a_goal_are_said_in_one_sentence(talk: Talk, words: str, name: str) -> None:
    await talk.started(*SHED, name="Paint the shed")
    await talk.say(words, reply_to=(await talk.show_card()).id)
    goal = await talk.goal()
    assert goal.name == name
    assert goal.priority is (Priority.URGENT if "urgent" in words else Priority.NORMAL)
    assert len(goal.criteria) == (1 if "drop" in words else 2)


async def test_several_things_about_a_goal_without_its_name_are_asked_about(talk: Talk) -> None:
    await talk.started(*SHED, name="Paint the shed")
    assert "Is this about «Paint the shed»?" in await talk.say("make it urgent and rename it to Pie")
    await talk.press("Yes")
    goal = await talk.goal()
    assert (goal.name, goal.priority) == ("Pie", Priority.URGENT)
