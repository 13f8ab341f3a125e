"""What is said of several tasks in one message: done in one go where it is the same, asked for one by one otherwise."""

import pytest

from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from tests.handlers.conftest import Talk

PERSON = PlannedTask(key="a", title="Call Maria")


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "words",
    [
        "1 done\n2 skip",
        "1 to 3 done",
        "1,2,3 done",
        "1.1 and 2.2 done",
        "1 and 2 done, 3 skip",
        "1 and 2 are resolved",
        "1 and 2 not yet",
        "1 done, 2 done: Ann helped",
        "1. done 2. skip",
        "Sow seeds: done, 1 done",
        "1 done, 2 later\n1 problem: the seeds of last year are all gone, so somebody has to buy some",
    ],
)
async def test_deeds_of_several_tasks_in_one_message_are_not_taken_for_those_of_one(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Sow seeds"))
    assert "One task a message" in await talk.say(words)
    assert {task.status for task in (await talk.goal()).live_tasks} == {TaskStatus.WAITING}


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "words",
    [
        "1 and 2 done",
        "1, 2 done",
        "tasks 1 and 2 are done",
        "1 done, 2 done",
        "1 done\n2 too",
        "done 1 and 2",
        "1.1 done, 1.2 done",
        "skip 1, 2",
        "1-2 done",
        "1 done 2 done, thanks!",
    ],
)
async def test_the_same_deed_of_several_tasks_is_done_in_one_go_and_told_of_each(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Sow seeds"), PlannedTask(key="c", title="Rest"))
    told = await talk.say(words)
    became = TaskStatus.SKIPPED if "skip" in words else TaskStatus.COMPLETED
    assert [task.status for task in (await talk.goal()).tasks.values()] == [became, became, TaskStatus.WAITING]
    assert told.count("🎯 Test goal · 1.") == 2
    assert not talk.with_text("🙋 Sow seeds").buttons


@pytest.mark.parametrize("words", ["1 done, 1 done", "1.2 and 2 done", "skip 1 and 1.1"])
async def test_a_task_that_is_named_twice_is_done_once(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Sow seeds"), PlannedTask(key="c", title="Rest"))
    assert (await talk.say(words)).count("🎯 Test goal · 1.") == 1
    assert [task.status for task in (await talk.goal()).tasks.values()].count(TaskStatus.WAITING) == 2


async def test_several_are_done_all_or_none(talk: Talk) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Weigh it", work="measure", inputs={"target": 3}))
    assert "Nothing was changed" in await talk.say("1 and 2 done")
    assert {task.status for task in (await talk.goal()).live_tasks} == {TaskStatus.WAITING}


async def test_what_may_be_to_be_left_out_of_a_plan_that_waits_is_left_out_of_none(talk: Talk) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Sow seeds"))
    await talk.set_goal("Plant 3 trees", "Water them")
    assert "Nothing was changed" in await talk.say("skip 1 and 2")
