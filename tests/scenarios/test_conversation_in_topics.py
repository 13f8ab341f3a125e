"""Conversations in the topics of a group: each has its own history, its own turns and its own questions."""

import asyncio
from pathlib import Path

import pytest

from bot.local.messages import SimMessage
from engine.goals import GoalStatus
from engine.values import GoalId
from tests.scenarios.talking import ANN, BEN, Chat, in_turn, is_talk, returned_to, said_to, talking
from tests.scripted_models import Json, Turn


async def forum(chat: Chat) -> tuple[int, int, int]:
    """A group of Ann's and Ben's with two topics, in each of which the bot has said something."""
    group = chat.simulator.open_group(ANN, "Painters", supergroup=True)
    chat.simulator.join(BEN, group)
    cards, frames = (chat.simulator.open_topic(ANN, group, name) for name in ("Cards", "Frames"))
    for topic in (cards, frames):
        chat.simulator.say(ANN, "/goals", chat_id=group, topic=topic)
        await chat.settle()
        assert last(chat, group, topic).from_bot
    return group, cards, frames


def last(chat: Chat, group: int, topic: int) -> SimMessage:
    return [one for one in chat.simulator.chat(group) if one.thread_id == topic][-1]


def say(chat: Chat, group: int, topic: int, text: str) -> None:
    """Ann says something as a reply to the bot's last words in the topic."""
    said = [one for one in chat.messages(group) if one.thread_id == topic][-1]
    chat.simulator.say(ANN, text, chat_id=group, topic=topic, reply_to=said.id)


async def test_each_topic_has_its_own_history_and_is_answered_where_it_asks(tmp_path: Path) -> None:
    script = in_turn(Turn(text="In spring."), Turn(text="Oak."), Turn(text="April."), Turn(text="Ash, then."))
    async with talking(tmp_path, script) as (chat, server):
        group, cards, frames = await forum(chat)
        for topic, words, answer in (
            (cards, "When do cards sell best, by the way?", "In spring."),
            (frames, "Which wood would you take for the frames?", "Oak."),
            (cards, "And in which month of it, would you say?", "April."),
            (frames, "And if there is none of that to be had?", "Ash, then."),
        ):
            say(chat, group, topic, words)
            await chat.settle()
            told = last(chat, group, topic)
            assert (told.text, told.from_bot) == (answer, True)
        first, second, third, fourth = [one for one in server.requests if is_talk(one)]
        assert "cards" not in " ".join(said_to(second))
        assert "When do cards sell best, by the way?" in " ".join(said_to(third))
        assert "frames" not in " ".join(said_to(third))
        assert "Which wood" in " ".join(said_to(fourth))
        assert "month" not in " ".join(said_to(fourth))
        assert len(said_to(first)) == 1


@pytest.mark.long
async def test_a_topic_is_answered_while_the_model_still_thinks_about_another(tmp_path: Path) -> None:
    heard = asyncio.Event()

    def answer(asked: Json) -> Turn:
        if not is_talk(asked):
            return Turn(status=400)
        if "wood" in said_to(asked)[-1]:
            return Turn(text="Oak.")
        return Turn(text="In spring.", answers_when=heard)

    async with talking(tmp_path, answer) as (chat, server):
        group, cards, frames = await forum(chat)
        say(chat, group, cards, "When do cards sell best, by the way?")
        await server.asked.wait()
        say(chat, group, frames, "Which wood would you take for the frames?")
        await chat.until(lambda: last(chat, group, frames).text == "Oak.")
        heard.set()
        await chat.settle()
        assert last(chat, group, cards).text == "In spring."


@pytest.mark.long
async def test_what_a_turn_asks_is_asked_in_its_topic_and_goes_on_there_with_the_yes_of_who_began_it(
    tmp_path: Path,
) -> None:
    def answer(asked: Json) -> Turn:
        if not is_talk(asked):
            return Turn(status=400)
        if "wood" in said_to(asked)[-1]:
            return Turn(text="Oak.")
        return Turn(text="It is cancelled.") if returned_to(asked) else Turn(calls={"cancel_goal": {"goal": 1}})

    async with talking(tmp_path, answer) as (chat, _):
        group, cards, frames = await forum(chat)
        words = "/goal Sell cards\n- 10 cards are sold\ndeadline: none\npriority: normal"
        chat.simulator.say(ANN, words, chat_id=group)
        await chat.settle()
        engine = chat.app.engine
        await engine.start_goal(GoalId(1))
        await chat.settle()
        say(chat, group, cards, "Oh no, please cancel everything about the cards now")
        await chat.settle()
        asked = last(chat, group, cards)
        assert asked.text.count("Cancel #1 «Sell cards»") == 1
        yes = asked.buttons[0][0].data or ""
        say(chat, group, frames, "Which wood would you take for the frames?")
        await chat.settle()
        assert last(chat, group, frames).text == "Oak."
        chat.simulator.press(BEN, group, asked.id, yes)
        await chat.settle()
        assert (await engine.goal(GoalId(1))).status is GoalStatus.ACTIVE
        chat.simulator.press(ANN, group, asked.id, yes)
        await chat.settle()
        assert (await engine.goal(GoalId(1))).status is GoalStatus.CANCELLED
        answers = [one for one in chat.messages(group) if "It is cancelled." in one.text]
        assert [one.thread_id for one in answers] == [cards]
        chat.simulator.press(ANN, group, asked.id, yes)
        await chat.settle()
        assert sum("It is cancelled." in one.text for one in chat.messages(group)) == 1
