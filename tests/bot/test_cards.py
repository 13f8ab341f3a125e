"""A card shows the newest state, edited no more often than allowed, and the last state always arrives."""

import asyncio
import datetime as dt
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.cards import NEWS_GAP, Cards, Easel, nothing_runs
from bot.local.faults import Fault, FaultKind
from bot.local.messages import Person
from engine.errors import NotFoundError
from engine.goals import Goal
from engine.planning.forecasting.model import Forecast, Prospect, Range
from engine.records import Card, ChatSettings, Outgoing
from engine.values import ChatId, GoalId
from handlers.code.running import Running

SEVEN = GoalId(7)


class Shelf:
    """Cards and goals in memory: the store's own rules for late saves are tested with the store."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        self.all: dict[GoalId, Card] = {}
        self.goals: dict[GoalId, Goal] = {}

    def change(self, goal: GoalId, revision: int, name: str = "") -> None:
        """A commit: the goal has a new revision, which its card should show."""
        moment = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
        self.goals[goal] = Goal(
            id=goal, name=name or f"state {revision}", created_at=moment, updated_at=moment, revision=revision
        )
        if goal in self.all:
            self.all[goal] = replace(self.all[goal], wanted=revision)

    def want(self, goal: GoalId, chat: int) -> None:
        """A handler asked for the card at the end of the chat."""
        revision = self.goals[goal].revision
        self.all[goal] = Card(goal=goal, chat=ChatId(chat), message=None, wanted=revision, shown=0)

    async def find_family(self, goal: GoalId) -> list[Goal]:
        if goal not in self.goals:
            raise NotFoundError("goal", goal)
        return [self.goals[goal]]

    async def cards(self) -> list[Card]:
        return [card for card in self.all.values() if card.wanted != card.shown]

    async def card(self, goal: GoalId) -> Card | None:
        return self.all.get(goal)

    async def save_card(self, card: Card) -> None:
        self.all[card.goal] = replace(card, wanted=max(card.wanted, self.all[card.goal].wanted))

    async def doubt_cards(self) -> None:
        self.all = {goal: replace(card, shown=0) for goal, card in self.all.items()}

    async def settings(self, chat: ChatId) -> Any:
        return await self.stage.database.conversations.settings(chat)


def draw(goal: Goal, zone: str, now: dt.datetime, below: Sequence[Goal], forecast: Forecast | None = None) -> Outgoing:
    return Outgoing(chat=ChatId(0), payload={"text": goal.name})


@pytest.fixture
def shelf(stage: Any) -> Shelf:
    return Shelf(stage)


def cards_of(stage: Any, shelf: Any, running: Callable[[Goal], Awaitable[Running]] = nothing_runs) -> Cards:
    return Cards(
        stage.office,
        Easel(
            conversations=shelf,
            outbox=stage.database.outbox,
            find_family=shelf.find_family,
            draw=draw,
            running=running,
            is_serving=lambda chat: False,
            clock=stage.clock,
            real=stage.real,
        ),
    )


async def settle(stage: Any, cards: Cards) -> None:
    async with stage.running(cards.run):
        await stage.until(cards.is_quiet)


async def test_a_card_is_sent_once_and_then_edited_in_place(stage: Any, shelf: Shelf, ann: Person) -> None:
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    cards = cards_of(stage, shelf)
    await settle(stage, cards)
    shelf.change(SEVEN, 2)
    await settle(stage, cards_of(stage, shelf))
    assert stage.texts() == ["state 2"]


async def test_many_changes_are_few_edits_and_the_last_state_arrives(stage: Any, shelf: Shelf, ann: Person) -> None:
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    edits: list[dt.datetime] = []
    stage.simulator.listen(
        lambda event: edits.append(stage.real.now()) if type(event).__name__ == "MessageEdited" else None
    )
    cards = cards_of(stage, shelf)
    await settle(stage, cards)
    cards = cards_of(stage, shelf)
    async with stage.running(cards.run):
        for revision in range(2, 200):
            shelf.change(SEVEN, revision)
            cards.bell.ring()
            await asyncio.sleep(0)
        await stage.until(cards.is_quiet)
    assert stage.texts() == ["state 199"]
    assert 0 < len(edits) < 198
    gaps = [later - earlier for earlier, later in itertools.pairwise(edits)]
    assert all(gap >= dt.timedelta(seconds=2) for gap in gaps)


async def test_an_edit_that_would_change_nothing_is_not_sent(stage: Any, shelf: Shelf, ann: Person) -> None:
    shelf.change(SEVEN, 1, "same")
    shelf.want(SEVEN, ann.id)
    await settle(stage, cards_of(stage, shelf))
    stage.simulator.faults.add(Fault(kind=FaultKind.HANG, method="editMessageText"))
    shelf.change(SEVEN, 2, "same")
    await settle(stage, cards_of(stage, shelf))
    assert shelf.all[SEVEN].shown == 2
    assert stage.simulator.faults.rules


async def test_a_card_that_was_deleted_is_sent_anew(stage: Any, shelf: Shelf, ann: Person) -> None:
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    await settle(stage, cards_of(stage, shelf))
    stage.simulator.delete(ann.id, shelf.all[SEVEN].message)
    shelf.change(SEVEN, 2)
    await settle(stage, cards_of(stage, shelf))
    assert stage.texts() == ["state 2"]


async def test_a_card_whose_answer_was_lost_comes_again_without_a_sound(stage: Any, shelf: Shelf, ann: Person) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.LOST_ANSWER, method="sendMessage"))
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    await settle(stage, cards_of(stage, shelf))
    sent = [message.silent for message in stage.simulator.chat(ann.id) if message.from_bot]
    assert sent == [False, True]
    assert shelf.all[SEVEN].facts == {}


async def test_an_edit_whose_answer_was_lost_is_made_again(stage: Any, shelf: Shelf, ann: Person) -> None:
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    await settle(stage, cards_of(stage, shelf))
    stage.simulator.faults.add(Fault(kind=FaultKind.LOST_ANSWER, method="editMessageText"))
    shelf.change(SEVEN, 2)
    await settle(stage, cards_of(stage, shelf))
    assert stage.texts() == ["state 2"]
    assert shelf.all[SEVEN].shown == 2


async def test_a_new_card_waits_for_the_messages_that_come_before_it(stage: Any, shelf: Shelf, ann: Person) -> None:
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    await stage.put("the reply")
    cards = cards_of(stage, shelf)
    async with stage.running(cards.run):
        await stage.turns()
        assert stage.texts() == []
        (row,) = await stage.database.outbox.queued(1)
        await stage.database.outbox.sending(row.id)
        await stage.database.outbox.sent(row.id, 1, stage.clock.now())
        cards.bell.ring()
        await stage.until(cards.is_quiet)
    assert stage.texts() == ["state 1"]


async def test_cards_of_a_chat_that_blocked_the_bot_rest(stage: Any, shelf: Shelf, ann: Person) -> None:
    await stage.database.conversations.save_settings(ChatSettings(chat=ChatId(ann.id)))
    stage.simulator.block(ann)
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    await settle(stage, cards_of(stage, shelf))
    settings = await stage.database.conversations.settings(ChatId(ann.id))
    assert settings is not None
    assert settings.blocked


async def test_a_card_that_telegram_never_takes_does_not_keep_the_others_from_theirs(
    stage: Any, shelf: Shelf, ann: Person
) -> None:
    stage.simulator.faults.add(Fault(kind=FaultKind.BAD_GATEWAY, text="poison", times=None))
    for goal, name in ((SEVEN, "poison"), (GoalId(8), "well")):
        shelf.change(goal, 1, name)
        shelf.want(goal, ann.id)
    async with stage.running(cards_of(stage, shelf).run):
        await stage.until(lambda: stage.texts() == ["well"])


async def test_a_card_that_nothing_outside_topics_takes_rests_until_its_goal_changes(
    stage: Any, shelf: Shelf, ann: Person
) -> None:
    group = stage.simulator.open_group(ann, "Us", supergroup=True)
    stage.simulator.open_topic(ann, group, "Shed")
    stage.simulator.close_general(group)
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, group)
    await settle(stage, cards_of(stage, shelf))
    assert stage.texts(group) == []
    stage.simulator.close_general(group, closed=False)
    shelf.change(SEVEN, 2)
    await settle(stage, cards_of(stage, shelf))
    assert stage.texts(group) == ["state 2"]


async def test_a_card_that_was_asked_for_anew_while_its_edit_waited_gets_no_buttons_back(
    stage: Any, shelf: Shelf, ann: Person
) -> None:
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    await settle(stage, cards_of(stage, shelf))
    wait_turn = stage.office.wait_turn

    async def meanwhile(chat: ChatId, *, reserve: int = 0) -> None:
        stage.office.wait_turn = wait_turn
        await wait_turn(chat, reserve=reserve)
        shelf.want(SEVEN, ann.id)

    stage.office.wait_turn = meanwhile
    shelf.change(SEVEN, 2)
    await settle(stage, cards_of(stage, shelf))
    assert stage.texts() == ["state 1", "state 2"]


async def test_a_card_of_a_goal_that_is_gone_is_let_be(stage: Any, shelf: Shelf, ann: Person) -> None:
    shelf.all[SEVEN] = Card(goal=SEVEN, chat=ChatId(ann.id), message=3, wanted=2, shown=1)
    await settle(stage, cards_of(stage, shelf))
    assert stage.texts() == []


@pytest.mark.parametrize("fault", ["drawing", "telegram", "gone"])
async def test_a_card_that_was_never_shown_and_can_not_be_rests_until_its_goal_changes(
    stage: Any, shelf: Shelf, ann: Person, fault: str
) -> None:
    shelf.change(SEVEN, 1, "x" * 5000 if fault == "telegram" else "")
    shelf.want(SEVEN, ann.id)
    goal = shelf.goals[SEVEN]
    if fault == "gone":
        del shelf.goals[SEVEN]
    cards = cards_of(stage, shelf)
    drawn: list[int] = []

    def draw_or_fail(
        goal: Goal, zone: str, now: dt.datetime, below: Sequence[Goal], forecast: Forecast | None
    ) -> Outgoing:
        drawn.append(goal.revision)
        if fault == "drawing" and goal.revision == 1:
            raise KeyError("a view's fault")
        return draw(goal, zone, now, below)

    cards._easel = replace(cards._easel, draw=draw_or_fail)
    async with stage.running(cards.run):
        await stage.until(cards.is_quiet)
        assert len(drawn) <= 1
        shelf.goals[SEVEN] = goal
        shelf.change(SEVEN, 2, "well")
        cards.bell.ring()
        await stage.until(cards.is_quiet)
    assert stage.texts() == ["well"]


class Seer:
    """Tells when a goal will be done, as the test says."""

    def __init__(self) -> None:
        self.says = ""
        self.asked = 0

    async def forecast(self, goal: Goal) -> Forecast | None:
        self.asked += 1
        if not self.says:
            raise ZeroDivisionError("a forecast's fault")
        end = dt.datetime.fromisoformat(self.says)
        return Forecast(
            made_at=end,
            prospect=Prospect.OPEN,
            end=Range(p10=end, p50=end, p90=end),
            success_odds=1.0,
            deadline_odds=None,
            on_time_odds=None,
        )


def with_forecast(stage: Any, shelf: Shelf, seer: Seer) -> Cards:
    def draw_ahead(
        goal: Goal, zone: str, now: dt.datetime, below: Sequence[Goal], forecast: Forecast | None
    ) -> Outgoing:
        end = (
            forecast.end.p50.date().isoformat() if forecast is not None and forecast.end is not None else "nobody knows"
        )
        return Outgoing(chat=ChatId(0), payload={"text": f"{goal.name}: {end}"})

    cards = cards_of(stage, shelf)
    cards._easel = replace(cards._easel, draw=draw_ahead, forecast=seer.forecast)
    return cards


async def test_a_card_shows_its_forecast_and_goes_without_one_that_fails(stage: Any, shelf: Shelf, ann: Person) -> None:
    seer = Seer()
    shelf.change(SEVEN, 1, "shop")
    shelf.want(SEVEN, ann.id)
    await settle(stage, with_forecast(stage, shelf, seer))
    assert stage.texts() == ["shop: nobody knows"]
    seer.says = "2026-12-03T12:00:00+00:00"
    shelf.change(SEVEN, 2, "shop")
    await settle(stage, with_forecast(stage, shelf, seer))
    assert stage.texts() == ["shop: 2026-12-03"]


async def test_a_forecast_alone_moves_a_card_once_an_hour_at_most_and_only_where_it_says_something_else(
    stage: Any, shelf: Shelf, ann: Person
) -> None:
    edits: list[str] = []
    stage.simulator.listen(lambda event: edits.append("") if type(event).__name__ == "MessageEdited" else None)
    seer = Seer()
    seer.says = "2026-12-03T12:00:00+00:00"
    shelf.change(SEVEN, 1, "shop")
    shelf.want(SEVEN, ann.id)
    cards = with_forecast(stage, shelf, seer)
    async with stage.running(cards.run):
        await stage.until(cards.is_quiet)
        assert seer.asked == 1
        for minutes, says, texts in (
            (50, "2026-12-05", "shop: 2026-12-03"),  # not an hour yet
            (11, "2026-12-05", "shop: 2026-12-05"),
            (30, "2026-12-09", "shop: 2026-12-05"),
            (31, "2026-12-05", "shop: 2026-12-05"),  # it says the same again: no edit
        ):
            seer.says = f"{says}T12:00:00+00:00"
            stage.real.advance(minutes * 60)
            cards.bell.ring()
            await stage.turns()
            await stage.until(cards.is_quiet)
            assert stage.texts() == [texts]
    assert len(edits) == 1
    assert seer.asked == 3


async def test_what_runs_shows_on_the_card_though_its_goal_is_as_it_was_and_seldom(
    stage: Any, shelf: Shelf, ann: Person
) -> None:
    shelf.change(SEVEN, 1)
    shelf.want(SEVEN, ann.id)
    said = ["1 of 9 tests", "2 of 9 tests", ""]

    async def running(goal: Goal) -> Running:
        return Running(says=said[0])

    cards = cards_of(stage, shelf, running)
    await settle(stage, cards)
    assert stage.texts() == ["state 1\n\n💻 Running now:\n1 of 9 tests"]
    began = stage.real.now()
    for _ in range(2):
        said.pop(0)
        cards.stir(SEVEN)
        await settle(stage, cards)
    assert stage.texts() == ["state 1"]
    assert (stage.real.now() - began).total_seconds() >= 2 * NEWS_GAP


async def test_news_of_a_goal_without_a_card_is_let_be(stage: Any, shelf: Shelf, ann: Person) -> None:
    cards = cards_of(stage, shelf)
    cards.stir(SEVEN)
    await settle(stage, cards)
    assert stage.texts() == []


async def test_a_start_looks_at_no_card_that_nothing_changed(stage: Any, shelf: Shelf, ann: Person) -> None:
    seer = Seer()
    seer.says = "2026-12-03T12:00:00+00:00"
    shelf.change(SEVEN, 1, "shop")
    shelf.want(SEVEN, ann.id)
    await settle(stage, with_forecast(stage, shelf, seer))
    for _ in range(3):
        cards = with_forecast(stage, shelf, seer)
        async with stage.running(cards.run):
            cards.bell.ring()
            await stage.turns()
    assert seer.asked == 1
