"""/goals: the list, its pages, and the ended ones."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from engine.goal_engine import GoalEngine as Engine
from engine.records import Handled, Outgoing
from handlers.callbacks import Listing, PageTap
from handlers.desk import Desk
from handlers.taps import answer_tap, tapped_message
from handlers.views.goals import GOALS_A_PAGE, GoalPage, goal_list
from handlers.views.letters import edited


async def list_goals(message: Message, engine: Engine, desk: Desk) -> Handled:
    """/goals"""
    return desk.keep(await _page(PageTap(listing=Listing.ALIVE), engine, desk))


async def turn_page(query: CallbackQuery, callback_data: PageTap, engine: Engine, desk: Desk) -> Handled:
    """Another page, or the ended ones."""
    await answer_tap(query)
    return desk.keep(edited(await _page(callback_data, engine, desk), tapped_message(query)))


async def _page(tap: PageTap, engine: Engine, desk: Desk) -> Outgoing:
    ended = tap.listing is Listing.ENDED
    total = await engine.queries.count_goals(desk.here, ended=ended, owner=desk.user)
    page = max(0, min(tap.at, (total - 1) // GOALS_A_PAGE))
    offset = page * GOALS_A_PAGE
    rows = await engine.queries.goals_of(desk.here, ended=ended, offset=offset, limit=GOALS_A_PAGE, owner=desk.user)
    others = await engine.queries.count_goals(desk.here, ended=not ended, owner=desk.user)
    shown = GoalPage(rows=rows, ended=ended, page=page, total=total, others=others)
    return goal_list(desk.here, shown, desk.zone, desk.now)


def routes() -> Router:
    """The list of goals."""
    router = Router(name="goal_list")
    router.message.register(list_goals, Command("goals"))
    router.callback_query.register(turn_page, PageTap.filter(F.listing.in_({Listing.ALIVE, Listing.ENDED})))
    return router
