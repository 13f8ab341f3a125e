"""Every update is kept before it is confirmed, handled in order, and set aside only after three failures."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from bot.inbox import PAGE, CannotGoOn, InboxWorker
from bot.local.faults import Fault, FaultKind
from bot.local.messages import Person
from engine.errors import StoreError
from engine.records import ChatSettings, Dialogue, Outgoing, Speaker, Update
from engine.values import ChatId, UserId
from handlers.desk import Desk
from tests.bot.hall import Hall, poller_of, text_of
from tests.storage.made_goals import created, plain_goal


def never_answers(hall: Hall, person: Person) -> None:
    """Whatever one person says is handled for ever."""

    async def handle(text: str, desk: Desk) -> object:
        if desk.user == person.id:
            await asyncio.Event().wait()
        return desk.keep()

    hall.handle = handle  # type: ignore[method-assign] # the test's own handler


async def test_an_update_is_kept_before_it_is_confirmed(stage: Any, ann: Person) -> None:
    poller = poller_of(stage)
    assert await poller.poll() == 1
    (kept,) = await stage.database.inbox.waiting(99)
    assert text_of(json.loads(kept.payload)) == "hello"
    assert stage.simulator.pending_updates() == 1  # a kill here leaves it at Telegram and in the inbox
    assert await poller_of(stage).poll() == 0  # the next process gets it again, and knows it
    assert len(await stage.database.inbox.waiting(99)) == 1
    stage.simulator.say(ann, "more")
    assert await poller.poll() == 1
    assert stage.simulator.pending_updates() == 1  # the first one is confirmed by now


async def test_an_update_that_can_not_be_written_down_is_not_confirmed(stage: Any, ann: Person) -> None:
    class Full:
        async def accept(self, updates: object) -> int:
            raise StoreError("full", "milepost.db", "the disk is full")

    poller = poller_of(stage)
    poller._in = replace(poller._in, inbox=Full())
    assert await poller._try() > 0
    assert await poller._try() > 0
    assert stage.simulator.pending_updates() == 1


async def test_polling_survives_an_outage_and_backs_off(stage: Any, ann: Person) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.DOWN, method="getUpdates", times=8))
    pauses = [await (poller := poller_of(stage))._try()] + [await poller._try() for _ in range(7)]
    assert pauses[0] <= 0.5
    assert max(pauses) <= 30
    assert pauses[6] > 10
    assert await poller._try() == 0
    assert len(await stage.database.inbox.waiting(99)) == 1


async def test_a_wrong_token_ends_the_process_with_a_clear_line(stage: Any) -> None:
    stage.simulator._world.token = "43:OTHER"
    with pytest.raises(CannotGoOn, match="MILEPOST_BOT_TOKEN"):
        await poller_of(stage).run()


async def test_against_another_poller_the_loser_gives_way_with_a_clear_line(stage: Any) -> None:
    other = poller_of(stage)

    async def steal() -> None:
        while True:
            async with stage.running(other._try):
                await stage.turns(20)

    poller = poller_of(stage)

    async def give_way() -> None:
        with pytest.raises(CannotGoOn, match="another process polls"):
            await poller.run()

    async with asyncio.TaskGroup() as group:
        thief = group.create_task(steal())
        await give_way()
        thief.cancel()


async def test_a_webhook_that_is_set_is_taken_away_and_said(stage: Any, ann: Person, caplog: Any) -> None:
    await stage.bot.set_webhook("https://example.org/hook")
    poller = poller_of(stage)
    assert await poller._try() == 0
    assert "webhook" in caplog.text
    assert await poller.poll() == 1


async def test_what_a_handler_returns_is_committed_with_the_update(stage: Any, ann: Person) -> None:
    hall = Hall(stage, ann.id)
    await hall.take_in()
    assert await hall.replies() == ["heard hello"]
    assert await stage.database.inbox.waiting(99) == []
    settings = await stage.database.conversations.settings(ChatId(ann.id))
    assert settings is not None
    assert (settings.owner, settings.zone) == (ann.id, "Europe/Berlin")
    assert settings.last_digest == "2026-03-02"  # this morning's digest is not made up for


async def test_an_update_that_was_being_handled_at_a_kill_is_handled_again(stage: Any, ann: Person) -> None:
    hall = Hall(stage, ann.id)
    begun = asyncio.Event()

    async def hang(text: str, desk: Desk) -> object:
        begun.set()
        await asyncio.Event().wait()
        return None

    hall.handle = hang  # type: ignore[method-assign] # the test's own handler
    await poller_of(stage).poll()
    async with stage.running(hall.worker.run):
        await begun.wait()
    assert len(await stage.database.inbox.waiting(99)) == 1
    again = Hall(stage, ann.id)
    await again.take_in()
    assert again.fed == ["hello"]
    assert again.desks[0].cause(1) == hall.desks[0].cause(1)
    assert await again.replies() == ["heard hello"]


async def test_a_chat_is_handled_in_order_while_another_hangs(stage: Any, ann: Person, ben: Person) -> None:
    hall = Hall(stage, ann.id, ben.id)
    never_answers(hall, ann)
    for number in range(3):
        stage.simulator.say(ben, f"ben {number}")
    await poller_of(stage).poll()
    async with stage.running(hall.worker.run):
        await stage.until(lambda: hall.fed.count("ben 2") == 1 and len(hall.fed) == 5)
    assert [text for text in hall.fed if text.startswith("ben")] == ["ben 0", "ben 1", "ben 2"]


async def test_a_look_that_lags_behind_handles_nothing_twice(stage: Any, ann: Person) -> None:
    class Lagging:
        """Answers with what was true a while ago."""

        async def waiting(self, limit: int, without: Any = ()) -> Any:
            updates = await stage.database.inbox.waiting(limit, without)
            await stage.turns(2000)
            return updates

        def __getattr__(self, name: str) -> Any:
            return getattr(stage.database.inbox, name)

    hall = Hall(stage, ann.id)
    hall.worker = InboxWorker(replace(hall.reception(), inbox=Lagging()), lambda: None)
    await poller_of(stage).poll()
    async with stage.running(hall.worker.run):
        for _ in range(8000):
            hall.worker.bell.ring()
            await stage.turns(1)
        await stage.until(hall.worker.is_quiet)
    assert hall.fed == ["hello"]


async def test_a_poisonous_update_is_set_aside_after_three_failures_with_an_apology(stage: Any, ann: Person) -> None:
    hall = Hall(stage, ann.id)

    async def fail(text: str, desk: Desk) -> object:
        if text == "hello":
            raise KeyError("a fault of ours")
        return desk.keep()

    hall.handle = fail  # type: ignore[method-assign] # the test's own handler
    stage.simulator.say(ann, "and more")
    await hall.take_in()
    assert hall.fed == ["hello"] * 3 + ["and more"]
    (reply,) = await hall.replies()
    assert reply == "sorry, number 1"
    assert await stage.database.inbox.waiting(99) == []


async def test_trouble_that_passes_is_no_failure_of_the_update(stage: Any, ann: Person) -> None:
    hall = Hall(stage, ann.id)

    async def busy(text: str, desk: Desk) -> object:
        if len(hall.fed) < 8:
            raise StoreError("locked", "milepost.db", "another program holds the database")
        return desk.keep(Outgoing(chat=desk.here, payload={"text": "at last"}))

    hall.handle = busy  # type: ignore[method-assign] # the test's own handler
    await hall.take_in()
    assert await hall.replies() == ["at last"]


async def test_what_no_handler_wants_leaves_the_dialogue_open(stage: Any, ann: Person) -> None:
    hall = Hall(stage, ann.id)

    async def ask(text: str, desk: Desk) -> object:
        return desk.ask(Dialogue(name="setup", facts={})) if text == "hello" else None

    hall.handle = ask  # type: ignore[method-assign] # the test's own handler
    await hall.take_in()
    stage.simulator.say(ann, "?")
    await hall.take_in()
    dialogue = await stage.database.conversations.dialogue(Speaker(chat=ChatId(ann.id), user=UserId(ann.id)))
    assert dialogue is not None
    assert dialogue.name == "setup"


async def test_a_person_who_blocks_and_comes_back_is_served_again(stage: Any, ann: Person) -> None:
    hall = Hall(stage, ann.id)
    await hall.take_in()
    stage.simulator.block(ann)
    await hall.take_in()
    blocked = await stage.database.conversations.settings(ChatId(ann.id))
    assert blocked is not None
    assert blocked.blocked
    assert not await stage.office.is_open(ChatId(ann.id))
    stage.simulator.unblock(ann)
    await hall.take_in()
    assert await stage.office.is_open(ChatId(ann.id))


async def test_an_update_without_a_chat_or_person_is_done_with(stage: Any) -> None:
    hall = Hall(stage, 1)
    raw = json.dumps({"update_id": 5, "poll": {"id": "1"}})
    await stage.database.inbox.accept([Update(id=5, chat=None, payload=raw)])
    async with stage.running(hall.worker.run):
        await stage.until(hall.worker.is_quiet)
    assert hall.fed == []


async def test_a_group_that_becomes_a_supergroup_takes_its_goals_along_at_telegrams_word(
    stage: Any, ann: Person
) -> None:
    old = ChatId(stage.simulator.open_group(ann, "Us"))
    await stage.database.ledger.commit(created(plain_goal(1, chat=old)))
    await stage.database.conversations.save_settings(ChatSettings(chat=old, owner=UserId(ann.id), digest_hour=6))
    new = ChatId(stage.simulator.upgrade_group(ann, old))
    hall = Hall(stage, ann.id)
    await hall.take_in()
    assert await stage.database.queries.count_goals(new, ended=False) == 1
    assert await stage.database.queries.count_goals(old, ended=False) == 0
    assert stage.forgotten == [1]
    settings = await stage.database.conversations.settings(new)
    assert settings is not None
    assert settings.digest_hour == 6
    assert hall.fed == ["hello"]  # nobody waits for an answer to it


async def test_a_long_queue_of_one_chat_does_not_hide_the_words_of_another(
    stage: Any, ann: Person, ben: Person
) -> None:
    hall = Hall(stage, ann.id, ben.id)
    never_answers(hall, ann)
    ann_says, ben_says = await stage.simulator.call("getUpdates", {})
    many = [
        Update(id=n, chat=ChatId(ann.id), payload=json.dumps({**ann_says, "update_id": n})) for n in range(1, 3 * PAGE)
    ]
    last = Update(id=3 * PAGE, chat=ChatId(ben.id), payload=json.dumps({**ben_says, "update_id": 3 * PAGE}))
    await stage.database.inbox.accept([*many, last])
    async with stage.running(hall.worker.run):
        await stage.until(lambda: ben.id in [desk.user for desk in hall.desks])
