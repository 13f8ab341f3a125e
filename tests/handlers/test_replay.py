"""An update handled again after a crash, before «done» was written, changes nothing a second time."""

from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import ChatId
from tests.handlers.conftest import ANN, Talk

PERSON = PlannedTask(key="a", title="Call Maria")
COUNTED = PlannedTask(key="b", title="Sow seeds", target_count=20)


async def twice(talk: Talk) -> None:
    """Feed what waits at Telegram, then feed the very same again, as after a kill."""
    raw = await talk.simulator.call("getUpdates", {"offset": talk.offset})
    assert isinstance(raw, list)
    for update in raw:
        assert isinstance(update, dict)
        await talk.handle(update)
        await talk.handle(update)
    await talk.settle()


async def test_a_goal_is_set_once(talk: Talk) -> None:
    talk.simulator.say(ANN, "/goal Garden\n- Plant 3 trees\ndeadline: none\npriority: low")
    await twice(talk)
    assert await talk.engine.queries.count_goals(ChatId(ANN.id), ended=False) == 1


async def test_a_tap_counts_once(talk: Talk) -> None:
    await talk.with_tasks(PERSON, COUNTED)
    message, plus = talk.button("+1")
    talk.simulator.press(ANN, message.chat_id, message.id, plus)
    await twice(talk)
    assert (await talk.goal()).task(2).count == 1


async def test_words_count_once(talk: Talk) -> None:
    await talk.with_tasks(PERSON, COUNTED)
    talk.simulator.say(ANN, "+2", reply_to=talk.with_text("Sow seeds").id)
    await twice(talk)
    assert (await talk.goal()).task(2).count == 2


async def test_done_is_told_as_done_both_times(talk: Talk) -> None:
    await talk.with_tasks(PERSON, COUNTED)
    message, done = talk.button("Done")
    talk.simulator.press(ANN, message.chat_id, message.id, done)
    await twice(talk)
    assert (await talk.goal()).task(1).status is TaskStatus.COMPLETED
    assert "Done." in talk.with_text("Call Maria").text


async def test_a_task_is_added_once(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    count = len((await talk.goal()).tasks)
    talk.simulator.say(ANN, "add Buy a spade", reply_to=talk.newest().id)
    await twice(talk)
    assert len((await talk.goal()).tasks) == count + 1
