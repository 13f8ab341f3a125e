"""A reply to the list of what is in the way answers the blockage that it can mean."""

import pytest

from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from tests.handlers.conftest import ANN, BEN, Talk

CALL = PlannedTask(key="a", title="Call Maria")
PAINT = PlannedTask(key="b", title="Paint the door")


async def stuck(talk: Talk, count: int) -> int:
    """The list of so many blockages; the id of its message."""
    await talk.with_tasks(CALL, PAINT)
    for title, problem in (("Call Maria", "no number"), ("Paint the door", "no paint"))[:count]:
        await talk.say(f"problem: {problem}", reply_to=talk.with_text(f"🙋 {title}").id)
    await talk.say("/blockers")
    return talk.newest().id


def statuses_of(goal: object) -> list[TaskStatus]:
    return [task.status for task in goal.live_tasks]  # type: ignore[attr-defined]  # a goal


@pytest.mark.parametrize("words", ["her number is 0123", "resolved", "0123 456"])
async def test_where_one_thing_is_in_the_way_a_reply_to_the_list_answers_it(talk: Talk, words: str) -> None:
    listed = await stuck(talk, 1)
    assert "✅ Resolved" in await talk.say(words, reply_to=listed)
    goal = await talk.goal()
    assert not goal.blockages
    assert goal.task(1).status is TaskStatus.WAITING


async def test_a_day_alone_in_reply_to_the_list_or_to_the_message_puts_off(talk: Talk) -> None:
    listed = await stuck(talk, 2)
    said = await talk.say("tomorrow", reply_to=talk.with_text("Something is in the way").id)
    assert "waits until Sat 21 Nov, 09:00" in said
    said = await talk.say("1: next week", reply_to=listed)
    assert "waits until Fri 27 Nov, 09:00" in said
    assert {task.status for task in (await talk.goal()).live_tasks} == {TaskStatus.BLOCKED}


@pytest.mark.parametrize("way", ["button", "2", "no paint"])
async def test_where_several_are_it_is_asked_which_one_is_meant(talk: Talk, way: str) -> None:
    listed = await stuck(talk, 2)
    assert "Which one do you mean?" in await talk.say("It is in the shed", reply_to=listed)
    assert len((await talk.goal()).blockages) == 2
    if way == "button":
        asked = talk.newest()
        said = await talk.press("🚧 2. no paint")
        await talk.press("🚧 2. no paint", message=asked) if asked.buttons else None
    else:
        said = await talk.say(way)
    assert "It is in the shed" in said
    (left,) = (await talk.goal()).blockages.values()
    assert left.description == "no number"


async def test_the_one_that_a_reply_names_by_its_number_is_answered_at_once(talk: Talk) -> None:
    listed = await stuck(talk, 2)
    assert "Resolved: it is in the shed" in await talk.say("2: it is in the shed", reply_to=listed)
    (left,) = (await talk.goal()).blockages.values()
    assert left.description == "no number"


async def test_a_reply_to_a_list_whose_things_are_settled_says_so(talk: Talk) -> None:
    listed = await stuck(talk, 1)
    await talk.say("resolved", reply_to=listed)
    revision = (await talk.goal()).revision
    await talk.say("Her number is 0123", reply_to=listed)
    assert (await talk.goal()).revision == revision
    assert "Make this a goal?" not in talk.newest().text


async def test_somebody_else_answers_nothing_of_the_list(talk: Talk) -> None:
    await stuck(talk, 1)
    _, data = talk.button("🚧 1. no number")
    await talk.press_data(data.replace(":open:", ":words:"), talk.simulator.chat(ANN.id)[-1], person=BEN)
    assert len((await talk.goal()).blockages) == 1
