"""The composition root: puts all parts together for Telegram, the local chat and the tests, and serves Telegram."""

import asyncio
import datetime as dt
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.methods import AnswerCallbackQuery

from bot.access import Access, announce
from bot.assembly import make_executor
from bot.cards import Cards, Easel
from bot.conversing.drafts import Drafts
from bot.delivery import Delivery, Sources
from bot.inbox import CannotGoOn, InboxWorker, Intake, Poller, Reception
from bot.lanes import Lanes
from bot.models.reasoning import with_models
from bot.post_office import PostOffice, Tools
from bot.requests import without_secrets
from bot.running import App, Parts, Wiring
from bot.schedule import Digests, Rounds, Schedule, prune
from bot.settings import Settings
from bot.signals import heeding_signals
from engine.coding.options import CODE
from engine.errors import StoreError
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.records import ChatSettings, Outgoing, in_topic
from engine.reporting.digests import by_topic
from engine.values import JsonValue, UserId
from handlers.code.running import Running
from handlers.desk import Desk
from handlers.errors import apology
from handlers.routing import build_dispatcher
from handlers.views.cards import render_card
from handlers.views.digests import render_digest
from handlers.views.notices import render_notice
from storage.database import Database, open_database
from storage.process_lock import ProcessLock

__all__ = ["App", "CannotGoOn", "Parts", "Wiring", "open_app", "serve"]

logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_app(settings: Settings, wiring: Wiring) -> AsyncIterator[App]:
    """All parts, open and wired, nothing running yet. Raises `StoreError` when the database can't be used."""
    async with AsyncExitStack() as stack:
        bot = Bot(wiring.token, session=wiring.session or _http_session(settings))
        stack.push_async_callback(bot.session.close)
        database = await stack.enter_async_context(open_database(settings.database, clock=wiring.clock, bot=bot.id))
        recovered = await database.outbox.recover()
        if recovered:
            logger.warning("%s messages were under way at the last end; they go again, marked as repeats", recovered)
        access = Access(database.conversations, wiring.clock, wiring.owner_ids)
        code = await access.open()
        engine = make_executor(database, settings, wiring.clock, wiring.zone)
        models = await stack.enter_async_context(with_models(engine, settings.commands))
        parts = _wire(_Core(bot=bot, database=database, engine=engine, access=access, wiring=wiring), settings)
        if models is not None:
            models.on_notice = parts.delivery.bell.ring
            from bot.conversing.wiring import converse  # noqa: PLC0415 - nobody talks without a model

            converse(engine, models, bot, parts.drafts, parts.delivery.bell.ring)
        yield App(parts, code)


def _http_session(settings: Settings) -> AiohttpSession:
    if settings.telegram_api is None:
        return AiohttpSession()
    return AiohttpSession(api=TelegramAPIServer.from_base(str(settings.telegram_api).rstrip("/")))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Core:
    """What all parts share."""

    bot: Bot
    database: Database
    engine: AutonomousGoalExecutor
    access: Access
    wiring: Wiring


def _wire(core: _Core, settings: Settings) -> Parts:
    """The loops around the core, and who wakes whom."""
    database, wiring = core.database, core.wiring
    office = _post_office(core, settings)

    delivery = _delivery(core, office, lambda: cards.bell.ring())  # noqa: PLW0108 - there are no cards yet
    cards = _cards(core, office, delivery)

    def outgoing() -> None:
        delivery.bell.ring()
        cards.bell.ring()

    def handled() -> None:
        outgoing()
        core.engine.turns.ring()

    dispatcher = build_dispatcher()
    worker = InboxWorker(_reception(core, office, dispatcher), handled)

    async def sweep() -> None:
        handled()
        worker.bell.ring()

    core.engine.watch(lambda _: outgoing())
    core.engine.notifier.on_queued = delivery.bell.ring
    return Parts(
        bot=core.bot,
        database=database,
        engine=core.engine,
        access=core.access,
        poller=_poller(core, dispatcher, worker.bell.ring),
        worker=worker,
        delivery=delivery,
        cards=cards,
        drafts=Drafts(office, database.conversations, wiring.real, wiring.limits),
        schedule=_schedule(core, settings, sweep, outgoing),
        wiring=wiring,
    )


def _poller(core: _Core, dispatcher: Dispatcher, arrived: Callable[[], None]) -> Poller:
    wanted = sorted({*dispatcher.resolve_used_update_types(), "my_chat_member"})
    wiring = core.wiring
    intake = Intake(bot=core.bot, inbox=core.database.inbox, wanted=wanted, real=wiring.real, dice=wiring.dice)
    return Poller(intake, arrived)


def _post_office(core: _Core, settings: Settings) -> PostOffice:
    wiring = core.wiring
    lanes = Lanes(wiring.real, wiring.limits)
    tools = Tools(
        bot=core.bot,
        conversations=core.database.conversations,
        lanes=lanes,
        real=wiring.real,
        dice=wiring.dice,
        forget=core.engine.ledger.forget,
        serves=core.access.serves,
        files=core.database.files,
        hide=partial(without_secrets, secrets=settings.secrets),
    )
    return PostOffice(tools)


