"""A simulator that is killed and started again goes on where it was."""

import datetime as dt
import json

import pytest

from bot.local.files import FileStore
from bot.local.journal import JournalDamagedError, last_moment, read_journal
from bot.local.memory import State, restore
from bot.local.messages import Person
from bot.local.refusals import Refusal
from bot.local.simulator import Simulator


@pytest.fixture
def path(tmp_path):
    return tmp_path / "chat.jsonl"


@pytest.fixture
def start(path, clock, real):
    """Start a simulator on the journal; the one before it is simply left, as after a kill."""
    return lambda: Simulator(token="42:TEST", clock=clock, journal=path, real=real)


async def send(simulator, text, **params):
    return await simulator.call("sendMessage", {"chat_id": 7, "text": text} | params)


async def test_messages_counters_updates_and_menus_survive(start, ann):
    first = start()
    first.say(ann, "/start")
    rows = {"inline_keyboard": [[{"text": "Go", "callback_data": "go", "style": "success"}]]}
    await send(first, "<b>hi</b> 🎯", parse_mode="HTML", reply_markup=rows)
    first.press(ann, 7, 2, "go")
    await first.call("pinChatMessage", {"chat_id": 7, "message_id": 2})
    await first.call("setMyCommands", {"commands": [{"command": "goal", "description": "A goal"}]})
    first.send_file(ann, "plan.txt", b"one, two", caption="the plan")
    await send(first, "gone")
    await first.call("deleteMessage", {"chat_id": 7, "message_id": 5})

    second = start()
    assert second.chat(7) == first.chat(7)
    assert second.chats() == first.chats()
    assert second.commands() == [("goal", "A goal")]
    assert await second.call("getUpdates", {}) == await first.call("getUpdates", {})
    assert (await send(second, "next"))["message_id"] == 6, "the number of a deleted message is not used again"
    assert second.say(ann, "more") == 4


async def test_numbers_are_not_used_again_after_two_restarts(start, ann):
    start().say(ann, "one")
    second = start()
    await second.call("getUpdates", {"offset": 2})
    await send(second, "two")
    await second.call("deleteMessage", {"chat_id": 7, "message_id": 2})
    start()
    fourth = start()
    assert fourth.pending_updates() == 0
    assert fourth.say(ann, "three") == 2
    assert fourth.chat(7)[-1].id == 3


async def test_confirmed_updates_stay_confirmed_and_the_rest_comes_again(start, ann):
    first = start()
    for text in ("a", "b", "c"):
        first.say(ann, text)
    await first.call("getUpdates", {"offset": 2})
    texts = [update["message"]["text"] for update in await start().call("getUpdates", {})]
    assert texts == ["b", "c"]


async def test_a_press_that_was_answered_stays_answered(start, ann):
    first = start()
    first.say(ann, "a")
    for _ in range(2):
        first.press(ann, 7, 1, "go")
    ids = [update["callback_query"]["id"] for update in (await first.call("getUpdates", {}))[1:]]
    await first.call("answerCallbackQuery", {"callback_query_id": ids[0]})
    second = start()
    with pytest.raises(Refusal, match="query is too old"):
        await second.call("answerCallbackQuery", {"callback_query_id": ids[0]})
    assert await second.call("answerCallbackQuery", {"callback_query_id": ids[1]})
    second.press(ann, 7, 1, "go")
    assert (await second.call("getUpdates", {}))[-1]["callback_query"]["id"] not in ids


async def test_updates_grow_old_over_a_restart_in_real_time(start, ann, real):
    start().say(ann, "a")
    real.advance(20 * 3600)
    assert start().pending_updates() == 1
    real.advance(5 * 3600)
    assert start().pending_updates() == 0


async def test_the_kinds_of_updates_asked_for_survive(start, ann):
    first = start()
    await first.call("getUpdates", {"allowed_updates": ["message"]})
    first.say(ann, "a")
    second = start()
    assert second.press(ann, 7, 1, "go") == 0
    assert second.say(ann, "b") == 2


async def test_files_are_found_again_beside_the_journal(start, ann, path):
    first = start()
    first.send_file(ann, "plan.txt", b"one, two")
    second = start()
    file = second.chat(7)[0].file
    assert file.path.parent == path.with_name("chat.jsonl.files")
    asked = await second.call("getFile", {"file_id": file.file_id})
    assert second.download(asked["file_path"]) == b"one, two"


