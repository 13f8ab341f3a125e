"""What people do, what the bot hears of it, and what watchers are told."""

import pytest

from bot.local.events import (
    BotBlocked,
    ButtonPressed,
    CallbackAnswered,
    ChatAction,
    DraftShown,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    PersonEdited,
    PersonSaid,
)
from bot.local.messages import Person

BEN = Person(id=8, first_name="Ben")


async def last_update(call):
    return (await call("getUpdates", offset=-1))[0]


async def test_what_is_said_reaches_the_bot_as_telegram_sends_it(simulator, call, ann, clock):
    assert simulator.say(ann, "  /goal learn 🎯 \n") == 1
    update = await last_update(call)
    assert update == {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "from": {"id": 7, "is_bot": False, "first_name": "Ann", "username": "ann", "language_code": "en"},
            "chat": {"id": 7, "type": "private", "first_name": "Ann", "username": "ann"},
            "date": int(clock.now().timestamp()),
            "text": "/goal learn 🎯",
            "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
        },
    }


async def test_a_press_carries_the_message_as_it_is_now(simulator, call, chat, ann):
    rows = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = await call("sendMessage", chat_id=chat, text="a", reply_markup=rows)
    await call("editMessageText", chat_id=chat, message_id=sent["message_id"], text="b")
    simulator.press(ann, chat, sent["message_id"], "go")
    query = (await last_update(call))["callback_query"]
    assert (query["data"], query["message"]["text"], query["from"]["id"]) == ("go", "b", 7)


async def test_a_press_on_a_message_that_is_gone_comes_with_an_inaccessible_one(simulator, call, chat, ann):
    simulator.press(ann, chat, 99, "made up")
    query = (await last_update(call))["callback_query"]
    assert query["message"] == {
        "chat": {"id": 7, "type": "private", "first_name": "Ann", "username": "ann"},
        "message_id": 99,
        "date": 0,
    }


@pytest.mark.parametrize("data", ["", "x" * 65])
def test_a_press_has_1_to_64_bytes(simulator, chat, ann, data):
    with pytest.raises(ValueError, match="1 to 64 bytes"):
        simulator.press(ann, chat, 1, data)


async def test_files_of_all_kinds_arrive(simulator, call, ann):
    for kind, name in (("document", "a.pdf"), ("photo", "a.jpg"), ("voice", "a.ogg"), ("sticker", "a.webp")):
        simulator.send_file(ann, name, b"content", caption="see", kind=kind)
        message = (await last_update(call))["message"]
        assert message["caption"] == "see"
        assert message[kind]
    assert message["sticker"]["type"] == "regular"


def test_a_file_name_can_not_leave_its_folder(simulator, ann):
    simulator.send_file(ann, "../../etc/pass wd", b"x")
    file = simulator.chat(ann.id)[0].file
    assert file.name == "../../etc/pass wd"
    assert file.path.name == "0001-pass_wd"


