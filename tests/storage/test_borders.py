"""Inbox, outbox and conversations: nothing lost, nothing doubled, and late saves undo nothing."""

import datetime as dt
from dataclasses import replace

import pytest
from msgspec import structs

from engine.goals import GoalStatus
from engine.records import Card, ChatSettings, Delivery, Dialogue, Handled, Outgoing, Speaker, Update
from engine.reporting.notices import Notice, NoticeKind
from engine.values import BlockageNumber, Cause, ChatId, GoalId, TaskNumber, UserId
from storage.database import Database
from tests.storage.made_goals import CHAT, NOW, batch, change, created, plain_goal

ANN = Speaker(chat=CHAT, user=UserId(7))
LATER = NOW + dt.timedelta(minutes=5)


def message(text: str) -> Outgoing:
    return Outgoing(chat=CHAT, payload={"text": text}, goal=None)


def update(number: int, payload: str = "{}") -> Update:
    return Update(id=number, chat=CHAT, payload=payload)


async def test_an_update_that_comes_again_is_kept_once_as_it_was_first(database: Database) -> None:
    inbox = database.inbox
    assert await inbox.accept([update(7, '{"a":1}'), update(5)]) == 2
    assert await inbox.accept([update(7, '{"b":2}'), update(8)]) == 1
    assert await inbox.accept([]) == 0
    assert [(u.id, u.payload) for u in await inbox.waiting(99)] == [(5, "{}"), (7, '{"a":1}'), (8, "{}")]


async def test_a_payload_with_half_a_character_is_kept_in_a_form_that_json_reads_back(database: Database) -> None:
    await database.inbox.accept([update(1, '{"text":"\ud83d"}')])
    (kept,) = await database.inbox.waiting(99)
    assert kept.payload == '{"text":"\\ud83d"}'


async def test_finishing_an_update_keeps_all_that_it_led_to_at_once(database: Database) -> None:
    await database.ledger.commit(created(plain_goal(1)))
    await database.inbox.accept([update(1), update(2)])
    handled = Handled(
        replies=(message("one"), message("two")),
        dialogue=Dialogue(name="new_goal", facts={"name": "x"}),
        settings=ChatSettings(chat=CHAT, owner=UserId(7), zone="Europe/Berlin"),
        card=GoalId(1),
    )
    await database.inbox.finish(1, ANN, handled, NOW)
    assert [row.outgoing for row in await database.outbox.queued(9)] == list(handled.replies)
    assert await database.conversations.dialogue(ANN) == handled.dialogue
    assert await database.conversations.settings(CHAT) == handled.settings
    assert [(card.goal, card.message, card.wanted) for card in await database.conversations.cards()] == [(1, None, 1)]
    assert [u.id for u in await database.inbox.waiting(99)] == [2]
    assert await database.inbox.accept([update(1)]) == 0
    await database.inbox.finish(2, ANN, Handled(), NOW)
    assert await database.conversations.dialogue(ANN) is None
    assert await database.conversations.settings(CHAT) == handled.settings


async def test_an_update_that_is_done_already_leads_to_nothing_a_second_time(database: Database) -> None:
    await database.inbox.accept([update(1)])
    for text in ("first", "again"):
        handled = Handled(replies=(message(text),), dialogue=Dialogue(name=text, facts={}))
        await database.inbox.finish(1, ANN, handled, NOW)
    assert [row.outgoing for row in await database.outbox.queued(9)] == [message("first")]
    assert await database.conversations.dialogue(ANN) == Dialogue(name="first", facts={})


async def test_each_person_has_a_dialogue_of_their_own_in_each_topic(database: Database) -> None:
    ben, elsewhere = replace(ANN, user=UserId(8)), replace(ANN, thread=4)
    await database.inbox.accept([update(1), update(2), update(3)])
    for number, who in enumerate((ANN, ben, elsewhere), start=1):
        await database.inbox.finish(number, who, Handled(dialogue=Dialogue(name=str(number), facts={})), NOW)
    for number, who in enumerate((ANN, ben, elsewhere), start=1):
        assert await database.conversations.dialogue(who) == Dialogue(name=str(number), facts={})


async def test_without_a_speaker_an_update_leaves_the_dialogue_open(database: Database) -> None:
    await database.inbox.accept([update(1), update(2)])
    await database.inbox.finish(1, ANN, Handled(dialogue=Dialogue(name="setup", facts={})), NOW)
    await database.inbox.finish(2, None, Handled(), NOW)
    assert await database.conversations.dialogue(ANN) == Dialogue(name="setup", facts={})


async def test_what_waits_can_be_asked_for_without_some_chats(database: Database) -> None:
    other = ChatId(5)
    await database.inbox.accept([update(1), replace(update(2), chat=other), replace(update(3), chat=None), update(4)])
    assert [u.id for u in await database.inbox.waiting(2)] == [1, 2]
    assert [u.id for u in await database.inbox.waiting(9, {CHAT})] == [2, 3]
    assert [u.id for u in await database.inbox.waiting(9, {None, other})] == [1, 4]
    await database.outbox.put([message("a"), replace(message("b"), chat=other), message("c")], NOW)
    assert [row.id for row in await database.outbox.queued(9, {CHAT})] == [2]
    assert [row.id for row in await database.outbox.queued(1, {other, None})] == [1]
    assert await database.outbox.recipients() == {CHAT, other}


