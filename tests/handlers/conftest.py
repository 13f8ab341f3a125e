"""A small bot without its loops: the real engine and database, the strict simulator, the dispatcher between them."""

import tests.lean_aiogram  # noqa: F401 - before the others

# isort: split
import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramBadRequest

from bot.local.limits import FloodLimits
from bot.local.messages import Person, SimMessage
from bot.local.session import SimulatorSession
from bot.local.simulator import Simulator
from bot.requests import post
from bot.visitors import read_visitor
from engine.coding.works.names import CODE_WORKS
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.options import Options, Stores
from engine.planning.knowables import Knowable, KnowsFacts
from engine.planning.planner import GoalPlanner
from engine.plans import AdaptationNeed, KeptPlan, Plan, PlannedTask, Repair
from engine.records import ChatSettings, Dialogue, Handled, OutboxRow, Speaker, Update
from engine.values import ChatId, GoalId, JsonObject, TaskNumber, UserId
from engine.work.builtin import WorkOptions, builtin_registry
from handlers.desk import Desk
from handlers.views.cards import render_card
from handlers.views.notices import render_notice
from storage.database import Database, open_database
from tests.engine.planning.lab import lab_planner
from tests.fakes import FakeClock
from tests.fresh_database import fresh_database
from tests.one_dispatcher import the_dispatcher
from tests.waiting import others_at_work

TOKEN = "42:TEST"
ANN = Person(id=7, first_name="Ann", username="ann")
BEN = Person(id=8, first_name="Ben")


@dataclass
class ChosenPlanner(KnowsFacts):
    """The real planner, unless a test says which tasks a plan is to have."""

    real: GoalPlanner
    tasks: tuple[PlannedTask, ...] = ()
    whole: Plan | None = None
    """A plan as it is, with alternatives perhaps; None for one of `tasks`."""

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        if self.whole is not None:
            return self.whole
        return Plan(tasks=self.tasks, source="test") if self.tasks else await self.real.plan(goal, now, zone)

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        return await self.real.repair(goal, need, kept, now, zone)

    async def knowables(self) -> tuple[Knowable, ...]:
        return await self.real.knowables()


