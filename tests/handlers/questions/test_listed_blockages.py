"""A reply to the list of what is in the way answers the blockage that it can mean."""

import pytest

from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from tests.handlers.conftest import BEN, Talk

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


@pytest.mark.parametrize("said", ["Friday", "Call Maria: Friday", "1: Friday", "1.1: Friday"])
@pytest.mark.parametrize("is_reply", [True, False])
async def test_a_day_is_the_answer_to_what_asks_for_one_whether_or_not_it_is_a_reply(
    talk: Talk, said: str, is_reply: bool
) -> None:
    await talk.with_tasks(CALL)
    await talk.say("problem: I don't know which date suits", reply_to=talk.with_text("🙋 Call Maria").id)
    await talk.say("/blockers")
    assert "✅ Resolved: " in await talk.say(said, reply_to=talk.newest().id if is_reply else None)
    assert not (await talk.goal()).blockages


async def test_later_is_no_answer_to_what_asks_for_a_day(talk: Talk) -> None:
    await talk.with_tasks(CALL)
    await talk.say("problem: I don't know which date suits", reply_to=talk.with_text("🙋 Call Maria").id)
    for words in ("later", "not now", "later today"):
        await talk.say(words)
        assert len((await talk.goal()).blockages) == 1


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


@pytest.mark.parametrize("said", ["2: and the brush too", "2 done", "3: in the cellar"])
async def test_what_names_another_one_than_the_one_that_is_left_does_not_answer_that(talk: Talk, said: str) -> None:
    listed = await stuck(talk, 2)
    await talk.say("2: it is in the shed", reply_to=listed)
    assert "Only this is still in the way. Do you mean it?" in await talk.say(said, reply_to=listed)
    assert [one.description for one in (await talk.goal()).blockages.values()] == ["no number"]
    assert "Resolved: " + said in await talk.say("yes")


@pytest.mark.parametrize("said", ["7: hello there", "#7 hello there", "7 hello there", "2.1: her number is 0123"])
async def test_a_number_that_is_not_in_the_list_is_asked_about_though_one_thing_is_left(talk: Talk, said: str) -> None:
    listed = await stuck(talk, 1)
    assert "Only this is still in the way. Do you mean it?" in await talk.say(said, reply_to=listed)
    assert len((await talk.goal()).blockages) == 1
    assert "Nothing was changed" in await talk.say("no")


@pytest.mark.parametrize("said", ["9 done", "7.1 done", "skip 9"])
async def test_what_is_said_of_a_task_that_is_not_in_the_list_answers_nothing_of_it(talk: Talk, said: str) -> None:
    listed = await stuck(talk, 1)
    await talk.say(said, reply_to=listed)
    assert [one.description for one in (await talk.goal()).blockages.values()] == ["no number"]


@pytest.mark.parametrize("said", ["1 resolved, 2 resolved", "1 and 2 resolved"])
async def test_what_tells_of_several_of_the_list_does_none_by_half(talk: Talk, said: str) -> None:
    listed = await stuck(talk, 2)
    assert "Nothing was changed" in await talk.say(said, reply_to=listed)
    assert len((await talk.goal()).blockages) == 2


async def test_a_reply_to_a_list_whose_things_are_settled_says_so(talk: Talk) -> None:
    listed = await stuck(talk, 1)
    await talk.say("resolved", reply_to=listed)
    revision = (await talk.goal()).revision
    await talk.say("Her number is 0123", reply_to=listed)
    assert (await talk.goal()).revision == revision
    assert "Make this a goal?" not in talk.newest().text


async def test_somebody_else_answers_nothing_of_the_list(talk: Talk) -> None:
    await talk.say("It is in the shed", reply_to=await stuck(talk, 2))
    asked, data = talk.button("🚧 1. no number", talk.newest())
    await talk.press_data(data, asked, person=BEN)
    assert len((await talk.goal()).blockages) == 2
