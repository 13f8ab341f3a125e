"""A message that Telegram can never take doesn't hold up its chat for ever, and is told when Telegram takes it."""

from typing import Any

import pytest

from bot.local.faults import Fault, FaultKind
from bot.local.messages import Person
from bot.post_office import TOPIC_REST
from bot.verdicts import Fate
from engine.records import Outgoing
from engine.values import ChatId
from tests.bot.test_delivery import deliver, delivery_of


def poisoned(*words: str) -> list[Fault]:
    """Faults that meet every call with one of these words in its text, for ever."""
    return [Fault(kind=FaultKind.BAD_GATEWAY, method="sendMessage", text=word, times=None) for word in words]


async def test_messages_that_telegram_can_never_take_let_the_others_go_on_and_are_told_when_it_can(
    stage: Any, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    for fault in poisoned("Half Complete", "worse"):
        stage.simulator.faults.add(fault)
    bold = [{"type": "bold", "offset": 0, "length": 4}]
    notice = Outgoing(chat=ChatId(ann.id), payload={"text": "Half Complete", "entities": bold})
    await stage.database.outbox.put([notice], stage.clock.now())
    await stage.put("worse", "one", "two")
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["one", "two"]
    assert caplog.text.count("is set aside until") == 2
    assert not await stage.database.outbox.recipients(), "nothing holds up a new card"
    await stage.put("three")
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["one", "two", "three"]
    stage.simulator.faults.clear()
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["one", "two", "three"], "it rests a while"
    stage.clock.advance(901)
    await stage.put("four")
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["one", "two", "three", "Half Complete", "worse", "four"]


async def test_a_message_set_aside_is_tried_again_at_growing_intervals(stage: Any, ann: Person) -> None:
    for fault in poisoned("never"):
        stage.simulator.faults.add(fault)
    await stage.put("never", "after")
    await deliver(stage, delivery_of(stage))
    tries: list[int] = []
    for _ in range(48):
        met = stage.simulator.faults.met
        stage.clock.advance(1801)
        await deliver(stage, delivery_of(stage))
        tries.append(stage.simulator.faults.met - met)
    assert [bool(count) for count in tries[:8]] == [True, True, False, True, False, False, False, True]
    assert 5 <= sum(map(bool, tries)) <= 9, "of a day's looks"


async def test_an_edit_set_aside_never_undoes_a_later_one(stage: Any, ann: Person) -> None:
    await stage.put("the question")
    await deliver(stage, delivery_of(stage))
    (message,) = [one for one in stage.simulator.chat(ann.id) if one.from_bot]
    stage.simulator.faults.add(Fault(kind=FaultKind.BAD_GATEWAY, method="editMessageText", text="old", times=None))
    edits = [Outgoing(chat=ChatId(ann.id), payload={"edit": message.id, "text": text}) for text in ("old", "new")]
    await stage.database.outbox.put(edits, stage.clock.now())
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["new"]
    stage.clock.advance(901)
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["new", "old"]


async def test_an_outage_however_long_changes_no_order(stage: Any, ann: Person) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.BAD_GATEWAY, times=60))
    await stage.put("one", "two", "three", "four")
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["one", "two", "three", "four"]


async def test_while_nothing_may_go_outside_topics_what_belongs_there_waits_and_topics_are_served(
    stage: Any, ann: Person
) -> None:
    group = stage.simulator.open_group(ann, "Us", supergroup=True)
    topic = stage.simulator.open_topic(ann, group, "Shed")
    stage.simulator.close_general(group)
    await stage.put("Goal reached", chat=group)
    within = Outgoing(chat=ChatId(group), payload={"text": "within", "message_thread_id": topic})
    await stage.database.outbox.put([within], stage.clock.now())
    await deliver(stage, delivery_of(stage))
    assert stage.texts(group) == ["within"]
    stage.simulator.close_general(group, closed=False)
    stage.clock.advance(901)
    await deliver(stage, delivery_of(stage))
    assert stage.texts(group) == ["within", "Goal reached"]


async def test_a_closed_topic_is_told_of_at_once_left_alone_for_a_while_and_tried_again(
    stage: Any, ann: Person
) -> None:
    group = stage.simulator.open_group(ann, "Us", supergroup=True)
    topic = stage.simulator.open_topic(ann, group, "Shed")
    office, rung = stage.office, list[int]()
    office.on_queued = lambda: rung.append(1)
    stage.simulator.close_topic(group, topic)

    async def send(text: str) -> Fate:
        within = Outgoing(chat=ChatId(group), payload={"text": text, "message_thread_id": topic})
        receipt = await office.send(within)
        return Fate(receipt.fate)

    assert [await send("one"), await send("two")] == [Fate.ASTRAY, Fate.SENT], "the second goes outside at once"
    assert not rung, "of a topic without goals nothing is told"
    stage.simulator.close_topic(group, topic, closed=False)
    assert await send("three") is Fate.SENT
    stage.real.advance(seconds=TOPIC_REST)
    assert await send("four") is Fate.SENT
    places = {one.text: one.thread_id for one in stage.simulator.chat(group) if one.from_bot}
    assert places == {"two": None, "three": None, "four": topic}


async def test_that_a_topic_is_open_is_written_down_once_however_much_is_written_there(
    stage: Any, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = stage.simulator.open_group(ann, "Us", supergroup=True)
    topic, written = stage.simulator.open_topic(ann, group, "Shed"), list[int]()

    async def reopened(chat: ChatId, thread: int) -> None:
        written.append(thread)

    monkeypatch.setattr(stage.database.conversations, "reopen_topic", reopened)
    for text in ("one", "two", "three"):
        stage.office.release_topic(ChatId(group), topic)
        await stage.office.send(Outgoing(chat=ChatId(group), payload={"text": text, "message_thread_id": topic}))
    assert written == [topic]