@dataclass
class Talk:
    """People who talk to the bot; every update goes through the dispatcher and every answer through the simulator."""

    simulator: Simulator
    bot: Bot
    database: Database
    clock: FakeClock
    engine: AutonomousGoalExecutor
    dispatcher: Dispatcher
    planner: ChosenPlanner
    offset: int = 0
    last: Handled | None = None

    async def say(
        self, text: str, *, reply_to: int | None = None, person: Person = ANN, chat: int | None = None
    ) -> str:
        """Write to the bot; returns all that it wrote since."""
        self.simulator.say(person, text, reply_to=reply_to, chat_id=chat)
        return await self.serve(chat or person.id)

    async def press(self, label: str, *, person: Person = ANN, message: SimMessage | None = None) -> str:
        """Press the newest button with this label (or the one on `message`)."""
        found, data = self.button(label, message)
        self.simulator.press(person, found.chat_id, found.id, data)
        return await self.serve(found.chat_id)

    async def press_data(self, data: str, message: SimMessage, person: Person = ANN) -> str:
        """Press with data made up by hand, or of a button that is gone."""
        self.simulator.press(person, message.chat_id, message.id, data)
        return await self.serve(message.chat_id)

    def button(self, label: str, message: SimMessage | None = None, chat: int = ANN.id) -> tuple[SimMessage, str]:
        """The newest button with this label and its data; fails the test where there is none."""
        candidates = [message] if message is not None else reversed(self.simulator.chat(chat))
        for one in candidates:
            for row in one.buttons:
                for button in row:
                    if button.text == label:
                        return one, str(button.data)
        labels = [[b.text for row in one.buttons for b in row] for one in self.simulator.chat(chat)]
        raise AssertionError(f"no button «{label}»; there are {labels}")

    def labels(self, message: SimMessage | None = None) -> list[str]:
        """The labels under a message; the newest without one."""
        return [button.text for row in (message or self.newest()).buttons for button in row]

    def newest(self, chat: int = ANN.id) -> SimMessage:
        """The bot's newest message."""
        return [one for one in self.simulator.chat(chat) if one.from_bot][-1]

    def with_text(self, words: str, chat: int = ANN.id) -> SimMessage:
        """The bot's newest message that has these words."""
        return [one for one in self.simulator.chat(chat) if one.from_bot and words in one.text][-1]

    async def serve(self, chat: int) -> str:
        """Handle what came in, let the engine finish, deliver what goes out; returns the new and changed texts."""
        before = {one.id: one.text for one in self.simulator.chat(chat)}
        raw = await self.simulator.call("getUpdates", {"offset": self.offset})
        assert isinstance(raw, list)
        for update in raw:
            assert isinstance(update, dict)
            await self.handle(update)
        await self.settle()
        changed = [one for one in self.simulator.chat(chat) if one.from_bot and before.get(one.id) != one.text]
        return "\n---\n".join(one.text for one in changed)

    async def handle(self, update: JsonObject) -> Handled | None:
        """One update, as the inbox does it."""
        number = int(str(update["update_id"]))
        self.offset = number + 1
        speaker = read_visitor(update).speaker
        assert speaker is not None
        chat, user, message = speaker.chat, speaker.user, read_visitor(update).message
        await self.database.inbox.accept([Update(id=number, chat=chat, payload=json.dumps(update))])
        stored = await self.database.conversations.settings(chat) or ChatSettings(chat=chat, owner=user)
        desk = Desk(
            update_id=number,
            chat=replace(stored, blocked=False),
            user=user,
            dialogue=await self.database.conversations.dialogue(speaker),
            now=self.clock.now(),
            is_owner=True,
            conversations=self.database.conversations,
            speed=self.clock.speed,
            thread=speaker.thread or None,
            message=message,
        )
        outcome = await self.dispatcher.feed_raw_update(self.bot, update, engine=self.engine, desk=desk)
        assert isinstance(outcome, Handled), f"nothing handled {update}"
        self.last = outcome
        if outcome.settings is None:
            outcome = replace(outcome, settings=desk.chat)
        await self.database.inbox.finish(number, speaker, outcome, self.clock.now())
        return outcome

    async def settle(self) -> None:
        """Until the engine is idle and everything is delivered."""
        async with asyncio.timeout(60):
            while True:
                await asyncio.sleep(0)
                if not await self.engine.is_idle():
                    await others_at_work(0.001)
                elif rows := await self.database.outbox.queued(50):
                    await self._deliver(rows)
                else:
                    return

    async def _deliver(self, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            outgoing = row.outgoing
            if row.notice is not None:
                goal = await self.engine.goal(row.notice.goal) if row.notice.goal is not None else None
                outgoing = render_notice(row.notice, goal, "UTC", self.clock.now())
            assert outgoing is not None
            await self.database.outbox.sending(row.id)
            try:
                sent = await post(self.bot, outgoing, row.chat, self.database.files)
            except TelegramBadRequest as error:
                if "message is not modified" not in error.message:
                    raise
                sent = None  # the bot takes it for sent, too
            await self.database.outbox.sent(row.id, sent, self.clock.now())

    async def goal(self, number: int = 1) -> Goal:
        """The goal as it is now."""
        return await self.engine.goal(GoalId(number))

    async def dialogue(self, person: Person = ANN, chat: int | None = None) -> Dialogue | None:
        """The question that a person has open, in the chat with the bot or in another."""
        speaker = Speaker(chat=ChatId(chat or person.id), user=UserId(person.id))
        return await self.database.conversations.dialogue(speaker)

    async def show_card(self, number: int = 1) -> SimMessage:
        """The card as a new message."""
        await post(self.bot, render_card(await self.goal(number), "UTC", self.clock.now()), ChatId(ANN.id))
        return self.newest()

    async def set_goal(self, *criteria: str, name: str = "Grow the garden") -> Goal:
        """A goal by chat, up to its plan."""
        lines = "".join(f"\n- {one}" for one in criteria)
        await self.say(f"/goal {name}{lines}\ndeadline: none\npriority: normal")
        newest = (await self.engine.queries.goals_of(ChatId(ANN.id), ended=False, offset=0, limit=1))[0]
        return await self.engine.goal(newest.id)

    async def started(self, *criteria: str, name: str = "Grow the garden") -> Goal:
        """A goal by chat, started."""
        goal = await self.set_goal(*criteria, name=name)
        await self.press("Start")
        return await self.engine.goal(goal.id)

    async def with_tasks(self, *tasks: PlannedTask) -> Goal:
        """A started goal with exactly these tasks."""
        self.planner.tasks = tasks
        return await self.started("Anything", name="Test goal")


@pytest.fixture
def options() -> Options:
    """How the engine runs; a folder of tests may have its own."""
    return Options()


@pytest.fixture
async def talk(tmp_path: Path, options: Options) -> AsyncIterator[Talk]:
    clock = FakeClock(dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC))
    simulator = Simulator(token=TOKEN, clock=clock, journal=None, flood=FloodLimits.off(), real=FakeClock())
    bot = Bot(TOKEN, session=SimulatorSession(simulator))
    async with open_database(fresh_database(tmp_path / "milepost.db"), clock=clock, bot=42) as database:
        stores = Stores(
            ledger=database.ledger,
            queries=database.queries,
            outbox=database.outbox,
            conversations=database.conversations,
            spending=database.spending,
            findings=database.findings,
            runs=database.runs,
            files=database.files,
            workspaces=database.workspaces,
        )
        registry = builtin_registry(WorkOptions())
        code = CODE_WORKS if options.code.worktrees is not None else frozenset()
        planner = ChosenPlanner(GoalPlanner(works=registry.names() | code))
        engine = AutonomousGoalExecutor(stores, clock, registry, planner, options)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(engine.run())
            yield Talk(simulator, bot, database, clock, engine, the_dispatcher(), planner)
            await engine.stop(0.0)
            running.cancel()
    simulator.close()


@pytest.fixture
def lab(talk: Talk) -> Talk:
    """The talk with a planner that knows a small laboratory."""
    talk.planner.real = GoalPlanner(planner=lab_planner())
    return talk


def tasks_of(goal: Goal, criterion: str) -> list[TaskNumber]:
    """The live tasks of a criterion."""
    index = goal.criteria.index(criterion)
    return [task.number for task in goal.live_tasks if task.criterion == index]
