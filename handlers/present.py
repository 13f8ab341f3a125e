"""What a message should say now, from what its buttons carry: for buttons that are out of date."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData

from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.model import Forecast
from engine.records import Outgoing
from handlers import keyboards
from handlers.callbacks import (
    BlockageTap,
    ChoiceTap,
    GoalDeed,
    GoalTap,
    LaterTap,
    OptionTap,
    PlanDeed,
    PlanTap,
    StepTap,
    StrategyTap,
    TaskTap,
)
from handlers.desk import Desk
from handlers.views.blockers import blockage_gone, blockage_message, strategy_list
from handlers.views.cards import render_card
from handlers.views.letters import letter, line
from handlers.views.plans import Beside, plan_message
from handlers.views.signs import STATUS_WORDS
from handlers.views.tasks import ask_for_task
from handlers.views.times import moment

_ON_CARDS = frozenset({GoalDeed.PAUSE, GoalDeed.RESUME, GoalDeed.REOPEN, GoalDeed.REPLAN})
_DATES = frozenset({GoalDeed.DAY_MORE, GoalDeed.WEEK_MORE, GoalDeed.NEW_DATE, GoalDeed.LET_FAIL})


def present(
    tap: CallbackData, goal: Goal, desk: Desk, below: Sequence[Goal] = (), forecast: Forecast | None = None
) -> Outgoing | None:
    """The message as it should be now; None where nothing about it is out of date.

    For cards and plans: `below` are the goals that serve it, `forecast` is its own where one is at hand.
    """
    match tap:
        case TaskTap() | LaterTap() | ChoiceTap():
            task = goal.tasks.get(tap.task)  # type: ignore[call-overload]  # numbers of buttons are plain ints
            return ask_for_task(goal, task, desk.zone, desk.now) if task is not None else None
        case PlanTap(deed=PlanDeed.ACCEPT | PlanDeed.REJECT):
            return letter(desk.here, f"That proposal for «{line(goal.name)}» is settled.", keyboards.see_goal(goal.id))
        case PlanTap() | StepTap() | OptionTap():
            return plan_message(goal, desk.zone, desk.now, Beside(forecast=forecast))
        case BlockageTap():
            found = next((one for one in goal.blockages.values() if one.number == tap.blockage), None)
            if found is None or goal.has_ended:
                return blockage_gone(goal, "✅ This is no longer in the way.")
            return blockage_message(goal, found, desk.zone, desk.now)
        case StrategyTap():
            return strategy_list(goal)
        case GoalTap() if tap.deed in _ON_CARDS:
            return render_card(goal, desk.zone, desk.now, below, forecast)
        case GoalTap():
            return _about_goal(tap, goal, desk)
        case _:
            return None


def _about_goal(tap: GoalTap, goal: Goal, desk: Desk) -> Outgoing | None:
    if tap.deed in _DATES:
        when = moment(goal.deadline, desk.zone, desk.now) if goal.deadline is not None else "none"
        text = f"📅 «{line(goal.name)}» · {STATUS_WORDS[goal.status]} · deadline: {when}"
        return letter(desk.here, text, keyboards.see_goal(goal.id), goal.id)
    if tap.deed in (GoalDeed.CANCEL_YES, GoalDeed.FAIL_YES, GoalDeed.FACTS_YES, GoalDeed.KEEP):
        again = goal.has_ended and goal.status is not GoalStatus.COMPLETED and keyboards.may_reopen(goal)
        buttons = keyboards.reopen_button(goal.id) if again else ()
        return letter(desk.here, f"«{line(goal.name)}» is {STATUS_WORDS[goal.status]}.", buttons, goal.id)
    return None