async def test_supergroups_count_their_own_messages_also_after_a_restart(start, ann):
    first = start()
    group = first.open_group(ann, "Team", supergroup=True)
    first.say(ann, "private")
    first.say(ann, "in the group", chat_id=group)
    second = start()
    second.say(ann, "again", chat_id=group)
    second.say(ann, "again")
    assert [message.id for message in second.chat(group)] == [1, 2]
    assert [message.id for message in second.chat(7)] == [1, 2]


def test_a_torn_last_line_is_left_out(start, ann, path):
    start().say(ann, "whole")
    with path.open("ab") as file:
        file.write(b'{"kind":"message","at":"2026-')
    assert [message.text for message in start().chat(7)] == ["whole"]
    assert all(entry.kind for entry in read_journal(path)), "the torn line is gone from the file"


def test_damage_before_the_last_line_is_told_with_its_place(start, path):
    path.write_bytes(b'{"kind":"moment"}\n\x00\n{}\n')
    with pytest.raises(JournalDamagedError, match=r"chat\.jsonl, line 1"):
        start()


def test_the_journal_is_small_again_after_it_is_opened(start, ann, path, clock):
    first = start()
    first.say(ann, "a")
    for number in range(50):
        first.edit(ann, 7, 1, f"a{number}")
    long = len(path.read_bytes().splitlines())
    start()
    entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert long > 100
    assert [entry["body"]["text"] for entry in entries if entry["kind"] == "message"] == ["a49"]


def test_the_last_simulated_moment_is_kept_for_a_clock_that_runs_ahead(start, ann, path, clock):
    assert last_moment(path) is None
    first = start()
    clock.advance(3600)
    first.say(ann, "a")
    assert last_moment(path) == clock.now()
    clock.advance(3600)
    first.close()
    assert last_moment(path) == dt.datetime(2026, 3, 1, 14, tzinfo=dt.UTC)


def test_a_journal_takes_any_text(start, clock):
    odd = Person(id=7, first_name="\u202e<b>🎯\ud83d", username=None)
    start().say(odd, 'line\nbreak \u2066 {"a"}')
    again = start()
    assert again.chats()[0].person == odd
    assert again.chat(7)[0].text == 'line\nbreak \u2066 {"a"}'


async def test_a_journal_that_grows_large_is_begun_anew_while_it_runs(start, ann, path, monkeypatch):
    monkeypatch.setattr("bot.local.journal.BLOATED_FROM", 100_000)
    first = start()
    first.say(ann, "a")
    for number in range(100):
        first.edit(ann, 7, 1, f"{number} " + "x" * 4000)
        await first.call("getUpdates", {"offset": number + 2})
        assert first.pending_updates() == 1
        assert start_again(path).waiting[0].update_id == number + 2
    assert path.stat().st_size < 120_000
    assert start().chat(7)[0].text.startswith("99 ")


def start_again(path):
    """What a restart would find in the journal, without opening it."""
    state = State(files=FileStore(path.with_name("none")))
    for entry in read_journal(path):
        restore(state, entry)
    return state.updates


@pytest.mark.parametrize("part", [0.1, 0.35, 0.5, 0.72, 0.9, 0.999])
def test_a_journal_cut_anywhere_opens_with_all_whole_lines(start, ann, path, part):
    first = start()
    for number in range(20):
        first.say(ann, f"{number} 🎯")
    content = path.read_bytes()
    cut = content[: int(len(content) * part)]
    path.write_bytes(cut)
    second = start()
    whole = cut.rpartition(b"\n")[0]
    assert len(second.chat(7)) == whole.count(b'{"kind":"message","at"')
    before = len(second.chat(7))
    second.say(ann, "more")
    assert [message.id for message in second.chat(7)] == list(range(1, before + 2))


def test_a_journal_that_was_taken_away_does_not_bring_old_numbers_back(path, clock, real):
    """The database knows the old ids: with the same ones again, what a person writes would count as handled."""
    numbers = []
    for _ in range(2):
        simulator = Simulator(token="42:TEST", clock=clock, journal=path, real=real, fresh_ids=True)
        numbers.append((simulator.say(Person(id=7, first_name="You"), "/start"), simulator.chat(7)[0].id))
        simulator.close()
        path.unlink()
        real.advance(300)
    assert numbers[0][0] < numbers[1][0]
    assert numbers[0][1] < numbers[1][1]


def test_a_journal_that_cant_be_read_is_told_in_words_and_one_that_cant_be_there_is_none(tmp_path):
    with pytest.raises(JournalDamagedError, match="can't be read"):
        read_journal(tmp_path)
    (tmp_path / "file").touch()
    assert read_journal(tmp_path / "file" / "journal") == []
