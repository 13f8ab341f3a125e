"""What Telegram refuses of a message, in its exact words: a row of the table of facts each."""

import json

import pytest

from bot.local.messages import Upload
from bot.local.pictures import picture_size
from bot.local.refusals import Refusal, WrongCall

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a"
    " current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def keyboard(**button):
    return {"inline_keyboard": [[{"text": "Go"} | button]]}


def png(width, height, size=100):
    head = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return head + b"\0" * (size - len(head))


async def test_an_unknown_method_is_not_found(refused):
    assert await refused("sendPigeon", chat_id=1) == (404, "Not Found: method not found")


@pytest.mark.parametrize("text", ["", "   ", "\n \n", "\u2028", "<b> </b>"])
async def test_a_text_with_nothing_in_it_is_empty(refused, chat, text):
    assert await refused("sendMessage", chat_id=chat, text=text, parse_mode="HTML") == (
        400,
        "Bad Request: message text is empty",
    )


async def test_a_text_may_have_4096_utf16_units_and_an_emoji_counts_two(call, refused, chat):
    assert await call("sendMessage", chat_id=chat, text="🎯" * 2048)
    assert await refused("sendMessage", chat_id=chat, text="🎯" * 2048 + "x") == (
        400,
        "Bad Request: message is too long",
    )


async def test_the_length_counts_after_parsing(call, chat):
    html = "<b>" + "&lt;" * 4096 + "</b>"
    message = await call("sendMessage", chat_id=chat, text=html, parse_mode="HTML")
    assert message["text"] == "<" * 4096


async def test_a_caption_may_have_1024_utf16_units(simulator, chat):
    params = {"chat_id": chat, "document": "attach://f"}
    files = {"f": Upload(name="a.txt", content=b"x")}
    assert await simulator.call("sendDocument", params | {"caption": "🎯" * 512}, files)
    with pytest.raises(Refusal, match=r"^Bad Request: message caption is too long$"):
        await simulator.call("sendDocument", params | {"caption": "🎯" * 512 + "x"}, files)


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("a <x> b", 'Unsupported start tag "x" at byte offset 2'),
        ("é <br/>", 'Unsupported start tag "br/" at byte offset 3'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<i =x>a</i>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<a href=x,y>a</a>", "Unexpected end of name token at byte offset 8"),
        ('<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_bad_html_can_not_be_parsed(refused, chat, html, why):
    assert await refused("sendMessage", chat_id=chat, text=html, parse_mode="HTML") == (
        400,
        f"Bad Request: can't parse entities: {why}",
    )


async def test_only_four_named_references_decode(call, chat):
    html = "&lt;&gt;&amp;&quot;&#33;&#x1F3AF;&nbsp;&laquo;"
    message = await call("sendMessage", chat_id=chat, text=html, parse_mode="html")
    assert message["text"] == '<>&"!🎯&nbsp;&laquo;'


@pytest.mark.parametrize("data", ["x" * 65, "é" * 33, ""])
async def test_callback_data_has_1_to_64_bytes(call, refused, chat, data):
    assert await refused("sendMessage", chat_id=chat, text="a", reply_markup=keyboard(callback_data=data)) == (
        400,
        "Bad Request: BUTTON_DATA_INVALID",
    )
    assert await call("sendMessage", chat_id=chat, text="a", reply_markup=keyboard(callback_data="é" * 32))


async def test_an_inline_button_needs_an_action(refused, chat):
    assert await refused("sendMessage", chat_id=chat, text="a", reply_markup=keyboard()) == (
        400,
        "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    )


async def test_a_reply_needs_its_message_unless_it_may_go_without(call, refused, chat):
    gone = {"message_id": 99}
    assert await refused("sendMessage", chat_id=chat, text="a", reply_parameters=gone) == (
        400,
        "Bad Request: message to be replied not found",
    )
    lenient = gone | {"allow_sending_without_reply": True}
    message = await call("sendMessage", chat_id=chat, text="a", reply_parameters=json.dumps(lenient))
    assert "reply_to_message" not in message
    message = await call("sendMessage", chat_id=chat, text="b", reply_parameters={"message_id": 1})
    assert message["reply_to_message"]["text"] == "/start"


async def test_an_edit_that_changes_nothing_is_refused(call, refused, chat):
    rows = keyboard(callback_data="go")
    sent = await call("sendMessage", chat_id=chat, text="<b>a</b>", parse_mode="HTML", reply_markup=rows)
    where = {"chat_id": chat, "message_id": sent["message_id"]}
    bold = [{"type": "bold", "offset": 0, "length": 1}]
    assert await refused("editMessageText", **where, text="a", entities=bold, reply_markup=rows) == (400, NOT_MODIFIED)
    assert await refused("editMessageReplyMarkup", **where, reply_markup=rows) == (400, NOT_MODIFIED)
    assert await call("editMessageText", **where, text="a", reply_markup=rows), "other entities are a change"


async def test_an_edit_without_reply_markup_removes_the_keyboard(call, simulator, chat):
    sent = await call("sendMessage", chat_id=chat, text="a", reply_markup=keyboard(callback_data="go"))
    edited = await call("editMessageText", chat_id=chat, message_id=sent["message_id"], text="b")
    assert "reply_markup" not in edited
    assert simulator.chat(chat)[-1].buttons == ()


@pytest.mark.parametrize("method", ["editMessageText", "editMessageReplyMarkup", "editMessageCaption"])
async def test_an_edit_of_a_message_that_is_gone_is_refused(call, refused, chat, method):
    sent = await call("sendMessage", chat_id=chat, text="a")
    await call("deleteMessage", chat_id=chat, message_id=sent["message_id"])
    what = {"editMessageText": {"text": "b"}, "editMessageCaption": {"caption": "b"}}.get(method, {})
    answer = await refused(method, chat_id=chat, message_id=sent["message_id"], **what)
    assert answer == (400, "Bad Request: message to edit not found")


async def test_a_persons_message_can_not_be_edited(refused, chat):
    answer = await refused("editMessageText", chat_id=chat, message_id=1, text="b")
    assert answer == (400, "Bad Request: message can't be edited")


async def test_a_press_is_answered_once_and_within_15_seconds(simulator, call, refused, ann, real):
    chat = ann.id
    simulator.say(ann, "/start")
    ids = []
    for _ in range(2):
        simulator.press(ann, chat, 1, "go")
        ids.append((await call("getUpdates", offset=-1))[0]["callback_query"]["id"])
    assert await call("answerCallbackQuery", callback_query_id=ids[0], text="x" * 200)
    assert await refused("answerCallbackQuery", callback_query_id=ids[0]) == (400, TOO_OLD)
    assert await refused("answerCallbackQuery", callback_query_id="12") == (400, TOO_OLD)
    assert await refused("answerCallbackQuery", callback_query_id=ids[1], text="x" * 201) == (
        400,
        "Bad Request: MESSAGE_TOO_LONG",
    )
    real.advance(16)
    assert await refused("answerCallbackQuery", callback_query_id=ids[1]) == (400, TOO_OLD)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"no picture", (400, "Bad Request: IMAGE_PROCESS_FAILED")),
        (b"", (400, "Bad Request: file must be non-empty")),
        (png(9000, 1001), (400, "Bad Request: PHOTO_INVALID_DIMENSIONS")),
        (png(2100, 100), (400, "Bad Request: PHOTO_INVALID_DIMENSIONS")),
        (
            png(100, 100, 10 * 2**20 + 1),
            (400, 'Bad Request: file "a.png" of size 10485761 bytes is too big for a photo'),
        ),
    ],
)
async def test_a_photo_has_at_most_10_megabytes_and_10000_pixels(simulator, chat, content, answer):
    files = {"f": Upload(name="a.png", content=content)}
    with pytest.raises(Refusal) as caught:
        await simulator.call("sendPhoto", {"chat_id": chat, "photo": "attach://f"}, files)
    assert (caught.value.error_code, caught.value.description) == answer


