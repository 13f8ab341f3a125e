"""An update handled again after a crash, before «done» was written, changes nothing a second time."""

import pytest

from engine.plans import PlannedTask
from engine.records import Handled
from engine.tasks import TaskStatus
from engine.values import ChatId
from tests.handlers.conftest import ANN, Talk

PERSON = PlannedTask(key="a", title="Call Maria")
COUNTED = PlannedTask(key="b", title="Sow seeds", target_count=20)


async def twice(talk: Talk) -> list[Handled]:
    """Feed what waits at Telegram, then feed the very same again, as after a kill. Returns what came of each."""
    raw = await talk.simulator.call("getUpdates", {"offset": talk.offset})
    assert isinstance(raw, list)
    handled = [await talk.handle(update) for update in raw for _ in range(2) if isinstance(update, dict)]
    await talk.settle()
    return [one for one in handled if one is not None]


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


async def test_several_are_told_as_done_both_times(talk: Talk) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="c", title="Dig"), COUNTED)
    talk.simulator.say(ANN, "1 and 2 done")
    first, again = await twice(talk)
    assert first.replies == again.replies
    assert "Dig" in str(again.replies)


async def blocked(talk: Talk) -> None:
    await talk.started("Paint the fence", "Mow the lawn")
    await talk.engine.report_problem((await talk.goal()).id, 1, "the painter has gone")
    await talk.settle()


async def test_what_is_in_the_way_until_a_day_is_told_as_kept_both_times(talk: Talk) -> None:
    await blocked(talk)
    talk.simulator.say(ANN, "he is back in 3 days", reply_to=talk.with_text("Something is in the way").id)
    first, again = await twice(talk)
    assert first.replies == again.replies
    assert "Kept: he is back in 3 days" in str(again.replies[0])
    assert len((await talk.goal()).blockages) == 1


@pytest.mark.sample(1)
@pytest.mark.parametrize("label", ["It is resolved", "Skip the task", "Re-plan"])
async def test_an_answer_to_a_blockage_is_told_the_same_both_times(talk: Talk, label: str) -> None:
    await blocked(talk)
    message, data = talk.button(label, talk.with_text("Something is in the way"))
    talk.simulator.press(ANN, message.chat_id, message.id, data)
    first, again = await twice(talk)
    assert first.replies == again.replies


async def test_a_task_is_added_once(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    count = len((await talk.goal()).tasks)
    talk.simulator.say(ANN, "add Buy a spade", reply_to=talk.newest().id)
    await twice(talk)
    assert len((await talk.goal()).tasks) == count + 1


@pytest.mark.parametrize("words", ["done", "Call Maria: done"])
async def test_words_that_have_acted_already_are_no_new_text(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON)
    talk.simulator.say(ANN, words)
    _, again = await twice(talk)
    assert (again.card, again.replies, again.dialogue) == (1, (), None)
