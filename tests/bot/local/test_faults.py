"""Bad days on order: what the bot gets, and what has happened nevertheless."""

import asyncio

import pytest

from bot.local.faults import ConnectionLost, Fault, FaultKind
from bot.local.refusals import Refusal


def texts(simulator, chat):
    return [message.text for message in simulator.chat(chat) if message.from_bot]


async def test_a_502_does_nothing_and_passes(simulator, call, refused, chat):
    simulator.faults.add(Fault(kind=FaultKind.BAD_GATEWAY, method="sendMessage", times=2))
    assert await call("sendChatAction", chat_id=chat, action="typing"), "another method goes through"
    for _ in range(2):
        assert await refused("sendMessage", chat_id=chat, text="a") == (502, "Bad Gateway")
    await call("sendMessage", chat_id=chat, text="b")
    assert texts(simulator, chat) == ["b"]


async def test_a_429_tells_how_long(simulator, chat):
    simulator.faults.add(Fault(kind=FaultKind.TOO_MANY_REQUESTS, retry_after=126))
    with pytest.raises(Refusal) as caught:
        await simulator.call("sendMessage", {"chat_id": chat, "text": "a"})
    assert caught.value.parameters == {"retry_after": 126}
    assert caught.value.description == "Too Many Requests: retry after 126"


async def test_a_lost_answer_has_delivered(simulator, chat):
    simulator.faults.add(Fault(kind=FaultKind.LOST_ANSWER, method="sendmessage"))
    with pytest.raises(ConnectionLost):
        await simulator.call("sendMessage", {"chat_id": chat, "text": "a"})
    assert texts(simulator, chat) == ["a"]


async def test_a_lost_answer_hides_a_refusal_too(simulator, chat):
    simulator.faults.add(Fault(kind=FaultKind.LOST_ANSWER))
    with pytest.raises(ConnectionLost):
        await simulator.call("sendMessage", {"chat_id": chat, "text": ""})


@pytest.mark.parametrize(("kind", "delivered"), [(FaultKind.HANG, []), (FaultKind.HANG_AFTER, ["a"])])
async def test_a_hanging_call_ends_when_the_faults_are_cleared(simulator, chat, kind, delivered):
    simulator.faults.add(Fault(kind=kind))

    async def send():
        with pytest.raises(ConnectionLost):
            await simulator.call("sendMessage", {"chat_id": chat, "text": "a"})

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(send())
        await asyncio.sleep(0)
        assert not task.done()
        assert simulator.faults.met == 1
        simulator.faults.clear()
    assert texts(simulator, chat) == delivered


async def test_down_lasts_until_told_and_people_go_on_writing(simulator, call, chat, ann):
    simulator.faults.add(Fault(kind=FaultKind.DOWN, times=None))
    for method in ("getUpdates", "getMe", "sendMessage"):
        with pytest.raises(ConnectionLost):
            await simulator.call(method, {})
    simulator.say(ann, "still here")
    simulator.faults.clear()
    assert [update["message"]["text"] for update in await call("getUpdates")] == ["/start", "still here"]


async def test_a_fault_can_wait_for_the_nth_call_in_one_chat(simulator, call, chat, ann):
    group = simulator.open_group(ann, "Team")
    simulator.faults.add(Fault(kind=FaultKind.DOWN, chat_id=group, skip=1))
    await call("sendMessage", chat_id=group, text="1")
    await call("sendMessage", chat_id=chat, text="2")
    with pytest.raises(ConnectionLost):
        await call("sendMessage", chat_id=str(group), text="3")
    await call("sendMessage", chat_id=group, text="4")
    assert simulator.faults.rules == ()


async def test_rules_are_met_in_the_order_they_were_given(simulator, refused, chat):
    simulator.faults.add(Fault(kind=FaultKind.BAD_GATEWAY))
    simulator.faults.add(Fault(kind=FaultKind.TOO_MANY_REQUESTS))
    assert (await refused("getMe"))[0] == 502
    assert (await refused("getMe"))[0] == 429


def test_a_fault_that_meets_nothing_is_a_mistake(simulator):
    with pytest.raises(ValueError, match="at least one"):
        simulator.faults.add(Fault(kind=FaultKind.DOWN, times=0))
