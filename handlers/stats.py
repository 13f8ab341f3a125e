"""/stats: predicted against actual."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from engine.goal_engine import GoalEngine as Engine
from engine.planning.learning.record import Scope, track_record
from engine.records import Handled
from handlers.desk import Desk
from handlers.views.stats import stats_message


async def stats(message: Message, engine: Engine, desk: Desk) -> Handled:
    """/stats"""
    record = await track_record(engine.queries, Scope(chat=desk.here, person=desk.user), desk.now)
    return desk.keep(stats_message(desk.here, record, desk.zone, desk.now))


def routes() -> Router:
    """The track record."""
    router = Router(name="stats")
    router.message.register(stats, Command("stats"))
    return router