async def test_a_document_has_at_most_50_megabytes(simulator, chat):
    files = {"f": Upload(name="a.bin", content=bytes(50 * 2**20 + 1))}
    with pytest.raises(Refusal, match=r"^Request Entity Too Large$") as caught:
        await simulator.call("sendDocument", {"chat_id": chat, "document": "attach://f"}, files)
    assert caught.value.error_code == 413


async def test_a_file_over_20_megabytes_can_not_be_fetched(simulator, call, refused, chat, ann):
    simulator.send_file(ann, "big.bin", bytes(20 * 2**20 + 1))
    update = (await call("getUpdates", offset=-1))[0]
    file_id = update["message"]["document"]["file_id"]
    assert await refused("getFile", file_id=file_id) == (400, "Bad Request: file is too big")


async def test_an_entity_out_of_the_text_is_refused_in_telegrams_words(refused, chat):
    async def words(text, offset, length):
        entities = [{"type": "bold", "offset": offset, "length": length}]
        return (await refused("sendMessage", chat_id=chat, text=text, entities=entities))[1]

    assert await words("hello", 100, 1) == ("Bad Request: entity begins after the end of the text at UTF-16 offset 100")
    assert await words("hello", 0, 100) == (
        "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100"
    )
    assert await words("🎯🎯", 1, 1) == "Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset 4"
    assert await words("🎯🎯", 0, 1) == (
        "Bad Request: entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4"
    )


async def test_entities_past_a_hundred_are_dropped_silently(call, chat):
    text = "<b>a</b> " * 120
    message = await call("sendMessage", chat_id=chat, text=text, parse_mode="HTML")
    assert len(message["entities"]) == 100
    assert message["text"] == ("a " * 120).rstrip()


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"chat_id": 7, "text": "a", "disable_notifications": True}),
        ("sendMessage", {"chat_id": 7.5, "text": "a"}),
        ("sendMessage", {"chat_id": True, "text": "a"}),
        ("deleteMessage", {"chat_id": 7, "message_id": [1]}),
        ("sendMessage", {"chat_id": 7, "text": {"a": 1}}),
    ],
)
async def test_a_mistake_of_ours_that_telegram_would_let_pass_is_refused_by_us(simulator, chat, method, params):
    with pytest.raises(WrongCall):
        await simulator.call(method, params)


@pytest.mark.parametrize("message_id", [0, -3, "abc"])
async def test_a_message_id_that_is_none_is_refused(refused, chat, message_id):
    answer = await refused("deleteMessage", chat_id=chat, message_id=message_id)
    assert answer == (400, "Bad Request: message identifier is not specified")


def test_the_size_of_a_picture_is_read_from_its_head():
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x0b\x08" + b"\x01\x00\x02\x00" + b"\0" * 9
    assert picture_size(png(640, 480)) == (640, 480)
    assert picture_size(b"GIF89a\x40\x01\x80\x00") == (320, 128)
    assert picture_size(jpeg) == (512, 256)
    assert picture_size(b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x3f\x01\0\x7f\0\0") == (320, 128)
    assert picture_size(b"plain text") is None
