"""A question that stayed open for hours: what is said then is neither swallowed by it nor lost."""

import pytest

from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import ChatId
from tests.fakes import FakeClock
from tests.handlers.conftest import ANN, Talk

PERSON = PlannedTask(key="a", title="Call Maria")
OTHER = PlannedTask(key="b", title="Paint the door")


async def dialogue(talk: Talk) -> str:
    found = await talk.dialogue()
    return found.name if found is not None else ""


async def goals(talk: Talk) -> int:
    return len(await talk.engine.queries.goals_of(ChatId(ANN.id), ended=False, offset=0, limit=9))


async def test_within_some_hours_words_are_the_answer(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(hours=5)
    assert "How important" in await talk.say("in 2 weeks")


@pytest.mark.sample(2)
@pytest.mark.parametrize("answer", ["button", "yes", "Yes, it is", "👍"])
async def test_a_set_up_of_yesterday_is_taken_up_with_the_words_that_were_said(talk: Talk, answer: str) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(hours=20)
    asked = await talk.say("in 2 weeks")
    assert "20 hours ago we began to set up Learn chess" in asked
    assert "in 2 weeks" in asked
    said = await (talk.press("Yes, it is") if answer == "button" else talk.say(answer))
    assert "How important" in said
    await talk.say("high")
    goal = await talk.goal()
    assert (goal.name, goal.deadline is not None) == ("Learn chess", True)


async def test_the_answer_may_come_with_the_yes(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(hours=20)
    await talk.say("hm, when?")
    assert "How important" in await talk.say("yes, in 3 weeks")


@pytest.mark.parametrize("answer", ["No, something new", "no"])
async def test_what_is_something_new_is_heard_as_such_and_the_set_up_is_closed(talk: Talk, answer: str) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(days=2)
    await talk.say("Bake bread with Anna")
    said = await (talk.say(answer) if answer == "no" else talk.press(answer))
    assert "«Learn chess» is left aside; nothing was set." in said
    assert "Make this a goal?\nBake bread with Anna" in said
    assert "How will we know" in await talk.press("Yes, make it a goal")


async def test_other_words_than_yes_and_no_are_new_in_their_turn(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(days=2)
    await talk.say("Bake bread")
    assert "Make this a goal?\nSell the old car" in await talk.say("Sell the old car")
    assert await dialogue(talk) == "offer"


async def test_commands_buttons_and_replies_go_by_it_and_leave_it_open(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    question = talk.newest()
    talk.clock.advance(days=2)
    await talk.say("/goals")
    assert await dialogue(talk) == "goal_setup"
    assert "How important" in await talk.say("in 2 weeks", reply_to=question.id)
    await talk.say("high")
    assert await goals(talk) == 1


async def test_a_problem_asked_for_yesterday_is_not_what_is_said_today(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.press("Problem", message=talk.with_text("Call Maria"))
    talk.clock.advance(hours=7)
    asked = await talk.say("Plan the summer holiday")
    assert "I asked: What is the problem with «Call Maria»?" in asked
    assert (await talk.goal()).task(1).status is TaskStatus.WAITING
    await talk.press("No, something new")
    assert (await talk.goal()).task(1).status is TaskStatus.WAITING
    assert "Make this a goal?" in talk.newest().text


async def test_its_answer_that_does_not_do_is_explained_and_the_question_stays_open(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(days=2)
    await talk.say("when the cows come home")
    assert "By when" in await talk.press("Yes, it is")
    assert await dialogue(talk) == "goal_setup"


async def test_a_yes_does_not_cancel_a_goal_hours_after(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("/cancel")
    talk.clock.advance(hours=7)
    await talk.say("yes")
    assert not (await talk.goal()).has_ended


async def test_pressed_twice_it_is_heard_once(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(days=1)
    await talk.say("in 2 weeks")
    asked, data = talk.button("Yes, it is")
    await talk.press_data(data, asked)
    await talk.press_data(data, asked)
    assert await dialogue(talk) == "goal_setup"
    await talk.say("high")
    assert await goals(talk) == 1


async def test_a_clock_that_runs_faster_makes_no_question_old(talk: Talk) -> None:
    talk.clock = FakeClock(talk.clock.now(), speed=100_000.0)
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(days=2)
    assert "How important" in await talk.say("in 2 weeks")


async def test_another_question_in_between_leaves_the_set_up_of_yesterday_open(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(hours=20)
    await talk.say("in 2 weeks")
    await talk.say("/settings")
    await talk.press("Time zone")
    told = await talk.say("Lisbon")
    assert "Lisbon it is" in told
    assert "By when?" in told
    assert "How important" in await talk.say("in 2 weeks")
    await talk.say("high")
    assert await goals(talk) == 1


async def test_asked_about_again_and_left_it_is_gone_for_good(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(hours=20)
    await talk.say("in 2 weeks")
    assert "Left it" in await talk.say("/cancel")
    assert await dialogue(talk) == ""


async def test_a_day_later_still_it_is_asked_about_once_more(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games")
    talk.clock.advance(hours=20)
    await talk.say("in 2 weeks")
    talk.clock.advance(hours=20)
    assert "began to set up Learn chess" in await talk.say("in 3 weeks")
    assert "How important" in await talk.say("yes")


async def test_a_set_up_that_its_own_buttons_ended_is_not_taken_up_again(talk: Talk) -> None:
    await talk.say("/goal Learn chess\n- Win 3 games\ndeadline: none")
    asked = talk.newest()
    talk.clock.advance(hours=20)
    await talk.say("quite important")
    still = talk.newest()
    await talk.press("High", message=asked)
    await talk.press("Yes, it is", message=still)
    assert await goals(talk) == 1
    assert await dialogue(talk) == ""


async def test_a_no_to_another_question_asks_about_the_set_up_behind_it_too(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    of_task = talk.with_text("Call Maria")
    await talk.say("/goal Learn chess\n- Win 3 games")
    await talk.press("Problem", message=of_task)
    talk.clock.advance(hours=20)
    await talk.say("in 2 weeks")
    told = await talk.press("No, something new")
    assert "Closed: «What is the problem with «Call Maria»?»" in told
    assert "we began to set up Learn chess" in told
    assert "How important" in await talk.press("Yes, it is")
