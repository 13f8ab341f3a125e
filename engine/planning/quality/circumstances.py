"""What a check is told besides the goal and the plan."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.goals import Goal
from engine.money import MICROS


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the forecast says of the plan, in hours from the check: 10, 50 and 90 % of the cases stay under these."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the goal and the plan don't say by themselves. Only the moment must be known."""

    now: dt.datetime
    """Aware, in UTC; deadlines are seen from here."""
    odds: Mapping[str, float] = field(default_factory=dict)
    """The odds that a task succeeds, from 0 to 1, by its key, where experience knows better than the plan."""
    costs: Mapping[str, float] = field(default_factory=dict)
    """What a task costs, by its key, in the money of the budget, where that is better known than the plan says."""
    outlook: Outlook | None = None
    """None where there is no forecast: then only the longest way is known, whatever hands there are."""
    budget: float | None = None
    """What there is to spend; None for no limit."""
    unrepeatable: frozenset[str] = frozenset({"command"})
    """Names of the works of which a second try could do harm."""


def purse_of(goal: Goal) -> float | None:
    """What there is to spend on the tasks of a goal: what it says of itself, and the budget that a person set for it,
    whichever is less. None for no limit; what the operator allows each goal is meant for models alone."""
    told = goal.metadata.get("budget")
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    said = [float(told)] if is_number and isinstance(told, int | float) and math.isfinite(told) else []
    set_by_hand = goal.budget.micros if goal.budget is not None else None
    return min([*said, *([] if set_by_hand is None else [set_by_hand / MICROS])], default=None)
