"""A conversation through crashes and restarts, in groups, with approvals, with pictures and voice."""

import asyncio
import json
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.local.simulator import Simulator
from engine.agents.conversation import remembering
from engine.goals import GoalStatus
from engine.values import GoalId
from handlers.views.markdown import MOST_PARTS
from tests.scenarios.talking import (
    ANN,
    BEN,
    Chat,
    a_telegram,
    app_of,
    in_turn,
    is_talk,
    returned_to,
    said_to,
    settings_of,
    talking,
    wiring_of,
)
from tests.scripted_models import Json, ScriptedServer, Turn, scripted_openai

CARDS = {"name": "Sell greeting cards", "criteria": ["10 cards are sold"]}
SOLD = "I'd like to sell ten of the cards that I paint"
CANCELLED = in_turn(
    Turn(calls={"cancel_goal": {"goal": 1}}), Turn(text="It is cancelled."), Turn(text="You are welcome.")
)


@asynccontextmanager
async def killed_at_the_end(simulator: Simulator, folder: Path, server: ScriptedServer) -> AsyncIterator[Chat]:
    """The bot, with all its loops cut off at the end of the block: nothing is stopped in order."""

    async def run(app: App) -> None:
        with suppress(asyncio.CancelledError):
            await app.run()

    async with open_app(settings_of(folder, server), wiring_of(simulator)) as app, asyncio.TaskGroup() as group:
        running = group.create_task(run(app))
        yield Chat(simulator, app)
        running.cancel()


async def test_a_turn_that_a_kill_cut_off_is_answered_once_and_does_nothing_twice(tmp_path: Path) -> None:
    dies = True

    def answer(asked: Json) -> Turn:
        if not is_talk(asked):
            return Turn(status=400)
        if not returned_to(asked):
            return Turn(calls={"create_goal": CARDS})
        return Turn(hangs=True) if dies else Turn(text="I set it up as #1.")

    simulator = a_telegram()
    async with asyncio.timeout(60), scripted_openai(answer) as server:
        async with killed_at_the_end(simulator, tmp_path, server) as chat:
            simulator.say(ANN, SOLD)
            await chat.until(lambda: sum(bool(returned_to(one)) for one in server.requests) > 0)
        dies = False
        async with app_of(simulator, settings_of(tmp_path, server)) as chat:
            await chat.settle()
            assert sum("I set it up as #1." in text for text in chat.texts()) == 1
            assert len(await chat.app.engine.queries.goals_of(ANN.id, ended=False, offset=0, limit=9)) == 1
            calls = [one for one in server.requests if is_talk(one) and not returned_to(one)]
            assert len(calls) == 1  # what the model had said before the kill is not asked again
    simulator.close()


@pytest.mark.long  # a turn that a kill cut off is tried each time
async def test_what_was_said_before_a_kill_is_answered_after_it(tmp_path: Path) -> None:
    simulator = a_telegram()
    async with asyncio.timeout(60), scripted_openai([Turn(hangs=True)]) as deaf:
        async with killed_at_the_end(simulator, tmp_path, deaf):
            simulator.say(ANN, SOLD)
            await deaf.asked.wait()
        async with (
            scripted_openai(in_turn(Turn(text="Ten it is."))) as server,
            app_of(simulator, settings_of(tmp_path, server)) as chat,
        ):
            await chat.settle()
            assert chat.texts() == ["Ten it is."]
    simulator.close()


async def with_a_goal(chat: Chat) -> None:
    await chat.say("/goal Sell cards\n- 10 cards are sold\ndeadline: none\npriority: normal")
    await chat.app.engine.start_goal(GoalId(1))
    await chat.settle()


@pytest.mark.long  # engine/agents/working/test_agent.py has the same of a task
async def test_an_approval_outlives_a_restart_and_the_turn_goes_on_once(tmp_path: Path) -> None:
    simulator = a_telegram()
    async with asyncio.timeout(60), scripted_openai(CANCELLED) as server:
        async with app_of(simulator, settings_of(tmp_path, server)) as chat:
            await with_a_goal(chat)
            await chat.say("Oh no, please cancel everything about the cards now")
            assert (await chat.app.engine.goal(GoalId(1))).status is GoalStatus.ACTIVE
        async with app_of(simulator, settings_of(tmp_path, server)) as chat:
            await chat.settle()
            engine = chat.app.engine
            await chat.press("Approve")
            assert (await engine.goal(GoalId(1))).status is GoalStatus.CANCELLED
            assert sum("It is cancelled." in text for text in chat.texts()) == 1
            log = await engine.queries.log(GoalId(1), before=None, limit=50)
            assert sum(row.event == "goal_cancelled" for row in log) == 1
    simulator.close()


