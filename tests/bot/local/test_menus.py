"""Commands menus and the keyboards below messages: what is kept, shown and refused."""

import pytest


def commands(*names):
    return [{"command": name, "description": f"does {name}"} for name in names]


async def test_a_menu_has_at_most_100_commands_of_32_characters(call, refused):
    assert await call("setMyCommands", commands=commands(*(f"c{number}" for number in range(100))))
    assert await refused("setMyCommands", commands=commands(*(f"c{number}" for number in range(101)))) == (
        400,
        "Bad Request: BOT_COMMANDS_TOO_MUCH",
    )
    assert await call("setMyCommands", commands=commands("c" * 32))
    for name in ("c" * 33, "new-goal", "ziel_ä", ""):
        answer = await refused("setMyCommands", commands=commands(name))
        assert answer == (400, "Bad Request: BOT_COMMAND_INVALID")
    answer = await refused("setMyCommands", commands=[{"command": "a", "description": " "}])
    assert answer == (400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


async def test_the_narrowest_scope_counts_in_the_persons_language_first(simulator, call, chat, ann):
    group = simulator.open_group(ann, "Team")
    for scope, name in (
        ({"type": "default"}, "default"),
        ({"type": "all_private_chats"}, "private"),
        ({"type": "all_group_chats"}, "groups"),
        ({"type": "chat_member", "chat_id": group, "user_id": 7}, "ann"),
    ):
        await call("setMyCommands", commands=commands(name), scope=scope)
    assert simulator.commands()[0][0] == "default"
    assert simulator.commands(chat)[0][0] == "private"
    assert simulator.commands(group)[0][0] == "groups"
    assert simulator.commands(group, ann.id)[0][0] == "ann"
    await call("setMyCommands", commands=commands("english"), scope={"type": "all_private_chats"}, language_code="en")
    assert simulator.commands(chat)[0][0] == "english"
    await call("deleteMyCommands", scope={"type": "all_private_chats"}, language_code="en")
    await call("deleteMyCommands", scope={"type": "all_private_chats"})
    assert simulator.commands(chat)[0][0] == "default"
    assert await call("getMyCommands", scope={"type": "all_group_chats"}) == commands("groups")


async def test_the_menu_button_is_kept_per_chat_and_for_all(call, refused, chat):
    assert await call("getChatMenuButton", chat_id=chat) == {"type": "default"}
    await call("setChatMenuButton", menu_button={"type": "commands"})
    assert await call("getChatMenuButton", chat_id=chat) == {"type": "commands"}
    await call("setChatMenuButton", chat_id=chat, menu_button={"type": "default"})
    assert await call("getChatMenuButton", chat_id=chat) == {"type": "default"}
    assert await call("getChatMenuButton") == {"type": "commands"}
    assert (await refused("setChatMenuButton", chat_id=-5))[1] == "Bad Request: chat not found"


async def test_what_the_bot_says_of_itself_has_its_limits(call, refused):
    for what, field, longest in (
        ("Description", "description", 512),
        ("ShortDescription", "short_description", 120),
        ("Name", "name", 64),
    ):
        assert await call(f"setMy{what}", **{field: "x" * longest})
        assert await call(f"getMy{what}") == {field: "x" * longest}
        assert (await refused(f"setMy{what}", **{field: "x" * (longest + 1)}))[0] == 400


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ({"inline_keyboard": [[{"text": "a", "callback_data": "a"}] * 9]}, "reply markup is too long"),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "a"}]] * 101}, "reply markup is too long"),
        (
            {"inline_keyboard": [[{"callback_data": "a"}]]},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"inline_keyboard": [[{"text": " ", "url": "https://a.example"}]]},
            "inline keyboard button text must be non-empty",
        ),
        (
            {"inline_keyboard": [[{"text": "a", "url": "nowhere"}]]},
            "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
        ({"inline_keyboard": [[{"text": "a", "copy_text": {"text": ""}}]]}, "BUTTON_COPY_TEXT_INVALID"),
        ("{broken", "can't parse reply markup JSON object"),
        ("[]", "object expected as reply markup"),
    ],
)
async def test_a_keyboard_that_is_none_is_refused(refused, chat, markup, words):
    assert await refused("sendMessage", chat_id=chat, text="a", reply_markup=markup) == (400, f"Bad Request: {words}")


async def test_buttons_of_all_kinds_are_shown_with_what_they_do(simulator, call, chat):
    rows = [
        [{"text": "Go", "callback_data": "go", "style": "success"}, {"text": "Web", "url": "https://a.example"}],
        [{"text": "Copy", "copy_text": {"text": "code"}}],
    ]
    message = await call("sendMessage", chat_id=chat, text="a", reply_markup={"inline_keyboard": rows})
    assert message["reply_markup"] == {"inline_keyboard": rows}
    (go, web), (copy,) = simulator.chat(chat)[-1].buttons
    assert (go.text, go.data, go.style) == ("Go", "go", "success")
    assert (web.url, web.data) == ("https://a.example", None)
    assert copy.copy_text == "code"


async def test_a_keyboard_under_the_input_field_is_for_new_messages_only(simulator, call, refused, chat):
    below = {"keyboard": [["Yes", {"text": "No"}]]}
    sent = await call("sendMessage", chat_id=chat, text="a", reply_markup=below)
    assert simulator.chat(chat)[-1].reply_keyboard == (("Yes", "No"),)
    answer = await refused("editMessageText", chat_id=chat, message_id=sent["message_id"], text="b", reply_markup=below)
    assert answer == (400, "Bad Request: inline keyboard expected")
