"""/budget, /cost and /spent, and what people answer when a budget is used up."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject, Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.money import UNBOUNDED, Account, Amount
from engine.records import Handled, without_buttons
from engine.reporting.notices import NoticeKind
from engine.values import BlockageNumber
from handlers.callbacks import BlockageDeed, BlockageTap, GoalDeed, GoalTap
from handlers.choosing import GoalUnclearError, goal_meant
from handlers.desk import Desk
from handlers.gates import About, is_command, own_goal, subject_of
from handlers.reading.money import BudgetWish, budget_wish, goal_named, money_spent, more_wanted
from handlers.reading.words import Meaning, blockage_words
from handlers.taps import answer_tap, tapped_message
from handlers.views import money as views
from handlers.views.letters import edited

_ADDS = frozenset({BlockageDeed.ADD_1, BlockageDeed.ADD_5})


async def budget(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/budget, /budget 5, /budget 200000 tokens, /budget day 10, /budget none"""
    number, text = goal_named(command.args, budget_wish)
    wish = budget_wish(text)
    if wish.day:
        return await _day_budget(wish, engine, desk)
    return await _budget(await _goal((number, text), GoalDeed.BUDGET, engine, desk), wish, engine, desk)


async def press_budget(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The goal that /budget is about, chosen by button."""
    await answer_tap(query)
    return await _budget(goal, budget_wish(_kept(GoalDeed.BUDGET, desk)), engine, desk)


async def _goal(named: tuple[int | None, str], deed: GoalDeed, engine: Engine, desk: Desk) -> Goal:
    """The goal of that number (None: the only one). Raises `GoalUnclearError` with the words to keep."""
    number, text = named
    if number is not None:
        return await own_goal(engine, desk, number)
    try:
        return (await goal_meant(None, engine, desk, deed))[0]
    except GoalUnclearError as error:
        raise GoalUnclearError(error.rows, deed, text) from None


def _kept(deed: GoalDeed, desk: Desk) -> str:
    """The words of a command that had to ask which goal it is about; empty when there are none."""
    kept = desk.dialogue_of("which_goal")
    return str(kept.facts.get("text") or "") if kept is not None and kept.facts.get("deed") == deed.value else ""


async def _budget(goal: Goal, wish: BudgetWish, engine: Engine, desk: Desk) -> Handled:
    done = ""
    if not wish.shows:
        await engine.change_budget(goal.id, wish.cap, cause=desk.cause())
        goal = await engine.goal(goal.id)  # with all that goes on
        done = f"Set: {goal.cap(engine.accounts.allowances.a_goal)}"
    costs, today = await engine.costs_of(goal.id), await engine.costs_today(desk.here)
    told = views.budget_message(goal, costs, today, done)
    return desk.end(told) if done else desk.keep(told)


async def _day_budget(wish: BudgetWish, engine: Engine, desk: Desk) -> Handled:
    if wish.shows:
        return desk.keep(views.day_budget_message(desk.here, await engine.costs_today(desk.here)))
    now = desk.chat.day_budget if desk.chat.day_budget is not None else engine.accounts.allowances.a_day
    settings = replace(desk.chat, day_budget=wish.cap(now))
    await engine.set_day_budget(desk.here, settings.day_budget)
    today = await engine.costs_today(desk.here)
    cap = settings.day_budget if settings.day_budget is not None else engine.accounts.allowances.a_day
    told = views.day_budget_message(desk.here, today, f"Set: {cap}{'' if cap == UNBOUNDED else ' a day'}")
    return replace(desk.keep(told), settings=settings)


async def cost(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/cost: today, and the goal's"""
    try:
        goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.COST)
    except GoalUnclearError as error:
        return desk.keep(views.day_cost_message(desk.here, await engine.costs_today(desk.here), error.rows))
    return await _cost(goal, engine, desk)


