"""What is taken down for a model: whose words they are."""

from datetime import UTC, datetime

import pytest
from aiogram.types import Message

from engine.agents.conversation.talk import FileKind
from engine.records import ChatSettings
from engine.values import ChatId, UserId
from handlers.conversation.hearing import files_of, take_down
from handlers.desk import Desk
from tests.handlers.conftest import ANN, BEN, Talk

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
BOT = 42
AUNT = {"type": "hidden_user", "date": NOON, "sender_user_name": "Aunt"}


@pytest.mark.parametrize(
    ("sender", "more", "of_others"),
    [
        ({"id": BOT, "is_bot": True}, {}, False),
        ({"id": ANN.id, "is_bot": False}, {}, False),
        ({"id": ANN.id, "is_bot": False}, {"forward_origin": AUNT}, True),
        ({"id": BEN.id, "is_bot": False}, {}, True),
        ({"id": BOT + 1, "is_bot": True}, {}, True),
    ],
    ids=["the bot's card", "one's own words", "what one forwarded", "another person's", "another bot's"],
)
def test_what_is_replied_to_is_somebody_elses_unless_the_person_or_this_bot_wrote_it(
    talk: Talk, sender: dict[str, object], more: dict[str, object], of_others: bool
) -> None:
    chat = {"id": ANN.id, "type": "private"}
    quoted = {"message_id": 1, "date": NOON, "chat": chat, "text": "#1 Sell cards: proposed", **more}
    quoted["from"] = {"first_name": "X", **sender}
    written = {"message_id": 2, "date": NOON, "chat": chat, "text": "Start it", "reply_to_message": quoted}
    desk = Desk(
        update_id=1,
        chat=ChatSettings(chat=ChatId(ANN.id), owner=UserId(ANN.id), zone="UTC"),
        user=UserId(ANN.id),
        dialogue=None,
        now=NOON,
        is_owner=True,
        conversations=talk.database.conversations,
        bot=BOT,
    )
    said = take_down(Message.model_validate(written), desk).said
    assert said is not None
    assert (said.quoted, said.quotes_others) == ("#1 Sell cards: proposed", of_others)
    assert said.quotes_bot is (sender["id"] == BOT)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"voice": {"mime_type": "audio/ogg"}}, FileKind.VOICE),
        ({"audio": {"mime_type": "audio/mpeg"}}, FileKind.SOUND),
        ({"document": {"mime_type": "audio/x-wav"}}, FileKind.SOUND),
    ],
)
def test_only_a_voice_message_is_the_persons_own_voice(sent: dict[str, dict[str, object]], kind: FileKind) -> None:
    files = {name: {"file_id": "x", "file_unique_id": "x", "duration": 1, **told} for name, told in sent.items()}
    written = {"message_id": 2, "date": NOON, "chat": {"id": ANN.id, "type": "private"}, **files}
    [found] = files_of(Message.model_validate(written))
    assert found.kind is kind
