"""Everything in the chat is reached by keys and by mouse: buttons, replies, commands, links."""

import pytest
from textual import events
from textual.widgets import OptionList

from bot.local.screen.boxes import AlertBox
from bot.local.screen.bubble import Bubble, InlineButton
from bot.local.screen.composer import KeyboardKey
from tests.bot.local.screen.terminal import terminal


@pytest.mark.long
async def test_a_button_is_pressed_by_mouse_and_the_toast_is_shown() -> None:
    async with terminal() as chat:
        await chat.send("buttons Yes, No")
        await chat.pilot.click(chat.views[1].query(InlineButton)[1])
        await chat.calm()
        assert chat.toasts() == ["Got No"]
        assert chat.bubbles()[1].startswith("You chose No.")


async def test_buttons_are_reached_and_pressed_by_keys() -> None:
    async with terminal() as chat:
        await chat.send("buttons A, B | C")
        await chat.press("tab")
        labels = [button.sim_button.text for button in chat.app.query(InlineButton) if button.has_focus]
        assert labels == ["A"]
        await chat.press("right", "down")
        assert [button.sim_button.text for button in chat.app.query(InlineButton) if button.has_focus] == ["C"]
        await chat.press("up", "right", "enter")
        assert chat.toasts() == ["Got B"]


@pytest.mark.long
async def test_the_focus_stays_on_a_button_when_the_keyboard_changes() -> None:
    async with terminal() as chat:
        await chat.send("buttons A, B")
        await chat.press("tab", "right")
        markup = {"inline_keyboard": [[{"text": name, "callback_data": name} for name in ("X", "Y")]]}
        await chat.bot_does("editMessageReplyMarkup", message_id=chat.views[1].message.id, reply_markup=markup)
        assert [button.sim_button.text for button in chat.app.query(InlineButton) if button.has_focus] == ["Y"]


@pytest.mark.long
async def test_a_button_waits_until_its_press_is_answered() -> None:
    async with terminal() as chat:
        await chat.send("buttons A")
        chat.bot.stuck = True
        button = chat.app.query_one(InlineButton)
        button.action_press()
        assert button.has_class("-waiting")
        chat.bot.stuck = False
        await chat.calm()
        assert chat.toasts() == ["Got A"]


@pytest.mark.long
async def test_an_alert_is_a_box_that_is_closed() -> None:
    async with terminal() as chat:
        await chat.send("buttons alert")
        await chat.press("tab", "enter")
        assert isinstance(chat.app.screen, AlertBox)
        await chat.press("enter")
        assert not isinstance(chat.app.screen, AlertBox)


@pytest.mark.long
async def test_arrows_lead_from_the_field_through_the_messages_and_back() -> None:
    async with terminal() as chat:
        await chat.send("one")
        await chat.press("up")
        focused = chat.app.focused
        assert isinstance(focused, Bubble)
        assert focused.parent is chat.views[1]
        await chat.press("up")
        assert chat.app.focused is not focused
        await chat.press("down", "down")
        assert chat.app.focused is chat.field


@pytest.mark.long
async def test_escape_and_typing_lead_back_to_the_field() -> None:
    async with terminal() as chat:
        await chat.send("one")
        await chat.press("up", "escape")
        assert chat.app.focused is chat.field
        await chat.press("up", "x")
        assert chat.app.focused is chat.field
        assert chat.field.text == "x"


async def test_r_on_a_message_replies_to_it_and_the_quote_is_shown() -> None:
    async with terminal() as chat:
        await chat.send("one")
        await chat.press("up", "r")
        assert chat.app.query_one("Composer > .reply").display
        await chat.send("two")
        assert not chat.app.query_one("Composer > .reply").display
        assert chat.talk.simulator.chat(1)[-1].text == "You said: two (about «You said: one»)"
        assert chat.bubbles()[2].startswith("▎Milepost  You said: one")


@pytest.mark.long
async def test_a_reply_is_called_off_by_escape() -> None:
    async with terminal() as chat:
        await chat.send("one")
        await chat.press("up", "r", "escape")
        await chat.send("two")
        assert chat.talk.simulator.chat(1)[-1].text == "You said: two"


