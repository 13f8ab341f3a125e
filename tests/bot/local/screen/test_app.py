"""The chat on a terminal against a real simulator with a tiny bot behind it: what is drawn, sent and kept."""

from pathlib import Path

import pytest
from textual.widgets import Input, Static

from bot.local.screen.boxes import FileBox, PersonBox
from bot.local.screen.bubble import Bubble, InlineButton
from bot.local.screen.composer import Composer
from bot.local.screen.history import Day, Growing, History, Welcome
from tests.bot.local.screen.terminal import terminal


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


async def test_an_empty_chat_says_what_the_bot_is_and_enter_begins() -> None:
    async with terminal() as chat:
        await chat.talk.simulator.call("setMyDescription", {"description": "I repeat."})
        chat.app._tick()
        await chat.calm()
        welcome = chat.app.query_one(Welcome)
        assert welcome.display
        assert str(welcome.content).startswith("I repeat.")
        await chat.press("enter")
        assert not welcome.display
        assert chat.bubbles()[0].startswith("/start")
        await chat.press("enter")
        assert len(chat.views) == 2


async def test_a_second_enter_before_the_screen_has_caught_up_begins_nothing_again() -> None:
    async with terminal() as chat:
        chat.app._begin()
        chat.app._begin()
        await chat.calm()
        assert [one.text for one in chat.talk.simulator.chat(1)].count("/start") == 1


@pytest.mark.long
async def test_a_click_on_start_begins_too() -> None:
    async with terminal() as chat:
        await chat.pilot.click(Welcome)
        await chat.calm()
        assert chat.talk.simulator.chat(1)[0].text == "/start"
        assert chat.app.focused is chat.field


@pytest.mark.long
async def test_blank_text_is_not_sent_and_ctrl_j_starts_a_line() -> None:
    async with terminal(before=("hello",)) as chat:
        await chat.press("space", "enter")
        assert len(chat.views) == 2
        chat.field.clear()
        await chat.press("a", "ctrl+j", "b", "enter")
        assert chat.talk.simulator.chat(1)[2].text == "a\nb"


async def test_an_edit_changes_the_bubble_in_its_place() -> None:
    async with terminal() as chat:
        await chat.send("buttons Yes, No")
        view = chat.views[1]
        await chat.bot_does("editMessageText", message_id=view.message.id, text="Changed")
        assert chat.views[1] is view
        assert chat.bubbles()[1].startswith("Changed")
        assert "edited" in chat.bubbles()[1]
        assert list(view.query(InlineButton)) == []


@pytest.mark.long
async def test_a_deleted_message_disappears() -> None:
    async with terminal() as chat:
        await chat.send("hello")
        await chat.bot_does("deleteMessage", message_id=chat.views[1].message.id)
        assert len(chat.views) == 1


async def test_typing_is_shown_in_the_head_until_the_message_comes() -> None:
    async with terminal() as chat:
        await chat.send("typing")
        assert chat.head == "typing…"
        await chat.bot_does("sendMessage", text="here")
        assert chat.head == "online"


@pytest.mark.long
async def test_a_growing_answer_is_shown_until_it_is_sent() -> None:
    async with terminal() as chat:
        await chat.send("hello")
        await chat.bot_does("sendMessageDraft", draft_id=1, text="I am thin")
        growing = chat.app.query_one(Growing)
        assert growing.display
        assert str(growing.content) == "I am thin ▌"
        await chat.bot_does("sendMessage", text="I am thinking")
        assert not growing.display


@pytest.mark.long
async def test_a_file_of_the_bot_is_named_by_its_path() -> None:
    async with terminal() as chat:
        await chat.send("sendfile the plan")
        file = chat.talk.simulator.chat(1)[1].file
        assert file is not None
        text = str(list(chat.app.query(Bubble))[1].content).replace("\n", "")
        assert "📎 plan.txt  8 B" in text
        assert str(file.path) in text.replace(" ", "")
        assert "the plan" in text


@pytest.mark.long
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


@pytest.mark.long
async def test_a_path_is_completed_as_it_is_typed(tmp_path: Path) -> None:
    (tmp_path / "harbour").mkdir()
    async with terminal() as chat:
        await chat.press("ctrl+o")
        path = chat.app.screen.query_one("#path", Input)
        path.value = f"{tmp_path}/har"
        await chat.calm()
        await chat.press("end", "right")
        assert path.value == f"{tmp_path}/harbour/"


@pytest.mark.long
async def test_a_text_that_telegram_refuses_stays_in_the_field() -> None:
    async with terminal() as chat:
        await chat.send("x" * 5000)
        assert len(chat.field.text) == 5000
        assert chat.toasts()
        assert chat.views == []


@pytest.mark.long
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


@pytest.mark.long
async def test_events_of_other_chats_are_not_drawn() -> None:
    async with terminal() as chat:
        await chat.send("mine")
        await chat.app._person_chosen(2)
        await chat.calm()
        await chat.bot_does("sendMessage", text="for one")
        assert chat.views == []


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
async def test_the_composer_is_never_higher_than_the_chat() -> None:
    async with terminal(size=(60, 20)) as chat:
        chat.field.insert("line\n" * 30)
        await chat.calm()
        assert chat.app.query_one(Composer).region.height <= 12
