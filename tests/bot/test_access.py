"""Owners are let in, strangers refused once and politely, and a pairing code makes one owner."""

from dataclasses import replace
from typing import Any

import pytest

from bot.access import NO_OWNER_YET, PAIRED, REFUSAL, WRONG_CODE
from bot.local.messages import Person
from engine.records import ChatSettings
from engine.values import ChatId, UserId
from tests.bot.conftest import ANN, BEN
from tests.bot.hall import Hall, poller_of
from tests.storage.made_goals import created, plain_goal


async def test_a_stranger_gets_one_polite_refusal_even_across_restarts(stage: Any, ann: Person, ben: Person) -> None:
    hall = Hall(stage, ann.id)
    stage.simulator.say(ben, "please")
    await hall.take_in()
    stage.simulator.say(ben, "pretty please")
    later = Hall(stage, ann.id)
    await later.take_in()
    assert hall.fed == ["hello"]
    assert (await later.replies()).count(REFUSAL) == 1


async def test_in_a_group_only_the_owner_is_heard(stage: Any, ann: Person, ben: Person) -> None:
    hall = Hall(stage, ann.id)
    group = stage.simulator.open_group(ann, "Us")
    stage.simulator.join(ben, group)
    stage.simulator.say(ben, "/listen", chat_id=group)
    stage.simulator.say(ann, "/status", chat_id=group)
    await hall.take_in()
    assert sorted(hall.fed) == ["/status", "hello"]
    rows = await stage.database.outbox.queued(10)
    assert [row.outgoing.payload["text"] for row in rows if row.chat == group] == ["heard /status"]


async def test_a_strangers_tap_gets_a_toast_and_nothing_else(stage: Any, ann: Person, ben: Person) -> None:
    hall = Hall(stage, ann.id)
    group = stage.simulator.open_group(ann, "Us")
    stage.simulator.join(ben, group)
    sent = await stage.bot.send_message(group, "the card")
    stage.simulator.press(ben, group, sent.message_id, "g:open:1")
    await poller_of(stage).poll()
    async with stage.running(hall.worker.run):
        await stage.until(hall.worker.is_quiet)
    assert hall.toasts == [REFUSAL]
    assert hall.fed == ["hello"]


async def test_who_sends_the_code_first_owns_the_bot(stage: Any, ann: Person, ben: Person) -> None:
    hall = Hall(stage)
    code = await hall.access.open()
    assert code is not None
    assert await Hall(stage).access.open() == code  # it survives a restart
    stage.simulator.say(ben, "AAAA-BBBB")
    stage.simulator.say(ann, f" {code[:4].lower()}-{code[4:]} ")
    stage.simulator.say(ben, code)
    await hall.take_in()
    replies = await hall.replies()
    assert replies.count(NO_OWNER_YET) == 2
    assert replies.count(PAIRED) == 1
    assert hall.fed == ["/start"]
    assert set(await stage.database.conversations.owners()) == {ann.id}
    assert await stage.database.conversations.pairing() is None


async def test_of_two_who_send_the_code_at_once_one_wins(stage: Any, ann: Person, ben: Person) -> None:
    hall = Hall(stage)
    code = await hall.access.open()
    stage.simulator.say(ann, f"/start {code}")
    stage.simulator.say(ben, f"/start {code}")
    await hall.take_in()
    assert len(set(await stage.database.conversations.owners())) == 1
    assert (await hall.replies()).count(PAIRED) == 1


async def test_a_pairing_that_a_kill_cut_short_is_answered_after_it(stage: Any, ann: Person) -> None:
    await Hall(stage).take_in()
    hall = Hall(stage)
    code = await hall.access.open()
    stage.simulator.say(ann, str(code))
    await stage.database.conversations.add_owner(UserId(ann.id), stage.clock.now())  # and then the kill
    after = Hall(stage)
    assert await after.access.open() is None
    await after.take_in()
    assert (await after.replies()).count(PAIRED) == 1
    assert after.fed == ["/start"]


