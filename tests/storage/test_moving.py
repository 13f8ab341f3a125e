"""A group that becomes a supergroup loses nothing, and nothing of it reaches a wrong message."""

from dataclasses import replace

import pytest
from msgspec import structs

from engine.errors import ConflictError
from engine.records import Card, ChatSettings, Dialogue, Handled, Outgoing, Speaker, Update
from engine.reporting.notices import Notice, NoticeKind
from engine.values import ChatId, GoalId, JsonObject, UserId
from storage.database import Database
from tests.storage.made_goals import NOW, batch, change, created, plain_goal

OLD, NEW, OTHER = ChatId(-5), ChatId(-1005), ChatId(7)


async def test_goals_go_along_and_a_change_decided_before_it_is_a_conflict(database: Database) -> None:
    moved, other = plain_goal(1, chat=OLD), plain_goal(2, chat=OTHER)
    await database.ledger.commit(created(moved, other))
    assert list(await database.conversations.move_chat(OLD, NEW)) == [1]
    goals = (await database.ledger.load([GoalId(1), GoalId(2)], [])).goals
    assert goals == {1: structs.replace(moved, chat=NEW, revision=2), 2: other}
    with pytest.raises(ConflictError):
        await database.ledger.commit(batch(change(moved, structs.replace(moved, name="stale", revision=2))))
    assert list(await database.conversations.move_chat(OLD, NEW)) == []


async def test_a_card_is_sent_anew_since_its_message_stayed_behind(database: Database) -> None:
    await database.ledger.commit(created(plain_goal(1, chat=OLD)))
    shown = Card(goal=GoalId(1), chat=OLD, message=50, wanted=1, shown=1, fingerprint="abc")
    await database.conversations.save_card(shown)
    await database.conversations.move_chat(OLD, NEW)
    wanted = replace(shown, chat=NEW, message=None, shown=0, fingerprint="")
    assert await database.conversations.cards() == [wanted]
    await database.conversations.save_card(shown)  # an edit of the old one that ended late
    assert await database.conversations.cards() == [wanted]


async def test_messages_go_along_without_what_names_messages_of_the_old_chat(database: Database) -> None:
    notice = Notice(kind=NoticeKind.REMINDER, chat=OLD, goal=GoalId(1))
    payload = {"text": "hi", "edit": 3, "reply_parameters": {"message_id": 4}, "message_thread_id": 5}
    edit = Outgoing(chat=OLD, payload=payload, goal=GoalId(1), silent=True)  # type: ignore[arg-type]  # JSON all of it
    others = Outgoing(chat=OTHER, payload={"text": "hi", "edit": 3})
    await database.outbox.put([edit, notice, others], NOW)
    first = (await database.outbox.queued(1))[0]
    await database.outbox.sending(first.id)
    await database.conversations.move_chat(OLD, NEW)
    await database.outbox.again(first.id, not_before=NOW, perhaps_sent=False, error="moved")
    rows = await database.outbox.queued(9)
    assert [row.chat for row in rows] == [NEW, NEW, OTHER]
    assert rows[0].outgoing == replace(edit, chat=NEW, payload={"text": "hi"})
    assert rows[1].notice == notice
    assert rows[2].outgoing == others
    assert await database.outbox.recipients() == {NEW, OTHER}


@pytest.mark.parametrize(("young_is_set", "hour"), [(False, 6), (True, 8)])
async def test_settings_and_dialogue_go_along_unless_the_new_chat_has_its_own(
    database: Database, young_is_set: bool, hour: int
) -> None:
    conversations = database.conversations
    old = ChatSettings(chat=OLD, owner=UserId(1), digest_hour=6, last_digest="2026-02-28", last_digest_at=NOW)
    await conversations.save_settings(old)
    await conversations.save_settings(ChatSettings(chat=NEW, zone_known=young_is_set))
    ann, ben = UserId(1), UserId(2)
    for number, (chat, user) in enumerate(((OLD, ann), (OLD, ben), (NEW, ben)), start=1):
        await database.inbox.accept([Update(id=number, chat=chat, payload="{}")])
        asked = Handled(dialogue=Dialogue(name=f"question {number}", facts={}))
        await database.inbox.finish(number, Speaker(chat=chat, user=user), asked, NOW)
    await conversations.move_chat(OLD, NEW)
    found = await conversations.settings(NEW)
    assert found is not None
    assert found.digest_hour == hour
    assert await conversations.settings(OLD) is None
    assert await conversations.dialogue(Speaker(chat=NEW, user=ann)) == Dialogue(name="question 1", facts={})
    assert await conversations.dialogue(Speaker(chat=NEW, user=ben)) == Dialogue(name="question 3", facts={})
    assert await conversations.dialogue(Speaker(chat=OLD, user=ann)) is None


async def test_a_chat_without_anything_of_its_own_leaves_the_new_one_as_it_is(database: Database) -> None:
    young = ChatSettings(chat=NEW, zone="Europe/Berlin")
    await database.conversations.save_settings(young)
    assert list(await database.conversations.move_chat(OLD, NEW)) == []
    assert await database.conversations.chats() == [young]


async def test_no_dialogue_keeps_since_which_message_of_the_old_chat_it_is_open(database: Database) -> None:
    def open_since(facts: JsonObject, message: int) -> JsonObject:
        return {"before": {"name": "set-up", "facts": {"since": message}}, "since": message, **facts}

    ann, still_open = UserId(1), open_since({"facts": open_since({}, 8)}, 9)
    await database.inbox.accept([Update(id=1, chat=OLD, payload="{}")])
    asked = Handled(dialogue=Dialogue(name="still_open", facts=still_open))
    await database.inbox.finish(1, Speaker(chat=OLD, user=ann), asked, NOW)
    await database.conversations.move_chat(OLD, NEW)
    found = await database.conversations.dialogue(Speaker(chat=NEW, user=ann))
    assert found is not None
    assert "since" not in str(found.facts)
