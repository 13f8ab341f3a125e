"""What a check is told besides the goal and the plan."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


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
