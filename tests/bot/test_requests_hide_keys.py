"""Keys never reach a chat: not in a text, not in a caption, not in a file, and the formatting stays in its place."""

from aiogram.utils.formatting import Bold, Text

from bot.requests import without_secrets
from engine.records import Outgoing
from engine.values import ChatId
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap
from handlers.views.letters import letter

KEY = "sk-ant-api03-Ab12cd34EF56gh78"


def test_a_key_in_a_text_becomes_dots_and_what_is_bold_stays_so() -> None:
    message = letter(ChatId(7), Text("⚠️ refused: ", KEY, " by ", Bold("them")))
    hidden = without_secrets(message)
    assert KEY not in str(hidden.payload)
    text, entities = str(hidden.payload["text"]), hidden.payload["entities"]
    assert isinstance(entities, list)
    (bold,) = entities
    assert isinstance(bold, dict)
    at = bold["offset"]
    assert isinstance(at, int)
    assert text.encode("utf-16-le")[2 * at :].decode("utf-16-le") == "them"


def test_a_configured_key_of_any_form_is_hidden_in_files_and_captions_too() -> None:
    file = Outgoing(
        chat=ChatId(7), payload={"text": "own-key-1", "document": {"name": "a", "content": "x own-key-1 y"}}
    )
    assert "own-key-1" not in str(without_secrets(file, ("own-key-1",)).payload)


def test_a_message_without_a_key_is_the_very_same() -> None:
    message = letter(ChatId(7), "Nothing to hide")
    assert without_secrets(message, ("own-key-1",)) is message


def test_a_key_on_a_button_becomes_dots_and_the_button_does_what_it_did() -> None:
    button = {"text": f"Try {KEY}", "callback_data": "own-key-1:7"}
    markup = {"inline_keyboard": [[button]], "input_field_placeholder": "own-key-1"}
    message = Outgoing(chat=ChatId(7), payload={"text": "Which?", "reply_markup": markup})
    hidden = without_secrets(message, ("own-key-1",)).payload["reply_markup"]
    assert KEY not in str(hidden)
    assert hidden == {
        "inline_keyboard": [[{"text": f"Try {'•' * len(KEY)}", "callback_data": "own-key-1:7"}]],
        "input_field_placeholder": "•" * 9,
    }


def test_buttons_without_a_key_leave_the_message_the_very_same() -> None:
    message = letter(ChatId(7), "Which?", [[keyboards.button("Yes", GoalTap(deed=GoalDeed.PAUSE, goal=7))]])
    assert without_secrets(message, ("own-key-1",)) is message
