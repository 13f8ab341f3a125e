"""Files that the bot sends: kept, sent again by id, exchanged, refused."""

import pytest

from bot.local.messages import Upload
from bot.local.refusals import Refusal

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")


@pytest.fixture
def send(simulator, chat):
    async def carry_out(kind, content, **params):
        files = {"f": Upload(name="a.png", content=content)}
        params = {"chat_id": chat, kind: "attach://f"} | params
        return await simulator.call(f"send{kind.title()}", params, files)

    return carry_out


async def test_a_file_may_also_be_a_field_of_the_form(simulator, chat):
    files = {"document": Upload(name="a.txt", content=b"abc")}
    sent = await simulator.call("sendDocument", {"chat_id": chat}, files)
    assert sent["document"]["file_name"] == "a.txt"
    assert sent["document"]["mime_type"] == "text/plain"


async def test_the_caption_and_the_keyboard_change_and_the_file_stays(simulator, send, call, refused, chat):
    sent = await send("document", b"abc", caption="<b>a</b>", parse_mode="HTML")
    assert sent["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    where = {"chat_id": chat, "message_id": sent["message_id"]}
    edited = await call("editMessageCaption", **where, caption="b")
    assert (edited["caption"], edited["document"]) == ("b", sent["document"])
    assert (await refused("editMessageText", **where, text="c"))[1] == (
        "Bad Request: there is no text in the message to edit"
    )
    text = await call("sendMessage", chat_id=chat, text="a")
    assert (await refused("editMessageCaption", chat_id=chat, message_id=text["message_id"], caption="b"))[1] == (
        "Bad Request: there is no caption in the message to edit"
    )


async def test_a_file_is_exchanged_by_upload_or_by_id(simulator, send, call, refused, chat):
    first, second = await send("photo", PNG), await send("document", b"abc")
    where = {"chat_id": chat, "message_id": first["message_id"]}
    media = {"type": "document", "media": second["document"]["file_id"], "caption": "now this"}
    edited = await call("editMessageMedia", **where, media=media)
    assert (edited["document"], edited["caption"]) == (second["document"], "now this")
    assert "is not modified" in (await refused("editMessageMedia", **where, media=media))[1]
    files = {"k": Upload(name="b.txt", content=b"b")}
    edited = await simulator.call(
        "editMessageMedia", where | {"media": {"type": "document", "media": "attach://k"}}, files
    )
    assert edited["document"]["file_name"] == "b.txt"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("document-00000099", "wrong file identifier/HTTP URL specified"),
        ("https://a.example/x", "failed to get HTTP URL content"),
        ("attach://nothing", "file not found in the request"),
        ("", "there is no document in the request"),
    ],
)
async def test_a_file_that_is_not_there_is_refused(refused, chat, document, words):
    assert await refused("sendDocument", chat_id=chat, document=document) == (400, f"Bad Request: {words}")


async def test_an_id_is_good_for_its_own_kind_only(send, refused, chat):
    photo = (await send("photo", PNG))["photo"][0]["file_id"]
    assert await refused("sendDocument", chat_id=chat, document=photo) == (
        400,
        "Bad Request: can't use file of type Photo as Document",
    )


async def test_a_file_over_20_megabytes_has_no_path_either(simulator, ann):
    simulator.send_file(ann, "big.bin", bytes(20 * 2**20 + 1))
    with pytest.raises(Refusal, match=r"^Not Found$"):
        simulator.download("documents/0001-big.bin")


async def test_an_unknown_file_or_path_can_not_be_fetched(simulator, refused):
    assert await refused("getFile", file_id="x") == (400, "Bad Request: invalid file_id")
    with pytest.raises(Refusal) as missing:
        simulator.download("documents/../chat.jsonl")
    assert missing.value.error_code == 404
