"""/forecast: by command, in words, for the goal that is meant."""

import datetime as dt

from engine.commands import GoalEdit
from engine.plans import PlannedTask
from engine.tasks import Estimate, Expectation
from tests.handlers.conftest import ANN, BEN, Talk

HOURS = Estimate(low=10, likely=20, high=40)


async def two_steps(talk: Talk) -> None:
    rows = [
        PlannedTask(key="a", title="Write the letter", estimate=HOURS),
        PlannedTask(key="b", title="Post the letter", estimate=HOURS, after=("a",)),
    ]
    await talk.with_tasks(*rows)


async def test_it_tells_when_the_goal_will_be_done_and_follows_what_is_done(talk: Talk) -> None:
    await two_steps(talk)
    told = await talk.say("/forecast")
    assert told.startswith("📈 Forecast · Test goal\n\nLikely done ")
    assert "• 1. Write the letter (almost always)" in told
    assert "rest on the plan's estimates alone" in told
    talk.clock.advance(hours=20)
    await talk.press("Done")
    talk.clock.advance(minutes=11)
    again = await talk.say("/forecast 1")
    assert "Write the letter" not in again
    assert "the plan's estimates and 1 finished task." in again


async def test_of_several_goals_it_asks_which_and_a_button_answers(talk: Talk) -> None:
    await two_steps(talk)
    await two_steps(talk)
    assert "The forecast of which goal?" in await talk.say("/forecast")
    assert "📈 Forecast · Test goal" in await talk.press("2. Test goal")


async def test_a_plan_that_was_not_started_says_what_it_takes_for_granted(talk: Talk) -> None:
    talk.planner.tasks = (PlannedTask(key="a", title="Write", estimate=HOURS),)
    await talk.set_goal("Anything")
    assert ", if it is started now" in await talk.say("/forecast")


async def test_an_ended_goal_has_nothing_to_come_and_strangers_see_nothing(talk: Talk) -> None:
    await two_steps(talk)
    assert "There is no goal" in await talk.say("/forecast", person=BEN, chat=BEN.id)
    await talk.engine.cancel_goal((await talk.goal()).id)
    assert "It is cancelled: nothing is to come." in await talk.say("/forecast 1", chat=ANN.id)


async def test_it_is_in_the_menu_and_under_words_near_it(talk: Talk) -> None:
    assert "/forecast" in await talk.say("/help")
    assert "/forecast" in await talk.say("/eta")


async def test_a_number_is_told_where_it_should_be_by_now(talk: Talk) -> None:
    wanted = Expectation(summary="", target=500, unit="signups")
    await talk.with_tasks(PlannedTask(key="a", title="Get signups", work="measure", expected=wanted))
    goal = (await talk.goal()).id
    await talk.engine.edit_goal(goal, GoalEdit(deadline=talk.clock.now() + dt.timedelta(days=30)))
    question = talk.with_text("Get signups")
    talk.clock.advance(days=10)
    await talk.engine.serve_wakeups()
    told = await talk.say("200", reply_to=question.id)
    assert "That is in time for the deadline." in told
    talk.clock.advance(days=10)
    await talk.engine.serve_wakeups()
    told = await talk.say("220", reply_to=question.id)
    assert "To be in time for the deadline it should be about 350 by now." in told
    assert "A larger plan needs your yes" in told
    assert (await talk.goal()).task(1).history.behind == 1
