"""What a planner is asked: the goal, the moment, and what the installation can do."""

import datetime as dt
from dataclasses import dataclass

from engine.coding.works.names import CODE_WORKS
from engine.goals import Goal
from engine.planning.forecasting.model import Capacities
from engine.planning.learning.beliefs import Beliefs

BUILT_IN_WORKS = CODE_WORKS | {"person", "wait", "measure", "decide", "http_check", "command", "subgoal"}
"""The works that every installation knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A plan that is wanted. The same request always brings the same plan."""

    goal: Goal
    now: dt.datetime
    """Aware, in UTC; dates in the criteria are read from here."""
    zone: str = "UTC"
    """IANA name of the zone in which days begin and end for the person; an unknown one counts as UTC."""
    works: frozenset[str] = BUILT_IN_WORKS
    """Names of the works that can be used; what would need another one becomes a person's task."""
    commands: tuple[str, ...] = ()
    """Names of the command lines that the operator has listed."""
    capacities: Capacities = Capacities()
    """What there is to do the plan with."""
    beliefs: Beliefs | None = None
    """What was learned from what has been lived through; None to plan by the libraries' own figures."""