@pytest.mark.long
async def test_a_slash_opens_the_commands_that_begin_so() -> None:
    async with terminal() as chat:
        commands = [{"command": name, "description": f"About {name}"} for name in ("goals", "goal", "help")]
        await chat.talk.simulator.call("setMyCommands", {"commands": commands})
        await chat.press("/")
        menu = chat.app.query_one("Composer > OptionList", OptionList)
        assert menu.display
        assert menu.option_count == 3
        await chat.press("g", "o", "a", "l")
        assert [option.id for option in menu.options] == ["goal", "goals"]
        await chat.press("down", "enter")
        assert chat.talk.simulator.chat(1)[0].text == "/goals"
        assert not menu.display


async def test_tab_completes_a_command_and_escape_closes_the_menu() -> None:
    async with terminal() as chat:
        await chat.talk.simulator.call("setMyCommands", {"commands": [{"command": "help", "description": "x"}]})
        await chat.press("/", "tab")
        assert chat.field.text == "/help "
        chat.field.clear()
        await chat.press("/", "escape")
        assert not chat.app.query_one("Composer > OptionList").display
        assert chat.field.text == "/"


@pytest.mark.long
async def test_formatting_and_links_are_drawn_and_clicked_commands_are_sent() -> None:
    async with terminal() as chat:
        await chat.send("bold <b>Milestone</b> see /goals")
        bubble = list(chat.app.query(Bubble))[1]
        assert "bold" in {span.style for span in bubble.content.spans}
        x = str(bubble.content).index("/goals")
        await chat.pilot.click(bubble, offset=(x + 2, 0))
        await chat.calm()
        assert chat.talk.simulator.chat(1)[2].text == "/goals"


@pytest.mark.long
async def test_a_link_button_opens_the_browser_and_a_copy_button_copies() -> None:
    opened: list[str] = []
    async with terminal() as chat:
        chat.app.open_url = lambda url, new_tab=True: opened.append(url)  # type: ignore[method-assign]  # no browser
        await chat.send("buttons Site=https://example.org, Code:4711")
        await chat.press("tab", "enter", "right", "enter")
        assert opened == ["https://example.org"]
        assert chat.app.clipboard == "4711"


@pytest.mark.long
async def test_a_keyboard_of_the_bot_stands_under_the_field() -> None:
    async with terminal() as chat:
        await chat.send("keyboard Yes,No")
        await chat.pilot.click(chat.app.query(KeyboardKey)[1])
        await chat.calm()
        assert chat.bubbles()[-1].startswith("You said: No")


@pytest.mark.long
async def test_keys_that_come_in_one_go_keep_their_order() -> None:
    """As a terminal hands over what was typed while the chat still started."""
    async with terminal() as chat:
        for character in "one\ntwo\rthree\r":
            key = {"\n": "ctrl+j", "\r": "enter"}.get(character, character)
            chat.app.post_message(events.Key(key, character))
        await chat.calm()
        await chat.until(lambda: len(chat.talk.simulator.chat(1)) == 4)
        assert [one.text for one in chat.talk.simulator.chat(1) if not one.from_bot] == ["one\ntwo", "three"]
        assert chat.field.text == ""


async def test_words_typed_faster_than_the_focus_moves_press_no_button_and_are_sent_whole() -> None:
    async with terminal() as chat:
        await chat.send("buttons A, B")
        await chat.press("tab")
        (focused,) = (button for button in chat.app.query(InlineButton) if button.has_focus)
        for key, character in (("a", "a"), ("d", "d"), ("space", " "), ("c", "c"), ("r", "r"), ("enter", "\r")):
            focused.post_message(events.Key(key, character))
        await chat.calm()
        await chat.until(lambda: len(chat.talk.simulator.chat(1)) == 4)
        assert [one.text for one in chat.talk.simulator.chat(1) if not one.from_bot] == ["buttons A, B", "ad cr"]
        assert chat.field.text == ""
        assert not chat.toasts()