@pytest.mark.long  # test_conversation_asks.py asks for a yes
async def test_a_no_is_told_to_the_model_and_nothing_is_done(tmp_path: Path) -> None:
    script = in_turn(Turn(calls={"cancel_goal": {"goal": 1}}), Turn(text="Then it stays."))
    async with talking(tmp_path, script) as (chat, server):
        await with_a_goal(chat)
        await chat.say("Oh no, please cancel everything about the cards now")
        engine = chat.app.engine
        await chat.say("deny I need the money")
        assert chat.texts()[-1] == "Then it stays."
        assert "I need the money" in returned_to(server.requests[-1])[-1]
        assert (await engine.goal(GoalId(1))).status is GoalStatus.ACTIVE


@pytest.mark.long
async def test_while_a_turn_waits_for_a_yes_others_are_answered_and_what_it_asked_is_done_later(tmp_path: Path) -> None:
    def answer(asked: Json) -> Turn:
        if not is_talk(asked):
            return Turn(status=400)
        if "wood" in said_to(asked)[-1]:
            return Turn(text="Wood is fine.")
        return Turn(text="It is cancelled.") if returned_to(asked) else Turn(calls={"cancel_goal": {"goal": 1}})

    async with talking(tmp_path, answer) as (chat, _):
        await with_a_goal(chat)
        await chat.say("Oh no, please cancel everything about the cards now")
        assert await chat.say("And what do you think of cards made of wood?") == "Wood is fine."
        await chat.press("Approve")
        assert any("It is cancelled." in text for text in chat.texts())


@pytest.mark.long
async def test_an_answer_that_breaks_off_is_asked_for_once_more_as_a_whole_and_of_the_models_to_fall_back_on(
    tmp_path: Path,
) -> None:
    def says(asked: Json) -> Turn:
        if asked["model"] == "second":
            return Turn(text="Here I am.")
        return Turn(text="Let me see. It is", breaks_off=True) if asked.get("stream") else Turn(status=503)

    more = {"model_fallbacks": "openai:second", "model_prices": "openai:scripted=1/10,openai:second=1/10"}
    async with talking(tmp_path, says, **more) as (chat, server):
        assert await chat.say("What can I reach with you this month?") == "Here I am."
        first, *later = [bool(one.get("stream")) for one in server.requests]
        assert first
        assert not any(later)
        assert server.requests[-1]["model"] == "second"
        assert len(chat.messages()) == 1


@pytest.mark.long
async def test_an_answer_that_a_filter_ends_in_the_middle_is_shown_as_such(tmp_path: Path) -> None:
    async with talking(tmp_path, in_turn(Turn(text="There are three", end="content_filter"))) as (chat, _):
        assert "There are three […]" in await chat.say("What can I reach with you this month?")


@pytest.mark.long
async def test_an_answer_without_end_is_cut_and_shown_as_such(tmp_path: Path) -> None:
    async with talking(tmp_path, in_turn(Turn(text=f"so {'on' * 100} " * 800), Turn(text="Yes."))) as (chat, server):
        await chat.say("What can I reach with you this month?")
        assert MOST_PARTS - 1 <= len(chat.messages()) <= MOST_PARTS
        assert chat.texts()[-1].endswith("[…]")
        await chat.say("And with less time than that, what would you suggest?")
        assert len(str(server.requests[-1]["messages"])) < 40_000


async def test_in_a_group_only_what_is_said_to_the_bot_is_answered_and_to_whoever_said_it(tmp_path: Path) -> None:
    async with talking(tmp_path, in_turn(Turn(text="Cards sell well in spring."))) as (chat, server):
        group = chat.simulator.open_group(ANN, "Painters")
        chat.simulator.join(BEN, group)
        chat.simulator.say(ANN, "/goals", chat_id=group)
        await chat.settle()
        said = chat.messages(group)[-1]
        chat.simulator.say(BEN, "When do cards sell best, by the way?", chat_id=group)
        await chat.settle()
        assert not server.requests
        chat.simulator.say(BEN, "When do cards sell best, by the way?", chat_id=group, reply_to=said.id)
        await chat.settle()
        answer = chat.messages(group)[-1]
        assert answer.text == "Cards sell well in spring."
        assert "None is under way" in said_to(server.requests[0])[-1]  # what it replies to


