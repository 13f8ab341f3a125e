"""The figures of a plan that all messages share: how long it takes, and whether its deadline holds."""

import datetime as dt
from collections.abc import Sequence

from engine.goals import Goal
from engine.planning.forecasting.model import Forecast
from engine.planning.quality import Outlook
from engine.plans import odds_within
from handlers.views.signs import odds


def outlook_of(goal: Goal, forecast: Forecast | None) -> Outlook | None:
    """How long the plan of a goal takes: as it was proposed, else by its forecast; None where there is neither."""
    shown = goal.figures
    if shown is not None:
        return Outlook(low=shown.low, likely=shown.likely, high=shown.high)
    if forecast is None or forecast.end is None:
        return None
    ends = (forecast.end.p10, forecast.end.p50, forecast.end.p90)
    low, likely, high = ((end - forecast.made_at) / dt.timedelta(hours=1) for end in ends)
    return Outlook(low=low, likely=likely, high=high)


def on_time(goal: Goal, forecast: Forecast | None, now: dt.datetime) -> float | None:
    """The odds that the plan is done by the deadline if nothing fails; None without a deadline, or a forecast."""
    if goal.deadline is None:
        return None
    if goal.figures is not None:
        return by_deadline(goal, goal.figures.ends, now)
    return forecast.on_time_odds if forecast is not None else None


def by_deadline(goal: Goal, ends: Sequence[float], now: dt.datetime) -> float | None:
    """The odds that what ends like this (quantiles, in hours) is done by the deadline; None where nobody can tell."""
    if goal.deadline is None or not ends:
        return None
    return odds_within(ends, (goal.deadline - now) / dt.timedelta(hours=1))


def told_apart(values: Sequence[float | None]) -> list[str]:
    """Odds that stand below each other: in words, but in whole per cent where the words would be the same."""
    known = [odds(value) for value in values if value is not None]
    if len(set(known)) == len(known):
        return [odds(value) if value is not None else "" for value in values]
    return [_percent(value) if value is not None else "" for value in values]


def _percent(value: float) -> str:
    return "under 1 %" if value < 0.01 else f"{min(99, round(value * 100))} %"
