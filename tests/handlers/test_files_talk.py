"""Files in the chat: kept with the goal that is meant, listed, sent back whole, taken away after a question."""

from datetime import UTC, datetime
from functools import partial

import pytest
from aiogram.types import Document, Message, MessageOriginHiddenUser, PhotoSize

from bot.local.messages import FileKind, Upload
from bot.local.people import Look
from engine.files import LARGEST_FILE, GoalFile
from engine.values import GoalId
from handlers.files import receiving
from handlers.files.fetching import fetched
from tests.handlers.conftest import ANN, BEN, Talk

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x40\x08\x02\x00\x00\x00" + b"\x00" * 20
PDF = b"%PDF-1.7 \x00\xff binary"


async def send(talk: Talk, name: str, content: bytes = PDF, **look: object) -> str:
    made = Look(kind=FileKind.DOCUMENT, **look)  # type: ignore[arg-type] # a test's own words
    talk.simulator.send_upload(ANN, Upload(name=name, content=content), made)
    return await talk.serve(ANN.id)


async def files(talk: Talk, goal: int = 1) -> list[GoalFile]:
    return list(await talk.engine.files.of(GoalId(goal)))


async def two_goals(talk: Talk) -> None:
    await talk.started("Dig the beds", name="Grow the garden")
    await talk.started("Win 3 games", name="Learn chess")


async def test_a_document_in_reply_to_a_card_is_kept_with_that_goal_and_comes_back_as_it_was(talk: Talk) -> None:
    await two_goals(talk)
    card = await talk.show_card(1)
    said = await send(talk, "offer.pdf", reply_to=card.id, caption="from the nursery")
    assert said == "📎 Kept offer.pdf (18 bytes) with Grow the garden. Its tasks can use it."
    (kept,) = await files(talk)
    assert (kept.name, kept.note, kept.source) == ("offer.pdf", "from the nursery", "person")
    assert await files(talk, 2) == []
    listed = await talk.press("All its files")
    assert "📎 offer.pdf, 18 bytes, from you: from the nursery" in listed
    await talk.press("offer.pdf")
    sent = talk.newest()
    assert sent.file is not None
    assert (sent.file.name, sent.file.path.read_bytes()) == ("offer.pdf", PDF)


async def test_a_document_in_reply_to_a_task_is_kept_with_the_task_s_goal(talk: Talk) -> None:
    await two_goals(talk)
    task = talk.with_text("Dig the beds")
    assert "with Grow the garden" in await send(talk, "plan.txt", b"x", reply_to=task.id)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("caption", "goal", "note"),
    [
        ("#2", 2, ""),
        ("2: the rules", 2, "the rules"),
        ("for goal 2 the rules", 2, "the rules"),
        ("rules for LEARN CHESS", 2, "rules for LEARN CHESS"),
        ("1 a list of seeds", 1, "a list of seeds"),
    ],
)
async def test_a_caption_names_the_goal(talk: Talk, caption: str, goal: int, note: str) -> None:
    await two_goals(talk)
    await send(talk, "a.pdf", caption=caption)
    (kept,) = await files(talk, goal)
    assert kept.note == note


async def test_a_number_that_is_no_goal_is_refused_or_taken_for_a_word(talk: Talk) -> None:
    await two_goals(talk)
    assert "no goal 77" in await send(talk, "a.pdf", caption="#77")
    assert "Which goal does a.pdf belong to?" in await send(talk, "a.pdf", caption="2026 budget")
    assert await files(talk, 1) == await files(talk, 2) == []


async def test_a_file_leaves_an_open_question_open(talk: Talk) -> None:
    await talk.started("Dig the beds")
    await talk.say("/goal Learn chess")
    assert "no goal 77" in await send(talk, "a.pdf", caption="#77")
    assert "Kept b.pdf" in await send(talk, "b.pdf", caption="#1")
    assert "My last question is still open" in await send(talk, "c.pdf")
    assert "By when" in await talk.say("Win 3 games")


async def test_with_one_goal_under_way_there_is_nothing_to_ask(talk: Talk) -> None:
    await talk.started("Dig the beds")
    assert "Kept a.pdf" in await send(talk, "a.pdf", caption="2026 budget")
    (kept,) = await files(talk)
    assert kept.note == "2026 budget"


async def test_with_several_goals_it_is_asked_by_button_or_in_words(talk: Talk) -> None:
    await two_goals(talk)
    assert "Which goal does a.pdf belong to?" in await send(talk, "a.pdf", caption="see page 3")
    assert "with Learn chess" in await talk.press("2. Learn chess")
    await send(talk, "b.pdf", b"b")
    assert "with Grow the garden" in await talk.say("grow")
    assert [file.note for file in await files(talk, 2)] == ["see page 3"]
    assert [file.name for file in await files(talk, 1)] == ["b.pdf"]


async def test_files_that_are_sent_at_once_are_asked_about_once_and_follow_the_first(talk: Talk) -> None:
    await two_goals(talk)
    await send(talk, "a.pdf", b"a", album="77")
    assert await send(talk, "b.pdf", b"b", album="77") == ""
    told = await talk.press("2. Learn chess")
    assert "📎 Kept a.pdf (1 byte), b.pdf (1 byte) with Learn chess. Its tasks can use them." in told
    assert "Kept c.pdf" in await send(talk, "c.pdf", b"c", album="77")
    assert [file.name for file in await files(talk, 2)] == ["a.pdf", "b.pdf", "c.pdf"]