async def test_messages_of_one_cause_are_queued_once(database: Database) -> None:
    for text in ("first", "again"):
        await database.outbox.put([message(text)], NOW, (Cause("report:1"), GoalId(1)))
    await database.outbox.put([message("other")], NOW, (Cause("report:2"), GoalId(1)))
    assert [row.outgoing for row in await database.outbox.queued(9)] == [message("first"), message("other")]


async def test_that_a_chat_is_closed_is_kept_without_touching_what_was_set_meanwhile(database: Database) -> None:
    settings = ChatSettings(chat=CHAT, zone="Europe/Berlin", quiet_from=22, quiet_to=7)
    await database.conversations.save_settings(settings)
    await database.conversations.set_blocked(CHAT, True)
    await database.conversations.set_blocked(ChatId(9), True)
    assert await database.conversations.chats() == [replace(settings, blocked=True)]


async def test_failures_are_counted_and_a_parked_update_waits_no_more(database: Database) -> None:
    await database.inbox.accept([update(1)])
    assert await database.inbox.fail(1, "first") == 1
    assert await database.inbox.fail(1, "second \ud83d") == 2
    assert [u.failures for u in await database.inbox.waiting(99)] == [2]
    await database.inbox.park(1, "third", message("sorry"), NOW)
    assert await database.inbox.waiting(99) == []
    assert [row.outgoing for row in await database.outbox.queued(9)] == [message("sorry")]
    assert await database.inbox.accept([update(1)]) == 0


async def test_messages_leave_in_order_and_count_until_they_are_settled(database: Database) -> None:
    outbox = database.outbox
    notice = Notice(
        kind=NoticeKind.BLOCKAGE,
        chat=CHAT,
        goal=GoalId(1),
        task=TaskNumber(2),
        blockage=BlockageNumber(3),
        facts={"needed": "a key 🔑"},
        silent=True,
    )
    await outbox.put([notice, message("b"), message("c")], NOW)
    await outbox.put([], NOW)
    first, second, third = await outbox.queued(9)
    assert (first.notice, first.outgoing, first.created_at) == (notice, None, NOW)
    assert (second.notice, second.outgoing, second.status) == (None, message("b"), Delivery.QUEUED)
    assert [row.id for row in await outbox.queued(1)] == [first.id]
    await outbox.sending(first.id)
    assert [row.id for row in await outbox.queued(9)] == [second.id, third.id]
    await outbox.sent(first.id, 99, NOW)
    await outbox.drop(second.id, "blocked")
    assert [row.id for row in await outbox.queued(9)] == [third.id]


async def test_a_message_set_aside_comes_back_at_its_old_place(database: Database) -> None:
    outbox = database.outbox
    await outbox.put([message("a"), message("b")], NOW)
    first, second = await outbox.queued(9)
    await outbox.set_aside(first.id, LATER, "502")
    assert [row.id for row in await outbox.queued(9, due=NOW)] == [second.id]
    assert [(row.id, row.status) for row in await outbox.queued(9, due=LATER)] == [
        (first.id, Delivery.ASIDE),
        (second.id, Delivery.QUEUED),
    ]
    assert [row.id for row in await outbox.queued(9, [CHAT], LATER)] == []
    assert [row.id for row in await outbox.queued(1, due=LATER)] == [first.id]


async def test_what_was_under_way_at_a_crash_goes_again_marked_as_perhaps_sent(database: Database) -> None:
    outbox = database.outbox
    await outbox.put([message("a"), message("b")], NOW)
    first, _second = await outbox.queued(9)
    await outbox.sending(first.id)
    assert [row.id for row in await outbox.queued(9)] != [first.id]
    assert await outbox.recover() == 1
    again, untouched = await outbox.queued(9)
    assert (again.id, again.perhaps_sent, again.tries) == (first.id, True, 1)
    assert not untouched.perhaps_sent
    assert await outbox.recover() == 0


async def test_a_message_once_perhaps_sent_stays_so_through_later_refusals(database: Database) -> None:
    outbox = database.outbox
    await outbox.put([message("a")], NOW)
    (row,) = await outbox.queued(9)
    await outbox.again(row.id, not_before=LATER, perhaps_sent=True, error="no answer")
    await outbox.again(row.id, not_before=LATER, perhaps_sent=False, error="too fast")
    (row,) = await outbox.queued(9)
    assert (row.perhaps_sent, row.not_before) == (True, LATER)


async def shown(database: Database, wanted: int, message_id: int | None) -> Card:
    card = Card(goal=GoalId(1), chat=CHAT, message=message_id, wanted=wanted, shown=wanted, facts={"page": 2})
    await database.conversations.save_card(card)
    return card


