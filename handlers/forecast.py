"""/forecast: when a goal will be done, how likely, and what may get in the way."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Handled
from handlers.callbacks import GoalDeed, GoalTap
from handlers.choosing import goal_meant
from handlers.desk import Desk
from handlers.taps import answer_tap
from handlers.views.forecasts import forecast_message


async def show_forecast(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/forecast"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.FORECAST)
    return await _told(goal, engine, desk)


async def press_forecast(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The goal that /forecast is about, chosen by button."""
    await answer_tap(query)
    return await _told(goal, engine, desk)


async def _told(goal: Goal, engine: Engine, desk: Desk) -> Handled:
    forecast = await engine.forecaster.forecast(goal, newest=True)
    cases = await engine.forecaster.cases() if forecast is not None else 0
    return desk.keep(forecast_message(goal, forecast, cases, desk.zone, desk.now))


def routes() -> Router:
    """The forecast."""
    router = Router(name="forecast")
    router.message.register(show_forecast, Command("forecast"))
    router.callback_query.register(press_forecast, GoalTap.filter(F.deed == GoalDeed.FORECAST))
    return router
