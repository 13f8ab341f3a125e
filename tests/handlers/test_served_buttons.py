"""Buttons whose question was answered in words go: nothing in the chat asks what has been answered."""

from bot.local.messages import SimMessage
from engine.goals import GoalStatus
from engine.plans import PlannedTask
from tests.handlers.conftest import ANN, Talk

PERSON = PlannedTask(key="a", title="Call Maria")
COUNTED = PlannedTask(key="a", title="Sow seeds", target_count=20)
OTHER = PlannedTask(key="b", title="Paint the door", after=("a",))


def with_buttons(talk: Talk) -> list[SimMessage]:
    return [message for message in talk.simulator.chat(ANN.id) if message.from_bot and message.buttons]


async def test_the_questions_of_a_set_up_lose_their_buttons_one_after_the_other(talk: Talk) -> None:
    await talk.say("/goal Learn chess")
    await talk.say("Win 3 games")
    (asking,) = with_buttons(talk)
    assert "By when" in asking.text
    await talk.say("none")
    (asking,) = with_buttons(talk)
    await talk.say("high")
    (plan,) = with_buttons(talk)
    assert "Start" in talk.labels(plan)


async def test_a_question_that_a_button_turned_into_the_next_one_keeps_that_ones_buttons(talk: Talk) -> None:
    await talk.say("/goal Learn chess")
    await talk.press("Skip")
    (asking,) = with_buttons(talk)
    assert "In 1 week" in talk.labels(asking)


async def test_a_confirmation_answered_or_left_in_words_closes(talk: Talk) -> None:
    await talk.started("Choose a date", name="Market stall")
    before = [message.id for message in with_buttons(talk)]
    await talk.say("/cancel 1")
    assert "Yes, cancel it" in talk.labels()
    await talk.say("no")
    assert [message.id for message in with_buttons(talk)] == before
    await talk.say("/cancel 1")
    await talk.say("/cancel")
    assert [message.id for message in with_buttons(talk)] == before
    assert (await talk.goal()).status is GoalStatus.ACTIVE


async def test_an_open_question_keeps_its_buttons_while_something_else_is_looked_at(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.press("Problem", message=talk.with_text("Call Maria"))
    question = talk.newest()
    await talk.say("/goals")
    assert talk.labels(talk.with_text("What is the problem")) == ["Never mind"]
    await talk.say("no answer yet")
    (asked,) = [message for message in talk.simulator.chat(ANN.id) if message.id == question.id]
    assert asked.buttons == ()


async def test_a_task_answered_in_plain_words_is_asked_about_by_no_button(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    asked = talk.with_text("Call Maria")
    assert "Done" in talk.labels(asked)
    await talk.say("done")
    assert asked.id not in [message.id for message in with_buttons(talk)]
    assert "Done" in talk.labels(talk.with_text("Paint the door"))


async def test_a_count_told_in_plain_words_leaves_buttons_at_the_newest_count_alone(talk: Talk) -> None:
    await talk.with_tasks(COUNTED)
    await talk.say("+2")
    counting = [message for message in with_buttons(talk) if "+1" in talk.labels(message)]
    assert len(counting) == 1
    assert "2 of 20" in counting[0].text


async def test_a_plan_started_in_plain_words_has_no_start_left(talk: Talk) -> None:
    await talk.set_goal("Choose a date")
    await talk.say("start")
    assert (await talk.goal()).status is GoalStatus.ACTIVE
    assert not [message for message in with_buttons(talk) if "Start" in talk.labels(message)]
