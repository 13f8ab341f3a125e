"""Saying hello: /start with its deep links, /help, /privacy, and the example goal."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from engine.commands import Origin
from engine.errors import EngineError
from engine.goal_engine import GoalEngine as Engine
from engine.records import Handled
from handlers.callbacks import OfferDeed, OfferTap
from handlers.desk import Desk
from handlers.gates import own_goal
from handlers.small_talk import COMMANDS
from handlers.taps import answer_tap
from handlers.views.letters import letter
from handlers.views.welcome import EXAMPLE_CRITERIA, EXAMPLE_NAME, example_exists, help_message, privacy, welcome


async def start(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/start, with or without a deep link such as `goal_7`."""
    payload = command.args or ""
    goal = payload.removeprefix("goal_")
    if goal != payload and goal.isascii() and goal.isdecimal() and len(goal) <= 16:
        try:
            return desk.keep(card=(await own_goal(engine, desk, int(goal))).id)
        except EngineError:  # gone, or somebody else's: which of them is nobody's business
            gone = letter(desk.here, f"There is no goal {goal} of yours (any more). /goals lists them.")
            return desk.keep(gone, welcome(desk.here, desk.zone, desk.chat.zone_known))
    return desk.keep(welcome(desk.here, desk.zone, desk.chat.zone_known))


async def show_help(message: Message, desk: Desk) -> Handled:
    """/help"""
    return desk.keep(help_message(desk.here, COMMANDS))


async def show_privacy(message: Message, engine: Engine, desk: Desk) -> Handled:
    """/privacy"""
    models = engine.options.models
    return desk.keep(privacy(desk.here, str(models.main) if models is not None else ""))


async def try_example(query: CallbackQuery, engine: Engine, desk: Desk) -> Handled:
    """The example goal, at one tap."""
    await answer_tap(query, "Planning an example…")
    origin = Origin(chat=desk.here, thread=desk.thread, owner=desk.user, cause=desk.cause())
    await engine.set_goal(EXAMPLE_NAME, "", EXAMPLE_CRITERIA, origin=origin)
    return desk.keep(example_exists(desk.here))


def routes() -> Router:
    """The first things a person does."""
    router = Router(name="start")
    router.message.register(start, CommandStart())
    router.message.register(show_help, Command("help"))
    router.message.register(show_privacy, Command("privacy"))
    router.callback_query.register(try_example, OfferTap.filter(F.deed == OfferDeed.EXAMPLE))
    return router
