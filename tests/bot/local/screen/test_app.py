"""The chat on a terminal, driven by keys and mouse against a real simulator with a tiny bot behind it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from bot.local.conversation import Conversation
from bot.local.screen.app import LocalChat
from bot.local.screen.boxes import AlertBox, FileBox, PersonBox
from bot.local.screen.bubble import Bubble, InlineButton, MessageView
from bot.local.screen.composer import Composer, Field, KeyboardKey
from bot.local.screen.history import Day, Growing, History
from tests.bot.local.echo_bot import EchoBot, talking


class Terminal:
    """A person at the keyboard of the local chat."""

    def __init__(self, app: LocalChat, pilot: Pilot[int], talk: Conversation, bot: EchoBot) -> None:
        self.app = app
        self.pilot = pilot
        self.talk = talk
        self.bot = bot

    async def calm(self) -> None:
        await self.talk.settle()
        await self.pilot.pause()
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """For what Textual does a moment later."""
        async with asyncio.timeout(10):
            while not condition():
                await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.calm()

    async def send(self, text: str) -> None:
        self.field.insert(text)
        await self.press("enter")

    async def bot_does(self, method: str, **params: object) -> None:
        await self.talk.simulator.call(method, {"chat_id": 1, **params})
        await self.calm()

    @property
    def field(self) -> Field:
        return self.app.query_one(Field)

    @property
    def views(self) -> list[MessageView]:
        return list(self.app.query(MessageView))

    def bubbles(self) -> list[str]:
        return [str(bubble.content).replace("\n", " ") for bubble in self.app.query(Bubble)]

    def toasts(self) -> list[str]:
        return [note.message for note in self.app._notifications]

    @property
    def head(self) -> str:
        return str(self.app.query_one("#head .state", Static).content)


@contextlib.asynccontextmanager
async def terminal(
    *, size: tuple[int, int] = (100, 40), journal: Path | None = None, speed: float = 1.0, before: tuple[str, ...] = ()
) -> AsyncIterator[Terminal]:
    async with talking(journal=journal, speed=speed) as (talk, bot):
        for text in before:
            talk.simulator.say(talk.person, text)
            await talk.settle()
        app = LocalChat(talk)
        async with app.run_test(size=size) as pilot:
            screen = Terminal(app, pilot, talk, bot)
            await screen.calm()
            yield screen


async def test_a_message_is_typed_sent_and_answered_in_bubbles_on_both_sides() -> None:
    async with terminal() as chat:
        await chat.press("h", "i", "enter")
        own, answer = chat.views
        assert own.has_class("-own")
        assert answer.has_class("-bot")
        first, second = chat.bubbles()
        assert first.startswith("hi")
        assert first.endswith("✓✓")
        assert second.startswith("You said: hi")
        assert chat.field.text == ""
        own_bubble, bot_bubble = chat.app.query(Bubble)
        assert own_bubble.region.right > 90
        assert bot_bubble.region.x < 5


async def test_enter_in_an_empty_field_sends_nothing_and_ctrl_j_starts_a_line() -> None:
    async with terminal() as chat:
        await chat.press("enter", "space", "enter")
        assert chat.views == []
        chat.field.clear()
        await chat.press("a", "ctrl+j", "b", "enter")
        assert chat.talk.simulator.chat(1)[0].text == "a\nb"


async def test_an_edit_changes_the_bubble_in_its_place() -> None:
    async with terminal() as chat:
        await chat.send("buttons Yes, No")
        view = chat.views[1]
        await chat.bot_does("editMessageText", message_id=view.message.id, text="Changed")
        assert chat.views[1] is view
        assert chat.bubbles()[1].startswith("Changed")
        assert "edited" in chat.bubbles()[1]
        assert list(view.query(InlineButton)) == []


async def test_a_deleted_message_disappears() -> None:
    async with terminal() as chat:
        await chat.send("hello")
        await chat.bot_does("deleteMessage", message_id=chat.views[1].message.id)
        assert len(chat.views) == 1


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


async def test_the_focus_stays_on_a_button_when_the_keyboard_changes() -> None:
    async with terminal() as chat:
        await chat.send("buttons A, B")
        await chat.press("tab", "right")
        markup = {"inline_keyboard": [[{"text": name, "callback_data": name} for name in ("X", "Y")]]}
        await chat.bot_does("editMessageReplyMarkup", message_id=chat.views[1].message.id, reply_markup=markup)
        assert [button.sim_button.text for button in chat.app.query(InlineButton) if button.has_focus] == ["Y"]


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


async def test_an_alert_is_a_box_that_is_closed() -> None:
    async with terminal() as chat:
        await chat.send("buttons alert")
        await chat.press("tab", "enter")
        assert isinstance(chat.app.screen, AlertBox)
        await chat.press("enter")
        assert not isinstance(chat.app.screen, AlertBox)


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


async def test_a_reply_is_called_off_by_escape() -> None:
    async with terminal() as chat:
        await chat.send("one")
        await chat.press("up", "r", "escape")
        await chat.send("two")
        assert chat.talk.simulator.chat(1)[-1].text == "You said: two"


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


async def test_formatting_and_links_are_drawn_and_clicked_commands_are_sent() -> None:
    async with terminal() as chat:
        await chat.send("bold <b>Milestone</b> see /goals")
        bubble = list(chat.app.query(Bubble))[1]
        assert "bold" in {span.style for span in bubble.content.spans}
        x = str(bubble.content).index("/goals")
        await chat.pilot.click(bubble, offset=(x + 2, 0))
        await chat.calm()
        assert chat.talk.simulator.chat(1)[2].text == "/goals"


async def test_a_link_button_opens_the_browser_and_a_copy_button_copies() -> None:
    opened: list[str] = []
    async with terminal() as chat:
        chat.app.open_url = lambda url, new_tab=True: opened.append(url)  # type: ignore[method-assign]  # no browser
        await chat.send("buttons Site=https://example.org, Code:4711")
        await chat.press("tab", "enter", "right", "enter")
        assert opened == ["https://example.org"]
        assert chat.app.clipboard == "4711"


async def test_typing_is_shown_in_the_head_until_the_message_comes() -> None:
    async with terminal() as chat:
        await chat.send("typing")
        assert chat.head == "typing…"
        await chat.bot_does("sendMessage", text="here")
        assert chat.head == "online"


async def test_a_growing_answer_is_shown_until_it_is_sent() -> None:
    async with terminal() as chat:
        await chat.send("hello")
        await chat.bot_does("sendMessageDraft", draft_id=1, text="I am thin")
        growing = chat.app.query_one(Growing)
        assert growing.display
        assert str(growing.content) == "I am thin ▌"
        await chat.bot_does("sendMessage", text="I am thinking")
        assert not growing.display


async def test_a_keyboard_of_the_bot_stands_under_the_field() -> None:
    async with terminal() as chat:
        await chat.send("keyboard Yes,No")
        await chat.pilot.click(chat.app.query(KeyboardKey)[1])
        await chat.calm()
        assert chat.bubbles()[-1].startswith("You said: No")


async def test_a_file_of_the_bot_is_named_by_its_path() -> None:
    async with terminal() as chat:
        await chat.send("sendfile the plan")
        file = chat.talk.simulator.chat(1)[1].file
        assert file is not None
        text = str(list(chat.app.query(Bubble))[1].content).replace("\n", "")
        assert "📎 plan.txt  8 B" in text
        assert str(file.path) in text.replace(" ", "")
        assert "the plan" in text


async def test_a_file_is_sent_from_its_box(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("1. sail")
    async with terminal() as chat:
        await chat.press("ctrl+o")
        assert isinstance(chat.app.screen, FileBox)
        path = chat.app.screen.query_one("#path", Input)
        path.value = str(tmp_path / "none")
        await chat.press("enter")
        assert "There is no file" in str(chat.app.screen.query_one(".problem", Static).content)
        path.value = str(tmp_path / "plan.txt")
        chat.app.screen.query_one("#caption", Input).value = "look"
        await chat.press("enter")
        assert chat.bubbles()[-1].startswith("You said: a file, look")


async def test_a_path_is_completed_as_it_is_typed(tmp_path: Path) -> None:
    (tmp_path / "harbour").mkdir()
    async with terminal() as chat:
        await chat.press("ctrl+o")
        path = chat.app.screen.query_one("#path", Input)
        path.value = f"{tmp_path}/har"
        await chat.calm()
        await chat.press("end", "right")
        assert path.value == f"{tmp_path}/harbour/"


async def test_a_text_that_telegram_refuses_stays_in_the_field() -> None:
    async with terminal() as chat:
        await chat.send("x" * 5000)
        assert len(chat.field.text) == 5000
        assert chat.toasts()
        assert chat.views == []


async def test_another_person_has_another_chat() -> None:
    async with terminal() as chat:
        await chat.send("mine")
        chat.app.action_be_another()
        await chat.calm()
        assert isinstance(chat.app.screen, PersonBox)
        await chat.press("2", "enter")
        assert chat.views == []
        await chat.send("theirs")
        assert chat.talk.simulator.chat(2)[0].text == "theirs"
        assert chat.bubbles()[0].startswith("theirs")
        assert "Person 2" in str(chat.app.query_one("#head .clock", Static).content)


async def test_events_of_other_chats_are_not_drawn() -> None:
    async with terminal() as chat:
        await chat.send("mine")
        await chat.app._person_chosen(2)
        await chat.calm()
        await chat.bot_does("sendMessage", text="for one")
        assert chat.views == []


async def test_a_faster_clock_is_shown_in_the_head() -> None:
    async with terminal(speed=60) as chat:
        told = str(chat.app.query_one("#head .clock", Static).content)
        assert told.endswith("×60")
        assert "Mar 2026" in told


async def test_an_update_left_alone_is_told_in_the_head() -> None:
    async with terminal() as chat:
        chat.bot.stuck = True
        chat.app._waits_since = chat.talk.real.now().timestamp() - 10
        chat.talk.simulator.say(chat.talk.person, "silence")
        chat.app._tick()
        assert chat.head == "waiting for the bot…"
        chat.bot.stuck = False
        await chat.calm()
        chat.app._tick()
        assert chat.head == "online"


async def test_a_long_history_is_drawn_page_by_page() -> None:
    async with terminal(before=tuple(f"message {n}" for n in range(50))) as chat:
        history = chat.app.query_one(History)
        assert len(chat.views) == 60
        assert history.scroll_y == history.max_scroll_y
        assert len(chat.app.query(Day)) == 1
        history.scroll_to(y=1, animate=False)
        await chat.calm()
        history.scroll_to(y=0, animate=False)
        await chat.until(lambda: len(chat.views) == 100 and history.scroll_y > 0)
        assert 0 < history.scroll_y < history.max_scroll_y
        assert [view.message.id for view in chat.views] == sorted(view.message.id for view in chat.views)


async def test_new_messages_do_not_move_a_person_who_reads_above() -> None:
    async with terminal(before=tuple(f"message {n}" for n in range(20))) as chat:
        history = chat.app.query_one(History)
        await chat.press("pageup")
        y = history.scroll_y
        await chat.bot_does("sendMessage", text="news")
        assert history.scroll_y == y
        below = chat.app.query_one("#below", Static)
        assert below.display
        assert str(below.content) == "↓ 1 new · Ctrl+End"
        await chat.press("ctrl+end")
        chat.app._tick()
        assert history.scroll_y == history.max_scroll_y
        assert not below.display


async def test_bubbles_follow_the_width_of_the_terminal() -> None:
    async with terminal(size=(120, 30)) as chat:
        await chat.send("word " * 30)
        wide = chat.app.query(Bubble).first().region.width
        await chat.pilot.resize_terminal(40, 30)
        await chat.calm()
        assert wide > 60
        await chat.until(lambda: chat.app.query(Bubble).first().region.width < 33)


async def test_the_history_is_there_again_after_a_restart(tmp_path: Path) -> None:
    journal = tmp_path / "chat"
    async with terminal(journal=journal) as chat:
        await chat.send("remember me")
    async with terminal(journal=journal) as chat:
        assert chat.bubbles()[0].startswith("remember me")
        assert len(chat.views) == 2


async def test_every_theme_can_be_chosen() -> None:
    async with terminal() as chat:
        await chat.send("buttons A")
        for name in ("day", "night", "dracula", "textual-ansi"):
            if name in chat.app.available_themes:
                chat.app.theme = name
                await chat.pilot.pause()
        assert chat.app.is_running


async def test_ctrl_c_ends_the_chat_in_peace() -> None:
    async with terminal() as chat:
        await chat.pilot.press("ctrl+c")
        await chat.pilot.pause()
        assert not chat.app.is_running or chat.app._exit
        assert chat.app.return_code in (0, None)


async def test_the_composer_is_never_higher_than_the_chat() -> None:
    async with terminal(size=(60, 20)) as chat:
        chat.field.insert("line\n" * 30)
        await chat.calm()
        assert chat.app.query_one(Composer).region.height <= 12