NO_VOICE = "This model can't listen to voice messages or other sound. Please write what is said."


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" + b"\xff" * 6 + b"\x00" + b"\xff" * 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.long
async def test_a_picture_is_shown_to_a_model_that_sees(tmp_path: Path) -> None:
    async with talking(tmp_path, in_turn(Turn(text="A white square."))) as (chat, server):
        chat.simulator.send_file(ANN, "a.png", png(), caption="What is that?", kind="photo")
        await chat.settle()
        assert chat.texts() == ["A white square."]
        content = server.requests[0]["messages"][-1]["content"]  # type: ignore[index,call-overload] # JSON
        assert [part["type"] for part in content] == ["text", "image_url"]
        assert content[1]["image_url"]["url"].startswith("data:image/jpeg;base64,")


@pytest.mark.long
async def test_a_model_that_sees_nothing_is_not_asked_about_a_bare_picture(tmp_path: Path) -> None:
    async with talking(tmp_path, [Turn(text="hm")], model_takes="nothing") as (chat, server):
        chat.simulator.send_file(ANN, "a.png", png(), kind="photo")
        await chat.settle()
        assert chat.texts() == ["This model can't look at pictures. Write what it shows."]
        chat.simulator.send_file(ANN, "a.png", png(), caption="Would that sell?", kind="photo")
        await chat.settle()
        assert "a picture came with it, which you can't take" in said_to(server.requests[0])[-1]
        assert chat.texts()[-1] == "hm\n\nThis model can't look at pictures. Write what it shows."


@pytest.mark.long
async def test_words_with_a_document_are_answered_and_without_words_it_is_told_what_can_be_done(tmp_path: Path) -> None:
    async with talking(tmp_path, in_turn(Turn(text="I can't read it here."))) as (chat, server):
        chat.simulator.send_file(ANN, "life.pdf", b"%PDF", kind="document")
        await chat.settle()
        assert "only keep them with a goal" in chat.texts()[-1]
        assert not server.requests
        chat.simulator.send_file(ANN, "life.pdf", b"%PDF", caption="How do I get a job with that?", kind="document")
        await chat.settle()
        assert chat.texts()[-1] == "I can't read it here."
        (told,) = said_to(server.requests[-1])
        assert told.startswith("How do I get a job with that?\n\n(a document came with it")


@pytest.mark.long
async def test_a_voice_message_is_told_to_be_written_where_the_model_does_not_hear(tmp_path: Path) -> None:
    async with talking(tmp_path, [Turn(text="hm")]) as (chat, server):
        chat.simulator.send_file(ANN, "a.ogg", b"OggS", kind="voice")
        await chat.settle()
        assert chat.texts() == [NO_VOICE]
        assert not server.requests
        chat.simulator.send_file(ANN, "a.ogg", b"OggS", caption="Do you like the tune?", kind="voice")
        await chat.settle()
        assert chat.texts()[-1] == f"hm\n\n{NO_VOICE}"
        *_, told = said_to(server.requests[-1])
        assert told.endswith("(a voice message came with it, which you can't take; the person is told so)")


@pytest.mark.long
async def test_what_was_said_long_ago_is_summed_up_by_the_small_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "MOST_LINES", 6)
    monkeypatch.setattr(remembering, "KEPT_LINES", 2)

    def answer(asked: Json) -> Turn:
        return Turn(text="Fine.") if is_talk(asked) else Turn(text="She paints cards with birds.")

    more = {"model_small": "openai:tiny", "model_prices": "openai:scripted=1/10, openai:tiny=0.1/1"}
    async with talking(tmp_path, answer, **more) as (chat, server):
        for number in range(6):
            await chat.say(f"Here is what I have in mind for card number {number} of spring")
        summed = [one for one in server.requests if not is_talk(one)]
        assert [one["model"] for one in summed] == ["tiny"]
        talk = [one for one in server.requests if is_talk(one)]
        assert "She paints cards with birds." in said_to(talk[-1])[0]
        assert "card number 0" not in json.dumps(talk[-1]["messages"])


@pytest.mark.long
async def test_where_summing_up_fails_the_oldest_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "MOST_LINES", 6)
    monkeypatch.setattr(remembering, "KEPT_LINES", 2)

    def answer(asked: Json) -> Turn:
        return Turn(text="Fine.") if is_talk(asked) else Turn(status=400)

    async with talking(tmp_path, answer) as (chat, server):
        for number in range(6):
            assert await chat.say(f"Here is what I have in mind for card number {number} of spring") == "Fine."
        talk = [one for one in server.requests if is_talk(one)]
        assert len(said_to(talk[-1])) <= 4