async def test_a_card_is_wanted_anew_with_every_change_of_its_goal(database: Database) -> None:
    goal = plain_goal(1)
    await database.ledger.commit(created(goal))
    card = await shown(database, 1, 50)
    assert await database.conversations.cards() == []
    await database.ledger.commit(batch(change(goal, structs.replace(goal, name="new", revision=2))))
    assert await database.conversations.cards() == [replace(card, wanted=2)]


async def test_a_late_save_of_a_card_forgets_no_newer_wish(database: Database) -> None:
    goal = plain_goal(1)
    await database.ledger.commit(created(goal))
    await shown(database, 1, 50)
    await database.ledger.commit(batch(change(goal, structs.replace(goal, name="new", revision=2))))
    await shown(database, 1, 50)
    assert [(card.wanted, card.shown) for card in await database.conversations.cards()] == [(2, 1)]


async def test_a_card_asked_for_anew_is_sent_even_when_an_edit_of_the_old_one_ends_late(database: Database) -> None:
    await database.ledger.commit(created(plain_goal(1)))
    await shown(database, 1, 50)
    await database.inbox.accept([update(1)])
    await database.inbox.finish(1, ANN, Handled(card=GoalId(1)), NOW)
    await shown(database, 1, 50)
    (card,) = await database.conversations.cards()
    assert (card.message, card.chat) == (None, CHAT)
    await shown(database, 1, 51)
    assert await database.conversations.cards() == []
    stored = await database.conversations.card(GoalId(1))
    assert stored is not None
    assert (stored.message, stored.facts) == (51, {"page": 2})
    assert await database.conversations.card(GoalId(2)) is None


async def test_a_card_of_a_goal_that_is_not_there_is_no_reason_to_fail(database: Database) -> None:
    await database.inbox.accept([update(1)])
    await database.inbox.finish(1, ANN, Handled(card=GoalId(9)), NOW)
    assert await database.inbox.waiting(99) == []
    assert await database.conversations.cards() == []


async def test_settings_come_back_as_they_were(database: Database) -> None:
    full = ChatSettings(
        chat=CHAT,
        owner=UserId(7),
        zone="America/St_Johns",
        zone_known=True,
        digest_hour=None,
        digest_days=(0, 6),
        quiet_from=22,
        quiet_to=7,
        blocked=True,
        last_digest="2026-03-01",
        last_digest_at=NOW,
    )
    plain = ChatSettings(chat=ChatId(5))
    await database.conversations.save_settings(full)
    await database.conversations.save_settings(plain)
    assert await database.conversations.settings(CHAT) == full
    assert await database.conversations.chats() == [plain, full]
    assert await database.conversations.settings(ChatId(6)) is None


@pytest.mark.parametrize("known", [True, False])
async def test_a_days_digest_is_made_once_even_when_old_settings_are_saved_between(
    database: Database, known: bool
) -> None:
    conversations = database.conversations
    settings = ChatSettings(chat=CHAT, zone="Europe/Berlin")
    if known:
        await conversations.save_settings(settings)
    served = replace(settings, last_digest="2026-03-01", last_digest_at=NOW)
    assert await conversations.digest_made(served, [message("digest")], NOW)
    await conversations.save_settings(replace(settings, digest_hour=9))
    assert not await conversations.digest_made(served, [message("again")], LATER)
    assert [row.outgoing for row in await database.outbox.queued(9)] == [message("digest")]
    kept = await conversations.settings(CHAT)
    assert kept == replace(served, digest_hour=9)
    assert await conversations.digest_made(replace(served, last_digest="2026-03-02"), [], LATER)


async def test_owners_and_the_pairing_code_are_kept(database: Database) -> None:
    conversations = database.conversations
    assert await conversations.pairing() is None
    await conversations.set_pairing("123-456")
    assert await conversations.pairing() == "123-456"
    await conversations.set_pairing(None)
    assert await conversations.pairing() is None
    await conversations.add_owner(UserId(7), NOW)
    await conversations.add_owner(UserId(7), LATER)
    assert set(await conversations.owners()) == {7}


async def test_cards_of_goals_under_way_that_were_sent_can_be_looked_at_once_more(database: Database) -> None:
    statuses = [GoalStatus.ACTIVE, GoalStatus.BLOCKED, GoalStatus.COMPLETED, GoalStatus.ACTIVE]
    goals = [plain_goal(number, status=status) for number, status in enumerate(statuses, start=1)]
    await database.ledger.commit(created(*goals))
    for goal in goals:
        message = 70 + goal.id if goal.id < 4 else None
        card = Card(goal=goal.id, chat=CHAT, message=message, wanted=1, shown=1, fingerprint="f")
        await database.conversations.save_card(card)
    assert await database.conversations.cards() == []
    await database.conversations.doubt_cards()
    found = await database.conversations.cards()
    assert [(card.goal, card.wanted, card.shown, card.fingerprint) for card in found] == [
        (1, 1, 0, "f"),
        (2, 1, 0, "f"),
    ]
