"""/tasks, /blockers, /log, and the strategies by which blockages are met."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Handled, Outgoing
from handlers.callbacks import GoalDeed, GoalTap, Listing, PageTap, StrategyTap
from handlers.choosing import goal_meant
from handlers.desk import Desk
from handlers.taps import answer_tap, tapped_message
from handlers.views.blockers import blocker_list, strategy_choice, strategy_list
from handlers.views.letters import edited
from handlers.views.log import ROWS_A_PAGE, log_page
from handlers.views.tasks import task_list


async def show_tasks(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/tasks"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.TASKS)
    return desk.keep(task_list(goal, desk.zone, desk.now))


async def show_blockers(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/blockers"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.BLOCKERS)
    return desk.keep(blocker_list(await _living(goal, engine), desk.zone, desk.now))


async def _living(goal: Goal, engine: Engine) -> list[Goal]:
    """The goal, and those that serve it and have not ended: what holds them up holds it up."""
    return [goal, *(one for one in (await engine.family(goal.id))[1:] if not one.has_ended)]


async def show_log(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/log"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.LOG)
    return desk.keep(await _log(goal, 0, engine, desk))


async def _log(goal: Goal, before: int, engine: Engine, desk: Desk) -> Outgoing:
    rows = await engine.queries.log(goal.id, before=before or None, limit=ROWS_A_PAGE + 1)
    return log_page(goal, rows, desk.zone, desk.now, newest=not before)


async def press_tasks(query: CallbackQuery, goal: Goal, desk: Desk) -> Handled:
    """Tasks from the card."""
    await answer_tap(query)
    return desk.keep(task_list(goal, desk.zone, desk.now))


async def press_blockers(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Blockers from the card."""
    await answer_tap(query)
    return desk.keep(blocker_list(await _living(goal, engine), desk.zone, desk.now))


async def press_log(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The log from the card."""
    await answer_tap(query)
    return desk.keep(await _log(goal, 0, engine, desk))


async def turn_tasks(query: CallbackQuery, callback_data: PageTap, goal: Goal, desk: Desk) -> Handled:
    """Another page of tasks."""
    await answer_tap(query)
    return desk.keep(edited(task_list(goal, desk.zone, desk.now, callback_data.at), tapped_message(query)))


async def turn_log(query: CallbackQuery, callback_data: PageTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Older entries of the log, or the newest again."""
    await answer_tap(query)
    return desk.keep(edited(await _log(goal, callback_data.at, engine, desk), tapped_message(query)))


async def show_strategies(query: CallbackQuery, goal: Goal, desk: Desk) -> Handled:
    """How each kind of blockage is met."""
    await answer_tap(query)
    return desk.keep(edited(strategy_list(goal), tapped_message(query)))


async def choose_strategy(
    query: CallbackQuery, callback_data: StrategyTap, goal: Goal, engine: Engine, desk: Desk
) -> Handled:
    """One kind: first which ways there are, then the way."""
    if callback_data.strategy is None:
        await answer_tap(query)
        return desk.keep(edited(strategy_choice(goal, callback_data.kind), tapped_message(query)))
    newest = await engine.set_strategy(goal.id, callback_data.kind, callback_data.strategy, cause=desk.cause())
    await answer_tap(query, "From now on.")
    return desk.keep(edited(strategy_list(newest), tapped_message(query)))


def routes() -> Router:
    """What can be looked up about one goal."""
    router = Router(name="goal_details")
    router.message.register(show_tasks, Command("tasks"))
    router.message.register(show_blockers, Command("blockers", "blockages"))
    router.message.register(show_log, Command("log"))
    router.callback_query.register(press_tasks, GoalTap.filter(F.deed == GoalDeed.TASKS))
    router.callback_query.register(press_blockers, GoalTap.filter(F.deed == GoalDeed.BLOCKERS))
    router.callback_query.register(press_log, GoalTap.filter(F.deed == GoalDeed.LOG))
    router.callback_query.register(show_strategies, GoalTap.filter(F.deed == GoalDeed.STRATEGIES))
    router.callback_query.register(turn_tasks, PageTap.filter(F.listing == Listing.TASKS))
    router.callback_query.register(turn_log, PageTap.filter(F.listing == Listing.LOG))
    router.callback_query.register(choose_strategy, StrategyTap.filter())
    return router
