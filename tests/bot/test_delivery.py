"""Messages reach Telegram in order, marked when they may be repeats, and none is lost."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.delivery import PAGE, Delivery, Sources
from bot.local.faults import Fault, FaultKind
from bot.local.messages import Person
from bot.requests import REPEAT
from engine.errors import NotFoundError, StoreError
from engine.goals import Goal
from engine.records import ChatSettings, Outgoing, without_buttons
from engine.reporting.notices import Notice, NoticeKind
from engine.values import ChatId, GoalId, UserId


async def no_goal(goal: GoalId) -> Goal:
    raise NotFoundError("goal", goal)


def plain_words(notice: Notice, goal: Goal | None, zone: str, now: dt.datetime) -> Outgoing:
    return Outgoing(chat=notice.chat, payload={"text": f"{notice.kind} {zone}"}, silent=notice.silent)


def delivery_of(stage: Any, **changes: Any) -> Delivery:
    sources = Sources(
        outbox=stage.database.outbox,
        conversations=stage.database.conversations,
        find_goal=no_goal,
        render=plain_words,
        clock=stage.clock,
        real=stage.real,
    )
    return Delivery(stage.office, replace(sources, **changes))


async def deliver(stage: Any, delivery: Delivery) -> None:
    async with stage.running(delivery.run):
        await stage.until(delivery.is_quiet)


def heard(stage: Any) -> list[str]:
    """What the bot sends to anybody, as it arrives."""
    arrived: list[str] = []

    def note(event: Any) -> None:
        if type(event).__name__ == "MessageSent" and event.message.from_bot:
            arrived.append(event.message.text)

    stage.simulator.listen(note)
    return arrived


async def test_messages_of_a_chat_arrive_in_order(stage: Any, ann: Person) -> None:
    await stage.put(*(f"message {n}" for n in range(12)))
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == [f"message {n}" for n in range(12)]
    assert not await stage.database.outbox.recipients()


async def test_a_stream_of_messages_never_trips_flood_control(stage: Any, ann: Person, ben: Person) -> None:
    refused = []
    heed = stage.office._tools.lanes.close
    stage.office._tools.lanes.close = lambda *told: (refused.append(told), heed(*told))
    for number in range(30):
        await stage.put(f"message {number}")
        await stage.put(f"message {number}", chat=ben.id)
    await deliver(stage, delivery_of(stage))
    assert len(stage.texts()) == len(stage.texts(ben.id)) == 30
    assert refused == []


async def test_a_group_gets_at_most_eighteen_messages_a_minute(stage: Any, ann: Person) -> None:
    group = stage.simulator.open_group(ann, "Us")
    begin = stage.real.now()
    await stage.put(*(f"message {n}" for n in range(40)), chat=group)
    await deliver(stage, delivery_of(stage))
    assert stage.texts(group) == [f"message {n}" for n in range(40)]
    assert stage.real.now() - begin >= dt.timedelta(minutes=2)


async def test_a_message_whose_answer_was_lost_goes_again_marked_as_a_repeat(stage: Any, ann: Person) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.LOST_ANSWER, method="sendMessage"))
    await stage.put("Half Complete", "next")
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["Half Complete", f"Half Complete\n\n{REPEAT}", "next"]


async def test_a_look_that_lags_behind_sends_nothing_twice(stage: Any, ann: Person) -> None:
    class Lagging:
        """Answers with what was true a while ago."""

        async def queued(self, *which: Any) -> Any:
            rows = await stage.database.outbox.queued(*which)
            await stage.turns(1000)
            return rows

        def __getattr__(self, name: str) -> Any:
            return getattr(stage.database.outbox, name)

    await stage.put("one")
    delivery = delivery_of(stage, outbox=Lagging())
    async with stage.running(delivery.run):
        for _ in range(3000):
            delivery.bell.ring()
            await stage.turns(1)
        await stage.until(delivery.is_quiet)
    assert stage.texts() == ["one"]


async def test_an_edit_whose_answer_was_lost_just_goes_again(stage: Any, ann: Person) -> None:
    await stage.put("before")
    delivery = delivery_of(stage)
    await deliver(stage, delivery)
    (message,) = [one for one in stage.simulator.chat(ann.id) if one.from_bot]
    stage.simulator.faults.add(Fault(kind=FaultKind.LOST_ANSWER, method="editMessageText"))
    edit = Outgoing(chat=ChatId(ann.id), payload={"edit": message.id, "text": "after"})
    await stage.database.outbox.put([edit], stage.clock.now())
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["after"]
    assert not await stage.database.outbox.recipients()


async def test_an_edit_of_a_message_that_is_gone_becomes_a_new_message(stage: Any, ann: Person) -> None:
    edit = Outgoing(chat=ChatId(ann.id), payload={"edit": 4711, "text": "the plan"})
    await stage.database.outbox.put([edit], stage.clock.now())
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["the plan"]


async def test_an_edit_that_became_a_new_message_and_lost_its_answer_says_that_it_is_a_repeat(
    stage: Any, ann: Person
) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.LOST_ANSWER, method="sendMessage"))
    edit = Outgoing(chat=ChatId(ann.id), payload={"edit": 4711, "text": "the plan"})
    await stage.database.outbox.put([edit], stage.clock.now())
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["the plan", f"the plan\n\n{REPEAT}"]


async def test_too_many_requests_pause_the_lane_and_lose_nothing(stage: Any, ann: Person) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.TOO_MANY_REQUESTS, method="sendMessage", skip=1, retry_after=126))
    begin = stage.real.now()
    await stage.put("one", "two", "three")
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["one", "two", "three"]
    assert stage.real.now() - begin >= dt.timedelta(seconds=126)


async def test_one_flooded_chat_does_not_hold_up_another(stage: Any, ann: Person, ben: Person) -> None:
    stage.simulator.faults.add(
        Fault(kind=FaultKind.TOO_MANY_REQUESTS, method="sendMessage", chat_id=ann.id, retry_after=90)
    )
    arrived = heard(stage)
    await stage.put("for Ann")
    await stage.put("for Ben", chat=ben.id)
    await deliver(stage, delivery_of(stage))
    assert arrived == ["for Ben", "for Ann"]
    assert stage.simulator.faults.met == 1


async def test_a_long_queue_of_one_chat_does_not_hide_what_could_go_to_others(
    stage: Any, ann: Person, ben: Person
) -> None:
    arrived = heard(stage)
    await stage.put(*(f"for Ann {n}" for n in range(3 * PAGE)))
    await stage.put("for Ben", chat=ben.id)
    stage.simulator.faults.add(Fault(kind=FaultKind.HANG, method="sendMessage", chat_id=ann.id))
    async with stage.running(delivery_of(stage).run):
        await stage.until(lambda: "for Ben" in arrived)
    assert arrived == ["for Ben"]


async def test_a_chat_found_closed_while_the_database_is_locked_loses_nothing(stage: Any, ann: Person) -> None:
    refusals = 0

    class Locked:
        """Takes the news that a chat is closed only at the third try."""

        async def set_blocked(self, chat: ChatId, blocked: bool) -> None:
            nonlocal refusals
            if refusals < 2:
                refusals += 1
                raise StoreError("locked", "milepost.db", "another program holds the database")
            await stage.database.conversations.set_blocked(chat, blocked)

        def __getattr__(self, name: str) -> Any:
            return getattr(stage.database.conversations, name)

    await stage.database.conversations.save_settings(ChatSettings(chat=ChatId(ann.id)))
    stage.office._tools = replace(stage.office._tools, conversations=Locked())
    stage.simulator.block(ann)
    await stage.put("one")
    await deliver(stage, delivery_of(stage))
    (row,) = await stage.database.outbox.queued(9)  # and not «sending», from where only a restart brings it back
    assert not row.perhaps_sent
    settings = await stage.database.conversations.settings(ChatId(ann.id))
    assert settings is not None
    assert settings.blocked


async def test_settings_read_before_the_person_came_back_close_no_chat(stage: Any, ann: Person) -> None:
    chat = ChatId(ann.id)

    class Slow:
        """Reads, and answers after the person has written."""

        async def settings(self, chat: ChatId) -> Any:
            found = await stage.database.conversations.settings(chat)
            await stage.database.conversations.set_blocked(chat, False)
            stage.office.release(chat)
            return found

    await stage.database.conversations.save_settings(ChatSettings(chat=chat, blocked=True))
    stage.office._tools = replace(stage.office._tools, conversations=Slow())
    assert await stage.office.is_open(chat)
    assert stage.office.held == frozenset()


async def test_what_was_under_way_at_a_kill_goes_again_marked_as_a_repeat(stage: Any, ann: Person) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.HANG, method="sendMessage"))
    await stage.put("Goal Complete", "and another")
    async with stage.running(delivery_of(stage).run):
        await stage.until(lambda: not stage.simulator.faults.rules)  # the call is under way; the block's end kills it
    assert await stage.database.outbox.recover() == 1
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == [f"Goal Complete\n\n{REPEAT}", "and another"]


async def test_while_telegram_is_down_messages_wait_and_then_all_arrive(stage: Any, ann: Person) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.BAD_GATEWAY, times=9))
    await stage.put("one", "two")
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["one", "two"]
    assert max(stage.real.sleeps) <= 60


async def test_a_blocked_chat_is_paused_and_served_when_the_person_writes_again(
    stage: Any, ann: Person, ben: Person
) -> None:
    before = ChatSettings(chat=ChatId(ann.id), zone="Europe/Berlin", owner=UserId(ann.id))
    await stage.database.conversations.save_settings(before)
    stage.simulator.block(ann)
    await stage.put(*(f"missed {n}" for n in range(3)))
    await stage.put("for Ben", chat=ben.id)
    delivery = delivery_of(stage)
    await deliver(stage, delivery)
    assert stage.texts() == []
    assert stage.texts(ben.id) == ["for Ben"]
    settings = await stage.database.conversations.settings(ann.id)
    assert settings == replace(before, blocked=True)
    stage.simulator.say(ann, "I'm back")
    await stage.database.conversations.save_settings(replace(settings, blocked=False))
    stage.office.release(ann.id)
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["missed 0", "missed 1", "missed 2"]


async def test_messages_of_a_blocked_chat_do_not_hide_those_of_others(stage: Any, ann: Person, ben: Person) -> None:
    stage.simulator.block(ann)
    await stage.put(*(f"missed {n}" for n in range(450)))
    await stage.put("for Ben", chat=ben.id)
    await deliver(stage, delivery_of(stage))
    assert stage.texts(ben.id) == ["for Ben"]


async def test_what_telegram_can_not_read_is_tried_plain_and_then_dropped(stage: Any, ann: Person) -> None:
    wrong = {"type": "bold", "offset": 0, "length": 0}
    bad = Outgoing(chat=ChatId(ann.id), payload={"text": "<b>", "parse_mode": "HTML"})
    hopeless = Outgoing(chat=ChatId(ann.id), payload={"text": ""})
    odd = Outgoing(chat=ChatId(ann.id), payload={"text": "odd", "entities": [wrong, "nonsense"]})
    await stage.database.outbox.put([bad, hopeless, odd], stage.clock.now())
    await stage.put("after")
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["<b>", "odd", "after"]
    assert not await stage.database.outbox.recipients()


async def test_what_there_is_to_tell_waits_while_a_person_may_not_use_the_bot(
    stage: Any, ann: Person, ben: Person
) -> None:
    for person in (ann, ben):
        await stage.database.conversations.save_settings(ChatSettings(chat=ChatId(person.id), owner=UserId(person.id)))
    stage.expelled.add(ann.id)
    await stage.put("for Ann")
    await stage.put("for Ben", chat=ben.id)
    await deliver(stage, delivery_of(stage))
    assert (stage.texts(), stage.texts(ben.id)) == ([], ["for Ben"])
    stage.expelled.clear()
    stage.office = stage.fresh_office()  # who may use it is read at the start
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["for Ann"]


async def test_buttons_are_taken_away_and_where_their_message_is_gone_nothing_is_said(
    stage: Any, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    sent = await stage.bot.send_message(
        ann.id, "Sure?", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[_button("Yes"), _button("No")]])
    )
    chat = ChatId(ann.id)
    for _ in range(2):  # the second finds nothing to take away
        served = [without_buttons(chat, sent.message_id), without_buttons(chat, 4711)]
        await stage.database.outbox.put(served, stage.clock.now())
        await deliver(stage, delivery_of(stage))
        (shown,) = [message for message in stage.simulator.chat(ann.id) if message.from_bot]
        assert (shown.text, shown.buttons) == ("Sure?", ())
    assert "dropped" not in caplog.text


def _button(label: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data="x")


async def test_a_message_to_a_topic_that_is_gone_is_told_all_the_same(stage: Any, ann: Person) -> None:
    reply = Outgoing(chat=ChatId(ann.id), payload={"text": "Half Complete", "message_thread_id": 9})
    await stage.database.outbox.put([reply], stage.clock.now())
    await deliver(stage, delivery_of(stage))
    assert stage.texts() == ["Half Complete"]


async def test_a_group_that_became_a_supergroup_is_followed(stage: Any, ann: Person) -> None:
    old = stage.simulator.open_group(ann, "Us")
    await stage.database.conversations.save_settings(ChatSettings(chat=ChatId(old), zone="Europe/Berlin"))
    await stage.put("before", chat=old)
    await deliver(stage, delivery_of(stage))
    new = stage.simulator.upgrade_group(ann, old)
    await stage.put("one", "two", chat=old)
    edit = Outgoing(chat=ChatId(old), payload={"edit": 1, "text": "three"})
    await stage.database.outbox.put([edit], stage.clock.now())
    await stage.put("four", chat=old)
    await deliver(stage, delivery_of(stage))
    assert stage.texts(new) == ["one", "two", "three", "four"]  # nothing twice, and no edit of a stranger's message
    await stage.put("a straggler", chat=old)
    await deliver(stage, Delivery(stage.fresh_office(), delivery_of(stage)._from))  # after a restart
    assert stage.texts(new)[4:] == ["a straggler"]
    assert not any(row.perhaps_sent for row in await stage.database.outbox.queued(9))
    moved = await stage.database.conversations.settings(ChatId(new))
    assert moved is not None
    assert moved.zone == "Europe/Berlin"


async def test_a_file_is_sent_as_a_document(stage: Any, ann: Person) -> None:
    file = {"document": {"name": "goals.json", "content": '{"é": 1}'}, "text": "Your goals"}
    await stage.database.outbox.put([Outgoing(chat=ChatId(ann.id), payload=file)], stage.clock.now())
    await deliver(stage, delivery_of(stage))
    (message,) = [one for one in stage.simulator.chat(ann.id) if one.from_bot]
    assert message.text == "Your goals"
    assert message.file is not None
    assert message.file.name == "goals.json"
    assert message.file.path.read_text("utf-8") == '{"é": 1}'


async def test_notices_are_worded_when_they_leave_and_silent_in_quiet_hours(stage: Any, ann: Person) -> None:
    settings = ChatSettings(chat=ChatId(ann.id), zone="Europe/Berlin", quiet_from=13, quiet_to=7)
    await stage.database.conversations.save_settings(settings)  # noon UTC is 13 h in Berlin
    notice = Notice(kind=NoticeKind.REMINDER, chat=ChatId(ann.id))
    await stage.database.outbox.put([notice], stage.clock.now())
    await deliver(stage, delivery_of(stage))
    stage.clock.advance(20 * 3600)
    await stage.database.outbox.put([notice], stage.clock.now())
    await deliver(stage, delivery_of(stage))
    sent = [(one.text, one.silent) for one in stage.simulator.chat(ann.id) if one.from_bot]
    assert sent == [("reminder Europe/Berlin", True), ("reminder Europe/Berlin", False)]


async def test_a_notice_that_can_not_be_worded_is_still_told(stage: Any, ann: Person) -> None:
    def broken(notice: Notice, goal: Goal | None, zone: str, now: dt.datetime) -> Outgoing:
        raise KeyError(notice.kind)

    notice = Notice(kind=NoticeKind.GOAL_FAILED, chat=ChatId(ann.id), goal=GoalId(3))
    await stage.database.outbox.put([notice], stage.clock.now())
    await deliver(stage, delivery_of(stage, render=broken))
    (text,) = stage.texts()
    assert "goal failed" in text


async def test_closing_waits_for_the_call_under_way_and_begins_no_other(stage: Any, ann: Person) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.HANG, method="sendMessage"))
    await stage.put("one", "two")
    delivery = delivery_of(stage)
    async with stage.running(delivery.run):
        await stage.until(lambda: not stage.simulator.faults.rules)
        async with stage.running(delivery.close):
            await stage.turns()
            stage.simulator.faults.clear()
            await stage.until(lambda: delivery._calls == 0)
        await stage.turns()
    assert stage.texts() == []
    assert len(await stage.database.outbox.queued(10)) == 2
