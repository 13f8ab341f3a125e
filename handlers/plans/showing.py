"""The plan of a goal as it is now, with its figures: those that it was proposed with, or of a forecast."""

from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.planning.forecasting.model import Forecast
from engine.records import Outgoing
from handlers.desk import Desk
from handlers.views.plans import Beside, plan_message


async def shown_plan(goal: Goal, engine: Engine, desk: Desk, page: int = 0) -> Outgoing:
    """The newest plan as a message, a page of it."""
    return plan_message(goal, desk.zone, desk.now, Beside(page=page, forecast=await foreseen(goal, engine)))


async def foreseen(goal: Goal, engine: Engine) -> Forecast | None:
    """A forecast of a plan that does not come with one of its own; None where it does, or nothing can be foreseen."""
    return None if goal.figures else await engine.forecaster.forecast(goal, newest=True)
