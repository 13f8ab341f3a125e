"""Answers as they grow: a draft in a private chat, edits of one message in a group, and none of it in the way."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.conversing.drafts import Drafts
from bot.lanes import LaneLimits
from bot.local.events import ChatAction, DraftShown, SimEvent
from bot.local.messages import Person
from engine.agents.conversation.talk import Said, Turn, TurnId, TurnStatus
from engine.values import Cause, ChatId, UserId


def a_turn(chat: int) -> Turn:
    said = Said(chat=ChatId(chat), user=UserId(7), source=Cause("u"), message=1, text="What now?")
    return Turn(id=TurnId(5), chat=ChatId(chat), thread=0, user=UserId(7), status=TurnStatus.OPEN, said=(said,))


def grown(text: str) -> Callable[[], Awaitable[str]]:
    async def growing() -> str:
        return text

    return growing


@pytest.fixture
def seen(stage: Any) -> list[SimEvent]:
    events: list[SimEvent] = []
    stage.simulator.listen(events.append)
    return events


@pytest.fixture
def drafts(stage: Any) -> Drafts:
    return Drafts(stage.office, stage.database.conversations, stage.real, LaneLimits())


async def test_while_a_model_thinks_the_chat_shows_that_somebody_types(
    stage: Any, ann: Person, drafts: Drafts, seen: list[SimEvent]
) -> None:
    async with stage.running(drafts.run):
        drafts.begin(a_turn(ann.id))
        await stage.until(lambda: any(isinstance(one, ChatAction) for one in seen))
    assert stage.texts() == []


async def test_in_a_private_chat_an_answer_grows_in_a_draft_without_a_message(
    stage: Any, ann: Person, drafts: Drafts, seen: list[SimEvent]
) -> None:
    turn = a_turn(ann.id)

    def shown() -> list[str]:
        return [one.text for one in seen if isinstance(one, DraftShown)]

    async with stage.running(drafts.run):
        drafts.begin(turn)
        drafts.show(turn, grown("It **is"))
        await stage.until(lambda: len(shown()) == 1)
        drafts.show(turn, grown("It **is** so."))
        await stage.until(lambda: len(shown()) == 2)
        await stage.turns()
        assert (await drafts.end(turn)).shown is None
        drafts.show(turn, grown("Too late."))
        await stage.turns()
    assert shown() == ["It **is", "It is so."]  # what has not changed is not shown again
    assert stage.texts() == []


async def test_in_a_group_one_message_grows_by_edits_and_becomes_the_answer(
    stage: Any, ann: Person, drafts: Drafts
) -> None:
    group = stage.simulator.open_group(ann, "Painters")
    turn = a_turn(group)
    async with stage.running(drafts.run):
        drafts.begin(turn)
        drafts.show(turn, grown("One."))
        await stage.until(lambda: stage.texts(group) == ["One. …"])
        drafts.show(turn, grown("One. Two."))
        await stage.until(lambda: stage.texts(group) == ["One. Two. …"])
        ended = await drafts.end(turn)
    assert ended.shown == stage.simulator.chat(group)[-1].id


async def test_a_telegram_that_refuses_drafts_stops_nothing(stage: Any, ann: Person, drafts: Drafts) -> None:
    stage.simulator.block(ann)
    turn = a_turn(ann.id)
    async with stage.running(drafts.run):
        drafts.begin(turn)
        drafts.show(turn, grown("One."))
        await stage.turns()
        assert (await drafts.end(turn)).shown is None


async def test_drafts_leave_room_for_what_counts(stage: Any, ann: Person, seen: list[SimEvent]) -> None:
    for _ in range(2):
        await stage.office.wait_turn(ChatId(ann.id))  # two of three are gone: the last one is for what counts
    drafts = Drafts(stage.office, stage.database.conversations, stage.clock, LaneLimits())
    async with stage.running(drafts.run):
        drafts.begin(a_turn(ann.id))
        drafts.show(a_turn(ann.id), grown("One."))
        await stage.turns()
    assert not any(isinstance(one, DraftShown) for one in seen)
