"""What is in the way only until a day that somebody names is waited for, and goes on by itself then."""

import datetime as dt

import pytest

from engine.absences import absences
from engine.blockages import BlockageKind, Strategy
from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import GoalId
from handlers.reading.delays import said_until
from tests.handlers.conftest import Talk

NOW = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("he is back on Monday", dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)),
        ("Back tomorrow.", dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)),
        ("In 2 weeks it is delivered", dt.datetime(2026, 12, 4, 9, tzinfo=dt.UTC)),
        ("the part arrives on 3 December at 14:00", dt.datetime(2026, 12, 3, 14, tzinfo=dt.UTC)),
        ("the office is closed until 1 March", dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)),
        ("the parts will be delivered on Monday", dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)),
        ("she was ill and is back on Monday", dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)),
        ("I was told he is back on Monday", dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)),
        ("she comes back in an hour", dt.datetime(2026, 11, 20, 11, tzinfo=dt.UTC)),
    ],
)
def test_a_day_is_found_in_what_somebody_says_of_what_is_away(said: str, until: dt.datetime) -> None:
    assert said_until(said, NOW, "UTC") == until


@pytest.mark.parametrize(
    "said",
    [
        "the key is under the mat",
        "take the train on Monday",
        "the invoice of 3 December is in the folder",
        "the code is back to 12",
        "he is back",
        "he came back on 3 January 2020",
        "call 555 1234 and ask for Anna",
    ],
)
def test_other_words_are_the_information_that_was_asked_for(said: str) -> None:
    assert said_until(said, NOW, "UTC") is None


@pytest.mark.parametrize(
    "said",
    [
        "he came back on Monday",
        "the parts were delivered on Monday",
        "it has been delivered on Friday",
        "she was ill until Monday",
        "he has been back since Monday",
        "I got it back on Monday",
        "he is back since Monday",
        "he was expected back on Friday",
    ],
)
def test_what_is_over_is_not_put_off_to_the_same_day_of_the_next_week(said: str) -> None:
    assert said_until(said, NOW, "UTC") is None


async def told(talk: Talk, words: str) -> str:
    await talk.started("Paint the fence", "Mow the lawn")
    goal = await talk.goal()
    await talk.engine.report_problem(goal.id, 1, "the painter has gone")
    await talk.settle()
    await talk.press("Give information")
    return await talk.say(words)


async def test_who_says_when_somebody_is_back_is_asked_again_then_and_not_at_once(talk: Talk) -> None:
    said = await told(talk, "he is back on Monday")
    assert "Kept: he is back on Monday" in said
    assert "waits until Mon 23 Nov, 09:00" in said
    goal = await talk.goal()
    (blockage,) = goal.blockages.values()
    assert (blockage.kind, blockage.strategy) == (BlockageKind.EXTERNAL, Strategy.WAIT)
    assert blockage.description == "the painter has gone; he is back on Monday"
    assert goal.tasks[1].status is TaskStatus.BLOCKED
    assert "he is back on Monday" in await talk.say("/log"), "it is kept as a note"

    talk.clock.advance(days=2, hours=22)
    await talk.engine.serve_wakeups()
    await talk.settle()
    assert (await talk.goal()).tasks[1].status is TaskStatus.BLOCKED
    talk.clock.advance(hours=2)
    await talk.engine.serve_wakeups()
    await talk.settle()
    goal = await talk.goal()
    assert not goal.blockages
    assert goal.tasks[1].status is TaskStatus.WAITING
    assert "Done" in talk.labels(talk.with_text("🙋 Paint"))


async def test_what_is_waited_for_may_be_there_sooner(talk: Talk) -> None:
    await told(talk, "he is back in 3 days")
    await talk.press("It is resolved")
    goal = await talk.goal()
    assert not goal.blockages
    assert goal.tasks[1].status is TaskStatus.WAITING


async def test_information_without_a_day_resolves_it_as_ever(talk: Talk) -> None:
    assert "✅ Resolved: the paint is in the shed" in await told(talk, "the paint is in the shed")
    assert not (await talk.goal()).blockages


async def test_a_day_for_a_resource_is_when_it_is_back(talk: Talk) -> None:
    first = PlannedTask(key="a", title="Draw the plan", work="person")
    train = PlannedTask(key="b", title="Train the model", work="person", after=("a",), resources=("gpu",))
    await talk.with_tasks(first, train)
    await talk.say("/replan the gpu is gone")
    await talk.engine.complete_task(GoalId(1), 1)
    await talk.settle()
    await talk.say("/blockers")
    await talk.press(talk.labels()[0])
    await talk.press("Give information")
    said = await talk.say("it comes back on Wednesday")
    assert "waits until Wed 25 Nov" in said
    goal = await talk.goal()
    assert absences(goal, talk.clock.now())["gpu"].until == dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
    (blockage,) = goal.blockages.values()
    assert (blockage.kind, blockage.strategy) == (BlockageKind.RESOURCE, Strategy.WAIT)


HELD_UP = (PlannedTask(key="a", title="Paint the walls"), PlannedTask(key="b", title="Feed the cat"))


async def held_up(talk: Talk) -> None:
    await talk.with_tasks(*HELD_UP)
    await talk.say("1 problem: no paint")


@pytest.mark.parametrize("words", ["1 later", "1 not now", "paint the walls later"])
async def test_a_task_that_is_held_up_is_put_off_in_words_and_by_button(talk: Talk, words: str) -> None:
    await held_up(talk)
    assert "When shall I ask again?" in await talk.say(words)
    await talk.press("Tomorrow")
    task = (await talk.goal()).task(1)
    assert (task.status, task.due_at) == (TaskStatus.BLOCKED, dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC))
    assert "waits until Sat 21 Nov, 09:00" in talk.with_text("It is held up").text
    talk.clock.advance(days=1)
    await talk.engine.serve_wakeups()
    await talk.settle()
    assert (await talk.goal()).task(1).status is TaskStatus.WAITING


async def test_later_in_reply_to_what_is_in_the_way_resolves_nothing_and_the_day_said_next_is_its(talk: Talk) -> None:
    await held_up(talk)
    told = await talk.say("later", reply_to=talk.with_text("Something is in the way").id)
    assert "When shall I ask again?" in told
    await talk.say("in 3 days")
    goal = await talk.goal()
    assert [goal.task(number).status for number in (1, 2)] == [TaskStatus.BLOCKED, TaskStatus.WAITING]
    assert goal.task(1).due_at is not None
    waiting = goal.task(2).waiting
    assert waiting is not None
    assert not waiting.postponed


@pytest.mark.parametrize("words", ["not now", "later", "I don't know"])
async def test_no_information_is_not_taken_for_any(talk: Talk, words: str) -> None:
    await held_up(talk)
    await talk.press("Give information")
    await talk.say(words)
    assert (await talk.goal()).task(1).status is TaskStatus.BLOCKED


async def test_only_what_is_held_up_is_meant_by_later_where_nothing_else_waits(talk: Talk) -> None:
    await held_up(talk)
    await talk.say("2 done")
    await talk.say("later")
    await talk.say("tomorrow")
    assert (await talk.goal()).task(1).due_at == dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