@pytest.mark.parametrize("slip", ["P2ER-WTH", "P2ER-WTH40", "0OIL-WTH4"])
async def test_a_mistyped_code_is_answered_even_after_the_greeting(stage: Any, ben: Person, slip: str) -> None:
    hall = Hall(stage)
    await hall.access.open()
    for text in ("hello", slip, "is anybody there?"):
        stage.simulator.say(ben, text)
        await hall.take_in()
    assert (await hall.replies()).count(WRONG_CODE) == 1


async def test_guessing_the_code_ends_after_a_few_tries(stage: Any, ben: Person) -> None:
    hall = Hall(stage)
    code = await hall.access.open()
    for number in range(9):
        stage.simulator.say(ben, f"AAAABBB{number % 8 + 2}")
    stage.simulator.say(ben, str(code))
    await hall.take_in()
    assert set(await stage.database.conversations.owners()) == set()
    assert len(await hall.replies()) <= 6


async def test_a_refused_stranger_who_becomes_an_owner_gets_full_settings(stage: Any, ann: Person) -> None:
    await Hall(stage, 99).take_in()
    stage.simulator.say(ann, "now")
    await Hall(stage, ann.id).take_in()
    settings = await stage.database.conversations.settings(ChatId(ann.id))
    assert settings is not None
    assert (settings.owner, settings.digest_hour) == (ann.id, 8)


async def test_who_was_an_owner_is_not_written_to_and_a_stranger_is_still_refused(stage: Any) -> None:
    access = Hall(stage, BEN.id).access
    mine = ChatSettings(chat=ChatId(ANN.id), owner=UserId(ANN.id))
    assert not await access.serves(mine)
    assert not await access.serves(replace(mine, chat=ChatId(-5)))
    assert await access.serves(replace(mine, owner=UserId(BEN.id)))
    assert await access.serves(replace(mine, owner=None)), "a refusal has to reach a stranger"


async def test_a_group_is_served_as_long_as_somebody_there_may_use_the_bot(stage: Any) -> None:
    theirs = plain_goal(1, chat=ChatId(-5), owner=UserId(BEN.id))
    await stage.database.ledger.commit(created(theirs, plain_goal(2, chat=ChatId(-5), owner=UserId(ANN.id))))
    group = ChatSettings(chat=ChatId(-5), owner=UserId(ANN.id))
    assert await Hall(stage, BEN.id).access.serves(group)
    assert not await Hall(stage, 99).access.serves(group)


async def test_a_group_passes_to_the_owner_who_writes_when_its_own_may_no_more(stage: Any, ann: Person) -> None:
    group = stage.simulator.open_group(ann, "Us")
    stage.simulator.join(BEN, group)
    stage.simulator.say(ann, "/status", chat_id=group)
    await Hall(stage, ann.id).take_in()
    stage.simulator.say(BEN, "/status", chat_id=group)
    await Hall(stage, BEN.id).take_in()
    settings = await stage.database.conversations.settings(group)
    assert settings.owner == BEN.id


async def test_who_was_told_that_nobody_owns_the_bot_is_told_once_when_somebody_does(
    stage: Any, ann: Person, ben: Person
) -> None:
    hall = Hall(stage)
    code = await hall.access.open()
    stage.simulator.say(ben, "hello")
    await hall.take_in()
    stage.simulator.say(ann, code)
    await hall.take_in()
    for words in (code, "/start"):
        stage.simulator.say(ben, words)
        await hall.take_in()
    assert (await hall.replies()).count(REFUSAL) == 1


async def test_a_code_is_found_among_words_as_it_was_printed(stage: Any, ann: Person) -> None:
    hall = Hall(stage)
    code = await hall.access.open()
    assert code is not None
    stage.simulator.say(ann, f"is it {code[:4].lower()}-{code[4:].lower()}?")
    await hall.take_in()
    assert (await hall.replies()).count(PAIRED) == 1