async def test_an_album_that_is_kept_is_told_of_once_and_what_went_wrong_besides(talk: Talk) -> None:
    await talk.started("Dig the beds")
    first = await send(talk, "a.pdf", b"a", album="77")
    assert first == (
        "📎 Kept a.pdf (1 byte) with Grow the garden. What you sent along with it goes there, too, unless I say"
        " otherwise. Its tasks can use them."
    )
    assert await send(talk, "b.pdf", b"b", album="77") == ""
    assert "too big" in await send(talk, "c.pdf", b"c" * (LARGEST_FILE + 1), album="77")
    assert "Kept d.pdf" in await send(talk, "d.pdf", b"d", album="78")
    assert [file.name for file in await files(talk)] == ["a.pdf", "b.pdf", "d.pdf"]


async def test_an_album_that_nobody_can_look_at_gets_one_answer(talk: Talk) -> None:
    picture = Upload(name="p.jpg", content=PNG)
    told = []
    for caption in ("two of three", "", ""):
        talk.simulator.send_upload(ANN, picture, Look(kind=FileKind.PHOTO, caption=caption, album="5"))
        told.append(await talk.serve(ANN.id))
    assert "I can't look at pictures" in told[0]
    assert "The words with it I didn't use" in told[0]
    assert told[1:] == ["", ""]
    talk.simulator.send_upload(ANN, picture, Look(kind=FileKind.PHOTO))
    assert "I can't look at pictures" in await talk.serve(ANN.id)


@pytest.mark.parametrize("sent", [
    {"document": Document(file_id="f", file_unique_id="u", file_name="a.png", mime_type="image/png")},
    {"photo": [PhotoSize(file_id="f", file_unique_id="u", width=9, height=9)]},
])  # fmt: skip
def test_a_forwarded_file_is_known_to_be_somebody_elses(sent: dict[str, object]) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    origin = MessageOriginHiddenUser(date=noon, sender_user_name="Ben")
    message = Message.model_validate(
        {"message_id": 7, "date": noon, "chat": {"id": 7, "type": "private"}, "forward_origin": origin, **sent}
    )
    file = receiving.sent_file(message)
    assert file is not None
    assert (file.is_forwarded, file.message, file.media_type.split("/")[0]) == (True, 7, "image")


def test_a_question_keeps_all_that_is_known_of_a_file() -> None:
    sent = receiving.Sent(
        file="f", name="n", size=1, caption="c", album="a", media_type="image/png", message=7, is_forwarded=True
    )
    assert receiving.sent_in({"files": [receiving.as_kept(sent)]}) == [sent]


async def test_an_old_question_about_a_file_is_closed_kindly(talk: Talk) -> None:
    await two_goals(talk)
    await send(talk, "a.pdf")
    question = talk.with_text("Which goal does")
    old = talk.button("2. Learn chess", question)[1]
    await talk.press("1. Grow the garden", message=question)
    assert "This question is closed" in await talk.press_data(old, question)
    assert await files(talk, 2) == []


async def test_somebody_else_s_goal_takes_no_file(talk: Talk) -> None:
    await talk.say("/goal Mine\n- A\ndeadline: none\npriority: normal", person=BEN)
    assert "not yours" in (await send(talk, "a.pdf", caption="#1")).lower()
    assert await files(talk) == []


async def test_the_same_update_handled_twice_keeps_one_file(talk: Talk) -> None:
    await talk.started("Dig the beds")
    talk.simulator.send_upload(ANN, Upload(name="a.pdf", content=PDF), Look(kind=FileKind.DOCUMENT))
    raw = await talk.simulator.call("getUpdates", {"offset": talk.offset})
    assert isinstance(raw, list)
    for _ in range(2):
        await talk.handle(raw[-1])  # type: ignore[arg-type] # an update
    assert len(await files(talk)) == 1


async def test_a_file_over_telegram_s_limit_is_told_without_being_fetched(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.started("Dig the beds")
    assert "up to 20 MB" in await send(talk, "film.mkv", b"x" * (LARGEST_FILE + 1))
    monkeypatch.setattr(receiving, "fetched", partial(fetched, most=10))
    assert "couldn't get liar.bin" in await send(talk, "liar.bin", b"x" * 11)
    assert await files(talk) == []


async def test_a_picture_is_kept_where_it_is_clear_for_what_goal(talk: Talk) -> None:
    await talk.started("Dig the beds")
    talk.simulator.send_upload(ANN, Upload(name="bed.png", content=PNG), Look(kind=FileKind.PHOTO, caption="#1"))
    assert "Kept photo" in await talk.serve(ANN.id)


async def test_a_file_goes_only_after_a_question(talk: Talk) -> None:
    await talk.started("Dig the beds")
    await send(talk, "a.pdf")
    await talk.say("/files")
    await talk.press("a.pdf")
    assert "Take a.pdf off Grow the garden?" in await talk.press("Take it off the goal")
    assert "stays with" in await talk.press("Keep it")
    assert len(await files(talk)) == 1
    await talk.press("Take it off the goal")
    assert "no longer with" in await talk.press("Take it off")
    assert await files(talk) == []
    old = talk.with_text("📎 a.pdf, 18 bytes")
    before = talk.newest().id
    await talk.press("a.pdf", message=old)
    assert talk.newest().id == before  # nothing is sent


async def test_many_files_go_over_pages(talk: Talk) -> None:
    await talk.started("Dig the beds")
    for number in range(12):
        await send(talk, f"page {number:02}.txt", f"{number}".encode(), caption="#1")
    first = await talk.say("files")
    assert "page 11.txt" in first
    assert "page 01.txt" not in first
    assert "page 01.txt" in await talk.press("Page 2 ›")


async def test_without_files_it_is_said_how_to_send_one(talk: Talk) -> None:
    await talk.started("Dig the beds")
    assert "It has no files yet" in await talk.say("/files")