async def test_blocking_and_unblocking_are_told(simulator, call, chat, ann):
    simulator.block(ann)
    change = (await last_update(call))["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "kicked")
    with pytest.raises(ValueError, match="blocked the bot already"):
        simulator.block(ann)
    simulator.unblock(ann)
    change = (await last_update(call))["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("kicked", "member")


async def test_in_a_group_the_bot_hears_commands_and_replies_to_itself(simulator, call, ann):
    group = simulator.open_group(ann, "Team")
    simulator.join(BEN, group)
    sent = await call("sendMessage", chat_id=group, text="hello")
    heard = [
        simulator.say(BEN, text, chat_id=group, reply_to=reply_to)
        for text, reply_to in (
            ("just talking", None),
            ("/goal a", None),
            ("/goal@milepost_local_bot a", None),
            ("/goal@other_bot a", None),
            ("use /goal for that", None),
            ("an answer", sent["message_id"]),
        )
    ]
    assert [bool(update_id) for update_id in heard] == [False, True, True, False, False, True]
    assert len(simulator.chat(group)) == 7


@pytest.mark.parametrize(
    ("text", "kwargs", "why"),
    [
        ("  ", {}, "empty message"),
        ("x" * 4097, {}, "at most 4096"),
        ("a", {"chat_id": -5}, "no group -5"),
        ("a", {"reply_to": 99}, "no message 99"),
    ],
)
def test_what_the_app_would_not_let_a_person_do_is_told(simulator, ann, text, kwargs, why):
    with pytest.raises(ValueError, match=why):
        simulator.say(ann, text, **kwargs)


def test_only_members_write_in_a_group_and_only_authors_edit(simulator, ann):
    group = simulator.open_group(ann, "Team")
    with pytest.raises(ValueError, match="Ben is not in the group Team"):
        simulator.say(BEN, "a", chat_id=group)
    simulator.say(ann, "a")
    with pytest.raises(ValueError, match="Ben has no message 1"):
        simulator.edit(BEN, ann.id, 1, "b")
    simulator.deactivate(ann)
    with pytest.raises(ValueError, match="deactivated"):
        simulator.say(ann, "a")


async def test_who_is_what_in_a_group(simulator, call, refused, ann):
    group = simulator.open_group(ann, "Team")
    simulator.join(BEN, group)
    simulator.say(Person(id=9, first_name="Cy"), "hi")
    status = {user: (await call("getChatMember", chat_id=group, user_id=user))["status"] for user in (7, 8, 9, 42)}
    assert status == {7: "creator", 8: "member", 9: "left", 42: "member"}
    assert (await refused("getChatMember", chat_id=group, user_id=5))[1] == "Bad Request: PARTICIPANT_ID_INVALID"


async def test_watchers_hear_all_in_order_after_the_state_changed(simulator, call, ann):
    heard = []

    def hear(event):
        heard.append(type(event))
        if isinstance(event, MessageEdited):
            assert simulator.chat(7)[-1] == event.message != event.before

    stop = simulator.listen(hear)
    simulator.say(ann, "/start")
    await call("sendChatAction", chat_id=7, action="typing")
    await call("sendMessageDraft", chat_id=7, draft_id=1, text="gro")
    sent = (await call("sendMessage", chat_id=7, text="a"))["message_id"]
    await call("editMessageText", chat_id=7, message_id=sent, text="b")
    await call("pinChatMessage", chat_id=7, message_id=sent)
    simulator.press(ann, 7, sent, "go")
    query = (await last_update(call))["callback_query"]["id"]
    await call("answerCallbackQuery", callback_query_id=query, text="done", show_alert=True)
    await call("deleteMessage", chat_id=7, message_id=sent)
    simulator.edit(ann, 7, 1, "/help")
    simulator.block(ann)
    stop()
    simulator.unblock(ann)
    assert heard == [
        PersonSaid,
        ChatAction,
        DraftShown,
        MessageSent,
        MessageEdited,
        MessagePinned,
        ButtonPressed,
        CallbackAnswered,
        MessageDeleted,
        PersonEdited,
        BotBlocked,
    ]


async def test_a_draft_lives_30_seconds_or_until_the_message(simulator, call, refused, ann, real):
    chat = ann.id
    simulator.say(ann, "/start")
    await call("sendMessageDraft", chat_id=chat, draft_id=1, text="<b>gro</b>", parse_mode="HTML")
    assert simulator.draft(chat) == "gro"
    real.advance(31)
    assert simulator.draft(chat) == ""
    await call("sendMessageDraft", chat_id=chat, draft_id=1, text="growing")
    await call("sendMessage", chat_id=chat, text="grown")
    assert simulator.draft(chat) == ""
    assert (await refused("sendMessageDraft", chat_id=chat, draft_id=0, text="a"))[0] == 400
    group = simulator.open_group(ann, "Team")
    assert (await refused("sendMessageDraft", chat_id=group, draft_id=1, text="a"))[0] == 400


async def test_pins_are_kept_newest_last_and_go_with_their_message(simulator, call, refused, chat):
    first, second = [(await call("sendMessage", chat_id=chat, text=text))["message_id"] for text in "ab"]
    for message_id in (first, second, first):
        assert await call("pinChatMessage", chat_id=chat, message_id=message_id)
    assert simulator.chats()[0].pinned == (first, second)
    assert (await call("getChat", chat_id=chat))["pinned_message"]["text"] == "b"
    assert [message.service for message in simulator.chat(chat)[-2:]] == [f"pinned {first}", f"pinned {second}"]
    await call("deleteMessage", chat_id=chat, message_id=second)
    assert simulator.chats()[0].pinned == (first,)
    await call("unpinChatMessage", chat_id=chat)
    assert (await refused("unpinChatMessage", chat_id=chat))[1] == "Bad Request: message to unpin not found"
    assert (await refused("pinChatMessage", chat_id=chat, message_id=99))[1] == "Bad Request: message to pin not found"
    await call("pinChatMessage", chat_id=chat, message_id=first)
    await call("unpinAllChatMessages", chat_id=chat)
    assert simulator.chats()[0].pinned == ()


async def test_several_messages_are_deleted_at_once_and_gone_ones_passed_over(simulator, call, chat):
    sent = [(await call("sendMessage", chat_id=chat, text=text))["message_id"] for text in "ab"]
    assert await call("deleteMessages", chat_id=chat, message_ids=[1, *sent, 99])
    assert simulator.chat(chat) == ()