def _reception(core: _Core, office: PostOffice, dispatcher: Dispatcher) -> Reception:
    async def feed(raw: dict[str, JsonValue], desk: Desk) -> object:
        outcome: object = await dispatcher.feed_raw_update(core.bot, raw, engine=core.engine, desk=desk)
        return outcome

    return Reception(
        inbox=core.database.inbox,
        conversations=core.database.conversations,
        access=core.access,
        office=office,
        feed=feed,
        apologise=apology,
        toast=partial(_toast, core.bot),
        clock=core.wiring.clock,
        real=core.wiring.real,
        zone=core.wiring.zone,
        bot=core.bot.id,
    )


def _delivery(core: _Core, office: PostOffice, rested: Callable[[], None]) -> Delivery:
    sources = Sources(
        outbox=core.database.outbox,
        conversations=core.database.conversations,
        find_goal=core.engine.ledger.settled,
        render=render_notice,
        clock=core.wiring.clock,
        real=core.wiring.real,
        speed=core.wiring.clock.speed,
    )
    return Delivery(office, sources, rested)


def _cards(core: _Core, office: PostOffice, delivery: Delivery) -> Cards:
    easel = Easel(
        conversations=core.database.conversations,
        outbox=core.database.outbox,
        find_family=core.engine.family,
        draw=render_card,
        forecast=core.engine.forecaster.forecast,
        running=partial(_running, core.engine),
        is_serving=delivery.is_serving,
        clock=core.wiring.clock,
        real=core.wiring.real,
        limits=core.wiring.limits,
    )
    cards = Cards(office, easel)
    if core.engine.workbench is not None:
        core.engine.workbench.on_news = cards.stir
    return cards


def _schedule(
    core: _Core, settings: Settings, sweep: Callable[[], Awaitable[None]], made: Callable[[], None]
) -> Schedule:
    engine = core.engine

    async def compose(chat: ChatSettings, since: dt.datetime) -> list[Outgoing]:
        found = await engine.digest(chat.chat, since)
        parts = [] if found.is_empty else by_topic(found)  # who has no goals is not written to daily
        return [in_topic(one, thread) for thread, part in parts for one in render_digest(part, chat.zone)]

    digests = Digests(core.database.conversations, compose, core.access.serves, core.wiring.clock, made)
    rounds = Rounds(
        serve_wakeups=engine.serve_wakeups,
        look_after_goals=engine.look_after_goals,
        digests=digests.look,
        sweep=sweep,
        prune=partial(prune, core.database.pruning, core.wiring.clock),
        monitoring_interval=settings.monitoring_interval,
    )
    return Schedule(rounds, speed=core.wiring.clock.speed)


async def _running(engine: AutonomousGoalExecutor, goal: Goal) -> Running:
    """What the code work of a goal does now, for its card."""
    if engine.workbench is None or goal.has_ended or not goal.metadata.get(CODE):
        return Running()
    fitness = await (await engine.workbench.get()).fitness()
    return Running(says=engine.workbench.says(goal.id), is_unsandboxed=fitness.can_run and not fitness.holds)


async def _toast(bot: Bot, query: str, words: str) -> None:
    """Stop the clock on a stranger's tap; a lost answer harms nobody."""
    with suppress(TelegramAPIError, ClientDecodeError):
        await bot(AnswerCallbackQuery(callback_query_id=query, text=words), request_timeout=5)


def serve(settings: Settings) -> int:
    """Run the bot on Telegram until SIGTERM or SIGINT; the exit code. A second signal ends the process at once."""
    try:
        asyncio.run(_serve(settings))
    except (CannotGoOn, StoreError) as error:
        sys.stderr.write(f"milepost: {error}\n")
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    wiring = Wiring(
        token=settings.token or "",
        owner_ids=tuple(UserId(user) for user in settings.owner_ids),
        zone=settings.timezone,
    )
    async with open_app(settings, wiring) as app:
        with _only_poller(settings, app.parts.bot.id):
            if app.pairing_code is not None:
                announce(app.pairing_code)
            with heeding_signals() as asked:
                await _run_until(asked, app)


async def _run_until(asked: asyncio.Event, app: App) -> None:
    """Run the app until a stop is asked for; raises what `App.run` raises, as it is."""
    failure: Exception | None = None  # None unless a loop ended
    async with asyncio.TaskGroup() as group:
        stopper = group.create_task(_stop_when(asked, app), name="stopper")
        try:
            await app.run()
        except Exception as error:  # raised again below: a group would wrap it
            failure = error
        stopper.cancel()
    if failure is not None:
        raise failure


async def _stop_when(asked: asyncio.Event, app: App) -> None:
    await asked.wait()
    logger.info("stopping; a second signal ends the process at once")
    await app.stop()


@contextmanager
def _only_poller(settings: Settings, bot: int) -> Iterator[None]:
    """Hold the lock that keeps a second Milepost with another database from polling the same bot's updates."""
    folder = settings.database.absolute().parent
    lock = ProcessLock(folder / f"milepost-bot-{bot}.lock")
    try:
        lock.take()
    except StoreError as error:
        if error.code != "locked":
            raise
        raise CannotGoOn(f"another Milepost on this computer serves bot {bot}; stop that one first") from error
    try:
        yield
    finally:
        lock.release()
