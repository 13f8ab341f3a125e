"""Ticks follow our clock, survive their own faults, and digests are made once."""

import asyncio
import datetime as dt
from typing import Any

from bot.local.messages import Person
from bot.schedule import SHORTEST, Digests, Rounds, Schedule, prune
from engine.errors import StoreError
from engine.records import ChatSettings, Outgoing
from engine.values import ChatId, UserId


class Counter:
    """Counts its calls; `fails` of them raise."""

    def __init__(self, fails: int = 0) -> None:
        self.calls = 0
        self.fails = fails
        self.enough = asyncio.Event()

    async def __call__(self) -> None:
        self.calls += 1
        if self.calls >= 3:
            self.enough.set()
        if self.calls <= self.fails:
            raise StoreError("locked", "milepost.db", "another program holds the database")


def test_intervals_follow_the_speed_of_the_clock_down_to_a_floor() -> None:
    counter = Counter()
    rounds = Rounds(
        serve_wakeups=counter,
        look_after_goals=counter,
        digests=counter,
        sweep=counter,
        prune=counter,
        monitoring_interval=300,
    )
    assert Schedule(rounds).interval(60) == 60
    assert Schedule(rounds, speed=60).interval(60) == 1
    assert Schedule(rounds, speed=10_000).interval(60) == SHORTEST


async def test_every_round_is_made_again_and_again_even_after_faults(stage: Any) -> None:
    counters = [Counter(fails=2) for _ in range(5)]
    wakeups, monitor, digests, sweep, pruning = counters
    rounds = Rounds(
        serve_wakeups=wakeups,
        look_after_goals=monitor,
        digests=digests,
        sweep=sweep,
        prune=pruning,
        monitoring_interval=300,
    )
    async with stage.running(Schedule(rounds, speed=1e9).run):
        async with asyncio.timeout(10):
            for counter in counters:
                await counter.enough.wait()


async def digest(settings: ChatSettings, since: dt.datetime) -> list[Outgoing]:
    return [Outgoing(chat=settings.chat, payload={"text": f"since {since:%d %H:%M}"})]


async def test_a_digest_is_made_at_its_hour_silently_and_once(stage: Any, ann: Person) -> None:
    chat = ChatSettings(chat=ChatId(ann.id), owner=UserId(ann.id), digest_hour=13, last_digest="2026-03-01")
    await stage.database.conversations.save_settings(chat)
    digests = Digests(stage.database.conversations, digest, stage.serves, stage.clock, lambda: None)
    await digests.look()
    assert not await stage.database.outbox.recipients()  # it is noon
    stage.clock.advance(3600)
    await digests.look()
    await digests.look()
    await Digests(
        stage.database.conversations, digest, stage.serves, stage.clock, lambda: None
    ).look()  # after a restart
    (row,) = await stage.database.outbox.queued(10)
    assert row.outgoing.payload["text"] == "since 01 13:00"
    assert row.outgoing.silent


async def test_after_a_week_of_downtime_one_digest_tells_of_all_of_it(stage: Any, ann: Person) -> None:
    chat = ChatSettings(chat=ChatId(ann.id), owner=UserId(ann.id), digest_hour=13, last_digest="2026-03-01")
    await stage.database.conversations.save_settings(chat)
    digests = Digests(stage.database.conversations, digest, stage.serves, stage.clock, lambda: None)
    stage.clock.advance(3600)
    await digests.look()
    stage.clock.advance(7 * 24 * 3600 + 60)
    for _ in range(3):
        await digests.look()
    texts = [row.outgoing.payload["text"] for row in await stage.database.outbox.queued(10)]
    assert texts == ["since 01 13:00", "since 02 13:00"]


async def test_a_digest_that_fails_does_not_take_the_others_with_it(stage: Any, ann: Person, ben: Person) -> None:
    async def fussy(settings: ChatSettings, since: dt.datetime) -> list[Outgoing]:
        if settings.chat == ann.id:
            raise KeyError("a view's fault")
        return await digest(settings, since)

    for person in (ann, ben):
        await stage.database.conversations.save_settings(
            ChatSettings(chat=ChatId(person.id), owner=UserId(person.id), last_digest="2026-03-01")
        )
    await Digests(stage.database.conversations, fussy, stage.serves, stage.clock, lambda: None).look()
    assert [row.chat for row in await stage.database.outbox.queued(10)] == [ben.id]


async def test_who_may_not_use_the_bot_any_more_gets_no_digest(stage: Any, ann: Person, ben: Person) -> None:
    for person in (ann, ben):
        await stage.database.conversations.save_settings(
            ChatSettings(chat=ChatId(person.id), owner=UserId(person.id), last_digest="2026-03-01")
        )
    stage.expelled.add(ann.id)
    digests = Digests(stage.database.conversations, digest, stage.serves, stage.clock, lambda: None)
    await digests.look()
    assert [row.chat for row in await stage.database.outbox.queued(10)] == [ben.id]
    stage.expelled.clear()
    await digests.look()
    assert [row.chat for row in await stage.database.outbox.queued(10)] == [ben.id, ann.id]


async def test_a_day_on_which_nothing_is_to_be_said_is_served_all_the_same(stage: Any, ann: Person) -> None:
    async def nothing(settings: ChatSettings, since: dt.datetime) -> list[Outgoing]:
        return []

    await stage.database.conversations.save_settings(
        ChatSettings(chat=ChatId(ann.id), owner=UserId(ann.id), last_digest="2026-03-01")
    )
    await Digests(stage.database.conversations, nothing, stage.serves, stage.clock, lambda: None).look()
    settings = await stage.database.conversations.settings(ChatId(ann.id))
    assert settings is not None
    assert settings.last_digest == "2026-03-02"


async def test_only_what_was_settled_long_ago_is_taken_away(stage: Any, ann: Person) -> None:
    outbox = stage.database.outbox
    for days in (31, 29):
        at = stage.clock.now() - dt.timedelta(days=days)
        await outbox.put([Outgoing(chat=ChatId(ann.id), payload={"text": str(days)})], at)
        (row,) = await outbox.queued(9)
        await outbox.sent(row.id, 5, at)
    await prune(stage.database.pruning, stage.clock)
    exported = await stage.database.queries.export(ChatId(ann.id))
    assert [row["content"]["payload"]["text"] for row in exported["outbox"]] == ["29"]
