"""getUpdates: long polls, offsets, limits, kinds, ages, and two pollers."""

import asyncio

import pytest

from bot.local.refusals import Refusal


def ids(updates):
    return [update["update_id"] for update in updates]


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(simulator, call, ann):
    for text in "abc":
        simulator.say(ann, text)
    assert ids(await call("getUpdates")) == [1, 2, 3]
    assert ids(await call("getUpdates", offset=3)) == [3]
    assert ids(await call("getUpdates")) == [3]
    assert simulator.pending_updates() == 1


async def test_a_negative_offset_keeps_the_last_ones(simulator, call, ann):
    for text in "abc":
        simulator.say(ann, text)
    assert ids(await call("getUpdates", offset=-2)) == [2, 3]
    assert simulator.pending_updates() == 2


async def test_a_call_hands_out_a_hundred_at_most(simulator, call, ann):
    for number in range(120):
        simulator.say(ann, str(number))
    assert len(await call("getUpdates")) == 100
    assert len(await call("getUpdates", limit=1000)) == 100
    assert ids(await call("getUpdates", limit="2")) == [1, 2]


async def test_a_long_poll_ends_as_soon_as_something_comes(simulator, call, ann):
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        poll = group.create_task(call("getUpdates", timeout=50))
        await asyncio.sleep(0)
        simulator.say(ann, "at last")
    assert poll.result()[0]["message"]["text"] == "at last"


async def test_a_second_poller_ends_the_older_one(simulator, ann):
    async def older():
        with pytest.raises(Refusal) as caught:
            await simulator.call("getUpdates", {"timeout": 50})
        return caught.value

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        first = group.create_task(older())
        await asyncio.sleep(0)
        assert await simulator.call("getUpdates", {}) == []
    assert first.result().error_code == 409
    assert first.result().description == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


async def test_polling_is_refused_while_a_webhook_is_set(call, refused, simulator, ann):
    await call("setWebhook", url="https://bot.example/hook")
    assert await refused("getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
    simulator.say(ann, "a")
    info = await call("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == ("https://bot.example/hook", 1)
    await call("deleteWebhook")
    assert ids(await call("getUpdates")) == [1]
    await call("deleteWebhook", drop_pending_updates=True)
    assert await call("getUpdates") == []


async def test_a_webhook_ends_the_poll_that_waits(simulator, call):
    async def poll():
        with pytest.raises(Refusal, match=r"^Conflict: terminated by setWebhook request$"):
            await simulator.call("getUpdates", {"timeout": 50})

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(poll())
        await asyncio.sleep(0)
        await call("setWebhook", url="https://bot.example/hook")


async def test_only_the_kinds_asked_for_come_until_others_are_asked_for(simulator, call, ann):
    await call("getUpdates", allowed_updates=["message"])
    simulator.say(ann, "a")
    assert simulator.press(ann, ann.id, 1, "go") == 0
    await call("getUpdates")
    assert simulator.block(ann) == 0
    await call("getUpdates", allowed_updates="[]")
    assert simulator.unblock(ann) == 2
    assert [list(update)[1] for update in await call("getUpdates")] == ["message", "my_chat_member"]


async def test_messages_wait_24_hours_and_taps_150_seconds(simulator, call, ann, real):
    simulator.say(ann, "a")
    simulator.press(ann, ann.id, 1, "go")
    real.advance(149)
    assert ids(await call("getUpdates")) == [1, 2]
    real.advance(2)
    assert ids(await call("getUpdates")) == [1]
    real.advance(24 * 3600)
    assert await call("getUpdates") == []


async def test_a_sped_up_clock_makes_no_update_old(simulator, call, ann, clock):
    simulator.say(ann, "a")
    clock.advance(30 * 24 * 3600)
    assert ids(await call("getUpdates")) == [1]
