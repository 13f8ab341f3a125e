"""A goal that was set in a group is spoken of in the private chat, by its number: who asks there is answered there."""

import pytest

from tests.handlers.conftest import ANN, Talk


async def in_a_group(talk: Talk) -> int:
    """A goal of Ann's that is under way in a group."""
    group = talk.simulator.open_group(ANN, "Home", supergroup=True)
    talk.offset = talk.simulator.say(ANN, "/help", chat_id=group)  # what came before is the inbox's
    await talk.say("/goal Paint\n- Sand the walls\n- Buy brushes\ndeadline: none\npriority: normal", chat=group)
    plan, data = talk.button("Start", chat=group)
    talk.simulator.press(ANN, group, plan.id, data)
    await talk.serve(group)
    return group


@pytest.mark.parametrize(
    "words",
    ["/tasks 1", "/log 1", "/blockers 1", "/forecast 1", "/cost 1", "1.1 done", "1.1 problem: rain", "1.2 skip"],
)
async def test_what_is_asked_or_said_of_a_groups_goal_is_answered_where_it_was(talk: Talk, words: str) -> None:
    group = await in_a_group(talk)
    before = [one.text for one in talk.simulator.chat(group)]
    await talk.say(words)
    told = [one.text for one in talk.simulator.chat(ANN.id) if one.from_bot]
    assert len(told) == 1
    notices = [one.text for one in talk.simulator.chat(group)][len(before) :]
    assert told[0] not in notices


async def test_a_button_pressed_in_private_changes_its_own_message_and_none_of_the_group(talk: Talk) -> None:
    group = await in_a_group(talk)
    await talk.say("/tasks 1")
    await talk.press("🙋 1. Sand the walls")
    pressed = talk.newest()
    before = {one.id: one.text for one in talk.simulator.chat(group)}
    await talk.press("Done")
    now = next(one.text for one in talk.simulator.chat(ANN.id) if one.id == pressed.id)
    assert now.startswith("✅ Sand the walls")
    assert {one.id: one.text for one in talk.simulator.chat(group) if one.id in before} == before
