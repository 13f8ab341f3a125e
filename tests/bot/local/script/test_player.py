"""A script against a real simulator with a tiny bot behind it: what is done, printed and returned."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.local.script.player import Script, read_lines
from tests.bot.local.echo_bot import talking


async def each(text: str) -> AsyncIterator[str]:
    for line in text.strip().splitlines():
        yield line


async def play(text: str) -> tuple[int, list[str]]:
    written: list[str] = []
    async with talking() as (conversation, _):
        code = await Script(conversation, written.append).run(each(text))
    return code, written


async def test_a_message_and_its_answer_are_a_transcript() -> None:
    code, lines = await play("hello\n\n# a remark\nhow\\nare you")
    assert code == 0
    assert lines == [
        "you: hello",
        "bot: You said: hello",
        "# a remark",
        "you: how\n     are you",
        "bot: You said: how\n     are you",
    ]


async def test_a_press_finds_the_newest_button_and_shows_toast_and_edit() -> None:
    code, lines = await play("buttons old, Yes\nbuttons ✅ Done, Later\n> done\n> Yes")
    assert code == 0
    assert lines[4:] == [
        "you: > done",
        "toast: Got ✅ Done",
        "bot (edited): You chose ✅ Done.",
        "you: > Yes",
        "toast: Got Yes",
        "bot (edited): You chose Yes.",
    ]


async def test_an_exact_label_wins_within_a_message() -> None:
    _, lines = await play("buttons ✅ Done, Done\n> Done")
    assert lines[-2] == "toast: Got Done"


async def test_a_missing_button_is_named_and_fails_the_script_at_its_end() -> None:
    code, lines = await play("buttons Yes\n> Yes\n> Yes\n> 🎯\nstill here")
    assert code == 1
    assert "(no button «Yes»)" in lines
    assert "(no button «🎯»)" in lines
    assert lines[-1] == "bot: You said: still here"


async def test_links_and_copies_are_told_instead_of_sent() -> None:
    code, lines = await play("buttons Site=https://example.org, Code:4711\n> Site\n> Code")
    assert code == 0
    assert lines[2:] == ["you: > Site", "(opens https://example.org)", "you: > Code", "(copies «4711»)"]


async def test_a_key_under_the_field_sends_its_label() -> None:
    _, lines = await play("keyboard Yes,No\n> no")
    assert lines[1:] == ["bot: Keys:\n     [Yes] [No]", "you: > no", "bot: You said: No"]


async def test_alerts_and_deletions_are_told() -> None:
    _, lines = await play("buttons alert, gone\n> alert\n> gone")
    assert lines[2:] == ["you: > alert", "alert: Careful!", "you: > gone", "bot (deleted): Choose:"]


async def test_edits_while_the_bot_works_are_told_in_their_last_state() -> None:
    _, lines = await play("count")
    assert lines == ["you: count", "bot: 3"]


async def test_replies_go_to_the_newest_message_or_an_older_one() -> None:
    code, lines = await play("one\ntwo\n@reply yes\n@reply:3 no\n@reply:9 what")
    assert code == 1
    assert lines[4:] == [
        "you: (to «You said: two») yes",
        "bot: You said: yes (about «You said: two»)",
        "you: (to «You said: one») no",
        "bot: You said: no (about «You said: one»)",
        "(no message 9 of the bot to reply to)",
    ]


async def test_a_file_is_sent_with_its_caption(tmp_path: Path) -> None:
    (tmp_path / "my plan.txt").write_text("1. sail")
    code, lines = await play(f'@file "{tmp_path}/my plan.txt" look')
    assert code == 0
    assert lines == ["you: [my plan.txt] look", "bot: You said: a file, look"]


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    code, lines = await play(f"@file {tmp_path}/none.txt")
    assert code == 1
    assert lines[1].endswith("none.txt» can't be read: no such file or directory)")


async def test_a_file_of_the_bot_is_named_by_its_path() -> None:
    _, lines = await play("sendfile here")
    first, caption = lines[1].split("\n")
    assert first.startswith("bot: [file: plan.txt, 8 B, /")
    assert caption == "     here"


async def test_a_text_that_telegram_would_refuse_is_not_sent() -> None:
    code, lines = await play("x" * 4097)
    assert code == 1
    assert lines[1].startswith("(not sent: ")


async def test_nonsense_is_told_and_the_script_goes_on() -> None:
    code, lines = await play("@dance\nhello")
    assert code == 1
    assert lines[0].startswith("(no step «@dance»")
    assert lines[-1] == "bot: You said: hello"


async def test_waiting_passes_time_of_the_bots_clock() -> None:
    written: list[str] = []
    async with talking() as (conversation, _):
        before = conversation.clock.now()
        code = await Script(conversation, written.append).run(each("@wait 90\n@wait 1w\n@wait 90m"))
        assert (conversation.clock.now() - before).total_seconds() == 610_290
    assert code == 0
    assert written == ["(waiting 90 seconds)", "(waiting 1 week)", "(waiting 90 minutes)"]


async def test_a_bot_that_stays_busy_is_waited_for_thirty_seconds_and_told() -> None:
    written: list[str] = []
    async with talking() as (conversation, bot):
        bot.stuck = True
        began = conversation.real.now()
        await Script(conversation, written.append).run(each("hello"))
        waited = (conversation.real.now() - began).total_seconds()
    assert written[-1] == "(the bot is still busy after 30 seconds)"
    assert "bot: You said: hello" in written
    assert 60 <= waited < 62  # once at the start, once for the line


async def test_a_silent_bot_is_quiet() -> None:
    assert await play("silence") == (0, ["you: silence"])


async def test_what_the_bot_says_by_itself_at_the_start_is_told_first() -> None:
    written: list[str] = []
    async with talking() as (conversation, _):
        conversation.simulator.say(conversation.person, "while you were away")
        await Script(conversation, written.append).run(each("# begin"))
    assert written == ["bot: You said: while you were away", "# begin"]


async def test_lines_come_as_they_are_written_and_wrong_bytes_do_no_harm() -> None:
    stream = io.BytesIO("hello ✅\r\n".encode() + b"\xff\xfe\nlast")
    assert [line async for line in read_lines(stream)] == ["hello ✅", "\ufffd\ufffd", "last"]


async def test_a_read_that_never_ends_holds_no_lock_that_the_end_of_the_process_would_wait_for() -> None:
    reading, writing = os.pipe()
    stream = os.fdopen(reading, "rb")
    with os.fdopen(writing, "wb", buffering=0) as script:
        script.write(b"one\ntw")
        lines = read_lines(stream)
        assert await anext(lines) == "one"
        script.write(b"o\n")
        assert await anext(lines) == "two"
        await asyncio.wait_for(asyncio.to_thread(stream.close), 10)


@pytest.mark.parametrize("text", ["", "\n\n"])
async def test_an_empty_script_is_a_success(text: str) -> None:
    assert await play(text) == (0, [])
