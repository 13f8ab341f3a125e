"""Chats that the bot may not write to, and the pace at which it may: Telegram's exact words."""

import pytest

from bot.local.limits import FloodLimits
from bot.local.messages import Person
from bot.local.refusals import Refusal

BEN = Person(id=8, first_name="Ben")


async def test_an_unknown_chat_is_not_found(refused):
    for chat_id in (999, "@nobody", "999"):
        assert await refused("sendMessage", chat_id=chat_id, text="a") == (400, "Bad Request: chat not found")
    assert await refused("sendMessage", text="a") == (400, "Bad Request: chat_id is empty")


async def test_who_blocked_the_bot_is_not_written_to_until_they_write_again(simulator, call, refused, chat, ann):
    simulator.block(ann)
    words = "Forbidden: bot was blocked by the user"
    assert await refused("sendMessage", chat_id=chat, text="a") == (403, words)
    assert await refused("sendChatAction", chat_id=chat, action="typing") == (403, words)
    simulator.say(ann, "/start")
    assert await call("sendMessage", chat_id=chat, text="a")


async def test_an_account_that_is_gone_is_deactivated(simulator, refused, chat, ann):
    simulator.deactivate(ann)
    answer = await refused("sendMessage", chat_id=chat, text="a")
    assert answer == (403, "Forbidden: user is deactivated")


async def test_who_never_wrote_first_can_not_be_written_to(simulator, refused, ann):
    simulator.join(BEN, simulator.open_group(ann, "Team"))
    answer = await refused("sendMessage", chat_id=BEN.id, text="a")
    assert answer == (403, "Forbidden: bot can't initiate conversation with a user")


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_group_that_removed_the_bot_is_closed_to_it(simulator, refused, ann, kind):
    group = simulator.open_group(ann, "Team", supergroup=kind == "supergroup")
    simulator.kick(ann, group)
    answer = await refused("sendMessage", chat_id=group, text="a")
    assert answer == (403, f"Forbidden: bot was kicked from the {kind} chat")


async def test_a_group_that_became_a_supergroup_tells_its_new_id(simulator, call, ann):
    group = simulator.open_group(ann, "Team")
    new = simulator.upgrade_group(ann, group)
    with pytest.raises(Refusal) as caught:
        await simulator.call("sendMessage", {"chat_id": group, "text": "a"})
    assert caught.value.error_code == 400
    assert caught.value.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert caught.value.parameters == {"migrate_to_chat_id": new}
    assert await call("sendMessage", chat_id=new, text="a")
    told = [update["message"] for update in await call("getUpdates") if "message" in update]
    assert [(m.get("migrate_to_chat_id"), m.get("migrate_from_chat_id")) for m in told] == [(new, None), (None, group)]


async def test_too_fast_is_429_with_the_seconds_to_wait(simulator, call, chat):
    for number in range(5):
        assert await call("sendMessage", chat_id=chat, text=str(number))
    with pytest.raises(Refusal) as caught:
        await simulator.call("sendMessage", {"chat_id": chat, "text": "6"})
    assert caught.value.error_code == 429
    assert caught.value.description == "Too Many Requests: retry after 3"
    assert caught.value.parameters == {"retry_after": 3}
    assert simulator.chat(chat)[-1].text == "4"


async def test_who_waits_as_told_may_send_again(call, refused, chat, real):
    for number in range(5):
        await call("sendMessage", chat_id=chat, text=str(number))
    await refused("sendMessage", chat_id=chat, text="5")
    real.advance(3)
    assert await call("sendMessage", chat_id=chat, text="5")


async def test_sending_again_during_a_flood_makes_the_wait_grow(refused, call, chat):
    for number in range(5):
        await call("sendMessage", chat_id=chat, text=str(number))
    waits = [int((await refused("sendMessage", chat_id=chat, text="x"))[1].split()[-1]) for _ in range(12)]
    assert waits == sorted(waits)
    assert waits[0] == 3
    assert waits[-1] > 200


async def test_the_past_is_forgiven_once_it_has_been_quiet(refused, call, chat, real):
    async def flood():
        for number in range(5):
            await call("sendMessage", chat_id=chat, text=str(number))
        return [(await refused("sendMessage", chat_id=chat, text="x"))[1].split()[-1] for _ in range(3)]

    first = await flood()
    real.advance(60)
    assert await flood() == first


async def test_edits_count_too(call, refused, chat):
    sent = await call("sendMessage", chat_id=chat, text="a")
    for number in range(4):
        await call("editMessageText", chat_id=chat, message_id=sent["message_id"], text=str(number))
    answer = await refused("editMessageText", chat_id=chat, message_id=sent["message_id"], text="x")
    assert answer == (429, "Too Many Requests: retry after 3")


async def test_a_group_takes_twenty_messages_a_minute(simulator, call, refused, ann, real):
    group = simulator.open_group(ann, "Team")
    for number in range(20):
        await call("sendMessage", chat_id=group, text=str(number))
        real.advance(1)
    assert await refused("sendMessage", chat_id=group, text="x") == (429, "Too Many Requests: retry after 40")
    real.advance(40)
    assert await call("sendMessage", chat_id=group, text="x")


async def test_a_bot_sends_thirty_messages_a_second_over_all_chats(simulator, call, refused):
    people = [Person(id=100 + number, first_name="P") for number in range(31)]
    for person in people:
        simulator.say(person, "hi")
    for person in people[:30]:
        await call("sendMessage", chat_id=person.id, text="a")
    assert await refused("sendMessage", chat_id=people[30].id, text="a") == (429, "Too Many Requests: retry after 3")


async def test_without_flood_control_all_goes(simulator, call, chat):
    simulator.set_flood_limits(FloodLimits.off())
    for number in range(100):
        assert await call("sendMessage", chat_id=chat, text=str(number))


async def test_taps_typing_and_deletes_are_not_counted(simulator, call, chat):
    sent = [await call("sendMessage", chat_id=chat, text=str(number)) for number in range(5)]
    for _ in range(10):
        assert await call("sendChatAction", chat_id=chat, action="typing")
    for message in sent:
        assert await call("deleteMessage", chat_id=chat, message_id=message["message_id"])


async def test_a_message_older_than_48_hours_can_not_be_deleted(call, refused, chat, clock):
    clock.advance(48 * 3600 + 1)
    answer = await refused("deleteMessage", chat_id=chat, message_id=1)
    assert answer == (400, "Bad Request: message can't be deleted for everyone")
    answer = await refused("deleteMessage", chat_id=chat, message_id=99)
    assert answer == (400, "Bad Request: message to delete not found")


async def test_in_a_group_the_bot_deletes_its_own_messages_only(simulator, call, refused, ann):
    group = simulator.open_group(ann, "Team")
    simulator.say(ann, "mine", chat_id=group)
    theirs = simulator.chat(group)[-1].id
    own = (await call("sendMessage", chat_id=group, text="a"))["message_id"]
    answer = await refused("deleteMessage", chat_id=group, message_id=theirs)
    assert answer == (400, "Bad Request: message can't be deleted for everyone")
    assert await call("deleteMessages", chat_id=group, message_ids=[theirs, own])
    assert [message.text for message in simulator.chat(group)] == ["mine"]
