"""A goal that is set in a topic of a group is told of there, and outside it once the topic is gone."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.local.messages import SimMessage
from bot.post_office import TOPIC_CLOSED
from bot.settings import Settings
from tests.fresh_database import fresh_database
from tests.scenarios.talking import ANN, Chat, a_telegram, app_of

STEPS = "- Sand the walls\n- Then prime the walls\n- Then paint the walls"
GOAL = f"/goal Paint the shed\n{STEPS}\ndeadline: none\npriority: normal"


async def press(chat: Chat, group: int, label: str) -> None:
    """Press the newest button of that label in the group."""
    for one in reversed(chat.messages(group)):
        for button in (button for row in one.buttons for button in row):
            if button.text == label:
                chat.simulator.press(ANN, group, one.id, str(button.data))
                await chat.settle()
                return
    raise AssertionError(f"no button «{label}» in {[one.text for one in chat.messages(group)]}")


async def test_plan_tasks_milestones_and_card_of_a_goal_stay_in_its_topic(tmp_path: Path) -> None:
    simulator = a_telegram()
    settings = Settings.model_validate({"database": fresh_database(tmp_path / "milepost.db")})
    async with app_of(simulator, settings) as chat:
        group = simulator.open_group(ANN, "Builders", supergroup=True)
        topic = simulator.open_topic(ANN, group, "Shed")
        simulator.say(ANN, GOAL, chat_id=group, topic=topic)
        await chat.settle()
        await press(chat, group, "Start")
        await press(chat, group, "Done")
        told = chat.messages(group)
        assert any("Quarter Complete" in one.text for one in told)
        assert any("Under way" in one.text for one in told)
        assert {one.thread_id for one in told} == {topic}

        simulator.say(ANN, "/status", chat_id=group)
        await chat.settle()
        assert chat.messages(group)[-1].thread_id is None, "whoever asks elsewhere is answered there"
    simulator.close()


async def test_a_goal_whose_topic_is_gone_is_told_of_in_the_group_and_that_is_said_once(tmp_path: Path) -> None:
    simulator = a_telegram()
    settings = Settings.model_validate({"database": fresh_database(tmp_path / "milepost.db")})
    async with app_of(simulator, settings) as chat:
        group = simulator.open_group(ANN, "Builders", supergroup=True)
        topic = simulator.open_topic(ANN, group, "Shed")
        simulator.say(ANN, GOAL, chat_id=group, topic=topic)
        await chat.settle()
        await press(chat, group, "Start")
        before = len(chat.messages(group))
        simulator.delete_topic(group, topic)
        await press(chat, group, "Done")
        await press(chat, group, "Done")
        await press(chat, group, "Done")
        told = chat.messages(group)[before:]
        assert {one.thread_id for one in told} == {None}
        assert [one.text for one in told].count(TOPIC_CLOSED) == 1
        (reached,) = (one for one in told if "Goal reached" in one.text)
        assert is_bold(reached, "Goal reached"), "it keeps its shape"
    simulator.close()


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_topic_that_was_closed_for_a_while_is_taken_up_again(tmp_path: Path, is_restarted: bool) -> None:
    simulator = a_telegram()
    settings = Settings.model_validate({"database": fresh_database(tmp_path / "milepost.db")})
    async with AsyncExitStack() as running:
        chat = await running.enter_async_context(app_of(simulator, settings))
        group = simulator.open_group(ANN, "Builders", supergroup=True)
        topic = simulator.open_topic(ANN, group, "Shed")
        simulator.say(ANN, GOAL, chat_id=group, topic=topic)
        await chat.settle()
        await press(chat, group, "Start")
        simulator.close_topic(group, topic)
        await press(chat, group, "Done")
        simulator.close_topic(group, topic, closed=False)
        if is_restarted:
            await running.aclose()
            chat = await running.enter_async_context(app_of(simulator, settings))
        else:
            simulator.say(ANN, "/status", chat_id=group, topic=topic)
            await chat.settle()
        await press(chat, group, "Done")
        simulator.close_topic(group, topic)
        await press(chat, group, "Done")
        told = chat.messages(group)
        assert [one.text for one in told].count(TOPIC_CLOSED) == 2, "once for each time that it was closed"
        places = {one.text.partition(chr(10))[0]: one.thread_id for one in told if "Complete" in one.text}
        assert topic in places.values(), places
        assert None in places.values(), places
    simulator.close()


async def test_what_takes_the_place_of_a_message_that_is_gone_stays_in_its_topic(tmp_path: Path) -> None:
    simulator = a_telegram()
    settings = Settings.model_validate({"database": fresh_database(tmp_path / "milepost.db")})
    async with app_of(simulator, settings) as chat:
        group = simulator.open_group(ANN, "Builders", supergroup=True)
        topic = simulator.open_topic(ANN, group, "Shed")
        simulator.say(ANN, GOAL, chat_id=group, topic=topic)
        await chat.settle()
        asked = next(one for one in reversed(chat.messages(group)) if one.buttons)
        start = next(str(one.data) for row in asked.buttons for one in row if one.text == "Start")
        simulator.press(ANN, group, asked.id, start)
        simulator.delete(group, asked.id)
        await chat.settle()
        assert {one.thread_id for one in chat.messages(group)} == {topic}
    simulator.close()


def is_bold(message: SimMessage, words: str) -> bool:
    at = len(message.text.partition(words)[0].encode("utf-16-le")) // 2
    return any(one.type == "bold" and one.offset <= at < one.offset + one.length for one in message.entities)