async def press_cost(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The goal that /cost is about, chosen by button."""
    await answer_tap(query)
    return await _cost(goal, engine, desk)


async def _cost(goal: Goal, engine: Engine, desk: Desk) -> Handled:
    costs, today = await engine.costs_of(goal.id), await engine.costs_today(desk.here)
    return desk.keep(views.cost_message(goal, costs, today, await engine.outlook(goal.id)))


async def spent(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/spent 12.50 domain"""
    number, text = goal_named(command.args, money_spent)
    money_spent(text)  # what can't be used is said before which goal is asked for
    return await _spent(await _goal((number, text), GoalDeed.SPENT, engine, desk), text, engine, desk)


async def press_spent(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The goal that money was spent for, chosen by button."""
    await answer_tap(query)
    return await _spent(goal, _kept(GoalDeed.SPENT, desk), engine, desk)


async def _spent(goal: Goal, text: str, engine: Engine, desk: Desk) -> Handled:
    micros, note = money_spent(text)
    await engine.report_spent(goal.id, micros, note, cause=desk.cause())
    return desk.end(views.spent_message(goal, micros, note, await engine.costs_of(goal.id)))


async def press_more(
    query: CallbackQuery, callback_data: BlockageTap, goal: Goal, engine: Engine, desk: Desk
) -> Handled:
    """Add $1, Add $5."""
    asked = goal.blockages.get(BlockageNumber(callback_data.blockage))
    of_tokens = asked is not None and asked.shortage is not None and asked.shortage.of_tokens
    by = views.more_of(callback_data.deed, of_tokens=of_tokens)
    handled = await _allow(by, (goal, callback_data.blockage, tapped_message(query)), engine, desk)
    await answer_tap(query, "It goes on.")
    return handled


async def reply_more(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, subject: CallbackData, goal: Goal, words: str, answered: int, engine: Engine, desk: Desk
) -> Handled:
    """A reply to the question for more money; whatever else it says is as for other questions."""
    number = int(getattr(subject, "blockage", 0))
    asked = goal.blockages.get(BlockageNumber(number))
    is_money = asked.shortage is not None if asked is not None else getattr(subject, "deed", None) in _ADDS
    by = more_wanted(words, asked=True) if is_money else None
    if by is not None:
        return await _allow(by, (goal, number, answered), engine, desk)
    if is_money and blockage_words(words).meaning in (Meaning.INFORM, Meaning.UNCLEAR):
        return desk.keep(views.more_unclear(desk.here, goal))
    raise SkipHandler


async def _allow(by: Amount, about: tuple[Goal, int, int | None], engine: Engine, desk: Desk) -> Handled:
    goal, number, message = about
    asked = goal.blockages.get(BlockageNumber(number))
    newest = await engine.allow_more(goal.id, number, by, cause=desk.cause())
    raised = None  # a repeat after a crash: what it was about is settled
    if asked is not None and asked.shortage is not None:
        account = Account(name=asked.shortage.account)
        raised = replace(account, cap=await engine.accounts.cap_of(account))
    return desk.keep(edited(views.money_added(newest, by, raised), message))


class MoreMoney(Filter):
    """«add 3 dollars», said outside any question while something of this person's waits for money."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> bool | dict[str, object]:
        """Hand over what is wanted, and the goals that wait."""
        wanted = more_wanted(message.text or "", asked=False)
        busy = desk.dialogue is not None and desk.dialogue.name != "offer"
        if wanted is None or busy or is_command(message) or subject_of(message) is not None:
            return False
        goals = [await engine.goal(one) for one in await engine.queries.short_of_money()]
        short = [goal for goal in goals if goal.chat == desk.here and goal.owner == desk.user]
        return {"wanted": wanted, "short": short} if short else False


async def say_more(message: Message, wanted: Amount, short: list[Goal], engine: Engine, desk: Desk) -> Handled:
    """So much more for the one account that something waits for."""
    asked = [
        (one.shortage.account, goal, one)
        for goal in short
        for one in goal.blockages.values()
        if one.shortage is not None
    ]
    if len({account for account, _, _ in asked}) > 1:
        return desk.keep(views.several_short(desk.here))
    _, goal, first = asked[0]
    handled = await _allow(wanted, (goal, first.number, None), engine, desk)
    served = [
        without_buttons(desk.here, shown)
        for _, each, one in asked
        for shown in await desk.conversations.messages_of(each.id, (NoticeKind.BLOCKAGE,), one.task)
    ]
    return replace(handled, replies=(*handled.replies, *served))


def routes() -> Router:
    """Money: the commands, and the answers to a budget that is used up."""
    router = Router(name="money")
    router.message.register(budget, Command("budget"))
    router.message.register(cost, Command("cost"))
    router.message.register(spent, Command("spent"))
    router.message.register(reply_more, About(BlockageTap))
    router.message.register(say_more, MoreMoney())
    router.callback_query.register(press_budget, GoalTap.filter(F.deed == GoalDeed.BUDGET))
    router.callback_query.register(press_cost, GoalTap.filter(F.deed == GoalDeed.COST))
    router.callback_query.register(press_spent, GoalTap.filter(F.deed == GoalDeed.SPENT))
    router.callback_query.register(press_more, BlockageTap.filter(F.deed.in_(_ADDS)))
    return router
